"""Amounts, lists and the names of degrees in words, the same in every room."""

from __future__ import annotations

import sys
import warnings

__all__ = ["amount", "counted", "degree_name", "in_words", "listed", "number", "warn_user", "was"]

NAMES = {0: ("component", "components"), 1: ("loop", "loops"), 2: ("void", "voids")}
NUMBERS = "no one two three four five six seven eight nine ten eleven twelve".split()


def degree_name(degree, n=2):
    """What `n` holes of a degree are called: "component", "loops", "holes of degree 3"."""
    if degree in NAMES:
        return NAMES[degree][n != 1]
    return f"{'hole' if n == 1 else 'holes'} of degree {degree}"


def amount(n, degree):
    """``"2 loops"``."""
    return f"{n} {degree_name(degree, n)}"


def counted(n, what):
    """``"1 node"``, ``"1,300 nodes"``."""
    return f"{n:,} {what}{'s' * (n != 1)}"


def listed(parts):
    """``"a, b and c"``."""
    *most, last = map(str, parts)
    return f"{', '.join(most)} and {last}" if most else last


def number(n):
    """Small numbers as words, large ones in digits: "no", "one", ..., "twelve", "1,300"."""
    return NUMBERS[n] if n < len(NUMBERS) else f"{n:,}"


def was(n):
    return "was" if n == 1 else "were"


def in_words(name):
    """The name of an attribute or of a row as it is printed."""
    return str(name).replace("_", " ")


def warn_user(message):
    """Warn at the line of the caller, however deep in this package the cause is found."""
    frame, depth = sys._getframe(1), 3
    while (frame := frame.f_back) is not None:
        if frame.f_globals.get("__name__", "").partition(".")[0] not in ("tda", "sklearn"):
            break
        depth += 1
    warnings.warn(message, UserWarning, stacklevel=depth)
