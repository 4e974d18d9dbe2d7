"""Persistence images of a ragged batch: Gaussians integrated over the pixels of an even grid."""

import numpy as np
from numba import uint64

from ._compiled import compiled

_CHUNK = 256


@compiled
def _masses(axis, centres, out):
    """Write into row i the mass of a Gaussian around ``centres[i]`` in each pixel of an axis.

    `axis` is the tuple that `features/_pixels.py` makes: places and a table of Taylor polynomials,
    so that no distribution function is computed here.
    """
    origin, per_pixel, n_pixels, reach, c = axis
    n_nodes = c.shape[0] - 1
    node_width = 1.0 / n_nodes
    for i in range(centres.size):
        for j in range(n_pixels):
            out[i, j] = 0.0
        place = (centres[i] - origin) * per_pixel
        if not -reach <= place < n_pixels + reach:
            continue
        pixel = int(np.floor(place))
        node = int((place - pixel) * n_nodes + 0.5)
        t = (place - pixel) - node * node_width
        first = max(0, pixel - reach)
        last = min(n_pixels, pixel + reach + 1)
        start = first - pixel + reach
        for j in range(last - first):
            # Unsigned: numba counts a negative index from the end, and asking halves the speed.
            at, s = uint64(first + j), uint64(start + j)
            upper = c[node, 3, s] + t * (c[node, 4, s] + t * c[node, 5, s])
            out[i, at] = c[node, 0, s] + t * (c[node, 1, s] + t * (c[node, 2, s] + t * upper))


@compiled
def _add_products(left, right, n_bars, image):
    """Add ``left[:n_bars].T @ right[:n_bars]``, four bars at a time.

    Not by BLAS: for matrices of this size its threads cost more than they save.
    """
    n_birth, n_persistence = image.shape
    while n_bars % 4:
        left[n_bars] = 0.0
        n_bars += 1
    for j in range(0, n_bars, 4):
        for u in range(n_birth):
            a, b, c, d = left[j, u], left[j + 1, u], left[j + 2, u], left[j + 3, u]
            for v in range(n_persistence):
                image[u, v] += (
                    a * right[j, v]
                    + b * right[j + 1, v]
                    + c * right[j + 2, v]
                    + d * right[j + 3, v]
                )


@compiled
def persistence_images(births, persistences, offsets, across, along, weight_power):
    """Image i of the bars ``offsets[i]:offsets[i + 1]``, (n_samples, n_birth, n_persistence).

    `across` and `along` are the axes of birth and persistence; a bar of persistence p weighs
    ``p ** weight_power``. O(n_bars * n_birth * n_persistence).
    """
    n_samples = offsets.size - 1
    images = np.zeros((n_samples, across.n_pixels, along.n_pixels))
    # Zeros, so that the rows behind the last bar are numbers.
    left = np.zeros((_CHUNK, across.n_pixels))
    right = np.zeros((_CHUNK, along.n_pixels))
    for i in range(n_samples):
        # Chunks begin anew with each sample, so that its image does not depend on the others.
        for start in range(offsets[i], offsets[i + 1], _CHUNK):
            end = min(start + _CHUNK, offsets[i + 1])
            n = end - start
            _masses(across, births[start:end], left)
            _masses(along, persistences[start:end], right)
            for j in range(n):
                p = persistences[start + j]
                weight = p if weight_power == 1.0 else p**weight_power
                for u in range(across.n_pixels):
                    left[j, u] *= weight
            _add_products(left, right, n, images[i])
    return images
