"""Decode the training clips once and keep them, with the optical flow between neighbours, as memory-mapped arrays.

    python -m training.data.cache --corpus ../shared/corpus --out CACHE [--limit N]

Writes, for every low-resolution clip NAME of index.json:
    NAME.rgb.npy    uint8   [T, H, W, 3]        BT.709 R'G'B', 0..255
    NAME.flow.npy   float16 [2, T-1, H/2, W/2, 2]  in pixels of the *full* H x W grid, (dx, dy)
                    [0, t]: frame t   -> t+1, that is frame_t(x) ~ frame_t+1(x + flow)
                    [1, t]: frame t+1 -> t
and clips.json, the rows of the index with the file's shape. Flow is OpenCV's DIS (medium preset), the algorithm of
engine/frames/dis-flow.ts, averaged 2x2: the latents that are trained on it are four times coarser still.
A clip that is already there is skipped, so the script resumes.
"""

import argparse
import json
import os
import subprocess
import tarfile
import tempfile

import cv2
import numpy as np


def decode(path: str, width: int, height: int) -> np.ndarray:
    """Frames of a file as uint8 [T, height, width, 3], R'G'B'."""
    raw = subprocess.check_output(
        ["ffmpeg", "-v", "error", "-i", path, "-map", "0:v:0", "-fps_mode", "passthrough",
         "-f", "rawvideo", "-pix_fmt", "rgb24", "-s", f"{width}x{height}", "-"]
    )
    return np.frombuffer(raw, np.uint8).reshape(-1, height, width, 3)


def half(flow: np.ndarray) -> np.ndarray:
    """2x2 mean of a flow field [H, W, 2], still in full-grid pixels, float16."""
    h, w = flow.shape[:2]
    return flow.reshape(h // 2, 2, w // 2, 2, 2).mean(axis=(1, 3)).astype(np.float16)


def neighbour_flow(frames: np.ndarray) -> np.ndarray:
    """DIS flow between neighbours, both directions: float16 [2, T-1, H/2, W/2, 2]."""
    dis = cv2.DISOpticalFlow_create(cv2.DISOPTICAL_FLOW_PRESET_MEDIUM)
    grey = [cv2.cvtColor(f, cv2.COLOR_RGB2GRAY) for f in frames]
    t, h, w = frames.shape[:3]
    out = np.zeros((2, t - 1, h // 2, w // 2, 2), np.float16)
    for i in range(t - 1):
        out[0, i] = half(dis.calc(grey[i], grey[i + 1], None))
        out[1, i] = half(dis.calc(grey[i + 1], grey[i], None))
    return out


def main() -> None:
    ap = argparse.ArgumentParser()
    ap.add_argument("--corpus", required=True)
    ap.add_argument("--out", required=True)
    ap.add_argument("--limit", type=int, default=0, help="first N clips only (rehearsal)")
    o = ap.parse_args()
    cv2.setNumThreads(1)
    os.makedirs(o.out, exist_ok=True)
    with open(os.path.join(o.corpus, "train", "index.json")) as f:
        rows = [r for r in json.load(f) if not r["hires"]]
    # Interleave the works so that a partly filled cache is already varied.
    rows.sort(key=lambda r: hash_order(r["file"]))
    rows = rows[: o.limit or None]
    done = []
    tars = {s: tarfile.open(os.path.join(o.corpus, "train", s)) for s in {r["shard"] for r in rows}}
    with tempfile.TemporaryDirectory() as tmp:
        for r in rows:
            base = os.path.join(o.out, r["file"])
            if not os.path.exists(base + ".flow.npy"):
                clip = os.path.join(tmp, "clip.mp4")
                with open(clip, "wb") as f:
                    f.write(tars[r["shard"]].extractfile(r["file"]).read())
                frames = decode(clip, r["width"], r["height"])
                np.save(base + ".rgb.npy", frames)
                np.save(base + ".part.npy", neighbour_flow(frames))
                os.replace(base + ".part.npy", base + ".flow.npy")
            shape = np.load(base + ".rgb.npy", mmap_mode="r").shape
            done.append({**r, "frames": int(shape[0])})
            with open(os.path.join(o.out, "clips.json.part"), "w") as f:
                json.dump(done, f)
            os.replace(os.path.join(o.out, "clips.json.part"), os.path.join(o.out, "clips.json"))


def hash_order(name: str) -> int:
    """A fixed pseudo-random order of file names."""
    import zlib

    return zlib.crc32(name.encode())


if __name__ == "__main__":
    main()
