"""
A classifier of shapes
======================

A pipeline from clouds to classes: diagrams, images of them, and a forest. Clouds may differ in
size, and a rotation changes nothing.
"""

from sklearn.ensemble import RandomForestClassifier
from sklearn.metrics import ConfusionMatrixDisplay
from sklearn.model_selection import cross_val_predict
from sklearn.pipeline import make_pipeline

from tda import AlphaPersistence, PersistenceImage
from tda.datasets import make_ball, make_sphere, make_torus

makers = {"ball": make_ball, "sphere": make_sphere, "torus": make_torus}
clouds = [
    make(100 + 5 * k, noise=0.1, random_state=k) for make in makers.values() for k in range(20)
]
labels = [name for name in makers for _ in range(20)]
model = make_pipeline(
    AlphaPersistence(), PersistenceImage(resolution=(8, 8)), RandomForestClassifier(random_state=0)
)
guess = cross_val_predict(model, clouds, labels, cv=5)
ConfusionMatrixDisplay.from_predictions(labels, guess, colorbar=False, cmap="Blues")
