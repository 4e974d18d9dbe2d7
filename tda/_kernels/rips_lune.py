"""The lune of an edge of a Rips complex: its collapse to a core, and the core's forest and cliques.

A vertex goes if a neighbour of it sees all that it sees: a strong collapse (J. A. Barmak,
E. G. Minian, Strong homotopy types, nerves and collapses, Discrete & Computational Geometry 47,
2012). Mostly one vertex is left.
"""

import numpy as np

from ._compiled import apart, compiled
from .bits import ONE, ZERO, count_bits, count_row, get_bit, lowest, set_bit
from .growing import longer, longer_table


@apart
def rows_within(adjacent, lune):
    """The words of a lune that are not 0, and the rows of its vertices in those words.

    The place of a vertex is that of its bit in these words. Returns the words, the vertex at each
    place, which sees which others, and how many there are.
    """
    n_words = 0
    for k in range(lune.size):
        n_words += lune[k] != ZERO
    here, where = np.empty(n_words, np.uint64), np.empty(n_words, np.int64)
    n_words, m = 0, 0
    for k in range(lune.size):
        if lune[k] != ZERO:
            here[n_words], where[n_words] = lune[k], k
            m += count_bits(lune[k])
            n_words += 1
    vertices = np.empty(64 * n_words, np.int64)
    near = np.empty((64 * n_words, n_words), np.uint64)
    for k in range(n_words):
        word = here[k]
        while word:
            i = 64 * k + lowest(word)
            word &= word - ONE
            vertices[i] = 64 * where[k] + (i & 63)
            for j in range(n_words):
                near[i, j] = adjacent[vertices[i], where[j]] & here[j]
    return here, vertices, near, m


@compiled
def hub_of(near, here):
    """The place that sees the most others."""
    best, most = -1, -1
    for k in range(here.size):
        word = here[k]
        while word:
            i = 64 * k + lowest(word)
            word &= word - ONE
            count = count_row(near[i])
            if count > most:
                best, most = i, count
    return best


@apart
def collapse(near, here, hub, pairs, n):
    """Let vertices go as long as any can, and write them behind `n` pairs: how many there are.

    `here` has the bits of those that are left, `pairs` each that goes and onto which. If `hub` is
    not -1, only those that it does not see.
    """
    more, seen = True, np.empty(here.size, np.uint64)
    while more:
        more = False
        for k in range(here.size):
            word = here[k]
            if hub >= 0:
                word &= ~near[hub, k]
                if k == hub >> 6:
                    word &= ~(ONE << np.uint64(hub & 63))
            while word:
                x = 64 * k + lowest(word)
                word &= word - ONE
                y = _sees_as_much(near, x, here, seen)
                if y >= 0:
                    here[k] &= ~(ONE << np.uint64(x & 63))
                    pairs[n, 0], pairs[n, 1] = x, y
                    n += 1
                    more = True
    return n


@apart
def _sees_as_much(near, x, here, seen):
    """A neighbour of x that sees all others of them, or -1."""
    n_words = here.size
    some = ZERO
    for k in range(n_words):
        seen[k] = near[x, k] & here[k]
        some |= seen[k]
    for k in range(n_words):
        word = near[x, k] & here[k]
        while word and some:
            bit = word & (~word + ONE)
            z = 64 * k + lowest(word)
            word ^= bit
            some = ZERO
            for i in range(n_words):
                seen[i] &= near[z, i] | (bit if i == k else ZERO)
                some |= seen[i]
        if some == ZERO:
            return -1
    for k in range(n_words):
        if seen[k]:
            return 64 * k + lowest(seen[k])
    return -1


@compiled
def misses(near, here, hub):
    """How many vertices there are, other than it, that `hub` does not see."""
    count = -1
    for k in range(here.size):
        count += count_bits(here[k] & ~near[hub, k])
    return count


@apart
def grow_forest(near, here, pairs, n):
    """Write the vertices of the core behind `n` pairs, each with its parent, or -1: the roots.

    Breadth first, the components in order of their first vertices. How many there are.
    """
    n_words = here.size
    left = here.copy()
    n_roots = 0
    for k in range(n_words):
        while left[k]:
            pairs[n, 0], pairs[n, 1] = 64 * k + lowest(left[k]), -1
            left[k] &= left[k] - ONE
            n_roots += 1
            head, n = n, n + 1
            while head < n:
                w = pairs[head, 0]
                head += 1
                for i in range(n_words):
                    word = left[i] & near[w, i]
                    left[i] ^= word
                    while word:
                        pairs[n, 0], pairs[n, 1] = 64 * i + lowest(word), w
                        n += 1
                        word &= word - ONE
    return n_roots


@apart
def larger_cliques(cliques, near, here):
    """The cliques with one vertex more, each a row in order; in order of the rows."""
    count, width = cliques.shape
    n_words = here.size
    found, n = np.empty((64, width + 1), np.int64), 0
    for c in range(count):
        for k in range(cliques[c, width - 1] >> 6, n_words):
            word = here[k]
            for i in range(width):
                word &= near[cliques[c, i], k]
            while word:
                y = 64 * k + lowest(word)
                word &= word - ONE
                if y <= cliques[c, width - 1]:
                    continue
                if n == found.shape[0]:
                    found = longer_table(found)
                for i in range(width):
                    found[n, i] = cliques[c, i]
                found[n, width] = y
                n += 1
    return found[:n]


@apart
def place_of(cliques, clique, skip, extra):
    """Where a clique is in a table in order, without one vertex or with an extra one."""
    width = cliques.shape[1]
    low, high = 0, cliques.shape[0] - 1
    while low < high:
        middle = (low + high) >> 1
        i, less = 0, False
        at, taken = 0, extra < 0
        while i < width:
            if at == skip:
                at += 1
            if not taken and (at == clique.size or extra < clique[at]):
                x, taken = extra, True
            else:
                x = clique[at]
                at += 1
            if cliques[middle, i] != x:
                less = cliques[middle, i] < x
                break
            i += 1
        if less:
            low = middle + 1
        else:
            high = middle
    return low


@apart
def loops_left(near, here, ok, stack, n):
    """Mark what triangles with two sides in `ok` add to it, from the `n` edges on the stack.

    `ok` has edges along which a cochain is known to be right, as rows of bits.
    """
    n_words = here.size
    while n:
        n -= 1
        w, x = stack[n] >> 32, stack[n] & 0xFFFFFFFF
        for _ in range(2):
            for k in range(n_words):
                word = ok[w, k] & near[x, k] & ~ok[x, k] & here[k]
                while word:
                    y = 64 * k + lowest(word)
                    word &= word - ONE
                    set_bit(ok[x], y)
                    set_bit(ok[y], x)
                    if n == stack.size:
                        stack = longer(stack)
                    stack[n] = (np.int64(x) << 32) | y
                    n += 1
            w, x = x, w
    return stack


@apart
def first_left(near, here, ok, start):
    """The first edge of the core, from a vertex on, that is not in `ok`, or (-1, -1)."""
    n_words = here.size
    for w in range(start, 64 * n_words):
        if not get_bit(here, w):
            continue
        for k in range(w >> 6, n_words):
            word = near[w, k] & here[k] & ~ok[w, k]
            while word:
                x = 64 * k + lowest(word)
                word &= word - ONE
                if x > w:
                    return w, x
    return -1, -1
