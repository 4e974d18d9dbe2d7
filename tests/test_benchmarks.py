"""The benchmark runner on tiny inputs, with the engines of this environment."""

import json
import sys
from importlib import import_module
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

import tda

FOLDER = Path(__file__).parents[1] / "benchmarks"


@pytest.fixture
def bench(monkeypatch):
    """Import a file of benchmarks/ as it is when run: with its own folder on the path."""
    monkeypatch.syspath_prepend(str(FOLDER))
    return import_module


@pytest.fixture
def files(tmp_path):
    rng = np.random.default_rng(0)
    for name, n in [("warm_up", 5), ("input", 40)]:
        np.save(tmp_path / f"{name}.npy", rng.uniform(size=(n, 2)))
    return tmp_path / "warm_up.npy", tmp_path / "input.npy"


def tiny(bench, task="rips", sizes=(20, 40), peers=("gudhi", "nobody"), **options):
    family = bench("topics._family").Family
    points = lambda n: np.random.default_rng(0).uniform(size=(n, 2))  # noqa: E731
    return SimpleNamespace(
        TITLE="Tiny",
        AXIS="points",
        FAMILIES=[family("square", task, points, sizes, sizes[:1], peers, options, 10)],
    )


# -- topics and peers ------------------------------------------------------------------------


def test_every_topic_asks_engines_that_exist(bench):
    """Every engine of a family has a file, and every peer that is not ours pinned versions."""
    for name in bench("run").TOPICS:
        topic = bench(f"topics.{name}")
        for family in topic.FAMILIES:
            assert set(family.quick) <= set(family.sizes) | set(family.quick)
            assert list(family.sizes) == sorted(family.sizes)
            for engine in ("ours", *family.peers):
                text = (FOLDER / "peers" / f"{engine}.py").read_text()
                assert f'"{family.task}":' in text
                assert bench("run").precision(engine) in ("float32", "float64")


def test_peers_are_pinned_and_apart():
    for path in (FOLDER / "peers").glob("*.txt"):
        lines = [line for line in path.read_text().splitlines() if not line.startswith("#")]
        assert lines and all("==" in line for line in lines), path.name
        assert path.with_suffix(".py").exists()
    assert not (FOLDER / "peers" / "ours.txt").exists()


def test_install_says_why_not(bench, tmp_path):
    wanted = tmp_path / "none.txt"
    wanted.write_text("numpy==0\n")
    install = bench("install_peers").install
    assert "no such" in install("none", tmp_path, str(tmp_path / "no such"), wanted)


# -- one measurement -------------------------------------------------------------------------


def test_a_measurement_takes_time_and_memory(bench, files, tmp_path):
    row = bench("_measure").measure(
        "gudhi", "rips", {"max_dimension": 1}, files=files, folder=tmp_path
    )
    assert row["status"] == "ok" and row["calls"] == 3
    assert 0 < row["cpu_seconds"] < 5 and row["wall_seconds"] > 0
    assert 20 < row["peak_before_mb"] <= row["peak_mb"] < 2000
    with np.load(row["bars"]) as bars:
        assert bars["bars"].shape == (len(bars["degree"]), 2)
        assert (bars["degree"] == 0).sum() == 40 and np.isinf(bars["bars"]).sum() == 1


@pytest.mark.parametrize(
    "body, status, message",
    [
        ("import no_such_engine", "not installed", "no_such_engine"),
        ("def f(X): raise ValueError('no circles')", "failed", "no circles"),
        ("def f(X): raise MemoryError('too large')", "refused", "too large"),
        ("import numpy\ndef f(X): return numpy.ones(10**17)", "refused", "allocate"),
        ("import os\ndef f(X): os._exit(3)", "crashed", "exit code 3"),
        ("def f(X):\n    while len(X) > 5: pass", "timeout", None),
    ],
)
def test_what_goes_wrong_is_recorded(bench, files, tmp_path, monkeypatch, body, status, message):
    module = bench("_measure")
    monkeypatch.setattr(module, "HERE", tmp_path)
    (tmp_path / "peers").mkdir()
    (tmp_path / "_worker.py").write_text((FOLDER / "_worker.py").read_text())
    (tmp_path / "peers" / "gudhi.py").write_text(
        f"DISTRIBUTION = 'gudhi'\n{body}\nTASKS = {{'rips': (f, list)}}\n"
    )
    row = module.measure("gudhi", "rips", {}, files=files, folder=tmp_path, limit=0.3)
    assert row["status"] == status
    assert message is None or message in row["message"]


