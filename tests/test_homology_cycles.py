"""Representative cycles of every kind of complex, against brute force over Z/2."""

from itertools import combinations, product

import gudhi
import networkx as nx
import numpy as np
import pytest

from tda import (
    AlphaPersistence,
    alpha_diagram,
    cubical_diagram,
    datasets,
    dtm_diagram,
    representative_cycle,
    representative_cycles,
    rips_diagram,
)
from tda.homology import distance_to_measure
from tda.homology.cycles import AlphaCycles, _loops, _rips
from tda.homology.cycles._shorten import shortened
from tda.homology.cycles._tight import tight_scale
from tda.homology.engines.alpha_delaunay import alpha_complex


def rng(seed=0):
    return np.random.default_rng(seed)


# -- chains over Z/2 as integers whose bits are the simplices ------------------------------------


class Span:
    """The span of vectors over Z/2."""

    def __init__(self, vectors=()):
        self.by_top = {}
        for vector in vectors:
            self.add(vector)

    def rest(self, vector):
        while vector and vector.bit_length() in self.by_top:
            vector ^= self.by_top[vector.bit_length()]
        return vector

    def add(self, vector):
        vector = self.rest(vector)
        if vector:
            self.by_top[vector.bit_length()] = vector

    def __contains__(self, vector):
        return self.rest(vector) == 0


class Chains:
    """Chains of the simplices of a gudhi tree, as integers."""

    def __init__(self, tree):
        self.value = {tuple(sorted(s)): v for s, v in tree.get_filtration()}
        self.number = {s: i for i, s in enumerate(self.value)}

    def chain(self, simplices):
        total = 0
        for simplex in simplices:
            total ^= 1 << self.number[tuple(sorted(map(int, simplex)))]
        return total

    def boundary(self, simplex):
        return self.chain(combinations(simplex, len(simplex) - 1))

    def boundaries(self, k, keep):
        return [self.boundary(s) for s, v in self.value.items() if len(s) == k + 2 and keep(v)]

    def cycles(self, k, keep):
        """A basis of the cycles among the simplices whose values are kept."""
        shift, span, found = len(self.number), {}, []
        for s, v in self.value.items():
            if len(s) != k + 1 or not keep(v):
                continue
            # The boundary above the chain that it is of: what reduces to a chain alone is a cycle.
            vector = (self.boundary(s) << shift) | (1 << self.number[s])
            while vector >> shift and vector.bit_length() in span:
                vector ^= span[vector.bit_length()]
            if vector >> shift:
                span[vector.bit_length()] = vector
            else:
                found.append(vector)
        return found

    def is_cycle(self, simplices):
        total = 0
        for simplex in simplices:
            total ^= self.boundary(tuple(sorted(map(int, simplex))))
        return total == 0


def steps_of(path):
    return [tuple(sorted(e)) for e in zip(path, np.roll(path, -1).tolist(), strict=True)]


def odd_edges(path):
    """A closed path as a chain: edges that it runs along twice cancel."""
    steps = steps_of(path)
    return [step for step in set(steps) if steps.count(step) % 2]


def length_of(X, path):
    return float(np.linalg.norm(X[path] - X[np.roll(path, -1)], axis=1).sum())


def turns_of(points):
    """How often a closed path in the plane goes round the origin."""
    angles = np.angle(points @ [1, 1j])
    turns = np.angle(np.exp(1j * (np.roll(angles, -1) - angles))).sum() / (2 * np.pi)
    return abs(round(turns))


def alpha_tree(X):
    """The complex of our own triangulation: of cospherical points there are several."""
    tree = gudhi.SimplexTree()
    for i in range(len(X)):
        tree.insert([i], 0.0)
    for simplices, values in alpha_complex(X):
        for simplex, value in zip(simplices.tolist(), values.tolist(), strict=True):
            tree.insert(simplex, value)
            tree.assign_filtration(simplex, value)
    return tree


