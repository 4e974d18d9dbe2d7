"""
Euler characteristics by direction
==================================

How the Euler characteristic of a mesh grows with the height, in each of sixteen directions. The
picture is a fingerprint of the shape.
"""

import matplotlib.pyplot as plt

from tda import EulerCharacteristicTransform
from tda.datasets import load_mesh

fig, axes = plt.subplots(1, 2, figsize=(9, 3.4))
for name, ax in zip(("mug", "doughnut"), axes, strict=True):
    transform = EulerCharacteristicTransform(directions=16, n_bins=40, scale=True, random_state=0)
    values = transform.fit_transform([load_mesh(name)]).reshape(16, 40)
    ax.imshow(values, aspect="auto", cmap="coolwarm", vmin=-4, vmax=4)
    ax.set(title=name, xlabel="height", ylabel="direction", xticks=[], yticks=[])
