"""`Diagrams`: the persistence diagrams of a collection of samples.

They are stored as a few flat arrays, with the offsets of the samples in them (a ragged array).
Nothing is padded, and the values of one sample do not depend on the others.
"""

from __future__ import annotations

from collections.abc import Sequence
from numbers import Integral

import numpy as np

from .._html import diagram_chart, report_html
from .._report import import_pandas
from . import _formats as formats
from ._diagram import Container, Diagram, as_numbers, make_read_only, take_cocycles, take_rows
from ._files import read_fields, write_fields

__all__ = ["Diagrams"]

#: Most diagrams that a notebook draws.
MOST_PICTURES = 4


class Diagrams(Container, Sequence):
    """The persistence diagrams of a collection of samples.

    ``dgms[3]`` is one `Diagram`. ``dgms[slice, mask or integers]`` are `Diagrams`, so that
    scikit-learn can split them like arrays. The flat arrays are read-only.

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
    filtration, field, max_dimension, unit, metric :
        The same for all samples: name of the filtration, prime of the coefficients, highest
        degree, unit of births and deaths, distance of a Rips complex; see `Diagram`.
    thresholds : array of shape (n_samples,), or None
        Of each sample as in `Diagram`; None if all are infinite.
    error_bounds : array of shape (n_samples,), or None
        Of each sample as in `Diagram`; None if all are 0.
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
        for name in ("filtration", "field", "metric"):
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
        self.metric = first.metric
        thresholds = np.array([sample.threshold for sample in samples], dtype=np.float64)
        self.thresholds = None if np.isinf(thresholds).all() else thresholds
        bounds = np.array([sample.error_bound for sample in samples], dtype=np.float64)
        self.error_bounds = bounds if bounds.any() else None
        make_read_only(self)

    def _set(self, births, deaths, dims, offsets, filtration, field, max_dimension, bs, ds, coc):
        self.births, self.deaths, self.dims, self.offsets = births, deaths, dims, offsets
        self.filtration, self.field, self.max_dimension = filtration, field, max_dimension
        self.birth_simplices, self.death_simplices, self.cocycles = bs, ds, coc
        self.thresholds, self.metric, self.error_bounds = None, None, None
        make_read_only(self)

    error_bounds = None  # also of those that were pickled before there were any

    # -- a sequence that scikit-learn can split ------------------------------------------

    @property
    def shape(self):
        return (len(self),)

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
        """Some samples. The other fields of the collection stay, even if no sample is left."""
        sizes = np.diff(self.offsets)[samples]
        offsets = np.cumsum([0, *sizes], dtype=np.int64)
        bars = np.repeat(self.offsets[samples] - offsets[:-1], sizes) + np.arange(offsets[-1])
        some = Diagrams._view(
            self.births[bars],
            self.deaths[bars],
            self.dims[bars],
            offsets,
            self.filtration,
            self.field,
            self.max_dimension,
            take_rows(self.birth_simplices, bars),
            take_rows(self.death_simplices, bars),
            take_cocycles(self.cocycles, self.dims, bars),
        )
        some.metric = self.metric
        some.thresholds = None if self.thresholds is None else self.thresholds[samples]
        some.error_bounds = None if self.error_bounds is None else self.error_bounds[samples]
        return some

    def _changed(self, *, births=None, deaths=None, keep=True, max_dimension=None, stretch=None):
        """The same samples with other values, and only the bars where `keep` is true.

        Bars of length zero are left out. The bars are sorted by the new values. `stretch` is the
        largest factor by which two values may move apart: of the error bounds, if these stay.
        """
        in_order = births is None and deaths is None
        births = self.births if births is None else births
        deaths = self.deaths if deaths is None else deaths
        samples = self._sample_of_bar()
        bars = np.flatnonzero(keep & (births != deaths))
        if not in_order:
            keys = (deaths[bars], births[bars], self.dims[bars], samples[bars])
            bars = bars[np.lexsort(keys)]
        counts = np.bincount(samples[bars], minlength=len(self))
        changed = Diagrams._view(
            births[bars],
            deaths[bars],
            self.dims[bars],
            np.cumsum([0, *counts], dtype=np.int64),
            self.filtration,
            self.field,
            self.max_dimension if max_dimension is None else max_dimension,
            take_rows(self.birth_simplices, bars),
            take_rows(self.death_simplices, bars),
            take_cocycles(self.cocycles, self.dims, bars),
        )
        changed.metric = self.metric
        changed.thresholds = self.thresholds if in_order else None  # of the values before
        if self.error_bounds is not None and (in_order or stretch is not None):
            changed.error_bounds = self.error_bounds * (1.0 if in_order else stretch)
        return changed

    def _sample(self, i):
        bars = slice(self.offsets[i], self.offsets[i + 1])
        cocycles = None
        if self.cocycles is not None:
            first = np.count_nonzero(self.dims[: bars.start])
            cocycles = self.cocycles[first : first + np.count_nonzero(self.dims[bars])]
        part = Diagram._view(
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
        part.metric = self.metric
        if self.thresholds is not None:
            part.threshold = float(self.thresholds[i])
        if self.error_bounds is not None:
            part.error_bound = float(self.error_bounds[i])
        return part

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

    def _repr_html_(self):
        """The first diagrams side by side, as a notebook shows them."""
        shown = [self[i] for i in range(min(len(self), MOST_PICTURES))]
        figure = "".join(
            diagram_chart(one.births, one.deaths, one.dims, label=f"diagram {i}")
            for i, one in enumerate(shown)
        )
        more = f"the first {len(shown)} are drawn" if len(shown) < len(self) else ""
        return report_html("Diagrams", repr(self)[len("Diagrams(") : -1], figure, notes=[more])

    # -- to and from the formats of the field ---------------------------------------------

    @classmethod
    def from_ripser(cls, samples, *, filtration="rips", field=2):
        """From ripser's results: one dict with "dgms", or one list of (m, 2) arrays, a sample.

        `gudhi.sklearn` transformers give the same lists. Position k holds the bars of degree k.
        """
        return cls(
            formats.from_degree_list(s, filtration, field)
            for s in formats.samples_of(samples, "ripser")
        )

    @classmethod
    def from_gudhi(cls, samples, *, filtration="unknown", field=2, squared=False):
        """From gudhi's ``persistence()``: a list of ``(degree, (birth, death))`` a sample.

        Set ``squared=True`` for alpha complexes with gudhi's default squared radii: the bars
        become radii. The squares of weighted ones may be negative; their roots keep the sign.
        """
        return cls(
            formats.from_pairs(s, filtration, field, squared)
            for s in formats.samples_of(samples, "gudhi")
        )

    @classmethod
    def from_giotto(cls, array, *, filtration="unknown", field=2):
        """From giotto-tda's array of shape (n_samples, n_bars, 3): birth, death, degree.

        Bars of length zero, which are its padding, are left out.
        """
        array = as_numbers(array, "giotto-tda's diagrams")
        if array.ndim != 3 or array.shape[2] != 3:
            raise ValueError(
                f"giotto-tda's diagrams have shape (n_samples, n_bars, 3); got {array.shape}"
            )
        degrees = array[:, :, 2]
        if not ((degrees == np.floor(degrees)) & (degrees >= 0) & (degrees < 128)).all():
            raise ValueError(
                "the third column must hold degrees 0, 1, …; these look like clouds: compute "
                "their diagrams first (RipsPersistence, AlphaPersistence)."
            )
        top = int(degrees.max(initial=0))
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

    @classmethod
    def from_dionysus(cls, samples, *, filtration="unknown", field=2):
        """From dionysus: a sample is the list that ``init_diagrams`` gives.

        Position k holds the points of degree k, objects with ``birth`` and ``death``. Dionysus
        computes in single precision. What it calls the highest degree of a complex cut off there
        are classes that nothing can fill: leave that list out.
        """
        return cls(
            formats.from_points(s, filtration, field)
            for s in formats.samples_of(samples, "dionysus")
        )

    def to_dionysus(self):
        """As lists of ``dionysus.Diagram``, one for each degree; needs dionysus."""
        from dionysus import Diagram as Points

        return [[Points(list(map(tuple, bars.tolist()))) for bars in sample] for sample in self]

    @classmethod
    def from_oineus(cls, samples, *, filtration="unknown", field=2):
        """From oineus: a sample is its ``Diagrams``, or a list of (m, 2) arrays by degree."""
        lists = (formats.degrees_of_oineus(s) for s in formats.samples_of(samples, "oineus"))
        return cls(formats.from_degree_list(arrays, filtration, field) for arrays in lists)

    def to_oineus(self):
        """As oineus takes them: for every sample a list of (m, 2) arrays; the same as `to_list`."""
        return self.to_list()

    @classmethod
    def from_r(cls, tables, *, threshold=None, filtration="unknown", field=2):
        """From R's TDA, TDAstats or ripserr: a CSV file, a data frame or an array for each sample.

        Parameters
        ----------
        tables : list of path, pandas.DataFrame or array-like of shape (n_bars, 3)
            With the columns dimension, Birth and Death, in any case; those of an array in this
            order. Row names, which ``write.csv`` puts first, are passed over.
        threshold : float, default=None
            TDA writes its ``maxscale`` for the death of a class that lives on. Deaths of at least
            this become infinite. TDAstats leaves out the one component that lives on.
        filtration : str, default="unknown"
        field : int, default=2
        """
        if isinstance(tables, str) or hasattr(tables, "columns") or hasattr(tables, "__fspath__"):
            raise ValueError("tables is the diagram of one sample: pass [tables].")
        tables = formats.as_list(tables, "tables")
        return cls(formats.from_table(t, threshold, filtration, field) for t in tables)

    def to_r(self, paths):
        """Write a CSV file for each sample, with the columns dimension, Birth and Death.

        In R, ``as.matrix(read.csv(path))`` is the ``diagram`` of TDA. A class that lives on has
        the death Inf.
        """
        paths = [paths] if isinstance(paths, str) else list(paths)
        if len(paths) != len(self):
            raise ValueError(f"paths has {len(paths)} names, but there are {len(self)} samples.")
        for sample, path in zip(self, paths, strict=True):
            formats.write_table(sample, path)

    def to_giotto(self):
        """As giotto-tda's array (n_samples, n_bars, 3), padded with bars (0, 0) a degree.

        Essential classes keep their infinite death, which giotto-tda itself never writes. The
        format has no place for error bounds, thresholds or simplices.
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
        """As ripser's ``dgms``: for every sample a list of (m, 2) arrays, degree 0 first.

        The bars alone: the format has no place for error bounds, thresholds or simplices.
        """
        return [list(sample) for sample in self]

    def to_frame(self):
        """As a pandas DataFrame with one row per bar: sample, degree, birth, death, lifetime.

        And `error_bound`, if any sample is one of landmarks.
        """
        columns = {
            "sample": self._sample_of_bar(),
            "degree": self.dims.astype(int),
            "birth": self.births,
            "death": self.deaths,
            "lifetime": np.abs(self.deaths - self.births),
        }
        if self.error_bounds is not None:
            columns["error_bound"] = self.error_bounds[columns["sample"]]
        return import_pandas("to_frame").DataFrame(columns)

    @classmethod
    def from_frame(cls, frame, *, filtration="unknown", field=2, max_dimension=None):
        """From a data frame with one row per bar, as `to_frame` gives it.

        Parameters
        ----------
        frame : pandas or polars DataFrame, or dict of arrays
            With columns degree, birth and death. Rows with equal values in a column ``sample`` are
            one diagram, in ascending order of these values; without that column all rows are one.
            Samples that are integers from 0 on may lack bars: they are empty diagrams. Other
            columns are ignored, except ``error_bound``.
        filtration : str, default="unknown"
            What gave the bars; it sets `unit`.
        field : int, default=2
            Characteristic of the coefficient field.
        max_dimension : int, default=None
            The highest degree that was computed, by default that of the bars.

        Returns
        -------
        Diagrams

        Raises
        ------
        ValueError
            If a column is missing, or its values are no bars.

        Examples
        --------
        >>> from tda import Diagrams
        >>> bars = {
        ...     "sample": [0, 1, 1],
        ...     "degree": [0, 0, 1],
        ...     "birth": [0, 0, 2],
        ...     "death": [1, 3, 4],
        ... }
        >>> [len(diagram) for diagram in Diagrams.from_frame(bars)]
        [1, 2]
        """
        return cls(
            formats.from_frame(frame, filtration=filtration, field=field, highest=max_dimension)
        )

    def save(self, path):
        """Write an ``.npz`` file that needs no pickle to be read; the suffix may be left out."""
        write_fields(self, path)

    @classmethod
    def load(cls, path):
        """Read what `save` wrote.

        Raises
        ------
        ValueError
            If the file was not written by `save`, is damaged, or contradicts itself.
        OSError
            If the file does not exist or cannot be read.
        """
        fields, extra = read_fields(path)
        diagrams = cls._view(*fields)
        keys = (diagrams.deaths, diagrams.births, diagrams.dims, diagrams._sample_of_bar())
        in_order = (np.lexsort(keys) == np.arange(diagrams.births.size)).all()
        if not in_order or (diagrams.births == diagrams.deaths).any():
            diagrams = diagrams._changed(births=diagrams.births, deaths=diagrams.deaths)
        diagrams.metric, diagrams.thresholds, diagrams.error_bounds = extra
        make_read_only(diagrams)
        return diagrams

    def _sample_of_bar(self):
        return np.repeat(np.arange(len(self)), np.diff(self.offsets))


def _join_rows(parts):
    """Concatenate simplices of different widths, or None if a sample has none."""
    if not parts or any(part is None for part in parts):
        return None
    width = max(part.shape[1] for part in parts)
    return np.concatenate(
        [np.pad(part, ((0, 0), (0, width - part.shape[1])), constant_values=-1) for part in parts]
    )
