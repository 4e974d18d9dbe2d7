"""A report of a table: what is left out of it, what its parts say, and code that gives it again."""

import json
import re
import warnings
from html.parser import HTMLParser
from types import SimpleNamespace

import numpy as np
import pytest
from scipy import sparse
from sklearn.datasets import load_iris

import tda
from tda import report
from tda.datasets import make_annulus, make_blobs
from tda.reporting import DataReport
from tda.reporting._advice import advise
from tda.reporting._data import read_data
from tda.reporting._parts import best_of, make_part

pd = pytest.importorskip("pandas")


@pytest.fixture(scope="module")
def iris():
    """A frame with words, gaps, a nearly empty column, an equal row, and its labels."""
    data = load_iris(as_frame=True)
    frame = data.data.copy()
    frame.columns = ["sepal_length", "sepal_width", "petal_length", "petal_width"]
    frame["word"] = "a"
    frame["nearly_empty"] = np.where(np.arange(150) < 100, np.nan, 1.0)
    frame.loc[[3, 77], "petal_length"] = np.nan
    labels = pd.Series(data.target_names[data.target], name="species")
    return frame, labels


@pytest.fixture(scope="module")
def of_iris(iris):
    return report(*iris, name="iris")


@pytest.fixture(scope="module")
def of_ring():
    return report(make_annulus(300, random_state=0).points, name="ring")


# -- what the data is -----------------------------------------------------------------------------


def test_columns_and_rows_that_are_no_points_are_left_out_and_told(of_iris, iris):
    data, frame = of_iris.data, iris[0]
    assert data.names == tuple(frame.columns[:4])
    assert (data.n_rows, len(data.X), data.n_dropped) == (150, 148, 2)
    np.testing.assert_array_equal(data.rows, np.delete(np.arange(150), [3, 77]))
    np.testing.assert_array_equal(data.X, frame.iloc[data.rows, :4].to_numpy(float))
    assert data.n_duplicates == 148 - len(np.unique(data.X, axis=0)) == 1
    said = " ".join(data.notes)
    for words in ("word is left out: it holds words", "nearly_empty is left out: 67% of it is"):
        assert words in said
    assert "2 rows with a missing number were left out" in said
    assert data.lattice > 0.1 and "Values are rounded" in said  # millimetres


def test_the_columns_are_described(of_iris, iris):
    frame = iris[0]
    for column in of_iris.data.columns[:4]:
        known = frame[column.name].dropna()
        assert column.n_missing == frame[column.name].isna().sum()
        assert column.n_distinct == known.nunique()
        assert (column.least, column.largest) == (known.min(), known.max())
        assert column.median == pytest.approx(known.median())
        assert column.deviation == pytest.approx(known.std(ddof=0))
        assert column.counts.sum() == len(known)


def test_a_constant_column_is_no_coordinate_unless_all_are():
    X = np.column_stack([np.arange(5.0), np.ones(5)])
    data = read_data(X)
    assert data.names == ("x1",) and data.columns[1].left_out == "it is constant"
    assert read_data(np.ones((3, 2))).names == ("x1", "x2")


def test_unlike_units_are_scaled_in_a_frame_and_told_of_in_an_array():
    rng = np.random.default_rng(0)
    X = rng.normal(size=(60, 3)) * [1, 1, 1000] + [0, 0, 5]
    of_array, of_frame = read_data(X), read_data(pd.DataFrame(X, columns=list("abc")))
    assert of_array.dominant == "x3" and not of_array.is_scaled
    np.testing.assert_array_equal(of_array.X, X)
    assert of_frame.is_scaled and not of_frame.dominant
    np.testing.assert_allclose(of_frame.X.std(axis=0), 1)
    kept = read_data(pd.DataFrame(X), scale=False)
    assert kept.dominant == "2" and not kept.is_scaled
    assert read_data(X, scale=True).is_scaled


@pytest.mark.parametrize(
    "given",
    [
        [[0, 1], [2, None], [3, 4], [1, 1]],
        np.ma.masked_invalid([[0, 1], [2, np.nan], [3, 4], [1, 1]]),
        pd.DataFrame({"a": [0, 2, 3, 1], "b": pd.array([1, None, 4, 1], dtype="Int64")}),
        np.array([[0, 1], [2, np.inf], [3, 4], [1, 1]]),
    ],
    ids=["lists", "masked", "nullable", "infinite"],
)
def test_gaps_of_all_kinds_leave_out_their_row(given):
    # A quarter of a column is missing, and less than 30%.
    data = read_data(given)
    np.testing.assert_array_equal(data.X, [[0, 1], [3, 4], [1, 1]])
    assert data.n_dropped == 1


