"""Sparse vectors over a prime field whose coordinates are classes that come and go, in kernels.

A vector is known by its number. When a class dies it becomes a sum of older ones, its rule. Rules
are applied to a vector only when that is read again: compressed annotations (J.-D. Boissonnat,
T. K. Dey, C. Maria, The compressed annotation matrix, Algorithmica 73, 2015), made lazy. What
others hold is a value: number of a vector and factor in one word, so that equal vectors are kept
once. A function that finds no room says so by -1, and is called again after `more_vectors`.

If cocycles are wanted later, it is also written down what each class became when it died.
"""

import numpy as np

from ._compiled import apart, compiled
from .fields import inverse_mod
from .growing import longer_table
from .records import record

# Vector i has the rows (class, value) of entries from first[i] on, length[i] of them, and room
# for room[i]; it holds no class that died before death number checked[i]. rule[c] is the vector
# that a dead class c has become, or -1. total, marked and touched serve to add vectors up; recent
# has sums that were made lately. If counts[KEEP], relations has for each death, in order, rows
# (class that died, class, factor) of a sum that is zero. counts are under the names below.
Vectors, VectorsType = record(
    __name__,
    "Vectors",
    "first length room checked entries rule total marked touched stack recent relations counts",
)
N_VECTORS, USED, N_CLASSES, DEATHS, FIELD, KEEP, N_RELATIONS = 0, 1, 2, 3, 4, 5, 6
_RECENT = 1 << 12


@apart
def no_vectors(field, keep):
    """Vector 0 alone, which is zero."""
    return Vectors(
        np.zeros(256, np.int64),
        np.zeros(256, np.int64),
        np.zeros(256, np.int64),
        np.zeros(256, np.int64),
        np.zeros((1024, 2), np.int32),
        np.full(64, -1, np.int64),
        np.zeros(64, np.int64),
        np.zeros(64, np.int64),
        np.zeros(64, np.int64),
        np.zeros(1024, np.int64),
        np.full((_RECENT, 4), -1, np.int64),
        np.empty((64, 3), np.int64),
        np.array([1, 0, 0, 0, field, np.int64(keep), 0]),
    )


@apart
def longer_zeros(a):
    """The same array with as much again, of zeros."""
    bigger = np.zeros(2 * a.size, np.int64)
    for i in range(a.size):
        bigger[i] = a[i]
    return bigger


@apart
def more_vectors(v):
    """Room for more vectors and entries; what is no longer used is dropped."""
    n, n_classes = v.counts[N_VECTORS], v.counts[N_CLASSES]
    if 2 * n > v.first.size:
        v.first, v.length = longer_zeros(v.first), longer_zeros(v.length)
        v.room, v.checked = longer_zeros(v.room), longer_zeros(v.checked)
    first, length, room, old = v.first, v.length, v.room, v.entries
    used = 0
    for i in range(n):
        used += length[i]
    wanted, size = 2 * used + 8 * n_classes + 1024, old.shape[0]
    while size < wanted:
        size *= 2
    entries = np.empty((size, 2), np.int32)
    used = 0
    for i in range(n):
        for e in range(length[i]):
            entries[used + e, 0] = old[first[i] + e, 0]
            entries[used + e, 1] = old[first[i] + e, 1]
        first[i], room[i] = used, length[i]
        used += length[i]
    v.entries, v.counts[USED] = entries, used
    v.stack = longer_zeros(v.stack)


@apart
def new_class(v):
    """A class more, and its unit vector as a value."""
    c = v.counts[N_CLASSES]
    if c == v.rule.size:
        v.total, v.marked, v.touched = (
            longer_zeros(v.total), longer_zeros(v.marked), longer_zeros(v.touched)
        )  # fmt: skip
        rule = longer_zeros(v.rule)
        for i in range(c, rule.size):
            rule[i] = -1
        v.rule = rule
    v.counts[N_CLASSES] = c + 1
    while True:
        v.total[c], v.marked[c], v.touched[0] = 1, 1, c
        i = _write_new(v, 1)
        if i >= 0:
            return (i << 16) | 1
        more_vectors(v)


@apart
def _write(v, i, n):
    """Make the total, of `n` classes touched, vector i; False if there is no room."""
    total, marked, touched, entries = v.total, v.marked, v.touched, v.entries
    some = 0
    for t in range(n):
        some += total[touched[t]] != 0
    fits = some <= v.room[i] or v.counts[USED] + some <= entries.shape[0]
    if fits and some > v.room[i]:
        v.first[i], v.room[i] = v.counts[USED], some
        v.counts[USED] += some
    e = v.first[i]
    for t in range(n):
        c = touched[t]
        if fits and total[c] != 0:
            entries[e, 0], entries[e, 1] = c, total[c]
            e += 1
        total[c], marked[c] = 0, 0
    if fits:
        v.length[i], v.checked[i] = some, v.counts[DEATHS]
    return fits


@apart
def _write_new(v, n):
    """The number of a new vector that is the total, or -1 if there is no room."""
    i = v.counts[N_VECTORS]
    if i == v.first.size:
        _clear(v, n)
        return -1
    v.room[i] = 0
    if not _write(v, i, n):
        return -1
    v.counts[N_VECTORS] += 1
    return i


@compiled
def _clear(v, n):
    total, marked, touched = v.total, v.marked, v.touched
    for t in range(n):
        total[touched[t]], marked[touched[t]] = 0, 0


