"""The optimisers, written on flat arrays so that several processes can each update a part.

    python optim.py        # shows that Muon's update is close to orthogonal

Matrices inside the blocks learn with Muon: the momentum is replaced by the nearest orthogonal matrix, which
makes better use of each example than AdamW does, and examples are what a slow machine is short of. The
embedding and the norms learn with AdamW, and so does everything if Muon is switched off.
"""

import math

import torch


class Layout:
    """Where each parameter lies in the flat arrays."""

    def __init__(self, model):
        self.entries, self.size = [], 0
        for name, p in model.named_parameters():
            self.entries.append((name, self.size, p.shape))
            self.size += p.numel()

    def views(self, flat):
        return {name: flat[start : start + shape.numel()].view(shape) for name, start, shape in self.entries}

    def bind(self, model, weights, grads):
        """Makes the model read its weights from one flat array and leave its gradients in another."""
        weights, grads = self.views(weights), self.views(grads)
        for name, p in model.named_parameters():
            p.data, p.grad = weights[name], grads[name]

    def share(self, rank, workers, muon):
        """The entries that a process updates: dealt out by cost, so that all finish together."""
        load, mine = [0.0] * workers, []
        for entry in sorted(self.entries, key=lambda e: -cost(e, muon)):
            least = load.index(min(load))
            load[least] += cost(entry, muon)
            if least == rank:
                mine.append(entry)
        return mine


def cost(entry, muon):
    name, _, shape = entry
    return shape.numel() * (min(shape) if uses_muon(name, shape, muon) else 1)


def uses_muon(name, shape, muon):
    return muon and len(shape) == 2 and not name.startswith("embed")


def update(entries, master, grad, first, second, cut, step, lr, args):
    """One step on `entries` of the flat arrays; `cut` says into how many matrices a fused one is to be cut."""
    for name, start, shape in entries:
        at = slice(start, start + shape.numel())
        w, g, m, v = (flat[at].view(shape) for flat in (master, grad, first, second))
        if len(shape) == 2:
            w.mul_(1 - lr * args.weight_decay)
        if uses_muon(name, shape, args.muon):
            m.lerp_(g, 1 - args.momentum)
            nesterov = torch.lerp(g, m, args.momentum)
            for part, target in zip(nesterov.split(cut(name), 0), w.split(cut(name), 0)):
                # As large as an AdamW update usually is, so that both share one learning rate.
                target.add_(orthogonal(part), alpha=-lr * 0.2 * math.sqrt(max(part.shape)))
        else:
            b1, b2 = 0.9, 0.98
            m.lerp_(g, 1 - b1)
            v.mul_(b2).addcmul_(g, g, value=1 - b2)
            scale = (v / (1 - b2**step)).sqrt_().add_(1e-8)
            w.addcdiv_(m, scale, value=-lr / (1 - b1**step))


def orthogonal(m, rounds=5):
    """Newton-Schulz iteration towards the orthogonal matrix nearest to `m` (coefficients by Keller Jordan)."""
    a, b, c = 3.4445, -4.7750, 2.0315
    x = m / (m.norm() + 1e-7)
    tall = x.shape[0] > x.shape[1]
    x = x.T if tall else x
    for _ in range(rounds):
        gram = x @ x.T
        x = torch.addmm(x, torch.addmm(gram, gram, gram, beta=b, alpha=c), x, beta=a)
    return x.T if tall else x


if __name__ == "__main__":
    values = torch.linalg.svdvals(orthogonal(torch.randn(128, 256)))
    print(f"singular values lie between {values.min():.2f} and {values.max():.2f}")
