"""Persistence images: against persim, by the theorems of the paper, and in scikit-learn."""

import numpy as np
import pandas as pd
import pytest
from scipy.integrate import dblquad
from sklearn.base import clone
from sklearn.exceptions import NotFittedError
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import cross_val_score
from sklearn.pipeline import make_pipeline

from tda.diagrams import Diagram, Diagrams
from tda.features import PersistenceImage, persistence_image

GRID = {
    "birth_edges": np.linspace(-0.2, 1.2, 15),
    "persistence_edges": np.linspace(0, 1.0, 11),
    "bandwidth": 0.08,
}
WIDE = {"birth_edges": np.linspace(-9, 9, 40), "persistence_edges": np.linspace(-9, 12, 41)}
EMPTY = Diagram([], [], [], max_dimension=1)


def random_bars(rng, n):
    births = rng.uniform(0, 1, n)
    return np.column_stack([births, births + rng.exponential(0.3, n)])


def random_diagram(rng, n0=12, n1=8):
    """As from a Rips filtration: degree 0 is born at 0, one class never dies."""
    deaths = rng.exponential(0.3, n0)
    deaths[0] = np.inf
    bars = np.concatenate([np.column_stack([np.zeros(n0), deaths]), random_bars(rng, n1)])
    return Diagram(*bars.T, np.repeat([0, 1], [n0, n1]))


@pytest.mark.parametrize("weight_power", [0.0, 1.0, 2.5])
def test_agrees_with_persim(weight_power):
    import persim

    bars = random_bars(np.random.default_rng(0), 60)
    imager = persim.PersistenceImager(
        birth_range=(-0.25, 1.25),
        pers_range=(0.0, 1.0),
        pixel_size=0.125,
        weight="persistence",
        weight_params={"n": weight_power},
        kernel_params={"sigma": [[0.08**2, 0.0], [0.0, 0.08**2]]},  # a variance there
    )
    ours = persistence_image(
        bars,
        birth_edges=np.linspace(-0.25, 1.25, 13),
        persistence_edges=np.linspace(0, 1, 9),
        bandwidth=0.08,
        weight_power=weight_power,
    )
    assert ours.shape == imager.resolution == (12, 8)
    # Both subtract distribution functions near 1, so only the absolute error is of order 1e-16.
    np.testing.assert_allclose(ours, imager.transform(bars), rtol=1e-12, atol=1e-14)


def test_a_pixel_is_the_integral_of_the_density():
    bars = np.array([[0.1, 0.4], [0.3, 1.0]])
    persistences = bars[:, 1] - bars[:, 0]
    sigma = GRID["bandwidth"]

    def density(p, b):
        squares = (b - bars[:, 0]) ** 2 + (p - persistences) ** 2
        return (persistences * np.exp(-squares / 2 / sigma**2)).sum() / (2 * np.pi * sigma**2)

    image = persistence_image(bars, **GRID)
    for i, j in [(3, 3), (5, 6), (4, 2)]:
        b, p = GRID["birth_edges"], GRID["persistence_edges"]
        expected, _ = dblquad(density, b[i], b[i + 1], p[j], p[j + 1])
        assert image[i, j] == pytest.approx(expected, rel=1e-8)


@pytest.mark.parametrize("weight_power", [0.0, 1.0, 2.0])
def test_mass_is_the_sum_of_the_weights(weight_power):
    bars = random_bars(np.random.default_rng(1), 50)
    image = persistence_image(bars, **WIDE, bandwidth=0.5, weight_power=weight_power)
    weights = (bars[:, 1] - bars[:, 0]) ** weight_power
    assert image.sum() == pytest.approx(weights.sum(), rel=1e-12)


def test_linear_in_the_diagram_and_blind_to_order():
    rng = np.random.default_rng(2)
    a, b = random_bars(rng, 20), random_bars(rng, 30)
    union = persistence_image(np.concatenate([a, b]), **GRID)
    np.testing.assert_allclose(
        union, persistence_image(a, **GRID) + persistence_image(b, **GRID), rtol=0, atol=1e-14
    )
    shuffled = rng.permutation(np.concatenate([a, b]))
    np.testing.assert_allclose(persistence_image(shuffled, **GRID), union, rtol=0, atol=1e-14)


