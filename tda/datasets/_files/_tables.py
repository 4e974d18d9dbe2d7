"""Tables of numbers: text with columns, and parquet."""

from __future__ import annotations

import csv
import io
import re
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path

import numpy as np

from ..._kinds import far_rows
from ._kinds import as_kind
from ._text import (
    GAPS,
    Lines,
    guess_decimal,
    guess_delimiter,
    is_gap,
    number,
    read_text,
    sample,
    split_cells,
    split_lines,
    trimmed,
)
from ._triangles import read_grid_text, read_triangle

# Names of columns that only number the rows.
_INDEX = re.compile(
    r"|unnamed: ?0|index|idx|id|rows?|row[ _]?names?|row_?(id|nr|no|num(ber)?)|\.\.\.1"
    r"|(nr|no|obs)\.?|.*[_ .-]id",
    re.IGNORECASE,
)
# Fewer distinct values tell not how far apart the values of a column are.
_LEAST_OTHERS = 5
_CAMEL_INDEX = re.compile(r".*[a-z]I[dD]")


@dataclass
class Column:
    """A column: its numbers, and the cells that are not numbers.

    Attributes
    ----------
    values : ndarray of shape (n_rows,)
        NaN where there is no number.
    bad : list of (row, cell)
        Cells that are neither a number nor empty.
    """

    values: np.ndarray
    bad: list = field(default_factory=list)

    @property
    def n_numbers(self) -> int:
        return int(np.count_nonzero(~np.isnan(self.values)))

    @property
    def is_empty(self) -> bool:
        return not self.bad and self.n_numbers == 0

    @property
    def is_numeric(self) -> bool:
        """Whether it is a column of numbers, perhaps with some cells that are none."""
        return 0 < self.n_numbers >= len(self.bad)


@dataclass
class Table:
    """Columns, their names, and where the rows stand in the file."""

    columns: list[Column]
    names: list[str] | None
    rows: list[int]
    row_word: str = "line"

    def label(self, k: int) -> str:
        name = self.names[k] if self.names else ""
        return repr(name) if name else f"column {k + 1}"


def read_table(path: Path, *, kind: str, columns, missing: str) -> dict:
    """A file of text with columns."""
    notes: list[str] = []
    lines = split_lines(read_text(path, notes))
    if not lines.text:
        raise ValueError(f"{path}: the file is empty")
    if kind in ("auto", "image"):
        grid = read_grid_text(path, lines)
        if grid is not None:
            return grid | {"notes": notes + grid["notes"]}
    if kind in ("auto", "distances"):
        triangle = read_triangle(path, lines)
        if triangle is not None:
            return triangle | {"notes": notes + triangle["notes"]}
    table = parse_table(path, lines, notes)
    return take_cloud(path, table, kind, columns, missing, notes)


def read_parquet(path: Path, *, kind: str, columns, missing: str) -> dict:
    try:
        import pandas as pd

        frame = pd.read_parquet(path)
    except ImportError as error:
        raise ImportError(
            f"{path}: reading parquet needs pandas and pyarrow; pip install 'tda-learn[files]'"
        ) from error
    except Exception as error:  # pyarrow's own exceptions, some of them OSError
        raise ValueError(f"{path}: cannot be read as parquet ({error})") from error
    if len(frame) == 0:
        raise ValueError(f"{path}: the file holds no rows")
    made = []
    for k in range(frame.shape[1]):
        series = frame.iloc[:, k]
        if pd.api.types.is_numeric_dtype(series) and series.dtype.kind in "iuf":
            made.append(Column(series.to_numpy(dtype=np.float64, na_value=np.nan)))
        else:
            there = series.dropna()
            known = np.flatnonzero(series.notna()).tolist()
            bad = [(row, str(cell)) for row, cell in zip(known, there, strict=True)]
            made.append(Column(np.full(len(frame), np.nan), bad))
    names = [str(name) for name in frame.columns]
    table = Table(made, names, list(range(1, len(frame) + 1)), "row")
    return take_cloud(path, table, kind, columns, missing, [])


# -- from lines to columns -----------------------------------------------------------------


