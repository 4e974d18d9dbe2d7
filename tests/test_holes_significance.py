"""The null table, the p-values made from it, and the other two methods."""

import numpy as np
import pytest
from ripser import ripser
from scipy import sparse
from scipy.spatial.distance import pdist, squareform
from scipy.stats import binomtest

from tda import RipsPersistence, alpha_diagram, datasets, hole_significance, rips_diagram
from tda._metrics import take_metric
from tda.diagrams import Diagram, Diagrams
from tda.holes import _null
from tda.holes._significance import bootstrap_p_values
from tda.holes._statistics import component_bars, component_size, persistence_ratios


def test_ratios_skip_essential_instant_and_diagonal_bars():
    diagram = Diagram(
        [0, 1, 1, 1, 2],
        [np.inf, 3, np.inf, 1 + 1e-9, 10],
        [0, 1, 1, 1, 1],
        filtration="alpha",
    )
    bars, ratios = persistence_ratios(diagram, 1)
    np.testing.assert_allclose(ratios, [5, 3])
    np.testing.assert_allclose(diagram.deaths[bars], [10, 3])


def test_component_size_grows_as_a_root():
    assert [component_size(n) for n in (1, 100, 400, 10_000)] == [5, 5, 10, 50]


def test_two_blobs_are_two_components_and_an_outlier_is_none():
    rng = np.random.default_rng(0)
    X = np.concatenate([rng.random((50, 2)), rng.random((50, 2)) + [5, 0], [[2.5, 30.0]]])
    births, deaths, points = component_bars(X)
    assert deaths[0] / births[0] > 10
    assert (deaths[1:] / births[1:] < 4).all()
    assert X[points[0], 1] < 2


TABLES = sorted({(kind, degree) for kind, degree in _null._tables()[0]})


@pytest.mark.parametrize(("complex", "degree"), TABLES)
@pytest.mark.parametrize("n", [12, 77, 100, 640, 50_000])
def test_p_values_fall_with_the_ratio_and_stay_probabilities(complex, degree, n):
    ratios = np.linspace(1, 40, 500)
    p = _null.null_p_values(ratios, complex=complex, degree=degree, dimension=2.5, n=n)
    assert (np.diff(p) <= 1e-12).all()
    assert p[0] == 1.0
    assert 0 < p[-1] <= 1 / 501


@pytest.mark.parametrize(("complex", "degree"), [key for key in TABLES if key[1]])
def test_nothing_is_said_of_fewer_points_than_were_simulated(complex, degree):
    options = {"complex": complex, "degree": degree, "dimension": 3.0}
    assert _null.smallest_size(complex, degree) == 10
    assert _null.null_p_values(np.array([50.0]), n=9, **options).tolist() == [1.0]
    assert _null.null_p_values(np.array([50.0]), n=10, **options)[0] < 0.01


@pytest.mark.parametrize(("complex", "degree"), TABLES)
@pytest.mark.parametrize("level", [0.05, 0.05 / 3, 0.3])
def test_quantile_and_p_value_are_inverse(complex, degree, level):
    options = {"complex": complex, "degree": degree, "dimension": 3.0, "n": 150}
    ratio = _null.null_quantile(level, **options)
    if ratio > 1:
        p = _null.null_p_values(np.array([ratio]), **options)
        assert p[0] == pytest.approx(level, abs=1e-9)


def test_level_holds_between_the_tabulated_sizes():
    # Fresh noise at a size and seeds that the table has not seen: 5% within binomial error.
    rng = np.random.default_rng(987)
    runs = 400
    hits = 0
    for _ in range(runs):
        holes = hole_significance(alpha_diagram(rng.random((145, 2))), degree=1)
        hits += bool(holes) and holes[0].p_value <= 0.05
    assert binomtest(hits, runs, 0.05).pvalue > 0.001


