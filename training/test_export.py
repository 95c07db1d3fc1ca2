"""Checks that an exported file holds the model and the tokenizer it was made from.

    python test_export.py        # or: pytest test_export.py

Reads the file back with the `gguf` package, runs it through a second, deliberately plain forward pass written
from the GGUF names alone, and compares the logits with those of the PyTorch model.
"""

import json
from pathlib import Path
import tempfile

import gguf
import numpy as np
import torch

from data import Corpus, Encoder, read
from export import export, made_up
from model import Config, Qwen3, q8_round_trip

SPECIAL = ["<|0|>", "<|1|>", "<|2|>", "<|parse|>", "<|end|>", "<|pad|>"]
SMALL = dict(layers=2, hidden=64, heads=4, kv_heads=2, head_dim=32, ffn=96, context=64)


def exported(folder):
    """A small random model with uneven norms, its tokenizer, and the file made of them."""
    (Path(folder) / "special.txt").write_text("\n".join(SPECIAL))
    tokenizer = made_up(Path(folder) / "special.txt", 300)
    torch.manual_seed(3)
    model = Qwen3(Config(vocab=tokenizer.get_vocab_size(), **SMALL)).eval()
    with torch.no_grad():
        for p in model.parameters():
            p.copy_(p + 0.2 * torch.randn_like(p))
    export(model, tokenizer, Path(folder) / "m.gguf", "test", "0")
    return model, tokenizer, gguf.GGUFReader(Path(folder) / "m.gguf")


def field(reader, name):
    return reader.fields[name].contents()


def plain_logits(reader, tokens):
    """Qwen3 in numpy, one sequence, all positions, float64."""
    w = {t.name: gguf.quants.dequantize(t.data, t.tensor_type).astype(np.float64) for t in reader.tensors}
    heads, kv = field(reader, "qwen3.attention.head_count"), field(reader, "qwen3.attention.head_count_kv")
    dim, base = field(reader, "qwen3.attention.key_length"), field(reader, "qwen3.rope.freq_base")
    eps, time = field(reader, "qwen3.attention.layer_norm_rms_epsilon"), len(tokens)
    norm = lambda x, weight: x / np.sqrt((x * x).mean(-1, keepdims=True) + eps) * weight
    angle = np.arange(time)[:, None] / base ** (np.arange(0, dim, 2) / dim)
    cos, sin = np.cos(angle)[:, None], np.sin(angle)[:, None]

    def rope(x):
        a, b = x[..., : dim // 2], x[..., dim // 2 :]
        return np.concatenate([a * cos - b * sin, a * sin + b * cos], -1)

    x = w["token_embd.weight"][tokens]
    for i in range(field(reader, "qwen3.block_count")):
        get = lambda key: w[f"blk.{i}.{key}.weight"]
        h = norm(x, get("attn_norm"))
        q = rope(norm((h @ get("attn_q").T).reshape(time, heads, dim), get("attn_q_norm")))
        k = rope(norm((h @ get("attn_k").T).reshape(time, kv, dim), get("attn_k_norm")))
        v = (h @ get("attn_v").T).reshape(time, kv, dim)
        out = np.zeros((time, heads, dim))
        for head in range(heads):
            group = head // (heads // kv)
            score = q[:, head] @ k[:, group].T / np.sqrt(dim)
            score[np.triu_indices(time, 1)] = -np.inf
            weight = np.exp(score - score.max(-1, keepdims=True))
            out[:, head] = weight / weight.sum(-1, keepdims=True) @ v[:, group]
        x = x + out.reshape(time, -1) @ get("attn_output").T
        h = norm(x, get("ffn_norm"))
        gate = h @ get("ffn_gate").T
        x = x + (gate / (1 + np.exp(-gate)) * (h @ get("ffn_up").T)) @ get("ffn_down").T
    return norm(x, w["output_norm.weight"]) @ w["token_embd.weight"].T


def test_logits_survive_the_file():
    with tempfile.TemporaryDirectory() as folder:
        model, _, reader = exported(folder)
        tokens = torch.randint(0, model.c.vocab, (2, 17))
        at = torch.tensor([[4, 9, 16], [0, 15, 16]])
        wanted = np.stack([plain_logits(reader, row.numpy())[a] for row, a in zip(tokens, at)])
        with torch.no_grad():
            before = model(tokens, at).numpy()
            for p in model.matrices():
                p.copy_(q8_round_trip(p))
            after = model(tokens, at).numpy()
        assert np.abs(after - wanted).max() < 1e-4 * np.abs(wanted).max()  # the same weights
        assert np.corrcoef(before.ravel(), wanted.ravel())[0, 1] > 0.999  # q8_0 costs little
        assert {t.tensor_type.name for t in reader.tensors if t.name.endswith("norm.weight")} == {"F32"}
        assert "output.weight" not in {t.name for t in reader.tensors}


def test_tokenizer_survives_the_file():
    with tempfile.TemporaryDirectory() as folder:
        _, tokenizer, reader = exported(folder)
        tokens = field(reader, "tokenizer.ggml.tokens")
        assert tokens[-len(SPECIAL) :] == SPECIAL
        assert tokens == [tokenizer.id_to_token(i) for i in range(len(tokens))]
        assert field(reader, "tokenizer.ggml.token_type")[-len(SPECIAL) - 1 :] == [1] + [3] * len(SPECIAL)
        assert field(reader, "tokenizer.ggml.eos_token_id") == tokens.index("<|end|>")
        assert len(field(reader, "tokenizer.ggml.merges")) == len(tokens) - 256 - len(SPECIAL)
        assert field(reader, "general.dtype") == 0 and field(reader, "general.architecture") == "qwen3"


def test_encoder_agrees_with_the_tokenizer():
    with tempfile.TemporaryDirectory() as folder:
        _, tokenizer, _ = exported(folder)
        text = "<|0|>Satin don't  <|1|>来一杯 tea<|2|><|parse|>"
        assert Encoder(tokenizer)(text) == tokenizer.encode(text).ids
        assert tokenizer.decode(tokenizer.encode("é 奶茶 🍵").ids) == "é 奶茶 🍵"


def test_slices_ask_for_the_outputs():
    with tempfile.TemporaryDirectory() as folder:
        _, tokenizer, _ = exported(folder)
        lines = [{"prompt": "<|0|>a<|parse|>", "output": "<|1|><|2|><|end|>"}, {"prompt": "<|0|>", "output": "<|1|>"}]
        (Path(folder) / "c.jsonl").write_text("\n".join(map(json.dumps, lines)))
        corpus, dropped = read(Path(folder) / "c.jsonl", tokenizer, 6)
        part = corpus.slice(np.array([0, 1]))
        one, two, end = map(tokenizer.token_to_id, ("<|1|>", "<|2|>", "<|end|>"))
        assert dropped == 0 and part.targets.tolist() == [[one, two, end], [one, end, -100]]
        assert part.at.tolist() == [[2, 3, 4], [0, 1, 0]]
        assert sorted(np.concatenate([corpus.batch(s, 1, 1) for s in (0, 1)])) == [0, 1]
        assert len(corpus.batch(0, 5, 1)) == 5 and isinstance(corpus, Corpus)


if __name__ == "__main__":
    for name, test in list(globals().items()):
        if name.startswith("test_"):
            test()
            print(f"ok {name}")
