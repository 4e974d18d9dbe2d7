"""Do tests keep their level, and what do they find? One table, one figure a topic.

    python benchmarks/calibration.py                        # 1,000 seeds where affordable
    python benchmarks/calibration.py --seeds 100 --only strip
    python benchmarks/calibration.py --topics holes --out docs

Each file of ``levels/`` is a topic: LEVELS, tests on data without what they look for, and POWERS,
tests on data with more and more of it. The table has the share of runs with a p-value at most .01,
.05 and .1. It holds if each is within 1.5 points of that, or within what as many runs leave open;
is careful below, and errs above. A p-value is computed once for all levels. The figure has the
share of runs with a p-value at most .05 against what grows, with an interval of 95%.
"""

from __future__ import annotations

import argparse
import json
from importlib import import_module
from pathlib import Path

import numpy as np
from joblib import Parallel, delayed
from levels._study import NOMINAL
from scipy.stats import binomtest
from tqdm import tqdm

TOPICS = ("holes", "groups")
#: How far from its nominal level a test may be and still be said to hold it.
NEAR = 0.015


def verdict(hits, runs):
    """One word on the numbers of p-values at most each of `NOMINAL`."""
    off = []
    for hit, level in zip(hits, NOMINAL, strict=True):
        apart = hit / runs - level
        certain = binomtest(int(hit), int(runs), level).pvalue < 0.01
        off.append(np.sign(apart) if abs(apart) > NEAR and certain else 0)
    return "errs" if 1 in off else "careful" if -1 in off else "holds"


def run_levels(studies, most, parallel):
    rows = []
    for study in tqdm(studies, desc="levels"):
        runs = min(study.seeds, most)
        p_values = np.array(parallel(delayed(study.p_value)(seed) for seed in range(runs)))
        hits = [int((p_values <= level).sum()) for level in NOMINAL]
        rows.append(
            {
                "test": study.test,
                "null": study.null,
                "n": study.n,
                "runs": runs,
                "hits": hits,
                "verdict": verdict(hits, runs),
            }
        )
    return rows


def run_powers(studies, most, parallel):
    rows = []
    for study in tqdm(studies, desc="power"):
        runs = min(study.seeds, most)
        for value in study.values:
            p_values = np.array(
                parallel(delayed(study.p_value)(value, 10_000 + seed) for seed in range(runs))
            )
            rows.append(
                {
                    "test": study.test,
                    "shape": study.shape,
                    "axis": study.axis,
                    "value": value,
                    "runs": runs,
                    "hits": int((p_values <= 0.05).sum()),
                }
            )
    return rows


def table(rows):
    lines = [
        "| test | null | n | runs | at .01 | at .05 | at .1 | |",
        "| --- | --- | ---: | ---: | ---: | ---: | ---: | --- |",
    ]
    for row in rows:
        shares = " | ".join(f"{hit / row['runs']:.1%}" for hit in row["hits"])
        lines.append(
            f"| {row['test']} | {row['null']} | {row['n']:,} | {row['runs']:,} | {shares} | "
            f"{row['verdict']} |"
        )
    return "\n".join(lines)


def draw(rows, path):
    """A panel for each shape, a curve for each test."""
    from matplotlib.figure import Figure

    shapes = list(dict.fromkeys(row["shape"] for row in rows))
    figure = Figure(figsize=(4.2 * len(shapes), 3.4), layout="constrained")
    axes = figure.subplots(1, len(shapes), sharey=True, squeeze=False)[0]
    for ax, shape in zip(axes, shapes, strict=True):
        own = [row for row in rows if row["shape"] == shape]
        for test in dict.fromkeys(row["test"] for row in own):
            curve = [row for row in own if row["test"] == test]
            spans = [binomtest(row["hits"], row["runs"]).proportion_ci() for row in curve]
            values = [row["value"] for row in curve]
            share = [row["hits"] / row["runs"] for row in curve]
            (line,) = ax.plot(values, share, marker="o", markersize=3, label=test)
            low, high = zip(*((span.low, span.high) for span in spans), strict=True)
            ax.fill_between(values, low, high, color=line.get_color(), alpha=0.15, linewidth=0)
        ax.axhline(0.05, color="0.6", linewidth=0.8, linestyle=":")
        ax.set(title=shape, xlabel=own[0]["axis"], ylim=(-0.02, 1.02))
        ax.spines[["top", "right"]].set_visible(False)
        ax.legend(frameon=False, fontsize="small")
    axes[0].set_ylabel("share found at level .05")
    figure.savefig(path, dpi=150)


def main(argv=None):
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seeds", type=int, default=1000, help="most runs of a row")
    parser.add_argument("--power-seeds", type=int, default=200, help="most runs of a point")
    parser.add_argument("--only", default="", help="rows whose test or null holds this")
    parser.add_argument("--topics", nargs="+", choices=TOPICS, default=TOPICS)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--out", type=Path, default=Path("out/calibration"))
    args = parser.parse_args(argv)
    args.out.mkdir(parents=True, exist_ok=True)
    found = {}
    # Threads: studies are closures, and the kernels release the interpreter lock.
    with Parallel(n_jobs=args.jobs, prefer="threads") as parallel:
        for name in args.topics:
            topic = import_module(f"levels.{name}")
            wanted = [s for s in topic.LEVELS if args.only in f"{s.test}, {s.null}"]
            curves = [s for s in topic.POWERS if args.only in f"{s.test}, {s.shape}"]
            levels = run_levels(wanted, args.seeds, parallel)
            powers = run_powers(curves, args.power_seeds, parallel)
            found[name] = {"levels": levels, "powers": powers}
            print(table(levels))
            (args.out / f"calibration_{name}.md").write_text(table(levels) + "\n")
            (args.out / f"calibration_{name}.json").write_text(json.dumps(found[name]))
            if powers:
                draw(powers, args.out / f"power_{name}.png")
    return found


if __name__ == "__main__":
    main()
