"""Trains the model for a given number of minutes or steps.

    python train.py --train run/train.npz --heldout run/heldout.npz --out run --minutes 40
    python train.py ... --minutes 40 --resume        # goes on from the last checkpoint in --out

The learning rate rises over the first 2% of the budget and falls in a straight line to 0 at its end. With
--minutes the budget is wall time, so a slow or busy machine takes fewer steps but still anneals to the end. In
the last part the weights are rounded to q8_0 before every step, so that the exported model is the trained one.
Writes config.json, model.safetensors, state.pt (to resume from) and learning_curve.csv.
"""

import argparse
import csv
import math
import os
from pathlib import Path
import time

os.environ.setdefault("OMP_NUM_THREADS", "1")  # must be set before torch is imported

from safetensors.torch import save_file
from tokenizers import Tokenizer
import torch
import torch.multiprocessing as mp

from model import Config
from worker import Order, Shared, Worker, start

CURVE = ("step", "minutes", "examples", "loss", "lr", "q8", "heldout_loss", "heldout_token", "heldout_exact")


class Leader:
    """The first process: plans the steps, keeps the time, writes the log and the checkpoints."""

    def __init__(self, worker, config):
        self.worker, self.config, self.args, self.shared = worker, config, worker.args, worker.shared
        self.out = Path(self.args.out)
        self.steps, self.before, self.curve = 0, 0.0, []
        if self.args.resume:
            state = torch.load(self.out / "state.pt", map_location=self.args.device)
            self.steps, self.before, self.curve = state["steps"], state["elapsed"], state["curve"]
            for name, flat in state["arrays"].items():
                getattr(self.shared, name).copy_(flat)
            print(f"resumed at step {self.steps} after {self.before / 60:.1f} minutes", flush=True)
        self.began = time.monotonic()

    def train(self):
        """Steps until the budget is spent."""
        args, meter = self.args, Meter()
        evaluated = saved = time.monotonic()
        lr, q8, loss = 0.0, False, math.nan
        while (progress := self.progress()) < 1:
            lr, q8 = self.lr(progress), progress >= 1 - args.q8_part
            self.order(Order.STEP, lr, q8)
            self.worker.step(self.steps, lr, q8)
            self.steps += 1
            meter.add(self.shared.sums.sum(0).tolist())
            loss = meter.loss()
            if self.steps % args.log_every == 0:
                self.log(meter, lr, q8)
                if time.monotonic() - evaluated > args.eval_minutes * 60:
                    self.evaluate(loss, lr, q8)
                    evaluated = time.monotonic()
                meter = Meter()
            if time.monotonic() - saved > args.save_minutes * 60:
                self.save()
                saved = time.monotonic()
        self.evaluate(loss, lr, q8)
        self.save()
        self.order(Order.STOP)

    def elapsed(self):
        return self.before + time.monotonic() - self.began

    def progress(self):
        """How much of the budget is spent, from 0 to 1."""
        return self.elapsed() / (self.args.minutes * 60) if self.args.minutes else self.steps / self.args.steps

    def lr(self, progress):
        rise = self.args.warmup
        return self.args.lr * min(max(progress, 1e-3) / rise, (1 - progress) / (1 - rise))

    def order(self, order, lr=0.0, q8=False):
        """Tells all processes what comes next; the caller then does the same itself."""
        self.shared.plan.copy_(torch.tensor([order, self.steps, lr, q8], dtype=torch.float64))
        self.shared.counter.value = 0
        self.shared.barrier.wait()

    def log(self, meter, lr, q8):
        left = self.elapsed() * (1 / self.progress() - 1) / 60
        print(
            f"step {self.steps}  {self.elapsed() / 60:.1f} min  loss {meter.loss():.4f}  lr {lr:.2e}  "
            f"{meter.rate(meter.positions):.0f} tokens/s  {meter.rate(meter.examples):.0f} examples/s  "
            f"{left:.1f} min left{'  q8_0' if q8 else ''}",
            flush=True,
        )

    def evaluate(self, loss, lr, q8):
        """Adds a line to the learning curve."""
        self.order(Order.EVALUATE)
        self.worker.evaluate()
        total, tokens, right, examples, whole = self.shared.sums.sum(0).tolist()
        row = (self.steps, round(self.elapsed() / 60, 2), self.steps * self.args.batch, round(loss, 4), f"{lr:.3g}")
        row += (int(q8), round(total / tokens, 4), round(right / tokens, 4), round(whole / examples, 4))
        self.curve.append(row)
        print("held out: " + "  ".join(f"{k} {v}" for k, v in zip(CURVE, row)), flush=True)
        with open(self.out / "learning_curve.csv", "w", newline="") as file:
            csv.writer(file).writerows([CURVE, *self.curve])

    def save(self):
        """Writes the unrounded weights, and all that is needed to go on."""
        shared = self.shared
        self.config.save(self.out)
        weights = {k: v.clone() for k, v in self.worker.layout.views(shared.master.cpu()).items()}
        replace(self.out / "model.safetensors", lambda path: save_file(weights, path))
        arrays = {name: getattr(shared, name) for name in ("master", "weights", "first", "second")}
        state = {"steps": self.steps, "elapsed": self.elapsed(), "curve": self.curve, "arrays": arrays}
        replace(self.out / "state.pt", lambda path: torch.save(state, path))


