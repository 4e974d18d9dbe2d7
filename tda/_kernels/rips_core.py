"""What an edge of a Rips complex begins and ends, from the core that its lune collapses to.

An edge uv brings its lune, joined with u and v: by Mayer-Vietoris only the homology of the lune
matters, degree by degree. A cocycle f of the lune in degree q, with no g of which it is the
coboundary, ends a class of degree q + 1 or begins one of degree q + 2.
"""

import numpy as np

from ._compiled import apart, compiled
from .bits import ONE, ZERO, lowest, set_bit
from .fields import inverse_mod
from .growing import longer, longer_table
from .records import record
from .rips_lune import first_left, larger_cliques, loops_left, place_of
from .rips_values import ON_DEMAND, coboundary_of, give, key_of, value_of
from .rips_vectors import FIELD, N_CLASSES, end_class, new_class, plus, scaled, youngest

# Simplices of birth and death of each class, filled up with -1; live[d] counts classes of degree d.
Classes, ClassesType = record(__name__, "Classes", "births deaths degrees live")

# The core of the edge uv: vertices[i] is the one in place i of those of the lune, near and here
# are rows of bits of places; bits is how many a vertex takes in a key.
Core, CoreType = record(__name__, "Core", "u v vertices near here bits")


@apart
def no_classes(top):
    return Classes(
        np.full((64, top + 1), -1, np.int32),
        np.full((64, top + 2), -1, np.int32),
        np.zeros(64, np.int64),
        np.zeros(top + 2, np.int64),
    )


@apart
def begin(v, classes, simplex, n):
    """A class that is born with a simplex of `n` vertices, in order: its unit value."""
    c = v.counts[N_CLASSES]
    if c == classes.births.shape[0]:
        classes.births, classes.deaths = _twice(classes.births), _twice(classes.deaths)
        classes.degrees = longer(classes.degrees)
    for i in range(n):
        classes.births[c, i] = simplex[i]
    classes.degrees[c] = n - 1
    classes.live[n - 1] += 1
    return new_class(v)


@apart
def _twice(table):
    bigger = longer_table(table)
    for i in range(table.shape[0], bigger.shape[0]):
        for j in range(table.shape[1]):
            bigger[i, j] = -1
    return bigger


@apart
def meet(cells, v, classes, simplex, n, bits):
    """Let the youngest class die that is not 0 around a simplex, if there is one: whether."""
    touched = coboundary_of(cells, v, simplex, n, bits)
    c = youngest(v, touched)
    if c < 0:
        return False
    for i in range(n):
        classes.deaths[c, i] = simplex[i]
    classes.live[n - 2] -= 1
    end_class(v, c, touched)
    return True


@apart
def _joined(core, places, n, out):
    """The simplex of u, v and places of the core, in order, and its sign against u, v first."""
    out[0], out[1] = core.u, core.v
    for i in range(n):
        out[2 + i] = core.vertices[places[i]]
    return key_of(out, n + 2, core.bits)


@apart
def join_parts(cells, v, classes, core, forest, top):
    """Components of the core: each but the first ends a loop or begins a void."""
    simplex = np.empty(4, np.int64)
    for i in range(1, forest.shape[0]):
        if forest[i, 1] >= 0:
            continue
        key, sign = _joined(core, forest[i], 1, simplex)
        ended = meet(cells, v, classes, simplex, 3, core.bits)
        if not ended and top >= 2:
            unit = begin(v, classes, simplex, 3)
            give(cells, v, key, scaled(v, unit, sign))


@apart
def fill_loops(cells, v, classes, core, forest):
    """Loops of the core, each of which may end a void, if that is the highest degree."""
    if classes.live[2] == 0:
        return
    ok = np.zeros(core.near.shape, np.uint64)
    stack, n = np.empty(64 + forest.shape[0], np.int64), 0
    simplex, places = np.empty(4, np.int64), np.empty(2, np.int64)
    for i in range(forest.shape[0]):
        x, y = forest[i]
        if y >= 0:
            set_bit(ok[x], y)
            set_bit(ok[y], x)
            stack[n] = (x << 32) | y
            n += 1
    stack = loops_left(core.near, core.here, ok, stack, n)
    w = 0
    while classes.live[2]:
        w, x = first_left(core.near, core.here, ok, w)
        if w < 0:
            break
        places[0], places[1] = w, x
        _joined(core, places, 2, simplex)
        meet(cells, v, classes, simplex, 4, core.bits)
        set_bit(ok[w], x)
        set_bit(ok[x], w)
        stack[0] = (np.int64(w) << 32) | x
        stack = loops_left(core.near, core.here, ok, stack, 1)


# -- cores in degree 1 and up ----------------------------------------------------------------
#
# Cliques stand in order. One with a common neighbour before its first vertex is joined with the
# first such to a larger clique, of which it is the last face: an apparent pair (U. Bauer, Ripser,
# Journal of Applied and Computational Topology 5, 2021), of which nothing begins and ends.


