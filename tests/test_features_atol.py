"""ATOL: against gudhi's, which is the authors', and what k-means leaves to say."""

import numpy as np
import pytest
from sklearn.cluster import KMeans

from tda.diagrams import Diagram, Diagrams
from tda.features import Atol, atol

EMPTY = Diagram([], [], [], max_dimension=1)


def random_bars(rng, n):
    births = rng.uniform(0, 1, n)
    return np.column_stack([births, births + rng.exponential(0.3, n)])


def random_diagrams(rng, sizes):
    bars = [(random_bars(rng, n), random_bars(rng, 2 * n)) for n in sizes]
    return Diagrams(
        [Diagram(*np.concatenate(b).T, np.repeat([0, 1], list(map(len, b)))) for b in bars]
    )


@pytest.mark.parametrize("contrast", ["gaussian", "laplacian"])
def test_agrees_with_gudhi(contrast):
    from gudhi.representations import Atol as Theirs

    samples = random_diagrams(np.random.default_rng(0), (20, 30, 25))
    ours = Atol(degrees=[1], n_centers=4, contrast=contrast, random_state=0).fit(samples)
    bars = [diagram[1] for diagram in samples]
    # Begun from our centres, k-means stays there: they are where it ends.
    quantiser = KMeans(4, init=ours.centers_[1], n_init=1)
    theirs = Theirs(quantiser=quantiser, contrast=contrast).fit(bars)
    order = np.lexsort(theirs.centers.T[::-1])
    np.testing.assert_allclose(theirs.centers[order], ours.centers_[1], rtol=1e-9)
    np.testing.assert_allclose(theirs.inertias[order], ours.widths_[1], rtol=1e-9)
    np.testing.assert_allclose(theirs.transform(bars)[:, order], ours.transform(samples), rtol=1e-7)


def test_clusters_are_found_and_counted():
    """Far from all other centres a feature is the number of bars at its own."""
    rng = np.random.default_rng(1)
    places, counts = np.array([[0.0, 2.0], [5.0, 9.0], [5.0, 30.0]]), [7, 4, 2]
    bars = np.repeat(places, counts, axis=0) + rng.uniform(-1e-6, 1e-6, (13, 2))
    fitted = Atol(degrees=[1], n_centers=3, random_state=0).fit([Diagram(*bars.T, [1] * 13)])
    np.testing.assert_allclose(fitted.centers_[1], places, atol=1e-5)
    np.testing.assert_allclose(fitted.widths_[1], [np.sqrt(74) / 2] * 2 + [10.5], rtol=1e-5)
    out = atol(bars, fitted.centers_[1], [0.1, 0.1, 0.1])
    np.testing.assert_allclose(out, counts, rtol=1e-6)


def test_no_feature_moves_more_than_the_slope_of_its_bumps_allows():
    """exp(-r²) falls by at most √(2/e) a unit, exp(-r) by at most 1."""
    rng = np.random.default_rng(2)
    bars, centers, widths = random_bars(rng, 40), random_bars(rng, 5), rng.uniform(0.1, 1, 5)
    moved = bars + rng.uniform(-0.01, 0.01, bars.shape)
    way = np.sqrt(((moved - bars) ** 2).sum(axis=1)).sum()
    for contrast, slope in (("gaussian", np.sqrt(2 / np.e)), ("laplacian", 1.0)):
        one, other = (atol(b, centers, widths, contrast=contrast) for b in (bars, moved))
        assert (0 < np.abs(one - other)).all()
        assert (np.abs(one - other) <= slope * way / widths).all()


def test_neither_the_order_of_bars_nor_that_of_samples_matters():
    rng = np.random.default_rng(3)
    samples = random_diagrams(rng, (15, 20, 10, 12))
    fitted = Atol(n_centers=5, random_state=7).fit(samples)
    other = Atol(n_centers=5, random_state=7).fit(samples[[2, 0, 3, 1]])
    for k in (0, 1):
        np.testing.assert_array_equal(fitted.centers_[k], other.centers_[k])
    bars = samples[0][1]
    grid = fitted.centers_[1], fitted.widths_[1]
    np.testing.assert_allclose(atol(rng.permutation(bars), *grid), atol(bars, *grid), rtol=1e-13)


