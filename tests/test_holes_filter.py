"""Filtering by significance: the bars that `count_holes` counts, and no other."""

import numpy as np
import pytest

from tda import (
    AlphaPersistence,
    Diagram,
    Diagrams,
    HoleFilter,
    RipsPersistence,
    cubical_diagram,
    hole_significance,
)
from tda.datasets import make_annulus, make_circle, make_disk, make_figure_eight, make_sphere
from tda.features import select_degrees
from tda.holes import filter_holes

INF = float("inf")


def shapes(n):
    makers = (make_annulus, make_disk, make_figure_eight)
    return [np.asarray(make(n, random_state=0)) for make in makers]


def test_known_holes_stay_and_noise_goes():
    diagrams = AlphaPersistence().fit_transform(shapes(300))
    filtered = filter_holes(diagrams)
    assert [len(diagram[1]) for diagram in filtered] == [1, 0, 2]
    for diagram, whole in zip(filtered, diagrams, strict=True):
        np.testing.assert_array_equal(diagram[0], whole[0])
        assert {*map(tuple, diagram[1])} <= {*map(tuple, whole[1])}
    assert (filtered.filtration, filtered.max_dimension) == ("alpha", 1)


def test_loops_and_voids_share_the_level_as_bonferroni_says():
    clouds = [
        np.asarray(make_sphere(400, random_state=0)),
        np.random.default_rng(0).random((80, 3)),
    ]
    diagrams = AlphaPersistence().fit_transform(clouds)
    filtered = filter_holes(diagrams)
    for one, whole in zip(filtered, diagrams, strict=True):
        for k in (1, 2):
            kept = [h for h in hole_significance(whole, degree=k) if 2 * h.p_value <= 0.05]
            assert sorted((h.birth, h.death) for h in kept) == [*map(tuple, one[k])]
    assert [len(filtered[0][k]) for k in (1, 2)] == [0, 1]


def test_rips_simplices_and_cocycles_stay_with_their_bars():
    circle = np.asarray(make_circle(120, noise=0.05, random_state=0))
    (whole,) = diagrams = RipsPersistence(representatives=True, cocycles=True).fit_transform(
        [circle]
    )
    (one,) = HoleFilter().fit_transform(diagrams)
    assert len(one[1]) == 1 < len(whole[1])
    bar = np.flatnonzero((whole.dims == 1) & (whole.deaths == one[1][0, 1]))
    np.testing.assert_array_equal(one.death_simplices[one.dims == 1], whole.death_simplices[bar])
    loops = np.flatnonzero(whole.dims == 1)
    assert len(one.cocycles) == 1
    np.testing.assert_array_equal(
        one.cocycles[0], whole.cocycles[int(np.searchsorted(loops, bar[0]))]
    )


def test_what_never_dies_stays_and_an_empty_sample_is_one():
    points = Diagram([0.0] * 60, [*[0.1] * 59, INF], [0] * 60, filtration="rips")
    births, deaths, dims = points.births, points.deaths, points.dims
    loop = Diagram([*births, 0.1, 0.1], [*deaths, INF, 0.11], [*dims, 1, 1], filtration="rips")
    empty = Diagram([], [], [], filtration="rips", max_dimension=1)
    filtered = filter_holes([loop, empty, points])
    assert [len(diagram[1]) for diagram in filtered] == [1, 0, 0]
    assert filtered[0][1].tolist() == [[0.1, INF]]


def test_a_lower_level_keeps_less():
    diagrams = AlphaPersistence().fit_transform(
        [np.random.default_rng(s).random((60, 2)) for s in range(9)]
    )
    kept = [np.sum(filter_holes(diagrams, level=p).dims == 1) for p in (0.999, 0.5, 0.1, 0.01)]
    assert kept == sorted(kept, reverse=True) and kept[0] > kept[-1]
    gumbel = filter_holes(diagrams, level=0.5, method="gumbel")
    assert np.sum(gumbel.dims == 1) <= kept[1]


def test_errors_say_what_to_do():
    diagrams = AlphaPersistence().fit_transform(shapes(40))
    for level in (0, 1, np.nan, "5%"):
        with pytest.raises(ValueError, match=f"level={level!r}; it must be a probability"):
            filter_holes(diagrams, level=level)
    with pytest.raises(ValueError, match="method='bootstrap'"):
        filter_holes(diagrams, method="bootstrap")
    with pytest.raises(ValueError, match=r"sample 0 has no bars of degree 0.*filter before"):
        filter_holes(select_degrees(diagrams, [1]))
    image = Diagrams([cubical_diagram(np.zeros((3, 3)))])
    for call in (filter_holes, HoleFilter().fit):
        with pytest.raises(
            ValueError, match="rips and alpha filtrations; this diagram's is 'cubical'"
        ):
            call(image)
    high = Diagram([0, 1], [INF, 2], [0, 3], filtration="rips")
    with pytest.raises(ValueError, match=r"bars of degree 3.*DegreeSelector"):
        filter_holes([high])