def rips_tree(X, top=2):
    D = np.linalg.norm(X[:, None] - X[None], axis=2)
    return gudhi.RipsComplex(distance_matrix=D).create_simplex_tree(max_dimension=top)


def born_with(chains, cycle, degree, birth):
    """A cycle that is there at the birth, and is no sum of a boundary and of earlier cycles."""
    slack = 1e-9 * (abs(birth) + 1e-12)
    assert chains.is_cycle(cycle)
    assert max(chains.value[tuple(sorted(map(int, s)))] for s in cycle) <= birth + slack
    early = chains.cycles(degree, lambda v: v < birth - slack)
    span = Span(early + chains.boundaries(degree, lambda v: v <= birth + slack))
    assert chains.chain(cycle) not in span


def clouds(d, count, n=12):
    for seed in range(count):
        X = rng(seed).random((n, d))
        yield np.rint(4 * X) if seed % 4 == 3 else X  # one in four is tied, with duplicates


# -- tight loops ---------------------------------------------------------------------------------


def check_tight(X, diagram, chains, bar, path, scale, *, prefers_filled):
    birth, death = diagram.births[bar], diagram.deaths[bar]
    slack = 1e-9 * death
    path = path.tolist()
    assert all(chains.value[step] <= scale + slack for step in steps_of(path))
    base = chains.chain(odd_edges(representative_cycle(X, diagram, bar).tolist()))
    early = chains.cycles(1, lambda v: v < birth - slack)
    before = chains.boundaries(1, lambda v: v < death - slack)
    same = Span(before + early)
    assert chains.chain(odd_edges(path)) not in Span(before)
    filled = Span(chains.boundaries(1, lambda v: v <= death + slack))
    graph = nx.Graph([s for s, v in chains.value.items() if len(s) == 2 and v <= scale + slack])
    best = {"same": np.inf, "filled": np.inf}
    own = length_of(X, path)
    for cycle in nx.simple_cycles(graph, length_bound=9):
        length = length_of(X, cycle)
        if length < own * (1 + 1e-9) * 2:
            chain = chains.chain(steps_of(cycle))
            if chain ^ base in same:
                best["same"] = min(best["same"], length)
                if chain in filled:
                    best["filled"] = min(best["filled"], length)
    chain = chains.chain(odd_edges(path))
    assert chain ^ base in same
    wanted = best["same"]
    if prefers_filled and best["filled"] <= 2 * best["same"]:
        wanted = best["filled"]
    assert own <= wanted * (1 + 1e-9)  # less only where it passes a point twice
    if len(set(path)) == len(path) and len(path) <= 9:
        assert own >= best["same"] * (1 - 1e-9)
        if chain in filled:
            assert own >= best["filled"] * (1 - 1e-9)


@pytest.mark.parametrize("d", [2, 3])
def test_tight_loops_of_alpha_complexes_are_the_shortest_of_their_class(d):
    count = 0
    for X in clouds(d, 12, n=15 - 2 * d):
        diagram = alpha_diagram(X, representatives=True)
        chains = Chains(alpha_tree(X))
        for bar in np.flatnonzero(diagram.dims == 1):
            if np.count_nonzero(diagram.births == diagram.births[bar]) > 1:
                continue  # classes that are born together may be told apart in several ways
            mean = np.sqrt(diagram.births[bar] * diagram.deaths[bar])
            for scale in (None, diagram.births[bar]):
                path = representative_cycle(X, diagram, bar, how="tight", scale=scale)
                at = mean if scale is None else scale
                check_tight(X, diagram, chains, bar, path, at, prefers_filled=True)
                count += 1
    assert count > 15


