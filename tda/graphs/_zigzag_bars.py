"""Bars of a zigzag of vector spaces over Z/p."""

from __future__ import annotations

__all__ = ["arithmetic", "zigzag_bars"]


def zigzag_bars(bases, images, field=2):
    """The bars of spaces V0 -> V1 <- V2 -> V3 <- …, of which maps between neighbours are known.

    Parameters
    ----------
    bases : list of lists of int
        For each space the numbers of the coordinates that its vectors have.
    images : list of dicts
        For each neighbouring pair the image of every coordinate of the space that is mapped, as a
        vector of the other space (`arithmetic`).
    field : int, default=2
        The prime p.

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
    field = arithmetic(field)
    basis = [(0, field.unit(place)) for place in bases[0]]
    bars = []
    for k, (places, of) in enumerate(zip(bases[1:], images, strict=True), start=1):
        step = _forward if k % 2 else _backward
        basis, ended = step(field, basis, places, of, k)
        bars += [(first, k) for first in ended]
    return bars + [(first, len(bases)) for first, _ in basis]


def arithmetic(field):
    """How vectors over Z/`field` are held: as the bits of an int, or as a dict of what is not 0."""
    return _Bits() if field == 2 else _Residues(field)


class _Bits:
    """Vectors over Z/2."""

    zero = 0

    @staticmethod
    def unit(place):
        return 1 << place

    @staticmethod
    def vector(places, factors):
        """The vector with these factors, none of them 0, at these places."""
        total = 0
        for place in places:
            total |= 1 << place
        return total

    @staticmethod
    def last(vector):
        """The last place that is not 0; -1 for the zero vector."""
        return vector.bit_length() - 1

    @staticmethod
    def ratio(vector, other, place):
        """By how much of another vector a vector has its number at a place."""
        return 1

    @staticmethod
    def less(vector, factor, other):
        """A vector less a multiple, not by 0, of another."""
        return vector ^ other

    @staticmethod
    def items(vector):
        while vector:
            place = vector.bit_length() - 1
            yield place, 1
            vector ^= 1 << place


class _Residues:
    """Vectors over Z/p for any prime p."""

    zero = {}  # nothing changes a vector

    def __init__(self, field):
        self.field = field

    @staticmethod
    def unit(place):
        return {place: 1}

    @staticmethod
    def vector(places, factors):
        return dict(zip(places, factors, strict=True))

    @staticmethod
    def last(vector):
        return max(vector, default=-1)

    def ratio(self, vector, other, place):
        return vector[place] * pow(other[place], -1, self.field) % self.field

    def less(self, vector, factor, other):
        left = dict(vector)
        for place, value in other.items():
            value = (left.get(place, 0) - factor * value) % self.field
            if value:
                left[place] = value
            else:
                left.pop(place, None)
        return left

    @staticmethod
    def items(vector):
        return vector.items()


def _forward(field, basis, places, of, k):
    """The basis after a map from the old space to the new one, and where ended bars began."""
    rows, after, ended = {}, [], []
    for first, vector in basis:
        image = _reduced(field, _image(field, vector, of), rows)
        if image:
            rows[field.last(image)] = image
            after.append((first, image))
        else:
            ended.append(first)
    for place in places:
        vector = _reduced(field, field.unit(place), rows)
        if vector:
            rows[field.last(vector)] = vector
            after.append((k, vector))
    return after, ended


def _backward(field, basis, places, of, k):
    """The basis after a map from the new space to the old one, and where ended bars began."""
    rows = {}  # by its last place, a vector of the old space and how it is made of the basis
    for i, (_, vector) in enumerate(basis):
        vector, made = _both_reduced(field, vector, field.unit(i), rows)
        rows[field.last(vector)] = vector, made
    born, sources = [], {}
    for place in places:
        # The image is a sum of the rows: less that of the rows, its own share of the basis is left.
        _, made = _both_reduced(field, of[place], field.zero, rows)
        made = field.less(field.zero, 1, made)
        made, vector = _both_reduced(field, made, field.unit(place), sources)
        if made:
            sources[field.last(made)] = made, vector
        else:
            born.append((k, vector))
    after, ended = born, []
    for i, (first, _) in enumerate(basis):
        if i in sources:
            after.append((first, sources[i][1]))
        else:
            ended.append(first)
    return after, ended


def _image(field, vector, of):
    image = field.zero
    for place, value in field.items(vector):
        image = field.less(image, -value, of[place])
    return image


def _reduced(field, vector, rows):
    """A vector less multiples of rows, until its last place is that of none."""
    while vector and field.last(vector) in rows:
        place = field.last(vector)
        row = rows[place]
        vector = field.less(vector, field.ratio(vector, row, place), row)
    return vector


def _both_reduced(field, vector, other, rows):
    """The same with pairs in the rows: what is taken from one is taken from the other."""
    while vector and field.last(vector) in rows:
        place = field.last(vector)
        row, others = rows[place]
        factor = field.ratio(vector, row, place)
        vector, other = field.less(vector, factor, row), field.less(other, factor, others)
    return vector, other
