"""The pass in any degree over any field: against a reduction of all simplices, and gudhi."""

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import sparse
from scipy.spatial.distance import cdist, pdist, squareform

from tda import rips_diagram
from tda.homology._tasks import RipsTask
from tda.homology.engines.rips_cocycles import rips_cocycles
from tda.homology.engines.rips_degrees import ENGINE, rips_degrees
from tda.homology.engines.rips_gudhi import rips_gudhi
from tda.homology.engines.rips_lunes import rips_lunes

FIELDS = [2, 3, 7, 46_327]


def matrix(seed, most=13):
    """Distances of points on a sphere, on a grid or equal, heavily tied ones, or of no metric."""
    rng = np.random.default_rng(seed)
    n, kind = int(rng.integers(1, most)), seed % 5
    if kind == 0:
        X = rng.normal(size=(n, int(rng.integers(2, 5))))
        D = cdist(X / np.linalg.norm(X, axis=1, keepdims=True), X)
        D = squareform(pdist(X / np.linalg.norm(X, axis=1, keepdims=True))) if n > 1 else D * 0
    elif kind == 1:
        X = rng.integers(0, 3, (n, 3)).astype(float)
        D = cdist(X, X)
    else:
        D = np.triu(rng.integers(1, 6, (n, n)) if kind < 4 else rng.random((n, n)), k=1) * 1.0
        D = D + D.T
    if seed % 4 == 0:
        cut = np.triu(rng.random((n, n)) < 0.2, k=1)
        D[cut | cut.T] = np.inf
    return D


def bars_of_all_simplices(D, top, field, limit=np.inf):
    """Bars by degree: the boundary matrix of every simplex, reduced column by column."""
    n = len(D)
    simplices = [((v,), 0.0) for v in range(n)]
    for k in range(2, top + 3):
        for s in combinations(range(n), k):
            longest = max(D[i, j] for i, j in combinations(s, 2))
            if longest <= limit and longest < np.inf:
                simplices.append((s, longest))
    simplices.sort(key=lambda item: (item[1], len(item[0]), item[0]))
    place = {s: i for i, (s, _) in enumerate(simplices)}
    columns, bars, paired = {}, [[] for _ in range(top + 1)], set()
    for i, (s, value) in enumerate(simplices):
        column = {}
        if len(s) > 1:
            for skip in range(len(s)):
                column[place[s[:skip] + s[skip + 1 :]]] = (-1) ** skip % field
        while column and (low := max(column)) in columns:
            other = columns[low]
            factor = column[low] * pow(other[low], -1, field)
            for row, x in other.items():
                left = (column.get(row, 0) - factor * x) % field
                if left:
                    column[row] = left
                else:
                    column.pop(row, None)
        if column:
            low = max(column)
            columns[low] = column
            paired |= {low, i}
            birth = simplices[low][1]
            if birth < value:
                bars[len(simplices[low][0]) - 1].append((birth, value))
    for i, (s, value) in enumerate(simplices):
        if i not in paired and len(s) <= top + 1:
            bars[len(s) - 1].append((value, np.inf))
    return [np.array(sorted(rows)).reshape(-1, 2) for rows in bars]


def ordered(bars):
    return bars[np.lexsort(bars.T[::-1])]


@pytest.mark.parametrize("field", FIELDS)
@given(seed=st.integers(0, 10**9), top=st.integers(1, 4), limit=st.sampled_from([0, 1, 3, np.inf]))
@settings(max_examples=20, deadline=None)
def test_bars_are_those_of_all_simplices(seed, top, limit, field):
    D = matrix(seed, most=9)
    ours = rips_degrees(D, max_dimension=top, field=field, max_edge_length=limit)
    expected = bars_of_all_simplices(D, top, field, limit)
    for k in range(top + 1):
        np.testing.assert_array_equal(ordered(ours[k]), expected[k])


@pytest.mark.parametrize("field", FIELDS)
@given(seed=st.integers(0, 10**9), top=st.integers(1, 3))
@settings(max_examples=20, deadline=None)
def test_bars_are_those_of_gudhi(seed, top, field):
    D = matrix(seed, most=26)
    options = {"max_dimension": top, "field": field, "max_edge_length": np.inf}
    ours, theirs = rips_degrees(D, **options), rips_gudhi(D, **options)
    for k in range(top + 1):
        np.testing.assert_array_equal(ordered(ours[k]), ordered(theirs[k]))


