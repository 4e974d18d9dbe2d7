"""Tables of text as people and programs write them."""

import gzip
import sys
import warnings
from contextlib import contextmanager

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tda.datasets import read_cloud
from tda.datasets._files import _tables, _text
from tda.datasets._files._text import number

pytestmark = pytest.mark.filterwarnings("ignore:.*:UserWarning")


@contextmanager
def installed(pandas):
    """As if pandas were not there, unless it may be."""
    before = sys.modules["pandas"]
    if not pandas:
        sys.modules["pandas"] = None
    try:
        yield
    finally:
        sys.modules["pandas"] = before


@pytest.fixture
def read(tmp_path):
    def read(text, name="cloud.csv", **options):
        path = tmp_path / name
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return read_cloud(path, **options)

    return read


TABLES = {
    "names with blanks": ("sepal length (cm),sepal width (cm)\n5.1,3.5\n", [[5.1, 3.5]]),
    "names with commas": ("a;b,c\n1;2\n3;4\n", [[1, 2], [3, 4]]),
    "padded commas": ("x,y,,\n1,2,,\n3,4,,\n", [[1, 2], [3, 4]]),
    "padded rows": ("x,y\n1,2,,\n3,4,,\n", [[1, 2], [3, 4]]),
    "trailing blanks": ("1 2 \n3 4  \n", [[1, 2], [3, 4]]),
    "trailing tabs": ("1\t2\t\n3\t4\t\n", [[1, 2], [3, 4]]),
    "blanks around": ("x,y\n1.5 ,2\n 3.5 , 4\n", [[1.5, 2], [3.5, 4]]),
    "blanks in line": ("  1.0   2.0\n 13.0  4.0\n", [[1, 2], [13, 4]]),
    "blanks and tabs": ("1.0 \t 2.0\n3\t4\n", [[1, 2], [3, 4]]),
    "decimal commas": ("1,5;2,5\n3,5;4,0\n", [[1.5, 2.5], [3.5, 4]]),
    "decimal commas, blanks": ("1,5 2,5\n2,5 3\n", [[1.5, 2.5], [2.5, 3]]),
    "decimal commas, quotes": ('x,y\n"1,5","2,5"\n"2,5",3\n', [[1.5, 2.5], [2.5, 3]]),
    "decimal commas, one column": ("x\n1,5\n2,5\n", [[1.5], [2.5]]),
    "thousandths": ("x;y\n0,123;1,234\n1,5;2\n", [[0.123, 1.234], [1.5, 2]]),
    "sep=": ("sep=;\nx;y\n1;2\n3;4\n", [[1, 2], [3, 4]]),
    "bars": ("x|y\n1|2\n3|4\n", [[1, 2], [3, 4]]),
    "comments": ("# by hand\n\n1,2\n# more\n3,4\n", [[1, 2], [3, 4]]),
    "remarks": ("1 2 # first\n3 4\n", [[1, 2], [3, 4]]),
    "names in a comment": ("# id,x,y\n4,1,2\n7,3,4\n", [[1, 2], [3, 4]]),
    "names that are numbers": ("0,1\n.5,.6\n.4,.3\n", [[0.5, 0.6], [0.4, 0.3]]),
    "pixels": ("5,6,7,8\n0,9,9,0\n1,8,7,9\n", [[0, 9, 9, 0], [1, 8, 7, 9]]),
    "a word among numbers": ("label,0,1,2\n5,0,9,3\n5,7,6,1\n", [[5, 0, 9, 3], [5, 7, 6, 1]]),
    "no names": ("0,1\n1,0\n", [[0, 1], [1, 0]]),
    "a lattice": ("0,1,2\n3,4,5\n", [[0, 1, 2], [3, 4, 5]]),
    "to_csv": (",x,y\n0,1,2\n1,3,4\n", [[1, 2], [3, 4]]),
    "to_csv of an array": (",0,1\n0,5,7\n1,6,4\n2,5,5\n", [[5, 7], [6, 4], [5, 5]]),
    "Unnamed: 0": ("Unnamed: 0,x\n0,5\n1,4\n2,9\n", [[5], [4], [9]]),
    "id": ("x,PassengerId,sample_id\n1,8423,3\n2,8425,1\n", [[1], [2]]),
    "a grid is no id": ("grid,x\n1,2\n2,3\n", [[1, 2], [2, 3]]),
    "an id with repeats": ("id,x\n1,2\n1,3\n", [[1, 2], [1, 3]]),
    "R": ('"x" "y"\n"1" 5 6\n"2" 7 8\n', [[5, 6], [7, 8]]),
    "R, row names": ('"x","y"\n"Mazda RX4",5,6\n"Fiat",7,8\n', [[5, 6], [7, 8]]),
    "R, csv": ('"","x"\n"1",5\n"2",7\n', [[5], [7]]),
    "quotes over lines": ('x,y,text\n1,2,"a\nb"\n3,4,"c ""d"", e"\n', [[1, 2], [3, 4]]),
    "Mac": ("x,y\r1,2\r3,4\r", [[1, 2], [3, 4]]),
    "Windows": ("\ufeffx;y\r\n1;2\r\n\r\n3;4\r\n", [[1, 2], [3, 4]]),
    "minus": ("\u22121,2\n2,-3\n", [[-1, 2], [2, -3]]),
    "Fortran": ("1.5D+03 2\n2 3\n", [[1500, 2], [2, 3]]),
    "dates": ("when,x\n2020-01-01 10:00:00,1.5\n2020-01-02 10:00:00,2.5\n", [[1.5], [2.5]]),
    "one column": ("4\n2\n3\n", [[4], [2], [3]]),
    "one row": ("4 2 3\n", [[4, 2, 3]]),
    "hops are no names": ("0,1,2,3\n1,0,1,2\n2,1,0,1\n3,2,1,0\n", None),
}


