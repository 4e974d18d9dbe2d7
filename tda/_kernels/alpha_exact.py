"""Exact signs of determinants of points: which side of a plane, inside or outside a sphere.

The points must lie on a grid on which all differences are exact in double precision
(`fixed_point` in the adapter puts them there). A determinant is first computed plainly. If its
rounding error could hide the sign, it is computed again as an expansion: a sum of doubles that do
not overlap and together hold the exact value (J. R. Shewchuk, Adaptive precision floating-point
arithmetic and fast robust geometric predicates, Discrete & Computational Geometry 18, 1997).
The expansion of the sphere is long, so pairs of doubles are tried before it.

`slack` is 1. It is 0 if the caller knows that plain arithmetic does not round at all.
"""

import numpy as np

from ._compiled import compiled

_U = 2.0**-53
#: Bounds on the rounding of each plain determinant, as a share of the sum of its terms' sizes.
_ORIENT2, _ORIENT3, _CIRCLE, _SPHERE = 4 * _U, 8 * _U, 12 * _U, 20 * _U
_POWER, _POWER_SPHERE = 14 * _U, 22 * _U


# -- sums and products without error ---------------------------------------------------------


@compiled
def two_sum(a, b):
    """a + b as a double, and the rounding error of that sum."""
    s = a + b
    bb = s - a
    return s, (a - (s - bb)) + (b - bb)


@compiled
def two_product(a, b):
    """a * b as a double, and the rounding error of that product."""
    p = a * b
    c = 134217729.0 * a
    a_high = c - (c - a)
    a_low = a - a_high
    c = 134217729.0 * b
    b_high = c - (c - b)
    b_low = b - b_high
    return p, a_low * b_low - (((p - a_high * b_high) - a_low * b_high) - a_high * b_low)


@compiled
def add(e, n, f, m, out):
    """Sum of two expansions, smallest terms first; returns the number of its terms."""
    i, j, k = 0, 0, 0
    q = 0.0
    while i < n or j < m:
        if j == m or (i < n and abs(e[i]) <= abs(f[j])):
            g = e[i]
            i += 1
        else:
            g = f[j]
            j += 1
        q, low = two_sum(q, g)
        if low != 0.0:
            out[k] = low
            k += 1
    if q != 0.0:
        out[k] = q
        k += 1
    return k


@compiled
def scale(e, n, b, out):
    """Product of an expansion and a double; returns the number of its terms."""
    if n == 0 or b == 0.0:
        return 0
    k = 0
    q, low = two_product(e[0], b)
    if low != 0.0:
        out[k] = low
        k += 1
    for i in range(1, n):
        high, rest = two_product(e[i], b)
        s, low = two_sum(q, rest)
        if low != 0.0:
            out[k] = low
            k += 1
        q, low = two_sum(high, s)
        if low != 0.0:
            out[k] = low
            k += 1
    if q != 0.0:
        out[k] = q
        k += 1
    return k


@compiled
def minor(ax, ay, bx, by, out):
    """The expansion of ``ax * by - ay * bx``, of at most four terms."""
    p, p_low = two_product(ax, by)
    q, q_low = two_product(-ay, bx)
    e, f = np.empty(2), np.empty(2)
    n, m = 0, 0
    if p_low != 0.0:
        e[n] = p_low
        n += 1
    if p != 0.0:
        e[n] = p
        n += 1
    if q_low != 0.0:
        f[m] = q_low
        m += 1
    if q != 0.0:
        f[m] = q
        m += 1
    return add(e, n, f, m, out)


@compiled
def estimate(e, n):
    """An expansion as one double, with the right sign and a relative error of a few roundings."""
    total = 0.0
    for i in range(n):
        total += e[i]
    return total


@compiled
def minor_close(ax, ay, bx, by):
    """``ax * by - ay * bx`` with a relative error of a few roundings."""
    p, q = ax * by, ay * bx
    d = p - q
    if abs(d) >= 1e-3 * (abs(p) + abs(q)):
        return d
    out = np.empty(4)
    return estimate(out, minor(ax, ay, bx, by, out))


