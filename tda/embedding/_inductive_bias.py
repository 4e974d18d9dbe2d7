"""`inductive_bias_report`: how much an assumption about the shape of data helps a classifier."""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from numbers import Integral

import numpy as np
from sklearn.utils import check_random_state

from .._geodesics import geodesic_graph
from .._html import ranges
from .._metrics import nearest_rows
from .._neighbors import geodesic_distances
from .._report import Report, plain
from .._validation import check_cloud
from .._words import in_words, listed
from ._circular import CircularCoordinates
from ._embedding import Embedding
from ._recipes import RECIPES

__all__ = ["BiasScore", "InductiveBiasReport", "inductive_bias_report"]

AMBIENT = "ambient"
# What half and twice of each constant change: benchmarks/thresholds.py.

#: Most points of a fold that loops are sought among.
MOST_POINTS = 1000
#: Least death / birth of a loop in geodesic distances. Paths along a graph are longer than the
#: lines between their ends while single edges are not, so that noise, tabulated for Euclidean
#: distances, reaches a ratio of about three here.
#: Halved, a disk has a loop; doubled, a circle keeps its own.
LEAST_RATIO = 4.0
#: What each kind of neighbour assumes, for the verdict.
SAID = {
    "pca": "PCA coordinates",
    "isomap": "Isomap coordinates",
    "landmark_isomap": "landmark Isomap coordinates",
    "lle": "LLE coordinates",
    "umap": "UMAP coordinates",
    "geodesic": "neighbours along the graph",
    "loops": "angles around the loops",
}


@dataclass(frozen=True, eq=False)
class BiasScore:
    """How well neighbours of one kind classify.

    Attributes
    ----------
    name : str
        "ambient", a method of `Embedding`, "geodesic" or "loops".
    scores : array of shape (n_folds,)
        Accuracy on every fold.
    gain : float
        The mean over the ambient one.
    p_value : float
        Of no gain or loss, corrected for all kinds that are compared; NaN for "ambient".
    """

    name: str
    scores: np.ndarray
    gain: float
    p_value: float

    @property
    def mean(self):
        return float(self.scores.mean())

    @property
    def spread(self):
        """Standard deviation over the folds."""
        return float(self.scores.std(ddof=1))

    @property
    def is_certain(self):
        """Whether the difference is significant at the level of 5%."""
        return bool(self.p_value <= 0.05)