def parse_table(path: Path, lines: Lines, notes: list[str]) -> Table:
    """The columns of a text."""
    delimiter = guess_delimiter(lines)
    try:
        some = list(split_cells(sample(lines.text), delimiter))
    except csv.Error as error:
        raise ValueError(f"{path}: cannot be read as a table ({error})") from error
    decimal = guess_decimal(some, delimiter)
    if decimal == ",":
        notes.append("commas are read as decimal points")
    n_columns, has_row_names = _width(some)
    first, body = some[0], [row[:n_columns] for row in some[1:]]
    if has_row_names:
        names = ["", *first]
    else:
        names = _names(first[:n_columns], body, decimal, notes)
    skip = int(names is not None)
    if names is None and lines.comment:
        above = next(split_cells([lines.comment], delimiter), [])
        if len(above) == n_columns and all(number(c) is None and not is_gap(c) for c in above):
            names = [cell.strip() for cell in above]
    if len(lines.text) == skip:
        raise ValueError(f"{path}: no column holds numbers, since no row follows the names")
    columns = None
    if not any('"' in line and line.count('"') % 2 for line in lines.text):
        columns = _by_pandas(lines.text[skip:], delimiter, decimal, n_columns)
    rows = lines.numbers[skip:]
    if columns is None:
        columns, rows = _by_csv(path, lines, skip, delimiter, decimal, n_columns)
    if has_row_names:
        notes.append("the rows have a cell more than there are names; the first is a row name")
    return Table(columns, names, rows)


def _width(rows: list[list[str]]) -> tuple[int, bool]:
    """The number of columns, and whether the first has no name, as in R's files with row names."""
    first, body = rows[0], rows[1:]
    full = [len(row) for row in body]
    real = [trimmed(row) for row in body]
    if not body or max(real) <= trimmed(first):
        # Empty cells beyond the names are padding, unless no row fills the last column.
        return max(trimmed(first), 1), False
    if min(full) == max(full) == len(first) + 1 and all(number(cell) is None for cell in first):
        names = [row[0] for row in body]
        values = [number(cell) for cell in names]
        if all(value is None for value in values) or all(
            value is not None and value == np.floor(value) for value in values
        ):
            return len(first) + 1, True
    return len(first), False


def _names(first, body, decimal: str, notes: list[str]) -> list[str] | None:
    """The row of names, if the first row is one.

    It is one if it has words above numbers. Numbers can be names too: 0, 1, 2, … above numbers that
    do not continue this count.
    """
    if not body:
        words = [number(cell, decimal) is None and not is_gap(cell) for cell in first]
        return [cell.strip() for cell in first] if all(words) else None
    words, numerals = [], []
    for k, cell in enumerate(first):
        below = [row[k] for row in body if k < len(row) and not is_gap(row[k])]
        n_numbers = sum(number(other, decimal) is not None for other in below)
        if not below or 2 * n_numbers < len(below):
            continue
        if number(cell, decimal) is not None:
            numerals.append(k)
        elif not is_gap(cell):
            words.append(k)
    if numerals:
        if [cell.strip() for cell in first] == [row[0].strip() for row in [first, *body] if row]:
            return None  # the hops between points in a row make a symmetric table
        if not _count_up(first, body, numerals, bool(words) or not first[0].strip()):
            return None
        shown = f"{first[numerals[0]].strip()}, {first[numerals[-1]].strip()}"
        notes.append(f"the first row ({shown.replace(', ', ' … ')}) is read as names")
    elif not words:
        return None
    return [cell.strip() for cell in first]


def _count_up(first, body, numerals: list[int], has_others: bool) -> bool:
    """Whether the numbers of the first row are names: integers that run on by one."""

    def run(row):
        cells = [row[k].strip() if k < len(row) else "" for k in numerals]
        return all(re.fullmatch(r"\d+", cell) for cell in cells) and all(
            int(b) == int(a) + 1 for a, b in pairwise(cells)
        )

    if not run(first) or (len(numerals) > 1 and any(run(row) for row in body)):
        return False
    whole = any(
        re.fullmatch(r"[+-]?\d+", row[k].strip()) for row in body for k in numerals if k < len(row)
    )
    return not whole or (has_others and len(numerals) > 1) or len(numerals) >= 4


