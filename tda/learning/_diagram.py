"""`tensor_diagram`: persistence diagrams through which gradients flow back to the data."""

from __future__ import annotations

from itertools import combinations

import numpy as np

from .._bars import check_degrees
from ..homology import alpha_diagram, cubical_diagram, rips_diagram
from ._torch import as_array, as_tensor, import_torch

__all__ = ["TensorDiagram", "lengths_of", "longest_edges", "tensor_diagram"]

FILTRATIONS = ("rips", "alpha", "cubical")


class TensorDiagram:
    """A persistence diagram whose births and deaths are tensors.

    Parameters
    ----------
    births, deaths : tensors of shape (n_bars,)
    diagram : Diagram
        The same bars, in the same order, as numbers.

    Attributes
    ----------
    births, deaths : tensors of shape (n_bars,)
        A class that never dies has ``death = inf``, a constant.
    dims : int8 array of shape (n_bars,)
        Degree of each bar.
    diagram : Diagram
        The bars as numbers, with the simplices or pixels that their births and deaths depend on.

    Examples
    --------
    >>> import torch
    >>> from tda.learning import tensor_diagram
    >>> X = torch.tensor([[0.0, 0.0], [0.0, 1.0], [1.0, 1.0], [1.0, 0.0]], requires_grad=True)
    >>> bars = tensor_diagram(X)
    >>> bars
    TensorDiagram(degree 0: 4 bars, degree 1: 1 bar)
    >>> bars[1].shape
    torch.Size([1, 2])
    """

    def __init__(self, births, deaths, diagram):
        self.births, self.deaths, self.diagram = births, deaths, diagram

    @property
    def dims(self):
        return self.diagram.dims

    @property
    def lifetimes(self):
        """``|death - birth|`` of every bar, infinite for the essential ones."""
        return (self.deaths - self.births).abs()

    def finite(self):
        """The same diagram without its essential classes."""
        ends = np.isfinite(self.diagram.births) & np.isfinite(self.diagram.deaths)
        return self._subset(np.flatnonzero(ends))

    def _subset(self, rows):
        at = import_torch("TensorDiagram").as_tensor(rows, device=self.births.device)
        return TensorDiagram(self.births[at], self.deaths[at], self.diagram._subset(rows))

    def rows(self, degrees=None):
        """Which bars are finite and of some degrees.

        Parameters
        ----------
        degrees : int or list of int, default=None
            One degree or several; by default all.

        Returns
        -------
        int array of shape (n_rows,)

        Raises
        ------
        ValueError
            If the diagram has no such degree.
        """
        bars = self.diagram
        here = np.isfinite(bars.births) & np.isfinite(bars.deaths)
        degrees = check_degrees(degrees, bars)
        if degrees and max(degrees) > bars.max_dimension:
            raise ValueError(
                f"degrees={degrees!r}, but the diagram has degrees 0 to {bars.max_dimension}."
            )
        here &= np.isin(bars.dims, degrees)
        return np.flatnonzero(here)

    def __getitem__(self, degree):
        """Bars of one degree as a tensor of shape (n_bars, 2)."""
        torch = import_torch("TensorDiagram")
        at = torch.as_tensor(np.flatnonzero(self.dims == degree), device=self.births.device)
        return torch.stack([self.births[at], self.deaths[at]], dim=1)

    def __len__(self):
        """Number of bars."""
        return len(self.diagram)

    def __repr__(self):
        return f"Tensor{self.diagram!r}"


