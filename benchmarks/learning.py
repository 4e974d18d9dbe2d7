"""A loss of loops and its gradient, forward and back: CPU seconds, ours and the peers'.

    python benchmarks/learning.py
    python benchmarks/learning.py --peers torch-topological oineus --points 300 2000

The peers (torch-topological 0.1.7 on giotto-ph, oineus 0.9) are asked for the same loss, the sum of
the lifetimes of degree 1 of a torus in space, and give their gradient; the largest difference from
ours, by the largest entry, is shown. oineus lists all triangles, so that it is left out above 300
points. Each is run once to warm up, then three times; the least is taken.
"""

from __future__ import annotations

import argparse
import time

import numpy as np
import torch

from tda.datasets import make_torus
from tda.learning import tensor_diagram, total_persistence


def ours(x):
    return total_persistence(tensor_diagram(x), degrees=1, order=1)


def torch_topological(x):
    from torch_topological.nn import VietorisRipsComplex

    found = VietorisRipsComplex(dim=1)(x)
    bars = next(f.diagram for f in found if f.dimension == 1)
    return (bars[:, 1] - bars[:, 0]).sum()


def oineus(x):
    import oineus.diff

    D = torch.cdist(x.detach(), x.detach())
    reach = float(D.max(dim=1).values.min()) * (1 + 1e-9)
    filtration = oineus.diff.vr_filtration(x, max_dim=2, max_diameter=reach)
    bars = oineus.diff.persistence_diagram(filtration).in_dimension(1)
    return (bars[:, 1] - bars[:, 0]).sum()


LOSSES = {"tda": ours, "torch-topological": torch_topological, "oineus": oineus}
MOST = {"oineus": 300}


def measure(loss, X):
    """The least CPU seconds of three, the loss and the gradient."""
    least = np.inf
    for k in range(4):
        x = torch.tensor(X, requires_grad=True)
        start = time.process_time()
        value = loss(x)
        value.backward()
        spent = time.process_time() - start
        least = spent if k == 1 else min(least, spent)
    return least, value.item(), x.grad.numpy()


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--points", nargs="+", type=int, default=[300, 2000])
    parser.add_argument("--peers", nargs="*", choices=[*LOSSES][1:], default=[])
    args = parser.parse_args()
    torch.set_num_threads(1)
    print(f"{'points':>6} {'':<18} {'CPU s':>8} {'ratio':>6} {'loss':>10} {'gradient off':>13}")
    for n in args.points:
        X = np.asarray(make_torus(n, random_state=0).points)
        seconds, value, gradient = measure(ours, X)
        print(f"{n:>6} {'tda':<18} {seconds:>8.3f} {'':>6} {value:>10.5f}", flush=True)
        for name in args.peers:
            if n > MOST.get(name, n):
                continue
            theirs, value, other = measure(LOSSES[name], X)
            off = np.abs(other - gradient).max() / np.abs(gradient).max()
            ratio = theirs / seconds
            print(
                f"{'':>6} {name:<18} {theirs:>8.3f} {ratio:>6.1f} {value:>10.5f} {off:>13.1e}",
                flush=True,
            )


if __name__ == "__main__":
    main()
