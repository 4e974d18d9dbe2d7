"""Every estimator of dimension on the 24 manifolds of scikit-dimension, beside its own.

    python benchmarks/install_peers.py DIR --only scikit-dimension
    python benchmarks/dimension_manifolds.py --peers DIR            # about five minutes of one core
    python benchmarks/dimension_manifolds.py --peers DIR --ours     # ours alone
    python benchmarks/dimension_manifolds.py --peers DIR --all      # the slow peers too
    python benchmarks/dimension_manifolds.py --peers DIR --ours --only IntrinsicDimension TwoNN

Prints Markdown: the mean percentage error of the dimension over all sets, as it is and rounded,
the share of 95% intervals that hold the truth, and the CPU seconds a set, each estimator with its
own search of neighbours. Raw answers go to --out as JSON.

The sets are for measuring only: nothing in the package is fitted to them. Seeds start at a number
that no work on the package used.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
from sklearn.base import clone
from tqdm import tqdm

from tda import dimension
from tda.dimension._table import _every_estimator
from tda.dimension._together import estimator_name

PEER = Path(__file__).parent / "peers" / "scikit-dimension.py"
QUICK_PEERS = ["TwoNN", "GRIDE", "lPCA", "MOM", "FisherS", "MLE", "MiND_ML", "KNN"]
SLOW_PEERS = ["DANCo (table)", "CorrInt", "MADA", "TLE", "PH", "ESS"]

#: Beside the defaults of each class.
OURS = [dimension.LocalPCA(n_neighbors=None), dimension.LocalPCA(version="participation_ratio")]


def main(argv=None):
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--peers", type=Path, required=True, help="where install_peers.py put them")
    parser.add_argument("--out", type=Path, default=Path("out/dimension_manifolds"))
    parser.add_argument("--n-points", type=int, default=2500)
    parser.add_argument("--seeds", type=int, default=1, help="how many")
    parser.add_argument("--first-seed", type=int, default=97_000)
    parser.add_argument("--ours", action="store_true", help="no peers")
    parser.add_argument("--all", action="store_true", help="the slow peers too")
    parser.add_argument("--only", nargs="+", metavar="CLASS", help="of our estimators these alone")
    options = parser.parse_args(argv)
    python = options.peers / "scikit-dimension" / "bin" / "python"
    options.out.mkdir(parents=True, exist_ok=True)
    peers = [] if options.ours else QUICK_PEERS + SLOW_PEERS * options.all
    answers, truth = {}, {}
    for seed in range(options.first_seed, options.first_seed + options.seeds):
        file = options.out / f"sets_{options.n_points}_{seed}.npz"
        if not file.exists():
            ask(python, "make", file, options.n_points, seed)
        sets = np.load(file)
        truth[seed] = dict(zip(sets["names"].tolist(), sets["truth"].tolist(), strict=True))
        answers[seed] = ours(sets, options.only)
        if peers:
            answer = options.out / f"scikit_dimension_{seed}.json"
            ask(python, "estimate", file, answer, *peers)
            told = json.loads(answer.read_text())
            answers[seed] |= {f"scikit-dimension {name}": row for name, row in told.items()}
    (options.out / "answers.json").write_text(json.dumps(answers, indent=1))
    print(table(answers, truth))


def ask(python, *arguments):
    environment = os.environ | {"OMP_NUM_THREADS": "1"}
    command = [str(part) for part in (python, PEER, *arguments)]
    subprocess.run(command, check=True, env=environment)


def ours(sets, only=None):
    """Dimension, CPU seconds and interval of each of our estimators on each set."""
    told = {}
    estimators = [one() for one in _every_estimator()] + OURS
    if only:
        estimators = [one for one in estimators if type(one).__name__ in only]
    warm_up = np.random.default_rng(0).normal(size=(300, 3))
    for one in tqdm(estimators, leave=False):
        if "random_state" in one.get_params():
            one.set_params(random_state=0)
        clone(one).fit(warm_up)  # compilation does not count
        row = told[estimator_name(one)] = {}
        for name in sets["names"].tolist():
            X = sets[name]
            start = time.process_time()
            fitted = clone(one).fit(X)
            interval = [float(end) for end in fitted.interval_]
            row[name] = [fitted.dimension_, time.process_time() - start, interval]
    return told


def errors(rows, truth):
    """Percentage errors of (dimension, …) by set that has a finite one, raw and rounded."""
    told = [name for name in rows if np.isfinite(rows[name][0])]
    said = np.array([rows[name][0] for name in told])
    true = np.array([truth[name] for name in told])
    return [100 * np.abs(value - true) / true for value in (said, np.round(said))]


def held(rows, truth):
    """Whether each interval that there is holds the truth."""
    ends = {name: row[2] for name, row in rows.items() if len(row) > 2}
    return [low <= truth[name] <= high for name, (low, high) in ends.items() if low < high]


def table(answers, truth):
    """Markdown, the best first."""
    lines = {}
    for name in next(iter(answers.values())):
        raw, rounded, seconds, inside, missing = [], [], [], [], 0
        for seed, rows in answers.items():
            one = errors(rows[name], truth[seed])
            raw.extend(one[0])
            rounded.extend(one[1])
            seconds.extend(row[1] for row in rows[name].values())
            inside.extend(held(rows[name], truth[seed]))
            missing += len(truth[seed]) - len(one[0])
        note = f", without {missing} sets" if missing else ""
        share = f"{np.mean(inside):.0%}" if inside else ""
        lines[np.mean(raw) if raw else np.inf, name] = (
            f"| {name}{note} | {np.mean(raw):.1f} | {np.median(raw):.1f} | {np.mean(rounded):.1f} "
            f"| {share} | {np.mean(seconds):.2f} |"
        )
    head = (
        "| estimator | mean error % | median | rounded | intervals hold | CPU s a set |\n"
        "| --- | --- | --- | --- | --- | --- |\n"
    )
    return head + "\n".join(line for _, line in sorted(lines.items()))


if __name__ == "__main__":
    sys.exit(main())
