"""Diagrams from and to dionysus, oineus and R, in the formats that these were seen to give."""

from types import ModuleType, SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from tda import Diagrams, rips_diagram

SQUARE = rips_diagram([[0, 0], [0, 1], [1, 1], [1, 0]])
ROOT = float(np.float32(2) ** np.float32(0.5))

#: dionysus 2.0.10 for the corners of a unit square: init_diagrams, as birth, death, data.
DIONYSUS = [
    [(0.0, np.inf, 0), (0.0, 1.0, 1), (0.0, 1.0, 2), (0.0, 1.0, 3)],
    [(1.0, 1.4142135381698608, 7)],
]
#: oineus 0.9.39 for the same: arrays by degree.
OINEUS = [
    np.array([[0.0, np.inf], [0.0, 1.0], [0.0, 1.0], [0.0, 1.0]]),
    np.array([[1.0, 2**0.5]]),
]
#: TDA in R, ripsDiag(X, 1, 5): write.csv(diagram) puts the row names first.
TDA_CSV = """"","dimension","Birth","Death"
"1",0,0,5
"2",0,0,1
"3",0,0,1
"4",0,0,1
"5",1,1,1.4142135623730951
"""
#: TDAstats in R, calculate_homology(X), without row names.
TDASTATS_CSV = """dimension,birth,death
0,0,1
0,0,1
0,0,1
1,1,1.4142135623730951
"""


def points(rows):
    return [SimpleNamespace(birth=b, death=d, data=i) for b, d, i in rows]


class Oineus:
    """What oineus's Diagrams show."""

    def __len__(self):
        return len(OINEUS)

    def in_dimension(self, degree):
        return OINEUS[degree]


def test_from_dionysus():
    (found,) = Diagrams.from_dionysus([list(map(points, DIONYSUS))], filtration="rips")
    np.testing.assert_array_equal(found[0], SQUARE[0])
    np.testing.assert_allclose(found[1], SQUARE[1], rtol=1e-7)
    assert (found.filtration, found.max_dimension) == ("rips", 1)
    with pytest.raises(ValueError, match="init_diagrams"):
        Diagrams.from_dionysus([points(DIONYSUS[0])])


def test_to_dionysus_and_back(monkeypatch):
    class Points(list):  # dionysus.Diagram takes a list of pairs
        def __init__(self, pairs):
            assert all(type(pair) is tuple and len(pair) == 2 for pair in pairs)
            super().__init__(SimpleNamespace(birth=b, death=d) for b, d in pairs)

    module = ModuleType("dionysus")
    module.Diagram = Points
    monkeypatch.setitem(__import__("sys").modules, "dionysus", module)
    diagrams = Diagrams([SQUARE, rips_diagram([[0.0]])])
    assert Diagrams.from_dionysus(diagrams.to_dionysus(), filtration="rips") == diagrams


def test_from_oineus_and_back():
    assert Diagrams.from_oineus([Oineus(), OINEUS], filtration="rips")[1] == SQUARE
    diagrams = Diagrams([SQUARE])
    assert Diagrams.from_oineus(diagrams.to_oineus(), filtration="rips") == diagrams


def test_from_r(tmp_path):
    one, other = tmp_path / "tda.csv", tmp_path / "tdastats.csv"
    one.write_text(TDA_CSV)
    other.write_text(TDASTATS_CSV)
    found = Diagrams.from_r([one, str(other), pd.read_csv(one)], threshold=5)
    assert found[0] == found[2]
    np.testing.assert_array_equal(found[0][0], SQUARE[0])
    np.testing.assert_array_equal(found[0][1], SQUARE[1])
    np.testing.assert_array_equal(found[1][0], SQUARE[0][:3])
    assert Diagrams.from_r([one])[0][0].max() == 5
    (array,) = Diagrams.from_r([[[0, 0, 2], [1, 1, 3]]])
    assert array[1].tolist() == [[1, 3]]


def test_to_r_and_back(tmp_path):
    cloud = np.random.default_rng(0).normal(size=(20, 2))
    diagrams = Diagrams([SQUARE, rips_diagram(cloud), rips_diagram(cloud[:1])])
    paths = [tmp_path / f"{i}.csv" for i in range(3)]
    diagrams.to_r(paths)
    assert paths[0].read_text().splitlines()[:2] == ["dimension,Birth,Death", "0,0.0,1.0"]
    assert "0,0.0,Inf" in paths[0].read_text()
    again = Diagrams.from_r(paths, filtration="rips")
    for before, after in zip(diagrams, again, strict=True):
        for name in ("births", "deaths", "dims"):
            np.testing.assert_array_equal(getattr(before, name), getattr(after, name))


def test_what_is_no_table_is_refused(tmp_path):
    path = tmp_path / "other.csv"
    path.write_text("x,y\n1,2\n")
    with pytest.raises(ValueError, match="dimension"):
        Diagrams.from_r([path])
    path.write_text("dimension,Birth,Death\n")
    assert len(Diagrams.from_r([path])[0]) == 0
    path.write_text("dimension,Birth,Death\n0.5,0,1\n")
    with pytest.raises(ValueError, match="degrees"):
        Diagrams.from_r([path])
    with pytest.raises(ValueError, match="pass \\[tables\\]"):
        Diagrams.from_r(str(path))
    with pytest.raises(ValueError, match="samples"):
        Diagrams([SQUARE]).to_r([])
