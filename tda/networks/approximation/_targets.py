"""Target functions of known smoothness, and the rates that theory gives for them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from numbers import Integral
from typing import NamedTuple

import numpy as np

__all__ = ["TARGETS", "ApproximationTarget", "KnownRate", "approximation_target", "known_rates"]

TARGETS = ("gaussian", "wave", "clipped", "cone", "cut")


@dataclass(frozen=True)
class ApproximationTarget:
    """A function on the cube [-1, 1]^n_features, with its known properties.

    Attributes
    ----------
    name : str
    kind : {"smooth", "kinked", "discontinuous"}
    n_features : int
    formula : str
    function : callable
        Takes (n, n_features), gives (n,).
    barron_norm : float
        Barron's constant of the cube: the mean of sup ``|ω·x|`` over the cube under the magnitude
        of the Fourier transform, that is of the 1-norm of the frequency. inf if there is none,
        NaN if unknown.
    second_derivative : callable or None
        Of one variable, without the jumps; None in more dimensions.
    """

    name: str
    kind: str
    n_features: int
    formula: str
    function: Callable = field(repr=False)
    barron_norm: float = np.nan
    second_derivative: Callable | None = field(repr=False, default=None)

    def __call__(self, X):
        return self.function(X)

    def barron_bound(self, widths, activation="relu"):
        """Barron's bound of the L2 error, of shape (n_widths,): 2C/√width.

        The bound is for sigmoidal units. A step is the limit of two rectifiers, so that two
        rectifiers count as one unit.

        References
        ----------
        .. [1] A. R. Barron, "Universal approximation bounds for superpositions of a sigmoidal
           function", IEEE Trans. Inf. Theory 39:930-945, 1993.
        """
        widths = np.asarray(widths)
        units = widths // 2 if activation == "relu" else widths
        with np.errstate(divide="ignore"):
            return 2 * self.barron_norm / np.sqrt(units)

    def spline_constants(self):
        """The least errors of n line segments, times n², as n grows: in L2 and in sup norm.

        For one variable: √(1/720) ‖f″‖_{2/5} and (1/16) ‖f″‖_{1/2} on an interval of length 1.

        Returns
        -------
        (float, float), NaN if there are none

        References
        ----------
        .. [1] D. L. Barrow, P. W. Smith, "Asymptotic properties of best L2[0, 1] approximation by
           splines with variable knots", Quart. Appl. Math. 36:293-304, 1978.
        """
        if self.second_derivative is None:
            return np.nan, np.nan
        middles = (np.arange(100_000) + 0.5) / 50_000 - 1
        bent = np.abs(4 * self.second_derivative(middles))  # the interval has length 2
        of_l2 = np.sqrt(1 / 720) * (bent**0.4).mean() ** 2.5
        return float(of_l2), float((bent**0.5).mean() ** 2 / 16)


def approximation_target(name, n_features=1):
    """A function of known smoothness on the cube [-1, 1]^n_features.

    Parameters
    ----------
    name : {"gaussian", "wave", "clipped", "cone", "cut"}
        - ``"gaussian"``: exp(−|x|²/4), smooth, Barron norm d/√π;
        - ``"wave"``: cos(π m/2) of the mean m of the coordinates, smooth and a function of one
          direction, Barron norm π/2;
        - ``"clipped"``: the Gaussian, constant outside the ball of radius √(d/3), where it has
          a kink;
        - ``"cone"``: \\|x|, with a kink at the origin; in two or more dimensions, since in one
          dimension two rectifiers are equal to it;
        - ``"cut"``: the Gaussian, zero outside that ball: a jump.
    n_features : int, default=1
        The dimension d.

    Returns
    -------
    ApproximationTarget

    Notes
    -----
    On an interval the smooth ones have no inflection, around which fewer line segments are
    needed: rates as width grows then hold from a handful of units on.

    Examples
    --------
    >>> from tda.networks import approximation_target
    >>> wave = approximation_target("wave", 2)
    >>> wave([[0.0, 0.0]]), round(wave.barron_norm, 3)
    (array([1.]), 1.571)
    """
    if not isinstance(n_features, Integral) or n_features < 1:
        raise ValueError(f"n_features={n_features!r}; it must be an integer from 1 on.")
    d = int(n_features)
    radius = np.sqrt(d / 3)

    def distance(X):
        return np.linalg.norm(np.asarray(X, dtype=float), axis=1)

    def gaussian(X):
        return np.exp(-(distance(X) ** 2) / 4)

    def wave(X):
        return np.cos(np.pi / 2 * np.mean(X, axis=1))

    def clipped(X):
        return np.maximum(gaussian(X), np.exp(-(radius**2) / 4))

    def cut(X):
        return np.where(distance(X) <= radius, gaussian(X), 0.0)

    def bent(x):
        return (x**2 / 4 - 0.5) * np.exp(-(x**2) / 4)

    def bent_inside(x):
        return np.where(np.abs(x) <= radius, bent(x), 0.0)

    known = {
        "gaussian": ("smooth", "exp(-|x|²/4)", gaussian, d / np.sqrt(np.pi), bent),
        "wave": (
            "smooth",
            "cos(π/2 · mean of x)",
            wave,
            np.pi / 2,
            lambda x: -((np.pi / 2) ** 2) * np.cos(np.pi / 2 * x),
        ),
        "clipped": ("kinked", "max(exp(-|x|²/4), c)", clipped, np.nan, bent_inside),
        "cone": ("kinked", "|x|", distance, np.nan, None),
        "cut": ("discontinuous", "exp(-|x|²/4) in a ball, else 0", cut, np.inf, bent_inside),
    }
    if name not in known:
        raise ValueError(f"name={name!r} is none of {', '.join(TARGETS)}.")
    if name == "cone" and d == 1:
        raise ValueError(
            "of one variable the cone |x| is equal to two rectifiers: take n_features=2 or more, "
            'or "clipped" for a kink in one dimension.'
        )
    kind, formula, function, norm, second = known[name]
    return ApproximationTarget(name, kind, d, formula, function, norm, second if d == 1 else None)


class KnownRate(NamedTuple):
    """What is proved about the exponent r of error ~ width^-r.

    Attributes
    ----------
    low : float
        The best network's error falls at least so fast; NaN if nothing is known.
    high : float
        No network's error falls faster; NaN if nothing is known.
    source : str
    """

    low: float
    high: float
    source: str

    @property
    def is_exact(self):
        """Whether both bounds are the same."""
        return self.low == self.high

    def __str__(self):
        if self.is_exact:
            return f"{self.low:.3g}"
        low = "" if np.isnan(self.low) else f"at least {self.low:.3g}"
        high = "" if np.isnan(self.high) else f"at most {self.high:.3g}"
        return ", ".join(filter(None, (low, high))) or "unknown"


UNKNOWN = KnownRate(np.nan, np.nan, "")
SPLINES = "free knots (Barrow & Smith 1978)"
LINES = "at most one kink a unit on every line (Barrow & Smith 1978)"
GREEDY = "the convex hull of rectifiers (Siegel & Xu 2022)"
SOBOLEV = "Sobolev spaces (Mao, Siegel & Xu 2024)"
ZONOIDS = "zonoids (Siegel 2023)"
FIXED = "knots that do not know the target (de Boor 1978)"
FEATURES = "random features (Rahimi & Recht 2008)"
BARRON = "Barron (1993)"
JUMP = "a continuous function misses half of a jump"


def known_rates(target, method="adaptive", activation="relu"):
    """The exponents that are proved for a target, in L2 and in sup norm.

    Parameters
    ----------
    target : ApproximationTarget
    method : {"adaptive", "greedy", "random"}, default="adaptive"
        How the hidden layer is chosen. The bounds for "adaptive" are those of the best network of
        that width.
    activation : {"relu", "tanh"}, default="relu"

    Returns
    -------
    dict with KnownRate under "l2" and "sup"

    Notes
    -----
    For rectifiers in d dimensions:

    - In one dimension a network is a line with as many corners as it has units. For a function
      that is twice differentiable but for kinks and jumps, the best corners give an L2 error of
      exactly the order width^-2 [1]_; corners at random places give 2 if it is smooth, 3/2 if it
      has kinks, 1/2 if it has jumps [7]_.
    - On any line through the cube there are at most as many kinks as units, so that for no
      curved function of any dimension the error falls faster than width^-2.
    - It falls at least as width^-(1/2 + 3/(2d)) for functions in the closed convex hull of
      rectifiers, a smooth one among them, in L2 [2]_ and in sup norm [4]_; for the cone, whose
      approximation is that of a ball by zonotopes, as width^-(1/2 + 3/(2(d - 1))) in both [4]_.
      A fit that is best in L2 need not have the rate in sup norm.
    - It falls as width^-(s/d) in L2 for functions with s derivatives there, s up to
      (d + 3)/2 [3]_: kinks leave any s below 3/2, jumps any below 1/2.
    - It falls as width^-1/2 in L2 for any function with a finite Barron norm and with any
      sigmoid [5]_, and for smooth ones with random units [6]_.

    References
    ----------
    .. [1] D. L. Barrow, P. W. Smith, "Asymptotic properties of best L2[0, 1] approximation by
       splines with variable knots", Quart. Appl. Math. 36:293-304, 1978.
    .. [2] J. W. Siegel, J. Xu, "Optimal convergence rates for the orthogonal greedy algorithm",
       IEEE Trans. Inf. Theory 68:3354-3361, 2022.
    .. [3] T. Mao, J. W. Siegel, J. Xu, "Approximation rates for shallow ReLU^k neural networks on
       Sobolev spaces via the Radon transform", arXiv 2408.10996, 2024.
    .. [4] J. W. Siegel, "Optimal approximation of zonoids and uniform approximation by shallow
       neural networks", arXiv 2307.15285, 2023.
    .. [5] A. R. Barron, "Universal approximation bounds for superpositions of a sigmoidal
       function", IEEE Trans. Inf. Theory 39:930-945, 1993.
    .. [6] A. Rahimi, B. Recht, "Uniform approximation of functions with random bases", Allerton
       Conference, 2008.
    .. [7] C. de Boor, "A practical guide to splines", 1978.

    Examples
    --------
    >>> from tda.networks import approximation_target, known_rates
    >>> print(known_rates(approximation_target("gaussian"))["l2"])
    2
    >>> print(known_rates(approximation_target("gaussian", 2))["l2"])
    at least 1.25, at most 2
    """
    sup = KnownRate(0.0, 0.0, JUMP) if target.kind == "discontinuous" else UNKNOWN
    if activation != "relu":
        barron = target.kind == "smooth" and method != "random"
        return {"l2": KnownRate(0.5, np.nan, BARRON) if barron else UNKNOWN, "sup": sup}
    if method == "random":
        return {"l2": _random_rate(target), "sup": sup}
    d, greedy = target.n_features, method == "greedy"
    if d == 1:
        # The cut Gaussian is in no convex hull, so that nothing is proved for the greedy method.
        low = np.nan if greedy and target.kind == "discontinuous" else 2.0
        if target.kind != "discontinuous":
            sup = KnownRate(np.nan if greedy else 2.0, 2.0, SPLINES)
        return {"l2": KnownRate(low, 2.0, SPLINES), "sup": sup}
    hull = min(2.0, 0.5 + 1.5 / d)
    low, source = {
        "gaussian": (hull, GREEDY),
        "wave": (hull, GREEDY) if greedy else (2.0, SPLINES),
        "cone": (hull, GREEDY) if greedy else (min(2.0, 0.5 + 1.5 / (d - 1)), ZONOIDS),
        "clipped": (np.nan, "") if greedy else (1.5 / d, SOBOLEV),
        "cut": (np.nan, "") if greedy else (0.5 / d, SOBOLEV),
    }[target.name]
    if target.kind != "discontinuous":
        known_in_sup = not greedy and target.name != "clipped"
        sup = KnownRate(low if known_in_sup else np.nan, 2.0, ZONOIDS if known_in_sup else LINES)
    both = "; ".join(dict.fromkeys(filter(None, (source, LINES))))
    return {"l2": KnownRate(low, 2.0, both), "sup": sup}


def _random_rate(target):
    if target.n_features == 1:
        rate = {"smooth": 2.0, "kinked": 1.5, "discontinuous": 0.5}[target.kind]
        return KnownRate(rate, rate, FIXED)
    return KnownRate(0.5, np.nan, FEATURES) if target.kind == "smooth" else UNKNOWN
