"""The longest loop of the sliding windows of whitened series, period by period."""

from __future__ import annotations

import numpy as np

__all__ = ["MOST_PARTS", "candidate_periods", "found_period", "score_curves", "window_cloud"]

#: Periods in a window: enough to average noise, few enough for a period that drifts.
N_PERIODS = 3
#: Parts that a window is averaged in, four a period.
MOST_PARTS = 12
#: Windows of a cloud.
N_POINTS = 100
#: Each candidate is so many times the one before: windows still fit a tenth off.
RATIO = 1.2
#: Four steps are the fewest that go around a hole; four cycles the fewest that say "again".
FEWEST_STEPS = FEWEST_CYCLES = 4
#: Parts of golden ratio: moves positions off any multiple of a period.
GOLDEN = 0.6180339887498949


def candidate_periods(n_times, min_period=None, max_period=None):
    """Periods to try, in steps."""
    low, high = float(FEWEST_STEPS), n_times / FEWEST_CYCLES
    least = low if min_period is None else max(float(min_period), low)
    most = high if max_period is None else min(float(max_period), high)
    if not least <= most:
        raise ValueError(
            f"min_period={min_period!r} and max_period={max_period!r} leave nothing to try: "
            f"periods of {low:g} to {high:.4g} steps can be found in {n_times} values."
        )
    n = int(np.floor(np.log(most / least) / np.log(RATIO) * (1 + 1e-12))) + 1
    return least * RATIO ** np.arange(n)


def window_cloud(series, period, n_points=N_POINTS):
    """Windows of `N_PERIODS` periods, averaged in parts and centred: (n_series, n_points, parts).

    All clouds have mean 0 and mean square radius 1, or are zeros.
    """
    edges = _edges(period)
    last = series.shape[1] - edges[-1]
    n = min(n_points, last + 1)
    i = np.arange(n)
    starts = np.floor((i + i * GOLDEN % 1) * (last + 1) / n).astype(int)
    clouds = _windows(series, edges, starts)
    clouds -= clouds.mean(axis=1, keepdims=True)
    radii = np.sqrt((clouds**2).sum(axis=2).mean(axis=1))
    return clouds / np.where(radii > 1e-12, radii, 1.0)[:, None, None]


def _edges(period):
    """The bounds of the parts of a window, in steps: each part has at least one step."""
    length = round(N_PERIODS * period)
    parts = min(MOST_PARTS, length)
    return np.rint(np.arange(parts + 1) * length / parts).astype(int)


def _windows(series, edges, starts):
    """Scaled means over the parts of each window, less the mean of the window."""
    sums = np.zeros((series.shape[0], series.shape[1] + 1))
    np.cumsum(series, axis=1, out=sums[:, 1:])
    # Divided by roots, so that white noise has the same variance in parts of any length.
    parts = np.diff(sums[:, starts[:, None] + edges], axis=2) / np.sqrt(np.diff(edges))
    return parts - parts.mean(axis=2, keepdims=True)


def score_curves(series, periods):
    """Score of each series at each period: the longest lifetime of a loop, 1 for a circle."""
    from .._kernels.rips_many import rips_many

    scores = np.zeros((len(series), len(periods)))
    for k, period in enumerate(periods):
        clouds = window_cloud(series, period)
        n_series, n, parts = clouds.shape
        starts = n * np.arange(n_series + 1)
        births, deaths, dims, offsets = rips_many(clouds.reshape(-1, parts), starts, 1, np.inf)
        # The bar of the component that lives on makes every stretch of the arrays one long.
        lifetimes = np.where(dims == 1, deaths - births, 0.0)
        scores[:, k] = np.maximum.reduceat(lifetimes, offsets[:-1]) / np.sqrt(3)
    return scores


def found_period(white, starts, least, most):
    """The period by how fast windows go around, in steps.

    From each of the rough periods `starts` it is followed to where windows of that length go
    around once in it. The one whose windows are largest is taken.
    """
    found = [_followed(white, period, least, most) for period in starts]
    return max(found)[1]


def _followed(white, period, least, most):
    """The mean power of the windows, and their period."""
    power = 0.0
    for _ in range(40):
        edges = _edges(period)
        lag = max(1, round(period / FEWEST_STEPS))
        last = len(white) - edges[-1]
        if last <= lag:
            break
        windows = _windows(white[None], edges, np.arange(last + 1))[0]
        middles = (edges[1:] + edges[:-1]) / 2
        turning = windows @ np.exp(-2j * np.pi * middles / period)
        power = float((np.abs(turning) ** 2).mean())
        angle = float(np.angle((turning[lag:] * turning[:-lag].conj()).sum()))
        if angle <= 0:
            break
        before, period = period, float(np.clip(2 * np.pi * lag / angle, least, most))
        if abs(period - before) < 1e-4 * period:
            break
    return power, period
