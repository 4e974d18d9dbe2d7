"""Alpha persistence in a box with glued sides: by its definition, by theorems, on lattices."""

from fractions import Fraction
from itertools import combinations, product
from math import comb

import gudhi
import numpy as np
import pytest
from scipy.spatial import ConvexHull, cKDTree

from tda import AlphaPersistence, alpha_diagram, representative_cycle
from tda._kernels import alpha_exact, alpha_spheres
from tda.homology.engines._triangulation import fixed_point, triangulate
from tda.homology.engines.alpha_periodic import alpha_periodic

# -- from the definition, on few points --------------------------------------------------------


def by_definition(X, box, weights, reduce_boundaries, field=2):
    """Classes of the simplices of a hull of lifted copies, and spheres that hold no point."""
    n, d = X.shape
    shifts = np.array(list(product(range(-2, 3), repeat=d)))
    shifts = np.repeat(shifts, n, axis=0)
    of = np.tile(np.arange(n), 5**d)
    P, w = X[of] + shifts * box, weights[of]
    mixed = np.random.default_rng(1).random((d, d))
    lift = np.sum(P**2, axis=1) - w + 1e-7 * np.einsum("ia,ab,ib->i", P, mixed, P)
    hull = ConvexHull(np.column_stack([P, lift]))
    cells = hull.simplices[hull.equations[:, d] < 0]
    place = {(i, *s): k for k, (i, s) in enumerate(zip(of, shifts.tolist(), strict=True))}

    def moved(simplex):
        simplex = sorted(simplex, key=lambda v: tuple(P[v]))
        return tuple(place[of[v], *(shifts[v] - shifts[simplex[0]])] for v in simplex)

    tops = {moved(cell) for cell in cells if (np.abs(shifts[cell]).sum(axis=1) == 0).any()}
    simplices = {moved(s) for cell in tops for k in range(1, d + 2) for s in combinations(cell, k)}
    cofaces = {s: [] for s in simplices}
    for s in simplices:
        for j in range(len(s) if len(s) > 1 else 0):
            cofaces[moved(s[:j] + s[j + 1 :])].append(s)
    values = {}
    for s in sorted(simplices, key=len, reverse=True):
        v = P[list(s)]
        edges = v[1:] - v[0]
        powers = (np.sum(edges**2, axis=1) + w[s[0]] - w[list(s[1:])]) / 2
        centre = v[0] + (np.linalg.lstsq(edges, powers, rcond=None)[0] if len(s) > 1 else 0.0)
        own = np.sum((centre - v[0]) ** 2) - w[s[0]]
        empty = (np.sum((P - centre) ** 2, axis=1) - w >= own - 1e-9).all()
        values[s] = own if empty else min(values[t] for t in cofaces[s])
    simplices = sorted(simplices, key=lambda s: (round(values[s], 9), len(s), s))
    index = {s: i for i, s in enumerate(simplices)}
    boundaries = []
    for s in simplices:
        boundary = {}
        for j in range(len(s) if len(s) > 1 else 0):
            face = index[moved(s[:j] + s[j + 1 :])]
            boundary[face] = boundary.get(face, 0) + (-1) ** j
        boundaries.append(boundary)
    bars = reduce_boundaries(
        [values[s] for s in simplices], [len(s) - 1 for s in simplices], boundaries, field
    )
    roots = lambda x: np.sign(x) * np.sqrt(np.abs(x))  # noqa: E731
    return [
        roots(np.array([(b, e) for k, b, e in bars if k == degree and e - b > 1e-7]).reshape(-1, 2))
        for degree in range(d + 1)
    ]


def assert_defined(X, box, weights, reduce_boundaries, assert_same_bars, field=2):
    n, d = X.shape
    given = None if weights is None else weights
    diagram = alpha_diagram(X, box=box, weights=given, field=field)
    expected = by_definition(
        X, box, np.zeros(n) if weights is None else weights, reduce_boundaries, field
    )
    for k in range(d + 1):
        squares = diagram[k] * np.abs(diagram[k])
        found = diagram[k][squares[:, 1] - squares[:, 0] > 1e-7]
        assert_same_bars(found, expected[k])


