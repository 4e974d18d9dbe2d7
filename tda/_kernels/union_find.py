"""Disjoint sets by union-find, in kernels. A leaf: imports no kernel."""

from ._compiled import compiled, watch


@compiled
def find(parent, i):
    """Root of `i`, with path halving."""
    while parent[i] != i:
        parent[i] = parent[parent[i]]
        i = parent[i]
    return i


@compiled
def shorten(parent):
    """Point every element at its root, in the order of the array, which is fast in memory."""
    second = 0
    for i in range(parent.size):
        if i & 0xFFFF == 0:
            second = watch(second)
            if second < 0:
                break
        parent[i] = find(parent, i)
