"""
The loop of a mug
=================

A mug is a doughnut: it has one loop, and the loop goes through the handle. The view is along the
normal of the loop's plane.
"""

from tda import count_holes
from tda.datasets import make_solid_mug
from tda.plot import plot_cloud, plot_hole

count = count_holes(make_solid_mug(2000, random_state=0))
loop = next(hole for hole in count.holes if hole.degree == 1)
ax = plot_cloud(count.points, size=8)
plot_hole(count.points, count.cycle(loop, how="tight"), ax=ax, cloud=False, smooth=True)
ax.view_init(elev=14, azim=-80)
ax.set_axis_off()
print(count)
