"""How many dimensions a cloud has: each method estimates it, of the whole and at every point.

`tda.IntrinsicDimension` is the one to begin with.
"""

from ._abide import ABIDE
from ._bid import BID
from ._cloud_dimension import CloudDimension
from ._concentration import ConcentrationReport, concentration_report, hubness, relative_contrast
from ._correlation import CorrInt
from ._danco import DANCo, danco_divergence
from ._dimension_estimate import DimensionEstimate
from ._ess import ESS
from ._fisher_s import FisherS
from ._graph import kneighbors_graph
from ._gride import Gride, GrideCurve, gride_curve
from ._hidalgo import Hidalgo
from ._i3d import I3D, lattice_log_volume
from ._intrinsic import IntrinsicDimension, intrinsic_dimension
from ._knn_graph import KNN
from ._l2n2 import L2N2
from ._local_pca import LocalPCA
from ._mind import MiND
from ._mle import MLE
from ._mom import MOM
from ._persistent_homology import PersistentHomologyDimension
from ._quadratic_embedding import QuadraticEmbedding
from ._table import DimensionRow, DimensionTable, dimension_table
from ._tle import TLE
from ._two_nn import TwoNN

__all__ = [
    "ABIDE",
    "BID",
    "ESS",
    "I3D",
    "KNN",
    "L2N2",
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
    "Hidalgo",
    "IntrinsicDimension",
    "LocalPCA",
    "MiND",
    "PersistentHomologyDimension",
    "QuadraticEmbedding",
    "TwoNN",
    "concentration_report",
    "danco_divergence",
    "dimension_table",
    "gride_curve",
    "hubness",
    "intrinsic_dimension",
    "kneighbors_graph",
    "lattice_log_volume",
    "relative_contrast",
]
