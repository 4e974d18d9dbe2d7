"""Cocycles of classes of a Rips complex, each as the simplices on which it is not 0, in kernels.

After the pass of `rips_degrees` a cocycle is still known by a few values and a rule for all
others (`rips_values`): a simplex s has a partner y, a vertex that makes it one dimension larger,
and the value on s follows from those on the other faces of that larger simplex; without a partner
it is 0 unless it was given. So a value that is not 0 comes from another one on a face of a
common, larger simplex, and the support is found from the given values on, edge by edge in the order
in which edges enter: of what has no such neighbour nothing is asked. It is the flow of a discrete
gradient field (R. Forman, Morse theory for cell complexes, Advances in Mathematics 134, 1998).
"""

import numpy as np

from ._compiled import apart, compiled, watch
from .bits import ONE, lowest, set_bit
from .growing import longer
from .heaps import pop, push
from .records import record
from .rips_values import EMPTY, LATE, ON_DEMAND

# What the pass has left, and what a search needs. adjacent are rows of bits, of edges so far.
# keys and numbers are a hash table of values that are known, 0 too; support are the keys of those
# that are not, amounts their values. A face of support i and a vertex w may make up a larger
# simplex whose longest edge is uv: items holds i and w, next what else waits at uv, and
# heads[u, v] the last that came. heap has the edges at which something waits, the earliest first.
# stamp, when and onto tell of the edge at hand which vertices its list has, where, and onto which
# they go. counts are under the names below.
Search, SearchType = record(
    __name__,
    "Search",
    "rank fate lists adjacent keys numbers support amounts items next heads heap stamp when onto "
    "stack work common counts",
)
N_KEYS, N_SUPPORT, N_ITEMS, FREE, N_HEAP, STAMP, N_GONE, N_LISTED, APEX, CORE = range(10)
_SMALL = 1 << 10


@apart
def _no_search(rank, fate, lists):
    n = rank.shape[0]
    n_words = (n + 63) >> 6
    return Search(
        rank,
        fate,
        lists,
        np.zeros((n, n_words), np.uint64),
        np.zeros(_SMALL, np.int64),
        np.empty(_SMALL, np.int64),
        np.empty(_SMALL, np.int64),
        np.empty(_SMALL, np.int64),
        np.empty(_SMALL, np.int64),
        np.empty(_SMALL, np.int64),
        np.full((n, n), -1, np.int32),
        np.empty(64, np.int64),
        np.zeros(n, np.int64),
        np.empty(n, np.int64),
        np.empty(n, np.int64),
        np.empty(256, np.int64),
        np.empty(80, np.int64),
        np.empty(n_words, np.uint64),
        np.array([0, 0, 0, -1, 0, 0, 0, 0, 0, 0]),
    )


@compiled
def rips_supports(rank, fate, lists, classes, wanted, given, sums, field, bits, most):
    """The cocycles of the classes `wanted`, in the order in which they die.

    Parameters
    ----------
    rank, fate, lists
        Of `rips_degrees`.
    classes : int64 array of shape (n_classes, 3)
        Of each how many vertices a simplex of its degree has, the rank of the edge with which it
        dies, and the number of its death; the last two are large for one that lives on.
    wanted : int64 array
        Classes by the number of their death.
    given, sums : tuples of two arrays
        Where the rows of each class start, and these. Of `given` the rows (key, value) that a class
        is not 0 on. Of `sums` those (dead class, factor) in whose sum it is.
    field, bits : int
    most : int
        So many bytes at most.

    Returns
    -------
    keys, values : int64 and uint16 arrays
        The cocycles one after the other, the simplices of each in order.
    ends : int64 array of shape (n_wanted,)
        Where each ends.
    done : bool
        False if there was not memory enough.
    """
    s, edges = _no_search(rank, fate, lists), _edges_in_order(rank)
    keys, values, used = np.empty(_SMALL, np.int64), np.empty(_SMALL, np.uint16), 0
    ends = np.zeros(wanted.size, np.int64)
    factors = np.zeros(classes.shape[0], np.int64)
    n_edges, second, size = 0, 0, 0
    in_rows = 0  # bytes of the cocycles as Python gets them
    for t in range(wanted.size):
        c = wanted[t]
        while n_edges < edges.shape[0] and n_edges < classes[c, 1]:
            set_bit(s.adjacent[edges[n_edges, 0]], edges[n_edges, 1])
            set_bit(s.adjacent[edges[n_edges, 1]], edges[n_edges, 0])
            n_edges += 1
        _start(s, classes, c, given, sums, factors, n_edges, field, bits)
        size = classes[c, 0]
        for i in range(s.counts[N_SUPPORT]):
            _spread(s, i, size, bits)
        while s.counts[N_HEAP]:
            second = watch(second)
            own = s.keys.size + s.items.size + s.support.size
            own = 16 * own + 8 * (size + 1) * s.counts[N_SUPPORT]
            if second < 0 or own + 10 * keys.size + in_rows > most:
                return keys[:used], values[:used], ends, False
            code = pop(s.heap, s.counts[N_HEAP])
            s.counts[N_HEAP] -= 1
            _visit(s, (code >> 16) & 0xFFFF, code & 0xFFFF, size, field, bits)
        n = s.counts[N_SUPPORT]
        while used + n > keys.size:
            keys, values = longer(keys), longer(values)
        order = np.argsort(s.support[:n])
        for i in range(n):
            keys[used + i], values[used + i] = s.support[order[i]], s.amounts[order[i]]
        used += n
        ends[t] = used
        in_rows += 8 * (size + 1) * n
    return keys[:used], values[:used], ends, True