@pytest.mark.parametrize("d", [2, 3])
def test_tight_loops_of_rips_complexes_are_the_shortest_of_their_class(d):
    count = 0
    for X in clouds(d, 24, n=10):
        diagram = rips_diagram(X, representatives=True)
        chains = Chains(rips_tree(X))
        for bar in np.flatnonzero(diagram.dims == 1):
            if np.count_nonzero(diagram.births == diagram.births[bar]) > 1:
                continue
            path = representative_cycle(X, diagram, bar, how="tight")
            scale = np.sqrt(diagram.births[bar] * diagram.deaths[bar])
            check_tight(X, diagram, chains, bar, path, scale, prefers_filled=False)
            count += 1
    assert count > 10


def test_a_tight_loop_of_a_circle_is_its_polygon():
    angles = np.sort(rng().uniform(0, 2 * np.pi, 120))
    X = np.column_stack([np.cos(angles), np.sin(angles)])
    X += rng(1).normal(scale=0.02, size=X.shape)
    for make in (alpha_diagram, rips_diagram):
        diagram = make(X, representatives=True)
        bar = int(np.argmax(np.where(diagram.dims == 1, diagram.lifetimes, -1)))
        path = representative_cycle(X, diagram, bar, how="tight")
        assert turns_of(X[path]) == 1
        assert 0.9 * 2 * np.pi < length_of(X, path) < 1.05 * 2 * np.pi
        assert length_of(X, path) <= length_of(X, representative_cycle(X, diagram, bar))


def test_a_tight_loop_of_an_annulus_is_a_band_around_its_inner_rim():
    X = datasets.make_annulus(600, inner=0.5, outer=1.0, random_state=0).points
    diagram = alpha_diagram(X)
    ((bar, path),) = representative_cycles(X, diagram, n_bars=1).items()
    assert turns_of(X[path]) == 1
    assert np.pi < length_of(X, path) < 1.2 * np.pi  # as short as it can be on points
    assert length_of(X, path) < length_of(X, representative_cycle(X, diagram, bar))


def solid_torus(n, seed=0):
    angles, inside = rng(seed).uniform(0, 2 * np.pi, n), rng(seed + 1).normal(size=(n, 3))
    inside *= 0.4 * rng(seed + 2).random((n, 1)) ** (1 / 3)
    inside /= np.linalg.norm(inside, axis=1)[:, None]
    return np.column_stack([np.cos(angles), np.sin(angles), np.zeros(n)]) + 0.4 * inside


@pytest.mark.parametrize("make", [solid_torus, lambda n: datasets.make_torus(n, random_state=1)])
def test_branch_and_bound_finds_what_a_search_from_every_vertex_does(make, monkeypatch):
    """Many paths round a torus are nearly as short as the shortest."""
    X = np.asarray(make(300))
    cycles, diagram = AlphaCycles(X), alpha_diagram(X)
    ones = np.flatnonzero(diagram.dims == 1)
    for bar in ones[np.argsort(-diagram.lifetimes[ones])[:3]]:
        pair = cycles._loop(diagram, bar)
        scale = tight_scale(None, diagram.births[bar], diagram.deaths[bar])
        n_edges = np.searchsorted(cycles.complex.values[1], scale, side="right")
        words, target = cycles.loops.of(pair, filled=False)
        start = cycles.complex.simplices[1][cycles.loops.free[pair], 0]
        options = {"n_edges": n_edges, "words": words, "target": target}
        alone = min(cycles.walks.search([v], -1, **options)[0] for v in range(len(X)))
        # With A* at once, and without; with the cut that is at hand, and the shortest front.
        for unguided, short in product((0, 10**6), (0, 10**6)):
            monkeypatch.setattr(_loops, "_UNGUIDED", unguided)
            monkeypatch.setattr(_loops, "_SHORT_CUT", short)
            best, path, low = _loops.shortest_loop(cycles.walks, n_edges, words, target, start, X)
            assert best == low == pytest.approx(alone, rel=1e-12)
            assert length_of(X, path) == pytest.approx(best, rel=1e-12)
            word = np.bitwise_xor.reduce(words[cycles.walks.numbers(path)])
            assert word == target


