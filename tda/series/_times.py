"""Times of a series as numbers: dates of any library become seconds."""

from __future__ import annotations

import datetime

import numpy as np

from .._kinds import as_float

__all__ = ["as_seconds", "check_times", "in_units"]

#: Seconds in the units that a reader knows, the longest first.
UNITS = {"days": 86_400.0, "hours": 3600.0, "minutes": 60.0, "seconds": 1.0}


def check_times(times, n):
    """Return one time for each of `n` values as float64, and whether they are dates, in seconds.

    Dates may be NumPy's, pandas' (with a time zone too, or periods, which count from their start),
    Python's, or text such as "2024-01-31".
    """
    if hasattr(times, "to_timestamp") and hasattr(times, "freq"):  # a pandas PeriodIndex
        times = times.to_timestamp()
    given = np.asarray(times)
    dates = _as_dates(given)
    if dates is not None:
        if np.isnat(dates).any():
            raise ValueError("times holds NaT: leave out the values without a time.")
        given = (dates - dates[0]) / np.timedelta64(1, "s")
    numbers = as_float(given, "times")
    if numbers.shape != (n,):
        raise ValueError(f"times has shape {numbers.shape}, but x has {n} values.")
    return numbers, dates is not None


def _as_dates(given):
    """An array of dates or durations, or None if these are no dates."""
    if given.dtype.kind in "mM" and given.ndim == 1 and given.size:
        return given
    if given.ndim != 1 or not given.size or given.dtype.kind not in "OU":
        return None
    kind = "m8[us]" if isinstance(given[0], datetime.timedelta) else "M8[us]"
    if given.dtype.kind == "O":
        if not isinstance(given[0], datetime.date | datetime.timedelta | str):
            return None
        given = [_without_zone(one) for one in given]
    try:
        return np.array(given, dtype=kind)
    except (TypeError, ValueError):
        return None


def _without_zone(one):
    """A date of a time zone as that of UTC, since NumPy knows no zones."""
    if getattr(one, "tzinfo", None) is None:
        return one
    return one.astimezone(datetime.UTC).replace(tzinfo=None)


def as_seconds(length):
    """A length of time as a number: durations in seconds, all else as it is."""
    if isinstance(length, datetime.timedelta):
        return length.total_seconds()
    if isinstance(length, np.timedelta64):
        return float(length / np.timedelta64(1, "s"))
    return length


def in_units(seconds, digits, like):
    """A length of time in words, in the unit that suits another: "25 days" of 2.16e6 seconds."""
    name, unit = next((u for u in UNITS.items() if abs(like) >= u[1]), ("seconds", 1.0))
    return f"{seconds / unit:.{digits}g} {name}"