@pytest.mark.parametrize("field", [2, 3])
@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize(("d", "n"), [(2, 2), (2, 3), (2, 7), (2, 12), (3, 2), (3, 4)])
def test_few_points_from_the_definition(d, n, weighted, field, reduce_boundaries, assert_same_bars):
    for seed in range(3 if d == 2 else 1):
        rng = np.random.default_rng(seed)
        box = 1 + 0.4 * rng.random(d)
        weights = 0.1 * rng.normal(size=n) if weighted else None
        assert_defined(
            rng.random((n, d)) * box, box, weights, reduce_boundaries, assert_same_bars, field
        )


# -- known lattices ----------------------------------------------------------------------------


@pytest.mark.parametrize("n", [1, 2, 3, 8])
def test_square_lattice(n):
    X = np.array(list(product(range(n), repeat=2)), dtype=float)
    diagram = alpha_diagram(X, box=n)
    m, half = n * n, np.sqrt(0.5)
    np.testing.assert_allclose(diagram[0], [[0, 0.5]] * (m - 1) + [[0, np.inf]])
    loops = [[0.5, half]] * (m - 1) + [[0.5, np.inf]] * 2
    np.testing.assert_allclose(diagram[1], loops)
    np.testing.assert_allclose(diagram[2], [[half, np.inf]])


@pytest.mark.parametrize("n", [1, 2, 4])
@pytest.mark.parametrize("field", [2, 5])
def test_cubic_lattice(n, field):
    X = np.array(list(product(range(n), repeat=3)), dtype=float)
    diagram = alpha_diagram(X, box=n, field=field)
    m = n**3
    r = np.sqrt([0.25, 0.5, 0.75])
    np.testing.assert_allclose(diagram[0], [[0, r[0]]] * (m - 1) + [[0, np.inf]])
    # 3m edges and m - 1 of them a tree; 3m squares, m - 1 of them needed by the m cubes.
    np.testing.assert_allclose(diagram[1], [[r[0], r[1]]] * (2 * m - 2) + [[r[0], np.inf]] * 3)
    np.testing.assert_allclose(diagram[2], [[r[1], r[2]]] * (m - 1) + [[r[1], np.inf]] * 3)
    np.testing.assert_allclose(diagram[3], [[r[2], np.inf]])


def test_body_centred_lattice(assert_same_bars):
    """Every cell is the same: half a cube's side, edges of two lengths, four cospherical ties."""
    diagram = alpha_diagram([[0, 0, 0], [0.5, 0.5, 0.5]], box=1)
    np.testing.assert_allclose(diagram[3], [[np.sqrt(5) / 4, np.inf]])
    np.testing.assert_allclose(diagram[0], [[0, np.sqrt(3) / 4], [0, np.inf]])


@pytest.mark.parametrize("box", [(1, 1), (1, 3), (1, 40), (1, 1, 1), (1, 2, 5), (7, 1, 1)])
def test_one_point(box):
    diagram = alpha_diagram([[0.3] * len(box)], box=box)
    half = np.sort(box) / 2
    for k in range(len(box) + 1):
        births = sorted(np.linalg.norm(some) for some in combinations(half, k))
        np.testing.assert_allclose(diagram[k][:, 0], births)
        assert np.isinf(diagram[k][:, 1]).all()


# -- theorems ----------------------------------------------------------------------------------


@pytest.mark.parametrize(("d", "n", "steps"), [(2, 1, 60), (2, 30, 100), (3, 6, 20), (3, 40, 24)])
@pytest.mark.parametrize("weighted", [False, True])
def test_the_distance_function_on_a_grid(d, n, steps, weighted):
    """Its cubical persistence is half a diagonal of a voxel away: it is 1-Lipschitz."""
    rng = np.random.default_rng(n)
    X, weights = rng.random((n, d)), -0.03 * rng.random(n) * weighted
    axis = (np.arange(steps) + 0.5) / steps
    grid = np.stack(np.meshgrid(*[axis] * d, indexing="ij"), axis=-1).reshape(-1, d)
    gaps = np.abs(grid[:, None] - X)
    squares = np.sum(np.minimum(gaps, 1 - gaps) ** 2, axis=2) - weights
    image = np.sqrt(squares.min(axis=1)).reshape([steps] * d)
    cubes = gudhi.PeriodicCubicalComplex(
        top_dimensional_cells=image, periodic_dimensions=[True] * d
    )
    cubes.compute_persistence(min_persistence=0.0)
    diagram = alpha_diagram(X, box=1, weights=weights if weighted else None)
    for k in range(d + 1):
        apart = gudhi.bottleneck_distance(diagram[k], cubes.persistence_intervals_in_dimension(k))
        assert apart <= np.sqrt(d) / 2 / steps + 1e-9


