"""Persistence of images of three axes whose pixels are the vertices of the cubical grid.

Each pixel enters with its star: the edges, squares and cubes of which it is the last vertex. Cells
within a star are matched as far as possible, which is optimal in three dimensions (Robins, Wood,
Sheppard, "Theory and algorithms for constructing discrete Morse complexes from grayscale digital
images", 2011). Cells without a match are critical. Degree 0 is union-find over the critical edges
upward. Degree 2 is union-find over the critical squares downward, between critical cubes and the
outside. What these two leave over is degree 1: the boundary of a square, over Z/2, is followed
down the matching to critical edges.

The image lies in an array with a margin of one pixel that never enters. A cell is named by a
pixel, as a flat position, and a direction. From a pixel, the 6 directions are its edges, -x, +x,
-y, +y, -z, +z; 12 pairs of them are its squares; 8 triples its cubes. A cube is also named by its
corner that is first in the array.
"""

import numpy as np

from ._compiled import compiled, watch
from .growing import longer_table
from .union_find import find, shorten

NEVER = np.int32(2**31 - 1)  # the rank of the margin

# Square s of a pixel spans the directions FIRST[s] and SECOND[s] and lies between the cubes
# CUBE_A[s] and CUBE_B[s]; square ACROSS[i, j] spans i and j. Cube t spans the directions
# t >> 2 & 1, 2 + (t >> 1 & 1), 4 + (t & 1), and has the three squares FACES[t].
FIRST = np.array([0, 0, 1, 1, 0, 0, 1, 1, 2, 2, 3, 3])
SECOND = np.array([2, 3, 2, 3, 4, 5, 4, 5, 4, 5, 4, 5])
CUBE_A = np.array([0, 2, 4, 6, 0, 1, 4, 5, 0, 1, 2, 3])
CUBE_B = np.array([1, 3, 5, 7, 2, 3, 6, 7, 4, 5, 6, 7])
ACROSS = np.full((6, 6), -1)
ACROSS[FIRST, SECOND] = ACROSS[SECOND, FIRST] = np.arange(12)
FACES = np.array([np.flatnonzero((CUBE_A == t) | (CUBE_B == t)) for t in range(8)])

# What becomes of an edge, in 3 bits: 0 to 5 matched with the square towards that direction.
CRITICAL = 6
DROPPED = 7  # matched with its pixel, or it joins components: it bounds nothing


@compiled
def star_tables():
    """Tables of what depends on few bits: possible squares, possible cubes, and forests of squares.

    For 64 sets of edges: the squares that they span. For 4096 sets of squares: the cubes that they
    bound; a spanning forest of the edges through the squares, as the squares in it; and the code of
    each edge in 3 bits, which is `CRITICAL` for the roots.
    """
    squares = np.zeros(64, np.uint16)
    cubes = np.zeros(4096, np.uint8)
    forest = np.zeros(4096, np.uint16)
    codes = np.zeros(4096, np.uint32)
    for edges in range(64):
        for s in range(12):
            if (edges >> FIRST[s]) & 1 and (edges >> SECOND[s]) & 1:
                squares[edges] |= np.uint16(1 << s)
    for here in range(4096):
        for t in range(8):
            whole = True
            for s in FACES[t]:
                whole = whole and (here >> s) & 1 == 1
            if whole:
                cubes[here] |= np.uint8(1 << t)
        seen, code, used = 0, 0, 0
        for root in range(6):
            if (seen >> root) & 1:
                continue
            seen |= 1 << root
            code |= CRITICAL << 3 * root
            grows = True
            while grows:
                grows = False
                for s in range(12):
                    if not (here >> s) & 1:
                        continue
                    i, j = FIRST[s], SECOND[s]
                    if ((seen >> i) & 1) != ((seen >> j) & 1):
                        # Earlier roots have no square left that leads out of their tree.
                        if (seen >> i) & 1:
                            i, j = j, i
                        seen |= 1 << i
                        code |= j << 3 * i
                        used |= 1 << s
                        grows = True
        forest[here], codes[here] = used, code
    return squares, cubes, forest, codes


