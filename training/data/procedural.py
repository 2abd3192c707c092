"""Scenes with exactly known motion: a still under a camera move, with a second still moving before it, ripples and flicker.

Every layer's point is followed exactly, so the displacement between any two frames is known without estimating it.
"""

import os
import tarfile

import cv2
import numpy as np

from training.data.motion import grid


class Stills:
    """The training stills, decoded once to about 420 pixels of height (float32 is made on use)."""

    def __init__(self, corpus: str, limit: int = 0):
        self.pictures: list[np.ndarray] = []
        with tarfile.open(os.path.join(corpus, "train", "stills.tar")) as tar:
            for member in tar.getmembers()[: limit or None]:
                data = np.frombuffer(tar.extractfile(member).read(), np.uint8)
                rgb = cv2.cvtColor(cv2.imdecode(data, cv2.IMREAD_COLOR), cv2.COLOR_BGR2RGB)
                scale = max(420 / rgb.shape[0], 420 / rgb.shape[1])
                self.pictures.append(cv2.resize(rgb, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA))


def camera_path(rng: np.random.Generator, times: np.ndarray, strength: float) -> np.ndarray:
    """Affine maps [T, 3, 3] from frame pixels (centred) to picture pixels (centred): a pan or tilt, a zoom, a roll, with a little
    acceleration and sometimes a hand's shake. `times` in seconds."""
    t = times - times[0]
    v = rng.normal(0, 25, 2) * strength * (rng.random(2) < 0.7)
    acc = rng.normal(0, 10, 2) * strength * (rng.random() < 0.4)
    zoom = rng.normal(0, 0.12) * strength * (rng.random() < 0.5)
    roll = rng.normal(0, 0.12) * strength * (rng.random() < 0.35)
    shift = v[None] * t[:, None] + 0.5 * acc[None] * t[:, None] ** 2
    if rng.random() < 0.25:
        for f in (1.5, 4.0):
            shift += rng.normal(0, 1.5, 2) * np.sin(2 * np.pi * f * t[:, None] + rng.uniform(0, 6.3, 2))
    out = np.zeros((len(t), 3, 3))
    for i in range(len(t)):
        s, a = np.exp(zoom * t[i]), roll * t[i]
        out[i] = [[s * np.cos(a), -s * np.sin(a), shift[i, 0]], [s * np.sin(a), s * np.cos(a), shift[i, 1]], [0, 0, 1]]
    return out


class Layer:
    """A picture that moves: where frame pixel x of frame t looks in the picture, and the other way round."""

    def __init__(self, rng, picture, h, w, times, strength, mask=None):
        self.picture, self.mask, self.h, self.w = picture, mask, h, w
        zoom = rng.uniform(0.6, 1.3)
        room = np.array([max(0, picture.shape[1] / 2 - w * zoom / 2), max(0, picture.shape[0] / 2 - h * zoom / 2)]) * 0.7
        offset = rng.uniform(-1, 1, 2) * room
        start = np.array([[zoom, 0, offset[0]], [0, zoom, offset[1]], [0, 0, 1]])
        self.maps = np.einsum("ij,tjk->tik", start, camera_path(rng, times, strength))
        self.ripple = rng.random() < 0.25 and mask is None
        self.wave = (rng.uniform(0.5, 2.5), rng.uniform(12, 40), rng.uniform(1, 4), rng.uniform(0, 6.3))
        self.times = times

    def sway(self, x: np.ndarray, t: int) -> np.ndarray:
        """Ripple displacement in picture pixels at frame pixels x."""
        if not self.ripple:
            return np.zeros_like(x)
        amount, length, speed, phase = self.wave
        return np.stack([amount * np.sin(2 * np.pi * (x[..., 1] / length + speed * self.times[t]) + phase),
                         0.5 * amount * np.sin(2 * np.pi * (x[..., 0] / length + 0.7 * speed * self.times[t]))], -1)

    def look(self, x: np.ndarray, t: int) -> np.ndarray:
        m = self.maps[t]
        c = x - (np.array([self.w, self.h]) - 1) / 2
        return c @ m[:2, :2].T + m[:2, 2] + self.sway(x, t)

    def find(self, p: np.ndarray, t: int, guess: np.ndarray) -> np.ndarray:
        """Frame pixels of frame t that look at picture points p (fixed point: the ripple is small)."""
        inv, centre = np.linalg.inv(self.maps[t]), (np.array([self.w, self.h]) - 1) / 2
        x = guess
        for _ in range(3 if self.ripple else 1):
            q = p - self.sway(x, t)
            x = q @ inv[:2, :2].T + inv[:2, 2] + centre
        return x

    def draw(self, x: np.ndarray, t: int) -> tuple[np.ndarray, np.ndarray | None]:
        centre = np.array([self.picture.shape[1] - 1, self.picture.shape[0] - 1]) / 2
        p = (self.look(x, t) + centre).astype(np.float32)
        rgb = cv2.remap(self.picture, p[..., 0], p[..., 1], cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT_101)
        if self.mask is None:
            return rgb, None
        return rgb, cv2.remap(self.mask, p[..., 0], p[..., 1], cv2.INTER_LINEAR, borderMode=cv2.BORDER_CONSTANT)