def test_frames_of_polars_are_tables_too():
    polars = pytest.importorskip("polars")
    frame = polars.DataFrame({"a": [0.0, 1, 2, 5], "b": [1, 2, 0, 0], "c": ["x", "y", "z", "z"]})
    data = read_data(frame, frame["c"])
    assert data.names == ("a", "b") and data.y.tolist() == ["x", "y", "z", "z"]
    np.testing.assert_array_equal(data.X, [[0, 1], [1, 2], [2, 0], [5, 0]])


@pytest.mark.parametrize("form", ["csr", "dok"])
def test_sparse_tables_are_tables(form):
    X = np.eye(5) * [1, 2, 3, 4, 5]
    np.testing.assert_array_equal(read_data(sparse.csr_array(X).asformat(form)).X, X)


def test_what_read_cloud_read_and_columns_by_name_are_tables_too(tmp_path):
    path = tmp_path / "points.csv"
    path.write_text("width,height\n1,2\n3,4\n5,9\n")
    for given in (tda.datasets.read_cloud(path), {"width": [1, 3, 5], "height": [2, 4, 9]}):
        data = read_data(given)
        assert data.names == ("width", "height")
        np.testing.assert_array_equal(data.X, [[1, 2], [3, 4], [5, 9]])


# -- the parts ------------------------------------------------------------------------------------


def test_the_code_gives_all_results_again(of_iris, iris):
    given = {"data": iris[0], "y": iris[1]}
    exec(of_iris.code, given)
    parts = {part.name: part.result for part in of_iris.parts}
    np.testing.assert_array_equal(given["X"], of_iris.data.X)
    assert given["count"].diagram == parts["holes"].diagram
    assert given["count"].verdict == of_iris["holes"].verdict
    assert given["estimate"].dimension == parts["dimension"].dimension
    np.testing.assert_array_equal(given["clusters"].labels_, parts["clusters"].labels_)
    assert given["concentration"].verdict == parts["concentration"].verdict
    np.testing.assert_array_equal(given["Z"], parts["map"].shown.points)
    assert given["fidelity"].verdict == parts["map"].shown.fidelity.verdict
    assert given["shared"] == pytest.approx(parts["labels"].shared)


def test_a_ring_has_one_loop_and_its_advice_is_an_angle(of_ring):
    assert of_ring["holes"].result.betti == (1, 1)
    assert of_ring["map"].verdict.startswith("The data have a plane's coordinates")
    codes = [one.code for one in of_ring.advice]
    assert "angles = tda.CircularCoordinates().fit_transform(X)" in codes
    assert "1 component, 1 loop" in of_ring.verdict


@pytest.mark.filterwarnings("ignore")
def test_every_line_of_advice_runs(of_ring, of_iris, iris):
    for found, data, y in ((of_ring, of_ring.data.X, None), (of_iris, *iris)):
        given = {"data": data, "y": y, "chosen": [0]}
        exec(found.code, given)
        for one in found.advice:
            exec(one.code, given)


def test_noise_of_many_dimensions_gets_the_advice_to_choose_columns():
    data = read_data(np.random.default_rng(0).normal(size=(150, 60)))
    part = make_part("concentration", data, {"random_state": 0}, {})
    assert part.result.is_like_noise
    (one,) = advise(data, {"concentration": part})
    assert "choose columns" in one.words


def test_the_map_that_is_shown_is_the_faithful_one_or_loses_least():
    def judged(faithful, lost, trustworthiness):
        return SimpleNamespace(
            is_faithful=faithful, lost=(0, lost), made=(0, 0), continuity=1.0,
            trustworthiness=trustworthiness,
        )  # fmt: skip

    assert best_of([judged(False, 0, 0.9), judged(True, 0, 0.96)]) == 1
    assert best_of([judged(False, 2, 0.99), judged(False, 1, 0.8), judged(False, 1, 0.9)]) == 2


