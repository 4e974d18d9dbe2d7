"""What delay and how many coordinates to take for one series, with the curves behind the answer."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from .._html import curves
from .._report import Report
from ._check import check_count, check_series
from ._delay import METHODS as DELAY_METHODS
from ._delay import (
    autocorrelation_curve,
    first_minimum,
    first_zero,
    mutual_information_curve,
)
from ._neighbors import FEW, cao_curves, choose_n_coordinates, false_neighbors_curve
from ._neighbors import METHODS as DIMENSION_METHODS

__all__ = ["TakensReport", "takens_report"]


@dataclass(frozen=True, eq=False)
class TakensReport(Report):
    """What `takens_report` found; prints as a sentence and a table by number of coordinates.

    Attributes
    ----------
    delay : int
        The delay that was chosen, in steps.
    dimension : int
        The number of coordinates that was chosen.
    delays : dict of str to int
        The delay by each method.
    dimensions : dict of str to int
        The number of coordinates by each method, at the delay that was chosen.
    autocorrelation, mutual_information : ndarray
        Curves of `autocorrelation_curve` and `mutual_information_curve`, from delay 0 on.
    false_neighbors, e1, e2 : ndarray
        Curves of `false_neighbors_curve` and `cao_curves`, from one coordinate on.
    """

    delay: int
    dimension: int
    delays: dict
    dimensions: dict
    autocorrelation: np.ndarray = field(repr=False)
    mutual_information: np.ndarray = field(repr=False)
    false_neighbors: np.ndarray = field(repr=False)
    e1: np.ndarray = field(repr=False)
    e2: np.ndarray = field(repr=False)

    @property
    def verdict(self):
        """Both choices, and what other methods say, in words."""
        if np.all(self.e1 == 1) and not np.any(self.mutual_information):
            return "The series is constant: there is nothing to embed, at any delay."
        zero, information = self.delays["autocorrelation"], self.delays["mutual_information"]
        least = f"has its first minimum at delay {information}"
        if information == len(self.mutual_information) - 1:
            least = f"still falls at delay {information}, the longest that was tried"
        crossed = f"the autocorrelation its first zero at {zero}"
        if zero < len(self.autocorrelation) and self.autocorrelation[zero] > 1e-9:
            crossed = f"the autocorrelation has no zero up to delay {len(self.autocorrelation) - 1}"
        noise = ""
        if self.false_neighbors.min() > FEW:
            noise = " As for noise, no dimension that was tried is enough."
        return (
            f"Take delay {self.delay} and dimension {self.dimension}: mutual information {least}, "
            f"{crossed}; "
            f"false neighbours ask for {self.dimensions['false_neighbors']} coordinates, "
            f"Cao's criterion for {self.dimensions['cao']}.{noise}"
        )

    def _figure(self):
        series = {"false neighbours": self.false_neighbors, "E1": self.e1, "E2": self.e2}
        at = np.arange(1, len(self.e1) + 1)
        return curves(at, series, x_label="coordinates", label="how many coordinates")

    _names = ("coordinates",)

    def _rows(self):
        """A row for each number of coordinates."""
        return [
            {"coordinates": d, "false_neighbors": share, "e1": e1, "e2": e2}
            for d, (share, e1, e2) in enumerate(
                zip(self.false_neighbors.tolist(), self.e1.tolist(), self.e2.tolist(), strict=True),
                1,
            )
        ]

    def _columns(self):
        return {
            "coordinates": ("coordinates", "d"),
            "false neighbours": ("false_neighbors", ".1%"),
            "Cao's E1": ("e1", ".3f"),
            "E2": ("e2", ".3f"),
        }


def takens_report(
    x,
    *,
    delay="auto",
    delay_method="mutual_information",
    dimension_method="false_neighbors",
    max_delay=None,
    n_coordinates=8,
) -> TakensReport:
    """Delay and dimension for Takens' embedding of one series, by two methods each.

    Parameters
    ----------
    x : array-like of shape (n_times,)
        One series.
    delay : int or "auto", default="auto"
        The delay, if it is known.
    delay_method : {"mutual_information", "autocorrelation"}, default="mutual_information"
        What the delay follows, as in `choose_delay`.
    dimension_method : {"false_neighbors", "cao"}, default="false_neighbors"
        What the dimension follows, as in `choose_n_coordinates`.
    max_delay : int, default=None
        The largest delay, in steps; by default a quarter of the series, at most 500.
    n_coordinates : int, default=8
        The most coordinates that are tried.

    Returns
    -------
    report : TakensReport
        ``delay``, ``dimension`` and the curves; prints as a sentence and a table.

    Raises
    ------
    ValueError
        If the series has gaps (NaN) or less than 16 values.

    Examples
    --------
    >>> import numpy as np
    >>> from tda.series import takens_report
    >>> report = takens_report(np.sin(2 * np.pi * 0.0618034 * np.arange(1000)), n_coordinates=3)
    >>> report.delay, report.dimension
    (4, 2)
    >>> print(report)
    Take delay 4 and dimension 2: mutual information has its first minimum at delay 4, ...
    <BLANKLINE>
    coordinates  false neighbours  Cao's E1     E2
              1             98.4%  ...
    """
    x = check_series(x, name="x", min_length=16)
    for name, method, known in [
        ("delay_method", delay_method, DELAY_METHODS),
        ("dimension_method", dimension_method, DIMENSION_METHODS),
    ]:
        if method not in known:
            raise ValueError(f"{name}={method!r}; it must be one of {known}")
    correlation = autocorrelation_curve(x, max_delay=max_delay)
    information = mutual_information_curve(x, max_delay=max_delay)
    delays = {
        "mutual_information": first_minimum(information),
        "autocorrelation": first_zero(correlation),
    }
    if isinstance(delay, str) and delay == "auto":
        delay = delays[delay_method]
    delay = check_count("delay", delay, 1)
    most = min(check_count("n_coordinates", n_coordinates, 1), (len(x) - 12) // delay - 1)
    if most < 1:
        raise ValueError(f"x has {len(x)} values, too few to embed them at delay={delay}.")
    dimensions = {
        method: choose_n_coordinates(x, delay=delay, method=method, n_coordinates=most)
        for method in DIMENSION_METHODS
    }
    e1, e2 = cao_curves(x, delay=delay, n_coordinates=most)
    return TakensReport(
        delay=delay,
        dimension=dimensions[dimension_method],
        delays=delays,
        dimensions=dimensions,
        autocorrelation=correlation,
        mutual_information=information,
        false_neighbors=false_neighbors_curve(x, delay=delay, n_coordinates=most),
        e1=e1,
        e2=e2,
    )
