"""
A wide network trains as its tangent kernel says
================================================

The loss of a wide network under gradient descent, and dashed what its kernel at the start
predicted.
"""

import numpy as np

from tda.networks import compare_steps, random_network
from tda.plot import plot_training_curves

x = np.linspace(-1, 1, 40)[:, None]
start = random_network(1, [1000], weight_variance=2, bias_variance=0.1, random_state=0)
comparison = compare_steps(start, x, np.sin(3 * x), shares=[0.1, 0.5, 0.95])
plot_training_curves(comparison)
print(comparison.verdict)
