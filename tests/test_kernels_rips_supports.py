"""Cocycles of Rips complexes in every degree: against coboundaries by hand, ripser, and cycles."""

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import sparse
from scipy.spatial import ConvexHull
from scipy.spatial.distance import cdist

from tda import _memory, rips_diagram
from tda.homology.engines import _supports
from tda.homology.engines.rips_degrees import rips_degrees
from tda.homology.engines.rips_ripser import rips_ripser

FIELDS = [2, 3, 7, 46_327]


def matrix(seed, most):
    """Distances of points on a sphere, on a grid or equal, heavily tied ones, or of no metric."""
    rng = np.random.default_rng(seed)
    n, kind = int(rng.integers(1, most)), seed % 4
    if kind == 0:
        X = rng.normal(size=(n, int(rng.integers(2, 5))))
        D = cdist(X / np.linalg.norm(X, axis=1, keepdims=True), X)
        D = np.maximum(D, D.T)
        np.fill_diagonal(D, 0)
    elif kind == 1:
        X = rng.integers(0, 3, (n, 3)).astype(float)
        D = cdist(X, X)
    else:
        D = np.triu(rng.integers(1, 6, (n, n)) if kind == 2 else rng.random((n, n)), k=1) * 1.0
        D = D + D.T
    if seed % 5 == 0:
        cut = np.triu(rng.random((n, n)) < 0.2, k=1)
        D[cut | cut.T] = np.inf
    return D


# -- the definitions, simplex by simplex ----------------------------------------------------------


def simplices(D, k, end):
    """Those of dimension k whose edges are all shorter than `end`."""
    near = end > D
    return [
        s for s in combinations(range(len(D)), k + 1) if all(near[e] for e in combinations(s, 2))
    ]


def after(length):
    """The end of the complex that has the edges up to this length."""
    return np.nextafter(length, np.inf)


def faces(simplex):
    return [(simplex[:i] + simplex[i + 1 :], (-1) ** i) for i in range(len(simplex))]


def is_cocycle(cochain, D, k, end, field):
    above = simplices(D, k + 1, end)
    return not any(sum(sign * cochain.get(f, 0) for f, sign in faces(s)) % field for s in above)


def is_coboundary(cochain, D, k, end, field):
    """Whether a system of equations, one for each simplex of dimension k, has a solution."""
    rows = {s: {} for s in simplices(D, k - 1, end)}
    whole = simplices(D, k, end)
    for s in whole:
        for f, sign in faces(s):
            rows[f][s] = sign
    pivots = {}
    for row in rows.values():
        reduced(row, pivots, field, keep=True)
    return not reduced({s: cochain[s] for s in whole if s in cochain}, pivots, field)


def reduced(row, pivots, field, keep=False):
    """A row less multiples of others, which lead with another entry each."""
    row = {s: x % field for s, x in row.items() if x % field}
    while row and (lead := min(row)) in pivots:
        other = pivots[lead]
        factor = row[lead] * pow(other[lead], -1, field)
        for s, x in other.items():
            row[s] = (row.get(s, 0) - factor * x) % field
        row = {s: x for s, x in row.items() if x}
    if row and keep:
        pivots[lead] = row
    return row


def cycles_of_bars(D, k, field):
    """Bars of degree k with a cycle each, as the boundary matrix of all simplices has them."""
    order = sorted(
        (max((D[e] for e in combinations(s, 2)), default=0.0), len(s), s)
        for size in (k, k + 1, k + 2)
        for s in combinations(range(len(D)), size)
    )
    order = [item for item in order if item[0] < np.inf]
    place = {s: i for i, (_, _, s) in enumerate(order)}
    columns, own, ended, found = {}, {}, set(), []
    for i, (value, size, s) in enumerate(order):
        if size == k:
            continue
        column = {place[f]: sign for f, sign in faces(s)}
        history = {s: 1}
        while column and (low := max(column)) in columns:
            other, past = columns[low]
            factor = column[low] * pow(other[low], -1, field) % field
            for mine, theirs in ((column, other), (history, past)):
                for key, x in theirs.items():
                    mine[key] = (mine.get(key, 0) - factor * x) % field
            column = {key: x for key, x in column.items() if x}
        if column:
            columns[max(column)] = column, history
            if size == k + 2:
                low = max(column)
                ended.add(low)
                if order[low][0] < value:
                    cycle = {order[key][2]: x for key, x in column.items()}
                    found.append((order[low][0], value, cycle))
        elif size == k + 1:
            own[i] = value, {key: x for key, x in history.items() if x}
    return found + [(value, np.inf, cycle) for i, (value, cycle) in own.items() if i not in ended]


