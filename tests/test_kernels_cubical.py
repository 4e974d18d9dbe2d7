"""The cubical kernels: against gudhi, the definition, their own Python, and by duality."""

import gudhi
import numpy as np
import pytest

from tda._kernels import cubical_loops, cubical_plane, cubical_space, sorting
from tda.homology.engines import cubical_grid as module
from tda.homology.engines.cubical_grid import cubical_grid

CONSTRUCTIONS = ["cells", "vertices"]
TINY = [(1,), (2,), (3,), (1, 1), (1, 5), (4, 1), (2, 2), (2, 3), (3, 2), (3, 3)]
TINY += [(1, 1, 1), (1, 1, 4), (2, 1, 3), (1, 3, 3), (2, 2, 2), (2, 3, 2), (3, 3, 3)]
LARGER = [(40,), (9, 11), (16, 7), (5, 6, 4), (7, 5, 6)]


def images(shape, seeds):
    """Images with few levels and many, plateaus, infinite values of both signs."""
    for seed in range(seeds):
        rng = np.random.default_rng(seed)
        yield rng.normal(size=shape)
        yield rng.integers(0, 2 + seed, shape).astype(float)
        X = rng.integers(-2, 3, shape).astype(float)
        X[rng.random(shape) < 0.25] = np.inf
        X[rng.random(shape) < 0.15] = -np.inf
        yield X
        yield np.where(rng.random(shape) < 0.5, -0.0, 0.0) + (rng.random(shape) < 0.1)
    yield np.full(shape, 2.5)
    yield np.full(shape, np.inf)
    yield np.full(shape, -np.inf)
    yield np.arange(np.prod(shape), dtype=float).reshape(shape)
    yield -np.arange(np.prod(shape), dtype=float).reshape(shape)


def by_gudhi(X, construction, field=2):
    kind = "vertices" if construction == "vertices" else "top_dimensional_cells"
    built = gudhi.CubicalComplex(**{kind: X})
    built.compute_persistence(homology_coeff_field=field)
    return [built.persistence_intervals_in_dimension(k) for k in range(X.ndim)]


def sorted_rows(bars):
    bars = np.reshape(bars, (-1, 2))
    bars = bars[bars[:, 0] != bars[:, 1]]
    return bars[np.lexsort((bars[:, 1], bars[:, 0]))].tolist()


def diagram(X, construction, **options):
    return cubical_grid(X, max_dimension=X.ndim - 1, construction=construction, **options)


@pytest.mark.parametrize("construction", CONSTRUCTIONS)
@pytest.mark.parametrize("shape", TINY + LARGER, ids=str)
def test_bars_are_those_of_gudhi(shape, construction):
    for X in images(shape, 12):
        ours, theirs = diagram(X, construction), by_gudhi(X, construction)
        assert ours.max_dimension == X.ndim - 1
        for k in range(X.ndim):
            assert ours[k].tolist() == sorted_rows(theirs[k])


@pytest.mark.parametrize("construction", CONSTRUCTIONS)
@pytest.mark.parametrize("shape", [(70, 90), (20, 18, 22)], ids=str)
def test_larger_smooth_and_rough_images(shape, construction):
    from scipy.ndimage import gaussian_filter

    rng = np.random.default_rng(0)
    noise = rng.normal(size=shape)
    distance = np.linalg.norm(np.indices(shape).T - np.array(shape) / 2, axis=-1).T
    for X in [
        noise,
        np.round(2 * noise),
        gaussian_filter(noise, 2),
        np.cos(distance),  # shells in shells
        np.round(np.cos(distance)),
        distance + 0.1 * noise,
    ]:
        ours, theirs = diagram(X, construction), by_gudhi(X, construction)
        for k in range(X.ndim):
            assert ours[k].tolist() == sorted_rows(theirs[k])