@compiled
def triple(ax, ay, az, bx, by, bz, cx, cy, cz, out):
    """The expansion of the determinant of three rows, of at most 24 terms."""
    pair, one, two, part = np.empty(4), np.empty(8), np.empty(8), np.empty(16)
    n = scale(pair, minor(bx, by, cx, cy, pair), az, one)
    m = scale(pair, minor(cx, cy, ax, ay, pair), bz, two)
    k = add(one, n, two, m, part)
    m = scale(pair, minor(ax, ay, bx, by, pair), cz, two)
    return add(part, k, two, m, out)


# -- the plane -------------------------------------------------------------------------------


@compiled
def orient2(ax, ay, bx, by, cx, cy, slack):
    """Positive where a, b, c turn left; 0 exactly where they are collinear."""
    ux, uy, vx, vy = bx - ax, by - ay, cx - ax, cy - ay
    p, q = ux * vy, uy * vx
    d = p - q
    if abs(d) >= slack * _ORIENT2 * (abs(p) + abs(q)):
        return d
    out = np.empty(4)
    return estimate(out, minor(ux, uy, vx, vy, out))


@compiled
def in_circle(ax, ay, bx, by, cx, cy, px, py, slack):
    """Positive where p is inside the circle of a, b, c, which turn left; 0 exactly on it."""
    ax, ay, bx, by, cx, cy = ax - px, ay - py, bx - px, by - py, cx - px, cy - py
    a2, b2, c2 = ax * ax + ay * ay, bx * bx + by * by, cx * cx + cy * cy
    p, q, r, s, t, w = bx * cy, by * cx, cx * ay, cy * ax, ax * by, ay * bx
    d = a2 * (p - q) + b2 * (r - s) + c2 * (t - w)
    size = a2 * (abs(p) + abs(q)) + b2 * (abs(r) + abs(s)) + c2 * (abs(t) + abs(w))
    if abs(d) >= slack * _CIRCLE * size:
        return d
    return _in_circle_exact(ax, ay, 0.0, bx, by, 0.0, cx, cy, 0.0)


@compiled
def in_power_circle(ax, ay, aw, bx, by, bw, cx, cy, cw, px, py, slack):
    """`in_circle` with weights: positive where p is inside the circle orthogonal to a, b, c.

    `aw`, `bw`, `cw` are the weight of p minus the weights of a, b, c. They must be exact.
    """
    ax, ay, bx, by, cx, cy = ax - px, ay - py, bx - px, by - py, cx - px, cy - py
    a2, b2, c2 = ax * ax + ay * ay, bx * bx + by * by, cx * cx + cy * cy
    p, q, r, s, t, w = bx * cy, by * cx, cx * ay, cy * ax, ax * by, ay * bx
    d = (a2 + aw) * (p - q) + (b2 + bw) * (r - s) + (c2 + cw) * (t - w)
    size = (a2 + abs(aw)) * (abs(p) + abs(q)) + (b2 + abs(bw)) * (abs(r) + abs(s))
    size += (c2 + abs(cw)) * (abs(t) + abs(w))
    if abs(d) >= slack * _POWER * size:
        return d
    return _in_circle_exact(ax, ay, aw, bx, by, bw, cx, cy, cw)


@compiled
def _in_circle_exact(ax, ay, aw, bx, by, bw, cx, cy, cw):
    pair, total, other = np.empty(4), np.empty(120), np.empty(120)
    once, twice = np.empty(8), np.empty(16)
    n = 0
    for row in range(3):
        if row == 0:
            x, y, w, m = ax, ay, aw, minor(bx, by, cx, cy, pair)
        elif row == 1:
            x, y, w, m = bx, by, bw, minor(cx, cy, ax, ay, pair)
        else:
            x, y, w, m = cx, cy, cw, minor(ax, ay, bx, by, pair)
        for axis in range(2):
            z = x if axis == 0 else y
            k = scale(once, scale(pair, m, z, once), z, twice)
            n = add(total, n, twice, k, other)
            total, other = other, total
        if w != 0.0:
            n = add(total, n, once, scale(pair, m, w, once), other)
            total, other = other, total
    return estimate(total, n)


