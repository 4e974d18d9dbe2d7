"""`layer_tangents`: what each layer does to the tangent spaces of the data."""

from __future__ import annotations

import copy
from dataclasses import dataclass, field
from numbers import Integral

import numpy as np
from sklearn.utils import check_random_state

from ..._html import curves
from ..._kinds import as_float
from ..._report import Report
from ..._words import listed
from ...manifold import tangent_frames
from ..model._torch import TorchNetwork
from ._activations import rows_at_once, run_layers, split_network

__all__ = ["LayerTangents", "layer_tangents"]

#: Step of central differences that balances truncation and rounding.
STEP = np.finfo(float).eps ** (1 / 3)


@dataclass(frozen=True, eq=False)
class LayerTangents(Report):
    """What `layer_tangents` found; prints as a verdict and a table.

    Attributes
    ----------
    layer_names : tuple of str
        "input" first, "output" last.
    widths : tuple of int
    dimension : int
        Of the tangent spaces of the data.
    rows : int array of shape (n_points,)
        Of the points that were looked at.
    singular_values : array of shape (n_layers, n_points, dimension)
        Of the derivative of each layer along the tangent space of each point, the largest first:
        how far it stretches a step along the data. Those of the input are 1.
    """

    layer_names: tuple
    widths: tuple
    dimension: int
    rows: np.ndarray = field(repr=False)
    singular_values: np.ndarray = field(repr=False)

    @property
    def volume(self):
        """By what factor each layer enlarges a piece of the data at each point, to the power of
        1 / dimension; of shape (n_layers, n_points), 0 where a direction is lost."""
        with np.errstate(divide="ignore"):
            return np.exp(np.log(self.singular_values).mean(axis=2))

    @property
    def kept(self):
        """How many directions of the data each layer keeps at each point, of shape (n_layers,
        n_points): the participation ratio of the squared singular values, which is the dimension
        if all are equal and 1 if one is far above the others; 0 where all are 0."""
        squares = self.singular_values**2
        total = squares.sum(axis=2)
        return np.divide(
            total**2, (squares**2).sum(axis=2), out=np.zeros_like(total), where=total > 0
        )

    @property
    def verdict(self):
        """What it means, in words."""
        kept = np.median(self.kept, axis=1)
        said = (
            f"Of {self.dimension} direction{'s' * (self.dimension != 1)} of the data the output "
            f"keeps {kept[-1]:.1f}"
        )
        low = int(kept.argmin())
        if 0 < low < len(kept) - 1 and kept[low] < 0.8 * kept[-1]:
            said += f", and {self.layer_names[low]} no more than {kept[low]:.1f}"
        size = np.median(self.volume, axis=1)
        if size[-1] == 0:
            lost = self.layer_names[int(np.flatnonzero(size == 0)[0])]
            return f"{said}. From {lost} on a direction is lost at most points."
        parts = [
            f"{word} in {self.layer_names[at]} ({size[at]:.3g} times the input)"
            for word, at in (("largest", int(size.argmax())), ("smallest", int(size.argmin())))
            if at
        ]
        return f"{said}. A piece of the data is {listed(parts)}." if parts else f"{said}."

    def _figure(self):
        """Median stretch of the first and the last direction, by layer."""
        medians = np.median(self.singular_values, axis=1)
        series = {"largest": medians[:, 0], "smallest": medians[:, -1]}
        depth = np.arange(len(self.layer_names))
        return curves(depth, series, x_label="layer", y_label="stretch", label="stretch by layer")

    _names = ("layer",)

    def _rows(self):
        """A row for each layer."""
        largest = np.median(self.singular_values[:, :, 0], axis=1)
        smallest = np.median(self.singular_values[:, :, -1], axis=1)
        return [
            {
                "layer": name,
                "width": self.widths[i],
                "largest": float(largest[i]),
                "smallest": float(smallest[i]),
                "volume": float(np.median(self.volume[i])),
                "kept": float(np.median(self.kept[i])),
            }
            for i, name in enumerate(self.layer_names)
        ]

    def _columns(self):
        return {
            "layer": ("layer", "s"),
            "units": ("width", "d"),
            "largest": ("largest", ".3g"),
            "smallest": ("smallest", ".3g"),
            "size": ("volume", ".3g"),
            "directions kept": ("kept", ".2f"),
        }

    def _below(self):
        return (
            f"medians over {len(self.rows)} points; largest, smallest: stretch of a step along the "
            "data;\nsize: of a piece of the data, as the factor of a length"
        )


