"""A Mapper graph: nodes as large as their rows are many, coloured by a mean."""

from __future__ import annotations

import numpy as np

from ._style import INK, LINE, new_axes, tidy

__all__ = ["plot_mapper"]


def plot_mapper(mapper, values=None, *, name=None, nodes=None, cmap="viridis", ax=None, title=None):
    """Draw the graph of a Mapper.

    Parameters
    ----------
    mapper : Mapper, BallMapper or MapperGraph
        If an estimator, a fitted one.
    values : array-like of shape (n_points,), default=None
        Nodes are coloured by its mean over their rows. By default by the lens.
    name : str, default=None
        What the values are, beside the scale of colours.
    nodes : list of int, default=None
        Nodes to ring, such as those of a loop: ``mapper.features().significant[0].nodes``.
    cmap : str, default='viridis'
    ax : matplotlib Axes, default=None
    title : str, default=None

    Returns
    -------
    ax : matplotlib Axes

    Raises
    ------
    ValueError
        If `mapper` is not fitted or is something else, or the values are not one a row.

    Examples
    --------
    >>> from tda import Mapper
    >>> from tda.datasets import make_circle
    >>> from tda.plot import plot_mapper
    >>> X = make_circle(300, random_state=0).points
    >>> ax = plot_mapper(Mapper(lens=0, random_state=0).fit(X), X[:, 1], name="height")
    >>> len(ax.collections)  # edges, nodes
    2
    """
    from matplotlib.collections import LineCollection

    graph = getattr(mapper, "graph_", mapper)
    if not hasattr(graph, "membership"):
        raise ValueError(
            f"mapper is {type(mapper).__name__}, but this draws a fitted Mapper, a BallMapper or "
            "its graph_."
        )
    if values is None:
        means = graph.values[:, 0] if graph.values.shape[1] else np.zeros(graph.n_nodes)
        name = "lens" if name is None else name
    else:
        means = graph.means(np.asarray(values, dtype=float).ravel())
    if ax is None:
        ax = new_axes((6.4, 4.8))
    places, sizes = graph.layout(), graph.sizes
    widths = 0.7 + 2.3 * np.sqrt(graph.weights / max(graph.weights.max(initial=1), 1))
    ax.add_collection(LineCollection(places[graph.edges], colors=LINE, linewidths=widths, zorder=1))
    area = 25 + 260 * sizes / max(sizes.max(initial=1), 1)
    area *= min(1.0, 60 / max(graph.n_nodes, 1)) ** 0.5
    ringed = np.isin(np.arange(graph.n_nodes), [] if nodes is None else list(nodes))
    drawn = ax.scatter(
        *places.T,
        s=area,
        c=means,
        cmap=cmap,
        edgecolor=[INK if r else "white" for r in ringed],
        linewidth=np.where(ringed, 1.8, 0.6),
        zorder=2,
    )
    ax.set_aspect("equal", adjustable="datalim")
    ax.margins(0.08)
    ax.set(xticks=[], yticks=[])
    tidy(ax, title)
    ax.spines[:].set_visible(False)
    if graph.n_nodes and np.ptp(means) > 0:
        bar = ax.figure.colorbar(drawn, ax=ax, shrink=0.7, pad=0.02)
        bar.outline.set_visible(False)
        bar.set_label("mean" if name is None else f"mean {name}", color=INK)
    return ax
