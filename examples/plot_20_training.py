"""
An early warning from topology
==============================

An autoencoder with one unit in the middle cannot close a circle. The loss still falls while the
distance of the diagrams stands.
"""

from sklearn.neural_network import MLPRegressor

from tda.datasets import make_circle
from tda.networks import observe_fit
from tda.plot import plot_training

X = make_circle(100, random_state=0).points
network = MLPRegressor(
    hidden_layer_sizes=[32, 1, 32],
    activation="tanh",
    learning_rate_init=0.01,
    batch_size=25,
    random_state=0,
)
history = observe_fit(network, X, X, n_epochs=40, n_landmarks=30)
plot_training(history)
print(history.verdict)
