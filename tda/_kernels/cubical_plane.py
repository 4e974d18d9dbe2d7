"""Persistence of images of one and two axes by union-find over critical pixels alone.

Pixels enter in order of value, then of index. What a pixel changes depends on which of its eight
neighbours came before it. Those before fall into pieces along the ring of eight; the pixel joins
the pieces that touch it. In the same way it cuts apart the pieces of those that come later. A
pixel that joins nothing is a minimum. A pixel that cuts nothing closes a hole and is a maximum. A
pixel with one piece of each kind changes nothing. All others are saddles, and only these are
sorted. Upward, a saddle that meets two components ends the younger one. Downward, it does the same
to holes: these are the components of the pixels still to come, and the outside of the image is one
more. So no boundary matrix is needed (Garin, Heiss, Maggs, Bleile, Robins, arXiv:2005.04597). If
pixels are joined at corners, holes are not, and the other way round.
"""

import numpy as np

from ._compiled import compiled
from .union_find import find

# The ring of neighbours, bit by bit: E, SE, S, SW come later in the array, W, NW, N, NE earlier.
ROW_STEP = np.array([0, 1, 1, 1, 0, -1, -1, -1])
COLUMN_STEP = np.array([1, 1, 0, -1, -1, -1, 0, 1])


@compiled
def _bridged(mask, k):
    """Whether neighbour k is a corner whose two sides are there, which touch each other."""
    return k % 2 == 1 and (mask >> (k - 1)) & 1 == 1 and (mask >> ((k + 1) & 7)) & 1 == 1


@compiled
def _pieces_of(mask, corners):
    """The pieces of a set of ring neighbours that touch the pixel: how many, one pixel of each."""
    out = np.zeros(5, np.uint8)
    start = 0
    while start < 8 and ((mask >> start) & 1 or (corners and _bridged(mask, start))):
        start += 1
    if start == 8:  # all the way round
        out[0] = 1
        return out
    first, inside = -1, False
    for step in range(1, 9):
        k = (start + step) & 7
        here = (mask >> k) & 1
        if corners and not here and _bridged(mask, k):
            continue
        if here:
            if not inside:
                inside, first = True, -1
            if first < 0 and (corners or k % 2 == 0):
                first = k
        elif inside:
            inside = False
            if first >= 0:
                out[0] += 1
                out[out[0]] = first
    return out


@compiled
def ring_pieces(corners):
    """For every set of ring neighbours, as bits: the number of its pieces and one of each.

    Pieces are joined along the axes, and with `corners` diagonally too.
    """
    table = np.empty((256, 5), np.uint8)
    for mask in range(256):
        table[mask] = _pieces_of(mask, corners)
    return table


@compiled
def _mask_at_edge(image, i, j):
    """Ring neighbours before pixel (i, j), where some may be outside; those never come."""
    mask = 0
    for k in range(8):
        a, b = i + ROW_STEP[k], j + COLUMN_STEP[k]
        if 0 <= a < image.shape[0] and 0 <= b < image.shape[1]:
            if image[a, b] < image[i, j] or (k >= 4 and image[a, b] == image[i, j]):
                mask |= 1 << k
    return mask


@compiled
def masks_before(image):
    """For every pixel the ring neighbours that enter before it, as bits."""
    rows, columns = image.shape
    masks = np.zeros((rows, columns), np.uint8)
    for i in range(rows):
        if i == 0 or i == rows - 1:
            for j in range(columns):
                masks[i, j] = _mask_at_edge(image, i, j)
            continue
        above, here, below, out = image[i - 1], image[i], image[i + 1], masks[i]
        for j in range(1, columns - 1):
            x = here[j]
            out[j] = (
                np.uint8(here[j + 1] < x)
                | np.uint8(below[j + 1] < x) << 1
                | np.uint8(below[j] < x) << 2
                | np.uint8(below[j - 1] < x) << 3
                | np.uint8(here[j - 1] <= x) << 4
                | np.uint8(above[j - 1] <= x) << 5
                | np.uint8(above[j] <= x) << 6
                | np.uint8(above[j + 1] <= x) << 7
            )
        masks[i, 0] = _mask_at_edge(image, i, 0)
        masks[i, columns - 1] = _mask_at_edge(image, i, columns - 1)
    return masks


