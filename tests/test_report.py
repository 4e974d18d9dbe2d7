"""What every report promises: a verdict in words, a table, and both as plain data."""

import importlib
import inspect
import json
import pkgutil
import re
import sys
from dataclasses import is_dataclass, replace
from xml.etree import ElementTree

import numpy as np
import pytest

import tda
from tda import Diagrams, _words, rips_diagram
from tda._report import Report, Table, plain
from tda.datasets import make_annulus, make_disk
from tda.dimension import DANCo, TwoNN, concentration_report, dimension_table, intrinsic_dimension
from tda.distances import (
    frechet_anova,
    group_test,
    independence_test,
    sample_size,
    two_sample_test,
)
from tda.embedding import embedding_report, inductive_bias_report
from tda.holes import (
    count_holes,
    count_image_holes,
    hole_intervals,
    persistence_band,
    points_for_power,
)
from tda.networks import (
    TrainingHistory,
    approximation_curve,
    compare_layers,
    compare_optimizers,
    compare_representations,
    compare_steps,
    depth_separation,
    layer_report,
    layer_tangents,
    loss_sharpness,
    loss_slice,
    random_network,
    spectral_density,
)
from tda.series import periodicity, takens_report

PAIR = make_annulus, make_disk
CLOUD = make_annulus(60, random_state=0).points


def count():
    return count_holes(CLOUD)


def estimate():
    return intrinsic_dimension(CLOUD)


def concentration():
    return concentration_report(CLOUD, n_simulations=19)


def dimensions():
    return dimension_table(CLOUD[:8], [TwoNN(), DANCo()])  # too few points for the second


def embedding():
    return embedding_report(CLOUD, CLOUD[:, :1], n_neighbors=5, n_resamples=2)


def bias():
    return inductive_bias_report(
        CLOUD, CLOUD[:, 0] > 0, methods=["pca"], n_components=1, n_neighbors=5, n_repeats=1
    )


def data():
    return tda.report(CLOUD, CLOUD[:, 0] > 0)


def two_samples():
    groups = [[rips_diagram(make(20, random_state=i)) for i in range(3)] for make in PAIR]
    return two_sample_test(*map(Diagrams, groups), n_permutations=9, random_state=0)


def some_diagrams():
    return Diagrams([rips_diagram(make(20, random_state=i)) for make in PAIR for i in range(3)])


def groups():
    return group_test(some_diagrams(), [0, 0, 1, 1, 2, 2], n_permutations=9, random_state=0)


def anova():
    return frechet_anova(some_diagrams(), [0, 0, 0, 1, 1, 1], n_permutations=9, random_state=0)


def independence():
    return independence_test(some_diagrams(), range(6), n_permutations=9, random_state=0)


def study_size():
    X = some_diagrams()
    options = {"n_simulations": 20, "n_permutations": 19, "max_size": 6, "n_pilots": 2}
    return sample_size(X[:3], X[3:], random_state=0, **options)


def mapper():
    return tda.Mapper(lens=0, random_state=0).fit(CLOUD).features(n_resamples=5)


def layers():
    labels = (CLOUD[:, 0] > 0).astype(int)
    return layer_report(network(), CLOUD, labels, max_dimension=0)


def history():
    losses = np.geomspace(1, 0.1, 20)
    return TrainingHistory(
        epochs=5 * np.arange(20),
        losses=losses,
        distances=np.column_stack([losses, np.ones(20)]),
        floor=np.array([0.1, 0.1]),
        dimensions=np.array([np.nan, *np.ones(19)]),
        target_dimension=2.0,
        degrees=(0, 1),
    )


def trainings():
    return compare_steps(network(), CLOUD, CLOUD[:, 0], shares=(0.5, 50), n_steps=20)


def approximation():
    return approximation_curve("gaussian", widths=(2, 4), n_points=200, n_repeats=2, random_state=0)


def by_width():
    return approximation_curve(CLOUD, CLOUD[:, 0] > 0, widths=(1, 2), depths=(1, 2), n_repeats=2)


def depth():
    return depth_separation((1, 2))


def sharpness():
    return loss_sharpness(network(), CLOUD, CLOUD[:, 0], n_eigenvalues=3)


def spectrum():
    return spectral_density(network(), CLOUD, CLOUD[:, 0], n_steps=5)


def optimizers():
    return compare_optimizers(network(), CLOUD, CLOUD[:, 0], budget=5)


def landscape():
    return loss_slice(network(), CLOUD, CLOUD[:, 0], n_grid=3)


