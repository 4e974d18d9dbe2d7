"""Volume-optimal cycles: the boundary of the fewest cells that fill a hole."""

from __future__ import annotations

import warnings

import numpy as np

__all__ = ["least_chain", "optimal_volume", "region"]

_MOST_TRIANGLES = 60_000  # of a linear program
_MANY_TRIANGLES = 5000  # for a first one
_MOST_PIVOTS = 12_000  # of one program
_MOST_BRANCHES = 1000  # of a program in whole numbers
_FIRST_BALL, _GROWTH = 4.0, 1.3  # radius of the first ball in those of the triangle, and on
_WHOLE = 1e-6  # coefficients and prices may be off by that
_SIGNS = np.array([1.0, -1.0, 1.0])  # of the sides of a triangle, opposite to each corner


def region(complex_, diagram, bar):
    """Faces around the cells of a bar of the top degree, those of its merge tree.

    The cells that are reached from the cell of death across faces that enter after the birth. The
    places of the faces that have one of them on one side alone; of least volume, since any chain
    of cells whose boundary is there at birth and that holds the cell of death holds them all [1]_.

    References
    ----------
    .. [1] I. Obayashi, "Volume-optimal cycle: tightest representative cycle of a generator in
       persistent homology", SIAM Journal on Applied Algebra and Geometry 2, 2018.
    """
    from ..._kernels.cycles import flood

    k = complex_.dimension
    birth, death = diagram.births[bar], diagram.deaths[bar]
    if not np.isfinite(death):
        raise ValueError(
            f"bar {bar} never ends in this diagram, and its cavity is found from its end: compute "
            "the diagram without a largest radius."
        )
    values, faces, sides = complex_.values[k], complex_.faces(k), complex_.sides
    sides = np.where(sides == len(faces), np.int32(-1), sides)
    slack = 1e-7 * max(abs(birth), abs(death))
    candidates = np.flatnonzero(np.abs(values - death) <= slack)
    if diagram.death_simplices is not None:
        own = np.sort(diagram.death_simplices[bar, : k + 1])
        same = candidates[(complex_.simplices[k][candidates] == own).all(axis=1)]
        candidates = same if same.size else candidates
    is_wall = complex_.values[k - 1] <= birth + slack * 1e-2
    alike = np.flatnonzero((diagram.births == birth) & (diagram.deaths == death))
    place, found = int(np.searchsorted(alike, bar)), []
    inside = np.zeros(len(faces), dtype=bool)
    for cell in candidates:
        if inside[cell]:
            continue
        cells, leaks = flood(int(cell), faces, sides, is_wall, inside)
        around, count = np.unique(faces[cells], return_counts=True)
        around = around[count == 1]  # a face with the region on both sides is not around it
        lowest = complex_.values[k - 1][around].max()
        if not leaks and values[cells].max() <= death + slack and lowest >= birth - slack:
            found.append(around)
    if not found:
        raise ValueError("the diagram does not belong to this cloud: its cavity is open.")
    return found[place % len(found)]


def optimal_volume(complex_, X, edge, cell, volume):
    """Edges around the fewest triangles that fill a loop, by linear programming.

    Among the chains of triangles that enter after `edge` and not after `cell`, that hold `cell` and
    whose boundary has no edge after `edge`, one of least sum of absolute values, over the real
    numbers; its boundary, modulo 2. `edge`, `cell` and the known `volume` are places of edges and
    triangles. If the least is not found, there is a warning, and the best one that is known.
    """
    triangles, low = least_chain(complex_, X, edge, cell, volume)
    if low < len(triangles):
        warnings.warn(
            f"the volume of {len(triangles):,} triangles is not known to be the least: what is "
            f"known is that no volume over the real numbers has less than {low:,}.",
            stacklevel=5,
        )
    around, count = np.unique(complex_.faces(2)[triangles], return_counts=True)
    return around[count % 2 == 1]


def least_chain(complex_, X, edge, cell, volume):
    """Triangles of the least chain that is known, and a lower bound of all: equal if it is proved.

    Triangles in a ball around `cell` are looked at. An edge of its rim, where triangles outside go
    on, may stay in the boundary at a price: 1 / k for the triangle outside with k such edges. What
    such a chain costs is no more than any chain of the whole complex, since prices of the edges
    that are feasible in the ball, and 0 outside, are feasible in the whole dual program. So a chain
    that pays no such price is the least of all. Else the ball grows.
    """
    middle = X[complex_.simplices[2][cell]].mean(axis=0)
    far = np.linalg.norm(X - middle, axis=1)
    pool = _Pool(complex_, edge, cell)
    own = far[complex_.simplices[2][cell]].max()
    radius, low = _FIRST_BALL * own, 1
    while radius > own and np.count_nonzero(pool.within(far <= radius)) > _MANY_TRIANGLES:
        radius /= _GROWTH  # a triangle may span a wide hole with many small ones around it
    ball, found = np.isin(pool.places, volume), None
    while True:
        inside = pool.within(far <= radius)
        if np.count_nonzero(inside) > _MOST_TRIANGLES:
            break
        chain, prices, cost = pool.solve(inside)
        if chain is None:  # over the real numbers nothing fills it, or it takes too long
            break
        ball = inside
        low = max(low, int(np.ceil(cost * (1 - 1e-9) - _WHOLE)))
        if prices is not None:  # the least over the real numbers, perhaps with fractions
            found = chain if _is_whole(chain) else pool.solve_whole(ball, prices)
            break
        radius *= _GROWTH
    if found is None:  # what is not proved may be better than the known volume all the same
        ball |= np.isin(pool.places, volume)
        if np.count_nonzero(ball) <= _MOST_TRIANGLES:
            chain = pool.solve(ball, closed=True)[0]
            found = chain if chain is not None and _is_whole(chain) else None
    if found is not None and np.abs(found).sum() < len(volume) + 0.5:
        volume = pool.places[ball][np.rint(found) % 2 == 1]
    # Twice a triangle is none modulo 2, so there may be fewer than over the real numbers.
    return volume, min(low, len(volume))