@pytest.mark.parametrize("d", [2, 3])
@pytest.mark.parametrize("weighted", [False, True])
def test_far_apart_copies_do_not_meet(d, weighted, assert_same_bars):
    """Up to the radius at which copies of a cloud touch, it is as if it were alone."""
    rng = np.random.default_rng(0)
    grid = np.array(list(product(range(3), repeat=d)), dtype=float)
    clouds = [rng.random((60, d)), grid, rng.integers(0, 3, (20, d)), 0.3 * grid * [1.0] + 0.1]
    clouds.append(rng.random((20, d)) * ([1.0] * (d - 1) + [0.0]))
    for X in clouds:
        X = np.asarray(X, dtype=float)
        weights = -0.2 * rng.random(len(X)) if weighted else None
        radius = 2.0
        box = np.ptp(X, axis=0) + 2 * radius + 0.1
        alone = alpha_diagram(X, weights=weights, max_radius=radius)
        both = alpha_diagram(X - 0.7, weights=weights, box=box, max_radius=radius)
        assert both.max_dimension == d
        for k in range(d):
            assert_same_bars(both[k], alone[k])
        assert both[d].size == 0


@pytest.mark.parametrize("d", [2, 3])
@pytest.mark.parametrize("kind", ["uniform", "clusters", "lattice", "plane", "twins"])
def test_moving_the_points_changes_nothing(d, kind, assert_same_bars):
    rng = np.random.default_rng(5)
    box = np.array([1.0, 2.0, 1.5])[:d]
    X = rng.random((80, d)) * box
    if kind == "clusters":
        X = 0.01 * rng.normal(size=(80, d)) + rng.integers(0, 2, (80, 1)) * box / 2
    elif kind == "lattice":
        X = rng.integers(0, 4, (80, d)) * box / 4
    elif kind == "plane":
        X[:, -1] = 0.25
    elif kind == "twins":
        X = np.repeat(X[:20], 4, axis=0)
    plain = alpha_diagram(X, box=box)
    counts = [np.isinf(plain[k][:, 1]).sum() for k in range(d + 1)]
    assert counts == [comb(d, k) for k in range(d + 1)]
    turned = np.roll(np.arange(d), 1)
    for Y, sides in (
        (rng.permutation(X), box),
        (X + rng.normal(size=d), box),
        (X + rng.integers(-3, 4, X.shape) * box, box),
        (-X, box),
        (X[:, turned], box[turned]),
    ):
        other = alpha_diagram(Y, box=sides)
        for k in range(d + 1):
            longer = [bars[np.ptp(bars, axis=1) > 1e-9] for bars in (other[k], plain[k])]
            assert_same_bars(*longer)


@pytest.mark.parametrize("scale", [1e-100, 1e-8, 1e12, 1e140])
def test_scales(scale, assert_same_bars):
    rng = np.random.default_rng(1)
    X, weights = rng.random((50, 3)), -0.01 * rng.random(50)
    one = alpha_diagram(X, box=1, weights=weights)
    other = alpha_diagram(scale * X, box=scale, weights=scale**2 * weights)
    for k in range(4):
        assert_same_bars(other[k] / scale, one[k])


def test_the_last_class_fills_the_largest_empty_ball():
    X = np.random.default_rng(2).random((300, 3))
    ((radius, _),) = alpha_diagram(X, box=1)[3]
    probes = np.random.default_rng(3).random((20_000, 3))
    deepest = cKDTree(X, boxsize=1).query(probes)[0].max()
    assert deepest <= radius <= deepest + 0.05


def test_many_points_in_a_corner():
    """Copies far away are needed, and found."""
    X = 1e-3 * np.random.default_rng(0).random((200, 3))
    diagram = alpha_diagram(X, box=1)
    np.testing.assert_allclose(diagram[3][0, 0], np.sqrt(0.75), atol=1e-3)
    born = diagram[1][np.isinf(diagram[1][:, 1]), 0]
    np.testing.assert_allclose(born, 0.5, atol=1e-3)


