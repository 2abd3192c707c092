"""Last stage: transformer and refiner together, judged by what a person sees.

    python -m training.train_joint --config training/configs/embedded.json --cache CACHE --corpus ../shared/corpus --out RUN --minutes 60

Trained apart, the transformer minimises latent errors that the refiner may not care about. Here the loss is the composed frame's own:
log of the squared error per frame (what PSNR averages, so easy shots count as much as hard ones), through refiner, warp and decoder into
the transformer's appearance, motion and trust. Two small terms keep the picture crisp, which a squared error does not ask for, and a
share of the latent losses keeps the latents what they say they are. Reads and writes RUN/dit.pt and RUN/refiner.pt (their averages);
with --hold the rate does not decay, so that a later run can go on. Until the share `body_from` of the budget the transformer's body rests and
only its trust head and the refiner learn: a short run should leave it so (1), since the body learns slowly from so few frames.
"""

import argparse
import copy
import json
import os
import time

import cv2
import numpy as np
import torch

from training.by_trust import by_trust
from training.export import load_run
from training.objective import PRESET, Conditions, losses, source
from training.train import build_optimizer
from training.train_refiner import Batches, composite, refiner_inputs

FRAMES_A_WINDOW = 2
FLOOR = 5e-5  # squared error below which (43 dB) nothing more is gained
BLUR = 0.5  # price of lost detail, in nats of squared error per nat of lost gradient
WEIGHTS = {"appearance": 0.3, "motion": 1.0, "trust": 0.02, "photo": 0.5}  # of the latent losses; trust is first of all what weighs well
SOFT = 0.05  # price of the generated frame's share: at the full size it carries no detail at all


def average(target, source, decay: float) -> None:
    with torch.no_grad():
        for p, q in zip(target.parameters(), source.parameters()):
            p.lerp_(q, 1 - decay)


def detail(frames: torch.Tensor) -> torch.Tensor:
    """Mean |dx| + |dy| of luma per frame: the sharpness that docs/quality.md measures."""
    y = (frames * frames.new_tensor([0.299, 0.587, 0.114]).view(1, 3, 1, 1)).sum(1)
    return y.diff(dim=-1).abs().mean((-1, -2)) + y.diff(dim=-2).abs().mean((-1, -2))


def latents_of(dit, c: Conditions) -> torch.Tensor:
    """Clean latents with their gradient, from the source or from a later step of the preset that the network's own answer leads to."""
    known, prior = c.inputs()
    n, device = len(known), known.device
    sigma = torch.zeros(n, device=device)
    amount = float(np.random.choice([0.0, 0.2], p=[0.5, 0.5]))  # of the source's noise; 0.2 is what is used
    start = source(prior, torch.randn_like(known) * amount)
    ask = lambda z, tau: dit(z, known, c.mask, prior, c.hints, c.info, c.positions, torch.full((n,), tau, device=device), sigma).float()
    with torch.autocast(device.type, dtype=torch.bfloat16):
        if torch.rand(()) < 0.8:
            return ask(c.flow_state(known, start), 1.0)
        tau = PRESET[int(torch.randint(1, len(PRESET), ()))]
        with torch.no_grad():
            first = ask(c.flow_state(known, start), 1.0)
        return ask(c.flow_state(known, (1 - tau) * first + tau * start), tau)


