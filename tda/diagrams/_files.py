"""Files of diagrams: `.npz` without pickle, and the checks of their contents.

In this room it imports only `_diagram.py`. It reads and writes the fields of a collection, not its
class.
"""

from __future__ import annotations

import zipfile
import zlib

import numpy as np

from .._validation import check_field
from ._diagram import check_bars, check_bars_of, whole_cocycles
from ._formats import with_suffix

ARRAYS = ("births", "deaths", "dims", "offsets")
SCALARS = ("filtration", "field", "max_dimension")
OPTIONAL = (
    *("birth_simplices", "death_simplices", "cocycles", "cocycle_sizes"),
    *("metric", "thresholds", "error_bounds"),
)


def write_fields(diagrams, path):
    """Write the fields of `Diagrams`."""
    arrays = {name: getattr(diagrams, name) for name in ARRAYS}
    arrays |= {name: np.array(getattr(diagrams, name)) for name in SCALARS}
    for name in ("birth_simplices", "death_simplices"):
        if getattr(diagrams, name) is not None:
            arrays[name] = getattr(diagrams, name)
    if diagrams.cocycles is not None:
        # Row after row, since those of each degree have a width of their own.
        flat = [np.ravel(cocycle) for cocycle in diagrams.cocycles]
        arrays["cocycles"] = np.concatenate([np.zeros(0, np.int64), *flat])
        arrays["cocycle_sizes"] = np.array([len(c) for c in diagrams.cocycles], dtype=np.int64)
    for name in ("metric", "thresholds", "error_bounds"):
        if getattr(diagrams, name) is not None:
            arrays[name] = np.array(getattr(diagrams, name))
    np.savez_compressed(with_suffix(path), **arrays)


def read_fields(path):
    """Return the checked fields of a collection, in the order of `Diagrams._set`, and three more.

    The three are `metric`, `thresholds` and `error_bounds`.
    """
    arrays = _read(path)
    for names in (ARRAYS, SCALARS):
        missing = sorted(set(names) - set(arrays))
        if missing:
            raise ValueError(f"{path} holds no diagrams: it lacks {missing}")
    try:
        per_sample = [_per_sample(arrays, name) for name in ("thresholds", "error_bounds")]
        if per_sample[1] is not None and (per_sample[1] < 0).any():
            raise ValueError("error_bounds hold a negative number.")
        return _check(arrays), (_metric(arrays), *per_sample)
    except ValueError as error:
        raise ValueError(f"{path} holds no sound diagrams: {error}") from None


def _read(path):
    """The arrays that are needed; others in the file are ignored."""
    try:
        file = np.load(with_suffix(path), allow_pickle=False)
        if not isinstance(file, np.lib.npyio.NpzFile):
            raise ValueError("it is one array, not an .npz archive")
        with file:
            wanted = (*ARRAYS, *SCALARS, *OPTIONAL)
            return {name: file[name] for name in wanted if name in file.files}
    except (zipfile.BadZipFile, zlib.error, EOFError, KeyError, MemoryError) as error:
        reason = f"{type(error).__name__}: {error}" if str(error) else type(error).__name__
    except (ValueError, NotImplementedError, RuntimeError) as error:
        reason = str(error)
        if "pickle" in reason:
            reason = "it is no .npz archive, or holds objects that pickle wrote"
    raise ValueError(
        f"{path} is no file that Diagrams.save wrote, or it was damaged or cut off ({reason})."
    )


def _check(arrays):
    for name in ARRAYS:
        kinds = "iu" if name in ("dims", "offsets") else "f"
        if arrays[name].ndim != 1 or arrays[name].dtype.kind not in kinds:
            raise ValueError(
                f"{name} is a {arrays[name].dtype} array of shape {arrays[name].shape}; it must be "
                f"a flat array of {'integers' if kinds == 'iu' else 'floats'}."
            )
    births, deaths, dims = check_bars(*(arrays[name] for name in ARRAYS[:3]))
    offsets = _check_offsets(arrays["offsets"], births.size)
    filtration, field, most = (arrays[name] for name in SCALARS)
    if filtration.ndim or filtration.dtype.kind != "U":
        raise ValueError("filtration is not one word.")
    if any(value.ndim or value.dtype.kind not in "iu" for value in (field, most)):
        raise ValueError("field or max_dimension is not one integer.")
    if not dims.max(initial=0) <= most <= 127:
        raise ValueError(f"max_dimension is {most}, but there are degrees to {dims.max(initial=0)}")
    simplices = [_check_simplices(arrays.get(name), name, dims.size) for name in OPTIONAL[:2]]
    return (
        births,
        deaths,
        dims,
        offsets,
        check_bars_of(str(filtration), births, deaths),
        check_field(int(field)),
        int(most),
        *simplices,
        _check_cocycles(arrays, dims),
    )


def _check_offsets(offsets, n_bars):
    sound = offsets.size > 0 and offsets[0] == 0 and offsets[-1] == n_bars
    if not sound or (offsets[1:] < offsets[:-1]).any():
        raise ValueError(f"offsets do not rise from 0 to the number of bars, {n_bars}.")
    return offsets.astype(np.int64)


def _check_simplices(simplices, name, n_bars):
    if simplices is None:
        return None
    if simplices.ndim != 2 or len(simplices) != n_bars or simplices.dtype.kind not in "iu":
        raise ValueError(
            f"{name} is a {simplices.dtype} array of shape {simplices.shape}, but it has a row of "
            f"integers for each of {n_bars} bars."
        )
    if simplices.min(initial=0) < -1:
        raise ValueError(f"{name} holds {simplices.min()}, but vertices are 0, 1, …; -1 is none.")
    return simplices.astype(np.int64)


def _check_cocycles(arrays, dims):
    if "cocycles" not in arrays:
        return None
    rows, sizes = arrays["cocycles"], arrays.get("cocycle_sizes")
    if sizes is None or sizes.ndim != 1 or sizes.dtype.kind not in "iu":
        raise ValueError("cocycle_sizes are not integers.")
    degrees = dims[dims > 0].astype(np.int64)
    if rows.ndim == 2:  # an older file, with cocycles of degree 1 alone
        degrees = degrees[degrees == 1]
    if len(sizes) != len(degrees):
        raise ValueError(f"cocycle_sizes are not one integer for each of {len(degrees)} bars.")
    lengths = sizes.astype(np.int64) * (degrees + 2)
    flat = rows.ndim == 1 or (rows.ndim == 2 and rows.shape[1] == 3)
    if not flat or rows.dtype.kind not in "iu" or (sizes < 0).any() or lengths.sum() != rows.size:
        raise ValueError(f"cocycles of shape {rows.shape} do not agree with cocycle_sizes.")
    parts = np.split(rows.astype(np.int64).reshape(-1), np.cumsum(lengths)[:-1])
    parts = [part.reshape(-1, k + 2) for part, k in zip(parts, degrees.tolist(), strict=False)]
    return whole_cocycles(parts, dims)


def _metric(arrays):
    metric = arrays.get("metric")
    if metric is None:
        return None
    if metric.ndim or metric.dtype.kind != "U":
        raise ValueError("metric is not one word.")
    return str(metric)


def _per_sample(arrays, name):
    values, n = arrays.get(name), len(arrays["offsets"]) - 1
    if values is None:
        return None
    if values.shape != (n,) or values.dtype.kind != "f" or np.isnan(values).any():
        raise ValueError(f"{name} are not one number for each of {n} samples.")
    return values
