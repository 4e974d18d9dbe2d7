"""
Shapes on a map of their distances
==================================

Wasserstein distances between diagrams put shapes of one kind near one another.
"""

import matplotlib.pyplot as plt
from sklearn.manifold import MDS

from tda import AlphaPersistence
from tda.datasets import make_annulus, make_disk, make_figure_eight
from tda.distances import pairwise_distances

kinds = {"annulus": make_annulus, "disk": make_disk, "figure eight": make_figure_eight}
clouds = [make(120, random_state=k) for make in kinds.values() for k in range(8)]
D = pairwise_distances(AlphaPersistence().fit_transform(clouds), degrees=[1])
places = MDS(metric="precomputed", random_state=0, n_init=1, init="classical_mds").fit_transform(D)
fig, ax = plt.subplots(figsize=(5.6, 4.4))
for k, name in enumerate(kinds):
    ax.scatter(*places[8 * k : 8 * k + 8].T, label=name)
ax.legend(frameon=False, bbox_to_anchor=(1, 1), loc="upper left")
ax.set_title("Wasserstein distances, drawn by scaling")
