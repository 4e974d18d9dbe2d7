"""
Diagram and barcode of a doughnut's surface
===========================================

The surface of a doughnut has two loops and encloses one void. Both pictures show when each bar
begins and ends; the marked ones are significant.
"""

import matplotlib.pyplot as plt

from tda import count_holes
from tda.datasets import make_torus
from tda.plot import plot_barcode, plot_diagram

count = count_holes(make_torus(1000, random_state=0))
_, axes = plt.subplots(1, 2, figsize=(10, 4.5))
plot_diagram(count.diagram, holes=count, ax=axes[0])
plot_barcode(count.diagram, holes=count, max_bars=30, ax=axes[1])
print(count.verdict)
