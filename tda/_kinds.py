"""What kind of input was given: numbers that can be computed with, or something else.

This file imports no room. `_validation.py` checks shapes with it. Estimators whose samples are rows
check them with `check_rows`. So the same data gets the same message everywhere.
"""

from __future__ import annotations

import warnings
from contextlib import nullcontext

import numpy as np

from ._memory import require_bytes
from ._parallel import refuse_delayed
from ._words import listed, warn_user

__all__ = [
    "as_float",
    "check_extent",
    "check_rows",
    "column_range",
    "far_rows",
    "is_similarity",
    "named_columns",
    "refuse_adjacency",
    "refuse_graph",
    "refuse_missing",
    "refuse_other_kinds",
    "warn_about_columns",
    "warn_of_distances",
]

#: Squares of lengths between these are neither infinite nor 0, and keep all their digits.
LARGEST, SMALLEST = 1e150, 1e-140

#: Names that are given to a column which counts or labels the rows.
LABELS = {"", "id", "idx", "index", "key", "no", "nr", "row", "rowid", "row_id", "row_number"}


#: Where in what was read of a file the array is, by its kind.
_READ = {
    "cloud": "points",
    "distances": "distances",
    "mesh": "vertices",
    "image": "image",
    "volume": "image",
}


def check_rows(estimator, X, y="no_validation", *, reset=True, sparse=False, **options):
    """Return the rows that an estimator was given, as float64 of two axes.

    This is scikit-learn's `validate_data` with more checks: hidden values, dates, and lengths whose
    squares are out of range.

    Parameters
    ----------
    estimator : estimator
        Its pairwise tag says whether `X` holds distances or coordinates.
    X : array-like of shape (n_points, n_features), or (n_points, n_points)
    y : array-like, default='no_validation'
        Targets, which are checked and returned too.
    reset : bool, default=True
        Whether this is `fit`, which learns the number and the names of the columns.
    sparse : bool, default=False
        Whether a scipy-sparse graph is accepted; it is returned as csr. Then a dense matrix of
        distances with infinite entries, which are missing edges, becomes such a graph.
    **options
        Options of `sklearn.utils.validation.validate_data`.

    Returns
    -------
    X, or (X, y)

    Raises
    ------
    ValueError
        For what is no array of finite numbers, has too few rows, or spans too much.
    """
    from scipy.sparse import issparse
    from sklearn.utils import get_tags
    from sklearn.utils.validation import validate_data

    X = unwrapped(X, "X")
    refuse_other_kinds(X, "X", sparse=sparse)
    if reset:
        warn_about_columns(X, "X")
    if get_tags(estimator).input_tags.pairwise and options.get("ensure_all_finite", True) is True:
        X = _without_missing(X, sparse=sparse, reset=reset)
    try:
        checked = validate_data(
            estimator,
            X,
            y,
            accept_sparse="csr" if sparse else False,
            dtype=np.float64,
            reset=reset,
            **options,
        )
    except (OverflowError, TypeError, ValueError) as error:
        reason = _why_no_number(error, X)
        if reason is None:  # scikit-learn's own message, which its estimator checks expect
            raise
        raise ValueError(f"X is not an array of numbers: {reason}.") from None
    rows = checked[0] if isinstance(checked, tuple) else checked
    if get_tags(estimator).input_tags.pairwise:
        _check_lengths(rows.data if issparse(rows) else rows, "X")
    elif not issparse(rows):
        check_extent(rows, "X", fit=reset)
        if reset:
            warn_of_distances(rows)
    return checked


def _without_missing(X, *, sparse, reset):
    """Distances of which the infinite ones, if there are any, are not stored."""
    from scipy.sparse import csr_array, issparse

    if issparse(X):
        return X
    try:
        D = np.asarray(X, dtype=np.float64)
    except (OverflowError, TypeError, ValueError):
        return X  # which the check that follows says in its words
    if D.ndim != 2 or not np.isinf(D).any() or np.isnan(D).any() or D.min() < 0:
        return X
    if not sparse:
        refuse_missing(D, "X")
    if reset and (D.shape[0] != D.shape[1] or not np.array_equal(np.isinf(D), np.isinf(D.T))):
        raise ValueError(
            f"X has shape {D.shape} and is not symmetric where it is infinite: if an edge counts "
            "where either side has it, pass np.minimum(X, X.T)."
        )
    edges = np.nonzero(np.isfinite(D))
    return csr_array((D[edges], edges), shape=D.shape)


