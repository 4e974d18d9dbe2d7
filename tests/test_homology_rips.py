"""Rips persistence: against gudhi's simplex tree and ripser, with cocycles and simplices."""

from itertools import combinations

import gudhi
import numpy as np
import pytest
from ripser import ripser
from scipy import sparse
from scipy.spatial.distance import cdist, pdist, squareform

from tda import RipsPersistence, _memory, datasets, representative_cycle, rips_diagram
from tda.homology import _plan
from tda.homology._rips import _match_cocycles
from tda.homology._tasks import RipsTask
from tda.homology.engines._gudhi import SIMPLEX_BYTES
from tda.homology.engines.rips_gudhi_tree import tree_bytes


def by_gudhi(D, max_dimension=1, field=2, max_edge_length=np.inf):
    """The plain, uncollapsed complex."""
    tree = gudhi.RipsComplex(
        distance_matrix=D, max_edge_length=max_edge_length
    ).create_simplex_tree(max_dimension=max_dimension + 1)
    tree.compute_persistence(homology_coeff_field=field, persistence_dim_max=False)
    if tree.dimension() <= max_dimension:  # gudhi would leave out the top dimension
        tree.compute_persistence(homology_coeff_field=field, persistence_dim_max=True)
    return [tree.persistence_intervals_in_dimension(k) for k in range(max_dimension + 1)]


def by_ripser(D, max_dimension=1, field=2, **options):
    return ripser(D, distance_matrix=True, maxdim=max_dimension, coeff=field, **options)["dgms"]


def distances(X):
    return squareform(pdist(X)) if len(X) > 1 else np.zeros((1, 1))


def diameters(D, simplices):
    """Longest edge of each row of vertices, filled up with -1."""
    rows = [row[row >= 0] for row in simplices]
    return np.array([D[np.ix_(row, row)].max() for row in rows])


def some_cloud(n=40, d=2, seed=0):
    return np.random.default_rng(seed).uniform(size=(n, d))


def noisy_circle(n=40, seed=0):
    rng = np.random.default_rng(seed)
    angles = rng.uniform(0, 2 * np.pi, n)
    return np.column_stack([np.cos(angles), np.sin(angles)]) + rng.normal(0, 0.1, (n, 2))


# -- the same bars as the engines give by themselves ------------------------------------------


@pytest.mark.parametrize("field", [2, 3, 11])
def test_bars_are_gudhis_and_ripsers(cloud, field, assert_same_bars):
    D = distances(cloud)
    diagram = rips_diagram(cloud, field=field)
    for k, bars in enumerate(by_gudhi(D, field=field)):
        assert_same_bars(diagram[k], bars)
    for k, bars in enumerate(by_ripser(D, field=field)):
        assert_same_bars(diagram[k], bars)
    assert (diagram.filtration, diagram.unit, diagram.field) == ("rips", "edge length", field)


@pytest.mark.parametrize("max_dimension", [0, 1, 2])
@pytest.mark.parametrize("max_edge_length", [np.inf, 1.2, 0.0])
def test_max_dimension_and_max_edge_length(max_dimension, max_edge_length, assert_same_bars):
    X = np.random.default_rng(2).normal(size=(24, 3))
    diagram = rips_diagram(X, max_dimension=max_dimension, max_edge_length=max_edge_length)
    assert diagram.max_dimension == max_dimension and len(list(diagram)) == max_dimension + 1
    for k, bars in enumerate(by_gudhi(distances(X), max_dimension, 2, max_edge_length)):
        assert_same_bars(diagram[k], bars)


def test_degree_two_of_an_octahedron_graph_is_one_class():
    D = np.ones((6, 6)) - np.eye(6)
    for i in range(3):
        D[2 * i, 2 * i + 1] = D[2 * i + 1, 2 * i] = 2.0
    diagram = rips_diagram(D, metric="precomputed", max_dimension=2)
    assert diagram[1].size == 0
    assert diagram[2].tolist() == [[1.0, 2.0]]


