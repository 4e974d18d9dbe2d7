"""
What a map of a sphere lost
===========================

No map of a sphere on a page keeps everything. The report says what was torn, by neighbours, by
distances and by holes.
"""

from tda import Embedding, embedding_report
from tda.datasets import make_sphere
from tda.plot import plot_embedding_report

sphere = make_sphere(600, random_state=0).points
flat = Embedding(method="isomap", n_components=2).fit_transform(sphere)
report = embedding_report(sphere, flat)
plot_embedding_report(report)
print(report.verdict)