#: What to do with what is no cloud.
FOR_CLOUDS = (
    "A list of clouds goes into a transformer such as RipsPersistence or HoleCounter; text columns "
    "must be encoded first."
)


def refuse_missing(D, name):
    """Raise ValueError for distances, dense or sparse, of which some are missing."""
    from scipy.sparse import issparse

    if not issparse(D) and not np.isinf(D).any():
        return
    raise ValueError(
        f"{name} lacks some distances (they are infinite, or not stored where {name} is sparse), "
        "and this needs all distances. Pass tda.manifold.geodesic_matrix("
        f'{name}, metric="precomputed"), which has lengths of paths in their place, or each piece '
        "of scipy.sparse.csgraph.connected_components alone."
    )


def as_float(X, name, *, advice=FOR_CLOUDS):
    """Return `X` as a float64 array of any shape, or say what it is instead, and what to do."""
    X = unwrapped(X, name)
    refuse_other_kinds(X, name)
    given = X
    try:
        X = np.asarray(X)
        if X.dtype.kind in "SU":
            raise ValueError("it holds text")
        if X.dtype.kind != "c":
            return np.asarray(X, dtype=np.float64)
    except (TypeError, ValueError, OverflowError, RuntimeError) as error:
        if isinstance(X, np.ndarray) and X.ndim == 0:
            of = ": pass the data that it is of." if hasattr(given, "verdict") else "."
            raise ValueError(
                f"{name} is a {type(given).__name__}, not an array of numbers{of}"
            ) from None
        why = _why_no_number(error, given) or error
        raise ValueError(f"{name} is not a numeric array of equal rows ({why}). {advice}") from None
    raise ValueError(f"{name} is complex; stack real and imaginary parts as coordinates.")


def unwrapped(X, name):
    """The array of what `tda.datasets.read_cloud` read, or of a torch tensor on the same memory.

    All else is returned as it is.

    Raises
    ------
    ValueError
        For a tensor that is on a GPU or part of a graph of gradients, and for an array of CuPy.
    """
    # Sparse matrices of dictionaries are dicts too, and know no names.
    if isinstance(X, dict) and not hasattr(X, "nnz") and X.get("kind") in _READ:
        return X[_READ[X["kind"]]]
    library = type(X).__module__.partition(".")[0]
    if library == "cupy":
        raise ValueError(f"{name} is an array of CuPy, on a GPU: pass cupy.asnumpy({name}).")
    if library != "torch" or not hasattr(X, "requires_grad") or not hasattr(X, "device"):
        return X
    if X.device.type != "cpu" or X.requires_grad:
        where = "in use for gradients" if X.device.type == "cpu" else f"on {X.device.type}"
        raise ValueError(
            f"{name} is a torch tensor {where}: pass {name}.detach().cpu().numpy(), which takes it "
            "out of the gradients and into the memory of the processor."
        )
    try:
        return X.numpy()
    except (TypeError, RuntimeError) as error:
        raise ValueError(
            f"{name} is a torch tensor of {X.dtype}, which NumPy does not have ({error}): pass "
            f"{name}.double()."
        ) from None


def refuse_other_kinds(X, name, *, sparse=False):
    """Raise ValueError for objects that NumPy turns into a wrong array without an error."""
    if type(X) is np.ndarray and X.dtype == np.float64:  # what most calls pass
        return require_room(X, name)
    if X is None:
        raise ValueError(f"{name} is None; pass an array of numbers.")
    nothing_like_it = isinstance(X, str | bytes | dict | set) or type(X) is object
    if nothing_like_it and not hasattr(X, "tocsr"):  # SciPy's dok matrices are dicts
        raise ValueError(
            f"{name} is a {type(X).__name__}, not an array of numbers; the points in a file are "
            "read by tda.datasets.read_cloud."
        )
    refuse_delayed(X, name)
    refuse_graph(X, name)
    require_room(X, name)
    if not sparse and hasattr(X, "tocsr"):
        raise ValueError(
            f"{name} is sparse: this takes a dense array only, such as {name}.toarray(), or a few "
            "columns of it by sklearn.decomposition.TruncatedSVD."
        )
    if np.ma.is_masked(X):
        raise ValueError(f"{name} is a masked array with hidden values: fill or drop them first.")
    dates = _columns_of_dates(X)
    if dates:
        raise ValueError(
            f"{name} holds dates or durations{dates}: turn them into numbers of a unit."
        )


