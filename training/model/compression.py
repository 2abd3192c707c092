"""The compression network: one frame <-> 16 channels at an eighth of its size, frame by frame.

A linear 8x8 patch transform, started from the principal components of the footage, carries most of the picture; a
convolutional branch on each side, started at zero, learns what it cannot. So the network is never worse than the PCA that
engine.md names as the bar, and reaches it in minutes on a processor.
"""

import torch
import torch.nn.functional as F
from torch import nn

PATCH = 8
APPEARANCE = 16


class ResBlock(nn.Module):
    def __init__(self, width: int):
        super().__init__()
        self.a = nn.Conv2d(width, width, 3, padding=1)
        self.b = nn.Conv2d(width, width, 3, padding=1)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return x + self.b(F.silu(self.a(F.silu(x))))


class Encoder(nn.Module):
    """frames [N, 3, H, W] R'G'B' 0..1 -> latents [N, 16, H/8, W/8], about zero mean and unit spread per channel."""

    def __init__(self):
        super().__init__()
        self.linear = nn.Conv2d(3, APPEARANCE, PATCH, stride=PATCH)
        self.branch = nn.Sequential(
            nn.Conv2d(3, 32, 4, stride=4), nn.SiLU(), nn.Conv2d(32, 64, 3, padding=1), nn.SiLU(),
            nn.Conv2d(64, 96, 4, stride=2, padding=1), ResBlock(96), nn.SiLU(),
        )
        self.head = nn.Conv2d(96, APPEARANCE, 1)
        nn.init.zeros_(self.head.weight)
        nn.init.zeros_(self.head.bias)

    def forward(self, frames: torch.Tensor) -> torch.Tensor:
        return self.linear(frames) + self.head(self.branch(frames * 2 - 1))


class Decoder(nn.Module):
    """latents [N, 16, h, w] -> frames [N, 3, 8h, 8w], R'G'B', not clipped."""

    def __init__(self, width: int = 128, blocks: int = 3):
        super().__init__()
        self.linear = nn.ConvTranspose2d(APPEARANCE, 3, PATCH, stride=PATCH)
        self.trunk = nn.Sequential(nn.Conv2d(APPEARANCE, width, 3, padding=1), *[ResBlock(width) for _ in range(blocks)], nn.SiLU())
        self.up = nn.Sequential(nn.Conv2d(width, 64 * 4, 3, padding=1), nn.PixelShuffle(2), ResBlock(64), nn.SiLU())
        self.head = nn.Conv2d(64, 3 * 16, 3, padding=1)  # a quarter of the size -> full size by pixel shuffle
        nn.init.zeros_(self.head.weight)
        nn.init.zeros_(self.head.bias)

    def forward(self, latents: torch.Tensor) -> torch.Tensor:
        return self.linear(latents) + F.pixel_shuffle(self.head(self.up(self.trunk(latents))), 4)


class Compression(nn.Module):
    def __init__(self):
        super().__init__()
        self.encoder = Encoder()
        self.decoder = Decoder()

    def forward(self, frames: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        z = self.encoder(frames)
        return self.decoder(z), z

    @torch.no_grad()
    def start_from_pca(self, frames: torch.Tensor) -> float:
        """Set both linear layers to the 16 leading principal components of the 8x8 patches of `frames` [N, 3, H, W], scaled
        to unit spread. Returns the PSNR (dB) of the PCA alone on these frames."""
        patches = F.unfold(frames, PATCH, stride=PATCH).transpose(1, 2).reshape(-1, 3 * PATCH * PATCH)
        mean = patches.mean(0)
        x = patches - mean
        values, vectors = torch.linalg.eigh(x.T @ x / len(x))
        basis = vectors[:, -APPEARANCE:].flip(1)  # [192, 16], strongest first
        spread = values[-APPEARANCE:].flip(0).sqrt()
        enc, dec = self.encoder.linear, self.decoder.linear
        enc.weight.copy_((basis / spread).T.reshape(APPEARANCE, 3, PATCH, PATCH))
        enc.bias.copy_(-(mean @ (basis / spread)))
        dec.weight.copy_((basis * spread).T.reshape(APPEARANCE, 3, PATCH, PATCH))
        # The transposed convolution has one bias per colour: the mean patch's own mean; the rest is almost flat.
        dec.bias.copy_(mean.reshape(3, -1).mean(1))
        error = x - (x @ basis) @ basis.T
        return float(10 * torch.log10(1 / error.square().mean()))
