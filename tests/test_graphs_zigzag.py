"""Zigzags against linear algebra on all simplices, dionysus, and answers that are known."""

import json
from itertools import combinations, pairwise
from pathlib import Path

import networkx as nx
import numpy as np
import pytest

from tda import Diagrams, ZigzagPersistence, rips_diagram, zigzag_diagram
from tda.graphs import as_graph

# -- the oracle: every simplex, every space, every composite of relations ------------------------


def cliques(vertices, edges):
    """The simplices up to triangles of a graph, as sorted tuples, by dimension."""
    triangles = [
        t for t in combinations(sorted(vertices), 3) if all(p in edges for p in combinations(t, 2))
    ]
    return [[(v,) for v in sorted(vertices)], sorted(edges), triangles]


def reduce_by(vector, rows):
    while vector and vector.bit_length() in rows:
        vector ^= rows[vector.bit_length()]
    return vector


def span(vectors, rows=None):
    rows = {} if rows is None else dict(rows)
    for vector in vectors:
        vector = reduce_by(vector, rows)
        if vector:
            rows[vector.bit_length()] = vector
    return rows


def kernel(vectors):
    """The sums of places whose vectors add up to 0."""
    rows, found = {}, []
    for i, vector in enumerate(vectors):
        places = 1 << i
        while vector and vector.bit_length() in rows:
            other, others = rows[vector.bit_length()]
            vector, places = vector ^ other, places ^ others
        if vector:
            rows[vector.bit_length()] = vector, places
        else:
            found.append(places)
    return found


def homology(simplices, degree, place):
    """Boundaries as rows, and cycles that complete them; chains are bits, by `place`."""

    def chain(simplex):
        faces = combinations(simplex, len(simplex) - 1) if len(simplex) > 1 else ()
        return sum(1 << place[face] for face in faces)

    own = simplices[degree]
    cycles = [
        sum(1 << place[own[i]] for i in range(len(own)) if (sum_ >> i) & 1)
        for sum_ in kernel([chain(s) for s in own])
    ]
    boundaries = span([chain(s) for s in simplices[degree + 1]])
    rows, basis = dict(boundaries), []
    for cycle in cycles:
        left = reduce_by(cycle, rows)
        if left:
            rows[left.bit_length()] = left
            basis.append(cycle)
    return boundaries, basis


def coordinates(cycle, boundaries, basis):
    """Bits of a cycle in the basis, modulo the boundaries."""
    rows = {top: (row, 0) for top, row in boundaries.items()}

    def reduced(vector):
        places = 0
        while vector and vector.bit_length() in rows:
            row, of_row = rows[vector.bit_length()]
            vector, places = vector ^ row, places ^ of_row
        return vector, places

    for i, other in enumerate(basis):
        left, places = reduced(other)
        rows[left.bit_length()] = left, places | 1 << i
    left, places = reduced(cycle)
    assert left == 0
    return places


