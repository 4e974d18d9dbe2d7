"""Disjoint sets by union-find, in kernels. A leaf: imports no kernel."""

from numba import njit


@njit(cache=True, nogil=True)
def find(parent, i):
    """Root of `i`, with path halving."""
    while parent[i] != i:
        parent[i] = parent[parent[i]]
        i = parent[i]
    return i


@njit(cache=True, nogil=True)
def shorten(parent):
    """Point everything at its root, in the order of the array, which is kind to the cache."""
    for i in range(parent.size):
        parent[i] = find(parent, i)