@pytest.mark.parametrize("construction", CONSTRUCTIONS)
@pytest.mark.parametrize("shape", TINY + LARGER, ids=str)
def test_representatives_are_the_pixels_whose_values_the_bars_have(shape, construction):
    for X in images(shape, 4):
        plain = diagram(X, construction)
        d = diagram(X, construction, representatives=True)
        assert d == plain
        assert plain.birth_simplices is None and plain.death_simplices is None
        born, dead = d.birth_simplices[:, 0], d.death_simplices[:, 0]
        assert (X.ravel()[born] == d.births).all()
        assert ((dead == -1) == np.isposinf(d.deaths)).all()
        assert (X.ravel()[dead[dead >= 0]] == d.deaths[dead >= 0]).all()


@pytest.mark.parametrize("shape", [(6, 7), (4, 5, 4)], ids=str)
def test_a_pixel_of_birth_or_death_changes_the_homology_there(shape):
    """With all values different the pair of pixels is unique, and gudhi's."""
    X = np.random.default_rng(0).normal(size=shape)
    built = gudhi.CubicalComplex(top_dimensional_cells=X)
    built.compute_persistence(homology_coeff_field=2)
    regular, _ = built.cofaces_of_persistence_pairs()
    d = diagram(X, "cells", representatives=True)
    for k in range(X.ndim):
        pairs = np.reshape(regular[k] if k < len(regular) else [], (-1, 2)).astype(int)
        index = np.ravel_multi_index(np.unravel_index(pairs, shape, order="F"), shape)
        here = (d.dims == k) & (d.death_simplices[:, 0] >= 0)
        ours = np.column_stack([d.birth_simplices[here], d.death_simplices[here]])
        assert sorted(map(tuple, ours.tolist())) == sorted(map(tuple, index.tolist()))


@pytest.mark.parametrize("shape", [(7, 6), (12, 9), (4, 5, 4), (6, 6, 6)], ids=str)
@pytest.mark.parametrize("ties", [False, True])
def test_sublevel_cells_and_superlevel_vertices_are_dual(shape, ties):
    """Garin et al. 2020: a bar (b, d) of degree k is a bar (d, b) of degree n - 1 - k.

    For an image with a border below all values, in reduced homology.
    """
    rng = np.random.default_rng(1)
    X = rng.integers(0, 6, shape).astype(float) if ties else rng.normal(size=shape)
    X = np.pad(X, 1, constant_values=-100.0)
    cells = diagram(X, "cells").finite()
    vertices = diagram(-X, "vertices")
    n = len(shape)
    for k in range(n):
        mirrored = -vertices[n - 1 - k][:, ::-1]
        mirrored = np.where(np.isinf(mirrored), -100.0, mirrored)
        assert sorted_rows(cells[k]) == sorted_rows(mirrored)


@pytest.mark.parametrize("construction", CONSTRUCTIONS)
@pytest.mark.parametrize("shape", [(5, 8), (3, 4, 5)], ids=str)
def test_turning_the_image_leaves_the_bars(shape, construction):
    X = np.random.default_rng(3).integers(0, 5, shape).astype(float)
    bars = diagram(X, construction)
    for Y in [X.T, np.flip(X, 0), np.flip(X), np.asfortranarray(X), X.astype(np.int16)]:
        assert diagram(Y, construction) == bars


@pytest.mark.parametrize("construction", CONSTRUCTIONS)
@pytest.mark.parametrize("shape", [(9,), (5, 6), (1, 5, 6), (4, 3, 4)], ids=str)
@pytest.mark.parametrize("max_dimension", [0, 1, 2, 5])
def test_max_dimension_below_and_beyond_what_can_occur(shape, construction, max_dimension):
    X = np.random.default_rng(4).normal(size=shape)
    whole = diagram(X, construction)
    cut = cubical_grid(X, max_dimension=max_dimension, construction=construction)
    assert cut.max_dimension == max_dimension
    for k in range(max_dimension + 1):
        assert cut[k].tolist() == (whole[k].tolist() if k < len(shape) else [])


@pytest.mark.parametrize("shape", [(9,), (5, 6), (4, 3, 4)], ids=str)
def test_the_image_is_left_alone_and_may_be_read_only(shape):
    X = np.random.default_rng(8).normal(size=shape)
    X.flags.writeable = False
    for construction in CONSTRUCTIONS:
        assert diagram(X, construction) == diagram(X.copy(), construction)


