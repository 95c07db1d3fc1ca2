"""Trains the byte-level BPE tokenizer on the words of the prompts.

    python tokenizer.py --corpus train.jsonl.gz --special special_tokens.txt --out run/tokenizer.json

Control tokens stand between the words of a prompt and never pass through BPE, so only the text between them is
learnt from. The control tokens take the last ids, in the order of their file; the merges come before them, and
the 256 bytes before those, so any text at all can be written.
"""

import argparse
from collections import Counter
import gzip
import itertools
import json
from pathlib import Path
import re

from tokenizers import AddedToken, Tokenizer, decoders, models, pre_tokenizers, trainers

CONTROL = re.compile(r"<\|[^|<>]*\|>")
END, PAD = "<|end|>", "<|pad|>"


def train(texts, special, vocab):
    """A tokenizer of `vocab` tokens (fewer if the text runs out of pairs to merge), `special` ones last."""
    missing = [t for t in (END, PAD) if t not in special]
    if missing:
        raise SystemExit(f"the list of special tokens lacks {', '.join(missing)}")
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=True)
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=vocab - len(special),
        min_frequency=2,
        initial_alphabet=sorted(pre_tokenizers.ByteLevel.alphabet()),
        show_progress=False,
    )
    tokenizer.train_from_iterator(texts, trainer)
    tokenizer.add_special_tokens([AddedToken(t, special=True, normalized=False) for t in special])
    return tokenizer


def words(lines):
    """The text between the control tokens, each piece as often as it was said."""
    count = Counter()
    for line in lines:
        count.update(piece for piece in CONTROL.split(json.loads(line)["prompt"]) if piece)
    return count


def read_special(path):
    """The control tokens, one a line, in the order of their ids."""
    tokens = Path(path).read_text(encoding="utf-8").split()
    if len(set(tokens)) != len(tokens):
        raise SystemExit(f"{path} names a token twice")
    return tokens


def open_text(path):
    """A text file, unpacked on the way if it is gzipped."""
    return gzip.open(path, "rt", encoding="utf-8") if str(path).endswith(".gz") else open(path, encoding="utf-8")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--corpus", help="JSON Lines with a prompt each; without it only bytes are known")
    parser.add_argument("--special", required=True)
    parser.add_argument("--out", required=True)
    parser.add_argument("--vocab", type=int, default=4096, help="size, control tokens included")
    parser.add_argument("--lines", type=int, default=400_000, help="read no more lines than this")
    args = parser.parse_args()

    special = read_special(args.special)
    pieces = Counter()
    if args.corpus:
        with open_text(args.corpus) as lines:
            pieces = words(itertools.islice(lines, args.lines))
    result = train(pieces.elements(), special, args.vocab)
    Path(args.out).parent.mkdir(parents=True, exist_ok=True)
    result.save(args.out)
    print(f"{result.get_vocab_size()} tokens, {len(special)} of them control, from {pieces.total()} pieces of text")
