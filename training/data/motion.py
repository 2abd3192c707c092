"""Displacement fields: composing them along a clip, the motion prior, and how far a warped frame may be trusted.

Conventions (the same in engine/diffusion): a field `d` of frame u towards frame r says frame_u(x) ~ frame_r(x + d(x)); float32
[H, W, 2], (dx, dy), pixels of the working grid.
"""

import cv2
import numpy as np

_dis = None


def dis_flow(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """DIS flow of two uint8 [H, W, 3] pictures: a(x) ~ b(x + flow)."""
    global _dis
    if _dis is None:
        _dis = cv2.DISOpticalFlow_create(cv2.DISOPTICAL_FLOW_PRESET_MEDIUM)
    return _dis.calc(cv2.cvtColor(a, cv2.COLOR_RGB2GRAY), cv2.cvtColor(b, cv2.COLOR_RGB2GRAY), None)


def grid(h: int, w: int) -> np.ndarray:
    """float32 [H, W, 2] of (x, y)."""
    return np.stack(np.meshgrid(np.arange(w, dtype=np.float32), np.arange(h, dtype=np.float32)), -1)


def warp(image: np.ndarray, d: np.ndarray) -> np.ndarray:
    """image(x + d), bilinear, border repeated."""
    p = grid(*d.shape[:2]) + d.astype(np.float32)
    return cv2.remap(image, p[..., 0], p[..., 1], cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)


def inside(d: np.ndarray) -> np.ndarray:
    """1 where x + d lies within the picture, else 0: float32 [H, W]."""
    h, w = d.shape[:2]
    p = grid(h, w) + d
    return ((p[..., 0] >= 0) & (p[..., 0] <= w - 1) & (p[..., 1] >= 0) & (p[..., 1] <= h - 1)).astype(np.float32)


def compose(first: np.ndarray, second: np.ndarray) -> np.ndarray:
    """u -> v -> r from u -> v (`first`) and v -> r (`second`)."""
    return first + warp(second, first)


def consistency(forward: np.ndarray, backward: np.ndarray) -> np.ndarray:
    """Forward-backward agreement of a flow, 0..1: exp(-e^2 / (2 (0.5 + 0.1 |f|)^2))."""
    e = np.linalg.norm(forward + warp(backward, forward), axis=-1)
    return np.exp(-(e**2) / (2 * (0.5 + 0.1 * np.linalg.norm(forward, axis=-1)) ** 2)).astype(np.float32)


def mean8(field: np.ndarray) -> np.ndarray:
    """8x8 block means of [H, W] or [H, W, C]."""
    h, w = field.shape[:2]
    return cv2.resize(field, (w // 8, h // 8), interpolation=cv2.INTER_AREA)  # exact means for a whole factor


def trust(frame: np.ndarray, reference: np.ndarray, d: np.ndarray) -> np.ndarray:
    """How well `reference` seen along d shows `frame`, 0..1 per 8x8 block: [H/8, W/8].

    exp(-(mean |difference| / 0.1)^2) on R'G'B' 0..1, times the share of the block whose source is inside the picture.
    """
    return trust_of(np.abs(frame.astype(np.float32) - warp(reference, d).astype(np.float32))) * mean8(inside(d))


def trust_of(difference: np.ndarray) -> np.ndarray:
    return np.exp(-((mean8(difference.mean(-1)) / 25.5) ** 2))


def trust_still(frame: np.ndarray, reference: np.ndarray) -> np.ndarray:
    """The same for a reference that stands still."""
    return trust_of(np.abs(frame.astype(np.float32) - reference.astype(np.float32)))


class Prior:
    """The motion prior of one unknown frame: fields, visibilities and the warped picture, all at the working size."""

    def __init__(self, d_b, vis_b, d_a, vis_a, picture):
        self.d_b, self.vis_b, self.d_a, self.vis_a, self.picture = d_b, vis_b, d_a, vis_a, picture


def prior_between(b: np.ndarray, a: np.ndarray, shares: list[float]) -> list[Prior]:
    """Bridged motion between two known frames; `shares` are (tau_u - tau_b) / (tau_a - tau_b)."""
    f_ba, f_ab = dis_flow(b, a), dis_flow(a, b)
    vis_b, vis_a = consistency(f_ba, f_ab), consistency(f_ab, f_ba)
    out = []
    for s in shares:
        d_b, d_a = -s * f_ba, -(1 - s) * f_ab
        w_b, w_a = ((1 - s) * (vis_b + 0.02))[..., None], (s * (vis_a + 0.02))[..., None]
        picture = (w_b * warp(b, d_b) + w_a * warp(a, d_a)) / (w_b + w_a)
        out.append(Prior(d_b, vis_b, d_a, vis_a, picture))
    return out


def prior_beyond(last: np.ndarray, previous: np.ndarray | None, shares: list[float], before: bool) -> list[Prior]:
    """Constant velocity beyond a known frame. `shares` are (tau_u - tau_last) / (tau_last - tau_previous), positive.
    `before` says that `last` lies before the unknown frames. Without `previous` the picture stands still."""
    h, w = last.shape[:2]
    f = dis_flow(last, previous) if previous is not None else np.zeros((h, w, 2), np.float32)
    none, dark = np.zeros((h, w, 2), np.float32), np.zeros((h, w), np.float32)
    out = []
    for k in shares:
        d = k * f
        v, picture = inside(d), warp(last, d).astype(np.float32)
        out.append(Prior(d, v, none, dark, picture) if before else Prior(none, dark, d, v, picture))
    return out


def prior_from_field(known: np.ndarray, fields: list[np.ndarray], before: bool) -> list[Prior]:
    """A motion that somebody asked for (camera words, arrows), each field towards the one known frame."""
    h, w = known.shape[:2]
    none, dark = np.zeros((h, w, 2), np.float32), np.zeros((h, w), np.float32)
    out = []
    for d in fields:
        v, picture = inside(d), warp(known, d).astype(np.float32)
        out.append(Prior(d, v, none, dark, picture) if before else Prior(none, dark, d, v, picture))
    return out
