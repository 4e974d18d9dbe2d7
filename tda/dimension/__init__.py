"""How many dimensions a cloud has: each method estimates it, of the whole and at every point.

`tda.IntrinsicDimension` is the one to begin with.
"""

from ._two_nn import TwoNN, two_nn_dimension

__all__ = ["TwoNN", "two_nn_dimension"]