def test_an_edge_as_long_as_max_edge_length_belongs_to_the_complex():
    X = [[0.0, 0.0], [3.0, 4.0]]
    assert rips_diagram(X, max_edge_length=5.0)[0].tolist() == [[0, 5], [0, np.inf]]
    just_below = np.nextafter(5.0, 0.0)
    D = sparse.csr_array([[0.0, 5.0], [5.0, 0.0]])
    for length, n_components in [(5.0, 1), (just_below, 2)]:
        bars = rips_diagram(D, metric="precomputed", max_edge_length=length)[0]
        assert np.isinf(bars[:, 1]).sum() == n_components
    assert rips_diagram(X, max_edge_length=just_below)[0].tolist() == [[0, np.inf], [0, np.inf]]


@pytest.mark.parametrize("options", [{}, {"representatives": True}, {"cocycles": True}])
def test_a_class_alive_at_max_edge_length_never_dies(options):
    X = noisy_circle(30)
    whole = rips_diagram(X)
    loop = whole[1][np.argmax(np.diff(whole[1], axis=1))]
    cut = rips_diagram(X, max_edge_length=loop.mean(), **options)
    assert [loop[0], np.inf] in cut[1].tolist()
    assert (cut.births <= loop.mean()).all()


@pytest.mark.parametrize("options", [{}, {"representatives": True}, {"cocycles": True}])
def test_near_pairs_of_a_large_cloud_give_the_same_as_all_pairs(options, assert_same_bars):
    """Above 2000 points a threshold takes the k-d tree instead of the full matrix."""
    X = some_cloud(2050)
    X[7] = X[8]  # a pair at distance 0 is an edge, not a missing one
    radius = 0.03
    near = rips_diagram(X, max_edge_length=radius, **options)
    i, j = np.nonzero(np.triu(cdist(X, X) <= radius, 1))
    lengths = np.linalg.norm(X[i] - X[j], axis=1)
    tree = gudhi.SimplexTree()
    tree.insert_batch(np.arange(len(X))[None], np.zeros(len(X)))
    tree.insert_batch(np.stack([i, j]).astype(np.int32), lengths)
    tree.expansion(2)
    tree.compute_persistence(homology_coeff_field=2)
    expected = [tree.persistence_intervals_in_dimension(k) for k in (0, 1)]
    for k in (0, 1):
        # An exact comparison: the bottleneck distance of 2000 bars takes too long.
        finite = np.sort(expected[k][np.isfinite(expected[k][:, 1])], axis=0)
        ours = near[k]
        ours = np.sort(ours[np.isfinite(ours[:, 1])], axis=0)
        np.testing.assert_allclose(ours, finite, rtol=0, atol=1e-7)
        assert np.isinf(near[k][:, 1]).sum() == np.isinf(expected[k][:, 1]).sum()


# -- metrics -----------------------------------------------------------------------------------


@pytest.mark.parametrize("metric, of_scipy", [("manhattan", "cityblock"), ("cosine", "cosine")])
def test_metric_by_name(metric, of_scipy, assert_same_bars):
    X = np.random.default_rng(3).normal(size=(30, 4))
    diagram = rips_diagram(X, metric=metric)
    for k, bars in enumerate(by_gudhi(squareform(pdist(X, of_scipy)))):
        assert_same_bars(diagram[k], bars)


def test_metric_by_callable(assert_same_bars):
    X = some_cloud(20)
    diagram = rips_diagram(X, metric=lambda a, b: np.abs(a - b).max())
    for k, bars in enumerate(by_gudhi(squareform(pdist(X, "chebyshev")))):
        assert_same_bars(diagram[k], bars)


@pytest.mark.parametrize("options", [{}, {"representatives": True}, {"cocycles": True}])
@pytest.mark.parametrize(
    "form", [np.array, sparse.csr_array, sparse.coo_matrix, lambda D: sparse.triu(D).tocsc()]
)
def test_a_distance_matrix_gives_what_its_cloud_gives(form, options, assert_same_bars):
    X = some_cloud(30)
    expected = rips_diagram(X)
    given = rips_diagram(form(distances(X)), metric="precomputed", **options)
    for k in (0, 1):
        assert_same_bars(given[k], expected[k])


