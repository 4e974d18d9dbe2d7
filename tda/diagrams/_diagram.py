"""`Diagram`: the persistence diagram of one sample."""

from __future__ import annotations

from numbers import Integral

import numpy as np

from .._html import barcode, diagram_chart, report_html
from .._report import import_pandas
from .._validation import check_field

__all__ = ["UNITS", "Diagram"]

#: What the births and deaths of a filtration measure.
UNITS = {
    "rips": "edge length",
    "alpha": "radius",
    "weighted alpha": "radius",
    "periodic alpha": "radius",
    "dtm": "radius",
    "cubical": "value",
    "flag": "value",
    "lower star": "value",
    "extended": "value",
    "zigzag": "step",
    "unknown": "unknown",
}
#: Filtrations whose classes are born at a finite value and die later.
UPWARD = ("rips", "alpha", "weighted alpha", "periodic alpha", "dtm", "zigzag")


class Container:
    """What one diagram and a collection of them share: read-only arrays, and a unit."""

    def __setstate__(self, state):
        self.__dict__.update(state)
        # There was a time when cocycles were those of degree 1.
        self.cocycles = whole_cocycles(self.cocycles, self.dims)
        make_read_only(self)  # numpy's pickles forget it

    @classmethod
    def _view(cls, *fields):
        """A container of arrays that are already in order."""
        self = cls.__new__(cls)
        self._set(*fields)
        return self

    @property
    def unit(self):
        """What births and deaths measure: "edge length", "radius", "value" or "step"."""
        return UNITS[self.filtration]