def _by_pandas(text: list[str], delimiter, decimal, n_columns) -> list[Column] | None:
    """The columns as pandas reads them; None if it cannot read them for certain."""
    if delimiter == decimal or (delimiter == "," and n_columns == 1):
        return None
    try:
        import pandas as pd
    except ImportError:
        return None
    forms = {form for gap in GAPS for form in (gap, gap.upper(), gap.capitalize(), gap.title())}
    # From version 3 on numbers are exact by default.
    precise = {"float_precision": "round_trip"} if int(pd.__version__.split(".")[0]) < 3 else {}
    try:
        frame = pd.read_csv(
            io.StringIO("\n".join(text)),
            sep=r"\s+" if delimiter == " " else delimiter,
            header=None,
            decimal=decimal,
            na_values=sorted(forms | {"NaN", "NaT", "#N/A N/A"}),
            keep_default_na=False,
            skipinitialspace=True,
            low_memory=False,
            **precise,
        )
    except Exception:  # a row too long, quotes that do not match: our own reader says where
        return None
    # A row too short looks like one whose last cells are empty.
    if frame.shape != (len(text), n_columns) or frame.iloc[:, -1].isna().any():
        return None
    kinds = np.array([dtype.kind for dtype in frame.dtypes])
    if "b" in kinds:
        return None  # the words are lost
    plain = np.flatnonzero(np.isin(kinds, list("iuf")))
    values = frame.iloc[:, plain].to_numpy(dtype=np.float64)
    if np.isinf(values).any():
        return None
    columns = dict(zip(plain.tolist(), map(Column, values.T), strict=True))
    for k in range(n_columns):
        if k not in columns:
            cells = frame.iloc[:, k]
            columns[k] = _column(["" if cell != cell else str(cell) for cell in cells], decimal)
    return [columns[k] for k in range(n_columns)]


def _by_csv(path, lines: Lines, skip, delimiter, decimal, n_columns):
    """The columns, and the lines of the rows, by our own reader."""
    reader = split_cells(lines.text, delimiter)
    rows, numbers, before = [], [], 0
    try:
        for cells in reader:
            numbers.append(lines.numbers[before])
            before = reader.line_num
            rows.append(cells)
    except csv.Error as error:
        line = lines.numbers[min(before, len(lines.numbers) - 1)]
        raise ValueError(f"{path}, line {line}: {error}") from error
    rows, numbers = rows[skip:], numbers[skip:]
    kept = [r for r, row in enumerate(rows) if any(map(str.strip, row))]
    rows, numbers = [rows[r] for r in kept], [numbers[r] for r in kept]
    for r, row in enumerate(rows):
        if len(row) != n_columns:
            if len(row) < n_columns or trimmed(row) > n_columns:
                raise ValueError(
                    f"{path}, line {numbers[r]}: {len(row)} columns, where the first row has "
                    f"{n_columns}; mend it, or begin lines that are no rows with #"
                )
            rows[r] = row[:n_columns]
    return [_column(cells, decimal) for cells in zip(*rows, strict=True)], numbers


def _column(cells, decimal: str) -> Column:
    try:
        values = np.array(list(map(float, cells)))
        if np.isfinite(values).all() and decimal == "." and "_" not in "".join(cells):
            return Column(values)
    except ValueError:
        pass
    values, bad = np.full(len(cells), np.nan), []
    for row, cell in enumerate(cells):
        value = number(cell, decimal)
        if value is not None:
            values[row] = value
        elif not is_gap(cell):
            bad.append((row, cell.strip()))
    return Column(values, bad)


# -- from columns to points ----------------------------------------------------------------


