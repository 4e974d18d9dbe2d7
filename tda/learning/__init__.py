"""Topology to train with: diagrams with gradients, losses, and autoencoders that keep the shape.

All of it runs on torch: ``pip install 'tda-learn[torch]'``.
"""

from ._autoencoder import TopologicalAutoencoder
from ._betti_matching import BettiMatching, betti_matching, betti_matching_loss
from ._diagram import TensorDiagram, tensor_diagram
from ._losses import bar_count_loss, total_persistence, wasserstein_loss
from ._preservation import connectivity_loss, divergence_loss, preservation_loss
from ._smoothing import sliced_rows, smooth_gradient, smoothed

__all__ = [
    "BettiMatching",
    "TensorDiagram",
    "TopologicalAutoencoder",
    "bar_count_loss",
    "betti_matching",
    "betti_matching_loss",
    "connectivity_loss",
    "divergence_loss",
    "preservation_loss",
    "sliced_rows",
    "smooth_gradient",
    "smoothed",
    "tensor_diagram",
    "total_persistence",
    "wasserstein_loss",
]
