"""Quick look at a run on clips, at the working size: how far each stage is from the truth. The real measure is `npm run bench:quality`.

    python -m training.evaluate --run RUN --clips ../shared/corpus/eval-public [--steps 4] [--temperature 1]

Prints mean PSNR (dB) for extending by 12 frames and filling 7: simple baselines, the prior's picture, the generated frame, the refined
frame, and both again with the denoiser replaced by its prior. `ladder` rows: the compression network alone.
"""

import argparse
import glob
import os

import cv2
import numpy as np
import torch

from training.data import motion
from training.data import windows as wi
from training.export import load_run
from training.objective import PRESET, Conditions, collate, few_step
from training.model.refiner import warp
from training.train_refiner import composite, refiner_inputs, up8


def working_size(w: int, h: int) -> tuple[int, int]:
    scale = (256 * 144 / (w * h)) ** 0.5
    return max(64, round(w * scale / 16) * 16), max(64, round(h * scale / 16) * 16)


def read(path: str, limit: int = 96) -> tuple[np.ndarray, float]:
    cap = cv2.VideoCapture(path)
    frames = []
    while len(frames) < limit and (ok := cap.read())[0]:
        f = cv2.cvtColor(ok[1], cv2.COLOR_BGR2RGB)
        frames.append(cv2.resize(f, working_size(f.shape[1], f.shape[0]), interpolation=cv2.INTER_AREA))
    return np.stack(frames), cap.get(cv2.CAP_PROP_FPS)


class Window:
    """Frames with a layout of what is known, and no motion targets: motion only between neighbours that are known."""

    def __init__(self, frames, fps):
        self.frames, self.seconds = frames, np.arange(len(frames)) / fps

    def towards(self, u, r):
        return motion.dis_flow(self.frames[u], self.frames[r]) if abs(u - r) == 1 else np.zeros((*self.frames.shape[1:3], 2), np.float32)


def sample_of(frames: np.ndarray, fps: float, known: np.ndarray) -> dict:
    source = Window(frames, fps)
    maker = wi.Windows.__new__(wi.Windows)
    maker.keep_prior, maker.fine, maker.rng, maker.size, maker.procedural = 1, True, np.random.default_rng(0), None, 0
    maker.source = lambda _: source
    keep, wi.layout = wi.layout, lambda rng: ("fill" if known[-1] else "forward", known)
    s = maker.draw()
    wi.layout = keep
    s["use_prior"], s["hints"] = np.array(True), np.zeros_like(s["hints"])
    return s


def by_appearance_alone(x: dict[str, torch.Tensor]) -> dict[str, torch.Tensor]:
    """The other answer to "what should be denoised": forget the latents' motion and trust, and estimate both from the generated frames,
    as a pipeline of appearance latents alone has to."""
    picture = lambda t: (t.permute(1, 2, 0).clamp(0, 1).numpy() * 255).round().astype(np.uint8)
    for i in range(len(x["generated"])):
        made = picture(x["generated"][i])
        for side, name in enumerate(("before", "after")):
            if x["fields"][i, 4 + side].max() == 0:
                continue
            reference = picture(x["source_" + name][i])
            d = motion.dis_flow(made, reference)
            x["d_" + name][i] = torch.from_numpy(d).permute(2, 0, 1)
            x[name][i] = warp(x["source_" + name][i : i + 1], x["d_" + name][i : i + 1])[0]
            x["fields"][i, side] = up8(torch.from_numpy(motion.trust(made, reference, d))[None, None].float())[0, 0]
    return x


def psnr(a: torch.Tensor, b: torch.Tensor) -> float:
    return float((10 * torch.log10(1 / ((a.clamp(0, 1) - b).square().flatten(1).mean(1) + 1e-10))).mean())


@torch.no_grad()
def main() -> None:
    ap = argparse.ArgumentParser()
    ap.add_argument("--run", required=True)
    ap.add_argument("--clips", required=True)
    ap.add_argument("--steps", type=int, default=4)
    ap.add_argument("--temperature", type=float, default=1.0)
    o = ap.parse_args()
    compression, dit, refiner = load_run(o.run)
    rows: dict[str, list[dict[str, float]]] = {"extend": [], "fill": []}
    for path in sorted(glob.glob(os.path.join(o.clips, "*.mp4"))):
        clip, fps = read(path)
        n = len(clip)
        for task in rows:
            known = np.zeros(16, bool)
            known[:4] = True
            first = n - 16
            if task == "fill":
                known[11:] = True
                first = n // 2 - 3 - 4
            s = sample_of(clip[first : first + 16], fps, known)
            batch = collate([s])
            c = Conditions(batch, compression.encoder, "cpu")
            kn, prior = c.inputs()
            torch.manual_seed(1)
            eps = torch.randn_like(kn) * o.temperature
            zero = torch.zeros(1)
            with torch.autocast("cpu", dtype=torch.bfloat16):
                z = few_step(dit, c, kn, prior, zero, c.positions, o.steps - 1, eps)
                x0 = dit(z, kn, c.mask, prior, c.hints, c.info, c.positions, torch.tensor([PRESET[o.steps - 1]]), zero).float()
            pick = torch.tensor([[0, i] for i in range(16) if not known[i]])
            row = {}
            for name, latents in (("dit", x0), ("prior", c.prior)):
                x = refiner_inputs(c, latents, compression.decoder, pick)
                y = composite(x, refiner)[0]
                row |= {f"{name} generated": psnr(x["generated"], x["truth"]), f"{name} refined": psnr(y, x["truth"])}
                row[f"{name} warped"] = psnr(x["before"], x["truth"])
            x = by_appearance_alone(refiner_inputs(c, x0, compression.decoder, pick))
            row["dit refined, motion estimated from its pictures"] = psnr(composite(x, refiner)[0], x["truth"])
            truth = x["truth"]
            clean = compression.decoder(c.clean[0, :16, pick[:, 1]].transpose(0, 1).contiguous())
            row["ladder compression"] = psnr(clean, truth)
            before = c.frames[int(np.flatnonzero(known[:5]).max())].expand_as(truth)
            row["hold"] = psnr(before, truth)
            guess = torch.from_numpy(s["prior"][pick[:, 1].numpy()]).permute(0, 3, 1, 2) / 255
            row["prior picture"] = psnr(guess, truth)
            if task == "fill":
                w = torch.linspace(0, 1, 9)[1:-1].view(-1, 1, 1, 1)
                row["linear blend"] = psnr(before * (1 - w) + c.frames[11] * w, truth)
            rows[task].append(row)
            print(task, os.path.basename(path), {k: round(v, 2) for k, v in row.items()}, flush=True)
    for task, all_rows in rows.items():
        print(task, {k: round(float(np.mean([r[k] for r in all_rows])), 2) for k in all_rows[0]})


if __name__ == "__main__":
    main()
