"""`embedding_report`: what an embedding kept, tore, glued, lost and made."""

from __future__ import annotations

from dataclasses import dataclass, field
from numbers import Integral

import numpy as np
from sklearn.utils import check_random_state

from .._blocks import some_rows
from .._halves import size_of
from .._html import bar_chart
from .._metrics import distances
from .._report import Report, plain
from .._words import in_words
from ..holes import HoleCount, count_holes
from ._fidelity_words import above, verdict
from ._neighbor_scores import PointScores, check_pair, neighbor_scores
from ._shape_change import along_the_graph, diagram_changes

__all__ = ["EmbeddingReport", "embedding_report"]

# What half and twice of each constant change: benchmarks/thresholds.py. The constants were chosen
# on simulated maps, good and bad, and judged on other kinds: benchmarks/embedding_calibration.py.

#: The scores of neighbours and distances, the first rows of the table.
MEASURES = (
    "trustworthiness",
    "continuity",
    "recall",
    "r_nx_area",
    "torn",
    "glued",
    "spearman_euclidean",
    "spearman_geodesic",
)
#: Below this trustworthiness or continuity is too low: of its neighbours a point then has many
#: from far away. Sampling and a little noise cost less than a tenth of that.
#: Of eight embeddings halving its distance to 1 changes one answer, doubling none, and all whose
#: truth is known stay right.
LEAST_SCORE = 0.95
#: Below this recall fewer nearest neighbours are kept than lost.
LEAST_RECALL = 0.5
#: More than this share of points, and two, whose neighbours are far away after, or were before, is
#: a tear or a seam. Where few neighbours are kept at all, as under noise, it says nothing.
MOST_MOVED = 0.01


