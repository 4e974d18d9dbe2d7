"""Data as people bring it: clouds, matrices, images and diagrams that break careless code.

Each kind is a function of a random generator. Coordinates are multiples of 2**-20 unless the kind
says otherwise, so that moving them by whole numbers up to 2**26 loses no digit.
"""

from __future__ import annotations

import numpy as np

GRID = 2.0**-20


def on_grid(X):
    return np.rint(np.asarray(X, dtype=float) / GRID) * GRID


def base(rng, *, least=5, most=40, widest=6):
    """A small cloud of any of six shapes."""
    n, d = int(rng.integers(least, most + 1)), int(rng.integers(1, widest + 1))
    shape = rng.integers(5)
    if shape == 0:
        X = rng.normal(size=(n, d))
    elif shape == 1:
        X = rng.uniform(-1, 1, size=(n, d))
    elif shape == 2:
        d = max(d, 2)
        angle = rng.uniform(0, 2 * np.pi, n)
        X = np.column_stack([np.cos(angle), np.sin(angle), 0.1 * rng.normal(size=(n, d - 2))])
    elif shape == 3:
        X = rng.normal(size=(n, d)) * 0.1 + rng.integers(0, 3, size=(n, 1)) * 2
    else:
        X = np.outer(rng.uniform(size=n), rng.normal(size=d)) + 0.01 * rng.normal(size=(n, d))
    return on_grid(X)


def _changed(X, rng, value):
    X = np.array(X)
    X[rng.integers(X.shape[0]), rng.integers(X.shape[1])] = value
    return X


def _one_hot(rng):
    return np.eye(int(rng.integers(2, 6)))[rng.integers(0, 2, size=int(rng.integers(5, 40)))]


def _lattice(rng):
    side = int(rng.integers(2, 6))
    return np.argwhere(np.ones((side,) * int(rng.integers(1, 4 if side < 4 else 3)))) * 1.0


def _mostly_one(rng):
    X = base(rng)
    X[rng.random(len(X)) < 0.8] = X[0]
    return X


def _with_constant(rng):
    X = base(rng)
    return np.column_stack([X, np.full(len(X), rng.choice([0.0, 1.0, -7.25]))])


def _frame(rng, **columns):
    import pandas as pd

    X = base(rng)
    frame = pd.DataFrame(X, columns=[f"x{i}" for i in range(X.shape[1])])
    return frame.assign(**{name: make(len(X)) for name, make in columns.items()})


def _missing(rng):
    import pandas as pd

    frame = _frame(rng).astype(object)
    frame.iloc[0, 0] = pd.NA
    return frame


def _sparse(rng):
    from scipy import sparse

    return sparse.csr_array(base(rng))


def _huge_integer(rng):
    X = base(rng).tolist()
    X[0][0] = 10**400
    return X


def _masked(rng):
    X = base(rng)
    return np.ma.masked_array(X, mask=X > np.median(X))


def _two_scales(rng, small):
    """A part of the cloud once more, so much smaller, in a corner of it."""
    X = base(rng)
    return np.concatenate([X, X[:5] * small])


def _unlike(rng):
    X = base(rng)
    return X * np.geomspace(1, 2.0**20, X.shape[1])


def _polygon(rng):
    n = int(rng.integers(4, 30))
    angle = np.arange(n) * 2 * np.pi / n
    return np.column_stack([np.cos(angle), np.sin(angle)])


def _repeated(rng):
    X = base(rng, most=20)
    return X[rng.integers(0, len(X), 2 * len(X))]


