"""The command: the same answers as the functions, in words and as JSON, from files and pipes."""

import io
import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import tda
from tda import cli
from tda.cli import main
from tda.datasets import make_annulus, make_circle, make_disk, read_cloud

PD = pytest.importorskip("pandas")


@pytest.fixture
def ring(tmp_path):
    """A file of a ring in columns whose names hold a space and a comma, with a gap and a word."""
    X = make_annulus(150, random_state=0).points
    path = tmp_path / "ring of points.csv"
    lines = ['"a, left",b c,word', *(f"{float(x)!r},{float(y)!r},w" for x, y in X), "1.0,,v"]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path, X


def run(capsys, *argv):
    code = main([str(one) for one in argv])
    out, err = capsys.readouterr()
    return code, out, err


def test_holes_are_those_of_the_function(capsys, ring):
    path, X = ring
    code, out, err = run(capsys, "holes", path, "--drop-missing", "--json")
    written = json.loads(out)
    assert code == 0 and written.pop("file") == str(path)
    assert written == tda.count_holes(X).to_dict()
    assert "left out: 'word'" in err and "1 of 151 rows" in err and "\r" not in err
    code, out, _ = run(capsys, "holes", path, "--drop-missing")
    assert code == 0 and out.strip() == str(tda.count_holes(X))


def test_columns_and_scale(capsys, ring):
    path, X = ring
    names = '"a, left",b c'
    _, out, _ = run(capsys, "holes", path, "--columns", names, "--drop-missing", "--json")
    assert json.loads(out)["betti"] == [1, 1]
    _, out, _ = run(capsys, "dimension", path, "--columns", "b c", "--drop-missing", "--json")
    assert json.loads(out)["dimension"] == tda.intrinsic_dimension(X[:, 1:]).dimension
    wide = path.with_name("wide.csv")
    PD.DataFrame(X * [1, 9.0], columns=["a", "b"]).to_csv(wide, index=False)
    _, out, _ = run(capsys, "diagram", wide, "--scale")
    expected = tda.alpha_diagram((X - X.mean(axis=0)) / X.std(axis=0))
    bars = np.genfromtxt(io.StringIO(out), delimiter=",", skip_header=1)
    np.testing.assert_array_equal(bars[:, 0], expected.dims)
    np.testing.assert_allclose(bars[:, 1:], np.column_stack([expected.births, expected.deaths]),
                               atol=1e-9)  # fmt: skip


def test_a_pipe_is_read_to_its_end(capsys, monkeypatch, ring):
    text = "x;y\n" + "".join(f"{x:.6f};{y:.6f}\n" for x, y in ring[1])
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(text.encode())))
    code, out, _ = run(capsys, "dimension", "-", "--json")
    assert code == 0 and json.loads(out)["rounded"] == 2
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"no numbers\nat all\n")))
    code, out, err = run(capsys, "dimension", "-")
    assert code == 2 and out == "" and err.startswith("tda dimension: -: no column")


def test_many_files_and_patterns_that_no_shell_expanded(capsys, tmp_path, monkeypatch):
    for name, make in (("a", make_circle), ("b", make_disk)):
        np.savetxt(tmp_path / f"{name}.csv", make(60, random_state=0).points, delimiter=",")
    monkeypatch.chdir(tmp_path)
    code, out, err = run(capsys, "holes", "*.csv", "--json", "--out", "counts.csv")
    assert code == 0 and [one["betti"] for one in json.loads(out)] == [[1, 1], [1, 0]]
    assert [one["file"] for one in json.loads(out)] == ["a.csv", "b.csv"]
    assert "written: counts.csv" in err
    assert list(PD.read_csv("counts.csv")["file"]) == ["a.csv"]
    code, out, _ = run(capsys, "holes", "a.csv", "b.csv")
    assert code == 0 and "a.csv\n1 component" in out and "b.csv\n1 component" in out


def test_maps_go_to_stdout_and_what_they_lose_to_stderr(capsys, ring):
    path, X = ring
    argv = ("embed", path, "--drop-missing", "--method", "pca", "--n-components", "1")
    code, out, err = run(capsys, *argv)
    Z = tda.Embedding(method="pca", n_components=1, random_state=0).fit_transform(X)
    assert code == 0 and out.splitlines()[0] == "pca1"
    np.testing.assert_allclose(np.array(out.split()[1:], float), Z[:, 0], rtol=1e-6, atol=1e-9)
    assert "Not faithful: the loop was lost" in err
    _, out, _ = run(capsys, *argv, "--json")
    assert json.loads(out)["is_faithful"] is False


