"""Where the dimension does not depend on the scale, with or without noise on top."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

__all__ = ["Plateau", "find_plateau"]

# What half and twice of each constant change: benchmarks/thresholds.py.

#: Stands for the logarithm of the infinite dimension of tied distances.
#: Any value above that of all data would do: exp(100) dimensions are none.
TIED = 100.0
#: A plateau reaches over so many times its first scale, in neighbours.
#: Doubled, noise is no longer found on two clouds of 64; halved, a lattice seems noisy.
SPAN = 4
#: The curve may leave its line by so much (in logarithms), and twice its own deviation.
#: Halved or doubled, at most 2 answers of 66 change.
FLAT = 0.04
#: A range is not flat if its line changes by more each time the neighbours double; half of it
#: where the curve has come down to the range.
#: Halved or doubled, at most 2 answers of 66 change, none of one dimension.
STEEPEST = 0.05
#: Means over scales agree if they differ by no more of their standard deviations.
#: Halved, two numbers of 64 become wrong; doubled, three more intervals miss the truth.
AGREE = 1.0
#: Chosen by the data, such means spread by so much more than means of fixed scales, as measured on
#: balls, spheres, cubes and Gaussians of 1 to 20 dimensions and 150 to 1,000 points.
#: Without it (halved, 0.7), 8 intervals of 66 miss the truth that hold it.
CHOSEN = 1.4
#: Noise is looked for only where it multiplies the dimension by so much at the finest scale,
#: and the second, smaller, where the curve comes all the way down.
#: Doubled, noise on a swiss roll is not found; halved, nothing changes.
NOISY = 3.0
#: Halved to 1, which asks for nothing, a cloud of two parts seems noisy; doubled, nothing changes.
NOISY_IF_ARRIVED = 2.0
#: Not what rounding makes of none: so small a share of the squared distance is no noise.
#: Root of the precision of numbers (1.5e-8), in which squares of distances are lost.
ROUNDING = 1e-8
#: And where the constant that it adds to squares stays within this factor from scale to scale.
#: Its root and its square change no answer of 66.
STEADY = 1.5


class Plateau(NamedTuple):
    """A range of scales of one dimension.

    Attributes
    ----------
    first, last : int
        Indices into the scales, both included.
    weights : array of shape (n_scales,)
        The logarithm of the dimension is the mean of those of the curve with these weights, over
        the finest scales of the plateau that agree. Zero where noise was taken off.
    log_dimension : float
    deviation : float
        Standard deviation of `log_dimension`.
    noise : float
        The radius of the noise, 0 on a flat plateau: distances are the root of the sum of the
        true one's square and that of this.
    """

    first: int
    last: int
    weights: np.ndarray
    log_dimension: float
    deviation: float
    noise: float


def find_plateau(curve, deviations, scales, radii):
    """The range of scales at which the data has one dimension, or None.

    The best case is a flat range that begins at the finest scale. Otherwise noise may hide the
    plateau at fine scales. Then the plateau is the longest flat range to which the curve falls, or
    a range in which it falls by the law of noise. A range to which the curve rises is no plateau,
    since folded data seem to have more dimensions at large scales.

    Parameters
    ----------
    curve, deviations : array of shape (n_scales,)
        Logarithms of the dimension, and their standard deviations.
    scales : array of shape (n_scales,)
        Neighbours, rising.
    radii : array of shape (n_scales,)
        Distances at which each scale looks.

    Returns
    -------
    Plateau or None

    Notes
    -----
    Isotropic noise in many directions adds a constant c to all squared distances, so that
    k ~ (r**2 - c) ** (d / 2) and the apparent dimension, the derivative of log k by log r, is
    D(r) = d / (1 - c / r**2): 1 / D is linear in 1 / r**2, and 1 / d where the line ends.
    """
    curve = np.where(np.isfinite(curve), curve, TIED)  # no plateau reaches over it
    if (finest := _flat_from(0, curve, deviations, scales, STEEPEST)) is not None:
        return finest
    if (under := _under_noise(curve, deviations, scales, radii)) is not None:
        return under
    flat = [
        _flat_from(first, curve, deviations, scales, STEEPEST / 2)
        for first in range(1, len(scales))
    ]
    fallen = [p for p in flat if p is not None and p.log_dimension < curve[0]]
    return max(fallen, key=lambda p: _octaves(p, scales), default=None)


def _octaves(plateau, scales):
    return round(np.log2(scales[plateau.last] / scales[plateau.first]), 6)


def _flat_from(first, curve, deviations, scales, steepest):
    """The longest flat range that begins at one scale."""
    best = None
    for last in range(first + 1, len(scales)):
        inside = slice(first, last + 1)
        octaves = np.log2(scales[inside] / scales[first])
        variances = deviations[inside] ** 2
        slope, level = np.polyfit(octaves, curve[inside], 1, w=variances**-0.5)
        left = np.abs(curve[inside] - level - slope * octaves)
        if (left > FLAT + 2 * deviations[inside]).any():
            break
        if octaves[-1] >= np.log2(SPAN) and abs(slope) <= steepest:
            best = last
    if best is None:
        return None
    weights, deviation = _finest_mean(first, best, curve, deviations)
    return Plateau(first, best, weights, float(weights @ curve), deviation, 0.0)


def _finest_mean(first, last, curve, deviations):
    """Weights of the mean over as many scales as agree with the finest.

    Coarser scales vary less but see more of curvature and density; they are taken in as long as
    the mean stays near all those of fewer scales (Lepski's rule).
    """
    means, errors = [], []
    for end in range(first, last + 1):
        # Scales overlap, so that from the second on each counts half.
        precisions = deviations[first : end + 1] ** -2.0 / (1 if end == first else 2)
        mean = precisions @ curve[first : end + 1] / precisions.sum()
        if any(abs(mean - m) > AGREE * e for m, e in zip(means, errors, strict=True)):
            break
        means.append(mean)
        errors.append(precisions.sum() ** -0.5)
    n = len(means)
    weights = np.zeros(len(curve))
    weights[first : first + n] = deviations[first : first + n] ** -2.0
    return weights / weights.sum(), CHOSEN * float(errors[-1])


def _under_noise(curve, deviations, scales, radii):
    """The longest run of windows of scales that agree on one dimension under noise."""
    windows = list(_noise_windows(curve, scales, radii))
    best = None
    for i in range(len(windows)):
        for j in range(i + 1, len(windows)):
            run = windows[i : j + 1]
            if None in run:
                break
            if scales[j] < np.sqrt(SPAN) * scales[i] or not _is_noise(run, curve):
                continue
            if best is None or len(run) >= len(best):  # the coarser of equal ones
                best = run
    if best is None:
        return None
    logs = np.array([window.log_dimension for window in best])
    first, last = best[0].first, best[-1].last
    deviation = np.hypot(np.ptp(logs) / 2, deviations[first : last + 1].max())
    noise = float(np.sqrt(np.median([window.constant for window in best])))
    nothing = np.zeros(len(curve))
    return Plateau(first, last, nothing, float(logs.mean()), float(deviation), noise)


class _Window(NamedTuple):
    first: int
    last: int
    log_dimension: float
    constant: float


def _noise_windows(curve, scales, radii):
    """For each window of scales the line of 1 / D in 1 / r**2, or None where it rises."""
    for first in range(len(scales)):
        last = int(np.searchsorted(scales, SPAN * scales[first]))
        if last >= len(scales):
            return
        inside = slice(first, last + 1)
        if curve[inside].max() == TIED:
            yield None
            continue
        inverse = np.exp(-curve[inside])
        # Errors of 1 / D are in proportion to it.
        terms = np.column_stack([np.ones(last - first + 1), radii[inside] ** -2.0])
        a, b = np.linalg.lstsq(terms / inverse[:, None], np.ones(len(terms)), rcond=None)[0]
        # On a level curve b is rounding, of either sign.
        falls = a > 0 and -b > ROUNDING * a * radii[first] ** 2
        yield _Window(first, last, -np.log(a), -b / a) if falls else None


def _is_noise(run, curve):
    """Whether windows agree, and noise is large enough to distinguish from uneven density."""
    logs = np.array([window.log_dimension for window in run])
    constants = [window.constant for window in run]
    if np.ptp(logs) > 3 * FLAT or max(constants) > STEADY * min(constants):
        return False
    fall = curve[0] - logs.mean()
    arrived = curve[run[-1].last] - logs.mean() < 3 * FLAT
    return fall > np.log(NOISY) or (fall > np.log(NOISY_IF_ARRIVED) and arrived)
