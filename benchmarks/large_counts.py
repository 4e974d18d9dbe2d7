"""How often `count_holes` is right on large clouds that are thinned to landmarks.

    python benchmarks/large_counts.py                       # 60, 20 and 5 seeds, half an hour
    python benchmarks/large_counts.py --sizes 10000 --seeds 60

Clouds of 10⁴, 10⁵ and 10⁶ points, 2,000 landmarks each: noise, where any loop, void or second
component is false, and shapes, where all Betti numbers must be right. With --plain the landmarks
are held to the noise of independent points, as before `make_thinned_table.py`. Prints a table in
Markdown as it goes.
"""

from __future__ import annotations

import argparse
import time

from tda import count_holes, datasets
from tda.holes import _null

CASES = [
    ("square", lambda n, s: datasets.make_uniform(n, dimension=2, random_state=s)),
    ("cube", lambda n, s: datasets.make_uniform(n, dimension=3, random_state=s)),
    ("ball", lambda n, s: datasets.make_ball(n, random_state=s)),
    (
        "Gaussian, plane",
        lambda n, s: datasets.make_uniform(n, kind="gaussian", random_state=s),
    ),
    ("circle, noise 0.1", lambda n, s: datasets.make_circle(n, noise=0.1, random_state=s)),
    ("figure eight", lambda n, s: datasets.make_figure_eight(n, random_state=s)),
    ("torus", lambda n, s: datasets.make_torus(n, random_state=s)),
    ("cube in R^10", lambda n, s: datasets.make_uniform(n, dimension=10, random_state=s)),
]
#: Clouds of so many points in ten dimensions take minutes each.
MOST_IN_TEN = 10_000


def main(argv=None):
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--sizes", type=int, nargs="+", default=[10_000, 100_000, 1_000_000])
    parser.add_argument("--seeds", type=int, nargs="+", default=[60, 20, 5])
    parser.add_argument("--landmarks", type=int, default=2000)
    parser.add_argument("--only", default="", help="cases whose name holds this")
    parser.add_argument("--plain", action="store_true", help="with the null of independent points")
    args = parser.parse_args(argv)
    if args.plain:
        _null._thinned_tables = dict
    print("| cloud | points | right | a false hole | seeds | CPU s each |")
    print("| --- | ---: | ---: | ---: | ---: | ---: |")
    for n, seeds in zip(args.sizes, args.seeds, strict=True):
        for name, make in CASES:
            if args.only not in name or ("R^10" in name and n > MOST_IN_TEN):
                continue
            right = wrong = 0
            start = time.process_time()
            for seed in range(seeds):
                shape = make(n, seed)
                found = count_holes(shape.points, n_landmarks=args.landmarks, random_state=0).betti
                truth = shape.betti[: len(found)]
                right += found == tuple(truth)
                wrong += any(f > t for f, t in zip(found, truth, strict=True))
            each = (time.process_time() - start) / seeds
            shares = f"{right / seeds:.0%} | {wrong / seeds:.0%}"
            print(f"| {name} | {n:,} | {shares} | {seeds} | {each:.2f} |", flush=True)


if __name__ == "__main__":
    main()
