"""
Error against width
===================

One hidden layer approximates a smooth function faster than one with a kink. The lines are fitted
rates.
"""

from tda.networks import approximation_curve
from tda.plot import plot_approximation

curves = [
    approximation_curve(name, widths=[4, 8, 16, 32], n_points=1000, n_repeats=2)
    for name in ("gaussian", "clipped")
]
plot_approximation(curves, labels=["smooth", "kink"])
