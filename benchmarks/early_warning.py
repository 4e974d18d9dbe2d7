"""Early warning judged as it is used: while the training runs, on networks it was not tuned on.

Small autoencoders learn closed curves: over data, widths of the bottleneck and of the hidden
layers, learning rates and seeds. Some end with the holes of the data and some do not; that is
judged at the end, by `count_holes` on the output, which knows nothing of the rule. A run that fails
is a hit if a warning was given by the end, and a run that succeeds is a false alarm if one was
given at any record, since a user would have stopped it. The constants of the rule are chosen on the
runs of even seeds, and what is quoted are the rates on those of odd seeds.

    python benchmarks/early_warning.py --out out/early_warning          # trains, judges
    python benchmarks/early_warning.py --out out/early_warning --judge  # judges again

Curves of all runs are kept in runs.json, so that a rule can be judged without training again.
"""

from __future__ import annotations

import argparse
import itertools
import json
import time
import warnings
from pathlib import Path

import numpy as np
from tqdm import tqdm

from tda import count_holes
from tda.networks import find_stall, observe_fit
from tda.networks.layers import _history

N_POINTS, N_EPOCHS, EVERY = 200, 100, 4
DATA = ("circle", "two circles", "ellipse in space")
WIDTHS, HIDDEN, RATES, N_SEEDS = (1, 2), (12, 32), (0.003, 0.01, 0.03), 6
#: The most of successful runs that may be warned of where the rule is chosen: half of what is
#: promised of others.
FALSE_ALARMS = 0.025
#: What is chosen; all other constants of the rule stay as they are.
GRID = {"PATIENCE": (3, 4, 5, 6, 7, 8, 9, 12)}


def points(name, seed):
    """A cloud and its Betti numbers."""
    rng = np.random.default_rng(seed)
    t = rng.uniform(0, 2 * np.pi, N_POINTS)
    circle = np.stack([np.cos(t), np.sin(t)], axis=1)
    if name == "circle":
        return circle + 0.03 * rng.normal(size=circle.shape), (1, 1)
    if name == "two circles":
        shift = np.where(np.arange(N_POINTS) % 2, 1.6, -1.6)[:, None] * [1.0, 0.0]
        return circle + shift + 0.03 * rng.normal(size=circle.shape), (2, 2)
    bent = np.stack([1.5 * circle[:, 0], circle[:, 1], 0.6 * np.cos(2 * t)], axis=1)
    return bent + 0.03 * rng.normal(size=bent.shape), (1, 1)


def train(name, width, hidden, rate, seed):
    """One run: its curves, and whether it ended with the holes of the data."""
    from sklearn.neural_network import MLPRegressor

    X, betti = points(name, seed)
    network = MLPRegressor(
        hidden_layer_sizes=[hidden, width, hidden],
        activation="tanh",
        learning_rate_init=rate,
        batch_size=20,
        random_state=seed,
    )
    options = {"every": EVERY, "n_landmarks": 50, "n_resamples": 3}
    history = observe_fit(network, X, X, n_epochs=N_EPOCHS, **options)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        found = count_holes(network.predict(X), max_dimension=1).betti
    return {
        "data": name, "width": width, "hidden": hidden, "rate": rate, "seed": seed,
        "losses": history.losses.tolist(), "distances": history.distances.T.tolist(),
        "floor": history.floor.tolist(), "epochs": history.epochs.tolist(),
        "betti": list(found), "is_right": tuple(found) == betti,
    }  # fmt: skip


def alarm(run):
    """The record of the first warning of a run as it went on, None without one."""
    for n in range(2, len(run["losses"]) + 1):
        for distances, floor in zip(run["distances"], run["floor"], strict=True):
            if find_stall(run["losses"][:n], distances[:n], floor) is not None:
                return n - 1
    return None


def rates(runs):
    """False alarms of the runs that succeed, hits of those that fail, and when."""
    right, wrong = ([r for r in runs if r["is_right"] == answer] for answer in (True, False))
    false, hits = ([alarm(run) for run in some] for some in (right, wrong))
    seen = [run["epochs"][n] for run, n in zip(wrong, hits, strict=True) if n is not None]
    return {
        "n_right": len(right),
        "n_wrong": len(wrong),
        "false_alarms": sum(n is not None for n in false),
        "hits": len(seen),
        "median_epoch": float(np.median(seen)) if seen else None,
    }


def with_rule(values, runs):
    """The rates under other constants."""
    before = {name: getattr(_history, name) for name in values}
    try:
        for name, value in values.items():
            setattr(_history, name, value)
        return rates(runs)
    finally:
        for name, value in before.items():
            setattr(_history, name, value)


def choose(runs):
    """Of the rules with few enough false alarms the one with most hits, and then the earliest."""
    found = []
    for values in itertools.product(*GRID.values()):
        rule = dict(zip(GRID, values, strict=True))
        seen = with_rule(rule, runs)
        is_quiet = seen["false_alarms"] <= FALSE_ALARMS * max(seen["n_right"], 1)
        late = seen["median_epoch"] or np.inf
        found.append(((is_quiet, seen["hits"], -late), rule, seen))
    return max(found, key=lambda entry: entry[0])[1:]


def main(argv=None):
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--out", type=Path, default=Path("out/early_warning"))
    parser.add_argument("--judge", action="store_true", help="of runs that are there already")
    parser.add_argument("--seeds", type=int, default=N_SEEDS)
    args = parser.parse_args(argv)
    args.out.mkdir(parents=True, exist_ok=True)
    path, start = args.out / "runs.json", time.process_time()
    if not args.judge:
        keys = list(itertools.product(range(args.seeds), DATA, WIDTHS, HIDDEN, RATES))
        runs = []
        for seed, *key in tqdm(keys, desc="trainings"):
            runs.append(train(*key, seed))
            if len(runs) % 10 == 0 or len(runs) == len(keys):
                path.write_text(json.dumps(runs), encoding="utf-8")
    runs = json.loads(path.read_text(encoding="utf-8"))
    halves = [[r for r in runs if r["seed"] % 2 == k] for k in (0, 1)]
    rule, chosen_on = choose(halves[0])
    report = {
        "n_runs": len(runs),
        "chosen": rule,
        "on the half of choice": chosen_on,
        "on the other half": with_rule(rule, halves[1]),
        "the rule of the package, on the other half": rates(halves[1]),
        "cpu_seconds": time.process_time() - start,
    }
    (args.out / "rates.json").write_text(json.dumps(report, indent=2), encoding="utf-8")
    print(json.dumps(report, indent=2))
    return report


if __name__ == "__main__":
    main()
