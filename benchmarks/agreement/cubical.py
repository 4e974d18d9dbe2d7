"""Cubical complexes: our engine beside gudhi, gudhi's beside the definition; densities."""

from __future__ import annotations

import numpy as np

from tda import density_diagram
from tda.homology import volume_components
from tda.homology.engines import cubical_grid, cubical_gudhi

from . import Case, _inputs, _oracles

CONSTRUCTIONS = ("cells", "vertices")


def check_pixels(diagram, image):
    """Births and deaths are those of their pixels."""
    flat = image.ravel()
    assert (flat[diagram.birth_simplices[:, 0]] == diagram.births).all(), "pixels of birth"
    ends = diagram.death_simplices[:, 0]
    assert (np.where(ends >= 0, flat[ends], np.inf) == diagram.deaths).all(), "pixels of death"


def grid(n_axes, most):
    def compare(rng):
        image = _inputs.image(rng, _inputs.shape(rng, n_axes, most))
        construction, top = str(rng.choice(CONSTRUCTIONS)), int(rng.integers(n_axes))
        depends = cubical_grid.depends_on_field(image.shape, top)
        field = 2 if depends else _inputs.field(rng)
        diagram = cubical_grid.cubical_grid(
            image,
            max_dimension=top,
            construction=construction,
            field=field,
            representatives=True,
        )
        check_pixels(diagram, image)
        return exact(diagram, _oracles.cubical(image, construction, field, top))

    return compare


def exact(ours, bars):
    return [(ours[k], bars[k], 0.0) for k in range(len(bars))]


def periodic(rng):
    """Images of one to four axes; an axis that is glued has at least three pixels, as in gudhi."""
    n_axes = int(rng.integers(1, 5))
    around = tuple((rng.random(n_axes) < 0.5).tolist())
    most = (20, 6, 4, 3)[n_axes - 1]
    shape = [int(rng.integers(3 if glued else 1, most + 1)) for glued in around]
    if n_axes == 4:
        shape[0] = 1 if not around[0] else 3
        around, shape = (*around[:3], False), [*shape[:3], int(rng.integers(1, 3))]
    image, field = _inputs.image(rng, shape), _inputs.field(rng)
    construction, top = str(rng.choice(CONSTRUCTIONS)), int(rng.integers(n_axes + all(around)))
    diagram = cubical_gudhi.cubical_gudhi(
        image,
        max_dimension=top,
        field=field,
        construction=construction,
        periodic=around,
        cells=bool(rng.integers(2)),
    )
    if diagram.birth_simplices is not None:
        check_pixels(diagram, image)
    return exact(diagram, _oracles.cubical_by_definition(image, construction, around, field, top))


def blocks(rng):
    """The components of an image in slabs."""
    image = _inputs.image(rng, _inputs.shape(rng, int(rng.integers(1, 4)), 6))
    construction = str(rng.choice(CONSTRUCTIONS))
    found = volume_components(image, construction=construction, n_blocks=int(rng.integers(1, 6)))
    return exact(found, _oracles.cubical(image, construction, 2, 0))


def density(rng):
    """The kernels one by one, on a grid."""
    X = _inputs.cloud(rng, _inputs.number(rng, 20), int(rng.integers(1, 4)))
    n, d = X.shape
    resolution = (20, 9, 5)[d - 1]
    width = float(np.ptp(X, axis=0).max()) or 1.0
    bandwidth = width * float(rng.choice([0.2, 0.5, 1.0]))
    found = density_diagram(X, bandwidth=bandwidth, resolution=resolution)
    axes = [np.linspace(x.min() - 3 * bandwidth, x.max() + 3 * bandwidth, resolution) for x in X.T]
    grid = np.stack(np.meshgrid(*axes, indexing="ij"), axis=-1)
    squares = ((grid[..., None, :] - X) ** 2).sum(axis=-1) / bandwidth**2
    image = np.exp(-squares / 2).sum(axis=-1) / n / (bandwidth * np.sqrt(2 * np.pi)) ** d
    bars = _oracles.cubical(-image, "cells", 2, max(d - 1, 0))
    return [(found[k], -bars[k], 1e-7 * image.max()) for k in range(len(bars))]


CASES = (
    Case("cubical/grid, line", "gudhi", grid(1, 40)),
    Case("cubical/grid, plane", "gudhi", grid(2, 12)),
    Case("cubical/grid, volume", "gudhi", grid(3, 6)),
    Case("cubical/gudhi", "definition", periodic),
    Case("cubical/blocks", "gudhi", blocks),
    Case("cubical/density", "sums of kernels, gudhi", density),
)
