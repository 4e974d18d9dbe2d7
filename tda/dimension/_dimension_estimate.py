"""`DimensionEstimate`: the dimension of one cloud, in numbers and in words."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .._html import curves
from .._report import Report

__all__ = ["DimensionEstimate"]

#: A curve without a plateau whose largest value is at most so many times the least is nearly flat.
NEARLY_FLAT = 1.2


@dataclass(frozen=True, eq=False)
class DimensionEstimate(Report):
    """The estimated dimension of one cloud; prints as a verdict and a table by scale.

    Attributes
    ----------
    dimension : float
        NaN if it cannot be estimated, since distances tie at all scales.
    rounded : int or None
    interval : (float, float)
        Of 95%; without a plateau from the least to the largest of the curve, and at least that
        of the finest scale.
    standard_error : float
    plateau : (float, float) or None
        The distances between which the dimension does not depend on the scale.
    noise : float
        The radius of noise that was taken off, in the unit of the cloud; 0 if none.
    scales : int array of shape (n_scales,)
        Neighbours: scale k compares the k-th with the 2k-th.
    radii : array of shape (n_scales,)
        Distances at which each scale looks.
    curve : array of shape (n_scales,)
        The calibrated dimension by scale, at most `most`.
    raw_curve : array of shape (n_scales,)
        TwoNN and Gride as they are.
    local : array of shape (n_points,)
        From few neighbours each, so that it may be above `most` by chance.
    shape_weights : dict of str to float
        How much the neighbour distances are like those of a ball, a sphere, a cube, a Gaussian.
    averaged : (float, float) or None
        The distances between which the dimension is a mean of the curve: the finest scales of
        the plateau that agree.
    most : int
        The largest possible estimate: the number of points less one, or the rank of the cloud.
    is_crowded : bool
        Whether the number of points bounds the dimension, which may be larger.
    tied_below : float
        Below this distance neighbours are equally far, and those scales are left out; 0 if none
        are.
    groups : tuple of Group
        Two where the dimensions at points have two peaks; each has a `dimension` and a `share`.
    metric_note : str or None
        Which distances were taken, where those that were named obey no triangle inequality.
    correction : float
        By what factor the calibrated dimension was changed, since neighbourhoods are bent or
        uneven; 1 if it was not.
    """

    dimension: float
    rounded: int | None
    interval: tuple
    standard_error: float
    plateau: tuple | None
    noise: float
    scales: np.ndarray
    radii: np.ndarray
    curve: np.ndarray
    raw_curve: np.ndarray
    local: np.ndarray
    shape_weights: dict
    averaged: tuple | None = None
    most: int = 0
    is_crowded: bool = False
    tied_below: float = 0.0
    groups: tuple = ()
    metric_note: str | None = None
    correction: float = 1.0

    @property
    def verdict(self):
        """The estimate in a sentence."""
        parts = (self._main(), self._ties(), self._two(), self.metric_note)
        words = "; ".join(part for part in parts if part)
        return f"{words[0].upper()}{words[1:]}."

    def _main(self):
        if self.dimension == 0:
            why = "there is one point" if len(self.local) == 1 else "all points are equal"
            return f"0 dimensions: {why}"
        if np.isnan(self.dimension):
            return (
                "no dimension can be estimated: at all scales that this many points have, the "
                f"neighbours of a point are equally far, as on a grid; it is at most {self.most}"
            )
        low, high = self.interval
        if self.is_crowded:
            return (
                f"too few points: {self.most + 1} points show at most {self.most} dimensions, and "
                "these look like as many or more"
            )
        mean = " on average" if self.groups else ""
        words = f"{self.dimension:.1f} dimensions{mean} (95%: {low:.1f} to {high:.1f})"
        if self.plateau is None:
            if len(self.scales) < 4:
                few = "scales beyond the ties" if self.tied_below else "points"
                return f"{words}, too few {few} for a curve over scales"
            least, largest = self.curve.min(), self.curve.max()
            if largest <= NEARLY_FLAT * least:
                return (
                    f"{words}, no plateau, but at all scales up to distance {self.radii[-1]:.3g} "
                    f"from {least:.1f} to {largest:.1f}"
                )
            return (
                "no plateau: the data has no single dimension at these scales; "
                f"from {self.curve[0]:.1f} among nearest neighbours to {self.curve[-1]:.1f} at "
                f"distance {self.radii[-1]:.3g}"
            )
        words += f", steady from distance {self.plateau[0]:.3g} to {self.plateau[1]:.3g}"
        if self.noise:
            words += f", after noise of radius {self.noise:.3g} is taken off"
        return words

    def _ties(self):
        if not self.tied_below or np.isnan(self.dimension):
            return ""
        return (
            f"scales below {self.tied_below:.3g} are left out, since neighbours there are equally "
            "far, as on a grid"
        )

    def _two(self):
        if not self.groups:
            return ""
        a, b = (f"{one.share:.0%} of {one.dimension:.1f}" for one in self.groups)
        return f"the points fall into two groups, {a} and {b} dimensions: look at single points"

    def _figure(self):
        series = {"calibrated": self.curve, "not calibrated": self.raw_curve}
        return curves(
            self.radii,
            series,
            x_label="distance",
            y_label="dimension",
            log_x=True,
            label="dimension",
        )

    _names = ("scale",)

    def _rows(self):
        curves = (self.scales, self.radii, self.curve, self.raw_curve)
        return [
            dict(zip(("scale", "distance", "dimension", "raw_dimension"), row, strict=True))
            for row in zip(*(curve.tolist() for curve in curves), strict=True)
        ]

    def _columns(self):
        return {
            "neighbours": ("scale", "d"),
            "distance": ("distance", ".3g"),
            "dimension": ("dimension", ".2f"),
            "not calibrated": ("raw_dimension", ".2f"),
        }
