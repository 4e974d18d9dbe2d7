"""Diagrams x diagrams -> distances, kernels, means and tests.

One function for each distance of two diagrams, `pairwise_distances` and `pairwise_kernels` for
collections, the transformers `DiagramDistance` and `DiagramKernel` for pipelines, and tests of
groups of diagrams in `tda.distances.groups`.
"""

from ._bottleneck import bottleneck_distance, bottleneck_matching
from ._common import Matching
from ._curves import betti_distance, landscape_distance, silhouette_distance
from ._estimators import DiagramDistance, DiagramKernel
from ._fisher import fisher_distance
from ._frechet_mean import FrechetMean, frechet_mean
from ._image import image_distance
from ._pairwise import pairwise_distances, pairwise_kernels
from ._regressor import DiagramRegressor
from ._scale_space import heat_distance, scale_space_kernel
from ._sliced_wasserstein import sliced_wasserstein_distance
from ._wasserstein import wasserstein_distance, wasserstein_matching
from ._weighted_gaussian import weighted_gaussian_kernel
from .groups import (
    FrechetAnova,
    GroupTest,
    IndependenceTest,
    SampleSize,
    TwoSampleTest,
    frechet_anova,
    group_test,
    independence_test,
    sample_size,
    two_sample_test,
)

__all__ = [
    "DiagramDistance",
    "DiagramKernel",
    "DiagramRegressor",
    "FrechetAnova",
    "FrechetMean",
    "GroupTest",
    "IndependenceTest",
    "Matching",
    "SampleSize",
    "TwoSampleTest",
    "betti_distance",
    "bottleneck_distance",
    "bottleneck_matching",
    "fisher_distance",
    "frechet_anova",
    "frechet_mean",
    "group_test",
    "heat_distance",
    "image_distance",
    "independence_test",
    "landscape_distance",
    "pairwise_distances",
    "pairwise_kernels",
    "sample_size",
    "scale_space_kernel",
    "silhouette_distance",
    "sliced_wasserstein_distance",
    "two_sample_test",
    "wasserstein_distance",
    "wasserstein_matching",
    "weighted_gaussian_kernel",
]