class Meter:
    """Averages between two lines of the log."""

    def __init__(self):
        self.began, self.steps, self.total, self.examples, self.positions = time.monotonic(), 0, 0.0, 0, 0

    def add(self, sums):
        self.steps += 1
        self.total, self.examples, self.positions = (
            a + b for a, b in zip((self.total, self.examples, self.positions), sums)
        )

    def loss(self):
        return self.total / self.steps

    def rate(self, count):
        return count / (time.monotonic() - self.began)


def replace(path, write):
    """Writes beside the file first, so that a stop halfway leaves the old one."""
    partial = path.with_suffix(".partial")
    write(partial)
    partial.replace(path)


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    add = parser.add_argument
    add("--train", required=True, help="arrays written by data.py")
    add("--heldout", required=True, help="arrays written by data.py")
    add("--tokenizer", help="tokenizer.json, default the one in --out")
    add("--out", required=True)
    add("--minutes", type=float, help="budget in wall time")
    add("--steps", type=int, help="budget in steps")
    add("--resume", action="store_true")
    for name in ("layers", "hidden", "heads", "kv-heads", "head-dim", "ffn", "context"):
        add(f"--{name}", type=int, default=getattr(Config, name.replace("-", "_")))
    add("--batch", type=int, default=128, help="examples per step")
    add("--slice", type=int, default=16, help="examples per forward pass")
    add("--lr", type=float, default=3e-3)
    add("--warmup", type=float, default=0.02, help="part of the budget")
    add("--weight-decay", type=float, default=0.1)
    add("--momentum", type=float, default=0.95, help="of Muon")
    add("--muon", action=argparse.BooleanOptionalAction, default=True, help="else AdamW for all weights")
    add("--clip", type=float, default=1.0, help="largest norm of the gradient")
    add("--q8-part", type=float, default=0.15, help="part of the budget, at its end, with weights rounded to q8_0")
    add("--workers", type=int, default=os.cpu_count())
    add("--threads", type=int, default=1, help="of each worker")
    add("--device", default="cpu", help="cuda takes one worker, and larger --batch and --slice")
    add("--seed", type=int, default=1)
    add("--log-every", type=int, default=100)
    add("--eval-minutes", type=float, default=4)
    add("--eval-examples", type=int, default=1000)
    add("--save-minutes", type=float, default=5)
    args = parser.parse_args()
    if bool(args.minutes) == bool(args.steps):
        parser.error("give a budget: either --minutes or --steps")
    args.workers = args.workers if args.device == "cpu" else 1
    return args


def main():
    args = arguments()
    Path(args.out).mkdir(parents=True, exist_ok=True)
    vocab = Tokenizer.from_file(args.tokenizer or f"{args.out}/tokenizer.json").get_vocab_size()
    sizes = ("layers", "hidden", "heads", "kv_heads", "head_dim", "ffn", "context")
    config = Config(vocab=vocab, **{name: getattr(args, name) for name in sizes})
    torch.manual_seed(args.seed)
    shared = Shared(config, args.workers, args.device)
    first = Worker(0, args, config, shared)
    leader = Leader(first, config)
    others = [
        mp.get_context("spawn").Process(target=start, args=(rank, args, config, shared), daemon=True)
        for rank in range(1, args.workers)
    ]
    for process in others:
        process.start()
    leader.train()
    for process in others:
        process.join()


if __name__ == "__main__":
    main()
