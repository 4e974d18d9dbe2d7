"""What Mapper and BallMapper share: names of columns, new points, loops that are real, a page."""

from __future__ import annotations

import numpy as np
from scipy import sparse
from sklearn.utils.validation import check_is_fitted

from .._blocks import some_rows
from .._metrics import nearest_rows

__all__ = ["NodeColumns", "as_columns"]


def as_columns(membership):
    """Numbers and 32-bit indices, where these do: trees of scikit-learn take no others."""
    found = sparse.csr_array(membership, dtype=np.float64)
    if max(found.shape[1], found.nnz) < 2**31:
        found.indices = found.indices.astype(np.int32)
        found.indptr = found.indptr.astype(np.int32)
    return found


class NodeColumns:
    """The columns are nodes. A subclass has ``graph_``, ``_rows_``, ``_metric_`` and the cover."""

    def get_feature_names_out(self, input_features=None):
        """Names of the columns: mapper_0, mapper_1, … or ball_mapper_0, …"""
        check_is_fitted(self)
        prefix = "mapper" if type(self).__name__ == "Mapper" else "ball_mapper"
        return np.array([f"{prefix}_{v}" for v in range(self.n_nodes_)], dtype=object)

    @property
    def _n_features_out(self):
        return self.n_nodes_

    def _nearest_nodes(self, rows, members):
        """The node of the nearest row of `fit` in each set that holds a new row."""
        of_nodes, of_sets = self.graph_.membership.tocsc(), sparse.csc_array(members)
        found = []
        by_set = self._rows_of_sets()
        nodes_of = np.argsort(self.graph_.sets, kind="stable")
        first = np.searchsorted(self.graph_.sets[nodes_of], np.arange(of_sets.shape[1] + 1))
        for s in np.flatnonzero(np.diff(of_sets.indptr)):
            queries = of_sets.indices[of_sets.indptr[s] : of_sets.indptr[s + 1]]
            known, nodes = by_set[s], nodes_of[first[s] : first[s + 1]]
            if not len(nodes):
                continue
            node_of = np.full(len(known), -1)
            for v in nodes:
                rows_of = of_nodes.indices[of_nodes.indptr[v] : of_nodes.indptr[v + 1]]
                node_of[np.searchsorted(known, rows_of)] = v
            nearest = node_of[self._nearest(rows[queries], known)]
            inside = nearest >= 0
            found.append(np.column_stack([queries[inside], nearest[inside]]))
        i, j = np.concatenate([np.zeros((0, 2), dtype=int), *found]).T
        return as_columns(sparse.csr_array((np.ones(len(i)), (i, j)),
                                           shape=(len(rows), self.n_nodes_)))  # fmt: skip

    def _rows_of_sets(self):
        members = sparse.csc_array(self._cover_.members(self.lens_values_))
        starts, indices = members.indptr, members.indices
        return [np.sort(indices[starts[s] : starts[s + 1]]) for s in range(members.shape[1])]

    def _nearest(self, queries, known):
        """For each query the place in `known` of the nearest of these rows."""
        if self._is_precomputed():
            return queries[:, known].argmin(axis=1)
        rows = some_rows(self._rows_, known)
        if self._metric_.taken == "euclidean":
            from scipy.spatial import cKDTree

            return cKDTree(rows).query(queries)[1]
        return nearest_rows(rows, queries, 1, metric=self._metric_.taken)[1][:, 0]

    def features(self, *, column=0, level=0.05, n_resamples=100, random_state=0, verbose=False):
        """The branches, loops and components of the graph, each with a p-value.

        The rows are drawn again with replacement, and the graph made anew with the same lens and
        cover. A feature is more than chance if few of these graphs are as far from this one, in
        the bottleneck distance of its kind, as the feature is from the diagonal [1]_.

        Parameters
        ----------
        column : int, default=0
            The column of the lens that the graph is swept along.
        level : float, default=0.05
        n_resamples : int, default=100
        random_state : int, RandomState or None, default=0
        verbose : bool, default=False
            Show a progress bar over the resamples.

        Returns
        -------
        MapperFeatures
            A report: print it.

        Notes
        -----
        Take a lens of one column to look for loops: boxes of several columns meet three at a time,
        and each triangle of nodes is a loop too. Of 50 samples each of a disk and of Gaussians none
        had a false loop at level 0.05; the loops of annuli, of figures eight and of noisy circles
        of 300 points were found in 100, 94 and 88% (`benchmarks/mapper_loops.py`).

        A resample has fewer distinct rows, which are farther apart; the threshold of single linkage
        grows with that.

        References
        ----------
        .. [1] M. Carrière, B. Michel, S. Oudot, "Statistical analysis and parameter selection for
           Mapper", JMLR 19, 2018.
        """
        from ._significance import find_features

        check_is_fitted(self)
        return find_features(
            self,
            column=column,
            level=level,
            n_resamples=n_resamples,
            random_state=random_state,
            verbose=verbose,
        )

    def to_html(self, path, X=None, *, columns=None, title=None):
        """Write the graph as one page that a browser shows without a network.

        Drag to move, scroll or pinch to come nearer, choose a colour, click a node for its rows.

        Parameters
        ----------
        path : str or Path
        X : array-like or DataFrame of shape (n_points, n_columns), default=None
            Columns to colour nodes by, in means, and to list rows with. By default the lens.
        columns : list of str, default=None
            Their names; by default those of the frame, or ``x0``, ``x1``, …
        title : str, default=None

        Returns
        -------
        Path
        """
        from ._page import write_page

        check_is_fitted(self)
        return write_page(path, self.graph_, self.lens_values_, X, columns, title)
