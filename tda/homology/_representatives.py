"""From a bar to a cycle on the points of the data: it shows where the hole is."""

from __future__ import annotations

from numbers import Integral

import numpy as np

from .._validation import check_cloud
from ._tasks import distances_of
from .engines.alpha_delaunay import alpha_complex

__all__ = ["representative_cycle"]


def representative_cycle(X, diagram, bar):
    """A cycle on the points of a cloud that represents one bar, at its birth.

    Parameters
    ----------
    X : array-like of shape (n_points, n_features)
        The cloud that the diagram was computed from.
    diagram : Diagram
        A Rips or alpha diagram computed with ``representatives=True``.
    bar : int
        Index of the bar in ``diagram.births``.

    Returns
    -------
    ndarray of int64
        Degree 0: shape (1,), the point that the component is born with. Degree 1: shape (m,),
        the vertices of a closed path in order. Degree 2 (alpha complex in three dimensions):
        shape (m, 3), the triangles of a closed surface.

    Raises
    ------
    ValueError
        If the diagram has no simplices, or degree and complex are none of the above.

    Notes
    -----
    Degree 1: the edge of birth, closed by the path between its ends that is shortest in the
    edges that came before it. The cycle exists from birth on, and not earlier. Degree 2: the
    boundary of the region that the ball of death lies in and that the complex at birth
    encloses.

    Examples
    --------
    >>> from tda import alpha_diagram, representative_cycle
    >>> square = [[0, 0], [0, 2], [2, 2], [2, 0], [9, 9]]
    >>> diagram = alpha_diagram(square, representatives=True)
    >>> sorted(representative_cycle(square, diagram, len(diagram) - 1).tolist())
    [0, 1, 2, 3]
    """
    X = check_cloud(X)
    if diagram.birth_simplices is None or diagram.filtration not in ("rips", "alpha"):
        raise ValueError(
            "a cycle is read off the simplices of a Rips or alpha diagram: compute it with "
            "representatives=True."
        )
    if not isinstance(bar, Integral) or not 0 <= bar < len(diagram):
        raise ValueError(f"bar={bar!r}, but the diagram has bars 0 … {len(diagram) - 1}")
    degree = int(diagram.dims[bar])
    simplex = diagram.birth_simplices[bar, : degree + 1]
    if degree == 0:
        return simplex.copy()
    if degree == 1:
        edges, values = _edges_in_order(X, diagram.filtration, diagram.births[bar])
        return _close_path(X, edges, values, simplex, diagram.births[bar])
    if degree == 2 and diagram.filtration == "alpha" and X.shape[1] == 3:
        return _enclosing_surface(X, diagram, bar)
    raise ValueError(
        f"a representative of degree {degree} is available for alpha complexes in three "
        f"dimensions, not for {diagram.filtration} in {X.shape[1]}."
    )


def _edges_in_order(X, filtration, value):
    """Edges that enter at `value` or before, in the order in which they enter, and values."""
    if filtration == "alpha" and X.shape[1] <= 3:
        edges, values = alpha_complex(X)[0]
        keep = values <= value * (1 + 1e-9)
        return edges[keep], values[keep]
    if filtration == "alpha":
        import gudhi

        tree = gudhi.AlphaComplex(points=X, precision="safe").create_simplex_tree(
            max_alpha_square=(value * (1 + 1e-9)) ** 2, output_squared_values=False
        )
        found = [(s, f) for s, f in tree.get_skeleton(1) if len(s) == 2]
        edges = np.array([s for s, _ in found]).reshape(-1, 2)
        values = np.array([f for _, f in found])
    elif len(X) > 10_000:
        from scipy.spatial import cKDTree

        edges = cKDTree(X).query_pairs(value * (1 + 1e-9), output_type="ndarray")
        values = np.linalg.norm(X[edges[:, 0]] - X[edges[:, 1]], axis=1)
    else:
        D = distances_of(X, "euclidean")  # to the last digit those of the diagram
        edges = np.argwhere(np.triu(value * (1 + 1e-9) >= D, k=1))
        values = D[edges[:, 0], edges[:, 1]]
    # Of edges that enter together the one with the lower vertices comes first, the higher
    # vertex compared first, in gudhi as in our own kernels.
    low, high = np.sort(edges, axis=1).T
    order = np.lexsort((low, high, values))
    return edges[order], values[order]


def _close_path(X, edges, values, simplex, birth):
    """The birth edge and the shortest path between its ends, over edges that came before."""
    from scipy import sparse
    from scipy.sparse.csgraph import dijkstra

    u, v = map(int, simplex)
    low, high = np.sort(edges, axis=1).T
    is_birth = (low == min(u, v)) & (high == max(u, v))
    # A path over later edges, though of the same value, may bound triangles.
    earlier = np.arange(len(edges)) < np.flatnonzero(is_birth).min(initial=len(edges))
    # If the distances differ from those of the diagram in the last digit, the order may be wrong.
    for keep in (earlier, (values <= birth * (1 + 1e-9)) & ~is_birth):
        i, j = edges[keep].T
        lengths = np.linalg.norm(X[i] - X[j], axis=1)
        # Points that coincide are joined by an edge of length 0, which would not be stored.
        graph = sparse.csr_array((np.maximum(lengths, 1e-300), (i, j)), shape=(len(X), len(X)))
        _, before = dijkstra(graph, directed=False, indices=u, return_predecessors=True)
        if before[v] >= 0:
            break
    path = [v]
    while path[-1] != u:
        if before[path[-1]] < 0:
            raise ValueError("the diagram does not belong to this cloud: no cycle closes there.")
        path.append(int(before[path[-1]]))
    return np.array(path, dtype=np.int64)


def _enclosing_surface(X, diagram, bar):
    """Boundary of the cavity of a degree 2 bar: flood the tetrahedra from that of its death."""
    birth = diagram.births[bar] * (1 + 1e-9)
    if not np.isfinite(diagram.deaths[bar]):
        raise ValueError(
            f"bar {bar} never ends in this diagram, and its cavity is found from its end: compute "
            "the diagram without max_radius."
        )
    _, (triangles, values), (tetrahedra, _) = alpha_complex(X)
    start = tuple(diagram.death_simplices[bar].tolist())
    closed = set(map(tuple, np.sort(triangles[values <= birth], axis=1).tolist()))
    beside = {}  # triangle -> its tetrahedra
    for tet in map(tuple, np.sort(tetrahedra, axis=1).tolist()):
        for skip in range(4):
            beside.setdefault(tet[:skip] + tet[skip + 1 :], []).append(tet)
    inside, queue, walls = {start}, [start], []
    while queue:
        tet = queue.pop()
        for skip in range(4):
            triangle = tet[:skip] + tet[skip + 1 :]
            if triangle in closed:
                walls.append(triangle)
                continue
            others = [other for other in beside.get(triangle, ()) if other != tet]
            if not others:
                raise ValueError("the diagram does not belong to this cloud: its cavity is open.")
            if others[0] not in inside:
                inside.add(others[0])
                queue.append(others[0])
    # A triangle with the cavity on both sides is not part of the boundary.
    triangles, count = np.unique(np.array(walls), axis=0, return_counts=True)
    return triangles[count == 1].astype(np.int64)