@pytest.mark.parametrize("pandas", [True, False], ids=["pandas", "without"])
@pytest.mark.parametrize("name", TABLES)
def test_tables(read, name, pandas):
    text, points = TABLES[name]
    with installed(pandas):
        found = read(text)
    if points is None:
        assert found.distances.shape == (4, 4)
    else:
        np.testing.assert_array_equal(found.points, points)


def test_names_and_what_is_left_out_are_told(read):
    with pytest.warns(UserWarning, match=r"cloud\.csv: left out: 'species', .* such as 'Adelie'"):
        found = read("id,species,mass,empty,sex\n7,Adelie,1,,MALE\n9,Chinstrap,3,,FEMALE\n")
    assert (found.columns, found.dropped) == (["mass"], ["id", "species", "empty", "sex"])
    said = " ".join(found.notes)
    assert all(word in said for word in ("'id'", "'species'", "'empty'", "'sex'", "MALE"))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert read("x,y\n1,2\n3,5\n").notes == []


def test_thousands_are_not_taken_for_decimals(read):
    found = read('x,y\n"1,234",2\n"12,345",3\n')
    np.testing.assert_array_equal(found.points, [[2], [3]])
    assert found.dropped == ["x"] and "thousands" in found.notes[0]


@pytest.mark.parametrize("gap", ["", "?", "-", "#N/A", "NA", "n/a", "NaN", "null", "#DIV/0!", " "])
@pytest.mark.parametrize("pandas", [True, False], ids=["pandas", "without"])
def test_gaps(read, gap, pandas):
    text = f"x,y\n1,2\n3,{gap}\n5,6\n{gap},7\n"
    with installed(pandas):
        with pytest.raises(
            ValueError,
            match=r"line 3: 'y' has no number; .*: 2 of 4 .*'x' 1, 'y' 1.*missing='drop'",
        ) as error:
            read(text)
        assert "--drop-missing" in str(error.value)
        found = read(text, missing="drop")
    np.testing.assert_array_equal(found.points, [[1, 2], [5, 6]])
    assert "rows, which lack numbers" in found.notes[-1]


@pytest.mark.parametrize("pandas", [True, False], ids=["pandas", "without"])
@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("x,y\n1,2\n# no row\n3,oops\n5,6\n", "line 4: 'y' holds 'oops', not a number"),
        ("x\n1\nfoo\n2\n", "line 3: 'x' holds 'foo'"),
        ("abc,1\n2,3\n4,5\n", "line 1: column 1 holds 'abc'"),
        ("x;y\n1,5;2\n2,5;3\n2.5;3\n", "line 4: 'x' holds '2.5'"),
        ("1_000,2\n2,3\n5,6\n", "line 1: column 1 holds '1_000'"),
        ("1,2\n2,3\n5,0x1f\n", "line 3: column 2 holds '0x1f'"),
        ("1,2\n2,1e400\n", "line 2: column 2 is infinite"),
        ("1,2\n2,-inf\n", "line 2: column 2 is infinite"),
        ("1,2\n3\n", "line 2: 1 columns, where the first row has 2"),
        ("1,2\n3,4,5\n", "line 2: 3 columns, where the first row has 2"),
        ("made by X\nx,y\n1,2\n3,4\n", "line 2: 2 columns.* begin lines that are no rows with #"),
        ("x,y\n?,?\n", "no column holds numbers"),
        ("x,y\n\n", "no row follows the names"),
        (b"x,y\n1,\0\n", "not a text file"),
    ],
)
def test_errors_name_the_line(read, text, message, pandas):
    with installed(pandas):
        with pytest.raises(ValueError, match=r"cloud\.csv.*" + message):
            read(text)