#: name: cloud.
CLOUDS = {
    "plain": base,
    "counts": lambda r: r.poisson(2, size=(int(r.integers(5, 41)), int(r.integers(1, 5)))) * 1.0,
    "lattice": _lattice,
    "one-hot": _one_hot,
    "quantised": lambda r: np.rint(base(r) * 8) / 8,
    "regular polygon": _polygon,
    "repeated rows": _repeated,
    "mostly one point": _mostly_one,
    "all equal": lambda r: np.full((int(r.integers(2, 20)), int(r.integers(1, 5))), 2.5),
    "two points": lambda r: np.repeat(on_grid(r.normal(size=(2, 3))), int(r.integers(1, 9)), 0),
    "collinear": lambda r: np.outer(np.rint(r.normal(size=int(r.integers(5, 30))) * 64), [1, 2, 3]),
    "constant column": _with_constant,
    "wide": lambda r: on_grid(r.normal(size=(int(r.integers(4, 16)), int(r.integers(16, 80))))),
    "few points": lambda r: on_grid(r.normal(size=(int(r.integers(1, 5)), int(r.integers(1, 5))))),
    "no points": lambda r: np.zeros((0, 2)),
    "no columns": lambda r: np.zeros((5, 0)),
    "one axis": lambda r: r.normal(size=12),
    "three axes": lambda r: r.normal(size=(6, 3, 2)),
    "offset 1e8": lambda r: base(r) + 1e8,
    "offset 1e15": lambda r: base(r) + 1e15,
    "scale 1e200": lambda r: base(r) * 1e200,
    "scale 1e-200": lambda r: base(r) * 1e-200,
    "scale 1e120": lambda r: base(r) * 1e120,
    "scale 1e-120": lambda r: base(r) * 1e-120,
    "scale 1e40": lambda r: base(r) * 1e40,
    "scale 1e-40": lambda r: base(r) * 1e-40,
    "sentinel 1e300": lambda r: _changed(base(r), r, 1e300),
    "sentinel 1e100": lambda r: _changed(base(r), r, -1e100),
    "sentinel 1e20": lambda r: _changed(base(r), r, 1e20),
    "sentinel 1e16": lambda r: _changed(base(r), r, -1e16),
    "sentinel 1e9": lambda r: _changed(base(r), r, 1e9),
    "sentinel -999": lambda r: _changed(base(r), r, -999.0),
    "two scales, 1e-9": lambda r: _two_scales(r, 2.0**-30),
    "two scales, 1e-180": lambda r: _two_scales(r, 2.0**-600),
    "columns of unlike scale": _unlike,
    "NaN": lambda r: _changed(base(r), r, np.nan),
    "inf": lambda r: _changed(base(r), r, np.inf),
    "masked": _masked,
    "sparse": _sparse,
    "float32": lambda r: base(r).astype(np.float32),
    "float16": lambda r: base(r).astype(np.float16),
    "int8": lambda r: np.rint(base(r) * 20).astype(np.int8),
    "uint64": lambda r: np.abs(np.rint(base(r) * 20)).astype(np.uint64),
    "booleans": lambda r: base(r) > 0,
    "objects": lambda r: base(r).astype(object),
    "text": lambda r: base(r).astype(str),
    "complex": lambda r: base(r) * (1 + 1j),
    "dates": lambda r: base(r).astype("datetime64[s]"),
    "list": lambda r: base(r).tolist(),
    "ragged list": lambda r: [*base(r).tolist(), [0.0] * 9],
    "read-only, by columns": lambda r: np.asfortranarray(base(r)),
    "frame": _frame,
    "frame with an id": lambda r: _frame(r, id=np.arange),
    "frame with a missing value": _missing,
    "frame with text": lambda r: _frame(r, name=lambda n: ["a"] * n),
    "an integer past all floats": _huge_integer,
    "nothing": lambda r: None,
}

#: Where points have several neighbours at one distance (of a point that is far out or of coarse
#: coordinates too), so that what is made of the neighbours themselves may hang on their order.
TIED = {
    "offset 1e15",
    "sentinel 1e100",
    "sentinel 1e20",
    "sentinel 1e16",
    "counts",
    "lattice",
    "one-hot",
    "quantised",
    "regular polygon",
    "repeated rows",
    "mostly one point",
    "all equal",
    "two points",
    "collinear",
    "int8",
    "uint64",
    "booleans",
    "two scales, 1e-180",
    "distances of repeated rows",
    "distances of counts",
    "hops",
    "adjacency",
    "all at 0",
    "all at 1",
}


def _distances(X):
    from scipy.spatial.distance import cdist

    return cdist(X, X)


def _with_inf(rng):
    D = _distances(base(rng))
    D[D > np.quantile(D, 0.6)] = np.inf
    return D


def _far_point(rng):
    D = _distances(base(rng))
    D[0, 1:] = D[1:, 0] = np.inf
    return D


def _graph(rng, n_neighbors):
    from sklearn.neighbors import kneighbors_graph

    X = base(rng, least=8)
    return kneighbors_graph(X, min(n_neighbors, len(X) - 1), mode="distance")


def _adjacency(rng):
    n = int(rng.integers(6, 25))
    A = np.triu(rng.random((n, n)) < 0.3, 1)
    return (A | A.T) * 1.0


