"""Whether the lunes of all edges between two boxes are surely connected and not empty.

`box` holds the lower and upper corners of both boxes, which may be points.
"""

import numpy as np

from ._compiled import compiled
from .rips_space import square

_SLACK = 1e-9
_MIDDLE = 0.1339  # a little less than 1 - sqrt(3) / 2


@compiled
def middle_is_taken(space, box, low, wide, stack):
    """Whether a point is near enough to the middles of all edges to be joined to their lunes."""
    P, starts = space.points, space.starts
    n_leaves, d = starts.size - 1, P.shape[1]
    reach = _MIDDLE * np.sqrt(low) - wide / 2
    if reach <= 0.0:
        return False
    reach *= reach
    stack[0] = 1
    top = 1
    while top:
        top -= 1
        node = stack[top]
        gap = 0.0
        for c in range(d):
            x = (box[0, c] + box[1, c] + box[2, c] + box[3, c]) / 4
            out = max(space.low[node, c] - x, x - space.high[node, c], 0.0)
            gap += out * out
        if gap > reach:
            continue
        if node < n_leaves:
            stack[top], stack[top + 1] = 2 * node + 1, 2 * node
            top += 2
            continue
        for w in range(starts[node - n_leaves], starts[node - n_leaves + 1]):
            gap = 0.0
            for c in range(d):
                x = (box[0, c] + box[1, c] + box[2, c] + box[3, c]) / 4
                gap += (P[w, c] - x) ** 2
            if gap <= reach:
                return True
    return False


@compiled
def hold_together(space, box, low, far, chain, stack):
    """Whether a chain shows that the lunes of edges with square lengths from `low` to `far`
    between two boxes are connected and not empty."""
    low = low * (1.0 - _SLACK)
    k = 0
    stray = -1
    while k < chain.size:
        w = _next_link(space, box, low, chain, k, stray, stack)
        if w < 0:
            return False
        chain[k] = w
        k += 1
        stray = _stray(space, box, low, far, chain, k, stack)
        if stray < 0:
            return True
    return False


@compiled
def _next_link(space, box, low, chain, k, stray, stack):
    """A point within `low` of all of both boxes, of the stray one, and of the chain; or -1."""
    P, starts = space.points, space.starts
    n_leaves, d = starts.size - 1, P.shape[1]
    best, found = low, -1
    stack[0] = 1
    top = 1
    while top:
        top -= 1
        node = stack[top]
        to_a, to_b, to_stray = 0.0, 0.0, 0.0
        for c in range(d):
            below, above = space.low[node, c], space.high[node, c]
            middle = (box[0, c] + box[1, c]) / 2
            out = (box[1, c] - box[0, c]) / 2 + max(below - middle, middle - above, 0.0)
            to_a += out * out
            middle = (box[2, c] + box[3, c]) / 2
            out = (box[3, c] - box[2, c]) / 2 + max(below - middle, middle - above, 0.0)
            to_b += out * out
            if stray >= 0:
                out = max(below - P[stray, c], P[stray, c] - above, 0.0)
                to_stray += out * out
        if max(to_a, to_b, to_stray) >= best:
            continue
        if node < n_leaves:
            a, b = 2 * node, 2 * node + 1
            # The half whose box is nearer to the middle of both is looked at first.
            side = 0.0
            for c in range(d):
                x = box[0, c] + box[1, c] + box[2, c] + box[3, c]
                x = (x + P[stray, c]) / 5 if stray >= 0 else x / 4
                out = max(space.low[a, c] - x, x - space.high[a, c], 0.0)
                side += out * out
                out = max(space.low[b, c] - x, x - space.high[b, c], 0.0)
                side -= out * out
            if side > 0.0:
                a, b = b, a
            stack[top], stack[top + 1] = b, a
            top += 2
            continue
        for w in range(starts[node - n_leaves], starts[node - n_leaves + 1]):
            to_a, to_b = 0.0, 0.0
            for c in range(d):
                x = P[w, c]
                out = max(x - box[0, c], box[1, c] - x)
                to_a += out * out
                out = max(x - box[2, c], box[3, c] - x)
                to_b += out * out
            total = max(to_a, to_b)
            if total >= best:
                continue
            if stray >= 0:
                total = max(total, square(P, w, stray))
                to_chain = np.inf
                for i in range(k):
                    to_chain = min(to_chain, square(P, w, chain[i]))
                total = max(total, to_chain)
            if total < best:
                best, found = total, w
                if k == 0 and total < 0.28 * low:  # near enough to the middle
                    return found
    return found


