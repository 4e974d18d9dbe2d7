"""
How many dimensions a swiss roll has
====================================

A rolled sheet with noise is three-dimensional seen closely and two-dimensional at the scale of the
sheet. The curve shows the dimension at each scale, and the plateau is the answer.
"""

from tda import intrinsic_dimension
from tda.datasets import make_swiss_roll
from tda.plot import plot_dimension

estimate = intrinsic_dimension(make_swiss_roll(2000, noise=0.3, random_state=0).points)
plot_dimension(estimate)
print(estimate)
