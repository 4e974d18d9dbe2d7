"""An embedding, and at which points it tears or glues."""

from __future__ import annotations

import numpy as np

from ._cloud import axes_for, drawable, frame
from ._style import CLOUD_COLOR, DEGREE_COLORS, PALE, SMALL

#: As `tda.embedding_report` judges the cloud: below this a point has lost its neighbours.
LEAST_SCORE = 0.95
KINDS = ("not looked at", "neighbours kept", "glued", "torn", "glued and torn")
COLORS = (PALE, CLOUD_COLOR, DEGREE_COLORS[0], DEGREE_COLORS[1], DEGREE_COLORS[3])


def plot_embedding(Z, report, *, ax=None, size=None, title=None):
    """Draw the coordinates of an embedding, with the points that it tore or glued.

    Torn are points whose neighbours are far after, glued those that have others beside them which
    were far before. With more than three columns the first two principal components are drawn.

    Parameters
    ----------
    Z : array-like of shape (n_points, n_components)
    report : EmbeddingReport
        From ``embedding_report(X, Z)``.
    ax : matplotlib Axes, default=None
        For three columns a three-dimensional one.
    size : float, default=None
        Area of a point in points², by default smaller the more there are.
    title : str, default=None

    Returns
    -------
    ax : matplotlib Axes

    Raises
    ------
    ValueError
        If `report` is none, or one of another number of points.

    Notes
    -----
    A point is torn if its own continuity is below 0.95, and glued if its trustworthiness is, as
    `tda.embedding.neighbor_scores` defines them; those of the cloud are the means.

    Examples
    --------
    >>> import numpy as np
    >>> from tda import embedding_report
    >>> from tda.datasets import make_circle
    >>> from tda.plot import plot_embedding
    >>> X = make_circle(200, random_state=0).points
    >>> angle = np.arctan2(X[:, 1], X[:, 0])[:, None]
    >>> ax = plot_embedding(angle, embedding_report(X, angle, n_resamples=2))
    >>> [text.get_text().split(" (")[0] for text in ax.get_legend().get_texts()]
    ['neighbours kept', 'torn']
    """
    scores = getattr(report, "points", None)
    if not hasattr(scores, "continuity"):
        raise ValueError(
            f"report is {type(report).__name__}: pass what embedding_report(X, Z) returns."
        )
    points, labels = drawable(Z)
    if len(points) != report.n_points:
        raise ValueError(f"Z has {len(points)} points, and the report is on {report.n_points}.")
    ax = axes_for(points, ax)
    kinds = np.zeros(len(points), dtype=int)
    kinds[scores.rows] = (
        1 + (scores.trustworthiness < LEAST_SCORE) + 2 * (scores.continuity < LEAST_SCORE)
    )
    if size is None:
        size = float(np.clip(4000 / len(points), 2.0, 22.0))
    for kind, (name, color) in enumerate(zip(KINDS, COLORS, strict=True)):
        here = kinds == kind
        if here.any():
            harmed = kind >= 2
            ax.scatter(
                *points[here].T,
                s=1.6 * size if harmed else size,
                color=color,
                linewidth=0,
                label=f"{name} ({here.sum():,})",
                zorder=3 if harmed else 2,
            )
    frame(ax, points, labels, title)
    ax.legend(
        fontsize=SMALL, loc="upper left", bbox_to_anchor=(1.0, 1.0), frameon=False, markerscale=1.5
    )
    return ax
