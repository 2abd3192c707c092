"""Train the refiner on what the trained transformer really makes.

    python -m training.train_refiner --config training/configs/embedded.json --cache CACHE --corpus ../shared/corpus --out RUN --minutes 20

Each batch: windows are denoised by RUN/dit.pt (one step or four), decoded, their references warped along the motion, and the refiner
learns to put the true frame together. Charbonnier and squared error at the working size. Resumes from RUN/refiner.pt.
"""

import argparse
import copy
import json
import os
import time

import cv2
import numpy as np
import torch
import torch.nn.functional as F

from training.data.corpus import Corpus
from training.data.procedural import Stills
from training.data.windows import Windows
from training.model.refiner import INPUTS, Refiner, warp
from training.objective import PRESET, Conditions, collate, few_step


class Batches(torch.utils.data.IterableDataset):
    """Endless batches with the prior's fine motion, for the stage of that name in the configuration; `draws` go on to Windows."""

    def __init__(self, o, config: dict, stage: str, seed: int, **draws):
        self.o, self.config, self.stage, self.seed, self.draws = o, config, stage, seed, draws

    def __iter__(self):
        cv2.setNumThreads(1)
        torch.set_num_threads(1)
        corpus = Corpus(self.o.cache)
        rng = np.random.default_rng(self.seed)
        windows = Windows(corpus, Stills(self.o.corpus, self.config.get("stills", 0)), self.seed + 1, None, fine=True, **self.draws)
        sizes = self.config[self.stage]["sizes"]
        while True:
            windows.size = tuple(sizes[rng.integers(len(sizes))])
            yield collate([windows.draw() for _ in range(self.config[self.stage]["batch"])])


@torch.no_grad()
def generate(net, compression, c: Conditions, steps: int) -> torch.Tensor:
    """Clean latents [B, 24, T, h, w] after the last `steps` of the preset's steps."""
    known, prior = c.inputs()
    eps = torch.randn_like(known)
    n = len(known)
    sigma = torch.zeros(n)
    with torch.autocast(known.device.type, dtype=torch.bfloat16):
        z = few_step(net, c, known, prior, sigma.to(known), c.positions, steps - 1, eps)
        tau = torch.full((n,), PRESET[steps - 1], device=known.device)
        return net(z, known, c.mask, prior, c.hints, c.info, c.positions, tau, sigma.to(known)).float()


def share(x: torch.Tensor) -> torch.Tensor:
    """A latent's trust as 0..1; beyond the ends the gradient goes on, so that a trust at its end can come back."""
    v = (x + 1) / 2
    return v + (v.clamp(0, 1) - v).detach()


def up8(x: torch.Tensor) -> torch.Tensor:
    return F.interpolate(x, scale_factor=8, mode="bilinear", align_corners=False)


def refiner_inputs(c: Conditions, latents: torch.Tensor, decoder, pick: torch.Tensor) -> dict[str, torch.Tensor]:
    """The refiner's view of the frames `pick` [K, 2] (window, frame). The engine does the same in engine/diffusion."""
    bi, ti = pick[:, 0], pick[:, 1]
    z = latents[bi, :, ti]
    n, t = c.near.shape[:2]
    frames = c.frames.unflatten(0, (n, t))
    out = {"generated": decoder(z[:, :16].contiguous()).clamp(0, 1), "truth": frames[bi, ti]}
    vis, near, has, second, twice = [], [], [], [], []
    for side, name in ((0, "before"), (1, "after")):
        r = c.near[bi, ti, side]
        present = (r >= 0).float().view(-1, 1, 1, 1)
        f = c.fine[bi, ti, 2 * side : 2 * side + 2]
        d = f + up8(z[:, 16 + 2 * side : 18 + 2 * side] * 8 - F.avg_pool2d(f, 8))
        out["d_" + name] = d
        out["source_" + name] = frames[bi, r.clamp(min=0)]
        out[name] = warp(out["source_" + name], d) * present
        vis.append(up8(share(z[:, 20 + side : 21 + side])) * present)
        seconds = c.info[bi, side, ti].view(-1, 1, 1, 1)
        near.append((torch.exp(-2 * seconds) * present).expand_as(vis[-1]))
        has.append(present.expand_as(vis[-1]))
        offered = present * c.twice[bi].view(-1, 1, 1, 1)
        out["second_" + name] = warp(out["source_" + name], c.second[bi, ti, 2 * side : 2 * side + 2]) * offered
        second.append(up8(share(z[:, 22 + side : 23 + side])) * offered)
        twice.append(offered.expand_as(vis[-1]))
    out["fields"] = torch.cat([*vis, *near, *has, *second, *twice], 1)
    return out