@dataclass(frozen=True, eq=False)
class EmbeddingReport(Report):
    """What `embedding_report` found; prints as a verdict and a table.

    Attributes
    ----------
    trustworthiness, continuity, recall, r_nx_area : float
        How neighbours are kept, 1 is best; see `neighbor_scores`.
    torn, glued : float
        The share of points of whose neighbours a third or more are far away after, or were far
        away before; 0 is best.
    r_nx : array of shape (n_points - 2,)
    spearman_euclidean, spearman_geodesic : float
        Rank correlation of the distances after with those before.
    changes : tuple of DiagramChange
        Bottleneck and Wasserstein distances of diagrams before and after, each beside what
        sampling alone does, in both views of the data and every degree.
    before, along, after : HoleCount
        The holes of the data by Euclidean and by geodesic distances, and of the embedding. All
        distances are divided by their 95% quantile.
    n_points, n_features, n_components : int
    n_used : int
        Points whose neighbours and holes were looked at.
    n_neighbors, n_resamples : int
    metric : str or callable
    points : PointScores
        Which points were glued to others or torn off, of the `n_used` that were looked at;
        `tda.plot.plot_embedding` draws them.
    """

    trustworthiness: float
    continuity: float
    recall: float
    r_nx_area: float
    torn: float
    glued: float
    spearman_euclidean: float
    spearman_geodesic: float
    changes: tuple
    n_points: int
    n_features: int
    n_components: int
    n_used: int
    n_neighbors: int
    n_resamples: int
    metric: object = "euclidean"
    r_nx: np.ndarray = field(repr=False, default=None)
    before: HoleCount = field(repr=False, default=None)
    along: HoleCount = field(repr=False, default=None)
    after: HoleCount = field(repr=False, default=None)
    points: PointScores = field(repr=False, default=None)

    @property
    def glues(self):
        """Whether points that are far apart became neighbours.

        So it is if trustworthiness is below 0.95, or recall is not below 0.5 and more than 1% of
        the points, and two, are `glued`.
        """
        return self.trustworthiness < LEAST_SCORE or self._are_many(self.glued)

    @property
    def tears(self):
        """Whether neighbours were put far apart.

        So it is if continuity is below 0.95, or recall is not below 0.5 and more than 1% of the
        points, and two, are `torn`.
        """
        return self.continuity < LEAST_SCORE or self._are_many(self.torn)

    def _are_many(self, share):
        return self.keeps_neighbors and share > MOST_MOVED and share * self.n_used > 1.5

    @property
    def keeps_neighbors(self):
        """Whether half of the nearest neighbours or more stay so (recall from 0.5 on)."""
        return self.recall >= LEAST_RECALL

    @property
    def betti_before(self):
        """For each degree the least and the most holes that the two views of the data have."""
        return tuple(
            (min(b), max(b)) for b in zip(self.before.betti, self.along.betti, strict=True)
        )

    @property
    def betti_after(self):
        """Significant holes of the embedding in each degree."""
        return self.after.betti

    @property
    def lost(self):
        """How many holes of each degree are missing after, in either view and beyond sampling."""
        pairs = zip(self.betti_before, self.betti_after, strict=True)
        return tuple(max(low - n, 0) * self._moved(k) for k, ((low, _), n) in enumerate(pairs))

    @property
    def made(self):
        """How many holes of each degree are new, in either view and beyond sampling."""
        pairs = zip(self.betti_before, self.betti_after, strict=True)
        return tuple(max(n - high, 0) * self._moved(k) for k, ((_, high), n) in enumerate(pairs))

    def _moved(self, degree):
        """Whether the diagram moved farther than sampling moves it, from both of the data."""
        return all(change.is_beyond for change in self.changes if change.degree == degree)

    @property
    def is_faithful(self):
        """Whether no hole is lost or made, and neighbours are kept and stay near, both ways."""
        moved = self.glues or self.tears or not self.keeps_neighbors
        return not (moved or any(self.lost) or any(self.made))

    @property
    def nearest_view(self):
        """The distances of the data, "euclidean" or "geodesic", that the diagrams are nearer to."""
        names = dict.fromkeys(change.reference for change in self.changes)
        return min(
            names, key=lambda name: max(c.bottleneck for c in self.changes if c.reference == name)
        )

    @property
    def verdict(self):
        """What it means, in words."""
        return verdict(self)

    def to_dict(self):
        """The verdict and the numbers in plain types, ready for JSON.

        Returns
        -------
        dict
            Of str, int, float, bool, None, list and dict.
        """
        views = ("before", "along", "after")
        return super().to_dict() | plain(
            {
                "is_faithful": self.is_faithful,
                "keeps_neighbors": self.keeps_neighbors,
                "betti": {name: getattr(self, name).betti for name in views},
                "lost": self.lost,
                "made": self.made,
                "nearest_view": self.nearest_view,
                "changes": [c._asdict() | {"is_beyond": c.is_beyond} for c in self.changes],
                "r_nx": self.r_nx,
            }
        )

    _names = ("measure",)

    def _rows(self):
        """A row per measure: its value, and what sampling alone makes of it."""
        rows = [{"measure": name, "value": getattr(self, name)} for name in MEASURES]
        rows = [row | {"spread": np.nan, "is_beyond": False} for row in rows]
        for change in self.changes:
            for name in ("bottleneck", "wasserstein"):
                value, spread = getattr(change, name), getattr(change, f"{name}_spread")
                row = {"measure": f"{name}_{change.reference}_h{change.degree}", "value": value}
                rows.append(row | {"spread": spread, "is_beyond": value > spread})
        return rows

    def _columns(self):
        return {
            "": ("measure", in_words),
            "value": ("value", ".3f"),
            "two halves": ("spread", ".3f"),
            "  ": ("is_beyond", lambda beyond: "beyond sampling" if beyond else ""),
        }

    def _figure(self):
        values = [getattr(self, name) for name in MEASURES]
        names = [in_words(name) for name in MEASURES]
        return bar_chart(names, values, low=0.0, high=1.0, label="what the embedding kept, of 1")

    def _above(self):
        return above(self)

    def _below(self):
        return (
            "bottleneck and Wasserstein distances are those of the diagrams, from the data by "
            "either distances\nto the embedding; two halves of the data are as far apart by "
            "sampling alone"
        )


