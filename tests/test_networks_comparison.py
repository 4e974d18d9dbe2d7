"""Representations compared: against an explicit cone complex, closed forms, known invariances."""

import itertools

import matplotlib

matplotlib.use("Agg")

import gudhi
import matplotlib.pyplot as plt
import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from scipy.spatial.distance import pdist, squareform
from scipy.stats import special_ortho_group

from tda.datasets import make_circle
from tda.networks import (
    compare_layers,
    compare_representations,
    layer_activations,
    layer_zigzag,
    random_network,
)
from tda.networks.comparison._divergence import cross_barcode, divergence, in_units
from tda.networks.comparison._scores import (
    information_imbalance,
    kernel_alignment,
    neighbor_overlap,
    neighbor_ranks,
)
from tda.plot import plot_layer_comparison

RNG = np.random.default_rng(0)


def distances(X):
    return in_units(squareform(pdist(X)), "X")


def cone_bars(D, E, degree=1):
    """The cone over the complex of D in that of min(D, E), every simplex put in by hand."""
    n, m, tree = len(D), np.minimum(D, E), gudhi.SimplexTree()
    for size in range(1, degree + 3):
        for simplex in itertools.combinations(range(n), size):
            pairs = list(itertools.combinations(simplex, 2))
            tree.insert(simplex, max([m[p] for p in pairs], default=0.0))
            if size <= degree + 1:
                tree.insert((*simplex, n), max([D[p] for p in pairs], default=0.0))
    tree.insert([n], 0.0)
    tree.persistence(homology_coeff_field=2, persistence_dim_max=True)
    bars = tree.persistence_intervals_in_dimension(degree)
    return bars[bars[:, 1] > bars[:, 0] + 1e-12]


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("degree", [1, 2])
def test_the_cross_barcode_is_that_of_the_cone(seed, degree):
    rng = np.random.default_rng(seed)
    n = 14 if degree == 1 else 10
    D, E = distances(rng.normal(size=(n, 3))), distances(rng.normal(size=(n, 2)))
    bars = cross_barcode(D, E, degree=degree)
    expected = cone_bars(D, E, degree)
    assert len(bars) == len(expected)
    assert_allclose(np.sort(bars, axis=0), np.sort(expected, axis=0), atol=1e-9)


def test_a_divergence_is_zero_for_equals_and_sees_what_is_joined_otherwise():
    cloud = RNG.normal(size=(60, 3))
    D = distances(cloud)
    assert divergence(D, D) == 0
    turned = cloud @ special_ortho_group.rvs(3, random_state=0) * 7 + 2
    assert divergence(D, distances(turned)) == pytest.approx(0, abs=1e-9)
    # Four groups that the other cloud joins two by two: two components are joined sooner.
    spots = np.array([[0.0, 0], [0, 10], [10, 0], [10, 10]]).repeat(15, axis=0)
    apart = spots + 0.1 * RNG.normal(size=(60, 2))
    joined = apart * [1.0, 0.0] + 0.1 * RNG.normal(size=(60, 2))
    bars = cross_barcode(distances(apart), distances(joined))
    lengths = np.sort(bars[:, 1] - bars[:, 0])[::-1]
    assert (lengths[:2] > 0.5).all() and lengths[2] < 0.2


def test_alignment_is_the_unbiased_one():
    A, B = RNG.normal(size=(12, 3)), RNG.normal(size=(12, 4))

    def by_sums(K, L):
        """Over distinct rows, as Song et al. define it."""
        n = len(K)
        i, j, k, m = np.array(list(itertools.permutations(range(n), 4))).T
        return float((K[i, j] * (L[i, j] + L[k, m] - 2 * L[i, k])).mean())

    K, L = A @ A.T, B @ B.T
    expected = by_sums(K, L) / np.sqrt(by_sums(K, K) * by_sums(L, L))
    assert kernel_alignment(A, B) == pytest.approx(expected)
    assert kernel_alignment(A, 3 * A @ special_ortho_group.rvs(3, random_state=1) + 1) == (
        pytest.approx(1)
    )
    wide = [
        kernel_alignment(*np.random.default_rng(s).normal(size=(2, 40, 200))) for s in range(40)
    ]
    assert abs(np.mean(wide)) < 0.01  # the usual one would be near 1


def test_neighbours_by_hand():
    D = squareform(pdist(RNG.normal(size=(25, 2))))
    E = squareform(pdist(RNG.normal(size=(25, 2))))
    (order, ranks), (other, other_ranks) = neighbor_ranks(D), neighbor_ranks(E)
    assert_array_equal(np.diag(ranks), 0)
    total, common = 0, 0
    for i in range(25):
        a = [j for j in np.argsort(D[i]) if j != i]
        b = [j for j in np.argsort(E[i]) if j != i]
        assert_array_equal(order[i], a)
        total += b.index(a[0]) + 1
        common += len(set(a[:4]) & set(b[:4]))
    assert information_imbalance(order, other_ranks) == pytest.approx(2 / 25 * total / 25)
    assert neighbor_overlap(order, other, 4) == pytest.approx(common / 100)
    same = neighbor_ranks(np.zeros((5, 5)))[1]  # equal points: a point is never its own neighbour
    assert_array_equal(np.diag(same), 0)


