"""Notes of `count_holes` on data that may not be a cloud, or not in one unit."""

from __future__ import annotations

import numpy as np

from .._kinds import far_rows
from .._metrics import OF_SETS

__all__ = ["data_notes", "gap_note", "is_of_categories", "series_note", "tie_note"]

# What half and twice of each constant change: benchmarks/thresholds.py.

#: Share of the squared distances from which on one column hides the others.
#: The other columns then move a distance by half a percent on average.
MOST_OF_ALL = 0.99
#: Neighbouring rows and columns of a picture differ by less than this, of what any two differ.
#: Of independent rows it is 1; of a smooth picture 0.1. Halved or doubled, no note of the
#: benchmark changes.
ALIKE = 0.5
#: Rows of a path in the order of time differ by less than this, of what any two differ.
#: Rows sorted by a group differ by the spread of a group.
FOLLOWS = 0.15
#: The same within the components that were found, which are smaller than the cloud.
FOLLOWS_WITHIN = 0.6
#: Fewest pixels along an axis of what is taken for a picture.
#: Halved, a small smooth table is called a picture; doubled, nothing changes.
LEAST_PIXELS = 8


def data_notes(X, names=None):
    """Notes on a checked cloud, as it was given.

    Parameters
    ----------
    X : array of shape (n_points, n_features)
    names : sequence of str, default=None
        Of the columns.

    Returns
    -------
    list of str
    """
    return [note for note in (_picture(X), _unlike(X, names), _index(X, names)) if note]


def _picture(X):
    if min(X.shape) < LEAST_PIXELS or _is_trajectory(X):
        return ""
    if _step(X) < ALIKE and _step(X.T) < ALIKE:
        return (
            f"X looks like a picture of {X.shape[0]} by {X.shape[1]} pixels, since rows and "
            "columns side by side are alike, and its rows were taken for points: for the holes of "
            "a picture use tda.cubical_diagram(X)."
        )
    return ""


def _step(X):
    """How much rows side by side differ, of what any two rows differ."""
    rows = X[: min(len(X), 2000)]
    far = np.abs(rows - np.roll(rows, len(rows) // 2, axis=0)).mean()
    others = np.abs(rows - np.roll(rows, len(rows) // 3, axis=0)).mean()
    return np.abs(np.diff(rows, axis=0)).mean() / max(far, others) if max(far, others) else 1.0


def _step_within(X, labels):
    """The same among the rows of each component, on average."""
    sizes = np.bincount(labels)
    large = np.flatnonzero(sizes >= 10)
    steps = [_step(X[labels == k]) for k in large]
    return np.average(steps, weights=np.minimum(sizes[large], 2000)) if steps else 0.0


def _is_trajectory(X):
    """Whether rows are windows of a series, each the next one moved, which is a cloud."""
    return bool(np.array_equal(X[1:, :-1], X[:-1, 1:]) or np.array_equal(X[1:, 1:], X[:-1, :-1]))


def _unlike(X, names):
    if X.shape[1] < 2 or len(X) < 3:
        return ""
    scale = np.abs(X - X[0]).max()
    if not scale > 0:
        return ""
    spread = (X / scale).var(axis=0)
    share, column = spread.max() / spread.sum(), int(np.argmax(spread))
    if share < MOST_OF_ALL or np.count_nonzero(spread) < 2:
        return ""
    far = far_rows(X, column)
    if far.size:
        which = f"row {far[0]} is" if far.size == 1 else f"{far.size} rows (first row {far[0]}) are"
        return (
            f"{which} so far from all others in {_called(column, names)} as to make up "
            f"{100 * share:.3g}% of the squared distances: if that stands for a missing value, "
            "drop such rows."
        )
    return (
        f"{_called(column, names)} makes up {100 * share:.3g}% of the squared distances, and the "
        "others hardly count: if their units are unlike, bring them to one scale first, for "
        "example with sklearn.preprocessing.StandardScaler."
    )


def _index(X, names):
    if X.shape[1] < 2 or len(X) < 10:
        return ""
    columns = np.flatnonzero((np.diff(X, axis=0) == 1).all(axis=0))
    if not columns.size:
        return ""
    return (
        f"{_called(int(columns[0]), names)} numbers the rows: if it is an index and no coordinate, "
        "drop it."
    )


def _called(column, names):
    """A column by its name, or as Python has it, since files count their columns from 1."""
    return f"X[:, {column}]" if names is None else f"column {names[column]!r}"


def series_note(X, labels):
    """That components of rows in the order of time are those of a path, if rows look so.

    Rows that are sorted by group are no path: within a component they are in no order.
    """
    if len(X) < 20 or _step(X) >= FOLLOWS or _step_within(X, labels) >= FOLLOWS_WITHIN:
        return []
    return [
        "rows side by side are near each other, as of a path in time: a path lingers here and "
        'there without being in pieces. If it is one, count with dependence="auto".'
    ]


def gap_note(x, labels):
    """That components on a line are hills of the density, where chance leaves a gap between them.

    Of `n` points of one density the largest of all gaps is beyond ``log(n) + 3`` of their mean
    with probability 0.05. The mean is that of ten gaps on either side.
    """
    order = np.argsort(x, kind="stable")
    gaps, which = np.diff(x[order]), np.diff(labels[order]) != 0
    for i in np.flatnonzero(which):
        beside = np.concatenate([gaps[max(i - 10, 0) : i], gaps[i + 1 : i + 11]])
        beside = beside[beside > 0]
        if beside.size and gaps[i] < (np.log(len(x)) + 3) * beside.mean():
            one, other = sorted(labels[order[i : i + 2]].tolist())
            times = gaps[i] / beside.mean()
            return [
                f"the gap between the components {one} and {other} is {times:.1f} times the mean "
                "of the gaps beside it, as chance leaves it: the points are thin there, as those "
                "of a sine are in the middle, and need not be in pieces."
            ]
    return []


def is_of_categories(X, metric):
    """Whether columns are of yes or no, or one-hot, or the metric asks only whether cells agree."""
    by_name = isinstance(metric, str) and metric in ("hamming", *OF_SETS)
    return by_name or bool(np.isin(X, (0.0, 1.0)).all())


def tie_note(share, precomputed, of_categories=False):
    """Why p-values are unreliable where the nearest neighbours are at one same distance."""
    if of_categories:
        return (
            f"the columns hold yes or no (0 and 1), or categories, so {share:.0%} of the nearest "
            "neighbours are at one same distance, and p-values are unreliable: a loop of a few "
            "such rows is no shape. Take columns of numbers, or coordinates of the categories, "
            "for example of a multiple correspondence analysis."
        )
    if precomputed:
        return (
            f"{share:.0%} of the nearest neighbours are at one same distance, as where paths in a "
            "graph are counted in hops or rows of categories compared, and p-values are "
            "unreliable: take distances that do not tie, such as paths along weighted edges, or "
            "coordinates of the graph, for example of sklearn.manifold.SpectralEmbedding."
        )
    return (
        f"the data lies on a lattice ({share:.0%} of the nearest neighbours are at one same "
        "distance), where p-values are unreliable: add noise of half a step to every point."
    )
