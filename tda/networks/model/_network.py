"""`as_network`: any kind of network, with derivatives."""

from __future__ import annotations

import sys

from sklearn.neural_network import MLPClassifier, MLPRegressor
from sklearn.pipeline import Pipeline
from sklearn.utils.validation import check_is_fitted

from ._dense import DenseNetwork, dense_from_estimator
from ._torch import TorchNetwork

__all__ = ["as_network"]


def as_network(network, *, link=None, criterion=None):
    """A fitted network, with methods for its layers, scores and derivatives.

    Parameters
    ----------
    network : MLPClassifier, MLPRegressor, torch.nn.Module, DenseNetwork or TorchNetwork
        scikit-learn's networks have to be fitted. A torch module is used in evaluation mode and is
        not changed.
    link : {"identity", "logistic", "softmax"}, default=None
        The function that turns a torch module's outputs into predictions; it also sets the loss.
        "identity" if None. scikit-learn's networks have their own.
    criterion : callable, default=None
        A loss of one's own for a torch module, see `TorchNetwork`.

    Returns
    -------
    DenseNetwork or TorchNetwork
        Both have ``scores``, ``predict``, ``layers``, ``layer_names``, ``jacobian``,
        ``input_hessian``, ``parameter_jacobian``, ``parameters``, ``with_parameters``, ``loss``,
        ``gradient``, ``hessian_product`` and ``fisher_product``.

    Raises
    ------
    TypeError
        If it is none of these.
    NotFittedError
        If it is not fitted yet.

    Examples
    --------
    >>> from sklearn.datasets import load_iris
    >>> from sklearn.neural_network import MLPClassifier
    >>> from tda.networks import as_network
    >>> X, y = load_iris(return_X_y=True)
    >>> mlp = MLPClassifier([5, 4], max_iter=3, random_state=0)
    >>> _ = mlp.partial_fit(X, y, classes=[0, 1, 2])
    >>> network = as_network(mlp)
    >>> network
    DenseNetwork(4-5-4-3, relu, softmax)
    >>> network.jacobian(X[:10]).shape
    (10, 3, 4)
    """
    if criterion is not None and not hasattr(network, "named_parameters"):
        raise ValueError(
            f"criterion goes with a torch module, but network is a {type(network).__name__}: its "
            "link sets its loss."
        )
    if isinstance(network, DenseNetwork | TorchNetwork):
        return network
    if isinstance(network, MLPClassifier | MLPRegressor):
        check_is_fitted(network)
        return dense_from_estimator(network)
    # A torch module can only be given by somebody who has imported torch.
    torch = sys.modules.get("torch")
    if torch is not None and isinstance(network, torch.nn.Module):
        return TorchNetwork(network, link=link or "identity", criterion=criterion)
    if isinstance(network, Pipeline):
        raise TypeError(
            "network is a Pipeline: give its last step, network=pipe[-1], and what that step "
            "is given, X=pipe[:-1].transform(X)."
        )
    raise TypeError(
        f"network is a {type(network).__name__}: give a fitted MLPClassifier or MLPRegressor, "
        "or a torch.nn.Module."
    )