def require_room(X, name):
    """Raise MemoryError for an array that does not fit as floats, such as a view of one row."""
    if isinstance(X, np.ndarray) and X.dtype.kind in "biuf":
        copied = X.dtype != np.float64 or not X.flags.c_contiguous
        require_bytes(
            X.size * (1 + 8 * copied),
            f"{name}, an array of shape {X.shape}, as {X.size:.3g} floats",
            "Pass fewer rows, for example a random sample of them.",
        )


def refuse_graph(X, name):
    """Raise ValueError for a graph, which NumPy takes for the list of its nodes."""
    if all(hasattr(X, part) for part in ("nodes", "edges", "adj")):
        raise ValueError(
            f"{name} is a graph ({type(X).__name__}), not a cloud: tda.graph_diagram and "
            "tda.GraphPersistence take graphs. Elsewhere, for the lengths of its paths, "
            'pass networkx.floyd_warshall_numpy(G) with metric="precomputed"; for its edges alone '
            'rips_diagram(networkx.to_scipy_sparse_array(G), metric="precomputed").'
        )


def refuse_adjacency(D, name):
    """Raise ValueError for the adjacency matrix of a graph, checked as a distance matrix.

    In an adjacency matrix 0 means "no edge". As a distance it means "the same point", and then the
    two rows are equal. The row with the most zeros is checked. In a matrix of distances, even if
    rounded, it does not differ from the rows equal to it by half of the largest distance.
    """
    n = len(D)
    if n < 3 or np.count_nonzero(D == 0) == n:  # on the diagonal
        return
    zeros = n - np.count_nonzero(D, axis=1) - 1
    i = int(np.argmax(zeros))
    equal = np.flatnonzero(D[i] == 0)[:64]
    with np.errstate(invalid="ignore"):
        gaps = np.abs(D[equal] - D[i])
    gaps[~np.isfinite(gaps)] = 0.0
    largest = float(np.max(D, initial=0.0, where=np.isfinite(D)))
    j, k = np.unravel_index(np.argmax(gaps), gaps.shape)
    mostly = zeros.sum() > n * (n - 1) / 2
    if not (mostly or np.isin(D, (0.0, largest)).all()) or gaps[j, k] <= largest / 2:
        return
    raise ValueError(
        f"{name} looks like the adjacency matrix of a graph: entry ({i}, {equal[j]}) is 0, so "
        f"points {i} and {equal[j]} would be one, but their distances to point {k} are "
        f"{D[i, k]:.6g} and {D[equal[j], k]:.6g}. For its lengths of paths pass "
        f"scipy.sparse.csgraph.shortest_path({name}); for its edges alone "
        f"scipy.sparse.csr_array({name}), in which what is not stored is no edge."
    )


def _columns_of_dates(X):
    """What to say of columns that are dates, or ""."""
    if hasattr(X, "dtypes") and hasattr(X, "columns"):
        kinds = [getattr(kind, "kind", _polars_kind(kind)) for kind in X.dtypes]
        found = [str(c) for c, kind in zip(X.columns, kinds, strict=True) if kind in "mM" and kind]
        return f" in {', '.join(map(repr, found[:3]))}" if found else ""
    kind = getattr(getattr(X, "dtype", None), "kind", "")
    return " " if kind in ("m", "M") else ""


def _polars_kind(kind):
    """NumPy's letter for a type of dates or durations of polars, or "" for all else."""
    return "m" if getattr(kind, "is_temporal", bool)() else ""