def test_the_report_knows_equal_shadow_and_unrelated():
    cloud = RNG.normal(size=(150, 3))
    equal = compare_representations(cloud, 2 * cloud, n_resamples=4)
    assert equal["common neighbours"].value == 1 and equal["topology divergence"].value == 0
    shadow = compare_representations(cloud, cloud[:, :2], n_resamples=6)
    assert "A tells more of B" in shadow.verdict
    other = compare_representations(cloud, RNG.normal(size=(150, 3)), n_resamples=6)
    assert other.verdict.startswith("The two have no more in common than shuffled rows")
    for row in (*shadow.rows, *other.rows):
        assert row.low <= row.value <= row.high
    assert other["imbalance, A to B"].value == pytest.approx(1, abs=0.2)
    assert shadow["topology divergence"].value < 0.7 * shadow["topology divergence"].shuffled
    drawn = compare_representations(cloud, cloud[:, :2], max_points=50, n_resamples=2)
    assert drawn.n_rows == 50


def test_intervals_hold_the_value_of_more_rows():
    """Of many samples of a kind, the interval of one holds the mean of all, in most cases."""
    names = ("kernel alignment", "common neighbours", "imbalance, A to B")
    found = []
    for seed in range(20):
        rng = np.random.default_rng(seed)
        A = rng.normal(size=(100, 3))
        B = A[:, :2] + 0.5 * rng.normal(size=(100, 2))
        found.append(compare_representations(A, B, n_resamples=15, random_state=seed))
    for name in names:
        truth = np.mean([report[name].value for report in found])
        held = [report[name].low <= truth <= report[name].high for report in found]
        assert np.mean(held) >= 0.8


@pytest.mark.parametrize("measure", ["cka", "overlap", "imbalance", "rtd"])
def test_layers_against_layers(measure):
    X = RNG.normal(size=(60, 4))
    nets = [random_network(4, [30, 30], 2, random_state=seed) for seed in (0, 1)]
    one = compare_layers(nets[0], X, measure=measure)
    best = 1.0 if measure in ("cka", "overlap") else 0.0
    if measure == "imbalance":
        best = 2 / 60
    assert_allclose(np.diag(one.values), best, atol=1e-12)
    if measure != "imbalance":
        assert_allclose(one.values, one.values.T)
    both = compare_layers(nets, X, measure=measure)
    assert both.n_networks == 2 and (both.low <= both.high).all()
    assert both.values[0, 0] == pytest.approx(best)
    assert_allclose(both.values, both.values.T if measure != "imbalance" else both.values)
    clouds = [list(layer_activations(net, X, include_input=True).values()) for net in nets]
    if measure == "cka":
        expected = [kernel_alignment(clouds[a][1], clouds[b][2]) for a, b in ((0, 1), (1, 0))]
        assert both.values[1, 2] == pytest.approx(np.mean(expected))
    ax = plot_layer_comparison(both)
    assert_array_equal(ax.get_images()[0].get_array(), both.values)
    ax.figure.canvas.draw()
    plt.close("all")


def test_a_loop_of_one_layer_is_the_same_in_the_next():
    ring = make_circle(120, random_state=0).points
    net = random_network(2, [20], 1, activation="tanh", random_state=0)
    bars = layer_zigzag(net, ring)[1]
    lives = bars[bars[:, 1] - bars[:, 0] >= 1]
    assert len(lives) == 1 and lives[0, 0] == 0 and lives[0, 1] < 2.5


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: compare_representations(np.eye(20), np.eye(19)), "A has 20 row.* and B has 19"),
        (lambda: compare_representations(np.eye(5), np.eye(5)), "10 rows at least"),
        (lambda: compare_representations(np.eye(20), np.ones((20, 2))), "B has nearly all"),
        (lambda: compare_representations(np.eye(20), np.full((20, 1), np.nan)), "finite"),
        (lambda: compare_representations(np.eye(20), np.eye(20), n_resamples=1), "n_resamples=1"),
        (lambda: compare_layers(random_network(2, [3]), np.eye(20)[:, :2], measure="x"), "'cka'"),
        (lambda: compare_layers([random_network(2, [3]), random_network(2, [3, 3])],
                                RNG.normal(size=(20, 2))), "different layers"),
        (lambda: layer_zigzag(random_network(2, [3]), np.eye(9)[:, :2], n_neighbors=0), "neighb"),
        (lambda: plot_layer_comparison(3), "pass what compare_layers"),
    ],
)  # fmt: skip
def test_errors(call, message):
    with pytest.raises(ValueError, match=message):
        call()


def test_common_neighbours_by_chance_are_those_of_shuffled_rows():
    rng = np.random.default_rng(0)
    A, n, k = rng.normal(size=(60, 3)), 60, 10
    B = A + 1.5 * rng.normal(size=A.shape)
    near = [{*np.argsort(np.linalg.norm(X - x, axis=1))[1 : k + 1]} for X in [B] for x in X]
    own = [{*np.argsort(np.linalg.norm(A - x, axis=1))[1 : k + 1]} for x in A]
    drawn = []
    for _ in range(100):
        order = rng.permutation(n)
        place = np.argsort(order)
        drawn.append(
            np.mean([len(own[i] & {place[j] for j in near[order[i]]}) / k for i in range(n)])
        )
    row = compare_representations(A, B, n_neighbors=k)["common neighbours"]
    assert row.shuffled == pytest.approx(np.mean(drawn), abs=0.005)
    assert row.value == pytest.approx(np.mean([len(own[i] & near[i]) / k for i in range(n)]))
    # More than by chance, though less than chance among half of the rows.
    assert row.shuffled < row.low < row.value < 2 * row.shuffled
    assert compare_representations(A, B, n_neighbors=k).verdict.startswith("The two share")
