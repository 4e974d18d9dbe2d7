"""Rows that stay where they are: one reader for arrays on disk and in other engines.

Algorithms see `Blocks`, never the library behind them. This file imports no room, and each library
only where its data is given:

=========================================== ===================================
given                                       read by
=========================================== ===================================
`numpy.memmap`, path of a ``.npy`` file     slices, mapped
`zarr.Array`, path of a ``.zarr`` folder    whole chunks
`h5py.Dataset`, path of an ``.h5`` file     whole chunks
`pyarrow.parquet.ParquetFile`, its path     row groups
`dask.array.Array`                          chunks of rows
`dask.dataframe.DataFrame`                  partitions
=========================================== ===================================

How much is read at once follows scikit-learn's `working_memory`
(``sklearn.set_config(working_memory=…)``, in MiB).
"""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np

from ._parallel import refuse_delayed

__all__ = [
    "MOST_ROWS",
    "Blocks",
    "as_blocks",
    "batches",
    "blocks_of",
    "by_blocks",
    "read_or_sample",
    "rows_or_blocks",
    "sampled_rows",
    "some_rows",
    "working_rows",
]

#: Of the working memory a block takes this part: the rest is for what is computed from it.
SHARE = 8
#: The most rows of a block, beyond which nothing gets faster, and the least.
MOST_ROWS, LEAST_ROWS = 2**19, 256
SUFFIXES = (".npy", ".parquet", ".zarr", ".h5", ".hdf5")


def working_rows(n_columns, *, share=SHARE):
    """How many rows of floats fill one part in `share` of the working memory."""
    from sklearn import get_config

    n_bytes = get_config()["working_memory"] * 2**20
    return max(int(n_bytes / (8 * max(n_columns, 1) * share)), LEAST_ROWS)


def as_blocks(X, *, name="X"):
    """`Blocks` of what stays on disk or in another engine, or None for all else.

    Raises
    ------
    ImportError
        If the library that reads it is not installed.
    ValueError
        If a file holds no table.
    """
    if isinstance(X, Blocks):
        return X
    refuse_delayed(X, name)
    if isinstance(X, str | os.PathLike):
        X = _opened(X, name)
    if X is None:
        return None
    if isinstance(X, np.memmap):
        return _sliced(X, name) if X.ndim == 2 else None
    library = type(X).__module__.partition(".")[0]
    if library in ("zarr", "h5py") and getattr(X, "ndim", 0) == 2:
        return _sliced(X, name)
    if library == "pyarrow" and hasattr(X, "num_row_groups"):
        return _row_groups(X, name)
    if library in ("dask", "dask_expr") and hasattr(X, "partitions") and hasattr(X, "dask"):
        if hasattr(X, "columns"):
            return _partitions(X, name)
        return _dask_array(X, name) if X.ndim == 2 else None
    return None


def by_blocks(X, function):
    """What a function of rows gives for each block, joined; None for what is no `Blocks`."""
    blocks = as_blocks(X)
    if blocks is None:
        return None
    if not len(blocks):
        return function(np.empty(blocks.shape))
    return np.concatenate([function(rows) for _, rows in blocks])


def rows_or_blocks(X):
    """`Blocks` of what is too large for half of the working memory; what fits is read whole.

    What is no `Blocks` is given back as it is.
    """
    blocks = as_blocks(X)
    if blocks is None:
        return X
    return blocks.whole() if blocks.fits() else blocks


def some_rows(X, rows):
    """Rows of an array, or read from `Blocks`."""
    return X.take(rows) if isinstance(X, Blocks) else X[rows]


def batches(X, most):
    """All rows of an array or of `Blocks`, in order, `most` at once or as many as memory takes.

    The batches are the same wherever the rows are, and so are sums over them.
    """
    most = min(most, working_rows(X.shape[1]))
    if isinstance(X, Blocks):
        return X.batches(most)
    return (X[start : start + most] for start in range(0, len(X), most))


def read_or_sample(X, most):
    """Rows and their number: all rows, or `most` random ones where there are more.

    What is no `Blocks` is given back as it is, with None.
    """
    blocks = as_blocks(X)
    if blocks is None:
        return X, None
    most = max(min(most, working_rows(blocks.shape[1], share=2)), 1)
    return blocks.sample(most), len(blocks)


