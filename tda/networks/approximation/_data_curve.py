"""How the error of networks on a user's own data falls with their width and depth."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from ..._html import curves
from ..._parallel import each
from ..._report import Report
from ..model._dense import DenseNetwork, random_network
from ..model._loss import encode_targets

__all__ = ["DataApproximation", "data_approximation"]

#: Labels that are whole numbers are classes up to so many different ones.
MOST_CLASSES = 20
#: Fresh starts of each width; twice as many of the first one, whose few units may all be dead.
N_FRESH = 2
#: Iterations of each training.
MAX_ITER = 200


@dataclass(frozen=True, eq=False)
class DataApproximation(Report):
    """Errors of networks on data by width and depth; prints as a verdict and a table.

    Attributes
    ----------
    widths : int array of shape (n_widths,)
        Units of each hidden layer.
    depths : int array of shape (n_depths,)
        Hidden layers.
    train, held_out : arrays of shape (n_folds, n_depths, n_widths)
        Root mean squared errors in the unit of y, or mean log losses of classes; on the rows that
        were fitted and on those that were not.
    objective : array of shape (n_folds, n_depths, n_widths)
        What training lowers: it never rises with the width.
    accuracy : array of shape (n_folds, n_depths, n_widths)
        Of held-out classes; NaN of values.
    n_parameters : int array of shape (n_depths, n_widths)
    constant : float
        The held-out error of the best constant.
    task : {"regression", "classification"}
    activation : str
    weight_decay : float
    n_points : int
    """

    widths: np.ndarray
    depths: np.ndarray
    train: np.ndarray
    held_out: np.ndarray
    objective: np.ndarray
    accuracy: np.ndarray
    n_parameters: np.ndarray
    constant: float
    task: str
    activation: str
    weight_decay: float
    n_points: int

    @property
    def best(self):
        """Depth and width with the least mean held-out error."""
        i, j = np.unravel_index(self.held_out.mean(axis=0).argmin(), self.n_parameters.shape)
        return int(self.depths[i]), int(self.widths[j])

    def depth_gain(self, depth):
        """By how much the best width of a depth errs less than the best width of the least depth.

        Parameters
        ----------
        depth : int
            One of `depths`.

        Returns
        -------
        (float, float)
            The mean over the folds of the difference of held-out errors, and its standard error.
        """
        first, other = self._best_of(0), self._best_of(int(np.flatnonzero(self.depths == depth)[0]))
        return float((first - other).mean()), _standard_error(first - other)

    def _best_of(self, i):
        """Held-out errors of a depth, at the width with the least mean."""
        own = self.held_out[:, i]
        return own[:, own.mean(axis=0).argmin()]

    @property
    def verdict(self):
        """Which size is best on rows that were not fitted, and what width and depth do."""
        depth, width = self.best
        i, j = list(self.depths).index(depth), list(self.widths).index(width)
        own = self.held_out[:, i, j]
        name = "root mean squared error" if self.task == "regression" else "log loss"
        said = (
            f"The held-out {name} is least, {own.mean():.3g} ± {_standard_error(own):.2g}, with "
            f"{_layers(depth)} of {width}; a constant has {self.constant:.3g}."
        )
        if own.mean() >= self.constant:
            said += " No size learns anything that holds for other rows."
        train, held = self.train[:, i].mean(axis=0), self.held_out[:, i].mean(axis=0)
        if j < len(self.widths) - 1 and held[-1] > held[j] + _standard_error(
            self.held_out[:, i, -1]
        ):
            said += (
                f" Wider networks fit the rows they are given ever better ({train[j]:.3g} to "
                f"{train[-1]:.3g}) and others worse ({held[j]:.3g} to {held[-1]:.3g})."
            )
        for deeper in self.depths[1:]:
            gain, error = self.depth_gain(deeper)
            clear = np.isfinite(error) and abs(gain) > 2 * error
            what = ("helps" if gain > 0 else "harms") if clear else "makes no clear difference"
            said += (
                f" Depth {deeper} {what}: its best width errs {abs(gain):.2g} ± {error:.1g} "
                f"{'less' if gain >= 0 else 'more'} than that of depth {self.depths[0]}."
            )
        return said

    _names = ("depth", "width")

    def _rows(self):
        """A row for each depth and width."""
        return [
            {
                "depth": int(depth),
                "width": int(width),
                "n_parameters": int(self.n_parameters[i, j]),
                "train": float(self.train[:, i, j].mean()),
                "held_out": float(self.held_out[:, i, j].mean()),
                "held_out_error": _standard_error(self.held_out[:, i, j]),
                "accuracy": float(self.accuracy[:, i, j].mean()),
            }
            for i, depth in enumerate(self.depths)
            for j, width in enumerate(self.widths)
        ]

    def _columns(self):
        columns = {
            "depth": ("depth", "d"),
            "width": ("width", "d"),
            "parameters": ("n_parameters", "d"),
            "train": ("train", ".3g"),
            "held out": ("held_out", ".3g"),
            "±": ("held_out_error", ".1g"),
        }
        if self.task == "classification":
            columns["accuracy"] = ("accuracy", ".1%")
        return columns

    def _above(self):
        return (
            f"{self.n_points:,} rows, {self.task}, {self.activation}, weight decay "
            f"{self.weight_decay:g}, {len(self.train)} folds"
        )

    def _figure(self):
        held = self.held_out.mean(axis=0)
        series = {f"depth {depth}": own for depth, own in zip(self.depths, held, strict=True)}
        how = {"log_x": True, "log_y": bool((held > 0).all()), "label": "held-out error by width"}
        return curves(self.widths, series, x_label="width", **how)


def data_approximation(
    X, y, *, widths, depths, activation, task, weight_decay, n_repeats, n_jobs, random_state
):
    """`tda.networks.approximation_curve` of data; parameters as there."""
    from sklearn.model_selection import KFold, StratifiedKFold
    from sklearn.utils import check_random_state

    from ..._validation import check_cloud

    X = check_cloud(X)
    y = np.asarray(y)
    y = y[:, 0] if y.ndim == 2 and y.shape[1] == 1 else y
    if y.ndim != 1 or len(y) != len(X):
        raise ValueError(f"y has shape {y.shape}, but X has {len(X)} row(s): give one value each.")
    if task not in ("auto", "regression", "classification"):
        raise ValueError(f'task={task!r} is none of "auto", "regression", "classification".')
    if not weight_decay >= 0:
        raise ValueError(f"weight_decay={weight_decay!r}: give a number from 0 on.")
    if not 2 <= n_repeats <= len(X):
        raise ValueError(
            f"n_repeats={n_repeats}: rows are held out in folds, give from 2 to {len(X)}."
        )
    depths = np.unique(np.atleast_1d(np.asarray(depths)))
    if depths.ndim != 1 or not depths.size or depths.dtype.kind not in "iu" or depths[0] < 1:
        raise ValueError(f"depths={depths.tolist()}: give whole numbers from 1 on.")
    if task == "auto":
        whole = y.dtype.kind not in "f" or (y == np.round(y)).all()
        few = len(np.unique(y)) <= min(MOST_CLASSES, len(y) // 2)
        task = "classification" if whole and few else "regression"
    rng = check_random_state(random_state)
    seed = rng.randint(2**31 - 1)
    if task == "classification":
        classes, y = np.unique(y, return_inverse=True)
        if len(classes) < 2:
            raise ValueError(f"y holds one class, {classes[0]!r}: give rows of two or more.")
        if np.bincount(y).min() < n_repeats:
            raise ValueError(
                f"n_repeats={n_repeats}, but a class has {np.bincount(y).min()} row(s): give "
                'fewer folds, or task="regression".'
            )
        folds = StratifiedKFold(n_repeats, shuffle=True, random_state=seed).split(X, y)
    else:
        y = y.astype(np.float64)
        if not np.isfinite(y).all():
            raise ValueError("y holds NaN or infinity: leave those rows out of X and y.")
        folds = KFold(n_repeats, shuffle=True, random_state=seed).split(X)
    jobs = [(train, test, rng.randint(2**31 - 1)) for train, test in folds]

    def one_fold(job):
        train, test, seed = job
        return _fold(X, y, train, test, widths, depths, activation, task, weight_decay, seed)

    found = [np.array(part) for part in zip(*each(one_fold, jobs, n_jobs=n_jobs), strict=True)]
    train, held_out, objective, accuracy, constant = found
    n_outputs = int(y.max()) + 1 if task == "classification" else 1
    n_parameters = [
        [_count(X.shape[1], depth, width, n_outputs) for width in widths] for depth in depths
    ]
    return DataApproximation(
        widths=widths,
        depths=depths,
        train=train,
        held_out=held_out,
        objective=objective,
        accuracy=accuracy,
        n_parameters=np.array(n_parameters),
        constant=float(constant.mean()),
        task=task,
        activation=activation,
        weight_decay=float(weight_decay),
        n_points=len(X),
    )


# Workers -----------------------------------------------------------------------------------


def _layers(depth):
    return "one hidden layer" if depth == 1 else f"{depth} hidden layers"


def _standard_error(values):
    return float(values.std(ddof=1) / np.sqrt(len(values)))


def _count(n_features, depth, width, n_outputs):
    sizes = [n_features, *[int(width)] * int(depth), n_outputs]
    return sum((a + 1) * b for a, b in pairwise(sizes))


def _fold(X, y, train, test, widths, depths, activation, task, weight_decay, seed):
    """Errors of all sizes with one fold left out."""
    from threadpoolctl import threadpool_limits

    middle, spread = X[train].mean(axis=0), X[train].std(axis=0)
    X = (X - middle) / np.where(spread > 0, spread, 1.0)
    rng = np.random.RandomState(seed)
    if task == "classification":
        n_outputs, link, shift, unit, targets = int(y.max()) + 1, "softmax", 0.0, 1.0, y
        share = np.bincount(y[train], minlength=n_outputs) / len(train)
        constant = -np.log(share[y[test]]).mean()
    else:
        n_outputs, link = 1, "identity"
        shift, unit = y[train].mean(), y[train].std() or 1.0
        targets = (y - shift) / unit
        constant = np.sqrt(np.mean((y[test] - shift) ** 2))
    shape = len(depths), len(widths)
    errors, held, objectives = np.empty(shape), np.empty(shape), np.empty(shape)
    accuracy = np.full(shape, np.nan)
    with threadpool_limits(1, "blas"):
        for i, depth in enumerate(depths):
            before = None
            for j, width in enumerate(widths):
                sizes = X.shape[1], [int(width)] * int(depth), n_outputs
                before, objectives[i, j] = _best_start(
                    X[train], targets[train], before, sizes, activation, link, weight_decay, rng
                )
                for rows, kept in ((train, errors), (test, held)):
                    loss = before.loss(X[rows], targets[rows])
                    kept[i, j] = loss if link == "softmax" else unit * np.sqrt(2 * loss)
                if link == "softmax":
                    accuracy[i, j] = np.mean(before.scores(X[test]).argmax(axis=1) == y[test])
    return errors, held, objectives, accuracy, constant


def _best_start(X, y, narrower, sizes, activation, link, weight_decay, rng):
    """The best of fresh trainings, of one from the narrower network, and of that itself."""
    starts = [
        random_network(
            *sizes,
            activation=activation,
            weight_variance=2.0 if activation == "relu" else 1.0,
            parametrization="standard",
            link=link,
            random_state=rng,
        )
        for _ in range(N_FRESH if narrower is not None else 2 * N_FRESH)
    ]
    fresh = starts[0]
    if narrower is not None:
        starts.append(widen(narrower, fresh))
    trained = [_train(start, X, y, weight_decay) for start in starts]
    if narrower is not None:
        silent = fresh.with_parameters(np.zeros(fresh.n_parameters))
        same = widen(narrower, silent)
        trained.append((same, _objective(same, X, y, weight_decay)[0]))
    return min(trained, key=lambda pair: pair[1])


def widen(narrow, wide):
    """A wider network that gives what a narrower one of the same depth gives.

    The new units take what those of `wide` take, and give nothing.
    """
    weights, biases = [], []
    for layer, (w, b) in enumerate(zip(narrow.weights, narrow.biases, strict=True)):
        new_w, new_b = wide.weights[layer].copy(), wide.biases[layer].copy()
        if layer:
            new_w[w.shape[0] :, : w.shape[1]] = 0.0  # old units do not see the new ones
        new_w[: w.shape[0], : w.shape[1]], new_b[: w.shape[1]] = w, b
        weights.append(new_w)
        biases.append(new_b)
    return DenseNetwork(tuple(weights), tuple(biases), narrow.activation, narrow.link)


def _objective(network, X, y, weight_decay):
    """Mean loss and half the weight decay times the squared weights, and the gradient."""
    penalty = [np.concatenate([w.ravel(), np.zeros_like(b)]) for w, b in _pairs(network)]
    weights = np.concatenate(penalty)
    value = network.loss(X, y) + weight_decay / 2 * (weights @ weights)
    return value, network.gradient(X, y) + weight_decay * weights


def _pairs(network):
    return zip(network.weights, network.biases, strict=True)


def _train(network, X, y, weight_decay):
    from scipy.optimize import minimize

    targets = encode_targets(y, n_outputs=network.n_outputs, link=network.link)
    found = minimize(
        lambda at: _objective(network.with_parameters(at), X, targets, weight_decay),
        network.parameters,
        jac=True,
        method="L-BFGS-B",
        options={"maxiter": MAX_ITER, "ftol": 1e-9, "gtol": 1e-7},
    )
    return network.with_parameters(found.x), float(found.fun)