def test_an_image_with_too_many_pixels_is_refused(monkeypatch):
    monkeypatch.setattr(module, "_MOST_PIXELS", 56)
    with pytest.raises(ValueError, match=r"\(3, 4\) has, with margins, 56"):
        diagram(np.zeros((3, 4)), "cells")


def mobius_band():
    """A band at 1 in a block at 2, with its boundary, one circle, at 0."""
    t, s = np.meshgrid(np.linspace(0, 2 * np.pi, 200), np.linspace(-2, 2, 41), indexing="ij")
    r = 4 + s * np.cos(t / 2)
    points = np.stack([r * np.cos(t), r * np.sin(t), s * np.sin(t / 2)], axis=-1).reshape(-1, 3)
    place = np.rint(points - points.min(axis=0) + 1).astype(int)
    X = np.full(place.max(axis=0) + 2, 2.0)
    X[tuple(place.T)] = 1.0
    X[tuple(place[np.abs(s).ravel() == 2].T)] = 0.0
    return X


def test_in_space_the_field_matters():
    """The boundary of a Möbius band is twice its core: zero over Z/2, a generator over Z/3."""
    X = mobius_band()
    assert diagram(X, "cells")[1].tolist() == [[0, 1], [1, 2]]
    assert sorted_rows(by_gudhi(X, "cells")[1]) == [[0, 1], [1, 2]]
    assert sorted_rows(by_gudhi(X, "cells", field=3)[1]) == [[0, 2]]
    with pytest.raises(ValueError, match="field=3, but degree 1"):
        diagram(X, "cells", field=3)


@pytest.mark.parametrize("construction", CONSTRUCTIONS)
@pytest.mark.parametrize("shape", [(9,), (6, 7), (1, 6, 7)], ids=str)
def test_in_the_plane_the_field_does_not_matter(shape, construction):
    X = np.random.default_rng(9).integers(0, 5, shape).astype(float)
    ours = diagram(X, construction, field=3)
    assert ours.field == 3
    for k, bars in enumerate(by_gudhi(X, construction, field=3)):
        assert ours[k].tolist() == sorted_rows(bars)
    assert len(cubical_grid(np.zeros((3, 3, 3)), max_dimension=0, construction="cells", field=5))


@pytest.mark.parametrize("construction", CONSTRUCTIONS)
def test_a_hollow_ball_and_a_ring(construction):
    """Betti numbers of a shell are (1, 0, 1), of a ring (1, 1, 0)."""
    x, y, z = np.indices((15, 15, 15)) - 7.0
    shell = np.abs(np.sqrt(x**2 + y**2 + z**2) - 4.5)
    ring = np.sqrt((np.sqrt(x**2 + y**2) - 4.5) ** 2 + z**2)
    for X, betti in [(shell, [1, 0, 1]), (ring, [1, 1, 0])]:
        d = diagram(X, construction)
        assert [int(((b[:, 0] <= 1.2) & (b[:, 1] > 1.2)).sum()) for b in d] == betti


# -- kernels -------------------------------------------------------------------------------------


def stages(X, corners, compiled):
    """Every array that the kernels make on the way, compiled or as plain Python."""

    def run(kernel, *arguments):
        return (kernel if compiled else kernel.py_func)(*arguments)

    order = run(sorting.argsort_values, X.ravel())
    if X.ndim == 1:
        return [order, run(cubical_plane.line_bars, X)]
    if X.ndim == 2:
        tables = [run(cubical_plane.ring_pieces, c) for c in (corners, not corners)]
        masks = run(cubical_plane.masks_before, X)
        down, up, minima, maxima, saddles = run(cubical_plane.slopes, masks, *tables)
        out = [order, *tables, masks, down.copy(), up.copy(), minima, maxima, saddles]
        edges = run(cubical_plane.saddle_edges, masks, *tables, down, up, saddles)
        values = run(cubical_plane.edge_values, X.ravel(), edges)
        sort = run(sorting.argsort_values, values)
        bars = run(cubical_plane.plane_bars, X.ravel(), minima, maxima, edges, sort)
        return [*out, edges, values, sort, *bars]
    tables = run(cubical_space.star_tables)
    rank, position = run(cubical_space.padded_ranks, order, X.shape, corners)
    matched = run(cubical_space.match_stars, rank, tables)
    codes, down, out, critical = (a.copy() for a in matched)
    zero = run(cubical_space.component_bars, rank, position, codes, down)
    two = run(cubical_space.void_bars, rank, position, out, critical)
    run(cubical_space.drop_border, position, position.size - order.size, codes, critical)
    boundaries = run(cubical_loops.square_boundaries, rank, position, codes, critical)
    one = run(cubical_loops.loop_bars, rank, position, codes, critical)
    return [order, *tables, rank, position, *matched, zero, two, codes, critical, *boundaries, one]


