"""Turns a corpus into arrays of token ids once, and arrays into padded batches many times.

    python data.py --corpus train.jsonl.gz --tokenizer run/tokenizer.json --out run/train.npz

A batch is a random draw from the corpus; it is then sorted by length and cut into small slices, so that little
of a slice is padding and the slices of one batch can be shared out among processes.
"""

import argparse
from array import array
import json
from dataclasses import dataclass

import numpy as np
from tokenizers import Tokenizer
import torch

from tokenizer import CONTROL, END, PAD, open_text

IGNORE = -100  # the target where there is nothing to learn


@dataclass
class Slice:
    """Some examples of like length: ids, the positions to predict from, and what to predict there."""

    tokens: torch.Tensor  # (batch, time)
    at: torch.Tensor  # (batch, few)
    targets: torch.Tensor  # (batch, few), IGNORE where an example has fewer


class Corpus:
    """Examples as one long array of ids, with where each starts and how much of it is prompt."""

    def __init__(self, tokens, starts, prompts, pad):
        self.tokens, self.starts, self.prompts, self.pad = tokens, starts, prompts, int(pad)

    def __len__(self):
        return len(self.prompts)

    def save(self, path):
        np.savez(path, tokens=self.tokens, starts=self.starts, prompts=self.prompts, pad=self.pad)

    @classmethod
    def load(cls, path):
        with np.load(path) as file:
            return cls(file["tokens"], file["starts"], file["prompts"], file["pad"])

    def batch(self, step, size, seed):
        """The numbers of the examples of a step; every example comes once before any comes again."""
        chosen, position = [], step * size
        while size > 0:
            epoch, offset = divmod(position, len(self))
            part = self._order(epoch, seed)[offset : offset + size]
            chosen.append(part)
            position, size = position + len(part), size - len(part)
        return np.concatenate(chosen)

    def slices(self, numbers, examples):
        """Cuts a batch into lists of at most `examples` numbers, the longest first."""
        length = self.starts[numbers + 1] - self.starts[numbers]
        numbers = numbers[np.argsort(-length, kind="stable")]
        return [numbers[i : i + examples] for i in range(0, len(numbers), examples)]

    def outputs(self, numbers):
        """How many tokens there are to predict in these examples."""
        return int((self.starts[numbers + 1] - self.starts[numbers] - self.prompts[numbers]).sum())

    def slice(self, numbers):
        rows = [self.tokens[self.starts[n] : self.starts[n + 1]].astype(np.int64) for n in numbers]
        prompts = [int(self.prompts[n]) for n in numbers]
        time = max(map(len, rows)) - 1
        few = max(len(row) - p for row, p in zip(rows, prompts))
        tokens = np.full((len(rows), time), self.pad, np.int64)
        at = np.zeros((len(rows), few), np.int64)
        targets = np.full((len(rows), few), IGNORE, np.int64)
        for i, (row, prompt) in enumerate(zip(rows, prompts)):
            tokens[i, : len(row) - 1] = row[:-1]
            at[i, : len(row) - prompt] = np.arange(prompt - 1, len(row) - 1)
            targets[i, : len(row) - prompt] = row[prompt:]
        return Slice(*map(torch.from_numpy, (tokens, at, targets)))

    def _order(self, epoch, seed):
        if getattr(self, "_cached", None) != (epoch, seed):
            self._cached = (epoch, seed)
            self._permutation = np.random.default_rng((seed, epoch)).permutation(len(self))
        return self._permutation


def read(path, tokenizer, max_length, limit=None):
    """The corpus of a JSON Lines file, and how many examples were too long for it."""
    encode = Encoder(tokenizer)
    end = tokenizer.token_to_id(END)
    tokens, lengths, prompts, dropped = array("H"), array("H"), array("H"), 0
    with open_text(path) as lines:
        for line in lines:
            if limit is not None and len(prompts) >= limit:
                break
            example = json.loads(line)
            prompt, output = encode(example["prompt"]), encode(example["output"])
            if not output or output[-1] != end:
                output.append(end)
            if len(prompt) + len(output) > max_length:
                dropped += 1
                continue
            tokens.extend(prompt + output)
            lengths.append(len(prompt) + len(output))
            prompts.append(len(prompt))
    if not prompts:
        raise SystemExit(f"{path} has no example of at most {max_length} tokens")
    starts = np.concatenate(([0], np.cumsum(lengths, dtype=np.int64)))
    pad = tokenizer.token_to_id(PAD)
    return Corpus(np.array(tokens), starts, np.array(prompts), pad), dropped


class Encoder:
    """Encodes with a memory for pieces of text, since a corpus says the same words again and again."""

    def __init__(self, tokenizer):
        self.tokenizer = tokenizer
        self.known = {}

    def __call__(self, text):
        ids, end = [], 0
        for match in CONTROL.finditer(text):
            if match.start() > end:
                ids += self._piece(text[end : match.start()])
            ids += self._piece(match.group())
            end = match.end()
        if end < len(text):
            ids += self._piece(text[end:])
        return ids

    def _piece(self, piece):
        ids = self.known.get(piece)
        if ids is None:
            ids = self.tokenizer.encode(piece).ids
            if CONTROL.fullmatch(piece) and len(ids) != 1:
                raise SystemExit(f"the corpus uses {piece}, which is not in the list of special tokens")
            if len(self.known) < 500_000:
                self.known[piece] = ids
        return ids


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--corpus", required=True)
    parser.add_argument("--tokenizer", required=True)
    parser.add_argument("--out", required=True)
    parser.add_argument("--max-length", type=int, default=192, help="drop examples of more tokens")
    parser.add_argument("--limit", type=int, help="keep no more examples than this")
    args = parser.parse_args()

    corpus, dropped = read(args.corpus, Tokenizer.from_file(args.tokenizer), args.max_length, args.limit)
    corpus.save(args.out)
    length = np.diff(corpus.starts)
    print(f"{len(corpus)} examples, {dropped} dropped as longer than {args.max_length} tokens")
    print(
        f"tokens per example: mean {length.mean():.1f}, 99% below {np.percentile(length, 99):.0f}; "
        f"outputs: mean {(length - corpus.prompts).mean():.1f}"
    )