def tensor_diagram(
    X,
    *,
    filtration="rips",
    max_dimension=None,
    metric="euclidean",
    field=2,
    max_edge_length=np.inf,
    direction="sublevel",
    construction="cells",
):
    r"""The persistence diagram of one sample, as tensors that know their gradient.

    A birth or a death is the value of one simplex or pixel, the critical one. It depends on that
    alone as long as the order of the values stays, so that its derivative is that of an edge's
    length, of a circumradius, or of a pixel [1]_, [2]_.

    Parameters
    ----------
    X : tensor
        Of shape (n_points, n_features), a cloud; with ``metric="precomputed"`` a symmetric matrix
        of distances; for ``filtration="cubical"`` an image of one to three axes. Arrays are taken
        too, and are constants.
    filtration : {"rips", "alpha", "cubical"}, default="rips"
        As of `tda.rips_diagram`, `tda.alpha_diagram` and `tda.cubical_diagram`.
    max_dimension : int, default=None
        Highest degree; by default 1 for Rips and all that there are for the others.
    metric : {"euclidean", "precomputed"}, default="euclidean"
        Of Rips complexes.
    field : int, default=2
        The prime of the coefficient field Z/p.
    max_edge_length : float, default=inf
        Of Rips complexes: longer edges are left out.
    direction : {"sublevel", "superlevel"}, default="sublevel"
        Of images.
    construction : {"cells", "vertices"}, default="cells"
        Of images.

    Returns
    -------
    TensorDiagram
        In the precision of `X` and on its device.

    Raises
    ------
    ValueError
        If `X` is no such tensor, or a parameter is out of its range.
    ImportError
        If torch is not installed.

    Notes
    -----
    The diagram is found by the engines of this package, in double precision on the processor;
    torch sees only the critical edges, simplices or pixels, a few for each bar: backward takes
    O(n_bars). Where two values are equal the diagram has no derivative, and one of the possible
    ones is taken. The radius of a simplex of an alpha complex is its own circumradius where a bar
    has a length; if in a cloud in special position (many points on one sphere) it is not, it is
    a constant.

    References
    ----------
    .. [1] M. Gameiro, Y. Hiraoka, I. Obayashi, "Continuation of point clouds via persistence
       diagrams", Physica D 334, 2016.
    .. [2] M. Carrière, F. Chazal, M. Glisse, Y. Ike, H. Kannan, Y. Umeda, "Optimizing persistent
       homology based functions", International Conference on Machine Learning, 2021.

    Examples
    --------
    The loop of a square is born with a side and dies with a diagonal.

    >>> import torch
    >>> from tda.learning import tensor_diagram
    >>> X = torch.tensor([[0.0, 0.0], [0.0, 1.0], [1.1, 1.0], [1.0, 0.0]], requires_grad=True)
    >>> loop = tensor_diagram(X)[1][0]
    >>> (loop[1] - loop[0]).backward()
    >>> X.grad.shape
    torch.Size([4, 2])
    """
    if filtration not in FILTRATIONS:
        raise ValueError(f"filtration={filtration!r}; it must be one of {FILTRATIONS}")
    X = as_tensor(X, "tensor_diagram")
    values = as_array(X)
    if filtration == "rips":
        if not isinstance(metric, str) or metric not in ("euclidean", "precomputed"):
            raise ValueError(
                f"metric={metric!r}; it must be 'euclidean' or 'precomputed': pass other distances "
                "as a tensor of shape (n_points, n_points)."
            )
        diagram = rips_diagram(
            values,
            max_dimension=1 if max_dimension is None else max_dimension,
            field=field,
            max_edge_length=max_edge_length,
            metric=metric,
            representatives=True,
        )
        births, deaths = _rips_values(X, values, diagram, metric)
    elif filtration == "alpha":
        diagram = alpha_diagram(
            values, max_dimension=max_dimension, field=field, representatives=True
        )
        births, deaths = _alpha_values(X, diagram)
    else:
        diagram = cubical_diagram(
            values,
            max_dimension=max_dimension,
            field=field,
            direction=direction,
            construction=construction,
            representatives=True,
        )
        births, deaths = _pixel_values(X, diagram)
    return TensorDiagram(births, deaths, diagram)


# -- Rips ------------------------------------------------------------------------------------------


def lengths_of(X, edges, metric="euclidean"):
    """Lengths of edges (n_edges, 2) of a cloud, or entries of a matrix of distances, as a tensor.

    The derivative of an edge without length is 0.
    """
    torch = import_torch("lengths_of")
    u, v = torch.as_tensor(np.ascontiguousarray(edges.T), device=X.device)
    if metric == "precomputed":
        return X[u, v]
    return torch.linalg.vector_norm(X.index_select(0, u) - X.index_select(0, v), dim=1)