@compiled
def slopes(masks, before, after):
    """For every pixel one lower neighbour and one higher neighbour; the extrema; the saddles.

    `before` and `after` are the `ring_pieces` of the pixels that entered and of those to come.
    Minimum i is the pixel ``minima[i]`` and has ``down = -1 - i``. Maxima are given in the same way
    in `up`; maximum 0 is the outside, with the flat index n.
    """
    rows, columns = masks.shape
    n = rows * columns
    step = ROW_STEP * columns + COLUMN_STEP
    to_before = np.zeros(256, np.int32)
    to_after = np.zeros(256, np.int32)
    kind = np.zeros(256, np.uint8)  # 1 saddle, 2 minimum, 4 maximum
    for mask in range(256):
        to_before[mask] = step[before[mask, 1]]
        to_after[mask] = step[after[255 ^ mask, 1]]
        kind[mask] = before[mask, 0] > 1
        kind[mask] |= 2 * (before[mask, 0] == 0) + 4 * (after[255 ^ mask, 0] == 0)
    counts = np.zeros(8, np.int64)
    for i in range(rows):
        for j in range(columns):
            counts[kind[masks[i, j]]] += 1
    saddles = np.empty(counts[1], np.int32)
    minima = np.empty(counts[2] + counts[6], np.int32)
    maxima = np.empty(counts[4] + counts[6] + 1, np.int32)
    n_saddles, n_minima, n_maxima = 0, 0, 1
    maxima[0] = n
    down = np.empty(n, np.int32)
    up = np.empty(n + 1, np.int32)
    up[n] = -1
    for i in range(rows):
        for j in range(columns):
            p = i * columns + j
            mask = masks[i, j]
            down[p] = p + to_before[mask]
            up[p] = p + to_after[mask]
            if kind[mask]:
                if kind[mask] & 1:
                    saddles[n_saddles] = p
                    n_saddles += 1
                if kind[mask] & 2:
                    minima[n_minima] = p
                    down[p] = -1 - n_minima
                    n_minima += 1
                if kind[mask] & 4:
                    maxima[n_maxima] = p
                    up[p] = -1 - n_maxima
                    n_maxima += 1
        for j in range(0, columns, 1 if i == 0 or i == rows - 1 else max(columns - 1, 1)):
            p = i * columns + j
            if kind[masks[i, j]] < 4:
                up[p] = _beyond(masks, after, i, j, 1)
    return down, up, minima, maxima, saddles


@compiled
def _beyond(masks, after, i, j, piece):
    """A neighbour of pixel (i, j) in one piece of those to come, as a flat index."""
    rows, columns = masks.shape
    k = after[255 ^ masks[i, j], piece]
    a, b = i + ROW_STEP[k], j + COLUMN_STEP[k]
    if 0 <= a < rows and 0 <= b < columns:
        return a * columns + b
    return rows * columns


@compiled
def _extremum(way, p):
    """The number of the extremum at the end of the way from pixel p; the way is shortened."""
    while True:
        q = way[p]
        if q < 0:
            return -1 - q
        r = way[q]
        if r < 0:
            return -1 - r
        way[p] = r
        p = r


@compiled
def saddle_edges(masks, before, after, down, up, saddles):
    """What the saddles join: rows of two minima, two maxima and the pixel of the saddle.

    A saddle with three or four pieces has two or three rows; in these the pixel is ``-1 - p``.
    """
    columns = masks.shape[1]
    mask_of = masks.reshape(masks.size)
    step = ROW_STEP * columns + COLUMN_STEP
    n_edges = 0
    for s in range(saddles.size):
        n_edges += before[mask_of[saddles[s]], 0] - 1
    edges = np.empty((n_edges, 5), np.int32)
    e = 0
    for s in range(saddles.size):
        p = saddles[s]
        i = p // columns
        j = p - i * columns
        pieces = before[mask_of[p]]
        low = _extremum(down, p + step[pieces[1]])
        high = _extremum(up, _beyond(masks, after, i, j, 1))
        for k in range(2, pieces[0] + 1):
            edges[e, 0], edges[e, 1] = low, _extremum(down, p + step[pieces[k]])
            edges[e, 2], edges[e, 3] = high, _extremum(up, _beyond(masks, after, i, j, k))
            edges[e, 4] = p if pieces[0] == 2 else -1 - p
            e += 1
    return edges


