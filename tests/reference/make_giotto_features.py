"""Make giotto_features.json, in an environment of its own with giotto-tda 0.6.2.

python tests/reference/make_giotto_features.py
"""

import json
from pathlib import Path

import numpy as np
from gtda.diagrams import (
    Amplitude,
    BettiCurve,
    PersistenceEntropy,
    PersistenceLandscape,
    Silhouette,
)

N_FINE = 100_000  # so fine that sampling does not show
AMPLITUDES = {
    "bottleneck": ("bottleneck", {}),
    "wasserstein_1": ("wasserstein", {"p": 1}),
    "wasserstein_2": ("wasserstein", {"p": 2}),
    "betti_1": ("betti", {"p": 1, "n_bins": N_FINE}),
    "betti_2": ("betti", {"p": 2, "n_bins": N_FINE}),
    "landscape_2": ("landscape", {"p": 2, "n_bins": N_FINE, "n_layers": 6}),
    "silhouette_2": ("silhouette", {"p": 2, "power": 1.0, "n_bins": N_FINE}),
    "heat_2": ("heat", {"p": 2, "sigma": 0.01, "n_bins": 1000}),
}

rng = np.random.default_rng(0)
births = rng.uniform(0, 1, (3, 6))
deaths = births + rng.exponential(0.3, (3, 6))
X = np.stack([births, deaths, np.zeros((3, 6))], axis=2)


def rows(feature):
    return feature.fit_transform(X).reshape(len(X), -1).tolist()


def one_number(feature):
    return [row[0] for row in rows(feature)]


answers = {
    "diagrams": X[:, :, :2].tolist(),
    "entropy": one_number(PersistenceEntropy()),
    "entropy_normalized": one_number(PersistenceEntropy(normalize=True)),
    "amplitude": {
        name: one_number(Amplitude(metric=metric, metric_params=params))
        for name, (metric, params) in AMPLITUDES.items()
    },
    # On 7 values from the smallest birth to the largest death.
    "landscape": rows(PersistenceLandscape(n_layers=2, n_bins=7)),
    "silhouette": rows(Silhouette(power=1.0, n_bins=7)),
    "betti_curve": rows(BettiCurve(n_bins=7)),
}
Path(__file__).with_name("giotto_features.json").write_text(json.dumps(answers, indent=1))
