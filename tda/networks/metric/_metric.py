"""The Riemannian metric that a network, or any smooth map, gives to its inputs."""

from __future__ import annotations

from numbers import Integral, Real
from typing import NamedTuple

import numpy as np

from ..._neighbors import geodesic_distances
from ...manifold import tangent_frames
from ._curves import curve_length, vector_angle
from ._geodesic import find_geodesic, graph_geodesic, image_graph
from ._second_form import full_rank, mean_sectional_curvature, second_fundamental_form
from ._smooth_map import BLOCK_SIZE, as_map, check_rows, in_blocks

__all__ = ["MetricField", "PullbackMetric"]


class MetricField(NamedTuple):
    """A metric of the plane on a grid, as `PullbackMetric.field` gives it.

    Attributes
    ----------
    x, y : arrays of shape (n_x,) and (n_y,)
        Sides of the grid.
    tensor : array of shape (n_y, n_x, 2, 2)
    volume, curvature : arrays of shape (n_y, n_x)
    """

    x: np.ndarray
    y: np.ndarray
    tensor: np.ndarray
    volume: np.ndarray
    curvature: np.ndarray


class PullbackMetric:
    """The metric G = JᵀJ that a map f pulls back to its inputs.

    A step dx of the input moves the output by J dx, of squared length ``dxᵀ G dx`` with ``G =
    JᵀJ``. So G measures the inputs by what the map makes of them. G and its derivatives give
    lengths, angles, volumes, shortest curves and curvature of the image, in coordinates of the
    input. The input may be the latent space of a decoder, or the features of a classifier.

    Parameters
    ----------
    network : MLPClassifier, MLPRegressor, torch.nn.Module, DenseNetwork, or callable
        scikit-learn's networks have to be fitted. Their map takes rows to scores: values, or what
        enters the softmax. A function takes rows (n, n_features) and gives (n, n_outputs).
    jacobian : callable, default=None
        Derivatives (n, n_outputs, n_features) of a function; central differences without it.
        Networks have their own.
    layer : str, default=None
        For scikit-learn's networks, the layer whose activations are the map instead of the scores,
        such as "hidden 1".
    output_metric : {"euclidean", "fisher"}, default="euclidean"
        How steps of the output are measured. "fisher" is the Fisher information of the
        predicted probabilities, ``G = JᵀFJ``. It measures how well two inputs can be distinguished
        by their predictions.

    See Also
    --------
    tda.networks.Geodesic : What `geodesic` gives.
    tda.plot.plot_metric : The picture.
    tda.Curvature, tda.GeodesicDistance : The same of a cloud without a map.

    Notes
    -----
    Everything is analytic, except for functions without a derivative (see `jacobian`). Curvature is
    by the Gauss equation, from second derivatives of f. Where G is degenerate (f loses a direction)
    the volume is 0, angles of lost directions and the curvature are NaN, and shortest curves may
    not be unique. The image of a ``relu`` network is a polyhedron: its curvature is 0 at every
    point, and is concentrated in the folds between the faces.

    Fisher information is that of the Euclidean metric of twice the roots of the probabilities,
    so geodesics and curvature are computed in the same way. For a torch classifier give
    ``TorchNetwork(module, link="softmax")``. A torch module in single precision cannot reach a
    `tol` below about 0.05; ``module.double()`` can.

    References
    ----------
    .. [1] G. Arvanitidis, L. Hansen, S. Hauberg, "Latent space oddity: on the curvature of deep
       generative models", ICLR 2018.
    .. [2] H. Shao, A. Kumar, P. Fletcher, "The Riemannian geometry of deep generative models",
       CVPR workshops, 2018.
    .. [3] J. Zavatone-Veth, S. Yang, J. Rubinfien, C. Pehlevan, "Neural networks learn to
       magnify areas near decision boundaries", 2023.

    Examples
    --------
    A globe: rows are latitude and longitude in radians.

    >>> import numpy as np
    >>> from tda.networks import PullbackMetric
    >>> def globe(X):
    ...     north, east = X.T
    ...     return np.stack(
    ...         [np.cos(north) * np.cos(east), np.cos(north) * np.sin(east), np.sin(north)], axis=1
    ...     )
    >>> metric = PullbackMetric(globe)
    >>> X = [[0.0, 0.0], [np.pi / 3, 0.0]]
    >>> metric.volume(X).round(6)  # a degree of longitude is half as long at 60 degrees north
    array([1. , 0.5])
    >>> metric.curvature(X).round(4)
    array([1., 1.])
    >>> flight = metric.geodesic([np.pi / 3, 0.0], [np.pi / 3, np.pi / 2])
    >>> print(
    ...     f"{flight.length:.3f} instead of {flight.straight_length:.3f}, "
    ...     f"as far north as {np.degrees(flight.points[:, 0].max()):.1f} degrees"
    ... )
    0.723 instead of 0.785, as far north as 67.8 degrees
    """

    def __init__(self, network, *, jacobian=None, layer=None, output_metric="euclidean"):
        self.network = network
        self.layer = layer
        self.output_metric = output_metric
        self._map = as_map(network, jacobian=jacobian, layer=layer, output_metric=output_metric)

    def __repr__(self):
        name = getattr(self.network, "__name__", None) or repr(self.network)
        more = "" if self.layer is None else f", layer={self.layer!r}"
        if self.output_metric != "euclidean":
            more += f", output_metric={self.output_metric!r}"
        return f"PullbackMetric({name}{more})"

    # At a point --------------------------------------------------------------------------------

    def image(self, X):
        """What the map makes of rows.

        Parameters
        ----------
        X : array-like of shape (n_points, n_features)

        Returns
        -------
        array of shape (n_points, n_outputs)
            Of classifiers with ``output_metric="fisher"`` twice the roots of the probabilities.
        """
        return self._map.scores(self._rows(X))

    def jacobian(self, X):
        """Derivatives of the map, of shape (n_points, n_outputs, n_features)."""
        return self._map.jacobian(self._rows(X))

    def tensor(self, X, *, frames=None):
        """The metric tensor G = JᵀJ at every row.

        Parameters
        ----------
        X : array-like of shape (n_points, n_features)
        frames : array of shape (n_points, n_features, d), "data" or None, default=None
            Directions of each row, see `volume`.

        Returns
        -------
        array of shape (n_points, n_features, n_features), or (n_points, d, d)
            Symmetric, without negative eigenvalues. With frames F it is ``Fᵀ G F``.
        """
        X = self._rows(X)
        frames = self._frames(X, frames)
        J = self._map.jacobian(X) if frames is None else self._map.directional_jacobian(X, frames)
        return J.swapaxes(1, 2) @ J

    def volume(self, X, *, frames=None):
        """The volume element √det G: the factor by which the map enlarges a small box there.

        Parameters
        ----------
        X : array-like of shape (n_points, n_features)
        frames : array of shape (n_points, n_features, d), "data" or None, default=None
            Orthonormal directions of each row. The volume is then that of a d-dimensional piece
            along them, √det FᵀGF. A classifier of wide inputs loses most directions, and the volume
            of all is 0; along the data it is not. "data" takes the tangent spaces of the cloud `X`
            itself, from `tda.manifold.tangent_frames`; those and other frames
            (`tda.TangentSpaces`, or one array of shape (n_features, d) for all rows) can be given.

        Returns
        -------
        array of shape (n_points,)
            The product of the singular values of J, or of J F; 0 where the map loses a direction,
            as it does everywhere if it has fewer outputs than directions.

        Examples
        --------
        >>> from sklearn.datasets import load_digits
        >>> from sklearn.neural_network import MLPClassifier
        >>> from tda.networks import PullbackMetric
        >>> X, y = load_digits(return_X_y=True)
        >>> mlp = MLPClassifier([30], activation="tanh", max_iter=20, random_state=0)
        >>> metric = PullbackMetric(mlp.fit(X / 16, y))
        >>> bool((metric.volume(X / 16) == 0).all())  # 64 inputs, 10 outputs
        True
        >>> bool((metric.volume(X / 16, frames="data") > 0).all())
        True
        """
        X = self._rows(X)
        frames = self._frames(X, frames)
        if frames is None:
            return in_blocks(self._volumes, X, self._cost(X, 1))
        return self._by_blocks(self._volumes, X, frames, 1)

    def angle(self, x, u, v):
        """The angle between tangent vectors u and v at x, in the metric.

        The angle of two curves that meet at x is the angle of their directions there: for polylines
        ``curve[1] - curve[0]``, for geodesics ``geodesic.velocity[0]``.

        Parameters
        ----------
        x, u, v : array-likes of shape (n_features,) or (n_points, n_features)

        Returns
        -------
        float, or array of shape (n_points,)
            In radians, from 0 to π; NaN where the map loses u or v.
        """
        arrays = [np.asarray(a, dtype=float) for a in (x, u, v)]
        alone = all(a.ndim == 1 for a in arrays)
        x, u, v = (
            check_rows(np.atleast_2d(a), self._map.n_features, name=name)
            for name, a in zip(("x", "u", "v"), arrays, strict=True)
        )
        try:
            shape = np.broadcast_shapes(x.shape, u.shape, v.shape)
        except ValueError:
            raise ValueError(
                f"x, u and v have shapes {x.shape}, {u.shape} and {v.shape}: give one each, or "
                "as many."
            ) from None
        J = self._map.jacobian(x)
        J = np.broadcast_to(J, (shape[0], *J.shape[1:]))
        angles = vector_angle(J, np.broadcast_to(u, shape), np.broadcast_to(v, shape))
        return float(angles[0]) if alone else angles

    def curvature(self, X, *, frames=None, bends=None):
        """The curvature of the image at every row.

        Parameters
        ----------
        X : array-like of shape (n_points, n_features)
        frames : array of shape (n_points, n_features, d), "data" or None, default=None
            Orthonormal directions of each row, as of `volume`: the curvature is then that of the
            image of the plane through the row along them.
        bends : array of shape (n_points, d, d, n_features), default=None
            How the data bend away from that plane in its frame, ``tda.Curvature.second_form_``: the
            curvature is then that of the image of the data. None for not at all.

        Returns
        -------
        array of shape (n_points,)
            For two inputs the Gaussian curvature, for more the mean of all sectional curvatures,
            in 1 / (unit of the output)²; for one 0. NaN where the metric is degenerate.

        See Also
        --------
        second_form : From which `tda.manifold.sectional_curvature` has that of any plane.
        """
        X = self._rows(X)
        frames = self._frames(X, frames)
        if frames is None:
            self._refuse_bends(bends)
            return in_blocks(self._curvatures, X, self._cost(X, 2))
        bends = self._bends(frames, bends)
        return self._by_blocks(self._curvatures, X, frames, 2, bends)

    def second_form(self, X, *, frames=None, bends=None):
        """The second fundamental form of the image, and the bases that it is given in.

        Parameters
        ----------
        X : array-like of shape (n_points, n_features)
        frames, bends
            As of `curvature`.

        Returns
        -------
        form : array of shape (n_points, d, d, n_outputs)
            As `tda.Curvature.second_form_`, with d the number of inputs, or of directions; NaN
            where the metric is degenerate.
        frames : array of shape (n_points, n_outputs, d)
            Orthonormal bases of the tangent spaces of the image.
        inverse : array of shape (n_points, d, d)
            Whose columns are the inputs' directions that the map takes to the bases, in the frames
            if there are any.
        """
        X = self._rows(X)
        frames = self._frames(X, frames)
        if frames is None:
            self._refuse_bends(bends)
        return self._form(X, frames, self._bends(frames, bends))

    def _form(self, X, along, bends):
        J = self._map.jacobian(X) if along is None else self._map.directional_jacobian(X, along)
        n, n_outputs, d = J.shape
        form = np.full((n, d, d, n_outputs), np.nan)
        frames, inverse = np.full(J.shape, np.nan), np.full((n, d, d), np.nan)
        rows = full_rank(J)
        if rows.any():
            if along is None:
                H = self._map.input_hessian(X[rows])
            else:
                H = self._map.directional_hessian(X[rows], along[rows])
                if bends is not None:
                    bent = bends[rows].reshape(rows.sum(), d * d, -1).swapaxes(1, 2)
                    moved = self._map.directional_jacobian(X[rows], bent)
                    H = H + moved.reshape(H.shape)
            form[rows], frames[rows], inverse[rows] = second_fundamental_form(J[rows], H)
        return form, frames, inverse

    # Along curves ------------------------------------------------------------------------------

    def length(self, curve):
        """The length of the image of a curve.

        Parameters
        ----------
        curve : array-like of shape (n_points, n_features)
            Points of a polyline. Segments are resolved as finely as their images need.

        Returns
        -------
        float
            To about six digits.
        """
        return curve_length(self._map.scores, self._rows(curve, name="curve"))

    def geodesic(
        self,
        a,
        b,
        *,
        samples=None,
        n_neighbors=None,
        relax=True,
        n_points=65,
        tol=1e-2,
        max_iter=1000,
    ):
        """The shortest curve between two inputs.

        The energy of a path is minimised from two starts: the straight line, and the shortest path
        on a graph. The shorter result is returned. The edges of the graph are as long as their
        images. The graph is over `samples` or, with up to three inputs, over a grid around a and b.

        Parameters
        ----------
        a, b : array-likes of shape (n_features,)
        samples : array-like of shape (n_samples, n_features), default=None
            Inputs that the start may lead through, such as the data in latent space. With more than
            three inputs and without samples, the straight line is the only start, which may miss
            ways around.
        n_neighbors : int, default=None
            Of the graph; by the number of inputs if None: 2, 20, 32, and 15 from four inputs on.
        relax : bool, default=True
            If False the result is the shortest path on the graph itself, which stays among the
            samples. A map of wide inputs loses directions, and a relaxed curve goes where there are
            no data.
        n_points : int, default=65
            Number of points of the curve. The error of its length falls with the square of this
            number. Up to 1,025 are used if its chords would skip bends of the image.
        tol : float, default=1e-2
            Of `Geodesic.residual`, in radians.
        max_iter : int, default=1000
            Iterations of each relaxation.

        Returns
        -------
        Geodesic
            ``converged`` tells whether it is one to within `tol`. A geodesic is a local
            minimum; a shorter one past other obstacles may exist. Where the metric is degenerate
            all along, points are slow to space themselves evenly, and `max_iter` may end that
            when the length has long been right. Without relaxation `residual` is NaN and
            ``converged`` False.

        Examples
        --------
        >>> import numpy as np
        >>> from tda.networks import PullbackMetric
        >>> hill = PullbackMetric(lambda X: np.column_stack([X, 3 * np.exp(-(X**2).sum(axis=1))]))
        >>> around = hill.geodesic([-2.0, 0.1], [2.0, 0.1])
        >>> around.converged
        True
        >>> print(f"{around.length:.2f} around, {around.straight_length:.2f} over the top")
        4.88 around, 7.36 over the top
        """
        a, b = self._point(a, "a"), self._point(b, "b")
        if a.shape != b.shape:
            raise ValueError(f"a has {len(a)} coordinate(s) and b has {len(b)}.")
        if samples is not None:
            samples = check_rows(samples, len(a), name="samples")
        if not isinstance(n_points, Integral) or n_points < 3:
            raise ValueError(f"n_points={n_points!r}: give an integer from 3 on.")
        if not isinstance(tol, Real) or not tol > 0:
            raise ValueError(f"tol={tol!r}: give a positive number of radians.")
        if not isinstance(max_iter, Integral) or max_iter < 0:
            raise ValueError(f"max_iter={max_iter!r}: give an integer from 0 on.")
        if n_neighbors is not None and (not isinstance(n_neighbors, Integral) or n_neighbors < 1):
            raise ValueError(f"n_neighbors={n_neighbors!r}: give an integer from 1 on.")
        graph = {"samples": samples, "n_neighbors": n_neighbors, "n_points": int(n_points)}
        with np.errstate(invalid="ignore"):  # steps may leave the domain of a function
            if not relax:
                return graph_geodesic(self._map, a, b, **graph)
            return find_geodesic(self._map, a, b, **graph, tol=tol, max_iter=max_iter)

    def distances(self, X, *, n_neighbors=15, sources=None):
        """Lengths of the shortest paths between rows, along a graph of the rows.

        The edges join neighbours and are as long as their images. The matrix is that of the shape
        that the map gives the data, and goes into whatever takes ``metric="precomputed"``, such as
        `tda.rips_diagram`.

        Parameters
        ----------
        X : array-like of shape (n_points, n_features)
        n_neighbors : int, default=15
        sources : array-like of ints, default=None
            Indices of the rows whose distances are asked; all if None.

        Returns
        -------
        array of shape (n_points, n_points), or (n_sources, n_points)
            In units of the output.

        Notes
        -----
        Time ``O(n_sources * n_points * (log n_points + n_neighbors))``, and three values of the map
        for every edge. Pieces of the graph are joined by their shortest edges.

        Examples
        --------
        >>> import numpy as np
        >>> from tda.networks import PullbackMetric
        >>> cylinder = PullbackMetric(
        ...     lambda X: np.stack([np.cos(X[:, 0]), np.sin(X[:, 0])], axis=1)
        ... )
        >>> X = np.linspace(0, 2 * np.pi, 201)[:, None]
        >>> print(f"{cylinder.distances(X, n_neighbors=2)[0, -1]:.3f}")  # around, not across
        6.283
        """
        X = self._rows(X)
        if not isinstance(n_neighbors, Integral) or n_neighbors < 1:
            raise ValueError(f"n_neighbors={n_neighbors!r}: give an integer from 1 on.")
        nodes, inverse = np.unique(X, axis=0, return_inverse=True)
        inverse = inverse.reshape(-1)
        wanted = inverse
        if sources is not None:
            sources = np.atleast_1d(np.asarray(sources))
            if sources.dtype.kind not in "iu" or (sources < 0).any() or (sources >= len(X)).any():
                raise ValueError(
                    f"sources={sources.tolist()!r}: give indices of X's {len(X)} rows."
                )
            wanted = inverse[sources]
        if len(nodes) == 1:
            return np.zeros((len(wanted), len(X)))
        graph = image_graph(self._map.scores, nodes, min(n_neighbors, len(nodes) - 1))
        origins, back = np.unique(wanted, return_inverse=True)
        found = geodesic_distances(graph, sources=origins)
        return np.atleast_2d(found)[back][:, inverse]

    def shoot(self, x, v, *, n_points=65):
        """The geodesic that leaves x in the direction v and is as long as v.

        Solves the equation of geodesics ``x'' = -J⁺ D²f(x', x')`` from time 0 to 1 (the
        exponential map), by a Runge-Kutta method of order 8.

        Parameters
        ----------
        x, v : array-likes of shape (n_features,)
        n_points : int, default=65

        Returns
        -------
        array of shape (n_points, n_features)
            Points at equal times; the length of the image is that of J v.

        Raises
        ------
        ValueError
            If the metric is degenerate on the way.
        """
        from scipy.integrate import solve_ivp

        x, v = self._point(x, "x"), self._point(v, "v")
        if x.shape != v.shape:
            raise ValueError(f"x has {len(x)} coordinate(s) and v has {len(v)}.")
        m = len(x)

        def motion(_, state):
            at, velocity = state[None, :m], state[m:]
            J, H = self._map.jacobian(at), self._map.input_hessian(at)
            if not full_rank(J)[0]:
                raise ValueError(
                    f"the metric is degenerate at {at[0].tolist()}: a direction does not "
                    "determine a geodesic there."
                )
            bend = np.einsum("oij,i,j->o", H[0], velocity, velocity)
            return np.concatenate([velocity, -np.linalg.lstsq(J[0], bend, rcond=None)[0]])

        times = np.linspace(0, 1, n_points)
        state = np.concatenate([x, v])
        path = solve_ivp(motion, (0, 1), state, "DOP853", times, rtol=1e-9, atol=1e-12)
        if not path.success:
            raise ValueError(f"the geodesic from x along v cannot be followed: {path.message}")
        return path.y[:m].T

    # On a grid ---------------------------------------------------------------------------------

    def field(self, X, *, n_points=101, margin=0.1):
        """The metric on a grid of the plane around points, for `tda.plot.plot_metric`.

        Parameters
        ----------
        X : array-like of shape (n_points, 2)
            The grid covers their box, enlarged by `margin` of its sides.
        n_points : int, default=101
            A side.
        margin : float, default=0.1

        Returns
        -------
        MetricField
        """
        X = self._rows(X)
        if X.shape[1] != 2:
            raise ValueError(
                f"X has {X.shape[1]} column(s), but a field is drawn in the plane: the map has "
                "to have two inputs."
            )
        low, high = X.min(axis=0), X.max(axis=0)
        wide = np.where(high > low, high - low, max((high - low).max(), 1.0))
        low, high = low - margin * wide, high + margin * wide
        x, y = (np.linspace(low[k], high[k], n_points) for k in range(2))
        grid = np.stack(np.meshgrid(x, y), axis=-1).reshape(-1, 2)
        shape = n_points, n_points
        return MetricField(
            x,
            y,
            in_blocks(self.tensor, grid, self._cost(grid, 1)).reshape(*shape, 2, 2),
            self.volume(grid).reshape(shape),
            self.curvature(grid).reshape(shape),
        )

    # Workers -----------------------------------------------------------------------------------

    def _rows(self, X, name="X"):
        return check_rows(X, self._map.n_features, name=name)

    def _point(self, x, name):
        x = np.asarray(x, dtype=float)
        if x.ndim != 1:
            raise ValueError(f"{name} has shape {x.shape}: give one point, (n_features,).")
        return self._rows(x[None], name)[0]

    def _cost(self, X, order):
        """How many numbers the derivatives of that order have per row."""
        return self._map.scores(X[:1]).shape[1] * X.shape[1] ** order

    def _volumes(self, X, frames=None):
        J = self._map.jacobian(X) if frames is None else self._map.directional_jacobian(X, frames)
        if J.shape[1] < J.shape[2]:
            return np.zeros(len(X))
        return np.linalg.svd(J, compute_uv=False).prod(axis=1) * full_rank(J)

    def _curvatures(self, X, frames=None, bends=None):
        form, _, _ = self._form(X, frames, bends)
        return np.where(np.isnan(form).any(axis=(1, 2, 3)), np.nan, mean_sectional_curvature(form))

    def _frames(self, X, frames):
        """Directions of each row, of shape (n_points, n_features, d), or None."""
        if frames is None:
            return None
        if isinstance(frames, str):
            if frames != "data":
                raise ValueError(f'frames={frames!r}: give an array, "data" or None.')
            return tangent_frames(X)
        frames = np.asarray(getattr(frames, "frames_", frames), dtype=float)
        if frames.ndim == 2:
            frames = np.broadcast_to(frames, (len(X), *frames.shape))
        if frames.ndim != 3 or frames.shape[:2] != X.shape or not frames.shape[2]:
            raise ValueError(
                f"frames has shape {frames.shape}: give directions in the columns for each of the "
                f"{len(X)} row(s), of shape ({len(X)}, {X.shape[1]}, d)."
            )
        if not np.isfinite(frames).all():
            raise ValueError("frames holds NaN or infinity: leave those rows out of X and frames.")
        return frames

    def _bends(self, frames, bends):
        if bends is None:
            return None
        bends = np.asarray(bends, dtype=float)
        n, m, d = frames.shape
        if bends.shape != (n, d, d, m):
            raise ValueError(
                f"bends has shape {bends.shape}, but frames has {frames.shape}: give an array of "
                f"shape ({n}, {d}, {d}, {m}), such as tda.Curvature's second_form_."
            )
        return bends

    @staticmethod
    def _refuse_bends(bends):
        if bends is not None:
            raise ValueError("bends are those of the data in frames: give frames as well.")

    def _by_blocks(self, function, X, frames, order, *more):
        """A function of rows and what belongs to them on as many as fit in memory."""
        size = self._map.scores(X[:1]).shape[1] * frames.shape[2] ** order + frames[0].size
        step = max(BLOCK_SIZE // size, 1)
        parts = [
            function(
                X[i : i + step],
                frames[i : i + step],
                *(None if one is None else one[i : i + step] for one in more),
            )
            for i in range(0, len(X), step)
        ]
        return np.concatenate(parts)
