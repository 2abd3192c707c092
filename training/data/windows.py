"""Training windows: T frames of a clip or a procedural scene, a choice of what is known, and the targets and conditions.

A sample is a dict of arrays, all at the working grid or at an eighth of it:
    frames  uint8   [T, H, W, 3]
    prior   uint8   [T, H, W, 3]      the prior's picture (known frames: the frame itself)
    mask    float32 [T, h, w]         1 where the latent cell is known
    motion  float32 [T, 8, h, w]      target: d_b/8 (2), d_a/8 (2), then as 2 trust - 1: of the references moved along d (before, after) and
                                      of the same two seen a second way; known cells 0, 0, 0, 0, 1, 1, 1, 1, but whole known
                                      frames carry their motion away from the gap: before it to the frame before, behind it to the frame after
    guess   float32 [T, 8, h, w]      the same of the prior
    hints   float32 [T, 3, h, w]      (dx/8, dy/8, present)
    info    float32 [4, T]            seconds to the nearest known frame before and after (at most 2), whether there is one
    seconds float32 [T]
    near    int     [T, 2]            the frames that the motion points to, -1 where there is none
    foretold float32 [T, 4, h, w]     how well the nearest known frames could have been foretold from the two beyond them, as 2 trust - 1: by
                                      motion carried on (before, after), by standing still (before, after); 0 where there are no two
    twice   bool                      whether references are offered a second way (not where a motion was asked for, nor in a hole): each side's
                                      own motion carried on where a gap is bridged, standing still beyond known frames
    use_prior bool
    fine, second float32 [T, 4, H, W] displacements of the prior, and of the second way, at the working size (only where asked for)
"""

import numpy as np

from training.data import motion as mo
from training.data.corpus import Clip, Corpus
from training.data.holes import inpaint
from training.data.procedural import Scene, Stills

FRAMES = 16