def test_labels_are_compared_with_the_shape():
    shape = make_blobs(200, n_blobs=2, random_state=0)
    X = shape.points
    side = report(X).parts[2].result.labels_
    of_side = report(X, side)["labels"].result
    assert of_side.shared > 0.99 and of_side.with_clusters == 1.0
    chance = report(X, np.random.default_rng(0).integers(2, size=200))["labels"].result
    assert abs(chance.shared - chance.by_chance) < 0.06 and abs(chance.with_clusters) < 0.05
    dates = np.datetime64("2020-01-01") + (100 * X[:, 0]).astype("timedelta64[D]")
    of_dates = make_part("labels", read_data(X, dates), {}, {}).result
    assert of_dates.is_quantity and of_dates.shared > 0.95
    depth = report(X, X[:, 0])["labels"].result
    assert depth.is_quantity and depth.shared > 0.95


def test_what_is_said_while_it_works_goes_to_stderr(capsys):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        report(make_annulus(60, random_state=0).points, verbose=True)
    out, err = capsys.readouterr()
    heads = [line.split(":")[0] for line in err.splitlines()]
    assert out == "" and heads == ["data", "holes", "dimension", "clusters", "distances", "map"]


# -- little and hostile data ----------------------------------------------------------------------

LITTLE = {
    "one row": np.zeros((1, 3)),
    "two rows": np.eye(2),
    "three equal rows": np.ones((3, 4)),
    "a constant column": np.column_stack([np.arange(30.0), np.ones(30)]),
    "one column": np.random.default_rng(0).normal(size=(40, 1)),
    "a grid": np.stack(np.meshgrid(*[np.arange(6)] * 2), axis=-1).reshape(-1, 2),
    "booleans": np.random.default_rng(0).random((30, 2)) < 0.5,
    "huge": np.random.default_rng(0).normal(size=(30, 2)) * 1e140,
    "tiny": np.random.default_rng(0).normal(size=(30, 2)) * 1e-120,
}


@pytest.mark.parametrize("name", LITTLE)
@pytest.mark.parametrize("scale", ["auto", True])
def test_where_there_is_little_to_say_the_page_says_it(name, scale):
    found = report(LITTLE[name], scale=scale)
    page = found.to_html()
    assert not {"nan", "None", "Traceback"} & set(re.findall(r"\w+", shown_text(page)))
    assert json.dumps(found.to_dict(), allow_nan=False)
    assert str(found).startswith(found.verdict)


@pytest.mark.parametrize(
    ("X", "y", "options", "match"),
    [
        ([["a", "b"], ["c", "d"]], None, {}, "holds words"),
        (pd.DataFrame({"a": ["x", "y"]}), None, {}, r"no column of numbers.*a: it holds words"),
        ([1.0, 2.0], None, {}, "reshape"),
        (np.zeros((0, 2)), None, {}, "empty"),
        ([[1.0, np.nan], [np.nan, 1.0]], None, {}, "no column of numbers"),
        ([[1.0, 2.0], [3.0, 4.0]], [1], {}, "y has shape"),
        ([[1.0, 2.0]], None, {"level": 2}, "level=2"),
        ([[1.0, 2.0]], None, {"scale": "yes"}, "scale='yes'"),
        (pd.DataFrame([[1, 2]], columns=["a", "a"]), None, {}, "two columns of one name"),
    ],
)
def test_what_is_no_table_is_refused_with_words(X, y, options, match):
    with pytest.raises(ValueError, match=match):
        report(X, y, **options)


# -- the page -------------------------------------------------------------------------------------


class Text(HTMLParser):
    """The words that a page shows."""

    def __init__(self):
        super().__init__()
        self.words, self.silent = [], False

    def handle_starttag(self, tag, attrs):
        self.silent = tag in ("script", "style", "pre")

    def handle_endtag(self, tag):
        self.silent = False

    def handle_data(self, data):
        if not self.silent:
            self.words.append(data)


def shown_text(page):
    reader = Text()
    reader.feed(page)
    return " ".join(reader.words)


def numbers_of(page):
    return json.loads(re.search(r'id="numbers">(.*?)</script>', page, re.S)[1])


