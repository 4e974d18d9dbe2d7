"""`LayerActivations`: rows in, one cloud a layer out."""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from functools import partial
from numbers import Integral
from pathlib import Path
from typing import ClassVar

import numpy as np
from sklearn.base import TransformerMixin, clone
from sklearn.exceptions import NotFittedError
from sklearn.utils import _safe_indexing
from sklearn.utils._param_validation import StrOptions
from sklearn.utils.validation import check_is_fitted

from ..._blocks import SHARE, Blocks, as_blocks, rows_or_blocks
from ..._estimator import BaseEstimator
from ..._kinds import as_float, refuse_other_kinds
from ..model._network import as_network, split_steps

__all__ = ["LayerActivations", "layer_activations"]

INPUT = "input"


def layer_activations(network, X, *, layers="all", include_input=False, directory=None):
    """What each layer of a network makes of the rows of a cloud (input per point).

    Parameters
    ----------
    network : fitted MLPClassifier, MLPRegressor or Pipeline that ends in one, torch.nn.Module, \
DenseNetwork or TorchNetwork
    X : array-like of shape (n_points, n_features), or (n_points, ...) as a torch module takes it
        As the network, or the pipeline, takes it; images and sequences for torch modules. It may
        stay on disk, as `tda.landmarks` takes it. The network runs on as many rows at once as an
        eighth of scikit-learn's `working_memory` holds with their activations.
    layers : "all", or list of str and int, default="all"
        Names or positions of layers: "hidden 1", …, "output", or a torch module's own names; 0 is
        the first, -1 the last. Any module inside a torch module may be named, such as a block.
    include_input : bool, default=False
        Put what the network itself is given in front, as layer "input".
    directory : str or Path, default=None
        Where to write the activations, for what is larger than memory: a file ``hidden 1.npy`` for
        each layer, in place of one of that name. The arrays that are returned are mapped from
        there, and `tda.landmarks`, `tda.intrinsic_dimension` and others read them in blocks.

    Returns
    -------
    dict of str to array of shape (n_points, width)
        The activations, after the nonlinearity, by the name of their layer and in the order of
        the layers, or as asked for. Those of the output are the scores, before any link. float64,
        and float32 of torch modules in single or half precision.

    Raises
    ------
    TypeError, NotFittedError
        If `network` is no network, or is not fitted.
    ValueError
        If there is no such layer, or `X` is no cloud of the network's number of features.

    Examples
    --------
    >>> import numpy as np
    >>> from tda.networks import layer_activations, random_network
    >>> X = np.random.default_rng(0).normal(size=(150, 4))
    >>> network = random_network(4, [8, 6], 3, random_state=0)
    >>> {name: cloud.shape for name, cloud in layer_activations(network, X).items()}
    {'hidden 1': (150, 8), 'hidden 2': (150, 6), 'output': (150, 3)}
    >>> list(layer_activations(network, X, layers=[-1], include_input=True))
    ['input', 'output']
    """
    before, network = split_network(network)
    run = partial(run_layers, before, network, layers=layers, include_input=include_input)
    blocks = as_blocks(X)
    if blocks is None:
        X = given(X)
        return in_batches(run, X, rows_at_once(before, network, X), directory)
    return _joined(
        run, blocks.batches(rows_at_once(before, network, blocks)), len(blocks), directory
    )


