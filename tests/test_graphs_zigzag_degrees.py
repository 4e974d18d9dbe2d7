"""Zigzags in any degree over any field: linear algebra on all simplices, dionysus, spheres."""

import json
from itertools import combinations, pairwise
from pathlib import Path

import networkx as nx
import numpy as np
import pytest

import tda.graphs._zigzag_maps as maps
from tda import ZigzagPersistence, zigzag_diagram

# -- the oracle: matrices over Z/p of all simplices, and the ranks of all composite relations -----


def reduced(rows, p):
    """The reduced echelon form of a matrix over Z/p, without zero rows, and its pivots."""
    rows = np.array(rows, dtype=np.int64) % p
    pivots = []
    for column in range(rows.shape[1]):
        r = len(pivots)
        found = np.flatnonzero(rows[r:, column])
        if found.size:
            rows[[r, r + found[0]]] = rows[[r + found[0], r]]
            rows[r] = rows[r] * pow(int(rows[r, column]), -1, p) % p
            others = np.arange(len(rows)) != r
            rows[others] = (rows[others] - np.outer(rows[others, column], rows[r])) % p
            pivots.append(column)
    return rows[: len(pivots)], pivots


def rank(rows, p):
    return len(reduced(rows, p)[1])


def kernel(rows, p):
    """The combinations of rows that are 0, as rows."""
    n, width = rows.shape
    both, pivots = reduced(np.hstack([rows, np.eye(n, dtype=np.int64)]), p)
    return both[np.array(pivots, dtype=int) >= width, width:]


class Homology:
    """Cycles that are a basis of the homology of a clique complex in one degree."""

    def __init__(self, simplices, degree, p):
        self.p, self.place = p, {s: i for i, s in enumerate(simplices[degree])}
        cycles = kernel(boundary(simplices, degree, p), p)
        boundaries, _ = reduced(boundary(simplices, degree + 1, p), p)
        both = np.vstack([boundaries, cycles])
        chosen = np.array(reduced(both.T, p)[1], dtype=int)  # rows that the earlier do not span
        self.basis = both[chosen[len(boundaries) :]]
        self.boundaries = boundaries

    def coordinates(self, cycles):
        """In the basis, modulo boundaries: one row for each cycle."""
        n, size = len(cycles), len(self.basis)
        sums = kernel(np.vstack([cycles, self.basis, self.boundaries]), self.p)
        return -sums[:n, n : n + size] % self.p


def boundary(simplices, degree, p):
    """One row for each simplex: its boundary."""
    place = {s: i for i, s in enumerate(simplices[degree - 1])} if degree else {}
    rows = np.zeros((len(simplices[degree]), len(place)), dtype=np.int64)
    for row, simplex in zip(rows, simplices[degree], strict=True):
        for i in range(len(simplex) if degree else 0):
            row[place[simplex[:i] + simplex[i + 1 :]]] = (-1) ** i % p
    return rows


def cliques(graph, top):
    """The simplices of dimensions 0 to ``top + 1``, as sorted tuples."""
    found = [[(v,) for v in sorted(graph)]]
    for _ in range(top + 1):
        larger = [(*s, v) for s in found[-1] for v in graph if v > s[-1]]
        found.append([s for s in larger if all(graph.has_edge(v, s[-1]) for v in s[:-1])])
    return found


