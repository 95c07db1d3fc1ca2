"""A tiny Qwen3 decoder, small enough to read in one sitting.

    python model.py        # prints the parameter counts of the default size

The shapes are those that candle's `quantized_qwen3` and llama.cpp's `qwen3` expect: RMSNorm before each half
of a block, a second RMSNorm on every query and key head, half-split rotary positions, grouped key/value heads,
SwiGLU, and an output head tied to the embedding.

Two things are arranged for training on a slow machine. Query, key and value (and gate and up) are one matrix
each, because few large products are faster than many small ones; `export.py` cuts them apart. And the last
block and the output head are computed only at the positions that are asked for, because the loss is on a few
output tokens while most positions are prompt.
"""

from dataclasses import asdict, dataclass
import json
import math
from pathlib import Path

from safetensors.torch import load_file
import torch
from torch import nn
import torch.nn.functional as F

Q8_BLOCK = 32  # q8_0 keeps one scale for 32 weights of a row


@dataclass
class Config:
    """The size of a model; written beside its weights as `config.json`."""

    vocab: int = 4096
    layers: int = 6
    hidden: int = 256
    heads: int = 4
    kv_heads: int = 2
    head_dim: int = 64
    ffn: int = 768
    context: int = 512
    rope_base: float = 10000.0
    eps: float = 1e-6

    def save(self, folder):
        (Path(folder) / "config.json").write_text(json.dumps(asdict(self), indent=2) + "\n")

    @classmethod
    def load(cls, folder):
        return cls(**json.loads((Path(folder) / "config.json").read_text()))


def q8_round_trip(x):
    """What is left of `x` after q8_0: 32 signed bytes share one half-precision scale."""
    blocks = x.reshape(-1, Q8_BLOCK)
    scale = blocks.abs().amax(dim=1, keepdim=True) / 127
    quants = blocks * torch.where(scale > 0, 1 / scale, 0)
    quants = torch.trunc(quants + torch.copysign(quants.new_tensor(0.5), quants))  # ties go away from zero
    return (quants * scale.half().float()).view_as(x)


class RMSNorm(nn.Module):
    """Scales a vector to unit mean square, then by a learned weight."""

    def __init__(self, size, eps):
        super().__init__()
        self.weight = nn.Parameter(torch.ones(size))
        self.eps = eps

    def forward(self, x):
        return x * torch.rsqrt(x.square().mean(-1, keepdim=True) + self.eps) * self.weight


class Linear(nn.Linear):
    """A matrix without bias that can also imitate q8_0 inference, where activations are rounded as well."""

    round_input = False

    def __init__(self, inputs, outputs):
        super().__init__(inputs, outputs, bias=False)

    def forward(self, x):
        return F.linear(q8_round_trip(x) if self.round_input else x, self.weight)


def rotate(x, cos, sin):
    """Rotary positions in the half-split ("NeoX") order that Qwen3 uses; x is (batch, time, head, dim)."""
    a, b = x.chunk(2, dim=-1)
    return torch.cat((a * cos - b * sin, b * cos + a * sin), dim=-1)


