"""The lune of an edge of a Rips complex: its collapse to a core, and the core's forest and cliques.

A vertex goes if a neighbour of it sees all that it sees: a strong collapse (J. A. Barmak,
E. G. Minian, Strong homotopy types, nerves and collapses, Discrete & Computational Geometry 47,
2012). Mostly one vertex is left.
"""

import numpy as np

from ._compiled import apart, compiled
from .bits import ONE, ZERO, count_bits, count_row, get_bit, lowest, set_bit
from .growing import longer, longer_table


@compiled
def first_of(some):
    """The first vertex of a set, or -1."""
    for k in range(some.size):
        if some[k]:
            return 64 * k + lowest(some[k])
    return -1


@compiled
def _unseen(row, some, w):
    """The first of a set of vertices, other than w, that is not in the row of w, or -1."""
    for k in range(some.size):
        word = some[k] & ~row[k]
        if k == w >> 6:
            word &= ~(ONE << np.uint64(w & 63))
        if word:
            return 64 * k + lowest(word)
    return -1


@compiled
def _keep(left, row, x):
    """Rule out what x, whose row it is, does not see, other than x."""
    kept = left[x >> 6] & (ONE << np.uint64(x & 63))
    for k in range(left.size):
        left[k] &= row[k]
    left[x >> 6] |= kept


@apart
def cone_point(rows, some, left):
    """A vertex of a set that sees all its others, or -1; `left` has room for a set.

    If it does not see x, only x and what x sees are left to be tried: a few x rule most out.
    """
    for k in range(some.size):
        left[k] = some[k]
    while True:
        w = first_of(left)
        if w < 0:
            return -1
        x = _unseen(rows[w], some, w)
        if x < 0:
            return w
        _keep(left, rows[x], x)


@apart
def hub_of(rows, some, left):
    """Of the vertices that `cone_point` tries, the one that sees the most of the set.

    Those ruled out see little, those left to the end nearly all.
    """
    for k in range(some.size):
        left[k] = some[k]
    hub, fewest = -1, some.size << 6
    w = first_of(left)
    while w >= 0 and fewest:
        missed = misses(rows[w], some)
        if missed < fewest:
            hub, fewest = w, missed
        if missed:
            x = _unseen(rows[w], some, w)
            _keep(left, rows[x], x)
            w = first_of(left)
    return hub


@compiled
def misses(row, some):
    """How many of a set, other than the vertex of the set whose row it is, are not in the row."""
    count = -1
    for k in range(some.size):
        count += count_bits(some[k] & ~row[k])
    return count


@apart
def root_of(rows, some, rest, todo):
    """The first vertex of a set if paths in the set lead from it to all others, or -1.

    `rest` and `todo` have room for sets: of what is not yet reached, and of what is reached but
    not what it sees. Few rows are read as a rule: two on clouds, never more than three a vertex.
    """
    root = first_of(some)
    _take(rest, some, rows[root])
    rest[root >> 6] &= ~(ONE << np.uint64(root & 63))
    known = False  # what is to do
    while True:
        w = first_of(rest)
        if w < 0:
            return root
        # One that is not yet reached, if it sees what is, and so is; or else any of those to do.
        if _reaches(rows[w], some, rest):
            rest[w >> 6] &= ~(ONE << np.uint64(w & 63))
        else:
            if not known:
                known = True
                for k in range(some.size):
                    todo[k] = some[k] & ~rest[k]
            w = first_of(todo)
            if w < 0:
                return -1
            todo[w >> 6] &= todo[w >> 6] - ONE
        if known:
            for k in range(some.size):
                todo[k] |= rest[k] & rows[w, k]
        _take(rest, rest, rows[w])


@compiled
def _take(out, some, row):
    """What of a set is not in a row."""
    for k in range(out.size):
        out[k] = some[k] & ~row[k]


@compiled
def _reaches(row, some, rest):
    """Whether something of a set is in a row that is not in the rest of it."""
    for k in range(some.size):
        if some[k] & ~rest[k] & row[k]:
            return True
    return False