@compiled
def tie_circle(ax, ay, bx, by, cx, cy, slack):
    """The side on which the origin lies if the circle of a, b, c, which it is on, is deformed.

    To the squared lengths a multiple of ``x * x``, of ``x * y``, or of ``y * y`` is added, each far
    smaller than the one before. So there are no ties, and moving all points alike changes nothing.
    """
    p, q, r, s, t, w = bx * cy, by * cx, cx * ay, cy * ax, ax * by, ay * bx
    for kind in range(3):
        a2 = (ax if kind < 2 else ay) * (ay if kind > 0 else ax)
        b2 = (bx if kind < 2 else by) * (by if kind > 0 else bx)
        c2 = (cx if kind < 2 else cy) * (cy if kind > 0 else cx)
        d = a2 * (p - q) + b2 * (r - s) + c2 * (t - w)
        size = abs(a2) * (abs(p) + abs(q)) + abs(b2) * (abs(r) + abs(s))
        size += abs(c2) * (abs(t) + abs(w))
        if slack > 0.0 and abs(d) <= _CIRCLE * size:
            d = _tie_circle_exact(ax, ay, bx, by, cx, cy, kind)
        if d != 0.0:
            return d
    return 0.0


@compiled
def _tie_circle_exact(ax, ay, bx, by, cx, cy, kind):
    pair, total, other = np.empty(4), np.empty(48), np.empty(48)
    once, twice = np.empty(8), np.empty(16)
    n = 0
    for row in range(3):
        if row == 0:
            x, y, m = ax, ay, minor(bx, by, cx, cy, pair)
        elif row == 1:
            x, y, m = bx, by, minor(cx, cy, ax, ay, pair)
        else:
            x, y, m = cx, cy, minor(ax, ay, bx, by, pair)
        k = scale(pair, m, x if kind < 2 else y, once)
        n = add(total, n, twice, scale(once, k, y if kind > 0 else x, twice), other)
        total, other = other, total
    return estimate(total, n)


# -- space -----------------------------------------------------------------------------------


@compiled
def orient3(ax, ay, az, bx, by, bz, cx, cy, cz, px, py, pz, slack):
    """The determinant of b - a, c - a, p - a; 0 exactly where the four are coplanar."""
    bx, by, bz = bx - ax, by - ay, bz - az
    cx, cy, cz = cx - ax, cy - ay, cz - az
    px, py, pz = px - ax, py - ay, pz - az
    p, q, r, s, t, w = bx * cy, by * cx, cx * py, cy * px, px * by, py * bx
    d = pz * (p - q) + bz * (r - s) + cz * (t - w)
    size = abs(pz) * (abs(p) + abs(q)) + abs(bz) * (abs(r) + abs(s)) + abs(cz) * (abs(t) + abs(w))
    if abs(d) >= slack * _ORIENT3 * size:
        return d
    out = np.empty(24)
    return estimate(out, triple(bx, by, bz, cx, cy, cz, px, py, pz, out))


@compiled
def in_sphere(ax, ay, az, bx, by, bz, cx, cy, cz, dx, dy, dz, px, py, pz, slack):
    """Positive where p is inside the sphere of a, b, c, d. Their `orient3` must be positive."""
    ax, ay, az, bx, by, bz = ax - px, ay - py, az - pz, bx - px, by - py, bz - pz
    cx, cy, cz, dx, dy, dz = cx - px, cy - py, cz - pz, dx - px, dy - py, dz - pz
    a2 = ax * ax + ay * ay + az * az
    b2 = bx * bx + by * by + bz * bz
    c2 = cx * cx + cy * cy + cz * cz
    d2 = dx * dx + dy * dy + dz * dz
    axby, aybx, bxcy, bycx = ax * by, ay * bx, bx * cy, by * cx
    cxdy, cydx, dxay, dyax = cx * dy, cy * dx, dx * ay, dy * ax
    axcy, aycx, bxdy, bydx = ax * cy, ay * cx, bx * dy, by * dx
    ab, bc, cd, da = axby - aybx, bxcy - bycx, cxdy - cydx, dxay - dyax
    ac, bd = axcy - aycx, bxdy - bydx
    abc = az * bc - bz * ac + cz * ab
    bcd = bz * cd - cz * bd + dz * bc
    cda = cz * da + dz * ac + az * cd
    dab = dz * ab + az * bd + bz * da
    d = (a2 * bcd - b2 * cda) + (c2 * dab - d2 * abc)
    pa, pb, pc, pd = abs(az), abs(bz), abs(cz), abs(dz)
    ab, bc, cd = abs(axby) + abs(aybx), abs(bxcy) + abs(bycx), abs(cxdy) + abs(cydx)
    da, ac, bd = abs(dxay) + abs(dyax), abs(axcy) + abs(aycx), abs(bxdy) + abs(bydx)
    size = (
        a2 * (pb * cd + pc * bd + pd * bc)
        + b2 * (pc * da + pd * ac + pa * cd)
        + c2 * (pd * ab + pa * bd + pb * da)
        + d2 * (pa * bc + pb * ac + pc * ab)
    )
    if abs(d) >= slack * _SPHERE * size:
        return d
    d = _in_sphere_close(ax, ay, az, bx, by, bz, cx, cy, cz, dx, dy, dz)
    if abs(d) >= 256 * _U * _U * size:
        return d
    return _in_sphere_exact(ax, ay, az, bx, by, bz, cx, cy, cz, dx, dy, dz)


