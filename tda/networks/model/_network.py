"""`as_network`: any kind of network, with derivatives."""

from __future__ import annotations

import sys

from sklearn.neural_network import MLPClassifier, MLPRegressor
from sklearn.pipeline import Pipeline
from sklearn.utils.validation import check_is_fitted

from ._dense import DenseNetwork, dense_from_estimator
from ._pipeline import PipelineNetwork
from ._torch import TorchNetwork

__all__ = ["as_network"]


def as_network(network, *, link=None, output=None, input_shape=None, criterion=None):
    """A fitted network, with methods for its layers, scores and derivatives.

    Parameters
    ----------
    network : MLPClassifier, MLPRegressor, a Pipeline or search that ends in one, \
torch.nn.Module, DenseNetwork, TorchNetwork or PipelineNetwork
        scikit-learn's networks have to be fitted. A torch module is used in evaluation mode and is
        not changed; it may end a Pipeline too.
    link : {"identity", "logistic", "softmax"}, default=None
        The function that turns a torch module's outputs into predictions; it also sets the loss.
        "identity" if None. scikit-learn's networks have their own.
    output : str, int, tuple of these, or callable, default=None
        Which of several tensors that a torch module returns are the scores: a position, a key, a
        field, or a path of them; see `TorchNetwork`.
    input_shape : tuple of int, default=None
        The shape of one row for a torch module, such as (3, 32, 32), to which rows of X are
        reshaped. None takes X as it comes.
    criterion : callable, default=None
        A loss of one's own for a torch module, see `TorchNetwork`.

    Returns
    -------
    DenseNetwork, TorchNetwork or PipelineNetwork
        All have ``scores``, ``predict``, ``layers``, ``layer_names``, ``jacobian``,
        ``input_hessian``, ``parameter_jacobian``, ``parameters``, ``with_parameters``, ``loss``,
        ``gradient``, ``hessian_product`` and ``fisher_product``.

    Raises
    ------
    TypeError
        If it is none of these.
    NotFittedError
        If it is not fitted yet.
    ValueError
        If what is said of a torch module is said of another network.

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
    said = {"link": link, "output": output, "input_shape": input_shape, "criterion": criterion}
    said = {name: value for name, value in said.items() if value is not None}
    steps, network = split_steps(network)
    for step in steps:
        check_is_fitted(step)
    # A torch module can only be given by somebody who has imported torch.
    torch = sys.modules.get("torch")
    if torch is not None and isinstance(network, torch.nn.Module):
        made = TorchNetwork(network, **({"link": "identity"} | said))
    elif said:
        name = next(iter(said))
        raise ValueError(
            f"{name} goes with a torch module, but network is a {type(network).__name__}, which "
            f"has its own: leave {name} out."
        )
    elif isinstance(network, DenseNetwork | TorchNetwork | PipelineNetwork):
        made = network
    elif isinstance(network, MLPClassifier | MLPRegressor):
        check_is_fitted(network)
        made = dense_from_estimator(network)
    else:
        raise TypeError(
            f"network is a {type(network).__name__}: give a fitted MLPClassifier or MLPRegressor, "
            "a Pipeline that ends in one, or a torch.nn.Module."
        )
    return PipelineNetwork(steps, made) if steps else made


def split_steps(network):
    """The transformers before a network, and the network: ``([], network)`` but for pipelines.

    What is frozen or the best of a search stands for what is inside.
    """
    from sklearn.frozen import FrozenEstimator

    if isinstance(network, FrozenEstimator):
        return split_steps(network.estimator)
    if isinstance(network, PipelineNetwork):
        return network.steps, network.network
    if hasattr(network, "best_estimator_"):
        return split_steps(network.best_estimator_)
    if not isinstance(network, Pipeline):
        return [], network
    *before, last = (step for _, step in network.steps)
    before = [step for step in before if step is not None and step != "passthrough"]
    inner, last = split_steps(last)
    return before + inner, last
