"""Geodesics of a pullback metric: a start on a graph, then relaxation of the energy."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from ..._geometry import join_components
from ..._neighbors import geodesic_distances, neighbor_graph
from ._curves import curve_length, even_points
from ._smooth_map import UndefinedError

__all__ = ["Geodesic", "find_geodesic", "graph_geodesic", "image_graph"]

#: Points a side of the grid that a start is sought on, by the number of inputs.
GRID = {1: 64, 2: 32, 3: 12}
#: Neighbours of a point of the graph: on a grid of the plane all steps up to a knight's.
N_NEIGHBORS = {1: 2, 2: 20, 3: 32}
#: Edges whose images are made at a time.
EDGE_BLOCK = 10_000
#: A path counts as resolved if its polyline is longer than its chords by no more.
RESOLVED = 0.01
MOST_POINTS = 1025
#: Chords that stand for one segment in the energy. One would let a segment leap from one part
#: of the image to another that comes near.
N_CHORDS = 4
#: Iterations after which the relaxation is scaled anew.
ROUND = 200
#: Iterations between looks at whether the path is a geodesic already.
N_UNSEEN = 8
#: Share of the identity in the metric that scales the relaxation, for where it is degenerate.
RIDGE = 1e-4


@dataclass(frozen=True, eq=False)
class Geodesic:
    """A curve between two inputs whose image is as short as it can be.

    Attributes
    ----------
    points : array of shape (n_points, n_features)
        At equal steps of the image's length, the ends first and last.
    image : array of shape (n_points, n_outputs)
    length : float
        Of the image of the polyline through `points`: an upper bound of the distance, above it
        by about ``1 / n_points^2``.
    energy : float
        ``n / 2`` times the sum of the squared chords of n steps, four a segment, which was
        minimised: half the squared length if the speed is constant.
    straight_length : float
        Length of the image of the straight line between the ends.
    residual : float
        The largest geodesic curvature times `length`: radians by which the curve would still
        turn if all of it were as bent as its worst point. 0 for a geodesic.
    converged : bool
        Whether `residual` is within the tolerance and the points are close enough together.
    n_iterations : int
    start : {"straight", "graph"}
        Where the relaxation began.
    """

    points: np.ndarray = field(repr=False)
    image: np.ndarray = field(repr=False)
    length: float
    energy: float
    straight_length: float
    residual: float
    converged: bool
    n_iterations: int
    start: str

    @property
    def velocity(self):
        """Derivatives of the curve at its points, by a parameter from 0 to 1, of order 2."""
        return np.gradient(self.points, 1 / (len(self.points) - 1), axis=0, edge_order=2)


def find_geodesic(
    smooth, a, b, *, samples=None, n_neighbors=None, n_points=65, tol=1e-2, max_iter=1000
):
    """The geodesic of `tda.networks.PullbackMetric`, whose `geodesic` explains the parameters.

    Parameters
    ----------
    smooth : object with ``scores`` and ``jacobian``
    a, b : arrays of shape (n_features,)
    samples : array of shape (n_samples, n_features) or None
    """
    straight = np.stack([a, b])
    straight_length = curve_length(smooth.scores, straight)
    starts = {"straight": straight}
    if straight_length > 0:
        if samples is None:
            samples = _grid(smooth, a, b)
        if samples is not None:
            starts["graph"] = path_on_graph(smooth.scores, a, b, samples, n_neighbors=n_neighbors)
    found = []
    for name, path in starts.items():
        points, energy, residual, resolved, n_iterations = _relax_until_resolved(
            smooth, path, n_points, tol, max_iter
        )
        found.append(
            Geodesic(
                points=points,
                image=smooth.scores(points),
                length=curve_length(smooth.scores, points),
                energy=energy,
                straight_length=straight_length,
                residual=residual,
                converged=bool(resolved and residual <= tol),
                n_iterations=n_iterations,
                start=name,
            )
        )
    return min(found, key=lambda geodesic: geodesic.length)


def graph_geodesic(smooth, a, b, *, samples=None, n_neighbors=None, n_points=65):
    """The shortest path over a graph of samples, as it is."""
    if samples is None:
        samples = _grid(smooth, a, b)
    if samples is None:
        raise ValueError(
            f"relax=False, but samples is None and there are {len(a)} inputs: give samples for the "
            "graph, such as the data."
        )
    straight_length = curve_length(smooth.scores, np.stack([a, b]))
    path = np.stack([a, b])
    if (a != b).any():
        path = path_on_graph(smooth.scores, a, b, samples, n_neighbors=n_neighbors)
    length = curve_length(smooth.scores, path)  # of the path with its corners
    points = even_points(smooth.scores, path, n_points)
    steps = np.diff(smooth.scores(fine_points(points)), axis=0)
    return Geodesic(
        points=points,
        image=smooth.scores(points),
        length=length,
        energy=len(steps) / 2 * float((steps**2).sum()),
        straight_length=straight_length,
        residual=np.nan,
        converged=False,
        n_iterations=0,
        start="graph",
    )


# The start ---------------------------------------------------------------------------------------


def _grid(smooth, a, b):
    """A grid around two points where the map has values, or None in many dimensions."""
    m = len(a)
    if m not in GRID:
        return None
    margin = np.abs(b - a).max() / 2
    sides = [
        np.linspace(low - margin, high + margin, GRID[m])
        for low, high in zip(np.minimum(a, b), np.maximum(a, b), strict=True)
    ]
    grid = np.stack(np.meshgrid(*sides, indexing="ij"), axis=-1).reshape(-1, m)
    return grid[smooth.is_defined(grid)] if hasattr(smooth, "is_defined") else grid


def path_on_graph(values, a, b, samples, *, n_neighbors=None):
    """The shortest path from a to b over samples, whose edges are as long as their images.

    Each edge of the graph is cut into two chords.

    Returns
    -------
    array of shape (n_steps + 1, n_features)
    """
    samples = samples[(samples != a).any(axis=1) & (samples != b).any(axis=1)]
    nodes = np.vstack([a, b, np.unique(samples, axis=0)])
    k = n_neighbors or N_NEIGHBORS.get(len(a), 15)
    graph = image_graph(values, nodes, min(k, len(nodes) - 1))
    _, before = geodesic_distances(graph, sources=0, predecessors=True)
    path = [1]
    while path[-1] != 0:
        path.append(int(before[path[-1]]))
    return nodes[path[::-1]]


def image_graph(values, nodes, n_neighbors):
    """The graph of neighbours in one piece, its edges as long as their images.

    Each edge is cut into two chords.

    Parameters
    ----------
    values : callable
        The map.
    nodes : array of shape (n_nodes, n_features)
        No two alike.
    n_neighbors : int
        Below the number of nodes.

    Returns
    -------
    csr_matrix of shape (n_nodes, n_nodes)
    """
    from scipy import sparse

    graph, _ = join_components(neighbor_graph(nodes, n_neighbors), nodes)
    i, j = graph.tocoo().coords
    i, j = np.unique(np.sort(np.stack([i, j]), axis=0), axis=1)
    ends = values(nodes)
    lengths = np.empty(len(i))
    for start in range(0, len(i), EDGE_BLOCK):
        one, other = i[start : start + EDGE_BLOCK], j[start : start + EDGE_BLOCK]
        middle = values((nodes[one] + nodes[other]) / 2)
        lengths[start : start + EDGE_BLOCK] = np.linalg.norm(
            middle - ends[one], axis=1
        ) + np.linalg.norm(ends[other] - middle, axis=1)
    lengths = np.maximum(lengths, np.finfo(float).tiny)  # 0 would be no edge
    return sparse.csr_matrix((lengths, (i, j)), shape=(len(nodes), len(nodes)))


# The relaxation ----------------------------------------------------------------------------------


def _relax_until_resolved(smooth, path, n_points, tol, max_iter):
    """Relax a path, with twice as many points as long as its chords leap over bends."""
    total = 0
    while True:
        path = even_points(smooth.scores, path, n_points)
        path, energy, residual, n_iterations = relax(smooth, path, tol=tol, max_iter=max_iter)
        total += n_iterations
        chords = np.linalg.norm(np.diff(smooth.scores(fine_points(path)), axis=0), axis=1).sum()
        resolved = curve_length(smooth.scores, path) <= (1 + RESOLVED) * chords
        max_iter -= n_iterations
        if resolved or 2 * n_points - 1 > MOST_POINTS or max_iter <= 0:
            return path, energy, residual, resolved, total
        n_points = 2 * n_points - 1


def relax(smooth, path, *, tol, max_iter):
    """Minimise the energy of a path with fixed ends, in rounds until it is a geodesic.

    Returns
    -------
    path, energy, residual, n_iterations
    """
    energy, slope = path_energy(smooth, path)
    residual, total = turning(smooth, path, energy, slope), 0
    goal = tol / 10
    while residual > goal and total < max_iter:
        path, n_iterations = relax_round(smooth, path, energy, goal, min(ROUND, max_iter - total))
        total += n_iterations
        energy, slope = path_energy(smooth, path)
        residual = turning(smooth, path, energy, slope)
        if n_iterations < 2:
            break  # nothing is left to gain
    return path, energy, residual, total


def relax_round(smooth, path, energy, goal, max_iter):
    """Iterations of L-BFGS in well-scaled coordinates, until the path turns less than `goal`.

    In coordinates with origin `path`, the energy of a map with constant metric would be the square
    of the distance to its minimum. The metric used is the mean along the path.
    """
    from scipy.linalg import solve_triangular
    from scipy.optimize import minimize

    n, m = len(path) - 1, path.shape[1]
    stiffness = np.linalg.cholesky(2 * np.eye(n - 1) - np.eye(n - 1, k=1) - np.eye(n - 1, k=-1))
    metric = np.linalg.cholesky(_mean_metric(smooth, path))
    n_seen = 0

    def to_path(y):
        y = solve_triangular(stiffness, y.reshape(n - 1, m), lower=True, trans=1)
        y = solve_triangular(metric, y.T, lower=True, trans=1).T
        moved = path.copy()
        moved[1:-1] += y * np.sqrt(energy / n)
        return moved

    def objective(y):
        try:
            value, slope = path_energy(smooth, to_path(y))
        except UndefinedError:  # too long a step of the line search
            return 100.0, np.zeros_like(y)
        slope = solve_triangular(stiffness, slope, lower=True)
        slope = solve_triangular(metric, slope.T, lower=True).T
        return value / energy, slope.ravel() / np.sqrt(energy * n)

    def stop_at_goal(y):
        nonlocal n_seen
        n_seen += 1
        if n_seen % N_UNSEEN == 0:
            moved = to_path(y)
            if turning(smooth, moved, *path_energy(smooth, moved)) <= goal:
                raise StopIteration

    found = minimize(
        objective,
        np.zeros((n - 1) * m),
        jac=True,
        method="L-BFGS-B",
        callback=stop_at_goal,
        options={"maxiter": max_iter, "maxcor": 20, "ftol": 1e-12, "gtol": 1e-9},
    )
    return to_path(found.x), int(found.nit)


def fine_points(path):
    """The path with every segment cut into equal pieces."""
    at = np.arange(N_CHORDS)[:, None] / N_CHORDS
    inside = path[:-1, None] + at * np.diff(path, axis=0)[:, None]
    return np.vstack([inside.reshape(-1, path.shape[1]), path[-1]])


def path_energy(smooth, path):
    """The energy of a path by its chords, and the gradient by its inner points.

    ``n / 2 sum |f(x_i+1) - f(x_i)|^2`` over the n pieces has the derivative
    ``n J_i^T (2 f_i - f_i-1 - f_i+1)`` by x_i, so first derivatives of f are enough.
    """
    points = fine_points(path)
    n = len(points) - 1
    steps = np.diff(smooth.scores(points), axis=0)
    pull = np.zeros_like(path, shape=(n, path.shape[1]))
    bends = steps[:-1] - steps[1:]
    pull[1:] = n * np.einsum("noi,no->ni", smooth.jacobian(points[1:-1]), bends)
    pull = pull.reshape(-1, N_CHORDS, path.shape[1])
    share = np.arange(N_CHORDS) / N_CHORDS  # of a piece in the end of its segment
    slope = np.einsum("sci,c->si", pull, 1 - share)[1:] + np.einsum("sci,c->si", pull, share)[:-1]
    return n / 2 * float((steps**2).sum()), slope


def turning(smooth, path, energy, slope):
    """The largest geodesic curvature times the length, from the gradient of the energy.

    The gradient is ``-J^T x'' / n`` with n segments, where x'' is the acceleration of the image
    when the whole path takes time 1. Its tangential part, divided by the squared speed, is the
    geodesic curvature.
    """
    if energy == 0:
        return 0.0
    _, stretches, directions = np.linalg.svd(smooth.jacobian(path[1:-1]), full_matrices=False)
    along = np.einsum("nki,ni->nk", directions, slope)
    # Directions that the map all but loses are no tangents.
    kept = stretches > 1e-6 * stretches.max()
    along = np.divide(along, stretches, out=np.zeros_like(along), where=kept)
    speed = np.sqrt(2 * energy)
    return float((len(path) - 1) * np.linalg.norm(along, axis=1).max() / speed)


def _mean_metric(smooth, path):
    """The mean metric along a path, with a little of the identity where it is degenerate."""
    J = smooth.jacobian(path)
    mean = np.einsum("noi,noj->ij", J, J) / len(J)
    return mean + RIDGE * max(np.trace(mean), np.finfo(float).tiny) * np.eye(len(mean))
