"""
Clusters as hills, and how many are real
========================================

ToMATo takes the hills of the density for clusters, and a test says how many stand above noise.
"""

from sklearn.datasets import make_moons

from tda import ToMATo
from tda.plot import plot_cloud

X, _ = make_moons(600, noise=0.06, random_state=0)
model = ToMATo().fit(X)
plot_cloud(X, color=model.labels_, title=f"{model.n_clusters_} clusters")
