"""Make distances_giotto.json or distances_gudhi.json, each in an environment of its own.

python tests/reference/make_distances.py giotto   # with giotto-tda 0.6.2
python tests/reference/make_distances.py gudhi    # with gudhi 3.13.0 and POT 0.9.7
"""

import json
import sys
from pathlib import Path

import numpy as np

N_FINE = 4000  # so fine that sampling hardly shows
GIOTTO = {
    "bottleneck": {"delta": 0.0},
    "wasserstein": {"p": 2, "delta": 1e-6},
    "landscape": {"p": 2, "n_layers": 8, "n_bins": N_FINE},
    "betti": {"p": 1, "n_bins": N_FINE},
    "silhouette": {"p": 2, "power": 1.0, "n_bins": N_FINE},
    "heat": {"p": 2, "sigma": 0.05, "n_bins": 300},
}

rng = np.random.default_rng(0)
diagrams = []
for n_bars in (5, 8, 3, 6):
    births = rng.uniform(size=n_bars).round(3)
    deaths = (births + rng.exponential(0.3, n_bars) + 0.02).round(3)
    diagrams.append(np.column_stack([births, deaths]))


def giotto():
    from gtda.diagrams import PairwiseDistance

    padded = np.zeros((len(diagrams), max(map(len, diagrams)), 3))
    for row, bars in zip(padded, diagrams, strict=True):
        row[: len(bars), :2] = bars
    return {
        metric: PairwiseDistance(metric=metric, metric_params=params, order=None)
        .fit_transform(padded)[:, :, 0]
        .tolist()
        for metric, params in GIOTTO.items()
    }


def gudhi():
    from gudhi.wasserstein import wasserstein_distance
    from gudhi.wasserstein.barycenter import lagrangian_barycenter

    means = [lagrangian_barycenter(diagrams, init=i) for i in range(len(diagrams))]

    def distance(a, b):
        return wasserstein_distance(a, b, order=2, internal_p=2)

    return {
        "wasserstein": [[distance(a, b) for b in diagrams] for a in diagrams],
        "variances": [np.mean([distance(mean, x) ** 2 for x in diagrams]) for mean in means],
        "best_mean": min(
            (mean.tolist() for mean in means),
            key=lambda mean: sum(distance(np.array(mean), x) ** 2 for x in diagrams),
        ),
    }


name = sys.argv[1]
answers = {
    "diagrams": [bars.tolist() for bars in diagrams],
    **{"giotto": giotto, "gudhi": gudhi}[name](),
}
Path(__file__).with_name(f"distances_{name}.json").write_text(json.dumps(answers, indent=1))
