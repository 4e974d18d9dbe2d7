"""
Whether sunspots have a period
==============================

Windows of a periodic series lie on a loop. The test compares that loop with those of random series
that are as smooth; the picture shows the windows at the clearest loop, coloured by time.
"""

import numpy as np
from sklearn.decomposition import PCA

from tda import periodicity
from tda.datasets import load_sunspots
from tda.plot import plot_cloud

found = periodicity(load_sunspots().series, n_surrogates=99)
flat = PCA(2).fit_transform(found.cloud)
plot_cloud(flat, color=np.arange(len(flat)), title=f"a period of {found.period:.1f} years")
print(found.verdict)
