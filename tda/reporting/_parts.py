"""The parts of a report, each one public call and what it found in words, in order of cost."""

from __future__ import annotations

import time
import warnings
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
from sklearn.utils import check_random_state

from .._metrics import nearest_rows
from .._neighbors import neighbor_graph
from .._points import distinct_points
from .._words import amount, counted, listed
from ..clustering import ToMATo
from ..dimension import concentration_report, intrinsic_dimension
from ..embedding import Embedding, embedding_report
from ..holes import count_holes

__all__ = ["Labels", "Map", "Maps", "Part", "make_part"]

#: A map shows at most so many points.
MOST_MAPPED = 4_000
#: Neighbours that are asked whether they share a label.
N_LABEL_NEIGHBORS = 10
#: Up to so many whole numbers are labels, and more are a quantity.
MOST_LABELS = 20


@dataclass(frozen=True, eq=False)
class Part:
    """One part of a report.

    Attributes
    ----------
    name, title : str
    verdict : str
        What was found, in a sentence or a few.
    short : str
        The same in a few words.
    code : str
        The lines that give `result` again, after those that make ``X``.
    seconds : float
    result : object
        What the code gives; None if the part could not be computed.
    notes : tuple of str
        Warnings that came on the way.
    """

    name: str
    title: str
    verdict: str
    short: str
    code: str
    seconds: float = 0.0
    result: object = field(repr=False, default=None)
    notes: tuple = ()


class Map(NamedTuple):
    """Two coordinates of some points, and what they kept.

    Attributes
    ----------
    name : str
        The method, or "the data" where these have two coordinates themselves.
    points : array of shape (n_mapped, 2)
    fidelity : EmbeddingReport or None
    """

    name: str
    points: np.ndarray
    fidelity: object


class Maps(NamedTuple):
    """The maps that were tried, and the one that is shown.

    Attributes
    ----------
    rows : int array of shape (n_mapped,)
        Which points of the cloud are shown.
    tried : tuple of Map
    best : int
    """

    rows: np.ndarray
    tried: tuple
    best: int

    @property
    def shown(self):
        return self.tried[self.best]


class Labels(NamedTuple):
    """What the shape of the data knows of `y`.

    Attributes
    ----------
    is_quantity : bool
    shared : float
        Of labels the share of neighbours that have the label of their point; of quantities the
        correlation with the mean of the neighbours.
    by_chance : float
    with_clusters : float
        The adjusted Rand index of clusters and labels; NaN for a quantity.
    """

    is_quantity: bool
    shared: float
    by_chance: float
    with_clusters: float


def make_part(name, data, options, made):
    """One part by its name; `made` are those before it, by name."""
    title, code, compute, tell = PARTS[name]
    start = time.perf_counter()
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            result = compute(data, options, made)
        except (ValueError, MemoryError, ImportError) as error:
            return Part(name, title, f"Not computed: {error}", "not computed", "")
        verdict, short = tell(result, data)
    said = dict.fromkeys(str(one.message) for one in caught if one.category is UserWarning)
    code = code if isinstance(code, str) else code(result, data, options)
    return Part(name, title, verdict, short, code, time.perf_counter() - start, result, tuple(said))


# -- holes ----------------------------------------------------------------------------------------


def _holes(data, options, made):
    return count_holes(data.X, level=options["level"])


def _tell_holes(count, data):
    short = ", ".join(amount(n, k) for k, n in enumerate(count.betti))
    return count.verdict, short


# -- dimension ------------------------------------------------------------------------------------


def _dimension(data, options, made):
    return intrinsic_dimension(data.X)


def _tell_dimension(estimate, data):
    if np.isnan(estimate.dimension):
        return estimate.verdict, "cannot be told"
    low, high = estimate.interval
    short = f"{estimate.dimension:.1f} (95%: {low:.1f} to {high:.1f}) of {data.X.shape[1]}"
    return estimate.verdict, short


def _concentration(data, options, made):
    return concentration_report(data.X, random_state=options["random_state"])


def _tell_concentration(report, data):
    if not report.is_concentrated:
        short = "neighbours can be trusted"
    elif report.is_like_noise:
        short = "distances concentrate as in noise"
    else:
        short = "distances concentrate, but less than in noise"
    return report.verdict, short


# -- clusters -------------------------------------------------------------------------------------


def _clusters(data, options, made):
    return ToMATo(level=options["level"]).fit(data.X)


def _tell_clusters(model, data):
    sizes = np.bincount(model.labels_, minlength=model.n_clusters_)
    if model.n_clusters_ == 1:
        return "One cluster: no second hill of the density stands out of the noise.", "1 cluster"
    some = [f"{n:,}" for n in np.sort(sizes)[::-1][:6]]
    listing = listed([*some, f"{len(sizes) - 6} smaller ones"] if len(sizes) > 6 else some)
    words = f"{counted(model.n_clusters_, 'cluster')}, of {listing} points."
    if model.p_values_ is not None:
        largest = model.p_values_[1:].max()
        words += (
            " Each is a hill of the density that noise would show with a probability of at most "
            f"{max(largest, 0.001):.2g}."
        )
    return words, counted(model.n_clusters_, "cluster")


