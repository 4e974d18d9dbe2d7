"""The formats of other libraries: which one per sample is in, and how it becomes a `Diagram`."""

from __future__ import annotations

from numbers import Integral

import numpy as np

from ._diagram import Diagram, as_numbers


def any_diagram(sample, name):
    if isinstance(sample, Diagram):
        return sample
    if isinstance(sample, dict) and "dgms" in sample:
        return from_degree_list(sample, "rips", 2)
    if isinstance(sample, list | tuple):
        if sample and all(map(is_pair, sample)):
            return from_pairs(sample, "unknown", 2, squared=False)
        if all(is_bars(bars) for bars in sample):
            return from_degree_list(sample, "unknown", 2)
    raise ValueError(
        f"{name} is {type(sample).__name__}, which is no format of a diagram: expected a Diagram, "
        "ripser's dict or list of (m, 2) arrays, or gudhi's list of (degree, (birth, death))."
    )


def is_bars(bars):
    """An (m, 2) array, or an empty one."""
    if isinstance(bars, Diagram | dict | str) or hasattr(bars, "offsets"):
        return False
    try:
        bars = np.asarray(bars, dtype=float)
    except (TypeError, ValueError):
        return False
    return (bars.ndim == 2 and bars.shape[1] == 2) or (bars.ndim == 1 and bars.size == 0)


def is_pair(item):
    """gudhi's ``(degree, (birth, death))``."""
    return (
        isinstance(item, tuple)
        and len(item) == 2
        and isinstance(item[0], Integral)
        and np.shape(item[1]) == (2,)
    )


def from_degree_list(sample, filtration, field):
    arrays = sample["dgms"] if isinstance(sample, dict) else sample
    if not isinstance(arrays, list | tuple | np.ndarray):
        raise ValueError(f"the arrays of a sample are {type(arrays).__name__}, not a list of them.")
    for k, array in enumerate(arrays):
        if np.ma.is_masked(array):
            raise ValueError(f"the bars of degree {k} have hidden values: drop those bars first.")
        if not is_bars(array):
            raise ValueError(
                f"degree {k} is {_in_words(array)}, but the bars of a degree are an (m, 2) array."
            )
    arrays = [np.asarray(a, dtype=float).reshape(-1, 2) for a in arrays]
    bars = np.concatenate([np.zeros((0, 2)), *arrays])
    dims = np.repeat(np.arange(len(arrays)), [len(a) for a in arrays])
    return Diagram(
        bars[:, 0],
        bars[:, 1],
        dims,
        filtration=filtration,
        field=field,
        max_dimension=max(len(arrays) - 1, 0),
    )


def from_pairs(sample, filtration, field, squared):
    sample = as_list(sample, "gudhi's result of a sample")
    wrong = [item for item in sample if not is_pair(item)]
    if wrong:
        raise ValueError(
            f"gudhi's result of a sample holds {wrong[0]!r}, not (degree, (birth, death))."
        )
    bars = as_numbers([pair for _, pair in sample], "births and deaths").reshape(-1, 2)
    if squared:
        # Squares of a weighted alpha filtration may be negative, and so are their roots then.
        bars = np.sign(bars) * np.sqrt(np.abs(bars))
    dims = [degree for degree, _ in sample]
    return Diagram(bars[:, 0], bars[:, 1], dims, filtration=filtration, field=field)


def as_list(samples, name):
    if isinstance(samples, dict | str) or not hasattr(samples, "__iter__"):
        raise ValueError(f"{name} is {type(samples).__name__}; pass a list of samples.")
    return list(samples)


def samples_of(samples, library):
    """A list of samples in a library's format, or ValueError for one sample."""
    samples = as_list(samples, library)
    if any(is_bars(item) and np.size(item) for item in samples) or any(map(is_pair, samples)):
        raise ValueError(f"this is the {library} result of one sample: pass it in a list.")
    return samples


def _in_words(array):
    shape = np.shape(array) if isinstance(array, np.ndarray) else None
    return type(array).__name__ if shape is None else f"an array of shape {shape}"


def with_suffix(path):
    """The path with ``.npz`` at its end; open files pass as they are."""
    if hasattr(path, "read") or hasattr(path, "write") or str(path).endswith(".npz"):
        return path
    return f"{path}.npz"
