"""The pass over any field with cocycles: against gudhi, ripser, the pass of bits, and Python."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import sparse
from scipy.spatial.distance import cdist

from tda import rips_diagram
from tda._kernels.rips_cocycles import rips_cocycles as kernel
from tda._kernels.rips_loops import bucketed_edges
from tda.datasets import make_klein_bottle
from tda.homology.engines.rips_cocycles import rips_cocycles
from tda.homology.engines.rips_gudhi import rips_gudhi
from tda.homology.engines.rips_lunes import rips_lunes

FIELDS = [2, 3, 5, 47, 46_327]  # the last is the largest prime that is taken


def matrix(seed):
    """Distances of points, heavily tied ones, or of no metric; some infinite."""
    rng = np.random.default_rng(seed)
    n, kind = int(rng.integers(1, 30)), seed % 3
    if kind == 0:
        X = rng.normal(size=(n, int(rng.integers(1, 4))))
        D = cdist(X, X)
    else:
        D = np.triu(rng.integers(1, 6, (n, n)) if kind == 1 else rng.random((n, n)), k=1) * 1.0
        D = D + D.T
    if seed % 4 == 0:
        cut = np.triu(rng.random((n, n)) < 0.2, k=1)
        D[cut | cut.T] = np.inf
    return D


def loops(diagram):
    return diagram[1][np.lexsort(diagram[1].T)]


@pytest.mark.parametrize("field", FIELDS)
@given(seed=st.integers(0, 10**9))
@settings(max_examples=25, deadline=None)
def test_bars_are_those_of_gudhi(seed, field):
    D = matrix(seed)
    ours = rips_cocycles(D, max_dimension=1, field=field, max_edge_length=np.inf)
    theirs = rips_gudhi(D, max_dimension=1, field=field, max_edge_length=np.inf)
    np.testing.assert_array_equal(loops(ours), loops(theirs))
    np.testing.assert_array_equal(ours[0], theirs[0])


@given(seed=st.integers(0, 10**9), limit=st.sampled_from([0.0, 0.4, 1.0, 3.0, np.inf]))
@settings(max_examples=50, deadline=None)
def test_over_two_elements_all_is_as_in_the_pass_of_bits(seed, limit):
    D = matrix(seed)
    options = {"max_dimension": 1, "max_edge_length": limit, "simplices": True}
    ours, theirs = rips_cocycles(D, field=2, **options), rips_lunes(D, **options)
    assert ours == theirs
    np.testing.assert_array_equal(ours.birth_simplices, theirs.birth_simplices)
    np.testing.assert_array_equal(ours.death_simplices, theirs.death_simplices)


@pytest.mark.parametrize("field", [2, 3, 47])
@given(seed=st.integers(0, 10**9))
@settings(max_examples=20, deadline=None)
def test_every_bar_has_a_cocycle_that_is_none_before_it_and_none_after(seed, field):
    D = matrix(seed)
    diagram = rips_cocycles(D, max_dimension=1, field=field, max_edge_length=np.inf)
    assert len(diagram.cocycles) == len(diagram[1])
    for (birth, death), cocycle in zip(diagram[1], diagram.cocycles, strict=True):
        i, j, values = cocycle.T
        assert (i < j).all() and (values > 0).all() and (values < field).all()
        cochain = np.zeros(D.shape, dtype=np.int64)
        cochain[i, j], cochain[j, i] = values, -values
        edges = (death > D) & np.isfinite(D) & ~np.eye(len(D), dtype=bool)
        cochain[~edges] = 0
        around = cochain[:, :, None] + cochain[None] - cochain[:, None]
        assert not (around % field)[edges[:, :, None] & edges[None] & edges[:, None]].any()
        # It is no coboundary from its birth on, and restricts to one before.
        assert not is_coboundary(cochain, edges & (birth >= D), field)
        assert is_coboundary(cochain, edges & (birth > D), field)


def is_coboundary(cochain, edges, field):
    """Whether differences of a potential, summed along a forest of edges, explain it."""
    n, order = len(edges), []
    potential = np.full(n, -1)
    for root in range(n):
        if potential[root] < 0:
            potential[root] = 0
            order = [root]
            for a in order:
                new = np.flatnonzero(edges[a] & (potential < 0))
                potential[new] = (potential[a] + cochain[a, new]) % field
                order.extend(new.tolist())
    return not ((potential - potential[:, None] - cochain) % field)[edges].any()


def test_a_klein_bottle_has_one_loop_more_over_two_elements():
    X = make_klein_bottle(400, random_state=0).points
    three = rips_diagram(X, field=3)[1]
    expected = rips_gudhi(cdist(X, X), max_dimension=1, field=3, max_edge_length=np.inf)[1]
    np.testing.assert_allclose(three, expected, rtol=1e-12)


def test_lengths_are_told_in_double_precision():
    """ripser has one length for all of these; two loops apart by 1e-9 are two."""
    square = np.array([[0.0, 0], [0, 1], [1, 1], [1, 0]])
    X = np.concatenate([square, square * (1 + 1e-9) + 10])
    bars = rips_diagram(X, field=3, cocycles=True)
    assert np.diff(bars[1][:, 0])[0] == pytest.approx(1e-9, rel=1e-5)
    assert [len(c) for c in bars.cocycles] == [1, 1]


def test_with_voids_each_bar_from_loops_on_has_a_cocycle():
    X = np.random.default_rng(0).normal(size=(40, 3))
    X /= np.linalg.norm(X, axis=1, keepdims=True)
    both = rips_diagram(X, max_dimension=2, cocycles=True, representatives=True)
    plain = rips_diagram(X, max_dimension=2, representatives=True)
    assert both == plain and len(both.cocycles) == len(plain[1]) + len(plain[2])
    widths = [cocycle.shape[1] for cocycle in both.cocycles]
    assert widths == [3] * len(plain[1]) + [4] * len(plain[2])
    np.testing.assert_array_equal(both.birth_simplices, plain.birth_simplices)


def test_a_sparse_matrix_gives_the_cocycles_of_the_dense_one():
    D = matrix(9)
    found = rips_diagram(sparse.csr_array(D), metric="precomputed", field=5, cocycles=True)
    dense = rips_diagram(D, metric="precomputed", field=5, cocycles=True)
    np.testing.assert_allclose(found[1], dense[1])
    assert len(found.cocycles) == len(dense.cocycles)
    options = {"metric": "precomputed", "cocycles": True, "representatives": True}
    both = rips_diagram(sparse.csr_array(D), **options)
    assert len(both.cocycles) == len(both[1]) and len(both.birth_simplices) == len(both.births)


def test_compiled_it_does_as_its_python():
    D = matrix(3 * 7)
    codes, starts = bucketed_edges(D, D.max(), 16)
    with np.errstate(over="ignore"):
        python = kernel.py_func(D, codes, starts, D.max(), 5, True)
    compiled = kernel(D, codes, starts, D.max(), 5, True)
    for ours, theirs in zip(python[:3], compiled[:3], strict=True):
        np.testing.assert_array_equal(ours, theirs)
    used = compiled[3].used[0]
    np.testing.assert_array_equal(python[3].entries[:used], compiled[3].entries[:used])