@compiled
def plus_pair(a, a_low, b, b_low):
    s, low = two_sum(a, b)
    low += a_low + b_low
    h = s + low
    return h, low - (h - s)


@compiled
def times_pair(a, a_low, b, b_low):
    p, low = two_product(a, b)
    low += a * b_low + a_low * b
    h = p + low
    return h, low - (h - p)


@compiled
def _in_sphere_close(ax, ay, az, bx, by, bz, cx, cy, cz, dx, dy, dz):
    """The determinant of `in_sphere` in pairs of doubles, row by row."""
    d, d_low = 0.0, 0.0
    for _ in range(4):
        # The first row's lift times the determinant of the other three, then the rows turn.
        m, m_low = 0.0, 0.0
        for _ in range(3):
            p, p_low = two_product(cx, dy)
            q, q_low = two_product(cy, dx)
            p, p_low = plus_pair(p, p_low, -q, -q_low)
            p, p_low = times_pair(p, p_low, bz, 0.0)
            m, m_low = plus_pair(m, m_low, p, p_low)
            bx, by, bz, cx, cy, cz, dx, dy, dz = cx, cy, cz, dx, dy, dz, bx, by, bz
        x, x_low = two_product(ax, ax)
        y, y_low = two_product(ay, ay)
        z, z_low = two_product(az, az)
        x, x_low = plus_pair(x, x_low, y, y_low)
        x, x_low = plus_pair(x, x_low, z, z_low)
        m, m_low = times_pair(m, m_low, x, x_low)
        d, d_low = plus_pair(-d, -d_low, m, m_low)
        ax, ay, az, bx, by, bz, cx, cy, cz, dx, dy, dz = (
            bx, by, bz, cx, cy, cz, dx, dy, dz, ax, ay, az,
        )  # fmt: skip
    return -d


@compiled
def _in_sphere_exact(ax, ay, az, bx, by, bz, cx, cy, cz, dx, dy, dz):
    return _sphere_sum(
        ax, ay, az, 0.0, bx, by, bz, 0.0, cx, cy, cz, 0.0, dx, dy, dz, 0.0, -1, -1
    )  # fmt: skip


