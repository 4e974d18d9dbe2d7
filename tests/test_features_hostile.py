"""Features of hostile diagrams: extreme scales, high powers, nothing but essential classes."""

import inspect

import numpy as np
import pytest

import tda.features
from tda import Diagram, Diagrams
from tda.features import (
    Amplitude,
    PersistenceEntropy,
    PersistenceStatistics,
    amplitude,
    carlsson_coordinates,
    persistence_image,
)
from tda.features._base import DegreewiseFeature

INF = np.inf
FAR = (2.0**660, 2.0**-660)  # powers of two, so that scaling changes no digit
found = (getattr(tda.features, name) for name in tda.features.__all__)
FEATURES = [f for f in found if inspect.isclass(f) and issubclass(f, DegreewiseFeature)]


def new(feature, **options):
    seeded = "random_state" in inspect.signature(feature).parameters
    return feature(**options, **({"random_state": 0} if seeded else {}))


def samples(scale, n_bars=8):
    rng = np.random.default_rng(0)
    diagrams = []
    for _ in range(4):
        births = rng.random(n_bars)
        deaths = births + rng.random(n_bars)
        diagrams.append(Diagram(scale * births, scale * deaths, rng.integers(0, 2, n_bars)))
    return Diagrams(diagrams)


def of(*bars):
    rows = [np.array(some, dtype=float).reshape(-1, 3).T for some in bars]
    return Diagrams(Diagram(*some, max_dimension=1) for some in rows)


HOSTILE = {
    "empty": of([], []),
    "only essential": of([[0, INF, 0]], [[1, INF, 0], [0, INF, 1]]),
    "ties": of([[0, 1, 0]] * 4 + [[0, 1, 1]] * 3, [[0, 1, 0]] * 2),
    "born at minus infinity": of([[-INF, 1, 0], [-INF, INF, 0], [INF, 2, 1]], [[0, 2, 0]]),
    "both ways": of([[3, 1, 0], [5, -INF, 0], [1, 2, 1]], [[3, 1, 0]]),
    "many scales": of([[0, 1e-200, 0], [0, 1e200, 0], [0, 1, 1]], [[1e-300, 1e-299, 1]]),
    "far from zero": of([[1e17, 1e17 + 16, 0], [1e17, 1e17 + 64, 1]], [[1e17, 1e17 + 32, 0]]),
    "a sentinel": of([[0, 1, 0], [0, 2, 1], [0, 1e300, 0]], [[0, 1, 0]]),
    "all floats": of([[-1.7e308, 1.7e308, 0], [0, 1, 1]], [[0, 1.7e308, 0]]),
    "subnormal": samples(1e-310),
}


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("case", HOSTILE)
@pytest.mark.parametrize("feature", FEATURES)
def test_features_are_finite_or_refused_in_words(feature, case):
    try:
        values = new(feature).fit_transform(HOSTILE[case])
    except ValueError as error:
        assert "scale the" in str(error)
        assert case in ("many scales", "a sentinel", "all floats", "subnormal")
    else:
        assert np.isfinite(values).all()


@pytest.mark.parametrize("scale", FAR)
@pytest.mark.parametrize("feature", FEATURES)
def test_columns_scale_with_a_power_of_the_diagrams(feature, scale):
    near = new(feature).fit_transform(samples(1.0))
    if feature.__name__ in ("CarlssonCoordinates", "ComplexPolynomial"):
        with pytest.raises(ValueError, match="scale the"):
            new(feature).fit_transform(samples(scale))
        return
    far = new(feature).fit_transform(samples(scale))
    assert ((near == 0) == (far == 0)).all()
    for a, b in zip(near.T, far.T, strict=True):
        powers = np.log2(b[a != 0] / a[a != 0]) / np.log2(scale)
        assert np.allclose(powers, np.round(powers[:1]), rtol=0, atol=1e-9)


@pytest.mark.parametrize("scale", FAR)
@pytest.mark.parametrize(
    ("options", "power"),
    [
        ({"metric": "heat"}, -1.0),
        ({"metric": "image"}, 0.0),
        ({"metric": "silhouette", "weight_power": 30.0}, 1.5),
        ({"metric": "landscape", "order": 60.0}, 1 + 1 / 60),
        ({"metric": "wasserstein", "order": 200.0}, 1.0),
        ({"metric": "betti", "order": 5.0}, 0.2),
    ],
)
def test_amplitudes_of_high_order_and_any_scale(options, power, scale):
    near, far = (Amplitude(**options).fit_transform(samples(s)) for s in (1.0, scale))
    half = scale ** (power / 2)
    assert np.allclose(far / half / half, near, rtol=1e-11, atol=0)
    assert (near > 0).any() and np.isfinite(near).all()


@pytest.mark.parametrize("scale", FAR)
@pytest.mark.parametrize(
    "options",
    [
        {"metric": "landscape", "order": 1.0},
        {"metric": "silhouette", "order": 1.0},
        {"metric": "image", "weight_power": 3.0},
    ],
)
def test_amplitudes_that_no_float_can_hold_are_refused(options, scale):
    with pytest.raises(ValueError, match="out of the range of floating point"):
        Amplitude(**options).fit_transform(samples(scale))


def test_a_silhouette_far_from_zero_keeps_its_height():
    # 1e17 has neighbours 16 away: the middle of this bar is no float, but its tent has a height.
    assert amplitude([[1e17, 1e17 + 16]], "silhouette", order=INF) == 8.0


@pytest.mark.parametrize("scale", FAR)
def test_functions_refuse_too(scale):
    bars = scale * np.array([[1.0, 2.0], [1.5, 4.0]])
    with pytest.raises(ValueError, match="carlsson_coordinates is out of the range"):
        carlsson_coordinates(bars)
    edges = {"birth_edges": [0, scale], "persistence_edges": [0, scale], "bandwidth": scale}
    with pytest.raises(ValueError, match="persistence_image is out of the range"):
        persistence_image(bars, **edges, weight_power=3.0)
    with pytest.raises(ValueError, match="amplitude is out of the range"):
        amplitude(bars, "landscape", order=1.0)


def test_spread_and_entropy_know_small_and_large_bars():
    for scale in (1e-310, 1e-200, 1.0, 1e200, 1e307):
        bars = scale * np.array([[0.0, 1.0], [0.0, 3.0]])
        row = tda.features.persistence_entropy(bars)
        assert row == pytest.approx(-0.25 * np.log(0.25) - 0.75 * np.log(0.75), rel=1e-6)
    for scale in FAR:
        dgms = Diagrams([Diagram([0, 0], [scale, 3 * scale], [0, 0])])
        table = PersistenceStatistics().fit(dgms)
        columns = list(table.get_feature_names_out())
        std = table.transform(dgms)[0, columns.index("persistence_statistics_h0_deaths_std")]
        assert std == scale
        assert PersistenceEntropy().fit_transform(dgms)[0, 0] > 0.5