class LayerActivations(TransformerMixin, BaseEstimator):
    """The clouds in the layers of a network (input per point; gives one cloud a layer).

    The output is what `RipsPersistence`, `HoleCounter` or `CloudDimension` take as input: each
    layer is one sample.

    Parameters
    ----------
    network : MLPClassifier, MLPRegressor or Pipeline that ends in one, torch.nn.Module, \
DenseNetwork or TorchNetwork, default=None
        A fitted one is taken as it is, one that is not fitted is cloned and fitted on what `fit`
        is given. Cloning, as in cross-validation, forgets a fit of scikit-learn's networks; a
        `sklearn.frozen.FrozenEstimator` around it keeps it.
    layers : "all", or list of str and int, default="all"
        Names or positions of layers: "hidden 1", …, "output", or a torch module's own names; 0 is
        the first, -1 the last. Any module inside a torch module may be named, such as a block.
    include_input : bool, default=False
        Put what the network itself is given in front, as layer "input".

    Attributes
    ----------
    layer_names_ : list of str
        One for each cloud that `transform` gives.
    network_ : DenseNetwork or TorchNetwork
    steps_ : list of transformers
        Those of a pipeline that come before its network.

    See Also
    --------
    layer_activations : The same in one call.
    layer_report : Holes, dimension and separation of classes, layer by layer.

    Examples
    --------
    A curve stays one in every layer.

    >>> from sklearn.pipeline import make_pipeline
    >>> from tda import CloudDimension
    >>> from tda.datasets import make_circle
    >>> from tda.networks import LayerActivations, random_network
    >>> X = make_circle(300, random_state=0).points
    >>> network = random_network(2, [10, 10], activation="tanh", random_state=0)
    >>> activations = LayerActivations(network=network, layers=[0, "output"], include_input=True)
    >>> make_pipeline(activations, CloudDimension()).fit_transform(X).round()
    array([[1.],
           [1.],
           [1.]])
    >>> activations.layer_names_
    ['input', 'hidden 1', 'output']
    """

    _parameter_constraints: ClassVar[dict] = {
        "network": "no_validation",  # `as_network` says what is wrong with it
        "layers": [StrOptions({"all"}), list, tuple],
        "include_input": ["boolean"],
    }

    def __init__(self, *, network=None, layers="all", include_input=False):
        self.network = network
        self.layers = layers
        self.include_input = include_input

    def fit(self, X, y=None):
        """Find the layers, and fit the network if it is not fitted.

        Parameters
        ----------
        X : array-like of shape (n_points, n_features)
            It may stay on disk; a network that is not fitted has to be fitted in memory.
        y : array-like of shape (n_points,) or (n_points, n_outputs), default=None
            Looked at only where the network is fitted here.

        Returns
        -------
        self
        """
        self._validate_params()
        network, blocks = self.network, as_blocks(X)
        X = given(X) if blocks is None else blocks
        try:
            self.steps_, self.network_ = split_network(network)
        except NotFittedError:
            X = rows_or_blocks(X)
            if X is blocks:
                raise ValueError(
                    f"network is not fitted, and {X} is larger than half of sklearn's "
                    "working_memory: fit the network first."
                ) from None
            self.steps_, self.network_ = split_network(clone(network).fit(X, y))
        some = X.take(np.arange(min(len(X), 2))) if X is blocks else _part(X, 0, 2)
        some = apply_steps(self.steps_, some)
        clouds = _clouds(self.network_, some, self.layers)  # a torch module names layers as it runs
        names = list(clouds)
        chosen = [names[i] for i in choose_layers(names, self.layers)]
        self.layer_names_ = [INPUT] * self.include_input + chosen
        self.n_features_in_ = int(np.prod(np.shape(X)[1:]))
        return self

    def transform(self, X):
        """The cloud in every layer.

        Parameters
        ----------
        X : array-like of shape (n_points, n_features)
            It may stay on disk: the network then runs on a batch of rows at once.

        Returns
        -------
        list of arrays of shape (n_points, width), one for each of `layer_names_`
        """
        check_is_fitted(self)
        options = {
            "layers": self.layer_names_[self.include_input :],
            "include_input": self.include_input,
        }
        run = partial(run_layers, self.steps_, self.network_, **options)
        blocks = as_blocks(X)
        if blocks is None:
            X = given(X)
            return list(in_batches(run, X, rows_at_once(self.steps_, self.network_, X)).values())
        n_rows = rows_at_once(self.steps_, self.network_, blocks)
        return list(_joined(run, blocks.batches(n_rows), len(blocks)).values())

    def set_output(self, *, transform=None):
        """Has no effect, so that pipelines can call it; clouds have no columns in common."""
        return self


# -- a batch of rows at a time ----------------------------------------------------------------


def run_layers(steps, network, rows, *, layers="all", include_input=False):
    """The clouds of some rows in the layers that are asked for, by name."""
    X = apply_steps(steps, rows)
    clouds = _clouds(network, X, layers)
    names = list(clouds)
    found = {INPUT: _rows(X)} if include_input else {}
    return found | {names[i]: clouds[names[i]] for i in choose_layers(names, layers)}


def _clouds(network, X, layers):
    """Everything that the network makes of rows, by unique names."""
    inside = getattr(network, "part_names", ())
    parts = [name for name in layers if name in inside] if not isinstance(layers, str) else []
    clouds = network.layers(X, parts=parts) if parts else network.layers(X)
    return dict(zip(unique_names(network.layer_names), clouds, strict=True))


