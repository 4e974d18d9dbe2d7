"""Vietoris-Rips persistence of clouds and distance matrices."""

from __future__ import annotations

from itertools import pairwise
from numbers import Integral, Real

import numpy as np
from sklearn.utils._param_validation import Interval

from .._metrics import function_name, named_distances
from .._validation import check_cloud, check_clouds, check_distance_matrix, check_field
from ..diagrams import Diagram, Diagrams
from . import _engines
from ._base import PersistenceTransformer
from ._plan import plan_rips, require_memory
from ._rips_cocycles import rips_cocycles
from ._rips_plane import rips_plane

__all__ = ["RipsPersistence", "rips_diagram"]


def rips_diagram(
    X,
    *,
    max_dimension=1,
    field=2,
    max_edge_length=np.inf,
    metric="euclidean",
    representatives=False,
    cocycles=False,
):
    """Persistence diagram of the Vietoris-Rips filtration of one cloud.

    A simplex enters when its longest edge does; births and deaths are edge lengths.

    Parameters
    ----------
    X : array-like of shape (n_points, n_features), or (n_points, n_points)
        A cloud; with ``metric="precomputed"`` a symmetric distance matrix, dense or
        scipy-sparse (a pair that is not stored is no edge).
    max_dimension : int, default=1
        Highest degree of homology.
    field : int, default=2
        The prime of the coefficient field Z/p.
    max_edge_length : float, default=inf
        Longer edges are left out; a class alive there has ``death = inf``.
    metric : str or callable, default="euclidean"
        Any metric of `sklearn.metrics.pairwise_distances`, or "precomputed". Births and deaths are
        values of the metric that is named, also where that is a square of a metric, such as
        "cosine": the bars hang on the order of the edges alone.
    representatives : bool, default=False
        Keep the simplices of birth and death of every bar. Above degree 2, or above degree 1
        over other fields than Z/2, all simplices are then stored.
    cocycles : bool, default=False
        Keep a cocycle for every bar of degree 1.

    Returns
    -------
    Diagram

    Raises
    ------
    ValueError
        For a cloud that is empty, not 2-D, or holds NaN or infinity; for a distance matrix that
        is not symmetric or negative; for a field that is not prime.
    MemoryError
        Before starting, if the work would not fit into memory.

    Notes
    -----
    Up to ``n**(max_dimension + 2)`` simplices in the worst case. Edges beyond the enclosing
    radius (the smallest distance at which one point sees all others) are skipped, since from
    there on the complex is a cone. Engines: up to degree 2 over Z/2 kernels of our own, one
    pass over the edges that looks only at their lunes and stores no triangle, built on [1]_
    and [2]_; in the plane, up to degree 1 over any field, the faces of the relative
    neighbourhood graph [5]_; elsewhere, up to degree 1 over any field, with cocycles, the same
    pass with numbers of the field; else gudhi [3]_. A cocycle has rows ``(i, j, value)``, its
    value on the edge from i to j, and holds on the edges shorter than the death of its bar. Of
    sparse matrices cocycles are ripser's [4]_, known up to single precision: a bar shorter than
    that has none.

    References
    ----------
    .. [1] M. Koyama, F. Mémoli, V. Robins, K. Turner, "Faster computation of degree-1
       persistent homology using the reduced Vietoris-Rips filtration", arXiv:2307.16333.
    .. [2] K. Kapulkin, N. Kershaw, on enumerating only cofaces that touch a live class,
       arXiv:2606.06310.
    .. [3] The GUDHI Project, "GUDHI User and Reference Manual", 2025.
    .. [4] U. Bauer, "Ripser: efficient computation of Vietoris-Rips persistence barcodes",
       J. Appl. Comput. Topol. 5, 2021.
    .. [5] M. Clémot, J. Digne, J. Tierny, "Topological Autoencoders++: Fast and Accurate
       Cycle-Aware Dimensionality Reduction", arXiv:2502.20215.

    Examples
    --------
    Four corners of a square are one loop, from the side to the diagonal.

    >>> from tda import rips_diagram
    >>> rips_diagram([[0, 0], [0, 1], [1, 1], [1, 0]])[1].round(3)
    array([[1.   , 1.414]])

    The same from distances, and the simplices that make and fill the loop.

    >>> D = [[0, 1, 2, 1], [1, 0, 1, 2], [2, 1, 0, 1], [1, 2, 1, 0]]
    >>> square = rips_diagram(D, metric="precomputed", representatives=True)
    >>> square[1]
    array([[1., 2.]])
    >>> len(square.birth_simplices[-1]), len(square.death_simplices[-1])
    (2, 3)
    """
    if isinstance(metric, str) and metric == "precomputed":
        X = check_distance_matrix(X)
    else:
        X = check_cloud(X)
    return _rips_diagram(
        X, max_dimension, check_field(field), max_edge_length, metric, representatives, cocycles
    )