def bars_by_relations(graphs, degree, p):
    """Births and deaths, from the ranks of all composite relations of a zigzag."""
    complexes = [cliques(graphs[0], degree)]
    for before, now in pairwise(graphs):
        complexes += [cliques(nx.compose(before, now), degree), cliques(now, degree)]
    spaces = [Homology(c, degree, p) for c in complexes]
    n = len(spaces)
    maps = []
    for k in range(1, n):
        small, large = (spaces[k - 1], spaces[k]) if k % 2 else (spaces[k], spaces[k - 1])
        inclusion = np.zeros((len(small.place), len(large.place)), dtype=np.int64)
        for simplex, i in small.place.items():
            inclusion[i, large.place[simplex]] = 1
        maps.append(large.coordinates(small.basis @ inclusion))
    ranks = np.zeros((n + 2, n + 2), dtype=int)  # of the relation between i and j, from 1 on
    for i in range(n):
        size = len(spaces[i].basis)
        a = b = np.eye(size, dtype=np.int64)  # the pairs (a, b) that are related
        ranks[i + 1, i + 1] = size
        for k in range(i + 1, n):
            if k % 2:
                b = b @ maps[k - 1] % p
            else:
                sums = kernel(np.vstack([b, -maps[k - 1]]), p)
                a, b = sums[:, : len(a)] @ a % p, sums[:, len(a) :]
            total = rank(np.hstack([a, b]), p)
            ranks[i + 1, k + 1] = rank(a, p) + rank(b, p) - total
    bars = []
    for i in range(1, n + 1):
        for j in range(i, n + 1):
            many = ranks[i, j] - ranks[i - 1, j] - ranks[i, j + 1] + ranks[i - 1, j + 1]
            bars += [((i - 1) / 2, np.inf if j == n else j / 2)] * many
    return sorted(bars)


def bars_of(diagram, degree):
    return sorted(map(tuple, diagram[degree].tolist()))


# -- against it ----------------------------------------------------------------------------------


def random_films(seed):
    """Graphs with many holes on up to ten vertices; steps repeat, share much, or share nothing."""
    rng = np.random.default_rng(seed)
    n = 10
    pairs = list(combinations(range(n), 2))
    graphs = []
    for step in range(1 + seed % 5):
        vertices = np.flatnonzero(rng.random(n) < 0.9)
        if step and rng.random() < 0.2:
            graphs.append(graphs[-1].copy())
            continue
        if seed % 3 < 2:  # joins of three or four sets of points, of which some edges go
            parts = 3 + seed % 3
            edges = [p for p in pairs if (p[1] - p[0]) % parts and rng.random() < 0.95]
        elif step:  # a few edges come and go
            edges = [p for p in pairs if graphs[-1].has_edge(*p) ^ (rng.random() < 0.1)]
        else:
            edges = [p for p in pairs if rng.random() < 0.6]
        graph = nx.Graph()
        graph.add_nodes_from(rng.permutation(vertices).tolist())
        graph.add_edges_from(e for e in edges if e[0] in graph and e[1] in graph)
        graphs.append(graph)
    return graphs


@pytest.mark.parametrize("seed", range(15))
def test_random_graphs_against_relations(seed):
    graphs = random_films(seed)
    for field in (2, 3) if seed % 2 else (2, 7):
        diagram = zigzag_diagram(graphs, max_dimension=3, field=field)
        assert (diagram.field, diagram.max_dimension) == (field, 3)
        for degree in (1, 2, 3):
            assert bars_of(diagram, degree) == bars_by_relations(graphs, degree, field)


def test_the_random_graphs_have_holes_of_every_degree():
    films = [zigzag_diagram(random_films(seed), max_dimension=3) for seed in range(15)]
    assert (np.sum([[len(d[k]) for k in range(4)] for d in films], axis=0) >= 10).all()


@pytest.mark.parametrize("seed", range(4))
def test_loops_by_values_are_those_by_labels(seed):
    """Degree 1 is computed in one way alone, and in another together with higher degrees."""
    rng = np.random.default_rng(seed)
    clouds = [rng.uniform(size=(rng.integers(60, 120), 2 + seed % 2)) for _ in range(6)]
    clouds[3] = np.concatenate([clouds[2][:40], clouds[3][:30]])  # some points stay
    scale = (0.16, 0.3)[seed % 2]
    alone, together = (zigzag_diagram(clouds, scale=scale, max_dimension=k) for k in (1, 2))
    assert len(alone[1]) > 20
    for degree in (0, 1):
        assert bars_of(alone, degree) == bars_of(together, degree)