@compiled
def edge_values(value, edges):
    """The value at which each row of `saddle_edges` enters; `value` is flat."""
    out = np.empty(edges.shape[0], value.dtype)
    for e in range(out.size):
        p = edges[e, 4]
        out[e] = value[p if p >= 0 else -1 - p]
    return out


@compiled
def plane_bars(value, minima, maxima, edges, order):
    """Bars of degree 0, then of degree 1, as flat indices of the pixels of birth and of death.

    `value` is flat; `order` sorts the `edges` by value, then by index. Bars of zero length and
    the component that never dies are left out.
    """
    is_open = np.ones(order.size, np.bool_)
    low = value[minima]
    parent = np.arange(minima.size).astype(np.int32)
    zero = np.empty((max(minima.size - 1, 0), 2), np.int32)
    n_zero = 0
    for o in range(order.size):
        e = order[o]
        a, b = find(parent, edges[e, 0]), find(parent, edges[e, 1])
        if a == b:
            continue
        if low[b] < low[a] or (low[b] == low[a] and b < a):
            a, b = b, a
        parent[b] = a
        p = edges[e, 4]
        if p < 0:
            p = -1 - p
        else:
            is_open[o] = False  # it joins components and no hole is born
        if low[b] != value[p]:
            zero[n_zero, 0], zero[n_zero, 1] = minima[b], p
            n_zero += 1
    high = np.empty(maxima.size, value.dtype)
    for i in range(1, maxima.size):
        high[i] = value[maxima[i]]
    parent = np.arange(maxima.size).astype(np.int32)
    one = np.empty((maxima.size - 1, 2), np.int32)
    n_one = 0
    for o in range(order.size - 1, -1, -1):
        if not is_open[o]:
            continue
        e = order[o]
        a, b = find(parent, edges[e, 2]), find(parent, edges[e, 3])
        if a == b:
            continue
        if b == 0 or (a != 0 and (high[b] > high[a] or (high[b] == high[a] and b > a))):
            a, b = b, a
        parent[b] = a
        p = edges[e, 4]
        if p < 0:
            p = -1 - p
        if high[b] != value[p]:
            one[n_one, 0], one[n_one, 1] = p, maxima[b]
            n_one += 1
    return zero[:n_zero], one[:n_one]


@compiled
def line_bars(values):
    """Bars of degree 0 of a series, as indices of birth and death, in one pass.

    A stack holds the minima that are still alive, each with the barrier after it. The barriers get
    lower along the stack. Bars of zero length and the component that never dies are left out.
    """
    n = values.size
    bars = np.empty((n // 2, 2), np.int64)
    n_bars = 0
    minima = np.empty(n // 2 + 1, np.int64)
    barriers = np.empty(n // 2 + 1, np.int64)
    size = 0
    i = 0
    while i < n:
        while i + 1 < n and values[i + 1] <= values[i]:
            i += 1
        low = i
        while i + 1 < n and values[i + 1] > values[i]:
            i += 1
        # Each barrier lower than the next is crossed first.
        while size:
            if i < n - 1 and values[barriers[size - 1]] > values[i]:
                break
            size -= 1
            if values[minima[size]] <= values[low]:
                young, low = low, minima[size]
            else:
                young = minima[size]
            if values[young] != values[barriers[size]]:
                bars[n_bars, 0], bars[n_bars, 1] = young, barriers[size]
                n_bars += 1
        minima[size], barriers[size] = low, i
        size += 1
        i += 1
    return bars[:n_bars]