def _rips_diagram(X, max_dimension, field, max_edge_length, metric, *options):
    """`rips_diagram` after its checks."""
    diagram = _compute(X, max_dimension, field, max_edge_length, metric, *options)
    diagram.metric = function_name(metric)
    diagram.threshold = _threshold(X, metric, max_edge_length)
    return diagram


def _threshold(X, metric, max_edge_length):
    """The length up to which all edges are known; infinite if all are."""
    if not (isinstance(metric, str) and metric == "precomputed"):
        return float(max_edge_length)
    if _is_sparse(X):
        missing = X.nnz < X.shape[0] * (X.shape[0] - 1)
        return float(min(max_edge_length, X.data.max(initial=0.0) if missing else np.inf))
    longest = float(X.max(initial=0.0))
    if np.isinf(longest):
        longest = float(np.max(X, initial=0.0, where=np.isfinite(X)))
        return min(float(max_edge_length), longest)
    return float(max_edge_length)


def _compute(X, max_dimension, field, max_edge_length, metric, representatives, cocycles):
    if not isinstance(max_dimension, Integral) or max_dimension < 0:
        raise ValueError(f"max_dimension={max_dimension!r}, but a degree is an integer from 0 on")
    if not isinstance(max_edge_length, Real) or not max_edge_length >= 0:
        raise ValueError(f"max_edge_length={max_edge_length!r}, but a length is at least 0")
    n = X.shape[0]
    wanted = {"max_dimension": max_dimension, "field": field}
    euclidean = isinstance(metric, str) and metric == "euclidean"
    known = {
        "cocycles": cocycles,
        "simplices": representatives,
        "n_features": X.shape[1] if euclidean else None,
    }
    plan = plan_rips(n, **known, **wanted)
    if plan.engine == "many":
        return _engines.rips_many(
            [X], max_dimension=max_dimension, max_edge_length=max_edge_length
        )[0]
    if plan.engine == "tree":
        return _engines.rips_tree(
            X, field=field, max_edge_length=max_edge_length, simplices=representatives
        )
    if plan.engine == "plane":
        require_memory(plan, f"The Rips complex of {n} points")
        diagram = rips_plane(
            X, field=field, max_edge_length=max_edge_length, simplices=representatives
        )
        if diagram is not None:
            return diagram
        plan = plan_rips(n, plane=False, **known, **wanted)
    if plan.engine == "points":
        require_memory(plan, f"The Rips complex of {n} points")
        diagram = _engines.rips_points(
            X, max_edge_length=max_edge_length, simplices=representatives
        )
        if diagram is not None:
            return diagram
    wanted["sparse"] = _is_sparse(X)
    thin = _is_thinned(X, metric, max_edge_length, plan)
    if thin:
        wanted |= {"sparse": True, "n_edges": _count_near_pairs(X, max_edge_length)}
    elif wanted["sparse"]:
        wanted["n_edges"] = X.nnz // 2
    plan = plan_rips(n, cocycles=cocycles, **wanted)
    require_memory(plan, f"The Rips complex of {n} points")
    D = _near_pairs(X, max_edge_length) if thin else _distances(X, metric)
    options = {"max_dimension": max_dimension, "max_edge_length": max_edge_length}
    low, exact = None, plan.engine == "cocycles"
    if exact:
        low = rips_cocycles(
            D,
            max_dimension=min(max_dimension, 1),
            field=field,
            max_edge_length=max_edge_length,
            simplices=representatives,
            cocycles=cocycles,
        )
        if max_dimension <= 1:
            return low
    elif plan.engine == "ripser":
        low = _engines.rips_ripser(D, field=field, **options)
        if not representatives:
            return low
    plan = plan_rips(n, simplices=representatives, **wanted)
    if plan.engine == "gudhi-tree":  # how many simplices there are hangs on the edges that enter
        wanted["n_edges"] = _count_edges(D, max_edge_length)
        plan = plan_rips(n, simplices=representatives, **wanted)
        require_memory(plan, f"The Rips complex of {n} points")
    if plan.engine == "lunes":
        diagram = _engines.rips_lunes(D, simplices=representatives, **options)
    elif plan.engine == "gudhi-tree":
        diagram = _engines.rips_gudhi_tree(D, field=field, **options)
    else:
        diagram = _engines.rips_gudhi(D, field=field, **options)
    if exact:
        return _with_degrees_above(low, diagram)
    if low is not None:
        diagram.cocycles = _match_cocycles(diagram[1], low)
    return diagram


