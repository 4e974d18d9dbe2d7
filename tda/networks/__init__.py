"""A fitted network -> the clouds in its layers, its metric, its kernel, its landscape.

`as_network` is the door: whatever this room does, it does for fitted scikit-learn perceptrons
(analytically) and for torch modules (by torch's own derivatives) alike.
"""

from ._approximation import ApproximationCurve, FittedRate, approximation_curve
from ._dense import DenseNetwork, random_network
from ._depth import DepthSeparation, depth_separation, sawtooth_network
from ._empirical_kernel import empirical_tangent_kernel
from ._geodesic import Geodesic
from ._landscape import LossSlice, filter_normalised, loss_slice
from ._layer_report import LayerReport, layer_report
from ._layers import LayerActivations, layer_activations
from ._linearized import (
    GradientDescent,
    LinearizedTraining,
    gradient_descent,
    linearized_training,
)
from ._metric import MetricField, PullbackMetric
from ._natural_gradient import natural_gradient, natural_gradient_descent
from ._network import as_network
from ._observer import TrainingObserver, observe_fit
from ._sharpness import Sharpness, loss_sharpness
from ._tangent_kernel import network_gaussian_process_kernel, neural_tangent_kernel
from ._tangent_machines import KernelRidge, NTKClassifier, NTKRegressor, kernel_ridge
from ._tangent_spectrum import TangentSpectrum, tangent_spectrum
from ._targets import ApproximationTarget, KnownRate, approximation_target, known_rates
from ._torch import TorchNetwork
from ._training_comparison import (
    TrainingComparison,
    TrainingRow,
    compare_initializations,
    compare_steps,
    initial_variances,
)
from ._training_history import Stall, TrainingHistory, find_stall

__all__ = [
    "ApproximationCurve",
    "ApproximationTarget",
    "DenseNetwork",
    "DepthSeparation",
    "FittedRate",
    "Geodesic",
    "GradientDescent",
    "KernelRidge",
    "KnownRate",
    "LayerActivations",
    "LayerReport",
    "LinearizedTraining",
    "LossSlice",
    "MetricField",
    "NTKClassifier",
    "NTKRegressor",
    "PullbackMetric",
    "Sharpness",
    "Stall",
    "TangentSpectrum",
    "TorchNetwork",
    "TrainingComparison",
    "TrainingHistory",
    "TrainingObserver",
    "TrainingRow",
    "approximation_curve",
    "approximation_target",
    "as_network",
    "compare_initializations",
    "compare_steps",
    "depth_separation",
    "empirical_tangent_kernel",
    "filter_normalised",
    "find_stall",
    "gradient_descent",
    "initial_variances",
    "kernel_ridge",
    "known_rates",
    "layer_activations",
    "layer_report",
    "linearized_training",
    "loss_sharpness",
    "loss_slice",
    "natural_gradient",
    "natural_gradient_descent",
    "network_gaussian_process_kernel",
    "neural_tangent_kernel",
    "observe_fit",
    "random_network",
    "sawtooth_network",
    "tangent_spectrum",
]