@apart
def _partner(core, clique):
    """The first common neighbour of a clique if it comes before all of it, or -1."""
    for k in range((clique[0] >> 6) + 1):
        word = core.here[k]
        for x in clique:
            word &= core.near[x, k]
        if word:
            y = 64 * k + lowest(word)
            return y if y < clique[0] else -1
    return -1


@apart
def _points_of(core, n_points):
    points, n = np.empty((n_points, 1), np.int64), 0
    for k in range(core.here.size):
        word = core.here[k]
        while word:
            points[n, 0] = 64 * k + lowest(word)
            word &= word - ONE
            n += 1
    return points


@apart
def fill_degrees(cells, v, classes, core, forest, top):
    """Degrees from 1 on of the core, for classes of degrees up to `top`, 3 or more."""
    columns = larger_cliques(_points_of(core, forest.shape[0]), core.near, core.here)
    leads = np.zeros(columns.shape[0], np.bool_)
    pair = np.empty(2, np.int64)
    for i in range(forest.shape[0]):
        if forest[i, 1] >= 0:
            pair[0], pair[1] = min(forest[i]), max(forest[i])
            leads[place_of(columns, pair, -1, -1)] = True
    for q in range(1, top - 1):
        if columns.shape[0] == 0:
            return
        if top == 3 and _all_paired(core, columns, leads):
            # Values follow one from the other, where they are asked for.
            if classes.live[3] == 0:
                return
            rows = larger_cliques(columns, core.near, core.here)
            cells.lists[-2 - cells.fate[core.u, core.v]] |= ON_DEMAND
            leads = _paired_rows(core, columns, rows, leads)
        else:
            rows = larger_cliques(columns, core.near, core.here)
            leads = _fill_degree(cells, v, classes, core, columns, rows, leads, q)
        columns = rows
    simplex = np.empty(top + 2, np.int64)
    for c in range(columns.shape[0]):
        if classes.live[top] and not leads[c] and _partner(core, columns[c]) < 0:
            _joined(core, columns[c], top, simplex)
            meet(cells, v, classes, simplex, top + 2, core.bits)


@compiled
def _all_paired(core, columns, leads):
    """Whether each clique that is not marked is in an apparent pair with a larger one."""
    for c in range(columns.shape[0]):
        if not leads[c] and _partner(core, columns[c]) < 0:
            return False
    return True


@apart
def _paired_rows(core, columns, rows, leads):
    """Which cliques are in an apparent pair with a smaller one that is not marked."""
    paired = np.zeros(rows.shape[0], np.bool_)
    for c in range(columns.shape[0]):
        if not leads[c]:
            paired[place_of(rows, columns[c], -1, _partner(core, columns[c]))] = True
    return paired


@apart
def _grown(a, size):
    if size <= a.size:
        return a
    bigger = np.empty(max(size, 2 * a.size), a.dtype)
    for i in range(a.size):
        bigger[i] = a[i]
    return bigger


@apart
def _add_entries(total, some, at, values, a, b, factor, field):
    """Add a multiple of the entries a to b to a row of numbers; bits tell which may not be 0."""
    for e in range(a, b):
        total[at[e]] = (total[at[e]] + factor * values[e]) % field
        set_bit(some, at[e])


@apart
def _take_entries(total, some, at, values, used):
    """Write down what is not 0, in order, and clear it: where the next entries go."""
    for k in range(some.size):
        word, some[k] = some[k], ZERO
        while word:
            i = 64 * k + lowest(word)
            word &= word - ONE
            if total[i]:
                at[used], values[used] = i, total[i]
                used += 1
                total[i] = 0
    return used


@compiled
def _first_entry(total, some):
    """The place of the first number that is not 0, or -1."""
    for k in range(some.size):
        while some[k]:
            i = 64 * k + lowest(some[k])
            if total[i]:
                return i
            some[k] &= some[k] - ONE
    return -1


@apart
def _add_coboundary(core, columns, rows, c, factor, total, some, field):
    """Add a multiple of the coboundary of a clique."""
    for k in range(core.here.size):
        word = core.here[k]
        for x in columns[c]:
            word &= core.near[x, k]
        while word:
            y = 64 * k + lowest(word)
            word &= word - ONE
            row, before = place_of(rows, columns[c], -1, y), 0
            for x in columns[c]:
                before += x < y
            total[row] = (total[row] + (field - factor if before % 2 else factor)) % field
            set_bit(some, row)


