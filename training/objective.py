"""What the transformer is asked and what it is judged by: conditions of a batch, the few-step sampler, the latent losses."""

import numpy as np
import torch
import torch.nn.functional as F

from training.model.dit import token_positions

PRESET = [1.0, 0.75, 0.5, 0.25]
SOURCE_NOISE = 0.5


def collate(samples: list[dict]) -> dict[str, torch.Tensor]:
    keys = [k for k in samples[0] if not k.startswith("_")]
    return {k: torch.from_numpy(np.stack([s[k] for s in samples])) for k in keys}


class Conditions:
    """The denoiser's inputs and target for a batch; see training/data/windows.py for the shapes of its parts."""

    def __init__(self, batch: dict, encoder, device: str):
        b = {k: v.to(device) for k, v in batch.items()}
        n, t = b["frames"].shape[:2]
        self.frames = b["frames"].flatten(0, 1).permute(0, 3, 1, 2).float() / 255  # [B T, 3, H, W]
        guess = b["prior"].flatten(0, 1).permute(0, 3, 1, 2).float() / 255
        with torch.no_grad(), torch.autocast(device, dtype=torch.bfloat16):
            z = torch.cat([encoder(x) for x in self.frames.split(64)]).float()
            hidden = b["mask"].flatten(0, 1).mean((-1, -2)) < 1  # elsewhere the guess is the frame itself
            z_guess = z.clone()
            z_guess[hidden] = torch.cat([encoder(x) for x in guess[hidden].split(64)]).float()
        fold = lambda x: x.unflatten(0, (n, t)).transpose(1, 2)  # [B, C, T, h, w]
        self.mask = b["mask"].unsqueeze(1)
        self.clean = torch.cat([fold(z), b["motion"].transpose(1, 2)], 1)
        self.prior = torch.cat([fold(z_guess), b["guess"].transpose(1, 2)], 1)
        # A partly known frame is encoded with its hole filled by the prior, as in use; whole known frames are the same in both.
        self.known_source = self.prior
        self.use_prior = b["use_prior"].float().view(-1, 1, 1, 1, 1)
        self.hints = b["hints"].transpose(1, 2)
        self.info = b["info"]
        self.near = b["near"]
        self.twice = b["twice"].float()
        self.fine, self.second = b.get("fine"), b.get("second")
        foretold = F.pad(b["foretold"].transpose(1, 2), (0, 0, 0, 0, 0, 0, self.clean.shape[1] - 4, 0))
        self.foretold = foretold * (1 - self.mask)  # told in the channels of trust, where cells are unknown
        self.seconds = b["seconds"]
        h, w = self.mask.shape[-2:]
        self.positions = torch.stack([token_positions(s, h, w) for s in self.seconds])

    def inputs(self, sigma=None):
        known = self.known_source * self.mask
        if sigma is not None:
            known = torch.cat([known[:, :16] + sigma.view(-1, 1, 1, 1, 1) * torch.randn_like(known[:, :16]) * self.mask, known[:, 16:]], 1)
        return known + self.foretold, self.prior * self.use_prior

    def flow_state(self, known, rest):
        """What the sampler moves: the known cells as they are, `rest` elsewhere."""
        return self.mask * known + (1 - self.mask) * rest


def source(prior, eps):
    """Where the flow starts: the motion prior with SOURCE_NOISE of noise (docs/decisions.md says why not noise alone)."""
    return prior + SOURCE_NOISE * eps


def few_step(net, c: Conditions, known, prior, sigma, positions, steps: int, eps):
    """z at the start of step `steps` of the preset, made by the network itself."""
    z = c.flow_state(known, source(prior, eps))
    for k in range(steps):
        tau, following = PRESET[k], PRESET[k + 1]
        x0 = net(z, known, c.mask, prior, c.hints, c.info, positions, torch.full((len(z),), tau, device=z.device), sigma).float()
        v = (z - x0) / tau
        z = c.flow_state(known, z + (following - tau) * v)
    return z


def photometric(c: Conditions, out: torch.Tensor) -> torch.Tensor:
    """Charbonnier error, at a quarter of the working size, of the known frames warped along the predicted motion; where the truth
    is not to be had from a reference the term counts little."""
    n, _, t, h, w = out.shape
    small = F.avg_pool2d(c.frames, 4).unflatten(0, (n, t))
    loss = 0.0
    hh, ww = 2 * h, 2 * w
    ys, xs = torch.meshgrid(torch.arange(hh), torch.arange(ww), indexing="ij")
    base = torch.stack([xs, ys], -1).to(out).float()
    pick = torch.nonzero((c.mask.flatten(2).flatten(2).unflatten(2, (t, -1)).mean(-1)[:, 0] < 1), as_tuple=False)
    for side in (0, 1):
        r = c.near[pick[:, 0], pick[:, 1], side]
        use = pick[r >= 0]
        if not len(use):
            continue
        r = r[r >= 0]
        d = out[use[:, 0], 2 * side + 16 : 2 * side + 18, use[:, 1]] * 2  # px/8 -> pixels of the quarter grid
        d = F.interpolate(d, scale_factor=2, mode="bilinear", align_corners=False).permute(0, 2, 3, 1)
        p = (base + d + 0.5) / torch.tensor([ww, hh], device=out.device) * 2 - 1
        warped = F.grid_sample(small[use[:, 0], r], p, padding_mode="border", align_corners=False)
        weight = (c.clean[use[:, 0], 20 + side, use[:, 1]] + 1) / 2 + 0.1
        weight = weight * (1 - c.mask[use[:, 0], 0, use[:, 1]])
        weight = F.interpolate(weight.unsqueeze(1), scale_factor=2, mode="nearest")
        e = ((warped - small[use[:, 0], use[:, 1]]).square() + 1e-4).sqrt()
        loss = loss + (e * weight).sum() / (weight.sum() * 3 + 1)
    return loss


def losses(c: Conditions, out: torch.Tensor, tau: torch.Tensor) -> dict[str, torch.Tensor]:
    unknown = 1 - c.mask
    total = unknown.sum() + 1
    scale = (1 / tau.square()).clamp(max=2).view(-1, 1, 1, 1, 1) * unknown  # velocity loss, capped
    e = out - c.clean
    appearance = (e[:, :16].square() * scale).sum() / (16 * total)
    trusted = torch.stack([(c.clean[:, 20] + 1) / 2 + 0.05, (c.clean[:, 21] + 1) / 2 + 0.05], 1).repeat_interleave(2, 1)
    huber = F.huber_loss(out[:, 16:20], c.clean[:, 16:20], reduction="none", delta=0.5)
    motion = (huber * trusted * scale).sum() / (4 * total)
    trust = (e[:, 20:].square() * scale).sum() / (4 * total)
    return {"appearance": appearance, "motion": motion, "trust": trust, "photo": photometric(c, out)}


WEIGHTS = {"appearance": 1.0, "motion": 2.0, "trust": 0.3, "photo": 3.0}
