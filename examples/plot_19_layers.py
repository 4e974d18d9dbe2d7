"""
What each layer does to the classes
===================================

A disk in a ring: the first class has no loop and the second has one. Layer by layer the network
undoes it.
"""

from sklearn.neural_network import MLPClassifier

from tda import layer_report
from tda.datasets import make_nested_disks
from tda.plot import plot_layers

shape = make_nested_disks(500, n_disks=1, random_state=0)
network = MLPClassifier(hidden_layer_sizes=[15, 15, 15], max_iter=2000, random_state=0)
network.fit(shape.points, shape.labels)
report = layer_report(network, shape.points, shape.labels)
plot_layers(report)
print(report.verdict)