def bars_by_relations(complexes, degree):
    """Bars (first, end) of X0 -> X01 <- X1 -> …, from the ranks of all composite relations."""
    every = sorted({s for c in complexes for s in c[degree] + c[degree + 1]})
    faces = {f for s in every for f in combinations(s, len(s) - 1) if f}
    place = {s: i for i, s in enumerate(sorted(set(every) | faces))}
    spaces = [homology(c, degree, place) for c in complexes]
    n = len(spaces)
    maps = []
    for k in range(1, n):
        small, large = (k - 1, k) if k % 2 else (k, k - 1)
        maps.append([coordinates(z, *spaces[large]) for z in spaces[small][1]])

    def image(vector, k):
        return np.bitwise_xor.reduce(
            [m for i, m in enumerate(maps[k - 1]) if (vector >> i) & 1] or [0]
        )

    ranks = np.zeros((n + 2, n + 2), dtype=int)  # of the relation between i and j, from 1 on
    for i in range(n):
        size = len(spaces[i][1])
        relation = [(1 << b, 1 << b) for b in range(size)]
        ranks[i + 1, i + 1] = size
        for k in range(i + 1, n):
            if k % 2:
                relation = [(a, int(image(b, k))) for a, b in relation]
            else:
                new = len(spaces[k][1])
                seconds = [b for _, b in relation] + [int(image(1 << c, k)) for c in range(new)]
                pairs = []
                for sum_ in kernel(seconds):
                    chosen = [r for r in range(len(seconds)) if (sum_ >> r) & 1]
                    first = [relation[r][0] for r in chosen if r < len(relation)]
                    second = [1 << (r - len(relation)) for r in chosen if r >= len(relation)]
                    pairs.append((xor(first), xor(second)))
                relation = pairs
            width = 64
            joint = [a << width | b for a, b in relation]
            total = len(span(joint))
            only_first = total - len(span(b for _, b in relation))
            only_second = total - len(span(a for a, _ in relation))
            ranks[i + 1, k + 1] = total - only_first - only_second
    bars = []
    for i in range(1, n + 1):
        for j in range(i, n + 1):
            many = ranks[i, j] - ranks[i - 1, j] - ranks[i, j + 1] + ranks[i - 1, j + 1]
            assert many >= 0
            bars += [(i - 1, j)] * many
    return sorted(bars)


def xor(numbers):
    total = 0
    for number in numbers:
        total ^= number
    return total


def as_bars(bars, n_steps):
    """Bars of spaces as births and deaths in steps."""
    return sorted((b / 2, np.inf if d == 2 * n_steps - 1 else d / 2) for b, d in bars)


def check(diagram, steps):
    """`steps` are pairs of a set of vertices and a set of edges."""
    complexes = []
    for i, (vertices, edges) in enumerate(steps):
        if i:
            complexes.append(cliques(steps[i - 1][0] | vertices, steps[i - 1][1] | edges))
        complexes.append(cliques(vertices, edges))
    for degree in (0, 1):
        expected = as_bars(bars_by_relations(complexes, degree), len(steps))
        assert sorted(map(tuple, diagram[degree].tolist())) == expected


@pytest.mark.parametrize("seed", range(12))
def test_clouds_on_a_lattice_against_relations(seed):
    """Samples of one lattice with repeated points: steps share points, and distances tie."""
    rng = np.random.default_rng(seed)
    lattice = np.stack(np.meshgrid(np.arange(4), np.arange(5)), -1).reshape(-1, 2)
    squared = (1, 4, 2)[seed % 3]
    chosen = [rng.choice(20, rng.integers(1, 15)) for _ in range(5)]
    diagram = zigzag_diagram([lattice[c] for c in chosen], scale=float(np.sqrt(squared)))
    steps = [set(c.tolist()) for c in chosen]
    sets = [s for pair in pairwise(steps) for s in (pair[0], pair[0] | pair[1])]
    complexes = []
    for vertices in [*sets, steps[-1]]:
        pairs = combinations(sorted(vertices), 2)
        near = {(a, b) for a, b in pairs if ((lattice[a] - lattice[b]) ** 2).sum() <= squared}
        complexes.append(cliques(vertices, near))
    for degree in (0, 1):
        expected = as_bars(bars_by_relations(complexes, degree), len(steps))
        assert sorted(map(tuple, diagram[degree].tolist())) == expected


@pytest.mark.parametrize("seed", range(16))
def test_random_graphs_against_relations(seed):
    """Graphs that share vertices and edges, many loops and voids, vertices of their own."""
    rng = np.random.default_rng(100 + seed)
    n, share = 9, (0.25, 0.4, 0.55)[seed % 3]
    steps, graphs = [], []
    for _ in range(rng.integers(1, 6)):
        vertices = set(np.flatnonzero(rng.random(n) < 0.8).tolist())
        edges = {p for p in combinations(sorted(vertices), 2) if rng.random() < share}
        steps.append((vertices, edges))
        graph = nx.Graph(sorted(edges, key=lambda e: rng.random()))
        graph.add_nodes_from(rng.permutation(sorted(vertices)).tolist())
        graphs.append(graph)
    check(zigzag_diagram(graphs), steps)