def cocycles_by_degree(diagram):
    """The bars of each degree, with cocycles as dicts."""
    left = iter(diagram.cocycles)
    return {
        k: [
            (birth, death, {tuple(row[:-1]): row[-1] for row in next(left).tolist()})
            for birth, death in diagram[k].tolist()
        ]
        for k in range(1, diagram.max_dimension + 1)
    }


def check(diagram, D, field, limit=np.inf):
    """Every cocycle is one from the birth to the death, no coboundary then, and one before."""
    assert len(diagram.cocycles) == np.count_nonzero(diagram.dims)
    for k, bars in cocycles_by_degree(diagram).items():
        for birth, death, cochain in bars:
            assert all(len(s) == k + 1 and 0 < x < field for s, x in cochain.items())
            assert all(tuple(sorted(s)) == s for s in cochain)
            end = min(death, after(min(limit, np.max(D, initial=0.0, where=np.isfinite(D)))))
            assert is_cocycle(cochain, D, k, end, field)
            assert not is_coboundary(cochain, D, k, after(birth), field)
            assert not is_coboundary(cochain, D, k, end, field)
            assert is_coboundary(cochain, D, k, birth, field)


# -- our pass ---------------------------------------------------------------------------------


@pytest.mark.parametrize("field", FIELDS)
@pytest.mark.parametrize("top, most", [(1, 16), (2, 14), (3, 12), (4, 10)])
@given(seed=st.integers(0, 10**9), limit=st.sampled_from([np.inf, np.inf, 3.0, 1.0]))
@settings(max_examples=8, deadline=None)
def test_every_bar_has_a_cocycle_from_birth_to_death(seed, limit, top, most, field):
    D = matrix(seed, most)
    options = {"max_dimension": top, "field": field, "max_edge_length": limit}
    diagram = rips_degrees(D, cocycles=True, **options)
    assert diagram == rips_degrees(D, **options)
    for cocycle in diagram.cocycles:
        rows = cocycle[:, :-1].tolist()
        assert rows == sorted(rows)
    check(diagram, D, field, limit)


@pytest.mark.parametrize("field", [2, 7])
@given(seed=st.integers(0, 10**9), limit=st.sampled_from([np.inf, 3.0, 1.0]))
@settings(max_examples=30, deadline=None)
def test_looking_at_all_edges_gives_the_same_cocycles(seed, limit, field):
    D = matrix(seed, 40)
    options = {"max_dimension": 2, "field": field, "max_edge_length": limit, "cocycles": True}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(_supports, "_PATIENCE", -1)
        swept = rips_degrees(D, **options)
        patch.setattr(_supports, "_PATIENCE", 10**6)
        spread = rips_degrees(D, **options)
    assert swept == spread
    for one, other in zip(swept.cocycles, spread.cocycles, strict=True):
        np.testing.assert_array_equal(one, other)


@pytest.mark.parametrize("field", [2, 3])
@given(seed=st.integers(0, 10**9))
@settings(max_examples=10, deadline=None)
def test_what_all_edges_give_are_cocycles(seed, field):
    D = matrix(seed, 14)
    options = {"max_dimension": 2, "field": field, "max_edge_length": np.inf, "cocycles": True}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(_supports, "_PATIENCE", -1)
        check(rips_degrees(D, **options), D, field)


def test_values_that_are_found_on_the_way_are_written_down():
    """Values of one edge may follow from each other through several simplices of that edge."""
    D = matrix(99, 15)
    check(rips_degrees(D, max_dimension=2, field=2, max_edge_length=1.0, cocycles=True), D, 2)


@pytest.mark.parametrize("field", [2, 3, 11])
@pytest.mark.parametrize("engine", [rips_degrees, rips_ripser])
@given(seed=st.integers(0, 10**9))
@settings(max_examples=10, deadline=None)
def test_cocycles_and_cycles_of_bars_pair_in_a_triangle(seed, engine, field):
    """A cocycle sees the cycle of its own bar, no earlier one, and none that is filled earlier."""
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(int(rng.integers(5, 12)), 3))
    D = cdist(X, X) if seed % 2 else np.triu(rng.random((11, 11)), 1)
    D = np.maximum(D, D.T)
    options = {"max_dimension": 2, "field": field, "max_edge_length": np.inf}
    if engine is rips_degrees:
        options["cocycles"] = True
    for k, bars in cocycles_by_degree(engine(D, **options)).items():
        cycles = cycles_of_bars(D, k, field)
        assert sorted((b, d) for b, d, _ in bars) == sorted((b, d) for b, d, _ in cycles)
        for birth, death, cochain in bars:
            for first, last, cycle in cycles:
                seen = sum(cochain.get(s, 0) * x for s, x in cycle.items()) % field
                if first < birth or (first < death and last < death):
                    assert seen == 0
                alike = [b for b, d, _ in bars if b == birth and d >= death]
                if (first, last) == (birth, death) and len(alike) == 1:
                    assert seen != 0


