"""What the whole public face agrees on: CONTRIBUTING.md, "Rules of the house"."""

import ast
import inspect
import re
from pathlib import Path

import numpy as np
import pytest
from test_contract import INPUT, QUICK, SAMPLES, circle, public_estimators

import tda
from tda._per_shape import NoColumns

PARAMETERS = re.compile(r"^Parameters\n-+\n(.*?)(?=\n\n\S[^\n]*\n-+\n|\Z)", re.S | re.M)
ENTRY = re.compile(r"^(\*{0,2}\w+(?:, \*{0,2}\w+)*) :(?: (.*))?$")


def public_callables():
    """Functions, classes and public methods of the package and its rooms, by their names."""
    things = {name: getattr(tda, name) for name in tda.__all__}
    for room in [thing for thing in things.values() if inspect.ismodule(thing)]:
        things |= {name: getattr(room, name) for name in room.__all__}
    things = {name: thing for name, thing in things.items() if callable(thing)}
    for name, thing in list(things.items()):
        if inspect.isclass(thing):
            for method, member in vars(thing).items():
                member = getattr(member, "__func__", member)
                if not method.startswith("_") and inspect.isfunction(member):
                    things[f"{name}.{method}"] = member
    return dict(sorted(things.items()))


CALLABLES = public_callables()


def defaults(thing):
    signature = inspect.signature(thing).parameters.values()
    return {p.name: p.default for p in signature if p.default is not p.empty}


def documented(thing):
    """What follows the colon, by parameter; the lines of a broken type are joined."""
    section = PARAMETERS.search(inspect.getdoc(thing) or "")
    found = {}
    for line in section[1].splitlines() if section else []:
        entry = ENTRY.match(line)
        if entry and entry[2]:
            found |= dict.fromkeys(re.findall(r"\w+", entry[1]), entry[2])
    return found


def test_documented_defaults_are_those_of_the_signature():
    """Where a parameter has a type, ``default=`` ends it; `y : ignored` has none."""
    wrong = []
    for name, thing in CALLABLES.items():
        given, known = documented(thing), inspect.signature(thing).parameters
        for parameter, kind in given.items():
            stated = re.search(r"default=(.*)$", kind)
            if kind == "ignored" or parameter not in known:
                continue
            default = known[parameter].default
            if default is inspect.Parameter.empty:
                agree = stated is None
            elif stated is None:
                agree = False
            else:
                infinite = {"inf": np.inf}.get(stated[1])
                agree = (infinite or ast.literal_eval(stated[1])) == default
            if not agree:
                wrong.append(f"{name}, {parameter}={default!r}: {kind}")
    assert not wrong


def test_every_parameter_that_is_documented_is_taken():
    wrong = [
        f"{name}: {parameter}"
        for name, thing in CALLABLES.items()
        for parameter in documented(thing)
        if parameter not in inspect.signature(thing).parameters
    ]
    assert not wrong


@pytest.mark.parametrize("name", public_estimators())
def test_constraints_cover_the_parameters_of_init(name):
    estimator = public_estimators()[name]
    assert set(estimator._parameter_constraints) == set(inspect.signature(estimator).parameters)


def test_constraints_have_one_spelling():
    files = list(Path(tda.__file__).parent.rglob("*.py"))
    tables = [
        line.strip()
        for path in files
        for line in path.read_text(encoding="utf-8").splitlines()
        if re.match(r"    _parameter_constraints\b", line)
    ]
    assert len(tables) > 40
    assert all(line.startswith("_parameter_constraints: ClassVar[dict] = {") for line in tables)


#: Columns that are named after what they hold: several classes measure it, or one class several
#: things.
QUANTITIES = {
    "CloudDimension": "dimension",
    "Curvature": "sectional_curvature",
    "DiagramDistance": "wasserstein_to",
    "DiagramKernel": "sliced_wasserstein_to",
    "Embedding": "pca",
    "HoleCounter": "betti",
    "ImageHoleCounter": "image_holes",
    "TangentSpaces": "local_dimension",
    "VolumeDensity": "density",
}


@pytest.mark.filterwarnings("ignore:X looks 2-dimensional")
def test_columns_begin_with_the_name_of_their_class():
    rest = dict(QUANTITIES)
    for name, estimator in public_estimators().items():
        kind = INPUT.get(name)
        if not hasattr(estimator, "get_feature_names_out") or kind in ("network", "targets"):
            continue
        if issubclass(estimator, NoColumns):
            continue
        options = (
            {"method": "pca", "n_components": 2} if name == "Embedding" else QUICK.get(name, {})
        )
        model = estimator(**options).fit(SAMPLES.get(kind, circle(60, 0)))
        first = model.get_feature_names_out()[0]
        if estimator.__module__.startswith("tda.dimension") and kind == "points":
            expected = "local_dimension"
        else:
            snake = re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name).lower()
            expected = rest.pop(name, snake)
        assert re.match(rf"{expected}(_|$)", first), f"{name} begins with {first}"
    assert not rest


