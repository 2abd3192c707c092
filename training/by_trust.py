"""A frame as the transformer alone would compose it: references by motion and trust, at half the working size, without the refiner and
without generated pixels. Cheap enough to ask it of every unknown frame, which keeps the gradient calm."""

import torch
import torch.nn.functional as F

from training.model.refiner import warp
from training.objective import Conditions
from training.train_refiner import share


def field(x: torch.Tensor) -> torch.Tensor:
    """Cells -> half the working size."""
    return F.interpolate(x, scale_factor=4, mode="bilinear", align_corners=False)


def ways(c: Conditions, z: torch.Tensor) -> dict[str, torch.Tensor]:
    """Every wholly unknown frame's references along both ways, [K, 4, 3, H/2, W/2] (before, after, and a second time), the truth, what
    there is of nearness and presence, and where the frames lie in the batch."""
    bi, ti = torch.nonzero(c.mask[:, 0].amax((-1, -2)) == 0).unbind(1)
    n, t = c.near.shape[:2]
    small = F.avg_pool2d(c.frames, 2).unflatten(0, (n, t))
    first, second, near, has, twice = [], [], [], [], []
    for side in (0, 1):
        r = c.near[bi, ti, side]
        f, g = (x[bi, ti, 2 * side : 2 * side + 2] for x in (c.fine, c.second))
        d = F.avg_pool2d(f, 2) / 2 + field(z[bi, 16 + 2 * side : 18 + 2 * side, ti] * 8 - F.avg_pool2d(f, 8)) / 2
        reference = small[bi, r.clamp(min=0)]
        first.append(warp(reference, d))
        second.append(warp(reference, F.avg_pool2d(g, 2) / 2))
        has.append((r >= 0).float())
        near.append(torch.exp(-2 * c.info[bi, side, ti]) * has[-1])
        twice.append(has[-1] * c.twice[bi])
    return {"parts": torch.stack([*first, *second], 1), "truth": small[bi, ti], "known": torch.stack([*near, *has, *twice], 1), "bi": bi, "ti": ti}


def error_by_trust(x: dict[str, torch.Tensor], trust: torch.Tensor, refiner) -> torch.Tensor:
    """Squared error [K] when the references `x["parts"]` are mixed by `trust` [K, 4, h, w] (latents 20..23)."""
    level = lambda v: v[:, :, None, None].expand(-1, -1, *x["truth"].shape[-2:])
    near, has, twice = (level(v) for v in x["known"].split(2, 1))
    seen = field(share(trust))
    logits = refiner.trusted(torch.cat([seen[:, :2] * has, near, has, seen[:, 2:] * twice, twice], 1))
    weights = torch.softmax(logits[:, [0, 1, 3, 4]], 1)
    return ((weights.unsqueeze(2) * x["parts"]).sum(1) - x["truth"]).square().flatten(1).mean(1)


def by_trust(c: Conditions, z: torch.Tensor, refiner) -> torch.Tensor:
    x = ways(c, z)
    return error_by_trust(x, z[x["bi"], 20:24, x["ti"]], refiner)
