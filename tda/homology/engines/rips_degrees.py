"""Rips of any degree over any field: one pass over the edges, distance matrix to `Diagram`."""

from __future__ import annotations

import numpy as np

from .._plan import Engine
from ._events import diameters, edges_by_length, from_events
from ._supports import cocycles_of

__all__ = ["ENGINE", "classes", "rips_degrees", "some_cocycles"]

# Bytes of values of random matrices of n points over n**(k + 3), up to degree k, 1 to 3 or more.
_OF_VALUES = (2.9e-4, 2.1e-4, 0.7e-4)
# Up to how many points a sparse matrix is made a dense one.
_MOST_OF_SPARSE = 2000


def rips_degrees(D, *, max_dimension, field, max_edge_length, simplices=False, cocycles=False):
    """Diagram of a distance matrix up to any degree over Z/`field`, by our own kernels.

    Parameters
    ----------
    D : float array or sparse array of shape (n_points, n_points)
        Checked distances; infinite ones are no edges, nor are those that are not stored.
    max_dimension : int
        At least 1.
    field : int
        The prime of the coefficient field.
    max_edge_length : float
        Longer edges are left out.
    simplices : bool, default=False
        Keep the simplices of birth and death of every bar.
    cocycles : bool, default=False
        Keep a cocycle for every bar from degree 1 on: rows of vertices in order, and the value. It
        is a cocycle of the complex just before the bar dies, in which it is no coboundary.
    """
    D, joins, degrees, births, deaths, left = classes(
        D,
        max_dimension=max_dimension,
        field=field,
        max_edge_length=max_edge_length,
        keep=cocycles,
    )
    runs = None
    if cocycles:
        runs = cocycles_of(D, degrees, births, deaths, left, field, _bits(len(D)))
        runs = [runs[c] for c in np.argsort(degrees, kind="stable")]
    rows = [degrees == k for k in range(1, max_dimension + 1)]
    return from_events(
        lambda simplex: diameters(D, simplex),
        len(D),
        joins,
        [births[row, : k + 2].astype(np.int64) for k, row in enumerate(rows)],
        [deaths[row, : k + 3].astype(np.int64) for k, row in enumerate(rows)],
        simplices,
        field=field,
        cocycles=runs,
    )


def classes(D, *, max_dimension, field, max_edge_length, keep):
    """The dense matrix, and what the kernel returns; what cocycles come from is there if `keep`."""
    from scipy import sparse

    from ..._kernels.rips_degrees import rips_degrees as kernel

    if sparse.issparse(D):
        D = _full(D)
    codes, starts, _ = edges_by_length(D, max_edge_length)
    return D, *kernel(D, codes, starts, max_dimension, field, _bits(len(D)), keep)


def some_cocycles(D, pick, *, max_dimension, field, max_edge_length):
    """Cocycles of a few classes, each as `rips_degrees` has it.

    `pick` is called for each degree from 1 on with the degree, the births and deaths of its classes
    and the simplices of birth, and says which it wants, by their places among these. Returns their
    cocycles by degree, in that order.
    """
    options = {"max_dimension": max_dimension, "field": field, "max_edge_length": max_edge_length}
    D, _, degrees, births, deaths, left = classes(D, keep=True, **options)
    wanted, chosen = np.zeros(len(degrees), dtype=bool), {}
    for k in range(1, max_dimension + 1):
        here = np.flatnonzero(degrees == k)
        first, last = births[here, : k + 1].astype(np.int64), deaths[here, : k + 2]
        chosen[k] = here[pick(k, diameters(D, first), diameters(D, last), first)]
        wanted[chosen[k]] = True
    runs = cocycles_of(D, degrees, births, deaths, left, field, _bits(len(D)), wanted=wanted)
    return {k: [runs[c] for c in places] for k, places in chosen.items()}


