"""How often Mapper's bootstrap finds the loops that are there, and none in what has none.

    python benchmarks/mapper_loops.py              # 50 seeds a row, about two minutes

The lens is the first column, all else by default; level 0.05.
"""

from __future__ import annotations

import argparse

import numpy as np
from tqdm import tqdm

from tda import Mapper
from tda.datasets import make_annulus, make_circle, make_disk, make_figure_eight

SHAPES = {
    "disk, 500": (0, lambda s: make_disk(500, random_state=s).points),
    "Gaussian in R2, 500": (0, lambda s: np.random.default_rng(s).normal(size=(500, 2))),
    "Gaussian in R5, 500": (0, lambda s: np.random.default_rng(s).normal(size=(500, 5))),
    "circle with noise, 300": (1, lambda s: make_circle(300, noise=0.05, random_state=s).points),
    "annulus, 500": (1, lambda s: make_annulus(500, random_state=s).points),
    "figure eight with noise, 800": (
        2, lambda s: make_figure_eight(800, noise=0.03, random_state=s).points
    ),
}  # fmt: skip


def main(argv=None):
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seeds", type=int, default=50)
    options = parser.parse_args(argv)
    print("| shape | loops | found by the graph | found significant |\n| --- | --- | --- | --- |")
    for name, (true, make) in SHAPES.items():
        found = []
        for seed in tqdm(range(options.seeds), desc=name, leave=False, disable=None):
            report = Mapper(lens=0, random_state=seed).fit(make(seed)).features(n_resamples=39)
            loops = [f for f in report.features if f.kind == "loop"]
            found.append((len(loops), sum(f.p_value <= 0.05 for f in loops)))
        right = (np.array(found) == true).mean(axis=0)
        print(f"| {name} | {true} | {right[0]:.0%} | {right[1]:.0%} |", flush=True)


if __name__ == "__main__":
    main()