def longest_edges(values, simplices, metric="euclidean"):
    """The longest edge (n_simplices, 2) of each row of vertices; a vertex twice where it is alone.

    Rows are filled up with -1; a row of nothing else is vertex 0 twice.
    """
    first = np.maximum(simplices[:, 0], 0)
    best = np.column_stack([first, first])
    longest = np.full(len(simplices), -1.0)
    for i, j in combinations(range(simplices.shape[1]), 2):
        rows = np.flatnonzero(simplices[:, j] >= 0)
        u, v = simplices[rows, i], simplices[rows, j]
        if metric == "precomputed":
            lengths = values[u, v]
        else:
            lengths = ((values[u] - values[v]) ** 2).sum(axis=1)
        longer = lengths > longest[rows]
        rows = rows[longer]
        longest[rows] = lengths[longer]
        best[rows] = simplices[rows][:, [i, j]]
    return best


def _rips_values(X, values, diagram, metric):
    torch = import_torch("tensor_diagram")
    edges = [
        longest_edges(values, simplices, metric)
        for simplices in (diagram.birth_simplices, diagram.death_simplices)
    ]
    lengths = lengths_of(X, np.concatenate(edges), metric)
    births, deaths = lengths[: len(diagram)], lengths[len(diagram) :]
    lives = torch.as_tensor(np.isinf(diagram.deaths), device=X.device)
    return births, deaths.masked_fill(lives, np.inf)


# -- alpha -----------------------------------------------------------------------------------------


def _alpha_values(X, diagram):
    return tuple(
        _radii(X, simplices, values)
        for simplices, values in [
            (diagram.birth_simplices, diagram.births),
            (diagram.death_simplices, diagram.deaths),
        ]
    )


def _radii(X, simplices, values):
    """Circumradii of simplices; what is not that, such as infinity, is the constant given."""
    torch = import_torch("tensor_diagram")
    double = X.double()
    # In the graph of X also where all values are constants.
    out = torch.as_tensor(values.copy(), device=X.device) + 0.0 * double.sum()
    sizes = (simplices >= 0).sum(axis=1)
    for size in np.unique(sizes[np.isfinite(values)]):
        if size < 2:
            continue  # a point, whose radius is 0
        rows = np.flatnonzero((sizes == size) & np.isfinite(values))
        corners = torch.as_tensor(simplices[rows, :size], device=X.device)
        radii = _circumradii(double[corners])
        found = as_array(radii)
        with np.errstate(invalid="ignore"):
            own = np.abs(found - values[rows]) <= 1e-6 * values[rows]
        at = torch.as_tensor(rows[own], device=X.device)
        out = out.index_put((at,), radii[torch.as_tensor(np.flatnonzero(own), device=X.device)])
    return out.to(X.dtype)


def _circumradii(P):
    """Radii of the least spheres through the corners (m, k, d) of simplices."""
    torch = import_torch("tensor_diagram")
    sides = P[:, 1:] - P[:, :1]
    if sides.shape[1] == 1:
        return torch.linalg.vector_norm(sides[:, 0], dim=1) / 2
    gram = sides @ sides.transpose(1, 2)
    half = torch.diagonal(gram, dim1=1, dim2=2) / 2
    weights, _ = torch.linalg.solve_ex(gram, half)
    return (weights * half).sum(dim=1).clamp(min=0).sqrt()


# -- images ----------------------------------------------------------------------------------------


def _pixel_values(X, diagram):
    torch = import_torch("tensor_diagram")
    flat = X.reshape(-1)
    out = []
    for pixels, values in [
        (diagram.birth_simplices, diagram.births),
        (diagram.death_simplices, diagram.deaths),
    ]:
        at = torch.as_tensor(np.maximum(pixels[:, 0], 0), device=X.device)
        ends = torch.as_tensor(np.isfinite(values), device=X.device)
        given = torch.as_tensor(values.copy(), device=X.device).to(X.dtype)
        out.append(torch.where(ends, flat[at], given))
    return tuple(out)
