"""Lenses: from rows to the one or few numbers that a Mapper looks along."""

from __future__ import annotations

from numbers import Integral

import numpy as np

from .._blocks import Blocks, batches, some_rows
from .._neighbors import nearest_of_blocks

__all__ = ["LENSES", "fit_lens"]

LENSES = ("pca", "eccentricity", "density", "umap")
#: Rows that are looked at together.
BLOCK = 100_000
#: Neighbours of the density.
N_NEIGHBORS = 20


class _First:
    """The first principal component; its sign is such that the longest loading is positive."""

    def fit(self, X):
        self.middle = _middle(X)
        # The covariance of columns, block by block, and its first axis.
        C = np.zeros((X.shape[1], X.shape[1]))
        for some in batches(X, BLOCK):
            some = some - self.middle
            C += some.T @ some
        axis = np.linalg.eigh(C)[1][:, -1]
        self.axis = axis * np.sign(axis[np.argmax(np.abs(axis))] or 1.0)
        return self

    def __call__(self, X):
        return (X - self.middle) @ self.axis


class _Eccentricity:
    """The root mean square distance to all points: far for what is at the ends."""

    def fit(self, X):
        self.middle = _middle(X)
        self.spread = sum(((x - self.middle) ** 2).sum() for x in batches(X, BLOCK)) / len(X)
        return self

    def __call__(self, X):
        return np.sqrt(((X - self.middle) ** 2).sum(axis=1) + self.spread)


class _EccentricityOfDistances:
    """`_Eccentricity` of rows of distances to the points of `fit`."""

    def fit(self, D):
        return self

    def __call__(self, D):
        return np.sqrt((D**2).mean(axis=1))


class _Density:
    """The log density from the distances to 20 neighbours, in the dimension of the data."""

    def fit(self, X):
        from .._scale import dimension_at_scale

        self._prepare(X)
        self.k = min(N_NEIGHBORS, len(X) - 1)
        self.n, self.dimension = len(X), 1.0
        if self.k > 1:
            near = self._near(some_rows(X, np.arange(0, len(X), max(len(X) // 2000, 1))))
            half = max(self.k // 2, 1)
            self.dimension = float(np.clip(dimension_at_scale(near, half), 1.0, X.shape[1]))
        return self

    def _prepare(self, X):
        from scipy.spatial import cKDTree

        self.tree = X if isinstance(X, Blocks) else cKDTree(X)

    def _nearest(self, X):
        if isinstance(self.tree, Blocks):
            return nearest_of_blocks(self.tree, X, self.k + 1).distances
        return np.atleast_2d(self.tree.query(X, self.k + 1)[0])

    def _near(self, X):
        """Distances to other points: one at distance 0 is taken for the point itself."""
        found = self._nearest(X)
        return np.where(found[:, :1] == 0, found[:, 1:], found[:, :-1])

    def __call__(self, X):
        from ..clustering import neighbor_log_density

        if self.k < 1:
            return np.zeros(len(X))
        near = np.maximum(self._near(X), np.finfo(float).tiny ** 0.25)
        return neighbor_log_density(near, self.dimension, n_points=self.n)


class _DensityOfDistances(_Density):
    """`_Density` of rows of distances to the points of `fit`."""

    def _prepare(self, D):
        pass

    def _nearest(self, D):
        return np.sort(np.partition(D, self.k, axis=1)[:, : self.k + 1], axis=1)


class _Column:
    def __init__(self, column):
        self.column = column

    def fit(self, X):
        if not -X.shape[1] <= self.column < X.shape[1]:
            raise ValueError(f"lens={self.column}, but X has {X.shape[1]} columns.")
        return self

    def __call__(self, X):
        return X[:, self.column]


class _Function:
    def __init__(self, function):
        self.function = function

    def fit(self, X):
        return self

    def __call__(self, X):
        return self.function(X)


class _Transformer:
    def __init__(self, model):
        from sklearn.base import clone

        self.model = clone(model)

    def fit(self, X):
        if isinstance(X, Blocks):
            raise ValueError(
                f"lens={self.model!r} is fitted to all rows at once, but {X.name} of shape "
                f"{X.shape} is read in blocks: fit it to some rows and pass lens=model.transform, "
                "or raise sklearn's working_memory."
            )
        self.found = (np.array(X, copy=True), self.model.fit_transform(X))
        return self

    def __call__(self, X):
        if (
            self.found is not None
            and X.shape == self.found[0].shape
            and np.array_equal(X, self.found[0])
        ):  # some, such as UMAP, place the rows of `fit` otherwise when asked again
            return self.found[1]
        return self.model.transform(X)


def _middle(X):
    return sum(some.sum(axis=0) for some in batches(X, BLOCK)) / len(X)


def _umap(random_state):
    from ..embedding import Embedding

    return Embedding(method="umap", n_components=2, random_state=random_state)


def _parts(lens, random_state, names, distances):
    if isinstance(lens, list | tuple):
        return [part for one in lens for part in _parts(one, random_state, names, distances)]
    if isinstance(lens, str):
        if distances and lens in LENSES:
            return [_of_distances(lens)]
        if lens == "umap":
            return [_Transformer(_umap(random_state))]
        if lens not in LENSES:
            if names is not None and lens in names:
                return [_Column(list(names).index(lens))]
            raise ValueError(
                f"lens={lens!r}, but the lenses that have a name are {', '.join(LENSES)}; a "
                "column is its number, or its name in a frame; a function or a transformer is "
                "taken too."
            )
        return [{"pca": _First, "eccentricity": _Eccentricity, "density": _Density}[lens]()]
    if isinstance(lens, Integral) and not isinstance(lens, bool):
        return [_Column(int(lens))]
    if hasattr(lens, "fit_transform"):
        return [_Transformer(lens)]
    if callable(lens):
        return [_Function(lens)]
    raise ValueError(f"lens={lens!r} is no name, number, function or transformer.")


def _of_distances(lens):
    if lens in ("pca", "umap"):
        raise ValueError(
            f'lens={lens!r} needs coordinates, and metric="precomputed" has distances: take '
            '"eccentricity", "density", the number of a row to which distances are looked at, or a '
            "function that gives a number for each row."
        )
    return {"eccentricity": _EccentricityOfDistances, "density": _DensityOfDistances}[lens]()


class Lens:
    """One or several lenses side by side, fitted: call it with rows."""

    def __init__(self, parts, X):
        self.parts = [part.fit(X) for part in parts]
        self.whole = any(isinstance(part, _Transformer) for part in self.parts)

    def __call__(self, X):
        some = [X] if self.whole else batches(X, BLOCK)
        return np.concatenate([self._values(rows) for rows in some])

    def _values(self, X):
        columns = []
        for part in self.parts:
            values = np.asarray(part(X), dtype=np.float64)
            values = values[:, None] if values.ndim == 1 else values
            if values.ndim != 2 or len(values) != len(X) or not np.isfinite(values).all():
                raise ValueError(
                    f"the lens gives an array of shape {values.shape} for X of {len(X)} rows: it "
                    "must give one finite number, or a row of them, for each."
                )
            columns.append(values)
        return np.hstack(columns)


def fit_lens(lens, X, random_state=None, names=None, distances=False):
    """The lens, fitted to `X`: a function from rows to an array of shape (n_rows, n_columns)."""
    parts = _parts(lens, random_state, names, distances)
    if not parts:
        raise ValueError("lens is empty: give at least one name, number or function.")
    return Lens(parts, X)