def _hops(rng):
    from scipy.sparse.csgraph import shortest_path

    return shortest_path(_adjacency(rng), unweighted=True)


def _rounded(rng):
    D = _distances(base(rng))
    return D + rng.normal(size=D.shape) * 1e-17 * D.max()


def _correlations(rng):
    Y = rng.normal(size=(int(rng.integers(5, 30)), int(rng.integers(3, 9))))
    return 1 - np.corrcoef(Y)


#: name: what is passed with metric="precomputed".
MATRICES = {
    "distances": lambda r: _distances(base(r)),
    "distances of repeated rows": lambda r: _distances(CLOUDS["repeated rows"](r)),
    "distances of counts": lambda r: _distances(CLOUDS["counts"](r)),
    "distances with inf": _with_inf,
    "one point at inf": _far_point,
    "distances up to rounding": _rounded,
    "1 - correlation": _correlations,
    "roots of 2 (1 - correlation)": lambda r: np.sqrt(2 * np.abs(_correlations(r))),
    "hops": _hops,
    "adjacency": _adjacency,
    "one point": lambda r: np.zeros((1, 1)),
    "two points": lambda r: np.array([[0.0, 1.0], [1.0, 0.0]]),
    "all at 0": lambda r: np.zeros((8, 8)),
    "all at 1": lambda r: 1 - np.eye(8),
    "integers": lambda r: np.rint(_distances(base(r)) * 5).astype(int),
    "scale 1e200": lambda r: _distances(base(r)) * 1e200,
    "scale 1e-200": lambda r: _distances(base(r)) * 1e-200,
    "scale 1e120": lambda r: _distances(base(r)) * 1e120,
    "masked": lambda r: np.ma.masked_greater(_distances(base(r)), 1.0),
    "NaN": lambda r: _changed(_distances(base(r)), r, np.nan),
    "negative": lambda r: -_distances(base(r)),
    "not symmetric": lambda r: np.abs(on_grid(r.normal(size=(9, 9)))) * (1 - np.eye(9)),
    "triangular": lambda r: np.triu(_distances(base(r))),
    "condensed": lambda r: r.random(15),
    "not square": lambda r: r.random((7, 5)),
    "graph of neighbours": lambda r: _graph(r, 30),
    "graph of few neighbours": lambda r: _graph(r, 2),
    "nothing": lambda r: None,
}


def _picture(rng):
    return on_grid(rng.normal(size=tuple(rng.integers(1, 12, size=int(rng.integers(1, 4))))))


#: name: image.
IMAGES = {
    "plain": _picture,
    "constant": lambda r: np.full((4, 5), 3.0),
    "one pixel": lambda r: np.full((1, 1), 3.0),
    "grey levels": lambda r: r.integers(0, 256, size=(9, 8)).astype(np.uint8),
    "two levels": lambda r: r.random((7, 9)) > 0.5,
    "colours": lambda r: r.integers(0, 256, size=(12, 10, 3)).astype(np.uint8),
    "offset 1e8": lambda r: _picture(r) + 1e8,
    "scale 1e200": lambda r: _picture(r) * 1e200,
    "scale 1e-200": lambda r: _picture(r) * 1e-200,
    "inf": lambda r: np.where(r.random((6, 6)) < 0.3, np.inf, 1.0),
    "-inf": lambda r: np.where(r.random((6, 6)) < 0.3, -np.inf, 1.0),
    "sentinel": lambda r: np.where(r.random((6, 6)) < 0.1, -1e300, r.random((6, 6))),
    "NaN": lambda r: np.where(r.random((6, 6)) < 0.5, np.nan, 1.0),
    "masked": lambda r: np.ma.masked_greater(r.random((6, 6)), 0.5),
    "float32": lambda r: _picture(r).astype(np.float32),
    "empty": lambda r: np.zeros((0, 4)),
    "four axes": lambda r: np.zeros((2, 2, 2, 2)),
    "text": lambda r: np.array([["a", "b"]]),
    "nothing": lambda r: None,
}


def _bars(rng, n=None):
    n = int(rng.integers(0, 15)) if n is None else n
    births = on_grid(rng.uniform(0, 4, size=n))
    return np.column_stack([births, births + on_grid(rng.exponential(size=n)) + GRID])


def _diagram(rng, change=lambda bars: bars):
    """Degrees 0 and 1, as gudhi and ripser give them: an array each."""
    return [change(_bars(rng)), change(_bars(rng))]


