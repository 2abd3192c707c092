"""Train the compression network.

    python -m training.train_compression --cache CACHE --out RUN --minutes 10 [--toy]

Charbonnier loss on 128x128 crops of training frames, with a little noise on the latents so that the decoder forgives the
denoiser. Resumes from RUN/compression.pt; writes RUN/compression.jsonl. Prints PSNR on the held-out works beside the PCA's.
"""

import argparse
import json
import os
import time

import numpy as np
import torch

from training.data.corpus import Corpus
from training.model.compression import Compression


def crops(corpus: Corpus, rng: np.random.Generator, n: int, size: int) -> torch.Tensor:
    out = np.empty((n, size, size, 3), np.uint8)
    for i in range(n):
        rgb = corpus.draw(rng).rgb
        t, y, x = rng.integers(len(rgb)), rng.integers(rgb.shape[1] - size + 1), rng.integers(rgb.shape[2] - size + 1)
        crop = rgb[t, y : y + size, x : x + size]
        out[i] = crop[:, ::-1] if rng.random() < 0.5 else crop
    return torch.from_numpy(out).permute(0, 3, 1, 2).float() / 255


def psnr(a: torch.Tensor, b: torch.Tensor) -> float:
    """Mean over frames of the per-frame PSNR, dB."""
    e = (a.clamp(0, 1) - b).square().flatten(1).mean(1)
    return float((10 * torch.log10(1 / e)).mean())


def main() -> None:
    ap = argparse.ArgumentParser()
    ap.add_argument("--cache", required=True)
    ap.add_argument("--out", required=True)
    ap.add_argument("--minutes", type=float, required=True)
    ap.add_argument("--batch", type=int, default=16)
    ap.add_argument("--lr", type=float, default=1e-3)
    o = ap.parse_args()
    os.makedirs(o.out, exist_ok=True)
    device = "cuda" if torch.cuda.is_available() else "cpu"
    torch.manual_seed(0)
    rng = np.random.default_rng(0)
    train, held = Corpus(o.cache), Corpus(o.cache, validation=True)
    test = crops(held if held.clips else train, np.random.default_rng(1), 64, 128).to(device)
    net = Compression().to(device, memory_format=torch.channels_last)
    path = os.path.join(o.out, "compression.pt")
    step = 0
    if os.path.exists(path):
        state = torch.load(path)
        net.load_state_dict(state["net"])
        step = state["step"]
    else:
        net.start_from_pca(crops(train, rng, 256, 128).to(device))
    log = open(os.path.join(o.out, "compression.jsonl"), "a")
    opt = torch.optim.AdamW(net.parameters(), lr=o.lr, betas=(0.9, 0.99), weight_decay=1e-4)
    start = time.time()
    budget = o.minutes * 60
    with torch.no_grad():
        print("start", psnr(net(test)[0], test))
    while (spent := time.time() - start) < budget:
        for g in opt.param_groups:  # warm up, then a cosine over the time budget
            g["lr"] = o.lr * min(1, (step + 1) / 100) * (0.02 + 0.98 * 0.5 * (1 + np.cos(np.pi * spent / budget)))
        x = crops(train, rng, o.batch, 128).to(device, memory_format=torch.channels_last)
        with torch.autocast(device, dtype=torch.bfloat16):
            z = net.encoder(x)
            y = net.decoder(z + 0.05 * torch.randn_like(z))
        y, z = y.float(), z.float()
        loss = ((y - x).square() + 1e-6).sqrt().mean() + 2 * (y - x).square().mean()
        loss = loss + 0.01 * (z.std((0, 2, 3)) - 1).square().mean()
        opt.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(net.parameters(), 1.0)
        opt.step()
        step += 1
        if step % 100 == 0:
            with torch.no_grad():
                row = {"step": step, "minutes": round(spent / 60, 2), "loss": float(loss), "held_out_psnr": psnr(net(test)[0], test)}
            print(row, flush=True)
            log.write(json.dumps(row) + "\n")
            log.flush()
            torch.save({"net": net.state_dict(), "step": step}, path)
    torch.save({"net": net.state_dict(), "step": step}, path)
    with torch.no_grad():
        print("final held-out PSNR", psnr(net(test)[0], test))


if __name__ == "__main__":
    main()
