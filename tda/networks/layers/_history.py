"""What a training looked like: loss, topology and dimension by epoch, and whether they agree.

`TrainingObserver` measures. Here are the rule of its early warning and the words of its verdict.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from scipy.ndimage import median_filter

from ..._html import curves
from ..._report import Report, plain
from ..._words import degree_name, listed

__all__ = ["Stall", "TrainingHistory", "find_stall"]

# What half and twice of each constant change: benchmarks/thresholds.py.

#: A distance has fallen if it is below this share of what it was.
#: At 0.95 and 0.8 no warning of seven trainings changes.
LEAST_FALL_OF_DISTANCE = 0.9
#: The loss falls if that much of its whole fall, and of its value, are yet to come.
#: Doubled, a stall half way is missed; halved, nothing changes.
LEAST_SHARE_OF_FALL = 1 / 3
#: Halved or doubled, no warning of seven trainings changes.
LEAST_SHARE_OF_LOSS = 1 / 5
#: Records for which the distance has to stand before anybody is warned. Chosen on half of 216
#: trainings as the least with at most 2.5% false alarms: benchmarks/early_warning.py.
PATIENCE = 7
#: Of a table that is longer no more rows than this are printed.
MOST_ROWS = 12


class Stall(NamedTuple):
    """A distance that stands while the loss falls: what the early warning is about.

    Attributes
    ----------
    degree : int
    since : int
        The epoch from which on the distance no longer fell.
    epoch : int
        The epoch at which that was to be seen, since the loss had fallen enough by then.
    fall : float
        By which share of itself the loss fell from `since` on.
    distance : float
        Its median from `since` on.
    floor : float
        How far two samples of the target are apart.
    """

    degree: int
    since: int
    epoch: int
    fall: float
    distance: float
    floor: float


def find_stall(losses, distances, floor):
    """Where a distance stopped falling while the loss went on, as indices, or None.

    This is the rule of the early warning. The distance stands still *since* a record if it never
    fell below 0.9 of its value there; the first such record counts. That is a warning if, from
    there on,

    - its median is beyond `floor`, so that it did not stop because it had arrived;
    - the loss still fell by a third of its whole fall (from the largest to the least of all
      records), and by a fifth of its value there; the first record at which it had, and at
      least seven records later, is when the warning could be given.

    Both curves are first smoothed by a running median of three, so that no single record decides,
    except the last.

    Parameters
    ----------
    losses, distances : arrays of shape (n_records,)
    floor : float
        What sampling alone does to the distance.

    Returns
    -------
    (since, known) : pair of int, or None

    Notes
    -----
    Often the loss falls first and the topology follows: an output that is still nearly a point
    has none. So a warning in the middle of training may be withdrawn later, while one at its
    end stands. A third of the whole fall is asked for since losses creep down for ever.

    Asked at every record while small autoencoders of closed curves were trained (widths, learning
    rates and seeds varied; the records to wait for were chosen on 108 other trainings), the rule
    warned in 1 of 51 that ended with the holes of the data, and in 54 of 57 that did not. Nearly
    all of these failed for want of width; of what failed otherwise it has seen little.

    Examples
    --------
    >>> import numpy as np
    >>> from tda.networks import find_stall
    >>> losses = np.geomspace(1, 0.1, 20)
    >>> find_stall(losses, np.full(20, 1.0), floor=0.2)
    (0, 7)
    >>> find_stall(losses, losses, floor=0.05) is None
    True
    """
    losses, distances = _smooth(losses), _smooth(distances)
    # The least of all that comes after, at each record.
    ahead = np.minimum.accumulate(distances[::-1])[::-1]
    since = int(np.argmax(ahead >= LEAST_FALL_OF_DISTANCE * distances))
    if np.median(distances[since:]) <= floor:
        return None
    fall = losses[since] - losses
    enough = max(LEAST_SHARE_OF_FALL * np.ptp(losses), LEAST_SHARE_OF_LOSS * abs(losses[since]))
    known = np.flatnonzero((fall >= enough) & (fall > 0))
    known = known[known >= since + PATIENCE]
    if not known.size or fall[-1] < enough:
        return None
    return since, int(known[0])


def _smooth(values):
    return median_filter(np.asarray(values, dtype=float), size=3, mode="nearest")


@dataclass(frozen=True, eq=False)
class TrainingHistory(Report):
    """What a `TrainingObserver` saw; prints as a verdict and a table.

    Attributes
    ----------
    epochs : int array of shape (n_records,)
    losses : array of shape (n_records,)
    distances : array of shape (n_records, n_degrees)
        Between the diagrams of output and target, 0 if they are equal, 1 if the output is as
        far from the target as a single point is.
    floor : array of shape (n_degrees,)
        The same between two samples of the target.
    dimensions : array of shape (n_records,)
        Intrinsic dimension of the output; NaN of fewer than eight distinct points.
    target_dimension : float
    degrees : tuple of int
    metric : {"bottleneck", "wasserstein"}
    layer : str or int
    """

    epochs: np.ndarray
    losses: np.ndarray
    distances: np.ndarray
    floor: np.ndarray
    dimensions: np.ndarray
    target_dimension: float
    degrees: tuple
    metric: str = "bottleneck"
    layer: object = "output"

    def __len__(self):
        return len(self.epochs)

    @property
    def stalls(self):
        """For each degree that stands while the loss falls a `Stall`; see `find_stall`."""
        if len(self) < 2:
            return ()
        found = []
        for k, floor, curve in zip(self.degrees, self.floor, self.distances.T, strict=True):
            stall = find_stall(self.losses, curve, floor)
            if stall is not None:
                since, known = stall
                losses = _smooth(self.losses)
                found.append(
                    Stall(
                        degree=k,
                        since=int(self.epochs[since]),
                        epoch=int(self.epochs[known]),
                        fall=float((losses[since] - losses[-1]) / abs(losses[since])),
                        distance=float(np.median(curve[since:])),
                        floor=float(floor),
                    )
                )
        return tuple(found)

    @property
    def is_warned(self):
        """Whether the loss falls and the topology does not, in some degree."""
        return bool(self.stalls)

    @property
    def arrivals(self):
        """For each degree the epoch from which on the distance is within sampling, or None."""
        found = []
        for floor, curve in zip(self.floor, self.distances.T, strict=True):
            outside = np.flatnonzero(_smooth(curve) > floor) if len(self) else np.zeros(0, int)
            first = outside[-1] + 1 if outside.size else 0
            found.append(int(self.epochs[first]) if first < len(self) else None)
        return tuple(found)

    @property
    def correlations(self):
        """For each degree Spearman's correlation of the distance with the loss."""
        from scipy.stats import rankdata

        found = []
        for curve in self.distances.T:
            a, b = rankdata(self.losses), rankdata(curve)
            varies = len(self) > 1 and np.ptp(a) > 0 and np.ptp(b) > 0
            found.append(float(np.corrcoef(a, b)[0, 1]) if varies else np.nan)
        return tuple(found)

    @property
    def verdict(self):
        """What it means, in words."""
        if len(self) < 2:
            return f"No result yet: {len(self)} record(s)."
        first, last = self.losses[0], _smooth(self.losses)[-1]
        if self.is_warned:
            said = (
                f"Early warning: the loss falls and the topology does not: {_stalled(self.stalls)}."
            )
        elif last > first - 0.05 * abs(first):
            said = f"The loss does not fall: {first:.3g} at first, {last:.3g} at last."
        else:
            said = self._together(first, last)
        return f"{said} {self._dimension_words()}"

    def _together(self, first, last):
        """The verdict if the loss falls without a warning."""
        falls = f"the loss from {first:.3g} to {last:.3g}"
        arrived = [epoch is not None for epoch in self.arrivals]
        if all(arrived):
            there = max(self.arrivals)
            return (
                f"Loss and topology fall together: {falls}, and from epoch {there} on the "
                f"output has the {listed(map(degree_name, self.degrees))} of the target, as nearly "
                "as two samples of it."
            )
        off, falling = [], True
        for k, curve, floor, at in zip(
            self.degrees, self.distances.T, self.floor, arrived, strict=True
        ):
            start, now = _smooth(curve)[[0, -1]]
            falling &= bool(at or now < LEAST_FALL_OF_DISTANCE * start)
            if not at:
                off.append(f"{degree_name(k)} are {now:.2f} off (two samples {floor:.2f})")
        if falling:
            return (
                f"Loss and topology fall together, {falls}, and are not there yet: {listed(off)}."
            )
        if len(self) <= PATIENCE:
            return f"Too early to say: {falls}, and {listed(off)}."
        return f"Little is learned: {falls}, which is too little for a warning, and {listed(off)}."

    def _dimension_words(self):
        target = f"the target {self.target_dimension:.1f}"
        if not np.isfinite(self.target_dimension):
            target = "the target is too small for one"
        if not np.isfinite(self.dimensions[-1]):
            return f"The output has too few distinct points for a dimension, {target}."
        return f"The output has {self.dimensions[-1]:.1f} dimensions, {target}."

    def to_dict(self):
        """The verdict and the numbers in plain types, ready for JSON.

        Returns
        -------
        dict
            Of str, int, float, bool, None, list and dict; distances and floor by degree.
        """
        return super().to_dict() | plain(
            {
                "is_warned": self.is_warned,
                "stalls": self.stalls,
                "arrivals": self.arrivals,
                "correlations": self.correlations,
                "distances": dict(zip(self.degrees, self.distances.T, strict=True)),
                "floor": dict(zip(self.degrees, self.floor, strict=True)),
            }
        )

    def _figure(self):
        return curves(
            self.epochs, {"loss": self.losses}, x_label="epoch", y_label="loss", log_y=True
        )

    _names = ("epoch",)

    def _rows(self):
        """A row per record."""
        columns = {"epoch": self.epochs, "loss": self.losses}
        for k, curve in zip(self.degrees, self.distances.T, strict=True):
            columns[f"distance_h{k}"] = curve
        columns["dimension"] = self.dimensions
        values = (column.tolist() for column in columns.values())
        return [dict(zip(columns, row, strict=True)) for row in zip(*values, strict=True)]

    def _columns(self):
        distances = {f"{degree_name(k)} off": (f"distance_h{k}", ".3f") for k in self.degrees}
        return {
            "epoch": ("epoch", "d"),
            "loss": ("loss", ".4g"),
            **distances,
            "dimension": ("dimension", ".2f"),
        }

    def _shown(self):
        """Of many records a dozen, evenly spread."""
        rows = self._rows()
        if len(rows) <= MOST_ROWS:
            return rows
        return [rows[i] for i in np.linspace(0, len(rows) - 1, MOST_ROWS).round().astype(int)]

    def _below(self):
        floors = zip(self.degrees, self.floor, strict=True)
        floors = listed(f"{degree_name(k)} {floor:.3f}" for k, floor in floors)
        dimension = ""
        if np.isfinite(self.target_dimension):
            dimension = f"; dimension of the target {self.target_dimension:.2f}"
        return (
            f"two samples of the target: {floors} off{dimension}\n"
            f"off: {self.metric} distance to the target's diagrams, 1 for a single point"
        )


def _stalled(stalls):
    """The stalls in words, those of the same epochs together."""
    groups = {}
    for stall in stalls:
        groups.setdefault((stall.since, stall.epoch, stall.fall), []).append(stall)
    parts = []
    for (since, epoch, fall), group in groups.items():
        off = [f"{s.distance:.2f} off (two samples {s.floor:.2f})" for s in group]
        names = [f"{degree_name(s.degree)}{' stayed' * (s is group[0])}" for s in group]
        stayed = listed(f"{name} {words}" for name, words in zip(names, off, strict=True))
        parts.append(
            f"from epoch {since} on the loss fell by {fall:.0%} while {stayed}, as was to be seen "
            f"from epoch {epoch} on"
        )
    return "; ".join(parts)
