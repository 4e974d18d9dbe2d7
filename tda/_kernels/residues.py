"""Exact signs of determinants of integers, from their remainders modulo a few primes.

A determinant is found modulo one prime after the other, until their product is larger than it can
be. The remainders are then its digits in a number system whose bases are the primes (H. Brönnimann,
I. Emiris, V. Pan, S. Pion, Sign determination in residue number systems, Theoretical Computer
Science 210, 1999). The last digit says whether the number is negative.
"""

import numpy as np

from ._compiled import compiled

#: The largest primes below 2**31: products of two remainders fit into 63 bits.
PRIMES = np.array([
    2147483647, 2147483629, 2147483587, 2147483579, 2147483563, 2147483549, 2147483543,
    2147483497, 2147483489, 2147483477, 2147483423, 2147483399, 2147483353, 2147483323,
    2147483269, 2147483249, 2147483237, 2147483179, 2147483171, 2147483137,
])  # fmt: skip
_BITS = 30.99  # of each


@compiled
def sign_of_rows(rows, k, lifted, matrix, digits):
    """The sign of a determinant of integers.

    Parameters
    ----------
    rows : int64 array of shape (at least k, width)
        Of less than 2**53. A common factor 2 is taken out in place.
    k : int
        At most 7.
    lifted : bool
        Whether the last column is the squared length of each row, and the others the first k - 1
        columns; otherwise they are the first k.
    matrix : int64 array of shape (at least k, at least k)
        Overwritten.
    digits : int64 array of the size of `PRIMES`
        Overwritten.
    """
    width = rows.shape[1] if lifted else k
    bits = _shorten(rows, k, width)
    # Hadamard's bound on columns: lengths are at most sqrt(k) times the largest entry.
    size = 0.5 * k * np.log2(k) + k * bits
    if lifted:
        size += bits + np.log2(width)
    n_primes = int((size + 2.0) / _BITS) + 1
    for m in range(n_primes):
        p = PRIMES[m]
        for i in range(k):
            for j in range(k):
                matrix[i, j] = rows[i, j] % p if j < width else 0
            if lifted:
                square = 0
                for j in range(width):
                    x = rows[i, j] % p
                    square = (square + x * x) % p
                matrix[i, k - 1] = square
        digits[m] = _determinant(matrix, k, p)
    return _sign_of_digits(digits, n_primes)


@compiled
def _shorten(rows, k, width):
    """Divide all by the largest power of two that divides them; how many bits are left."""
    every, most = 0, 0
    for i in range(k):
        for j in range(width):
            x = abs(rows[i, j])
            every |= x
            most = max(most, x)
    if most == 0:
        return 0
    down = 0
    while (every >> down) & 1 == 0:
        down += 1
    bits = 0
    while most >> (down + bits) > 0:
        bits += 1
    if down > 0:
        for i in range(k):
            for j in range(width):
                rows[i, j] >>= down
    return bits


@compiled
def _determinant(matrix, k, p):
    """Modulo a prime, by elimination."""
    result = 1
    for c in range(k):
        pivot = c
        while pivot < k and matrix[pivot, c] == 0:
            pivot += 1
        if pivot == k:
            return 0
        if pivot != c:
            for j in range(c, k):
                matrix[c, j], matrix[pivot, j] = matrix[pivot, j], matrix[c, j]
            result = p - result
        result = result * matrix[c, c] % p
        if c == k - 1:
            break
        inverse = _inverse(matrix[c, c], p)
        for i in range(c + 1, k):
            if matrix[i, c] != 0:
                factor = p - matrix[i, c] * inverse % p
                for j in range(c + 1, k):
                    matrix[i, j] = (matrix[i, j] + factor * matrix[c, j]) % p
    return result


@compiled
def _inverse(x, p):
    a, b, u, v = x, p, 1, 0
    while a > 1:
        q = b // a
        a, b = b - q * a, a
        u, v = v - q * u, u
    return u % p


@compiled
def _sign_of_digits(digits, n):
    """From remainders to digits in place, then the sign of a number below a quarter of them all."""
    for i in range(n):
        p = PRIMES[i]
        for j in range(i):
            x = (digits[i] - digits[j]) % p
            digits[i] = x * _inverse(PRIMES[j] % p, p) % p
    if digits[n - 1] > PRIMES[n - 1] >> 1:
        return -1
    for i in range(n):
        if digits[i] != 0:
            return 1
    return 0
