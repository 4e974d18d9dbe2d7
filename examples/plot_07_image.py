"""
Holes of handwritten digits
===========================

An eight has two holes and a zero has one. The diagram of the level sets of an image holds every
dark region and every hole with its contrast.
"""

import matplotlib.pyplot as plt

from tda import cubical_diagram
from tda.datasets import load_digits_images
from tda.plot import plot_diagram

digits = load_digits_images()
fig, axes = plt.subplots(2, 3, figsize=(9, 6))
for digit, (above, below) in zip((0, 8, 1), axes.T, strict=True):
    image = digits.images[list(digits.target).index(digit)]
    above.imshow(image, cmap="gray_r")
    above.set_axis_off()
    diagram = cubical_diagram(image, direction="superlevel")
    plot_diagram(diagram, degrees=[1], ax=below, title=f"{digit}: holes by grey value")
