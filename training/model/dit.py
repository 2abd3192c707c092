"""The diffusion transformer: spacetime patches of joint appearance-and-motion latents, all frames of a window at once.

It predicts the clean latents of a rectified flow z = (1 - tau) x0 + tau eps, as a correction to the motion prior. Known
frames and regions come in by channel concatenation with a mask, so one network serves every task. After Peebles & Xie's DiT
(adaLN-zero), with one adaLN shared by all layers (PixArt-alpha), QK-norm, register tokens and 3-D rotary positions.
"""

import math

import torch
import torch.nn.functional as F
from torch import nn

CHANNELS = 24  # 16 appearance, 4 motion (two displacements / 8), 4 trust (before, after; the same two seen a second way)
TRUST = 4
IN_CHANNELS = CHANNELS * 3 + 1 + 3 + 4  # noisy, known, prior, mask, hints, info
PATCH = (2, 2, 2)


class Attention(torch.autograd.Function):
    """Scaled dot-product attention that exports as onnxruntime's fused MultiHeadAttention. q, k, v: [B, N, heads * d]."""

    @staticmethod
    def forward(ctx, q, k, v, heads):
        split = lambda x: x.unflatten(-1, (heads, -1)).transpose(1, 2)
        return F.scaled_dot_product_attention(split(q), split(k), split(v)).transpose(1, 2).flatten(2)

    @staticmethod
    def symbolic(g, q, k, v, heads):
        return g.op("com.microsoft::MultiHeadAttention", q, k, v, num_heads_i=heads).setType(q.type())