def main() -> None:
    ap = argparse.ArgumentParser()
    for name in ("config", "cache", "corpus", "out"):
        ap.add_argument("--" + name, required=True)
    ap.add_argument("--minutes", type=float, required=True)
    ap.add_argument("--hold", action="store_true", help="no decay of the learning rate: a later run finishes")
    ap.add_argument("--seed", type=int, default=9)
    o = ap.parse_args()
    with open(o.config) as f:
        config = json.load(f)
    cv2.setNumThreads(1)
    torch.manual_seed(o.seed)
    np.random.seed(o.seed)
    device = "cuda" if torch.cuda.is_available() else "cpu"
    compression, dit, refiner = (m.to(device) for m in load_run(o.out))
    compression.requires_grad_(False).to(memory_format=torch.channels_last)
    refiner.to(memory_format=torch.channels_last)
    dit_average, refiner_average = (copy.deepcopy(m).requires_grad_(False) for m in (dit, refiner))
    rates = config["joint"]
    scales = refiner.scales()  # few numbers that matter much: faster
    rest = [p for p in refiner.parameters() if all(p is not q for q in scales)]
    groups = [{"params": rest, "lr": rates["lr_refiner"]}, {"params": scales, "lr": 10 * rates["lr_refiner"]}]
    groups.append({"params": list(dit.trust.parameters()), "lr": rates["lr_trust"]})
    body = [p for name, p in dit.named_parameters() if not name.startswith("trust.")]
    opts = [*build_optimizer(dit, rates["lr_transformer"], trust_apart=True), torch.optim.AdamW(groups, betas=(0.9, 0.98), weight_decay=0)]
    peaks = [[g["lr"] for g in opt.param_groups] for opt in opts]
    log = open(os.path.join(o.out, "joint.jsonl"), "a")
    start = last = time.time()
    loader = iter(torch.utils.data.DataLoader(Batches(o, config, "joint", o.seed * 1000, procedural=0.12, keep_prior=1), batch_size=None, num_workers=1, prefetch_factor=4, multiprocessing_context="spawn"))
    step, meters, plain = 0, [], []

    def save() -> None:
        path = os.path.join(o.out, "dit.pt")
        state = torch.load(path)
        state["ema"] = dit_average.state_dict()
        torch.save(state, path + ".part")
        os.replace(path + ".part", path)
        torch.save({"ema": refiner_average.state_dict()}, os.path.join(o.out, "refiner.pt"))

    while (share := (time.time() - start) / (o.minutes * 60)) < 1:
        for p in body:  # while it rests steps cost a third
            p.requires_grad_(share >= rates["body_from"])
        batch = next(loader)
        c = Conditions(batch, compression.encoder, device)
        latents = latents_of(dit, c)
        hidden = torch.nonzero(c.mask[:, 0].mean((-1, -2)) < 1)
        pick = hidden[torch.randperm(len(hidden))[: FRAMES_A_WINDOW * len(c.mask)]]

        def composed(z: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
            with torch.autocast(device, dtype=torch.bfloat16):
                x = refiner_inputs(c, z, compression.decoder, pick)
                y, shares = composite(x, refiner)
            return y.float(), shares, x["truth"]

        y, shares, truth = composed(latents)
        error = (y - truth).square().flatten(1).mean(1)
        lost = torch.relu(torch.log(detail(truth) + 1e-3) - torch.log(detail(y) + 1e-3))
        parts = losses(c, latents, torch.ones(len(c.mask), device=device))
        trusting = by_trust(c, latents, refiner)
        loss = torch.log(trusting + FLOOR).sum() / max(1, len(trusting)) + 0.5 * torch.log(error + FLOOR).mean() + BLUR * lost.mean() + SOFT * shares[:, 2].mean()
        loss = loss + sum(WEIGHTS[name] * v for name, v in parts.items())
        rate = min(1, (step + 1) / 40) * (1 if o.hold else max(0.03, min(1, (1 - share) / 0.5)))
        for opt, peak in zip(opts, peaks):
            for g, lr in zip(opt.param_groups, peak):
                g["lr"] = lr * rate
            opt.zero_grad()  # leaves no gradient, so that what rests is not moved
        loss.backward()
        torch.nn.utils.clip_grad_norm_(dit.parameters(), 1.0)
        torch.nn.utils.clip_grad_norm_(refiner.parameters(), 1.0)
        for opt in opts:
            opt.step()
        step += 1
        decay = min(0.99, (step + 1) / (step + 10))
        average(dit_average, dit, decay)
        average(refiner_average, refiner, decay)
        quality = lambda e: float((-10 * torch.log10(e.detach() + 1e-10)).mean())
        meters.append([quality(error), float(lost.detach().mean()), *(float(parts[k].detach()) for k in ("appearance", "motion", "trust")), *shares.detach().mean((0, 2, 3)).tolist()])
        if step % 12 == 1:
            with torch.no_grad():
                y, _, truth = composed(c.prior)
                by_prior = by_trust(c, c.prior, refiner)
            if len(by_prior):
                plain.append([quality(error) - quality((y - truth).square().flatten(1).mean(1)), quality(trusting) - quality(by_prior)])
        if time.time() - last > 60:
            last = time.time()
            m = np.mean(meters, 0).round(3).tolist()
            row = {"step": step, "minutes": round((last - start) / 60, 2), "psnr": m[0], "lost_detail": m[1], "appearance": m[2], "motion": m[3], "trust": m[4], "shares": m[5:],
                   "over_prior": np.mean(plain, 0).round(3).tolist() if plain else None}
            print(row, flush=True)
            log.write(json.dumps(row) + "\n")
            log.flush()
            meters, plain = [], []
            save()
    save()


if __name__ == "__main__":
    main()