def take_cloud(path, table: Table, kind, columns, missing, notes: list[str]) -> dict:
    """The points of a table: columns chosen, missing values handled, and a note of all that is left
    out."""
    if columns is None:
        kept = _numeric_columns(path, table, notes)
    else:
        kept = chosen_columns(path, table, columns)
    for k in kept:
        _refuse_bad_cells(path, table, k)
    points = np.column_stack([table.columns[k].values for k in kept])
    words = _words(table, kept)
    if missing == "drop":
        whole = ~np.isnan(points).any(axis=1)
        words = {name: cells[whole] for name, cells in words.items()}
    points = without_gaps(path, table, kept, points, missing, notes)
    names = [table.names[k] or f"column {k + 1}" for k in kept] if table.names else None
    if missing == "keep" and np.isnan(points).any():
        found = {"kind": "cloud", "points": points}
    else:
        found = as_kind(path, points, kind, notes)
    if found["kind"] == "cloud":
        found["columns"], found["words"] = names, words
        labels = [table.label(k) for k in kept]
        if not _note_codes(points, labels, notes):
            _note_scales(points, labels, notes)
    plain = table.names or [""] * len(table.columns)
    chosen = set(kept)
    dropped = [
        k
        for k, column in enumerate(table.columns)
        if k not in chosen and (plain[k] or not column.is_empty)
    ]
    return found | {"dropped": [plain[k] or f"column {k + 1}" for k in dropped], "notes": notes}


def _words(table: Table, kept: list[int]) -> dict:
    """The named columns of words, which are no coordinates, as arrays of str; "" where empty."""
    found = {}
    for k, column in enumerate(table.columns):
        if k in kept or not table.names or not table.names[k] or not column.bad:
            continue
        numbers = [f"{v:.15g}" if v == v else "" for v in column.values.tolist()]
        for row, cell in column.bad:
            numbers[row] = cell
        found[table.names[k]] = np.array(numbers)
    return found


def _numeric_columns(path, table: Table, notes: list[str]) -> list[int]:
    kept = []
    for k, column in enumerate(table.columns):
        if column.is_empty:
            if table.names and table.names[k]:  # else it is padding
                notes.append(f"left out: {table.label(k)}, which is empty")
        elif column.is_numeric:
            kept.append(k)
        else:
            cell = column.bad[0][1]
            shown = cell if len(cell) <= 30 else cell[:27] + "..."
            reason = f"words such as {shown!r}"
            if re.fullmatch(r"[+-]?\d{1,3}(([,.' ])\d{3})+([.,]\d+)?", cell):
                reason = f"marks between thousands, as in {shown!r}; without them it is kept"
            notes.append(f"left out: {table.label(k)}, which holds {reason}")
    if not kept:
        raise ValueError(f"{path}: no column holds numbers; a cloud needs at least one")
    if len(kept) > 1:
        for k in list(kept):
            if _is_index(table, k, first=k == kept[0]):
                notes.append(
                    f"left out: {table.label(k)}, which only numbers the rows; to keep it, name "
                    "all columns to take (columns=…, --columns)"
                )
                kept.remove(k)
        if not kept:
            raise ValueError(f"{path}: all columns look like numbers of rows; name those to take")
        with np.errstate(invalid="ignore"):
            steps = np.diff(table.columns[kept[0]].values)
        if kept[0] == 0 and len(steps) > 3 and steps[0] > 0 and np.allclose(steps, steps[0]):
            notes.append(
                f"{table.label(0)} goes up by {steps[0]:.6g} from row to row and is kept as a "
                "coordinate; if it only counts rows or time, name the others (columns=…, --columns)"
            )
    return kept


def _is_index(table: Table, k: int, first: bool) -> bool:
    """Whether a column has the name and the values of a row number."""
    if not table.names:
        return False
    name, values = table.names[k], table.columns[k].values
    if not (_INDEX.fullmatch(name) or _CAMEL_INDEX.fullmatch(name)) or (not name and not first):
        return False
    with np.errstate(invalid="ignore"):
        whole = np.all(values == np.floor(values))
    return bool(whole) and len(np.unique(values)) == len(values)


def chosen_columns(path, table: Table, columns) -> list[int]:
    """The columns asked for, by name or by number from 1."""
    names, n = table.names or [], len(table.columns)
    chosen = []
    for wanted in columns:
        if str(wanted) in names:
            chosen.append(names.index(str(wanted)))
        elif str(wanted).isdigit() and 1 <= int(wanted) <= n:
            chosen.append(int(wanted) - 1)
        else:
            there = ", ".join(name or f"(number {k + 1})" for k, name in enumerate(names[:30]))
            more = ", …" if len(names) > 30 else ""
            raise ValueError(
                f"{path}: columns: there is no column {wanted!r}; there are "
                f"{there + more or f'1 to {n}'}"
            )
    if not chosen:
        raise ValueError(f"{path}: columns is empty; name at least one column")
    for k in chosen:
        if table.columns[k].n_numbers == 0:
            raise ValueError(f"{path}: {table.label(k)} holds no numbers")
    return chosen


