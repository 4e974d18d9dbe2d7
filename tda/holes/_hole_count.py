"""`HoleCount`: the holes found, their p-values, and notes on reliability."""

from __future__ import annotations

from copy import copy
from dataclasses import dataclass, field

import numpy as np

from .._html import barcode
from .._report import Report
from .._words import amount, degree_name, listed
from ..diagrams import Diagram
from ..homology import representative_cycle, rips_diagram
from ._correction import degree_shares
from ._notes import round_up
from ._null import UNTHINNED, null_quantile, null_size
from ._significance import Hole
from ._statistics import component_pieces

__all__ = ["HoleCount"]

CORRECTED = {
    "max": "corrected for all bars and",
    "holm": "corrected for all bars, by Holm, and",
    "fdr_bh": "of the false discovery rate of all bars, corrected for",
    None: "of single bars, corrected for",
}


@dataclass(frozen=True, eq=False)
class HoleCount(Report):
    """What `count_holes` found; prints as a verdict and a table of the holes.

    Attributes
    ----------
    betti : tuple of int
        Number of significant holes in degree 0, 1, …: components, loops, voids.
    holes : tuple of Hole
        The significant ones, by degree, then by ratio. The eldest component is not among
        them, since it is there for certain.
    candidates : tuple of Hole
        The bars of largest ratio of each degree, significant or not.
    thresholds : dict
        For each degree k >= 1 the ratio from which on a bar is significant by its ratio alone. Of
        a cloud a loop is judged by the points on its cycle too: one of many points is significant
        from a smaller ratio on, one of few from a larger.
    notes : tuple of str
        What to know before believing the count.
    complex, dimension, level, method, n_points, n_landmarks, covering_radius :
        How it was computed; `dimension` is the intrinsic dimension of the null, `n_points`
        the number of distinct points (of more than a million that of all rows), `n_landmarks` that
        of the points of the complex. Every point of the cloud is within `covering_radius` of a
        landmark.
    error_bound : float
        By so much at most loops and voids of all points are born and die earlier than those of the
        landmarks (`tda.landmarks` has the proof); 0 if all points were taken.
    n_left_out : int
        Strays that were left out, with `trim`.
    thinning : tuple of pairs
        Shares of the landmarks, and how many points each of these stands for.
    diagram : Diagram
    points : ndarray of shape (n_landmarks, n_coordinates), or None
        The points of the complex, for drawing; None for a distance matrix.
    on_sphere : bool
        Whether the points are directions, of the metrics "cosine" and "correlation".
    correction : str or None
        For how many bars p-values were corrected.
    labels : int array of shape (n_rows,), or None
        The component of every row that was given, 0 the largest; strays belong to the component
        that single linkage joins them to. ``plot_cloud(X, color=count.labels)`` shows them. None
        where only a sample of the rows was taken.
    """

    betti: tuple
    holes: tuple
    candidates: tuple
    thresholds: dict
    notes: tuple
    complex: str
    dimension: float
    level: float
    method: str
    n_points: int
    n_landmarks: int
    covering_radius: float
    diagram: Diagram = field(repr=False)
    error_bound: float = 0.0
    n_left_out: int = 0
    thinning: tuple = field(repr=False, default=UNTHINNED)
    points: np.ndarray | None = field(repr=False, default=None)
    on_sphere: bool = False
    correction: str | None = "max"
    labels: np.ndarray | None = field(repr=False, default=None)

    @property
    def verdict(self):
        """The count in words."""
        found = listed(amount(n, k) for k, n in enumerate(self.betti))
        return f"{found}, at level {self.level:g}."

    def points_needed(self, degree, rank=1):
        """About how many points the `rank`-th strongest bar would need to be significant.

        Births shrink as ``n ** (-1 / dimension)`` while deaths stay, if the hole is real; the
        threshold rises slowly. Returns the present number if it is significant already, and
        None if there is no such bar or ten million points would not do. A bar of noise has a value
        too: it does not mean that the hole exists.

        Examples
        --------
        >>> from tda import count_holes
        >>> from tda.datasets import make_torus
        >>> count = count_holes(make_torus(200, random_state=0))
        >>> count.betti[2], 250 < count.points_needed(2) < 4000
        (0, True)
        """
        bars = [hole for hole in self.candidates if hole.degree == degree]
        if degree < 1 or len(bars) < rank:
            return None
        ratio = bars[rank - 1].ratio
        dimension = min(max(self.dimension, degree), degree + 1)
        if bars[rank - 1].p_value <= self.level:
            return self.n_landmarks
        for n in self.n_landmarks * np.geomspace(1, 1e7 / self.n_landmarks, 400):
            needed = self.threshold(degree, n)
            if ratio * (n / self.n_landmarks) ** (1 / dimension) >= needed:
                return self.n_landmarks if n == self.n_landmarks else round_up(n)
        return None

    def threshold(self, degree, n):
        """The ratio from which on a bar of `degree` would be significant among `n` points.

        By its ratio alone: of a loop of many points less is enough.
        """
        return null_quantile(
            self.level * degree_shares(len(self.betti))[degree],
            complex=self.complex,
            degree=degree,
            dimension=max(self.dimension, degree + 1),
            n=null_size(n, self.on_sphere),
            thinning=self.thinning,
        )

    def cycle(self, hole, *, how="birth"):
        """Points of `points` that show a hole, as indices.

        Where a large cloud was thinned, `points` are its landmarks.

        Parameters
        ----------
        hole : Hole
            One of `holes` or `candidates`.
        how : {"birth", "tight", "volume"}, default="birth"
            Which cycle of a loop or a void, as in `tda.representative_cycle`: "tight" is the
            shortest loop around the hole.

        Returns
        -------
        ndarray of int64
            For a component shape (m,), its members in ascending order: every point belongs to
            one significant component or to the eldest, as single linkage joins them up to the
            edges that end the significant ones. For a loop shape (m,), a closed path in order,
            and for a void shape (m, 3), the triangles around it: see `tda.representative_cycle`.
            With "volume" a loop has shape (m, 2), edges.

        Raises
        ------
        ValueError
            If the count is of a distance matrix, or of a component of the whole cloud that is no
            bar of the thinned diagram.

        Examples
        --------
        >>> from tda import count_holes
        >>> from tda.datasets import make_blobs
        >>> count = count_holes(make_blobs(300, random_state=0))
        >>> [len(count.cycle(hole)) for hole in count.holes if hole.degree == 0]
        [115, 94]
        """
        if not isinstance(hole, Hole):
            raise ValueError(
                f"hole={hole!r}, but this takes one of count.holes or count.candidates."
            )
        if self.points is None:
            raise ValueError("a distance matrix has no points to draw a cycle on.")
        if hole.bar is None:
            raise ValueError(
                "this component is one of the whole cloud and no bar of the thinned diagram: "
                "count with n_landmarks=None to draw it."
            )
        if hole.degree == 0:
            return self._members(hole)
        return representative_cycle(self.points, self._with_simplices(), hole.bar, how=how)

    def _members(self, hole):
        """The points of a component, separated from those of every significant component."""
        shown = [other for other in self.holes if other.degree == 0]
        shown = shown if hole in shown else [*shown, hole]
        scale = 0.5 if self.complex == "alpha" else 1.0  # the unit of the diagram

        def chosen(births, deaths):
            free, found = np.ones(births.size, dtype=bool), []
            for other in shown:
                off = np.abs(scale * births - other.birth) + np.abs(scale * deaths - other.death)
                found.append(int(np.argmin(np.where(free, off, np.inf))))
                free[found[-1]] = False
            return np.array(found)

        return component_pieces(self.points, chosen)[shown.index(hole)]

    def _with_simplices(self):
        if self.diagram.birth_simplices is not None:
            own = copy(self.diagram)
            own.error_bound = 0.0  # `points` are the landmarks, of which it is the diagram itself
            return own
        # Counting over other fields leaves out the simplices, which take all the memory.
        return rips_diagram(
            self.points,
            max_dimension=self.diagram.max_dimension,
            field=self.diagram.field,
            representatives=True,
        )

    _names = ("hole",)

    def _rows(self):
        return [{"hole": degree_name(hole.degree, 1), **vars(hole)} for hole in self.holes]

    def _keys(self):
        return ["hole", *Hole.__dataclass_fields__]

    def _columns(self):
        return {
            "hole": ("hole", "s"),
            "birth": ("birth", ".4g"),
            "death": ("death", ".4g"),
            "ratio": ("ratio", ".2f"),
            "p-value": ("p_value", ".2g"),
        }

    def _figure(self):
        strong = np.isin(
            np.arange(len(self.diagram)), [hole.bar for hole in self.holes if hole.bar is not None]
        )
        return barcode(self.diagram.births, self.diagram.deaths, self.diagram.dims, strong=strong)

    def _below(self):
        unit = f"birth and death: {self.diagram.unit}; " if self.holes else ""
        tested = (
            f"{unit}{self.complex} complex of {self.n_landmarks:,} distinct point"
            f"{'s' * (self.n_landmarks != 1)}, dimension about {self.dimension:.1f}, p-values "
            f"{CORRECTED[self.correction]} {len(self.betti)} degree{'s' * (len(self.betti) > 1)}"
        )
        return "\n".join([tested, *(f"note: {note}" for note in self.notes)])
