"""Train the diffusion transformer: one resumable script with a time budget, for a processor or one GPU.

    python -m training.train --config training/configs/embedded.json --cache CACHE --corpus ../shared/corpus \
        --out RUN --minutes 60

RUN must hold compression.pt (training.train_compression). RUN/dit.pt is written every few minutes and resumed from; RUN/dit.jsonl is
the log. training.unpack makes such a folder of a shipped pack.

The objective: x0-prediction of a rectified flow from the noisy motion prior to the truth over unknown cells, weighted towards the velocity loss (capped,
see training/objective.py), plus the photometric error of the known frames warped along the predicted motion. The last part of the budget (`few_step_share`) distils on the
sampler's own trajectory: the input at step k is what the network itself made of steps 0..k-1 of the four-step preset, the target is
the truth, so that the shipped four steps see in training what they see in use.
"""

import argparse
import copy
import json
import os
import time

import cv2
import numpy as np
import torch

from training.data.corpus import Corpus
from training.data.procedural import Stills
from training.data.windows import Windows
from training.model.compression import Compression
from training.model.dit import DiT
from training.objective import PRESET, WEIGHTS, Conditions, collate, few_step, losses, source


class Batches(torch.utils.data.IterableDataset):
    """Endless batches, all windows of one batch of one size; crops first, whole pictures after `crop_share` of the budget."""

    def __init__(self, o, config: dict, seed: int, start: float):
        self.o, self.config, self.seed, self.start = o, config, seed, start

    def __iter__(self):
        cv2.setNumThreads(1)
        torch.set_num_threads(1)
        corpus = Corpus(self.o.cache, in_memory=True)
        stills = Stills(self.o.corpus, self.config.get("stills", 0))
        rng = np.random.default_rng(self.seed)
        windows = Windows(corpus, stills, self.seed + 1, None, self.config["procedural"])
        while True:
            phase = phase_at(self.config, (time.time() - self.start) / (self.o.minutes * 60))
            sizes = self.config[phase]["sizes"]
            windows.size = tuple(sizes[rng.integers(len(sizes))])
            yield collate([windows.draw() for _ in range(self.config[phase]["batch"])])


def phase_at(config: dict, share: float) -> str:
    return "crops" if share < config["crop_share"] else "whole"


@torch.no_grad()
def validate(net, encoder, decoder, batches: list[dict], device: str) -> dict[str, float]:
    """Held-out works: PSNR of the decoded four-step result and of the decoded prior on unknown frames."""
    rows = {"psnr": [], "prior": []}
    sums: dict[str, float] = {}
    torch.manual_seed(1)
    for b in batches:
        c = Conditions(b, encoder, device)
        c.use_prior = torch.ones_like(c.use_prior)
        known, prior = c.inputs()
        sigma = torch.zeros(len(known), device=device)
        positions = c.positions
        eps = torch.randn_like(known)
        with torch.autocast(device, dtype=torch.bfloat16):
            z = few_step(net, c, known, prior, sigma, positions, 3, eps)
            tau = torch.full((len(z),), PRESET[3], device=device)
            x0 = net(z, known, c.mask, prior, c.hints, c.info, positions, tau, sigma).float()
        for k, v in losses(c, x0, torch.ones_like(tau)).items():
            sums[k] = sums.get(k, 0) + float(v) / len(batches)
        hidden = (c.mask[:, 0].mean((-1, -2)) < 1).flatten()
        truth = c.frames[hidden]
        for name, latents in (("psnr", x0), ("prior", c.prior)):
            frames = decoder(latents[:, :16].transpose(1, 2).flatten(0, 1)[hidden].contiguous()).clamp(0, 1)
            rows[name] += (10 * torch.log10(1 / (frames - truth).square().flatten(1).mean(1))).tolist()
    return {k: round(float(np.mean(v)), 3) for k, v in rows.items()} | {"val_" + k: round(v, 4) for k, v in sums.items()}


def validation_batches(o, config) -> list[dict]:
    """Fixed windows of works that never train: one half forward by 12, one half a hole of 7."""
    from training.data import windows as w

    corpus = Corpus(o.cache, validation=True)
    if not corpus.clips:
        corpus = Corpus(o.cache)
    out, keep = [], w.layout
    for i in range(config.get("validation", 6)):
        known = np.zeros(w.FRAMES, bool)
        known[:4] = True
        if i % 2:
            known[11:] = True
        w.layout = lambda rng, known=known, i=i: ("fill" if i % 2 else "forward", known)
        source = Windows(corpus, None, 100 + i, (96, 160))
        out.append(collate([source.draw(), source.draw()]))
    w.layout = keep
    return out


def build_optimizer(net: DiT, lr: float, trust_apart: bool = False):
    """Muon for the blocks' matrices (its orthogonalised steps learn faster from few samples), AdamW for the rest."""
    matrices = [p for n, p in net.named_parameters() if p.ndim == 2 and n.startswith("blocks.") and "modulation" not in n]
    ids = {id(p) for p in matrices}
    rest = [p for n, p in net.named_parameters() if id(p) not in ids and not (trust_apart and n.startswith("trust."))]
    return [torch.optim.Muon(matrices, lr=lr, weight_decay=0.01, momentum=0.95, adjust_lr_fn="match_rms_adamw"),
            torch.optim.AdamW(rest, lr=lr, betas=(0.9, 0.98), weight_decay=0.0)]


