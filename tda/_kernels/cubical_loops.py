"""Loops of images of three axes, over Z/2: degree 1, which `cubical_space` leaves over.

The boundary of each critical square that ends no void is followed down the matching of the stars
to critical edges. The small matrix of these boundaries is then reduced.
"""

import numpy as np

from ._compiled import compiled, watch
from .bits import empty_set, flip, largest
from .cubical_space import CRITICAL, DROPPED, FIRST, SECOND, directions

# A chain of edges is held as 6 bits at each pixel, `chain`, and a heap of the pixels that have
# any, last rank on top. Entries of the heap hold the rank above 32 bits and the position below.


@compiled
def _add_edge(p, q, d, flat, codes, chain, heap, size):
    """Add the edge from `p` in direction `d` to `q`, which belongs to the later of the two."""
    if flat[p] < flat[q]:
        p, d = q, d ^ 1
    if (codes[p] >> np.uint32(3 * d)) & np.uint32(7) == DROPPED:
        return size
    if chain[p] == 0:
        key = (np.int64(flat[p]) << 32) | np.int64(p)
        i = size
        while i > 0 and heap[(i - 1) >> 1] < key:
            heap[i] = heap[(i - 1) >> 1]
            i = (i - 1) >> 1
        heap[i] = key
        size += 1
    chain[p] = (chain[p] ^ np.uint8(1 << d)) | np.uint8(128)
    return size


@compiled
def _pop(heap, size):
    """The size of the heap without its first entry, and that entry."""
    top = heap[0]
    size -= 1
    key = heap[size]
    i = 0
    while True:
        child = 2 * i + 1
        if child >= size:
            break
        if child + 1 < size and heap[child + 1] > heap[child]:
            child += 1
        if heap[child] <= key:
            break
        heap[i] = heap[child]
        i = child
    heap[i] = key
    return size, top


@compiled
def _next_critical(flat, codes, step, chain, heap, size):
    """Follow the chain down to the next pixel with critical edges.

    Returns the size of the heap, that pixel, and its critical edges in the chain as bits; or -1 and
    0 for the last two at the end of the chain.
    """
    while size:
        size, top = _pop(heap, size)
        p = top & 0xFFFFFFFF
        bits = np.int64(chain[p] & np.uint8(63))
        chain[p] = 0
        code = np.int64(codes[p])
        found = 0
        while bits:
            d = 0
            while not (bits >> d) & 1:
                d += 1
            bits ^= 1 << d
            k = (code >> 3 * d) & 7
            if k == CRITICAL:
                found ^= 1 << d
            elif k != DROPPED:  # add the boundary of the square it is matched with
                bits ^= 1 << k
                a, b = p + step[d], p + step[k]
                c = a + step[k]
                size = _add_edge(a, c, k, flat, codes, chain, heap, size)
                size = _add_edge(b, c, d, flat, codes, chain, heap, size)
        if found:
            return size, p, found
    return size, np.int64(-1), 0


@compiled
def _start(p, s, flat, codes, step, chain, heap):
    """Put the boundary of square `s` of pixel `p` on the heap; returns its size."""
    i, j = FIRST[s], SECOND[s]
    a, b = p + step[i], p + step[j]
    size = _add_edge(p, a, i, flat, codes, chain, heap, 0)
    size = _add_edge(p, b, j, flat, codes, chain, heap, size)
    size = _add_edge(a, a + step[j], j, flat, codes, chain, heap, size)
    return _add_edge(b, b + step[i], i, flat, codes, chain, heap, size)


@compiled
def _number_critical(flat, position, codes, critical):
    """Number the critical edges, and the critical squares, in the order in which they enter.

    Returns the first number at each rank and the position of each number, of both.
    """
    n_here = np.zeros(position.size, np.uint8)  # edges, and squares above 4 bits
    n_edges, n_squares = 0, 0
    for p in range(flat.size):
        code = np.int64(codes[p])
        if not code:  # a minimum, or in the margin
            continue
        n = 0
        for d in range(6):
            n += (code >> 3 * d) & 7 == CRITICAL
        n_edges += n
        squares = critical[p]
        while squares:
            n += 16
            n_squares += 1
            squares &= squares - np.uint16(1)
        if n:
            n_here[flat[p]] = n
    first_edge = np.empty(position.size, np.int32)
    first_square = np.empty(position.size, np.int32)
    edge_pixel, square_pixel = np.empty(n_edges, np.int32), np.empty(n_squares, np.int32)
    n_edges, n_squares = 0, 0
    for r in range(position.size):
        first_edge[r], first_square[r] = n_edges, n_squares
        for _ in range(n_here[r] & 15):
            edge_pixel[n_edges] = position[r]
            n_edges += 1
        for _ in range(n_here[r] >> 4):
            square_pixel[n_squares] = position[r]
            n_squares += 1
    return first_edge, first_square, edge_pixel, square_pixel


