"""`TopologicalAutoencoder`: coordinates by a network that is held to the shape of the data."""

from __future__ import annotations

from itertools import pairwise
from numbers import Integral, Real
from typing import ClassVar

import numpy as np
from sklearn.base import TransformerMixin
from sklearn.utils import check_random_state
from sklearn.utils._param_validation import Interval, StrOptions
from sklearn.utils.validation import check_is_fitted

from .._estimator import BaseEstimator
from .._kinds import check_rows
from ._preservation import connectivity_loss, divergence_loss, preservation_loss
from ._torch import import_torch

__all__ = ["TopologicalAutoencoder"]

#: name: the loss of a batch and its coordinates, in a unit in which the data has variance 1.
TOPOLOGIES = {
    "cycles": lambda X, Z: preservation_loss(X, Z, max_dimension=1),
    "components": lambda X, Z: preservation_loss(X, Z, max_dimension=0),
    "divergence": divergence_loss,
    "connectivity": lambda X, Z: connectivity_loss(Z, length=len(Z) ** (-1 / Z.shape[1])),
}


class TopologicalAutoencoder(TransformerMixin, BaseEstimator):
    """Coordinates by an autoencoder that is trained to keep components and loops (per point).

    A network presses the rows through `n_components` numbers and gives them back. Its loss is
    the share of the variance that is not given back, plus `topology_weight` times a loss of the
    shape of each batch, so that neither folds nor tears pay.

    Parameters
    ----------
    n_components : int, default=2
        Coordinates of the embedding.
    hidden_layer_sizes : tuple of int, default=(64, 64)
        Widths of the encoder's hidden layers; the decoder has them the other way round.
    activation : {"tanh", "relu", "elu", "gelu"}, default="gelu"
        Between the layers.
    topology : {"components", "cycles", "divergence", "connectivity"} or None, default="components"
        ============== ============================================================ ==========
        topology       what the loss of a batch asks for                            as in
        ============== ============================================================ ==========
        "components"   edges that join components stay as long as they were         [1]_
        "cycles"       edges that join components, and those around loops and of    [2]_
                       the triangles that end them, stay as long as they were
        "divergence"   no component or loop at a scale that only one of both has    [3]_
        "connectivity" coordinates spread evenly, all joined at one length          [4]_
        None           nothing: a plain autoencoder
        ============== ============================================================ ==========

    topology_weight : float, default=0.3
        Of that loss beside the reconstruction.
    batch_size : int, default=256
        Rows of a step; the shape is that of a batch.
    n_epochs : int, default=200
        How often each row is seen.
    learning_rate : float, default=2e-2
        Of Adam, at first; it falls to 0 along a cosine. Layers of hundreds of units want less.
    n_init : int, default=3
        Starts, each with weights and batches of its own, of which the one with the least final
        loss of all rows is kept.
    random_state : int, RandomState or None, default=None
        Seed of weights and batches.
    verbose : bool, default=False
        Show a progress bar.

    Attributes
    ----------
    encoder_, decoder_ : torch.nn.Sequential
        In double precision; between rows that are moved and divided by one number.
    mean_ : array of shape (n_features,)
    scale_ : float
        What they are moved and divided by: the variances of all columns then sum to 1.
    losses_ : array of shape (n_epochs, 2)
        Mean of each epoch of the start that is kept: the share of the variance that is lost, and
        the loss of the shape.
    start_losses_ : array of shape (n_init, 2)
        The same after training, of each start, over all rows; `topology_weight` times the second
        plus the first decides.
    n_features_in_ : int

    See Also
    --------
    tda.embedding_report : What the coordinates kept.
    tda.Embedding : Coordinates without a network.
    tda.learning.preservation_loss : The loss of "cycles" and "components".

    Notes
    -----
    A step takes two Rips diagrams of a batch, milliseconds each, with "divergence" two of twice
    as many points without geometry. Coordinates are in the units of the data. "components" often
    keeps loops too, since short edges go around them; "cycles" also wants the long sides of
    triangles kept, which fewer coordinates may not allow. A start may end in a fold, so the best of
    `n_init` is kept. ``benchmarks/topological_autoencoder.py`` counts how often both loops of a
    torus in 20 dimensions are kept, on ten seeds on which nothing was chosen: with one start each 8
    with "components" and 3 without a loss of the shape, which with the best of three has 6.

    References
    ----------
    .. [1] M. Moor, M. Horn, B. Rieck, K. Borgwardt, "Topological autoencoders", International
       Conference on Machine Learning, 2020.
    .. [2] M. Clémot, J. Digne, J. Tierny, "Topological autoencoders++: fast and accurate
       cycle-aware dimensionality reduction", 2025, arXiv:2502.20215.
    .. [3] I. Trofimov, D. Cherniavskii, E. Tulchinskii, N. Balabin, E. Burnaev, S. Barannikov,
       "Learning topology-preserving data representations", International Conference on Learning
       Representations, 2023.
    .. [4] C. Hofer, R. Kwitt, M. Niethammer, M. Dixit, "Connectivity-optimized representation
       learning via persistent homology", International Conference on Machine Learning, 2019.

    Examples
    --------
    >>> from tda.datasets import make_circle
    >>> from tda.learning import TopologicalAutoencoder
    >>> X = make_circle(200, random_state=0).points
    >>> model = TopologicalAutoencoder(n_epochs=5, random_state=0).fit(X)
    >>> Z = model.transform(X)
    >>> Z.shape, model.inverse_transform(Z).shape
    ((200, 2), (200, 2))
    """

    _parameter_constraints: ClassVar[dict] = {
        "n_components": [Interval(Integral, 1, None, closed="left")],
        "hidden_layer_sizes": [tuple, list],
        "activation": [StrOptions({"tanh", "relu", "elu", "gelu"})],
        "topology": [StrOptions(set(TOPOLOGIES)), None],
        "topology_weight": [Interval(Real, 0, None, closed="left")],
        "batch_size": [Interval(Integral, 2, None, closed="left")],
        "n_epochs": [Interval(Integral, 1, None, closed="left")],
        "learning_rate": [Interval(Real, 0, None, closed="neither")],
        "n_init": [Interval(Integral, 1, None, closed="left")],
        "random_state": ["random_state"],
        "verbose": ["verbose"],
    }

    def __init__(
        self,
        *,
        n_components=2,
        hidden_layer_sizes=(64, 64),
        activation="gelu",
        topology="components",
        topology_weight=0.3,
        batch_size=256,
        n_epochs=200,
        learning_rate=2e-2,
        n_init=3,
        random_state=None,
        verbose=False,
    ):
        self.n_components = n_components
        self.hidden_layer_sizes = hidden_layer_sizes
        self.activation = activation
        self.topology = topology
        self.topology_weight = topology_weight
        self.batch_size = batch_size
        self.n_epochs = n_epochs
        self.learning_rate = learning_rate
        self.n_init = n_init
        self.random_state = random_state
        self.verbose = verbose

    def fit(self, X, y=None):
        """Train the network.

        Parameters
        ----------
        X : array-like of shape (n_points, n_features)
        y : ignored

        Returns
        -------
        self

        Raises
        ------
        ValueError
            If `X` holds NaN or infinity, or has less than two rows.
        ImportError
            If torch is not installed.
        """
        self._validate_params()
        torch = import_torch("TopologicalAutoencoder")
        X = check_rows(self, X, ensure_min_samples=2)
        widths = [self._check_width(width) for width in self.hidden_layer_sizes]
        rng = check_random_state(self.random_state)
        self.mean_ = X.mean(axis=0)
        centred = X - self.mean_
        scale = float(np.sqrt((centred**2).sum(axis=1).mean()))
        self.scale_ = scale if scale > 0 else 1.0
        rows = torch.as_tensor(centred / self.scale_, dtype=torch.float32)
        n_batches = max(1, round(len(rows) / self.batch_size))
        ends = X.shape[1], self.n_components
        # The same batches for all starts, so that their losses compare.
        judged = torch.randperm(len(rows), generator=self._generator(rng)).tensor_split(n_batches)
        starts = []
        for _ in range(self.n_init):
            draw = self._generator(rng)
            coders = (
                self._network([ends[0], *widths, ends[1]], draw),
                self._network([ends[1], *widths[::-1], ends[0]], draw),
            )
            history = self._train(coders, rows, n_batches, draw)
            starts.append((coders, history, self._judge(coders, rows, judged)))
        self.start_losses_ = np.array([final for *_, final in starts])
        totals = self.start_losses_ @ [1, self.topology_weight]
        # A start that diverged is never the best.
        best = int(np.argmin(np.nan_to_num(totals, nan=np.inf)))
        (self.encoder_, self.decoder_), self.losses_, _ = starts[best]
        self.encoder_.double().requires_grad_(False)
        self.decoder_.double().requires_grad_(False)
        return self

    @staticmethod
    def _generator(rng):
        """Of its own: torch's global state stays what it is."""
        torch = import_torch("TopologicalAutoencoder")
        return torch.Generator().manual_seed(int(rng.randint(2**31 - 1)))

    @staticmethod
    def _check_width(width):
        if not isinstance(width, Integral) or width < 1:
            raise ValueError(
                f"hidden_layer_sizes holds {width!r}; a width is an integer from 1 on."
            )
        return int(width)

    def _network(self, widths, draw):
        torch = import_torch("TopologicalAutoencoder")
        from torch import nn

        bend = {"tanh": nn.Tanh, "relu": nn.ReLU, "elu": nn.ELU, "gelu": nn.GELU}[self.activation]
        layers = []
        for before, after in pairwise(widths):
            layer = nn.utils.skip_init(nn.Linear, before, after)
            with torch.no_grad():
                layer.weight.normal_(std=(2 / (before + after)) ** 0.5, generator=draw)
                layer.bias.zero_()
            layers += [layer, bend()]
        return nn.Sequential(*layers[:-1])

    def _train(self, coders, rows, n_batches, draw):
        """Train; the mean losses of each epoch."""
        torch = import_torch("TopologicalAutoencoder")
        from tqdm import tqdm

        parameters = [weights for coder in coders for weights in coder.parameters()]
        optimiser = torch.optim.Adam(parameters, lr=self.learning_rate)
        n_steps = self.n_epochs * n_batches
        schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimiser, n_steps)
        losses = np.zeros((self.n_epochs, 2))
        epochs = range(self.n_epochs)
        for epoch in tqdm(epochs, desc="training", disable=None if self.verbose else True):
            order = torch.randperm(len(rows), generator=draw)
            for batch in order.tensor_split(n_batches):
                lost, shape = self._losses(coders, rows[batch])
                optimiser.zero_grad()
                (lost + self.topology_weight * shape).backward()
                optimiser.step()
                schedule.step()
                losses[epoch] += lost.item(), shape.item()
        return losses / n_batches

    def _judge(self, coders, rows, batches):
        """Mean losses of all rows, after training."""
        torch = import_torch("TopologicalAutoencoder")
        with torch.no_grad():
            losses = [[loss.item() for loss in self._losses(coders, rows[b])] for b in batches]
        return np.average(losses, axis=0, weights=[len(batch) for batch in batches])

    def _losses(self, coders, x):
        """Share of the variance that is lost, and the loss of the shape, of a batch."""
        encoder, decoder = coders
        z = encoder(x)
        lost = ((decoder(z) - x) ** 2).sum(dim=1).mean()
        shape_of = TOPOLOGIES.get(self.topology)
        if shape_of is None or self.topology_weight == 0 or len(x) < 2:
            return lost, lost.new_zeros(())
        return lost, shape_of(x, z)

    def transform(self, X):
        """Coordinates of rows.

        Parameters
        ----------
        X : array-like of shape (n_points, n_features)

        Returns
        -------
        array of shape (n_points, n_components)
        """
        check_is_fitted(self)
        X = check_rows(self, X, reset=False)
        return self.scale_ * self._apply(self.encoder_, (X - self.mean_) / self.scale_)

    def inverse_transform(self, Z):
        """Rows from coordinates.

        Parameters
        ----------
        Z : array-like of shape (n_points, n_components)

        Returns
        -------
        array of shape (n_points, n_features)

        Raises
        ------
        ValueError
            If `Z` has another number of columns.
        """
        from sklearn.utils import check_array

        check_is_fitted(self)
        Z = check_array(Z, dtype=np.float64)
        width = self.encoder_[-1].out_features
        if Z.shape[1] != width:
            raise ValueError(f"Z has {Z.shape[1]} columns, but the coordinates are {width}.")
        return self.mean_ + self.scale_ * self._apply(self.decoder_, Z / self.scale_)

    def get_feature_names_out(self, input_features=None):
        """Names of the columns that `transform` gives.

        Parameters
        ----------
        input_features : ignored

        Returns
        -------
        ndarray of str
        """
        check_is_fitted(self)
        width = self.encoder_[-1].out_features
        return np.array([f"topological_autoencoder_{i}" for i in range(width)], dtype=object)

    @staticmethod
    def _apply(network, values):
        torch = import_torch("TopologicalAutoencoder")
        with torch.no_grad():
            return network(torch.as_tensor(values)).numpy()
