"""Optimisers side by side, by what they cost."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np

from ..._html import curves
from ..._report import NamedRows
from ..._words import listed
from ..model._network import as_network
from ._sharpness import loss_sharpness

__all__ = ["OptimizerComparison", "OptimizerRow", "compare_optimizers"]

OPTIMIZERS = ("gradient", "momentum", "adam", "lbfgs", "natural")
#: Learning rates that are tried: shares of 2/λmax at the start, and for Adam as they are.
SHARES = (0.1, 0.3, 1.0, 3.0)
ADAM_RATES = (1e-3, 3e-3, 1e-2, 3e-2, 1e-1)
MOMENTUM = 0.9
#: Of Adam, as in its paper.
DECAYS, LEAST = (0.9, 0.999), 1e-8
#: In gradients: a run forward, and a product with the Fisher information.
FORWARD, PRODUCT = 1 / 3, 2.0
#: Of one natural step: products at most, and when conjugate gradients may end.
MOST_PRODUCTS, CG_TOLERANCE = 30, 1e-2
MOST_DAMPING = 1e12
#: A loss so many times the first one ends a training.
TOO_MUCH = 1e6


class OptimizerRow(NamedTuple):
    """One training.

    Attributes
    ----------
    name : str
    learning_rate : float
        The best of those tried; NaN for methods without one.
    n_tried : int
        How many trainings were made to choose it.
    cost : array of shape (n_steps + 1,)
        Spent until each record, in gradients of the loss over all rows.
    loss : array of shape (n_steps + 1,)
        Over all rows.
    seconds : float
        Processor time of this training.
    """

    name: str
    learning_rate: float
    n_tried: int
    cost: np.ndarray
    loss: np.ndarray
    seconds: float

    def loss_at(self, cost):
        """The least loss reached for that cost."""
        reached = self.loss[self.cost <= cost * (1 + 1e-9)]
        return float(np.nanmin(reached)) if len(reached) else float(self.loss[0])

    def cost_to(self, loss):
        """The cost until the loss was that low; inf if it never was."""
        hits = np.flatnonzero(self.loss <= loss)
        return float(self.cost[hits[0]]) if len(hits) else np.inf


@dataclass(frozen=True)
class OptimizerComparison(NamedRows):
    """Trainings from one start by several optimisers; prints as a verdict and a table.

    Attributes
    ----------
    rows : tuple of OptimizerRow
    budget : float
        Gradients over all rows that each was allowed.
    """

    rows: tuple = field(repr=False)
    budget: float

    @property
    def verdict(self):
        """Which optimiser ends lowest for the same cost, in words."""
        ends = [row.loss_at(self.budget) for row in self.rows]
        best = self.rows[int(np.nanargmin(ends))]
        first = float(best.loss[0])
        said = (
            f'For a cost of {self.budget:g} gradients "{best.name}" ends with the lowest loss, '
            f"{min(ends):.3g} ({min(ends) / first if first else 0.0:.2g} of that at the start)."
        )
        early = [row.loss_at(self.budget / 10) for row in self.rows]
        quick = self.rows[int(np.nanargmin(early))]
        if quick is not best:
            said += f' For a tenth of it "{quick.name}" is ahead.'
        failed = [f'"{row.name}"' for row, end in zip(self.rows, ends, strict=True) if end >= first]
        if failed:
            said += f" The loss does not fall with {listed(failed)}."
        return said

    def _rows(self):
        ends = [row.loss_at(self.budget) for row in self.rows]
        worst = max(ends)
        return [
            {
                "name": row.name,
                "learning_rate": row.learning_rate,
                "n_tried": row.n_tried,
                "tenth": row.loss_at(self.budget / 10),
                "third": row.loss_at(self.budget / 3),
                "end": end,
                "cost_to_worst": row.cost_to(worst),
                "n_steps": len(row.loss) - 1,
                "cpu_seconds": row.seconds,
            }
            for row, end in zip(self.rows, ends, strict=True)
        ]

    def _columns(self):
        return {
            "optimiser": ("name", "s"),
            "rate": ("learning_rate", ".2g"),
            "tried": ("n_tried", "d"),
            "loss at 1/10": ("tenth", ".3g"),
            "at 1/3": ("third", ".3g"),
            "at the end": ("end", ".3g"),
            "cost to the worst end": ("cost_to_worst", ".3g"),
            "steps": ("n_steps", "d"),
            "CPU s": ("cpu_seconds", ".2g"),
        }

    def _figure(self):
        cost = np.linspace(0, self.budget, 101)
        series = {row.name: [row.loss_at(spent) for spent in cost] for row in self.rows}
        return curves(
            cost,
            {name: np.array(loss) for name, loss in series.items()},
            x_label="cost in gradients",
            log_y=True,
            label="loss by cost",
        )

    def _below(self):
        return (
            f"cost: in gradients of the loss over all rows, {self.budget:g} for each; learning "
            "rates are the best\nof those tried, whose trainings are not counted"
        )


def compare_optimizers(
    network,
    X,
    y,
    *,
    optimizers=OPTIMIZERS,
    budget=200,
    batch_size=None,
    learning_rates=None,
    random_state=0,
):
    """Train a network from the same start by several optimisers, for the same cost.

    A step of one optimiser may cost as much as a hundred of another. So each gets the same number
    of gradients, not of steps.

    Parameters
    ----------
    network : fitted MLPClassifier or MLPRegressor, torch.nn.Module, DenseNetwork or TorchNetwork
        The start. It is not changed. A torch module may have a loss of its own
        (`as_network`'s `criterion`).
    X : array-like of shape (n_points, n_features)
    y : array-like of shape (n_points,) or (n_points, n_outputs)
    optimizers : sequence of {"gradient", "momentum", "adam", "lbfgs", "natural"}, \
default=("gradient", "momentum", "adam", "lbfgs", "natural")
        Plain gradient steps; the heavy ball with momentum 0.9; Adam [1]_; L-BFGS [2]_ with its
        line search; natural gradient steps by conjugate gradients with adaptive damping, without
        `criterion` only.
    budget : float, default=200
        Gradients of the loss over all rows that each may take.
    batch_size : int, default=None
        Rows of each step of the first three, drawn without replacement in every pass; all rows if
        None. A step then costs that share of a gradient. The others always take all rows.
    learning_rates : dict, default=None
        Learning rates to be tried, by optimiser. Where None, shares 0.1, 0.3, 1 and 3 of 2/λmax at
        the start (with momentum a tenth of them), and 0.001 to 0.1 for Adam. Of those tried the
        one with the lowest loss at the end is shown.
    random_state : int, RandomState or None, default=0
        Of the order of the rows in batches.

    Returns
    -------
    OptimizerComparison

    Notes
    -----
    Costs: a gradient 1, a loss alone 1/3, a product with the Fisher information 2. Losses that are
    only recorded, after every pass, are free.

    References
    ----------
    .. [1] D. P. Kingma, J. Ba, "Adam: a method for stochastic optimization", ICLR 2015.
    .. [2] D. C. Liu, J. Nocedal, "On the limited memory BFGS method for large scale optimization",
       Math. Programming 45:503-528, 1989.

    Examples
    --------
    >>> import numpy as np
    >>> from tda.networks import compare_optimizers, random_network
    >>> x = np.linspace(-1, 1, 40)[:, None]
    >>> start = random_network(1, [20], activation="tanh", weight_variance=4, random_state=0)
    >>> table = compare_optimizers(start, x, np.abs(x), optimizers=["gradient", "lbfgs"], budget=60)
    >>> table["lbfgs"].loss_at(60) < table["gradient"].loss_at(60)
    True
    """
    from sklearn.utils import check_random_state

    network = as_network(network)
    strangers = [name for name in optimizers if name not in OPTIMIZERS]
    if strangers or not len(optimizers):
        raise ValueError(f"optimizers={list(optimizers)!r}: give some of {', '.join(OPTIMIZERS)}.")
    if not budget > 0:
        raise ValueError(f"budget={budget!r}: give a positive number of gradients.")
    if batch_size is not None and (int(batch_size) != batch_size or batch_size < 1):
        raise ValueError(f"batch_size={batch_size!r}: give a whole number of rows, or None.")
    X, y = np.asarray(X), np.asarray(y)
    seed = check_random_state(random_state).randint(2**31 - 1)
    with np.errstate(over="ignore", invalid="ignore"):
        rates = _rates(network, X, y, optimizers, learning_rates or {})
        rows = [
            _best(network, X, y, name, rates[name], budget, batch_size, seed) for name in optimizers
        ]
    return OptimizerComparison(tuple(rows), float(budget))


# Workers -----------------------------------------------------------------------------------


def _rates(network, X, y, optimizers, given):
    """The learning rates to be tried, by optimiser."""
    rates = {"lbfgs": [np.nan], "natural": [np.nan], "adam": ADAM_RATES} | dict(given)
    if any(name in optimizers and name not in rates for name in ("gradient", "momentum")):
        largest = loss_sharpness(network, X, y, n_eigenvalues=1, tol=1e-2).largest_step
        largest = largest if np.isfinite(largest) else 1.0
        plain = [share * largest for share in SHARES]
        rates = {"gradient": plain, "momentum": [rate / 10 for rate in plain]} | rates
    return rates


def _best(network, X, y, name, rates, budget, batch_size, seed):
    from time import process_time

    rows = []
    for rate in rates:
        start = process_time()
        if name == "lbfgs":
            cost, loss = _lbfgs(network, X, y, budget)
        elif name == "natural":
            cost, loss = _natural(network, X, y, budget)
        else:
            cost, loss = _stepwise(network, X, y, name, rate, budget, batch_size, seed)
        seconds = process_time() - start
        rows.append(
            OptimizerRow(name, float(rate), len(rates), np.array(cost), np.array(loss), seconds)
        )
    return min(rows, key=lambda row: row.loss_at(budget))


def _stepwise(network, X, y, name, rate, budget, batch_size, seed):
    """Steps along gradients of all rows or of batches."""
    rng = np.random.RandomState(seed)
    n = len(X)
    size = n if batch_size is None else min(int(batch_size), n)
    at, first = network.parameters, network.loss(X, y)
    velocity, square = np.zeros_like(at), np.zeros_like(at)
    cost, loss, spent, n_steps = [0.0], [first], 0.0, 0
    while spent < budget - 1e-9:
        order = rng.permutation(n) if size < n else np.arange(n)
        for start in range(0, n - size + 1, size):
            rows = order[start : start + size] if size < n else slice(None)
            slope = network.gradient(X[rows], y[rows])
            n_steps += 1
            if name == "adam":
                velocity = DECAYS[0] * velocity + (1 - DECAYS[0]) * slope
                square = DECAYS[1] * square + (1 - DECAYS[1]) * slope**2
                mean = velocity / (1 - DECAYS[0] ** n_steps)
                size_of = np.sqrt(square / (1 - DECAYS[1] ** n_steps))
                at = at - rate * mean / (size_of + LEAST)
            else:
                velocity = (MOMENTUM if name == "momentum" else 0.0) * velocity - rate * slope
                at = at + velocity
            network = network.with_parameters(at)
            spent += size / n
            if spent >= budget - 1e-9:
                break
        value = network.loss(X, y)
        cost.append(spent)
        loss.append(value)
        if not value <= TOO_MUCH * max(first, 1e-300):
            break
    return cost, loss


class _SpentError(Exception):
    """The budget is spent."""


def _lbfgs(network, X, y, budget):
    from scipy.optimize import minimize

    cost, loss, best = [0.0], [network.loss(X, y)], [np.inf]
    spent = 0

    def objective(at):
        nonlocal spent
        if spent + 1 > budget:
            raise _SpentError
        moved = network.with_parameters(at)
        value, slope = moved.loss(X, y), moved.gradient(X, y)
        spent += 1
        if value < best[0]:  # what a line search tries and leaves is paid for, and not shown
            best[0] = value
            cost.append(float(spent))
            loss.append(value)
        return value, slope

    options = {"maxiter": int(budget) + 1, "maxfun": int(budget) + 1, "ftol": 0.0, "gtol": 1e-12}
    try:
        minimize(objective, network.parameters, jac=True, method="L-BFGS-B", options=options)
    except _SpentError:
        pass
    return cost, loss


def _natural(network, X, y, budget):
    """Gauss–Newton steps by conjugate gradients, with Levenberg's and Marquardt's damping."""
    from scipy.sparse.linalg import LinearOperator, cg

    if getattr(network, "criterion", None) is not None:
        raise ValueError(
            'optimizers: "natural" takes the Fisher information of a link, but network has a '
            "criterion of its own: leave it out."
        )
    size = network.n_parameters
    cost, loss = [0.0], [network.loss(X, y)]
    spent, damping, slope = 0.0, 1e-2 * max(loss[0], 1e-12), None
    while damping < MOST_DAMPING:
        if slope is None:
            slope, spent = network.gradient(X, y), spent + 1
        n_most = min(MOST_PRODUCTS, int((budget - spent - FORWARD) / PRODUCT))
        if n_most < 1:
            break
        n_products = 0

        def product(vector, network=network, damping=damping):
            nonlocal n_products
            n_products += 1
            return network.fisher_product(X, vector) + damping * vector

        operator = LinearOperator((size, size), matvec=product, dtype=np.float64)
        step = cg(operator, slope, rtol=CG_TOLERANCE, maxiter=n_most)[0]
        moved = network.with_parameters(network.parameters - step)
        value = moved.loss(X, y)
        spent += PRODUCT * n_products + FORWARD
        if value < loss[-1]:
            network, damping, slope = moved, damping / 3, None
            cost.append(spent)
            loss.append(value)
        else:
            damping *= 4
    return cost, loss
