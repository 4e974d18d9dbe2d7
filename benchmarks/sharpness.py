"""The largest eigenvalue of the Hessian of torch networks: ours beside PyHessian's.

    pip install --target DIR --no-deps pyhessian
    PYTHONPATH=DIR python benchmarks/sharpness.py

PyHessian iterates powers until two values differ by less than a thousandth; ours is asked for a
relative error of a thousandth. The true eigenvalue is ours to machine precision. CPU seconds, the
better of two runs, one thread.
"""

from __future__ import annotations

import time

import numpy as np
import torch
from pyhessian import hessian
from sklearn.datasets import load_digits
from torch import nn

from tda.networks import TorchNetwork, loss_sharpness

N_SEEDS = 3


def networks(seed):
    torch.manual_seed(seed)
    wide = [nn.Linear(64, 256), nn.ReLU(), nn.Linear(256, 256), nn.ReLU(), nn.Linear(256, 10)]
    yield "64-256-256-10", nn.Sequential(*wide)
    first = [nn.Unflatten(1, (1, 8, 8)), nn.Conv2d(1, 16, 3, padding=1), nn.ReLU()]
    second = [nn.MaxPool2d(2), nn.Conv2d(16, 32, 3, padding=1), nn.ReLU(), nn.Flatten()]
    yield "convolutions 16, 32", nn.Sequential(*first, *second, nn.Linear(512, 10))


def train(module, X, y, n_steps=60):
    optimizer = torch.optim.Adam(module.parameters(), 1e-3)
    for _ in range(n_steps):
        optimizer.zero_grad()
        nn.functional.cross_entropy(module(X), y).backward()
        optimizer.step()
    optimizer.zero_grad()


def timed(function):
    found = []
    for repeat in range(2):
        start = time.process_time()
        value = function(repeat)
        found.append((time.process_time() - start, value))
    return min(found)


def main():
    torch.set_num_threads(1)
    X, y = load_digits(return_X_y=True)
    X = (X / 16).astype(np.float32)
    rows, labels = torch.tensor(X), torch.tensor(y)
    for seed in range(N_SEEDS):
        for name, module in networks(seed):
            train(module, rows, labels)
            ours = TorchNetwork(module, link="softmax")
            exact = loss_sharpness(ours, X, y, n_eigenvalues=1).sharpness

            def by_pyhessian(_, module=module):
                of = hessian(module, nn.CrossEntropyLoss(), data=(rows, labels), cuda=False)
                value = of.eigenvalues()[0][0]
                module.zero_grad()
                return value

            def by_us(seed, ours=ours):
                how = {"n_eigenvalues": 1, "tol": 1e-3, "random_state": seed}
                return loss_sharpness(ours, X, y, **how).sharpness

            peer, own = timed(by_pyhessian), timed(by_us)
            print(
                f"seed {seed}, {name:20s} PyHessian {peer[0]:.2f} s, error "
                f"{abs(peer[1] / exact - 1):.0e}; ours {own[0]:.2f} s, error "
                f"{abs(own[1] / exact - 1):.0e}; ratio {own[0] / peer[0]:.2f}",
                flush=True,
            )


if __name__ == "__main__":
    main()
