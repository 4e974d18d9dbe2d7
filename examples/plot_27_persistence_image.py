"""
Diagrams as numbers: images, landscapes, curves
===============================================

The same diagram in three forms that a model can read.
"""

import matplotlib.pyplot as plt

from tda import AlphaPersistence, BettiCurve, PersistenceImage, PersistenceLandscape
from tda.datasets import make_annulus

dgms = AlphaPersistence().fit_transform([make_annulus(300, random_state=0)])
fig, axes = plt.subplots(1, 3, figsize=(12, 3.4))
image = PersistenceImage(degrees=[1], resolution=(20, 20)).fit_transform(dgms)
axes[0].imshow(image.reshape(20, 20).T, origin="lower", cmap="magma")
axes[0].set(title="persistence image", xlabel="birth", ylabel="lifetime", xticks=[], yticks=[])
layers = PersistenceLandscape(degrees=[1], n_layers=3).fit_transform(dgms).reshape(3, -1)
axes[1].plot(layers.T)
axes[1].set(title="landscape", xlabel="grid")
axes[2].step(range(100), BettiCurve(degrees=[1]).fit_transform(dgms)[0])
axes[2].set(title="Betti curve: loops", xlabel="grid")
