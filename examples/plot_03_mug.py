"""
The loop of a mug
=================

A mug is a doughnut: it has one loop, and the loop goes through the handle. It is found in 2,000
points from inside the clay; the mug's skin, coloured from far to near, shows where it lies.
"""

import numpy as np

from tda import count_holes
from tda.datasets import make_mug, make_solid_mug
from tda.plot import plot_cloud, plot_hole

count = count_holes(make_solid_mug(2000, random_state=0))
loop = next(hole for hole in count.holes if hole.degree == 1)
skin = make_mug(15_000, random_state=0).points
toward = np.array([0.0, -np.cos(0.35), np.sin(0.35)])
near = skin[skin @ toward > -0.6]
ax = plot_cloud(near, color=-near @ toward, size=5)
plot_hole(count.points, count.cycle(loop, how="tight"), ax=ax, cloud=False, smooth=True)
ax.view_init(elev=20, azim=-90)
ax.set_proj_type("ortho")
ax.set_axis_off()
print(count)
