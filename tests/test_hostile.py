"""A slice of `benchmarks/hostile.py`: every public estimator on the data that people bring.

Each target meets each kind of input, and hypothesis looks for seeds that break one.
"""

import sys
import warnings
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

FOLDER = Path(__file__).parents[1] / "benchmarks"


@pytest.fixture(scope="module")
def bench():
    sys.path.insert(0, str(FOLDER))
    try:
        import hostile
    finally:
        sys.path.remove(str(FOLDER))
    return hostile


def pairs():
    sys.path.insert(0, str(FOLDER))
    try:
        import hostile
    finally:
        sys.path.remove(str(FOLDER))
    found = hostile.targets()
    return [(name, kind) for name, t in found.items() for kind in hostile.KINDS[t.takes]]


PAIRS = pairs()
NAMES = sorted({name for name, _ in PAIRS})


@pytest.mark.parametrize("name", NAMES)
def test_every_kind_of_input_has_an_answer_or_an_error_of_ours(bench, name):
    """A third of the kinds for each target, each kind for a third of the targets."""
    target = bench.targets()[name]
    kinds = list(bench.KINDS[target.takes])[NAMES.index(name) % 3 :: 3]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        faults = {kind: bench.fault_of(target, kind, 0) for kind in kinds}
    assert {kind: fault for kind, fault in faults.items() if fault} == {}


@settings(
    max_examples=100,
    deadline=None,
    derandomize=True,
    suppress_health_check=list(HealthCheck),
    database=None,
)
@given(pair=st.sampled_from(PAIRS), seed=st.integers(0, 2**31))
def test_hypothesis_finds_no_fault(bench, pair, seed):
    name, kind = pair
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        assert bench.fault_of(bench.targets()[name], kind, seed) is None


# -- the judge itself --------------------------------------------------------------------------


def judged(bench, run, kind="plain", takes="clouds", seed=0):
    found = sys.modules["_hostile_targets"]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return bench.fault_of(found.Target("one", takes, run), kind, seed)


def test_the_judge_sees_each_kind_of_fault(bench):
    part = sys.modules["_hostile_targets"].Part
    mean = lambda X, seed: {"mean": part(X.mean(), 0.0)}  # noqa: E731
    assert "ZeroDivisionError" in judged(bench, lambda X, seed: 1 / 0)
    assert "inf without a word" in judged(bench, lambda X, seed: {"a": part(np.inf)})
    assert "nan without a word" in judged(bench, lambda X, seed: {"a": part([np.nan])})
    # Seeds choose the way: order, scale, repeat, move.
    first = lambda X, seed: {"first": part(X[0])}  # noqa: E731
    assert judged(bench, first, seed=0).startswith("order")
    assert judged(bench, mean, seed=1).startswith("scale")
    total = lambda X, seed: {"total": part(len(X), 0.0, repeats=True)}  # noqa: E731
    assert judged(bench, total, seed=2).startswith("repeat")
    assert judged(bench, mean, seed=3).startswith("move")
    spread = lambda X, seed: {"spread": part(np.ptp(X, axis=0), 1.0, repeats=True)}  # noqa: E731
    assert [judged(bench, spread, seed=seed) for seed in range(4)] == [None] * 4


def test_a_process_that_ends_is_a_fault_and_the_rest_goes_on(bench, monkeypatch):
    import os

    def fault_of(target, kind, seed):
        if seed == 1:
            os._exit(7)
        return None if seed else "a fault"

    monkeypatch.setattr(bench, "fault_of", fault_of)
    name = NAMES[0]
    faults = bench.run([(name, "plain", seed) for seed in range(3)], 2)
    assert faults[0] == "a fault" and faults[2] is None
    assert "ends the process" in faults[1]
    assert "| 3 | 2 |" in bench.table([(name, "plain", k) for k in range(3)], faults)


@pytest.mark.parametrize("n", [3, 4, 6, 10])
def test_few_points_in_general_position_are_no_lattice(n):
    from tda import count_holes

    for seed in range(5):
        X = np.random.default_rng(seed).normal(size=(n, 2))
        assert not any("lattice" in note for note in count_holes(X).notes)


def test_few_points_of_a_lattice_are_one():
    from tda import count_holes

    grid = np.stack(np.meshgrid(np.arange(3.0), np.arange(3.0)), axis=-1).reshape(-1, 2)
    assert any("lattice" in note for note in count_holes(grid).notes)


def test_columns_of_a_frame_that_are_no_numbers_are_named():
    from tda import IntrinsicDimension, count_holes

    pd = pytest.importorskip("pandas")
    frame = pd.DataFrame({"age": [1.0, 2, np.nan], "city": ["a", "b", "c"], "y": [0.0, 1, 5]})
    with pytest.raises(ValueError, match=r"holds text in 'city': encode those"):
        count_holes(frame)
    with pytest.raises(ValueError, match=r"holds NaN \(1 of 6 values in 'age'\)"):
        count_holes(frame[["age", "y"]])
    with pytest.raises(ValueError, match=r"missing \(NA\) in 'age': drop those"):
        count_holes(frame[["age", "y"]].convert_dtypes())
    with pytest.raises(ValueError, match=r"X is one column.*pass X.to_frame\(\)"):
        count_holes(frame["y"])
    many = pd.DataFrame([["a"] * 9], columns=[f"c{j}" for j in range(9)])
    with pytest.raises(ValueError, match=r"'c4' and 4 more: encode"):
        count_holes(many)
    with pytest.raises(ValueError, match="holds text in 'city': encode those"):
        IntrinsicDimension().fit(frame)


def test_one_warning_where_a_cloud_looks_like_distances():
    import warnings

    from scipy.spatial.distance import pdist, squareform

    from tda import count_holes

    D = squareform(pdist(np.random.default_rng(0).normal(size=(20, 2))))
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("default")
        count_holes(D)
    told = [one for one in told if "as a distance matrix is" in str(one.message)]
    assert len(told) == 1 and told[0].filename == __file__


def test_a_result_in_place_of_a_cloud_and_a_table_in_place_of_a_series_are_said():
    from tda import count_holes, periodicity
    from tda.plot import plot_cloud

    pd = pytest.importorskip("pandas")
    count = count_holes(np.random.default_rng(0).normal(size=(30, 2)))
    with pytest.raises(
        ValueError, match="X is a HoleCount, not an array of numbers: pass the data"
    ):
        plot_cloud(count)
    table = pd.DataFrame({"time": ["a", "b"] * 50, "v": np.arange(100.0)})
    with pytest.raises(ValueError, match=r"text in 'time'.* A series is one column of numbers"):
        periodicity(table)