# -- sides that are not glued ------------------------------------------------------------------

OPEN = [(1.0, np.inf), (np.inf, 1.0, 1.0), (1.0, np.inf, np.inf)]


@pytest.mark.parametrize("n", [1, 2, 3, 50])
def test_points_on_a_circle(n):
    x = np.sort(np.random.default_rng(n).random(n))
    half = np.sort(np.diff(np.append(x, x[0] + 1))) / 2
    diagram = alpha_diagram(x[:, None] + 7, box=1, max_dimension=1)
    expected = np.column_stack([np.zeros(n), np.append(half[:-1], np.inf)])
    np.testing.assert_allclose(diagram[0], expected, atol=1e-15)
    np.testing.assert_allclose(diagram[1], [[half[-1], np.inf]])
    assert alpha_diagram(x[:, None], box=1) == alpha_diagram(x[:, None], box=1, max_dimension=1)


@pytest.mark.parametrize("box", OPEN)
@pytest.mark.parametrize("weighted", [False, True])
def test_the_distance_function_on_a_grid_with_open_sides(box, weighted):
    """The sides that are not glued are where the grid ends, outside of the cloud."""
    rng = np.random.default_rng(3)
    d, glued = len(box), np.isfinite(box)
    n, steps = (30, 100) if d == 2 else (12, 24)
    X, weights = 0.1 + 0.8 * rng.random((n, d)), -0.03 * rng.random(n) * weighted
    axis = (np.arange(steps) + 0.5) / steps
    grid = np.stack(np.meshgrid(*[axis] * d, indexing="ij"), axis=-1).reshape(-1, d)
    gaps = np.abs(grid[:, None] - X)
    squares = np.sum(np.where(glued, np.minimum(gaps, 1 - gaps), gaps) ** 2, axis=2) - weights
    cubes = gudhi.PeriodicCubicalComplex(
        top_dimensional_cells=np.sqrt(squares.min(axis=1)).reshape([steps] * d),
        periodic_dimensions=glued.tolist(),
    )
    cubes.compute_persistence(min_persistence=0.0)
    diagram = alpha_diagram(X, box=box, weights=weights if weighted else None)
    assert diagram.max_dimension == d - 1
    for k in range(d):
        assert np.isinf(diagram[k][:, 1]).sum() == comb(glued.sum(), k)
        apart = gudhi.bottleneck_distance(diagram[k], cubes.persistence_intervals_in_dimension(k))
        assert apart <= np.sqrt(d) / 2 / steps + 1e-9


@pytest.mark.parametrize("box", OPEN)
@pytest.mark.parametrize("kind", ["uniform", "few", "lattice", "flat", "one", "weights"])
def test_open_sides_are_sides_far_out(box, kind, assert_same_bars):
    """Up to a radius of 4 no ball sees a copy 12 away, and nothing happens from 3 on."""
    rng = np.random.default_rng(7)
    d = len(box)
    X, weights = rng.random((40 if d == 2 else 8, d)), None
    if kind == "few":
        X = X[:3] * np.where(np.isinf(box), 3.0, 1.0)
    elif kind == "lattice":
        X = rng.integers(0, 4, X.shape) / 4
    elif kind == "flat":
        X[:, np.argmax(box)] = 0.5
    elif kind == "one":
        X = X[:1]
    elif kind == "weights":
        weights = 0.2 * rng.normal(size=len(X))
    found = alpha_diagram(X, box=box, weights=weights)
    sides = np.where(np.isinf(box), 12.0, box)
    far = alpha_diagram(X, box=sides, weights=weights, max_radius=4.0)
    assert found.deaths[np.isfinite(found.deaths)].max(initial=0.0) < 3
    for k in range(d):
        assert_same_bars(found[k], far[k])
    assert far[d].size == 0
    moved = alpha_diagram(X + rng.normal(size=d), box=box, weights=weights)
    for k in range(d):
        assert_same_bars(*(bars[np.ptp(bars, axis=1) > 1e-9] for bars in (moved[k], found[k])))