def test_the_page_asks_no_network_for_anything(of_iris):
    page = of_iris.to_html()
    outside = re.sub(r'xmlns="http://www.w3.org/2000/svg"|"http://www.w3.org/2000/svg"', "", page)
    assert "http" not in outside and "//" not in re.sub(
        r"<script.*?</script>", "", outside, flags=re.S
    )
    assert not re.search(r"<(link|iframe|img|object|embed)|@import|url\(|fetch\(", page)
    assert len(page) < 300_000


def test_the_loop_on_the_page_goes_once_around_the_ring(of_ring):
    shown = numbers_of(of_ring.to_html())
    (hole,) = (hole for hole in of_ring["holes"].result.holes if hole.degree == 1)
    bar = shown["bars"][str(hole.bar)]
    assert bar["path"] and bar["said"].startswith("loop, born at")
    assert set(bar["rows"]) == set(bar["points"])  # every row is on the map
    loop = of_ring.data.X[bar["points"]]
    turns = np.diff(np.unwrap(np.arctan2(*np.vstack([loop, loop[:1]]).T[::-1]))).sum() / (2 * np.pi)
    assert abs(turns) == pytest.approx(1)
    x, y = shown["views"]["where"]
    assert np.corrcoef(x, of_ring.data.X[:, 0])[0, 1] > 0.999
    assert np.corrcoef(y, -of_ring.data.X[:, 1])[0, 1] > 0.999


def test_every_bar_names_rows_of_what_was_given(of_iris):
    shown = numbers_of(of_iris.to_html())
    assert len(shown["bars"]) > 50
    named = {row for bar in shown["bars"].values() for row in bar["rows"]}
    assert named <= set(of_iris.data.rows.tolist())
    edges = [bar for bar in shown["bars"].values() if len(bar["rows"]) == 2]
    assert len(edges) > 100  # components end at an edge


def test_words_of_the_user_are_escaped():
    X = pd.DataFrame(
        np.random.default_rng(0).normal(size=(40, 2)), columns=["<b>x</b>", "__DATA__"]
    )
    y = np.where(np.arange(40) % 2, "</script><script>alert(1)</script>", "&")
    page = report(X, y, name='<img src="x">').to_html()
    assert page.count("<script") == 2 and "<b>x" not in page and "<img" not in page
    assert numbers_of(page)["colours"][0]["names"][1].startswith("</script>")
    assert "__DATA__" in shown_text(page)


def test_the_page_is_written_where_it_is_asked_for(of_ring, tmp_path):
    path = of_ring.to_html(tmp_path / "page.html")
    assert path.read_text(encoding="utf-8") == of_ring.to_html()


def test_many_rows_are_drawn_in_part_and_the_page_stays_small():
    X = make_annulus(9000, random_state=0).points
    found = report(X)
    page = found.to_html()
    assert len(page) < 3_000_000 and len(numbers_of(page)["views"]["map"][0]) == 4000
    assert isinstance(found, DataReport) and tda.report is report


def test_means_of_clusters_are_in_the_units_that_were_given():
    X = np.random.default_rng(0).normal(size=(120, 2))
    X[:60] += 30
    page = report(X * [1, 1000] + [500, 0], scale=True).to_html()
    table = page[page.index("clusters, columns as given") :]
    assert "mean of" in table
    means = [float(cell) for cell in re.findall(r">(-?[0-9.e+]+)<", table[:2000])]
    assert any(abs(one - 530) < 2 for one in means) and any(abs(one - 500) < 2 for one in means)
    assert "clusters, columns as given" not in report(X[:60]).to_html()  # of one there is none


@pytest.mark.parametrize(("n", "d"), [(1, 2), (3, 2), (40, 1)])
def test_few_points_and_one_coordinate_have_the_right_words(n, d):
    words = report(np.random.default_rng(0).normal(size=(n, d))).to_html()
    for wrong in ("1 points", "1 distinct points", "1 coordinates", "1 rows"):
        assert f" {wrong}" not in words
    assert ("there is one point" in words) == (n == 1)
    assert ("one coordinate, drawn along a line" in words) == (d == 1)


def test_the_name_of_a_column_in_place_of_labels_is_refused_in_words():
    with pytest.raises(ValueError, match=r"y='city' is a word: .* such as table\['city'\]"):
        report(pd.DataFrame({"x": [1.0, 2], "city": ["a", "b"]}), "city")
