"""Euler characteristic transforms: against the definition, ect and pyECT."""

import json
import sys
from itertools import combinations, product
from pathlib import Path

import numpy as np
import pytest
from scipy.spatial import Delaunay

from tda import EulerCharacteristicTransform
from tda.datasets import load_mesh
from tda.euler import euler_transform, sphere_directions

REFERENCE = Path(__file__).parent / "reference"
sys.path.insert(0, str(REFERENCE))
try:
    import make_euler
finally:
    sys.path.remove(str(REFERENCE))


def by_definition(points, cells, directions, heights):
    simplices = {(i,) for i in range(len(points))}
    for row in (row for part in cells for row in part.tolist()):
        if len(set(row)) == len(row):
            sizes = range(1, len(row) + 1)
            simplices |= {c for k in sizes for c in combinations(sorted(row), k)}
    found = np.zeros((len(directions), len(heights)), int)
    for i, direction in enumerate(directions):
        at = points @ direction
        for simplex in simplices:
            found[i] += (-1) ** (len(simplex) - 1) * (at[list(simplex)].max() <= heights)
    return found


def image_by_definition(mask, directions, heights):
    cells = set()
    for pixel in np.argwhere(mask):
        cells |= {tuple(2 * pixel + side) for side in product((-1, 0, 1), repeat=mask.ndim)}
    found = np.zeros((len(directions), len(heights)), int)
    for cell in cells:  # at twice their middles; along even ones they are one long
        ends = [(c / 2,) if c % 2 else (c / 2 - 0.5, c / 2 + 0.5) for c in cell]
        corners = np.array(list(product(*ends)))
        sign = (-1) ** sum(c % 2 == 0 for c in cell)
        found += sign * ((corners @ directions.T).max(axis=0)[:, None] <= heights)
    return found


@pytest.mark.parametrize("d", [1, 2, 3, 4])
def test_counts_are_those_of_the_definition(d):
    rng = np.random.default_rng(d)
    points = rng.normal(size=(30, d))
    some = lambda m, k: rng.integers(0, 30, (m, k))  # noqa: E731
    families = [[], [some(40, 2)], [some(40, 3)], [some(20, 3), some(30, 2)]]
    families.append([some(10, 4), some(20, 3), some(20, 2)])
    if d in (2, 3):
        families.append([Delaunay(points).simplices])
    directions = sphere_directions(7, d, random_state=0)
    for cells in families:
        for heights in (np.linspace(-3, 3, 15), np.array([0.3, -1, 2, 0.31]), np.array([0.1])):
            shape = (points, cells) if cells else points
            found = euler_transform(shape, directions, heights)
            np.testing.assert_array_equal(found, by_definition(points, cells, directions, heights))


@pytest.mark.parametrize("shape", [(7,), (6, 5), (4, 5, 3)])
def test_images_are_those_of_the_definition_with_ties_too(shape):
    d = len(shape)
    rng = np.random.default_rng(d)
    mask = rng.random(shape) < 0.5
    axes = np.concatenate([np.eye(d), -np.eye(d)])
    grids = np.linspace(-8, 8, 23), np.arange(-16, 16) / 2
    for directions, heights in zip((sphere_directions(9, d), axes), grids, strict=True):
        found = euler_transform(mask.astype(float), directions, heights, kind="image")
        np.testing.assert_array_equal(found, image_by_definition(mask, directions, heights))


def test_heights_at_vertices_count_with_them():
    """Integer coordinates along the axes: every height of the grid is that of many vertices."""
    rng = np.random.default_rng(0)
    points = rng.integers(-3, 4, (40, 2)).astype(float)
    cells = [rng.integers(0, 40, (50, 3))]
    directions = np.array([[1, 0], [0, 1], [-1, 0], [0, -1]], float)
    for heights in (np.arange(-4, 5, dtype=float), np.linspace(-3, 3, 61)):
        found = euler_transform((points, cells), directions, heights)
        np.testing.assert_array_equal(found, by_definition(points, cells, directions, heights))