@compiled
def _sphere_sum(ax, ay, az, aw, bx, by, bz, bw, cx, cy, cz, cw, dx, dy, dz, dw, first, second):
    """The determinant of rows (x, y, z, lift); the lift is the squared length plus w.

    Or, where `first` is an axis, the product of the coordinates `first` and `second`.
    """
    det, total, other = np.empty(24), np.empty(1400), np.empty(1400)
    once, twice = np.empty(48), np.empty(96)
    n = 0
    for row in range(4):
        if row == 0:
            x, y, z, w, m = ax, ay, az, aw, triple(bx, by, bz, cx, cy, cz, dx, dy, dz, det)
        elif row == 1:
            x, y, z, w, m = bx, by, bz, bw, triple(ax, ay, az, dx, dy, dz, cx, cy, cz, det)
        elif row == 2:
            x, y, z, w, m = cx, cy, cz, cw, triple(ax, ay, az, bx, by, bz, dx, dy, dz, det)
        else:
            x, y, z, w, m = dx, dy, dz, dw, triple(ax, ay, az, cx, cy, cz, bx, by, bz, det)
        if first >= 0:
            k = scale(det, m, _of(x, y, z, first), once)
            k = scale(once, k, _of(x, y, z, second), twice)
            n = add(total, n, twice, k, other)
            total, other = other, total
            continue
        for axis in range(3):
            u = _of(x, y, z, axis)
            k = scale(once, scale(det, m, u, once), u, twice)
            n = add(total, n, twice, k, other)
            total, other = other, total
        if w != 0.0:
            n = add(total, n, once, scale(det, m, w, once), other)
            total, other = other, total
    return estimate(total, n)


@compiled
def _of(x, y, z, axis):
    return x if axis == 0 else (y if axis == 1 else z)


@compiled
def _minors(ax, ay, az, bx, by, bz, cx, cy, cz, dx, dy, dz):
    """The determinants of bcd, cda, dab and abc, and the sums of the sizes of their terms."""
    axby, aybx, bxcy, bycx = ax * by, ay * bx, bx * cy, by * cx
    cxdy, cydx, dxay, dyax = cx * dy, cy * dx, dx * ay, dy * ax
    axcy, aycx, bxdy, bydx = ax * cy, ay * cx, bx * dy, by * dx
    ab, bc, cd, da = axby - aybx, bxcy - bycx, cxdy - cydx, dxay - dyax
    ac, bd = axcy - aycx, bxdy - bydx
    abc = az * bc - bz * ac + cz * ab
    bcd = bz * cd - cz * bd + dz * bc
    cda = cz * da + dz * ac + az * cd
    dab = dz * ab + az * bd + bz * da
    pa, pb, pc, pd = abs(az), abs(bz), abs(cz), abs(dz)
    ab, bc, cd = abs(axby) + abs(aybx), abs(bxcy) + abs(bycx), abs(cxdy) + abs(cydx)
    da, ac, bd = abs(dxay) + abs(dyax), abs(axcy) + abs(aycx), abs(bxdy) + abs(bydx)
    return (
        bcd, cda, dab, abc,
        pb * cd + pc * bd + pd * bc, pc * da + pd * ac + pa * cd,
        pd * ab + pa * bd + pb * da, pa * bc + pb * ac + pc * ab,
    )  # fmt: skip


@compiled
def in_power_sphere(
    ax, ay, az, aw, bx, by, bz, bw, cx, cy, cz, cw, dx, dy, dz, dw, px, py, pz, slack
):  # fmt: skip
    """`in_sphere` with weights: positive where p is inside the sphere orthogonal to the four.

    `aw`, `bw`, `cw`, `dw` are the weight of p minus the weights of a, b, c, d. They must be exact.
    """
    ax, ay, az, bx, by, bz = ax - px, ay - py, az - pz, bx - px, by - py, bz - pz
    cx, cy, cz, dx, dy, dz = cx - px, cy - py, cz - pz, dx - px, dy - py, dz - pz
    bcd, cda, dab, abc, s_bcd, s_cda, s_dab, s_abc = _minors(
        ax, ay, az, bx, by, bz, cx, cy, cz, dx, dy, dz
    )
    a2, b2 = ax * ax + ay * ay + az * az, bx * bx + by * by + bz * bz
    c2, d2 = cx * cx + cy * cy + cz * cz, dx * dx + dy * dy + dz * dz
    d = ((a2 + aw) * bcd - (b2 + bw) * cda) + ((c2 + cw) * dab - (d2 + dw) * abc)
    size = (a2 + abs(aw)) * s_bcd + (b2 + abs(bw)) * s_cda
    size += (c2 + abs(cw)) * s_dab + (d2 + abs(dw)) * s_abc
    if abs(d) >= slack * _POWER_SPHERE * size:
        return d
    return _sphere_sum(ax, ay, az, aw, bx, by, bz, bw, cx, cy, cz, cw, dx, dy, dz, dw, -1, -1)


