"""The complexes of a zigzag: a sequence of clouds or graphs, and the unions between its steps."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .._memory import require_bytes
from .._metrics import named_distances

__all__ = ["Complex", "complexes_of_clouds", "complexes_of_graphs", "usual_scale"]

#: With scale="auto": so many times the distance that this share of the points has to a neighbour.
SHARE, FACTOR = 0.95, 1.25


@dataclass
class Complex:
    """A graph whose vertices are some of those of the whole sequence."""

    vertices: np.ndarray  # sorted
    edges: np.ndarray  # the two vertices as one number, sorted
    n_vertices: int  # of the whole sequence

    def joined(self, other, *edges):
        """The union of two complexes, with more edges, sorted."""
        return Complex(
            _merged(self.vertices, other.vertices),
            _merged(self.edges, other.edges, *edges),
            self.n_vertices,
        )

    @property
    def ends(self):
        """The two vertices of each edge, as their places in `vertices`."""
        ends = np.column_stack(np.divmod(self.edges, max(self.n_vertices, 1)))
        return np.searchsorted(self.vertices, ends)


def _merged(*parts):
    """The numbers of arrays that are sorted, each once."""
    numbers = np.sort(np.concatenate(parts), kind="stable")  # merges what is sorted
    first = np.ones(len(numbers), dtype=bool)
    first[1:] = numbers[1:] != numbers[:-1]
    return numbers[first]


def complexes_of_graphs(graphs):
    """The complexes of a sequence of graphs: steps at even places, unions at odd ones."""
    names = {}
    found = []
    for graph in graphs:
        nodes = range(graph.n_vertices) if graph.nodes is None else graph.nodes
        found.append(np.array([names.setdefault(v, len(names)) for v in nodes], dtype=np.int64))
    before = None
    for numbers, graph in zip(found, graphs, strict=True):
        ends = np.sort(numbers[graph.edges], axis=1)
        edges = np.unique(ends[:, 0] * len(names) + ends[:, 1])
        step = Complex(np.sort(numbers), edges, len(names))
        if before is not None:
            yield before.joined(step)
        yield step
        before = step


def complexes_of_clouds(clouds, scale, metric):
    """The complexes of a sequence of clouds: steps at even places, unions at odd ones."""
    points, numbers = np.unique(np.concatenate(clouds) + 0.0, axis=0, return_inverse=True)
    ends = np.cumsum([len(cloud) for cloud in clouds])
    before = None
    for own in np.split(numbers.reshape(-1), ends[:-1]):
        own = np.unique(own)
        step = Complex(own, _near(points, own, scale, metric), len(points))
        if before is not None:
            edges = _near(points, _merged(before.vertices, own), scale, metric)
            # What the steps say of their own pairs holds: rounding may differ between calls.
            a, b = np.divmod(edges, len(points))
            known = np.zeros(len(edges), dtype=bool)
            for part in (before.vertices, own):
                there = np.zeros(len(points), dtype=bool)
                there[part] = True
                known |= there[a] & there[b]
            yield before.joined(step, edges[~known])
        yield step
        before = step


def _near(points, own, scale, metric):
    """The pairs of points that are joined, each as one number."""
    from scipy.spatial import cKDTree

    X = points[own]
    if metric == "euclidean":
        tree = cKDTree(X)
        n_pairs = tree.count_neighbors(tree, scale)
        require_bytes(
            100 * n_pairs, f"a graph of {n_pairs // 2} edges", "Lower scale, or thin the clouds."
        )
        i, j = tree.query_pairs(scale, output_type="ndarray").T
    else:
        require_bytes(
            20 * len(X) ** 2, f"a matrix of {len(X)} points", "Thin the clouds with tda.landmarks."
        )
        i, j = np.nonzero(np.triu(named_distances(X, metric) <= scale, 1))
    return np.sort(own[np.minimum(i, j)] * len(points) + own[np.maximum(i, j)])


def usual_scale(clouds, metric):
    """A scale at which most points are joined to their neighbours, from all steps together."""
    found = []
    for cloud in clouds:
        X = np.unique(cloud, axis=0)
        k = int(np.ceil(np.log2(len(X))))  # below len(X), and 0 for one point
        if k == 0:
            continue
        if metric == "euclidean":
            from scipy.spatial import cKDTree

            found.append(cKDTree(X).query(X, k + 1)[0][:, -1])
        else:
            found.append(np.partition(named_distances(X, metric), k, axis=1)[:, k])
    return FACTOR * np.quantile(np.concatenate(found), SHARE) if found else 1.0