def test_encodings(read):
    text = "Größe;y\n1;2\n3;4\n"
    for encoding in ("utf-8", "utf-8-sig", "utf-16", "latin-1"):
        found = read(text.encode(encoding))
        assert found.columns == ["Größe", "y"]
        np.testing.assert_array_equal(found.points, [[1, 2], [3, 4]])


def test_packed(read):
    packed = gzip.compress(b"x,y\n1,2\n3,4\n")
    np.testing.assert_array_equal(read(packed, "a.csv.gz").points, [[1, 2], [3, 4]])
    with pytest.raises(ValueError, match="cannot be unpacked"):
        read(packed[:-9], "a.csv.gz")
    with pytest.raises(ValueError, match="unpack it first"):
        read(packed, "a.png.gz")


@pytest.mark.parametrize("name", ["a.csv", "a.tsv", "a.txt", "a.dat"])
def test_text_by_any_name(read, name):
    np.testing.assert_array_equal(read("x\ty\n1\t2\n", name).points, [[1, 2]])


def test_chosen_columns(read):
    text = "id,x,species,y\n1,2,a,3\n2,5,b,?\n"
    np.testing.assert_array_equal(read(text, columns=["id", "x"]).points, [[1, 2], [2, 5]])
    np.testing.assert_array_equal(read(text, columns=[2]).points, [[2], [5]])
    np.testing.assert_array_equal(read(text, columns="x").points, [[2], [5]])
    with pytest.raises(ValueError, match="no column 'z'; there are id, x, species, y"):
        read(text, columns=["z"])
    with pytest.raises(ValueError, match="'species' holds no numbers"):
        read(text, columns=["species"])
    with pytest.raises(ValueError, match="line 3: 'y' has no number"):
        read(text, columns=["y"])
    with pytest.raises(ValueError, match="columns is empty"):
        read(text, columns=[])


def test_a_first_column_that_counts_is_told(read):
    found = read("year,spots\n" + "".join(f"{1700 + k},{k % 3}\n" for k in range(9)))
    assert found.columns == ["year", "spots"]
    assert "'year' goes up by 1 from" in found.notes[0]


def test_unlike_scales_are_told(read):
    rng = np.random.default_rng(0)
    rows = np.column_stack([rng.normal(size=50), rng.normal(size=50) * 800])
    text = "beak,mass\n" + "\n".join(f"{a},{b}" for a, b in rows)
    assert "'mass' makes up 100% of the spread" in read(text).notes[-1]
    alike = "beak,mass\n" + "\n".join(f"{a},{b / 800}" for a, b in rows)
    assert read(alike).notes == []


def test_a_far_cell_is_not_told_as_a_column_of_another_unit(read):
    text = "x,y\n" + "".join(f"{i % 5 + i / 7},{i % 3 + i / 11}\n" for i in range(30)) + "2,1e9\n"
    note = read(text).notes[-1]
    assert "'y' holds 1e+09, far from all other values" in note and "scale" not in note


@pytest.mark.parametrize("code", [-999, 9999, -9999, 999.0])
@pytest.mark.parametrize("times", [1, 12])
def test_nines_that_stand_for_missing_cells_are_told(read, code, times):
    rows = "".join(f"{i / 7},{i % 30 + i / 11}\n" for i in range(40)) + f"2,{code}\n" * times
    (note,) = read("x,y\n" + rows).notes
    cells = "1 cell" if times == 1 else "12 cells"
    assert f"'y' holds {code:g} in {cells}, far from all other values" in note


def test_nines_among_the_values_are_no_missing_cells(read):
    rows = "".join(f"{i * i % 7},{921 + i * 7 % 81}\n" for i in range(0, 80, 3))
    assert not any("missing" in note for note in read("x,y\n" + rows).notes)
    two = read("x,y\n" + "1,0\n2,999\n3,0\n4,999\n" * 5).notes
    assert not any("missing" in note for note in two)


