"""Last stage: transformer and refiner together, judged by what a person sees.

    python -m training.train_joint --config training/configs/embedded.json --cache CACHE --corpus ../shared/corpus --out RUN --minutes 12

Trained apart, the transformer minimises latent errors that the refiner may not care about. Here the loss is the composed frame's own:
log of the squared error per frame (what PSNR averages, so easy shots count as much as hard ones), through refiner, warp and decoder into
the transformer's appearance, motion and trust. A small share of the latent losses keeps the latents what they say they are. Steps after
the first start from the network's own earlier steps, as in use. Reads and writes RUN/dit.pt and RUN/refiner.pt (their averages).
"""

import argparse
import copy
import json
import os
import time

import cv2
import numpy as np
import torch

from training import train as base
from training.export import load_run
from training.train_refiner import Batches, composite, refiner_inputs

FRAMES_A_WINDOW = 5
FLOOR = 5e-5  # squared error below which (43 dB) nothing more is gained


def average(target, source, decay: float) -> None:
    with torch.no_grad():
        for p, q in zip(target.parameters(), source.parameters()):
            p.lerp_(q, 1 - decay)


def main() -> None:
    ap = argparse.ArgumentParser()
    for name in ("config", "cache", "corpus", "out"):
        ap.add_argument("--" + name, required=True)
    ap.add_argument("--minutes", type=float, required=True)
    ap.add_argument("--seed", type=int, default=9)
    o = ap.parse_args()
    with open(o.config) as f:
        config = json.load(f)
    cv2.setNumThreads(1)
    torch.manual_seed(o.seed)
    device = "cuda" if torch.cuda.is_available() else "cpu"
    compression, dit, refiner = (m.to(device) for m in load_run(o.out))
    compression.requires_grad_(False)
    dit_average, refiner_average = (copy.deepcopy(m).requires_grad_(False) for m in (dit, refiner))
    rates = config["joint"]
    opt = torch.optim.AdamW([{"params": list(dit.parameters()), "peak": rates["lr_transformer"]}, {"params": list(refiner.parameters()), "peak": rates["lr_refiner"]}],
                            betas=(0.9, 0.98), weight_decay=0)
    log = open(os.path.join(o.out, "joint.jsonl"), "a")
    start = last = time.time()
    loader = iter(torch.utils.data.DataLoader(Batches(o, config, "joint", o.seed * 1000, procedural=0.15, keep_prior=1), batch_size=None, num_workers=1, prefetch_factor=4, multiprocessing_context="spawn"))
    step, meters = 0, []

    def save() -> None:
        path = os.path.join(o.out, "dit.pt")
        state = torch.load(path)
        state["ema"] = dit_average.state_dict()
        torch.save(state, path + ".part")
        os.replace(path + ".part", path)
        torch.save({"ema": refiner_average.state_dict()}, os.path.join(o.out, "refiner.pt"))

    while (share := (time.time() - start) / (o.minutes * 60)) < 1:
        batch = next(loader)
        fine = batch.pop("fine").to(device)
        c = base.Conditions(batch, compression.encoder, device)
        known, prior = c.inputs()
        n = len(known)
        sigma = torch.zeros(n, device=device)
        eps = torch.randn_like(known) * float(torch.rand(()) < 0.5)
        k = 0 if torch.rand(()) < 0.5 else 3
        with torch.autocast(device, dtype=torch.bfloat16):
            with torch.no_grad():
                z = base.few_step(dit, c, known, prior, sigma, c.positions, k, eps)
            tau = torch.full((n,), base.PRESET[k], device=device)
            latents = dit(z, known, c.mask, prior, c.hints, c.info, c.positions, tau, sigma).float()
        hidden = torch.nonzero(c.mask[:, 0].mean((-1, -2)) < 1)
        pick = hidden[torch.randperm(len(hidden))[: FRAMES_A_WINDOW * n]]
        x = refiner_inputs(c, fine, latents, compression.decoder, pick)
        y = composite(x, *refiner(x["before"], x["after"], x["generated"], x["fields"]))
        error = (y - x["truth"]).square().flatten(1).mean(1)
        parts = base.losses(c, latents, torch.ones_like(tau))
        loss = torch.log(error + FLOOR).mean() + 0.1 * sum(base.WEIGHTS[name] * v for name, v in parts.items())
        for g in opt.param_groups:
            g["lr"] = g["peak"] * min(1, (step + 1) / 20) * max(0.05, min(1, (1 - share) / 0.5))
        opt.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(dit.parameters(), 1.0)
        torch.nn.utils.clip_grad_norm_(refiner.parameters(), 1.0)
        opt.step()
        step += 1
        decay = min(0.98, (step + 1) / (step + 10))
        average(dit_average, dit, decay)
        average(refiner_average, refiner, decay)
        with torch.no_grad():
            x = refiner_inputs(c, fine, c.prior, compression.decoder, pick)
            y = composite(x, *refiner(x["before"], x["after"], x["generated"], x["fields"]))
            plain = (y - x["truth"]).square().flatten(1).mean(1)
            meters.append([float(-10 * torch.log10(e.detach() + 1e-10).mean()) for e in (error, plain)])
        if time.time() - last > 60:
            last = time.time()
            row = {"step": step, "minutes": round((last - start) / 60, 2), "psnr": round(float(np.mean(meters, 0)[0]), 3), "psnr_of_prior": round(float(np.mean(meters, 0)[1]), 3)}
            print(row, flush=True)
            log.write(json.dumps(row) + "\n")
            log.flush()
            meters = []
            save()
    save()


if __name__ == "__main__":
    main()
