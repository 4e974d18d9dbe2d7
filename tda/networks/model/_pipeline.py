"""A network behind the steps of a scikit-learn pipeline, with the interface of a network alone."""

from __future__ import annotations

import numpy as np

from ..._kinds import as_float

__all__ = ["PipelineNetwork"]

#: Step of central differences that balances truncation and rounding.
STEP = np.finfo(float).eps ** (1 / 3)


class PipelineNetwork:
    """A network and the transformers before it: rows as the pipeline takes them.

    Layers, scores, loss and all derivatives by the parameters are those of the network for the
    transformed rows. Derivatives by the inputs go through the steps: exactly where these are affine
    (scaling, PCA), else by central differences.

    Parameters
    ----------
    steps : list of fitted transformers
    network : DenseNetwork or TorchNetwork

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn.neural_network import MLPRegressor
    >>> from sklearn.pipeline import make_pipeline
    >>> from sklearn.preprocessing import StandardScaler
    >>> from tda.networks import as_network
    >>> X = np.random.default_rng(0).normal(size=(50, 2)) * [1, 1000]
    >>> mlp = MLPRegressor(hidden_layer_sizes=[5], solver="lbfgs", max_iter=5, random_state=0)
    >>> pipe = make_pipeline(StandardScaler(), mlp).fit(X, X[:, 0])
    >>> network = as_network(pipe)
    >>> step = np.array([1e-6, 0])
    >>> slope = (network.scores(X + step) - network.scores(X - step)) / 2e-6
    >>> bool(np.allclose(network.jacobian(X)[:, :, 0], slope, atol=1e-6))
    True
    """

    def __init__(self, steps, network):
        self.steps = list(steps)
        self.network = network

    def __repr__(self):
        names = [type(step).__name__ for step in self.steps]
        return f"PipelineNetwork({', '.join(names)}, {self.network!r})"

    # What it is ------------------------------------------------------------------------------

    @property
    def n_features(self):
        """Number of columns that the first step was fitted on, None if it does not say."""
        return getattr(self.steps[0], "n_features_in_", None)

    @property
    def n_outputs(self):
        """Number of scores."""
        return self.network.n_outputs

    @property
    def n_parameters(self):
        """Number of parameters of the network."""
        return self.network.n_parameters

    @property
    def link(self):
        """What turns scores into predictions."""
        return self.network.link

    @property
    def classes(self):
        """The labels in the order of the outputs."""
        return self.network.classes

    @property
    def layer_names(self):
        """Names of what `layers` gives."""
        return self.network.layer_names

    @property
    def parameters(self):
        """All parameters of the network, flat."""
        return self.network.parameters

    def with_parameters(self, parameters):
        """The same steps before the network with other parameters."""
        return PipelineNetwork(self.steps, self.network.with_parameters(parameters))

    def transform(self, X):
        """What the network itself is given."""
        for step in self.steps:
            X = step.transform(X)
        return X

    # What it gives ---------------------------------------------------------------------------

    def layers(self, X, **options):
        """What each layer makes of the rows; options are those of the network."""
        return self.network.layers(self.transform(X), **options)

    def scores(self, X):
        """The outputs before the link, of shape (n, n_outputs)."""
        return self.network.scores(self.transform(X))

    def predict(self, X):
        """The outputs after the link, of shape (n, n_outputs)."""
        return self.network.predict(self.transform(X))

    def __call__(self, X):
        return self.scores(X)

    # Derivatives -----------------------------------------------------------------------------

    def jacobian(self, X):
        """Derivatives of the scores by the columns of X, of shape (n, n_outputs, n_features)."""
        X = self._rows(X)
        return self.network.jacobian(self.transform(X)) @ self._slopes(X)

    def input_hessian(self, X):
        """Second derivatives, of shape (n, n_outputs, n_features, n_features).

        Raises
        ------
        ValueError
            If the steps are not affine.
        """
        X = self._rows(X)
        slopes = self._matrix(X)
        return slopes.T @ self.network.input_hessian(self.transform(X)) @ slopes

    def directional_jacobian(self, X, frames):
        """Derivatives along directions of each row; see `DenseNetwork`."""
        X = self._rows(X)
        frames = self._slopes(X) @ np.asarray(frames)
        return self.network.directional_jacobian(self.transform(X), frames)

    def directional_hessian(self, X, frames):
        """Second derivatives along pairs of directions of each row, for affine steps."""
        X = self._rows(X)
        frames = self._matrix(X) @ np.asarray(frames)
        return self.network.directional_hessian(self.transform(X), frames)

    def parameter_jacobian(self, X):
        """Derivatives of the scores by the parameters."""
        return self.network.parameter_jacobian(self.transform(X))

    def loss(self, X, y):
        """Mean loss over the rows."""
        return self.network.loss(self.transform(X), y)

    def gradient(self, X, y):
        """Gradient of `loss` by the parameters."""
        return self.network.gradient(self.transform(X), y)

    def hessian_product(self, X, y, vector):
        """Hessian of `loss` by the parameters, times a vector."""
        return self.network.hessian_product(self.transform(X), y, vector)

    def fisher_product(self, X, vector):
        """Fisher information of the parameters, times a vector."""
        return self.network.fisher_product(self.transform(X), vector)

    # Workers ---------------------------------------------------------------------------------

    @staticmethod
    def _rows(X):
        X = as_float(X, "X")
        if X.ndim != 2 or not len(X):
            raise ValueError(f"X has shape {X.shape}: give rows, of shape (n, n_features).")
        return X

    def _slopes(self, X):
        """Derivatives of the steps: one matrix for all rows, or one for each."""
        slopes = self._affine(X)
        return self._differences(X) if slopes is None else slopes

    def _matrix(self, X):
        """The matrix of affine steps."""
        slopes = self._affine(X)
        if slopes is None:
            raise ValueError(
                "the steps before the network are not affine: give the network alone, pipe[-1], "
                "and X=pipe[:-1].transform(X)."
            )
        return slopes

    def _affine(self, X):
        """The matrix of the steps, of shape (n_inputs, n_features); None if they have none."""
        middle, spread = X.mean(axis=0), np.ptp(X, axis=0)
        unit = np.where(spread > 0, spread, np.maximum(abs(middle), 1.0))
        origin = self._moved(middle[None])
        columns = (self._moved(middle + np.diag(unit)) - origin) / unit[:, None]
        expected = origin + (X - middle) @ columns
        size = abs(expected - origin).max(initial=0.0) + abs(origin).max(initial=0.0)
        close = np.allclose(self._moved(X), expected, rtol=0, atol=1e-9 * size)
        return columns.T if close else None

    def _differences(self, X):
        found = []
        for k in range(X.shape[1]):
            step = STEP * np.maximum(1.0, abs(X[:, k]))
            ahead, behind = X.copy(), X.copy()
            ahead[:, k] += step
            behind[:, k] -= step
            moved = self._moved(ahead) - self._moved(behind)
            found.append(moved / (ahead[:, k] - behind[:, k])[:, None])
        return np.stack(found, axis=2)

    def _moved(self, X):
        moved = np.asarray(self.transform(X), dtype=float)
        return moved.reshape(len(moved), -1)