def composite(x: dict[str, torch.Tensor], refiner: Refiner) -> tuple[torch.Tensor, torch.Tensor]:
    """The refiner's answer applied at the working size: pictures [K, 3, H, W], and the shares [K, 5, H, W] that they were mixed by."""
    flow, weights, residual = refiner(*(x[name] for name in INPUTS))
    b = warp(x["source_before"], x["d_before"] + flow[:, 0:2])
    a = warp(x["source_after"], x["d_after"] + flow[:, 2:4])
    parts = (b, a, x["generated"], x["second_before"], x["second_after"])
    return sum(weights[:, i : i + 1] * part for i, part in enumerate(parts)) + residual, weights


def main() -> None:
    ap = argparse.ArgumentParser()
    for name in ("config", "cache", "corpus", "out"):
        ap.add_argument("--" + name, required=True)
    ap.add_argument("--minutes", type=float, required=True)
    ap.add_argument("--seed", type=int, default=5)
    o = ap.parse_args()
    with open(o.config) as f:
        config = json.load(f)
    cv2.setNumThreads(1)
    torch.manual_seed(o.seed)
    device = "cuda" if torch.cuda.is_available() else "cpu"
    from training.export import load_run

    compression, dit, net = (m.to(device) for m in load_run(o.out))
    compression.requires_grad_(False)
    dit.requires_grad_(False)
    ema = copy.deepcopy(net).requires_grad_(False)
    net.train()
    lr = config["refiner"]["lr"]
    opt = torch.optim.AdamW(net.parameters(), lr=lr, betas=(0.9, 0.99), weight_decay=1e-4)
    log = open(os.path.join(o.out, "refiner.jsonl"), "a")
    start, step, meters = time.time(), 0, []
    loader = iter(torch.utils.data.DataLoader(Batches(o, config, "refiner", o.seed * 1000, procedural=0.2), batch_size=None, num_workers=1, prefetch_factor=4, multiprocessing_context="spawn"))
    last = time.time()
    path = os.path.join(o.out, "refiner.pt")
    while (share := (time.time() - start) / (o.minutes * 60)) < 1:
        batch = next(loader)
        c = Conditions(batch, compression.encoder, device)
        latents = generate(dit, compression, c, 1 if torch.rand(()) < 0.6 else 4)
        hidden = torch.nonzero(c.mask[:, 0].mean((-1, -2)) < 1)
        for pick in hidden[torch.randperm(len(hidden))].split(12)[:2]:
            with torch.no_grad():
                x = refiner_inputs(c, latents, compression.decoder, pick)
            for g in opt.param_groups:
                g["lr"] = lr * min(1, (step + 1) / 100) * max(0.03, 0.5 + 0.5 * np.cos(np.pi * share))
            y, weights = composite(x, net)
            square = (y - x["truth"]).square()
            loss = (square + 1e-5).sqrt().mean() + 4 * square.mean()
            opt.zero_grad()
            loss.backward()
            torch.nn.utils.clip_grad_norm_(net.parameters(), 1.0)
            opt.step()
            step += 1
            with torch.no_grad():
                decay = min(0.995, (step + 1) / (step + 10))
                for p, q in zip(ema.parameters(), net.parameters()):
                    p.lerp_(q, 1 - decay)
                psnr = lambda a: float((10 * torch.log10(1 / (a.clamp(0, 1) - x["truth"]).square().flatten(1).mean(1))).mean())
                w = weights.mean((0, 2, 3)).tolist()
                meters.append([psnr(y), psnr(x["generated"]), psnr(x["before"]), *w])
        if time.time() - last > 60:
            last = time.time()
            m = np.mean(meters, 0).round(3).tolist()
            row = {"step": step, "minutes": round((last - start) / 60, 2), "refined": m[0], "generated": m[1], "warped_before": m[2], "weights": m[3:]}
            print(row, flush=True)
            log.write(json.dumps(row) + "\n")
            log.flush()
            meters = []
            torch.save({"ema": ema.state_dict()}, path)
    torch.save({"ema": ema.state_dict()}, path)


if __name__ == "__main__":
    main()
