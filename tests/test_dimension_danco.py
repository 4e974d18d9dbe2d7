import json
from pathlib import Path

import numpy as np
import pytest
from scipy.integrate import quad
from scipy.special import i0

from tda._neighbors import neighbor_graph
from tda.dimension import DANCo, danco_divergence
from tda.dimension._danco import (
    Concentration,
    mean_concentration,
    neighbor_angles,
    norm_dimension,
)

REFERENCE = json.loads((Path(__file__).parent / "reference/dimension_danco.json").read_text())


def log_likelihood(d, logs):
    return (np.log(10 * d) + (d - 1) * logs + 9 * np.log1p(-np.exp(d * logs))).sum()


@pytest.mark.parametrize("cloud", ["cube", "plane"])
def test_statistics_are_scikit_dimensions(cloud):
    theirs = REFERENCE[cloud]
    X = np.array(theirs["X"])
    graph = neighbor_graph(X, 11)
    logs = np.log(graph.distances[:, 0] / graph.distances[:, 10])
    ours = norm_dimension(logs)[0]
    if cloud == "cube":  # theirs by L-BFGS-B, to its own tolerance
        assert ours == pytest.approx(theirs["norms"], rel=1e-4)
    else:  # where it stops at the whole number that it began with
        assert theirs["norms"] == 2
        assert log_likelihood(ours, logs) > log_likelihood(2, logs)
    direction, concentration = neighbor_angles(X, graph.indices[:, :10])
    assert mean_concentration(concentration) == pytest.approx(theirs["concentration"])
    front = np.array(theirs["directions"]) > 0
    np.testing.assert_allclose(direction[front], np.array(theirs["directions"])[front])
    # their arctan turns the others by half a circle
    np.testing.assert_allclose(direction[~front], np.array(theirs["directions"])[~front] + np.pi)


@pytest.mark.parametrize("cloud, d", [("cube", 4), ("plane", 2)])
def test_the_answer_is_near_scikit_dimensions(cloud, d):
    # Its table of balls is another, and its directions are.
    fitted = DANCo().fit(REFERENCE[cloud]["X"])
    assert fitted.dimension_ == pytest.approx(REFERENCE[cloud]["dimension"], abs=0.6)
    assert fitted.dimension_ == pytest.approx(d, rel=0.2)


def test_divergence_is_scikit_dimensions_but_for_its_constant():
    one, other, theirs = REFERENCE["divergence"]
    one, other = (Concentration(*stats.values()) for stats in (one, other))
    assert danco_divergence(one, other) == pytest.approx(theirs, rel=1e-5)
    assert danco_divergence(one, one) == pytest.approx(0, abs=1e-9)


def test_divergence_is_the_integral_of_kullback_and_leibler():
    k, (d, e), (s, t) = 10, (3.0, 4.5), (0.8, 2.0)

    def norms(r, d):
        return k * d * r ** (d - 1) * (1 - r**d) ** (k - 1)

    def angles(x, mean, tau):
        return np.exp(tau * np.cos(x - mean)) / (2 * np.pi * i0(tau))

    expected = quad(lambda r: norms(r, d) * np.log(norms(r, d) / norms(r, e)), 1e-6, 1 - 1e-6)[0]
    expected += quad(
        lambda x: angles(x, 1.4, s) * np.log(angles(x, 1.4, s) / angles(x, 1.2, t)), -np.pi, np.pi
    )[0]
    made = danco_divergence(Concentration(d, 1.4, s), Concentration(e, 1.2, t))
    assert made == pytest.approx(expected, rel=1e-4)


@pytest.mark.parametrize("d", [1, 3, 12, 60])
def test_norms_of_their_own_law_give_its_dimension(d):
    # The nearest of ten uniform points of a ball.
    nearest = np.random.default_rng(d).uniform(size=(20_000, 10)).min(axis=1) ** (1 / d)
    assert norm_dimension(np.log(nearest))[0] == pytest.approx(d, rel=0.03)
    assert norm_dimension(np.zeros(5))[0] == np.inf


@pytest.mark.parametrize("shape", ["cube", "gauss", "sphere"])
@pytest.mark.parametrize("d", [2, 7, 20])
def test_right_in_few_and_many_dimensions(shape, d):
    rng = np.random.default_rng(d)
    X = {
        "cube": lambda: rng.uniform(size=(800, d)),
        "gauss": lambda: rng.normal(size=(800, d)),
        "sphere": lambda: _unit(rng.normal(size=(800, d + 1))),
    }[shape]()
    flat = X @ np.linalg.qr(rng.normal(size=(X.shape[1] + 5, X.shape[1])))[0].T
    assert DANCo().fit(flat).dimension_ == pytest.approx(d, rel=0.12)


def _unit(X):
    return X / np.linalg.norm(X, axis=1, keepdims=True)


def test_a_curve_and_a_ball_in_one_cloud_are_told_apart_at_their_points():
    rng = np.random.default_rng(0)
    t = rng.uniform(0, 6, 400)
    curve = np.column_stack([np.cos(t), np.sin(t), t / 3, 5 + 0 * t])
    ball = rng.normal(size=(600, 4)) / 2
    fitted = DANCo(n_neighbors=40).fit(np.vstack([curve, ball]))
    assert np.median(fitted.local_dimension_[:400]) == pytest.approx(1, abs=0.15)
    assert np.median(fitted.local_dimension_[400:]) == pytest.approx(4, abs=0.6)


def test_too_few_points_for_ten_neighbors_are_an_error():
    with pytest.raises(ValueError, match="11 distinct points; DANCo needs at least 12"):
        DANCo().fit(np.random.default_rng(0).normal(size=(11, 2)))
