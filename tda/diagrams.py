"""Persistence diagrams: `Diagram` for one sample, `Diagrams` for a collection.

A collection is a few flat arrays and the offsets of the samples in them (a ragged array),
so that nothing is padded and what one sample holds never depends on its neighbours.
"""

from __future__ import annotations

from collections.abc import Sequence
from numbers import Integral

import numpy as np

__all__ = ["Diagram", "Diagrams", "as_diagrams"]

#: What the births and deaths of a filtration measure.
UNITS = {"rips": "edge length", "alpha": "radius", "cubical": "value", "unknown": "unknown"}


class Diagram:
    """The persistence diagram of one sample, in all degrees.

    Bars are sorted by (degree, birth, death); bars of zero length are not kept; a class that
    never dies has ``death = inf``. The arrays are read-only.

    Parameters
    ----------
    births, deaths : array-like of shape (n_bars,)
    dims : array-like of shape (n_bars,)
        Homology degree of each bar.
    filtration : {"rips", "alpha", "cubical", "unknown"}
        Where the bars come from; it sets `unit`. Superlevel cubical bars run downward,
        ``birth > death``, and end at ``-inf``.
    field : int
        Characteristic of the coefficient field.
    max_dimension : int, optional
        The highest degree that was computed, which may have no bar at all. By default the
        highest degree that has one.
    birth_simplices, death_simplices : array-like of int, shape (n_bars, width), optional
        Vertices of the simplex that creates and of the one that ends each bar, filled
        up with -1. For cubical bars the one column is the flat index of a pixel.
    cocycles : list of int arrays of shape (n_entries, 3), optional
        For each bar of degree 1 a representative cocycle: rows ``(i, j, coefficient)``.
        An empty array where none is known.

    Examples
    --------
    >>> from tda import Diagram
    >>> diagram = Diagram([0, 0, 1], [np.inf, 2, 4], [0, 0, 1])
    >>> diagram
    Diagram(degree 0: 2 bars, degree 1: 1 bar)
    >>> diagram[0]
    array([[ 0.,  2.],
           [ 0., inf]])
    >>> diagram.lifetimes
    array([ 2., inf,  3.])
    """

    def __init__(
        self,
        births,
        deaths,
        dims,
        *,
        filtration="unknown",
        field=2,
        max_dimension=None,
        birth_simplices=None,
        death_simplices=None,
        cocycles=None,
    ):
        births, deaths, dims = _check_bars(births, deaths, dims)
        keep = births != deaths
        order = np.lexsort((deaths, births, dims))
        order = order[keep[order]]
        self._set(
            births[order],
            deaths[order],
            dims[order],
            _check_filtration(filtration),
            int(field),
            _highest(dims[order]) if max_dimension is None else int(max_dimension),
            _take_rows(_check_simplices(birth_simplices, dims, "birth_simplices"), order),
            _take_rows(_check_simplices(death_simplices, dims, "death_simplices"), order),
            None if cocycles is None else _align_cocycles(cocycles, dims, order),
        )

    def _set(self, births, deaths, dims, filtration, field, max_dimension, bs, ds, cocycles):
        self.births, self.deaths, self.dims = births, deaths, dims
        self.filtration, self.field, self.max_dimension = filtration, field, max_dimension
        self.birth_simplices, self.death_simplices, self.cocycles = bs, ds, cocycles
        _make_read_only(self)

    def __setstate__(self, state):
        self.__dict__.update(state)
        _make_read_only(self)  # numpy's pickles forget it

    @classmethod
    def _view(cls, *fields):
        """A diagram over arrays that are sorted already."""
        self = cls.__new__(cls)
        self._set(*fields)
        return self

    @property
    def unit(self):
        """What births and deaths measure: "edge length", "radius" or "value"."""
        return UNITS[self.filtration]

    @property
    def lifetimes(self):
        """``|death - birth|`` of every bar, infinite for the essential ones."""
        return np.abs(self.deaths - self.births)

    def finite(self):
        """The same diagram without its essential classes."""
        return self._subset(np.flatnonzero(np.isfinite(self.deaths) & np.isfinite(self.births)))

    def _subset(self, rows):
        ones = np.cumsum(self.dims == 1) - 1  # position of a bar among those of degree 1
        cocycles = None
        if self.cocycles is not None:
            cocycles = [self.cocycles[ones[i]] for i in rows if self.dims[i] == 1]
        return Diagram._view(
            self.births[rows],
            self.deaths[rows],
            self.dims[rows],
            self.filtration,
            self.field,
            self.max_dimension,
            _take_rows(self.birth_simplices, rows),
            _take_rows(self.death_simplices, rows),
            cocycles,
        )

    def __getitem__(self, degree):
        """Bars of one degree as an array of shape (n_bars, 2)."""
        if not isinstance(degree, Integral) or degree < 0:
            raise IndexError(f"a diagram is indexed by a degree 0, 1, …; got {degree!r}")
        here = self.dims == degree
        return np.column_stack([self.births[here], self.deaths[here]])

    def __iter__(self):
        """The arrays of degree 0, 1, …, `max_dimension`, as ripser's ``dgms`` would be."""
        return (self[k] for k in range(self.max_dimension + 1))

    def __len__(self):
        """Number of bars."""
        return self.births.size

    def __eq__(self, other):
        if not isinstance(other, Diagram):
            return NotImplemented
        return (
            (self.filtration, self.field, self.max_dimension)
            == (other.filtration, other.field, other.max_dimension)
            and np.array_equal(self.births, other.births)
            and np.array_equal(self.deaths, other.deaths)
            and np.array_equal(self.dims, other.dims)
        )

    __hash__ = None

    def __repr__(self):
        counts = np.bincount(self.dims, minlength=self.max_dimension + 1).tolist()
        text = ", ".join(f"degree {k}: {n} bar{'s' * (n != 1)}" for k, n in enumerate(counts))
        return f"Diagram({text or 'no degrees'})"