@pytest.mark.parametrize("field", [2, 3, 47])
@pytest.mark.parametrize("n, d", [(40, 3), (200, 3), (40, 4)])
def test_the_cocycle_of_a_sphere_sees_the_sphere(n, d, field):
    """The faces of the convex hull, turned outward, are a cycle: the value on it is 1 or -1."""
    X = np.random.default_rng(1).normal(size=(n, d))
    X /= np.linalg.norm(X, axis=1, keepdims=True)
    diagram = rips_diagram(X, max_dimension=d - 1, field=field, cocycles=True)
    bar = int(np.argmax(np.where(diagram.dims == d - 1, diagram.lifetimes, 0)))
    cocycle = diagram.cocycles[bar - np.count_nonzero(diagram.dims == 0)]
    cochain = {tuple(row[:-1]): row[-1] for row in cocycle.tolist()}
    hull = np.sort(ConvexHull(X).simplices, axis=1)
    corners = X[hull]
    assert cdist(X, X)[hull[:, :, None], hull[:, None]].max() < diagram.deaths[bar]
    total = sum(
        int(sign) * cochain.get(tuple(s), 0)
        for s, sign in zip(hull.tolist(), np.sign(np.linalg.det(corners)), strict=True)
    )
    assert total % field in (1, field - 1)


def test_loops_have_cocycles_of_the_other_pass_up_to_coboundaries():
    D = matrix(4, 16)
    one = rips_diagram(D, metric="precomputed", field=3, cocycles=True)
    two = rips_diagram(D, metric="precomputed", field=3, cocycles=True, max_dimension=2)
    assert len(one[1]) and (one[1] == two[1]).all()
    check(one, D, 3)
    check(two, D, 3)


def test_cocycles_that_do_not_fit_are_refused_before_they_are_made(monkeypatch):
    X = np.random.default_rng(0).normal(size=(150, 3))
    X /= np.linalg.norm(X, axis=1, keepdims=True)
    rips_diagram(X, max_dimension=2, cocycles=True)
    monkeypatch.setattr(_memory, "free_memory", lambda: 200_000)
    with pytest.raises(MemoryError, match="cocycles of 150 points would take more than the 200 KB"):
        rips_diagram(X, max_dimension=2, cocycles=True)


# -- ripser, for what is left to it ---------------------------------------------------------------


@pytest.mark.parametrize("field", [2, 3])
@given(seed=st.integers(0, 10**9), limit=st.sampled_from([np.inf, 3.0, 0.5]))
@settings(max_examples=15, deadline=None)
def test_ripser_has_the_same_bars_to_the_last_digit(seed, limit, field):
    D = matrix(seed, 12)
    options = {"max_dimension": 2, "field": field, "max_edge_length": limit}
    theirs = rips_ripser(D, **options)
    assert theirs == rips_degrees(D, **options)
    check(theirs, D, field, limit)
    stored = sparse.csr_array(np.where(np.isfinite(D), D, 0.0))
    if (D[~np.eye(len(D), dtype=bool)] > 0).all():  # a pair at no distance would not be stored
        few = rips_ripser(stored, **options)
        assert few == theirs
        check(few, D, field, limit)


def test_many_points_with_few_edges_have_cocycles_in_double_precision():
    """Two squares whose sides differ by less than single precision can tell, and many points."""
    square = np.array([[0.0, 0], [0, 1], [1, 1], [1, 0]])
    X = np.concatenate([square, square * (1 + 1e-9) + 10, np.arange(2500)[:, None] * [5.0, 0] + 99])
    options = {"max_edge_length": 1.1, "max_dimension": 2, "field": 3}
    diagram = rips_diagram(X, cocycles=True, representatives=True, **options)
    births = diagram[1][:, 0]
    assert len(births) == 2 and 0 < births[1] - births[0] < 1e-8
    assert [len(c) for c in diagram.cocycles] == [1, 1]
    where = {int(v) // 4 for c in diagram.cocycles for v in c[0, :2]}
    assert where == {0, 1}
