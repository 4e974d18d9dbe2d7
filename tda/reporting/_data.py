"""What the data is: rows, columns, what is missing, equal or rounded; the rows that are left."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .._blocks import as_blocks, read_or_sample
from .._kinds import unwrapped
from .._neighbors import neighbor_graph
from .._points import distinct_points
from .._scale import lattice_share
from .._validation import check_cloud
from .._words import counted, was

__all__ = ["Column", "Data", "read_data"]

#: Of data that stays on disk so many rows are read.
MOST_ROWS = 100_000
#: A column of which a larger share is missing is left out; of all others the rows.
MOST_MISSING = 0.3
#: If one column has a larger share of all variance, distances are its distances alone.
ONE_COLUMN = 0.9
#: From this share of nearest neighbours at one distance on, values are said to be rounded.
LATTICE = 0.1


@dataclass(frozen=True, eq=False)
class Column:
    """One column of the data.

    Attributes
    ----------
    name : str
    n_missing, n_distinct : int
    least, median, largest, deviation : float
    counts : int array of shape (n_bins,)
        Its histogram from the least to the largest value.
    left_out : str
        Why it is no coordinate of the cloud; empty if it is one.
    """

    name: str
    n_missing: int = 0
    n_distinct: int = 0
    least: float = np.nan
    median: float = np.nan
    largest: float = np.nan
    deviation: float = np.nan
    counts: np.ndarray | None = None
    left_out: str = ""


@dataclass(frozen=True, eq=False)
class Data:
    """The cloud of a report, and how it came about.

    Attributes
    ----------
    X : array of shape (n_points, n_features)
        The rows that are left, scaled where that was asked for or needed.
    rows : int array of shape (n_points,)
        Their numbers in what was given, from 0.
    columns : tuple of Column
        All columns that were given.
    names : tuple of str
        Those of the columns of `X`.
    n_rows : int
        As given.
    n_dropped : int
        Rows with a missing number.
    n_duplicates : int
        Rows that are equal to an earlier one.
    lattice : float
        The share of points whose nearest neighbour is at the one most common distance.
    is_scaled : bool
        Whether each column was given a standard deviation of 1.
    zeros, units : array of shape (n_features,)
        ``X * units + zeros`` are the values that were given.
    dominant : str
        The column that makes up nearly all distances, if there is one and nothing was scaled.
    y : array of shape (n_points,), or None
    y_name : str
    code : str
        What makes `X` of the data.
    """

    X: np.ndarray
    rows: np.ndarray
    columns: tuple
    names: tuple
    n_rows: int
    n_dropped: int
    n_duplicates: int
    lattice: float
    is_scaled: bool
    zeros: np.ndarray
    units: np.ndarray
    dominant: str
    y: np.ndarray | None
    y_name: str
    code: str

    @property
    def notes(self):
        """What is to be known of the data, a sentence each."""
        said = []
        for column in self.columns:
            if column.left_out:
                said.append(f"Column {column.name} is left out: {column.left_out}.")
        if self.n_dropped:
            rows = counted(self.n_dropped, "row")
            said.append(f"{rows} with a missing number {was(self.n_dropped)} left out.")
        if self.n_duplicates:
            equal = "is equal to an earlier one and counts once"
            if self.n_duplicates > 1:
                equal = "are equal to earlier ones and count once"
            said.append(f"{counted(self.n_duplicates, 'row')} {equal}.")
        if self.lattice > LATTICE:
            said.append(
                f"Values are rounded: {self.lattice:.0%} of the points have their nearest "
                "neighbour at one and the same distance, as on a grid. Small loops may be those of "
                "the grid."
            )
        if self.is_scaled:
            said.append(
                "Each column was divided by its standard deviation, so that all count alike."
            )
        if self.dominant:
            said.append(
                f"Column {self.dominant} makes up nearly all distances; the others hardly count."
            )
        return tuple(said)

    @property
    def summary(self):
        """The data in a sentence."""
        n, d = self.X.shape
        coordinates = f"{d:,} coordinate{'s' * (d != 1)}"
        words = f"{counted(n, 'point')} with {coordinates}"
        if n != self.n_rows:
            words += f", of {counted(self.n_rows, 'row')}"
        return f"{words}."


def read_data(X, y=None, *, scale="auto"):
    """The cloud of what was given, and what was left out of it.

    Parameters
    ----------
    X : array-like or data frame of shape (n_rows, n_columns)
    y : array-like of shape (n_rows,), default=None
    scale : bool or "auto", default="auto"

    Returns
    -------
    Data
    """
    if not isinstance(scale, bool | np.bool_) and scale != "auto":
        raise ValueError(f"scale={scale!r}; it must be True, False or 'auto'.")
    names, values, n, is_frame = _columns_of(X)
    y, y_name = _labels(y, n)
    missing = [int(np.count_nonzero(~np.isfinite(v))) if v is not None else 0 for v in values]
    reasons = [_why_left_out(v, m) for v, m in zip(values, missing, strict=True)]
    reasons = _without_constants(values, reasons)
    if all(reasons) and n:
        listing = "; ".join(f"{name}: {why}" for name, why in zip(names, reasons, strict=True))
        raise ValueError(f"X has no column of numbers to look at ({listing}).")
    kept = [j for j, why in enumerate(reasons) if not why]
    cloud = np.column_stack([values[j] for j in kept]) if kept else np.zeros((n, 0))
    whole = np.isfinite(cloud).all(axis=1)
    if n and not whole.any():
        raise ValueError(
            "X has a missing number in every row: fill them, or leave out the columns that lack "
            "most."
        )
    rows = np.flatnonzero(whole)
    cloud = check_cloud(cloud[rows])
    n_distinct = len(distinct_points(cloud).X)
    deviations = cloud.std(axis=0)
    shares = _shares(deviations)
    unlike = len(kept) > 1 and shares.max() > ONE_COLUMN
    is_scaled = bool(unlike and is_frame) if isinstance(scale, str) else bool(scale)
    dominant = names[kept[int(np.argmax(shares))]] if unlike and not is_scaled else ""
    given = cloud
    zeros, units = np.zeros(cloud.shape[1]), np.ones(cloud.shape[1])
    if is_scaled:
        zeros, units = cloud.mean(axis=0), np.where(deviations > 0, deviations, 1.0)
        cloud = (cloud - zeros) / units
    distinct = distinct_points(cloud).X
    lattice = 0.0
    if len(distinct) > 2:
        some = np.arange(0, len(distinct), max(len(distinct) // 4000, 1))
        lattice = lattice_share(neighbor_graph(distinct, 1, queries=some).distances)
    columns = [
        _describe(name, v, m, why)
        for name, v, m, why in zip(names, values, missing, reasons, strict=True)
    ]
    return Data(
        X=cloud,
        rows=rows,
        columns=tuple(columns),
        names=tuple(names[j] for j in kept),
        n_rows=n,
        n_dropped=n - len(rows),
        n_duplicates=len(given) - n_distinct,
        lattice=lattice,
        is_scaled=is_scaled,
        zeros=zeros,
        units=units,
        dominant=dominant,
        y=None if y is None else y[rows],
        y_name=y_name,
        code=_code(names, kept, is_frame, len(rows) < n, is_scaled),
    )


def _columns_of(X):
    """Names of columns, their values or None for words, how many rows, whether X is a frame."""
    if as_blocks(X) is not None:
        X, _ = read_or_sample(X, MOST_ROWS)
    columns = getattr(X, "columns", None)
    if isinstance(X, dict) and not hasattr(X, "nnz"):  # what read_cloud read, or columns by name
        array = unwrapped(X, "X")
        if array is X:
            names, values = list(X), [_numbers(np.asarray(v)) for v in X.values()]
            if len({len(v) for v in X.values()}) > 1:
                raise ValueError("X has columns of unlike length.")
            return [str(name) for name in names], values, len(next(iter(X.values()), ())), True
        named = columns if columns is not None and len(columns) == array.shape[-1] else None
        names, values, n, _ = _columns_of(array)
        return names if named is None else list(named), values, n, named is not None
    if columns is not None and hasattr(X, "__getitem__") and not hasattr(X, "points"):
        names = list(columns)
        if len(set(names)) < len(names):
            raise ValueError("X has two columns of one name: give each its own.")
        return [str(name) for name in names], [_numbers(X[name]) for name in names], len(X), True
    X = unwrapped(X, "X")
    array = getattr(X, "points", X)
    if hasattr(array, "toarray"):
        array = array.toarray()
    try:
        array = np.ma.filled(np.ma.asarray(array, dtype=float), np.nan)
    except (TypeError, ValueError):
        array = _rows_of_any_kind(array)
    if array.ndim != 2 or not array.size:
        check_cloud(array)  # whose errors say what to do
    names = [f"x{j + 1}" for j in range(array.shape[1])]
    return names, list(array.T), len(array), False


def _rows_of_any_kind(array):
    """Rows that hold None among numbers; an error where they hold words."""
    try:
        lists = [[np.nan if cell is None else cell for cell in row] for row in array]
        return np.array(lists, dtype=float)
    except (TypeError, ValueError):
        raise ValueError(
            "X holds words or rows of unlike length: pass a data frame, whose columns of words are "
            "left out, or numbers only."
        ) from None


def _numbers(column):
    """A column as floats, NaN where missing; None if it holds words or dates."""
    try:
        if type(column).__module__.startswith("pandas"):
            if column.dtype.kind in "mMOSU" or str(column.dtype) in ("string", "str", "category"):
                return None
            return np.array(column.to_numpy(dtype=float, na_value=np.nan))
        array = np.asarray(column)
        if array.dtype.kind == "O":
            known = [cell for cell in array if cell is not None]
            if any(isinstance(cell, str) for cell in known):
                return None
            array = np.array([np.nan if cell is None else cell for cell in array], dtype=float)
        return array.astype(float) if array.dtype.kind in "biuf" and array.ndim == 1 else None
    except (TypeError, ValueError):
        return None


def _why_left_out(values, n_missing):
    if values is None:
        return "it holds words or dates"
    if n_missing == len(values):
        return "it is empty"
    if n_missing > MOST_MISSING * len(values):
        return f"{n_missing / len(values):.0%} of it is missing"
    return ""


def _without_constants(values, reasons):
    """The same reasons, and one for every constant column, unless all that are left are."""
    kept = [j for j, why in enumerate(reasons) if not why]
    constant = {j for j in kept if np.ptp(values[j][np.isfinite(values[j])]) == 0}
    if len(constant) == len(kept):
        return reasons
    return ["it is constant" if j in constant else why for j, why in enumerate(reasons)]


def _labels(y, n):
    if y is None:
        return None, ""
    if isinstance(y, str):
        raise ValueError(f"y={y!r} is a word: pass the labels themselves, such as table[{y!r}].")
    name = getattr(y, "name", None)
    array = np.asarray(y)
    if array.ndim != 1 or len(array) != n:
        raise ValueError(
            f"y has shape {array.shape}, but X has {n} rows: give one label or value for each."
        )
    return array, "y" if name is None else str(name)


def _shares(deviations):
    """The share of each column in all variance."""
    most = deviations.max(initial=0.0)
    if most == 0:
        return np.zeros(max(len(deviations), 1))
    squares = (deviations / most) ** 2
    return squares / squares.sum()


def _describe(name, values, n_missing, left_out):
    if values is None or n_missing == len(values):
        return Column(name, n_missing, left_out=left_out)
    known = values[np.isfinite(values)]
    counts, _ = np.histogram(known / 2, bins=20)  # halves, for the largest floats
    low, middle, high = np.quantile(known, [0, 0.5, 1])
    with np.errstate(over="ignore"):
        deviation = float(known.std())
    distinct = len(np.unique(known))
    return Column(
        name, n_missing, distinct, float(low), float(middle), float(high), deviation, counts,
        left_out,
    )  # fmt: skip


def _code(names, kept, is_frame, has_gaps, is_scaled):
    """What makes the cloud of the data, as lines of Python."""
    lines = ["import numpy as np", "import tda", ""]
    if is_frame:
        columns = listing(names[j] for j in kept)
        lines.append(f"X = np.asarray(data[[{columns}]], dtype=float)")
    elif len(kept) < len(names):
        lines.append(f"X = np.asarray(data, dtype=float)[:, {list(kept)}]")
    else:
        lines.append("X = np.asarray(data, dtype=float)")
    if has_gaps:
        lines += ["whole = np.isfinite(X).all(axis=1)", "X = X[whole]"]
    if is_scaled:
        lines.append("deviations = X.std(axis=0)")
        lines.append("X = (X - X.mean(axis=0)) / np.where(deviations > 0, deviations, 1.0)")
    return "\n".join(lines)


def listing(names):
    """Names as they stand in a list of Python."""
    return ", ".join(repr(name) for name in names)