@apart
def _reduce(core, columns, rows, leads, field):
    """Reduce the coboundaries of cliques, the last first.

    Returns for each row the column of which it is the first entry, or -1; the columns, with
    starts and ends in entries (row, value); and the sums of columns that they come from. A column
    in an apparent pair starts at -1: its only entries are those of its coboundary.
    """
    n_columns, n_rows = columns.shape[0], rows.shape[0]
    column_of = np.full(n_rows, -1, np.int64)
    total, origin = np.zeros(n_rows, np.int64), np.zeros(n_columns, np.int64)
    some = np.zeros((n_rows + 63) >> 6, np.uint64)
    from_some = np.zeros((n_columns + 63) >> 6, np.uint64)
    ends = np.zeros((n_columns, 4), np.int64)
    at, values, used = np.empty(256, np.int64), np.empty(256, np.int64), 0
    for c in range(n_columns):
        y = -1 if leads[c] else _partner(core, columns[c])
        if y >= 0:
            column_of[place_of(rows, columns[c], -1, y)] = c
            ends[c] = -1
    for c in range(n_columns - 1, -1, -1):
        if leads[c] or ends[c, 0] < 0:
            continue
        _add_coboundary(core, columns, rows, c, 1, total, some, field)
        origin[c] = 1
        set_bit(from_some, c)
        first = _first_entry(total, some)
        while first >= 0 and column_of[first] >= 0:
            other = column_of[first]
            a, b, _, z = ends[other]
            if a < 0:  # its first entry is that without the first vertex of the row: 1
                factor = field - total[first]
                _add_coboundary(core, columns, rows, other, factor, total, some, field)
                origin[other] = (origin[other] + factor) % field
                set_bit(from_some, other)
            else:
                factor = field - total[first] * inverse_mod(values[a], field) % field
                _add_entries(total, some, at, values, a, b, factor, field)
                _add_entries(origin, from_some, at, values, b, z, factor, field)
            first = _first_entry(total, some)
        most = used + n_rows + n_columns
        at, values = _grown(at, most), _grown(values, most)
        ends[c, 0] = used
        used = _take_entries(total, some, at, values, used)
        ends[c, 1], ends[c, 2] = used, used
        used = _take_entries(origin, from_some, at, values, used)
        ends[c, 3] = used
        if first >= 0:
            column_of[first] = c
    return column_of, ends, at, values


@apart
def _difference(cells, v, core, clique):
    """The value on u and a clique less that on v and it."""
    n = clique.size
    out = np.empty(n + 1, np.int64)
    result = np.int64(0)
    for turn in range(2):
        out[0] = core.v if turn else core.u
        for i in range(n):
            out[1 + i] = core.vertices[clique[i]]
        key, sign = key_of(out, n + 1, core.bits)
        value = value_of(cells, v, key, core.bits)
        result = plus(v, result, scaled(v, value, -sign if turn else sign))
    return result


@apart
def _fill_degree(cells, v, classes, core, columns, rows, leads, q):
    """What cocycles of degree q of the core end and begin, and the values on its cliques."""
    field = v.counts[FIELD]
    column_of, ends, at, values = _reduce(core, columns, rows, leads, field)
    n_rows = rows.shape[0]
    at, values = _grown(at, at.size + n_rows), _grown(values, values.size + n_rows)  # and a column
    f = np.zeros(columns.shape[0], np.int64)
    if classes.live[q + 2]:
        rest = np.zeros(n_rows, np.int64)
        total, some = np.zeros(n_rows, np.int64), np.zeros((n_rows + 63) >> 6, np.uint64)
        for row in range(n_rows):
            c = column_of[row]
            if c < 0:
                continue
            value = plus(v, _difference(cells, v, core, rows[row]), rest[row])
            if value == 0:
                continue
            a, b, _, z = ends[c]
            if a < 0:
                f[c] = plus(v, f[c], value)
                _add_coboundary(core, columns, rows, c, 1, total, some, field)
                a = used = at.size - n_rows
                b = _take_entries(total, some, at, values, used)
            else:
                value = scaled(v, value, inverse_mod(values[a], field))
                for e in range(b, z):
                    f[at[e]] = plus(v, f[at[e]], scaled(v, value, values[e]))
            for e in range(a + 1, b):
                if column_of[at[e]] >= 0:
                    rest[at[e]] = plus(v, rest[at[e]], scaled(v, value, field - values[e]))
    simplex = np.empty(q + 3, np.int64)
    for c in range(columns.shape[0]):
        if leads[c] or ends[c, 0] < 0 or ends[c, 1] > ends[c, 0]:
            continue
        _joined(core, columns[c], q + 1, simplex)
        ended = meet(cells, v, classes, simplex, q + 3, core.bits)
        if not ended:
            unit = begin(v, classes, simplex, q + 3)
            for e in range(ends[c, 2], ends[c, 3]):
                f[at[e]] = plus(v, f[at[e]], scaled(v, unit, values[e]))
    for c in range(columns.shape[0]):
        if f[c]:
            key, sign = _joined(core, columns[c], q + 1, simplex)
            give(cells, v, key, scaled(v, f[c], sign))
    pivots = np.zeros(n_rows, np.bool_)
    for row in range(n_rows):
        pivots[row] = column_of[row] >= 0
    return pivots