@pytest.mark.parametrize("command", ["holes", "dimension", "diagram", "embed"])
@pytest.mark.parametrize("ending", [".json", ".csv", ".png"])
def test_results_are_written_as_the_ending_says(capsys, ring, tmp_path, command, ending):
    out = tmp_path / f"result{ending}"
    more = ("--method", "pca") if command == "embed" else ()
    code, _, err = run(capsys, command, ring[0], "--drop-missing", "--out", out, *more)
    assert code == 0 and f"written: {out}" in err
    if ending == ".json":
        assert json.loads(out.read_text())
    elif ending == ".csv":
        assert len(PD.read_csv(out)) >= 1
    else:
        assert out.read_bytes().startswith(b"\x89PNG")


def test_a_diagram_is_kept_for_python(capsys, ring, tmp_path):
    run(capsys, "diagram", ring[0], "--drop-missing", "--out", tmp_path / "bars.npz")
    assert tda.Diagrams.load(tmp_path / "bars.npz")[0] == tda.alpha_diagram(ring[1])


def test_a_report_is_a_page_with_its_labels(capsys, tmp_path):
    rng = np.random.default_rng(0)
    frame = PD.DataFrame({"a": rng.normal(size=40), "b": rng.normal(size=40)})
    frame["kind"] = np.where(np.arange(40) < 20, "left", "right")
    frame.loc[7, "b"] = np.nan
    frame.to_csv(tmp_path / "table.csv", index=False)
    page = tmp_path / "page.html"
    code, out, err = run(capsys, "report", tmp_path / "table.csv", "--label", "kind", "--out", page)
    assert code == 0 and out == "" and "holes: " in err and "left out: 'kind'" not in err
    text = page.read_text(encoding="utf-8")
    assert "39 points with 2 coordinates, of 40 rows" in text and ">left<" in text
    assert "1 row with a missing number was left out" in text
    code, out, err = run(capsys, "report", tmp_path / "table.csv", "--json", "--quiet")
    assert code == 0 and json.loads(out)["data"]["columns"] == ["a", "b"]
    code, _, err = run(capsys, "report", tmp_path / "table.csv", "--label", "colour")
    assert code == 2 and "there are kind, a, b" in err


def test_shapes_of_two_files_are_compared(capsys, tmp_path):
    for name, make, seed in (("a", make_circle, 0), ("b", make_circle, 1), ("c", make_disk, 2)):
        np.save(tmp_path / f"{name}.npy", make(120, random_state=seed).points)
    a, b, c = (tmp_path / f"{name}.npy" for name in "abc")
    assert "No difference beyond sampling" in run(capsys, "compare", a, b)[1]
    assert "differ beyond sampling, in their loops" in run(capsys, "compare", a, c)[1]
    code, _, err = run(capsys, "compare", a)
    assert code == 2 and "give two, or a second group" in err


def test_groups_of_files_are_tested(capsys, tmp_path):
    for kind, make in (("ring", make_circle), ("disk", make_disk)):
        for seed in range(4):
            np.save(tmp_path / f"{kind}{seed}.npy", make(40, random_state=seed).points)
    groups = tmp_path / "ring*.npy", "--against", tmp_path / "disk*.npy"
    code, out, _ = run(capsys, "compare", *groups, "--n-permutations", 199, "--json")
    assert code == 0 and json.loads(out)["p_value"] < 0.06


def test_data_sets_are_listed_and_written(capsys, tmp_path):
    code, out, _ = run(capsys, "datasets")
    names = [line.split()[0] for line in out.splitlines()]
    assert code == 0 and {"make_torus", "load_ecg", "make_mug"} <= set(names)
    code, out, _ = run(capsys, "datasets", "make_circle", "--n-points", 20, "--seed", 3)
    X = np.genfromtxt(io.StringIO(out), delimiter=",", skip_header=1)
    np.testing.assert_allclose(X, make_circle(20, random_state=3).points, rtol=1e-8, atol=1e-8)
    run(capsys, "datasets", "make_torus", "--n-points", 30, "--out", tmp_path / "t.npy")
    assert read_cloud(tmp_path / "t.npy").points.shape == (30, 3)
    assert run(capsys, "datasets", "make_nothing")[0] == 2
    assert run(capsys, "datasets", "load_ecg", "--n-points", 3)[0] == 2