class Diagrams(Sequence):
    """The persistence diagrams of a collection of samples.

    ``dgms[3]`` is one `Diagram`; ``dgms[slice, mask or integers]`` are `Diagrams`, so that
    scikit-learn splits them as it splits arrays. The flat arrays are read-only.

    Parameters
    ----------
    samples : iterable of Diagram
        All with the same filtration and coefficient field.

    Attributes
    ----------
    births, deaths : float64 arrays of shape (n_bars,)
    dims : int8 array of shape (n_bars,)
    offsets : int64 array of shape (n_samples + 1,)
        Sample ``i`` holds the bars ``offsets[i]:offsets[i + 1]``.
    birth_simplices, death_simplices : int64 arrays of shape (n_bars, width), or None
    filtration, field, max_dimension, unit :
        As in `Diagram`.
    shape : tuple
        ``(n_samples,)``

    Examples
    --------
    >>> from tda import Diagrams
    >>> dgms = Diagrams.from_ripser([[[[0, 1]], [[1, 3]]], [[[0, 2]], []]])
    >>> dgms
    Diagrams(2 samples, 3 bars, degrees 0 to 1, filtration rips, field Z/2)
    >>> dgms[0][1]
    array([[1., 3.]])
    >>> dgms[1:].shape
    (1,)
    """

    def __init__(self, samples):
        samples = list(samples)
        for i, sample in enumerate(samples):
            if not isinstance(sample, Diagram):
                raise TypeError(f"sample {i} is {type(sample).__name__}, not a Diagram")
        for name in ("filtration", "field"):
            values = sorted({getattr(sample, name) for sample in samples}, key=str)
            if len(values) > 1:
                raise ValueError(f"the samples differ in {name}: {values}; keep them apart")

        def joined(name, dtype):
            parts = [getattr(sample, name) for sample in samples]
            return np.concatenate(parts).astype(dtype, copy=False) if parts else np.zeros(0, dtype)

        first = samples[0] if samples else Diagram([], [], [], max_dimension=0)
        cocycles = None
        if samples and all(sample.cocycles is not None for sample in samples):
            cocycles = [c for sample in samples for c in sample.cocycles]
        self._set(
            joined("births", np.float64),
            joined("deaths", np.float64),
            joined("dims", np.int8),
            np.cumsum([0, *map(len, samples)], dtype=np.int64),
            first.filtration,
            first.field,
            max((sample.max_dimension for sample in samples), default=0),
            _join_rows([sample.birth_simplices for sample in samples]),
            _join_rows([sample.death_simplices for sample in samples]),
            cocycles,
        )

    def _set(self, births, deaths, dims, offsets, filtration, field, max_dimension, bs, ds, coc):
        self.births, self.deaths, self.dims, self.offsets = births, deaths, dims, offsets
        self.filtration, self.field, self.max_dimension = filtration, field, max_dimension
        self.birth_simplices, self.death_simplices, self.cocycles = bs, ds, coc
        _make_read_only(self)

    def __setstate__(self, state):
        self.__dict__.update(state)
        _make_read_only(self)  # numpy's pickles forget it

    @classmethod
    def _view(cls, *fields):
        """A collection over flat arrays that are in order already."""
        self = cls.__new__(cls)
        self._set(*fields)
        return self

    # -- a sequence that scikit-learn can split ------------------------------------------

    @property
    def shape(self):
        return (len(self),)

    @property
    def unit(self):
        """What births and deaths measure: "edge length", "radius" or "value"."""
        return UNITS[self.filtration]

    def __len__(self):
        return self.offsets.size - 1

    def __getitem__(self, key):
        if isinstance(key, tuple):  # scikit-learn writes X[key, ...]
            if len(key) != 2 or key[1] is not Ellipsis:
                raise IndexError(f"Diagrams have one axis; got the index {key!r}")
            key = key[0]
        if isinstance(key, Integral):
            return self._sample(range(len(self))[key])
        samples = np.arange(len(self))[key]
        if samples.ndim > 1:
            raise IndexError(f"Diagrams have one axis; got the index {key!r}")
        return self._sample(int(samples)) if samples.ndim == 0 else self._take(samples)

    def _take(self, samples):
        """Some samples; what the collection knows of itself stays, even if there is none."""
        sizes = np.diff(self.offsets)[samples]
        offsets = np.cumsum([0, *sizes], dtype=np.int64)
        bars = np.repeat(self.offsets[samples] - offsets[:-1], sizes) + np.arange(offsets[-1])
        cocycles = None
        if self.cocycles is not None:
            ones = np.cumsum(self.dims == 1) - 1  # position of a bar among those of degree 1
            cocycles = [self.cocycles[ones[bar]] for bar in bars if self.dims[bar] == 1]
        return Diagrams._view(
            self.births[bars],
            self.deaths[bars],
            self.dims[bars],
            offsets,
            self.filtration,
            self.field,
            self.max_dimension,
            _take_rows(self.birth_simplices, bars),
            _take_rows(self.death_simplices, bars),
            cocycles,
        )

    def _sample(self, i):
        bars = slice(self.offsets[i], self.offsets[i + 1])
        cocycles = None
        if self.cocycles is not None:
            ones = np.count_nonzero(self.dims[: bars.start] == 1)
            cocycles = self.cocycles[ones : ones + np.count_nonzero(self.dims[bars] == 1)]
        return Diagram._view(
            self.births[bars],
            self.deaths[bars],
            self.dims[bars],
            self.filtration,
            self.field,
            self.max_dimension,
            None if self.birth_simplices is None else self.birth_simplices[bars],
            None if self.death_simplices is None else self.death_simplices[bars],
            cocycles,
        )

    def __eq__(self, other):
        if not isinstance(other, Diagrams):
            return NotImplemented
        return len(self) == len(other) and all(a == b for a, b in zip(self, other, strict=True))

    __hash__ = None

    def __repr__(self):
        n, m = len(self), self.births.size
        return (
            f"Diagrams({n} sample{'s' * (n != 1)}, {m} bar{'s' * (m != 1)}, degrees 0 to "
            f"{self.max_dimension}, filtration {self.filtration}, field Z/{self.field})"
        )

    # -- to and from the formats of the field ---------------------------------------------

    @classmethod
    def from_ripser(cls, samples, *, filtration="rips", field=2):
        """From ripser's results: one dict with "dgms", or one list of (m, 2) arrays, a sample.

        `gudhi.sklearn` transformers give the same lists. Bars of degree k stand at position k.
        """
        return cls(_from_degree_list(s, filtration, field) for s in _as_list(samples, "ripser"))

    @classmethod
    def from_gudhi(cls, samples, *, filtration="unknown", field=2, squared=False):
        """From gudhi's ``persistence()``: a list of ``(degree, (birth, death))`` a sample.

        Set ``squared=True`` for alpha complexes with gudhi's default squared radii.
        """
        return cls(_from_pairs(s, filtration, field, squared) for s in _as_list(samples, "gudhi"))

    @classmethod
    def from_giotto(cls, array, *, filtration="unknown", field=2):
        """From giotto-tda's array of shape (n_samples, n_bars, 3): birth, death, degree.

        Its padding, bars of zero length, is dropped.
        """
        array = np.asarray(array, dtype=float)
        if array.ndim != 3 or array.shape[2] != 3:
            raise ValueError(
                f"giotto-tda's diagrams have shape (n_samples, n_bars, 3); got {array.shape}"
            )
        top = int(array[:, :, 2].max(initial=0))
        return cls(
            Diagram(
                *sample.T[:2],
                sample[:, 2].astype(int),
                filtration=filtration,
                field=field,
                max_dimension=top,
            )
            for sample in array
        )

    def to_giotto(self):
        """As giotto-tda's array (n_samples, n_bars, 3), padded with bars (0, 0) a degree.

        Essential classes keep their infinite death, which giotto-tda itself never writes.
        """
        degrees = range(self.max_dimension + 1)
        counts = np.zeros((len(self), len(degrees)), dtype=int)
        np.add.at(counts, (self._sample_of_bar(), self.dims), 1)
        width = np.maximum(counts.max(axis=0, initial=0), 1)  # giotto keeps each degree visible
        out = np.zeros((len(self), width.sum(), 3))
        out[:, :, 2] = np.repeat(degrees, width)
        starts = np.concatenate([[0], np.cumsum(width)])
        for i, sample in enumerate(self):
            for k in degrees:
                out[i, starts[k] : starts[k] + counts[i, k], :2] = sample[k]
        return out

    def to_list(self):
        """As ripser's ``dgms``: for every sample a list of (m, 2) arrays, degree 0 first."""
        return [list(sample) for sample in self]

    def to_frame(self):
        """As a pandas DataFrame with one row a bar: sample, degree, birth, death, lifetime."""
        import pandas as pd

        return pd.DataFrame(
            {
                "sample": self._sample_of_bar(),
                "degree": self.dims.astype(int),
                "birth": self.births,
                "death": self.deaths,
                "lifetime": np.abs(self.deaths - self.births),
            }
        )

    def save(self, path):
        """Write an ``.npz`` file that needs no pickle to be read."""
        arrays = {
            "births": self.births,
            "deaths": self.deaths,
            "dims": self.dims,
            "offsets": self.offsets,
            "filtration": np.array(self.filtration),
            "field": np.array(self.field),
            "max_dimension": np.array(self.max_dimension),
        }
        for name in ("birth_simplices", "death_simplices"):
            if getattr(self, name) is not None:
                arrays[name] = getattr(self, name)
        if self.cocycles is not None:
            arrays["cocycles"] = np.concatenate([np.zeros((0, 3), np.int64), *self.cocycles])
            arrays["cocycle_sizes"] = np.array([len(c) for c in self.cocycles], dtype=np.int64)
        np.savez_compressed(path, **arrays)

    @classmethod
    def load(cls, path):
        """Read what `save` wrote."""
        with np.load(path, allow_pickle=False) as file:
            missing = {"births", "deaths", "dims", "offsets"} - set(file.files)
            if missing:
                raise ValueError(f"{path} holds no diagrams: it lacks {sorted(missing)}")
            cocycles = None
            if "cocycles" in file:
                cocycles = np.split(file["cocycles"], np.cumsum(file["cocycle_sizes"])[:-1])
                cocycles = cocycles if file["cocycle_sizes"].size else []
            return cls._view(
                *(file[name] for name in ("births", "deaths", "dims", "offsets")),
                str(file["filtration"]),
                int(file["field"]),
                int(file["max_dimension"]),
                file["birth_simplices"] if "birth_simplices" in file else None,
                file["death_simplices"] if "death_simplices" in file else None,
                cocycles,
            )

    def _sample_of_bar(self):
        return np.repeat(np.arange(len(self)), np.diff(self.offsets))


