"""
Distances along the data
========================

On a rolled sheet the straight line leaves the sheet. The geodesic stays on it.
"""

from tda.datasets import make_swiss_roll
from tda.manifold import geodesic_matrix, geodesic_path
from tda.plot import plot_cloud

X = make_swiss_roll(1500, random_state=0).points
start = int((X**2).sum(axis=1).argmin())
distances = geodesic_matrix(X, n_neighbors=10, sources=[start])[0]
path = geodesic_path(X, start, int(distances.argmax()), n_neighbors=10)
ax = plot_cloud(X, color=distances, size=6, title="distance along the sheet")
ax.plot(*X[path].T, color="#D55E00", linewidth=2.5, zorder=5)
ax.view_init(elev=12, azim=-75)
