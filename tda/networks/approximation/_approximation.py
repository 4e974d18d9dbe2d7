"""How the error of one hidden layer falls with its width."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np

from ..._html import curves
from ..._parallel import each
from ..._report import Report, Table
from ._data_curve import data_approximation
from ._one_layer import METHODS, fit_widths
from ._targets import TARGETS, ApproximationTarget, KnownRate, approximation_target, known_rates

__all__ = ["ApproximationCurve", "FittedRate", "approximation_curve"]

#: Points for each parameter of the widest network, and at least so many in all. On a line they
#: are even, and fewer do.
POINTS_A_PARAMETER = 32
POINTS_A_PARAMETER_ON_A_LINE = 16
MIN_POINTS = 4096

N_HELD_OUT = 2**15


class FittedRate(NamedTuple):
    """The exponent r of error ~ width^-r, from the slope of a line through the logarithms.

    Attributes
    ----------
    exponent : float
    standard_error : float
        The larger of two: from the scatter of the repeats' slopes, and from that of the mean
        curve about the line, which also sees that the curve is bent. NaN with two widths and
        one repeat.
    known : KnownRate
        What is proved.
    """

    exponent: float
    standard_error: float
    known: KnownRate

    @property
    def deviation(self):
        """The number of standard errors between the exponent and the proved bounds; 0 between
        them."""
        low, high = self.known.low, self.known.high
        outside = np.nanmax([0.0, low - self.exponent, self.exponent - high])
        return float(outside / self.standard_error) if outside > 0 else 0.0

    def __str__(self):
        return f"{self.exponent:.3f} ± {self.standard_error:.3f}"


@dataclass(frozen=True, eq=False)
class ApproximationCurve(Report):
    """Errors of one hidden layer by its width; prints as a verdict and a table.

    Attributes
    ----------
    widths : int array of shape (n_widths,)
    l2, sup : arrays of shape (n_repeats, n_widths)
        Root of the mean squared, and the largest error, on points that were not fitted.
    rate_l2, rate_sup : FittedRate
    target : ApproximationTarget
        Also of a plain callable, with nothing known about it.
    scale : float
        Standard deviation of the function: the error of a constant.
    method, activation : str
    n_points, n_held_out : int
    networks : tuple of DenseNetwork
        Of the first repeat, one per width.
    """

    widths: np.ndarray
    l2: np.ndarray
    sup: np.ndarray
    rate_l2: FittedRate
    rate_sup: FittedRate
    target: ApproximationTarget
    scale: float
    method: str
    activation: str
    n_points: int
    n_held_out: int
    networks: tuple = field(repr=False)

    @property
    def barron_bound(self):
        """Barron's bound of the L2 error at each width; NaN or inf where there is none."""
        return self.target.barron_bound(self.widths, self.activation)

    @property
    def best_possible(self):
        """The least L2 error of as many straight segments as units, where it is known, else NaN.

        It holds for rectifiers and one variable, as the width grows (see
        `ApproximationTarget.spline_constants`). A network may have one segment more than units,
        which matters at small widths.
        """
        constant = self.target.spline_constants()[0] if self.activation == "relu" else np.nan
        return constant / self.widths.astype(float) ** 2

    @property
    def resolution(self):
        """The L2 error due to jumps between neighbouring points, on a line; else NaN.

        A jump of height h may be anywhere between two points. As for a ramp, it adds h² (distance)
        / 6 to the mean squared error. The error is 0 if no step between neighbours is 30 times the
        median step.
        """
        if self.target.n_features > 1:
            return np.nan
        x = ((np.arange(self.n_points) + 0.5) / self.n_points * 2 - 1)[:, None]
        steps = np.abs(np.diff(self.target(x)))
        jumps = steps[steps > 30 * np.median(steps)]
        return float(np.sqrt((jumps**2).sum() / 6 / self.n_points))

    @property
    def is_limited(self):
        """Whether the number of points limits the error, not the width (see `resolution`)."""
        return bool(geometric_mean(self.l2).min() < 5 * self.resolution)

    @property
    def verdict(self):
        """The rate, compared with the known rates, in words."""
        rate = self.rate_l2
        said = f"The L2 error falls as width^-{rate}; proved: {rate.known}"
        said += f" ({rate.known.source})." if rate.known.source else "."
        if self.is_limited:
            said += (
                f" The jumps lie between {self.n_points:,} points: an error of "
                f"{self.resolution:.2g} is theirs, of whatever width."
            )
        return said

    def _figure(self):
        series = {"L2": np.median(self.l2, axis=0), "sup": np.median(self.sup, axis=0)}
        return curves(
            self.widths, series, x_label="width", log_x=True, log_y=True, label="error by width"
        )

    _names = ("width", "repeat")

    def _rows(self):
        """A row for each width and repeat."""
        return [
            {"width": int(width), "repeat": r, "l2": self.l2[r, i], "sup": self.sup[r, i]}
            for r in range(len(self.l2))
            for i, width in enumerate(self.widths)
        ]

    def _table(self):
        """A row for each width, the repeats in the mean."""
        columns = {"L2": geometric_mean(self.l2), "sup": geometric_mean(self.sup)}
        if np.isfinite(self.best_possible).all():
            columns["best possible L2"] = self.best_possible
        if np.isfinite(self.target.barron_norm):
            columns["Barron's bound"] = self.barron_bound
        return Table(
            ("width", *columns),
            tuple(
                (str(width), *(f"{values[i]:.3g}" for values in columns.values()))
                for i, width in enumerate(self.widths)
            ),
        )

    def _above(self):
        where = f"[-1, 1]^{self.target.n_features}" if self.target.n_features > 1 else "[-1, 1]"
        return (
            f"{self.target.name} ({self.target.kind}) on {where}, {self.activation}, "
            f"{self.method} units, {len(self.l2)} repeat(s)"
        )

    def _below(self):
        return f"rate   {self.rate_l2} in L2, {self.rate_sup} in sup norm; Barron's: 0.5 in L2"


