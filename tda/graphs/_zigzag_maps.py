"""From the complexes of a zigzag to spaces and the maps between neighbours, and their bars."""

from __future__ import annotations

from functools import cached_property

import numpy as np

from .._memory import free_memory, readable, require_bytes
from ._zigzag_bars import arithmetic, zigzag_bars

__all__ = ["zigzag_of_complexes"]


def zigzag_of_complexes(complexes, max_dimension, field):
    """The bars of a sequence of complexes: for each degree a list of (first, end).

    `complexes` gives steps at even places and unions at odd ones; only two steps and their union
    are held at a time.
    """
    loops = _Loops() if max_dimension == 1 and field == 2 else None
    higher = _Degrees(max_dimension, field) if max_dimension and loops is None else None
    levels, links, count = [], [], 0
    held = []
    for k, complex_ in enumerate(complexes):
        now = _Labelled(complex_, count, loops is not None)
        count += now.n_components
        levels += [k] * now.n_components
        if k:
            small, large = (held[-1], now) if k % 2 else (now, held[-1])
            at = np.searchsorted(large.complex.vertices, small.complex.vertices)
            links.append(np.unique(np.column_stack([small.component, large.component[at]]), axis=0))
        if loops is not None:
            loops.add(now, *held[-1:])
        held = [*held, now][-3:]
        if higher is not None and k >= 2 and k % 2 == 0:
            higher.add(*held)
    if higher is not None and len(held) == 1:
        higher.add_alone(*held)
    links = np.concatenate(links) if links else np.zeros((0, 2), np.int64)
    bars = [_component_bars(np.array(levels, dtype=np.float64), links)]
    if loops is not None:
        bars.append(zigzag_bars(loops.bases, loops.images))
    if higher is not None:
        of_degrees = zip(higher.bases, higher.images, strict=True)
        bars += [zigzag_bars(bases, images, field) for bases, images in of_degrees]
    return bars


class _Labelled:
    """A complex, its vertices breadth first, the numbers of its components, labels of its edges."""

    def __init__(self, complex_, first, with_labels):
        from .._kernels.annotations import annotate, breadth_first

        self.complex, self.ends = complex_, complex_.ends
        n, m = len(complex_.vertices), len(self.ends)
        tails = np.concatenate([self.ends[:, 0], self.ends[:, 1]])
        order = np.argsort(tails, kind="stable")
        neighbors = np.concatenate([self.ends[:, 1], self.ends[:, 0]])[order]
        starts = np.searchsorted(tails[order], np.arange(n + 1))
        self.order, root = breadth_first(starts, neighbors)
        roots, component = np.unique(root, return_inverse=True)
        self.n_components, self.component = len(roots), component.reshape(-1) + first
        if with_labels:
            self.labels, self.parent, self.parent_edge, self.makers = annotate(
                starts, neighbors, order % max(m, 1), self.order, True
            )

    @cached_property
    def rank(self):
        """The place of each vertex in the order breadth first."""
        rank = np.empty_like(self.order)
        rank[self.order] = np.arange(len(rank))
        return rank

    @cached_property
    def edge_order(self):
        """The edges vertex by vertex, breadth first, each vertex with those to earlier ones.

        Of these the latest first: then most edges do nothing that takes time.
        """
        a, b = self.rank[self.ends].T
        return np.argsort(np.maximum(a, b) * len(self.order) - np.minimum(a, b))


def _component_bars(levels, links):
    """Bars of degree 0, from the components of all complexes and which holds which."""
    from .._kernels.graph_extended import extended_pairs

    kinds = extended_pairs(levels, links)
    (b0, d0), (d1, b1), (b2, d2), (d3, b3) = (levels[kind].T for kind in kinds)
    births = [b0, b1 + 1, b2, b3 + 1]
    deaths = [d0, d1 + 1, d2 + 1, d3]
    return np.column_stack([np.concatenate(births), np.concatenate(deaths)]).tolist()


# -- loops over Z/2, by labels of all edges ------------------------------------------------------


class _Loops:
    """The bits of each complex, and the maps from steps to unions."""

    def __init__(self):
        self.bases, self.images = [], []

    def add(self, now, before=None):
        self.bases.append(np.flatnonzero(now.makers >= 0).tolist())
        if before is not None:
            forward = len(self.bases) % 2 == 0
            small, large = (before, now) if forward else (now, before)
            self.images.append(_classes_in(small, self.bases[-2 if forward else -1], large))


def _classes_in(small, bits, large):
    """For each bit its loop in a complex that holds this one, as bits of that one."""
    from .._kernels.annotations import classes_of_loops

    if not bits:
        return {}
    inclusion = np.searchsorted(large.complex.edges, small.complex.edges)
    classes = classes_of_loops(
        small.order,
        small.parent,
        small.parent_edge,
        small.ends,
        small.makers,
        inclusion,
        large.labels,
    ).astype("<u8")
    return {bit: int.from_bytes(classes[bit].tobytes(), "little") for bit in bits}


# -- any degree over any field, by a pass over the edges of two steps and then of their union -----