def as_diagrams(X, *, name="X"):
    """Return `X` as `Diagrams`, from any of the formats of the field.

    Taken are `Diagrams`, a list of `Diagram`, a list of ripser results (dicts, or lists of
    (m, 2) arrays), a list of gudhi's ``persistence()`` lists, and giotto-tda's 3-D array.

    Raises
    ------
    ValueError
        If it is one sample instead of a collection, or none of these formats.

    Examples
    --------
    >>> from tda import as_diagrams
    >>> as_diagrams([[(0, (0.0, 1.0)), (1, (1.0, 2.0))]])
    Diagrams(1 sample, 2 bars, degrees 0 to 1, filtration unknown, field Z/2)
    """
    if isinstance(X, Diagrams):
        return X
    if isinstance(X, Diagram) or (isinstance(X, dict) and "dgms" in X):
        raise ValueError(f"{name} is the diagram of one sample: pass [{name}].")
    if isinstance(X, np.ndarray) and X.dtype != object:
        if X.ndim == 3 and X.shape[2] == 3:
            return Diagrams.from_giotto(X)
        raise ValueError(
            f"{name} is an array of shape {X.shape}, which is no format of diagrams: from clouds, "
            "compute them first (RipsPersistence, AlphaPersistence, CubicalPersistence)."
        )
    samples = _as_list(X, name)
    if not samples:
        raise ValueError(f"{name} is empty: there is no diagram in it.")
    if any(_is_bars(bars) and np.size(bars) for bars in samples):
        raise ValueError(
            f"{name} is a list of (m, 2) arrays, which is the diagram of one sample, degree by "
            f"degree: pass [{name}]. For many samples of one degree k use "
            "Diagrams(Diagram(*a.T, [k] * len(a)) for a in X)."
        )
    if _is_pair(samples[0]):
        raise ValueError(f"{name} is one sample in gudhi's format: pass [{name}].")
    return Diagrams(_any_diagram(sample, f"{name}[{i}]") for i, sample in enumerate(samples))