@compiled
def padded_ranks(order, shape, border):
    """The array of ranks with its margin, and the position of every rank.

    `order` lists flat pixels as they enter. With `border` one layer of pixels around the image
    enters before all, between it and the margin.
    """
    wide = 2 if border else 1
    nx, ny, nz = shape[0] + 2 * wide, shape[1] + 2 * wide, shape[2] + 2 * wide
    rank = np.full((nx, ny, nz), NEVER, np.int32)
    flat = rank.reshape(rank.size)
    n_border = 0
    if border:
        n_border = (nx - 2) * (ny - 2) * (nz - 2) - order.size
    position = np.empty(n_border + order.size, np.int32)
    if border:
        r = 0
        for x in range(1, nx - 1):
            for y in range(1, ny - 1):
                whole = x == 1 or x == nx - 2 or y == 1 or y == ny - 2
                for z in range(1, nz - 1, 1 if whole else nz - 3):
                    rank[x, y, z] = r
                    position[r] = (x * ny + y) * nz + z
                    r += 1
    for i in range(order.size):
        p = order[i]
        row = p // shape[2]
        z = p - row * shape[2]
        x = row // shape[1]
        y = row - x * shape[1]
        q = ((x + wide) * ny + y + wide) * nz + z + wide
        flat[q] = n_border + i
        position[n_border + i] = q
    return rank, position


@compiled
def directions(ny, nz):
    """Steps in the flat array along the 6 directions."""
    return np.array([-ny * nz, ny * nz, -nz, nz, -1, 1])


@compiled
def match_stars(rank, tables):
    """The matching of every star: codes of the edges, pointers, and critical squares.

    Returns for every position: the codes of its edges, 3 bits each; the next pixel `down` to a
    minimum, which points to itself; the next cube `out` of each cube towards a maximum, which
    points to itself, or the outside, which is 0; and the critical squares as bits.
    """
    squares_of, cubes_of, forest_of, codes_of = tables
    nx, ny, nz = rank.shape
    step = directions(ny, nz)
    flat = rank.reshape(rank.size)
    codes = np.zeros(rank.size, np.uint32)
    down = np.zeros(rank.size, np.int32)
    out = np.zeros(rank.size, np.int32)
    critical = np.zeros(rank.size, np.uint16)
    side = np.empty(12, np.int64)
    for s in range(12):
        side[s] = step[FIRST[s]] + step[SECOND[s]]
    corner = np.empty(8, np.int64)
    origin = np.empty(8, np.int64)  # from a pixel to the first corner of its cube
    for t in range(8):
        corner[t] = step[(t >> 2) & 1] + step[2 + ((t >> 1) & 1)] + step[4 + (t & 1)]
        origin[t] = (corner[t] - step[1] - step[3] - step[5]) // 2
    before, second = np.zeros(nz, np.uint32), 0
    for x in range(1, nx - 1):
        second = watch(second)
        if second < 0:
            break
        for y in range(1, ny - 1):
            start = (x * ny + y) * nz
            here = flat[start + 1 : start + nz - 1]
            row = before[1 : nz - 1]
            row[:] = 0
            for k in range(26):
                if k < 6:
                    d = step[k]
                elif k < 18:
                    d = side[k - 6]
                else:
                    d = corner[k - 18]
                there = flat[start + 1 + d : start + nz - 1 + d]
                bit = np.uint32(1) << np.uint32(k)
                for z in range(here.size):
                    row[z] |= bit if there[z] < here[z] else np.uint32(0)
            for z in range(1, nz - 1):
                p = start + z
                if flat[p] == NEVER:
                    continue
                mask = before[z]
                edges = mask & np.uint32(63)
                if edges == 0:
                    down[p] = p
                    continue
                squares = squares_of[edges] & np.uint16((mask >> np.uint32(6)) & np.uint32(4095))
                code = codes_of[squares]
                # One root is matched with the pixel; edges that are not there are dropped too.
                way, lowest = -1, NEVER
                for d in range(6):
                    if (code >> np.uint32(3 * d)) & np.uint32(7) == CRITICAL:
                        if not (edges >> np.uint32(d)) & np.uint32(1):
                            code |= np.uint32(DROPPED << 3 * d)
                        elif flat[p + step[d]] < lowest:
                            way, lowest = d, flat[p + step[d]]
                code |= np.uint32(DROPPED << 3 * way)
                codes[p] = code
                down[p] = p + step[way]
                free = squares & ~forest_of[squares]
                cubes = cubes_of[squares] & np.uint8(mask >> np.uint32(18))
                while cubes:
                    stuck = True
                    for t in range(8):
                        if not (cubes >> t) & 1:
                            continue
                        for f in range(3):
                            s = FACES[t, f]
                            u = CUBE_A[s] + CUBE_B[s] - t
                            if (free >> s) & 1 and not (cubes >> u) & 1:
                                free ^= np.uint16(1 << s)
                                cubes ^= np.uint8(1 << t)
                                out[p + origin[t]] = p + origin[u]
                                stuck = False
                                break
                    if stuck:  # all eight, the pixel fills a void
                        cubes ^= np.uint8(1)
                        out[p + origin[0]] = p + origin[0]
                critical[p] = free
    # Cubes with a corner in the margin are the outside.
    for x in range(nx):
        for y in range(ny):
            start = (x * ny + y) * nz
            if x == 0 or x >= nx - 2 or y == 0 or y >= ny - 2:
                out[start : start + nz] = 0
            else:
                out[start] = out[start + nz - 1] = out[start + nz - 2] = 0
    return codes, down, out, critical


