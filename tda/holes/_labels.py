"""The component of every row: the tree of single linkage, cut where significant ones end."""

from __future__ import annotations

import numpy as np

from .._metrics import nearest_rows

__all__ = ["labels_of", "numbered_by_size"]


def labels_of(components, ends, X, taken, inverse):
    """The component of every row, the largest 0.

    Parameters
    ----------
    components : Components
        Of the points that were taken.
    ends : int array
        The bars of `components` that are significant.
    X : array of shape (n_points, n_coordinates), or a matrix of distances
        All points.
    taken : int array, or None
        The points of `components`, where they were too many to take all.
    inverse : int array of shape (n_rows,)
        The point of each row that was given.

    Returns
    -------
    int array of shape (n_rows,)
    """
    if not len(ends):
        return np.zeros(len(inverse), dtype=np.intp)
    labels = components.labels(ends)
    if taken is not None:
        labels = labels[nearest_rows(X[taken], X, 1)[1][:, 0]]
    return numbered_by_size(labels[inverse])


def numbered_by_size(labels):
    """The same groups, the largest 0; of equal ones that of the earlier row first."""
    _, first, inverse, sizes = np.unique(
        labels, return_index=True, return_inverse=True, return_counts=True
    )
    place = np.empty(len(sizes), dtype=np.intp)
    place[np.lexsort((first, -sizes))] = np.arange(len(sizes))
    return place[inverse]
