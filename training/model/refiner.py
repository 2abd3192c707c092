"""The refiner: from two warped references and a generated frame, all small, to how the full-size frame is to be put together.

It never makes pixels of the full size. It corrects the motion by a few pixels, says how much of each reference and of the generated
frame each place takes, and adds a smooth colour correction; engine/frames/compose.ts applies that at the source's own resolution.
"""

import torch
import torch.nn.functional as F
from torch import nn

from training.model.compression import ResBlock

MAX_FLOW = 6.0  # working pixels: the transformer owns the large motion


class Refiner(nn.Module):
    def __init__(self, width: int = 32):
        super().__init__()
        self.a = nn.Conv2d((9 + 6) * 4, width, 3, padding=1)  # half of the working size
        self.b = nn.Sequential(nn.Conv2d(width, 2 * width, 3, stride=2, padding=1), ResBlock(2 * width))
        self.c = nn.Sequential(nn.Conv2d(2 * width, 3 * width, 3, stride=2, padding=1), ResBlock(3 * width), ResBlock(3 * width))
        self.up_b = nn.Conv2d(3 * width + 2 * width, 2 * width, 3, padding=1)
        self.mix_b = ResBlock(2 * width)
        self.up_a = nn.Conv2d(2 * width + width, width, 3, padding=1)
        self.mix_a = ResBlock(width)
        self.head = nn.Conv2d(width, 7, 3, padding=1)
        self.colour = nn.Conv2d(3 * width, 3, 3, padding=1)  # an eighth of the working size: low frequencies only
        for layer in (self.head, self.colour):
            nn.init.zeros_(layer.weight)
            nn.init.zeros_(layer.bias)

    def forward(self, before, after, generated, fields):
        """before, after, generated [N, 3, H, W] R'G'B'; fields [N, 6, H, W]: trust before, after (0..1), nearness before, after
        (exp(-2 seconds)), presence before, after -> flow [N, 4, H, W] (dx, dy to add, before then after, working pixels),
        weights [N, 3, H, W] (before, after, generated; sum 1), residual [N, 3, H, W] (R'G'B' to add)."""
        x = torch.cat([before - generated, after - generated, generated * 2 - 1, fields], 1)
        a = F.silu(self.a(F.pixel_unshuffle(x, 2)))
        b = self.b(a)
        c = self.c(F.silu(b))
        up = lambda y: F.interpolate(y, scale_factor=2, mode="bilinear", align_corners=False)
        b = self.mix_b(self.up_b(torch.cat([up(F.silu(c)), b], 1)))
        a = self.mix_a(self.up_a(torch.cat([up(F.silu(b)), a], 1)))
        out = up(self.head(F.silu(a)))
        flow = torch.tanh(out[:, :4]) * MAX_FLOW
        vis, near, has = fields[:, 0:2], fields[:, 2:4], fields[:, 4:6]
        # Start from "what is seen, the nearer the more", and let the network argue.
        start = torch.log(torch.cat([(vis + 0.02) * (near + 0.02), torch.full_like(vis[:, :1], 0.05)], 1))
        bar = torch.cat([(has - 1) * 30, torch.zeros_like(has[:, :1])], 1)
        weights = torch.softmax(start + 5 * torch.tanh(out[:, 4:7]) + bar, 1)  # bounded: a softmax that saturates stops learning
        residual = F.interpolate(self.colour(F.silu(c)), scale_factor=8, mode="bilinear", align_corners=False)
        return flow, weights, residual


def warp(image: torch.Tensor, flow: torch.Tensor) -> torch.Tensor:
    """image [N, C, H, W] at x + flow [N, 2, H, W] (pixels), bilinear, border repeated."""
    n, _, h, w = flow.shape
    ys, xs = torch.meshgrid(torch.arange(h, device=flow.device), torch.arange(w, device=flow.device), indexing="ij")
    p = torch.stack([xs, ys], 0).float() + flow
    size = torch.tensor([w, h], device=flow.device).view(1, 2, 1, 1)
    p = ((p + 0.5) / size * 2 - 1).permute(0, 2, 3, 1)
    return F.grid_sample(image, p, padding_mode="border", align_corners=False)