def named_columns(X, chosen):
    """``" in 'age' and 'city'"``: the chosen columns of a data frame, or "" of all else.

    Parameters
    ----------
    X : what was given
    chosen : bool array of shape (n_columns,)
    """
    names = getattr(X, "columns", None)
    if callable(names) or names is None or len(names) != len(chosen) or not np.any(chosen):
        return ""
    some = [repr(str(name)) for name, one in zip(names, chosen, strict=True) if one]
    more = [f"{len(some) - 5} more"] if len(some) > 6 else []
    return f" in {listed(some[: 5 if more else 6] + more)}"


def _columns_of_words(X, *, missing=False):
    """Which columns of a data frame are no numbers, or lack some too, in words."""
    names = getattr(X, "columns", None)
    if names is None or callable(names) or len(names) > 1000:
        return ""

    def is_words(column):
        try:
            values = np.asarray(column, dtype=np.float64)
        except (TypeError, ValueError, OverflowError, RuntimeError):
            return True
        return missing and bool(np.isnan(values).any())

    columns = (X.iloc[:, j] if hasattr(X, "iloc") else X[names[j]] for j in range(len(names)))
    return named_columns(X, [is_words(column) for column in columns])


def _why_no_number(error, X=None):
    """A sentence that says why a cell is not a number, or None if NumPy's error is clear enough.

    Of a data frame `X` it names the columns.
    """
    text = str(error)
    if isinstance(error, OverflowError):
        return "an integer is past the range of floating point, 1.8e308"
    if "NAType" in text or "NaTType" in text:
        where = _columns_of_words(X, missing=True)
        return f"a value is missing (NA){where}: drop those rows or impute them"
    if any(word in text.lower() for word in ("datetime", "timestamp", "timedelta", ".date")):
        return "it holds dates or durations: turn them into numbers of a unit"
    if "convert string" in text:
        return f"it holds text{_columns_of_words(X)}: encode those columns or leave them out"
    if "inhomogeneous" in text or "with a sequence" in text:
        return "its rows have different lengths"
    if "Complex data not supported" in text:
        return (
            "it is complex: stack real and imaginary parts as columns (Complex data not supported)"
        )
    if "Found array with dim" in text:
        return "it has more than two axes, but one row is one point (n_points, n_features)"
    return None


def warn_of_distances(X, *, name="X"):
    """Warn if a cloud is square and symmetric, with zeros or ones on its diagonal.

    So distances are, and correlations and other similarities.
    """
    if len(X) < 4 or X.shape[0] != X.shape[1]:
        return
    if is_similarity(X):
        warn_user(
            f"{name} is taken as {len(X)} points of {len(X)} coordinates, but it is symmetric with "
            "ones on its diagonal, as a matrix of correlations or similarities is. If it is one, "
            f'pass distances with metric="precomputed", such as np.sqrt(2 * (1 - {name})).',
        )
    if np.diagonal(X).any():
        return
    if X.any() and (X >= 0).all() and np.array_equal(X, X.T):
        warn_user(
            f"{name} is taken as {len(X)} points of {len(X)} coordinates, but it is symmetric with "
            "zeros on its diagonal, as a distance matrix is. If it is one, pass "
            'metric="precomputed".',
        )


def is_similarity(X):
    """Whether a square matrix holds correlations or similarities: 1 with itself, less with others.

    Tables of zeros and ones with a diagonal of ones, such as `np.eye`, are not taken for one.
    """
    slack = 1e-6
    if (np.abs(np.diagonal(X) - 1) > slack).any() or not (np.abs(X) <= 1 + slack).all():
        return False
    between = (np.abs(X) > 0) & (np.abs(X) < 1 - slack)
    return bool(2 * between.sum() >= X.size - len(X) and np.abs(X - X.T).max() <= slack)


