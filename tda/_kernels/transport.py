"""The cost of moving one small distribution onto another, exactly: shortest augmenting paths."""

import numpy as np

from ._compiled import compiled

_NOTHING = 1e-12  # mass below this is rounding


@compiled
def transport_cost(a, b, costs):
    """The least cost of moving the masses `a` to the masses `b` of the same sum.

    Each path goes from mass that is left over to room that is left, along reduced costs that
    potentials keep from being negative. O((n + m)^2) a path, and about n + m paths.
    """
    n, m = a.size, b.size
    left, room = a.copy(), b.copy()
    flow = np.zeros((n, m))
    level = np.zeros(n + m)
    distance, before = np.empty(n + m), np.empty(n + m, np.int64)
    done = np.empty(n + m, np.bool_)
    while left.max() > _NOTHING and room.max() > _NOTHING:
        for k in range(n + m):
            distance[k] = 0.0 if k < n and left[k] > _NOTHING else np.inf
            before[k], done[k] = -1, False
        end = -1
        while True:
            k, nearest = -1, np.inf
            for other in range(n + m):
                if not done[other] and distance[other] < nearest:
                    k, nearest = other, distance[other]
            if k < 0:
                break
            done[k] = True
            if k >= n and room[k - n] > _NOTHING:
                end = k
                break
            if k < n:
                for j in range(m):
                    longer = nearest + max(costs[k, j] + level[k] - level[n + j], 0.0)
                    if longer < distance[n + j]:
                        distance[n + j], before[n + j] = longer, k
            else:
                for i in range(n):
                    if flow[i, k - n] <= _NOTHING:
                        continue
                    longer = nearest + max(level[k] - costs[i, k - n] - level[i], 0.0)
                    if longer < distance[i]:
                        distance[i], before[i] = longer, k
        if end < 0:
            break
        for k in range(n + m):
            level[k] += min(distance[k], distance[end])
        amount, k = room[end - n], end
        while before[k] >= 0:
            if k < n:
                amount = min(amount, flow[k, before[k] - n])
            k = before[k]
        amount = min(amount, left[k])
        left[k] -= amount
        room[end - n] -= amount
        k = end
        while before[k] >= 0:
            if k < n:
                flow[k, before[k] - n] -= amount
            else:
                flow[before[k], k - n] += amount
            k = before[k]
    return (flow * costs).sum()


@compiled
def curvatures(starts, heads, edges, lengths, distances, idleness):
    """Ollivier's curvature of each edge: one minus the cost of moving one walk onto the other."""
    out = np.empty(edges.shape[0])
    for e in range(edges.shape[0]):
        x, y = edges[e, 0], edges[e, 1]
        at_x, mass_x = walk(starts, heads, x, idleness)
        at_y, mass_y = walk(starts, heads, y, idleness)
        costs = np.empty((at_x.size, at_y.size))
        for i in range(at_x.size):
            for j in range(at_y.size):
                costs[i, j] = distances[at_x[i], at_y[j]]
        out[e] = 1 - transport_cost(mass_x, mass_y, costs) / lengths[e]
    return out


@compiled
def walk(starts, heads, x, idleness):
    """Where a lazy random walk is after one step from x, and how likely."""
    degree = starts[x + 1] - starts[x]
    at, mass = np.empty(degree + 1, np.int64), np.empty(degree + 1)
    at[0], mass[0] = x, idleness
    for k in range(degree):
        at[k + 1], mass[k + 1] = heads[starts[x] + k], (1 - idleness) / degree
    return at, mass
