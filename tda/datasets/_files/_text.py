"""Text files: characters, lines, and the mark that separates the columns."""

from __future__ import annotations

import csv
import gzip
import re
import zlib
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

# How people and programs write that a number is missing; the last two rows are Excel's.
GAPS = {
    *("", "nan", "-nan", "na", "n/a", "n.a.", "<na>", "null", "none", "nil", "missing", "nat"),
    *("?", "-", "--", "---", ".", "..", "*", "1.#qnan", "1.#ind", "-1.#ind", "#na"),
    *("#n/a", "#n/a n/a", "#null!", "#div/0!", "#value!", "#ref!", "#num!", "#name?"),
}
_NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([ed][+-]?\d+)?", re.ASCII)
_COMMA_NUMBER = re.compile(r"[+-]?\d*,\d+([ed][+-]?\d+)?", re.ASCII)
_THOUSANDS = re.compile(r"[+-]?\d{1,3}(,\d{3})+", re.ASCII)
_INFINITE = re.compile(r"[+-]?(inf|infinity|1\.#inf)")
# What follows a row of numbers and a #.
_REMARK = re.compile(r"^([\d\s.,;|+\-eEdD]*[\d.])\s+#.*$")
#: Marks that part columns and hardly ever stand for anything else.
_STRONG = ("\t", ";", "|")
_SAMPLE_CHARACTERS = 200_000
_SAMPLE_COLUMNS = 500


def is_gap(cell: str) -> bool:
    return cell.strip().lower() in GAPS


def number(cell: str, decimal: str = ".") -> float | None:
    """The number that a cell holds, or None; infinite where it says so or is too large."""
    cell = cell.strip().lower().replace("\u2212", "-")
    if decimal == "," and _COMMA_NUMBER.fullmatch(cell):
        cell = cell.replace(",", ".")
    elif decimal == "," and "." in cell:
        return float("inf") if _INFINITE.fullmatch(cell) else None
    if _NUMBER.fullmatch(cell):
        return float(cell.replace("d", "e"))
    return float("inf") if _INFINITE.fullmatch(cell) else None


def read_bytes(path: Path) -> bytes:
    """What is in a file, unpacked where its name ends in .gz."""
    if path.suffix.lower() != ".gz":
        return path.read_bytes()
    try:
        return gzip.decompress(path.read_bytes())
    except (OSError, EOFError, zlib.error) as error:
        raise ValueError(f"{path}: cannot be unpacked ({error})") from error


def read_text(path: Path, notes: list[str]) -> str:
    """The text of a file, its lines parted by "\\n" alone."""
    data = read_bytes(path)
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        encoding = "utf-16"  # what Excel calls Unicode text
    elif b"\0" in data:
        raise ValueError(f"{path}: not a text file, though its name says so")
    else:
        encoding = "utf-8-sig"
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError as error:
        if encoding == "utf-16":
            raise ValueError(f"{path}: not a text file, though it begins as one") from error
        text = data.decode("latin-1")
        notes.append("the text is not in UTF-8 and is read as Latin-1; names may look odd")
    return text.replace("\r\n", "\n").replace("\r", "\n")


@dataclass
class Lines:
    """The lines of a text that hold rows.

    Attributes
    ----------
    text : list of str
    numbers : list of int
        Where each stands in the file, from 1.
    comment : str or None
        The comment right above the first row, which may hold the names.
    delimiter : str or None
        What a line ``sep=;`` says.
    """

    text: list[str]
    numbers: list[int]
    comment: str | None
    delimiter: str | None


def split_lines(text: str) -> Lines:
    lines = text.split("\n")
    numbers = _rows_of(lines, '"' in text)
    delimiter = None
    if numbers:
        said = re.fullmatch(r'"?sep=(.|\\t)"?', lines[numbers[0]].strip(" "), re.IGNORECASE)
        if said:
            delimiter = said[1].replace("\\t", "\t")
            numbers = numbers[1:]
    comment = None
    if numbers and numbers[0] and lines[numbers[0] - 1].lstrip().startswith(("#", "%")):
        comment = lines[numbers[0] - 1].lstrip().lstrip("#% \t")
    rows = [lines[k] for k in numbers]
    if "#" in text:
        rows = [_REMARK.sub(r"\1", line) if "#" in line else line for line in rows]
    return Lines(rows, [k + 1 for k in numbers], comment, delimiter)


