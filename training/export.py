"""Writes a trained model as GGUF q8_0, for candle's `quantized_qwen3` and for llama.cpp.

    python export.py --model run --out model.gguf --heldout run/heldout.npz      # also measures what q8_0 costs
    python export.py --random --special special_tokens.txt --out random.gguf     # untrained, for tests
    python export.py --random --special special_tokens.txt --vocab 0 --layers 2 --hidden 64 --heads 2 \\
        --kv-heads 1 --head-dim 32 --ffn 128 --out fixture.gguf                  # the same, as small as can be

Matrices become q8_0, norms stay f32. There is no `output.weight`: the head is the embedding, which both readers
fall back to. `general.dtype = 0` makes candle build its rotary tables in f32. A random model with `--vocab 0`
knows only the bytes, the control tokens and 16 merges, because a GGUF array must not be empty.
"""

import argparse
import json
import os
from pathlib import Path

os.environ.setdefault("OMP_NUM_THREADS", "2")  # must be set before torch is imported

import gguf
import numpy as np
from tokenizers import Tokenizer
import torch

from data import IGNORE, Corpus
from model import Config, Qwen3, load, q8_round_trip
from tokenizer import END, PAD, read_special, train as train_tokenizer

Q8_0, F32 = gguf.GGMLQuantizationType.Q8_0, gguf.GGMLQuantizationType.F32


def export(model, tokenizer, path, name, version, calibration=None, matrices=Q8_0):
    """Writes `model` and `tokenizer` into one file; `calibration` is intercept and weights, see `oolong calibrate`."""
    writer = gguf.GGUFWriter(str(path), "qwen3")
    add_header(writer, model.c, name, version)
    if calibration:
        writer.add_array("oolong.calibration", calibration)
    add_tokenizer(writer, tokenizer, model.c.vocab)
    for key, tensor in tensors(model):
        values = tensor.detach().float().numpy()
        kind = matrices if values.ndim == 2 else F32
        writer.add_tensor(key, gguf.quants.quantize(values, kind), raw_dtype=kind)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def tensors(model):
    """All tensors by their GGUF names, with the fused matrices cut apart."""
    c = model.c
    q, kv = c.heads * c.head_dim, c.kv_heads * c.head_dim
    yield "token_embd.weight", model.embed.weight
    for i, block in enumerate(model.blocks):
        parts = dict(zip(("attn_q", "attn_k", "attn_v"), block.qkv.weight.split((q, kv, kv))))
        parts |= dict(zip(("ffn_gate", "ffn_up"), block.gate_up.weight.split(c.ffn)))
        parts |= {"attn_output": block.attn_out.weight, "ffn_down": block.down.weight}
        for norm in ("attn_norm", "attn_q_norm", "attn_k_norm", "ffn_norm"):
            parts[norm] = getattr(block, norm.replace("attn_q", "q").replace("attn_k", "k")).weight
        for key, tensor in parts.items():
            yield f"blk.{i}.{key}.weight", tensor
    yield "output_norm.weight", model.norm.weight


def add_header(writer, c, name, version):
    writer.add_type("model")
    writer.add_name(name)
    writer.add_version(version)
    writer.add_license("apache-2.0")
    writer.add_languages(["en", "zh"])
    writer.add_file_type(gguf.LlamaFileType.MOSTLY_Q8_0)
    writer.add_quantization_version(gguf.GGML_QUANT_VERSION)
    writer.add_uint32("general.dtype", 0)
    writer.add_vocab_size(c.vocab)
    writer.add_context_length(c.context)
    writer.add_embedding_length(c.hidden)
    writer.add_block_count(c.layers)
    writer.add_feed_forward_length(c.ffn)
    writer.add_head_count(c.heads)
    writer.add_head_count_kv(c.kv_heads)
    writer.add_key_length(c.head_dim)
    writer.add_value_length(c.head_dim)
    writer.add_layer_norm_rms_eps(c.eps)
    writer.add_rope_dimension_count(c.head_dim)
    writer.add_rope_freq_base(c.rope_base)


