"""Reads the cache that training/data/cache.py wrote: which clips train, which validate, and how often each is drawn."""

import json
import os
from dataclasses import dataclass

import numpy as np

# Held out whole, by source work: one animated film, one filmed by hand, one fixed camera. Never trained on.
VALIDATION_WORKS = (
    "Elephants Dream (2006), excerpt",
    "BoofCV-Data: horse_jitter.mp4",
    "MDN chroma-keying demo recording",
    "GoPro Karma drone sample",
)


@dataclass
class Clip:
    name: str
    work: str
    fps: float
    rgb: np.ndarray  # uint8 [T, H, W, 3], memory-mapped
    flow: np.ndarray  # float16 [2, T-1, H/2, W/2, 2], memory-mapped


class Corpus:
    def __init__(self, cache: str, validation: bool = False, min_frames: int = 17, in_memory: bool = False):
        """`in_memory` reads everything once (about 7 GB): random access to a slow disk would starve the training."""
        with open(os.path.join(cache, "clips.json")) as f:
            rows = json.load(f)
        self.clips: list[Clip] = []
        for r in rows:
            if (r["work"] in VALIDATION_WORKS) == validation and r["frames"] >= min_frames:
                base = os.path.join(cache, r["file"])
                mode = None if in_memory else "r"
                self.clips.append(Clip(r["file"], r["work"], r["fps"], np.load(base + ".rgb.npy", mmap_mode=mode),
                                       np.load(base + ".flow.npy", mmap_mode=mode)))
        # A work is drawn by the square root of its frames: a third of the minutes are one film, six are robot arms.
        total: dict[str, int] = {}
        for c in self.clips:
            total[c.work] = total.get(c.work, 0) + len(c.rgb)
        w = np.array([len(c.rgb) / total[c.work] ** 0.5 for c in self.clips])
        self.weights = w / w.sum()

    def draw(self, rng: np.random.Generator) -> Clip:
        return self.clips[rng.choice(len(self.clips), p=self.weights)]
