"""What is known of a cocycle while its support is sought, and how its values follow, in kernels.

Of the edge at hand it is known onto which vertex each of its lune goes (`rips_lune`): so a simplex
of the edge has a partner, the vertex that makes it a larger one, from whose other faces its value
follows. All values are those on simplices with their vertices in order.
"""

import numpy as np

from ._compiled import apart, compiled
from .growing import longer
from .records import record
from .rips_values import EMPTY, ON_DEMAND

# What the pass has left, and what a search needs. adjacent are rows of bits, of edges so far.
# keys and numbers are a hash table of values that are known, 0 too; support are the keys of those
# that are not, amounts their values. A face of support i and a vertex w may make up a larger
# simplex whose longest edge is uv: items holds i and w, next what else waits at uv, and
# heads[u, v] the last that came. heap has the edges at which something waits, the earliest first.
# stamp, when and onto tell of the edge at hand which vertices its list has, where, and onto which
# they go. rows are of `rips_sweep`. counts are under the names below.
Search, SearchType = record(
    __name__,
    "Search",
    "rank fate lists adjacent keys numbers support amounts items next heads heap stamp when onto "
    "stack work common rows counts",
)
N_KEYS, N_SUPPORT, N_ITEMS, FREE, N_HEAP, STAMP, N_GONE, N_LISTED, APEX, CORE = range(10)
N_WAITED, N_ROWS = 10, 11
SMALL = 1 << 10


@apart
def no_search(rank, fate, lists):
    n = rank.shape[0]
    n_words = (n + 63) >> 6
    return Search(
        rank,
        fate,
        lists,
        np.zeros((n, n_words), np.uint64),
        np.zeros(SMALL, np.int64),
        np.empty(SMALL, np.int64),
        np.empty(SMALL, np.int64),
        np.empty(SMALL, np.int64),
        np.empty(SMALL, np.int64),
        np.empty(SMALL, np.int64),
        np.full((n, n), -1, np.int32),
        np.empty(64, np.int64),
        np.zeros(n, np.int64),
        np.empty(n, np.int64),
        np.empty(n, np.int64),
        np.empty(256, np.int64),
        np.empty(80, np.int64),
        np.empty(n_words, np.uint64),
        np.zeros((64, n_words), np.uint64),
        np.array([0, 0, 0, -1, 0, 0, 0, 0, 0, 0, 0, 0]),
    )


@compiled
def bytes_of(s, size):
    """How much a search takes now, with the cocycle as Python gets it."""
    lists = s.keys.size + s.items.size + s.support.size
    return 16 * lists + 8 * s.rows.size + 8 * (size + 1) * s.counts[N_SUPPORT]


@compiled
def place_of_key(keys, key):
    """Where `key` is in the hash table, or would be."""
    mask = keys.size - 1
    i = np.int64((np.uint64(key) * np.uint64(0x9E3779B97F4A7C15)) >> np.uint64(24)) & mask
    while keys[i] != key and keys[i] != 0:
        i = (i + 1) & mask
    return i


@apart
def add_to(s, key, value, field):
    """Add to a value of the hash table."""
    if 2 * (s.counts[N_KEYS] + 1) > s.keys.size:
        keys, numbers = np.zeros(2 * s.keys.size, np.int64), np.empty(2 * s.keys.size, np.int64)
        for i in range(s.keys.size):
            if s.keys[i]:
                place = place_of_key(keys, s.keys[i])
                keys[place], numbers[place] = s.keys[i], s.numbers[i]
        s.keys, s.numbers = keys, numbers
    place = place_of_key(s.keys, key)
    if s.keys[place] == 0:
        s.keys[place], s.numbers[place] = key, 0
        s.counts[N_KEYS] += 1
    s.numbers[place] = (s.numbers[place] + value) % field


@apart
def append(s, key, value):
    n = s.counts[N_SUPPORT]
    if n == s.support.size:
        s.support, s.amounts = longer(s.support), longer(s.amounts)
    s.support[n], s.amounts[n] = key, value
    s.counts[N_SUPPORT] = n + 1


@compiled
def unpack(key, n, bits, out):
    """The vertices of a simplex, in order."""
    for i in range(n - 1, -1, -1):
        out[i] = (key & ((np.int64(1) << bits) - 1)) - 1
        key >>= bits


@compiled
def without(vertices, n, skip, bits):
    """The key of a simplex without one of its vertices."""
    key = np.int64(0)
    for i in range(n):
        if i != skip:
            key = (key << bits) | (vertices[i] + 1)
    return key


@compiled
def longest(rank, vertices, n):
    """The longest edge of a simplex, and its rank."""
    u, v, latest = vertices[0], vertices[1], np.int64(-1)
    for i in range(n):
        for j in range(i):
            if rank[vertices[j], vertices[i]] > latest:
                u, v = vertices[j], vertices[i]
                latest = np.int64(rank[u, v])
    return u, v, latest


@compiled
def insert(vertices, n, w):
    """Put a vertex into its place among `n` in order: that place."""
    i = n
    while i and vertices[i - 1] > w:
        vertices[i] = vertices[i - 1]
        i -= 1
    vertices[i] = w
    return i


@apart
def read_list(s, u, v):
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
def partner_of(s, u, v, rest, n):
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