def blocks_of(X, *, name="X"):
    """`Blocks` of an array in memory."""
    return _sliced(X, name)


class Blocks:
    """A table of numbers whose rows are read a block at a time.

    Parameters
    ----------
    bounds : increasing ints
        The first row of each part that the store keeps together, and the number of rows.
    n_columns : int
    read : function of first and last row, or of the number of a part
        An array of these rows.
    by_part : bool
        Whether `read` takes parts, which are read whole.
    name : str
        In errors.
    columns : list of str or None
        Their names, where they have any.
    """

    def __init__(self, bounds, n_columns, read, *, by_part=False, name="X", columns=None):
        self.bounds = np.asarray(bounds, dtype=np.int64)
        self.shape = int(self.bounds[-1]), int(n_columns)
        self.read, self.by_part, self.name, self.columns = read, by_part, name, columns

    ndim = 2
    dtype = np.dtype(np.float64)

    def __len__(self):
        return self.shape[0]

    def __array__(self, dtype=None, copy=None):
        return self.whole() if dtype is None else self.whole().astype(dtype)

    def __repr__(self):
        return f"Blocks of shape {self.shape}"

    def fits(self):
        """Whether all rows, as floats, fit into half of the working memory."""
        return len(self) <= working_rows(self.shape[1], share=2)

    def whole(self):
        """All rows as one array of floats."""
        X = np.empty(self.shape)
        for first, rows in self:
            X[first : first + len(rows)] = rows
        return X

    def __iter__(self):
        """Pairs of the first row and an array of floats, checked to be finite."""
        step = min(working_rows(self.shape[1]), MOST_ROWS)
        for part, (a, b) in enumerate(zip(self.bounds[:-1], self.bounds[1:], strict=True)):
            raw = self.read(part) if self.by_part else None
            for i in range(a, b, step):
                j = min(i + step, b)
                yield i, self._checked(self.read(i, j) if raw is None else raw[i - a : j - a], i)

    def batches(self, n_rows):
        """Arrays of so many rows, the last of what is left, whatever the parts are."""
        waiting, count = [], 0
        for _, rows in self:
            while count + len(rows) >= n_rows:
                waiting.append(rows[: n_rows - count])
                rows = rows[n_rows - count :]
                yield np.concatenate(waiting) if len(waiting) > 1 else waiting[0]
                waiting, count = [], 0
            if len(rows):
                waiting.append(rows)
                count += len(rows)
        if waiting:
            yield np.concatenate(waiting)

    def part(self, rows):
        """`Blocks` of some rows, in their order, which are read where they are."""
        return Blocks(
            [0, len(rows)], self.shape[1], lambda a, b: self.take(rows[a:b]), name=self.name
        )

    def column_range(self):
        """The smallest and the largest value of each column, of shape (2, n_columns)."""
        low, high = np.full(self.shape[1], np.inf), np.full(self.shape[1], -np.inf)
        for _, rows in self:
            low, high = np.minimum(low, rows.min(axis=0)), np.maximum(high, rows.max(axis=0))
        return np.array([low, high])

    def take(self, rows):
        """Some rows, in the order asked for. Reads all blocks that hold one."""
        rows = np.asarray(rows, dtype=np.int64)
        order = np.argsort(rows, kind="stable")
        ordered = rows[order]
        found = np.empty((len(rows), self.shape[1]))
        step = min(working_rows(self.shape[1]), MOST_ROWS)
        for part, (a, b) in enumerate(zip(self.bounds[:-1], self.bounds[1:], strict=True)):
            low, high = np.searchsorted(ordered, [a, b])
            if low == high:
                continue
            raw = self.read(part) if self.by_part else None
            while low < high:
                i = ordered[low] if raw is None else a
                j = min(i + step, b) if raw is None else b
                stop = np.searchsorted(ordered, j)
                block = self.read(i, j) if raw is None else raw
                wanted = np.asarray(block)[ordered[low:stop] - i]
                found[order[low:stop]] = self._checked(wanted, i)
                low = stop
        return found

    def sample(self, n_rows, *, seed=0):
        """So many rows, drawn without return, in their order; all where there are no more."""
        if n_rows >= len(self):
            return self.whole()
        return self.take(sampled_rows(len(self), n_rows, seed=seed))

    def _checked(self, rows, first):
        rows = np.asarray(rows)
        if rows.dtype.kind not in "biuf":
            try:
                rows = rows.astype(np.float64)
            except (TypeError, ValueError) as error:
                raise ValueError(
                    f"{self.name} is not an array of numbers ({error}): encode columns of text or "
                    "leave them out."
                ) from None
        rows = np.ascontiguousarray(rows, dtype=np.float64)
        if not np.isfinite(rows).all():
            i, k = np.argwhere(~np.isfinite(rows))[0]
            bad = "NaN" if np.isnan(rows[i, k]) else "infinity"
            raise ValueError(
                f"{self.name} holds {bad} (row {first + i}, column {k}): drop those points or "
                "impute them before they are stored."
            )
        return rows