def _essential(rng):
    one, other = _diagram(rng)
    return [np.vstack([one, [[0.0, np.inf]]]), np.vstack([other, [[1.0, np.inf]]])]


def _bar_of(rng, bar):
    one, other = _diagram(rng)
    return [np.vstack([one, [bar]]), other]


#: name: one diagram.
DIAGRAMS = {
    "plain": _diagram,
    "empty": lambda r: [np.zeros((0, 2)), np.zeros((0, 2))],
    "essential": _essential,
    "essential alone": lambda r: [np.array([[0.0, np.inf]]), np.zeros((0, 2))],
    "ties": lambda r: _diagram(r, lambda bars: np.column_stack([bars[:, 0] * 0, bars[:, 1] // 1])),
    "repeated bars": lambda r: _diagram(r, lambda bars: np.repeat(bars, 3, axis=0)),
    "length 0": lambda r: _diagram(r, lambda bars: bars[:, [0, 0]]),
    "integers": lambda r: _diagram(r, lambda bars: np.ceil(bars).astype(int)),
    "float32": lambda r: _diagram(r, lambda bars: bars.astype(np.float32)),
    "offset 1e8": lambda r: _diagram(r, lambda bars: bars + 1e8),
    "scale 1e200": lambda r: _diagram(r, lambda bars: bars * 1e200),
    "scale 1e-200": lambda r: _diagram(r, lambda bars: bars * 1e-200),
    "scale 1e100": lambda r: _diagram(r, lambda bars: bars * 1e100),
    "sentinel": lambda r: _bar_of(r, [0.0, 1e300]),
    "born at -inf": lambda r: _bar_of(r, [-np.inf, 1.0]),
    "never born": lambda r: _bar_of(r, [np.inf, np.inf]),
    "NaN": lambda r: _bar_of(r, [0.0, np.nan]),
    "dies before birth": lambda r: _bar_of(r, [2.0, 1.0]),
    "masked": lambda r: _diagram(r, lambda bars: np.ma.masked_greater(bars, 2.0)),
    "three columns": lambda r: [np.zeros((3, 5))],
    "text": lambda r: [np.array([["a", "b"]])],
    "nothing": lambda r: None,
}


def _edges(rng, n=None):
    n = int(rng.integers(2, 20)) if n is None else n
    return np.column_stack([rng.integers(0, n, (2 * n, 2)), on_grid(rng.exponential(size=2 * n))])


def _edges_with(rng, value):
    X = _edges(rng)
    X[rng.integers(len(X)), 2] = value
    return X


def _matrix_of(rng):
    from scipy import sparse

    n = int(rng.integers(1, 20))
    return sparse.random_array((n, n), density=0.3, rng=rng)


def _of_networkx(rng):
    import networkx as nx

    kinds = [nx.Graph, nx.DiGraph, nx.MultiGraph, nx.MultiDiGraph]
    G = kinds[int(rng.integers(4))]()
    G.add_nodes_from("abcdefgh")
    G.add_edges_from(("abcdefgh"[i], "abcdefgh"[j]) for i, j in rng.integers(0, 8, (12, 2)))
    return G


#: name: one graph.
GRAPHS = {
    "plain": _edges,
    "no weights": lambda r: _edges(r)[:, :2].astype(int),
    "self-loops": lambda r: _edges(r)[:, [0, 0, 2]],
    "parallel": lambda r: np.repeat(_edges(r), 3, axis=0),
    "no vertices": lambda r: np.zeros((0, 2)),
    "no edges": lambda r: _matrix_of(r) * 0,
    "sparse": _matrix_of,
    "networkx": _of_networkx,
    "a list": lambda r: _edges(r).tolist(),
    "equal weights": lambda r: _edges(r) * [1, 1, 0],
    "negative weights": lambda r: _edges(r) * [1, 1, -1],
    "scale 1e200": lambda r: _edges(r) * [1, 1, 1e200],
    "infinite weight": lambda r: _edges_with(r, np.inf),
    "-inf": lambda r: _edges_with(r, -np.inf),
    "NaN": lambda r: _edges_with(r, np.nan),
    "half a vertex": lambda r: _edges(r) + 0.5,
    "far vertex": lambda r: np.vstack([_edges(r), [[0, 2.0**40, 1]]]),
    "negative vertex": lambda r: _edges(r) - [1, 0, 0] - [20, 0, 0],
    "dense matrix": lambda r: np.ones((5, 5)),
    "not square": lambda r: _matrix_of(r)[:0],
    "masked": lambda r: np.ma.masked_greater(_edges(r), 0.5),
    "text": lambda r: np.array([["a", "b"]]),
    "nothing": lambda r: None,
}


def _mesh(rng, n=None):
    n = int(rng.integers(3, 20)) if n is None else n
    return on_grid(rng.normal(size=(n, 3))), rng.integers(0, n, (2 * n, 3))


#: name: one mesh.
MESHES = {
    "plain": _mesh,
    "flat": lambda r: (lambda V, F: (V[:, :2], F))(*_mesh(r)),
    "one face": lambda r: (np.eye(3), [[0, 1, 2]]),
    "degenerate": lambda r: (np.zeros((3, 3)), [[0, 1, 2], [0, 0, 1]]),
    "lines alone": lambda r: (np.eye(3), [[0, 0, 1]]),
    "no faces": lambda r: (np.eye(3), np.zeros((0, 3), int)),
    "quads": lambda r: (np.eye(4), [[0, 1, 2, 3]]),
    "missing vertex": lambda r: (np.eye(3), [[0, 1, 3]]),
    "NaN": lambda r: (np.eye(3) * np.nan, [[0, 1, 2]]),
    "half a vertex": lambda r: (np.eye(3), [[0, 1, 1.5]]),
    "text": lambda r: (np.eye(3), [["a", "b", "c"]]),
    "a cloud": base,
    "nothing": lambda r: None,
}


def _wave(rng):
    n = int(rng.integers(30, 80))
    return on_grid(
        np.sin(np.arange(n) / rng.uniform(1, 4)) + rng.normal(size=n) * rng.choice([0, 1])
    )


def _with_value(rng, value):
    x = _wave(rng)
    x[rng.integers(len(x))] = value
    return x


def _column(rng):
    import pandas as pd

    x = _wave(rng)
    return pd.Series(x, index=pd.date_range("2020-01-01", periods=len(x)))


#: name: one series.
SERIES = {
    "plain": _wave,
    "walk": lambda r: np.cumsum(_wave(r)),
    "constant": lambda r: np.full(40, 2.5),
    "line": lambda r: np.arange(50) * 0.5,
    "two levels": lambda r: (_wave(r) > 0) * 1.0,
    "rounded": lambda r: np.rint(_wave(r)),
    "one jump": lambda r: np.repeat([0.0, 1.0], 30),
    "one spike": lambda r: np.eye(1, 60, 30)[0],
    "exact repeats": lambda r: np.tile([0.0, 1.0, 3.0, 1.0], 15),
    "alternating": lambda r: np.tile([0.0, 1.0], 30),
    "few values": lambda r: r.normal(size=int(r.integers(1, 6))),
    "no values": lambda r: np.zeros(0),
    "a column": lambda r: _wave(r)[:, None],
    "two channels": lambda r: r.normal(size=(40, 2)),
    "three axes": lambda r: r.normal(size=(6, 3, 2)),
    "offset 1e15": lambda r: _wave(r) + 1e15,
    "scale 1e200": lambda r: _wave(r) * 1e200,
    "scale 1e-200": lambda r: _wave(r) * 1e-200,
    "scale 1e120": lambda r: _wave(r) * 1e120,
    "scale 1e-120": lambda r: _wave(r) * 1e-120,
    "sentinel 1e300": lambda r: _with_value(r, 1e300),
    "sentinel 1e16": lambda r: _with_value(r, -1e16),
    "sentinel -999": lambda r: _with_value(r, -999.0),
    "NaN": lambda r: _with_value(r, np.nan),
    "inf": lambda r: _with_value(r, np.inf),
    "masked": lambda r: np.ma.masked_greater(_wave(r), 0.5),
    "float16": lambda r: _wave(r).astype(np.float16),
    "int8": lambda r: np.rint(_wave(r) * 20).astype(np.int8),
    "booleans": lambda r: _wave(r) > 0,
    "objects": lambda r: _wave(r).astype(object),
    "text": lambda r: _wave(r).astype(str),
    "complex": lambda r: _wave(r) * 1j,
    "dates": lambda r: _wave(r).astype("datetime64[s]"),
    "list": lambda r: _wave(r).tolist(),
    "read-only": lambda r: np.frombuffer(_wave(r).tobytes()),
    "pandas": _column,
    "nothing": lambda r: None,
}