@pytest.mark.parametrize("case", range(3))
def test_equal_to_ect_and_pyect(case):
    points, edges, triangles, directions = make_euler.shape_of(*make_euler.CASES[case])
    ect = json.loads((REFERENCE / "euler_ect.json").read_text())[case]
    pyect = json.loads((REFERENCE / "euler_pyect.json").read_text())[case]
    radius = make_euler.radius_of(points)
    heights = np.linspace(-radius, radius, 20)
    shape = (points, [edges, triangles])
    found = euler_transform(shape, directions, heights)
    np.testing.assert_array_equal(found, ect["ect"])
    np.testing.assert_array_equal(found, pyect)
    smooth = euler_transform(shape, directions, heights, smooth=True)
    np.testing.assert_allclose(smooth / (heights[1] - heights[0]), ect["sect"], atol=1e-9)
    model = EulerCharacteristicTransform(
        directions=directions, range=(-radius, radius), center=False
    )
    np.testing.assert_array_equal(model.fit_transform([shape])[0], found.ravel())


def test_surfaces_end_at_their_characteristic():
    """A mug and a doughnut have none, a nut with its one hole neither: in every direction."""
    for name, total in (("mug", 0), ("doughnut", 0), ("nut", 0)):
        transform = EulerCharacteristicTransform(directions=5)
        curves = transform.fit_transform([load_mesh(name)]).reshape(5, 20)
        np.testing.assert_array_equal(curves[:, -1], total)
        assert (curves[:, 0] <= 1).all()


def test_turned_shapes_have_turned_rows():
    rng = np.random.default_rng(0)
    points, edges = rng.normal(size=(20, 2)), rng.integers(0, 20, (25, 2))
    turn = np.array([[0, 1], [-1, 0]])  # by a quarter, four of sixteen directions
    transform = EulerCharacteristicTransform(n_bins=33)
    one, other = transform.fit_transform([(points, edges), (points @ turn, edges)])
    rows = one.reshape(16, 33)
    np.testing.assert_array_equal(np.roll(rows, 4, axis=0), other.reshape(16, 33))


def test_place_and_size_do_not_matter_if_they_are_taken_out():
    rng = np.random.default_rng(1)
    points, edges = rng.normal(size=(20, 2)), rng.integers(0, 20, (25, 2))
    transform = EulerCharacteristicTransform(scale=True).fit([(points, edges)])
    np.testing.assert_allclose(transform.grid_[[0, -1]], [-1, 1])
    moved = transform.transform([(points, edges), (2.5 * points + 7, edges)])
    np.testing.assert_array_equal(moved[0], moved[1])


def test_degenerate_shapes_have_answers():
    nothing = EulerCharacteristicTransform(kind="image").fit_transform([np.zeros((3, 4))])
    assert nothing.shape == (1, 320) and not nothing.any()
    point = EulerCharacteristicTransform(scale=True).fit_transform([[[3.0, 4.0]]])
    assert (point.reshape(16, 20)[:, -1] == 1).all()
    loops = (np.eye(3), [[0, 0], [1, 1]])  # no edges
    assert euler_transform(loops, [[1, 0, 0]], [2.0])[0, 0] == 3
    twice = (np.eye(2), [[0, 1], [1, 0], [0, 1]])
    assert euler_transform(twice, [[1, 0]], [2.0])[0, 0] == 1


@pytest.mark.parametrize(
    ("shape", "message"),
    [
        ((np.eye(2), [[0, 2]]), "not there"),
        ((np.eye(2), [[0.5, 1]]), "not there"),
        ((np.eye(2), [0, 1]), "shape"),
        (np.zeros((0, 2)), "empty"),
        (([[np.nan, 1.0], [0, 1]], [[0, 1]]), "NaN"),
    ],
)
def test_wrong_shapes_are_errors(shape, message):
    with pytest.raises(ValueError, match=message):
        EulerCharacteristicTransform().fit([shape])


def test_wrong_directions_and_heights_are_errors():
    cloud = np.eye(3)
    with pytest.raises(ValueError, match="same space"):
        EulerCharacteristicTransform().fit([cloud, np.eye(2)])
    with pytest.raises(ValueError, match="coordinates"):
        EulerCharacteristicTransform(directions=[[1, 0]]).fit([cloud])
    with pytest.raises(ValueError, match="length 0"):
        euler_transform(cloud, [[0, 0, 0]], [0, 1])
    with pytest.raises(ValueError, match="even steps"):
        euler_transform(cloud, 3, [0, 1, 3], smooth=True)
    with pytest.raises(ValueError, match=r"pass \[X\]"):
        EulerCharacteristicTransform().fit((cloud, np.array([[0, 1]])))
    with pytest.raises(ValueError, match="kind"):
        euler_transform(cloud, 3, [0, 1], kind="mesh")
