"""
A landscape around a minimum
============================

The loss in the plane of the last steps of gradient descent, with the path that led there.
"""

import numpy as np

from tda.networks import gradient_descent, loss_slice, random_network
from tda.plot import plot_landscape

x = np.linspace(-1, 1, 30)[:, None]
start = random_network(1, [20], activation="tanh", random_state=0)
run = gradient_descent(start, x, np.sin(3 * x), learning_rate=0.5, n_steps=300, keep_path=True)
view = loss_slice(run.network, x, np.sin(3 * x), directions="path", path=run.path, n_grid=25)
plot_landscape(view)