def _any_diagram(sample, name):
    if isinstance(sample, Diagram):
        return sample
    if isinstance(sample, dict) and "dgms" in sample:
        return _from_degree_list(sample, "rips", 2)
    if isinstance(sample, list | tuple):
        if sample and all(map(_is_pair, sample)):
            return _from_pairs(sample, "unknown", 2, squared=False)
        if all(_is_bars(bars) for bars in sample):
            return _from_degree_list(sample, "unknown", 2)
    raise ValueError(
        f"{name} is {type(sample).__name__}, which is no format of a diagram: expected a Diagram, "
        "ripser's dict or list of (m, 2) arrays, or gudhi's list of (degree, (birth, death))."
    )


def _is_bars(bars):
    """An (m, 2) array, or an empty one."""
    if isinstance(bars, Diagram | Diagrams | dict | str):
        return False
    try:
        bars = np.asarray(bars, dtype=float)
    except (TypeError, ValueError):
        return False
    return (bars.ndim == 2 and bars.shape[1] == 2) or (bars.ndim == 1 and bars.size == 0)


def _is_pair(item):
    """gudhi's ``(degree, (birth, death))``."""
    return (
        isinstance(item, tuple)
        and len(item) == 2
        and isinstance(item[0], Integral)
        and np.shape(item[1]) == (2,)
    )