def test_more_classes_than_places_at_the_start():
    octahedra = np.concatenate([np.eye(3), -np.eye(3)])[None] + 9 * np.arange(70)[:, None, None]
    D = squareform(pdist(octahedra.reshape(-1, 3)))
    for limit, death in ((1.9, np.inf), (2.1, 2.0)):
        bars = rips_degrees(D, max_dimension=2, field=3, max_edge_length=limit)[2]
        assert len(bars) == 70
        assert (bars[:, 1] == death).all()
    rng = np.random.default_rng(0)
    D = np.triu(rng.random((60, 60)), k=1)
    options = {"max_dimension": 2, "field": 5, "max_edge_length": np.inf}
    ours, theirs = rips_degrees(D + D.T, **options), rips_gudhi(D + D.T, **options)
    assert len(ours[1]) > 64 < len(ours[2])
    for k in range(3):
        np.testing.assert_array_equal(ordered(ours[k]), ordered(theirs[k]))


@pytest.mark.parametrize("n, d, top", [(60, 4, 3), (45, 5, 4)])
def test_spheres_of_three_and_four_dimensions(n, d, top):
    X = np.random.default_rng(1).normal(size=(n, d))
    D = squareform(pdist(X / np.linalg.norm(X, axis=1, keepdims=True)))
    options = {"max_dimension": top, "field": 3, "max_edge_length": np.inf}
    ours, theirs = rips_degrees(D, **options), rips_gudhi(D, **options)
    for k in range(top + 1):
        np.testing.assert_array_equal(ordered(ours[k]), ordered(theirs[k]))


@given(seed=st.integers(0, 10**9))
@settings(max_examples=30, deadline=None)
def test_simplices_are_there_and_have_the_lengths_of_their_bars(seed):
    D = matrix(seed, most=16)
    diagram = rips_degrees(D, max_dimension=3, field=3, max_edge_length=np.inf, simplices=True)
    for k, birth, death, first, last in zip(
        diagram.dims,
        diagram.births,
        diagram.deaths,
        diagram.birth_simplices,
        diagram.death_simplices,
        strict=True,
    ):
        for simplex, value, size in ((first, birth, k + 1), (last, death, k + 2)):
            vertices = simplex[simplex >= 0]
            if np.isinf(value):
                assert vertices.size == 0
                continue
            assert len(set(vertices.tolist())) == size
            assert D[np.ix_(vertices, vertices)].max(initial=0.0) == value


def test_a_sparse_matrix_is_one_without_the_missing_edges():
    X = np.random.default_rng(3).random((60, 3))
    D = squareform(pdist(X))
    D[D > 0.6] = np.inf
    stored = sparse.csr_array(np.where(np.isinf(D), 0.0, D))
    options = {"max_dimension": 2, "field": 3, "metric": "precomputed"}
    full, few = rips_diagram(D, **options), rips_diagram(stored, **options)
    assert full == few
    assert len(full[1])


def test_a_matrix_without_geometry_goes_from_the_rows_of_bits_to_values_on_demand():
    D = np.triu(np.random.default_rng(0).random((300, 300)), k=1)
    D = D + D.T
    options = {"max_dimension": 1, "max_edge_length": np.inf}
    assert rips_lunes(D, simplices=False, **options) is None
    diagram = rips_diagram(D, metric="precomputed")
    assert diagram == rips_cocycles(D, field=2, cocycles=False, **options)


@pytest.mark.parametrize("n, top, peak", [(500, 1, 18.8e6), (150, 2, 15.5e6), (75, 3, 11.9e6)])
def test_the_estimate_of_memory_tells_clouds_from_matrices_without_geometry(n, top, peak):
    """`peak` is what such a random matrix has taken; a cloud takes less than 30 n**2."""
    least = 30 * n**2 + 600_000
    rng = np.random.default_rng(0)
    D = np.triu(rng.random((n, n)), k=1)

    def estimate(D, **options):
        return ENGINE.memory(RipsTask(D, top, metric="precomputed", **options))

    cloud = cdist(X := rng.random((n, 3)), X)
    assert ENGINE.memory(RipsTask(X, top)) == least
    assert estimate(cloud) == least
    assert estimate(cloud**2) == least  # the order of the distances alone matters
    for random in (D + D.T, np.exp(D + D.T)):
        assert peak < estimate(random) < 2 * peak
    assert estimate(D + D.T, max_edge_length=1e-3) < 1.2 * least
    assert estimate(np.ones((n, n)) - np.eye(n)) == estimate(np.zeros((n, n))) == least