# -- the map --------------------------------------------------------------------------------------


def _maps(data, options, made):
    """The first faithful map of a few methods, else the one that keeps neighbours best."""
    X, seed = data.X, options["random_state"]
    rows = _mapped_rows(X, made, seed)
    X = X[rows]
    n, d = X.shape
    if d <= 2:
        return Maps(rows, (Map("the data", _plane(X), None),), 0)
    if n < 8:
        points = Embedding(method="pca", n_components=2).fit_transform(X)
        return Maps(rows, (Map("pca", points, None),), 0)
    n_neighbors = min(15, max(n // 3, 2))
    tried = []
    for method in ("pca", "isomap", "umap"):
        embedding = Embedding(
            method=method, n_components=2, n_neighbors=n_neighbors, random_state=seed
        )
        points = embedding.fit_transform(X)
        fidelity = embedding_report(X, points, n_neighbors=n_neighbors, random_state=seed)
        tried.append(Map(method, points, fidelity))
        if fidelity.is_faithful:
            break
    return Maps(rows, tuple(tried), best_of([one.fidelity for one in tried]))


def best_of(reports):
    """The faithful one; else that of the least lost and made, then of the best neighbours."""

    def fault(i):
        one = reports[i]
        return sum(one.lost) + sum(one.made), -min(one.trustworthiness, one.continuity)

    faithful = [i for i, one in enumerate(reports) if one.is_faithful]
    return faithful[0] if faithful else min(range(len(reports)), key=fault)


def _mapped_rows(X, made, seed):
    """All points, or of many those that are spread over the shape and some at random."""
    n = len(X)
    if n <= MOST_MAPPED:
        return np.arange(n)
    count = made["holes"].result if "holes" in made else None
    first = rows_of(X, count) if count is not None else None
    first = np.zeros(0, dtype=int) if first is None else first[:MOST_MAPPED]
    rest = np.setdiff1d(np.arange(n), first)
    more = check_random_state(seed).choice(rest, MOST_MAPPED - len(first), replace=False)
    return np.sort(np.concatenate([first, more]))


def rows_of(X, count):
    """For each point of the complex of a count the row of X where it stands, or None."""
    distinct = distinct_points(X)
    if count.n_landmarks == len(distinct.X):
        return distinct.first
    if count.points is None or count.points.shape[1] != X.shape[1]:
        return None  # landmarks in the coordinates of what the cloud spans
    return nearest_rows(X, count.points, 1)[1][:, 0]


def _plane(X):
    """Two coordinates of one or two: points on a line lie beside it, so that all are seen."""
    if X.shape[1] == 2:
        return X
    beside = np.zeros(len(X))
    beside[np.argsort(X[:, 0], kind="stable")] = np.arange(len(X)) * 0.618034 % 1
    return np.column_stack([X[:, 0], 0.05 * np.ptp(X[:, 0]) * (beside - 0.5)])


def _tell_maps(maps, data):
    shown = maps.shown
    if shown.name == "the data":
        words = "The data have a plane's coordinates themselves; nothing is lost."
        if data.X.shape[1] == 1:
            words = "The data have one coordinate, drawn along a line; nothing is lost."
        return words, "the data themselves"
    name = NAMES[shown.name]
    if shown.fidelity is None:
        return f"A map by {name}; too few points to judge it.", f"by {name}, not judged"
    more = ""
    if len(maps.tried) > 1 and not shown.fidelity.is_faithful:
        more = f" No map by {listed(NAMES[one.name] for one in maps.tried)} is faithful."
    faithful = "faithful" if shown.fidelity.is_faithful else "not faithful"
    return f"The map by {name}. {shown.fidelity.verdict}{more}", f"by {name}, {faithful}"


def _map_code(maps, data, options):
    if maps.shown.name == "the data":
        return "Z = X"
    seed = options["random_state"]
    n_neighbors = min(15, max(len(maps.rows) // 3, 2))
    judged = ""
    if maps.shown.fidelity is not None:
        judged = (
            f"\nfidelity = tda.embedding_report(X, Z, n_neighbors={n_neighbors}, "
            f"random_state={seed!r})"
        )
    return (
        f'Z = tda.Embedding(method="{maps.shown.name}", n_components=2, '
        f"n_neighbors={n_neighbors}, random_state={seed!r}).fit_transform(X){judged}"
    )


#: What the methods are called in a sentence.
NAMES = {"pca": "PCA", "isomap": "Isomap", "umap": "UMAP", "the data": "the data"}


# -- labels ---------------------------------------------------------------------------------------


def _compare_labels(data, options, made):
    X, y = data.X, data.y
    n_neighbors = min(N_LABEL_NEIGHBORS, len(X) - 1)
    if n_neighbors < 1:
        raise ValueError("one point has no neighbours to compare its label with.")
    near = neighbor_graph(X, n_neighbors).indices
    values = as_quantity(y)
    if values is not None:
        known = np.isfinite(values)
        filled = np.where(known, values, np.nanmean(values))
        means = filled[near].mean(axis=1)
        shared = 0.0
        if np.ptp(means[known]) and np.ptp(filled[known]):
            shared = float(np.corrcoef(filled[known], means[known])[0, 1])
        return Labels(True, shared, 0.0, np.nan)
    from sklearn.metrics import adjusted_rand_score

    _, codes, counts = np.unique(y.astype(str), return_inverse=True, return_counts=True)
    shared = float((codes[near] == codes[:, None]).mean())
    by_chance = float((counts * (counts - 1)).sum() / max(len(y) * (len(y) - 1), 1))
    clusters = made["clusters"].result if "clusters" in made else None
    rand = adjusted_rand_score(codes, clusters.labels_) if clusters is not None else np.nan
    return Labels(False, shared, by_chance, float(rand))


def as_quantity(y):
    """`y` as numbers where they are many, and None where they are labels."""
    y = np.asarray(y)
    if y.dtype.kind in "mM":  # times
        return np.where(np.isnat(y), np.nan, y.astype("int64").astype(float))
    if y.dtype.kind == "O":
        try:
            y = np.array([np.nan if v is None else v for v in y], dtype=float)
        except (TypeError, ValueError):
            return None
    if y.dtype.kind not in "iuf":
        return None
    y = y.astype(float)
    known = y[np.isfinite(y)]
    whole = np.array_equal(known, np.floor(known))
    n_distinct = len(np.unique(known))
    return None if n_distinct <= 2 or (whole and n_distinct <= MOST_LABELS) else y


def _tell_labels(labels, data):
    name = data.y_name
    if labels.is_quantity:
        strong = "follows" if labels.shared > 0.5 else "hardly follows"
        words = (
            f"{name} {strong} the shape: its correlation with the mean of the "
            f"{N_LABEL_NEIGHBORS} nearest neighbours is {labels.shared:.2f}."
        )
        return f"{words[0].upper()}{words[1:]}", f"correlation with neighbours {labels.shared:.2f}"
    words = (
        f"Of the nearest neighbours {labels.shared:.0%} share the label of their point, "
        f"by chance {labels.by_chance:.0%}."
    )
    if np.isfinite(labels.with_clusters):
        index = labels.with_clusters
        agrees = "agree" if index > 0.8 else "agree in part" if index > 0.3 else "do not agree"
        words += (
            f" Clusters and labels {agrees} (adjusted Rand index {labels.with_clusters:.2f}; "
            "1 is the same, 0 is chance)."
        )
    return (
        words,
        f"{labels.shared:.0%} of neighbours share {name}, {labels.by_chance:.0%} by chance",
    )


def _label_code(labels, data, options):
    whole = "[whole]" if data.n_dropped else ""
    n_neighbors = min(N_LABEL_NEIGHBORS, len(data.X) - 1)
    measure = (
        "shared = np.corrcoef(y, y[near].mean(axis=1))[0, 1]"
        if labels.is_quantity
        else "shared = (y[near] == y[:, None]).mean()"
    )
    return (
        "from sklearn.neighbors import kneighbors_graph\n"
        f"y = np.asarray(y){whole}\n"
        f"near = kneighbors_graph(X, {n_neighbors}).indices.reshape(len(X), -1)\n"
        f"{measure}"
    )


#: name: title, code, what computes it, what tells it; in order of cost.
PARTS = {
    "holes": (
        "Holes",
        lambda result, data, options: f"count = tda.count_holes(X, level={options['level']!r})",
        _holes,
        _tell_holes,
    ),
    "dimension": (
        "Dimension",
        "estimate = tda.intrinsic_dimension(X)",
        _dimension,
        _tell_dimension,
    ),
    "clusters": (
        "Clusters",
        lambda result, data, options: f"clusters = tda.ToMATo(level={options['level']!r}).fit(X)",
        _clusters,
        _tell_clusters,
    ),
    "concentration": (
        "Distances",
        lambda result, data, options: (
            f"concentration = tda.concentration_report(X, random_state={options['random_state']!r})"
        ),
        _concentration,
        _tell_concentration,
    ),
    "labels": ("Labels", _label_code, _compare_labels, _tell_labels),
    "map": ("Map", _map_code, _maps, _tell_maps),
}
