"""Comparison of initialisations and steps: what the kernel predicts, and what happens."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from ..._html import curves
from ..._report import NamedRows, plain
from ..._validation import check_cloud
from ..._words import listed
from ..model._dense import random_network
from ..model._network import as_network
from ._empirical import empirical_tangent_kernel
from ._linearized import gradient_descent, linearized_training
from ._spectrum import TangentSpectrum, tangent_spectrum

__all__ = [
    "TrainingComparison",
    "TrainingRow",
    "compare_initializations",
    "compare_steps",
    "initial_variances",
]

#: Variance of a weight, from the numbers of inputs and outputs of its layer.
INITIALIZATIONS = {
    "he": lambda n_in, n_out: 2 / n_in,
    "glorot": lambda n_in, n_out: 2 / (n_in + n_out),
    "lecun": lambda n_in, n_out: 1 / n_in,
    "small": lambda n_in, n_out: 0.02 / n_in,
    "large": lambda n_in, n_out: 8 / n_in,
}


class TrainingRow(NamedTuple):
    """One training.

    Attributes
    ----------
    name : str
    learning_rate, momentum : float
    spectrum : TangentSpectrum
        Of the network's tangent kernel at the start.
    score_size : float
        Root mean square of the scores at the start.
    predicted, loss : arrays of shape (n_steps + 1,)
        Of the linearised network, and of the network.
    distance : float
        How far the parameters went, by their length at the start; NaN if they left all bounds.
    last_rate : float
        The largest rate of the network's kernel at the end, beside ``spectrum.rates[0]`` at the
        start; NaN as before.
    """

    name: str
    learning_rate: float
    momentum: float
    spectrum: TangentSpectrum
    score_size: float
    predicted: np.ndarray
    loss: np.ndarray
    distance: float
    last_rate: float

    @property
    def peak(self):
        """Largest loss divided by the loss at the start: above 1 the step was too large for a
        while."""
        return float(self.loss.max() / self.loss[0])

    @property
    def left(self):
        """The last loss by the loss at the start."""
        return float(self.loss[-1] / self.loss[0])

    @property
    def gap(self):
        """Largest difference of the two curves, divided by the loss at the start."""
        with np.errstate(invalid="ignore"):
            gaps = np.abs(self.loss - self.predicted) / self.predicted[0]
        return float(np.nanmax(gaps))


@dataclass(frozen=True)
class TrainingComparison(NamedRows):
    """Several trainings on the same data; prints as a verdict and a table.

    Attributes
    ----------
    rows : tuple of TrainingRow
    """

    rows: tuple

    @property
    def recommended(self):
        """The row whose training the kernel predicts to end lowest, before any is made."""
        return min(self.rows, key=lambda row: _last(row.predicted))

    @property
    def agreement(self):
        """Rank correlation of the predicted and the true last losses (Spearman's), -1 to 1.

        NaN for fewer than three rows, or if all are equal.
        """
        from scipy.stats import spearmanr

        if len(self.rows) < 3:
            return float("nan")
        ends = [[_last(curve) for curve in (row.predicted, row.loss)] for row in self.rows]
        ends = np.minimum(np.array(ends), np.finfo(float).max)
        if (ends == ends[0]).all(axis=0).any():
            return float("nan")
        return float(spearmanr(*ends.T)[0])

    @property
    def verdict(self):
        """What the kernel recommends and what came of it, which training ends lowest, and which
        fails."""
        falling = [row for row in self.rows if row.left < 1]
        failing = [f'"{row.name}"' for row in self.rows if not row.left < 1]
        said = "The loss falls in no training."
        if falling:
            best = min(falling, key=lambda row: _last(row.loss))
            said = (
                f'"{best.name}" ends with the lowest loss, {best.loss[-1]:.2g}, which is '
                f"{best.left:.2g} of that at the start."
            )
            if failing:
                said += f" The loss does not fall with {listed(failing)}."
            widest = max(falling, key=lambda row: row.gap)
            said += (
                " The linearised network predicts the loss of "
                f'"{widest.name}" least well, {widest.gap:.2g} of the first loss off.'
            )
        chosen = self.recommended
        place = 1 + sum(_last(row.loss) < _last(chosen.loss) for row in self.rows)
        came = "it is the best" if place == 1 else f"it is number {place} of {len(self.rows)}"
        said += f' The kernel recommends "{chosen.name}": {came}.'
        if np.isfinite(self.agreement):
            said += f" Predicted and true orders agree to {self.agreement:.2f} (rank correlation)."
        return said

    def to_dict(self):
        """The verdict and the rows of the table in plain types, ready for JSON.

        Returns
        -------
        dict
            Of str, float, None, list and dict; None where a number is NaN or infinite.
        """
        return super().to_dict() | {"rows": plain(self._rows())}

    def _rows(self):
        return [
            {
                "name": row.name,
                "score_size": row.score_size,
                "largest_step": row.spectrum.largest_step(row.momentum),
                "learning_rate": row.learning_rate,
                "momentum": row.momentum,
                "condition_number": row.spectrum.condition_number,
                "effective_rank": row.spectrum.effective_rank,
                "median_half_life": float(np.median(row.spectrum.half_lives(row.learning_rate))),
                "predicted_left": float(row.predicted[-1] / row.predicted[0]),
                "left": row.left,
                "peak": row.peak,
                "gap": row.gap,
                "distance": row.distance,
                "rate_growth": row.last_rate / float(row.spectrum.rates[0]),
            }
            for row in self.rows
        ]

    def _columns(self):
        return {
            "training": ("name", "s"),
            "scores": ("score_size", ".3g"),
            "largest": ("largest_step", ".2g"),
            "step": ("learning_rate", ".3g"),
            "momentum": ("momentum", ".3g"),
            "condition": ("condition_number", ".2g"),
            "modes": ("effective_rank", ".3g"),
            "predicted": ("predicted_left", ".2g"),
            "left": ("left", ".2g"),
            "peak": ("peak", ".3g"),
            "moved": ("distance", ".2g"),
            "λmax grew": ("rate_growth", ".2g"),
        }

    def _figure(self):
        row = self.rows[0]
        series = {"network": row.loss, "tangent kernel": row.predicted}
        steps = np.arange(len(row.loss))
        return curves(steps, series, x_label="step", log_y=True, label=f"loss, {row.name}")

    def _below(self):
        return (
            "largest: the largest stable step; modes: effective rank of the kernel; predicted, "
            "left: the\nlast loss by the first; moved: how far the parameters went, by their length"
        )


def _last(curve):
    """The last loss, inf where it overflowed."""
    return float(curve[-1]) if np.isfinite(curve[-1]) else np.inf


def initial_variances(initialization, widths):
    """``weight_variance`` of `random_network` for an initialisation by its name.

    Parameters
    ----------
    initialization : {"he", "glorot", "lecun", "small", "large"}
        Weights of variance 2/n_in [1]_, 2/(n_in + n_out) [2]_, 1/n_in [3]_; a hundredth and four
        times that of "he".
    widths : sequence of ints
        Widths of all layers, from the features to the outputs.

    Returns
    -------
    list of floats, one per layer

    References
    ----------
    .. [1] K. He, X. Zhang, S. Ren, J. Sun, "Delving deep into rectifiers", ICCV 2015.
    .. [2] X. Glorot, Y. Bengio, "Understanding the difficulty of training deep feedforward neural
       networks", AISTATS 2010.
    .. [3] Y. LeCun, L. Bottou, G. Orr, K.-R. Müller, "Efficient BackProp", 1998.

    Examples
    --------
    >>> from tda.networks import initial_variances
    >>> initial_variances("glorot", [3, 9, 1])
    [0.5, 1.8]
    """
    if initialization not in INITIALIZATIONS:
        raise ValueError(
            f"initialization={initialization!r} is none of {', '.join(INITIALIZATIONS)}."
        )
    of = INITIALIZATIONS[initialization]
    return [float(n_in * of(n_in, n_out)) for n_in, n_out in pairwise(widths)]


def compare_initializations(
    X,
    y,
    *,
    hidden_layer_sizes=(512,),
    activation="relu",
    initializations=tuple(INITIALIZATIONS),
    parametrizations=("standard", "ntk"),
    link="identity",
    share=0.5,
    n_steps=100,
    random_state=0,
):
    """Train networks with different initialisations, each with a step that suits its kernel.

    Parameters
    ----------
    X : array-like of shape (n_points, n_features)
    y : array-like of shape (n_points,) or (n_points, n_outputs)
        What the link's loss takes: values, zeros and ones, or classes.
    hidden_layer_sizes : sequence of ints, default=(512,)
    activation : {"erf", "gelu", "identity", "logistic", "relu", "silu", "sin", "softplus", \
"tanh"}, default="relu"
    initializations : sequence of names of `initial_variances`, \
default=("he", "glorot", "lecun", "small", "large")
    parametrizations : sequence of {"standard", "ntk"}, default=("standard", "ntk")
        See `random_network`. Both start with the same function; a step changes it differently.
        Biases start at 0, and stay there with "ntk".
    link : {"identity", "logistic", "softmax"}, default="identity"
        Half the squared error, or the log loss of classes.
    share : float, default=0.5
        The learning rate as a share of the largest stable one.
    n_steps : int, default=100
    random_state : int, default=0
        All start from the same draw.

    Returns
    -------
    TrainingComparison
        Rows named as ``"he, standard"``. Its ``recommended`` is the one that the kernel predicts to
        end lowest.

    Examples
    --------
    >>> import numpy as np
    >>> from tda.networks import compare_initializations
    >>> x = np.linspace(-1, 1, 20)[:, None]
    >>> table = compare_initializations(x, x**2, hidden_layer_sizes=[50], n_steps=20)
    >>> small, large = table["small, standard"], table["large, standard"]
    >>> small.distance > large.distance  # a small start moves far: its kernel changes
    True
    """
    X = check_cloud(X)
    y = np.asarray(y)
    if link == "softmax":
        if y.ndim == 1:
            y = np.unique(y, return_inverse=True)[1]  # labels of any kind
        n_outputs = y.shape[1] if y.ndim == 2 else int(y.max()) + 1
    else:
        y = y.astype(np.float64).reshape(len(X), -1)
        n_outputs = y.shape[1]
    widths = [X.shape[1], *np.atleast_1d(hidden_layer_sizes).tolist(), n_outputs]
    rows = []
    for initialization in initializations:
        variances = initial_variances(initialization, widths)
        for parametrization in parametrizations:
            network = random_network(
                widths[0],
                widths[1:-1],
                widths[-1],
                activation=activation,
                weight_variance=variances,
                parametrization=parametrization,
                link=link,
                random_state=random_state,
            )
            spectrum = _spectrum(network, X)
            step = share * spectrum.largest_step()
            name = f"{initialization}, {parametrization}"
            rows.append(_row(name, network, X, y, spectrum, step, 0.0, n_steps))
    return TrainingComparison(tuple(rows))


def compare_steps(network, X, y, *, shares=(0.1, 0.5, 0.95, 1.05), momentum=0.9, n_steps=100):
    """Train one network with several steps, as its kernel at the start suggests them.

    Parameters
    ----------
    network : fitted MLPClassifier or MLPRegressor, torch.nn.Module, DenseNetwork or TorchNetwork
        It is not changed.
    X : array-like of shape (n_points, n_features)
    y : array-like of shape (n_points,) or (n_points, n_outputs)
    shares : sequence of floats, default=(0.1, 0.5, 0.95, 1.05)
        Learning rates of plain gradient descent, as shares of the largest stable one.
    momentum : float, default=0.9
        Momentum of the heavy ball, which takes half its own largest stable learning rate.
    n_steps : int, default=100

    Returns
    -------
    TrainingComparison
        A row for each share, named as ``"0.5 · 2/λmax"``, and ``"momentum 0.9"`` and
        ``"Polyak's optimum"``, which is `TangentSpectrum.heavy_ball`.

    Notes
    -----
    Of log losses the rates are those at the start, where the loss bends as the probabilities there
    say: K is weighted by the second derivatives of the loss by the scores.

    Above the largest step the linearised network diverges for good. The network itself starts
    to, and may then be thrown to where its kernel is smaller and the step is stable, up to about
    twice the largest step [1]_: its loss peaks, and ``last_rate`` is below ``2 / learning_rate``.

    References
    ----------
    .. [1] A. Lewkowycz, Y. Bahri, E. Dyer, J. Sohl-Dickstein, G. Gur-Ari, "The large learning
       rate phase of deep learning: the catapult mechanism", arXiv:2003.02218, 2020.

    Examples
    --------
    >>> import numpy as np
    >>> from tda.networks import compare_steps, random_network
    >>> x = np.linspace(-1, 1, 20)[:, None]
    >>> start = random_network(1, [1000], weight_variance=2, bias_variance=0.1, random_state=0)
    >>> table = compare_steps(start, x, x**2, shares=[0.95, 1.05])
    >>> [bool(row.predicted[-1] < row.predicted[0]) for row in table.rows[:2]]
    [True, False]
    """
    network = as_network(network)
    spectrum = _spectrum(network, X)
    ways = [(f"{share:g} · 2/λmax", share * spectrum.largest_step(), 0.0) for share in shares]
    ways.append((f"momentum {momentum:g}", 0.5 * spectrum.largest_step(momentum), momentum))
    ways.append(("Polyak's optimum", *spectrum.heavy_ball))
    rows = [_row(name, network, X, y, spectrum, *way, n_steps) for name, *way in ways]
    return TrainingComparison(tuple(rows))


def _spectrum(network, X):
    """Of the kernel, weighted by how the loss bends by the scores."""
    K = empirical_tangent_kernel(network, X)
    if network.link != "identity":
        p = network.predict(X)
        n, o = p.shape
        if network.link == "logistic":
            root = np.sqrt(p * (1 - p)).ravel()
            K = root[:, None] * K * root
        else:  # diag(p) - p pᵀ is B Bᵀ with B = (I - p 1ᵀ) diag(√p)
            B = (np.eye(o) - p[:, :, None]) * np.sqrt(p)[:, None, :]
            K = np.einsum("nab,namc->nbmc", B, K.reshape(n, o, n, o))
            K = np.einsum("nbmc,mcd->nbmd", K, B).reshape(n * o, n * o)
        K = (K + K.T) / 2
    return tangent_spectrum(K, n_points=len(X))


def _row(name, network, X, y, spectrum, learning_rate, momentum, n_steps):
    how = dict(learning_rate=learning_rate, momentum=momentum, n_steps=n_steps)
    run = gradient_descent(network, X, y, **how)
    predicted = linearized_training(network, X, y, **how).loss
    size = float(np.sqrt(np.mean(run.scores[0] ** 2)))
    fine = np.isfinite(run.loss[-1])
    last = float(_spectrum(run.network, X).rates[0]) if fine else np.nan
    distance = float(run.distance[-1])
    return TrainingRow(
        name, learning_rate, momentum, spectrum, size, predicted, run.loss, distance, last
    )