def far_rows(X, column):
    """The few rows that alone make a column spread as it does, or none.

    One in a hundred at most, each more than a hundred times as far from the middle of the column
    as any other row.

    Parameters
    ----------
    X : array of shape (n_points, n_features)
    column : int

    Returns
    -------
    int array
    """
    far = np.abs(X[:, column] / 2 - np.median(X[:, column]) / 2)  # halves, for the largest floats
    order = np.argsort(far, kind="stable")
    few = max(len(X) // 100, 1)
    if few + 1 >= len(X):
        return order[:0]
    return np.sort(order[-few:][far[order[-few:]] / 100 > far[order[-few - 1]]])


def column_range(X):
    """The smallest and the largest value of each column, shape (2, n_features); NaN beside NaN.

    NumPy is slow along short rows, fifty times for two columns. So the columns of a small cloud
    are laid out one by one, and many rows of a large one are taken as one.
    """
    n, d = X.shape
    box = np.empty((2, d))
    if d < 16 and X.size <= 100_000:
        columns = np.ascontiguousarray(X.T)
        np.minimum.reduce(columns, axis=1, out=box[0])
        np.maximum.reduce(columns, axis=1, out=box[1])
        return box
    fold = max(256 // d, 1) if n >= 1000 else 1
    whole = n - n % fold
    rows = X[:whole].reshape(-1, fold * d)
    for extreme, out in zip((np.minimum, np.maximum), box, strict=True):
        folded = extreme.reduce(rows, axis=0).reshape(fold, d)
        extreme.reduce(np.concatenate([folded, X[whole:]]), axis=0, out=out)
    return box


def check_extent(X, name, *, fit=True, box=None):
    """Refuse clouds so wide or so narrow that squares of their distances overflow or underflow.

    New points, which are placed among those of `fit`, may be as near to each other as they like.
    `box` is the `column_range`, if it is known.
    """
    if not X.size:
        return
    low, high = column_range(X) if box is None else box
    reach = max(float(np.maximum.reduce(high)), -float(np.minimum.reduce(low)))
    with np.errstate(over="ignore") if reach > LARGEST else nullcontext():
        extent = float(np.maximum.reduce(high - low))
    if extent == 0.0 and fit:
        return  # one point, wherever it is
    if extent <= LARGEST and reach <= LARGEST and (extent >= SMALLEST or not fit):
        return
    what = f"{name} spans {extent:.3g}" if fit else f"{name} reaches to {reach:.3g}"
    if fit and extent <= LARGEST < reach:
        raise ValueError(
            f"{what} at {reach:.3g} from the origin, where squares are out of the range of "
            f"floating point: subtract the mean of {name} and divide {name} by its scale first."
        )
    raise ValueError(
        f"{what}, and squares of such distances are out of the range of floating point: divide "
        f"{name} by its scale first.{_far_value(X)}"
    )


def _far_value(X):
    """The value that makes the cloud so wide, if only a few values do."""
    with np.errstate(over="ignore"):
        far = np.abs(X - np.median(X, axis=0)) > LARGEST
    if not 0 < far.any(axis=1).sum() <= len(X) / 4:
        return ""
    row, column = np.argwhere(far)[0]
    return (
        f" It is row {row} that holds {X[row, column]:.3g} in column {column} (values as far: "
        f"{int(far.sum())}); if that stands for a missing one, drop the row instead."
    )


def _check_lengths(D, name):
    """The same check for distances."""
    largest = float(D.max(initial=0.0))
    if not (LARGEST >= largest >= SMALLEST or largest == 0.0 or np.isinf(largest)):
        raise ValueError(
            f"{name} holds distances up to {largest:.3g}, whose squares are out of the range of "
            f"floating point: divide {name} by its scale first."
        )


def warn_about_columns(X, name):
    """Warn of a column of a data frame that numbers its rows, such as pandas' "Unnamed: 0"."""
    if isinstance(X, np.ndarray):
        return
    if not (hasattr(X, "columns") and hasattr(X, "dtypes") and getattr(X, "ndim", 2) == 2):
        return
    for place, column in enumerate(X.columns):
        title = str(column).strip().lower()
        if title not in LABELS and not title.startswith("unnamed:"):
            continue
        values = np.asarray(X.iloc[:, place] if hasattr(X, "iloc") else X[column])
        if values.dtype.kind in "iuf" and numbers_rows(values):
            warnings.warn(
                f"{name} has a column {column!r} that numbers or names its rows, and it is taken "
                f"for a coordinate like the others. If it is none, pass {name}.drop(columns="
                f"{column!r}).",
                UserWarning,
                stacklevel=4,
            )


def numbers_rows(values):
    """Whether values are distinct integers."""
    return bool(
        len(values) > 2
        and np.isfinite(values).all()
        and np.array_equal(values, np.rint(values))
        and len(np.unique(values)) == len(values)
    )