@dataclass(frozen=True, eq=False)
class InductiveBiasReport(Report):
    """What `inductive_bias_report` found; prints as a verdict and a table.

    Attributes
    ----------
    rows : tuple of BiasScore
        "ambient" first.
    n_loops : tuple of int
        Significant loops of the points of each fold; where there are none "loops" takes the
        ambient neighbours.
    chance : float
        The share of the most frequent class.
    n_points, n_features, n_labels, n_voters : int
        `n_labels` are those that a classifier sees.
    """

    rows: tuple
    n_loops: tuple
    chance: float
    n_points: int
    n_features: int
    n_labels: int
    n_voters: int

    def __getitem__(self, name):
        for row in self.rows:
            if row.name == name:
                return row
        raise KeyError(f"{name!r}: there are {', '.join(row.name for row in self.rows)}")

    @property
    def best(self):
        """The kind of neighbours that classifies best."""
        return max(self.rows, key=lambda row: row.mean)

    @property
    def verdict(self):
        """What it means, in words."""
        ambient, *others = self.rows
        gains = sorted((r for r in others if r.is_certain and r.gain > 0), key=lambda r: -r.mean)
        losses = [row for row in others if row.is_certain and row.gain < 0]
        there = f"neighbours in all {self.n_features} coordinates ({ambient.mean:.2f})"
        if gains:
            best = gains[0]
            said = (
                f"An inductive bias pays: {_said(best)} are right for {best.mean:.2f} of the "
                f"points, {there[:-1].replace(' (', ' for ')} (p = {best.p_value:.2g})."
            )
            if len(gains) > 1:
                said += f" So do {listed(map(_said, gains[1:]))}."
        else:
            said = f"No inductive bias pays beyond the spread of the folds: {there} are as good."
        if losses:
            said += f" Less than these give {listed(map(_said, losses))}."
        if not any(self.n_loops):
            said += " No loop is significant, so none was used."
        return said

    def to_dict(self):
        """The verdict and the numbers in plain types, ready for JSON.

        Returns
        -------
        dict
            Of str, int, float, bool, None, list and dict; the p-value of "ambient" is None.
        """
        rows = [row.__dict__ | {"mean": row.mean, "spread": row.spread} for row in self.rows]
        return super().to_dict() | {"rows": plain(rows)}

    _names = ("neighbors",)

    def _rows(self):
        return [
            {"neighbors": row.name, "accuracy": row.mean, "spread": row.spread}
            | {"gain": row.gain, "p_value": row.p_value}
            for row in self.rows
        ]

    def _columns(self):
        return {
            "neighbours": ("neighbors", in_words),
            "accuracy": ("accuracy", ".3f"),
            "+- fold": ("spread", ".3f"),
            "gain": ("gain", "+.3f"),
            "p": ("p_value", ".2g"),
        }

    def _figure(self):
        means = np.array([row.mean for row in self.rows])
        spreads = np.array([row.spread for row in self.rows])
        names = [in_words(row.name) for row in self.rows]
        return ranges(
            names, means - spreads, means, means + spreads, mark=self.chance, label="accuracy"
        )

    def _above(self):
        return (
            f"{self.n_points:,} points, {self.n_features} coordinates, {self.n_labels:,} labels "
            f"seen; {self.n_voters} neighbours vote; {len(self.rows[0].scores)} folds; the most "
            f"frequent class {self.chance:.2f}"
        )