def _refuse_bad_cells(path, table: Table, k: int) -> None:
    column = table.columns[k]
    infinite = np.flatnonzero(np.isinf(column.values))
    if len(infinite):
        raise ValueError(
            f"{path}, {table.row_word} {table.rows[infinite[0]]}: {table.label(k)} is infinite "
            "or too large for a number; mend the cell, or empty it if it is missing"
        )
    if column.bad:
        row, cell = column.bad[0]
        more = f", and so are {len(column.bad) - 1} more" if len(column.bad) > 1 else ""
        raise ValueError(
            f"{path}, {table.row_word} {table.rows[row]}: {table.label(k)} holds {cell!r}, not a "
            f"number{more}, while {column.n_numbers} of its cells are numbers; mend the cell, "
            "empty it if it is missing, or name the columns to take (columns=…, --columns)"
        )


def without_gaps(path, table, kept, points, missing, notes) -> np.ndarray:
    gaps = np.isnan(points)
    rows = gaps.any(axis=1)
    if not rows.any():
        return points
    first = int(np.argmax(rows))
    counts = gaps.sum(axis=0)
    worst = sorted(np.flatnonzero(counts), key=lambda j: -counts[j])[:5]
    by_column = ", ".join(f"{table.label(kept[j])} {counts[j]}" for j in worst)
    if missing == "keep":
        notes.append(f"{rows.sum()} of {len(rows)} rows lack numbers ({by_column})")
        return points
    if missing == "drop":
        if rows.all():
            raise ValueError(f"{path}: every row lacks a number ({by_column}); take other columns")
        table.rows = [table.rows[r] for r in np.flatnonzero(~rows)]
        notes.append(
            f"left out: {rows.sum()} of {len(rows)} rows, which lack numbers ({by_column})"
        )
        return points[~rows]
    column = table.label(kept[int(np.argmax(gaps[first]))])
    raise ValueError(
        f"{path}, {table.row_word} {table.rows[first]}: {column} has no number; rows that lack "
        f"some: {rows.sum()} of {len(rows)} ({by_column}). Fill them, leave these rows out with "
        "missing='drop' (--drop-missing), or name the columns to take (columns=…, --columns)"
    )


def _note_codes(points: np.ndarray, labels: list[str], notes: list[str]) -> bool:
    """Say so where a number of nines alone, such as -999, may stand for missing cells.

    It is beyond all other values of its column, and farther from them than they are apart.
    """
    found = False
    for label, values in zip(labels, points.T, strict=True):
        for code in (values.min(), values.max()):
            others = values[values != code]
            nines = abs(code) >= 99 and set(f"{abs(code):.15g}") == {"9"}
            if not nines or len(np.unique(others)) < _LEAST_OTHERS:
                continue
            if np.abs(others - code).min() > np.ptp(others):
                cells = int((values == code).sum())
                notes.append(
                    f"{label} holds {code:.15g} in {cells} {'cell' if cells == 1 else 'cells'}, "
                    "far from all other values; if that stands for a missing one, empty these cells"
                )
                found = True
    return found


def _note_scales(points: np.ndarray, labels: list[str], notes: list[str]) -> None:
    """Say so where one column makes up nearly all distances."""
    if points.shape[1] < 2 or len(points) < 10:
        return
    with np.errstate(over="ignore", invalid="ignore"):
        spread = points.std(axis=0)
        share = (spread / spread.max()) ** 2 if spread.max() > 0 else spread
        part = share.max() / share.sum() if spread.max() > 0 else 0.0
    if part > 0.99 and np.count_nonzero(spread) > 1:
        k = int(np.argmax(share))
        if len(far := far_rows(points, k)):
            notes.append(
                f"{labels[k]} holds {points[far[0], k]:.6g}, far from all other values; if that "
                "stands for a missing one, empty the cell"
            )
            return
        notes.append(
            f"{labels[k]} makes up {100 * part:.4g}% of the spread, so that the other columns "
            "hardly count; where their units differ, scale the columns first (--scale)"
        )
