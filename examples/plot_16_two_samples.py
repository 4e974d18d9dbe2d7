"""
Do two groups of shapes differ?
===============================

Circles against disks, with so much noise that no single cloud is a clear case. Permutations of the
labels say how surely the groups differ.
"""

import matplotlib.pyplot as plt

from tda import RipsPersistence, two_sample_test
from tda.datasets import make_circle, make_disk

circles = [make_circle(40, noise=0.25, random_state=k) for k in range(12)]
disks = [make_disk(40, random_state=k) for k in range(12)]
rips = RipsPersistence()
test = two_sample_test(
    rips.fit_transform(circles), rips.fit_transform(disks), degrees=1, random_state=0
)
fig, ax = plt.subplots(figsize=(6, 3.4))
ax.hist(test.permuted, bins=40, color="#B9C0C6")
ax.axvline(test.statistic, color="#D55E00")
ax.set(xlabel="statistic", ylabel="permutations", title=f"p = {test.p_value:.3f}")
print(test)