class _Degrees:
    """The coordinates of each complex, and the maps from steps to unions, by degree from 1 on."""

    def __init__(self, top, field):
        self.top, self.field = top, field
        free = free_memory()
        self.free = 2**62 if free is None else free
        self.bases, self.images = ([[] for _ in range(top)] for _ in range(2))

    def add_alone(self, step):
        """The coordinates of a sequence of one step."""
        n, edges = len(step.complex.vertices), step.ends[step.edge_order]
        degrees, _, lives, _ = self._maps(edges, [], n)
        for k, bases in enumerate(self.bases, start=1):
            bases.append(list(range(np.count_nonzero(lives & (degrees == k)))))

    def add(self, old, union, new):
        """Two steps and what lies between them."""
        n_old, n_new = len(old.complex.vertices), len(new.complex.vertices)
        parts = [old.ends[old.edge_order], n_old + new.ends[new.edge_order]]
        edges = np.concatenate([*parts, _between(old, union, new)])
        ends = np.cumsum([len(part) for part in parts])
        degrees, part, lives, images = self._maps(edges, ends, n_old + n_new)
        vectors = arithmetic(self.field)
        number = np.empty(len(degrees), np.int64)
        for k in range(self.top):
            here = degrees == k + 1
            target = np.flatnonzero(here & lives)
            number[target] = np.arange(len(target))
            spaces = []
            for p in range(2):
                source = np.flatnonzero(here & (part == p))
                # The rows of images are in order of the class that they are of.
                first, end = np.searchsorted(images[:, 0], [source, source + 1])
                of = {}
                for i, (a, b) in enumerate(zip(first, end, strict=True)):
                    places = number[images[a:b, 1]].tolist()
                    of[i] = vectors.vector(places, images[a:b, 2].tolist())
                spaces.append(list(range(len(source))))
                self.images[k].append(of)
            # The classes of a step depend on the order of its own edges alone: they are the same
            # in both unions.
            if not self.bases[k]:
                self.bases[k].append(spaces[0])
            self.bases[k] += [list(range(len(target))), spaces[1]]

    def _maps(self, edges, ends, n):
        from .._kernels.clique_maps import clique_maps

        bits = n.bit_length()
        if (self.top + 1) * bits > 63:
            most = 2 ** (63 // (self.top + 1)) - 1
            raise ValueError(
                f"max_dimension={self.top}: two steps of {n} vertices together, but in this degree "
                f"there can be at most {most}. Lower max_dimension, or thin the steps."
            )
        way = "Lower max_dimension or the scale, or thin the steps."
        tables = 10 * n**2 + 100 * len(edges)
        require_bytes(tables, f"a pass over two steps of {n} vertices together", way)
        edges, ends = (np.ascontiguousarray(a, dtype=np.int64) for a in (edges, ends))
        most = max(self.free - tables, 0) // 2  # a table that grows is there twice
        done, *found = clique_maps(edges, ends, n, self.top, self.field, bits, most)
        if not done:
            raise MemoryError(
                f"max_dimension={self.top}: the cocycles of two steps of {n} vertices together "
                f"take more than the {readable(self.free)} of memory that are free. {way}"
            )
        return found


def _between(old, union, new):
    """The edges of a union that are in neither step, the vertices of the new step behind the old.

    A vertex of both steps is there twice, as two vertices with the same neighbours that are joined
    themselves: of such two one can go, and what is left is the union. So the steps are apart from
    each other, and the order of the edges begins with theirs. The two of a vertex come one after
    the other, each with all edges between the two copies that they allow, most of which do nothing.
    """
    a, b = union.ends.T
    place = np.full((2, len(union.order)), -1)
    apart = np.ones((2, len(a)), dtype=bool)  # the edges that a step lacks
    for p, step in enumerate((old, new)):
        at = np.searchsorted(union.complex.vertices, step.complex.vertices)
        place[p, at] = p * len(old.order) + np.arange(len(at))
        apart[p, np.searchsorted(union.complex.edges, step.complex.edges)] = False
    # A vertex that is there twice comes with all its edges; then come the edges of no such vertex.
    twice, end = (place >= 0).all(axis=0), len(a) + 1
    when = np.where(twice, union.rank * end, len(twice) * end)
    nth = np.empty(len(a), np.int64)
    nth[union.edge_order] = np.arange(1, len(a) + 1)
    found, keys = [place[:, twice].T], [when[twice]]
    for p, q in ((0, 0), (1, 1), (0, 1), (1, 0)):
        there = (place[p, a] >= 0) & (place[q, b] >= 0)
        if p == q:
            there &= apart[p]
        there = np.flatnonzero(there)
        x, y = (a[there], b[there]) if p <= q else (b[there], a[there])  # x is in the old step
        found.append(np.column_stack([place[min(p, q), x], place[max(p, q), y]]))
        first = len(twice) * end
        if p != q:
            first = np.where(twice[x], when[x], when[y])
        keys.append(first + nth[there])
    return np.concatenate(found)[np.argsort(np.concatenate(keys), kind="stable")]
