"""The formats of other libraries: which one per sample is in, and how it becomes a `Diagram`."""

from __future__ import annotations

import csv
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


def from_points(sample, filtration, field):
    """Dionysus's lists of points by degree."""
    arrays = []
    for k, points in enumerate(as_list(sample, "dionysus's result of a sample")):
        try:
            arrays.append([(point.birth, point.death) for point in points])
        except (AttributeError, TypeError):
            raise ValueError(
                f"degree {k} is {type(points).__name__}, but dionysus's diagrams hold points with "
                "`birth` and `death`: pass what init_diagrams gives, one list for each sample."
            ) from None
    return from_degree_list(arrays, filtration, field)


def degrees_of_oineus(sample):
    """Arrays by degree of oineus's ``Diagrams``, whose length is the number of its degrees."""
    if hasattr(sample, "in_dimension"):
        return [np.asarray(sample.in_dimension(k)) for k in range(len(sample))]
    return sample


#: The columns of diagrams in R, in lower case.
R_COLUMNS = ("dimension", "birth", "death")


def from_table(table, threshold, filtration, field):
    """A table of R as a `Diagram`."""
    if isinstance(table, str) or hasattr(table, "__fspath__"):
        with open(table, newline="", encoding="utf-8") as file:
            rows = list(csv.reader(file))
        where = _r_columns(rows[0] if rows else [], str(table))
        values = [[_r_number(row[k], str(table)) for k in where] for row in rows[1:] if row]
    elif hasattr(table, "columns"):
        where = _r_columns(list(table.columns), "a data frame")
        values = [[row[k] for k in where] for row in table.to_numpy()]
    else:
        values = table
    values = as_numbers(values, "the diagrams of R").reshape(-1, 3) if len(values) else []
    degrees, births, deaths = np.reshape(values, (-1, 3)).T
    if not ((degrees == np.floor(degrees)) & (degrees >= 0)).all():
        raise ValueError("the column dimension must hold degrees: 0, 1, …")
    if threshold is not None:
        deaths = np.where(deaths >= threshold, np.inf, deaths)
    return Diagram(births, deaths, degrees.astype(int), filtration=filtration, field=field)


def _r_number(text, where):
    try:
        return float(text)  # R writes Inf
    except ValueError:
        raise ValueError(f"{where} holds {text!r}, which is no number.") from None


def _r_columns(names, where):
    lower = [str(name).strip().lower() for name in names]
    missing = [name for name in R_COLUMNS if lower.count(name) != 1]
    if missing:
        raise ValueError(
            f"{where} has the columns {list(map(str, names))}, but diagrams of R have dimension, "
            "Birth and Death, once each."
        )
    return [lower.index(name) for name in R_COLUMNS]


def from_frame(frame, *, filtration, field, highest):
    """A table with one row a bar as a list of `Diagram`."""
    names = list(getattr(frame, "columns", frame))
    missing = [name for name in ("degree", "birth", "death") if name not in names]
    if missing:
        raise ValueError(f"frame has the columns {names}, but lacks {missing}.")
    columns = [as_numbers(frame[name], name).reshape(-1) for name in ("degree", "birth", "death")]
    degrees, births, deaths = columns
    sample = np.asarray(frame["sample"]) if "sample" in names else np.zeros(len(degrees), int)
    keys, which = np.unique(sample, return_inverse=True)
    n_samples = len(keys) if "sample" in names else 1
    if sample.dtype.kind in "iu" and len(keys) and keys[0] >= 0:
        which, n_samples = sample, max(int(keys[-1]) + 1, n_samples)
    bounds = as_numbers(frame["error_bound"], "error_bound") if "error_bound" in names else None
    if highest is None:
        highest = int(max(degrees, default=0))
    order = np.argsort(which, kind="stable")
    ends = np.cumsum(np.bincount(which, minlength=n_samples)) if n_samples else []
    diagrams = []
    for rows in np.split(order, ends[:-1]) if n_samples else []:
        diagram = Diagram(
            births[rows],
            deaths[rows],
            degrees[rows],
            filtration=filtration,
            field=field,
            max_dimension=highest,
        )
        if bounds is not None and len(rows):
            diagram.error_bound = float(bounds[rows[0]])
        diagrams.append(diagram)
    return diagrams


def write_table(diagram, path):
    with open(path, "w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["dimension", "Birth", "Death"])
        for degree, bars in enumerate(diagram):
            writer.writerows(
                [degree, *(repr(end).replace("inf", "Inf") for end in bar)] for bar in bars.tolist()
            )


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
