"""`report`: everything that is soon known of a table of data, as one page."""

from __future__ import annotations

import sys
from dataclasses import dataclass, field
from numbers import Real
from pathlib import Path

from .._html import bar_chart
from .._report import Report, plain
from ._advice import advise
from ._data import Data, read_data
from ._parts import PARTS, make_part

__all__ = ["DataReport", "report"]


@dataclass(frozen=True, eq=False)
class DataReport(Report):
    """What `report` found of one table; prints as a verdict and a table, and writes a page.

    Attributes
    ----------
    name : str
    data : Data
        The cloud, and what was left out of it.
    parts : tuple of Part
        Holes, dimension, clusters, distances, labels, map: each with its `verdict`, its `code` and
        its `result`.
    advice : tuple of Advice
        What to do next, in `words` and `code`.

    Examples
    --------
    >>> from tda import report
    >>> from tda.datasets import make_annulus
    >>> found = report(make_annulus(200, random_state=0).points, name="ring")
    >>> found["holes"].result.betti
    (1, 1)
    >>> [part.name for part in found.parts]
    ['holes', 'dimension', 'clusters', 'concentration', 'map']
    """

    name: str
    data: Data = field(repr=False)
    parts: tuple = field(repr=False)
    advice: tuple = field(repr=False)

    def __getitem__(self, name):
        """The part of a name, such as "holes"."""
        for part in self.parts:
            if part.name == name:
                return part
        raise KeyError(f"no part {name!r}; there are {[part.name for part in self.parts]}")

    @property
    def verdict(self):
        """All that was found, in a few sentences."""
        said = "; ".join(
            f"{part.title.lower()}: {part.short}" for part in self.parts if part.result is not None
        )
        name = f"{self.name[0].upper()}{self.name[1:]}"
        return f"{name}: {self.data.summary[:-1]}. {said[0].upper()}{said[1:]}." if said else (
            f"{name}: {self.data.summary[:-1]}. Nothing more could be computed."
        )  # fmt: skip

    @property
    def code(self):
        """The lines of Python that give all results again, where `data` is what was given."""
        lines = [self.data.code]
        return "\n".join([*lines, *(part.code for part in self.parts if part.code)])

    def to_html(self, path=None):
        """One self-contained page: no network, light and dark, with pictures that answer.

        Parameters
        ----------
        path : path, default=None
            Where to write it.

        Returns
        -------
        str or Path
            The text of the page, or where it was written.
        """
        from ._page import write_page

        text = write_page(self)
        if path is None:
            return text
        path = Path(path)
        path.write_text(text, encoding="utf-8")
        return path

    def to_dict(self):
        """The verdict and the numbers in plain types, ready for JSON.

        Returns
        -------
        dict
            Of str, int, float, bool, None, list and dict.
        """
        data = {
            "n_rows": self.data.n_rows,
            "n_points": len(self.data.X),
            "columns": list(self.data.names),
            "n_duplicates": self.data.n_duplicates,
            "lattice": self.data.lattice,
            "is_scaled": self.data.is_scaled,
            "notes": list(self.data.notes),
        }
        parts = {
            part.name: {
                "verdict": part.verdict,
                "seconds": part.seconds,
                "code": part.code,
                "result": _as_numbers(part),
            }
            for part in self.parts
        }
        advice = [one._asdict() for one in self.advice]
        return {
            "verdict": self.verdict,
            "name": self.name,
            "data": plain(data),
            "parts": plain(parts),
            "advice": plain(advice),
            "code": self.code,
        }

    _names = ("part",)

    def _rows(self):
        return [
            {"part": part.title, "found": part.short, "seconds": part.seconds}
            for part in self.parts
        ]

    def _columns(self):
        return {"part": ("part", "s"), "found": ("found", "s"), "seconds": ("seconds", ".1f")}

    def _above(self):
        return "\n".join(self.data.notes)

    def _below(self):
        said = "\n".join(f"- {one.words}" for one in self.advice)
        return f"\nNext:\n{said}\n\nThe page with pictures: to_html('report.html')"

    def _figure(self):
        if "holes" in [part.name for part in self.parts] and self["holes"].result is not None:
            return self["holes"].result._figure()
        return bar_chart([part.title for part in self.parts], [part.seconds for part in self.parts])