def _from_degree_list(sample, filtration, field):
    arrays = sample["dgms"] if isinstance(sample, dict) else sample
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


def _from_pairs(sample, filtration, field, squared):
    bars = np.array([pair for _, pair in sample], dtype=float).reshape(-1, 2)
    if squared:
        bars = np.sqrt(np.maximum(bars, 0.0))
    dims = [degree for degree, _ in sample]
    return Diagram(bars[:, 0], bars[:, 1], dims, filtration=filtration, field=field)


def _as_list(samples, name):
    if isinstance(samples, dict | str) or not hasattr(samples, "__iter__"):
        raise ValueError(f"{name} is {type(samples).__name__}; pass a list with one item a sample.")
    return list(samples)


def _check_bars(births, deaths, dims):
    births = np.array(births, dtype=np.float64).reshape(-1)
    deaths = np.array(deaths, dtype=np.float64).reshape(-1)
    dims = np.array(dims).reshape(-1)
    if not births.size == deaths.size == dims.size:
        raise ValueError(
            "births, deaths and dims must have one entry a bar; got "
            f"{births.size}, {deaths.size} and {dims.size}"
        )
    if np.isnan(births).any() or np.isnan(deaths).any():
        raise ValueError("births and deaths must not be NaN; a class that lives on dies at inf")
    if dims.dtype.kind not in "biuf" or (dims != np.floor(dims)).any():
        raise ValueError(f"dims must be integers, the degrees of homology; got {dims!r}")
    if dims.size and (dims.min() < 0 or dims.max() > 127):
        raise ValueError(f"degrees must lie in 0 … 127; got {dims.min()} … {dims.max()}")
    return births, deaths, dims.astype(np.int8)