@pytest.mark.parametrize("options", [{}, {"representatives": True}, {"cocycles": True}])
def test_a_missing_pair_is_no_edge_and_an_infinite_distance_neither(options):
    # A square whose diagonals are no edges is a loop for ever; the fifth point is alone.
    D = np.full((5, 5), np.inf)
    np.fill_diagonal(D, 0.0)
    for i in range(4):
        D[i, (i + 1) % 4] = D[(i + 1) % 4, i] = 1.0
    stored = sparse.coo_array(np.where(np.isfinite(D), D, 0.0))
    for matrix in (D, stored):
        diagram = rips_diagram(matrix, metric="precomputed", **options)
        assert diagram[0].tolist() == [[0, 1]] * 3 + [[0, np.inf]] * 2
        assert diagram[1].tolist() == [[1, np.inf]]


@pytest.mark.parametrize(
    "options", [{}, {"field": 3}, {"max_dimension": 2}, {"cocycles": True}], ids=str
)
@pytest.mark.parametrize("representatives", [False, True])
def test_infinite_distances_join_nothing_in_any_engine(options, representatives):
    # A square of unit sides without diagonals, and a point apart: gudhi's simplex tree as it is.
    D = np.full((5, 5), np.inf)
    np.fill_diagonal(D, 0)
    tree = gudhi.SimplexTree()
    for i in range(5):
        tree.insert([i], 0.0)
    for i, j in ((0, 1), (1, 2), (2, 3), (3, 0)):
        D[i, j] = D[j, i] = 1.0
        tree.insert([i, j], 1.0)
    tree.compute_persistence(homology_coeff_field=options.get("field", 2), persistence_dim_max=True)
    diagram = rips_diagram(D, metric="precomputed", representatives=representatives, **options)
    for k in (0, 1):
        expected = tree.persistence_intervals_in_dimension(k)
        assert sorted(diagram[k].tolist()) == sorted(expected.tolist())
    if representatives:
        never = np.isinf(diagram.deaths)
        assert never.sum() == 3
        assert (diagram.death_simplices[never] == -1).all()
        assert (diagram.death_simplices[~never][:, :2] >= 0).all()


def test_a_stored_zero_of_a_sparse_matrix_joins_two_points():
    i, j = [0, 1], [1, 2]
    D = sparse.coo_array(([0.0, 2.0], (i, j)), shape=(3, 3))
    assert rips_diagram(D, metric="precomputed")[0].tolist() == [[0, 2], [0, np.inf]]


def test_euclidean_distances_keep_their_digits_far_from_the_origin():
    """Differences, not the expanded square, which has an error of 1e8**2 * 1e-16 here."""
    X = np.array([[0.0, 0.0], [3e-3, 4e-3]])
    bars = rips_diagram(X + 2.0**27)[0]
    shifted = (X + 2.0**27) - 2.0**27
    assert bars[0, 1] == pytest.approx(np.linalg.norm(shifted[1] - shifted[0]), rel=1e-12)


# -- torsion -----------------------------------------------------------------------------------

# The six-vertex triangulation of the real projective plane (half of an icosahedron).
PROJECTIVE_PLANE = [
    (0, 1, 2),
    (0, 2, 3),
    (0, 3, 4),
    (0, 4, 5),
    (0, 1, 5),
    (1, 2, 4),
    (2, 3, 5),
    (1, 3, 4),
    (2, 4, 5),
    (1, 3, 5),
]


def barycentric_graph(triangles):
    """Distance 1 between simplices of which one is a face of the other.

    The flag complex of this graph is the barycentric subdivision.
    """
    faces = sorted({f for t in triangles for k in (1, 2, 3) for f in combinations(t, k)})
    D = np.zeros((len(faces), len(faces)))
    for (i, a), (j, b) in combinations(enumerate(faces), 2):
        if set(a) < set(b) or set(b) < set(a):
            D[i, j] = D[j, i] = 1.0
    return sparse.csr_array(D)


def klein_bottle_triangles(n=4):
    """A torus grid with one side turned round."""

    def vertex(i, j):
        return (i % n) * n + ((j if i < n else -j) % n)

    squares = [(i, j) for i in range(n) for j in range(n)]
    lower = [(vertex(i, j), vertex(i + 1, j), vertex(i + 1, j + 1)) for i, j in squares]
    upper = [(vertex(i, j), vertex(i, j + 1), vertex(i + 1, j + 1)) for i, j in squares]
    return [tuple(sorted(t)) for t in lower + upper]