def _as_numbers(part):
    """What of a result is written down."""
    result = part.result
    if isinstance(result, Report):
        return result.to_dict()
    if part.name == "clusters" and result is not None:
        return {"labels": result.labels_, "p_values": result.p_values_}
    if part.name == "map" and result is not None:
        tried = {
            one.name: one.fidelity.to_dict() if one.fidelity is not None else None
            for one in result.tried
        }
        return {"shown": result.shown.name, "rows": result.rows, "tried": tried}
    return result


def report(
    X, y=None, *, scale="auto", level=0.05, name="data", random_state=0, verbose=False
) -> DataReport:
    """What a table of data looks like to a topologist, as numbers, words and one page.

    What the data is, holes with p-values, dimension by scale, clusters, whether distances still
    tell near from far, a map with what it loses, and what to do next; with the code of each part.

    Parameters
    ----------
    X : array-like or data frame of shape (n_rows, n_columns)
        Per point: a row is a sample. Columns of words or dates, constant ones, and those of which
        more than 30% is missing, are left out; then rows that lack a number. It may stay on disk,
        as `tda.landmarks` takes it: of more than 100,000 rows so many random ones are read.
    y : array-like of shape (n_rows,), default=None
        A label or a value for every row, to colour the map and to compare with its shape.
    scale : bool or "auto", default="auto"
        Whether each column is divided by its standard deviation. "auto" does so for a data frame
        of which one column makes up more than 90% of the variance.
    level : float, default=0.05
        Of significance of holes and clusters.
    name : str, default="data"
        What the data is called in the report.
    random_state : int, RandomState or None, default=0
        Seed of all that is drawn.
    verbose : bool, default=False
        Say on stderr what was found, as it is found.

    Returns
    -------
    DataReport
        Prints as text, shows itself in a notebook, and writes a page with ``to_html("page.html")``.

    Raises
    ------
    ValueError
        If `X` is no table or has no column of numbers, `y` is not as long, or a parameter is out of
        its range. A part that cannot be computed says so in its place.

    See Also
    --------
    tda.count_holes, tda.intrinsic_dimension, tda.ToMATo, tda.concentration_report,
    tda.embedding_report : The parts, with all their options.

    Notes
    -----
    Parts come in order of cost: 150 rows take about a second but for the map, of which the first
    faithful one of PCA, Isomap and UMAP is taken. Maps show at most 4,000 points. Large clouds are
    thinned by each part as it says.

    Examples
    --------
    >>> from sklearn.datasets import load_iris
    >>> from tda import report
    >>> iris = load_iris()
    >>> found = report(iris.data, iris.target, name="iris")
    >>> found["clusters"].short, found["holes"].result.betti[0]
    ('2 clusters', 2)
    >>> page = found.to_html()
    >>> page[:15], len(page) < 1_000_000
    ('<!doctype html>', True)
    """
    if isinstance(level, bool) or not isinstance(level, Real) or not 0 < level < 1:
        raise ValueError(f"level={level!r}; it must lie between 0 and 1.")
    data = read_data(X, y, scale=scale)
    name = str(name) or "data"
    options = {"level": float(level), "random_state": random_state}
    if verbose:
        _say("data", data.summary)
    made = {}
    for part in PARTS:
        if part == "labels" and data.y is None:
            continue
        made[part] = make_part(part, data, options, made)
        if verbose:
            _say(made[part].title, made[part].verdict)
    return DataReport(name, data, tuple(made.values()), advise(data, made))


def _say(title, verdict):
    print(f"{title.lower()}: {verdict}", file=sys.stderr, flush=True)