def test_quantiles_are_those_measured_elsewhere():
    # 95% quantiles, alpha, from an independent prototype; two digits were kept, and both
    # tables are simulations.
    for degree, n, expected in [
        (1, 100, 2.23),
        (1, 300, 2.59),
        (1, 1000, 2.91),
        (1, 2000, 3.06),
        (2, 100, 1.24),
        (2, 300, 1.36),
        (2, 1000, 1.47),
        (2, 2000, 1.52),
    ]:
        found = _null.null_quantile(0.05, complex="alpha", degree=degree, dimension=degree + 1, n=n)
        assert found == pytest.approx(expected, rel=0.04)


def test_gumbel_is_its_formula():
    ratios = np.array([6.0, 2.0, 1.5, 1.2])
    diagram = Diagram(np.ones(4), ratios, np.ones(4, int), filtration="rips")
    loglog = np.log(np.log(ratios))
    score = loglog - 0.57721566 - loglog.mean()
    expected = np.minimum(1, 4 * np.exp(-np.exp(score)))
    found = hole_significance(diagram, method="gumbel", n_points=10)
    np.testing.assert_allclose([hole.p_value for hole in found], expected, rtol=1e-7)


def test_gumbel_sees_a_clear_circle_under_rips():
    X = datasets.make_circle(200, noise=0.05, random_state=0)
    first, second, *_ = hole_significance(rips_diagram(X), method="gumbel")
    assert first.p_value < 0.05 < second.p_value


def test_number_of_points_is_read_off_degree_0():
    X = datasets.make_annulus(150, random_state=1).points
    twice = np.concatenate([X, X[:40]])  # duplicates have no bar
    once = hole_significance(alpha_diagram(X))
    assert hole_significance(alpha_diagram(X), n_points=150) == once
    again = hole_significance(alpha_diagram(twice))
    assert [hole.p_value for hole in again] == pytest.approx([hole.p_value for hole in once])


def test_tests_of_several_degrees_are_corrected():
    diagram = alpha_diagram(datasets.make_annulus(300, random_state=0))
    alone = hole_significance(diagram)[0].p_value
    assert hole_significance(diagram, n_tests=3)[0].p_value == pytest.approx(3 * alone)


@pytest.mark.parametrize("name", ["n_tests", "n_points"])
@pytest.mark.parametrize("value", [-1, 0, 1.5, True, "2"])
def test_numbers_of_tests_and_points_are_counts(name, value):
    diagram = alpha_diagram(datasets.make_circle(60, random_state=0))
    with pytest.raises(ValueError, match=f"{name}={value!r}; it must be an integer from 1 on"):
        hole_significance(diagram, **{name: value})


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"degree": 0}, "degree=0, but loops"),
        ({"degree": 3}, "degree=3, but loops"),
        ({"method": "magic"}, "method='magic'; it must be"),
        ({"dimension": -1}, "dimension=-1; it must be a positive"),
    ],
)
def test_bad_options_are_named(options, message):
    diagram = alpha_diagram(np.random.default_rng(0).random((20, 2)))
    with pytest.raises(ValueError, match=message):
        hole_significance(diagram, **options)


def test_a_collection_is_refused_with_the_way_out():
    with pytest.raises(ValueError, match=r"pass dgms\[0\]"):
        hole_significance(Diagrams([Diagram([0], [1], [1])]))


def test_other_filtrations_are_refused_with_the_way_out():
    with pytest.raises(ValueError, match='set filtration="rips" or "alpha"'):
        hole_significance(Diagram([0], [1], [1]))


@pytest.mark.parametrize("seed", range(20))
def test_the_bootstrap_decides_ties_the_same_for_every_cloud(seed):
    # A bar that a resample lacks is half its lifetime away from it: exactly covered by the band.
    X = datasets.make_circle(60, noise=0.1, random_state=seed).points
    diagram = alpha_diagram(X)
    holes = hole_significance(diagram, degree=1)
    empty = Diagram([0.0], [np.inf], [0], max_dimension=1)

    def p_values(compute):
        return bootstrap_p_values(X, compute, diagram, holes, n_resamples=9, random_state=0)

    np.testing.assert_array_equal(p_values(lambda rows: empty), 1.0)
    np.testing.assert_array_equal(p_values(lambda rows: diagram), 0.1)