def test_a_peer_without_an_environment_is_not_installed(bench, files, tmp_path):
    module = bench("_measure")
    assert module.interpreter("redzed", tmp_path) is None
    assert module.interpreter("ours", tmp_path) == sys.executable
    row = module.measure("redzed", "rips", {}, files=files, folder=tmp_path, peers=tmp_path)
    assert row["status"] == "not installed"


# -- agreement -------------------------------------------------------------------------------


def test_distance_is_the_bottleneck_distance(bench):
    """Against gudhi's, where the diagrams differ; at most the tolerance, where they do not."""
    import gudhi

    distance = bench("_agree").distance
    rng = np.random.default_rng(0)
    for _ in range(20):
        A, B = (np.sort(rng.uniform(size=(rng.integers(1, 20), 2)), axis=1) for _ in "ab")
        assert distance(A, B, 1e-9) == pytest.approx(gudhi.bottleneck_distance(A, B))
        shaken = A[rng.permutation(len(A))] + rng.uniform(-1e-7, 1e-7, size=A.shape)
        assert distance(A, np.append(shaken, [[0.3, 0.3 + 1e-7]], axis=0), 1e-6) <= 1e-6


def test_essential_classes_and_empty_diagrams_count(bench):
    distance = bench("_agree").distance
    A, empty = np.array([[0.0, np.inf], [0.0, 1.0]]), np.zeros((0, 2))
    assert distance(A, A, 1e-9) == distance(empty, empty, 1e-9) == 0
    assert distance(A, A[1:], 1e-9) == np.inf
    assert distance(A[1:], empty, 1e-9) == 0.5
    # Bars of no length are no bars: padding of an engine is not held against it.
    assert distance(A, np.append(A, [[2.0, 2.0]], axis=0), 1e-9) == 0


def test_a_wrong_degree_or_sample_is_no_agreement(bench, tmp_path):
    save, compare = bench("_worker").save_bars, bench("_agree").compare_files
    one, other = np.array([[0.0, 1.0]]), np.array([[0.0, 2.0]])
    none = np.zeros((0, 2))
    diagrams = {
        "a": [[one, none], [other, none]],
        "swapped": [[other, none], [one, none]],
        "degree": [[none, one], [other, none]],
        "same": [[one], [other]],
    }
    for name, diagram in diagrams.items():
        save(tmp_path / f"{name}.npz", diagram)
    agree = {
        name: compare(tmp_path / "a.npz", tmp_path / f"{name}.npz")["agree"] for name in diagrams
    }
    assert agree == {"a": True, "swapped": False, "degree": False, "same": True}


def test_numbers_agree_to_the_precision_of_their_format(bench, tmp_path):
    save, compare = bench("_worker").save_answer, bench("_agree").compare_files
    values = np.array([[1.0, 2.0], [0.0, 4.0]])
    for name, answer in {"a": values, "b": values + 4e-6, "c": values[:1]}.items():
        save(tmp_path / f"{name}.npz", answer, "curve_values")
    a, b, c = (tmp_path / f"{name}.npz" for name in "abc")
    assert compare(a, a) == {"agree": True, "distance": 0.0}
    assert compare(a, b)["distance"] == pytest.approx(1e-6, rel=1e-3)
    assert compare(a, b, "float32")["agree"] and not compare(a, b)["agree"]
    assert not compare(a, c)["agree"]