def _with_degrees_above(low, diagram):
    """Degrees 0 and 1 of one diagram, with their cocycles, and the others of another one."""
    rest = np.flatnonzero(diagram.dims > 1)
    births, deaths = low.birth_simplices, low.death_simplices
    if births is not None:
        births = _stacked(births, diagram.birth_simplices[rest])
        deaths = _stacked(deaths, diagram.death_simplices[rest])
    return Diagram(
        np.concatenate([low.births, diagram.births[rest]]),
        np.concatenate([low.deaths, diagram.deaths[rest]]),
        np.concatenate([low.dims, diagram.dims[rest]]),
        filtration="rips",
        field=low.field,
        max_dimension=diagram.max_dimension,
        birth_simplices=births,
        death_simplices=deaths,
        cocycles=low.cocycles,
    )


def _stacked(narrow, wide):
    width = ((0, 0), (0, wide.shape[1] - narrow.shape[1]))
    return np.concatenate([np.pad(narrow, width, constant_values=-1), wide])


def _is_sparse(X):
    from scipy import sparse

    return sparse.issparse(X)


def _distances(X, metric):
    """Distance matrix of a cloud."""
    if isinstance(metric, str) and metric == "precomputed":
        return X
    if isinstance(metric, str) and metric == "euclidean":
        from .._kernels.distances import distance_matrix

        return distance_matrix(X)
    return check_distance_matrix(
        named_distances(X, metric), name=f"the matrix of metric {metric!r}"
    )


def _is_thinned(X, metric, max_edge_length, plan):
    """Whether only the short distances of a cloud are made, which its edges are all of."""
    euclidean = isinstance(metric, str) and metric == "euclidean"
    if not euclidean or not np.isfinite(max_edge_length):
        return False
    # Our own kernels are fast enough on a matrix to make it, if it is not huge.
    return len(X) > (10_000 if plan.engine == "lunes" else 2000)


def _count_near_pairs(X, radius):
    from scipy.spatial import cKDTree

    tree = cKDTree(X)
    return (int(tree.count_neighbors(tree, radius)) - len(X)) // 2


def _near_pairs(X, radius):
    from scipy import sparse
    from scipy.spatial import cKDTree

    i, j = cKDTree(X).query_pairs(radius, output_type="ndarray").T
    lengths = np.linalg.norm(X[i] - X[j], axis=1)
    return sparse.csr_array(
        (np.tile(lengths, 2), (np.concatenate([i, j]), np.concatenate([j, i]))),
        shape=(len(X), len(X)),
    )


def _count_edges(D, max_edge_length):
    from scipy import sparse

    if sparse.issparse(D):
        return int((D.data <= max_edge_length).sum()) // 2
    reach = min(max_edge_length, _engines.enclosing_radius(D))
    return (int(((reach >= D) & np.isfinite(D)).sum()) - len(D)) // 2


def _match_cocycles(bars, diagram):
    """Cocycles of `diagram` in the order of `bars`; empty for bars that it does not have.

    Both hold the same bars but for those shorter than single precision. Births that differ by
    less than that may stand in another order, so each bar takes the nearest one still free,
    the longest bar first.
    """
    others, free = diagram[1], np.ones(len(diagram[1]), dtype=bool)
    matched = [np.zeros((0, 3), dtype=np.int64) for _ in bars]
    scale = np.max(np.abs(bars), initial=0.0, where=np.isfinite(bars))
    for i in np.argsort(bars[:, 0] - bars[:, 1], kind="stable"):
        with np.errstate(invalid="ignore"):
            gaps = np.where(others == bars[i], 0.0, np.abs(others - bars[i])).max(axis=1)
        gaps[~free] = np.inf
        nearest = np.argmin(gaps) if gaps.size else 0
        if gaps.size and gaps[nearest] <= 1e-6 * scale:
            matched[i] = diagram.cocycles[nearest]
            free[nearest] = False
    return matched


