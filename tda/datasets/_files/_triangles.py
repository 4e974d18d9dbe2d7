"""Texts of bare numbers: half a distance matrix, and grids in the way of PERSEUS."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np

from ._kinds import as_distances, as_grid
from ._text import Lines, number, split_cells, trimmed

_MARKS = (",", ";", "\t", " ")


def read_triangle(path: Path, lines: Lines) -> dict | None:
    """Half a distance matrix, lower or upper, with or without its diagonal; None if it is none.

    The lower half is that of ripser's and gudhi's files.
    """
    rows = _growing_rows(lines)
    if rows is None:
        return None
    upper = len(rows[0]) > 1
    values = []
    for line, cells in zip(lines.numbers, rows, strict=True):
        values.append([_finite(path, line, cell) for cell in cells])
    if upper:
        values = values[::-1]
        diagonal = [row[0] for row in values]
    else:
        diagonal = [row[-1] for row in values]
    has_diagonal = not any(diagonal)
    n = len(values) + (not has_diagonal)
    D = np.zeros((n, n))
    for k, row in enumerate(values):
        if upper:
            i = n - 1 - k - (not has_diagonal)
            D[i, n - len(row) :] = row
        else:
            D[k + (not has_diagonal), : len(row)] = row
    D = np.maximum(D, D.T)
    half = "upper" if upper else "lower"
    return {
        "kind": "distances",
        "distances": as_distances(path, D),
        "notes": [f"read as the {half} half of a matrix of distances between {n} points"],
    }


def read_grid_text(path: Path, lines: Lines) -> dict | None:
    """A picture or a volume in the way of PERSEUS; None if it is none.

    The number of axes, the length of each, and one value for each cell, the first axis
    running fastest; a length below zero makes its axis periodic.
    """
    if not 4 < len(lines.text) or lines.text[0].strip() not in ("2", "3"):
        return None
    n_axes = int(lines.text[0])
    try:
        lengths = [int(line) for line in lines.text[1 : 1 + n_axes]]
    except ValueError:
        return None
    body = lines.text[1 + n_axes :]
    if 0 in lengths or len(body) != abs(int(np.prod(lengths))):
        return None
    values = [number(line) for line in body]
    if None in values:
        line = lines.numbers[1 + n_axes + values.index(None)]
        raise ValueError(f"{path}, line {line}: not a number, in a PERSEUS file of a grid")
    shape = [abs(length) for length in lengths]
    grid = np.array(values).reshape(shape, order="F")
    size = " x ".join(map(str, shape))
    return as_grid(path, grid) | {
        "periodic": tuple(length < 0 for length in lengths),
        "notes": [f"read as a PERSEUS grid of {size} cells"],
    }


def _growing_rows(lines: Lines) -> list[list[str]] | None:
    """The cells, if each row has one more than the last, or each one less down to one."""
    if len(lines.text) < 3:
        return None
    for mark in (lines.delimiter,) if lines.delimiter else _MARKS:
        ends = [lines.text[0], lines.text[-1]]
        try:
            first, last = (trimmed(cells) for cells in split_cells(ends, mark))
            if {first, last} != {1, len(lines.text)}:
                continue
            rows = [cells[: trimmed(cells)] for cells in split_cells(lines.text, mark)]
        except (csv.Error, ValueError):
            continue  # a cell too long, or a quote that runs on over lines
        if [len(row) for row in rows] == list(range(first, last, 1 if last > 1 else -1)) + [last]:
            return rows if number(rows[0][0]) is not None else None
    return None


def _finite(path: Path, line: int, cell: str) -> float:
    value = number(cell)
    if value is None:
        raise ValueError(f"{path}, line {line}: {cell.strip()!r} is not a number, among distances")
    return value
