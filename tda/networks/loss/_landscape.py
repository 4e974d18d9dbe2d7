"""A slice through the landscape of the loss, with the path of training on it."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from ..._html import heat_map
from ..._report import Report
from ..._words import listed
from ..model._dense import DenseNetwork
from ..model._network import as_network
from ._curvature import curvature_product, in_batches
from ._sharpness import loss_sharpness

__all__ = ["LossSlice", "filter_normalised", "loss_slice"]

DIRECTIONS = ("filter", "hessian", "path")

#: A path is drawn at so many of its points at most.
MAX_PATH = 200


@dataclass(frozen=True, eq=False)
class LossSlice(Report):
    """The loss on a plane in the space of parameters; prints as a verdict and a table.

    Attributes
    ----------
    x, y : arrays of shape (n_grid,)
        Coordinates along the first and second direction; the network is at (0, 0).
    losses : array of shape (n_grid, n_grid)
        ``losses[i, j]`` at ``y[i]``, ``x[j]``.
    directions : array of shape (2, n_parameters)
    kind : str
        Where the directions come from.
    loss : float
        Of the network itself.
    path : array of shape (n_kept, 2) or None
        The path of training projected on the plane, in coordinates.
    path_losses : array of shape (n_kept,) or None
        The true losses on the path, not those on the plane.
    explained : float
        The share of the path's squared length from the network that lies in the plane; NaN
        without a path.
    curvatures : array of shape (2,)
        Second derivatives of the loss along the directions, by the coordinates.
    """

    x: np.ndarray
    y: np.ndarray
    losses: np.ndarray
    directions: np.ndarray = field(repr=False)
    kind: str
    loss: float
    path: np.ndarray | None
    path_losses: np.ndarray | None
    explained: float
    curvatures: np.ndarray

    @property
    def verdict(self):
        """The loss here and around, in words."""
        along = listed(f"{value:.3g}" for value in self.curvatures)
        said = (
            f"The loss is {self.loss:.4g} at the network, {self.losses.min():.4g} to "
            f"{self.losses.max():.4g} on the slice ({self.kind}); second derivatives along it are "
            f"{along}"
        )
        if self.path is not None:
            said += f"; {self.explained:.0%} of the path lies in the plane"
        return f"{said}."

    def _figure(self):
        return heat_map(self.losses, label="loss on the slice, low values dark")

    _names = ("direction",)

    def _rows(self):
        """A row per direction: how far the slice goes, and how the loss bends."""
        return [
            {"direction": name, "from": float(at[0]), "to": float(at[-1]), "curvature": float(bend)}
            for name, at, bend in zip("xy", (self.x, self.y), self.curvatures, strict=True)
        ]

    def _columns(self):
        return {
            "direction": ("direction", "s"),
            "from": ("from", ".3g"),
            "to": ("to", ".3g"),
            "second derivative": ("curvature", ".3g"),
        }


def filter_normalised(network, direction):
    """A direction whose part for each unit is as long as the unit's own weights.

    A unit's incoming weights are one filter; each bias is another. The weights of a rectifier can
    be scaled up and those of the next layer down without a change of the network. Slices then do
    not change either.

    Parameters
    ----------
    network : DenseNetwork or TorchNetwork
    direction : array of shape (n_parameters,)

    Returns
    -------
    array of shape (n_parameters,)

    References
    ----------
    .. [1] H. Li, Z. Xu, G. Taylor, C. Studer, T. Goldstein, "Visualizing the loss landscape of
       neural nets", NeurIPS 2018.
    """
    unit = _units(network)
    direction = np.asarray(direction, dtype=np.float64)
    own = np.bincount(unit, network.parameters**2)
    given = np.bincount(unit, direction**2)
    return direction * np.sqrt(own / np.where(given > 0, given, 1.0))[unit]


def loss_slice(
    network,
    X,
    y,
    *,
    directions="filter",
    path=None,
    extent="auto",
    n_grid=31,
    batch_size=None,
    random_state=0,
):
    """The loss along two directions from the parameters of a network.

    Parameters
    ----------
    network : fitted MLPClassifier or MLPRegressor, torch.nn.Module, DenseNetwork or TorchNetwork
        The network at the middle of the slice.
    X : array-like of shape (n_points, n_features)
    y : array-like of shape (n_points,) or (n_points, n_outputs)
        What the network's loss takes.
    directions : {"filter", "hessian", "path"} or array of shape (2, n_parameters), \
