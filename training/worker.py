"""What one training process does, and what all of them share; started by `train.py`.

    python train.py --workers 2 ...

One process per core, each with a single thread: on a machine that others use as well this is several times
faster than one process with many threads, which wait for one another after every matrix product. The weights lie
in shared memory. In each step the processes draw slices of the batch from a common counter until none is left,
add up their gradients, and each updates its share of the weights.
"""

import contextlib
from enum import IntEnum

import numpy as np
import torch
import torch.multiprocessing as mp
import torch.nn.functional as F

from data import IGNORE, Corpus
from model import Qwen3, q8_round_trip
from optim import Layout, update


class Order(IntEnum):
    """What the first process asks of all."""

    STEP, EVALUATE, STOP = range(3)


class Shared:
    """Everything the processes have in common: flat arrays, a counter, and the place to wait for each other."""

    def __init__(self, config, workers, device):
        def zeros(*shape, **kind):
            return torch.zeros(shape, **kind).share_memory_()

        size = Layout(Qwen3(config)).size
        self.master, self.weights = zeros(size, device=device), zeros(size, device=device)
        self.first, self.second = zeros(size, device=device), zeros(size, device=device)
        self.grads = zeros(workers, size, device=device)
        self.norms = zeros(workers, device=device)  # squared norm of each process's share of the gradient
        self.sums = zeros(workers, 5, dtype=torch.float64)  # what each process has counted
        self.plan = zeros(4, dtype=torch.float64)  # order, step, learning rate, rounded to q8_0?
        context = mp.get_context("spawn")
        self.counter = context.Value("q", 0)
        self.barrier = context.Barrier(workers, timeout=300)

    def next(self):
        """A number that no other process gets."""
        with self.counter.get_lock():
            self.counter.value += 1
            return self.counter.value - 1


class Worker:
    """One process: takes slices, computes gradients, updates its share of the weights."""

    def __init__(self, rank, args, config, shared):
        torch.set_num_threads(args.threads)
        torch.manual_seed(args.seed)
        self.rank, self.args, self.shared = rank, args, shared
        self.corpus, self.heldout = Corpus.load(args.train), Corpus.load(args.heldout)
        self.model = Qwen3(config)
        self.layout = Layout(self.model)
        if rank == 0:
            for name, view in self.layout.views(shared.master).items():
                view.copy_(self.model.get_parameter(name).data)
            shared.weights.copy_(shared.master)
        self.model.to(args.device)
        self.layout.bind(self.model, shared.weights, shared.grads[rank])
        self.share = self.layout.share(rank, args.workers, args.muon)

    def follow(self):
        """Does what the first process orders until it says stop."""
        while True:
            self.shared.barrier.wait()
            order, step, lr, q8 = self.shared.plan.tolist()
            if order == Order.STOP:
                return
            if order == Order.EVALUATE:
                self.evaluate()
            else:
                self.step(int(step), lr, bool(q8))

    def step(self, step, lr, q8):
        """One step; afterwards `shared.sums` holds loss, examples and positions."""
        shared = self.shared
        numbers = self.corpus.batch(step, self.args.batch, self.args.seed)
        total = self.corpus.outputs(numbers)
        slices = self.corpus.slices(numbers, self.args.slice)
        sums = shared.sums[self.rank].zero_()
        shared.grads[self.rank].zero_()
        while (i := shared.next()) < len(slices):
            part = self.corpus.slice(slices[i])
            loss, _, _ = self.loss(part)
            (loss / total).backward()
            sums[:3] += torch.tensor([loss.item() / total, len(slices[i]), part.tokens.numel()])
        shared.barrier.wait()
        self.reduce()
        shared.barrier.wait()
        self.apply(step + 1, lr, q8)
        shared.barrier.wait()

    @torch.no_grad()
    def evaluate(self):
        """Leaves loss, tokens, right tokens, examples and wholly right examples in `shared.sums`."""
        numbers = np.arange(min(self.args.eval_examples, len(self.heldout)))
        slices = self.heldout.slices(numbers, 32)
        sums = self.shared.sums[self.rank].zero_()
        while (i := self.shared.next()) < len(slices):
            loss, right, wanted = self.loss(self.heldout.slice(slices[i]))
            whole = (right | ~wanted).all(1)
            sums += torch.tensor([float(n.sum()) for n in (loss, wanted, right, torch.ones_like(whole), whole)])
        self.shared.barrier.wait()

    def loss(self, part):
        """The summed loss of a slice, where the largest logit is right, and where an answer was wanted."""
        gpu = self.args.device != "cpu"
        tokens, at, targets = (t.to(self.args.device) for t in (part.tokens, part.at, part.targets))
        wanted = targets != IGNORE
        with torch.autocast("cuda", torch.bfloat16) if gpu else contextlib.nullcontext():
            logits = self.model.head(self.model.hidden(tokens, at)[wanted])
        right = torch.zeros_like(wanted)
        right[wanted] = logits.argmax(-1) == targets[wanted]
        return F.cross_entropy(logits.float(), targets[wanted], reduction="sum"), right, wanted

    def reduce(self):
        """Adds up all processes' gradients of this process's share."""
        squares = torch.zeros((), device=self.args.device)
        for at in self.ranges():
            grad = self.shared.grads[0, at]
            for other in self.shared.grads[1:, at]:
                grad += other
            squares += grad.square().sum()
        self.shared.norms[self.rank] = squares

    @torch.no_grad()
    def apply(self, step, lr, q8):
        """Clips, updates this process's share, and publishes the weights that the next step will see."""
        shared, args = self.shared, self.args
        scale = (args.clip / (shared.norms.sum().sqrt() + 1e-6)).clamp(max=1.0)
        for at in self.ranges():
            shared.grads[0, at] *= scale
        update(self.share, shared.master, shared.grads[0], shared.first, shared.second, self.cut, step, lr, args)
        for (_, _, shape), at in zip(self.share, self.ranges()):
            master = shared.master[at]
            shared.weights[at] = q8_round_trip(master) if q8 and len(shape) == 2 else master

    def ranges(self):
        return [slice(start, start + shape.numel()) for _, start, shape in self.share]

    def cut(self, name):
        """How many rows each of the matrices has that were fused into one."""
        c = self.model.c
        if name.endswith("qkv.weight"):
            return [c.heads * c.head_dim, c.kv_heads * c.head_dim, c.kv_heads * c.head_dim]
        return c.ffn if name.endswith("gate_up.weight") else c.vocab + c.hidden


def start(rank, args, config, shared):
    """The whole life of a process that is not the first."""
    Worker(rank, args, config, shared).follow()