class _Pool:
    """The triangles that may fill a loop: those with an edge after `edge`, up to `cell`.

    Chains are those of all their triangles of a ball, with `cell`, which is the last, once.
    """

    def __init__(self, complex_, edge, cell):
        self.edge = edge
        faces = complex_.faces(2)[: cell + 1]
        usable = (faces > edge).any(axis=1)
        usable[cell] = True
        self.places = np.flatnonzero(usable)
        self.faces, self.corners = faces[self.places], complex_.simplices[2][self.places]
        self.n_edges = len(complex_.simplices[1])

    def within(self, is_near):
        """Which triangles have all corners near, as a mask; `cell` is one of them."""
        inside = is_near[self.corners].all(axis=1)
        inside[-1] = True
        return inside

    def solve(self, ball, *, closed=False):
        """The least chain of a ball, prices of the edges if it needs no rim, and what it costs.

        `ball` is a mask. None for the chain if there is none, or if it takes too many pivots. If
        `closed` the rim must not be in the boundary.
        """
        from scipy import sparse
        from scipy.optimize import linprog

        rows, boundary = self._boundary(ball)
        left, m = boundary[:, :-1], boundary.shape[1] - 1
        price = np.full(len(rows), np.inf) if closed else self._prices_of_rim(ball, rows)
        rim = np.flatnonzero(np.isfinite(price))
        ends = sparse.csc_array(
            (np.ones(rim.size), (rim, np.arange(rim.size))), shape=(len(rows), rim.size)
        )
        if not len(rows):
            return np.ones(1), np.zeros(self.n_edges), 1.0
        result = linprog(
            np.concatenate([np.ones(2 * m), price[rim], price[rim]]),
            A_eq=sparse.hstack([left, -left, ends, -ends], format="csc"),
            b_eq=-boundary[:, [m]].toarray()[:, 0],
            method="highs-ds",
            options={"maxiter": _MOST_PIVOTS},
        )
        if not result.success:
            return None, None, np.inf
        chain = np.append(result.x[:m] - result.x[m : 2 * m], 1.0)
        prices = None
        if result.x[2 * m :].max(initial=0.0) <= _WHOLE:
            prices = np.zeros(self.n_edges)
            prices[rows] = result.eqlin.marginals
        return chain, prices, result.fun + 1

    def solve_whole(self, ball, prices):
        """The least chain of whole numbers in a ball, or None if none is found.

        At first of the triangles alone that cost what their edges pay: every chain that costs as
        little as fractions do consists of these.
        """
        paid = np.abs((prices[self.faces] * _SIGNS).sum(axis=1)) >= 1 - _WHOLE
        paid[-1] = True
        for allowed in (ball & paid, ball):
            chain = self._whole_chain(allowed)
            if chain is not None:
                found = np.zeros(len(self.places))
                found[allowed] = chain
                return found[ball]
        return None

    def _whole_chain(self, inside):
        from scipy import sparse
        from scipy.optimize import LinearConstraint, milp

        _, boundary = self._boundary(inside)
        left, m = boundary[:, :-1], boundary.shape[1] - 1
        wanted = -boundary[:, [m]].toarray()[:, 0]
        result = milp(
            np.ones(2 * m),
            integrality=np.ones(2 * m),
            constraints=LinearConstraint(sparse.hstack([left, -left]), wanted, wanted),
            options={"node_limit": _MOST_BRANCHES},
        )
        return None if result.x is None else np.append(result.x[:m] - result.x[m:], 1.0)

    def _boundary(self, inside):
        """The late edges of these triangles, and the boundary matrix with a row for each."""
        from scipy import sparse

        faces = self.faces[inside]
        late = faces > self.edge
        rows, row = np.unique(faces[late], return_inverse=True)
        signs = np.broadcast_to(_SIGNS, faces.shape)[late]
        columns = np.nonzero(late)[0]
        shape = len(rows), len(faces)
        return rows, sparse.csc_array((signs, (row.reshape(-1), columns)), shape=shape)

    def _prices_of_rim(self, inside, rows):
        """The price of each row that triangles outside go on from, infinite for the others."""
        is_row = np.zeros(self.n_edges, dtype=bool)
        is_row[rows] = True
        shared = self.faces[~inside]
        on_rim = is_row[shared]
        counts = on_rim.sum(axis=1)
        price = np.full(self.n_edges, np.inf)
        triangle, corner = np.nonzero(on_rim)
        np.minimum.at(price, shared[triangle, corner], 1 / counts[triangle])
        return price[rows]


def _is_whole(chain):
    return np.abs(chain - np.rint(chain)).max() <= _WHOLE