def test_loops_of_large_graphs_fill_more_than_one_word():
    """Without triangles each loop keeps its own bit; relations beyond 64 bits, and a way back."""
    ladder = nx.grid_2d_graph(12, 13)
    part = ladder.subgraph([v for v in ladder if v[0] < 7])
    diagram = zigzag_diagram([ladder, part, ladder])
    inside, all_ = 6 * 12, 11 * 12
    assert sorted(diagram[1].tolist()) == sorted(
        [[0, np.inf]] * inside + [[0, 1]] * (all_ - inside) + [[1.5, np.inf]] * (all_ - inside)
    )
    bars = zigzag_diagram([nx.disjoint_union_all([nx.cycle_graph(4)] * 150)])
    assert bars[1].tolist() == [[0, np.inf]] * 150


def test_a_filled_loop_and_the_same_loop_elsewhere():
    ring = nx.cycle_graph(4)
    wheel = nx.wheel_graph(5)  # vertex 0 is the hub
    ring_of_wheel = nx.cycle_graph([1, 2, 3, 4])
    assert zigzag_diagram([ring_of_wheel, wheel, ring_of_wheel])[1].tolist() == [
        [0, 0.5],
        [2, np.inf],
    ]
    moved = nx.relabel_nodes(ring, lambda v: v + 10)
    assert zigzag_diagram([ring, moved])[1].tolist() == [[0, 1], [0.5, np.inf]]


def test_one_step_is_the_homology_at_the_scale():
    X = np.random.default_rng(3).normal(size=(150, 3))
    for scale in (0.3, 0.6, 0.9, 1.4):
        bars = rips_diagram(X, max_edge_length=scale)
        diagram = zigzag_diagram([X], scale=scale)
        for degree in (0, 1):
            assert len(diagram[degree]) == np.isposinf(bars[degree][:, 1]).sum()
        assert diagram.threshold == scale and diagram.unit == "step"
    assert diagram.filtration == "zigzag"


def test_the_betti_numbers_of_each_step_are_those_of_its_own_cloud():
    rng = np.random.default_rng(5)
    clouds = [rng.uniform(size=(rng.integers(30, 90), 2)) for _ in range(6)]
    diagram = zigzag_diagram(clouds, scale=0.17)
    for i, X in enumerate(clouds):
        bars = rips_diagram(X, max_edge_length=0.17)
        for degree in (0, 1):
            births, deaths = diagram[degree].T
            alive = ((births <= i) & (i < deaths)).sum()
            assert alive == np.isposinf(bars[degree][:, 1]).sum()


def test_backwards_in_time():
    """The same sequence from its end: bars are mirrored, and the last half step moves."""
    rng = np.random.default_rng(8)
    clouds = [rng.uniform(size=(60, 2)) for _ in range(7)]
    there, back = (zigzag_diagram(c, scale=0.22) for c in (clouds, clouds[::-1]))
    for degree in (0, 1):
        births, deaths = there[degree].T
        last = np.where(np.isinf(deaths), 6, deaths - 0.5)
        mirrored = np.column_stack([6 - last, 6 - births + 0.5])
        mirrored[births == 0, 1] = np.inf
        assert sorted(mirrored.tolist()) == sorted(back[degree].tolist())


def test_a_ring_that_opens_and_the_scale_that_is_chosen():
    """One loop lives from the first step until the gap is wider than the scale."""
    rng = np.random.default_rng(0)
    clouds = []
    for gap in np.linspace(0, np.pi, 9):
        angles = rng.uniform(gap / 2, 2 * np.pi - gap / 2, 200)
        clouds.append(np.c_[np.cos(angles), np.sin(angles)] + rng.normal(0, 0.05, (200, 2)))
    births, deaths = zigzag_diagram(clouds)[1].T
    longest = np.argmax(deaths - births)
    assert births[longest] == 0 and 1 <= deaths[longest] <= 3
    assert (np.delete(deaths - births, longest) <= 1).all()


