"""A fitted network -> the clouds in its layers, its metric, its kernel, its landscape.

`as_network` is the door: whatever this room does, it does for fitted scikit-learn perceptrons
(analytically) and for torch modules (by torch's own derivatives) alike.
"""

from ._dense import DenseNetwork, random_network
from ._network import as_network
from ._tangent_kernel import network_gaussian_process_kernel, neural_tangent_kernel
from ._tangent_machines import KernelRidge, NTKClassifier, NTKRegressor, kernel_ridge
from ._torch import TorchNetwork

__all__ = [
    "DenseNetwork",
    "KernelRidge",
    "NTKClassifier",
    "NTKRegressor",
    "TorchNetwork",
    "as_network",
    "kernel_ridge",
    "network_gaussian_process_kernel",
    "neural_tangent_kernel",
    "random_network",
]