def sampled_rows(n, n_rows, *, seed=0):
    """Rows drawn at random without return, in order."""
    rng = np.random.default_rng(seed)
    return np.sort(rng.choice(n, min(n_rows, n), replace=False, shuffle=False))


# -- what each library has -----------------------------------------------------------------------


def _sliced(X, name):
    """Arrays that give a slice of rows; steps are whole chunks where there are any."""
    n, d = X.shape
    chunk = (getattr(X, "chunks", None) or (n or 1,))[0]
    together = max(min(working_rows(d), MOST_ROWS) // max(chunk, 1), 1) * chunk
    bounds = [*range(0, n, max(together, 1)), n]
    return Blocks(bounds, d, lambda a, b: np.asarray(X[a:b]), name=name)


def _row_groups(file, name):
    names = [field.name for field in file.schema_arrow]
    sizes = [file.metadata.row_group(i).num_rows for i in range(file.num_row_groups)]

    def read(part):
        table = file.read_row_group(part)
        columns = [table.column(i).to_numpy() for i in range(len(names))]
        return np.column_stack(columns) if columns else np.zeros((table.num_rows, 0))

    return Blocks(np.cumsum([0, *sizes]), len(names), read, by_part=True, name=name, columns=names)


def _dask_array(X, name):
    if np.isnan(X.shape).any():
        X = X.compute_chunk_sizes()
    bounds = np.cumsum([0, *X.chunks[0]])
    return Blocks(bounds, X.shape[1], lambda a, b: np.asarray(X[a:b]), name=name)


def _partitions(frame, name):
    sizes = frame.map_partitions(len).compute()

    def read(part):
        return frame.partitions[part].compute().to_numpy()

    names = list(map(str, frame.columns))
    bounds = np.cumsum([0, *sizes])
    return Blocks(bounds, len(names), read, by_part=True, name=name, columns=names)


def _opened(path, name):
    """What the file at a path holds, or None for a kind of file that is not read in blocks."""
    path = Path(path)
    if path.suffix not in SUFFIXES:
        return None
    if not path.exists():
        raise FileNotFoundError(f"{name}: there is no file {path}")
    if path.suffix == ".npy":
        return np.load(path, mmap_mode="r")
    if path.suffix == ".parquet":
        try:
            from pyarrow.parquet import ParquetFile
        except ImportError as error:
            raise ImportError(f"{path} needs pyarrow: pip install 'tda-learn[files]'.") from error
        return ParquetFile(path)
    try:
        if path.suffix == ".zarr":
            import zarr

            return zarr.open_array(path, mode="r")
        import h5py
    except ImportError as error:
        raise ImportError(f"{path} needs {error.name}: pip install 'tda-learn[zarr]'.") from error
    file = h5py.File(path, "r")
    tables = []
    file.visititems(lambda _, item: tables.append(item) if getattr(item, "ndim", 0) == 2 else None)
    if len(tables) != 1:
        raise ValueError(
            f"{path} holds {len(tables)} tables: pass one of them, as h5py.File({path.name!r})[…]."
        )
    return tables[0]
