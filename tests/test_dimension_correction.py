import sys
from pathlib import Path

import numpy as np
import pytest
from scipy.stats import special_ortho_group
from sklearn.metrics import pairwise_distances

from tda import intrinsic_dimension
from tda._neighbors import NeighborGraph, neighbor_graph
from tda.dimension._correction import _table, correct, kernel
from tda.dimension._surroundings import NAMES, surroundings


def numbers_of(X, graph=None, **options):
    graph = neighbor_graph(X, 20) if graph is None else graph
    return surroundings(X, graph, np.log(3.0), np.log([3, 3.1, 3.3]), [1, 4, 16], **options)


def test_the_numbers_are_what_they_say():
    X = np.random.default_rng(0).normal(size=(150, 3))
    found = dict(zip(NAMES, numbers_of(X), strict=True))
    distances, indices = neighbor_graph(X, 16)
    cosines = []
    for i in range(150):
        towards = (X[indices[i, :8]] - X[i]) / distances[i, :8, None]
        cosines += [towards[a] @ towards[b] for a in range(8) for b in range(a)]
    assert found["cosine_8"] == pytest.approx(3 * np.mean(cosines))
    assert found["square_8"] == pytest.approx(-np.log(np.mean(np.square(cosines)) * 3))
    ratios = []
    for i in range(150):
        variances = np.linalg.eigvalsh(np.cov(X[[i, *indices[i]]].T))
        ratios.append(variances.sum() ** 2 / (variances**2).sum())
    usual = 1 / (1 / 16 + 1 / 3)
    assert found["components"] == pytest.approx(np.log(np.mean(ratios) / usual))
    assert found["two_nearest"] == pytest.approx(
        -np.log(np.log(distances[:, 1] / distances[:, 0]).mean() * 3)
    )
    assert found["scale_2"] == pytest.approx(np.log(3.1 / 3) / 2)
    assert found["scale_64"] == pytest.approx(np.log(3.3 / 3))
    assert found["log_n_points"] == pytest.approx(np.log(150))


def test_motions_scales_and_distances_change_nothing():
    X = np.random.default_rng(0).gamma(1.0, size=(300, 4))
    plain = numbers_of(X)
    moved = 1e-3 * X @ special_ortho_group.rvs(4, random_state=0) + 7
    np.testing.assert_allclose(numbers_of(moved), plain, rtol=1e-6, atol=1e-8)
    D = pairwise_distances(X)
    given = numbers_of(D, neighbor_graph(X, 20), precomputed=True)
    np.testing.assert_allclose(given, plain, rtol=1e-6, atol=1e-8)
    rows = np.arange(0, 300, 2)
    some = NeighborGraph(*(part[rows] for part in neighbor_graph(X, 20)))
    asked = numbers_of(X, some, rows=rows)
    assert np.isfinite(asked).all() and np.abs(asked - plain).max() < 1.5


def test_the_table_fits_the_numbers_and_is_small_far_from_all():
    table = _table()
    assert table["centres"].shape == (len(table["coefficients"]), len(NAMES))
    for key in ("low", "high", "middle", "scale"):
        assert table[key].shape == (len(NAMES),)
    assert (table["scale"] > 0).all() and (table["low"] < table["high"]).all()
    one = np.zeros((1, len(NAMES)))
    assert kernel(one, one, 3.0) == 1 and kernel(one, one + 30, 3.0) < 1e-6
    assert correct(np.full(len(NAMES), np.nan)) is None
    assert correct(np.where(np.arange(len(NAMES)) == 0, np.log(60), table["middle"])) is None
    # Every number at the end of its range at once: no cloud is like that.
    far = correct(np.where(np.arange(len(NAMES)) % 2, 1e9, -1e9))
    near = correct(table["middle"])
    assert abs(far.log_factor) < 0.1
    assert far.deviation > near.deviation > 0


def fresh(kind, n, d, rng):
    """Kinds that are no law and no map of those that the table was made of."""
    if kind == "ridge":  # beta marginals, bent by exponentials
        X = rng.beta(2, 5, size=(n, d))
        return np.hstack([X, np.exp(X @ rng.normal(size=(d, d)) / np.sqrt(d))])
    if kind == "bundle":  # segments of unlike length along a helix
        t = rng.triangular(0, 0, 6, n)
        X = np.column_stack([np.cos(t), np.sin(t), 0.3 * t])
        return np.hstack([X, rng.weibull(1.2, size=(n, d - 1))])
    X = rng.logistic(size=(n, d))  # a funnel: the spread of all depends on the first
    return np.hstack([X[:, :1], X[:, 1:] * np.exp(X[:, :1] / 4)])


@pytest.mark.parametrize("n", [400, 2000])
def test_fresh_kinds_come_nearer(n):
    before, after, held = [], [], []
    for kind in ("ridge", "bundle", "funnel"):
        for d in (3, 6, 9, 14):
            rng = np.random.default_rng([n, d])
            estimate = intrinsic_dimension(fresh(kind, n, d, rng))
            after.append(abs(estimate.dimension - d) / d)
            before.append(abs(estimate.dimension / estimate.correction - d) / d)
            held.append(estimate.interval[0] <= d <= estimate.interval[1])
    assert np.mean(after) < 0.8 * np.mean(before)
    assert np.mean(held) > 0.7


def test_where_nothing_is_known_nothing_is_corrected():
    rng = np.random.default_rng(0)
    X = rng.random((400, 3))
    assert intrinsic_dimension(X).correction != 1
    assert intrinsic_dimension(X[:80]).correction == 1
    assert intrinsic_dimension(X, metric="manhattan").correction == 1
    assert intrinsic_dimension(X.round(1)).correction == 1
    D = pairwise_distances(X)
    given = intrinsic_dimension(D, metric="precomputed")
    assert given.correction == pytest.approx(intrinsic_dimension(X).correction)


def test_the_study_fits_what_it_simulates(tmp_path, monkeypatch, capsys):
    monkeypatch.syspath_prepend(Path(__file__).parents[1] / "benchmarks")
    import make_dimension_correction as study

    monkeypatch.setattr(study, "N_CENTRES", 30)
    table = study.main(["--clouds", "60", "--out", str(tmp_path / "table.json")])
    assert table["centres"].shape == (30, len(NAMES)) and table["quantile"] > 0
    assert "| 100 to 400 |" in capsys.readouterr().out
    for law in study.LAWS:
        X = law(40, 6, np.random.default_rng(0))
        assert X.shape[0] == 40 and X.shape[1] >= 6
        for bend in study.MAPS:
            assert np.isfinite(bend(X, np.random.default_rng(0))).all()
    sys.modules.pop("make_dimension_correction")
