"""What every distance needs: the bars of one degree, in groups that may be matched.

This file imports no other file of the room.
"""

from __future__ import annotations

from functools import wraps
from numbers import Integral, Real
from typing import NamedTuple

import numpy as np

from .._bars import check_bars
from .._units import in_range, unit_of
from ..diagrams import Diagram
from ._ground import norm

#: Finite births and deaths reach so far, so that no difference of two overflows.
MOST = 1e300


class Parts(NamedTuple):
    """The bars of one degree, grouped by the bars that they can be matched with.

    Attributes
    ----------
    runs : two arrays of shape (n, 2)
        Finite bars in lexicographic order: those that run upward, then those that run
        downward (superlevel), with both signs turned so that they run upward too.
    run_rows : two int arrays
        Where each finite bar stands in the array that was given.
    ends : six arrays
        The one finite coordinate of the essential bars, sorted, by where the other one lies:
        death at +inf, death at -inf, birth at -inf, birth at +inf; and zeros for the bars
        without a finite coordinate, upward and downward.
    end_rows : six int arrays
    """

    runs: tuple
    run_rows: tuple
    ends: tuple
    end_rows: tuple


def bars_of(A, degree, name):
    """Return the bars that a user gave: an (n_bars, 2) array, or a Diagram and a degree."""
    if isinstance(A, Diagram):
        if not isinstance(degree, Integral) or degree < 0:
            raise ValueError(
                f"degree={degree!r}, but {name} is a Diagram, of degrees 0 to {A.max_dimension}: "
                "give one of them as degree, or call pairwise_distances for several at once."
            )
        return A[int(degree)]
    return check_bars(A, name)


def split_bars(bars):
    """Return the `Parts` of an (n_bars, 2) array; bars of length zero are left out."""
    check_reach(bars)
    births, deaths = bars.T
    finite = np.isfinite(bars).all(axis=1)
    runs, run_rows = [], []
    for sign, here in ((1.0, births < deaths), (-1.0, births > deaths)):
        rows = np.flatnonzero(finite & here)
        run = sign * bars[rows]
        order = np.lexsort((run[:, 1], run[:, 0]))
        runs.append(run[order])
        run_rows.append(rows[order])
    both = ~np.isfinite(births) & ~np.isfinite(deaths)
    kinds = (
        (births, (deaths == np.inf) & ~both),
        (births, (deaths == -np.inf) & ~both),
        (deaths, (births == -np.inf) & ~both),
        (deaths, (births == np.inf) & ~both),
        (np.zeros(len(bars)), both & (births < deaths)),
        (np.zeros(len(bars)), both & (births > deaths)),
    )
    ends, end_rows = [], []
    for values, here in kinds:
        rows = np.flatnonzero(here)
        order = np.argsort(values[rows], kind="stable")
        ends.append(values[rows][order])
        end_rows.append(rows[order])
    return Parts(tuple(runs), tuple(run_rows), tuple(ends), tuple(end_rows))


def end_gaps(P, Q):
    """Distances of essential bars when matched in order, or None if their numbers differ.

    Matching in order is optimal for every exponent of at least 1, as for any two sets on a line.
    """
    if any(a.size != b.size for a, b in zip(P.ends, Q.ends, strict=True)):
        return None
    return np.abs(np.concatenate(P.ends) - np.concatenate(Q.ends))


def in_order(A, B):
    """Whether to compute the pair as (A, B); otherwise as (B, A).

    So one of the two is always computed, and a distance is symmetric to the last bit.
    """
    return (len(A), A.tobytes()) <= (len(B), B.tobytes())


def pair_up(P, Q):
    """Rows of essential bars matched in order, of shape (n, 2)."""
    return np.column_stack([np.concatenate(P.end_rows), np.concatenate(Q.end_rows)])


class Matching(NamedTuple):
    """An optimal matching of two diagrams.

    Attributes
    ----------
    distance : float
    pairs : int array of shape (n_pairs, 2)
        Rows of the two arrays of bars; -1 where a bar is matched to the diagonal. Bars of no
        length are left out.
    costs : ndarray of shape (n_pairs,)
        How far each pair is apart, in the ground norm.
    """

    distance: float
    pairs: np.ndarray
    costs: np.ndarray


#: The matching of diagrams whose essential classes differ in number.
NO_MATCHING = Matching(np.inf, np.zeros((0, 2), np.int64), np.zeros(0))


