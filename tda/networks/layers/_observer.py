"""`TrainingObserver`: the manifold a network makes against the one it is to make, by epoch."""

from __future__ import annotations

from functools import partial
from numbers import Integral

import numpy as np
from scipy.spatial.distance import pdist, squareform
from sklearn.neural_network import MLPClassifier, MLPRegressor
from sklearn.utils import check_random_state

from ..._halves import OWN_SPREAD_QUANTILE, diagram_of, landmarks_of, size_of
from ..._kinds import refuse_other_kinds
from ..._progress import progress
from ..._validation import check_cloud
from ...dimension import intrinsic_dimension
from ...distances import bottleneck_distance, wasserstein_distance
from ..model._network import as_network
from ._history import TrainingHistory

__all__ = ["TrainingObserver", "observe_fit"]

METRICS = {
    "bottleneck": bottleneck_distance,
    "wasserstein": partial(wasserstein_distance, order=1.0),
}
#: Fewer distinct points say nothing of a dimension.
LEAST_POINTS = 8


class TrainingObserver:
    """Record the topology of a network's output during training, together with the loss.

    Training brings the output of a network towards a target; for an autoencoder the target is the
    data itself. The loss compares points one by one. It may fall while the output never gets the
    loops of the target. Call this observer once per epoch, in a loop of `partial_fit` or of torch.
    Every few epochs it compares persistence diagrams and intrinsic dimensions of output and target.
    `observe_fit` is such a loop.

    Parameters
    ----------
    target : array-like of shape (n_points, n_features)
        The cloud that the output is to become: the data of an autoencoder, the targets of a
        regression.
    every : int, default=5
        Epochs between two measurements.
    layer : str or int, default="output"
        Which layer is compared: a name of ``as_network(network).layer_names``, or its index.
        "output" are the scores: what a regressor predicts, a classifier's before the link.
    degrees : tuple of int, default=(0, 1)
        Of the diagrams: 0 components, 1 loops, 2 voids, which take seconds a measurement.
    metric : {"bottleneck", "wasserstein"}, default="bottleneck"
        The distance between diagrams. Bottleneck follows the bar that is matched worst, and stays
        at 1 until that bar has about half of its length. Wasserstein (order 1) adds up all bars,
        with the many small ones of sampling.
    rescale : bool, default=None
        Whether to bring the output to the size of the target first (the 95% quantile of its
        distances), so that shape alone counts. None: only where the two have different numbers
        of columns, so that they cannot be in the same unit.
    max_points : int, default=1000
        Of more rows so many are drawn, the same at every measurement.
    n_landmarks : int, default=200
        Points of a diagram, spread by farthest points over half of the rows.
    n_resamples : int, default=5
        How often the rows are parted in halves.
    random_state : int, RandomState or None, default=0
        Seed of what is drawn.

    Attributes
    ----------
    history : TrainingHistory
        What was seen until now. Frozen; later ones are longer.
    floor : array of shape (n_degrees,)
        How far two random halves of the target are apart: the 95% quantile over resamples.
    target_dimension : float

    Raises
    ------
    ValueError
        If `target` is no cloud of at least 8 points, or a parameter is out of its range.

    See Also
    --------
    observe_fit : Trains and observes a scikit-learn network in one line.
    tda.plot.plot_training : The history as a picture.

    Notes
    -----
    **Scale.** Output and target are compared in the unit of the target, and a distance is then
    divided by that of the target to a single point. So 0 is the target itself, 1 a collapsed
    output, and what is blown up or torn can be farther. Where the target has no bar in a
    degree, half its size takes the place of that.

    **Sampling.** The rows are parted in random halves, and the distance is the median over the
    halves of the output and the same ones of the target. `floor` is the distance of one half
    of the target from the other: an output nearer than that cannot be distinguished from the
    target. If the output has as many rows as the target, row i of one is taken to belong to row i
    of the other, which only makes the comparison less noisy.

    **Warning.** ``observer.history.is_warned`` while training, and the verdict at its end; the
    rule is that of `tda.networks.find_stall`.

    A measurement makes ``2 * n_resamples`` Rips diagrams of `n_landmarks` points, 0.1 to 1
    second by the defaults, and a search of neighbours among `max_points`.

    References
    ----------
    .. [1] D. Cohen-Steiner, H. Edelsbrunner, J. Harer, "Stability of persistence diagrams",
       Discrete Comput. Geom. 37, 2007: a reconstruction that is off by at most r in every
       point has Rips diagrams within 2r.
    .. [2] M. Moor, M. Horn, B. Rieck, K. Borgwardt, "Topological autoencoders", ICML 2020.

    Examples
    --------
    In a loop of one's own; for torch, pass the module and its loss.

    >>> from sklearn.neural_network import MLPRegressor
    >>> from tda.datasets import make_circle
    >>> from tda.networks import TrainingObserver
    >>> X = make_circle(100, random_state=0).points
    >>> network = MLPRegressor(
    ...     hidden_layer_sizes=[32, 2, 32],
    ...     activation="tanh",
    ...     learning_rate_init=0.01,
    ...     batch_size=25,
    ...     random_state=0,
    ... )
    >>> observer = TrainingObserver(X, every=6, n_landmarks=30)
    >>> for epoch in range(31):
    ...     network = network.partial_fit(X, X)
    ...     measured = observer.record(network, X)
    >>> print(observer.history.verdict.split(":")[0])
    Loss and topology fall together
    """

    def __init__(
        self,
        target,
        *,
        every=5,
        layer="output",
        degrees=(0, 1),
        metric="bottleneck",
        rescale=None,
        max_points=1000,
        n_landmarks=200,
        n_resamples=5,
        random_state=0,
    ):
        target = check_cloud(target, name="target", min_points=LEAST_POINTS)
        degrees = _check_options(
            every, layer, degrees, metric, rescale, max_points, n_landmarks, n_resamples
        )
        self.every = every
        self.layer = layer
        self.degrees = degrees
        self.metric = metric
        self.rescale = rescale
        self.max_points = max_points
        self.n_landmarks = n_landmarks
        self.n_resamples = n_resamples
        self._seed = int(check_random_state(random_state).randint(2**31 - 1))
        self._records = []
        self._calls = 0
        self._shape = target.shape
        self._target = target[self._rows(len(target))]
        D = squareform(pdist(self._target))
        self._size = size_of(D)
        self.target_dimension = _dimension(self._target)
        self._own = self._diagrams(D)
        points = [self._from_a_point(diagram) for diagram in self._own]
        reach = np.median(points, axis=0)
        self._reach = np.where(reach > 0, reach, self._size / 2)
        halves = zip(self._own[::2], self._own[1::2], strict=True)
        apart = [self._apart(one, other) for one, other in halves]
        self.floor = np.quantile(apart, OWN_SPREAD_QUANTILE, axis=0) / self._reach

    def record(self, network, X=None, loss=None, *, epoch=None):
        """Measure if it is time to; to be called once an epoch.

        Parameters
        ----------
        network : a network, or array-like of shape (n, n_outputs)
            Anything that `as_network` takes, such as a scikit-learn perceptron that is being
            fitted or a torch module; or what it gave for the rows (then `X` is None).
        X : array-like of shape (n, n_features), default=None
            The rows that are put through the network.
        loss : float, default=None
            By default the ``loss_`` of a scikit-learn network, else half the mean squared
            difference of output and target, if these have the same shape.
        epoch : int, default=None
            By default the number of earlier calls.

        Returns
        -------
        bool
            Whether a measurement was made: at the first call, and at epochs that are multiples
            of `every`.

        Raises
        ------
        ValueError
            If the output or the loss is not finite, there are fewer than 8 rows, the layer
            does not exist, or there is no loss to take.
        """
        epoch = self._calls if epoch is None else epoch
        self._calls += 1
        if epoch % self.every and self._records:
            return False
        self.measure(network, X, loss, epoch=epoch)
        return True

    def measure(self, network, X=None, loss=None, *, epoch):
        """Measure now, independently of `every`: as `record`, for the last epoch of a training."""
        if self._records and epoch <= self._records[-1][0]:
            raise ValueError(
                f"epoch={epoch!r}, but epoch {self._records[-1][0]} is recorded: epochs go up."
            )
        output, n = self._output(network, X)
        loss = self._loss(network, output, n, X) if loss is None else float(loss)
        if not np.isfinite(loss):
            raise ValueError(f"loss={loss}, but it has to be finite: the training diverged.")
        D = squareform(pdist(output))
        dimension = _dimension(output)
        rescale = output.shape[1] != self._shape[1] if self.rescale is None else self.rescale
        if rescale:
            D *= self._size / size_of(D)
        pairs = zip(self._diagrams(D), self._own, strict=True)
        apart = np.median([self._apart(a, b) for a, b in pairs], axis=0) / self._reach
        self._records.append((int(epoch), loss, apart, dimension))

    @property
    def history(self):
        """What was seen until now, as a `TrainingHistory`."""
        epochs, losses, distances, dimensions = (
            zip(*self._records, strict=True) if self._records else ((), (), (), ())
        )
        return TrainingHistory(
            epochs=np.array(epochs, dtype=int),
            losses=np.array(losses, dtype=float),
            distances=np.array(distances, dtype=float).reshape(-1, len(self.degrees)),
            floor=self.floor.copy(),
            dimensions=np.array(dimensions, dtype=float),
            target_dimension=self.target_dimension,
            degrees=self.degrees,
            metric=self.metric,
            layer=self.layer,
        )

    def _rows(self, n):
        """The rows looked at, the same ones whenever there are as many."""
        if n <= self.max_points:
            return np.arange(n)
        return np.sort(check_random_state(self._seed).choice(n, self.max_points, replace=False))

    def _diagrams(self, D):
        """Those of random halves, one after the other; the same halves for as many points."""
        rng, n = check_random_state(self._seed), len(D)
        n_landmarks = min(self.n_landmarks, n // 2, self._shape[0] // 2)
        found = []
        for _ in range(self.n_resamples):
            order = rng.permutation(n)
            for half in (order[: n // 2], order[n // 2 :]):
                rows = landmarks_of(D, half, n_landmarks)
                found.append(diagram_of(D, rows, max(self.degrees)))
        return found

    def _apart(self, one, other):
        distance = METRICS[self.metric]
        return [distance(one, other, degree=k) for k in self.degrees]

    def _from_a_point(self, diagram):
        """How far a diagram is from that of a single point."""
        distance, eternal = METRICS[self.metric], np.array([[0.0, np.inf]])
        return [
            distance(eternal if k == 0 else eternal[:0], diagram, degree=k) for k in self.degrees
        ]

    def _output(self, network, X):
        """The rows looked at of what the network gives, and how many rows there were."""
        if X is None:
            output = _as_array(network)
            if output.ndim == 0 or output.dtype == object:
                raise ValueError(f"X is missing: what is {type(network).__name__} to be given?")
            output = check_cloud(output, name="the output", min_points=LEAST_POINTS)
            return output[self._rows(len(output))], len(output)
        X = _as_array(X)
        output = self._of_layer(as_network(network), X[self._rows(len(X))])
        return check_cloud(output, name="the output", min_points=LEAST_POINTS), len(X)

    def _of_layer(self, network, X):
        if self.layer == "output":
            return network.scores(X)
        layers = network.layers(X)
        names = list(network.layer_names)
        if isinstance(self.layer, str) and self.layer in names:
            return layers[names.index(self.layer)]
        if not isinstance(self.layer, str) and -len(layers) <= self.layer < len(layers):
            return layers[self.layer]
        raise ValueError(
            f"layer={self.layer!r}, but the network has {', '.join(map(repr, names))}."
        )

    def _loss(self, network, output, n, X):
        """Where the loss is not given: scikit-learn's, or that of a reconstruction."""
        if X is not None and hasattr(network, "loss_"):
            return float(network.loss_)
        if self.layer == "output" and (n, output.shape[1]) == self._shape:
            return float(np.mean((output - self._target) ** 2) / 2)
        raise ValueError("loss is missing: pass record(network, X, loss).")


def observe_fit(network, X, y, *, n_epochs=100, target=None, verbose=False, **options):
    """Train a scikit-learn network, and watch the topology of its output meanwhile.

    Parameters
    ----------
    network : MLPRegressor or MLPClassifier
        Trained here by `partial_fit`, an epoch a call, and left trained. One that has been
        trained before goes on, and is measured as epoch 0.
    X : array-like of shape (n, n_features)
    y : array-like of shape (n,) or (n, n_outputs)
        For an autoencoder `X` itself.
    n_epochs : int, default=100
    target : array-like of shape (n_points, n_features), default=None
        The cloud that the output is compared with; for a regressor by default `y`.
    verbose : bool, default=False
        Show a progress bar with loss, distances, and the warning as soon as it is due.
    **options
        Of `TrainingObserver`: `every`, `layer`, `degrees`, `metric`, `max_points`, …

    Returns
    -------
    TrainingHistory
        Of epoch 1, then every `every`-th one, and the last.

    Raises
    ------
    ValueError
        If a classifier comes without a target, or an input is out of its range.
    TypeError
        If `network` has no `partial_fit` of a perceptron.

    See Also
    --------
    TrainingObserver : For a loop of one's own, and for torch.

    Examples
    --------
    An autoencoder with a bottleneck of one dimension cannot close the loop of a circle, and one
    of two can.

    >>> from sklearn.neural_network import MLPRegressor
    >>> from tda.datasets import make_circle
    >>> from tda.networks import observe_fit
    >>> X = make_circle(100, random_state=0).points
    >>> for width in (1, 2):
    ...     network = MLPRegressor(
    ...         hidden_layer_sizes=[32, width, 32],
    ...         activation="tanh",
    ...         learning_rate_init=0.01,
    ...         batch_size=25,
    ...         random_state=0,
    ...     )
    ...     history = observe_fit(network, X, X, n_epochs=50, n_landmarks=30)
    ...     print(width, history.is_warned, [stall.degree for stall in history.stalls])
    1 True [1]
    2 False []
    """
    if not isinstance(network, MLPRegressor | MLPClassifier):
        raise TypeError(
            f"network is a {type(network).__name__}: give an MLPRegressor or an MLPClassifier; "
            "for others call TrainingObserver.record in a loop of your own."
        )
    if not isinstance(n_epochs, Integral) or n_epochs < 1:
        raise ValueError(f"n_epochs={n_epochs!r}; it must be an integer from 1 on.")
    is_classifier = isinstance(network, MLPClassifier)
    if target is None:
        if is_classifier:
            raise ValueError(
                "target is missing: say which cloud the output of a classifier is compared with, "
                "for example target=X with rescale=True."
            )
        target = np.asarray(y)
        target = target.reshape(len(target), -1)
    observer = TrainingObserver(target, **options)
    if hasattr(network, "coefs_"):
        observer.measure(network, X, epoch=0)
    classes = {"classes": np.unique(y)} if is_classifier else {}
    bar = progress(range(1, n_epochs + 1), label="observe_fit", shown=verbose)
    for epoch in bar:
        network.partial_fit(X, y, **classes)
        if epoch in (1, n_epochs) or epoch % observer.every == 0:
            observer.measure(network, X, epoch=epoch)
            if verbose:
                history = observer.history
                seen = {
                    f"H{k}": f"{v:.2f}"
                    for k, v in zip(history.degrees, history.distances[-1], strict=True)
                }
                warned = {"warning": "topology stands"} if history.is_warned else {}
                bar.set_postfix(loss=f"{network.loss_:.3g}", **seen, **warned)
    return observer.history


def _check_options(every, layer, degrees, metric, rescale, max_points, n_landmarks, n_resamples):
    least = {"every": 1, "max_points": LEAST_POINTS, "n_landmarks": 4, "n_resamples": 1}
    values = dict(zip(least, (every, max_points, n_landmarks, n_resamples), strict=True))
    for name, value in values.items():
        if not isinstance(value, Integral) or value < least[name]:
            raise ValueError(f"{name}={value!r}; it must be an integer from {least[name]} on.")
    if not isinstance(layer, str | Integral):
        raise ValueError(f"layer={layer!r}; it must be the name or the index of a layer.")
    if metric not in METRICS:
        raise ValueError(f"metric={metric!r} is none of {', '.join(METRICS)}.")
    if rescale not in (None, True, False):
        raise ValueError(f"rescale={rescale!r}; it must be True, False or None.")
    degrees = (degrees,) if isinstance(degrees, Integral) else tuple(degrees)
    if not degrees or not set(degrees) <= {0, 1, 2} or len(set(degrees)) < len(degrees):
        raise ValueError(f"degrees={degrees!r}; they must be some of 0, 1 and 2.")
    return degrees


def _as_array(X):
    """Rows of anything with an array interface; a torch tensor leaves its graph and its device."""
    refuse_other_kinds(X, "X")
    return np.asarray(X.detach().cpu() if hasattr(X, "detach") else X)


def _dimension(X):
    if len(np.unique(X, axis=0)) < LEAST_POINTS:
        return np.nan
    return float(intrinsic_dimension(X).dimension)
