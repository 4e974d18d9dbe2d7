"""The engines that compute persistence, each behind a function that returns a `Diagram`.

Our own kernels, gudhi and ripser. Input is checked by the callers, and an engine is imported
when it is used.
"""

from __future__ import annotations

import numpy as np

from ..diagrams import Diagram, Diagrams

# -- Rips ------------------------------------------------------------------------------------


def rips_lunes(D, *, max_dimension, max_edge_length, simplices):
    """Diagram of a dense distance matrix up to degree 2 over Z/2, by our own kernels."""
    from .._kernels import rips_loops as kernel

    n = len(D)
    reach = min(max_edge_length, enclosing_radius(D))
    if not np.isfinite(reach):
        reach = D.max(initial=0.0, where=np.isfinite(D))
    # Few edges a bucket: each is sorted in cache, and only if it is reached.
    codes, starts = kernel.bucketed_edges(D, reach, int(np.clip(n * n // 64, 1, 60_000)))
    joins, edges, triangles, died = kernel.rips_loops(D, codes, starts, reach)
    births, deaths = [edges], [triangles]
    if max_dimension >= 2:
        from .._kernels.rips_voids import rips_voids

        pairs = rips_voids(D, codes, starts, triangles[died])
        births, deaths = births + [pairs[0]], deaths + [pairs[1]]
    return from_events(
        lambda simplex: diameters(D, simplex),
        n,
        joins,
        births[:max_dimension],
        deaths[:max_dimension],
        simplices,
    )


def from_events(diameters, n, joins, births, deaths, simplices, *, field=2, cocycles=None):
    """Diagram from the edges that join components, and births and deaths from degree 1 on."""
    stays = np.ones(n, dtype=bool)  # one point of each component that does
    stays[joins[:, 2]] = False
    alone = np.flatnonzero(stays)
    # As simplices, by degree; an essential class has -1 for its death.
    births = [np.concatenate([joins[:, 2:], alone[:, None]]), *births]
    deaths = [np.concatenate([joins[:, :2], np.full((alone.size, 2), -1)]), *deaths]
    max_dimension = len(births) - 1
    return Diagram(
        np.concatenate([diameters(simplex) for simplex in births]),
        np.concatenate([diameters(simplex) for simplex in deaths]),
        np.repeat(np.arange(max_dimension + 1), [len(simplex) for simplex in births]),
        filtration="rips",
        field=field,
        max_dimension=max_dimension,
        cocycles=cocycles,
        birth_simplices=_stack(births, max_dimension + 1) if simplices else None,
        death_simplices=_stack(deaths, max_dimension + 2) if simplices else None,
    )


def rips_tree(X, *, field, max_edge_length, simplices):
    """Diagram of a cloud in degree 0: the minimum spanning tree."""
    from .._geometry import spanning_tree
    from .._kernels.spanning_tree import elder_rule

    edges, lengths = spanning_tree(X)
    edges = edges[lengths <= max_edge_length]
    joins = np.column_stack([edges, elder_rule(edges, len(X))])
    return from_events(
        lambda simplex: diameters_of_points(X, simplex),
        len(X),
        joins,
        [],
        [],
        simplices,
        field=field,
    )


def rips_many(clouds, *, max_dimension, max_edge_length):
    """Diagrams of small clouds in degrees 0 and 1 over Z/2, in one compiled loop."""
    from .._kernels.rips_many import rips_many as kernel

    # Clouds of unequal numbers of coordinates share no array; runs of equal ones do.
    parts, run = [], []
    for X in [*clouds, None]:
        if run and (X is None or X.shape[1] != run[0].shape[1]):
            starts = np.cumsum([0, *map(len, run)])
            bars = kernel(np.concatenate(run), starts, max_dimension, float(max_edge_length))
            parts.append(Diagrams._view(*bars, "rips", 2, max_dimension, None, None, None))
            run = []
        run.append(X)
    return parts[0] if len(parts) == 1 else Diagrams(d for part in parts for d in part)


def rips_points(X, *, max_edge_length, simplices):
    """Diagram of many points of two or three dimensions in degrees 0 and 1 over Z/2.

    By our own kernel, without a distance matrix. None where loops live so long that the edges
    of their scale are too many.
    """
    from .._kernels.rips_loops_points import rips_loops_points

    n, d = X.shape
    given = X
    X, exponent = _near_one(X)  # the kernel takes cubes of lengths
    max_edge_length = float(np.ldexp(max_edge_length, -exponent))
    near = _nearest_points(X, 8)
    extent = float(np.linalg.norm(np.ptp(X, axis=0)))
    reach = min(max_edge_length, extent)
    # A first range with a few edges a point; and where one has hundreds a point, a loop lives
    # on that is much larger than the gaps between points.
    first = extent * (8 / n) ** (1 / d) / 4
    joins, edges, triangles, complete = rips_loops_points(
        X, near, reach, _last_birth_of_points(X, near), first, 1.15, 200 * n, 4 * n
    )
    if not complete:
        return None
    return from_events(
        lambda simplex: diameters_of_points(given, simplex),
        n,
        joins,
        [edges],
        [triangles],
        simplices,
    )


def _near_one(lengths):
    """Lengths times a power of two, which rounds nothing, and its exponent: ``2**e`` undoes it.

    Left as they are unless cubes or single precision might lose them.
    """
    exponent = int(np.frexp(np.max(np.abs(lengths), initial=0.0, where=np.isfinite(lengths)))[1])
    if abs(exponent) < 100:
        return lengths, 0
    return np.ldexp(lengths, -exponent), exponent


def _nearest_points(X, k):
    """The `k` nearest others of each point."""
    from scipy.spatial import cKDTree

    _, near = cKDTree(X).query(X, k + 1)
    # A point with twins need not come first itself; some others are as good.
    own = near == np.arange(len(X))[:, None]
    own[~own.any(axis=1), -1] = True
    return near[~own].reshape(len(X), k).astype(np.int64)


def _last_birth_of_points(X, near):
    """Length of the longest edge with an empty lune.

    Its diametral ball is empty too, so it is an edge of every Delaunay triangulation.
    """
    from scipy.spatial import Delaunay, QhullError, cKDTree

    try:
        triangulation = Delaunay(X)
    except QhullError:  # flat, or nearly so
        return np.inf
    if len(triangulation.coplanar):  # points that it has left out
        return np.inf
    pointers, others = triangulation.vertex_neighbor_vertices
    u = np.repeat(np.arange(len(X)), np.diff(pointers))
    u, v = u[u < others], others[u < others]
    length = np.linalg.norm(X[u] - X[v], axis=1)
    may_be_empty = np.ones(len(u), dtype=bool)
    for column in near.T:
        for end in (u, v):
            rows = np.flatnonzero(may_be_empty)
            w = column[end[rows]]
            farther = np.maximum(
                np.linalg.norm(X[u[rows]] - X[w], axis=1), np.linalg.norm(X[v[rows]] - X[w], axis=1)
            )
            # With a margin, for lengths that differ in their last digits only.
            may_be_empty[rows] = farther >= length[rows] * (1 - 1e-12)
    rows = np.flatnonzero(may_be_empty)
    tree = cKDTree(X)
    for i in rows[np.argsort(-length[rows])]:
        inside = tree.query_ball_point((X[u[i]] + X[v[i]]) / 2, 0.8661 * length[i])
        farther = np.maximum(*(np.linalg.norm(X[inside] - X[e], axis=1) for e in (u[i], v[i])))
        if not (farther < length[i] * (1 - 1e-12)).any():
            return float(length[i]) * (1 + 1e-12)
    return 0.0


def diameters_of_points(X, simplices):
    longest = np.zeros(len(simplices))
    for i in range(simplices.shape[1]):
        for j in range(i):
            gaps = np.linalg.norm(X[simplices[:, i]] - X[simplices[:, j]], axis=1)
            longest = np.maximum(longest, gaps)
    return np.where(simplices[:, 0] < 0, np.inf, longest)


def diameters(D, simplices):
    """Longest edge of each simplex; 0 for a vertex, infinite for -1, no simplex at all."""
    longest = np.zeros(len(simplices))
    for i in range(simplices.shape[1]):
        for j in range(i):
            longest = np.maximum(longest, D[simplices[:, i], simplices[:, j]])
    return np.where(simplices[:, 0] < 0, np.inf, longest)


def _stack(blocks, width):
    """Blocks of simplices of one size each as rows of one width, sorted and filled with -1."""
    rows = [
        np.pad(np.sort(block, axis=1), ((0, 0), (0, width - block.shape[1])), constant_values=-1)
        for block in blocks
    ]
    return np.concatenate(rows)


def rips_gudhi(D, *, max_dimension, field, max_edge_length):
    """Diagram of a distance matrix, dense or sparse, by gudhi's `RipsPersistence`."""
    from gudhi.sklearn import RipsPersistence
    from scipy import sparse

    if sparse.issparse(D):
        upper = sparse.coo_array(sparse.triu(D, k=1))
        keep = upper.data <= max_edge_length
        D = sparse.coo_matrix((upper.data[keep], (upper.row[keep], upper.col[keep])), shape=D.shape)
        kind = "distance coo_matrix"
    else:
        kind = "full distance matrix"
    bars = RipsPersistence(
        homology_dimensions=list(range(max_dimension + 1)),
        threshold=max_edge_length,
        input_type=kind,
        homology_coeff_field=field,
    ).fit_transform([D])[0]
    return _from_arrays(bars, "rips", field, max_dimension)


def rips_gudhi_tree(D, *, max_dimension, field, max_edge_length):
    """Diagram with birth and death simplices: every simplex is stored, none collapsed."""
    tree = _flag_tree(D, max_edge_length)
    tree.expansion(max_dimension + 1)
    return _from_tree(tree, "rips", field, max_dimension, simplices=True)


def _flag_tree(D, max_edge_length):
    import gudhi
    from scipy import sparse

    n = D.shape[0]
    tree = gudhi.SimplexTree()
    tree.insert_batch(np.arange(n).reshape(1, -1), np.zeros(n))
    if sparse.issparse(D):
        upper = sparse.coo_array(sparse.triu(D, k=1))
        rows, cols, lengths = upper.row, upper.col, upper.data
    else:
        # Past the enclosing radius the complex is a cone and nothing happens any more.
        max_edge_length = min(max_edge_length, enclosing_radius(D))
        rows, cols = np.triu_indices(n, k=1)
        lengths = D[rows, cols]
    keep = (lengths <= max_edge_length) & np.isfinite(lengths)  # a missing edge never enters
    edges = np.stack([rows[keep], cols[keep]]).astype(np.int32)
    tree.insert_batch(edges, lengths[keep])
    return tree


def enclosing_radius(D):
    """The smallest length at which one point sees all others; infinite if none does."""
    return float(D.max(axis=1).min()) if len(D) else 0.0


def rips_ripser(D, *, max_dimension, field, max_edge_length):
    """Diagram with a cocycle for every bar of degree 1, by ripser.

    ripser computes in single precision, so each value is set back to the distance it was
    rounded from; bars shorter than that rounding are not reported.
    """
    from ripser import ripser
    from scipy import sparse

    if sparse.issparse(D):
        lengths = D.data
    else:
        lengths = D[np.triu_indices(len(D), k=1)]
    _, exponent = _near_one(lengths)
    if exponent:
        D = D * 2.0**-exponent
    reach = np.float32(np.ldexp(max_edge_length, -exponent))
    result = ripser(
        D,
        maxdim=max_dimension,
        thresh=reach if np.isfinite(max_edge_length) else np.inf,
        coeff=field,
        distance_matrix=True,
        do_cocycles=True,
    )
    exact = np.unique(np.concatenate([[0.0], lengths[np.isfinite(lengths)]]))
    bars = [np.asarray(d, dtype=float).reshape(-1, 2) for d in result["dgms"]]
    bars = [_snap(np.ldexp(d, exponent), exact) for d in bars]
    bars += [np.zeros((0, 2))] * (max_dimension + 1 - len(bars))
    cocycles = result["cocycles"][1] if max_dimension and len(result["cocycles"]) > 1 else []
    return _from_arrays(bars, "rips", field, max_dimension, cocycles=list(cocycles))


def _snap(bars, exact):
    """Replace each finite value by the nearest of the sorted values `exact`."""
    finite = np.isfinite(bars)
    values = bars[finite]
    right = np.clip(np.searchsorted(exact, values), 1, max(exact.size - 1, 1))
    right = np.minimum(right, exact.size - 1)
    left = np.maximum(right - 1, 0)
    nearer = np.where(values - exact[left] <= exact[right] - values, left, right)
    bars = bars.copy()
    bars[finite] = exact[nearer]
    return bars


# -- alpha -----------------------------------------------------------------------------------


def alpha_gudhi(X, *, max_dimension, field, max_radius, simplices, precision="safe"):
    """Diagram of the alpha complex of a cloud, in radii, by gudhi.

    With ``precision="exact"`` values are exact too, and not only the triangulation.
    """
    import gudhi

    tree = gudhi.AlphaComplex(points=X, precision=precision).create_simplex_tree(
        max_alpha_square=max_radius**2, output_squared_values=False
    )
    return _from_tree(tree, "alpha", field, max_dimension, simplices=simplices)


# -- cubical ---------------------------------------------------------------------------------


def cubical_gudhi(image, *, max_dimension, field, construction, periodic, cells):
    """Diagram of an image of any number of axes, with positions of births and deaths."""
    import gudhi

    kind = "vertices" if construction == "vertices" else "top_dimensional_cells"
    if any(periodic):
        built = gudhi.PeriodicCubicalComplex(**{kind: image, "periodic_dimensions": list(periodic)})
    else:
        built = gudhi.CubicalComplex(**{kind: image})
    built.compute_persistence(homology_coeff_field=field, min_persistence=0.0)
    if not cells:
        bars = [built.persistence_intervals_in_dimension(k) for k in range(max_dimension + 1)]
        return _from_arrays(bars, "cubical", field, max_dimension)
    if construction == "vertices":
        regular, essential = built.vertices_of_persistence_pairs()
    else:
        regular, essential = built.cofaces_of_persistence_pairs()
    births, deaths, dims = [np.zeros(0, int)], [np.zeros(0, int)], [np.zeros(0, int)]
    for k in range(max_dimension + 1):
        pairs = regular[k] if k < len(regular) else np.zeros((0, 2), int)
        alone = essential[k] if k < len(essential) else np.zeros(0, int)
        births += [pairs[:, 0], alone]
        deaths += [pairs[:, 1], np.full(len(alone), -1)]
        dims += [np.full(len(pairs) + len(alone), k)]
    births, deaths, dims = map(np.concatenate, (births, deaths, dims))
    values = image.ravel(order="F")  # gudhi numbers cells with the first axis fastest
    return Diagram(
        values[births],
        np.where(deaths >= 0, values[deaths], np.inf),
        dims,
        filtration="cubical",
        field=field,
        max_dimension=max_dimension,
        birth_simplices=_to_c_order(births, image.shape),
        death_simplices=_to_c_order(deaths, image.shape),
    )


def _to_c_order(index, shape):
    """Flat indices with the last axis fastest, as numpy's, from ones with the first; keeps -1."""
    moved = np.ravel_multi_index(np.unravel_index(np.maximum(index, 0), shape, order="F"), shape)
    return np.where(index >= 0, moved, -1).reshape(-1, 1)


# -- shared ----------------------------------------------------------------------------------


def _from_arrays(bars, filtration, field, max_dimension, cocycles=None):
    stacked = np.concatenate([np.zeros((0, 2)), *bars])
    dims = np.repeat(np.arange(len(bars)), [len(b) for b in bars])
    return Diagram(
        stacked[:, 0],
        stacked[:, 1],
        dims,
        filtration=filtration,
        field=field,
        max_dimension=max_dimension,
        cocycles=cocycles,
    )


def _from_tree(tree, filtration, field, max_dimension, *, simplices):
    """Diagram of a gudhi simplex tree."""
    # gudhi leaves out the classes of the top dimension unless told otherwise.
    tree.compute_persistence(
        homology_coeff_field=field,
        min_persistence=0.0,
        persistence_dim_max=tree.dimension() <= max_dimension,
    )
    if not simplices:
        bars = [tree.persistence_intervals_in_dimension(k) for k in range(max_dimension + 1)]
        bars = [np.asarray(b).reshape(-1, 2) for b in bars]
        return _from_arrays(bars, filtration, field, max_dimension)
    pairs = [p for p in tree.persistence_pairs() if len(p[0]) <= max_dimension + 1]
    births = [tree.filtration(birth) for birth, _ in pairs]
    deaths = [tree.filtration(death) if death else np.inf for _, death in pairs]
    return Diagram(
        births,
        deaths,
        [len(birth) - 1 for birth, _ in pairs],
        filtration=filtration,
        field=field,
        max_dimension=max_dimension,
        birth_simplices=_pad([birth for birth, _ in pairs], max_dimension + 1),
        death_simplices=_pad([death for _, death in pairs], max_dimension + 2),
    )


def _pad(simplices, width):
    """Vertex lists as rows, sorted and filled up with -1."""
    rows = np.full((len(simplices), width), -1, dtype=np.int64)
    for row, simplex in zip(rows, simplices, strict=True):
        row[: len(simplex)] = sorted(simplex)
    return rows