#: The default that a parameter has wherever it has one, but for those listed with it.
AGREED = {
    # Of a shape it is "auto", estimated; of data sets it is that of the shape drawn.
    "dimension": (
        "auto",
        {
            # Not given: that in which noise is longest; there is no cloud to estimate from.
            None: {"HoleFilter", "filter_holes", "hole_significance"},
            # The fewest coordinates in which a series can go around anything.
            2: {"make_flat_torus", "make_sphere", "make_uniform", "takens_embedding"},
            3: {"make_ball"},
            1000: {"make_squiggle"},
        },
    ),
    "degrees": (None, {(0, 1): {"TrainingObserver"}}),  # voids take seconds a measurement
    "essential": (
        "drop",
        {
            # Distances of diagrams can match classes that never end.
            "match": {"DiagramDistance", "pairwise_distances", "two_sample_test"}
            | {"frechet_anova", "group_test", "sample_size"},
            # This step is there to end them.
            "clamp": {"EssentialPolicy", "apply_essential_policy"},
        },
    ),
    "field": (2, {47: {"CircularCoordinates"}}),  # cocycles over Z/2 seldom lift to integers
    "internal_p": (np.inf, {}),
    "level": (0.05, {0.01: {"ABIDE"}}),  # of many tests at each point
    "n_bins": (
        100,
        {
            # Their columns are values times steps, levels or directions.
            20: {"Crocker", "EulerCharacteristicTransform", "EulerSurface"}
            | {"HilbertFunction", "SignedMeasure"}
        },
    ),
    "max_dimension": (
        None,  # all that the data can have
        # Rips has no end of degrees, and voids take long.
        {
            1: {"RipsPersistence", "embedding_report", "rips_diagram"}
            | {"GraphPersistence", "LocalHomology", "graph_diagram", "vertex_diagrams"}
            | {"ZigzagPersistence", "layer_zigzag", "preservation_loss", "zigzag_diagram"},
            2: {"clique_complex", "rips_complex"},  # of simplices, which fill loops
        },
    ),
    "n_jobs": (None, {}),
    "order": (2.0, {}),
    "random_state": (
        None,
        {
            # What is read and quoted: the same data give the same report.
            0: {
                "TrainingObserver",
                "approximation_curve",
                "compare_initializations",
                "compare_layers",
                "compare_optimizers",
                "compare_representations",
                "concentration_report",
                "depth_separation",
                "dimension_table",
                "embedding_report",
                "hessian_trace",
                "inductive_bias_report",
                "layer_report",
                "layer_tangents",
                "layer_zigzag",
                "loss_sharpness",
                "loss_slice",
                "periodicity",
                "spectral_density",
                "report",
            }
        },
    ),
    "verbose": (False, {}),
    # That of its paper: the weight is the arctangent of this power of the lifetime.
    "weight_power": (1.0, {5.0: {"weighted_gaussian_kernel"}}),
}
#: The same for `metric`, which names distances of points or of diagrams, or ones of a network.
METRICS = {
    "cknn": {"layer_report"},  # of activations, whose scale differs from place to place
    "bottleneck": {"TrainingHistory", "TrainingObserver"},  # the bar that is matched worst
    "wasserstein": {"Amplitude", "DiagramDistance", "amplitude", "pairwise_distances"}
    | {"two_sample_test", "frechet_anova", "group_test", "sample_size"},
}


@pytest.mark.parametrize("parameter", [*AGREED, "metric"])
def test_a_parameter_has_one_default(parameter):
    agreed, others = AGREED.get(parameter, ("euclidean", METRICS))
    found = {}
    for name, thing in CALLABLES.items():
        if parameter in defaults(thing):
            found.setdefault(defaults(thing)[parameter], set()).add(name)
    assert found.pop(agreed)
    assert found == others


@pytest.mark.parametrize("name", [n for n in CALLABLES if "n_bins" in defaults(CALLABLES[n])])
def test_n_bins_counts_values(name):
    kind = INPUT[name]
    one = CALLABLES[name](n_bins=7, **({"n_layers": 1} if name == "PersistenceLandscape" else {}))
    one.fit(SAMPLES[kind])
    per_value = {"EulerCurve": 1, "Crocker": 4, "EulerCharacteristicTransform": 16} | {
        "EulerSurface": 10,
        "HilbertFunction": 20,
        "SignedMeasure": 20,
    }
    # Else two degrees; times two steps, ten levels; or sixteen directions.
    assert len(one.get_feature_names_out()) == 7 * per_value.get(name, 2)


def test_what_is_named_a_dimension_takes_a_cloud():
    named = [n for n in CALLABLES if re.search("(?<!^plot)_dimension$", n)]
    assert named == ["intrinsic_dimension"]
    assert next(iter(inspect.signature(tda.intrinsic_dimension).parameters)) == "X"


@pytest.mark.parametrize(
    "name",
    [n for n, e in public_estimators().items() if n in INPUT and "degrees" in e().get_params()],
)
def test_degrees_are_one_or_several(name):
    from tda._bars import DEGREES

    if INPUT[name] in ("network", "responses"):  # watched by epoch; needs numbers to predict
        return
    estimator = public_estimators()[name]
    assert estimator._parameter_constraints["degrees"] is DEGREES
    X = SAMPLES.get(INPUT[name], circle(60, 0))
    options = dict(QUICK.get(name, {}))
    if "random_state" in estimator().get_params():
        options["random_state"] = 0
    one = estimator(**options | {"degrees": 1}).fit(X)
    several = estimator(**options | {"degrees": [1]}).fit(X)
    left, right = one.transform(X), several.transform(X)
    if isinstance(left, np.ndarray):
        np.testing.assert_array_equal(left, right)
    else:
        assert left == right