@compiled
def component_bars(rank, position, codes, down):
    """Bars of degree 0 as positions of birth and death, without the one that never dies.

    Edges that join components are removed from `codes`. So the critical edges that stay give birth
    to the classes of degree 1.
    """
    flat = rank.reshape(rank.size)
    step = directions(rank.shape[1], rank.shape[2])
    bars = np.empty((64, 2), np.int32)
    n_bars = 0
    shorten(down)
    second = 0
    for r in range(position.size):
        if r & 0xFFFF == 0:
            second = watch(second)
            if second < 0:
                break
        p = position[r]
        code = np.int64(codes[p])
        for d in range(6):
            if (code >> 3 * d) & 7 != CRITICAL:
                continue
            a, b = find(down, p), find(down, p + step[d])
            if a == b:
                continue
            if flat[b] < flat[a]:
                a, b = b, a
            down[b] = a
            codes[p] |= np.uint32(DROPPED << 3 * d)
            if n_bars == bars.shape[0]:
                bars = longer_table(bars)
            bars[n_bars, 0], bars[n_bars, 1] = b, p
            n_bars += 1
    return bars[:n_bars]


@compiled
def _last_corner(flat, c, step):
    """The position of the corner of cube `c` that enters last."""
    last = c
    for t in range(1, 8):
        q = c + (t & 1) * step[1] + ((t >> 1) & 1) * step[3] + ((t >> 2) & 1) * step[5]
        if flat[q] > flat[last]:
            last = q
    return last


@compiled
def void_bars(rank, position, out, critical):
    """Bars of degree 2 as positions of birth and death.

    Squares that give birth to them are removed from `critical`. So those that stay end the classes
    of degree 1.
    """
    flat = rank.reshape(rank.size)
    step = directions(rank.shape[1], rank.shape[2])
    bars = np.empty((64, 2), np.int32)
    n_bars = 0
    origin = np.empty(8, np.int64)
    for t in range(8):
        origin[t] = -((t >> 2 & 1) ^ 1) * step[1] - ((t >> 1 & 1) ^ 1) * step[3]
        origin[t] -= ((t & 1) ^ 1) * step[5]
    shorten(out)
    second = 0
    for r in range(position.size - 1, -1, -1):
        if r & 0xFFFF == 0:
            second = watch(second)
            if second < 0:
                break
        p = position[r]
        if not critical[p]:
            continue
        for s in range(11, -1, -1):
            if not (critical[p] >> s) & 1:
                continue
            a, b = find(out, p + origin[CUBE_A[s]]), find(out, p + origin[CUBE_B[s]])
            if a == b:
                continue
            end_a = _last_corner(flat, a, step) if a else 0
            end_b = _last_corner(flat, b, step) if b else 0
            if b == 0 or (a != 0 and flat[end_b] > flat[end_a]):
                a, b, end_b = b, a, end_a
            out[b] = a
            critical[p] ^= np.uint16(1 << s)
            if n_bars == bars.shape[0]:
                bars = longer_table(bars)
            bars[n_bars, 0], bars[n_bars, 1] = p, end_b
            n_bars += 1
    return bars[:n_bars]


@compiled
def drop_border(position, n_border, codes, critical):
    """Remove the critical cells of the border: it is a sphere, so each loop in it ends in it."""
    for r in range(n_border):
        codes[position[r]] = (1 << 18) - 1
        critical[position[r]] = 0