def embedding_report(
    X,
    Z,
    *,
    n_neighbors=15,
    metric="euclidean",
    max_dimension=1,
    n_landmarks=400,
    max_points=1000,
    n_resamples=10,
    level=0.05,
    random_state=0,
) -> EmbeddingReport:
    """What the coordinates `Z` of a cloud `X` kept, and what they lost (input per point).

    Neighbours alone do not show this: UMAP puts two linked circles into the plane, keeps all
    neighbours, and loses both loops. So neighbours, distances and holes are compared. Holes are
    compared with those of the Euclidean and of the geodesic distances of the data, since it is no
    fault to unroll a roll.

    Parameters
    ----------
    X : array-like of shape (n_points, n_features), or (n_points, n_points)
        The cloud; with ``metric="precomputed"`` its distances.
    Z : array-like of shape (n_points, n_components)
        Its coordinates, in the same order, from any method. Both may stay on disk.
    n_neighbors : int, default=15
        Of the scores and of the graph that geodesic distances run along; below half the number
        of points looked at.
    metric : str or callable, default="euclidean"
        Of `X`: any of `sklearn.metrics.pairwise_distances`, or "precomputed"; squares of metrics,
        such as "cosine", are taken back to the metric (`tda._metrics`).
    max_dimension : {0, 1, 2}, default=1
        Highest degree of the holes. 2, voids, takes half a minute and more.
    n_landmarks : int, default=400
        Most points, spread by farthest points, that holes are counted on; diagrams are compared
        on half as many.
    max_points : int, default=1000
        Of more points so many are drawn for holes and distances. Neighbours too are sought
        for those only, though among all.
    n_resamples : int, default=10
        How often the points are parted in random halves, to see what sampling alone does.
    level : float, default=0.05
        Of significance of a hole.
    random_state : int, RandomState or None, default=0
        Seed of what is drawn.

    Returns
    -------
    EmbeddingReport

    Raises
    ------
    ValueError
        If `X` and `Z` are no clouds or of different length, there are fewer than 8 points, or
        a parameter is out of its range.

    See Also
    --------
    tda.plot.plot_embedding_report : The same as a picture.
    neighbor_scores : Neighbours only.
    tda.count_holes : How many holes there are.

    Notes
    -----
    An embedding is called unfaithful if

    * trustworthiness or continuity is below 0.95,
    * of more than 1% of the points a third of the neighbours or more is far away after (`torn`) or
      was far away before (`glued`),
    * recall is below 0.5: what is nearest changed, as where a projection takes off much noise (then
      `torn` and `glued` do not count),
    * it has fewer significant holes of a degree than either view of the data, or more than
      either, **and** its diagram is farther from both than the diagrams of two random halves
      of the data are from each other.

    Sizes of holes are reported and do not condemn, since a method that takes off noise changes
    them too.

    The constants were chosen on simulated maps that are isometric, unrolled, cut, folded, glued,
    projected or shuffled: none of 280 was judged wrongly. On ten other kinds, 80 maps of each, 1.9%
    of the good ones were condemned (those under noise of a tenth of the data's size, and by
    Isomap) and 2.2% of the bad ones acquitted (curves that cross themselves once, clouds that are
    partly pressed to a line); see `benchmarks/embedding_calibration.py`. Neighbours on average and
    holes alone acquit 19% there. The maps have 150 to 500 points; a tear that touches less than 1%
    of the points is not seen.

    All distances are divided by their 95% quantile. The significance of holes along the graph
    is that of a Euclidean cloud, which is too generous there; both views have to agree.

    Distances of `max_points` points three times, O(n²), shortest paths between them,
    O(n² k log n), and about ``6 * n_resamples`` diagrams; ranks of neighbours are O(n log n) for
    each of `max_points`.

    References
    ----------
    .. [1] J. Venna, S. Kaski, "Local multidimensional scaling", Neural Networks 19, 2006.
    .. [2] J. Lee, D. Peluffo-Ordóñez, M. Verleysen, "Multi-scale similarities in stochastic
       neighbour embedding: reducing dimensionality while preserving both local and global
       structure", Neurocomputing 169, 2015.
    .. [3] D. Cohen-Steiner, H. Edelsbrunner, J. Harer, "Stability of persistence diagrams",
       Discrete Comput. Geom. 37, 2007.

    Examples
    --------
    A circle cut open keeps its neighbours but for the few at the cut, and loses its loop.

    >>> import numpy as np
    >>> from tda.datasets import make_circle
    >>> from tda.embedding import embedding_report
    >>> X = make_circle(200, random_state=0).points
    >>> angle = np.arctan2(X[:, 1], X[:, 0])[:, None]
    >>> report = embedding_report(X, angle)
    >>> report.trustworthiness > 0.99, report.is_faithful
    (True, False)
    >>> print(report.verdict)
    Not faithful: the loop was lost and neighbours were torn apart (continuity 0.98, 4% of the
    points).
    """
    X, Z, taken = check_pair(X, Z, metric)
    n = len(X)
    _check_options(n, n_neighbors, max_dimension, n_landmarks, max_points, n_resamples)
    rng = check_random_state(random_state)
    used = np.arange(n)
    if n > max_points:
        used = np.sort(rng.choice(n, max_points, replace=False))
    scores = neighbor_scores(X, Z, n_neighbors=n_neighbors, metric=taken, queries=used)
    D, A = _distances(X, used, taken), _distances(Z, used, "euclidean")
    G = along_the_graph(D, n_neighbors)
    pairs = np.triu_indices(len(used), 1)
    correlations = [_rank_correlation(view[pairs], A[pairs]) for view in (D, G)]
    D, G, A = (distances / size_of(distances) for distances in (D, G, A))
    changes = diagram_changes(
        {"euclidean": D, "geodesic": G},
        A,
        max_dimension=max_dimension,
        n_landmarks=n_landmarks // 2,
        n_resamples=n_resamples,
        rng=rng,
    )
    counts = [
        count_holes(
            distances,
            metric="precomputed",
            max_dimension=max_dimension,
            n_landmarks=n_landmarks,
            level=level,
        )
        for distances in (D, G, A)
    ]
    return EmbeddingReport(
        trustworthiness=scores.trustworthiness,
        continuity=scores.continuity,
        recall=scores.recall,
        torn=float(scores.points.torn.mean()),
        glued=float(scores.points.glued.mean()),
        r_nx_area=scores.area,
        spearman_euclidean=correlations[0],
        spearman_geodesic=correlations[1],
        changes=tuple(changes),
        n_points=n,
        n_features=X.shape[1],
        n_components=Z.shape[1],
        n_used=len(used),
        n_neighbors=n_neighbors,
        n_resamples=n_resamples,
        metric=metric,
        r_nx=scores.r_nx,
        before=counts[0],
        along=counts[1],
        after=counts[2],
        points=scores.points,
    )