def test_stable_under_small_changes():
    """Adams et al., theorem 5: the image is Lipschitz in the 1-Wasserstein distance."""
    rng = np.random.default_rng(3)
    bars = random_bars(rng, 30)
    image = persistence_image(bars, **WIDE, bandwidth=0.5)
    for size in (1e-2, 1e-4):
        noise = rng.uniform(-size, size, bars.shape)
        change = np.abs(persistence_image(bars + noise, **WIDE, bandwidth=0.5) - image).sum()
        # A bar moves by at most √5·size in these coordinates. Its weight then changes by 2·size,
        # and a Gaussian moved by s changes in L1 by at most s·√(2/π)/bandwidth times its weight.
        moved = np.sqrt(5) * size * np.sqrt(2 / np.pi) / 0.5
        bound = (2 * size + moved * (np.ptp(bars, axis=1) + 2 * size)).sum()
        assert 0 < change <= bound


def test_superlevel_bars_count_by_length():
    up = np.array([[0.2, 0.7], [0.4, 0.5]])
    down = np.column_stack([up[:, 0], 2 * up[:, 0] - up[:, 1]])  # as long, but downward
    np.testing.assert_allclose(persistence_image(up, **GRID), persistence_image(down, **GRID))


def test_one_birth_pixel_without_borders_is_a_histogram():
    bars = np.array([[0.0, 0.3], [0.0, 0.8]])
    edges = GRID["persistence_edges"]
    image = persistence_image(
        bars, birth_edges=[-np.inf, np.inf], persistence_edges=edges, bandwidth=1e-4
    )
    counts = np.histogram([0.3, 0.8], edges, weights=[0.3, 0.8])[0]
    # Both bars sit on a border and fall half on either side of it.
    np.testing.assert_allclose(image[0, 2:4], 0.15)
    np.testing.assert_allclose(image[0, 7:9], 0.4)
    assert image.sum() == pytest.approx(counts.sum())


def test_transform_applies_the_function_degree_by_degree():
    rng = np.random.default_rng(4)
    diagrams = Diagrams([random_diagram(rng) for _ in range(3)])
    images = PersistenceImage(resolution=(6, 9)).fit(diagrams)
    out = images.transform(diagrams)
    assert out.shape == (3, 9 + 54)  # degree 0 has a single birth
    for i, diagram in enumerate(diagrams):
        expected = persistence_image(
            diagram[1],
            birth_edges=images.birth_edges_[1],
            persistence_edges=images.persistence_edges_[1],
            bandwidth=images.bandwidths_[1],
        )
        np.testing.assert_allclose(out[i, 9:].reshape(6, 9), expected, rtol=0, atol=1e-14)


@pytest.mark.parametrize("bandwidth", [1e-5, 1e-3, 0.01, 0.1, 1.0, 30.0, 1e4])
@pytest.mark.parametrize("resolution", [(1, 1), (3, 17), (40, 21)])
def test_the_table_of_the_transformer_is_the_distribution_function(bandwidth, resolution):
    """From Gaussians much narrower than a pixel, also where no table is made, to much wider."""
    rng = np.random.default_rng(13)
    bars = random_bars(rng, 600)  # more than one chunk
    bars[:50] *= 20  # and some far outside
    bars[50:60, 0] = rng.integers(0, 4, 10) / 4  # and some on a border
    diagrams = [Diagram(*bars.T, [1] * 600), EMPTY, Diagram(*bars[:1].T, [1])]
    images = PersistenceImage(
        degrees=[1],
        bandwidth=bandwidth,
        resolution=resolution,
        birth_range=(0, 1),
        persistence_range=(0.1, 1.3),
        weight_power=0.5,
    ).fit(diagrams)
    grid = {
        "birth_edges": images.birth_edges_[1],
        "persistence_edges": images.persistence_edges_[1],
    }
    expected = [
        persistence_image(d[1], **grid, bandwidth=bandwidth, weight_power=0.5) for d in diagrams
    ]
    # What rounding of a place, 1e-16 or so, is in units of the bandwidth, for each bar.
    tolerance = 600 * (1e-15 + 2e-16 / bandwidth)
    out = images.transform(diagrams).reshape(3, *resolution)
    np.testing.assert_allclose(out, expected, rtol=0, atol=tolerance)