def blob_mask(rng: np.random.Generator, h: int, w: int) -> np.ndarray:
    """A soft-edged irregular shape, float32 [h, w] 0..1."""
    y, x = np.mgrid[-1 : 1 : h * 1j, -1 : 1 : w * 1j]
    angle, radius = np.arctan2(y, x), np.hypot(x, y)
    edge = rng.uniform(0.2, 0.55) * (1 + sum(rng.normal(0, 0.25 / k) * np.sin(k * angle + rng.uniform(0, 6.3)) for k in range(2, 7)))
    return np.clip((edge - radius) * w / 6, 0, 1).astype(np.float32)


class Scene:
    """frames: uint8 [T, h, w, 3]; `towards(u, r)`: exact displacement of frame u towards frame r."""

    def __init__(self, rng: np.random.Generator, stills: Stills, h: int, w: int, times: np.ndarray):
        pick = lambda: stills.pictures[rng.integers(len(stills.pictures))]
        strength = rng.choice([0.0, 0.5, 1.0, 2.0], p=[0.1, 0.3, 0.4, 0.2])
        self.x = grid(h, w).astype(np.float64)
        self.layers = [Layer(rng, pick(), h, w, times, strength)]
        if rng.random() < 0.6:
            p = pick()
            self.layers.append(Layer(rng, p, h, w, times, rng.choice([0.5, 1.0, 2.0, 3.0]), blob_mask(rng, *p.shape[:2])))
        gain = 1 + (rng.normal(0, 0.08) * np.sin(2 * np.pi * rng.uniform(0.5, 3) * times) if rng.random() < 0.15 else 0 * times)
        self.frames = np.zeros((len(times), h, w, 3), np.uint8)
        self.front = []
        for t in range(len(times)):
            rgb, _ = self.layers[0].draw(self.x, t)
            out, front = rgb.astype(np.float32), np.zeros((h, w), bool)
            for layer in self.layers[1:]:
                top, m = layer.draw(self.x, t)
                out = out * (1 - m[..., None]) + top * m[..., None]
                front = m > 0.5
            self.frames[t] = np.clip(out * gain[t], 0, 255)
            self.front.append(front)

    def towards(self, u: int, r: int) -> np.ndarray:
        d = self.layers[0].find(self.layers[0].look(self.x, u), r, self.x) - self.x
        if len(self.layers) > 1:
            top = self.layers[1].find(self.layers[1].look(self.x, u), r, self.x) - self.x
            d = np.where(self.front[u][..., None], top, d)
        return d.astype(np.float32)