@apart
def collapse(rows, here, gone):
    """Let vertices go as long as any can: how many, and the apex if what is left is a cone, or -1.

    `here` keeps those that are left; `gone` has room for all of them, and gets those that go, each
    with the one that it goes onto. A hub, which sees nearly all, takes many at once: all that see
    nothing but what it sees. Without the few that it does not see, if they can go, it is an apex.
    """
    sets = np.empty((4, here.size), np.uint64)
    left, free = sets[2], here.copy()
    n, m, before = 0, count_row(here), -1
    while n > before and first_of(free) >= 0:
        before = n
        hub = hub_of(rows, free, left)
        missed = misses(rows[hub], here)
        if 4 * missed < m - n:
            _take(sets[3], here, rows[hub])
            sets[3, hub >> 6] &= ~(ONE << np.uint64(hub & 63))
            n = _try_each(rows, here, sets, gone, n)
            missed = misses(rows[hub], here)
        if missed == 0:
            return n, hub
        n = _let_go(rows, here, hub, left, gone, n)
        for k in range(here.size):
            free[k] &= here[k] & ~rows[hub, k]
        free[hub >> 6] &= ~(ONE << np.uint64(hub & 63))
    for k in range(here.size):
        sets[3, k] = here[k]
    return _try_each(rows, here, sets, gone, n), -1


@apart
def _let_go(rows, here, hub, left, gone, n):
    """Let all go onto the hub that see nothing but what it sees."""
    for k in range(here.size):
        left[k] = here[k] & rows[hub, k]
    for k in range(here.size):
        word = here[k] & ~rows[hub, k]
        if k == hub >> 6:
            word &= ~(ONE << np.uint64(hub & 63))
        while word:
            _take(left, left, rows[64 * k + lowest(word)])
            word &= word - ONE
    for k in range(here.size):
        word = left[k]
        here[k] ^= word
        while word:
            gone[n, 0], gone[n, 1] = 64 * k + lowest(word), hub
            n += 1
            word &= word - ONE
    return n


@apart
def _try_each(rows, here, sets, gone, n):
    """Let those of the last set go that can, and those of them that then can in turn.

    In rounds: what sees one that goes may go now, but is tried again when it has lost them all.
    """
    seen, left, again, tried = sets[0], sets[1], sets[2], sets[3]
    all_ = tried.copy()
    while first_of(tried) >= 0:
        for k in range(here.size):
            again[k] = ZERO
        for k in range(here.size):
            word = tried[k]
            while word:
                x = 64 * k + lowest(word)
                bit = word & (~word + ONE)
                word ^= bit
                again[k] &= ~bit
                for i in range(here.size):
                    seen[i] = rows[x, i] & here[i]
                y = cone_point(rows, seen, left)
                if y < 0:
                    continue
                gone[n, 0], gone[n, 1] = x, y
                n += 1
                here[k] ^= bit
                for i in range(here.size):
                    again[i] |= seen[i]
        for k in range(here.size):
            tried[k] = again[k] & all_[k] & here[k]
    return n


@apart
def rows_within(adjacent, lune):
    """The words of a set of vertices that are not 0, and the rows of its vertices in those words.

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


@apart
def grow_forest(near, here, forest):
    """Write down the vertices of the core, each with its parent, or -1: the roots.

    Breadth first, the components in order of their first vertices. How many there are.
    """
    n_words = here.size
    left = here.copy()
    n, n_roots = 0, 0
    for k in range(n_words):
        while left[k]:
            forest[n, 0], forest[n, 1] = 64 * k + lowest(left[k]), -1
            left[k] &= left[k] - ONE
            n_roots += 1
            head, n = n, n + 1
            while head < n:
                w = forest[head, 0]
                head += 1
                for i in range(n_words):
                    word = left[i] & near[w, i]
                    left[i] ^= word
                    while word:
                        forest[n, 0], forest[n, 1] = 64 * i + lowest(word), w
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
