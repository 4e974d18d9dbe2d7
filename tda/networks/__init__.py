"""A fitted network -> the clouds in its layers, its metric, its kernel, its landscape.

All functions take fitted scikit-learn perceptrons, with analytic derivatives, and torch modules,
with torch's own derivatives. `as_network` gives both the same interface.
"""

from .approximation._approximation import ApproximationCurve, FittedRate, approximation_curve
from .approximation._data_curve import DataApproximation
from .approximation._depth import DepthSeparation, depth_separation, sawtooth_network
from .approximation._targets import (
    ApproximationTarget,
    KnownRate,
    approximation_target,
    known_rates,
)
from .comparison._comparison import (
    LayerComparison,
    RepresentationComparison,
    SimilarityRow,
    compare_layers,
    compare_representations,
)
from .comparison._zigzag import layer_zigzag
from .kernel._closed_form import network_gaussian_process_kernel, neural_tangent_kernel
from .kernel._comparison import (
    TrainingComparison,
    TrainingRow,
    compare_initializations,
    compare_steps,
    initial_variances,
)
from .kernel._convolutional import (
    convolutional_gaussian_process_kernel,
    convolutional_tangent_kernel,
)
from .kernel._empirical import empirical_tangent_kernel
from .kernel._linearized import (
    GradientDescent,
    LinearizedTraining,
    gradient_descent,
    linearized_training,
)
from .kernel._machines import KernelRidge, NTKClassifier, NTKRegressor, kernel_ridge
from .kernel._spectrum import TangentSpectrum, tangent_spectrum
from .layers._activations import LayerActivations, layer_activations
from .layers._history import Stall, TrainingHistory, find_stall
from .layers._observer import TrainingObserver, observe_fit
from .layers._report import LayerNumbers, LayerReport, layer_report
from .layers._tangents import LayerTangents, layer_tangents
from .loss._landscape import LossSlice, filter_normalised, loss_slice
from .loss._natural_gradient import natural_gradient, natural_gradient_descent
from .loss._optimizers import OptimizerComparison, OptimizerRow, compare_optimizers
from .loss._sharpness import Sharpness, loss_sharpness
from .loss._spectral_density import (
    SpectralDensity,
    TraceEstimate,
    hessian_trace,
    spectral_density,
)
from .metric._geodesic import Geodesic
from .metric._metric import MetricField, PullbackMetric
from .model._dense import DenseNetwork, random_network
from .model._network import as_network
from .model._pipeline import PipelineNetwork
from .model._torch import TorchNetwork
from .model._untrained import untrained_network

__all__ = [
    "ApproximationCurve",
    "ApproximationTarget",
    "DataApproximation",
    "DenseNetwork",
    "DepthSeparation",
    "FittedRate",
    "Geodesic",
    "GradientDescent",
    "KernelRidge",
    "KnownRate",
    "LayerActivations",
    "LayerComparison",
    "LayerNumbers",
    "LayerReport",
    "LayerTangents",
    "LinearizedTraining",
    "LossSlice",
    "MetricField",
    "NTKClassifier",
    "NTKRegressor",
    "OptimizerComparison",
    "OptimizerRow",
    "PipelineNetwork",
    "PullbackMetric",
    "RepresentationComparison",
    "Sharpness",
    "SimilarityRow",
    "SpectralDensity",
    "Stall",
    "TangentSpectrum",
    "TorchNetwork",
    "TraceEstimate",
    "TrainingComparison",
    "TrainingHistory",
    "TrainingObserver",
    "TrainingRow",
    "approximation_curve",
    "approximation_target",
    "as_network",
    "compare_initializations",
    "compare_layers",
    "compare_optimizers",
    "compare_representations",
    "compare_steps",
    "convolutional_gaussian_process_kernel",
    "convolutional_tangent_kernel",
    "depth_separation",
    "empirical_tangent_kernel",
    "filter_normalised",
    "find_stall",
    "gradient_descent",
    "hessian_trace",
    "initial_variances",
    "kernel_ridge",
    "known_rates",
    "layer_activations",
    "layer_report",
    "layer_tangents",
    "layer_zigzag",
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
    "spectral_density",
    "tangent_spectrum",
    "untrained_network",
]
