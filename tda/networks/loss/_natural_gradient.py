"""Gradient descent in the metric of the predictions, not of the parameters."""

from __future__ import annotations

import numpy as np

from ..kernel._linearized import GradientDescent, loss_follower
from ..model._network import as_network

__all__ = ["natural_gradient", "natural_gradient_descent"]

#: Up to so many parameters the matrix is made and factored.
DENSE_UP_TO = 300

#: How often a step is tried with more damping, and what that is if there was none.
MAX_TRIES = 20
LEAST_DAMPING = 1e-6


def natural_gradient(network, X, y, *, damping=1e-3, solver="auto"):
    """The direction (F + damping · I)⁻¹ · gradient, F the Fisher information.

    Parameters
    ----------
    network, X, y
        As of `natural_gradient_descent`.
    damping : float, default=1e-3
    solver : {"auto", "dense", "cg"}, default="auto"

    Returns
    -------
    array of shape (n_parameters,)

    Examples
    --------
    Of a linear network one step along it lands at the least squares solution.

    >>> import numpy as np
    >>> from tda.networks import DenseNetwork, natural_gradient
    >>> X = np.array([[1.0, 0.0], [-1.0, 0.0], [0.0, 0.01], [0.0, -0.01]])
    >>> linear = DenseNetwork((np.zeros((2, 1)),), (np.zeros(1),))
    >>> step = natural_gradient(linear, X, X @ [2.0, 3.0], damping=0)
    >>> (linear.parameters - step).round(6)
    array([2., 3., 0.])
    """
    network = as_network(network)
    if not damping >= 0:
        raise ValueError(f"damping={damping!r}: give a number from 0 on.")
    if solver not in ("auto", "dense", "cg"):
        raise ValueError(f'solver={solver!r} is none of "auto", "dense", "cg".')
    return _solve(network, X, network.gradient(X, y), damping, solver)


def natural_gradient_descent(
    network,
    X,
    y,
    *,
    learning_rate=1.0,
    n_steps=20,
    damping=1e-3,
    adaptive=True,
    solver="auto",
    X_test=None,
    keep_path=False,
):
    """Train a network along the natural gradient on all rows at once.

    Every step is parameters ← parameters − learning_rate · (F + damping · I)⁻¹ gradient, with the
    Fisher information F at the current parameters. As the damping goes to 0, the step no longer
    depends on the parametrisation, for example on the scales of the inputs. As the damping grows,
    the step becomes that of `gradient_descent` with learning rate ``learning_rate / damping``.

    Parameters
    ----------
    network : fitted MLPClassifier or MLPRegressor, torch.nn.Module, DenseNetwork or TorchNetwork
        The network is not changed.
    X : array-like of shape (n_points, n_features)
    y : array-like of shape (n_points,) or (n_points, n_outputs)
        What the network's loss takes: values, or labels.
    learning_rate : float, default=1.0
        1 is the Gauss–Newton step.
    n_steps : int, default=20
    damping : float, default=1e-3
        In units of the loss's second derivatives.
    adaptive : bool, default=True
        Adapt the damping (Levenberg and Marquardt). A step that would raise the loss is tried again
        with four times the damping. After a step that succeeds at once the damping is halved. If
        False, the damping stays and the loss may rise.
    solver : {"auto", "dense", "cg"}, default="auto"
        ``"dense"`` makes the matrix; ``"cg"``, conjugate gradients, only multiplies by it;
        "auto" is dense up to 300 parameters.
    X_test : array-like of shape (n_tests, n_features), default=None
        Rows whose scores are also recorded.
    keep_path : bool, default=False
        Keep the parameters of every step.

    Returns
    -------
    GradientDescent
        The same fields as from `gradient_descent`, to compare the two.

    Notes
    -----
    A step costs, each time it is tried, as many products with F as there are parameters (dense),
    or as conjugate gradients need, at most twice as many; each at the cost of two gradients.
    Training stops where the loss overflows, and stays where no damping lowers it.

    References
    ----------
    .. [1] S. Amari, "Natural gradient works efficiently in learning", Neural Computation
       10:251-276, 1998.
    .. [2] J. Martens, "New insights and perspectives on the natural gradient method", J. Mach.
       Learn. Res. 21(146), 2020.

    Examples
    --------
    Inputs of very different scales, which plain gradient descent suffers from.

    >>> import numpy as np
    >>> from tda.networks import DenseNetwork, gradient_descent, natural_gradient_descent
    >>> X = np.random.default_rng(0).normal(size=(50, 2)) * [1.0, 0.01]
    >>> y, linear = X @ [1.0, 100.0], DenseNetwork((np.ones((2, 1)),), (np.zeros(1),))
    >>> plain = gradient_descent(linear, X, y, learning_rate=1.0, n_steps=100).loss
    >>> natural = natural_gradient_descent(linear, X, y, damping=1e-8, n_steps=5).loss
    >>> bool(plain[-1] > 0.5 * plain[1]), bool(natural[-1] < 1e-6 * natural[0])
    (True, True)
    """
    network = as_network(network)
    if not learning_rate > 0:
        raise ValueError(f"learning_rate={learning_rate!r}: give a positive number.")
    if int(n_steps) != n_steps or n_steps < 0:
        raise ValueError(f"n_steps={n_steps!r}: give a whole number from 0 on.")
    scores = network.scores(X)
    loss_now = loss_follower(network, X, y, scores)
    start = network.parameters
    length = np.linalg.norm(start) or 1.0
    loss, all_scores, tests, path = [], [], [], []
    with np.errstate(over="ignore", invalid="ignore"):
        for step in range(int(n_steps) + 1):
            for tries in range(MAX_TRIES if step else 0):
                moved = natural_gradient(network, X, y, damping=damping, solver=solver)
                tried = network.with_parameters(network.parameters - learning_rate * moved)
                scores = tried.scores(X)
                lower = loss_now(tried, scores) < loss[-1]
                if lower or not adaptive:
                    network = tried
                    damping = damping / 2 if adaptive and not tries else damping
                    break
                damping = max(4 * damping, LEAST_DAMPING)
            else:
                scores = network.scores(X)
            value = loss_now(network, scores)
            if not np.isfinite(value):
                break
            loss.append(value)
            all_scores.append(scores)
            tests.append(None if X_test is None else network.scores(X_test))
            path.append(network.parameters)
    short = int(n_steps) + 1 - len(loss)

    def filled(values, fill=np.nan):
        values = np.array(values)
        return np.concatenate([values, np.full((short, *values.shape[1:]), fill)])

    return GradientDescent(
        filled(loss, np.inf),
        filled(all_scores),
        None if X_test is None else filled(tests),
        filled(np.linalg.norm(np.array(path) - start, axis=1) / length),
        filled(path) if keep_path else None,
        network,
    )


def _solve(network, X, gradient, damping, solver):
    """(F + damping I)⁻¹ gradient."""
    size = len(gradient)
    if solver == "dense" or (solver == "auto" and size <= DENSE_UP_TO):
        F = np.array([network.fisher_product(X, row) for row in np.eye(size)])
        F = (F + F.T) / 2
        # Least squares, since without damping there are directions that change nothing.
        return np.linalg.lstsq(F + damping * np.eye(size), gradient, rcond=1e-13)[0]
    from scipy.sparse.linalg import LinearOperator, cg

    def product(vector):
        return network.fisher_product(X, vector) + damping * vector

    operator = LinearOperator((size, size), matvec=product, dtype=np.float64)
    return cg(operator, gradient, rtol=1e-8, maxiter=2 * size)[0]
