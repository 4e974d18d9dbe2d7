"""
A loop among stray points
=========================

A few strays fill the hole of the alpha complex. The distance to a measure does not see them.
"""

import matplotlib.pyplot as plt

from tda import alpha_diagram, dtm_diagram
from tda.datasets import make_circle
from tda.plot import plot_cloud, plot_diagram

X = make_circle(300, noise=0.05, outliers=30, random_state=1).points
fig, axes = plt.subplots(1, 3, figsize=(12, 3.8))
plot_cloud(X, ax=axes[0], title="a circle and 30 strays")
plot_diagram(alpha_diagram(X), degrees=[1], ax=axes[1], title="alpha complex")
plot_diagram(dtm_diagram(X, mass=0.05), degrees=[1], ax=axes[2], title="distance to a measure")