class Diagram(Container):
    """The persistence diagram of one sample, in all degrees.

    Bars are sorted by (degree, birth, death). Bars of length zero are left out. A class that never
    dies has ``death = inf``. The arrays are read-only.

    Parameters
    ----------
    births, deaths : array-like of shape (n_bars,)
    dims : array-like of shape (n_bars,)
        Homology degree of each bar.
    filtration : {"rips", "alpha", "weighted alpha", "periodic alpha", "dtm", "cubical", "flag", \
"lower star", "extended", "zigzag", "unknown"}, default="unknown"
        The filtration that gave the bars; it sets `unit`. Superlevel bars, as of images and of
        functions on graphs, run downward, ``birth > death``, and end at ``-inf``. Of "extended"
        diagrams 0 to 3 are not degrees but the four kinds of pairs, as `tda.extended_diagram`
        says.
    field : int, default=2
        Characteristic of the coefficient field.
    max_dimension : int, default=None
        The highest degree that was computed, even if it has no bar. By default the highest degree
        that has a bar.
    birth_simplices, death_simplices : array-like of int, shape (n_bars, width), default=None
        Vertices of the simplex that creates and of the one that ends each bar, filled
        up with -1. For cubical bars the one column is the flat index of a pixel.
    cocycles : list of int arrays of shape (n_entries, degree + 2), default=None
        For each bar from degree 1 on, in their order, a representative cocycle: rows of the
        vertices of a simplex and the value on it in this order, in degree 1 ``(i, j, value)``; 0
        elsewhere. An empty array where none is known. If there are as many as bars of degree 1,
        though there are higher ones, no others are known.

    Attributes
    ----------
    threshold : float
        Where the filtration was cut off, by ``max_edge_length`` and the like or by distances that
        are missing: a class that is alive there has ``death = inf``. Infinite where it was not,
        or where nothing is known of that.
    error_bound : float
        The bottleneck distance to the diagram of all points is at most this, where the diagram is
        one of landmarks (`tda.landmarks` has the proof); 0 where all points were taken. A bar that
        is longer than this is one of all points too, born and dead at most so much earlier. With a
        `threshold` this holds below it: a class that lives on may die within the bound before it.
    metric : str or None
        The distance of a Rips complex, where it obeys no triangle inequality, such as "cosine":
        `tda.hole_significance` takes its values back to those of a metric.

    Raises
    ------
    ValueError
        If the arrays differ in length, hold NaN, hidden values or no numbers, a degree is no
        integer of 0 to 127, or a bar of a Rips or an alpha filtration dies before its birth.

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
        births, deaths, dims = check_bars(births, deaths, dims)
        keep = births != deaths
        order = np.lexsort((deaths, births, dims))
        order = order[keep[order]]
        self._set(
            births[order],
            deaths[order],
            dims[order],
            check_bars_of(filtration, births, deaths),
            check_field(field),
            _highest(dims[order], max_dimension),
            take_rows(_check_simplices(birth_simplices, dims, "birth_simplices"), order),
            take_rows(_check_simplices(death_simplices, dims, "death_simplices"), order),
            None if cocycles is None else _align_cocycles(cocycles, dims, order),
        )

    def _set(self, births, deaths, dims, filtration, field, max_dimension, bs, ds, cocycles):
        self.births, self.deaths, self.dims = births, deaths, dims
        self.filtration, self.field, self.max_dimension = filtration, field, max_dimension
        self.birth_simplices, self.death_simplices, self.cocycles = bs, ds, cocycles
        self.threshold, self.metric, self.error_bound = np.inf, None, 0.0
        make_read_only(self)

    error_bound = 0.0  # also of those that were pickled before there was one

    @property
    def lifetimes(self):
        """``|death - birth|`` of every bar, infinite for the essential ones."""
        return np.abs(self.deaths - self.births)

    def finite(self):
        """The same diagram without its essential classes."""
        return self._subset(np.flatnonzero(np.isfinite(self.deaths) & np.isfinite(self.births)))

    def to_frame(self):
        """As a pandas DataFrame with one row per bar: degree, birth, death, lifetime.

        And `error_bound`, if it is not 0.
        """
        columns = {
            "degree": self.dims.astype(int),
            "birth": self.births,
            "death": self.deaths,
            "lifetime": self.lifetimes,
        }
        if self.error_bound > 0:
            columns["error_bound"] = np.full(len(self), self.error_bound)
        return import_pandas("to_frame").DataFrame(columns)

    def save(self, path):
        """Write an ``.npz`` file that needs no pickle to be read; the suffix may be left out.

        `Diagram.load` reads it, and so does `Diagrams.load`, as a collection of one.
        """
        from ._diagrams import Diagrams

        Diagrams([self]).save(path)

    @classmethod
    def load(cls, path):
        """Read what `save` wrote.

        Raises
        ------
        ValueError
            If the file was not written by `save`, is damaged, contradicts itself, or holds not one
            diagram.
        OSError
            If the file does not exist or cannot be read.
        """
        from ._diagrams import Diagrams

        samples = Diagrams.load(path)
        if len(samples) != 1:
            raise ValueError(
                f"{path} holds {len(samples)} diagrams: read them with tda.Diagrams.load."
            )
        return samples[0]

    def _subset(self, rows):
        part = Diagram._view(
            self.births[rows],
            self.deaths[rows],
            self.dims[rows],
            self.filtration,
            self.field,
            self.max_dimension,
            take_rows(self.birth_simplices, rows),
            take_rows(self.death_simplices, rows),
            take_cocycles(self.cocycles, self.dims, rows),
        )
        part.threshold, part.metric = self.threshold, self.metric
        part.error_bound = self.error_bound
        return part

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

    def _repr_html_(self):
        """The diagram and its longest bars, as a notebook shows them."""
        bars = self.births, self.deaths, self.dims
        figure = diagram_chart(*bars) + barcode(*bars) if len(self) else ""
        kind = f"{self.filtration} filtration, field Z/{self.field}, births and deaths: {self.unit}"
        return report_html("Diagram", repr(self)[len("Diagram(") : -1], figure, notes=[kind])


def as_numbers(values, name):
    """A new float array, or ValueError for hidden values and for anything but an array of
    numbers."""
    if np.ma.is_masked(values):
        raise ValueError(f"{name} is a masked array with hidden values: drop those bars first.")
    try:
        values = np.array(values)
        if values.dtype.kind in "cmMSU":
            raise ValueError(f"they are {values.dtype}")
        return values.astype(np.float64, copy=False)
    except (TypeError, ValueError, OverflowError) as error:
        raise ValueError(f"{name} are no array of numbers: {error}.") from None


def check_bars(births, deaths, dims):
    """Return flat arrays of births, deaths and degrees, or raise ValueError."""
    births = as_numbers(births, "births").reshape(-1)
    deaths = as_numbers(deaths, "deaths").reshape(-1)
    if np.ma.is_masked(dims):
        raise ValueError("dims is a masked array with hidden values: drop those bars first.")
    dims = np.array(dims).reshape(-1)
    if not births.size == deaths.size == dims.size:
        raise ValueError(
            "births, deaths and dims must have one entry per bar; got "
            f"{births.size}, {deaths.size} and {dims.size}"
        )
    if np.isnan(births.min(initial=0.0)) or np.isnan(deaths.min(initial=0.0)):
        raise ValueError("births and deaths must not be NaN; a class that lives on dies at inf")
    kind = dims.dtype.kind
    if kind not in "biuf" or (kind == "f" and (dims != np.floor(dims)).any()):
        raise ValueError(f"dims must be integers, the degrees of homology; got {dims!r}")
    if dims.size and (dims.min() < 0 or dims.max() > 127):
        raise ValueError(f"degrees must lie in 0 … 127; got {dims.min()} … {dims.max()}")
    return births, deaths, dims.astype(np.int8)


def _check_simplices(simplices, dims, name):
    if simplices is None:
        return None
    values = as_numbers(simplices, name)
    if not ((values == np.floor(values)) & (values >= -1)).all():
        raise ValueError(f"{name} must be vertices, integers from 0 on, filled up with -1.")
    simplices = np.array(simplices, dtype=np.int64)
    if simplices.size == 0:
        simplices = simplices.reshape(-1, simplices.shape[1] if simplices.ndim == 2 else 1)
    if simplices.ndim != 2 or len(simplices) != dims.size:
        raise ValueError(
            f"{name} has shape {simplices.shape}, but it has one row per bar: ({dims.size}, width)"
        )
    return simplices


def check_bars_of(filtration, births, deaths):
    """Return the filtration, or raise ValueError if it is unknown or cannot have these bars."""
    if not isinstance(filtration, str) or filtration not in UNITS:
        raise ValueError(f"filtration={filtration!r}; it must be one of {sorted(UNITS)}")
    if filtration in UPWARD and not (np.isfinite(births) & (births <= deaths)).all():
        wrong = (births > deaths) | (np.isinf(births) & (births != deaths))
        if wrong.any():
            i = int(np.argmax(wrong))
            raise ValueError(
                f"bar {i} is born at {births[i]:.6g} and dies at {deaths[i]:.6g}, but in a "
                f"filtration {filtration!r} a class is born at a finite value and dies later: "
                'are the columns swapped? Superlevel bars are of filtration "cubical" or "unknown".'
            )
    return filtration


def _highest(dims, given):
    """The highest degree of a diagram: as given, or by default the highest degree of its bars."""
    top = int(dims.max(initial=0))
    if given is None:
        return top
    if not isinstance(given, Integral) or isinstance(given, bool) or not 0 <= given <= 127:
        raise ValueError(f"max_dimension={given!r}; it must be an integer of 0 to 127.")
    if given < top:
        raise ValueError(f"max_dimension={given!r}, but there are bars of degree {top}.")
    return int(given)


def take_rows(rows, order):
    return None if rows is None else np.array(rows, dtype=np.int64)[order]


def _align_cocycles(cocycles, dims, order):
    """Checked cocycles of the bars from degree 1 on, in their sorted order."""
    cocycles = whole_cocycles(list(cocycles), dims)
    if len(cocycles) != np.count_nonzero(dims):
        raise ValueError(
            f"{len(cocycles)} cocycles for {np.count_nonzero(dims == 1)} bars of degree 1 and "
            f"{np.count_nonzero(dims > 1)} of higher ones"
        )
    degrees = dims[dims > 0].tolist()
    checked = [_check_cocycle(c, k) for c, k in zip(cocycles, degrees, strict=True)]
    return take_cocycles(checked, dims, order)


def whole_cocycles(cocycles, dims):
    """Cocycles of all bars from degree 1 on: empty ones where they are of degree 1 alone."""
    ones, above = np.count_nonzero(dims == 1), np.count_nonzero(dims)
    if cocycles is None or len(cocycles) != ones or ones == above:
        return cocycles
    left = iter(cocycles)
    return [
        next(left) if k == 1 else np.zeros((0, k + 2), dtype=np.int64)
        for k in dims[dims > 0].tolist()
    ]


def take_cocycles(cocycles, dims, bars):
    """The cocycles of some bars, in their order."""
    if cocycles is None:
        return None
    places = np.cumsum(dims > 0) - 1  # of a bar among those from degree 1 on
    return [cocycles[places[bar]] for bar in bars if dims[bar] > 0]


def _check_cocycle(cocycle, degree):
    cocycle = np.asarray(cocycle, dtype=np.int64)
    if cocycle.size and (cocycle.ndim != 2 or cocycle.shape[1] != degree + 2):
        vertices = "i, j, " if degree == 1 else f"{degree + 1} vertices, "
        raise ValueError(
            f"a cocycle has shape {cocycle.shape}, but in degree {degree} its rows are "
            f"({vertices}coefficient)."
        )
    return cocycle.reshape(-1, degree + 2)


def make_read_only(diagrams):
    for value in vars(diagrams).values():
        if isinstance(value, np.ndarray):
            value.flags.writeable = False