@apart
def _edges_in_order(rank):
    """The edges in the order in which they enter."""
    n, n_edges = rank.shape[0], 0
    edges = np.empty((n * (n - 1) // 2, 2), np.int32)
    for u in range(n):
        for v in range(u):
            if rank[u, v] != LATE:
                edges[rank[u, v], 0], edges[rank[u, v], 1] = u, v
                n_edges += 1
    return edges[:n_edges]


@apart
def _start(s, classes, c, given, sums, factors, n_edges, field, bits):
    """Begin with the values that were given, of a class and of those that became sums with it."""
    counts = s.counts
    counts[N_KEYS], counts[N_SUPPORT], counts[N_ITEMS], counts[FREE] = 0, 0, 0, -1
    s.keys, s.numbers = np.zeros(_SMALL, np.int64), np.empty(_SMALL, np.int64)
    # All of them died before it. Each is the sum of older ones: so they are seen by age.
    some, n, at = np.empty(64, np.int64), 1, 0
    some[0] = c
    factors[c] = -1
    while at < n:
        b = some[at]
        at += 1
        for i in range(sums[0][b], sums[0][b + 1]):
            dead = sums[1][i, 0]
            if dead != b and factors[dead] == 0 and classes[dead, 2] < classes[c, 2]:
                factors[dead] = -1
                if n == some.size:
                    some = longer(some)
                some[n] = dead
                n += 1
    seen = np.sort(some[:n])
    for b in seen:
        factors[b] = 0
    factors[c] = 1
    for b in seen:
        if factors[b] == 0:
            continue
        for i in range(given[0][b], given[0][b + 1]):
            _add_to(s, given[1][i, 0], factors[b] * given[1][i, 1], field)
        for i in range(sums[0][b], sums[0][b + 1]):
            dead = sums[1][i, 0]
            if dead != b and classes[dead, 2] < classes[c, 2]:
                factors[dead] = (factors[dead] + factors[b] * sums[1][i, 1]) % field
    for b in seen:
        factors[b] = 0
    size, t = classes[c, 0], s.work[:32]
    for i in range(s.keys.size):
        if s.keys[i] and s.numbers[i]:
            _unpack(s.keys[i], size, bits, t)
            if _longest(s.rank, t, size)[2] < n_edges:
                _append(s, s.keys[i], s.numbers[i])


@compiled
def _place(keys, key):
    """Where `key` is in the hash table, or would be."""
    mask = keys.size - 1
    i = np.int64((np.uint64(key) * np.uint64(0x9E3779B97F4A7C15)) >> np.uint64(24)) & mask
    while keys[i] != key and keys[i] != 0:
        i = (i + 1) & mask
    return i


@apart
def _add_to(s, key, value, field):
    """Add to a value of the hash table."""
    if 2 * (s.counts[N_KEYS] + 1) > s.keys.size:
        keys, numbers = np.zeros(2 * s.keys.size, np.int64), np.empty(2 * s.keys.size, np.int64)
        for i in range(s.keys.size):
            if s.keys[i]:
                place = _place(keys, s.keys[i])
                keys[place], numbers[place] = s.keys[i], s.numbers[i]
        s.keys, s.numbers = keys, numbers
    place = _place(s.keys, key)
    if s.keys[place] == 0:
        s.keys[place], s.numbers[place] = key, 0
        s.counts[N_KEYS] += 1
    s.numbers[place] = (s.numbers[place] + value) % field


@apart
def _append(s, key, value):
    n = s.counts[N_SUPPORT]
    if n == s.support.size:
        s.support, s.amounts = longer(s.support), longer(s.amounts)
    s.support[n], s.amounts[n] = key, value
    s.counts[N_SUPPORT] = n + 1


@compiled
def _unpack(key, n, bits, out):
    """The vertices of a simplex, in order."""
    for i in range(n - 1, -1, -1):
        out[i] = (key & ((np.int64(1) << bits) - 1)) - 1
        key >>= bits


@compiled
def _without(vertices, n, skip, bits):
    """The key of a simplex without one of its vertices."""
    key = np.int64(0)
    for i in range(n):
        if i != skip:
            key = (key << bits) | (vertices[i] + 1)
    return key


@compiled
def _longest(rank, vertices, n):
    """The longest edge of a simplex, and its rank."""
    u, v, latest = vertices[0], vertices[1], np.int64(-1)
    for i in range(n):
        for j in range(i):
            if rank[vertices[j], vertices[i]] > latest:
                u, v = vertices[j], vertices[i]
                latest = np.int64(rank[u, v])
    return u, v, latest


@apart
def _spread(s, i, size, bits):
    """Let all larger simplices of one of the support wait at their longest edges."""
    rank, fate, t, common = s.rank, s.fate, s.work[:32], s.common
    _unpack(s.support[i], size, bits, t)
    u, v, latest = _longest(rank, t, size)
    for k in range(common.size):
        common[k] = s.adjacent[t[0], k]
        for j in range(1, size):
            common[k] &= s.adjacent[t[j], k]
    for k in range(common.size):
        while common[k]:
            w = 64 * k + lowest(common[k])
            common[k] &= common[k] - ONE
            p, q, last = u, v, latest
            for j in range(size):
                if rank[t[j], w] > last:
                    p, q, last = min(t[j], w), max(t[j], w), np.int64(rank[t[j], w])
            if fate[p, q] == EMPTY:
                continue
            if fate[p, q] >= 0:  # then only its apex is a partner
                apex, there = fate[p, q], fate[p, q] == w
                for j in range(size):
                    there = there or t[j] == apex
                if not there:
                    continue
            _wait(s, p, q, last, (i << 16) | w)


@apart
def _wait(s, u, v, last, item):
    """Let a simplex wait at its longest edge."""
    at = s.counts[FREE]
    if at >= 0:
        s.counts[FREE] = s.next[at]
    else:
        at = s.counts[N_ITEMS]
        s.counts[N_ITEMS] = at + 1
        if at == s.items.size:
            s.items, s.next = longer(s.items), longer(s.next)
    if s.heads[u, v] < 0:
        if s.counts[N_HEAP] == s.heap.size:
            s.heap = longer(s.heap)
        push(s.heap, s.counts[N_HEAP], (last << 32) | (u << 16) | v)
        s.counts[N_HEAP] += 1
    s.items[at], s.next[at] = item, s.heads[u, v]
    s.heads[u, v] = at


# -- one edge --------------------------------------------------------------------------------


@apart
def _visit(s, u, v, size, field, bits):
    """Find the values on simplices whose longest edge is uv, from all that wait there."""
    t, r = s.work[32:48], s.work[48:64]
    _read_list(s, u, v)
    while s.heads[u, v] >= 0:
        at = s.heads[u, v]
        s.heads[u, v] = s.next[at]
        s.next[at], s.counts[FREE] = s.counts[FREE], at
        _unpack(s.support[s.items[at] >> 16], size, bits, t)
        _insert(t, size, s.items[at] & 0xFFFF)
        for skip in range(size + 1):
            if t[skip] == u or t[skip] == v:
                continue
            n_rest = 0
            for i in range(size + 1):
                if i != skip and t[i] != u and t[i] != v:
                    r[n_rest] = t[i]
                    n_rest += 1
            if _partner(s, u, v, r, n_rest) != t[skip]:
                continue
            key = _without(t, size + 1, skip, bits)
            if s.keys[_place(s.keys, key)]:
                continue
            before = s.counts[N_SUPPORT]
            _find_value(s, u, v, key, size, field, bits)
            for i in range(before, s.counts[N_SUPPORT]):
                _spread(s, i, size, bits)


@compiled
def _insert(vertices, n, w):
    """Put a vertex into its place among `n` in order: that place."""
    i = n
    while i and vertices[i - 1] > w:
        vertices[i] = vertices[i - 1]
        i -= 1
    vertices[i] = w
    return i


@apart
def _read_list(s, u, v):
    """Spread out the list of an edge, so that a vertex is found in it at once."""
    counts, fate, lists = s.counts, np.int64(s.fate[u, v]), s.lists
    counts[STAMP] += 1
    counts[N_GONE], counts[N_LISTED], counts[APEX], counts[CORE] = 0, 0, -1, 0
    if fate >= 0:
        counts[APEX] = fate
    if fate >= EMPTY:
        return
    start = -2 - fate
    n_gone, n_all = np.int64(lists[start]), np.int64(lists[start + 1])
    if n_all < 0:
        counts[APEX] = -1 - n_all
    if n_gone & ON_DEMAND:
        n_gone ^= ON_DEMAND
        counts[CORE] = start + 2 + 2 * n_gone
    counts[N_GONE], counts[N_LISTED] = n_gone, (n_gone if n_all < 0 else n_all)
    for i in range(counts[N_LISTED]):
        x = lists[start + 2 + 2 * i]
        s.stamp[x], s.when[x], s.onto[x] = counts[STAMP], i, lists[start + 3 + 2 * i]
    if n_all > n_gone:  # an edge goes with the first of what is left
        counts[APEX] = -2 - lists[start + 2 + 2 * n_gone]


@compiled
def _partner(s, u, v, rest, n):
    """The vertex from whose larger simplex the value on uv and the `n` others follows, or -1."""
    counts = s.counts
    apex = counts[APEX]
    if n == 0:
        return apex if apex >= -1 else -2 - apex
    limit = counts[N_LISTED] if n == 1 else counts[N_GONE]
    y = apex if apex >= 0 else -1
    first = limit
    for i in range(n):
        x = rest[i]
        if s.stamp[x] == counts[STAMP] and s.when[x] < first:
            first, y = s.when[x], s.onto[x]
    if first == limit and n == 2 and counts[CORE]:
        return _partner_in_core(s, u, v, min(rest[0], rest[1]), max(rest[0], rest[1]))
    for i in range(n):
        if rest[i] == y:
            return -1
    return y


@apart
def _partner_in_core(s, u, v, a, b):
    """The first common neighbour, before uv, of an edge of the core, if it comes before it."""
    rank, counts, lists = s.rank, s.counts, s.lists
    if s.onto[a] == b or s.onto[b] == a:  # an edge of the forest
        return -1
    y = a
    for i in range(counts[N_LISTED] - counts[N_GONE]):
        x = lists[counts[CORE] + 2 * i]
        if x < y and rank[x, a] < rank[u, v] and rank[x, b] < rank[u, v]:
            y = x
    return y if y < a else -1


@apart
def _find_value(s, u, v, key, size, field, bits):
    """Find the value on a simplex whose longest edge is uv; those on shorter ones are known."""
    t, r, top = s.work[64:80], s.work[48:64], 0
    s.stack[0] = key
    while top >= 0:
        key = s.stack[top]
        if s.keys[_place(s.keys, key)]:
            top -= 1
            continue
        _unpack(key, size, bits, t)
        n_rest = 0
        for i in range(size):
            if t[i] != u and t[i] != v:
                r[n_rest] = t[i]
                n_rest += 1
        y = _partner(s, u, v, r, n_rest)
        value = np.int64(0)
        if y >= 0:
            own, waits = _insert(t, size, y), False
            if top + size >= s.stack.size:
                s.stack = longer(s.stack)
            for i in range(size + 1):
                if i == own:
                    continue
                face = _without(t, size + 1, i, bits)
                place = _place(s.keys, face)
                if s.keys[place]:
                    value += -s.numbers[place] if (i + own) % 2 == 0 else s.numbers[place]
                elif t[i] != u and t[i] != v:
                    top += 1
                    s.stack[top] = face
                    waits = True
            if waits:
                continue
        _add_to(s, key, value, field)
        if value % field:
            _append(s, key, value % field)
        top -= 1