@compiled
def _rows_at(p, found, codes, number, row, n):
    """Append the numbers of the critical edges `found` of `p`, last first; returns the count.

    `number` is that of the first critical edge of `p`.
    """
    code = np.int64(codes[p])
    for d in range(6):
        number += np.int32((code >> 3 * d) & 7 == CRITICAL)
    for d in range(5, -1, -1):
        if (code >> 3 * d) & 7 == CRITICAL:
            number -= 1
            if (found >> d) & 1:
                row[n] = number
                n += 1
    return n


@compiled
def square_boundaries(rank, position, codes, critical):
    """The boundary of every critical square in critical edges, both numbered as they enter.

    `codes` and `critical` as `component_bars` and `void_bars` leave them: as many edges as
    squares. Returns the position of each edge and of each square; and the boundary of square j
    as ``pool[begin[j]:begin[j] + length[j]]``, last edge first. Squares are visited as they lie
    in the array, where neighbours are near in memory, not as they enter.
    """
    flat = rank.reshape(rank.size)
    step = directions(rank.shape[1], rank.shape[2])
    first_edge, first_square, edge_pixel, square_pixel = _number_critical(
        flat, position, codes, critical
    )
    m = square_pixel.size
    begin = np.empty(m, np.int64)
    length = np.empty(m, np.int32)
    pool = np.empty(4 * m + 1024, np.int32)
    used = 0
    chain = np.zeros(rank.size, np.uint8)
    heap, second = np.empty(rank.size, np.int64), 0
    for p in range(rank.size):
        if not critical[p]:
            continue
        second = watch(second)
        if second < 0:
            return edge_pixel, square_pixel, begin[:0], length[:0], pool[:0]
        j = first_square[flat[p]]
        for s in range(12):
            if not (critical[p] >> s) & 1:
                continue
            begin[j] = used
            size = _start(p, s, flat, codes, step, chain, heap)
            while True:
                size, q, found = _next_critical(flat, codes, step, chain, heap, size)
                if not found:
                    break
                pool = _with_room(pool, used, 6)
                used = _rows_at(q, found, codes, first_edge[flat[q]], pool, used)
            length[j] = used - begin[j]
            j += 1
    return edge_pixel, square_pixel, begin, length, pool[:used]


@compiled
def reduce_columns(begin, length, pool):
    """The pivot of every column of a square matrix over Z/2 in which every row is a pivot.

    Column j holds the rows ``pool[begin[j]:begin[j] + length[j]]``, largest first. Columns are
    reduced from left to right by the columns before them. A column whose largest row is new stays
    as it is.
    """
    m = begin.size
    begin, length = begin.copy(), length.copy()
    pivots = np.empty(m, np.int32)
    owner = np.full(m, -1, np.int32)
    added = np.empty(max(m, 1024), np.int32)  # the columns that changed, from pool.size on
    used = 0
    levels, starts = empty_set(m)
    second = 0
    for j in range(m):
        second = watch(second)
        if second < 0:
            return pivots[:0]
        pivot = np.int64(pool[begin[j]])
        c = np.int64(j)
        if owner[pivot] >= 0:
            while c >= 0:
                at = begin[c]
                if at < pool.size:
                    for i in range(at, at + length[c]):
                        flip(levels, starts, np.int64(pool[i]))
                else:
                    for i in range(at - pool.size, at - pool.size + length[c]):
                        flip(levels, starts, np.int64(added[i]))
                pivot = largest(levels, starts)
                c = np.int64(owner[pivot])
            begin[j] = pool.size + used
            row = pivot
            while row >= 0:
                if used == added.size:
                    added = _with_room(added, used, 1)
                added[used] = row
                used += 1
                flip(levels, starts, row)
                row = largest(levels, starts)
            length[j] = pool.size + used - begin[j]
        owner[pivot] = j
        pivots[j] = pivot
    return pivots


@compiled
def loop_bars(rank, position, codes, critical):
    """Bars of degree 1 as positions of birth and death, from what the other degrees left."""
    edge_pixel, square_pixel, begin, length, pool = square_boundaries(
        rank, position, codes, critical
    )
    pivots = reduce_columns(begin, length, pool)
    bars = np.empty((pivots.size, 2), np.int32)
    for j in range(pivots.size):
        bars[j, 0], bars[j, 1] = edge_pixel[pivots[j]], square_pixel[j]
    return bars


@compiled
def _with_room(pool, used, n):
    """The pool, with room for `n` entries after `used`."""
    if used + n <= pool.size:
        return pool
    bigger = np.empty(max(2 * pool.size, used + n), np.int32)
    bigger[:used] = pool[:used]
    return bigger
