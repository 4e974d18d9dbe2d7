"""The one manner of every report: a verdict in words, a table, and both as plain data."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from typing import NamedTuple

import numpy as np

from ._html import report_html, table_html

__all__ = ["NamedRows", "Report", "Table", "import_pandas", "plain"]


class Report:
    """What an analysis found. A report is a frozen dataclass below this one, with

    * ``verdict``, a property: the result in one plain sentence or a few;
    * ``_rows()``: the table as a list of dicts, where ``_names`` are the keys that name a row;
    * ``_columns()``: what of it is printed, as ``{title: (key, format)}``, where the format is
      that of numbers, "s", or a function that returns text;
    * ``_shown()``, where the table is long: the rows that are printed;
    * ``_above()`` and ``_below()``, if it has any: lines around the printed table;
    * ``_figure()``, if it has any: a small picture as SVG, for notebooks.

    Fields that are large have ``repr=False``, and `to_dict` leaves them out too. `_table` is what
    any other form of the table, such as HTML, starts from.
    """

    _names = ("name",)

    @property
    def verdict(self):
        raise NotImplementedError

    def _rows(self):
        raise NotImplementedError

    def _columns(self):
        raise NotImplementedError

    def _shown(self):
        return self._rows()

    def _above(self):
        return ""

    def _below(self):
        return ""

    def _figure(self):
        return ""

    def _repr_html_(self):
        """The verdict, the picture and the table, as a notebook shows them."""
        table = self._table()
        notes = "\n".join(part for part in (self._above(), self._below()) if part).split("\n")
        return report_html(
            type(self).__name__, self.verdict, self._figure(), table.to_html(), notes
        )

    def _table(self):
        """The printed rows as a `Table`."""
        columns = self._columns()
        return Table(
            tuple(columns),
            tuple(
                tuple(_cell(row[key], form) for key, form in columns.values())
                for row in self._shown()
            ),
        )

    def __str__(self):
        body = (self._above(), str(self._table()), self._below())
        return "\n".join([self.verdict, "", *(part for part in body if part)])

    def to_dict(self):
        """The verdict and the numbers in plain types, ready for JSON.

        Returns
        -------
        dict
            Of str, int, float, bool, None, list and dict; None where a number is NaN or infinite.
        """
        values = {f.name: getattr(self, f.name) for f in fields(self) if f.repr}
        return {"verdict": self.verdict, **plain(values)}

    def to_frame(self):
        """The rows of the table as a `pandas.DataFrame`, indexed by what names them.

        Returns
        -------
        DataFrame

        Raises
        ------
        ImportError
            If pandas is not installed.
        """
        rows = self._rows()
        keys = None if rows else self._keys()
        frame = import_pandas("to_frame").DataFrame(rows, columns=keys)
        return frame.set_index(list(self._names))

    def _keys(self):
        """The keys of a row, asked for where there is none."""
        return [key for key, _ in self._columns().values()]


class NamedRows(Report):
    """A report whose field `rows` holds what its table shows, each with a `name`."""

    def __iter__(self):
        return iter(self.rows)

    def __len__(self):
        return len(self.rows)

    def __getitem__(self, name):
        """The row of a name."""
        for row in self.rows:
            if row.name == name:
                return row
        raise KeyError(f"no row {name!r}; there are {[row.name for row in self.rows]}")


class Table(NamedTuple):
    """Rows of text under titles; prints with numbers to the right and words to the left."""

    titles: tuple
    rows: tuple

    def __str__(self):
        if not self.rows:
            return ""
        columns = []
        for (title, *cells), right in zip(self._columns(), self._numeric(), strict=True):
            width = max(map(len, (title, *cells)))
            columns.append([f"{cell:{'>' if right else '<'}{width}}" for cell in (title, *cells)])
        return "\n".join("  ".join(line).rstrip() for line in zip(*columns, strict=True))

    def to_html(self):
        """The same as a table of HTML; nothing where there is no row."""
        return table_html(self.titles, self.rows, numeric=self._numeric()) if self.rows else ""

    def _columns(self):
        return zip(self.titles, *self.rows, strict=True)

    def _numeric(self):
        """Of each column, whether it holds numbers only."""
        return [all(map(_is_number, cells)) for _, *cells in self._columns()]


def _cell(value, form):
    """A value as text; nothing where there is none."""
    if value is None or (isinstance(value, float | np.floating) and np.isnan(value)):
        return ""
    return form(value) if callable(form) else format(value, form)


def _is_number(cell):
    try:
        float(cell.replace(",", "").rstrip("%") or 0)
    except ValueError:
        return cell == "-"
    return True


def plain(value):
    """The same in the types that JSON has: None for what is not finite, a name for a function."""
    if isinstance(value, np.ndarray | np.generic):
        value = value.tolist()
    if value is None or isinstance(value, bool | int | str):
        return value
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, Report):
        return value.to_dict()
    if is_dataclass(value) and not isinstance(value, type):
        value = {f.name: getattr(value, f.name) for f in fields(value) if f.repr}
    elif hasattr(value, "_asdict"):
        value = value._asdict()
    if isinstance(value, Mapping):
        return {str(key): plain(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [plain(one) for one in value]
    return getattr(value, "__name__", None) or repr(value)


def import_pandas(asked):
    """Pandas, or an error that says how to get it."""
    try:
        import pandas
    except ImportError as error:
        raise ImportError(f"{asked} needs pandas: pip install 'tda-learn[files]'.") from error
    return pandas