def test_infinite_ends_of_every_kind_count(bench):
    distance = bench("_agree").distance
    A = np.array([[-np.inf, 1.0], [-np.inf, np.inf], [2.0, np.inf], [np.inf, np.inf]])
    assert distance(A, A[::-1], 1e-9) == 0
    assert distance(A, A + [[0.0, 0.5], [0, 0], [0.25, 0], [0, 0]], 1e-9) == 0.5
    assert distance(A[:1], -A[:1, ::-1], 1e-9) == np.inf


def test_every_engine_is_held_to_a_peer(bench):
    """Two inputs of each case here; `agree.py` itself takes as many as one likes."""
    from tda.homology import _alpha, _cubical, _rips

    agree = bench("agree")
    tuples = {"rips": _rips.RIPS, "alpha": _alpha.ALPHA, "weighted": _alpha.WEIGHTED}
    tuples |= {"periodic": _alpha.PERIODIC, "cubical": _cubical.CUBICAL}
    names = {f"{kind}/{engine.name}" for kind, engines in tuples.items() for engine in engines}
    assert names <= {case.name.split(",")[0] for case in agree.CASES}
    for case in agree.CASES:
        answers = [agree.look(case, seed) for seed in range(40, 42)]
        assert not any(answers), (case.name, answers)


def test_disagreement_is_told_by_its_seed(bench, monkeypatch, capsys):
    agree = bench("agree")
    bars, other = np.array([[0.0, 1.0], [0.0, np.inf]]), np.array([[0.0, 1.5], [0.0, np.inf]])
    answers = iter([other, bars, None, None, IndexError("out of bounds"), bars])

    def compare(rng):
        answer = next(answers)
        if isinstance(answer, Exception):
            raise answer
        return None if answer is None else [(bars, bars, 1e-9), (bars, answer, 1e-9)]

    monkeypatch.setattr(agree, "CASES", (agree.alpha.Case("rips/wrong", "nobody", compare),))
    assert agree.main(["--inputs", "4", "--engine", "rips"]) == 2
    lines = capsys.readouterr().out.splitlines()
    assert lines[2].startswith("| rips/wrong | nobody | 4 | 2 | 2 |")
    assert lines[4:] == [
        "2 of 4 inputs agree.",
        "rips/wrong disagrees: --seed 0: bars 1 are 5.0e-01 apart, 1.0e-09 are allowed",
        "rips/wrong disagrees: --seed 4: IndexError: out of bounds",
    ]


# -- the whole -------------------------------------------------------------------------------


def test_a_run_writes_tables_and_numbers(bench, tmp_path, monkeypatch, capsys):
    run = bench("run")
    topic = tiny(bench, sizes=(30,), max_dimension=1)
    monkeypatch.setattr(run, "import_module", lambda name: topic)
    run.main(["rips_loops", "--out", str(tmp_path)])
    report = json.loads((tmp_path / "rips_loops.json").read_text())
    rows = {row["engine"]: row for row in report["rows"]}
    assert rows["gudhi"]["agree"] and rows["gudhi"]["distance"] <= 1e-9
    assert rows["nobody"]["status"] == "not installed"
    assert report["machine"]["cores"] and rows["ours"]["version"]
    text = capsys.readouterr().out
    assert "Diagrams agree in 1 of 1 comparisons." in text and "×)" in text
    assert text.strip() == (tmp_path / "rips_loops.md").read_text().strip()
    assert not list(tmp_path.glob("*.png"))  # one size is no growth


