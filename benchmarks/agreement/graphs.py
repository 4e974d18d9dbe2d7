"""Graphs, meshes and sequences: gudhi, the definition, and composites of relations."""

from __future__ import annotations

import sys
from itertools import combinations, pairwise
from pathlib import Path

import gudhi
import numpy as np

from tda import extended_diagram, graph_diagram, mesh_diagram, zigzag_diagram
from tda.graphs import as_graph

from . import Case, _inputs, _oracles


def extended(rng):
    n, edges = _inputs.graph(rng, 16)
    f = _inputs.values(rng, n)
    diagram = extended_diagram(as_graph(edges, n_vertices=n), function=f)
    assert (f[diagram.birth_simplices[:, 0]] == diagram.births).all(), "vertices of birth"
    assert (f[diagram.death_simplices[:, 0]] == diagram.deaths).all(), "vertices of death"
    tree = gudhi.SimplexTree()
    for i in range(n):
        tree.insert([i], f[i])
    for i, j in edges.tolist():
        tree.insert([i, j], max(f[i], f[j]))
    tree.extend_filtration()
    kinds = tree.extended_persistence(min_persistence=-1)
    bars = [np.array([bar for _, bar in kind]).reshape(-1, 2) for kind in kinds]
    # gudhi squeezes the values into an interval and back.
    return [(diagram[k], bars[k], 1e-11 * (1 + np.abs(f).max())) for k in range(4)]


def cliques(rng):
    """A function on edges, or on vertices; graphs with directions, too."""
    n, edges = _inputs.graph(rng, 12)
    top, field = int(rng.integers(4)), _inputs.field(rng)
    directed = bool(rng.integers(2))
    if directed:
        edges = np.concatenate([edges, edges[rng.random(len(edges)) < 0.3, ::-1]])
        edges = edges[np.lexsort(edges.T[::-1])]
    on = str(rng.choice(["vertices", "edges"])) if len(edges) else "vertices"
    f = _inputs.values(rng, n if on == "vertices" else len(edges))
    graph = as_graph(edges, n_vertices=n, directed=directed)
    diagram = graph_diagram(
        graph, function=f, on=on, directed=directed, max_dimension=top, field=field
    )
    if on == "vertices":
        values = {(i,): f[i] for i in range(n)}
        values |= {(i, j): max(f[i], f[j]) for i, j in edges.tolist()}
    else:
        values = {(i,): 0.0 for i in range(n)}
        values |= {(i, j): f[k] for k, (i, j) in enumerate(edges.tolist())}
        for (i, j), value in zip(edges.tolist(), f.tolist(), strict=True):
            for v in (i, j):
                values[v,] = min(values[v,], value)
    last = [s for s in values if len(s) == 2]
    for _ in range(top):
        new = [(*s, v) for s in last for v in range(n) if all((u, v) in values for u in s)]
        for s in new:
            values[s] = max(values[s[:j] + s[j + 1 :]] for j in range(len(s)))
        last = new
    bars = _oracles.of_simplices(values, field, top)
    return [(diagram[k], bars[k], 0.0) for k in range(top + 1)]


def mesh(rng):
    n = int(rng.integers(3, 14))
    faces = np.array([rng.permutation(n)[:3] for _ in range(rng.integers(1, 25))])
    f, field = _inputs.values(rng, n), _inputs.field(rng)
    diagram = mesh_diagram((rng.normal(size=(n, 3)), faces), function=f, field=field)
    tree = gudhi.SimplexTree()
    for face in faces.tolist():
        tree.insert(face)
    for s, _ in list(tree.get_skeleton(2)):
        tree.assign_filtration(s, max(f[v] for v in s))
    bars = _oracles.bars_of_tree(tree, field, 2)
    return [(diagram[k], bars[k], 0.0) for k in range(3)]


def zigzag_of_clouds(rng):
    """Samples of one lattice, so that steps share points and distances tie."""
    lattice = np.stack(np.meshgrid(np.arange(4), np.arange(4)), -1).reshape(-1, 2)
    squared = int(rng.choice([1, 2, 4]))
    chosen = [rng.choice(16, rng.integers(1, 11)) for _ in range(rng.integers(1, 5))]
    diagram = zigzag_diagram([lattice[c] for c in chosen], scale=float(np.sqrt(squared)))
    steps = [set(c.tolist()) for c in chosen]
    sets = [s for a, b in pairwise(steps) for s in (a, a | b)] + steps[-1:]
    complexes = []
    for vertices in sets:
        pairs = combinations(sorted(vertices), 2)
        near = {(a, b) for a, b in pairs if ((lattice[a] - lattice[b]) ** 2).sum() <= squared}
        complexes.append((vertices, near))
    return _zigzag(diagram, complexes, len(steps))


def zigzag_of_graphs(rng):
    """Graphs that share vertices and edges, and have some of their own."""
    import networkx as nx

    n, share, steps, graphs = 8, rng.choice([0.25, 0.4, 0.6]), [], []
    for _ in range(rng.integers(1, 6)):
        vertices = set(np.flatnonzero(rng.random(n) < 0.8).tolist())
        edges = {p for p in combinations(sorted(vertices), 2) if rng.random() < share}
        steps.append((vertices, edges))
        graph = nx.Graph(sorted(edges))
        graph.add_nodes_from(rng.permutation(sorted(vertices)).tolist())
        graphs.append(graph)
    complexes = [steps[0]]
    for before, now in pairwise(steps):
        complexes += [(before[0] | now[0], before[1] | now[1]), now]
    return _zigzag(zigzag_diagram(graphs), complexes, len(steps))


def _zigzag(diagram, complexes, n_steps):
    """Beside the ranks of all composites of relations, as the tests of zigzags have them."""
    folder = str(Path(__file__).parents[2] / "tests")
    if folder not in sys.path:
        sys.path.append(folder)
    import test_graphs_zigzag as oracle

    simplices = [oracle.cliques(*c) for c in complexes]
    bars = [oracle.as_bars(oracle.bars_by_relations(simplices, k), n_steps) for k in (0, 1)]
    return [(diagram[k], np.reshape(bars[k], (-1, 2)), 0.0) for k in (0, 1)]


CASES = (
    Case("graphs/extended", "gudhi", extended),
    Case("graphs/cliques", "definition", cliques),
    Case("graphs/mesh", "gudhi", mesh),
    Case("zigzag/clouds", "ranks of relations", zigzag_of_clouds),
    Case("zigzag/graphs", "ranks of relations", zigzag_of_graphs),
)