def test_the_shortest_front_is_a_cut_that_no_loop_of_the_class_misses(monkeypatch):
    """Rings of points, each joined to the next all the way round: a cut is a ring."""
    monkeypatch.setattr(_loops, "_SHORT_CUT", 0)
    sizes = [9, 3, 9, 9, 4, 9]
    rings = np.split(np.arange(sum(sizes)), np.cumsum(sizes)[:-1])
    edges = [(a, b) for i in range(6) for a in rings[i - 1] for b in rings[i]]
    edges = np.sort(rng().permutation(np.array(edges)), axis=1)
    words = ((edges[:, 0] < 9) & (edges[:, 1] >= 34)).astype(np.uint64)
    words |= rng().integers(2**62, size=len(edges), dtype=np.uint64) << np.uint64(1)
    walks = _loops.Walks(sum(sizes), edges, 1 + rng().random(len(edges)))
    moved, ends = _loops._shorter_cut(walks, len(edges), words)
    assert len(ends) == 3
    odd = 0
    for cycle in nx.cycle_basis(nx.Graph(edges.tolist())):
        numbers = walks.numbers(cycle)
        word = np.bitwise_xor.reduce(words[numbers])
        assert word == np.bitwise_xor.reduce(moved[numbers])
        if word & np.uint64(1):
            odd += 1
            assert set(cycle) & set(ends.tolist())
    assert odd


def test_a_search_that_is_given_up_says_so(monkeypatch):
    X = np.asarray(datasets.make_torus(300, random_state=1))
    monkeypatch.setattr(_loops, "_SEARCHES", 1)
    diagram = alpha_diagram(X)
    with pytest.warns(UserWarning, match="is not known to be the shortest"):
        (path,) = representative_cycles(X, diagram, n_bars=1, degree=1).values()
    assert len(path) > 3


def test_the_two_tight_loops_of_a_torus_go_round_it_each_way():
    X = np.asarray(datasets.make_torus(1500, random_state=0))
    diagram = alpha_diagram(X)
    cycles = representative_cycles(X, diagram, n_bars=2, degree=1)
    assert len(cycles) == 2
    around = set()
    for path in cycles.values():
        ring = np.hypot(X[:, 0], X[:, 1])
        section = np.column_stack([ring - (ring.max() + ring.min()) / 2, X[:, 2]])
        around.add((turns_of(X[path][:, :2]), turns_of(section[path])))
    (a, b), (c, e) = around
    assert abs(a * e - b * c) == 1  # a basis of the loops of a torus


def test_on_a_lattice_the_tight_loop_is_the_rim_of_the_hole():
    steps = np.argwhere(np.ones((9, 9))) - 4.0
    X = rng().permutation(steps[np.abs(steps).max(axis=1) > 1])
    diagram = alpha_diagram(X)
    bar = int(np.argmax(np.where(diagram.dims == 1, diagram.lifetimes, -1)))
    path = representative_cycle(X, diagram, bar, how="tight")
    # Round the square of side 4 the corners are cut by diagonals of cells.
    assert length_of(X, path) <= 16
    assert abs(
        np.angle(np.exp(1j * np.diff(np.angle(X[np.append(path, path[0])] @ [1, 1j])))).sum()
    ) == pytest.approx(2 * np.pi)


# -- every bar has a cycle -----------------------------------------------------------------------


def as_simplices(cycle, degree):
    if degree == 1 and cycle.ndim == 1:
        return odd_edges(cycle.tolist())
    return list(map(tuple, cycle.tolist()))


@pytest.mark.parametrize("d", [1, 2, 3, 4])
def test_every_bar_of_an_alpha_complex_has_a_cycle_born_with_it(d):
    for X in clouds(d, 4, n=18 if d < 4 else 9):
        diagram = alpha_diagram(X, representatives=True)
        chains = Chains(alpha_tree(X))
        for bar, k in enumerate(diagram.dims.tolist()):
            cycle = representative_cycle(X, diagram, bar)
            if k == 0:
                assert cycle.tolist() == diagram.birth_simplices[bar, :1].tolist()
            else:
                born_with(chains, as_simplices(cycle, k), k, diagram.births[bar])


