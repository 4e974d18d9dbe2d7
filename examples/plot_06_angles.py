"""
An angle for every point of a loop
==================================

Circular coordinates turn a loop of the data into an angle, also where the loop is a knot in space.
"""

from tda import CircularCoordinates
from tda.datasets import make_trefoil_knot
from tda.plot import plot_cloud

knot = make_trefoil_knot(800, noise=0.1, random_state=0).points
angle = CircularCoordinates().fit_transform(knot)[:, 0]
ax = plot_cloud(knot, color=angle, cyclic=True, title="a knot, coloured by its angle")
ax.view_init(elev=60, azim=-60)
