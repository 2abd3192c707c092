"""The refiner: from two references, each moved in two ways, and a generated frame, all small, to how the full-size frame is to be
put together.

It never makes pixels of the full size. What is shown where is the transformer's choice, by the trust that it gives to each reference; the
refiner sharpens that choice where its finer view disagrees, within bounds, corrects the motion by a pixel or two and adds a smooth colour
correction; engine/frames/compose.ts applies that at the source's own resolution.
"""

import torch
import torch.nn.functional as F
from torch import nn

from training.model.compression import ResBlock

INPUTS = ("before", "after", "generated", "second_before", "second_after", "fields")
MAX_FLOW = 2.0  # working pixels: the transformer owns the motion
MAX_SAY = 1.5  # in the logits of the shares: the transformer owns them too


class Refiner(nn.Module):
    def __init__(self, width: int = 32):
        super().__init__()
        self.a = nn.Conv2d((15 + 10) * 4, width, 3, padding=1)  # half of the working size
        self.b = nn.Sequential(nn.Conv2d(width, 2 * width, 3, stride=2, padding=1), ResBlock(2 * width))
        self.c = nn.Sequential(nn.Conv2d(2 * width, 3 * width, 3, stride=2, padding=1), ResBlock(3 * width), ResBlock(3 * width))
        self.up_b = nn.Conv2d(3 * width + 2 * width, 2 * width, 3, padding=1)
        self.mix_b = ResBlock(2 * width)
        self.up_a = nn.Conv2d(2 * width + width, width, 3, padding=1)
        self.mix_a = ResBlock(width)
        self.head = nn.Conv2d(width, 9, 3, padding=1)
        self.colour = nn.Conv2d(3 * width, 3, 3, padding=1)  # an eighth of the working size: low frequencies only
        # Exponents of the trust in each way, and what the generated frame and the second way start from.
        self.sharp_first, self.sharp_second = nn.Parameter(torch.tensor([2.0])), nn.Parameter(torch.tensor([2.0]))
        self.bias_generated, self.bias_second = nn.Parameter(torch.tensor([-3.0])), nn.Parameter(torch.tensor([0.0]))
        for layer in (self.head, self.colour):
            nn.init.zeros_(layer.weight)
            nn.init.zeros_(layer.bias)

    def forward(self, before, after, generated, second_before, second_after, fields):
        """before, after, generated, second_before, second_after [N, 3, H, W] R'G'B'; fields [N, 10, H, W]: trust before, after
        (0..1), nearness before, after (exp(-2 seconds)), presence before, after, trust of the second way, its presence
        -> flow [N, 4, H, W] (dx, dy to add, before then after, working pixels), weights [N, 5, H, W] (in the order of the pictures;
        sum 1), residual [N, 3, H, W] (R'G'B' to add)."""
        x = torch.cat([*(p - generated for p in (before, after, second_before, second_after)), generated * 2 - 1, fields], 1)
        a = F.silu(self.a(F.pixel_unshuffle(x, 2)))
        b = self.b(a)
        c = self.c(F.silu(b))
        up = lambda y: F.interpolate(y, scale_factor=2, mode="bilinear", align_corners=False)
        b = self.mix_b(self.up_b(torch.cat([up(F.silu(c)), b], 1)))
        a = self.mix_a(self.up_a(torch.cat([up(F.silu(b)), a], 1)))
        out = up(self.head(F.silu(a)))
        flow = torch.tanh(out[:, :4]) * MAX_FLOW
        weights = torch.softmax(self.trusted(fields) + MAX_SAY * torch.tanh(out[:, 4:9]), 1)
        residual = F.interpolate(self.colour(F.silu(c)), scale_factor=8, mode="bilinear", align_corners=False)
        return flow, weights, residual

    def scales(self) -> list[nn.Parameter]:
        """The few numbers that all shares hang on."""
        return [self.sharp_first, self.sharp_second, self.bias_generated, self.bias_second]

    def trusted(self, fields: torch.Tensor) -> torch.Tensor:
        """What the shares start from, as logits [N, 5, H, W]: what may be trusted, the nearer in time the more."""
        near, has, has_second = fields[:, 2:4], fields[:, 4:6], fields[:, 8:10]
        seconds = -0.5 * torch.log(near.clamp(min=1e-3))  # of a missing side: far
        time = torch.log(seconds.flip(1) / (seconds.sum(1, keepdim=True) + 1e-6) + 1e-3)
        first = self.sharp_first * torch.log(fields[:, 0:2] + 0.02) + time + (has - 1) * 30
        second = self.sharp_second * torch.log(fields[:, 6:8] + 0.02) + time + self.bias_second + (has_second - 1) * 30
        return torch.cat([first, torch.zeros_like(first[:, :1]) + self.bias_generated, second], 1)


def warp(image: torch.Tensor, flow: torch.Tensor) -> torch.Tensor:
    """image [N, C, H, W] at x + flow [N, 2, H, W] (pixels), bilinear, border repeated."""
    n, _, h, w = flow.shape
    ys, xs = torch.meshgrid(torch.arange(h, device=flow.device), torch.arange(w, device=flow.device), indexing="ij")
    p = torch.stack([xs, ys], 0).float() + flow
    size = torch.tensor([w, h], device=flow.device).view(1, 2, 1, 1)
    p = ((p + 0.5) / size * 2 - 1).permute(0, 2, 3, 1)
    return F.grid_sample(image, p, padding_mode="border", align_corners=False)
