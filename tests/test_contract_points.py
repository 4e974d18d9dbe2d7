"""What every estimator promises whose samples are rows, as scikit-learn itself checks it."""

import pickle

import numpy as np
import pytest
from sklearn.utils.estimator_checks import parametrize_with_checks
from test_contract import ALL, INPUT

#: Parameters that make a check quick, never ones that a check would notice.
QUICK = {
    "CircularCoordinates": {"n_loops": 1},
    "Embedding": {"method": "isomap"},
    "VolumeDensity": {"dimension": 1},  # the power of its unit
}

#: Those that draw at random: in what they draw the order of points does matter, so each has a
#: test of its own of how much.
RANDOM = {"Embedding", "Hidalgo", "PersistentHomologyDimension"}

#: Of columns that have a unit, its power of length: one for all, or one each.
UNITS = {
    "Curvature": [-2, -1],
    "Embedding": 1,
    "GeodesicDistance": 1,
    "LandmarkIsomap": 1,
    "LocalHomology": 1,
    "VolumeDensity": -1,
}

#: Those whose columns are points, as the rows are.
SQUARE = {"GeodesicDistance"}

#: Those that look along the axes, so that turning matters.
AXES = {"I3D"}

#: Checks that an estimator may fail, each with the reason.
EXPECTED = {
    "DANCo": {
        check: "fits ten points, and it needs eleven neighbours of each"
        for check in ("check_fit2d_1feature", "check_estimators_nan_inf")
    },
}

POINTS = [name for name in ALL if INPUT.get(name) == "points"]
TARGETS = [name for name in ALL if INPUT.get(name) == "targets"]
CLUSTERS = [name for name in ALL if INPUT.get(name) in ("clusters", "covers")]


def make(name):
    estimator = ALL[name](**QUICK.get(name, {}))
    return estimator.set_params(random_state=0) if name in RANDOM else estimator


@parametrize_with_checks(
    [make(name) for name in POINTS + TARGETS + CLUSTERS],
    expected_failed_checks=lambda estimator: EXPECTED.get(type(estimator).__name__, {}),
)
def test_scikit_learns_own_checks(estimator, check):
    check(estimator)


every = pytest.mark.parametrize("name", POINTS)


def cloud():
    rng = np.random.default_rng(0)
    angle = rng.uniform(0, 2 * np.pi, 60)
    X = np.column_stack([np.cos(angle), np.sin(angle), 0.1 * rng.normal(size=60)])
    return X


@pytest.mark.parametrize("name", [name for name in POINTS if name not in RANDOM])
def test_the_order_of_points_does_not_matter(name):
    X = cloud()
    order = np.random.default_rng(1).permutation(len(X))
    estimator = make(name)
    if "random_state" in estimator.get_params():
        pytest.fail(f"{name} draws at random: give it a test of its own, and a place in RANDOM")
    one, other = make(name).fit_transform(X), make(name).fit_transform(X[order])
    one = one[order][:, order] if name in SQUARE else one[order]
    np.testing.assert_allclose(one, other, rtol=1e-6, atol=1e-9)


@every
def test_units_are_as_said_and_moving_does_not_matter(name):
    X = cloud()
    turn = np.linalg.qr(np.random.default_rng(2).normal(size=(3, 3)))[0]
    turn = np.eye(3) if name in AXES else turn
    one, other = make(name).fit_transform(X), make(name).fit_transform(1000 * X @ turn + 50)
    one = one * 1000.0 ** np.array(UNITS.get(name, 0))
    np.testing.assert_allclose(one, other, rtol=1e-5)


@every
def test_read_only_and_pickled(name):
    X = cloud()
    X.flags.writeable = False
    fitted = make(name).fit(X)
    again = pickle.loads(pickle.dumps(fitted))
    np.testing.assert_array_equal(again.transform(X), fitted.transform(X))


@pytest.mark.parametrize("name", [n for n in POINTS if hasattr(ALL[n], "_least_points")])
class TestDimensionEstimators:
    """Contract of the room: the same words and answers from every method."""

    def test_equal_points_have_dimension_zero(self, name):
        fitted = make(name).fit(np.full((5, 3), 7.0))
        assert fitted.dimension_ == 0
        np.testing.assert_array_equal(fitted.local_dimension_, np.zeros(5))

    def test_duplicates_count_once(self, name):
        X = cloud()
        fitted = make(name).fit(np.repeat(X, 3, axis=0))
        plain = make(name).fit(X)
        assert fitted.dimension_ == plain.dimension_
        np.testing.assert_array_equal(fitted.local_dimension_, plain.local_dimension_.repeat(3))

    def test_too_few_points_are_an_error(self, name):
        with pytest.raises(ValueError, match="2 distinct points"):
            make(name).fit([[0.0, 0.0], [1.0, 1.0], [0.0, 0.0]])

    def test_interval_holds_the_estimate_or_is_nan(self, name):
        fitted = make(name).fit(cloud())
        low, high = fitted.interval_
        assert np.isnan(low) or 0 <= low <= fitted.dimension_ <= high

    def test_a_precomputed_graph_gives_the_same(self, name):
        from sklearn.metrics import pairwise_distances
        from sklearn.neighbors import KNeighborsTransformer

        if "metric" not in ALL[name]().get_params():
            return
        X = cloud()
        plain = make(name).fit(X)
        D = pairwise_distances(X)
        graph = KNeighborsTransformer(n_neighbors=59).fit_transform(X)
        for given in (D, graph):
            fitted = make(name).set_params(metric="precomputed").fit(given)
            assert fitted.dimension_ == pytest.approx(plain.dimension_)
            np.testing.assert_allclose(fitted.local_dimension_, plain.local_dimension_)
