"""
A hundred points that stand for fifty thousand
==============================================

Farthest points cover a large cloud. The radius of the cover bounds what their diagram may be off
by.
"""

from tda import landmarks
from tda.datasets import make_annulus
from tda.plot import plot_cloud

X = make_annulus(50_000, random_state=0).points
marks = landmarks(X, n_points=100)
ax = plot_cloud(X, size=0.3, title=f"every point is within {marks.covering_radius:.2f} of one")
ax.scatter(*X[marks.indices].T, s=22, color="#D55E00", zorder=3)
