"""Cubical persistence: against gudhi, the boundary matrix by hand, and labelled components."""

from itertools import product

import gudhi
import numpy as np
import pytest
from scipy import ndimage

from tda import CubicalPersistence, _memory, cubical_diagram

SHAPES = [(1,), (2,), (9,), (1, 1), (1, 5), (2, 3), (6, 7), (1, 1, 1), (2, 1, 3), (3, 4, 3)]


def image(shape, seed=0, ties=True):
    rng = np.random.default_rng(seed)
    return rng.integers(0, 7, shape).astype(float) if ties else rng.normal(size=shape)


def by_gudhi(values, construction, periodic, max_dimension, field=2):
    kind = "vertices" if construction == "vertices" else "top_dimensional_cells"
    if any(periodic):
        built = gudhi.PeriodicCubicalComplex(
            **{kind: values, "periodic_dimensions": list(periodic)}
        )
    else:
        built = gudhi.CubicalComplex(**{kind: values})
    built.compute_persistence(homology_coeff_field=field)
    return [built.persistence_intervals_in_dimension(k) for k in range(max_dimension + 1)]


def by_hand(values, construction, periodic, max_dimension, reduce_boundaries, field=2):
    """Bars from the cells of the grid, each named by one integer an axis: odd are intervals."""
    top = construction == "cells"
    sizes = []
    for length, closes in zip(values.shape, periodic, strict=True):
        sizes.append(2 * length if closes else 2 * length + 1 if top else 2 * length - 1)

    def wrap(cell):
        return tuple(c % size for c, size in zip(cell, sizes, strict=True))

    def neighbours(c, size, closes):
        """The pixels, in one axis, whose values decide that of the cell."""
        if (c % 2 == 1) == top:
            return [c // 2]
        near = [c // 2 - 1, c // 2] if top else [c // 2, c // 2 + 1]
        return [i % (size // 2) for i in near] if closes else near

    def value(cell):
        axes = [neighbours(*a) for a in zip(cell, sizes, periodic, strict=True)]
        inside = [
            values[i]
            for i in product(*axes)
            if all(0 <= j < n for j, n in zip(i, values.shape, strict=True))
        ]
        return min(inside) if top else max(inside)

    def dim(cell):
        return sum(c % 2 for c in cell)

    cells = sorted(product(*map(range, sizes)), key=lambda c: (value(c), dim(c)))
    index = {cell: i for i, cell in enumerate(cells)}
    boundaries = []
    for cell in cells:
        boundary, sign = {}, 1
        for axis in np.flatnonzero(np.array(cell) % 2).tolist():
            for step in (1, -1):
                face = list(cell)
                face[axis] += step
                i = index[wrap(face)]
                boundary[i] = boundary.get(i, 0) + sign * step
            sign = -sign
        boundaries.append(boundary)
    bars = reduce_boundaries(list(map(value, cells)), list(map(dim, cells)), boundaries, field)
    return [
        np.array([(b, d) for k_, b, d in bars if k_ == k and b < d]).reshape(-1, 2)
        for k in range(max_dimension + 1)
    ]


def sorted_rows(bars):
    bars = np.reshape(bars, (-1, 2))
    return bars[np.lexsort((bars[:, 1], bars[:, 0]))].tolist()


# -- the same bars, exactly ----------------------------------------------------------------------


@pytest.mark.parametrize("ties", [True, False])
@pytest.mark.parametrize("construction", ["cells", "vertices"])
@pytest.mark.parametrize("shape", SHAPES, ids=str)
def test_bars_are_those_of_gudhi_and_of_the_boundary_matrix(
    shape, construction, ties, reduce_boundaries
):
    for periodic in product([False, True], repeat=len(shape)):
        X = image(shape, ties=ties)
        diagram = cubical_diagram(X, construction=construction, periodic=periodic)
        top = len(shape) if all(periodic) else len(shape) - 1
        assert diagram.max_dimension == top
        theirs = by_gudhi(X, construction, periodic, top)
        hand = by_hand(X, construction, periodic, top, reduce_boundaries)
        for k in range(top + 1):
            assert diagram[k].tolist() == sorted_rows(theirs[k]) == sorted_rows(hand[k])
        assert (diagram.filtration, diagram.unit) == ("cubical", "value")


@pytest.mark.parametrize("field", [2, 3, 11])
@pytest.mark.parametrize("construction", ["cells", "vertices"])
@pytest.mark.parametrize("periodic", [False, True])
def test_the_field_changes_nothing_in_the_plane(construction, field, periodic):
    X = image((5, 6), 1)
    diagram = cubical_diagram(X, construction=construction, field=field, periodic=periodic)
    assert diagram.field == field
    assert list(map(sorted_rows, diagram)) == list(
        map(sorted_rows, cubical_diagram(X, construction=construction, periodic=periodic))
    )


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("construction", ["cells", "vertices"])
def test_bars_alive_are_the_components_and_holes_of_the_level_set(seed, construction):
    """Pixels that touch at corners are one piece for "cells"; then holes are 4-connected."""
    X = image((12, 15), seed)
    diagram = cubical_diagram(X, construction=construction)
    corners, edges = np.ones((3, 3)), ndimage.generate_binary_structure(2, 1)
    dark_joins, bright_joins = (corners, edges) if construction == "cells" else (edges, corners)
    for direction in range(7):
        alive = (diagram.births <= direction) & (direction < diagram.deaths)
        dark = np.pad(direction >= X, 1)
        components = ndimage.label(dark, dark_joins)[1]
        holes = ndimage.label(~dark, bright_joins)[1] - 1  # less the outside
        assert np.bincount(diagram.dims[alive], minlength=2).tolist() == [components, holes]


@pytest.mark.parametrize("shape", [(8,), (5, 6), (3, 4, 3)], ids=str)
def test_superlevel_bars_are_the_sublevel_bars_of_the_negative(shape):
    X = image(shape, ties=False)
    for construction, periodic in product(["cells", "vertices"], [False, True]):
        options = {"construction": construction, "periodic": periodic}
        down = cubical_diagram(X, direction="superlevel", **options)
        up = cubical_diagram(-X, **options)
        for k in range(up.max_dimension + 1):
            assert sorted_rows(down[k]) == sorted_rows(-up[k])
        assert (down.births > down.deaths).all()
        assert np.isneginf(down.deaths).sum() == np.isposinf(up.deaths).sum() > 0


@pytest.mark.parametrize("shape", [(7, 6), (4, 5, 4)], ids=str)
def test_sublevel_cells_and_superlevel_vertices_are_dual(shape):
    """Garin et al. 2020: a bar (b, d) of degree k is a bar (d, b) of degree n - 1 - k.

    For an image with a border below all values, reduced homology, Alexander duality.
    """
    X = np.pad(image(shape, ties=False), 1, constant_values=-100.0)
    cells = cubical_diagram(X, construction="cells").finite()
    vertices = cubical_diagram(X, construction="vertices", direction="superlevel")
    n = len(shape)
    for k in range(n):
        mirrored = vertices[n - 1 - k][:, ::-1]
        # The last component of the superlevel sets meets the border: a bar of reduced homology.
        mirrored = np.where(np.isinf(mirrored), -100.0, mirrored)
        assert len(cells[k]) or k < n - 1  # so that the test sees bars
        assert sorted_rows(cells[k]) == sorted_rows(mirrored)


def test_adding_a_constant_and_scaling_moves_the_bars_along():
    X = image((6, 7))
    one, other = cubical_diagram(X), cubical_diagram(2.0 * X + 3.0)
    np.testing.assert_array_equal(other.births, 2.0 * one.births + 3.0)
    np.testing.assert_array_equal(other.deaths, 2.0 * one.deaths + 3.0)


@pytest.mark.parametrize("seed", range(3))
def test_bars_move_no_more_than_the_values(seed):
    """Stability (Cohen-Steiner, Edelsbrunner, Harer 2007): d_B <= the largest change."""
    rng = np.random.default_rng(seed)
    X = image((9, 9), seed, ties=False)
    one, other = cubical_diagram(X), cubical_diagram(X + rng.uniform(-0.1, 0.1, X.shape))
    for k in (0, 1):
        a, b = one.finite()[k], other.finite()[k]
        assert gudhi.bottleneck_distance(a, b, e=0) <= 0.1 + 1e-12


# -- infinite values, periodic axes, degrees ---------------------------------------------------


@pytest.mark.parametrize("representatives", [False, True])
@pytest.mark.parametrize("construction", ["cells", "vertices"])
def test_infinite_pixels_enter_last_or_never_matter(construction, representatives):
    X = np.array([[1.0, 1.0, 1.0], [1.0, np.inf, 1.0], [1.0, 1.0, 1.0]])
    diagram = cubical_diagram(X, construction=construction, representatives=representatives)
    assert diagram[0].tolist() == [[1, np.inf]]
    assert diagram[1].tolist() == [[1, np.inf]]


@pytest.mark.parametrize("options", [{}, {"representatives": True}, {"construction": "vertices"}])
def test_pixels_at_minus_infinity_are_born_first(options):
    X = np.array([-np.inf, 2.0, -np.inf, 3.0, 1.0])
    diagram = cubical_diagram(X, **options)
    assert diagram[0].tolist() == [[-np.inf, 2], [-np.inf, np.inf], [1, 3]]


@pytest.mark.parametrize("direction", ["sublevel", "superlevel"])
def test_an_image_of_infinity_alone_has_no_bar(direction):
    X = np.full((3, 3), np.inf if direction == "sublevel" else -np.inf)
    assert len(cubical_diagram(X, direction=direction)) == 0


@pytest.mark.parametrize(
    "periodic, betti",
    [
        ((False, False, False), [1, 0, 0, 0]),
        ((True, False, False), [1, 1, 0, 0]),
        ((False, True, True), [1, 2, 1, 0]),
        (True, [1, 3, 3, 1]),
    ],
)
def test_essential_classes_are_those_of_the_torus(periodic, betti):
    diagram = cubical_diagram(image((3, 4, 3)), periodic=periodic, max_dimension=3)
    assert [int(np.isinf(bars[:, 1]).sum()) for bars in diagram] == betti


@pytest.mark.parametrize("max_dimension", [0, 1, 4])
@pytest.mark.parametrize(
    "options", [{}, {"representatives": True}, {"construction": "vertices"}, {"periodic": True}]
)
def test_max_dimension_below_and_beyond_what_can_occur(max_dimension, options):
    X = image((5, 6))
    whole = cubical_diagram(X, max_dimension=2, **options)
    diagram = cubical_diagram(X, max_dimension=max_dimension, **options)
    assert diagram.max_dimension == max_dimension
    for k in range(max_dimension + 1):
        assert diagram[k].tolist() == (whole[k].tolist() if k <= 2 else [])


@pytest.mark.parametrize(
    "options, message",
    [
        ({"direction": "up"}, "direction='up'"),
        ({"construction": "pixels"}, "construction='pixels'"),
        ({"periodic": [True]}, "each of the 2 axes"),
        ({"periodic": [1, 0]}, "each of the 2 axes"),
        ({"max_dimension": -1}, "max_dimension=-1"),
        ({"max_dimension": 0.5}, "max_dimension=0.5"),
        ({"field": 4}, "not prime"),
    ],
)
def test_wrong_options_are_named(options, message):
    with pytest.raises(ValueError, match=message):
        cubical_diagram(np.ones((3, 3)), **options)


# -- representatives ---------------------------------------------------------------------------


@pytest.mark.parametrize("direction", ["sublevel", "superlevel"])
@pytest.mark.parametrize("construction", ["cells", "vertices"])
@pytest.mark.parametrize("shape", SHAPES, ids=str)
def test_pixels_have_the_values_of_birth_and_death(shape, construction, direction):
    X = image(shape, ties=False)
    flat = X.ravel()
    for periodic in product([False, True], repeat=len(shape)):
        options = {"construction": construction, "direction": direction, "periodic": periodic}
        diagram = cubical_diagram(X, representatives=True, **options)
        assert diagram == cubical_diagram(X, **options)
        births, deaths = diagram.birth_simplices[:, 0], diagram.death_simplices[:, 0]
        np.testing.assert_array_equal(flat[births], diagram.births)
        dies = np.isfinite(diagram.deaths)
        np.testing.assert_array_equal(flat[deaths[dies]], diagram.deaths[dies])
        assert (deaths[~dies] == -1).all()


def test_a_transposed_view_keeps_its_own_indices():
    """gudhi counts the first axis fastest, numpy the last; a view has other strides."""
    X = image((4, 6), ties=False).T
    diagram = cubical_diagram(X, representatives=True)
    np.testing.assert_array_equal(X.ravel()[diagram.birth_simplices[:, 0]], diagram.births)


# -- the plan ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "shape, options, engine",
    [
        ((5, 6), {}, "grid"),
        ((5, 6), {"field": 3}, "grid"),
        ((5, 6), {"periodic": True}, "gudhi"),
        ((5, 6, 7), {}, "grid"),
        ((5, 6, 7), {"field": 3}, "gudhi"),  # loops of a volume feel the field
        ((5, 6, 7), {"field": 3, "max_dimension": 0}, "grid"),
        ((5, 1, 7), {"field": 3}, "grid"),  # flat
    ],
)
def test_the_plan_names_its_engine(shape, options, engine):
    (plan,) = CubicalPersistence(**({"max_dimension": 1} | options)).plan([np.zeros(shape)])
    assert plan[0].engine == engine


@pytest.mark.parametrize("options", [{}, {"representatives": True}, {"periodic": True}])
def test_what_cannot_fit_is_refused_before_it_starts(options, monkeypatch):
    monkeypatch.setattr(_memory, "free_memory", lambda: 5_000)
    monkeypatch.setattr(_memory, "_ALWAYS_FREE", 0)
    for name in ("cubical_gudhi", "cubical_grid"):
        path = f"tda.homology.engines.{name}.{name}"
        monkeypatch.setattr(path, lambda *_, **__: pytest.fail("it started"))
    with pytest.raises(MemoryError, match=r"shape \(20, 20\) would take .*Crop the image"):
        cubical_diagram(np.ones((20, 20)), **options)


# -- many images -------------------------------------------------------------------------------


def test_many_images_of_different_sizes_give_what_each_gives_alone():
    images = [image(shape) for shape in [(1, 4), (6, 5), (3, 3)]]
    dgms = CubicalPersistence(direction="superlevel").fit_transform(images)
    assert list(dgms) == [cubical_diagram(X, direction="superlevel") for X in images]


def test_a_three_dimensional_array_is_many_images_and_a_list_of_series_too():
    stack = image((4, 5, 6))
    assert CubicalPersistence().fit_transform(stack).shape == (4,)
    series = [np.array([1.0, 3.0, 2.0]), np.array([1.0, 2.0])]
    assert CubicalPersistence().fit_transform(series)[0][0].tolist() == [[1, np.inf], [2, 3]]


def test_images_with_different_numbers_of_axes_are_kept_apart():
    with pytest.raises(ValueError, match=r"images have \[1, 2\] axes"):
        CubicalPersistence().fit([np.ones(3), np.ones((3, 3))])