@pytest.mark.parametrize("name", sorted(cli._datasets.known()))
def test_every_data_set_is_written_or_says_why_not(capsys, name):
    code, out, err = run(capsys, "datasets", name)
    assert (code == 0 and out.startswith("x1")) or (code == 2 and "call it from Python" in err)


def test_stories_are_listed_and_run(capsys, tmp_path, monkeypatch):
    code, out, _ = run(capsys, "story")
    assert code == 0 and "mug_and_doughnut" in out
    story = '"""A tale."""\nimport sys\nimport _shared\nprint(sys.argv[1:], _shared.word)\n'
    (tmp_path / "tale.py").write_text(story)
    (tmp_path / "_shared.py").write_text("word = 'told'\n")
    monkeypatch.setattr(cli._story, "FOLDERS", (tmp_path,))
    assert run(capsys, "story")[1] == "tale  A tale.\n"
    assert run(capsys, "story", "tale", "--out", "x")[1] == "['--out', 'x'] told\n"
    assert run(capsys, "story", "other")[0] == 2
    monkeypatch.setattr(cli._story, "FOLDERS", (tmp_path / "nowhere",))
    assert "not installed here" in run(capsys, "story")[2]


@pytest.mark.parametrize(
    ("argv", "said"),
    [
        ([], "required: COMMAND"),
        (["holes"], "required: FILE"),
        (["holes", "nowhere.csv"], "no such file"),
        (["holes", "x.csv", "--out", "x.doc"], "the ending says what is written"),
        (["holes", "x.csv", "--level", "much"], "invalid float"),
        (["compile", "torus"], "families has 'torus'"),
    ],
)
def test_what_is_wrong_is_one_line_and_the_code_is_2(capsys, argv, said):
    code, out, err = run(capsys, *argv)
    assert code == 2 and out == "" and said in err and "Traceback" not in err


def test_help_shows_examples(capsys):
    for argv in ((), *((part.NAME,) for part in cli.COMMANDS)):
        code, out, _ = run(capsys, *argv, "--help")
        assert code == 0 and "examples:\n  tda " in out
    assert run(capsys, "--version")[1] == f"tda {tda.__version__}\n"


def test_an_interrupt_has_its_own_code(capsys, monkeypatch, ring):
    def interrupted(args):
        raise KeyboardInterrupt

    monkeypatch.setattr(cli._holes, "run", interrupted)
    code, _, err = run(capsys, "holes", ring[0])
    assert code == 130 and err == "tda holes: interrupted\n"


def test_whoever_closes_the_pipe_sees_no_error():
    script = "import sys; from tda.cli import main; sys.exit(main())"
    argv = ["datasets", "make_circle", "--n-points", "20000"]
    made = subprocess.Popen(
        [sys.executable, "-c", script, *argv],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=dict(__import__("os").environ, PYTHONPATH=str(Path(tda.__file__).parents[1])),
    )
    made.stdout.readline()
    made.stdout.close()
    assert made.stderr.read() == b"" and made.wait() == 0


def test_gaps_can_be_kept_and_words_are_read(tmp_path):
    path = tmp_path / "t.csv"
    path.write_text("a,b,c\n1,x,2\n3,y,\n5,,6\n")
    with pytest.warns(UserWarning, match="1 of 3 rows lack numbers"):
        kept = read_cloud(path, missing="keep")
    np.testing.assert_array_equal(kept.points, [[1, 2], [3, np.nan], [5, 6]])
    assert kept.words["b"].tolist() == ["x", "y", ""]
    with pytest.warns(UserWarning):
        assert read_cloud(path, missing="drop").words["b"].tolist() == ["x", ""]


def test_the_bare_command_lists_the_commands(capsys):
    code, out, err = run(capsys)
    assert code == 2 and out == ""
    assert all(f"    {part.NAME}" in err for part in cli.COMMANDS)


def test_lines_of_a_list_are_plain_words(capsys):
    _, out, _ = run(capsys, "datasets")
    assert "filled: what make_double_torus bounds" in out and "`" not in out


def test_one_file_to_compare_is_one_file(capsys, ring):
    code, _, err = run(capsys, "compare", ring[0], "--drop-missing")
    assert code == 2 and "1 file: give two" in err