@pytest.mark.parametrize("d", [2, 3])
def test_every_bar_of_a_rips_complex_has_a_cycle_born_with_it(d):
    for X in clouds(d, 6, n=14):
        diagram = rips_diagram(X, max_dimension=3, representatives=True)
        chains = Chains(rips_tree(X, top=4))
        for bar, k in enumerate(diagram.dims.tolist()):
            cycle = representative_cycle(X, diagram, bar)
            if k > 0:
                born_with(chains, as_simplices(cycle, k), k, diagram.births[bar])


@pytest.mark.parametrize("kind", ["alpha", "rips"])
def test_cycles_of_clouds_with_ties_are_there_in_time_and_no_boundary_before_the_death(kind):
    count = 0
    for seed in range(60):
        d = 2 + seed % 2
        X = np.rint((2 + seed % 3) * rng(seed).random((4 + seed % 9, d)))
        diagram = alpha_diagram(X) if kind == "alpha" else rips_diagram(X, representatives=True)
        chains = Chains(alpha_tree(X) if kind == "alpha" else rips_tree(X))
        for bar in np.flatnonzero((diagram.dims > 0) & (diagram.lifetimes > 1e-6)):
            k, birth, death = int(diagram.dims[bar]), diagram.births[bar], diagram.deaths[bar]
            slack, count = 1e-9 * death, count + 1
            before = Span(chains.boundaries(k, lambda v, end=death - slack: v < end))
            for how in ("tight", "volume") if kind == "alpha" else ("tight",):
                cycle = as_simplices(representative_cycle(X, diagram, bar, how=how), k)
                last = max(chains.value[tuple(sorted(map(int, s)))] for s in cycle)
                assert chains.is_cycle(cycle) and chains.chain(cycle) not in before
                assert last < death - slack if how == "tight" else last <= birth + slack
    assert count > 20


def test_the_void_of_an_octahedron_is_a_closed_surface_in_the_rips_complex():
    X = np.vstack([np.eye(3), -np.eye(3)])
    diagram = rips_diagram(X, max_dimension=2, representatives=True)
    (bar,) = np.flatnonzero(diagram.dims == 2)
    triangles = representative_cycle(X, diagram, bar)
    assert triangles.shape == (8, 3)
    assert len(np.unique(triangles)) - 12 + 8 == 2


def test_a_surface_of_a_rips_sphere_is_closed():
    X = np.asarray(datasets.make_sphere(60, random_state=0))
    diagram = rips_diagram(X, max_dimension=2, representatives=True)
    bar = int(np.argmax(np.where(diagram.dims == 2, diagram.lifetimes, -1)))
    triangles = representative_cycle(X, diagram, bar)
    sides = np.sort(triangles[:, [0, 1, 0, 2, 1, 2]].reshape(-1, 2), axis=1)
    assert (np.unique(sides, axis=0, return_counts=True)[1] % 2 == 0).all()
    # It encloses the middle: the solid angles of its triangles add up to an odd number of spheres.
    a, b, c = X[triangles].transpose(1, 0, 2)
    volume = np.einsum("ij,ij->i", a, np.cross(b, c))
    below = 1 + (a * b).sum(1) + (b * c).sum(1) + (c * a).sum(1)
    assert np.abs(2 * np.arctan2(np.abs(volume), below)).sum() >= 4 * np.pi * (1 - 1e-6)