def test_auto_grid_keeps_nearly_all_mass():
    rng = np.random.default_rng(5)
    diagram = random_diagram(rng, 40, 40)
    out = PersistenceImage().fit_transform([diagram])[0]
    weights = diagram.finite().lifetimes
    zero, one = weights[diagram.finite().dims == 0].sum(), weights[diagram.finite().dims == 1].sum()
    assert 0.97 * zero < out[:20].sum() <= zero * (1 + 1e-12)
    assert 0.97 * one < out[20:].sum() <= one * (1 + 1e-12)


def test_auto_follows_the_scale_of_the_data():
    rng = np.random.default_rng(6)
    diagram = random_diagram(rng)
    larger = Diagram(1000 * diagram.births, 1000 * diagram.deaths, diagram.dims)
    small = PersistenceImage().fit_transform([diagram])
    np.testing.assert_allclose(PersistenceImage().fit_transform([larger]), 1000 * small, rtol=1e-9)
    longest = diagram.finite().lifetimes[diagram.finite().dims == 1].max()
    assert PersistenceImage().fit([diagram]).bandwidths_[1] == pytest.approx(0.05 * longest)


def test_given_ranges_and_bandwidth_are_used():
    diagram = random_diagram(np.random.default_rng(7))
    images = PersistenceImage(
        birth_range=(0, 2), persistence_range=(1, 3), bandwidth=0.5, resolution=4
    ).fit([diagram])
    assert images.get_feature_names_out().size == 32  # a given range has pixels in degree 0 too
    np.testing.assert_array_equal(images.birth_edges_[0], [0, 0.5, 1, 1.5, 2])
    np.testing.assert_array_equal(images.persistence_edges_[1], [1, 1.5, 2, 2.5, 3])
    assert images.bandwidths_ == {0: 0.5, 1: 0.5}


def test_essential_classes_dropped_or_clamped():
    diagram = Diagram([0, 0, 0, 1], [1, 4, np.inf, 2], [0, 0, 0, 1])
    finite = diagram.finite()
    fixed = {"persistence_range": (-9, 19), "bandwidth": 0.5}
    drop = PersistenceImage(**fixed).fit([diagram])
    np.testing.assert_array_equal(drop.transform([diagram]), drop.transform([finite]))
    clamp = PersistenceImage(**fixed, essential="clamp").fit([diagram])
    # The third bar of degree 0 now ends at 4, as the longest one.
    assert clamp.transform([diagram])[0, :20].sum() == pytest.approx(1 + 4 + 4)
    # A class born after everything that fit saw gets no length, and none that is negative.
    late = Diagram([7], [np.inf], [0])
    assert not clamp.transform([late]).any()


def test_superlevel_essential_classes_end_at_the_smallest_value():
    diagram = Diagram([9, 8], [-np.inf, 3], [0, 0], filtration="cubical")
    clamp = PersistenceImage(
        essential="clamp", birth_range=(-9, 30), persistence_range=(-9, 30), bandwidth=1.0
    ).fit([diagram])
    assert clamp.transform([diagram]).sum() == pytest.approx((9 - 3) + (8 - 3))
    assert clamp.value_ranges_[0] == (3.0, 9.0)
    drop = clone(clamp).set_params(essential="drop").fit([diagram])
    assert drop.transform([diagram]).sum() == pytest.approx(8 - 3)


def test_infinite_births_are_left_out():
    diagram = Diagram([-np.inf, 0], [1, 1], [0, 0], filtration="cubical")
    for essential in ("drop", "clamp"):
        images = PersistenceImage(essential=essential, resolution=3).fit([diagram])
        out = images.transform([diagram])
        assert np.isfinite(out).all()
        np.testing.assert_array_equal(out, images.transform([Diagram([0], [1], [0])]))


@pytest.mark.parametrize("essential", ["drop", "clamp"])
def test_empty_diagrams_give_zeros(essential):
    rng = np.random.default_rng(8)
    images = PersistenceImage(essential=essential).fit([random_diagram(rng)])
    assert not images.transform([EMPTY]).any()
    only_empty = PersistenceImage(essential=essential, resolution=(3, 4)).fit([EMPTY, EMPTY])
    assert only_empty.transform([EMPTY]).shape == (1, 8)
    assert not only_empty.transform([EMPTY]).any()
    # Nothing finite was seen, so there is nothing to clamp to.
    assert not only_empty.transform([Diagram([-1], [np.inf], [0])]).any()