def add_tokenizer(writer, tokenizer, vocab):
    """The vocabulary in the order of its ids, the merges in the order they apply."""
    state = json.loads(tokenizer.to_str())
    special = {token["id"] for token in state["added_tokens"]}
    tokens = [tokenizer.id_to_token(i) for i in range(tokenizer.get_vocab_size())]
    if len(tokens) != vocab:
        raise SystemExit(f"the tokenizer has {len(tokens)} tokens, the model {vocab}")
    merges = [m if isinstance(m, str) else " ".join(m) for m in state["model"]["merges"]]
    writer.add_tokenizer_model("gpt2")
    writer.add_tokenizer_pre("gpt-2")
    writer.add_token_list(tokens)
    writer.add_token_types(
        [gguf.TokenType.CONTROL if i in special else gguf.TokenType.NORMAL for i in range(len(tokens))]
    )
    writer.add_token_merges(merges)
    writer.add_eos_token_id(tokenizer.token_to_id(END))
    writer.add_pad_token_id(tokenizer.token_to_id(PAD))
    writer.add_add_bos_token(False)
    writer.add_add_eos_token(False)
    writer.add_add_space_prefix(False)


@torch.no_grad()
def exact_match(model, heldout):
    """The part of the held-out examples whose whole output the largest logits get right."""
    right = 0
    for numbers in heldout.slices(np.arange(len(heldout)), 32):
        part = heldout.slice(numbers)
        best = model(part.tokens, part.at).argmax(-1)
        right += int(((best == part.targets) | (part.targets == IGNORE)).all(1).sum())
    return right / len(heldout)


def report(model, heldout):
    """Prints the exact match as trained, with q8_0 weights, and with activations rounded too as when it runs."""
    print(f"exact match on {len(heldout)} held-out examples: f32 {exact_match(model, heldout):.4f}", end="", flush=True)
    with torch.no_grad():
        for p in model.matrices():
            p.copy_(q8_round_trip(p))
    print(f"  q8_0 weights {exact_match(model, heldout):.4f}", end="", flush=True)
    model.imitate_q8_activations(True)
    print(f"  and q8_0 activations {exact_match(model, heldout):.4f}")
    model.imitate_q8_activations(False)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    add = parser.add_argument
    add("--model", help="folder written by train.py")
    add("--tokenizer", help="tokenizer.json, default the one in --model")
    add("--heldout", help="arrays written by data.py, to measure on")
    add("--out", required=True)
    add("--name", default="oolong-tiny")
    add("--version", default="0.1.0")
    add("--calibration", help="JSON written by `oolong calibrate`, to store with the model")
    add("--f32", action="store_true", help="keep all weights as they were trained, to compare with")
    add("--random", action="store_true", help="untrained weights instead of --model")
    add("--special", help="special_tokens.txt, for --random without --tokenizer")
    add("--seed", type=int, default=1, help="of the random weights")
    add("--vocab", type=int, default=Config.vocab, help="of a random model; the rest is filled with made-up merges")
    for key in ("layers", "hidden", "heads", "kv-heads", "head-dim", "ffn", "context"):
        add(f"--{key}", type=int, default=getattr(Config, key.replace("-", "_")))
    args = parser.parse_args()

    if args.random:
        tokenizer = Tokenizer.from_file(args.tokenizer) if args.tokenizer else made_up(args.special, args.vocab)
        sizes = {k: getattr(args, k) for k in ("layers", "hidden", "heads", "kv_heads", "head_dim", "ffn", "context")}
        torch.manual_seed(args.seed)
        model = Qwen3(Config(vocab=tokenizer.get_vocab_size(), **sizes)).eval()
    else:
        tokenizer, model = Tokenizer.from_file(args.tokenizer or f"{args.model}/tokenizer.json"), load(args.model)
    calibration = json.loads(Path(args.calibration).read_text())["calibration"] if args.calibration else None
    export(model, tokenizer, args.out, args.name, args.version, calibration, F32 if args.f32 else Q8_0)
    print(f"{args.out}: {Path(args.out).stat().st_size / 1e6:.2f} MB, {model.c}")
    if args.heldout:
        report(model, Corpus.load(args.heldout))


def made_up(special, vocab):
    """A tokenizer for tests: bytes, merges learnt from random letters up to the wanted size, control tokens."""
    special, random = read_special(special), np.random.default_rng(1)
    letters = np.array(list("etaoinshrdlu"))
    texts = ("".join(random.choice(letters, 6)) for _ in range(20 * max(vocab, 256)))
    return train_tokenizer(texts, special, max(vocab, 256 + 16 + len(special)))


if __name__ == "__main__":
    main()