def approximation_curve(
    X,
    y=None,
    *,
    widths=(8, 16, 32, 64),
    depths=(1,),
    n_features=1,
    activation="relu",
    method="adaptive",
    n_points="auto",
    task="auto",
    weight_decay=1e-4,
    n_repeats=3,
    n_jobs=None,
    random_state=0,
):
    """The error of networks against their width, of a function or of data.

    Parameters
    ----------
    X : array-like of shape (n_samples, n_features), callable, ApproximationTarget or str
        Data, with `y`. Or a function on [-1, 1]^n_features, which takes an array of shape (n,
        n_features) and returns one of shape (n,); a name is one of `approximation_target`, for
        which rates are known.
    y : array-like of shape (n_samples,), default=None
        Values or classes of data.
    widths : sequence of ints, default=(8, 16, 32, 64)
        Two or more.
    depths : sequence of ints, default=(1,)
        Of data: numbers of hidden layers of each width.
    n_features : int, default=1
        Number of inputs of a callable or a named target.
    activation : {"relu", "tanh"}, default="relu"
    method : {"adaptive", "greedy", "random"}, default="adaptive"
        How the hidden units are chosen. The output weights are always those of least squares.

        - ``"adaptive"``: greedily, then all together by variable projection (Golub & Pereyra 1973).
          It also starts from the units of the narrower network, so that the error of the fit falls
          with the width. In one dimension the error is within a few percent of the least possible
          one.
        - ``"greedy"``: one after the other, by the orthogonal greedy algorithm.
        - ``"random"``: drawn independently of the function.
    n_points : int or "auto", default="auto"
        Points to fit on, without noise. If "auto", 32 for each parameter of the widest network,
        16 in one dimension, and at least 4096. Of a function with jumps they bound the error from
        below (`ApproximationCurve.resolution`).
    task : {"auto", "regression", "classification"}, default="auto"
        Of data. "auto" is classification for labels, and for whole numbers of at most 20 kinds.
    weight_decay : float, default=1e-4
        Of data: half of it times the sum of squared weights is added to the mean loss of
        standardized rows and values.
    n_repeats : int, default=3
        Number of repeats, each with its own points, candidates and random units. Of data the folds,
        each of which is held out once.
    n_jobs : int, default=None
        Threads, one per repeat.
    random_state : int, RandomState or None, default=0

    Returns
    -------
    ApproximationCurve, or DataApproximation of data

    Raises
    ------
    ValueError
        If a parameter is none of the above, or the function gives something else than one
        finite number per row.

    Notes
    -----
    Points to fit on are even in one dimension, with both ends, scrambled Sobol points in more;
    those of the errors are 2^15 others, with the corners of the cube for the sup norm, which is
    one over these points. What is fitted is the L2 error, so that the sup norm is not the least
    possible.

    Of data all sizes are trained by L-BFGS, 200 iterations at most. Each width starts anew, twice,
    and from the narrower network, whose new units are silent at first; the best of these, or the
    narrower network as it was, is kept. So the error of the fit falls with the width, and what
    rises in the held-out error is not the fault of the optimiser. Digits with 1,797 rows, widths 4
    to 64, two depths and three folds take half a CPU minute.

    A fit of a function costs O(n_points · (width · (n_features + 1))²) a step, below 100 steps a
    width. About 4 CPU seconds a repeat for the default widths in one dimension, 6 in two.

    References
    ----------
    .. [1] A. R. Barron, "Universal approximation bounds for superpositions of a sigmoidal
       function", IEEE Trans. Inf. Theory 39:930-945, 1993.
    .. [2] G. H. Golub, V. Pereyra, "The differentiation of pseudo-inverses and nonlinear least
       squares problems whose variables separate", SIAM J. Numer. Anal. 10:413-432, 1973.
    .. [3] Y. C. Pati, R. Rezaiifar, P. S. Krishnaprasad, "Orthogonal matching pursuit", Asilomar
       Conference, 1993.

    Examples
    --------
    >>> from tda.networks import approximation_curve
    >>> curve = approximation_curve("gaussian", widths=[4, 8, 16], n_points=1000, n_repeats=2)
    >>> print(curve.rate_l2.known, round(curve.rate_l2.exponent))
    2 2
    >>> curve.networks[0]
    DenseNetwork(1-4-1, relu, identity)

    Data: depth and width on rows that were not fitted.

    >>> from sklearn.datasets import load_iris
    >>> X, y = load_iris(return_X_y=True)
    >>> table = approximation_curve(X, y, widths=[1, 2, 4], depths=[1, 2])
    >>> table.held_out.shape, table.task  # folds, depths, widths
    ((3, 2, 3), 'classification')
    """
    from sklearn.utils import check_random_state

    widths = _check_widths(widths)
    if activation not in ("relu", "tanh"):
        raise ValueError(f'activation={activation!r} is neither "relu" nor "tanh".')
    if y is not None:
        if callable(X) or isinstance(X, str):
            raise ValueError(
                "y belongs to data, but X is a function: leave y out, and give widths by name."
            )
        return data_approximation(
            X,
            y,
            widths=widths,
            depths=depths,
            activation=activation,
            task=task,
            weight_decay=weight_decay,
            n_repeats=n_repeats,
            n_jobs=n_jobs,
            random_state=random_state,
        )
    if tuple(np.atleast_1d(depths)) != (1,):
        raise ValueError(
            f"depths={depths!r}, but a function is approximated by one hidden layer: give data, "
            "X and y, to compare depths."
        )
    target = _check_target(X, n_features)
    if method not in METHODS:
        raise ValueError(f"method={method!r} is none of {', '.join(METHODS)}.")
    if n_repeats < 1:
        raise ValueError(f"n_repeats={n_repeats}, but one is the least.")
    n_parameters = int(widths[-1]) * (target.n_features + 1) + 1
    if n_points == "auto":
        line = target.n_features == 1
        density = POINTS_A_PARAMETER_ON_A_LINE if line else POINTS_A_PARAMETER
        n_points = max(MIN_POINTS, density * n_parameters)
    elif n_points < 2 * n_parameters:
        raise ValueError(
            f"n_points={n_points}, but a network of width {widths[-1]} has {n_parameters} "
            f"parameters: give {2 * n_parameters} or more, or n_points='auto'."
        )
    rng = check_random_state(random_state)
    held_out, corners = _points(target.n_features, N_HELD_OUT, rng), _corners(target.n_features)
    values, at_corners = _values(target, held_out), _values(target, corners)
    seeds = rng.randint(2**31 - 1, size=n_repeats)

    def repeat(seed):
        own = np.random.RandomState(seed)
        X = _points(target.n_features, n_points, own, ends=True)
        networks = fit_widths(
            X, _values(target, X), widths, method=method, activation=activation, rng=own
        )
        errors = [network.scores(held_out)[:, 0] - values for network in networks]
        outer = [network.scores(corners)[:, 0] - at_corners for network in networks]
        l2 = [np.sqrt(np.mean(e**2)) for e in errors]
        sup = [max(np.abs(e).max(), np.abs(o).max()) for e, o in zip(errors, outer, strict=True)]
        return l2, sup, tuple(networks)

    l2, sup, networks = zip(
        *each(repeat, seeds, n_jobs=n_jobs),
        strict=True,
    )
    l2, sup = np.array(l2), np.array(sup)
    known = _known(target, method, activation)
    return ApproximationCurve(
        widths=widths,
        l2=l2,
        sup=sup,
        rate_l2=fit_rate(widths, l2, known["l2"]),
        rate_sup=fit_rate(widths, sup, known["sup"]),
        target=target,
        scale=float(values.std()),
        method=method,
        activation=activation,
        n_points=int(n_points),
        n_held_out=N_HELD_OUT,
        networks=networks[0],
    )