@pytest.mark.parametrize("options", [{}, {"representatives": True}, {"cocycles": True}])
@pytest.mark.parametrize(
    "triangles, field, betti",
    [  # by the universal coefficient theorem, from H_1 = Z/2 and Z + Z/2
        (PROJECTIVE_PLANE, 2, [1, 1, 1]),
        (PROJECTIVE_PLANE, 3, [1, 0, 0]),
        (PROJECTIVE_PLANE, 11, [1, 0, 0]),
        (klein_bottle_triangles(), 2, [1, 2, 1]),
        (klein_bottle_triangles(), 3, [1, 1, 0]),
    ],
)
def test_torsion_is_seen_by_the_field_two_only(triangles, field, betti, options):
    D = barycentric_graph(triangles)
    diagram = rips_diagram(D, metric="precomputed", max_dimension=2, field=field, **options)
    assert [len(bars) - np.isfinite(bars).all(axis=1).sum() for bars in diagram] == betti
    n_vertices = D.shape[0]
    assert len(diagram) == n_vertices - 1 + sum(betti)  # the tree edges kill, and nothing else


# -- theorems ----------------------------------------------------------------------------------


def test_degree_zero_deaths_are_the_edges_of_the_minimum_spanning_tree(cloud):
    D = distances(cloud)
    # Kruskal's tree by scipy, which takes a stored zero for a missing edge.
    tree = sparse.csgraph.minimum_spanning_tree(np.where(D > 0, D, 0))
    deaths = rips_diagram(cloud)[0][:-1, 1]
    if len(np.unique(cloud, axis=0)) == len(cloud):
        np.testing.assert_allclose(deaths, np.sort(tree.data), rtol=1e-14)
    else:
        first = np.unique(cloud, axis=0)
        np.testing.assert_allclose(deaths, rips_diagram(first)[0][:-1, 1], rtol=1e-14)


@pytest.mark.parametrize("seed", range(3))
def test_bars_move_no_more_than_the_points(seed):
    """Stability (Chazal, de Silva, Oudot 2014): d_B <= 2 d_H in edge lengths."""
    rng = np.random.default_rng(seed)
    X = noisy_circle(30, seed)
    steps = rng.normal(size=X.shape)
    steps *= 0.05 / np.linalg.norm(steps, axis=1, keepdims=True)
    before, after = rips_diagram(X).finite(), rips_diagram(X + steps).finite()
    for k in (0, 1):
        assert gudhi.bottleneck_distance(before[k], after[k], e=0) <= 2 * 0.05 + 1e-12


def test_permuting_moving_and_scaling_the_points(assert_same_bars):
    rng = np.random.default_rng(5)
    X = noisy_circle(35)
    rotation = np.linalg.qr(rng.normal(size=(2, 2)))[0]
    moved = 3.0 * rng.permutation(X) @ rotation + [10.0, -4.0]
    one, other = rips_diagram(X), rips_diagram(moved)
    for k in (0, 1):
        assert_same_bars(3.0 * one[k], other[k])


# -- birth and death simplices -----------------------------------------------------------------


@pytest.mark.parametrize("field, max_dimension", [(2, 0), (2, 1), (2, 2), (3, 1)])
def test_simplices_have_the_diameter_of_birth_and_death(
    cloud, field, max_dimension, assert_same_bars
):
    D = distances(cloud)
    plain = rips_diagram(cloud, field=field, max_dimension=max_dimension)
    diagram = rips_diagram(cloud, field=field, max_dimension=max_dimension, representatives=True)
    for k in range(max_dimension + 1):
        assert_same_bars(diagram[k], plain[k])
    assert ((diagram.birth_simplices >= 0).sum(axis=1) == diagram.dims + 1).all()
    np.testing.assert_array_equal(diameters(D, diagram.birth_simplices), diagram.births)
    dies = np.isfinite(diagram.deaths)
    assert ((diagram.death_simplices[dies] >= 0).sum(axis=1) == diagram.dims[dies] + 2).all()
    np.testing.assert_array_equal(diameters(D, diagram.death_simplices[dies]), diagram.deaths[dies])
    assert (diagram.death_simplices[~dies] == -1).all()


# -- cocycles ----------------------------------------------------------------------------------


def as_cochain(cocycle, field):
    """{(i, j): value} with both orientations of each edge."""
    cochain = {}
    for i, j, value in cocycle.tolist():
        cochain[i, j], cochain[j, i] = value % field, -value % field
    return cochain


