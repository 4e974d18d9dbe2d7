"""Fewer simplices for a cycle of a clique complex, by exchanges within cliques."""

from __future__ import annotations

from collections import defaultdict
from itertools import combinations

import numpy as np

__all__ = ["shortened"]


def shortened(cycle):
    """A homologous cycle of no more simplices, in the cliques that the given one's edges span.

    Parameters
    ----------
    cycle : int array of shape (m, k + 1), k at least 2

    Returns
    -------
    int array of shape (n, k + 1), n at most m
        Where the chain has more than half of the faces of a simplex of dimension k + 1, it takes
        the others in their place. Three of them have all edges of that simplex, so it is there as
        soon as they are. A local search: the least cycle of the class may have fewer.
    """
    chain = set(map(tuple, np.sort(cycle, axis=1).tolist()))
    left = sorted(chain, reverse=True)
    around = defaultdict(set)
    for simplex in left:
        for ridge in combinations(simplex, len(simplex) - 1):
            around[ridge].add(simplex)
    while left:
        simplex = left.pop()
        if simplex not in chain:
            continue
        others = {o for r in combinations(simplex, len(simplex) - 1) for o in around[r]}
        for other in sorted(others - {simplex}):
            faces = set(combinations(sorted({*simplex, *other}), len(simplex)))
            own = faces & chain
            if len(own) < 3 or 2 * len(own) <= len(faces):
                continue
            chain ^= faces
            for face in faces:
                for ridge in combinations(face, len(face) - 1):
                    (around[ridge].discard if face in own else around[ridge].add)(face)
            # What changed may now be exchanged with what lies around it.
            left.extend(
                sorted(o for f in faces for r in combinations(f, len(f) - 1) for o in around[r])
            )
            break
    return np.array(sorted(chain), dtype=np.int64).reshape(-1, cycle.shape[1])