@compiled
def tie_sphere(ax, ay, az, bx, by, bz, cx, cy, cz, dx, dy, dz, slack):
    """As `tie_circle`, in space: multiples of the six products of two coordinates are added."""
    bcd, cda, dab, abc, s_bcd, s_cda, s_dab, s_abc = _minors(
        ax, ay, az, bx, by, bz, cx, cy, cz, dx, dy, dz
    )
    for first in range(3):
        for second in range(first + 1):
            a2 = _of(ax, ay, az, first) * _of(ax, ay, az, second)
            b2 = _of(bx, by, bz, first) * _of(bx, by, bz, second)
            c2 = _of(cx, cy, cz, first) * _of(cx, cy, cz, second)
            d2 = _of(dx, dy, dz, first) * _of(dx, dy, dz, second)
            d = (a2 * bcd - b2 * cda) + (c2 * dab - d2 * abc)
            size = abs(a2) * s_bcd + abs(b2) * s_cda + abs(c2) * s_dab + abs(d2) * s_abc
            if slack > 0.0 and abs(d) <= _SPHERE * size:
                d = _sphere_sum(
                    ax, ay, az, 0.0, bx, by, bz, 0.0, cx, cy, cz, 0.0, dx, dy, dz, 0.0,
                    first, second,
                )  # fmt: skip
            if d != 0.0:
                return d
    return 0.0


# -- circumcentres, to a few roundings however flat the simplex ------------------------------


@compiled
def circumcentre(bx, by, bz, cx, cy, cz, dx, dy, dz):
    """Centre of the sphere through the origin and b, c, d: a numerator and a denominator."""
    b2, c2 = bx * bx + by * by + bz * bz, cx * cx + cy * cy + cz * cz
    d2 = dx * dx + dy * dy + dz * dz
    cdx, cdy, cdz = cy * dz - cz * dy, cz * dx - cx * dz, cx * dy - cy * dx
    dbx, dby, dbz = dy * bz - dz * by, dz * bx - dx * bz, dx * by - dy * bx
    bcx, bcy, bcz = by * cz - bz * cy, bz * cx - bx * cz, bx * cy - by * cx
    det = bx * cdx + by * cdy + bz * cdz
    x = b2 * cdx + c2 * dbx + d2 * bcx
    y = b2 * cdy + c2 * dby + d2 * bcy
    z = b2 * cdz + c2 * dbz + d2 * bcz
    # Bounds on the terms by lengths: |b| |c| |d| for the determinant, and one length more.
    size = np.sqrt(b2 * c2 * d2)
    longest = np.sqrt(max(b2, c2, d2))
    if abs(det) >= 1e-3 * size and x * x + y * y + z * z >= (1e-3 * size * longest) ** 2:
        return x, y, z, 2.0 * det
    out = np.empty(24)
    det = estimate(out, triple(bx, by, bz, cx, cy, cz, dx, dy, dz, out))
    x = _numerator(by, bz, cy, cz, dy, dz, bx, cx, dx)
    y = _numerator(bz, bx, cz, cx, dz, dx, by, cy, dy)
    z = _numerator(bx, by, cx, cy, dx, dy, bz, cz, dz)
    return x, y, z, 2.0 * det


@compiled
def _numerator(by, bz, cy, cz, dy, dz, bx, cx, dx):
    """``|b|^2 (cy dz - cz dy) + |c|^2 (dy bz - dz by) + |d|^2 (by cz - bz cy)``."""
    pair, total, other = np.empty(4), np.empty(160), np.empty(160)
    once, twice = np.empty(8), np.empty(16)
    n = 0
    for row in range(3):
        if row == 0:
            x, y, z, m = bx, by, bz, minor(cy, cz, dy, dz, pair)
        elif row == 1:
            x, y, z, m = cx, cy, cz, minor(dy, dz, by, bz, pair)
        else:
            x, y, z, m = dx, dy, dz, minor(by, bz, cy, cz, pair)
        for axis in range(3):
            w = x if axis == 0 else (y if axis == 1 else z)
            k = scale(once, scale(pair, m, w, once), w, twice)
            n = add(total, n, twice, k, other)
            total, other = other, total
    return estimate(total, n)