def test_metrics_units_and_copies_of_points():
    rng = np.random.default_rng(2)
    clouds = [rng.uniform(size=(n, 2)) for n in (30, 1, 25)]
    diagram = zigzag_diagram(clouds, scale=0.3)
    for factor in (1e-100, 1e100):
        other = zigzag_diagram([factor * X for X in clouds], scale=0.3 * factor)
        assert np.array_equal(other.births, diagram.births)
        assert np.array_equal(other.deaths, diagram.deaths)
    doubled = [np.r_[X, X[::-1], X[:3]] for X in clouds]
    assert zigzag_diagram(doubled, scale=0.3)[1].tolist() == diagram[1].tolist()
    square = [np.array([[0, 0], [0, 1], [1, 1], [1, 0.0]])]
    assert zigzag_diagram(square, scale=1, metric="manhattan")[1].tolist() == [[0, np.inf]]
    assert zigzag_diagram(square, scale=1, metric="chebyshev")[1].tolist() == []
    assert zigzag_diagram([[[1.0]]])[0].tolist() == [[0, np.inf]]


def test_graphs_without_vertices_and_edge_lists():
    empty = nx.Graph()
    assert len(zigzag_diagram([empty])) == 0
    assert zigzag_diagram([empty, nx.path_graph(2), empty])[0].tolist() == [[0.5, 2]]
    ring = as_graph([[0, 1], [1, 2], [2, 3], [3, 0]])
    assert zigzag_diagram([ring, as_graph([[0, 1]])])[1].tolist() == [[0, 1]]


@pytest.mark.parametrize(
    ("X", "options", "message"),
    [
        ([], {}, "no step"),
        (np.zeros((3, 2)), {}, "a zigzag is of a sequence"),
        (nx.path_graph(3), {}, "a zigzag is of a sequence"),
        ([np.zeros((3, 2)), nx.path_graph(3)], {}, r"X\[0\] and X\[1\] differ in kind"),
        ([np.zeros((3, 2)), np.zeros((3, 3))], {}, "coordinates"),
        ([np.array([[np.nan, 0]])], {}, "NaN"),
        ([np.zeros((3, 2))], {"scale": 0}, "scale=0"),
        ([np.zeros((3, 2))], {"scale": "wide"}, "scale='wide'"),
        ([np.zeros((3, 2))], {"max_dimension": -1}, "from 0 on"),
        ([np.zeros((3, 2))], {"metric": "precomputed"}, "pass graphs"),
    ],
)
def test_refusals(X, options, message):
    with pytest.raises(ValueError, match=message):
        zigzag_diagram(X, **options)


def test_the_transformer_takes_sequences_and_gives_diagrams():
    rng = np.random.default_rng(1)
    films = [[rng.uniform(size=(20, 2)) for _ in range(n)] for n in (1, 3, 2)]
    films.append([nx.cycle_graph(5), nx.cycle_graph(6)])
    diagrams = ZigzagPersistence().fit_transform(films)
    assert isinstance(diagrams, Diagrams) and len(diagrams) == 4
    for film, diagram in zip(films, diagrams, strict=True):
        assert diagram[1].tolist() == zigzag_diagram(film)[1].tolist()
    for wrong in (films[0], np.zeros((3, 4, 2)), []):
        with pytest.raises(ValueError, match="sequence"):
            ZigzagPersistence().fit(wrong)


def test_equal_to_dionysus():
    """Pinned by tests/reference/make_zigzag_dionysus.py."""
    path = Path(__file__).parent / "reference" / "zigzag_dionysus.json"
    for case in json.loads(path.read_text()):
        clouds = [np.array(points) for points in case["clouds"]]
        diagram = zigzag_diagram(clouds, scale=case["scale"])
        for degree in (0, 1):
            bars = [(b, np.inf if d is None else d) for b, d in case["bars"][degree]]
            assert sorted(map(tuple, diagram[degree].tolist())) == sorted(bars)