def test_a_surface_is_shortened_to_a_homologous_one_that_no_tetrahedron_shortens(monkeypatch):
    saved = 0
    for seed in range(4):
        X = np.asarray(datasets.make_sphere(14, noise=0.05, random_state=seed))
        diagram = rips_diagram(X, max_dimension=2, representatives=True)
        chains = Chains(rips_tree(X, top=3))
        for bar in np.flatnonzero(diagram.dims == 2):
            short = representative_cycle(X, diagram, bar)
            with monkeypatch.context() as patch:
                patch.setattr(_rips, "shortened", lambda cycle: cycle)
                first = representative_cycle(X, diagram, bar)
            birth = diagram.births[bar] * (1 + 1e-9)
            bounds = Span(chains.boundaries(2, lambda v, end=birth: v <= end))
            assert chains.chain(first.tolist()) ^ chains.chain(short.tolist()) in bounds
            assert chains.is_cycle(short) and len(short) <= len(first)
            chain = set(map(tuple, short.tolist()))
            for corners in combinations(range(len(X)), 4):
                assert len(chain & set(combinations(corners, 3))) <= 2
            saved += len(first) - len(short)
    assert saved > 0


def test_the_cone_of_a_triangle_becomes_the_triangle():
    tetrahedron = [[0, 1, 2], [0, 1, 3], [0, 2, 3], [1, 2, 3]]
    octahedron = [[a, b, c] for a in (4, 5) for b in (6, 7) for c in (8, 9)]
    cone = [[1, *side] for side in ([4, 6], [4, 8], [6, 8])]
    assert shortened(np.array(tetrahedron)).shape == (0, 3)
    found = shortened(np.array(octahedron[1:] + cone))
    assert found.tolist() == octahedron
    again = shortened(np.array(octahedron + tetrahedron))
    assert again.tolist() == octahedron


def weighted_tree(X, weights):
    tree = gudhi.AlphaComplex(points=X, weights=weights, precision="exact").create_simplex_tree()
    for s, v in list(tree.get_filtration()):
        tree.assign_filtration(s, np.sign(v) * abs(v) ** 0.5)
    return tree


@pytest.mark.parametrize("d", [2, 3])
def test_every_bar_with_weights_has_a_cycle_born_with_it(d):
    X = rng(d).random((25, d))
    for weights in (0.02 * rng(1).random(25), -(distance_to_measure(X, mass=0.2) ** 2)):
        diagram = alpha_diagram(X, weights=weights)
        if weights[0] < 0:
            diagram = dtm_diagram(X, mass=0.2)
        chains = Chains(weighted_tree(X, weights))
        for bar, k in enumerate(diagram.dims.tolist()):
            cycle = representative_cycle(X, diagram, bar, weights=weights)
            if k == 0:
                assert chains.value[tuple(cycle)] == pytest.approx(diagram.births[bar], abs=1e-6)
            else:
                loose = diagram.births[bar] + 1e-7
                assert chains.is_cycle(as_simplices(cycle, k))
                assert max(chains.value[tuple(sorted(s))] for s in as_simplices(cycle, k)) <= loose
        assert diagram.dims.max() == d - 1


# -- volumes -------------------------------------------------------------------------------------


def check_volume(X, diagram, bar, chains):
    """Of all chains that may fill a hole, those of fewest cells, one by one."""
    k, birth, death = int(diagram.dims[bar]), diagram.births[bar], diagram.deaths[bar]
    last = tuple(diagram.death_simplices[bar, : k + 2].tolist())
    slack = 1e-9 * death
    pool = [
        chains.boundary(s)
        for s, v in chains.value.items()
        if len(s) == k + 2 and birth - slack <= v <= death + slack and s != last
    ]
    if len(pool) > 14:
        return False
    late = sum(1 << chains.number[s] for s, v in chains.value.items() if v > birth + slack)
    least, around = len(pool) + 2, set()
    for size in range(len(pool) + 1):
        for part in combinations(pool, size):
            total = chains.boundary(last)
            for boundary in part:
                total ^= boundary
            if not total & late:
                least = size
                around.add(total)
        if around:
            break
    assert least <= len(pool)
    cycle = representative_cycle(X, diagram, bar, how="volume")
    assert chains.chain(cycle.tolist()) in around
    return True