def _full(D):
    """A sparse matrix as a dense one, infinite where nothing is stored."""
    D = D.tocoo()
    full = np.full(D.shape, np.inf)
    full[D.row, D.col] = D.data
    np.fill_diagonal(full, 0.0)
    return full


def _bits(n_points):
    """How many bits a vertex takes in the number of a simplex."""
    return int(n_points).bit_length()


def _takes(task):
    if task.max_dimension < 1 or task.n_points >= 2**16:
        return False
    if task.is_thin(2000) or (task.is_sparse and task.n_points > _MOST_OF_SPARSE):
        return False
    # A simplex with a vertex for each degree, and one, has a number of 63 bits.
    if (task.max_dimension + 1) * _bits(task.n_points) > 63 or task.field >= 2**16:
        return False
    # Of loops of clouds the other pass has the cocycles at hand.
    return not task.cocycles or task.max_dimension > 1 or task.is_sparse or _is_random(task)


def _memory(task):
    """Distances, edges and what their lunes tell, and values.

    Measured on clouds up to degree 2, the first take 20 to 22 n**2 bytes. Where neighbours of
    neighbours are neighbours no more often than others, lunes are no cones and classes live long:
    measured on random matrices, values take up to `_OF_VALUES` n**(k + 3) bytes more, for the
    highest degree k. Only given matrices are asked. In degree 3 and up lunes of clouds may hold
    many cliques, which are not foreseen: points of a 3-sphere took 3 MB (100 of them), 15 MB (150)
    and 44 MB (190).
    """
    n, top = task.n_points, task.max_dimension
    least = 30 * n**2 + 600_000
    most = _OF_VALUES[min(top, 3) - 1] * n ** (top + 3)
    if n < 3 or most < n**2 or task.is_sparse or not _is_given(task):
        return least
    disorder, share = _disorder_of(task)
    # Random complexes have few classes of degree k if they have few edges (M. Kahle, Topology of
    # random clique complexes, Discrete Mathematics 309, 2009).
    few = min(1.0, share * (n / np.log(n)) ** (1 / (top + 1)))
    return int(least + most * max(0.0, (disorder - 0.9) / 0.1) * few**2)


def _is_given(task):
    return isinstance(task.metric, str) and task.metric == "precomputed"


def _is_random(task):
    """Whether neighbours of neighbours are hardly more often neighbours than others."""
    if task.n_points < 3 or task.is_sparse or not _is_given(task):
        return False
    return _disorder_of(task)[0] > 0.9


def _disorder_of(task):
    """`_disorder` of some of the points."""
    some = slice(None, None, -(-task.n_points // 200))
    return _disorder(task.X[some, some], task.max_edge_length)


def _disorder(D, limit):
    """How little two short edges at a point say of the third, from 0 to 1, by their order alone;
    and the share of edges up to `limit`."""
    n = len(D)
    edges = D[~np.eye(n, dtype=bool)]
    near = ((np.quantile(edges, 0.25, method="inverted_cdf") >= D) & (D < np.inf)).astype(float)
    np.fill_diagonal(near, 0.0)
    degrees = near.sum(axis=0)
    pairs, density = (degrees * (degrees - 1)).sum(), degrees.sum() / (n * (n - 1))
    share = np.mean((edges <= limit) & (edges < np.inf))
    if pairs == 0 or density == 1:
        return 0.0, share
    return min(1.0, (1 - (near @ near * near).sum() / pairs) / (1 - density)), share


def _kernels():
    from ..._kernels.rips_degrees import rips_degrees

    return (rips_degrees,)


ENGINE = Engine(
    "degrees",
    "our own pass over the edges, in any degree over any field",
    needs="distances",
    takes=_takes,
    memory=_memory,
    compute=lambda D, task: rips_degrees(
        D,
        max_dimension=task.max_dimension,
        field=task.field,
        max_edge_length=task.max_edge_length,
        simplices=task.simplices,
        cocycles=task.cocycles,
    ),
    kernels=_kernels,
    family="rips",
)