class Block(nn.Module):
    """Attention and feed-forward, each added to the stream that runs through the model."""

    def __init__(self, c: Config):
        super().__init__()
        self.c = c
        self.q_size, self.kv_size = c.heads * c.head_dim, c.kv_heads * c.head_dim
        self.attn_norm = RMSNorm(c.hidden, c.eps)
        self.qkv = Linear(c.hidden, self.q_size + 2 * self.kv_size)
        self.q_norm = RMSNorm(c.head_dim, c.eps)
        self.k_norm = RMSNorm(c.head_dim, c.eps)
        self.attn_out = Linear(self.q_size, c.hidden)
        self.ffn_norm = RMSNorm(c.hidden, c.eps)
        self.gate_up = Linear(c.hidden, 2 * c.ffn)
        self.down = Linear(c.ffn, c.hidden)

    def forward(self, x, cos, sin, at=None):
        """Returns the stream at every position, or only at the positions `at` (batch, few)."""
        c, (batch, time, _) = self.c, x.shape
        qkv = self.qkv(self.attn_norm(x))
        q, k, v = qkv.split((self.q_size, self.kv_size, self.kv_size), dim=-1)
        k = k.view(batch, time, c.kv_heads, c.head_dim)
        v = v.view(batch, time, c.kv_heads, c.head_dim)
        k = rotate(self.k_norm(k), cos[:time, None], sin[:time, None])
        if at is None:
            q_cos, q_sin = cos[:time, None], sin[:time, None]
        else:
            q, x = take(q, at), take(x, at)
            q_cos, q_sin = cos[at][:, :, None], sin[at][:, :, None]
        q = q.reshape(batch, -1, c.heads, c.head_dim)
        q = rotate(self.q_norm(q), q_cos, q_sin)
        x = x + self.attn_out(self.attend(q, k, v, at))
        gate, up = self.gate_up(self.ffn_norm(x)).chunk(2, dim=-1)
        return x + self.down(F.silu(gate) * up)

    def attend(self, q, k, v, at):
        """Causal attention. Padding lies to the right of everything that is looked at, so it needs no mask."""
        q, k, v = (t.transpose(1, 2) for t in (q, k, v))
        groups = self.c.heads // self.c.kv_heads
        k, v = (t.repeat_interleave(groups, dim=1) for t in (k, v))
        if at is None:
            out = F.scaled_dot_product_attention(q, k, v, is_causal=True)
        else:
            seen = torch.arange(k.shape[2], device=at.device) <= at[:, None, :, None]
            out = F.scaled_dot_product_attention(q, k, v, attn_mask=seen)
        return out.transpose(1, 2).flatten(2)


def take(x, at):
    """Picks the positions `at` (batch, few) out of x (batch, time, dim)."""
    return x.gather(1, at[:, :, None].expand(-1, -1, x.shape[-1]))


class Qwen3(nn.Module):
    """The whole decoder: embedding, blocks, norm, and the embedding again as output head."""

    def __init__(self, c: Config):
        super().__init__()
        self.c = c
        self.embed = nn.Embedding(c.vocab, c.hidden)
        self.blocks = nn.ModuleList(Block(c) for _ in range(c.layers))
        self.norm = RMSNorm(c.hidden, c.eps)
        turns = 1.0 / c.rope_base ** (torch.arange(0, c.head_dim, 2).float() / c.head_dim)
        angles = torch.outer(torch.arange(c.context).float(), turns)
        self.register_buffer("cos", angles.cos(), persistent=False)
        self.register_buffer("sin", angles.sin(), persistent=False)
        self.round_output_input = False
        for name, p in self.named_parameters():
            if p.dim() == 2:
                residual = name.endswith(("attn_out.weight", "down.weight"))
                nn.init.normal_(p, std=0.02 / math.sqrt(2 * c.layers) if residual else 0.02)

    def forward(self, tokens, at):
        """Logits (batch, few, vocab) for the token after each of the positions `at` (batch, few)."""
        return self.head(self.hidden(tokens, at))

    def hidden(self, tokens, at):
        """The normed stream at the positions `at`, before the output head."""
        x = self.embed(tokens)
        for block in self.blocks[:-1]:
            x = block(x, self.cos, self.sin)
        return self.norm(self.blocks[-1](x, self.cos, self.sin, at))

    def head(self, h):
        return F.linear(q8_round_trip(h) if self.round_output_input else h, self.embed.weight)

    def imitate_q8_activations(self, on):
        """Rounds the input of every matrix product to q8_0 too, as candle and llama.cpp do on a CPU."""
        self.round_output_input = on
        for module in self.modules():
            if isinstance(module, Linear):
                module.round_input = on

    def matrices(self):
        """The parameters that are stored as q8_0; the rest are norms."""
        return [p for p in self.parameters() if p.dim() == 2]


def load(folder):
    """A trained model from a folder with `config.json` and `model.safetensors`."""
    model = Qwen3(Config.load(folder))
    model.load_state_dict(load_file(Path(folder) / "model.safetensors"))
    return model.eval()


if __name__ == "__main__":
    config = Config()
    total = sum(p.numel() for p in Qwen3(config).parameters())
    print(f"{config}\n{total / 1e6:.2f} M parameters, of which {config.vocab * config.hidden / 1e6:.2f} M embedding")