def is_cocycle(cochain, D, scale, field):
    """Whether the coboundary vanishes on every triangle of that scale."""
    near = scale >= D
    return all(
        (cochain.get((a, b), 0) + cochain.get((b, c), 0) - cochain.get((a, c), 0)) % field == 0
        for a, b, c in combinations(range(len(D)), 3)
        if near[a, b] and near[b, c] and near[a, c]
    )


def is_coboundary(cochain, D, scale, field):
    """Whether potentials on the vertices explain it: walk a forest, then check every edge."""
    near = scale >= D
    potential = {}
    for root in range(len(D)):
        stack = [] if root in potential else [root]
        potential.setdefault(root, 0)
        while stack:
            a = stack.pop()
            for b in np.flatnonzero(near[a]).tolist():
                if b not in potential:
                    potential[b] = (potential[a] + cochain.get((a, b), 0)) % field
                    stack.append(b)
    return all(
        (potential[b] - potential[a] - cochain.get((a, b), 0)) % field == 0
        for a, b in combinations(range(len(D)), 2)
        if near[a, b]
    )


@pytest.mark.parametrize("both", [False, True])
@pytest.mark.parametrize("field", [2, 3, 11])
@pytest.mark.parametrize(
    "X", [noisy_circle(25), some_cloud(25), np.argwhere(np.ones((3, 4))).astype(float)]
)
def test_a_cocycle_is_one_from_birth_to_death_and_no_coboundary(X, field, both):
    D = distances(X)
    diagram = rips_diagram(X, field=field, cocycles=True, representatives=both)
    ones = diagram[1]
    assert len(diagram.cocycles) == len(ones) > 0
    for (birth, death), cocycle in zip(ones, diagram.cocycles, strict=True):
        cochain = as_cochain(cocycle, field)
        last = D[death > D].max()  # the last length of the complex before the bar's death
        assert is_cocycle(cochain, D, last, field)
        assert not is_coboundary(cochain, D, birth, field)
        assert not is_coboundary(cochain, D, last, field)


def test_with_both_options_the_bars_are_those_of_the_simplices():
    X = noisy_circle(30)
    both = rips_diagram(X, representatives=True, cocycles=True)
    assert both == rips_diagram(X, representatives=True)
    assert all(len(cocycle) for cocycle in both.cocycles)


@pytest.mark.parametrize("seed", range(4))
def test_births_equal_in_single_precision_lose_no_cocycle(seed):
    """Copies of a hexagon far apart, each shaken by less than single precision resolves."""
    rng = np.random.default_rng(seed)
    angles = np.arange(6) * np.pi / 3
    hexagon = np.column_stack([np.cos(angles), np.sin(angles)])
    X = np.concatenate([hexagon + [10.0 * i, 0.0] for i in range(4)])
    X += rng.normal(0, 1e-9, X.shape)
    diagram = rips_diagram(X, representatives=True, cocycles=True)
    D = distances(X)
    assert len(diagram[1]) >= 4
    long = [c.tolist() for c, bar in zip(diagram.cocycles, diagram[1], strict=True) if bar[1] > 1.5]
    assert len({str(sorted(c)) for c in long}) == len(long) == 4  # each hexagon has its own
    for (birth, death), cocycle in zip(diagram[1], diagram.cocycles, strict=True):
        if death - birth > 1e-3:
            cochain = as_cochain(cocycle, 2)
            middle = (birth + death) / 2
            assert is_cocycle(cochain, D, middle, 2)
            assert not is_coboundary(cochain, D, middle, 2)


def test_matching_takes_the_nearest_bar_whatever_the_order():
    from tda import Diagram

    bars = Diagram([1.0, 1.0 + 1e-9, 1.0], [3.0, 2.0, 2.0], [1, 1, 2])
    swapped = Diagram(
        [1.0, 1.0, 1.0],
        [2.0, 3.0, 2.0],
        [1, 1, 2],
        cocycles=[np.array([[1, 0, 1]]), np.array([[3, 2, 1]]), np.array([[0, 1, 2, 1]])],
    )
    matched = _match_cocycles(bars, swapped)
    assert [c.tolist() for c in matched] == [[[3, 2, 1]], [[1, 0, 1]], [[0, 1, 2, 1]]]