@compiled
def _stray(space, box, low, far, chain, k, stack):
    """A point that may be in a lune and be joined to none of the chain; or -1."""
    P, starts = space.points, space.starts
    n_leaves, d = starts.size - 1, P.shape[1]
    far = far * (1.0 + _SLACK)
    stack[0] = 1
    top = 1
    while top:
        top -= 1
        node = stack[top]
        to_a, to_b, span = 0.0, 0.0, np.inf
        for c in range(d):
            below, above = space.low[node, c], space.high[node, c]
            out = max(below - box[1, c], box[0, c] - above, 0.0)
            to_a += out * out
            out = max(below - box[3, c], box[2, c] - above, 0.0)
            to_b += out * out
        out = max(to_a, to_b)
        if out > far:
            continue
        for i in range(k):
            total = 0.0
            for c in range(d):
                x = P[chain[i], c]
                reach = max(space.high[node, c] - x, x - space.low[node, c])
                total += reach * reach
            span = min(span, total)
        if span < low or out > span * (1.0 + _SLACK):
            continue
        if node < n_leaves:
            stack[top], stack[top + 1] = 2 * node + 1, 2 * node
            top += 2
            continue
        for z in range(starts[node - n_leaves], starts[node - n_leaves + 1]):
            span = np.inf
            for i in range(k):
                span = min(span, square(P, z, chain[i]))
            if span < low:
                continue
            to_a, to_b = 0.0, 0.0
            for c in range(d):
                x = P[z, c]
                out = max(x - box[1, c], box[0, c] - x, 0.0)
                to_a += out * out
                out = max(x - box[3, c], box[2, c] - x, 0.0)
                to_b += out * out
            if max(to_a, to_b) > min(far, span * (1.0 + _SLACK)):
                continue
            if _may_be_in_lune(P, z, box):
                return z
    return -1


@compiled
def _may_be_in_lune(P, z, box):
    """Whether z may be in the lune of an edge from one box to the other.

    For a and b, off the middles of their boxes by steps within half their sides, the differences
    ``|ab|**2 - |az|**2``, ``|ab|**2 - |bz|**2`` and their sum are bounded term by term.
    """
    near_a, near_b, both, size = 0.0, 0.0, 0.0, 0.0
    for c in range(box.shape[1]):
        half_a, half_b = (box[1, c] - box[0, c]) / 2, (box[3, c] - box[2, c]) / 2
        from_a = P[z, c] - (box[0, c] + box[1, c]) / 2
        from_b = P[z, c] - (box[2, c] + box[3, c]) / 2
        step = from_a - from_b
        steps = 2 * half_a * half_b
        to_a, to_b = step * step - from_a * from_a, step * step - from_b * from_b
        near_a += to_a + 2 * (half_b * abs(step) + half_a * abs(from_b)) + half_b * half_b + steps
        near_b += to_b + 2 * (half_a * abs(step) + half_b * abs(from_a)) + half_a * half_a + steps
        both += to_a + to_b + half_a * half_a + half_b * half_b + 2 * steps
        both += 2 * (half_a * abs(from_a - 2 * step) + half_b * abs(from_b + 2 * step))
        size += step * step + from_a * from_a + from_b * from_b
    return min(near_a, near_b, both) >= -_SLACK * size
