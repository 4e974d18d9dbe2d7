"""Steps from diagrams to diagrams: policy for essential classes, filter, scaler, degrees."""

import numpy as np
import pytest
from sklearn.pipeline import make_pipeline

from tda import rips_diagram
from tda.diagrams import Diagram, Diagrams
from tda.features import (
    BarFilter,
    BettiCurve,
    DegreeSelector,
    DiagramScaler,
    EssentialPolicy,
    PersistenceLandscape,
    apply_essential_policy,
    crocker,
    filter_bars,
    scale_diagrams,
    select_degrees,
)

INF = np.inf
EMPTY = Diagram([], [], [], max_dimension=1)


def diagrams_of(*samples):
    """From lists of (birth, death, degree)."""
    return Diagrams(
        Diagram(*np.reshape(s, (-1, 3)).T[:2], np.reshape(s, (-1, 3))[:, 2]) for s in samples
    )


def circles(n=3):
    rng = np.random.default_rng(0)
    clouds = []
    for _ in range(n):
        t = rng.uniform(0, 2 * np.pi, 30)
        clouds.append(np.column_stack([np.cos(t), np.sin(t)]) + rng.normal(0, 0.1, (30, 2)))
    return Diagrams(map(rips_diagram, clouds))


# -- what all of them keep ---------------------------------------------------------------------


def test_what_a_diagram_knows_of_itself_stays():
    rng = np.random.default_rng(1)
    clouds = [rng.normal(size=(20, 2)) for _ in range(2)]
    diagrams = Diagrams(rips_diagram(X, cocycles=True, representatives=True) for X in clouds)
    for out in (
        filter_bars(diagrams, min_lifetime=0.1),
        scale_diagrams(diagrams, 2.0),
        select_degrees(diagrams, [1]),
        apply_essential_policy(diagrams, essential="drop"),
    ):
        assert (out.filtration, out.field, out.max_dimension) == ("rips", 2, 1)
        assert not out.births.flags.writeable
        assert len(out.birth_simplices) == len(out.death_simplices) == out.births.size
        assert len(out.cocycles) == (out.dims == 1).sum()
    # Each cocycle is still that of its bar: longest first, one by one.
    one = filter_bars(diagrams, n_longest=1, degrees=[1])
    for sample, whole in zip(one, diagrams, strict=True):
        best = np.ptp(whole[1], axis=1).argmax()
        np.testing.assert_array_equal(sample.cocycles[0], whole.cocycles[best])


def test_bars_stay_in_order_when_a_clamp_ends_them_early():
    diagrams = diagrams_of([(0, 9, 0), (0, INF, 0)])
    out = apply_essential_policy(diagrams, value=5)
    assert out[0][0].tolist() == [[0, 5], [0, 9]]
    assert out == Diagrams([Diagram([0, 0], [5, 9], [0, 0])])


# -- essential classes -------------------------------------------------------------------------


def test_policies():
    diagrams = diagrams_of([(0, 2, 0), (0, INF, 0), (1, INF, 1)], [(0, 3, 0), (1, 7, 1)])
    ends = EssentialPolicy().fit(diagrams)
    assert ends.value_ranges_ == {0: (0, 3), 1: (1, 7)}
    assert ends.transform(diagrams)[0] == Diagram([0, 0, 1], [2, 3, 7], [0, 0, 1])
    assert EssentialPolicy(essential="drop").fit_transform(diagrams)[0].deaths.tolist() == [2]
    assert EssentialPolicy(essential="keep").fit_transform(diagrams) == diagrams
    given = EssentialPolicy(value=10).fit_transform(diagrams)
    assert given[0].deaths.tolist() == [2, 10, 10]


def test_superlevel_classes_end_at_the_smallest_value():
    diagrams = diagrams_of([(9, -INF, 0), (5, 2, 0)])
    assert apply_essential_policy(diagrams)[0][0].tolist() == [[5, 2], [9, 2]]
    assert apply_essential_policy(diagrams, value=1)[0][0].tolist() == [[5, 2], [9, 1]]


def test_a_class_beyond_its_end_or_without_a_birth_is_left_out():
    fitted = EssentialPolicy().fit(diagrams_of([(0, 2, 0)]))
    late = diagrams_of([(3, INF, 0), (1, INF, 0), (0, INF, 1), (-INF, INF, 0), (-INF, 1, 0)])
    assert fitted.transform(late)[0][0].tolist() == [[1, 2]]
    assert fitted.transform(late)[0][1].size == 0  # a degree that fit did not see has no end


def test_the_step_before_does_what_the_parameter_does():
    diagrams = circles()
    inside = PersistenceLandscape(essential="clamp", range=(0, 2)).fit_transform(diagrams)
    before = make_pipeline(EssentialPolicy(), PersistenceLandscape(range=(0, 2)))
    np.testing.assert_array_equal(before.fit_transform(diagrams), inside)


# -- filter ------------------------------------------------------------------------------------