class ClipSource:
    """A stretch of real footage: chosen frames, and displacements chained from neighbours' flow."""

    def __init__(self, clip: Clip, index: np.ndarray, top: int, left: int, h: int, w: int, flip: bool, turn: bool):
        self.clip, self.index, self.flip, self.turn = clip, index, flip, turn
        self.box = (top, left, h, w)
        rgb = np.stack([clip.rgb[i, top : top + h, left : left + w] for i in index])
        if flip:
            rgb = rgb[:, :, ::-1]
        self.frames = np.ascontiguousarray(rgb.transpose(0, 2, 1, 3) if turn else rgb)
        self.seconds = np.abs(index - index[0]) / clip.fps
        self.steps: dict[tuple[int, int], np.ndarray] = {}
        self.chains: dict[tuple[int, int], np.ndarray] = {}

    def step(self, i: int, j: int) -> np.ndarray:
        """Neighbouring clip frames i -> j, float32 [H/2, W/2, 2] in half-size pixels (so that fields compose)."""
        if (i, j) not in self.steps:
            top, left, h, w = (v // 2 for v in self.box)
            f = self.clip.flow[0 if j > i else 1, min(i, j), top : top + h, left : left + w].astype(np.float32) / 2
            if self.flip:
                f = f[:, ::-1] * np.array([-1, 1], np.float32)
            if self.turn:
                f = f.transpose(1, 0, 2)[..., ::-1]
            self.steps[i, j] = np.ascontiguousarray(f)
        return self.steps[i, j]

    def chain(self, i: int, j: int) -> np.ndarray:
        """Clip frames i -> j, built from j outwards and remembered, half-size."""
        if i == j:
            h, w = self.frames.shape[1] // 2, self.frames.shape[2] // 2
            return np.zeros((h, w, 2), np.float32)
        if (i, j) not in self.chains:
            towards = i + (1 if j > i else -1)
            first = self.step(i, towards)
            self.chains[i, j] = first if towards == j else mo.compose(first, self.chain(towards, j))
        return self.chains[i, j]

    def towards(self, u: int, r: int) -> np.ndarray:
        half = self.chain(int(self.index[u]), int(self.index[r])) * 2
        return half.repeat(2, 0).repeat(2, 1)


class SceneSource:
    def __init__(self, scene: Scene, seconds: np.ndarray):
        self.frames, self.seconds, self.towards = scene.frames, seconds, scene.towards


def layout(rng: np.random.Generator) -> tuple[str, np.ndarray]:
    """A task and which of FRAMES frames are known (bool [T])."""
    kind = rng.choice(["forward", "backward", "fill", "single", "inpaint"], p=[0.41, 0.07, 0.41, 0.06, 0.05])
    known = np.zeros(FRAMES, bool)
    if kind == "inpaint":
        return kind, known
    if kind == "single":
        known[0] = True
        return kind, known
    if kind in ("forward", "backward"):
        n = 4 if rng.random() < 0.7 else int(rng.integers(2, 9))
        known[:n] = True
        return kind, known if kind == "forward" else known[::-1].copy()
    before = 4 if rng.random() < 0.7 else int(rng.integers(1, 5))
    hole = 7 if rng.random() < 0.6 else int(rng.integers(1, FRAMES - before))
    known[:] = True
    known[before : before + hole] = False
    if before + hole >= FRAMES:
        known[-1] = True
    return kind, known


def frame_times(rng: np.random.Generator, known: np.ndarray, length: int, fps: float) -> np.ndarray | None:
    """Offsets (clip frames) of the window's frames, ascending; known runs at spacing 1, unknown ones at a stride."""
    base = max(1, round(fps / 30))
    stride = base * int(rng.choice([1, 2, 4, 8], p=[0.7, 0.2, 0.07, 0.03]))
    dense = rng.random() < 0.5  # known frames stay neighbours though the unknown ones are keyframes
    gaps = [base if (dense and known[i] and known[i - 1]) else stride for i in range(1, FRAMES)]
    out = np.concatenate([[0], np.cumsum(gaps)])
    return out if out[-1] < length else (np.arange(FRAMES) * base if (FRAMES - 1) * base < length else None)


class Windows:
    """Draws samples. `size` is None for whole frames, else (h, w) of a crop, multiples of 16."""

    def __init__(self, corpus: Corpus, stills: Stills | None, seed: int, size: tuple[int, int] | None, procedural: float = 0.3,
                 fine: bool = False, keep_prior: float = 0.97):
        self.fine, self.keep_prior = fine, keep_prior
        self.corpus, self.stills, self.size = corpus, stills, size
        self.procedural = procedural if stills else 0
        self.rng = np.random.default_rng(seed)

    def source(self, known: np.ndarray):
        rng = self.rng
        if rng.random() < self.procedural:
            h, w = self.size or (144, 256)
            seconds = frame_times(rng, known, 1 << 30, 24) / 24
            return SceneSource(Scene(rng, self.stills, h, w, seconds), seconds)
        while True:
            clip = self.corpus.draw(rng)
            offsets = frame_times(rng, known, len(clip.rgb), clip.fps)
            if offsets is None:
                continue
            start = int(rng.integers(len(clip.rgb) - offsets[-1]))
            index = start + offsets
            if rng.random() < 0.4:  # time runs backwards
                index = start + offsets[-1] - offsets
            fh, fw = clip.rgb.shape[1:3]
            h, w = self.size or (fh - fh % 16, fw - fw % 16)
            turn = h > w or (h > 0.7 * w and rng.random() < 0.3)  # upright windows come from turned footage
            if turn:
                h, w = w, h
            if h > fh or w > fw:
                continue
            top, left = (int(rng.integers((fh - h) // 2 + 1)) * 2, int(rng.integers((fw - w) // 2 + 1)) * 2)
            return ClipSource(clip, index, top, left, h, w, rng.random() < 0.5, turn)

    def draw(self) -> dict[str, np.ndarray]:
        rng = self.rng
        kind, known = layout(rng)
        src = self.source(np.ones(FRAMES, bool) if kind == "inpaint" else known)
        t, h, w = src.frames.shape[:3]
        s = {
            "frames": src.frames, "prior": src.frames.copy(), "seconds": src.seconds.astype(np.float32),
            "mask": np.ones((t, h // 8, w // 8), np.float32), "motion": np.zeros((t, 8, h // 8, w // 8), np.float32),
            "hints": np.zeros((t, 3, h // 8, w // 8), np.float32), "info": np.zeros((4, t), np.float32),
            "near": np.full((t, 2), -1, np.int64), "foretold": np.zeros((t, 4, h // 8, w // 8), np.float32),
        }
        if self.fine:
            s["fine"], s["second"] = np.zeros((2, t, 4, h, w), np.float32)
        s["motion"][:, 4:] = 1
        s["guess"] = s["motion"].copy()
        s["info"][2:] = 1
        s["twice"] = np.array(kind in ("forward", "backward", "fill"))
        if kind == "inpaint":
            inpaint(self, src, s)
        else:
            self.whole_frames(src, known, s)
        s["use_prior"] = np.array(rng.random() < self.keep_prior)
        if rng.random() < 0.2 or kind == "single":
            self.sprinkle_hints(s)
        return s

    def whole_frames(self, src, known, s) -> None:
        frames, sec = src.frames, src.seconds
        self.flows: dict[tuple[int, int], np.ndarray] = {}
        ks, bridged = np.flatnonzero(known), {}
        for u in np.flatnonzero(~known):
            b, a = (ks[ks < u].max(initial=-1), ks[ks > u].min(initial=1 << 30))
            s["near"][u] = b, (a if a < 1 << 30 else -1)
        unknown = np.flatnonzero(~known)
        for u in ks:  # what moved before the gap, and after it: how motion changed says how it goes on
            for side, r in ((0, u - 1), (1, u + 1)):
                if (0 < u < unknown[0], unknown[-1] < u < len(known) - 1)[side]:
                    s["motion"][u, 2 * side : 2 * side + 2] = s["guess"][u, 2 * side : 2 * side + 2] = mo.mean8(src.towards(u, r)).transpose(2, 0, 1) / 8
        for u in unknown:
            b, a = s["near"][u]
            self.targets(src, u, s)
            s["mask"][u] = 0
            if b >= 0 and a >= 0:
                if (b, a) not in bridged:  # one pair of flows serves a whole hole
                    hole = np.arange(b + 1, a)
                    bridged[b, a] = dict(zip(hole, mo.prior_between(frames[b], frames[a], (sec[hole] - sec[b]) / (sec[a] - sec[b]))))
                prior = bridged[b, a][u]
            else:
                before = b >= 0
                r = b if before else a
                q = r - 1 if before else r + 1  # the known frame beyond the nearest
                if 0 <= q < len(known) and known[q]:
                    k = (sec[u] - sec[r]) / (sec[r] - sec[q])
                    prior = mo.prior_beyond(frames[r], frames[q], [k], before)[0]
                else:
                    prior = mo.prior_from_field(frames[r], [self.asked_motion(s, u, 0 if before else 2, src.frames.shape[1:3])], before)[0]
            self.put_prior(u, prior, s)
            self.put_second(u, prior, known, sec, s)

    def targets(self, src, u, s) -> None:
        """Motion and trust of frame u towards its two references, and its info row."""
        for side, r in enumerate(s["near"][u]):
            if r < 0:
                s["motion"][u, [4 + side, 6 + side]] = s["guess"][u, 6 + side] = -1
                s["info"][2 + side, u] = 0
                continue
            d = src.towards(u, r)
            s["motion"][u, 2 * side : 2 * side + 2] = mo.mean8(d).transpose(2, 0, 1) / 8
            s["motion"][u, 4 + side] = 2 * mo.trust(src.frames[u], src.frames[r], d) - 1
            s["info"][side, u] = min(2, abs(src.seconds[u] - src.seconds[r]))

    def flow(self, frames, i: int, j: int) -> np.ndarray:
        """DIS flow between two known frames of the sample at hand."""
        if (i, j) not in self.flows:
            self.flows[i, j] = mo.dis_flow(frames[i], frames[j])
        return self.flows[i, j]

    def put_second(self, u, prior: mo.Prior, known, sec, s) -> None:
        """The second way to the references of frame u, how far it may be trusted and its prior may think so, and what was foretold."""
        frames, bridged = s["frames"], (s["near"][u] >= 0).all()
        for side, r in enumerate(s["near"][u]):
            if r < 0:
                continue
            q, p = (r - 1, r - 2) if side == 0 else (r + 1, r + 2)  # known frames beyond the nearest
            d = np.zeros((*frames.shape[1:3], 2), np.float32)
            if 0 <= q < len(known) and known[q]:
                if bridged:
                    d = self.flow(frames, r, q) * np.float32((sec[u] - sec[r]) / (sec[r] - sec[q]))
                if 0 <= p < len(known) and known[p]:
                    carried = mo.warp(frames[q], self.flow(frames, q, p))
                    s["foretold"][u, side] = 2 * mo.trust_still(frames[r], carried) - 1
                    s["foretold"][u, 2 + side] = 2 * mo.trust_still(frames[r], frames[q]) - 1
            if self.fine:
                s["second"][u, 2 * side : 2 * side + 2] = d.transpose(2, 0, 1)
            for key, picture in (("motion", frames[u]), ("guess", prior.picture)):
                s[key][u, 6 + side] = 2 * mo.trust(picture, frames[r], d) - 1 if s["twice"] else -1

    def put_prior(self, u, p: mo.Prior, s) -> None:
        if self.fine:
            s["fine"][u] = np.concatenate([p.d_b, p.d_a], -1).transpose(2, 0, 1)
        s["prior"][u] = np.clip(np.rint(p.picture), 0, 255)
        s["guess"][u, 0:2] = mo.mean8(p.d_b).transpose(2, 0, 1) / 8
        s["guess"][u, 2:4] = mo.mean8(p.d_a).transpose(2, 0, 1) / 8
        s["guess"][u, 4] = 2 * mo.mean8(p.vis_b) - 1
        s["guess"][u, 5] = 2 * mo.mean8(p.vis_a) - 1

    def asked_motion(self, s, u, channel, size) -> np.ndarray:
        """What a user's camera words would say of frame u: the affine part of its true motion; for half of the windows nothing."""
        h, w = size
        if s.setdefault("_asked", self.rng.random() < 0.5):
            d = s["motion"][u, channel : channel + 2] * 8
            y, x = np.mgrid[0 : h // 8, 0 : w // 8] * 8.0 + 3.5
            basis = np.stack([x.ravel(), y.ravel(), np.ones(x.size)], 1)
            fit, *_ = np.linalg.lstsq(basis, d.reshape(2, -1).T, rcond=None)
            p = mo.grid(h, w)
            return (p[..., 0:1] * fit[0] + p[..., 1:2] * fit[1] + fit[2]).astype(np.float32)
        return np.zeros((h, w, 2), np.float32)

    def sprinkle_hints(self, s) -> None:
        """A few points of the true motion, as a user's arrows give them."""
        rng, (t, _, h, w) = self.rng, s["hints"].shape
        for _ in range(int(rng.integers(1, 6))):
            y, x = rng.integers(h), rng.integers(w)
            for u in range(t):
                if s["mask"][u, y, x] == 0 and s["near"][u, 0] >= 0 and s["motion"][u, 4, y, x] > 0:
                    s["hints"][u, :, y, x] = [*s["motion"][u, 0:2, y, x], 1]
