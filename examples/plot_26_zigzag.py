"""
A ring that opens
=================

A sequence of clouds: a ring that opens and becomes an arc. The zigzag diagram says in which step
its loop goes.
"""

import numpy as np

from tda import zigzag_diagram
from tda.plot import plot_barcode

rng = np.random.default_rng(0)
steps = []
for gap in np.linspace(0, 3, 10):
    t = rng.uniform(gap / 2, 2 * np.pi - gap / 2, 120)
    steps.append(np.column_stack([np.cos(t), np.sin(t)]) + rng.normal(0, 0.05, (120, 2)))
diagram = zigzag_diagram(steps, scale=0.9)
plot_barcode(diagram, degrees=[1], title="the loop ends as the ring opens")