@settings(max_examples=25, deadline=None)
@given(data=st.data())
def test_what_pandas_writes_is_read_again(tmp_path_factory, data):
    """Any table, in any of the dialects of to_csv."""
    n, width = data.draw(st.integers(2, 12)), data.draw(st.integers(1, 4))
    numbers = st.floats(allow_nan=False, allow_infinity=False, width=64)
    cells = data.draw(
        st.lists(st.lists(numbers, min_size=n, max_size=n), min_size=width, max_size=width)
    )
    frame = pd.DataFrame({f"column {k}": column for k, column in enumerate(cells)})
    n_gaps = data.draw(st.integers(0, n - 1))
    frame.iloc[:n_gaps, data.draw(st.integers(0, width - 1))] = np.nan
    frame["words"] = data.draw(
        st.lists(st.text("ab, ;#'\n\"", max_size=5).map("w{}".format), min_size=n, max_size=n)
    )
    sep, decimal = data.draw(st.sampled_from([",.", ";.", ";,", "\t.", "\t,", "|."]))
    path = tmp_path_factory.mktemp("table") / "a.csv"
    frame.to_csv(
        path,
        sep=sep,
        decimal=decimal,
        index=data.draw(st.booleans()),
        na_rep=data.draw(st.sampled_from(["", "NA", "?"])),
        lineterminator=data.draw(st.sampled_from(["\n", "\r\n"])),
    )
    expected = frame.iloc[:, :width].dropna().to_numpy()
    for pandas in (True, False):
        with installed(pandas):
            found = read_cloud(path, missing="drop")
        np.testing.assert_array_equal(found.points, expected)
        assert found.columns == list(frame.columns[:width])


CELLS = [
    *(
        "1",
        "2.5",
        "-3e1",
        "0",
        "1,5",
        "?",
        "NA",
        "",
        "x",
        "a b",
        '"q"',
        '"1,5"',
        '"a,b"',
        "#",
        "# c",
    ),
    *(
        "inf",
        "nan",
        "1_0",
        "TRUE",
        "id",
        "0x1",
        "-",
        "1.",
        "+.5",
        "1e400",
        '"',
        '3"',
        'a"b',
        "1.5 ",
    ),
]


@settings(max_examples=60, deadline=None)
@given(
    rows=st.lists(st.lists(st.sampled_from(CELLS), max_size=5), min_size=1, max_size=6),
    mark=st.sampled_from([",", ";", "\t", " ", "|", ", "]),
    missing=st.sampled_from(["raise", "drop"]),
)
def test_any_text_is_read_alike_with_and_without_pandas(tmp_path_factory, rows, mark, missing):
    path = tmp_path_factory.mktemp("table") / "a.csv"
    path.write_text("\n".join(mark.join(row) for row in rows) + "\n")
    said = []
    for pandas in (True, False):
        with installed(pandas):
            try:
                found = read_cloud(path, missing=missing)
            except ValueError as error:
                said.append(str(error))
            else:
                key = "points" if found.kind == "cloud" else found.kind
                said.append((found[key].tolist(), found.notes, found.get("dropped")))
    assert said[0] == said[1]


def test_a_wide_file_is_not_asked_cell_by_cell(tmp_path, monkeypatch):
    """The slow question, what one cell holds, is put to a sample alone."""
    rng = np.random.default_rng(0)
    X = rng.normal(size=(40, 4000)).round(4)
    path = tmp_path / "genes.csv"
    pd.DataFrame(X, columns=[f"g{k}" for k in range(4000)]).to_csv(path)
    for pandas in (True, False):
        n_asked = 0

        def asked(*arguments):
            nonlocal n_asked
            n_asked += 1
            return number(*arguments)

        monkeypatch.setattr(_text, "number", asked)
        monkeypatch.setattr(_tables, "number", asked)
        with installed(pandas):
            np.testing.assert_array_equal(read_cloud(path).points, X)
        assert n_asked < X.size / 2


def test_parquet_follows_the_rules_of_tables(tmp_path):
    pytest.importorskip("pyarrow")
    path = tmp_path / "a.parquet"
    frame = pd.DataFrame(
        {"id": [3, 1, 2], "x": pd.array([1, None, 3], dtype="Int64"), "is": [True, False, True]}
    )
    frame["y"] = [0.5, 1.5, 2.5]
    frame.to_parquet(path)
    with pytest.raises(ValueError, match=r"row 2: 'x' has no number; .*: 1 of 3"):
        read_cloud(path)
    found = read_cloud(path, missing="drop")
    np.testing.assert_array_equal(found.points, [[1, 0.5], [3, 2.5]])
    assert found.dropped == ["id", "is"]
