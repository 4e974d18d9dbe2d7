"""
A series as a cloud
===================

Delayed values of a series with two frequencies lie on a surface with two loops. The report chooses
the delay and the number of coordinates.
"""

import numpy as np

from tda import takens_report
from tda.plot import plot_cloud
from tda.series import takens_embedding

t = np.arange(1500)
x = np.sin(2 * np.pi * t / 20) + 0.5 * np.sin(2 * np.pi * t / (20 * np.sqrt(3)))
report = takens_report(x)
cloud = takens_embedding(x, delay=report.delay, dimension=3)
plot_cloud(cloud, color=t[: len(cloud)], title=f"delay {report.delay}, coloured by time")
print(report.verdict)
