"""CPU seconds of tangent kernels: torch modules of a million parameters, and many rows.

    python benchmarks/tangent_kernels.py [--landmarks]

The kernel of a torch module layer by layer beside the product of its Jacobians on a few rows, which
is checked to be the same; with --landmarks the fit of 20,000 rows by 2,000 landmarks. One thread,
one run of each.
"""

from __future__ import annotations

import sys
import time

import numpy as np
import torch
from torch import nn

from tda.networks import NTKRegressor, TorchNetwork, empirical_tangent_kernel

N_ROWS, N_CHECKED = 200, 5


def modules():
    torch.manual_seed(0)
    dense = [nn.Linear(784, 800), nn.ReLU(), nn.Linear(800, 400), nn.ReLU(), nn.Linear(400, 10)]
    yield "784-800-400-10", nn.Sequential(*dense), (784,)
    parts = []
    for c_in, c_out in ((3, 32), (32, 64), (64, 128)):
        parts += [nn.Conv2d(c_in, c_out, 3, padding=1), nn.BatchNorm2d(c_out), nn.ReLU()]
        parts.append(nn.MaxPool2d(2))
    parts += [nn.Flatten(), nn.Linear(2048, 400), nn.ReLU(), nn.Linear(400, 10)]
    yield "convolutions 32, 64, 128", nn.Sequential(*parts), (3, 32, 32)


def timed(function):
    start = time.process_time()
    value = function()
    return time.process_time() - start, value


def main():
    torch.set_num_threads(1)
    rng = np.random.default_rng(0)
    for name, module, shape in modules():
        network = TorchNetwork(module)
        X = rng.normal(size=(N_ROWS, *shape)).astype(np.float32)
        few, J = timed(lambda network=network, X=X: network.parameter_jacobian(X[:N_CHECKED]))
        J = J.reshape(-1, J.shape[2])
        product, exact = timed(lambda J=J: J @ J.T)
        K = empirical_tangent_kernel(network, X[:N_CHECKED])
        print(f"{name}: {network.n_parameters:,} parameters")
        print(f"  Jacobians of {N_CHECKED} rows and their product: {few + product:.2f} s")
        print(f"  largest difference: {np.abs(K - exact).max() / np.abs(exact).max():.0e}")
        for outputs in ("mean", "all"):
            seconds, _ = timed(
                lambda network=network, X=X, outputs=outputs: empirical_tangent_kernel(
                    network, X, outputs=outputs
                )
            )
            print(f'  {N_ROWS} rows, outputs="{outputs}": {seconds:.2f} s', flush=True)
    if "--landmarks" in sys.argv:
        X = rng.normal(size=(20_000, 20))
        y = np.sin(X[:, 0]) + X[:, 1] * X[:, 2] + 0.1 * rng.normal(size=len(X))
        seconds, machine = timed(lambda: NTKRegressor(random_state=0).fit(X, y))
        left = 1 - np.mean((y - machine.left_out_) ** 2) / y.var()
        print(f"20,000 rows by 2,000 landmarks: {seconds:.1f} s, R² of left-out rows {left:.3f}")


if __name__ == "__main__":
    main()
