"""How often `count_holes` is right: noise, shapes of known topology, many seeds.

    python benchmarks/hole_counts.py                 # 100 seeds; about three minutes on two cores
    python benchmarks/hole_counts.py --seeds 10      # a glance

Prints a table in Markdown and writes it with the raw counts as JSON under --out. Noise: the
share of runs with any false hole, in any degree. Shapes: the share of runs with all Betti
numbers right, and with those of components and of loops alone.
"""

from __future__ import annotations

import argparse
import json
import time
from pathlib import Path

from joblib import Parallel, delayed
from tqdm import tqdm

from tda import count_holes, datasets

NOISE = [
    ("square", lambda n, s: datasets.make_uniform(n, dimension=2, random_state=s)),
    ("cube", lambda n, s: datasets.make_uniform(n, dimension=3, random_state=s)),
    ("disk", lambda n, s: datasets.make_disk(n, random_state=s)),
    ("ball", lambda n, s: datasets.make_ball(n, random_state=s)),
    ("Gaussian, plane", lambda n, s: datasets.make_uniform(n, kind="gaussian", random_state=s)),
    (
        "Gaussian, space",
        lambda n, s: datasets.make_uniform(n, kind="gaussian", dimension=3, random_state=s),
    ),
]
NOISE_RIPS = [
    ("cube in R^5 (Rips)", lambda n, s: datasets.make_uniform(n, dimension=5, random_state=s)),
    (
        "Gaussian in R^8 (Rips)",
        lambda n, s: datasets.make_uniform(n, kind="gaussian", dimension=8, random_state=s),
    ),
]
SHAPES = [
    ("circle", datasets.make_circle, {}, (300, 1000)),
    ("circle, noise 0.1", datasets.make_circle, {"noise": 0.1}, (300, 1000)),
    ("annulus", datasets.make_annulus, {}, (300, 1000)),
    ("figure eight", datasets.make_figure_eight, {}, (300, 1000)),
    ("linked circles", datasets.make_linked_circles, {}, (300, 1000)),
    ("three blobs", datasets.make_blobs, {}, (100, 300, 1000)),
    ("five blobs in R^3", datasets.make_blobs, {"n_blobs": 5, "n_features": 3}, (300, 1000)),
    ("sphere", datasets.make_sphere, {}, (300, 1000)),
    ("doughnut, surface", datasets.make_torus, {}, (1000, 2000)),
    ("doughnut, solid", datasets.make_solid_torus, {}, (1000, 2000)),
    ("mug, surface", datasets.make_mug, {}, (2000, 5000)),
    ("mug, solid", datasets.make_solid_mug, {}, (2000,)),
    (
        "circle in R^50, noise 0.05",
        datasets.make_circle,
        {"ambient_dimension": 50, "noise": 0.05},
        (300, 1000),
    ),
]


def cases():
    for name, make in NOISE:
        for n in (100, 300, 1000, 2000):
            yield name, n, make
    for name, make in NOISE_RIPS:
        for n in (100, 300):
            yield name, n, make
    for name, make, options, sizes in SHAPES:
        for n in sizes:
            yield name, n, lambda n, s, f=make, o=options: f(n, random_state=s, **o)


def run(make, n, seed):
    """Counted and true Betti numbers, cut to the degrees counted."""
    shape = make(n, seed)
    betti = count_holes(shape, random_state=0).betti
    return betti, shape.betti[: len(betti)]


def main(argv=None):
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seeds", type=int, default=100)
    parser.add_argument("--first-seed", type=int, default=0)
    parser.add_argument("--only", default="", help="cases whose name holds this")
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--out", type=Path, default=Path("out/hole_counts"))
    args = parser.parse_args(argv)
    chosen = [case for case in cases() if args.only in case[0]]
    seeds = range(args.first_seed, args.first_seed + args.seeds)
    rows, start = [], time.perf_counter()
    # Threads: the generators are closures, and the kernels release the interpreter lock.
    with Parallel(n_jobs=args.jobs, prefer="threads") as parallel:
        for name, n, make in tqdm(chosen):
            results = parallel(delayed(run)(make, n, seed) for seed in seeds)
            truth = results[0][1]
            rows.append(
                {
                    "case": name,
                    "n": n,
                    "truth": truth,
                    "right": sum(found == truth for found, truth in results),
                    "right_degree_0": sum(found[0] == truth[0] for found, truth in results),
                    "right_degree_1": sum(found[1] == truth[1] for found, truth in results),
                    "false_hole": sum(
                        any(f > t for f, t in zip(found, truth, strict=True))
                        for found, truth in results
                    ),
                    "runs": len(results),
                    "counts": [list(found) for found, _ in results],
                }
            )
    lines = [
        "| cloud | points | Betti numbers | all right | components | loops | a false hole |",
        "| --- | ---: | --- | ---: | ---: | ---: | ---: |",
    ]
    for row in rows:
        columns = ("right", "right_degree_0", "right_degree_1", "false_hole")
        shares = " | ".join(f"{row[column] / row['runs']:.0%}" for column in columns)
        lines.append(f"| {row['case']} | {row['n']:,} | {row['truth']} | {shares} |")
    args.out.mkdir(parents=True, exist_ok=True)
    (args.out / "numbers.json").write_text(json.dumps({"seeds": args.seeds, "rows": rows}))
    (args.out / "table.md").write_text("\n".join(lines) + "\n")
    print("\n".join(lines))
    print(f"{time.perf_counter() - start:.0f} s; written to {args.out}")
    return rows


if __name__ == "__main__":
    main()