def test_growth_is_a_figure(bench, tmp_path):
    """A line for each engine, and a triangle where the limit ended it."""
    rows = [
        {"family": "square", "n": n, "engine": engine, "status": "ok", "cpu_seconds": n / 1000}
        for n in (100, 200, 400)
        for engine in ("ours", "gudhi", "ripser")
        if engine == "ours" or n == 100
    ]
    late = {"family": "square", "status": "timeout", "limit": 1.0}
    rows += [late | {"engine": "gudhi", "n": 200}]
    rows += [late | {"engine": "gudhi", "n": 400, "gave_up_at": 200}]
    figure = bench("_growth").draw_growth(tiny(bench), rows, tmp_path / "growth.png", 1.0)
    (panel,) = figure.axes
    assert panel.get_xscale() == panel.get_yscale() == "log"
    drawn = [tuple(line.get_xdata()) for line in panel.lines]
    assert drawn == [(100, 200, 400), (100,), (100, 200), (200,), (100,)]
    assert (tmp_path / "growth.png").stat().st_size > 5000


def test_tables_hide_neither_losses_nor_disagreement(bench):
    row = {"family": "f", "n": 10, "status": "ok", "peak_mb": 50.0, "version": "1"}
    rows = [
        row | {"engine": "ours", "cpu_seconds": 2.0},
        row | {"engine": "fast", "cpu_seconds": 0.5, "agree": True, "distance": 0.0},
        row | {"engine": "wrong", "cpu_seconds": 6.0, "agree": False, "distance": 0.1},
        row | {"engine": "slow", "status": "timeout", "limit": 60.0},
    ]
    text = bench("run").tables("T", rows)
    assert "| f | 10 | 2.0 | 0.50 (0.25×) | 6.0 (3.0×) ≠ | > 60 |" in text
    assert "fast is 4.0× faster" in text and "wrong disagrees by 1.0e-01" in text
    assert "Diagrams agree in 1 of 2 comparisons." in text


def test_an_engine_that_gave_up_is_not_asked_for_more(bench, monkeypatch):
    run = bench("run")
    asked = []

    def measure(engine, *_, **__):
        asked.append(engine)
        return {"engine": engine, "status": "timeout", "limit": 1.0}

    monkeypatch.setattr(run, "measure", measure)
    rows = run.run_topic(tiny(bench, sizes=(20, 30, 40), peers=("gudhi",)))["rows"]
    assert asked == ["ours", "gudhi"]
    assert [row.get("gave_up_at") for row in rows] == [None, None, 20, 20, 20, 20]
    assert [row["n"] for row in rows] == [20, 20, 30, 30, 40, 40]


# -- the study of dimensions -------------------------------------------------------------------


def test_the_study_of_dimensions_counts_errors(bench, tmp_path, capsys):
    study = bench("dimension_manifolds")
    rng = np.random.default_rng(0)

    def ask(python, command, file, n_points, seed):
        assert command == "make"
        sets = {"plane": rng.uniform(size=(n_points, 2)), "space": rng.uniform(size=(n_points, 3))}
        np.savez(file, names=list(sets), truth=[2, 3], **sets)

    assert len(study._every_estimator()) > 12
    study.ask, study._every_estimator = ask, lambda: [tda.dimension.TwoNN, tda.dimension.DANCo]
    study.main(["--peers", str(tmp_path), "--out", str(tmp_path), "--ours", "--n-points", "60"])
    lines = capsys.readouterr().out.splitlines()[2:]
    answers = json.loads((tmp_path / "answers.json").read_text())["97000"]
    assert len(lines) == len(answers)
    assert {"TwoNN", "DANCo", "LocalPCA(n_neighbors=None)"} <= set(answers)
    means = [float(line.split("|")[2]) for line in lines]
    assert means == sorted(means)
    (two_nn,) = [line for line in lines if line.startswith("| TwoNN |")]
    dimensions = [answers["TwoNN"][name][0] for name in ("plane", "space")]
    expected = 50 * (abs(dimensions[0] - 2) / 2 + abs(dimensions[1] - 3) / 3)
    assert float(two_nn.split("|")[2]) == pytest.approx(expected, abs=0.051)