@pytest.mark.parametrize("d", [2, 3])
def test_the_least_volumes_are_those_of_brute_force(d):
    count = np.zeros(3, dtype=int)
    for seed in range(30):
        X = rng(seed).random((12 - d, d))
        diagram = alpha_diagram(X, representatives=True)
        chains = Chains(alpha_tree(X))
        for bar in np.flatnonzero(diagram.dims > 0):
            count[diagram.dims[bar]] += check_volume(X, diagram, bar, chains)
    assert (count[1:d] > 8).all()


def test_a_component_with_how_volume_is_what_hangs_together_before_it_ends():
    X = np.concatenate([rng().random((20, 2)), rng(1).random((15, 2)) + 5])
    for diagram in (alpha_diagram(X, representatives=True), rips_diagram(X, representatives=True)):
        zeros = np.flatnonzero((diagram.dims == 0) & np.isfinite(diagram.deaths))
        bar = int(zeros[np.argmax(diagram.deaths[zeros])])
        members = representative_cycle(X, diagram, bar, how="volume").tolist()
        assert members in (list(range(20)), list(range(20, 35)))


# -- images --------------------------------------------------------------------------------------


def as_image(seed, shape, tied):
    image = rng(seed).random(shape)
    return np.rint(5 * image) if tied else image


@pytest.mark.parametrize("construction", ["cells", "vertices"])
@pytest.mark.parametrize("shape", [(6, 7), (4, 3, 4)])
@pytest.mark.parametrize("tied", [False, True])
def test_every_bar_of_an_image_has_its_pixels(construction, shape, tied):
    image = as_image(len(shape), shape, tied)
    for direction, sign in (("sublevel", 1), ("superlevel", -1)):
        diagram = cubical_diagram(
            image, construction=construction, direction=direction, representatives=True
        )
        flat = sign * image.reshape(-1)
        for bar, k in enumerate(diagram.dims.tolist()):
            cycle = representative_cycle(image, diagram, bar, construction=construction)
            assert flat[cycle].max() == sign * diagram.births[bar]
            if k == 1:
                steps = np.array(np.unravel_index(cycle, shape))
                steps = np.abs(steps - np.roll(steps, -1, axis=1))
                far = steps.max(axis=0) if construction == "cells" else steps.sum(axis=0)
                assert (far == 1).all()
                tight = representative_cycle(
                    image, diagram, bar, how="tight", construction=construction
                )
                assert flat[tight].max() < sign * diagram.deaths[bar]


def test_a_ring_in_an_image_is_found_whole():
    image = np.full((9, 9), 5.0)
    image[2:7, 2:7] = 1.0
    image[3:6, 3:6] = 4.0
    diagram = cubical_diagram(image, representatives=True)
    (bar,) = np.flatnonzero(diagram.dims == 1)
    ring = np.flatnonzero(image == 1.0)
    wall = representative_cycle(image, diagram, bar, how="volume")
    assert set(wall) < set(ring) and len(wall) == 12  # corners of the hole are not needed
    assert set(representative_cycle(image, diagram, bar, how="tight")) == set(wall)


# -- the door ------------------------------------------------------------------------------------


def test_many_cycles_are_what_each_is_alone():
    X = rng().random((60, 3))
    diagram = alpha_diagram(X, representatives=True)
    for how in ("birth", "tight"):
        cycles = representative_cycles(X, diagram, n_bars=5, how=how)
        lifetimes = [diagram.lifetimes[bar] for bar in cycles]
        assert lifetimes == sorted(lifetimes, reverse=True) and len(cycles) == 5
        for bar, cycle in cycles.items():
            np.testing.assert_array_equal(cycle, representative_cycle(X, diagram, bar, how=how))


def test_a_cycle_needs_no_simplices_of_an_alpha_diagram():
    X = rng(3).random((40, 3))
    plain, full = alpha_diagram(X), alpha_diagram(X, representatives=True)
    for bar in np.flatnonzero(plain.dims > 0):
        np.testing.assert_array_equal(
            representative_cycle(X, plain, bar), representative_cycle(X, full, bar)
        )