def test_simplices_of_a_film():
    X = np.random.default_rng(0).random((50, 2))
    diagram = alpha_diagram(X, box=[1, np.inf], representatives=True)
    joined = (diagram.dims == 0) & np.isfinite(diagram.deaths)
    a, b = diagram.death_simplices[joined, :2].T
    gaps = np.abs(X[a] - X[b])
    gaps[:, 0] = np.minimum(gaps[:, 0], 1 - gaps[:, 0])
    np.testing.assert_allclose(np.linalg.norm(gaps, axis=1) / 2, diagram.deaths[joined])
    many = AlphaPersistence(box=[1, np.inf])
    assert many.fit_transform([X])[0] == alpha_diagram(X, box=[1, np.inf])
    assert many.plan([X])[0][0].memory > 0


# -- what the door takes -----------------------------------------------------------------------


def test_simplices_have_the_values_of_their_bars():
    X = np.random.default_rng(5).random((60, 2))
    diagram = alpha_diagram(X, box=1, representatives=True)
    assert diagram == alpha_diagram(X, box=1)
    loops = (diagram.dims == 0) & np.isfinite(diagram.deaths)
    a, b = diagram.death_simplices[loops, :2].T
    gaps = np.abs(X[a] - X[b])
    lengths = np.linalg.norm(np.minimum(gaps, 1 - gaps), axis=1)
    np.testing.assert_allclose(lengths / 2, diagram.deaths[loops])
    assert (diagram.death_simplices[np.isinf(diagram.deaths)] == -1).all()
    with pytest.raises(ValueError, match="periodic alpha"):
        representative_cycle(X, diagram, 61)


def test_degrees_and_radii_that_are_left_out(assert_same_bars):
    X = np.random.default_rng(5).random((60, 3))
    whole = alpha_diagram(X, box=1)
    for top in (0, 1, 2, 5):
        part = alpha_diagram(X, box=1, max_dimension=top)
        for k in range(min(top, 3) + 1):
            assert_same_bars(part[k], whole[k])
    cut = alpha_diagram(X, box=1, max_radius=0.15)
    for k in range(4):
        bars = whole[k][whole[k][:, 0] <= 0.15]
        bars[bars[:, 1] > 0.15, 1] = np.inf
        assert_same_bars(cut[k], bars)


def test_many_clouds_give_what_each_gives_alone():
    clouds = [np.random.default_rng(n).random((n, 2)) for n in (1, 2, 30)]
    many = AlphaPersistence(box=[1.0, 2.0])
    assert list(many.fit_transform(clouds)) == [alpha_diagram(X, box=[1, 2]) for X in clouds]
    ((plan,),) = many.plan(clouds[:1])
    assert plan.engine == "periodic"
    assert plan.memory > 0


@pytest.mark.parametrize(
    ("X", "options", "message"),
    [
        (np.zeros((3, 2)), {"box": 0}, "one length above 0, or one for each of 2"),
        (np.zeros((3, 2)), {"box": [1, 2, 3]}, "one length above 0, or one for each of 2"),
        (np.zeros((3, 2)), {"box": [1, np.nan]}, "one length above 0, or one for each of 2"),
        (np.zeros((3, 2)), {"box": [np.inf, np.inf]}, "no side is glued: leave out box"),
        (np.zeros((3, 2)), {"box": [1, 2000]}, "1,000 times the shortest"),
        (np.zeros((3, 4)), {"box": 1}, "one, two or three columns"),
        (np.zeros((3, 2)), {"box": 1, "n_landmarks": 2}, "leave out n_landmarks"),
        (np.zeros((3, 2)), {"box": 1, "weights": [1]}, "one finite number for each"),
    ],
)
def test_other_boxes_are_an_error(X, options, message):
    with pytest.raises(ValueError, match=message):
        alpha_diagram(X, **options)
    if "weights" not in options:
        message = message if options["box"] != 0 else "must be a float in the range"
        with pytest.raises(ValueError, match=message):
            AlphaPersistence(**options).fit([X])


def test_memory_is_asked_for_before(monkeypatch):
    monkeypatch.setattr("tda._memory.free_memory", lambda: 1e6)
    with pytest.raises(MemoryError, match="box with glued sides"):
        alpha_diagram(np.random.default_rng(0).random((5000, 3)), box=1)


# -- kernels -----------------------------------------------------------------------------------