def test_the_unit_does_not_matter():
    samples = random_diagrams(np.random.default_rng(4), (15, 20))
    larger = [Diagram(1024 * d.births, 1024 * d.deaths, d.dims) for d in samples]
    out = Atol(n_centers=4, random_state=0).fit_transform(samples)
    again = Atol(n_centers=4, random_state=0).fit_transform(larger)
    np.testing.assert_allclose(again, out, rtol=1e-9)


def test_transform_applies_the_function_degree_by_degree():
    samples = random_diagrams(np.random.default_rng(5), (15, 2, 20))
    fitted = Atol(n_centers=4, contrast="laplacian", random_state=0).fit(samples)
    out = fitted.transform(samples).reshape(3, 2, 4)
    for row, diagram in zip(out, samples, strict=True):
        for k in (0, 1):
            grid = fitted.centers_[k], fitted.widths_[k]
            np.testing.assert_array_equal(row[k], atol(diagram[k], *grid, contrast="laplacian"))


def test_fewer_bars_than_centres_are_the_centres():
    samples = [Diagram([0, 0, 3], [1, 1, 5], [0, 0, 0]), Diagram([0, 3], [1, 9], [0, 1])]
    fitted = Atol(n_centers=4, random_state=0).fit(samples)
    np.testing.assert_array_equal(fitted.centers_[0], [[0, 1], [3, 5]])
    np.testing.assert_array_equal(fitted.widths_[0], [2.5, 2.5])
    np.testing.assert_array_equal(fitted.widths_[1], [6.0])  # alone: as wide as its bar is long
    out = fitted.transform(samples)
    e = np.exp(-4)
    expected = [[2 + e, 1 + 2 * e, 0, 0, 0, 0, 0, 0], [1, e, 0, 0, 1, 0, 0, 0]]
    np.testing.assert_allclose(out, expected, rtol=1e-14)
    one = Atol(n_centers=1, random_state=0).fit(samples)
    np.testing.assert_allclose(one.centers_[0], [[3 / 4, 2]])  # the mean of four bars
    assert one.transform(samples).shape == (2, 2)


def test_essential_classes_and_degrees_missing_on_either_side():
    samples = Diagrams([Diagram([0, 0, 0, 1], [1, 3, np.inf, 4], [0, 0, 0, 1])])
    drop, clamp = (Atol(n_centers=2, essential=e).fit(samples) for e in ("drop", "clamp"))
    np.testing.assert_allclose(drop.transform(samples)[0, :2], [1 + np.exp(-4)] * 2)
    np.testing.assert_allclose(clamp.transform(samples)[0, 1], 2 + np.exp(-4))
    only_zero = Diagrams([Diagram([0], [1], [0])])
    assert not drop.transform(only_zero)[0, 2:].any()
    assert Atol(n_centers=3).fit(only_zero).transform(samples).shape == (1, 3)
    assert not Atol().fit([EMPTY]).transform(samples).any()


@pytest.mark.parametrize(
    "params, message",
    [
        ({"n_centers": 0}, "n_centers"),
        ({"contrast": "indicator"}, "contrast"),
        ({"random_state": "seed"}, "random_state"),
    ],
)
def test_bad_parameters(params, message):
    with pytest.raises(ValueError, match=message):
        Atol(**params).fit([EMPTY])


def test_bad_input():
    for centers, widths, message in [
        ([[0, 1]], [0], "widths"),
        ([[0, 1]], [1, 2], "widths"),
        ([[0, np.inf]], [1], "centers holds infinite"),
        ([0, 1], [1], "centers has shape"),
    ]:
        with pytest.raises(ValueError, match=message):
            atol([[0, 1]], centers, widths)
    with pytest.raises(ValueError, match="contrast"):
        atol([[0, 1]], [[0, 1]], [1], contrast="indicator")
    with pytest.raises(ValueError, match="infinite"):
        atol([[0, np.inf]], [[0, 1]], [1])
