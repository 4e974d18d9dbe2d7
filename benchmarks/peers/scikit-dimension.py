"""scikit-dimension: its BenchmarkManifolds, and its estimators with their defaults on them.

Run by `dimension_manifolds.py` in its own interpreter:

    python scikit-dimension.py make FILE.npz N_POINTS SEED
    python scikit-dimension.py estimate FILE.npz ANSWER.json NAME …
"""

import json
import sys
import time

import numpy as np
import skdim

DISTRIBUTION = "scikit-dimension"
PRECISION = "float64"

#: How each is asked; the sets have no one-dimensional cloud, so all take them as they are.
ESTIMATORS = {
    "TwoNN": lambda: skdim.id.TwoNN(),
    "GRIDE": lambda: skdim.id.GRIDE(),
    "MLE": lambda: skdim.id.MLE(),
    "MOM": lambda: skdim.id.MOM(),
    "MiND_ML": lambda: skdim.id.MiND_ML(),
    "CorrInt": lambda: skdim.id.CorrInt(),
    "KNN": lambda: skdim.id.KNN(),
    "MADA": lambda: skdim.id.MADA(),
    "lPCA": lambda: skdim.id.lPCA(),
    "FisherS": lambda: skdim.id.FisherS(),
    "DANCo (table)": lambda: skdim.id.DANCo(ver="DANCoFit"),
    "PH": lambda: skdim.id.PH(nsteps=5, subsamples=2),
    "TLE": lambda: skdim.id.TLE(),
    "ESS": lambda: skdim.id.ESS(),
}


def make(path, n_points, seed):
    """Every set, and its dimension as ``truth``."""
    sets = skdim.datasets.BenchmarkManifolds(random_state=int(seed))
    names = list(sets.truth.index)
    truth = [int(sets.truth.loc[name, "Intrinsic Dimension"]) for name in names]
    made = sets.generate("all", n=int(n_points))
    np.savez(path, names=names, truth=truth, **made)


def estimate(path, answer, *wanted):
    """Dimension and CPU seconds of each estimator on each set; nothing where one fails."""
    sets, told = np.load(path), {}
    warm_up = np.random.default_rng(0).normal(size=(200, 3))
    for name in wanted:
        told[name] = {}
        for one in sets["names"]:
            model = ESTIMATORS[name]()
            if not told[name]:
                ESTIMATORS[name]().fit(warm_up)  # compilation does not count
            start = time.process_time()
            try:
                dimension = float(np.mean(model.fit(sets[one]).dimension_))
            except Exception as error:
                print(name, one, type(error).__name__, error, file=sys.stderr)
                continue
            told[name][str(one)] = [dimension, time.process_time() - start]
        with open(answer, "w") as file:
            json.dump(told, file)


def dimension(X):
    """TwoNN, MLE, and Gride with its curve; each searches its own neighbours."""
    gride = skdim.id.GRIDE(n1=2, multiscale=True).fit(X)
    two_nn, mle = skdim.id.TwoNN().fit(X), skdim.id.MLE().fit(X)
    return [two_nn.dimension_, mle.dimension_, gride.dimension_, *gride.dimension_scales_]


def ess(X):
    return [skdim.id.ESS().fit(X).dimension_]


TASKS = {"dimension_values": (dimension, list), "ess_values": (ess, list)}

if __name__ == "__main__":
    {"make": make, "estimate": estimate}[sys.argv[1]](*sys.argv[2:])