def fit_rate(widths, errors, known):
    """The exponent with which errors fall, and its standard error.

    Parameters
    ----------
    widths : array of shape (n_widths,)
    errors : array of shape (n_repeats, n_widths)
    known : KnownRate

    Returns
    -------
    FittedRate
    """
    x = np.log(widths) - np.log(widths).mean()
    y = np.log(np.maximum(errors, np.finfo(float).tiny))
    slopes = y @ x / (x @ x)
    mean = y.mean(axis=0)
    exponent = -slopes.mean()
    residual = mean - mean.mean() + exponent * x
    candidates = []
    if len(widths) > 2:
        candidates.append(np.sqrt(residual @ residual / (len(widths) - 2) / (x @ x)))
    if len(slopes) > 1:
        candidates.append(slopes.std(ddof=1) / np.sqrt(len(slopes)))
    return FittedRate(float(exponent), float(max(candidates, default=np.nan)), known)


def geometric_mean(errors):
    """Over the repeats."""
    return np.exp(np.log(np.maximum(errors, np.finfo(float).tiny)).mean(axis=0))


# Workers -----------------------------------------------------------------------------------


def _known(target, method, activation):
    if target.name in TARGETS:
        return known_rates(target, method, activation)
    unknown = KnownRate(np.nan, np.nan, "")
    return {"l2": unknown, "sup": unknown}