def _check_options(n, n_neighbors, max_dimension, n_landmarks, max_points, n_resamples):
    if n < 8:
        raise ValueError(f"X has {n} points, but halves of it are compared: pass 8 or more.")
    if max_dimension not in (0, 1, 2):
        raise ValueError(f"max_dimension={max_dimension!r}; it must be 0, 1 or 2.")
    least = {"n_landmarks": 4, "max_points": 8, "n_resamples": 1}
    values = {"n_landmarks": n_landmarks, "max_points": max_points, "n_resamples": n_resamples}
    for name, value in values.items():
        if not isinstance(value, Integral) or value < least[name]:
            raise ValueError(f"{name}={value!r}; it must be an integer from {least[name]} on.")
    most = min(n, max_points)
    if not isinstance(n_neighbors, Integral) or not 1 <= n_neighbors < most / 2:
        raise ValueError(
            f"n_neighbors={n_neighbors!r}, but for {most} points it is an integer from 1 to below "
            f"{most / 2:g}."
        )


def _distances(X, used, metric):
    """All distances between the points looked at."""
    if isinstance(metric, str) and metric == "precomputed":
        return np.ascontiguousarray(X[np.ix_(used, used)])
    return distances(some_rows(X, used), metric=metric)


def _rank_correlation(a, b):
    from scipy.stats import rankdata

    a, b = rankdata(a), rankdata(b)
    if a[0] == a.max() == a.min() or b[0] == b.max() == b.min():
        return 0.0  # one of the two is constant
    return float(np.corrcoef(a, b)[0, 1])