def period():
    return periodicity(np.sin(np.arange(60.0)), n_surrogates=9)


def takens():
    return takens_report(np.sin(np.arange(60.0)))


def network():
    return random_network(2, [4], activation="tanh", random_state=0)


def band():
    return persistence_band(CLOUD, n_resamples=5, random_state=0)


def intervals():
    return hole_intervals(CLOUD, n_resamples=5, random_state=0)


def power():
    return points_for_power(CLOUD, sizes=[20, 60], n_simulations=2, random_state=0)


#: How each report comes about.
MAKE = {
    "ApproximationCurve": approximation,
    "ConcentrationReport": concentration,
    "DataReport": data,
    "DataApproximation": by_width,
    "DepthSeparation": depth,
    "DimensionEstimate": estimate,
    "DimensionTable": dimensions,
    "EmbeddingReport": embedding,
    "FrechetAnova": anova,
    "GroupTest": groups,
    "HoleCount": count,
    "ImageHoleCount": lambda: count_image_holes(np.add.outer(np.arange(5.0), np.arange(6.0)) % 3),
    "IndependenceTest": independence,
    "HoleIntervals": intervals,
    "HolePower": power,
    "InductiveBiasReport": bias,
    "LayerComparison": lambda: compare_layers(network(), CLOUD),
    "LayerReport": layers,
    "RepresentationComparison": lambda: compare_representations(CLOUD, CLOUD[:, :1]),
    "LayerTangents": lambda: layer_tangents(network(), CLOUD, dimension=1, max_points=5),
    "LossSlice": landscape,
    "MapperFeatures": mapper,
    "OptimizerComparison": optimizers,
    "Periodicity": period,
    "SampleSize": study_size,
    "PersistenceBand": band,
    "Sharpness": sharpness,
    "SpectralDensity": spectrum,
    "TakensReport": takens,
    "TrainingComparison": trainings,
    "TrainingHistory": history,
    "TwoSampleTest": two_samples,
}


#: Reports of data on which little can be said.
LITTLE = {
    "no interval": lambda: hole_intervals(np.eye(9), n_resamples=3, max_dimension=1),
    "holes of a line": lambda: hole_intervals(np.arange(9.0)[:, None], n_resamples=3),
    "a band that covers all": lambda: persistence_band(np.eye(6), method="subsampling"),
    "no number of points": lambda: points_for_power(CLOUD, degree=2, sizes=[20], n_simulations=2),
    "no hole": lambda: count_holes(make_disk(40, random_state=0)),
    "one point": lambda: count_holes(np.zeros((1, 2))),
    "all points equal": lambda: intrinsic_dimension(np.zeros((5, 2))),
    "no dimension": lambda: intrinsic_dimension(np.eye(6)),
    "no estimate": lambda: dimension_table(CLOUD[:8], [DANCo()]),
    "no concentration": lambda: concentration_report(np.eye(20), n_simulations=19),
    "a point as embedding": lambda: embedding_report(
        CLOUD, np.zeros((60, 1)), n_neighbors=5, n_resamples=1
    ),
    "no records": lambda: replace(
        history(),
        **dict.fromkeys(["epochs", "losses", "dimensions"], np.zeros(0)),
        distances=np.zeros((0, 2)),
    ),
    "a target of few points": lambda: replace(history(), target_dimension=np.nan),
    "a training that overflows": lambda: compare_steps(
        network(), CLOUD, CLOUD[:, 0], shares=(100,), n_steps=400
    ),
    "a constant series": lambda: periodicity(np.zeros(60)),
    "states of a constant series": lambda: takens_report(np.zeros(60)),
    "a flat loss": lambda: loss_sharpness(
        network(), np.zeros((4, 2)), np.zeros(4), matrix="fisher", n_eigenvalues=1
    ),
}


def rooms():
    for room in pkgutil.iter_modules(tda.__path__, "tda."):
        if not room.name.startswith("tda._"):
            yield importlib.import_module(room.name)


def named():
    """Every class that a room names, by its name."""
    things = {name: getattr(room, name) for room in rooms() for name in room.__all__}
    return {name: thing for name, thing in things.items() if inspect.isclass(thing)}


@pytest.fixture(scope="module")
def made():
    """Each report, made once."""
    return {}


@pytest.fixture(params=sorted(MAKE))
def report(request, made):
    if request.param not in made:
        made[request.param] = MAKE[request.param]()
    return made[request.param]