def test_the_study_of_coverage_counts_intervals(bench, capsys):
    study = bench("dimension_coverage")
    covered = study.main(["--seeds", "3", "--sizes", "8", "30", "--dimensions", "1", "2"])
    assert {n: held.shape for n, held in covered.items()} == {8: (4, 2, 3), 30: (4, 2, 3)}
    assert all(held.mean() >= 0.9 for held in covered.values())
    lines = capsys.readouterr().out.splitlines()[2:]
    assert [line.split("|")[1].strip() for line in lines] == ["8", "30"]
    assert lines[0].split("|")[3].strip() == f"{covered[8].mean():.1%}"


def test_the_study_of_groups_counts_what_is_told(bench, capsys, monkeypatch):
    study = bench("dimension_groups")
    monkeypatch.setattr(study, "SIZES", (300,))
    monkeypatch.setattr(study, "PAIRS", {study.line_and_plate: (1, 2)})
    rates, alarms = study.main(["--seeds", "4", "--clouds", "5"])
    assert rates["line_and_plate", 300].min() >= 0.75 and alarms == 0
    assert "| line and plate |" in capsys.readouterr().out


# -- the study of thresholds -------------------------------------------------------------------


def test_every_threshold_is_there_and_moves(bench):
    study = bench("thresholds")
    assert set(study.CASES) == set(study.CONSTANTS)
    for modules in study.CONSTANTS.values():
        for module, names in modules.items():
            for name in names.split():
                value = getattr(bench(f"tda.{module}"), name)
                is_ratio = name in study.RATIOS
                less, more = (study.moved(value, f, is_ratio=is_ratio) for f in (0.5, 2))
                assert less != value != more, name
    assert study.moved(0.95, 2) == pytest.approx(0.9)
    assert study.moved(8, 0.5) == 4
    assert study.moved(1.5, 2, is_ratio=True) == 2.25


def test_a_threshold_is_moved_wherever_it_is_imported(bench):
    study = bench("thresholds")
    ties, intrinsic = bench("tda.dimension._ties"), bench("tda.dimension._intrinsic")
    old = ties.TIED_SHARE
    with study.constant_set("tda.dimension._ties", "TIED_SHARE", 0.5):
        assert ties.TIED_SHARE == intrinsic.TIED_SHARE == 0.5
    assert ties.TIED_SHARE == intrinsic.TIED_SHARE == old


def test_the_study_of_thresholds_counts_answers(bench, capsys):
    study = bench("thresholds")
    rows = study.main(["--only", "training", "--constants", "LEAST_SHARE_OF_FALL", "PATIENCE"])
    share, patience = rows
    assert share.constant == "networks.layers._history.LEAST_SHARE_OF_FALL"
    assert share.values == pytest.approx((1 / 3, 1 / 6, 2 / 3))
    # Holes that stop half way are seen when a third of the fall is left, not two thirds.
    assert share.right == (7, 7, 6) and share.changed == (0, 0, 1)
    assert patience.right == (7, 7, 7)
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 4 and lines[2].endswith("| 0.6666667: 6, 1 of 7 |")


# -- calibration -----------------------------------------------------------------------------


def test_a_level_that_is_kept_or_not_is_told(bench):
    calibration = bench("calibration")
    assert calibration.verdict([10, 50, 100], 1000) == "holds"
    assert calibration.verdict([0, 0, 3], 1000) == "careful"
    assert calibration.verdict([10, 80, 100], 1000) == "errs"
    assert calibration.verdict([1, 2, 3], 20) == "holds"  # as many as 20 runs leave open


def test_calibration_runs_small_and_writes_its_table_and_figure(bench, tmp_path, capsys):
    options = ["--seeds", "20", "--power-seeds", "4", "--topics", "holes", "--jobs", "1"]
    found = bench("calibration").main([*options, "--only", "strip", "--out", str(tmp_path)])
    rows = found["holes"]["levels"]
    assert {row["n"] for row in rows} == {50, 200, 300, 1000}
    assert all(row["runs"] == 20 and row["hits"][1] <= 4 for row in rows)
    assert (tmp_path / "calibration_holes.md").read_text().strip() in capsys.readouterr().out
    (tmp_path / "calibration_holes.json").unlink()
    found = bench("calibration").main([*options, "--only", "by points", "--out", str(tmp_path)])
    clean = [row["hits"] for row in found["holes"]["powers"] if row["test"] == "noise 0"]
    assert clean[0] < clean[-1] == 4
    assert (tmp_path / "power_holes.png").stat().st_size > 5_000