def test_equal_to_dionysus():
    """Pinned by tests/reference/make_zigzag_dionysus.py: voids over Z/2 and Z/3."""
    path = Path(__file__).parent / "reference" / "zigzag_dionysus_degrees.json"
    cases = json.loads(path.read_text())
    for case in cases:
        clouds = [np.array(points) for points in case["clouds"]]
        diagram = zigzag_diagram(clouds, scale=case["scale"], max_dimension=2, field=case["field"])
        for degree in range(3):
            bars = [(b, np.inf if d is None else d) for b, d in case["bars"][degree]]
            assert bars_of(diagram, degree) == sorted(bars)
    assert sum(len(case["bars"][2]) for case in cases) > 20


# -- answers that are known ----------------------------------------------------------------------


def cross_polytope(degree, first=0):
    """A sphere of this dimension: all edges but those between opposite vertices."""
    n = 2 * degree + 2
    edges = [(a, b) for a, b in combinations(range(n), 2) if a // 2 != b // 2]
    return nx.relabel_nodes(nx.Graph(edges), lambda v: v + first)


@pytest.mark.parametrize("degree", [1, 2, 3, 4, 5])
def test_a_sphere_that_opens_fills_in_and_moves(degree):
    sphere = cross_polytope(degree)
    disk = sphere.subgraph([v for v in sphere if v > 0])
    ball = nx.compose(sphere, nx.star_graph([-1, *sphere]))
    for steps, bars in (
        ([sphere, disk, sphere], [(0, 1), (1.5, np.inf)]),
        ([sphere, sphere, sphere], [(0, np.inf)]),
        ([disk, sphere, disk], [(0.5, 2)]),
        ([sphere, ball, sphere], [(0, 0.5), (2, np.inf)]),
        ([sphere, cross_polytope(degree, 100)], [(0, 1), (0.5, np.inf)]),
        ([sphere, nx.Graph(), sphere], [(0, 1), (1.5, np.inf)]),
        ([sphere, disk, ball], [(0, 1)]),
    ):
        for field in (2, 5):
            diagram = zigzag_diagram(steps, max_dimension=degree, field=field)
            assert bars_of(diagram, degree) == bars
            assert all(len(diagram[k]) == 0 for k in range(1, degree))


def test_two_halves_of_a_sphere_enclose_a_void_only_together():
    sphere = cross_polytope(2)
    halves = [sphere.subgraph([v for v in sphere if v != pole]) for pole in (0, 1)]
    assert bars_of(zigzag_diagram(halves, max_dimension=2), 2) == [(0.5, 1)]


def test_a_torus_that_opens_and_is_filled():
    """Without a vertex both loops stay and the void goes; a vertex over a loop fills that loop."""
    n = 5
    torus = nx.Graph()
    for i in range(n):
        for j in range(n):
            ways = ((1, 0), (0, 1), (1, 1))
            torus.add_edges_from(((i, j), ((i + a) % n, (j + b) % n)) for a, b in ways)
    opened = torus.subgraph([v for v in torus if v != (0, 0)])
    filled = nx.compose(torus, nx.star_graph(["hub", *((0, j) for j in range(n))]))
    for field in (2, 3):
        diagram = zigzag_diagram([torus, opened, torus, filled], max_dimension=2, field=field)
        assert bars_of(diagram, 1) == [(0, 2.5), (0, np.inf)]
        assert bars_of(diagram, 2) == [(0, 1), (1.5, np.inf)]


def test_a_projective_plane_depends_on_the_field():
    """Over Z/3 its loop is filled, for a disk goes twice around it; without a disk it is a strip.

    The barycentric subdivision of the plane with six vertices is a clique complex.
    """
    triangles = [
        *[(0, 1, 4), (0, 1, 5), (0, 2, 3), (0, 2, 5), (0, 3, 4)],
        *[(1, 2, 3), (1, 2, 4), (1, 3, 5), (2, 4, 5), (3, 4, 5)],
    ]
    plane = nx.Graph()
    for triangle in triangles:
        cells = [c for k in (1, 2, 3) for c in combinations(triangle, k)]
        plane.add_edges_from((a, b) for a, b in combinations(cells, 2) if set(a) < set(b))
    strip = plane.subgraph([v for v in plane if v != (0, 1, 4)])
    over_2, over_3 = (
        zigzag_diagram([plane, strip, plane], max_dimension=2, field=p) for p in (2, 3)
    )
    assert bars_of(over_2, 1) == [(0, np.inf)]
    assert bars_of(over_2, 2) == [(0, 1), (1.5, np.inf)]
    assert bars_of(over_3, 1) == [(1, 1.5)]
    assert bars_of(over_3, 2) == []


def test_a_cloud_on_a_sphere_whose_cap_goes():
    """The void ends when the gap is wider than the scale, and there is no other."""
    k = np.arange(200)
    z, angle = 1 - (2 * k + 1) / 200, k * np.pi * (3 - np.sqrt(5))
    r = np.sqrt(1 - z**2)
    sphere = np.column_stack([r * np.cos(angle), r * np.sin(angle), z])
    clouds = [sphere[z <= top] for top in (1, 0.98, 0.6, 0, 1)]
    diagram = zigzag_diagram(clouds, scale=0.7, max_dimension=2)
    assert bars_of(diagram, 2) == [(0, 2), (3.5, np.inf)]
    assert diagram[0].tolist() == [[0, np.inf]]


# -- degenerate, and refused ---------------------------------------------------------------------


def test_nothing_points_and_repeated_steps():
    empty, point = nx.Graph(), nx.empty_graph(1)
    for steps in ([empty], [point], [empty, empty], [empty, point, empty], [point] * 4):
        diagram = zigzag_diagram(steps, max_dimension=4)
        assert all(len(diagram[k]) == 0 for k in range(1, 5))
    assert zigzag_diagram([empty, point, empty], max_dimension=2)[0].tolist() == [[0.5, 2]]
    assert zigzag_diagram([[[0.0]], [[1.0]]], max_dimension=2, scale=1)[0].tolist() == [[0, np.inf]]
    complete = [nx.complete_graph(n) for n in (7, 3, 9)]
    assert [len(zigzag_diagram(complete, max_dimension=6)[k]) for k in range(7)] == [1] + 6 * [0]


def test_names_and_their_order_do_not_matter():
    rng = np.random.default_rng(4)
    graphs = [nx.gnp_random_graph(18, 0.5, seed=s) for s in (1, 2, 3)]
    first = zigzag_diagram(graphs, max_dimension=3)
    names = {v: f"v{i}" for i, v in enumerate(rng.permutation(18).tolist())}
    other = []
    for graph in graphs:
        renamed = nx.Graph()
        renamed.add_nodes_from(rng.permutation([names[v] for v in graph]).tolist())
        renamed.add_edges_from((names[a], names[b]) for a, b in graph.edges)
        other.append(renamed)
    second = zigzag_diagram(other, max_dimension=3)
    assert len(first[2]) > 10
    for degree in range(4):
        assert bars_of(first, degree) == bars_of(second, degree)


def test_the_transformer_takes_degree_and_field():
    films = [[cross_polytope(2)], [cross_polytope(2), nx.path_graph([8, 9])]]
    diagrams = ZigzagPersistence(max_dimension=2, field=3).fit_transform(films)
    assert diagrams.field == 3
    assert [bars_of(d, 2) for d in diagrams] == [[(0, np.inf)], [(0, 1)]]


def test_refusals(monkeypatch):
    many = [nx.path_graph(600)] * 2
    with pytest.raises(ValueError, match=r"two steps of 1200 vertices together, .* at most 511"):
        zigzag_diagram(many, max_dimension=6)
    for field in (4, 1, 2.0):
        with pytest.raises(ValueError, match="field="):
            zigzag_diagram(many, field=field)
    monkeypatch.setattr(maps, "free_memory", lambda: 3_000_000)
    random = [nx.gnp_random_graph(60, 0.5, seed=seed) for seed in range(2)]
    with pytest.raises(MemoryError, match=r"max_dimension=3: .* Lower max_dimension"):
        zigzag_diagram(random, max_dimension=3)
