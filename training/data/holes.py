"""Windows with a hole in every frame, and how a hole is filled from its surround; engine/diffusion/fill-hole.ts does the same."""

import cv2
import numpy as np

from training.data import motion as mo


def inpaint(windows, src, s) -> None:
    """A box that rests or moves is unknown in every frame; motion points to the frames a few steps before and after."""
    rng, (t, h, w) = windows.rng, src.frames.shape[:3]
    bh, bw = int(h * rng.uniform(0.2, 0.5)), int(w * rng.uniform(0.15, 0.45))
    start, velocity = np.array([rng.uniform(0, h - bh), rng.uniform(0, w - bw)]), rng.normal(0, 6, 2) * (rng.random() < 0.7)
    step = int(rng.integers(2, 9))
    holes = np.zeros((t, h, w), np.float32)
    for u in range(t):
        y, x = np.clip(start + velocity * u, 0, [h - bh, w - bw]).astype(int)
        holes[u, y : y + bh, x : x + bw] = 1
    for u in range(t):
        s["near"][u] = (u - step if u >= step else -1), (u + step if u + step < t else -1)
        windows.targets(src, u, s)
        cells = (mo.mean8(holes[u]) == 0).astype(np.float32)
        s["mask"][u] = cells
        fields, vis, weight, picture = [], [], np.zeros((h, w), np.float32), np.zeros((h, w, 3), np.float32)
        for r in s["near"][u]:
            d = np.zeros((h, w, 2), np.float32)
            v = np.zeros((h, w), np.float32)
            if r >= 0:
                d = fill_hole(src.towards(u, r), holes[u])
                v = inside_and_known(d, holes[r])
                picture += warp_f(src.frames[r], d) * v[..., None]
                weight += v
            fields.append(d)
            vis.append(v)
        around = fill_hole(src.frames[u].astype(np.float32), holes[u])
        share = np.minimum(weight, 1)[..., None]
        inner = picture / np.maximum(weight, 1e-3)[..., None] * share + around * (1 - share)
        hole = holes[u][..., None]
        windows.put_prior(u, mo.Prior(fields[0], vis[0], fields[1], vis[1], src.frames[u] * (1 - hole) + inner * hole), s)
        s["motion"][u, 6:] = s["guess"][u, 6:] = -1
        for key in ("motion", "guess"):  # known cells carry no motion and full trust
            s[key][u, :4] *= 1 - cells
            s[key][u, 4:] = s[key][u, 4:] * (1 - cells) + cells


def fill_hole(field: np.ndarray, hole: np.ndarray) -> np.ndarray:
    """[H, W, C] with the hole filled from its surround by normalised blurs of growing width, made at a quarter of the size."""
    h, w = hole.shape
    small = (w // 4, h // 4)
    known = 1 - hole
    weight = cv2.resize(known, small, interpolation=cv2.INTER_AREA)
    value = cv2.resize(field * known[..., None], small, interpolation=cv2.INTER_AREA)
    filled, have = np.zeros_like(value), np.zeros_like(weight)
    for sigma in (1, 3, 9, 25):
        n = cv2.GaussianBlur(weight, (0, 0), sigma)
        v = cv2.GaussianBlur(value, (0, 0), sigma) / np.maximum(n, 1e-4)[..., None]
        use = ((have < 0.5) & (n > 0.02)).astype(np.float32)
        filled += v * use[..., None]
        have += use
    return np.where(hole[..., None] > 0, cv2.resize(filled, (w, h), interpolation=cv2.INTER_LINEAR), field).astype(np.float32)


def inside_and_known(d: np.ndarray, hole: np.ndarray) -> np.ndarray:
    return mo.inside(d) * (mo.warp(hole, d) < 0.01)


def warp_f(picture: np.ndarray, d: np.ndarray) -> np.ndarray:
    return mo.warp(picture, d).astype(np.float32)