def inductive_bias_report(
    X,
    y,
    *,
    methods=("pca", "isomap"),
    n_components="auto",
    n_neighbors=15,
    n_voters=5,
    n_labels=None,
    n_landmarks=200,
    level=0.05,
    cv=5,
    n_repeats=3,
    random_state=0,
) -> InductiveBiasReport:
    """How much an assumption about the shape of data helps a classifier (input per point).

    Classifiers by nearest neighbours are cross-validated side by side. They find neighbours in all
    coordinates; in the coordinates of an embedding, which assumes few dimensions; by geodesic
    distance, which assumes that classes follow the data; and by the angles around the significant
    loops of the data, if there are any. An assumption that is true replaces data that is missing.

    Parameters
    ----------
    X : array-like of shape (n_points, n_features)
        A cloud. Scale its columns before, as for any neighbours.
    y : array-like of shape (n_points,)
        The class of every point.
    methods : sequence of str, default=("pca", "isomap")
        Of `Embedding`, such as place new points.
    n_components : int or "auto", default="auto"
        Coordinates of the embeddings; "auto" is the estimated intrinsic dimension.
    n_neighbors : int, default=15
        Of the graph of the embeddings and of geodesic distances.
    n_voters : int, default=5
        How many nearest labelled points vote.
    n_labels : int, default=None
        How many points of each fold have labels that a classifier sees, drawn by class; all by
        default. The others still shape embedding, graph and loops.
    n_landmarks : int, default=200
        Of `CircularCoordinates`.
    level : float, default=0.05
        Of significance of a loop. Loops are sought in geodesic distances, where noise looks more
        like a loop than in Euclidean ones; so their ratio of death to birth is also at least 4.
    cv : int, default=5
        Number of folds.
    n_repeats : int, default=3
        How often the points are divided into folds; with more, smaller gains are significant.
    random_state : int, RandomState or None, default=0
        Seed of the folds, of the labels drawn and of the embeddings.

    Returns
    -------
    InductiveBiasReport

    Raises
    ------
    ValueError
        If `X` is no cloud, `y` holds no classes or is of another length, a class has fewer
        members than there are folds, or a parameter is out of its range.

    Notes
    -----
    Everything is fitted inside of the folds; a point to be classified is seen by nothing before
    it is. It joins the graph through its `n_neighbors` nearest points there. Folds share most of
    their points, so the p-value of a difference is that of the corrected resampled t-test
    [1]_: the variance of the mean over J folds is taken as ``(1 / J + n_test / n_train)`` times
    that of a fold. It is multiplied by the number of kinds compared with the ambient one.

    References
    ----------
    .. [1] C. Nadeau, Y. Bengio, "Inference for the generalization error", Machine Learning 52,
       2003.

    Examples
    --------
    Pieces of a spiral, known at twenty points: along the spiral it is easy to say which.

    >>> import numpy as np
    >>> from tda.embedding import inductive_bias_report
    >>> way = np.linspace(0.05, 0.999, 300)
    >>> turns = 8 * np.pi * np.sqrt(way)
    >>> X = np.sqrt(way)[:, None] * np.column_stack([np.cos(turns), np.sin(turns)])
    >>> y = (5 * way).astype(int)
    >>> report = inductive_bias_report(
    ...     X, y, methods=["pca"], n_components=1, n_neighbors=6, n_labels=20, n_voters=1
    ... )
    >>> report["geodesic"].gain > 0.1
    True
    >>> print(report.verdict.split(":")[0])
    An inductive bias pays
    """
    from sklearn.model_selection import RepeatedStratifiedKFold, train_test_split

    X, y = _check(X, y, methods, n_neighbors, n_voters, cv, n_repeats)
    rng = check_random_state(random_state)
    folds = RepeatedStratifiedKFold(
        n_splits=cv, n_repeats=n_repeats, random_state=rng.randint(2**31 - 1)
    )
    n_seen = len(X) - -(-len(X) // cv)  # of the smallest training part
    n_classes = len(np.unique(y))
    least = max(n_voters, n_classes)
    if n_labels is not None and not (
        isinstance(n_labels, Integral) and least <= n_labels <= n_seen - n_classes
    ):
        raise ValueError(
            f"n_labels={n_labels!r}; it must be an integer from {least}, the voters and a label a "
            f"class, to {n_seen - n_classes}, or None."
        )
    scores, n_loops = {}, []
    for train, test in folds.split(X, y):
        seed = rng.randint(2**31 - 1)
        known = np.arange(len(train))
        if n_labels is not None:
            known, _ = train_test_split(
                known, train_size=n_labels, stratify=y[train], random_state=seed
            )
        shown, asked, labels = X[train], X[test], y[train][known]

        def grade(name, near, far, labels=labels, test=test, metric="euclidean"):
            found = _vote(near, far, labels, n_voters, metric)
            scores.setdefault(name, []).append(float(np.mean(found == y[test])))

        grade(AMBIENT, shown[known], asked)
        n_taken = n_components
        for method in methods:
            model = Embedding(
                method=method,
                n_components=n_taken,
                n_neighbors=n_neighbors,
                random_state=seed,
            ).fit(shown)
            n_taken = model.n_components_  # estimated once a fold
            grade(method, model.embedding_[known], model.transform(asked))
        base = np.sort(rng.choice(len(shown), min(len(shown), MOST_POINTS), replace=False))
        sources = np.concatenate([known, base])
        G, D = _along_the_graph(shown, asked, sources, n_neighbors)
        nothing = np.zeros((len(known), len(known)))  # the distances that votes are not asked of
        grade("geodesic", nothing, D[:, : len(known)], metric="precomputed")
        loops = _angles(G[:, len(known) :], D[:, len(known) :], base, n_landmarks, level)
        n_loops.append(0 if loops is None else loops[0].shape[1] // 2)
        grade("loops", *((shown[known], asked) if loops is None else (loops[0][known], loops[1])))
    if not any(n_loops):
        scores.pop("loops")
    return InductiveBiasReport(
        rows=_rows(scores, 1 / (cv - 1)),
        n_loops=tuple(n_loops),
        chance=float(np.unique(y, return_counts=True)[1].max() / len(y)),
        n_points=len(X),
        n_features=X.shape[1],
        n_labels=len(known),
        n_voters=n_voters,
    )


def _check(X, y, methods, n_neighbors, n_voters, cv, n_repeats):
    from sklearn.utils.multiclass import type_of_target

    X, y = check_cloud(X), np.asarray(y)
    if y.shape != (len(X),):
        raise ValueError(f"y has shape {y.shape}, but X has {len(X)} points: give each a class.")
    if type_of_target(y) not in ("binary", "multiclass"):
        raise ValueError(
            f"y is {type_of_target(y)}, but this is for classes: give integers or strings, "
            "such as np.digitize makes of numbers."
        )
    able = [name for name, recipe in RECIPES.items() if recipe.place]
    if isinstance(methods, str) or not set(methods) <= set(able):
        raise ValueError(
            f"methods={methods!r}; it must be a sequence of those that place new points: {able}."
        )
    wanted = {"n_neighbors": n_neighbors, "n_voters": n_voters, "n_repeats": n_repeats}
    for name, value in wanted.items():
        low = 2 if name == "n_neighbors" else 1
        if not isinstance(value, Integral) or value < low:
            raise ValueError(f"{name}={value!r}; it must be an integer from {low} on.")
    classes, counts = np.unique(y, return_counts=True)
    if len(classes) < 2:
        raise ValueError("y holds one class only: give at least two.")
    if not isinstance(cv, Integral) or not 2 <= cv <= counts.min():
        raise ValueError(
            f"cv={cv!r}; it must be an integer from 2 to {counts.min()}, the members of the "
            "smallest class."
        )
    return X, y


def _vote(near, far, labels, n_voters, metric):
    from sklearn.neighbors import KNeighborsClassifier

    model = KNeighborsClassifier(min(n_voters, len(labels)), metric=metric)
    return model.fit(near, labels).predict(far)


def _along_the_graph(shown, asked, sources, n_neighbors):
    """Geodesic distances to the sources, of the points shown and of those asked for."""
    graph = geodesic_graph(shown, n_neighbors, warn=False)
    G = geodesic_distances(graph.edges, sources=sources).T
    k = max(min(n_neighbors, len(graph.first) - 1), 1)
    steps, near = nearest_rows(shown[graph.first], asked, k)
    pairs = zip(steps, graph.first[near], strict=True)
    return G, np.array([(step[:, None] + G[at]).min(axis=0) for step, at in pairs])


def _angles(G, D, base, n_landmarks, level):
    """Cosine and sine of the angles around the significant loops, or None if there are none."""
    between = G[base]
    between = np.minimum(between, between.T)  # sums along a path and back differ in the last bit
    model = CircularCoordinates(n_landmarks=n_landmarks, level=level, metric="precomputed")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # that no loop is significant is an answer
        try:
            model.fit(between)
            found = [h.p_value <= level and h.ratio >= LEAST_RATIO for h in model.loops_]
            if not any(found):
                return None
            if not all(found):
                model.set_params(n_loops=sum(found)).fit(between)
        except ValueError:  # no loop at all, or none that gives an angle
            return None
    angles = (model.transform(distances) for distances in (G, D))
    return tuple(np.column_stack([np.cos(a), np.sin(a)]) for a in angles)


def _rows(scores, ratio):
    """Every kind of neighbours beside the ambient one."""
    from scipy.stats import t

    scores = {name: np.array(values) for name, values in scores.items()}
    ambient, rows = scores[AMBIENT], []
    for name, values in scores.items():
        gains = values - ambient
        gain, n = float(gains.mean()), len(gains)
        error = np.sqrt(gains.var(ddof=1) * (1 / n + ratio))
        if name == AMBIENT:
            p_value = np.nan
        elif error == 0:
            p_value = 1.0 if gain == 0 else 0.0
        else:
            p_value = min(2 * t.sf(abs(gain) / error, n - 1) * (len(scores) - 1), 1.0)
        rows.append(BiasScore(name, values, gain, float(p_value)))
    return tuple(rows)


def _said(row):
    return SAID.get(row.name, row.name)
