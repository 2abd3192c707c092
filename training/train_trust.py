"""The transformer's trust head on remembered answers of its body: thousands of steps in minutes.

    python -m training.train_trust --config training/configs/embedded.json --cache CACHE --corpus ../shared/corpus --out RUN \\
        --windows 400 --minutes 4

What the head decides is local and quickly learned, what stands below it is slow to run. So the body answers for some hundred windows
once; last tokens, evidence and the warped references are kept, and the head (with the refiner's exponents) learns from those: log of
the squared error of every frame as the transformer alone composes it. A tenth of the windows only tells when to stop believing the
training figure. Reads and writes RUN/dit.pt and RUN/refiner.pt.
"""

import argparse
import json
import os
import time

import cv2
import numpy as np
import torch

from training.by_trust import error_by_trust, ways
from training.export import load_run
from training.objective import Conditions, source
from training.train_refiner import Batches

FLOOR = 5e-5
HELD = 10  # every tenth window


@torch.no_grad()
def remember(dit, compression, loader, count: int, device: str) -> list[dict]:
    out, told = [], {}
    hook = dit.trust.register_forward_hook(lambda _, given, answer: told.update(tokens=given[0], evidence=given[1], answer=answer))
    while len(out) < count:
        c = Conditions(next(loader), compression.encoder, device)
        known, prior = c.inputs()
        n = len(known)
        one = torch.ones(n, device=device)
        with torch.autocast(device, dtype=torch.bfloat16):
            z = dit(c.flow_state(known, source(prior, 0)), known, c.mask, prior, c.hints, c.info, c.positions, one, 0 * one).float()
        x = ways(c, z)
        for i in range(n):
            mine = x["bi"] == i
            if mine.any():
                out.append({"tokens": told["tokens"][i : i + 1].bfloat16(), "evidence": told["evidence"][i : i + 1].float(), "body": z[i, 20:24] - told["answer"][i].float(),
                            "prior": c.prior[i, 20:24], "ti": x["ti"][mine], "parts": (x["parts"][mine] * 255).byte(), "truth": (x["truth"][mine] * 255).byte(), "known": x["known"][mine]})
    hook.remove()
    return out


def errors(w: dict, trust: torch.Tensor, refiner, pick: torch.Tensor) -> torch.Tensor:
    x = {"parts": w["parts"][pick].float() / 255, "truth": w["truth"][pick].float() / 255, "known": w["known"][pick]}
    return error_by_trust(x, trust[:, w["ti"][pick]].transpose(0, 1), refiner)


def answer(dit, w: dict) -> torch.Tensor:
    return w["body"] + dit.trust(w["tokens"].float(), w["evidence"])[0]


def main() -> None:
    ap = argparse.ArgumentParser()
    for name in ("config", "cache", "corpus", "out"):
        ap.add_argument("--" + name, required=True)
    ap.add_argument("--windows", type=int, required=True)
    ap.add_argument("--minutes", type=float, required=True, help="for learning, after the windows are made")
    ap.add_argument("--seed", type=int, default=13)
    o = ap.parse_args()
    with open(o.config) as f:
        config = json.load(f)
    cv2.setNumThreads(1)
    torch.manual_seed(o.seed)
    device = "cuda" if torch.cuda.is_available() else "cpu"
    compression, dit, refiner = (m.to(device) for m in load_run(o.out))
    loader = iter(torch.utils.data.DataLoader(Batches(o, config, "joint", o.seed * 1000, procedural=0.1, keep_prior=1), batch_size=None, num_workers=1, prefetch_factor=4, multiprocessing_context="spawn"))
    windows = remember(dit, compression, loader, o.windows, device)
    held, learnt = windows[::HELD], [w for i, w in enumerate(windows) if i % HELD]
    print(f"{len(windows)} windows", flush=True)
    opt = torch.optim.AdamW([{"params": [*dit.trust.parameters()], "lr": 2e-3, "weight_decay": 0.02}, {"params": refiner.scales(), "lr": 3e-3, "weight_decay": 0}], betas=(0.9, 0.99))
    peaks = [g["lr"] for g in opt.param_groups]
    quality = lambda e: float((-10 * torch.log10(e + 1e-10)).mean())

    @torch.no_grad()
    def judged(pieces: list[dict]) -> list[float]:
        every = lambda w: torch.arange(len(w["ti"]))
        return [float(np.mean([quality(errors(w, t(w), refiner, every(w))) for w in pieces])) for t in (lambda w: answer(dit, w), lambda w: w["prior"])]

    start, last, step = time.time(), 0.0, 0
    log = open(os.path.join(o.out, "trust.jsonl"), "a")
    while (part := (time.time() - start) / (o.minutes * 60)) < 1:
        for g, lr in zip(opt.param_groups, peaks):
            g["lr"] = lr * min(1, (step + 1) / 50) * max(0.02, 1 - part)
        loss = 0.0
        for i in torch.randint(len(learnt), (4,)).tolist():
            w = learnt[i]
            trust = answer(dit, w)
            pick = torch.randperm(len(w["ti"]))[:4]
            beyond = torch.relu(trust.abs() - 1.2).mean()  # far outside a trust's range nothing can be told apart
            loss = loss + (torch.log(errors(w, trust, refiner, pick) + FLOOR).mean() + beyond) / 4
        opt.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(dit.trust.parameters(), 1.0)
        opt.step()
        step += 1
        if time.time() - last > 30 or (time.time() - start) > o.minutes * 60:
            last = time.time()
            row = {"step": step, "minutes": round((last - start) / 60, 2), "held": judged(held), "learnt": judged(learnt[: len(held)]), "scales": [round(float(p), 3) for p in refiner.scales()]}
            print(row, flush=True)
            log.write(json.dumps(row) + "\n")
            log.flush()
    path = os.path.join(o.out, "dit.pt")
    state = torch.load(path)
    state["ema"] = dit.state_dict()
    state["net"] = state["net"] | {k: v for k, v in dit.state_dict().items() if k.startswith("trust.")}
    torch.save(state, path)
    torch.save({"ema": refiner.state_dict()}, os.path.join(o.out, "refiner.pt"))


if __name__ == "__main__":
    main()