def _check_simplices(simplices, dims, name):
    if simplices is None:
        return None
    simplices = np.array(simplices, dtype=np.int64)
    if simplices.size == 0:
        simplices = simplices.reshape(-1, simplices.shape[1] if simplices.ndim == 2 else 1)
    if simplices.ndim != 2 or len(simplices) != dims.size:
        raise ValueError(
            f"{name} has shape {simplices.shape}, but it has one row a bar: ({dims.size}, width)"
        )
    return simplices


def _make_read_only(diagrams):
    for value in vars(diagrams).values():
        if isinstance(value, np.ndarray):
            value.flags.writeable = False


def _check_filtration(filtration):
    if filtration not in UNITS:
        raise ValueError(f"filtration={filtration!r}, but it is one of {sorted(UNITS)}")
    return filtration


def _highest(dims):
    return int(dims.max(initial=0))


def _take_rows(rows, order):
    return None if rows is None else np.array(rows, dtype=np.int64)[order]


def _join_rows(parts):
    """Concatenate simplices of different widths, or None if a sample has none."""
    if not parts or any(part is None for part in parts):
        return None
    width = max(part.shape[1] for part in parts)
    return np.concatenate(
        [np.pad(part, ((0, 0), (0, width - part.shape[1])), constant_values=-1) for part in parts]
    )


def _align_cocycles(cocycles, dims, order):
    """Cocycles of the bars of degree 1 in their sorted order."""
    cocycles = list(cocycles)
    ones = np.flatnonzero(dims == 1)
    if len(cocycles) != ones.size:
        raise ValueError(f"{len(cocycles)} cocycles for {ones.size} bars of degree 1")
    place = np.full(dims.size, -1)
    place[ones] = np.arange(ones.size)
    return [
        np.asarray(cocycles[place[i]], dtype=np.int64).reshape(-1, 3) for i in order if dims[i] == 1
    ]
