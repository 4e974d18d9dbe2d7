"""How far apart diagrams are within groups: what the tests of groups are made of."""

from __future__ import annotations

from functools import partial
from typing import NamedTuple

import numpy as np
from sklearn.utils import check_random_state

from ..._bars import check_degrees
from ..._units import in_range, unit_of
from .._pairwise import pairwise_distances
from ._permutations import check_permutations, p_value_of, permuted_values

#: What `statistic` may be.
STATISTICS = ("joint_loss", "pseudo_f")


class Comparison(NamedTuple):
    """What a permutation test of groups found; the fields are those of its reports."""

    statistic: float
    p_value: float
    n_permutations: int
    is_exact: bool
    r_squared: float
    effect_size: float
    permuted: np.ndarray


def check_exponent(exponent):
    if not exponent > 0 or not np.isfinite(exponent):
        raise ValueError(f"exponent={exponent!r}; it must be a positive number.")
    return float(exponent)


def finite_distances(diagrams, **options):
    """All distances, or ValueError where one is infinite or a degree was not computed."""
    require_degrees(diagrams, options.get("degrees"))
    distances = pairwise_distances(diagrams, **options)
    if not np.isfinite(distances).all():
        raise ValueError(
            "some distances are infinite, since the numbers of essential classes differ: pass "
            'essential="drop", or a metric that leaves them out.'
        )
    return distances


def require_degrees(diagrams, degrees):
    """Refuse degrees that no diagram was computed in, where all distances are 0."""
    asked = () if degrees is None else check_degrees(degrees, diagrams)
    if asked and min(asked) > diagrams.max_dimension:
        raise ValueError(
            f"degrees={degrees!r}, but the diagrams are of degrees 0 to {diagrams.max_dimension}: "
            "compute them with a larger max_dimension."
        )


def metric_name(metric):
    return metric if isinstance(metric, str) else getattr(metric, "__name__", "own")


def compare(
    distances,
    codes,
    *,
    blocks=None,
    statistic="joint_loss",
    exponent=2.0,
    n_permutations=999,
    random_state=None,
    n_jobs=None,
    label=None,
):
    """A `Comparison` of the groups that the codes 0, 1, … mark, from distances of all pairs."""
    n_permutations, exponent = check_permutations(n_permutations), check_exponent(exponent)
    # In a unit of the distances, so that no power of them is lost.
    unit = unit_of(distances.max())
    powers = (distances / unit) ** exponent
    sizes = np.bincount(codes)
    n, k = len(codes), len(sizes)
    losses = partial(weighted_sums, powers, weights_of(sizes, statistic))
    given = float(losses(codes[None])[0])
    values, is_exact = permuted_values(
        losses,
        codes,
        blocks=blocks,
        n_permutations=n_permutations,
        rng=check_random_state(random_state),
        n_jobs=n_jobs,
        label=label,
    )
    # The less is lost within the groups, the farther they are apart.
    p_value = p_value_of(-values, -given, is_exact, tolerance=1e-9 * given)
    total = powers.sum() / (2 * n)
    within = float(weighted_sums(powers, weights_of(sizes, "pseudo_f"), codes[None])[0])
    if statistic == "pseudo_f":
        given, values = (pseudo_f(w, total, n, k) for w in (given, values))
    else:
        given, values = (in_range(w, unit, exponent) for w in (given, values))
    return Comparison(
        float(given),
        p_value,
        len(values),
        is_exact,
        float(1 - within / total) if total else 0.0,
        float(1 - (within / (n - k)) / (total / (n - 1))) if total and n > k else 0.0,
        values,
    )


def weights_of(sizes, statistic):
    """What the sum over the pairs of a group is multiplied by."""
    sizes = np.asarray(sizes, dtype=float)
    if statistic == "joint_loss":
        return 1 / (2 * sizes * (sizes - 1))
    return 1 / (2 * sizes)


def weighted_sums(powers, weights, rows):
    """For each row of codes the sum over pairs within a group, times the weight of the group."""
    losses = np.zeros(len(rows))
    for code, weight in enumerate(weights):
        group = (rows == code).astype(float)
        losses += weight * ((group @ powers) * group).sum(axis=1)
    return losses


def pseudo_f(within, total, n, k):
    """How much the groups explain, over what they leave, each by its degrees of freedom."""
    between = np.maximum(total - within, 0.0) / (k - 1)
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = between / (within / (n - k))
    return np.where(between == 0, 0.0, ratio)


def effect_words(test):
    """How large a difference is, in words: the share of the dispersion, less that by chance."""
    return (
        f"the groups explain {test.r_squared:.1%} of the dispersion, "
        f"{test.effect_size:.1%} beyond chance"
    )
