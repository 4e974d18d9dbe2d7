"""How many dimensions a cloud has: each method estimates it, of the whole and at every point.

`tda.IntrinsicDimension` is the one to begin with.
"""

from ._bid import BID, bid_dimension
from ._cloud_dimension import CloudDimension
from ._danco import DANCo, danco_divergence
from ._fisher_s import FisherS, separability_dimension
from ._gride import Gride, GrideCurve, gride_curve, gride_dimension
from ._local_pca import LocalPCA, pca_dimension
from ._persistent_homology import PersistentHomologyDimension, persistent_homology_dimension
from ._table import DimensionRow, DimensionTable, dimension_table
from ._two_nn import TwoNN, two_nn_dimension

__all__ = [
    "BID",
    "CloudDimension",
    "DANCo",
    "DimensionRow",
    "DimensionTable",
    "FisherS",
    "Gride",
    "GrideCurve",
    "LocalPCA",
    "PersistentHomologyDimension",
    "TwoNN",
    "bid_dimension",
    "danco_divergence",
    "dimension_table",
    "gride_curve",
    "gride_dimension",
    "pca_dimension",
    "persistent_homology_dimension",
    "separability_dimension",
    "two_nn_dimension",
]
