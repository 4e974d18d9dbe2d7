"""A fitted network -> the clouds in its layers, its metric, its kernel, its landscape.

`as_network` is the door: whatever this room does, it does for fitted scikit-learn perceptrons
(analytically) and for torch modules (by torch's own derivatives) alike.
"""

from ._dense import DenseNetwork, random_network
from ._network import as_network
from ._torch import TorchNetwork

__all__ = [
    "DenseNetwork",
    "TorchNetwork",
    "as_network",
    "random_network",
]