@pytest.mark.filterwarnings("ignore:overflow:RuntimeWarning")
@pytest.mark.parametrize("corners", [True, False])
@pytest.mark.parametrize("shape", [(12,), (5, 6), (3, 3, 4)], ids=str)
@pytest.mark.parametrize("ties", [True, False])
def test_compiled_kernels_agree_with_their_python(shape, corners, ties):
    rng = np.random.default_rng(5)
    X = rng.integers(0, 4, shape).astype(float) if ties else rng.normal(size=shape)
    for ours, python in zip(stages(X, corners, True), stages(X, corners, False), strict=True):
        np.testing.assert_array_equal(ours, python)


@pytest.mark.parametrize("n", [0, 1, 2, 5, 3000])
def test_stable_order_is_that_of_numpy(n):
    rng = np.random.default_rng(6)
    special = np.array([0.0, -0.0, np.inf, -np.inf, 5e-324, -5e-324, 1.7e308, -1.7e308])
    for values in [
        rng.normal(size=n),
        rng.integers(-3, 3, n).astype(float),
        rng.choice(special, n),
        np.zeros(n),
        np.exp(rng.normal(scale=300, size=n).clip(-700, 700)),
    ]:
        expected = np.argsort(values, kind="stable")
        np.testing.assert_array_equal(sorting.argsort_values(values), expected)


@pytest.mark.parametrize("corners", [True, False])
def test_pieces_of_the_ring_are_those_of_labelled_neighbourhoods(corners):
    from scipy import ndimage

    table = cubical_plane.ring_pieces(corners)
    rows, columns = cubical_plane.ROW_STEP + 1, cubical_plane.COLUMN_STEP + 1
    joined = np.ones((3, 3)) if corners else None
    for mask in range(256):
        block = np.zeros((3, 3), int)
        present = [k for k in range(8) if mask >> k & 1]
        block[rows[present], columns[present]] = 1
        labels = ndimage.label(block, joined)[0][rows, columns]
        touching = {labels[k] for k in present if corners or k % 2 == 0}
        pieces = table[mask, 1 : 1 + table[mask, 0]]
        assert {labels[k] for k in pieces} == touching
        assert len(pieces) == len(touching)
        assert all(k in present and (corners or k % 2 == 0) for k in pieces.tolist())


def test_reduced_columns_have_the_pivots_of_the_definition():
    rng = np.random.default_rng(7)
    for m in (1, 5, 70, 200):
        # Invertible: a triangle of ones in a random order of the columns.
        matrix = np.triu(rng.random((m, m)) < 0.3, 1) | np.eye(m, dtype=bool)
        matrix = matrix[:, rng.permutation(m)]
        rows = [np.flatnonzero(column)[::-1] for column in matrix.T]
        length = np.array([r.size for r in rows], dtype=np.int32)
        begin = np.cumsum(length) - length
        pool = np.concatenate(rows).astype(np.int32)
        expected, seen = [], {}
        for row in rows:
            column = set(row.tolist())
            while max(column) in seen:
                column ^= seen[max(column)]
            seen[max(column)] = column
            expected.append(max(column))
        pivots = cubical_loops.reduce_columns(begin.astype(np.int64), length, pool)
        assert pivots.tolist() == expected