@pytest.mark.parametrize("d", [2, 3])
def test_one_triangulation_whatever_the_order(d):
    """With ties broken by differences, a lattice's cells are the same in every cube."""
    P = fixed_point(np.array(list(product(range(5), repeat=d)), dtype=float))[0]
    found = set()
    for seed in range(3):
        rows = np.random.default_rng(seed).permutation(len(P))
        tri = triangulate(P[rows], generic=True)
        cells = rows[tri.order[tri.cells.reshape(-1, d + 1)]]
        found.add(frozenset(map(tuple, np.sort(cells, axis=1).tolist())))
    assert len(found) == 1
    corners = np.sort(P[np.array([list(c) for c in next(iter(found))])], axis=1)[:, 0]
    kinds = {}
    for cell, low in zip(next(iter(found)), corners, strict=True):
        kinds.setdefault(tuple(low), set()).add(tuple(map(tuple, P[list(cell)] - low)))
    assert len({frozenset(shape) for shape in kinds.values()}) == 1


@pytest.mark.parametrize("d", [2, 3])
def test_the_signs_of_ties_are_exact(d):
    rng = np.random.default_rng(6)
    tie = alpha_exact.tie_circle if d == 2 else alpha_exact.tie_sphere
    products = [(a, b) for a in range(d) for b in range(a + 1)]
    for _ in range(60):
        rows = rng.choice([-1.0, 1.0, 2.0**-30, 0.1], size=(d + 1, d))
        exact = [[Fraction(x) for x in row] for row in rows]
        sign = 1 if d == 2 else -1
        sizes = [sign * determinant([[*r, r[a] * r[b]] for r in exact]) for a, b in products]
        expected = next((s for s in sizes if s), 0)
        for run in (tie, tie.py_func):
            assert np.sign(run(*rows.ravel(), 1.0)) == np.sign(float(expected))


def determinant(rows):
    if not rows:
        return 1
    return sum(
        (-1) ** j * rows[0][j] * determinant([row[:j] + row[j + 1 :] for row in rows[1:]])
        for j in range(len(rows))
    )


@pytest.mark.parametrize("d", [2, 3, 5])
@pytest.mark.parametrize("thin", [1.0, 2.0**-20, 2.0**-44])
def test_spheres_to_a_few_roundings(d, thin):
    """Also of simplices as thin as the grid: against fractions."""
    rng = np.random.default_rng(d)
    for k in range(1, d + 1):
        P = np.ldexp(
            np.rint(np.ldexp(rng.random((k + 1, d)) * ([1.0] * (d - 1) + [thin]), 50)), -50
        )
        W = -np.ldexp(np.rint(np.ldexp(rng.random(k + 1), 30)), -33)
        value, shares, _ = alpha_spheres.power_spheres(P, W, np.arange(k + 1)[None])
        expected, exact = sphere_of_fractions(P, W)
        assert value[0] == pytest.approx(expected, rel=1e-11)
        np.testing.assert_allclose(shares[0], exact, rtol=1e-9, atol=1e-9)
        python = alpha_spheres.power_spheres.py_func(P, W, np.arange(k + 1)[None])
        np.testing.assert_allclose(python[0], value, rtol=1e-12)


def sphere_of_fractions(P, W):
    rows = [[Fraction(x) - Fraction(y) for x, y in zip(p, P[0], strict=True)] for p in P[1:]]
    dot = lambda u, v: sum(x * y for x, y in zip(u, v, strict=True))  # noqa: E731
    gram = [[dot(u, v) for v in rows] for u in rows]
    powers = [
        (dot(u, u) + Fraction(W[0]) - Fraction(w)) / 2 for u, w in zip(rows, W[1:], strict=True)
    ]
    whole = determinant(gram)
    shares = [
        determinant([[*r[:j], p, *r[j + 1 :]] for r, p in zip(gram, powers, strict=True)]) / whole
        for j in range(len(rows))
    ]
    value = dot(shares, powers) - Fraction(W[0])
    return float(value), [float(1 - sum(shares)), *map(float, shares)]


def test_engine_alone_takes_no_task():
    diagram = alpha_periodic(np.zeros((1, 2)), np.ones(2), max_dimension=2)
    assert diagram.filtration == "periodic alpha"


def test_points_far_apart_along_an_open_side_are_refused():
    with pytest.raises(ValueError, match="along a side that is not glued"):
        alpha_diagram([[0, 0], [0, 1e5], [0.5, 3]], box=[1, np.inf])