def rows_at_once(steps, network, X):
    """How many rows fit with their activations into a part of scikit-learn's working memory."""
    from sklearn import get_config

    blocks = X if isinstance(X, Blocks) else None
    if blocks is not None and not len(blocks):
        raise ValueError(f"{blocks.name} has no rows.")
    rows = blocks.take([0]) if blocks is not None else _part(X, 0, 1)
    some = apply_steps(steps, rows)
    n_floats = sum(int(np.prod(np.shape(one))) for one in (rows, some, *network.layers(some)))
    n_bytes = get_config()["working_memory"] * 2**20 / SHARE
    return max(int(n_bytes / (8 * max(n_floats, 1))), 1)


def in_batches(run, X, n_rows, directory=None):
    """The activations of the rows of an array, frame or list, so many at a time."""
    n = np.shape(X)[0]
    if n <= n_rows and directory is None:
        return run(X)
    parts = (_part(X, start, min(start + n_rows, n)) for start in range(0, n, n_rows))
    return _joined(run, parts, n, directory)


def _part(X, start, stop):
    return _safe_indexing(X, slice(start, stop))


def _joined(run, batches, n_rows, directory=None):
    """The activations of all rows, a batch at a time, in memory or in files of a directory."""
    found, start = {}, 0
    for rows in batches:
        clouds = run(rows)
        if not found:
            found = {
                name: _empty(directory, name, (n_rows, *cloud.shape[1:]), cloud.dtype)
                for name, cloud in clouds.items()
            }
        for name, cloud in clouds.items():
            found[name][start : start + len(cloud)] = cloud
        start += len(cloud)
    return found if directory is None else {name: _mapped(found[name]) for name in found}


def _empty(directory, name, shape, dtype):
    if directory is None:
        return np.empty(shape, dtype)
    Path(directory).mkdir(parents=True, exist_ok=True)
    title = re.sub(r"[^\w .()-]", "_", name)
    path = Path(directory) / f"{title}.npy.part"
    return np.lib.format.open_memmap(path, mode="w+", dtype=dtype, shape=shape)


def _mapped(array):
    """The array under its own name, once it is whole: who still reads an older one keeps it."""
    array.flush()
    path = Path(array.filename).with_suffix("")
    os.replace(array.filename, path)
    return np.load(path, mmap_mode="r")


# -- the network and its layers ------------------------------------------------------------


def split_network(network):
    """The transformers before a network, and the network: ``([], network)`` but for pipelines."""
    if network is None:
        raise TypeError(
            "network=None: give a fitted MLPClassifier or MLPRegressor, a Pipeline that ends in "
            "one, or a torch.nn.Module."
        )
    before, last = split_steps(network)
    last = as_network(last)
    for step in before:
        check_is_fitted(step)
    return before, last


def given(X):
    """What is given to a network or to the steps before it, which may take text or sparse rows."""
    refuse_other_kinds(X, "X", sparse=True)
    try:
        n_axes = np.ndim(X)
    except ValueError:  # rows of different lengths
        n_axes = 0
    if n_axes == 0:
        as_float(X, "X")  # which says what it is
        raise ValueError("X has no axis: give rows, of shape (n_points, n_features).")
    return X


def apply_steps(steps, X):
    for step in steps:
        X = step.transform(X)
    return X


def choose_layers(names, layers):
    """Positions of the layers that were asked for."""
    if isinstance(layers, str) and layers == "all":
        return list(range(len(names)))
    if isinstance(layers, str) or not isinstance(layers, Sequence) or not len(layers):
        raise ValueError(f'layers={layers!r}; it must be "all" or a list of names or positions.')
    chosen = []
    for layer in layers:
        if isinstance(layer, str) and layer in names:
            chosen.append(names.index(layer))
        elif isinstance(layer, Integral) and -len(names) <= layer < len(names):
            chosen.append(int(layer) % len(names))
        else:
            raise ValueError(
                f"layers holds {layer!r}, but the layers are {', '.join(map(repr, names))}, or "
                f"their positions from 0 to {len(names) - 1}"
                + ("; for the input, include_input=True." if layer == INPUT else ".")
            )
    twice = [names[i] for i in chosen if chosen.count(i) > 1]
    if twice:
        raise ValueError(f"layers holds {twice[0]!r} twice: ask for each layer once.")
    return chosen


def unique_names(names):
    """The names, numbered where a module is called more than once or is itself called input."""
    found = []
    for name in names:
        given, k = name, 2
        while name in found or name == INPUT:
            name, k = f"{given} ({k})", k + 1
        found.append(name)
    return found


def _rows(X):
    X = np.asarray(X)
    kind = np.float32 if X.dtype.kind == "f" and X.dtype.itemsize <= 4 else np.float64
    return X.astype(kind).reshape(len(X), -1)
