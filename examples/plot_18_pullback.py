"""
The metric that a classifier gives to its inputs
================================================

A network stretches the plane where it has to tell classes apart. Each ellipse becomes a circle of
the same size in the last hidden layer.
"""

from sklearn.datasets import make_moons
from sklearn.neural_network import MLPClassifier

from tda import PullbackMetric
from tda.plot import plot_metric

X, y = make_moons(400, noise=0.1, random_state=0)
network = MLPClassifier(
    hidden_layer_sizes=[16, 16], activation="tanh", max_iter=1500, random_state=0
).fit(X, y)
field = PullbackMetric(network, layer="hidden 2").field(X)
plot_metric(field, points=X, classes=y)
