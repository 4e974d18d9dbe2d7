"""How many dimensions a cloud has: each method estimates it, of the whole and at every point.

`tda.IntrinsicDimension` is the one to begin with.
"""

from ._bid import BID, bid_dimension
from ._cloud_dimension import CloudDimension
from ._concentration import ConcentrationReport, concentration_report, hubness, relative_contrast
from ._correlation import CorrInt, correlation_dimension
from ._danco import DANCo, danco_divergence
from ._dimension_estimate import DimensionEstimate
from ._ess import ESS, ess_dimension
from ._fisher_s import FisherS, separability_dimension
from ._graph import kneighbors_graph
from ._gride import Gride, GrideCurve, gride_curve, gride_dimension
from ._i3d import I3D, discrete_dimension, lattice_log_volume
from ._intrinsic import IntrinsicDimension, intrinsic_dimension
from ._knn_graph import KNN, knn_dimension
from ._local_pca import LocalPCA, pca_dimension
from ._mind import MiND, mind_dimension
from ._mle import MLE, mle_dimension
from ._mom import MOM, mom_dimension
from ._persistent_homology import PersistentHomologyDimension, persistent_homology_dimension
from ._table import DimensionRow, DimensionTable, dimension_table
from ._tle import TLE, tle_dimension
from ._two_nn import TwoNN, two_nn_dimension

__all__ = [
    "BID",
    "ESS",
    "I3D",
    "KNN",
    "MLE",
    "MOM",
    "TLE",
    "CloudDimension",
    "ConcentrationReport",
    "CorrInt",
    "DANCo",
    "DimensionEstimate",
    "DimensionRow",
    "DimensionTable",
    "FisherS",
    "Gride",
    "GrideCurve",
    "IntrinsicDimension",
    "LocalPCA",
    "MiND",
    "PersistentHomologyDimension",
    "TwoNN",
    "bid_dimension",
    "concentration_report",
    "correlation_dimension",
    "danco_divergence",
    "dimension_table",
    "discrete_dimension",
    "ess_dimension",
    "gride_curve",
    "gride_dimension",
    "hubness",
    "intrinsic_dimension",
    "kneighbors_graph",
    "knn_dimension",
    "lattice_log_volume",
    "mind_dimension",
    "mle_dimension",
    "mom_dimension",
    "pca_dimension",
    "persistent_homology_dimension",
    "relative_contrast",
    "separability_dimension",
    "tle_dimension",
    "two_nn_dimension",
]