def test_values_from_ripser_are_exact_distances():
    X = some_cloud(30)
    D = distances(X)
    diagram = rips_diagram(X, cocycles=True)
    finite = np.concatenate([diagram.births, diagram.deaths[np.isfinite(diagram.deaths)]])
    assert np.isin(finite, D).all()


# -- representative cycles ---------------------------------------------------------------------


@pytest.mark.parametrize("X", [noisy_circle(40), some_cloud(40), np.argwhere(np.ones((3, 3)))])
def test_a_cycle_of_degree_one_is_closed_and_there_at_birth(X):
    X = np.asarray(X, dtype=float)
    diagram = rips_diagram(X, representatives=True)
    for bar in np.flatnonzero(diagram.dims == 1):
        path = representative_cycle(X, diagram, bar)
        assert len(set(path.tolist())) == len(path) >= 4  # a triangle would be filled at birth
        steps = np.column_stack([path, np.roll(path, -1)])
        lengths = np.linalg.norm(X[steps[:, 0]] - X[steps[:, 1]], axis=1)
        assert lengths.max() == pytest.approx(diagram.births[bar], rel=1e-12)
        edges = {frozenset(step) for step in steps.tolist()}
        assert frozenset(diagram.birth_simplices[bar, :2].tolist()) in edges


@pytest.mark.parametrize("seed", range(3))
def test_the_cocycle_of_a_bar_does_not_vanish_on_its_cycle(seed):
    """Cohomology pairs with homology: the longest loop's cocycle sees the longest loop."""
    X = noisy_circle(40, seed)
    diagram = rips_diagram(X, representatives=True, cocycles=True)
    ones = np.flatnonzero(diagram.dims == 1)
    longest = np.argmax(diagram.lifetimes[ones])
    cochain = as_cochain(diagram.cocycles[longest], 2)
    path = representative_cycle(X, diagram, ones[longest]).tolist()
    around = sum(cochain.get(step, 0) for step in zip(path, path[1:] + path[:1], strict=True))
    assert around % 2 == 1


def triangular_ring(seed):
    """An annulus of the triangular lattice in the plane x + y + z = 0: exactly tied edges."""
    steps = np.argwhere(np.ones((7, 7))) - 3
    radius = np.maximum(np.abs(steps).max(axis=1), np.abs(steps.sum(axis=1)))
    steps = steps[(radius > 1) & (radius <= 3)]
    X = np.column_stack([steps, -steps.sum(axis=1)]).astype(float)
    return np.random.default_rng(seed).permutation(X)


@pytest.mark.parametrize("seed", range(4))
def test_on_a_lattice_the_cycle_goes_round_the_hole(seed):
    """All edges enter together, and most short closed paths bound triangles at once."""
    X = triangular_ring(seed)
    diagram = rips_diagram(X, representatives=True, cocycles=True)
    (bar,) = np.flatnonzero(diagram.dims == 1)
    cochain = as_cochain(diagram.cocycles[0], 2)
    path = representative_cycle(X, diagram, bar).tolist()
    assert len(path) >= 12  # the hexagon of radius 2 around the hole
    around = sum(cochain.get(step, 0) for step in zip(path, path[1:] + path[:1], strict=True))
    assert around % 2 == 1


def test_a_cycle_of_degree_zero_is_its_point():
    X = some_cloud(10)
    diagram = rips_diagram(X, representatives=True)
    points = [representative_cycle(X, diagram, bar) for bar in np.flatnonzero(diagram.dims == 0)]
    assert sorted(np.concatenate(points)) == list(range(10))


@pytest.mark.parametrize(
    "change, message",
    [
        ({"representatives": False}, "representatives=True"),
        ({"bar": 10**6}, "bars 0"),
        ({"bar": -1}, "bars 0"),
        ({"how": "volume"}, "alpha or a cubical"),
    ],
)
def test_no_representative_is_a_clear_error(change, message):
    X = datasets.make_sphere(30, random_state=0)
    options = {"representatives": True, "max_dimension": 2} | change
    bar, how = options.pop("bar", None), options.pop("how", "birth")
    diagram = rips_diagram(X, **options)
    bar = len(diagram) - 1 if bar is None else bar
    with pytest.raises(ValueError, match=message):
        representative_cycle(X, diagram, bar, how=how)