class RipsPersistence(PersistenceTransformer):
    """Persistence diagrams of the Vietoris-Rips filtrations of many clouds (per shape).

    Parameters
    ----------
    max_dimension : int, default=1
        Highest degree of homology.
    field : int, default=2
        The prime of the coefficient field Z/p.
    max_edge_length : float, default=inf
        Longer edges are left out; a class alive there has ``death = inf``.
    metric : str or callable, default="euclidean"
        Any metric of `sklearn.metrics.pairwise_distances`, as in `rips_diagram`; with
        "precomputed" the samples are distance matrices, dense or scipy-sparse.
    representatives : bool, default=False
        Keep the simplices of birth and death.
    cocycles : bool, default=False
        Keep a cocycle for every bar of degree 1.
    n_jobs : int, default=None
        Number of threads, as in joblib.
    verbose : bool, default=False
        Show a progress bar.

    See Also
    --------
    rips_diagram : The same for one cloud; formulas, cost and sources.
    AlphaPersistence : Faster in two and three dimensions.

    Examples
    --------
    >>> from tda import RipsPersistence
    >>> square, segment = [[0, 0], [0, 1], [1, 1], [1, 0]], [[0, 0], [0, 3]]
    >>> dgms = RipsPersistence().fit_transform([square, segment])
    >>> dgms
    Diagrams(2 samples, 7 bars, degrees 0 to 1, filtration rips, field Z/2)
    >>> dgms[1][0]
    array([[ 0.,  3.],
           [ 0., inf]])
    """

    _parameter_constraints = {
        "max_dimension": [Interval(Integral, 0, None, closed="left")],
        "field": [Interval(Integral, 2, None, closed="left")],
        "max_edge_length": [Interval(Real, 0, None, closed="both")],
        "metric": [str, callable],
        "representatives": ["boolean"],
        "cocycles": ["boolean"],
        "n_jobs": [Integral, None],
        "verbose": ["verbose"],
    }

    def __init__(
        self,
        *,
        max_dimension=1,
        field=2,
        max_edge_length=np.inf,
        metric="euclidean",
        representatives=False,
        cocycles=False,
        n_jobs=None,
        verbose=False,
    ):
        self.max_dimension = max_dimension
        self.field = field
        self.max_edge_length = max_edge_length
        self.metric = metric
        self.representatives = representatives
        self.cocycles = cocycles
        self.n_jobs = n_jobs
        self.verbose = verbose

    def _check_samples(self, X):
        check_field(self.field)
        return check_clouds(X, metric=self.metric)

    def _plan(self, X):
        euclidean = isinstance(self.metric, str) and self.metric == "euclidean"
        return plan_rips(
            X.shape[0],
            max_dimension=self.max_dimension,
            field=self.field,
            simplices=self.representatives,
            cocycles=self.cocycles,
            sparse=_is_sparse(X),
            n_features=X.shape[1] if euclidean else None,
        )

    def _diagrams(self, samples):
        """Small clouds in one compiled loop a thread, others one by one."""
        from joblib import Parallel, delayed, effective_n_jobs
        from tqdm import tqdm

        small = all(self._plan(X).engine == "many" for X in samples)
        if not small:
            return super()._diagrams(samples)
        n_jobs = min(effective_n_jobs(self.n_jobs), len(samples))
        bounds = np.linspace(0, len(samples), n_jobs + 1).astype(int)
        ranges = list(pairwise(bounds))
        bar = tqdm(ranges, desc=type(self).__name__, disable=not self.verbose, leave=False)
        parts = Parallel(n_jobs=n_jobs, prefer="threads")(
            delayed(_engines.rips_many)(
                samples[a:b],
                max_dimension=self.max_dimension,
                max_edge_length=self.max_edge_length,
            )
            for a, b in bar
        )
        diagrams = parts[0] if n_jobs == 1 else Diagrams(d for part in parts for d in part)
        if np.isfinite(self.max_edge_length):
            diagrams.thresholds = np.full(len(diagrams), float(self.max_edge_length))
        return diagrams

    def _diagram(self, X):
        return _rips_diagram(
            X,
            self.max_dimension,
            int(self.field),
            self.max_edge_length,
            self.metric,
            self.representatives,
            self.cocycles,
        )

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.input_tags.pairwise = self.metric == "precomputed"
        return tags