def test_calibration_of_groups_runs_small(bench, tmp_path):
    options = ["--seeds", "12", "--power-seeds", "6", "--topics", "groups", "--jobs", "1"]
    found = bench("calibration").main([*options, "--only", "independence", "--out", str(tmp_path)])[
        "groups"
    ]
    assert {row["n"] for row in found["levels"]} == {20, 60}
    assert all(row["runs"] == 12 and row["hits"][1] <= 4 for row in found["levels"])
    strongest = [row["hits"] for row in found["powers"] if row["value"] == 0.5]
    assert strongest == [6, 6]
    assert (tmp_path / "power_groups.png").stat().st_size > 5_000


# -- sets of shapes, maps of known worth ------------------------------------------------------


@pytest.mark.parametrize("name, n_classes", [("graphs", 6), ("textures", 8)])
def test_a_set_of_shapes_is_told_apart_better_than_by_chance(bench, name, n_classes, capsys):
    rows = bench("shape_sets").main(["--per-class", "8", "--splits", "2", "--only", name])
    assert {row["classes"] for row in rows} == {n_classes}
    best = {kind: max(r["accuracy"] for r in rows if r["kind"] == kind) for kind in kinds(rows)}
    assert set(best) == {"topology", "baseline", "both"} and min(best.values()) > 2.5 / n_classes
    assert f"| {name} | topology and baselines |" in capsys.readouterr().out


def kinds(rows):
    return {row["kind"] for row in rows}


def test_squares_of_textures_stay_in_their_stripe_and_have_no_brightness(bench):
    patches, target, stripe = bench("shape_sets").make_textures(4, seed=0)
    assert len(patches) == 32 and {patch.shape for patch in patches} == {(24, 24)}
    np.testing.assert_array_equal(np.bincount(target), 4)
    np.testing.assert_array_equal(stripe, np.tile([0, 1, 2, 3], 8))
    np.testing.assert_allclose([(p.mean(), p.std()) for p in patches], [(0, 1)] * 32, atol=1e-9)


def test_series_without_dynamics_have_the_spectrum_of_those_with(bench):
    module = bench("shape_sets")
    series = [make(np.random.default_rng(0), 128) for make in (module.lorenz, module.stand_in)]
    lorenz, stand_in = (np.abs(np.fft.rfft(x)) for x in series)
    np.testing.assert_allclose(stand_in[1:-1], lorenz[1:-1], rtol=1e-8)
    assert np.abs(series[0] - series[1]).max() > 1


def test_maps_of_known_worth_are_judged_and_the_reasons_told(bench, capsys):
    study = bench("embedding_calibration")
    good, bad = (study.ask(name, 3) for name in ("isometric", "folded"))
    assert good["faithful"] and not bad["faithful"]
    assert study.reasons(good) == [] and "torn or glued" in study.reasons(bad)
    # A seed gives one map, and what the report says is what the study counts.
    assert study.ask("isometric", 3) == good
    rows = [good, good | {"moved": 0.2}, bad, bad | {"moved": 0.0, "score": 1.0, "recall": 0.9}]
    assert study.errors(rows) == (0.5, 0.5)
    assert study.errors(rows, moved=1.0) == (0.0, 0.5 if bad["score"] < 0.95 else 1.0)
    assert "| isometric | good | 2 | 50.0% |" in study.table(rows)


def test_every_kind_of_map_keeps_the_number_of_points(bench):
    study = bench("embedding_calibration")
    for name, (make, _) in (study.TRAINING | study.HELD_OUT).items():
        X, Z = make(np.random.default_rng(0))
        assert len(X) == len(Z) >= 150 and np.isfinite(X).all() and np.isfinite(Z).all(), name