def test_a_diagram_of_another_cloud_is_refused():
    X = noisy_circle(20)
    diagram = rips_diagram(X, representatives=True)
    bar = int(np.flatnonzero(diagram.dims == 1)[-1])
    with pytest.raises(ValueError, match="does not belong"):
        representative_cycle(100.0 * X, diagram, bar)


# -- many small clouds, in one loop ------------------------------------------------------------


@pytest.mark.parametrize("max_dimension", [0, 1])
@pytest.mark.parametrize("max_edge_length", [np.inf, 0.4])
def test_small_clouds_in_one_loop_are_what_each_is_alone(max_dimension, max_edge_length):
    rng = np.random.default_rng(5)
    clouds = [rng.random((n, 2)) for n in (1, 2, 3, 40, 7)]
    clouds += [rng.random((30, 5)), rng.integers(0, 3, (25, 3)).astype(float), np.ones((4, 2))]
    options = {"max_dimension": max_dimension, "max_edge_length": max_edge_length}
    dgms = RipsPersistence(**options).fit_transform(clouds)
    assert RipsPersistence(n_jobs=3, **options).fit_transform(clouds) == dgms
    for X, diagram in zip(clouds, dgms, strict=True):
        # With a matrix given the other engine runs.
        other = rips_diagram(squareform(pdist(X)), metric="precomputed", **options)
        assert diagram == other
        assert rips_diagram(X, **options) == diagram


# -- the plan ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "options, engines",
    [
        ({}, "lunes degrees gudhi"),
        ({"simplices": True}, "lunes"),
        ({"max_dimension": 2}, "degrees gudhi"),
        ({"field": 3}, "degrees"),
        ({"field": 3, "max_dimension": 2}, "degrees gudhi"),
        ({"max_dimension": 3}, "degrees gudhi"),
        ({"max_dimension": 3, "cocycles": True}, "degrees ripser"),
        ({"n_features": 3}, "many"),
        ({"n_features": 2}, "many"),
        ({"n_features": 2, "field": 3}, "plane"),
        ({"n_features": 2, "simplices": True}, "plane lunes degrees gudhi-tree"),
        ({"n_features": 3, "simplices": True}, "lunes"),
        ({"max_dimension": 0, "n_features": 3, "simplices": True}, "tree"),
        ({"sparse": True}, "sparse degrees gudhi"),
        ({"cocycles": True}, "cocycles"),
        ({"cocycles": True, "sparse": True}, "degrees ripser"),
        ({"max_dimension": 3, "simplices": True}, "degrees gudhi-tree"),
        ({"field": 3, "simplices": True}, "degrees"),
        ({"field": 3, "simplices": True, "max_dimension": 2}, "degrees gudhi-tree"),
    ],
)
def test_the_plan_names_its_engines_in_order(options, engines):
    X = np.random.default_rng(0).random((400 if "simplices" in options else 100, 1))
    names = {"simplices": "representatives"}
    given = {names.get(key, key): value for key, value in options.items()}
    n_features, metric = given.pop("n_features", None), "euclidean"
    if n_features is None:
        X, metric = distances(X), "precomputed"
    else:
        X = np.repeat(X, n_features, axis=1)
    if given.pop("sparse", False):
        X = sparse.csr_array(X)
    (plan,) = RipsPersistence(metric=metric, **given).plan([X])
    found = [step.engine for step in plan]
    assert found[: len(engines.split())] == engines.split()
    if not options.get("cocycles"):
        task = RipsTask(X, metric=metric, simplices="simplices" in options)
        assert all(step.way_out == task.way_out for step in plan)


def test_the_plan_counts_every_simplex_of_a_full_complex():
    tree = gudhi.RipsComplex(points=some_cloud(15)).create_simplex_tree(max_dimension=3)
    full = tree_bytes(15, 105, 2)
    assert full == SIMPLEX_BYTES * tree.num_simplices()
    assert tree_bytes(15, 50, 2) < full