def finite_groups(bars):
    """Finite bars that run upward, and those that run downward times -1, each (n, 2).

    They are in lexicographic order, so that sums over them do not depend on the order of the input.
    """
    check_reach(bars)
    finite = bars[np.isfinite(bars).all(axis=1)]
    births, deaths = finite.T
    return tuple(
        run[np.lexsort((run[:, 1], run[:, 0]))]
        for run in (finite[births < deaths], -finite[births > deaths])
    )


def one_pair(matrix, A, B, degree, options, exponent=1.0):
    """The distance of two diagrams, from a function of two lists of diagrams."""
    check_options(options)
    groups = zip(
        *(finite_groups(bars_of(X, degree, name)) for X, name in ((A, "A"), (B, "B"))),
        strict=True,
    )
    values = np.array([matrix([a], [b], options)[0, 0] for a, b in groups])
    return norm(values, exponent)


def check_reach(bars):
    """Raise ValueError for finite values whose differences overflow."""
    values = np.abs(bars[np.isfinite(bars)])
    if values.max(initial=0.0) > MOST:
        raise ValueError(
            f"a bar reaches {values.max():.3g}, and distances of such bars are out of the range "
            "of floating point: divide the diagrams by their scale first."
        )


def scaled(lengths_of, power):
    """Compute the matrix of two lists of arrays of bars in a unit of length.

    Then no square or power overflows or underflows. The unit is a power of two, so no digit
    changes.

    Parameters
    ----------
    lengths_of : str
        The option, a length or several, that sets the unit.
    power : function of the options
        The power of the unit in which the values are.

    Raises
    ------
    ValueError
        Raised by the new function if the values themselves are out of range.
    """

    def decorate(matrix):
        @wraps(matrix)
        def in_unit(A, B, options, n_jobs=None, label=None):
            unit = unit_of(np.max(options.get(lengths_of, 1.0)))
            if unit == 1.0:
                return in_range(matrix(A, B, options, n_jobs, label), 1.0, 0.0)
            lengths = ("bandwidth", "spacing", "weight_scale")
            options = options | {name: options[name] / unit for name in lengths if name in options}
            with np.errstate(over="ignore"):
                A, B = (None if X is None else [bars / unit for bars in X] for X in (A, B))
            for X in (A, B or []):
                if not all(np.isfinite(bars).all() for bars in X):
                    raise ValueError(
                        f"some bars reach more than 1e300 times the {lengths_of} beyond those "
                        "that it was learned from: leave them out, or scale the diagrams."
                    )
            return in_range(matrix(A, B, options, n_jobs, label), unit, power(options))

        return in_unit

    return decorate


#: The allowed values of an option: a test, and its description.
_POSITIVE = (lambda x: _is_number(x) and 0 < x < np.inf, "a positive number")
_COUNT = (lambda x: isinstance(x, Integral) and not isinstance(x, bool) and x >= 1, "1, 2, …")
_EXPONENT = (lambda x: _is_number(x) and x >= 1, "a number from 1 on, or inf")
_RULES = {
    "bandwidth": _POSITIVE,
    "weight_scale": _POSITIVE,
    "weight_power": (lambda x: _is_number(x) and 0 <= x < np.inf, "a number from 0 on"),
    "n_directions": _COUNT,
    "n_bins": _COUNT,
    "n_layers": (lambda x: x is None or _COUNT[0](x), "1, 2, …, or None for all"),
    "method": (lambda x: isinstance(x, str) and x in ("exact", "grid"), '"exact" or "grid"'),
    "order": _EXPONENT,
    "internal_p": _EXPONENT,
    "delta": (
        lambda x: _is_number(x) and 0 <= x < np.inf,
        "a relative error: 0 for the exact distance, or such as 0.01",
    ),
}
_AUTO = ("bandwidth", "weight_scale")


def check_options(options, *, auto=False):
    """Raise ValueError for an option out of its range; `auto` also allows "auto"."""
    for name, value in options.items():
        test, words = _RULES[name]
        if auto and name in _AUTO:
            if isinstance(value, str) and value == "auto":
                continue
            words += ', or "auto"'
        if not test(value):
            raise ValueError(f"{name}={value!r}; it must be {words}.")


def _is_number(value):
    return isinstance(value, Real) and not isinstance(value, bool)