def test_a_loop_that_is_cut_off_has_a_tight_path():
    X = np.asarray(datasets.make_circle(60, random_state=0))
    for diagram in (
        alpha_diagram(X, max_radius=0.5),
        rips_diagram(X, max_edge_length=1.0, representatives=True),
    ):
        (bar,) = np.flatnonzero((diagram.dims == 1) & np.isinf(diagram.deaths))
        assert turns_of(X[representative_cycle(X, diagram, bar, how="tight")]) == 1


def test_distances_alone_have_cycles():
    X = rng(5).random((30, 2))
    D = np.linalg.norm(X[:, None] - X[None], axis=2)
    diagram = rips_diagram(D, metric="precomputed", representatives=True)
    for bar in np.flatnonzero(diagram.dims == 1):
        path = representative_cycle(D, diagram, bar, how="tight", metric="precomputed")
        steps = D[path, np.roll(path, -1)]
        assert steps.max() < diagram.deaths[bar] and len(path) > 3


@pytest.mark.parametrize(
    "change, message",
    [
        ({"how": "short"}, "how='short'; it must be one of"),
        ({"how": "birth", "scale": 0.1}, 'for how="tight" alone'),
        ({"how": "tight", "scale": 9.0}, "the bar is there from"),
        ({"weights": np.ones(30)}, "without weights"),
        ({"bar": 10**6}, "bars 0"),
    ],
)
def test_errors_of_the_door(change, message):
    X = rng().random((30, 2))
    diagram = alpha_diagram(X)
    options = {"bar": len(diagram) - 1, **change}
    with pytest.raises(ValueError, match=message):
        representative_cycle(X, diagram, options.pop("bar"), **options)


def test_a_diagram_of_other_data_is_refused():
    X = rng().random((30, 3))
    diagram = alpha_diagram(X)
    for bar in (int(np.flatnonzero(diagram.dims == k)[0]) for k in (1, 2)):
        with pytest.raises(ValueError, match="does not belong"):
            representative_cycle(2 * X, diagram, bar)
    image = rng().random((6, 7))
    pixels = cubical_diagram(image, representatives=True)
    with pytest.raises(ValueError, match="does not belong"):
        representative_cycle(image + 1, pixels, 0)
    with pytest.raises(ValueError, match="weights"):
        representative_cycle(X, dtm_diagram(X), 0)


def test_of_landmarks_there_is_advice():
    X = rng().random((80, 2))
    diagram = alpha_diagram(X, n_landmarks=40, representatives=True)
    with pytest.raises(ValueError, match=r"landmarks.*Y = X\[rows\]"):
        representative_cycle(X, diagram, len(diagram) - 1)


def test_a_sparse_matrix_has_tight_loops():
    from scipy.sparse import csr_array

    X = rng(7).random((40, 2))
    D = np.linalg.norm(X[:, None] - X[None], axis=2)
    near = csr_array(np.where(D < 0.4, D, 0.0))
    diagram = rips_diagram(near, metric="precomputed", representatives=True)
    full = rips_diagram(X, max_edge_length=0.4, representatives=True)
    bars = np.flatnonzero((diagram.dims == 1) & (diagram.deaths < 0.4))
    assert bars.size > 2
    for bar in bars:
        path = representative_cycle(near, diagram, bar, how="tight", metric="precomputed")
        same = np.flatnonzero((full.births == diagram.births[bar]) & (full.dims == 1))
        other = representative_cycle(X, full, int(same[0]), how="tight")
        assert length_of(X, path) == pytest.approx(length_of(X, other))


def test_what_is_no_diagram_is_refused():
    X = np.random.default_rng(0).normal(size=(9, 2))
    for wrong in (X, None, AlphaPersistence().fit_transform([X])):
        with pytest.raises(ValueError, match="this takes the Diagram of one sample"):
            representative_cycles(X, wrong)