def test_kernels_as_plain_python_give_the_same():
    from tda._kernels import rips_lune

    rng = np.random.default_rng(5)
    D = squareform(pdist(rng.random((20, 3))))
    adjacent = np.zeros((20, 1), np.uint64)
    adjacent[:, 0] = [sum(1 << j for j in range(20) if j != i and D[i, j] < 0.6) for i in range(20)]
    lune = adjacent[3] & adjacent[7]
    here, vertices, near, m = rips_lune.rows_within(adjacent, lune)
    found = vertices[[i for i in range(64) if int(here[0]) >> i & 1]]
    assert m == len(found) == int(lune[0]).bit_count()
    left = here.copy()
    gone = np.empty((m, 2), np.int64)
    n_gone, apex = rips_lune.collapse(near, left, gone)
    # What goes sees, of what is left then, nothing that the other does not.
    alive = int(here[0])
    for x, y in gone[:n_gone]:
        seen = int(near[x, 0]) & alive
        assert seen >> int(y) & 1
        assert not seen & ~(1 << int(y)) & ~int(near[y, 0])
        alive &= ~(1 << int(x))
    assert alive == int(left[0])
    if apex >= 0:
        assert not alive & ~(1 << apex) & ~int(near[apex, 0])


@given(seed=st.integers(0, 10**9), share=st.floats(0, 1))
@settings(max_examples=100, deadline=None)
def test_what_is_said_of_a_set_of_vertices(seed, share):
    """That it is a cone, in one piece, and collapses, against sets and SciPy's graphs."""
    from tda._kernels import rips_lune

    rng = np.random.default_rng(seed)
    n = int(rng.integers(1, 150))
    sees = np.triu(rng.random((n, n)) < share, k=1)
    sees |= sees.T
    if seed % 2:  # as distances make it
        X = rng.random((n, 2))
        sees = cdist(X, X) < share
    np.fill_diagonal(sees, False)
    some = rng.random(n) < 0.8
    some[rng.integers(n)] = True
    rows, here = words_of(sees), words_of(some[None])[0]
    sets = np.empty((2, here.size), np.uint64)
    members = np.flatnonzero(some)
    within = sees[np.ix_(members, members)] | np.eye(members.size, dtype=bool)

    cones = members[within.all(axis=1)]
    assert rips_lune.cone_point(rows, here, sets[0]) == (cones[0] if cones.size else -1)
    pieces = sparse.csgraph.connected_components(within, directed=False)[0]
    root = rips_lune.root_of(rows, here, sets[0], sets[1])
    assert root == (members[0] if pieces == 1 else -1)

    left = here.copy()
    gone = np.empty((members.size, 2), np.int64)
    n_gone, apex = rips_lune.collapse(rows, left, gone)
    for x, y in gone[:n_gone]:
        assert x != y
        assert some[x]
        assert some[y]
        assert sees[x, y]
        assert not (some & sees[x] & ~sees[y])[np.arange(n) != y].any()
        some[x] = False
    np.testing.assert_array_equal(left, words_of(some[None])[0])
    members = np.flatnonzero(some)
    if apex >= 0:
        assert (sees[apex] | (np.arange(n) == apex))[members].all()
        return
    for x in members:  # nothing more can go
        for y in np.flatnonzero(some & sees[x]):
            assert (some & sees[x] & ~sees[y])[np.arange(n) != y].any()


def words_of(sets):
    """Rows of booleans as rows of bits in words."""
    sets = np.pad(sets, ((0, 0), (0, -sets.shape[1] % 64)))
    return np.packbits(sets, axis=1, bitorder="little").view("<u8").astype(np.uint64)
