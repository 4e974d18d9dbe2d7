"""The Smith normal form of a sparse integer matrix, exact."""

from __future__ import annotations

from math import gcd

__all__ = ["smith_factors"]


def smith_factors(matrix):
    """The invariant factors of an integer matrix that are not 0, each of which divides the next.

    Entries 1 and -1 are eliminated first, those of the rows and columns with the fewest entries;
    in boundary matrices that leaves next to nothing. The rest is reduced with Python's integers.
    """
    rows, columns = _lists(matrix)
    units = _eliminate_units(rows, columns)
    left = [row for row in rows.values() if row]
    return [1] * units + _factors_of(left)


def _lists(matrix):
    """Rows as dicts of entries, and for each column the set of its rows."""
    matrix = matrix.tocsr()
    rows, columns = {}, {}
    for i in range(matrix.shape[0]):
        a, b = matrix.indptr[i], matrix.indptr[i + 1]
        if a < b:
            rows[i] = dict(
                zip(matrix.indices[a:b].tolist(), map(int, matrix.data[a:b]), strict=True)
            )
            for j in rows[i]:
                columns.setdefault(j, set()).add(i)
    return rows, columns


def _eliminate_units(rows, columns):
    """Take pivots 1 or -1 as long as there are any; how many there were."""
    import heapq

    heap = [(len(members), j) for j, members in columns.items()]
    heapq.heapify(heap)
    n_units = 0
    while heap:
        size, j = heapq.heappop(heap)
        members = columns.get(j, ())
        if not members:
            continue
        if len(members) > size:  # it has grown since: later
            heapq.heappush(heap, (len(members), j))
            continue
        units = [i for i in members if abs(rows[i][j]) == 1]
        if not units:
            continue  # it comes back when one of its entries changes
        pivot = min(units, key=lambda i: len(rows[i]))
        row = rows.pop(pivot)
        sign = row[j]
        for c in row:
            columns[c].discard(pivot)
        for i in list(columns[j]):
            factor = rows[i][j] * sign
            target = rows[i]
            for c, value in row.items():
                new = target.get(c, 0) - factor * value
                if new:
                    if c not in target:
                        columns[c].add(i)
                    target[c] = new
                    if abs(new) == 1:
                        heapq.heappush(heap, (len(columns[c]), c))
                elif c in target:
                    del target[c]
                    columns[c].discard(i)
        # What is left of the row is cleared by columns, without a change elsewhere.
        n_units += 1
    return n_units


def _factors_of(rows):
    """Invariant factors of the few rows that have no unit left."""
    rows = [dict(row) for row in rows]
    diagonal = []
    while rows:
        least, at, j = min(
            (abs(value), i, c) for i, row in enumerate(rows) for c, value in row.items()
        )
        rows[0], rows[at] = rows[at], rows[0]
        if _clear(rows, j):
            diagonal.append(least)
            rows = [row for row in rows[1:] if row]
    return _divide_each_other(diagonal)


def _clear(rows, j):
    """Reduce by the pivot in row 0 and column j; whether nothing else is left in either."""
    row = rows[0]
    pivot = row[j]
    clean = True
    for other in rows[1:]:
        if j in other:
            factor = other[j] // pivot
            for c, value in row.items():
                new = other.get(c, 0) - factor * value
                if new:
                    other[c] = new
                else:
                    other.pop(c, None)
            clean &= j not in other
    if not clean:
        return False
    # The column is clear, so that operations on columns change this row alone.
    for c in [c for c in row if c != j]:
        row[c] %= abs(pivot)
        if row[c] == 0:
            del row[c]
    if len(row) == 1:
        return True
    return False


def _divide_each_other(diagonal):
    """Diagonal entries as invariant factors: gcd and lcm of pairs, until each divides the next."""
    factors = sorted(diagonal)
    for i in range(len(factors)):
        for k in range(i + 1, len(factors)):
            common = gcd(factors[i], factors[k])
            factors[i], factors[k] = common, factors[i] * factors[k] // common
    return factors
