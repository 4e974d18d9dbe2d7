"""Significant loops on a cloud: pulled tight around their holes, smoothed and drawn."""

from __future__ import annotations

from itertools import pairwise

import numpy as np


def loops_of(count):
    """The significant loops of a count, pulled tight."""
    holes = [hole for hole in count.holes if hole.degree == 1]
    half = 0.5 if count.complex == "rips" else 1.0  # edge lengths are diameters
    first = min((half * hole.death for hole in holes), default=0.0)
    loops = []
    for hole in holes:
        birth = half * hole.birth
        # Long steps make straight paths, but must not leap across the hole.
        step = min(max(2 * birth, min(4 * birth, 0.6 * first)), 1.6 * first)
        loops.append(tighten(count.points, count.cycle(hole), reach=0.8 * first, step=step))
    return loops


def draw_loops(ax, points, paths):
    """Closed paths over a cloud that is drawn already; `points` keep its frame."""
    from tda.plot import plot_hole

    ends = len(points) + np.cumsum([0, *map(len, paths)])
    indices = [np.arange(first, last) for first, last in pairwise(ends)]
    plot_hole(np.vstack([points, *paths]), indices, ax=ax, cloud=False)


def tighten(points, cycle, *, reach, step, rounds=40):
    """A loop pulled tight, like a rubber band, that stays around its hole.

    A piece of the loop that lies in a ball is replaced by the shortest path in that ball. The old
    and the new piece together are a loop in the ball, which is no hole at scale `reach`. So the
    whole loop stays around the same hole.

    Parameters
    ----------
    points : array of shape (n_points, n_features)
    cycle : int array of shape (m,)
        The vertices of a closed path, as of `HoleCount.cycle`.
    reach : float
        Radius of the balls, below the scale at which the hole fills up.
    step : float
        Longest edge of a path, at most twice `reach`.
    rounds : int
        How often to go around at most.
    """
    from scipy import sparse
    from scipy.sparse.csgraph import dijkstra
    from scipy.spatial import cKDTree

    tree = cKDTree(points)
    i, j = tree.query_pairs(step, output_type="ndarray").T
    lengths = np.maximum(np.linalg.norm(points[i] - points[j], axis=1), 1e-300)
    graph = sparse.csr_array((lengths, (i, j)), shape=(len(points), len(points)))
    graph = (graph + graph.T).tocsr()
    loop, idle = list(map(int, cycle)), 0
    for _ in range(rounds):
        turn = len(loop) // 7  # other pieces in each round
        loop = loop[turn:] + loop[:turn]
        before, done = _length(points[loop]), 0
        while done < len(loop):
            half = len(loop) // 2  # the piece is around here, so that it does not wrap
            middle = points[loop[half]]
            outside = np.linalg.norm(points[loop] - middle, axis=1) >= reach
            first = half - int(np.argmax(outside[half::-1])) + 1 if outside[:half].any() else 0
            last = half + int(np.argmax(outside[half:])) - 1 if outside[half:].any() else -1
            last %= len(loop)
            ball = np.sort(tree.query_ball_point(middle, reach))
            source, goal = np.searchsorted(ball, [loop[first], loop[last]])
            _, previous = dijkstra(graph[ball][:, ball], indices=source, return_predecessors=True)
            path = [int(goal)]
            while previous[path[-1]] >= 0:
                path.append(int(previous[path[-1]]))
            if path[-1] == source and last > first:
                loop[first : last + 1] = ball[path[::-1]].tolist()
            shift = max((last - first) // 3, 1)
            loop, done = loop[shift:] + loop[:shift], done + shift
        idle = idle + 1 if _length(points[loop]) > (1 - 1e-3) * before else 0
        if idle == 3:
            break
    return np.array(loop)


def _length(path):
    return float(np.linalg.norm(path - np.roll(path, 1, axis=0), axis=1).sum())


def smooth(path, share=0.08):
    """A closed path with its corners rounded: each vertex the mean of its neighbours."""
    closed = np.vstack([path, path[:1]])
    along = np.concatenate([[0], np.cumsum(np.linalg.norm(np.diff(closed, axis=0), axis=1))])
    even = np.linspace(0, along[-1], 200, endpoint=False)
    dense = np.column_stack([np.interp(even, along, column) for column in closed.T])
    width = max(int(200 * share) // 2, 1)
    shifts = range(-width, width + 1)
    return np.mean([np.roll(dense, shift, axis=0) for shift in shifts], axis=0)