@pytest.mark.parametrize(
    "X, options",
    [
        (some_cloud(400), {}),
        (some_cloud(50), {"cocycles": True}),
        (some_cloud(50), {"metric": "manhattan", "max_edge_length": 0.1}),
        (some_cloud(2100), {"max_edge_length": 0.2}),
        (distances(some_cloud(50)), {"metric": "precomputed"}),
        (sparse.csr_array(distances(some_cloud(50))), {"metric": "precomputed"}),
    ],
)
def test_what_cannot_fit_is_refused_before_it_starts(X, options, monkeypatch):
    monkeypatch.setattr(_memory, "free_memory", lambda: 10_000)
    monkeypatch.setattr(_memory, "_ALWAYS_FREE", 0)
    monkeypatch.setattr("tda.homology._tasks.distances_of", lambda *_: pytest.fail("it started"))
    with pytest.raises(
        MemoryError, match=r"Rips complex of \d+ points would take about .* (KB|MB) "
    ):
        rips_diagram(X, **options)


def test_the_refusal_of_all_simplices_says_the_way_out(monkeypatch):
    monkeypatch.setattr(_memory, "free_memory", lambda: 3_000_000)
    monkeypatch.setattr(_memory, "_ALWAYS_FREE", 0)
    with pytest.raises(MemoryError, match=r"3 MB are free\. .*max_edge_length"):
        rips_diagram(some_cloud(100), max_dimension=9, field=3, representatives=True)


def test_few_edges_of_many_points_are_not_refused(monkeypatch):
    monkeypatch.setattr(_memory, "free_memory", lambda: 3_000_000)
    monkeypatch.setattr(_memory, "_ALWAYS_FREE", 0)
    X = some_cloud(2100, 3)  # in the plane no list of edges is made
    assert len(rips_diagram(X, max_edge_length=0.01, field=3)[0]) == 2100
    with pytest.raises(MemoryError):
        rips_diagram(X, max_edge_length=0.5, field=3)


def test_where_the_system_does_not_tell_nothing_is_refused(monkeypatch):
    monkeypatch.setattr(_memory, "free_memory", lambda: None)
    monkeypatch.setattr(_memory, "_ALWAYS_FREE", 0)
    assert _plan.require_memory(10**30, RipsTask(np.zeros((2, 2)))) is None


@pytest.mark.parametrize(
    "n_bytes, text",
    [(999, "999 B"), (1500, "1.5 KB"), (2.5e9, "2.5 GB"), (7e15, "7 PB"), (7e18, "7e+03 PB")],
)
def test_memory_is_written_in_a_readable_unit(n_bytes, text):
    assert _memory.readable(n_bytes) == text


def test_free_memory_is_a_number_of_bytes_here():
    free = _memory.free_memory()
    assert free is None or free > 1_000_000


def test_many_clouds_give_what_each_gives_alone():
    clouds = [some_cloud(n, seed=n) for n in (1, 2, 17)]
    dgms = RipsPersistence(max_dimension=2).fit_transform(clouds)
    assert list(dgms) == [rips_diagram(X, max_dimension=2) for X in clouds]


def test_distance_matrices_as_samples():
    clouds = [some_cloud(n, seed=n) for n in (5, 12)]
    matrices = [distances(clouds[0]), sparse.csr_array(distances(clouds[1]))]
    dgms = RipsPersistence(metric="precomputed").fit_transform(matrices)
    assert list(dgms) == list(RipsPersistence().fit_transform(clouds))


@pytest.mark.parametrize("exponent", [350, -350])
@pytest.mark.parametrize("n, d", [(5001, 3), (5001, 2), (300, 3)])
def test_powers_of_two_move_no_digit_in_any_engine(n, d, exponent):
    """At 2**350 = 1e105 the cells of 5,001 points in space had infinite volumes."""
    X = np.random.default_rng(0).uniform(size=(n, d))
    one = rips_diagram(X, max_edge_length=0.1)
    other = rips_diagram(np.ldexp(X, exponent), max_edge_length=np.ldexp(0.1, exponent))
    np.testing.assert_array_equal(np.ldexp(one.deaths, exponent), other.deaths)


@pytest.mark.parametrize("exponent", [350, -350])
def test_cocycles_are_found_at_scales_beyond_single_precision(exponent):
    X = np.random.default_rng(1).normal(size=(40, 2))
    one = rips_diagram(X, field=3, cocycles=True)
    other = rips_diagram(np.ldexp(X, exponent), field=3, cocycles=True)
    np.testing.assert_array_equal(np.ldexp(one.deaths, exponent), other.deaths)
    for cocycle, like in zip(one.cocycles, other.cocycles, strict=True):
        np.testing.assert_array_equal(cocycle, like)