def test_every_class_that_judges_is_a_report_and_is_tested_here():
    classes = named()
    reports = {name for name, one in classes.items() if issubclass(one, Report)}
    assert reports == set(MAKE)
    for name, one in classes.items():
        assert not hasattr(one, "message") and not hasattr(one, "sentence"), name
        judges = hasattr(one, "verdict") or hasattr(one, "to_dict")
        speaks = is_dataclass(one) and "__str__" in vars(one)
        if judges or speaks:
            assert name in reports, name


def test_the_verdict_is_a_plain_sentence_or_a_few(report):
    verdict = report.verdict
    assert verdict == verdict.strip() and "\n" not in verdict and "  " not in verdict
    assert verdict.endswith(".") and not verdict[0].islower()
    assert 3 <= len(verdict.split()) <= 120
    assert "nan" not in verdict.split()


def test_it_prints_as_verdict_and_table(report):
    said = str(report)
    assert said.startswith(f"{report.verdict}\n")
    assert str(report._table()) in said
    assert "nan" not in said.split()
    assert max(map(len, str(report._table()).splitlines())) <= 120


def test_it_becomes_plain_types(report):
    written = report.to_dict()
    assert written["verdict"] == report.verdict
    assert json.loads(json.dumps(written, allow_nan=False)) == written


def test_the_frame_has_each_row_of_the_table(report):
    frame, table = report.to_frame(), report._table()
    names = {_words.in_words(name) for name in frame.index.get_level_values(0)}
    assert table.rows and len(frame) >= len(table.rows)
    assert {row[0] for row in table.rows} <= names


def test_a_notebook_shows_the_verdict_a_picture_and_the_table(report):
    page = ElementTree.fromstring(report._repr_html_())
    assert report.verdict in {part.text for part in page.iter()}
    (picture,) = page.iter("{http://www.w3.org/2000/svg}svg")
    assert picture.get("role") == "img" and picture.get("aria-label")
    assert "nan" not in ElementTree.tostring(picture, encoding="unicode")
    table = report._table()
    cells = [part.text or "" for part in page.iter("td")]
    assert cells == [cell for row in table.rows for cell in row]


def test_it_is_frozen(report):
    with pytest.raises(AttributeError):
        report.verdict = "all is well."
    with pytest.raises(AttributeError):
        setattr(report, next(iter(report.__dataclass_fields__)), 0)


def test_without_pandas_the_error_names_the_extra(report, monkeypatch):
    monkeypatch.setitem(sys.modules, "pandas", None)
    with pytest.raises(ImportError, match=r"to_frame needs pandas.*tda-learn\[files\]"):
        report.to_frame()


def test_a_count_without_a_hole_has_an_empty_frame_of_the_same_columns(made):
    nothing = count_holes(make_disk(40, random_state=0)).to_frame()
    assert len(nothing) == 0
    assert list(nothing.columns) == list(count().to_frame().columns)


@pytest.mark.parametrize("name", LITTLE)
@pytest.mark.filterwarnings("ignore")
def test_where_there_is_little_to_say_it_is_said_and_not_nan(name):
    report = LITTLE[name]()
    test_the_verdict_is_a_plain_sentence_or_a_few(report)
    test_it_becomes_plain_types(report)
    assert not {"nan", "None"} & set(re.findall(r"\w+", str(report)))
    assert len(report.to_frame()) >= len(report._table().rows)


# -- the leaf itself ------------------------------------------------------------------------------


def test_plain_types_and_what_json_has_no_word_for():
    given = {1: (np.float32(0.5), np.inf, np.nan), "a": np.array([[1, 2]]), "f": make_disk}
    assert plain(given) == {
        "1": [0.5, None, None],
        "a": [[1, 2]],
        "f": "make_disk",
    }
    assert plain(np.bool_(True)) is True and type(plain(np.int64(3))) is int


def test_a_table_sets_numbers_to_the_right_and_words_to_the_left():
    table = Table(("who", "how many", "why"), (("a", "1", "yes"), ("bcde", "1,000", "")))
    assert str(table).splitlines() == [
        "who   how many  why",
        "a            1  yes",
        "bcde     1,000",
    ]
    assert str(Table(("who",), ())) == ""


def test_lists_and_amounts_in_words():
    assert [_words.listed("abc"[:n]) for n in (1, 2, 3)] == ["a", "a and b", "a, b and c"]
    assert [_words.amount(n, 1) for n in (0, 1, 2)] == ["0 loops", "1 loop", "2 loops"]
    assert _words.degree_name(2) == "voids" and _words.degree_name(3, 1) == "hole of degree 3"
    assert [_words.number(n) for n in (0, 12, 1300)] == ["no", "twelve", "1,300"]