def test_filters_by_lifetime_ratio_and_rank():
    diagrams = diagrams_of([(0, 1, 0), (0, INF, 0), (1, 2, 1), (2, 3, 1), (4, 7, 1)], [(1, 3, 1)])
    kept = filter_bars(diagrams, min_lifetime=1)
    assert [len(sample) for sample in kept] == [2, 1]
    ratio = filter_bars(diagrams, min_ratio=1.6, degrees=[1])
    assert ratio[0][1].tolist() == [[1, 2], [4, 7]] and len(ratio[0][0]) == 2
    assert filter_bars(diagrams, min_ratio=2)[0][0].tolist() == [[0, 1], [0, INF]]
    two = filter_bars(diagrams, n_longest=2)
    assert two[0][1].tolist() == [[1, 2], [4, 7]]  # of equal ones the first born
    one = filter_bars(diagrams, n_longest=1)
    assert one[0][0].tolist() == [[0, INF]] and one[1][1].tolist() == [[1, 3]]
    both = filter_bars(diagrams, n_longest=1, min_lifetime=5)
    assert [len(sample[1]) for sample in both] == [0, 0]


def test_limits_that_are_none_are_errors():
    dgms = [[[[0, 1], [0, 5]], [[1, 2]]]]
    for name, wrong in (
        ("min_lifetime", np.nan),
        ("min_ratio", -1),
        ("n_longest", 0),
        ("n_longest", 1.5),
    ):
        with pytest.raises(ValueError, match=f"{name}={wrong}; it must be"):
            filter_bars(dgms, **{name: wrong})
    assert select_degrees(dgms, 1) == select_degrees(dgms, [1])
    with pytest.raises(ValueError, match=r"degrees=\[-1\]"):
        crocker(dgms, [0, 1], degree=-1)


def test_the_longest_bars_are_found_in_every_sample_and_degree():
    diagrams = circles(5)
    kept = filter_bars(diagrams, n_longest=3)
    for sample, whole in zip(kept, diagrams, strict=True):
        for k in (0, 1):
            lifetimes = np.sort(whole[k][:, 1] - whole[k][:, 0])[::-1]
            ours = np.sort(sample[k][:, 1] - sample[k][:, 0])[::-1]
            np.testing.assert_array_equal(ours, lifetimes[:3])


def test_filtering_twice_is_filtering_once():
    diagrams = circles()
    step = BarFilter(min_lifetime=0.1, n_longest=4, min_ratio=1.2)
    once = step.fit_transform(diagrams)
    assert step.transform(once) == once
    assert BarFilter().fit_transform(diagrams) == diagrams


# -- scaler ------------------------------------------------------------------------------------


@pytest.mark.parametrize("scale", ["value", "lifetime"])
@pytest.mark.parametrize("per_degree", [False, True])
def test_the_unit_does_not_matter_after_scaling(scale, per_degree):
    diagrams = circles()
    scaler = DiagramScaler(scale=scale, per_degree=per_degree)
    once = scaler.fit_transform(diagrams)
    again = scaler.fit_transform(scale_diagrams(diagrams, 8.0))
    np.testing.assert_array_equal(once.births, again.births)
    np.testing.assert_array_equal(once.deaths, again.deaths)
    finite = once.deaths[np.isfinite(once.deaths)]
    if scale == "value":
        assert finite.max() == pytest.approx(1)


def test_sizes_of_each_degree_and_of_all():
    diagrams = diagrams_of([(0, 2, 0), (0, INF, 0), (-8, -3, 1)])
    one = DiagramScaler().fit(diagrams)
    assert one.scale_ == 8 and one.scales_ == {0: 8, 1: 8}
    each = DiagramScaler(per_degree=True).fit(diagrams)
    assert each.scales_ == {0: 2, 1: 8}
    assert DiagramScaler(scale="lifetime", per_degree=True).fit(diagrams).scales_ == {0: 2, 1: 5}
    out = each.transform(diagrams_of([(0, 1, 0), (0, 4, 1), (0, 4, 2)]))
    assert [bars.tolist() for bars in out[0]] == [[[0, 0.5]], [[0, 0.5]], [[0, 0.5]]]
    assert DiagramScaler(scale=0.5).fit_transform(diagrams)[0][0].tolist() == [[0, 4], [0, INF]]
    assert DiagramScaler().fit([EMPTY]).scale_ == 1


# -- degrees -----------------------------------------------------------------------------------


def test_degrees_are_selected_and_keep_their_place():
    diagrams = diagrams_of([(0, 1, 0), (1, 2, 1), (1, 3, 2)], [(0, 5, 0)])
    out = DegreeSelector(degrees=[1]).fit_transform(diagrams)
    assert out.max_dimension == 1
    assert [len(bars) for bars in out[0]] == [0, 1] and len(out[1]) == 0
    assert select_degrees(diagrams, [2, 0])[0].dims.tolist() == [0, 2]
    fitted = DegreeSelector().fit(diagrams_of([(0, 1, 0)]))
    assert fitted.degrees_ == (0,) and fitted.transform(diagrams).max_dimension == 0
    curves = make_pipeline(DegreeSelector(degrees=[0]), BettiCurve(n_bins=3))
    assert curves.fit_transform(diagrams).shape == (2, 3)


# -- errors ------------------------------------------------------------------------------------


def test_errors_say_what_to_do():
    down = diagrams_of([(3, 1, 0)])
    with pytest.raises(ValueError, match=r"min_ratio=2.*min_lifetime"):
        filter_bars(down, min_ratio=2)
    with pytest.raises(ValueError, match="negative births"):
        BarFilter(min_ratio=2).fit_transform(diagrams_of([(-1, 1, 0)]))
    with pytest.raises(ValueError, match="positive"):
        scale_diagrams(down, -1)
    with pytest.raises(ValueError, match="one for each"):
        scale_diagrams(circles(1), [1.0])
    with pytest.raises(ValueError, match="distinct"):
        select_degrees(down, [0, 0])