default="filter"
        ``"filter"``: random, with the length of each unit's own weights (`filter_normalised`), so
        that a step of 1 along them changes the network by its own size. ``"hessian"``: the two in
        which the loss bends most, of length 1. ``"path"``: the principal directions of `path` as
        seen from the network, of length 1; random directions hardly show a path, since they are
        nearly orthogonal to it.
    path : array of shape (n_steps, n_parameters), default=None
        Parameters during training, for example ``gradient_descent(…, keep_path=True).path``.
        200 of them are kept, evenly.
    extent : float or "auto", default="auto"
        How far to go along the directions. "auto" is 1 for "filter"; for "hessian" as far as a
        parabola of that curvature rises to four times the loss (0.05 at least); and 1.15 times
        as far as the path if there is one.
    n_grid : int, default=31
        Points along each direction.
    batch_size : int, default=None
        Rows at a time, which bounds the memory; all at once if None.
    random_state : int, RandomState or None, default=0

    Returns
    -------
    LossSlice

    Raises
    ------
    ValueError
        If directions or path do not fit the network, or are missing.

    Notes
    -----
    Costs ``n_grid²`` passes forward through the network.

    References
    ----------
    .. [1] H. Li, Z. Xu, G. Taylor, C. Studer, T. Goldstein, "Visualizing the loss landscape of
       neural nets", NeurIPS 2018.

    Examples
    --------
    >>> import numpy as np
    >>> from tda.networks import gradient_descent, loss_slice, random_network
    >>> x = np.linspace(-1, 1, 20)[:, None]
    >>> start = random_network(1, [5], activation="tanh", random_state=0)
    >>> run = gradient_descent(start, x, x**2, learning_rate=0.3, n_steps=50, keep_path=True)
    >>> view = loss_slice(run.network, x, x**2, directions="path", path=run.path, n_grid=5)
    >>> view.losses.shape, view.path.shape, bool(view.explained > 0.9)
    ((5, 5), (51, 2), True)
    """
    network = as_network(network)
    centre = network.parameters

    def loss_at(parameters):
        moved = network.with_parameters(parameters)
        return float(in_batches(moved.loss, X, y, batch_size))

    loss = loss_at(centre)
    if n_grid < 2:
        raise ValueError(f"n_grid={n_grid}, but two points a direction are the least.")
    path = _check_path(path, len(centre))
    kind = directions if isinstance(directions, str) else "given"
    plane = _plane(network, X, y, directions, path, centre, batch_size, random_state)
    _, product = curvature_product(network, X, y, "hessian", batch_size)
    bends = np.array([d @ product(d) for d in plane])

    losses_there = coordinates = kept = None
    explained = np.nan
    if path is not None:
        steps = path - centre
        coordinates = np.linalg.lstsq(plane.T, steps.T, rcond=None)[0].T
        length = (steps**2).sum()
        explained = float(((coordinates @ plane) ** 2).sum() / length) if length else 1.0
        some = np.unique(np.linspace(0, len(path) - 1, MAX_PATH).astype(int))
        kept = coordinates[some]
        losses_there = np.array([loss_at(p) for p in path[some]])

    axes = [
        np.linspace(low, high, int(n_grid))
        for low, high in _ranges(extent, kind, plane, coordinates, bends, loss, centre)
    ]
    losses = np.array(
        [[loss_at(centre + a * plane[0] + b * plane[1]) for a in axes[0]] for b in axes[1]]
    )
    return LossSlice(*axes, losses, plane, kind, loss, kept, losses_there, explained, bends)


# Workers -----------------------------------------------------------------------------------


def _plane(network, X, y, directions, path, centre, batch_size, random_state):
    from sklearn.utils import check_random_state

    if not isinstance(directions, str):
        plane = np.asarray(directions, dtype=np.float64)
        if plane.shape != (2, len(centre)) or not np.linalg.matrix_rank(plane) == 2:
            raise ValueError(
                f"directions of shape {plane.shape}: give two that are not parallel, an array of "
                f"shape (2, {len(centre)})."
            )
        return plane
    if directions == "filter":
        rng = check_random_state(random_state)
        return np.array(
            [filter_normalised(network, rng.standard_normal(len(centre))) for _ in range(2)]
        )
    if directions == "hessian":
        return loss_sharpness(
            network, X, y, n_eigenvalues=2, batch_size=batch_size, random_state=random_state
        ).eigenvectors
    if directions != "path":
        raise ValueError(
            f"directions={directions!r} is none of {', '.join(DIRECTIONS)}, nor an array of two."
        )
    if path is None or np.linalg.matrix_rank(path - centre) < 2:
        raise ValueError(
            'path: the directions "path" need one with parameters of two steps or more, such as '
            "gradient_descent(…, keep_path=True).path."
        )
    plane = np.linalg.svd(path - centre, full_matrices=False)[2][:2]
    # The start of training is to the right and above, so that the sign does not depend on chance.
    return plane * np.where(plane @ (path[0] - centre) < 0, -1.0, 1.0)[:, None]


def _check_path(path, size):
    if path is None:
        return None
    path = np.asarray(getattr(path, "path", path), dtype=np.float64)
    if path.ndim != 2 or path.shape[1] != size:
        raise ValueError(
            f"path has shape {path.shape}: give the {size} parameters of each step in a row."
        )
    path = path[np.isfinite(path).all(axis=1)]  # as far as training did not overflow
    if not len(path):
        raise ValueError("path holds no step with finite parameters.")
    return path


def _ranges(extent, kind, plane, coordinates, bends, loss, centre):
    """The range along each direction."""
    if extent != "auto":
        if not (np.ndim(extent) == 0 and extent > 0):
            raise ValueError(f'extent={extent!r} is neither a positive number nor "auto".')
        return [(-extent, extent)] * 2
    if coordinates is not None:
        low, high = np.minimum(coordinates.min(axis=0), 0), np.maximum(coordinates.max(axis=0), 0)
        # A flat path still gets a slice that is not a line.
        size = np.maximum(high - low, 0.2 * (high - low).max())
        size = np.where(size > 0, size, 1.0)
        middle = (low + high) / 2
        return list(zip(middle - 0.65 * size, middle + 0.65 * size, strict=True))
    if kind == "hessian":
        far = np.sqrt(8 * max(loss, 0.05) / np.maximum(np.abs(bends), 1e-12))
        far = np.minimum(far, max(np.linalg.norm(centre), 1.0))
        return [(-a, a) for a in far]
    length = (
        1.0 if kind == "filter" else np.linalg.norm(centre) / np.linalg.norm(plane, axis=1).max()
    )
    return [(-length, length)] * 2


def _units(network):
    """The filter that each parameter belongs to, of shape (n_parameters,)."""
    if isinstance(network, DenseNetwork):
        # Weights are of shape (n_in, n_out), the last axis is that of the units.
        pairs = zip(network.weights, network.biases, strict=True)
        shapes = [part.shape for pair in pairs for part in pair]
        parts = [np.tile(np.arange(shape[-1]), int(np.prod(shape[:-1]))) for shape in shapes]
    else:  # of shape (n_out, n_in, …)
        shapes = [tuple(p.shape) for p in network.module.parameters()]
        parts = [np.repeat(np.arange(shape[0]), int(np.prod(shape[1:]))) for shape in shapes]
    firsts = np.cumsum([0, *(part.max() + 1 for part in parts)])
    return np.concatenate([first + part for first, part in zip(firsts, parts, strict=False)])
