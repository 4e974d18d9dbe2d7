"""
Distances that no longer tell near from far
===========================================

In noise of many dimensions all distances become alike. A circle in as many coordinates keeps its
contrast.
"""

import matplotlib.pyplot as plt
import numpy as np

from tda import concentration_report

rng = np.random.default_rng(0)
t = rng.uniform(0, 2 * np.pi, 300)
dims, noise, circle = [2, 5, 10, 20, 50, 100], [], []
for d in dims:
    plane = np.column_stack([np.cos(t), np.sin(t)]) @ rng.normal(size=(2, d))
    for kept, X in ((noise, rng.normal(size=(300, d))), (circle, plane)):
        kept.append(concentration_report(X, n_simulations=19).contrast.value)
fig, ax = plt.subplots(figsize=(6, 3.8))
ax.loglog(dims, noise, "o-", label="noise")
ax.loglog(dims, circle, "o-", label="a circle")
ax.set(xlabel="coordinates", ylabel="relative contrast")
ax.legend(frameon=False)
