"""Which branches and loops of a Mapper are more than chance: the bootstrap of its persistence."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from scipy import sparse

from .._html import bar_chart
from .._progress import progress
from .._report import Report
from .._words import listed, number

__all__ = ["MapperFeature", "MapperFeatures", "find_features"]

#: The places of an extended diagram, in words.
KINDS = ("branch down", "branch up", "component", "loop")


@dataclass(frozen=True)
class MapperFeature:
    """One branch, component or loop of a Mapper graph.

    Attributes
    ----------
    kind : {"branch down", "branch up", "component", "loop"}
    low, high : float
        The values of the lens that it spans.
    p_value : float
        The share of resamples whose diagrams are as far from this one as the feature is from the
        diagonal.
    nodes : tuple of int
        Of a loop: the nodes of a shortest cycle through its lowest and its highest node, or as
        much of one as there is. Of the others: the nodes where it begins and ends.
    """

    kind: str
    low: float
    high: float
    p_value: float
    nodes: tuple


@dataclass(frozen=True)
class MapperFeatures(Report):
    """The branches, components and loops of a Mapper graph, each with a p-value.

    Attributes
    ----------
    features : tuple of MapperFeature
        The longest first, by kind.
    level : float
    n_resamples : int
    distances : array of shape (n_resamples, 4)
        Between the diagram and that of each resample, by kind.
    """

    features: tuple
    level: float
    n_resamples: int
    distances: np.ndarray = field(repr=False)

    _names = ("feature",)

    @property
    def significant(self):
        """Those whose p-value is at most `level`."""
        return tuple(f for f in self.features if f.p_value <= self.level)

    @property
    def verdict(self):
        words = (
            ("loop", "loop", "loops"),
            ("branch down", "branch down", "branches down"),
            ("branch up", "branch up", "branches up"),
            ("component", "component", "components"),
        )
        found = {kind: sum(f.kind == kind for f in self.significant) for kind, _, _ in words}
        counts = [
            f"{number(found[kind])} {(one, more)[found[kind] != 1]}" for kind, one, more in words
        ]
        text = f"{listed(counts)} are more than chance, at level {self.level:g}."
        return text[0].upper() + text[1:]

    def _rows(self):
        counts, rows = dict.fromkeys(KINDS, 0), []
        for f in self.features:
            counts[f.kind] += 1
            name = {"feature": f"{f.kind} {counts[f.kind]}", "kind": f.kind}
            span = {"low": f.low, "high": f.high, "p_value": f.p_value, "n_nodes": len(f.nodes)}
            rows.append(name | span)
        return rows

    def _shown(self):
        return self._rows()[:12]

    def _columns(self):
        return {
            "feature": ("feature", "s"),
            "from": ("low", ".4g"),
            "to": ("high", ".4g"),
            "p": ("p_value", ".3g"),
            "nodes": ("n_nodes", "d"),
        }

    def _figure(self):
        rows = self._shown()
        spans = [row["high"] - row["low"] for row in rows]
        return bar_chart([row["feature"] for row in rows], spans, label="length of each feature")

    def _below(self):
        rest = len(self.features) - 12
        return f"and {rest} shorter ones" if rest > 0 else ""


def find_features(mapper, *, column, level, n_resamples, random_state, verbose):
    """The features of a fitted Mapper: the graphs of resamples keep lens, cover and threshold."""
    from sklearn.utils import check_random_state

    from ..distances import bottleneck_distance

    if not 0 <= column < max(mapper.graph_.values.shape[1], 1):
        raise ValueError(
            f"column={column}, but the lens has {mapper.graph_.values.shape[1]} column(s)."
        )
    if not 0 < level < 1:
        raise ValueError(f"level={level!r}, but it lies between 0 and 1")
    if n_resamples < 1:
        raise ValueError(f"n_resamples={n_resamples!r}; it must be an integer from 1 on")
    rng = check_random_state(random_state)
    diagram = mapper.graph_.extended_diagram(column=column)
    members = sparse.csr_array(mapper._cover_.members(mapper.lens_values_))
    n = members.shape[0]
    distances = np.zeros((n_resamples, 4))
    for b in progress(range(n_resamples), label="bootstrap", shown=verbose):
        drawn = np.unique(rng.randint(n, size=n))
        other = mapper._resampled(drawn, members).extended_diagram(column=column)
        for k in range(4):
            distances[b, k] = bottleneck_distance(_upward(diagram[k]), _upward(other[k]))
    features = []
    for k in (3, 0, 1, 2):
        here = np.flatnonzero(diagram.dims == k)
        spans = np.abs(diagram.deaths[here] - diagram.births[here])
        for bar in here[np.argsort(-spans, kind="stable")]:
            low, high = np.sort([diagram.births[bar], diagram.deaths[bar]])
            p = (1 + np.sum(2 * distances[:, k] >= high - low)) / (n_resamples + 1)
            ends = int(diagram.birth_simplices[bar, 0]), int(diagram.death_simplices[bar, 0])
            nodes = _cycle(mapper.graph_, *ends) if k == 3 else ends
            features.append(
                MapperFeature(KINDS[k], float(low), float(high), float(p), tuple(nodes))
            )
    return MapperFeatures(tuple(features), float(level), int(n_resamples), distances)


def _upward(bars):
    return np.sort(np.asarray(bars).reshape(-1, 2), axis=1)


def _cycle(graph, top, bottom):
    """The nodes of a short cycle through two nodes: two shortest paths that share no other node."""
    A = graph.adjacency().astype(bool).astype(float).tolil()
    first = _path(A.tocsr(), top, bottom)
    for v in first[1:-1]:
        A[v, :] = 0
        A[:, v] = 0
    if len(first) == 2:
        A[top, bottom] = A[bottom, top] = 0
    A = A.tocsr()
    A.eliminate_zeros()
    second = _path(A, top, bottom)
    return [int(v) for v in [*first, *second[1:-1][::-1]]]


def _path(A, start, end):
    before = sparse.csgraph.breadth_first_order(A, start, directed=False)[1]
    if before[end] < 0:
        return [start, end]
    path = [end]
    while path[-1] != start:
        path.append(int(before[path[-1]]))
    return path[::-1]