def _check_target(function, n_features):
    if isinstance(function, ApproximationTarget):
        return function
    if isinstance(function, str):
        return approximation_target(function, n_features)
    if not callable(function):
        raise ValueError(
            f"X is a {type(function).__name__} without y: give data with y, a callable, or one of "
            f"{', '.join(TARGETS)}."
        )
    approximation_target("wave", n_features)  # the number of features is checked there
    name = getattr(function, "__name__", type(function).__name__)
    return ApproximationTarget(name, "of unknown smoothness", n_features, name, function)


def _check_widths(widths):
    widths = np.unique(np.asarray(widths))
    if widths.ndim != 1 or len(widths) < 2 or widths.dtype.kind not in "iu" or widths[0] < 1:
        raise ValueError(f"widths={widths.tolist()}: give two integers or more, from 1 on.")
    return widths


def _values(target, X):
    values = np.asarray(target(X), dtype=np.float64)
    if values.shape != (len(X),) or not np.isfinite(values).all():
        raise ValueError(
            f"function gave an array of shape {values.shape} for X of shape {X.shape}, or "
            "numbers that are not finite: it has to give one finite number per row."
        )
    return values


def _points(n_features, n, rng, *, ends=False):
    """Points that fill the cube [-1, 1]^n_features evenly, anew each time.

    On a line, both ends are included if asked. Without them a fit may go wrong between the last
    point and the end.
    """
    if n_features == 1:
        inner = n - 2 if ends else n
        x = (np.arange(inner) + rng.uniform()) / inner * 2 - 1
        return (np.concatenate([[-1], x, [1]]) if ends else x)[:, None]
    from scipy.stats import qmc

    sobol = qmc.Sobol(n_features, rng=np.random.default_rng(rng.randint(2**31 - 1)))
    return sobol.random_base2(int(np.ceil(np.log2(n))))[:n] * 2 - 1


def _corners(n_features):
    """The corners of the cube, of the first 10 axes if there are more."""
    axes = min(n_features, 10)
    corners = np.ones((2**axes, n_features))
    corners[:, :axes] = np.array(np.meshgrid(*[[-1.0, 1.0]] * axes)).reshape(axes, -1).T
    return corners