def test_a_loop_that_never_dies_has_the_ratio_that_is_known():
    ring = datasets.make_circle(100, noise=0.05, random_state=0).points
    whole = hole_significance(rips_diagram(ring))[0]
    D = squareform(pdist(ring))
    far = np.where(D <= 1.0, D, np.inf)
    cut = [
        rips_diagram(ring, max_edge_length=1.0),
        RipsPersistence(max_edge_length=1.0).fit_transform([ring, ring])[1],
        rips_diagram(far, metric="precomputed"),
        rips_diagram(sparse.csr_array(np.where(D <= 1.0, D, 0)), metric="precomputed"),
    ]
    for diagram in cut:
        loop = hole_significance(diagram)[0]
        assert loop.death == np.inf and loop.birth == pytest.approx(whole.birth)
        assert diagram.threshold == pytest.approx(1.0, abs=0.01) and diagram.threshold <= 1.0
        assert loop.ratio == pytest.approx(diagram.threshold / loop.birth)
        assert loop.ratio < whole.ratio and loop.p_value <= 0.01
        assert hole_significance(diagram, method="gumbel")[0].bar == loop.bar
    # Cut right after its birth, nothing can be said of it, but it is listed.
    early = rips_diagram(ring, max_edge_length=whole.birth)
    (found,) = (h for h in hole_significance(early) if h.death == np.inf)
    assert found.p_value == 1.0
    # Of another library's diagram the largest value is a bound.
    dgms = ripser(ring, thresh=1.0)["dgms"]
    found = hole_significance(Diagrams.from_ripser([dgms])[0])
    (loop,) = (h for h in found if h.death == np.inf)
    assert loop.birth == pytest.approx(whole.birth) and 1 <= loop.ratio <= 1.0 / whole.birth
    # And so in radii.
    loop = hole_significance(alpha_diagram(ring, max_radius=0.6))[0]
    assert loop.death == np.inf and loop.ratio == pytest.approx(0.6 / loop.birth)


@pytest.mark.parametrize("metric", ["cosine", "correlation", "sqeuclidean"])
def test_ratios_of_squares_are_those_of_the_metric(metric):
    X = np.random.default_rng(0).normal(size=(80, 4))
    diagram = rips_diagram(X, metric=metric)
    taken, _ = take_metric(X, metric)
    expected = hole_significance(rips_diagram(taken))
    batch = RipsPersistence(metric=metric).fit_transform([X, X])
    for one in (diagram, batch[1], batch[[0]][0], diagram.finite()):
        found = hole_significance(one, n_points=80)
        np.testing.assert_allclose([h.ratio for h in found], [h.ratio for h in expected])
        np.testing.assert_allclose([h.p_value for h in found], [h.p_value for h in expected])
    with pytest.raises(ValueError, match="differ in metric"):
        Diagrams([diagram, rips_diagram(X)])


def test_no_ratio_of_what_no_metric_has_the_order_of():
    X = np.random.default_rng(0).random((40, 8)) > 0.5
    with pytest.raises(ValueError, match=r"metric='yule', which obeys no triangle inequality"):
        hole_significance(rips_diagram(X, metric="yule"))


def test_a_file_keeps_threshold_and_metric(tmp_path):
    X = np.random.default_rng(0).normal(size=(20, 3))
    diagrams = RipsPersistence(metric="cosine", max_edge_length=0.5).fit_transform([X, X[:9]])
    diagrams.save(tmp_path / "file.npz")
    loaded = Diagrams.load(tmp_path / "file.npz")
    assert loaded == diagrams and loaded.metric == "cosine"
    assert loaded.thresholds.tolist() == [0.5, 0.5] and loaded[1].threshold == 0.5


def test_fewer_points_than_bars_of_degree_0_are_refused():
    diagram = alpha_diagram(datasets.make_annulus(40, random_state=0))
    with pytest.raises(ValueError, match="n_points=2, but the diagram has 40 bars of degree 0"):
        hole_significance(diagram, n_points=2)
    assert hole_significance(diagram, n_points=40) == hole_significance(diagram)
