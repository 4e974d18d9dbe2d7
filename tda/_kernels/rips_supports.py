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
from .rips_search import (
    FREE,
    N_HEAP,
    N_ITEMS,
    N_KEYS,
    N_ROWS,
    N_SUPPORT,
    N_WAITED,
    SMALL,
    add_to,
    append,
    bytes_of,
    insert,
    longest,
    no_search,
    partner_of,
    place_of_key,
    read_list,
    unpack,
    without,
)
from .rips_sweep import sweep_voids
from .rips_values import EMPTY, LATE


@compiled
def rips_supports(rank, fate, lists, classes, wanted, given, sums, field, bits, most, patience):
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
    patience : int
        In degree 2 all edges are looked at, if so many larger simplices have waited for each.

    Returns
    -------
    keys, values : int64 and uint16 arrays
        The cocycles one after the other, the simplices of each in order.
    ends : int64 array of shape (n_wanted,)
        Where each ends.
    done : bool
        False if there was not memory enough.
    """
    s, edges = no_search(rank, fate, lists), _edges_in_order(rank)
    keys, values, used = np.empty(SMALL, np.int64), np.empty(SMALL, np.uint16), 0
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
        size = classes[c, 0]
        begin = _start(s, classes, c, given, sums, factors, n_edges, field, bits)
        for i in range(s.counts[N_SUPPORT]):
            _spread(s, i, size, bits)
        while s.counts[N_HEAP]:
            second = watch(second)
            if second < 0 or bytes_of(s, size) + 10 * keys.size + in_rows > most:
                return keys[:used], values[:used], ends, False
            if size == 3 and s.counts[N_WAITED] > patience * (n_edges - begin):
                _stop(s)
                _start(s, classes, c, given, sums, factors, n_edges, field, bits)
                left = most - 10 * keys.size - in_rows
                if not sweep_voids(s, edges, begin, n_edges, field, bits, left):
                    return keys[:used], values[:used], ends, False
                break
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
    """Begin with the values that were given, of a class and of those that became sums with it.

    Returns the rank of the first edge at which there is one.
    """
    counts = s.counts
    counts[N_WAITED], counts[N_ROWS] = 0, 0
    counts[N_KEYS], counts[N_SUPPORT], counts[N_ITEMS], counts[FREE] = 0, 0, 0, -1
    s.keys, s.numbers = np.zeros(SMALL, np.int64), np.empty(SMALL, np.int64)
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
            add_to(s, given[1][i, 0], factors[b] * given[1][i, 1], field)
        for i in range(sums[0][b], sums[0][b + 1]):
            dead = sums[1][i, 0]
            if dead != b and classes[dead, 2] < classes[c, 2]:
                factors[dead] = (factors[dead] + factors[b] * sums[1][i, 1]) % field
    for b in seen:
        factors[b] = 0
    size, t, begin = classes[c, 0], s.work[:32], n_edges
    for i in range(s.keys.size):
        if s.keys[i] and s.numbers[i]:
            unpack(s.keys[i], size, bits, t)
            latest = longest(s.rank, t, size)[2]
            if latest < n_edges:
                append(s, s.keys[i], s.numbers[i])
                begin = min(begin, latest)
    return begin


@apart
def _stop(s):
    """Let nothing wait any more."""
    while s.counts[N_HEAP]:
        code = s.heap[s.counts[N_HEAP] - 1]
        s.heads[(code >> 16) & 0xFFFF, code & 0xFFFF] = -1
        s.counts[N_HEAP] -= 1


@apart
def _spread(s, i, size, bits):
    """Let all larger simplices of one of the support wait at their longest edges."""
    rank, fate, t, common = s.rank, s.fate, s.work[:32], s.common
    unpack(s.support[i], size, bits, t)
    u, v, latest = longest(rank, t, size)
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
    s.counts[N_WAITED] += 1
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
    read_list(s, u, v)
    while s.heads[u, v] >= 0:
        at = s.heads[u, v]
        s.heads[u, v] = s.next[at]
        s.next[at], s.counts[FREE] = s.counts[FREE], at
        unpack(s.support[s.items[at] >> 16], size, bits, t)
        insert(t, size, s.items[at] & 0xFFFF)
        for skip in range(size + 1):
            if t[skip] == u or t[skip] == v:
                continue
            n_rest = 0
            for i in range(size + 1):
                if i != skip and t[i] != u and t[i] != v:
                    r[n_rest] = t[i]
                    n_rest += 1
            if partner_of(s, u, v, r, n_rest) != t[skip]:
                continue
            key = without(t, size + 1, skip, bits)
            if s.keys[place_of_key(s.keys, key)]:
                continue
            before = s.counts[N_SUPPORT]
            _find_value(s, u, v, key, size, field, bits)
            for i in range(before, s.counts[N_SUPPORT]):
                _spread(s, i, size, bits)


@apart
def _find_value(s, u, v, key, size, field, bits):
    """Find the value on a simplex whose longest edge is uv; those on shorter ones are known."""
    t, r, top = s.work[64:80], s.work[48:64], 0
    s.stack[0] = key
    while top >= 0:
        key = s.stack[top]
        if s.keys[place_of_key(s.keys, key)]:
            top -= 1
            continue
        unpack(key, size, bits, t)
        n_rest = 0
        for i in range(size):
            if t[i] != u and t[i] != v:
                r[n_rest] = t[i]
                n_rest += 1
        y = partner_of(s, u, v, r, n_rest)
        value = np.int64(0)
        if y >= 0:
            own, waits = insert(t, size, y), False
            if top + size >= s.stack.size:
                s.stack = longer(s.stack)
            for i in range(size + 1):
                if i == own:
                    continue
                face = without(t, size + 1, i, bits)
                place = place_of_key(s.keys, face)
                if s.keys[place]:
                    value += -s.numbers[place] if (i + own) % 2 == 0 else s.numbers[place]
                elif t[i] != u and t[i] != v:
                    top += 1
                    s.stack[top] = face
                    waits = True
            if waits:
                continue
        add_to(s, key, value, field)
        if value % field:
            append(s, key, value % field)
        top -= 1
