"""What several test files share: clouds that break careless code, and equality of diagrams."""

import os

# A first answer of another engine, while kernels compile, would differ in the last bits.
os.environ.setdefault("TDA_COMPILE", "now")

if "PYTEST_XDIST_WORKER" in os.environ:
    # Before numpy is loaded. Workers side by side take a core each, and threads of theirs would
    # mostly wait for each other: a story took five times as long.
    for name in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
        os.environ.setdefault(name, "1")

import gudhi
import numpy as np
import pytest
from scipy.optimize import linear_sum_assignment
from scipy.spatial.distance import cdist

RNG = np.random.default_rng(20250101)
_CIRCLE = np.column_stack([np.cos(np.arange(12) * np.pi / 6), np.sin(np.arange(12) * np.pi / 6)])

#: name: cloud. None has more than 40 points; bars differ by far more than 1e-6 or not at all.
CLOUDS = {
    "random in the plane": RNG.uniform(size=(40, 2)),
    "random in space": RNG.normal(size=(30, 3)),
    "random in seven dimensions": RNG.normal(size=(20, 7)),
    "random on a line": RNG.uniform(size=(25, 1)),
    "grid, all distances tied": np.argwhere(np.ones((5, 6))).astype(float),
    "cube grid": np.argwhere(np.ones((3, 3, 3))).astype(float),
    "regular polygon": _CIRCLE,
    "duplicates": np.repeat(RNG.uniform(size=(12, 2)), 3, axis=0),
    "collinear in the plane": np.outer(RNG.uniform(size=20), [1.0, 2.0]),
    "coplanar in space": RNG.uniform(size=(20, 2)) @ [[1.0, 0.0, 1.0], [0.0, 1.0, -1.0]],
    "all points equal": np.full((6, 2), 3.5),
    "one point": np.array([[1.0, 2.0, 3.0]]),
    "two points": np.array([[0.0, 0.0], [3.0, 4.0]]),
}


@pytest.fixture(params=CLOUDS, ids=lambda name: name.replace(" ", "-").replace(",", ""))
def cloud(request):
    return CLOUDS[request.param].copy()


def _essential(bars):
    return np.sort(bars[~np.isfinite(bars).all(axis=1), 0])


@pytest.fixture(scope="session")
def assert_same_bars():
    """Essential classes one by one, all others by a bottleneck distance of (nearly) zero."""

    def check(ours, theirs, tolerance=1e-6):
        ours, theirs = np.reshape(ours, (-1, 2)), np.reshape(theirs, (-1, 2))
        np.testing.assert_allclose(_essential(ours), _essential(theirs), rtol=0, atol=tolerance)
        ours = ours[np.isfinite(ours).all(axis=1)]
        theirs = theirs[np.isfinite(theirs).all(axis=1)]
        assert gudhi.bottleneck_distance(ours, theirs, e=0) < tolerance

    return check


@pytest.fixture(scope="session")
def wasserstein():
    """The 1-Wasserstein distance of a few finite bars, sup norm in the plane, from its definition.

    Hera's auction, which gudhi has, does not come to an end for some diagrams.
    """

    def distance(one, other):
        n, m = len(one), len(other)
        costs = np.zeros((n + m, n + m))
        costs[:n, :m] = cdist(one, other, "chebyshev")
        costs[:n, m:] = np.ptp(one, axis=1)[:, None] / 2
        costs[n:, :m] = np.ptp(other, axis=1) / 2
        return costs[linear_sum_assignment(costs)].sum()

    return distance


@pytest.fixture(scope="session")
def reduce_boundaries():
    """Persistence from its definition, as an engine of a few lines that shares no code."""

    def persistence(values, dims, boundaries, field=2):
        """Bars (degree, birth, death) of cells in order; ``boundaries[i]`` is {cell: coefficient}.

        Every bar is returned, those of zero length too.
        """
        reduced, low_of, deaths = {}, {}, {}
        for j, boundary in enumerate(boundaries):
            column = {i: c % field for i, c in boundary.items() if c % field}
            while column and max(column) in low_of:
                low = max(column)
                other = reduced[low_of[low]]
                factor = column[low] * pow(other[low], -1, field)
                for i, c in other.items():
                    column[i] = (column.get(i, 0) - factor * c) % field
                column = {i: c for i, c in column.items() if c}
            if column:
                reduced[j], low_of[max(column)], deaths[max(column)] = column, j, j
        return [
            (dims[j], values[j], values[deaths[j]] if j in deaths else np.inf)
            for j in range(len(values))
            if j not in reduced
        ]

    return persistence


def pytest_collection_modifyitems(items):
    """Refuse names of tests that differ from process to process: workers could not share them."""
    bad = [item.nodeid for item in items if " at 0x" in item.nodeid]
    if bad:
        raise pytest.UsageError(f"the address of an object is in the name of {bad[0]}: give ids")