def layer_tangents(
    network,
    X,
    *,
    layers="all",
    dimension="auto",
    n_neighbors=20,
    max_points=200,
    random_state=0,
):
    """How each layer stretches the data along their own directions (input per point).

    The derivative of a layer is applied to the tangent spaces of the data, which principal
    directions of neighbourhoods tell. Its singular values say what the layer does to the data
    manifold; those of the whole derivative also count directions in which there is no data.

    Parameters
    ----------
    network : a network, as `as_network` takes it
    X : array-like of shape (n_points, n_features), or (n_points, ...) as a torch module takes it
    layers : "all", or list of str and int, default="all"
        Names or positions of layers (`layer_activations`); the input is always the first.
    dimension : int or "auto", default="auto"
        Of the tangent spaces; "auto" estimates one dimension for the whole cloud.
    n_neighbors : int, default=20
        Points that tell a tangent space.
    max_points : int, default=200
        Of more points so many are drawn; all of them tell the tangent spaces.
    random_state : int, RandomState or None, default=0
        Seed of what is drawn.

    Returns
    -------
    LayerTangents

    Raises
    ------
    TypeError, NotFittedError
        If `network` is no network, or is not fitted.
    ValueError
        If `X` has fewer than 3 rows, or the network takes no rows that are moved a little, as of
        token ids.

    See Also
    --------
    tda.networks.PullbackMetric : The same metric on all directions.
    tda.networks.layer_report : Holes, dimension and separation of the classes by layer.
    tda.plot.plot_tangents : The same as a picture.

    Notes
    -----
    Derivatives are central differences in double precision, also of torch modules in single
    precision: exact to about nine digits where a layer is smooth, as of ``relu`` everywhere but
    next to its kinks. Takes ``2 * dimension`` runs forward for each point.

    Examples
    --------
    A circle in the plane has one direction. A layer that stretches x by 3 stretches it by 3 at the
    top and not at all at the sides.

    >>> import numpy as np
    >>> from tda.networks import DenseNetwork, layer_tangents
    >>> angles = np.linspace(0, 2 * np.pi, 401)[:-1]
    >>> X = np.stack([np.cos(angles), np.sin(angles)], axis=1)
    >>> wide = DenseNetwork((np.diag([3.0, 1.0]),), (np.zeros(2),))
    >>> found = layer_tangents(wide, X, dimension=1, max_points=400)
    >>> found.singular_values[-1, [0, 100], 0].round(2)
    array([1., 3.])
    """
    steps, network = split_network(network)
    X = as_float(X, "X")
    if X.ndim < 2 or len(X) < 3:
        raise ValueError(f"X has shape {X.shape}: give three rows at least, rows first.")
    if not isinstance(max_points, Integral) or max_points < 1:
        raise ValueError(f"max_points={max_points!r}; it must be an integer from 1 on.")
    flat = X.reshape(len(X), -1)
    rows = np.arange(len(X))
    if len(X) > max_points:
        rng = check_random_state(random_state)
        rows = np.sort(rng.choice(len(X), max_points, replace=False))
    frames = tangent_frames(flat, dimension=dimension, n_neighbors=n_neighbors)[rows]
    frames = frames.swapaxes(1, 2)
    if not frames.shape[1]:
        raise ValueError("X is a single point, which has no directions.")
    network = _in_double(network)
    if isinstance(network, TorchNetwork) and not steps:
        network.require_derivative(X[:3])
    step = STEP * max(float(np.abs(flat).max()), np.finfo(float).tiny)
    n_dimensions, found, widths = frames.shape[1], {}, {}
    at_once = max(rows_at_once(steps, network, X) // (2 * n_dimensions), 1)
    for start in range(0, len(rows), at_once):
        moves = step * frames[start : start + at_once]
        base = flat[rows[start : start + at_once]][:, None]
        # One run a direction: what a module draws for a row depends on the row's place in the run.
        runs = [
            run_layers(
                steps,
                network,
                moved.reshape(-1, *X.shape[1:]),
                layers=layers,
                include_input=True,
            )
            for moved in np.concatenate([base + moves, base - moves], axis=1).swapaxes(0, 1)
        ]
        for name, cloud in runs[0].items():
            widths[name] = cloud.shape[1]
            ahead, behind = (
                np.stack([run[name] for run in runs], axis=1)
                .reshape(len(base), 2, n_dimensions, -1)
                .swapaxes(0, 1)
            )
            stretched = np.linalg.svd((ahead - behind) / (2 * step), compute_uv=False)
            # Fewer units than directions: the others are lost.
            lost = n_dimensions - stretched.shape[1]
            stretched = np.pad(stretched, ((0, 0), (0, lost)))
            found.setdefault(name, []).append(stretched)
    # A pipeline's own steps come before what the network is given: that is the unit.
    return LayerTangents(
        layer_names=tuple(found),
        widths=tuple(widths.values()),
        dimension=n_dimensions,
        rows=rows,
        singular_values=np.stack([np.concatenate(parts) for parts in found.values()]),
    )


def _in_double(network):
    """The network in double precision; differences of single precision are mostly rounding."""
    if not isinstance(network, TorchNetwork):
        return network
    return network._with(copy.deepcopy(network.module).double())
