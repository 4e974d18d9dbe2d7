"""
One loop and its p-value
========================

A noisy circle is one piece with one loop. The count says so, and how sure it is.
"""

from tda import count_holes
from tda.datasets import make_circle
from tda.plot import plot_hole

count = count_holes(make_circle(200, noise=0.08, random_state=0))
print(count)
loop = next(hole for hole in count.holes if hole.degree == 1)
plot_hole(count.points, count.cycle(loop))
