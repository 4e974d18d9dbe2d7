"""Zigzag persistence over the layers of a network: which loop of one layer is which of the next."""

from __future__ import annotations

from numbers import Integral

import numpy as np
from sklearn.utils import _safe_indexing, check_random_state

from ..._neighbors import neighbor_graph
from ...graphs import zigzag_diagram
from ..layers._activations import given, layer_activations

__all__ = ["layer_zigzag"]


def layer_zigzag(
    network, X, *, layers="all", n_neighbors=8, max_dimension=1, max_points=500, random_state=0
):
    """Where components and loops appear and go, layer by layer (input per point).

    Each layer is the graph of the nearest neighbours of the rows in it, and two layers are compared
    through the union of theirs. So a loop that lives from one layer to the next is the same one,
    while Betti numbers by layer may count another.

    Parameters
    ----------
    network : a network, as `as_network` takes it
    X : array-like of shape (n_points, n_features), or (n_points, ...) as a torch module takes it
        One class, or all.
    layers : "all", or list of str and int, default="all"
        Names or positions of layers (`layer_activations`); the input is always the first.
    n_neighbors : int, default=8
        That are joined in each layer.
    max_dimension : int, default=1
        Highest degree of homology: 2 for voids.
    max_points : int, default=500
        Of more rows so many are drawn.
    random_state : int, RandomState or None, default=0

    Returns
    -------
    Diagram
        Of filtration "zigzag": a bar (0, 2.5) lives from the input to the second layer and is gone
        in its union with the third; what lives in the output has ``death = inf``.

    Raises
    ------
    ValueError
        If a parameter is out of its range.

    Examples
    --------
    A ring and two layers, the second of which has one unit.

    >>> import numpy as np
    >>> from tda.networks import DenseNetwork, layer_zigzag
    >>> angles = np.linspace(0, 2 * np.pi, 61)[:-1]
    >>> ring = np.stack([np.cos(angles), np.sin(angles)], axis=1)
    >>> net = DenseNetwork(
    ...     (np.eye(2), np.array([[1.0], [0.3]])), (np.zeros(2), np.zeros(1)), activation="identity"
    ... )
    >>> layer_zigzag(net, ring, n_neighbors=4)[1].tolist()  # there in input and layer 1
    [[0.0, 1.5]]
    """
    for name, value in (("n_neighbors", n_neighbors), ("max_points", max_points)):
        if not isinstance(value, Integral) or value < 1:
            raise ValueError(f"{name}={value!r}; it must be an integer from 1 on.")
    X = given(X)
    n = np.shape(X)[0]
    if n > max_points:
        rng = check_random_state(random_state)
        X = _safe_indexing(X, np.sort(rng.choice(n, max_points, replace=False)))
    clouds = layer_activations(network, X, layers=layers, include_input=True)
    graphs = []
    for cloud in clouds.values():
        graph = neighbor_graph(cloud, min(n_neighbors, len(cloud) - 1)).to_sparse()
        graph.data[:] = 1.0
        graphs.append(graph.maximum(graph.T))
    return zigzag_diagram(graphs, max_dimension=max_dimension)