def _rows_of(lines: list[str], has_quotes: bool) -> list[int]:
    """Which lines are neither blank nor a comment; in a cell in quotes they may look so."""
    if not has_quotes:
        return [k for k, line in enumerate(lines) if line and not _is_no_row(line)]
    kept, in_quotes = [], False
    for k, line in enumerate(lines):
        if in_quotes or (line and not _is_no_row(line)):
            kept.append(k)
            in_quotes ^= line.count('"') % 2 == 1
    return kept


def _is_no_row(line: str) -> bool:
    """Whether a line is blank or a comment."""
    if line[0] not in "#% \t\v\f":
        return False
    line = line.strip()
    if not line:
        return True
    # Excel's #N/A at the start of a row is a cell and no comment.
    return line[0] in "#%" and re.match(r"#(n/a|na|[a-z0-9/]+[!?])", line, re.IGNORECASE) is None


def split_cells(lines: list[str], delimiter: str):
    """A csv.reader of lines; blanks and tabs in a row count as one where blanks part columns."""
    if delimiter == " ":
        lines = (line.replace("\t", " ").strip() for line in lines)
    return csv.reader(lines, delimiter=delimiter, skipinitialspace=True)


def trimmed(cells: list[str]) -> int:
    """How many cells a row has without the empty ones at its end."""
    n = len(cells)
    while n and not cells[n - 1].strip():
        n -= 1
    return n


def sample(lines: list[str]) -> list[str]:
    """The first lines, and some from all over the file; fewer where they are long."""
    n = min(max(_SAMPLE_CHARACTERS // (len(lines[0]) + 1), 8), 200)
    if len(lines) <= n:
        return lines
    step = 2 * len(lines) / n
    return lines[: n // 2] + [lines[int(k * step)] for k in range(1, n // 2)]


def guess_delimiter(lines: Lines) -> str:
    """The mark between the columns: with it rows have equal length and most cells are numbers.

    Several lines are used, since the first may hold names with blanks and commas.
    """
    if lines.delimiter:
        return lines.delimiter
    some = sample(lines.text)
    scores = {}
    for delimiter in (*_STRONG, ",", " "):
        rows = _cells_or_none(some, delimiter)
        if rows and delimiter == "," and _is_one_column(some, rows):
            continue
        score = rows and _numbers_by(rows)
        if score:
            if delimiter in _STRONG:
                return delimiter
            scores[delimiter] = score
    if not scores:
        # No mark parts numbers: one column, or words alone.
        parts = [mark for mark in _STRONG if all(mark in line for line in some)]
        return parts[0] if parts else ";" if all("," not in line for line in some[:1]) else ","
    return max(scores, key=scores.get)


def _cells_or_none(lines: list[str], delimiter: str) -> list[list[str]] | None:
    try:
        return list(split_cells(lines, delimiter))
    except csv.Error:
        return None


def _numbers_by(rows: list[list[str]]) -> float:
    """The share of numbers among the cells, 0 where the mark does not make even rows."""
    widths = [trimmed(row) for row in rows]
    body = widths[1:] or widths
    usual, n_usual = Counter(body).most_common(1)[0]
    if usual < 2 or n_usual < 0.5 * len(body):
        return 0.0
    cells = [cell for row in rows[1:] or rows for cell in row[:_SAMPLE_COLUMNS]]
    cells = [cell for cell in cells if not is_gap(cell)]
    found = sum(number(cell) is not None or number(cell, ",") is not None for cell in cells)
    return found / len(cells) if cells else 0.0


def _is_one_column(lines: list[str], rows: list[list[str]]) -> bool:
    """Whether commas are decimal: one name above lines such as 1,5.

    R, too, writes a name less than a row has cells, but it writes row names in quotes.
    """
    return (
        len(rows[0]) == 1
        and all(
            len(row) == 2 and number(line, ",") is not None
            for line, row in zip(lines[1:], rows[1:], strict=False)
        )
        and len(lines) > 1
    )


def guess_decimal(rows: list[list[str]], delimiter: str) -> str:
    """Whether numbers are written with a point or with a comma."""
    cells = [cell.strip().lower() for row in rows for cell in row[:_SAMPLE_COLUMNS]]
    cells = [cell for cell in cells if "," in cell or "." in cell]
    commas = [cell for cell in cells if _COMMA_NUMBER.fullmatch(cell)]
    points = sum(_NUMBER.fullmatch(cell) is not None for cell in cells)
    if delimiter == "," and all(_THOUSANDS.fullmatch(cell) for cell in commas):
        return "."  # "1,234" in quotes where a comma parts the columns
    return "," if len(commas) > points else "."