def main() -> None:
    ap = argparse.ArgumentParser()
    ap.add_argument("--config", required=True)
    ap.add_argument("--cache", required=True)
    ap.add_argument("--corpus", required=True)
    ap.add_argument("--out", required=True)
    ap.add_argument("--minutes", type=float, required=True)
    ap.add_argument("--hold", action="store_true", help="no decay of the learning rate and no few-step phase: a later run finishes")
    ap.add_argument("--seed", type=int, default=0)
    o = ap.parse_args()
    with open(o.config) as f:
        config = json.load(f)
    cv2.setNumThreads(1)
    device = "cuda" if torch.cuda.is_available() else "cpu"
    torch.manual_seed(o.seed)
    compression = Compression()
    compression.load_state_dict(torch.load(os.path.join(o.out, "compression.pt"))["net"])
    compression = compression.to(device, memory_format=torch.channels_last).eval().requires_grad_(False)
    encoder, decoder = compression.encoder, compression.decoder
    net = DiT(**config["model"]).to(device)
    if config.get("appearance_only"):
        WEIGHTS.update(motion=0.0, trust=0.0, photo=0.0)
    ema = copy.deepcopy(net).eval().requires_grad_(False)
    opts = build_optimizer(net, config["lr"])
    path = os.path.join(o.out, "dit.pt")
    step, spent_before = 0, 0.0
    if os.path.exists(path):
        state = torch.load(path)
        net.load_state_dict(state["net"])
        ema.load_state_dict(state["ema"])
        for opt, saved in zip(opts, state["opts"]):
            opt.load_state_dict(saved)
        step, spent_before = state["step"], state["minutes"]
    print(f"{sum(p.numel() for p in net.parameters()) / 1e6:.2f} M parameters on {device}, from step {step}", flush=True)
    held = validation_batches(o, config)
    log = open(os.path.join(o.out, "dit.jsonl"), "a")
    start, budget = time.time(), o.minutes * 60
    share = lambda: (time.time() - start) / budget
    last_save = last_report = time.time()
    meters, count = {}, 0
    batches = Batches(o, config, o.seed * 1000 + step, start)
    # spawn: a fork would inherit locked thread pools
    loader = iter(torch.utils.data.DataLoader(batches, batch_size=None, num_workers=1, prefetch_factor=4, multiprocessing_context="spawn"))
    while share() < 1:
        f = share()
        c = Conditions(next(loader), encoder, device)
        n = len(c.mask)
        rate = min(1, (step + 1) / 60) * (1 if f < 0.55 or o.hold else max(0.03, (1 - f) / 0.45))
        for opt in opts:
            for g in opt.param_groups:
                g["lr"] = config["lr"] * rate * (1 if opt is opts[0] else 0.4)  # the head writes straight into the answer
        sigma = torch.rand(n, device=device) * 0.3 * (torch.rand(n, device=device) < 0.1)
        known, prior = c.inputs(sigma=sigma)
        eps = torch.randn_like(known)
        positions = c.positions
        net.train()
        with torch.autocast(device, dtype=torch.bfloat16):
            if f > 1 - config["few_step_share"] and not o.hold:
                k = int(torch.randint(len(PRESET), (1,)))
                with torch.no_grad():
                    z = few_step(net, c, known, prior, sigma, positions, k, eps)
                tau = torch.full((n,), PRESET[k], device=device)
            else:
                tau = torch.where(torch.rand(n, device=device) < 0.6, torch.ones(n, device=device), torch.rand(n, device=device) * 0.95 + 0.05)
                t = tau.view(-1, 1, 1, 1, 1)
                z = c.flow_state(known, (1 - t) * c.clean + t * source(prior, eps))
            out = net(z, known, c.mask, prior, c.hints, c.info, positions, tau, sigma).float()
        parts = losses(c, out, tau)
        loss = sum(WEIGHTS[k] * v for k, v in parts.items())
        for opt in opts:
            opt.zero_grad()
        loss.backward()
        norm = torch.nn.utils.clip_grad_norm_(net.parameters(), 1.0)
        if torch.isfinite(norm):
            for opt in opts:
                opt.step()
        step += 1
        with torch.no_grad():
            decay = min(0.995, (step + 1) / (step + 10))
            for p, q in zip(ema.parameters(), net.parameters()):
                p.lerp_(q, 1 - decay)
        with torch.no_grad():  # what the prior alone would score on the same windows
            for k, v in losses(c, c.prior, tau).items():
                meters["prior_" + k] = meters.get("prior_" + k, 0) + float(v)
        for k, v in parts.items():
            meters[k] = meters.get(k, 0) + float(v.detach())
        count += 1
        now = time.time()
        if now - last_report > 60 or share() >= 1:
            row = {"step": step, "minutes": round(spent_before + (now - start) / 60, 2), "phase": phase_at(config, f), "lr": round(config["lr"] * rate, 6), "norm": round(float(norm), 3)}
            row |= {k: round(v / count, 4) for k, v in meters.items()}
            print(row, flush=True)
            log.write(json.dumps(row) + "\n")
            log.flush()
            meters, count, last_report = {}, 0, now
        if now - last_save > config.get("save_seconds", 420) or share() >= 1:
            row = {"step": step, **validate(ema, encoder, decoder, held, device)}
            print(row, flush=True)
            log.write(json.dumps(row) + "\n")
            log.flush()
            state = {"net": net.state_dict(), "ema": ema.state_dict(), "opts": [x.state_dict() for x in opts], "step": step,
                     "minutes": spent_before + (now - start) / 60, "config": config}
            torch.save(state, path + ".part")
            os.replace(path + ".part", path)
            last_save = time.time()


if __name__ == "__main__":
    main()
