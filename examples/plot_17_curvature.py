"""
Curvature of a surface from points
==================================

A doughnut is curved like a sphere outside and like a saddle inside. The estimate needs only
points.
"""

import numpy as np

from tda import Curvature
from tda.datasets import make_torus
from tda.plot import plot_cloud

X = make_torus(3000, random_state=0).points
K = Curvature().fit(X).sectional_curvature_
ax = plot_cloud(X, color=np.clip(K, -2, 2), title="Gaussian curvature, from saddle to dome")
ax.view_init(elev=55)