def test_degrees_missing_on_either_side():
    rng = np.random.default_rng(9)
    both = random_diagram(rng)
    only_zero = Diagram(*both[0].T, [0] * 12)
    out = PersistenceImage().fit([both]).transform([only_zero])
    assert out[0, :20].any() and not out[0, 20:].any()
    fitted_on_zero = PersistenceImage().fit([only_zero])
    np.testing.assert_array_equal(
        fitted_on_zero.transform([both]), fitted_on_zero.transform([only_zero])
    )
    first_only = PersistenceImage(degrees=[1]).fit([both])
    assert first_only.degrees_ == (1,) and first_only.transform([both]).shape == (1, 400)


def test_a_sample_does_not_depend_on_its_batch():
    rng = np.random.default_rng(10)
    diagrams = Diagrams([random_diagram(rng, 7 * i + 1, i) for i in range(6)])
    images = PersistenceImage().fit(diagrams)
    out = images.transform(diagrams)
    order = [3, 0, 5]
    np.testing.assert_array_equal(images.transform(diagrams[order]), out[order])
    np.testing.assert_array_equal(images.transform([diagrams[2]])[0], out[2])


def test_names_pandas_and_formats():
    rng = np.random.default_rng(11)
    diagrams = Diagrams([random_diagram(rng) for _ in range(3)])
    images = PersistenceImage(resolution=(4, 8)).set_output(transform="pandas")
    frame = images.fit_transform(diagrams)
    assert isinstance(frame, pd.DataFrame) and frame.shape == (3, 40)
    assert frame.columns[0] == "persistence_image_h0_0_0"
    assert "persistence_image_h1_3_7" in frame.columns and frame.columns.is_unique
    np.testing.assert_array_equal(images.transform(diagrams.to_list()), frame)


def test_feeds_a_classifier_through_cross_validation():
    """A circle has one long loop, noise only short ones."""
    rng = np.random.default_rng(12)
    samples = []
    for i in range(20):
        births = rng.uniform(0.2, 0.4, 6)
        deaths = births + rng.exponential(0.05, 6)
        deaths[0] += 1.0 * (i % 2)
        samples.append(Diagram(births, deaths, [1] * 6))
    model = make_pipeline(PersistenceImage(degrees=[1], resolution=8), LogisticRegression(C=100))
    scores = cross_val_score(model, Diagrams(samples), np.arange(20) % 2, cv=4)
    assert scores.mean() == 1.0


@pytest.mark.parametrize(
    "params, message",
    [
        ({"resolution": 0}, "resolution"),
        ({"resolution": (3, 0)}, "resolution.*positive"),
        ({"resolution": (3, 4, 5)}, "resolution"),
        ({"bandwidth": 0}, "bandwidth"),
        ({"bandwidth": -1.0}, "bandwidth"),
        ({"bandwidth": "wide"}, "bandwidth"),
        ({"birth_range": (1, 1)}, "birth_range.*low < high"),
        ({"persistence_range": (0, np.nan)}, "persistence_range.*finite"),
        ({"weight_power": -1}, "weight_power"),
        ({"essential": "keep"}, "essential"),
        ({"degrees": [1.5]}, "degrees"),
    ],
)
def test_bad_parameters(params, message):
    with pytest.raises(ValueError, match=message):
        PersistenceImage(**params).fit([EMPTY])


def test_bad_input():
    with pytest.raises(NotFittedError):
        PersistenceImage().transform([EMPTY])
    with pytest.raises(NotFittedError):
        PersistenceImage().get_feature_names_out()
    with pytest.raises(ValueError, match="no format of diagrams"):
        PersistenceImage().fit(np.zeros((5, 2)))
    with pytest.raises(ValueError, match=r"infinite"):
        persistence_image([[0, np.inf]], **GRID)
    with pytest.raises(ValueError, match="increasing"):
        persistence_image([[0, 1]], **{**GRID, "birth_edges": [1, 0]})
    with pytest.raises(ValueError, match="bandwidth"):
        persistence_image([[0, 1]], **{**GRID, "bandwidth": 0})
    with pytest.raises(ValueError, match=r"diagram\[k\]"):
        persistence_image(np.zeros((4, 3)), **GRID)


def test_tags_say_that_a_sample_is_no_row():
    assert not PersistenceImage().__sklearn_tags__().input_tags.two_d_array