@apart
def _add(v, i, factor, n):
    """Add a multiple of vector i to the total, which has `n` classes touched before."""
    field, entries = v.counts[FIELD], v.entries
    total, marked, touched = v.total, v.marked, v.touched
    for e in range(v.first[i], v.first[i] + v.length[i]):
        c = entries[e, 0]
        if not marked[c]:
            marked[c] = 1
            touched[n] = c
            n += 1
        total[c] = (total[c] + factor * entries[e, 1]) % field
    return n


@compiled
def settle(v, i):
    """Write vector i in classes that live; False if there is no room for that."""
    now = v.counts[DEATHS]
    if v.checked[i] == now:
        return True
    top, stack, entries, rules, checked = 0, v.stack, v.entries, v.rule, v.checked
    stack[0] = i
    while top >= 0:
        j = stack[top]
        if checked[j] == now:
            top -= 1
            continue
        dead, waits = False, False
        for e in range(v.first[j], v.first[j] + v.length[j]):
            rule = rules[entries[e, 0]]
            if rule >= 0:
                dead = True
                if checked[rule] != now:
                    waits = True
                    if top + 1 == stack.size:
                        return False
                    top += 1
                    stack[top] = rule
        if waits:
            continue
        if dead and not _apply_rules(v, j):
            return False
        checked[j] = now
        top -= 1
    return True


@apart
def _apply_rules(v, j):
    """Replace the dead classes of vector j, whose rules hold none."""
    entries, rules, n = v.entries, v.rule, 0
    for e in range(v.first[j], v.first[j] + v.length[j]):
        c, value = entries[e, 0], np.int64(entries[e, 1])
        if rules[c] >= 0:
            n = _add(v, rules[c], value, n)
            continue
        if not v.marked[c]:
            v.marked[c] = 1
            v.touched[n] = c
            n += 1
        v.total[c] = (v.total[c] + value) % v.counts[FIELD]
    return _write(v, j, n)


@compiled
def scaled(v, value, factor):
    """A multiple of a value."""
    coefficient = (value & 0xFFFF) * factor % v.counts[FIELD]
    return (value >> 16 << 16) | coefficient if coefficient else 0


@apart
def added(v, a, b):
    """The sum of two values, or -1 if there is no room."""
    if a >> 16 > b >> 16:
        a, b = b, a
    i, j = a >> 16, b >> 16
    if not (settle(v, i) and settle(v, j)):
        return -1
    if v.length[i] == 0:
        return b if v.length[j] else 0
    if v.length[j] == 0:
        return a
    field = v.counts[FIELD]
    if i == j:
        coefficient = ((a & 0xFFFF) + (b & 0xFFFF)) % field
        return (i << 16) | coefficient if coefficient else 0
    ratio = (b & 0xFFFF) * inverse_mod(a & 0xFFFF, field) % field
    recent, at = v.recent, (i * 31 + j * 17 + ratio) & (_RECENT - 1)
    if not (recent[at, 0] == i and recent[at, 1] == j and recent[at, 2] == ratio):
        made = _write_new(v, _add(v, j, ratio, _add(v, i, 1, 0)))
        if made < 0:
            return -1
        recent[at, 0], recent[at, 1], recent[at, 2], recent[at, 3] = i, j, ratio, made
    return (recent[at, 3] << 16) | (a & 0xFFFF)


@apart
def plus(v, a, b):
    """The sum of two values."""
    while True:
        value = added(v, a, b)
        if value >= 0:
            return value
        more_vectors(v)


@apart
def total_of(v, values, n):
    """Add `n` values up into the total: how many classes are touched, or -1 for no room."""
    for k in range(n):
        if not settle(v, values[k] >> 16):
            return -1
    touched = 0
    for k in range(n):
        touched = _add(v, values[k] >> 16, values[k] & 0xFFFF, touched)
    return touched


@compiled
def youngest(v, n):
    """The youngest class in the total, or -1 if the total is zero, which is then cleared."""
    best = -1
    for t in range(n):
        if v.total[v.touched[t]] != 0:
            best = max(best, v.touched[t])
    if best < 0:
        _clear(v, n)
    return best


@apart
def end_class(v, c, n):
    """Let class c die, so that the total, in which it is, becomes zero."""
    field, total, touched = v.counts[FIELD], v.total, v.touched
    factor = field - inverse_mod(total[c], field)
    total[c] = 0
    kept, totals = np.empty(n, np.int64), np.empty(n, np.int64)
    for t in range(n):
        total[touched[t]] = total[touched[t]] * factor % field
        kept[t], totals[t] = touched[t], total[touched[t]]
    if v.counts[KEEP]:
        _relate(v, c, c, field - 1)
        for t in range(n):
            if totals[t]:
                _relate(v, c, kept[t], totals[t])
    i = _write_new(v, n)
    while i < 0:
        more_vectors(v)
        for t in range(n):
            touched[t], total[kept[t]], v.marked[kept[t]] = kept[t], totals[t], 1
        i = _write_new(v, n)
    v.rule[c] = i
    v.counts[DEATHS] += 1


@apart
def _relate(v, dead, c, factor):
    """Write down a term of the sum that is zero from the death of a class on."""
    n = v.counts[N_RELATIONS]
    if n == v.relations.shape[0]:
        v.relations = longer_table(v.relations)
    v.relations[n, 0], v.relations[n, 1], v.relations[n, 2] = dead, c, factor
    v.counts[N_RELATIONS] = n + 1
