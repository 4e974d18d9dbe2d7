import json

import numpy as np
import pytest
from sklearn.model_selection import RepeatedStratifiedKFold, cross_val_score
from sklearn.neighbors import KNeighborsClassifier

from tda.embedding import inductive_bias_report
from tda.embedding._inductive_bias import _along_the_graph

RNG = np.random.default_rng(0)


def through_many_dimensions(n, n_harmonics, noise):
    """A closed curve that turns in a new plane at every frequency, and where on it points are."""
    t = RNG.uniform(0, 2 * np.pi, n)
    angles = t[:, None] * np.arange(1, n_harmonics + 1)
    X = np.hstack([np.cos(angles), np.sin(angles)])
    return X + noise * RNG.normal(size=X.shape), t


@pytest.fixture(scope="module")
def curve():
    X, t = through_many_dimensions(300, 5, 0.1)
    options = {"methods": ["pca"], "n_components": 2, "n_labels": 8, "n_voters": 1}
    return inductive_bias_report(X, (t > np.pi).astype(int), n_landmarks=100, **options)


def test_few_labels_on_a_closed_curve_go_further_along_it(curve):
    assert set(curve.n_loops) == {1}
    assert curve["loops"].gain > 0.03 and curve["geodesic"].gain > 0.03
    assert curve["pca"].gain < -0.05  # two coordinates do not hold five planes
    assert curve.best.name in ("geodesic", "loops")


def test_the_report_says_and_hands_out_what_it_found(curve):
    assert [row.name for row in curve.rows] == ["ambient", "pca", "geodesic", "loops"]
    assert all(len(row.scores) == 15 for row in curve.rows)
    ambient = curve["ambient"]
    assert curve["pca"].gain == pytest.approx(curve["pca"].mean - ambient.mean)
    assert np.isnan(ambient.p_value) and not ambient.is_certain
    assert str(curve).startswith(curve.verdict) and "8 labels seen" in str(curve)
    assert json.loads(json.dumps(curve.to_dict()))["rows"][0]["p_value"] is None
    assert curve.to_frame().loc["loops", "accuracy"] == curve["loops"].mean
    with pytest.raises(KeyError, match="'umap': there are ambient, pca"):
        curve["umap"]


def test_neighbours_along_a_spiral_pay_when_labels_are_few():
    way = np.linspace(0.05, 0.999, 300)
    turns = 8 * np.pi * np.sqrt(way)
    X = np.sqrt(way)[:, None] * np.column_stack([np.cos(turns), np.sin(turns)])
    y = np.array(list("abcde"))[(5 * way).astype(int)]
    options = {"methods": ["isomap"], "n_components": 1, "n_neighbors": 6, "n_voters": 1}
    report = inductive_bias_report(X, y, n_labels=20, n_landmarks=60, **options)
    assert report["geodesic"].gain > 0.1 and report["geodesic"].p_value < 0.01
    assert report["geodesic"].is_certain and report.best is report["geodesic"]
    assert report.verdict.startswith("An inductive bias pays: neighbours along the graph are")


def test_where_there_is_no_shape_nothing_pays_and_the_ambient_row_is_scikit_learns():
    X = RNG.normal(size=(150, 4))
    y = (X[:, 0] > 0).astype(int)
    options = {"methods": ["pca"], "n_components": 4, "n_landmarks": 40, "n_repeats": 1}
    report = inductive_bias_report(X, y, **options)
    assert report.verdict.startswith("No inductive bias pays") and not any(report.n_loops)
    assert "No loop is significant" in report.verdict
    assert [row.name for row in report.rows] == ["ambient", "pca", "geodesic"]
    # All labels known, the nearest along the graph are the nearest.
    np.testing.assert_allclose(report["geodesic"].scores, report["ambient"].scores, atol=0.07)
    # A turned cloud has the same neighbours.
    np.testing.assert_array_equal(report["pca"].scores, report["ambient"].scores)
    seed = np.random.RandomState(0).randint(2**31 - 1)
    folds = RepeatedStratifiedKFold(n_splits=5, n_repeats=1, random_state=seed)
    expected = cross_val_score(KNeighborsClassifier(5), X, y, cv=folds)
    np.testing.assert_allclose(report["ambient"].scores, expected)
    assert inductive_bias_report(X, y, **options).to_dict() == report.to_dict()


def test_a_new_point_goes_along_the_graph_through_its_neighbours():
    line = np.arange(10.0)[:, None]
    G, D = _along_the_graph(line, np.array([[3.25], [20.0]]), np.array([0, 9]), 2)
    np.testing.assert_allclose(G[:, 0], np.arange(10))
    np.testing.assert_allclose(D, [[3.25, 5.75], [20.0, 11.0]])


@pytest.mark.parametrize(
    "change, message",
    [
        ({"y": np.zeros(29)}, r"y has shape \(29,\)"),
        ({"y": np.linspace(0, 1, 30)}, "y is continuous"),
        ({"y": np.zeros(30, dtype=int)}, "one class only"),
        ({"methods": "pca"}, "methods='pca'"),
        ({"methods": ["tsne"]}, "those that place new points"),
        ({"cv": 16}, "from 2 to 15"),
        ({"n_voters": 0}, "n_voters=0"),
        ({"n_labels": 4}, "n_labels=4.*from 5"),
        ({"n_labels": 24}, "to 22"),
    ],
)
def test_what_is_refused(change, message):
    options = {"X": RNG.normal(size=(30, 2)), "y": np.arange(30) % 2} | change
    with pytest.raises(ValueError, match=message):
        inductive_bias_report(**options)
