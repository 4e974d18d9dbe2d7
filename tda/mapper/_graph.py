"""The graph of a Mapper: nodes are sets of rows, and two that share rows are joined."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from scipy import sparse

from .._kinds import as_float
from .._words import counted
from ..diagrams import Diagram

__all__ = ["MapperGraph", "nerve"]


class MapperGraph(NamedTuple):
    """The graph of a Mapper.

    Attributes
    ----------
    membership : csr array of bool, shape (n_points, n_nodes)
        Which rows each node holds.
    edges : int array of shape (n_edges, 2)
        Pairs of nodes that share rows, the smaller number first.
    weights : int array of shape (n_edges,)
        How many rows they share.
    sets : int array of shape (n_nodes,)
        The set of the cover that each node is a part of.
    values : float array of shape (n_nodes, n_columns)
        The mean of the lens over the rows of each node.
    """

    membership: sparse.csr_array
    edges: np.ndarray
    weights: np.ndarray
    sets: np.ndarray
    values: np.ndarray

    def __repr__(self):
        n, m, rows = self.n_nodes, len(self.edges), self.membership.shape[0]
        return f"MapperGraph({counted(n, 'node')}, {counted(m, 'edge')}, {counted(rows, 'row')})"

    @property
    def n_nodes(self):
        return self.membership.shape[1]

    @property
    def sizes(self):
        """How many rows each node holds."""
        return np.diff(self.membership.tocsc().indptr)

    def rows(self, node):
        """The rows of one node, in order."""
        found = self.membership.tocsc()
        return np.sort(found.indices[found.indptr[node] : found.indptr[node + 1]])

    def adjacency(self):
        """The edges as a symmetric csr array of the numbers of shared rows."""
        i, j = self.edges.T
        data = np.concatenate([self.weights, self.weights])
        places = np.concatenate([i, j]), np.concatenate([j, i])
        return sparse.csr_array((data, places), shape=(self.n_nodes,) * 2)

    def components(self):
        """The piece of the graph that each node lies in, counted from 0."""
        return sparse.csgraph.connected_components(self.adjacency(), directed=False)[1]

    def means(self, values):
        """The mean over the rows of each node.

        Parameters
        ----------
        values : array-like of shape (n_points,) or (n_points, n_columns)

        Returns
        -------
        float array of shape (n_nodes,) or (n_nodes, n_columns)
        """
        values = as_float(values, "values")
        if values.ndim == 0 or len(values) != self.membership.shape[0]:
            raise ValueError(
                f"values has shape {values.shape}, but the graph is of "
                f"{counted(self.membership.shape[0], 'row')}."
            )
        sizes = self.sizes.reshape((-1,) + (1,) * (values.ndim - 1))
        return (self.membership.T.astype(float) @ values) / sizes

    def to_frame(self, X=None, *, columns=None):
        """Statistics of the nodes as a `pandas.DataFrame`.

        Parameters
        ----------
        X : array-like or DataFrame of shape (n_points, n_columns), default=None
            Columns of which to show mean and standard deviation.
        columns : list of str, default=None
            Their names; by default those of the frame, or ``x0``, ``x1``, …

        Returns
        -------
        DataFrame
            A row for each node: size, degree, component, the lens, and the columns.
        """
        import pandas

        degree = np.bincount(self.edges.ravel(), minlength=self.n_nodes)
        parts = {"size": self.sizes, "degree": degree, "component": self.components()}
        parts |= {f"lens{c}": column for c, column in enumerate(self.values.T)}
        if X is not None:
            names = column_names(X, columns)
            X = np.asarray(X, dtype=np.float64)
            X = X[:, None] if X.ndim == 1 else X
            means = self.means(X)
            spread = np.sqrt(np.maximum(self.means((X - X.mean(axis=0)) ** 2)
                                        - (means - X.mean(axis=0)) ** 2, 0))  # fmt: skip
            for c, name in enumerate(names):
                parts |= {f"{name}_mean": means[:, c], f"{name}_std": spread[:, c]}
        return pandas.DataFrame(parts, index=pandas.RangeIndex(self.n_nodes, name="node"))

    def to_networkx(self):
        """The graph as a `networkx.Graph`.

        Returns
        -------
        networkx.Graph
            Nodes have ``size``, ``rows`` (a list), ``set`` and ``lens``; edges ``weight``.

        Raises
        ------
        ImportError
            If networkx is not installed.
        """
        try:
            import networkx
        except ImportError as error:
            raise ImportError(
                "to_networkx needs networkx: pip install 'tda-learn[graphs]'."
            ) from error
        graph = networkx.Graph()
        by_node = self.membership.tocsc()
        for v in range(self.n_nodes):
            rows = np.sort(by_node.indices[by_node.indptr[v] : by_node.indptr[v + 1]]).tolist()
            graph.add_node(
                v, size=len(rows), rows=rows, set=int(self.sets[v]), lens=self.values[v].tolist()
            )
        graph.add_weighted_edges_from(
            (int(i), int(j), int(w)) for (i, j), w in zip(self.edges, self.weights, strict=True)
        )
        return graph

    def extended_diagram(self, *, column=0):
        """Extended persistence of the graph by the mean of the lens: its branches and loops.

        Parameters
        ----------
        column : int, default=0
            The column of the lens.

        Returns
        -------
        Diagram
            As of `tda.graphs.extended_diagram`: branches down and up, components, loops.
        """
        from ..graphs import extended_diagram

        if self.n_nodes == 0:
            return Diagram([], [], [], filtration="extended", max_dimension=3)
        return extended_diagram(self.adjacency(), function=self.values[:, column])

    def layout(self):
        """Places of the nodes in the plane, near where they are joined.

        Distances along edges are kept as well as they can [1]_, piece by piece; the pieces stand
        side by side, the largest first. Nothing is drawn at random.

        Returns
        -------
        float array of shape (n_nodes, 2)
            In units of about the length of an edge.

        References
        ----------
        .. [1] E. Gansner, Y. Koren, S. North, "Graph drawing by stress majorization", Graph
           Drawing 2004.
        """
        from ._layout import graph_layout

        return graph_layout(self.adjacency(), self.components(), self.values)


def column_names(X, columns):
    """Names of columns: those given, those of a frame, or x0, x1, …"""
    known = getattr(X, "columns", None)
    width = 1 if np.ndim(X) == 1 else np.shape(X)[1]
    if columns is None:
        columns = list(map(str, known)) if known is not None else [f"x{c}" for c in range(width)]
    columns = [str(name) for name in columns]
    if len(columns) != width:
        raise ValueError(f"columns has {len(columns)} names, but X has {width} columns.")
    return columns


def nerve(rows, nodes, sets, values, n_points, *, min_size=1):
    """The graph of nodes given as pairs (row, node); nodes with too few rows are left out."""
    n_nodes = len(sets)
    sizes = np.bincount(nodes, minlength=n_nodes)
    kept = sizes >= min_size
    name = np.cumsum(kept) - 1
    keep = kept[nodes]
    rows, nodes, sets = rows[keep], name[nodes[keep]], sets[kept]
    membership = sparse.csr_array(
        (np.ones(len(rows), dtype=bool), (rows, nodes)), shape=(n_points, len(sets))
    )
    counts = membership.astype(np.int32)
    shared = sparse.triu(counts.T @ counts, 1).tocsr()
    shared.sort_indices()
    shared = shared.tocoo()
    order = np.lexsort((shared.col, shared.row))
    edges = np.column_stack([shared.row, shared.col])[order].astype(np.int64)
    sums = counts.T.astype(np.float64) @ values
    means = sums / np.maximum(np.bincount(nodes, minlength=len(sets)), 1)[:, None]
    return MapperGraph(membership, edges, shared.data[order].astype(np.int64), sets, means)
