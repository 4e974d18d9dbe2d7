"""Atoms in space: .xyz and .pdb."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np

from ._tables import parse_table, take_cloud
from ._text import number, read_text, split_lines

_WATER = {"HOH", "WAT", "DOD", "H2O", "TIP", "SOL"}


def read_xyz(path: Path, *, kind: str, columns, missing: str) -> dict:
    """Atoms after a line with their number and a line of words, or bare points."""
    notes: list[str] = []
    text = read_text(path, notes)
    lines = text.split("\n")
    start = next((k for k, line in enumerate(lines) if line.strip()), None)
    if start is None:
        raise ValueError(f"{path}: the file is empty")
    if not re.fullmatch(r"\s*\d+\s*", lines[start]):
        table = parse_table(path, split_lines(text), notes)
        found = take_cloud(path, table, "cloud", columns, missing, notes)
        if columns is None and found["points"].shape[1] > 3:
            n = found["points"].shape[1]
            found["points"] = found["points"][:, :3]
            names = found["columns"]
            found["columns"] = names[:3] if names else None
            # What was said of the scale of columns need not hold for these three.
            notes[:] = [note for note in notes if "of the spread" not in note]
            notes.append(
                f"left out: columns 4 to {n}, since a .xyz has its place in the first three"
            )
        return found
    n = int(lines[start])
    atoms = lines[start + 2 : start + 2 + n]
    if n < 1 or len(atoms) < n or not atoms[-1].strip():
        there = sum(bool(line.strip()) for line in atoms)
        raise ValueError(f"{path}: damaged: {there} atoms, where its first line promises {n}")
    points = np.empty((n, 3))
    for k, line in enumerate(atoms):
        places = [number(cell) for cell in line.split()[1:4]]
        if len(places) < 3 or None in places or not np.isfinite(places).all():
            raise ValueError(
                f"{path}, line {start + 3 + k}: {line.strip()!r} is no atom, which "
                "is a name and three numbers"
            )
        points[k] = places
    if any(line.strip() for line in lines[start + 2 + n :]):
        notes.append("left out: what follows the first molecule, such as later frames")
    return _atoms(points, notes)


def read_pdb(path: Path, *, kind: str, columns, missing: str) -> dict:
    """The atoms of the first model, without water; of atoms in several places the first."""
    notes: list[str] = []
    points, seen = [], set()
    n_water = n_other = n_models = 0
    for line_number, line in enumerate(read_text(path, notes).split("\n"), 1):
        if line.startswith("MODEL"):
            n_models += 1
        if not line.startswith(("ATOM  ", "HETATM")) or n_models > 1:
            continue
        if line[17:20].strip() in _WATER:
            n_water += 1
            continue
        atom = (line[12:16], line[17:27])  # name; residue, chain, number, insertion
        if line[16:17].strip() and atom in seen:
            n_other += 1
            continue
        seen.add(atom)
        places = [number(line[a : a + 8]) for a in (30, 38, 46)]
        if None in places or len(line.rstrip()) < 54 or not np.isfinite(places).all():
            raise ValueError(
                f"{path}, line {line_number}: no three coordinates in columns 31 to 54, where a "
                ".pdb has them"
            )
        points.append(places)
    if not points:
        raise ValueError(f"{path}: holds no atoms (lines that begin with ATOM or HETATM)")
    for n, what in (
        (n_water, "atom{} of water"),
        (n_other, "second place{} of atoms"),
        (n_models - 1, "later model{}"),
    ):
        if n > 0:
            notes.append(f"left out: {n} {what.format('s' * (n > 1))}")
    return _atoms(np.array(points), notes)


def _atoms(points: np.ndarray, notes: list[str]) -> dict:
    return {
        "kind": "cloud",
        "points": points,
        "columns": ["x", "y", "z"],
        "dropped": [],
        "notes": notes,
    }