class QuickGelu(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        return x * torch.sigmoid(1.702 * x)

    @staticmethod
    def symbolic(g, x):
        return g.op("com.microsoft::QuickGelu", x, alpha_f=1.702).setType(x.type())


def attention(q, k, v, heads: int):
    if torch.onnx.is_in_onnx_export():
        return Attention.apply(q, k, v, heads)
    split = lambda x: x.unflatten(-1, (heads, -1)).transpose(1, 2)
    return F.scaled_dot_product_attention(split(q), split(k), split(v)).transpose(1, 2).flatten(2)


def quick_gelu(x):
    return QuickGelu.apply(x) if torch.onnx.is_in_onnx_export() else x * torch.sigmoid(1.702 * x)


def rms(x: torch.Tensor, weight: torch.Tensor) -> torch.Tensor:
    return x * torch.rsqrt(x.square().mean(-1, keepdim=True) + 1e-6) * weight


class Block(nn.Module):
    def __init__(self, width: int, heads: int):
        super().__init__()
        self.heads = heads
        self.qkv = nn.Linear(width, 3 * width, bias=False)
        self.q_norm = nn.Parameter(torch.ones(width // heads))
        self.k_norm = nn.Parameter(torch.ones(width // heads))
        self.out = nn.Linear(width, width)
        self.up = nn.Linear(width, 4 * width)
        self.down = nn.Linear(4 * width, width)
        self.modulation = nn.Parameter(torch.zeros(6, width))
        self.norm_a = nn.LayerNorm(width, elementwise_affine=False, eps=1e-6)
        self.norm_m = nn.LayerNorm(width, elementwise_affine=False, eps=1e-6)

    def forward(self, x, shared, cos, sin):
        """x [B, N, D]; shared [B, 6, D]; cos, sin [(B,) N, 1, d/2]."""
        s1, g1, r1, s2, g2, r2 = (shared + self.modulation).unsqueeze(2).unbind(1)  # each [B, 1, D]
        y = self.norm_a(x) * (1 + g1) + s1
        q, k, v = self.qkv(y).chunk(3, -1)
        q = self.turn(rms(q.unflatten(-1, (self.heads, -1)), self.q_norm), cos, sin).to(v.dtype)
        k = self.turn(rms(k.unflatten(-1, (self.heads, -1)), self.k_norm), cos, sin).to(v.dtype)
        x = x + r1 * self.out(attention(q.flatten(2), k.flatten(2), v, self.heads))
        y = self.norm_m(x) * (1 + g2) + s2
        return x + r2 * self.down(quick_gelu(self.up(y)))

    @staticmethod
    def turn(x, cos, sin):
        """Rotary positions: x [B, N, heads, d], the two halves of d are the pairs."""
        a, b = x.chunk(2, -1)
        return torch.cat([a * cos - b * sin, b * cos + a * sin], -1)


def cells(tokens: torch.Tensor, channels: int, t: int, h: int, w: int) -> torch.Tensor:
    """Tokens [B, N, channels * 8] -> their cells [B, channels, t, h, w]."""
    y = tokens.reshape(-1, t // 2, h // 2, w // 2, channels, 2, 2, 2)
    return y.permute(0, 4, 1, 5, 2, 6, 3, 7).reshape(-1, channels, t, h, w)


class TrustHead(nn.Module):
    """How far each reference may be trusted in a cell: from what the last layer says of it and, over a long skip connection, from the
    evidence in that cell's own input, which is local and sharp."""

    def __init__(self, width: int, hidden: int = 48):
        super().__init__()
        self.hidden = hidden
        self.token = nn.Linear(width, hidden * math.prod(PATCH))
        self.evidence = nn.Linear(2 * (CHANNELS - 16) + 4 + 1, hidden)
        self.mix = nn.Linear(hidden, hidden)
        self.out = nn.Linear(hidden, TRUST)
        nn.init.normal_(self.token.weight, std=0.01)
        nn.init.zeros_(self.token.bias)
        nn.init.zeros_(self.out.weight)
        nn.init.zeros_(self.out.bias)

    def forward(self, tokens, evidence):
        """tokens [B, N, width]; evidence [B, 20, T, h, w]: motion and trust of known and prior latents, info -> [B, 4, T, h, w]."""
        t, h, w = evidence.shape[2:]
        seconds = evidence[:, -4:-2]
        time = seconds[:, :1] / (seconds.sum(1, keepdim=True) + 1e-3)  # how far from the frame before to the one after
        x = torch.cat([evidence, time], 1).permute(0, 2, 3, 4, 1)
        x = self.evidence(x) + cells(self.token(tokens), self.hidden, t, h, w).permute(0, 2, 3, 4, 1)
        return self.out(F.silu(self.mix(F.silu(x)))).permute(0, 4, 1, 2, 3)


class DiT(nn.Module):
    def __init__(self, width: int = 256, depth: int = 8, heads: int = 4, registers: int = 4):
        super().__init__()
        self.config = {"width": width, "depth": depth, "heads": heads, "registers": registers}
        d = width // heads
        self.embed = nn.Linear(IN_CHANNELS * math.prod(PATCH), width)
        self.registers = nn.Parameter(torch.randn(1, registers, width) * 0.02)
        self.noise = nn.Sequential(nn.Linear(128, width), nn.SiLU(), nn.Linear(width, width), nn.SiLU())
        self.shared = nn.Linear(width, 6 * width)
        self.blocks = nn.ModuleList(Block(width, heads) for _ in range(depth))
        self.norm = nn.LayerNorm(width, elementwise_affine=False, eps=1e-6)
        self.final = nn.Linear(width, 2 * width)
        self.head = nn.Linear(width, CHANNELS * math.prod(PATCH))
        self.trust = TrustHead(width)
        # Rotary frequencies: each pair of a head turns with one mix of (seconds, y, x); axial, geometric.
        n = d // 2
        nt = n // 4
        ny = (n - nt) // 2
        nx = n - nt - ny
        freq = torch.zeros(3, n)
        freq[0, :nt] = torch.logspace(math.log10(1.0), math.log10(60.0), nt)
        freq[1, nt : nt + ny] = torch.logspace(math.log10(0.5), math.log10(24.0), ny)
        freq[2, nt + ny :] = torch.logspace(math.log10(0.5), math.log10(24.0), nx)
        self.register_buffer("freq", freq)
        self.register_buffer("noise_freq", torch.logspace(0, 3, 32))
        for b in self.blocks:
            nn.init.zeros_(b.modulation)
            for lin in (b.qkv, b.up):
                nn.init.normal_(lin.weight, std=width**-0.5 * 0.7)
            for lin in (b.out, b.down):
                nn.init.normal_(lin.weight, std=0.02)
        nn.init.zeros_(self.shared.weight)
        nn.init.zeros_(self.shared.bias)
        with torch.no_grad():  # residual branches open a little from the start: short runs have no time to open them
            self.shared.bias.view(6, width)[2] = 0.3
            self.shared.bias.view(6, width)[5] = 0.3
        nn.init.zeros_(self.final.weight)
        nn.init.zeros_(self.final.bias)
        nn.init.zeros_(self.head.weight)
        nn.init.zeros_(self.head.bias)

    def forward(self, noisy, known, mask, prior, hints, info, positions, tau, sigma):
        """noisy, known, prior [B, 24, T, h, w]; mask [B, 1, T, h, w]; hints [B, 3, T, h, w]; info [B, 4, T];
        positions [N, 3] or [B, N, 3] (seconds, y, x) of the N = T/2 * h/2 * w/2 tokens; tau, sigma [B] -> clean [B, 24, T, h, w]."""
        b, _, t, h, w = noisy.shape
        spread = info[:, :, :, None, None] + torch.zeros_like(mask)
        x = torch.cat([noisy, known, prior, mask, hints, spread], 1)
        c = x.shape[1]
        x = x.reshape(b, c, t // 2, 2, h // 2, 2, w // 2, 2).permute(0, 2, 4, 6, 1, 3, 5, 7).reshape(b, -1, c * 8)
        x = self.embed(x)
        n = self.registers.shape[1]
        x = torch.cat([self.registers + torch.zeros_like(x[:, :n]), x], 1)
        angles = torch.cat([torch.zeros_like(positions[..., :n, :]), positions], -2) @ self.freq
        cos, sin = angles.cos().unsqueeze(-2), angles.sin().unsqueeze(-2)
        phase = torch.cat([tau[:, None] * self.noise_freq, sigma[:, None] * self.noise_freq], 1)
        level = self.noise(torch.cat([phase.sin(), phase.cos()], 1))
        shared = self.shared(level).unflatten(-1, (6, -1))
        for block in self.blocks:
            x = block(x, shared, cos, sin)
        s, g = self.final(level).unsqueeze(1).chunk(2, -1)
        x = self.norm(x[:, n:]) * (1 + g) + s
        change = cells(self.head(x), CHANNELS, t, h, w)
        trust = self.trust(x, torch.cat([known[:, 16:], prior[:, 16:], spread], 1))
        return prior + torch.cat([change[:, :-TRUST], change[:, -TRUST:] + trust], 1)


def token_positions(seconds: torch.Tensor, h: int, w: int) -> torch.Tensor:
    """[T/2 * h/2 * w/2, 3]: mean seconds of a token's two frames since the window's first, and y, x of its centre in units of
    128 working pixels from the picture's centre. h, w: latent size."""
    t = (seconds - seconds[0]).reshape(-1, 2).mean(1)
    y = (16 * (torch.arange(h // 2) + 0.5) - 4 * h) / 128
    x = (16 * (torch.arange(w // 2) + 0.5) - 4 * w) / 128
    grid = torch.meshgrid(t, y.to(t), x.to(t), indexing="ij")
    return torch.stack([g.reshape(-1) for g in grid], -1).float()
