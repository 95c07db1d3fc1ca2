"""Runs an exported model in llama.cpp and compares its greedy tokens with PyTorch's, prompt by prompt.

    pip install llama-cpp-python
    python check_llama_cpp.py --gguf ../public/model/oolong.gguf --prompts run/heldout.jsonl --count 200

PyTorch runs the weights of the file itself, unpacked from q8_0, and rounds activations as llama.cpp does, so that
both compute the same thing up to the order of sums. Prints each prompt on which they part, and fails if any does.
"""

import argparse
import itertools
import json
import os
import sys

os.environ.setdefault("OMP_NUM_THREADS", "2")  # must be set before torch is imported

import gguf
import torch

from model import Config, Qwen3
from tokenizer import open_text

LONGEST = 96  # tokens of an answer, as in crates/nlu/src/decoding.rs


class Theirs:
    """llama.cpp through llama-cpp-python."""

    def __init__(self, path):
        from llama_cpp import Llama

        self.llama = Llama(path, n_ctx=512, n_threads=2, verbose=False)

    def encode(self, text):
        return self.llama.tokenize(text.encode(), add_bos=False, special=True)

    def greedy(self, prompt, end):
        tokens = self.llama.generate(prompt, temp=0.0, top_k=1, repeat_penalty=1.0, reset=True)
        return upto(end, itertools.islice(tokens, LONGEST))


class Ours:
    """The model of `model.py` with the weights of the file."""

    def __init__(self, path):
        reader = gguf.GGUFReader(path)
        tensors = {t.name: torch.tensor(gguf.quants.dequantize(t.data, t.tensor_type)) for t in reader.tensors}
        field = lambda key: reader.fields[f"qwen3.{key}"].contents()
        config = Config(
            vocab=tensors["token_embd.weight"].shape[0],
            layers=field("block_count"),
            hidden=field("embedding_length"),
            heads=field("attention.head_count"),
            kv_heads=field("attention.head_count_kv"),
            head_dim=field("attention.key_length"),
            ffn=field("feed_forward_length"),
            context=field("context_length"),
            rope_base=field("rope.freq_base"),
            eps=field("attention.layer_norm_rms_epsilon"),
        )
        self.model = Qwen3(config).eval()
        self.model.load_state_dict(dict(weights(tensors, config.layers)))
        self.model.imitate_q8_activations(True)
        self.end = reader.fields["tokenizer.ggml.eos_token_id"].contents()

    @torch.no_grad()
    def greedy(self, prompt, end):
        tokens = []
        while len(tokens) < LONGEST and tokens[-1:] != [end]:
            ids = torch.tensor([prompt + tokens])
            tokens.append(int(self.model(ids, torch.tensor([[ids.shape[1] - 1]]))[0, 0].argmax()))
        return tokens


def weights(tensors, layers):
    """The tensors by the names of `model.py`, which keeps some of them in one matrix."""
    yield "embed.weight", tensors["token_embd.weight"]
    yield "norm.weight", tensors["output_norm.weight"]
    for i in range(layers):
        part = lambda name: tensors[f"blk.{i}.{name}.weight"]
        yield f"blocks.{i}.qkv.weight", torch.cat([part(f"attn_{x}") for x in "qkv"])
        yield f"blocks.{i}.gate_up.weight", torch.cat([part("ffn_gate"), part("ffn_up")])
        yield f"blocks.{i}.attn_out.weight", part("attn_output")
        yield f"blocks.{i}.down.weight", part("ffn_down")
        for ours, theirs in (("attn_norm", "attn_norm"), ("q_norm", "attn_q_norm"), ("k_norm", "attn_k_norm"), ("ffn_norm", "ffn_norm")):
            yield f"blocks.{i}.{ours}.weight", part(theirs)


def upto(end, tokens):
    taken = []
    for token in tokens:
        taken.append(token)
        if token == end:
            break
    return taken


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--gguf", required=True)
    parser.add_argument("--prompts", required=True, help="JSON lines with a `prompt` each, as oolong-corpus writes them")
    parser.add_argument("--count", type=int, default=200)
    args = parser.parse_args()

    theirs, ours = Theirs(args.gguf), Ours(args.gguf)
    with open_text(args.prompts) as lines:
        prompts = [json.loads(line)["prompt"] for line in itertools.islice(lines, args.count)]
    apart = 0
    for prompt in prompts:
        ids = theirs.encode(prompt)
        expected, found = ours.greedy(ids, ours.end), theirs.greedy(ids, ours.end)
        if expected != found:
            apart += 1
            print(f"{prompt}\n  PyTorch   {expected}\n  llama.cpp {found}")
    print(f"{len(prompts) - apart} of {len(prompts)} prompts with the same greedy tokens")
    sys.exit(1 if apart or not prompts else 0)


if __name__ == "__main__":
    main()
