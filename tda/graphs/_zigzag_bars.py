"""Bars of a zigzag of vector spaces over Z/2, whose vectors are the bits of whole numbers."""

from __future__ import annotations

__all__ = ["zigzag_bars"]


def zigzag_bars(bases, images):
    """The bars of spaces V0 -> V1 <- V2 -> V3 <- …, of which maps between neighbours are known.

    Parameters
    ----------
    bases : list of lists of int
        For each space the bits that its vectors have.
    images : list of dicts
        For each neighbouring pair the image of every bit of the space that is mapped, as an int
        whose bits are those of the other space.

    Returns
    -------
    list of (first, end)
        A bar lives in the spaces first to ``end - 1``.

    Notes
    -----
    A basis is carried from left to right. Its first vectors span what comes from later and later,
    so that a bar ends where its vector falls into the span of those before it (G. Carlsson,
    V. de Silva, "Zigzag persistence", Found. Comput. Math. 10, 2010). O(dimension²) additions
    for each map.
    """
    basis = [(0, 1 << bit) for bit in bases[0]]
    bars = []
    for k, (bits, of) in enumerate(zip(bases[1:], images, strict=True), start=1):
        step = _forward if k % 2 else _backward
        basis, ended = step(basis, bits, of, k)
        bars += [(first, k) for first in ended]
    return bars + [(first, len(bases)) for first, _ in basis]


def _forward(basis, bits, of, k):
    """The basis after a map from the old space to the new one, and where ended bars began."""
    rows, after, ended = {}, [], []
    for first, vector in basis:
        image = _reduced(_image(vector, of), rows)
        if image:
            rows[image.bit_length()] = image
            after.append((first, image))
        else:
            ended.append(first)
    for bit in bits:
        vector = _reduced(1 << bit, rows)
        if vector:
            rows[vector.bit_length()] = vector
            after.append((k, vector))
    return after, ended


def _backward(basis, bits, of, k):
    """The basis after a map from the new space to the old one, and where ended bars began."""
    rows = {}
    for i, (_, vector) in enumerate(basis):
        vector, places = _expanded(vector, rows)
        rows[vector.bit_length()] = vector, places | 1 << i
    born, sources = [], {}
    for bit in bits:
        vector, places = 1 << bit, _expanded(of[bit], rows)[1]  # of its image in the old basis
        while places and places.bit_length() in sources:
            other, others = sources[places.bit_length()]
            vector, places = vector ^ other, places ^ others
        if places:
            sources[places.bit_length()] = vector, places
        else:
            born.append((k, vector))
    after, ended = born, []
    for i, (first, _) in enumerate(basis, start=1):
        if i in sources:
            after.append((first, sources[i][0]))
        else:
            ended.append(first)
    return after, ended


def _image(vector, of):
    image = 0
    while vector:
        bit = vector.bit_length() - 1
        image ^= of[bit]
        vector ^= 1 << bit
    return image


def _reduced(vector, rows):
    while vector and vector.bit_length() in rows:
        vector ^= rows[vector.bit_length()]
    return vector


def _expanded(vector, rows):
    """What is left of a vector after the rows, and which places of the basis were taken."""
    places = 0
    while vector and vector.bit_length() in rows:
        row, of_row = rows[vector.bit_length()]
        vector, places = vector ^ row, places ^ of_row
    return vector, places
