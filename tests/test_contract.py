"""What every public estimator promises, checked for each one that the package names.

A new estimator is covered with one line in `INPUT`, or in `QUICK` if its defaults are slow. Those
whose rows are samples ("points") are held to scikit-learn's own checks in
``test_contract_points.py``.
"""

import inspect
import pickle

import joblib
import numpy as np
import pytest
from sklearn import config_context
from sklearn.base import (
    BaseEstimator,
    ClassifierMixin,
    ClusterMixin,
    RegressorMixin,
    TransformerMixin,
    clone,
)
from sklearn.exceptions import NotFittedError
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV, cross_val_score
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import FeatureUnion, Pipeline, make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.utils._param_validation import InvalidParameterError
from sklearn.utils.validation import check_is_fitted

import tda
from tda import Diagram, Diagrams, RipsPersistence, rips_diagram
from tda._per_shape import NoColumns

#: What one sample of `fit` is: one of "clouds", "complexes" (as lists of simplices), "graphs" (as
#: edge lists), "images", "masks"
#: (binary images), "diagrams", "series", "sequences" of diagrams, "films" (clouds, one for each
#: step), a row of "points", such a row with its target ("targets"), diagrams with
#: a number each to be predicted ("responses"), a row that is put into
#: "clusters" or into nodes ("covers"), one that a network takes ("network"), one of
#: "meshes", or a step of one long series ("steps"); the tests of the last three and of
#: the responses are those of their own files.
INPUT = {
    "AlphaPersistence": "clouds",
    "Amplitude": "diagrams",
    "Atol": "diagrams",
    "ABIDE": "points",
    "BID": "points",
    "BallMapper": "covers",
    "BarCount": "diagrams",
    "BarFilter": "diagrams",
    "BettiCurve": "diagrams",
    "CarlssonCoordinates": "diagrams",
    "CircularCoordinates": "points",
    "CloudDimension": "clouds",
    "ComplexPolynomial": "diagrams",
    "CorrInt": "points",
    "Crocker": "sequences",
    "Curvature": "points",
    "CubicalPersistence": "images",
    "DANCo": "points",
    "DTMPersistence": "clouds",
    "DegreeSelector": "diagrams",
    "DensityFiltration": "masks",
    "DensityPersistence": "clouds",
    "DiagramDistance": "diagrams",
    "DiagramKernel": "diagrams",
    "DiagramRegressor": "responses",
    "DiagramScaler": "diagrams",
    "DilationFiltration": "masks",
    "ESS": "points",
    "Embedding": "points",
    "EntropyCurve": "diagrams",
    "ErosionFiltration": "masks",
    "EssentialPolicy": "diagrams",
    "EulerCharacteristicTransform": "clouds",
    "EulerCurve": "diagrams",
    "EulerSurface": "clouds",
    "ExtendedPersistence": "graphs",
    "FisherS": "points",
    "GeodesicDistance": "points",
    "GraphPersistence": "graphs",
    "Gride": "points",
    "HeightFiltration": "masks",
    "HilbertFunction": "clouds",
    "Hidalgo": "points",
    "HoleCounter": "clouds",
    "HomologyFeatures": "complexes",
    "HoleFilter": "diagrams",
    "ImageBinarizer": "images",
    "ImageHoleCounter": "images",
    "I3D": "points",
    "KNN": "points",
    "L2N2": "points",
    "LandmarkIsomap": "points",
    "LayerActivations": "network",
    "Lifetimes": "diagrams",
    "LocalHomology": "points",
    "LocalPCA": "points",
    "MLE": "points",
    "Mapper": "covers",
    "MeshPersistence": "meshes",
    "MOM": "points",
    "MiND": "points",
    "NTKClassifier": "targets",
    "NTKRegressor": "targets",
    "PersistenceEntropy": "diagrams",
    "IntrinsicDimension": "points",
    "PersistenceImage": "diagrams",
    "PersistenceLandscape": "diagrams",
    "PersistenceStatistics": "diagrams",
    "PersistentHomologyDimension": "points",
    "RadialFiltration": "masks",
    "RipsPersistence": "clouds",
    "SignedDistanceFiltration": "masks",
    "SignedMeasure": "clouds",
    "Silhouette": "diagrams",
    "TLE": "points",
    "TangentSpaces": "points",
    "TemplateFunctions": "diagrams",
    "TopologicalVector": "diagrams",
    "TropicalCoordinates": "diagrams",
    "ToMATo": "clusters",
    "QuadraticEmbedding": "points",
    "TopologicalAutoencoder": "network",
    "TwoNN": "points",
    "VolumeDensity": "points",
    "PeriodicityScore": "series",
    "PermutationEntropy": "series",
    "Resampler": "series",
    "SeriesGraph": "series",
    "SeriesPersistence": "series",
    "SlidingWindow": "steps",
    "TakensEmbedding": "series",
    "WindowPersistence": "series",
    "ZigzagPersistence": "films",
}

#: Those whose samples are rows, or that no array holds, which have tests of their own.
ROWS = {"points", "targets", "responses", "clusters", "covers", "network", "meshes", "steps"}

#: Parameters that make a test quick, never ones that a check would notice.
QUICK = {
    "HoleCounter": {"n_resamples": 19, "n_landmarks": 40},
    "BettiCurve": {"n_bins": 7},
    "EulerSurface": {"n_levels": 3},
    "HilbertFunction": {"n_levels": 3},
    "SignedMeasure": {"n_levels": 3},
    "PeriodicityScore": {"n_surrogates": 9},
    "WindowPersistence": {"n_windows": 3},
}

#: What comes after those that give neither numbers nor diagrams nor images, up to numbers.
AFTER = {
    "Resampler": [tda.SeriesPersistence(), tda.BettiCurve(n_bins=5)],
    "SeriesGraph": [RipsPersistence(metric="precomputed"), tda.BettiCurve(n_bins=5)],
    "TakensEmbedding": [RipsPersistence(), tda.BettiCurve(n_bins=5)],
    "WindowPersistence": [tda.Crocker(n_bins=5)],
}

#: What compares diagrams with those of `fit`: its value for two empty ones.
COMPARES = {"DiagramDistance": 0.0, "DiagramKernel": 1.0}


def circle(n, seed, radius=1.0):
    rng = np.random.default_rng(seed)
    angles = rng.uniform(0, 2 * np.pi, n)
    X = radius * np.column_stack([np.cos(angles), np.sin(angles)])
    return X + rng.normal(0, 0.05, (n, 2))


def wave(n, seed, height=1.0):
    rng = np.random.default_rng(seed)
    return height * np.sin(np.arange(n) / 2) + rng.normal(0, 0.3, n)


def disk(n, seed):
    return np.random.default_rng(seed).uniform(-1, 1, (n, 2))


def ring(n, seed):
    """Edges of a ring of n vertices, with their lengths and a few chords."""
    rng = np.random.default_rng(seed)
    ends = np.column_stack([np.arange(n), np.roll(np.arange(n), -1)])
    chords = rng.choice(n, (2, 2), replace=False)
    return np.column_stack([np.concatenate([ends, chords]), rng.uniform(1, 2, n + 2)])


def thicket(n, seed):
    rng = np.random.default_rng(seed)
    return np.column_stack([rng.integers(0, n, (3 * n, 2)), rng.uniform(1, 2, 3 * n)])


#: Six samples a kind, of different lengths, the first three of class 0.
SAMPLES = {
    "clouds": [circle(n, n) for n in (40, 45, 50)] + [disk(n, n) for n in (42, 47, 52)],
    "images": [np.random.default_rng(n).normal(size=(n, 8)) for n in (5, 6, 7, 8, 9, 10)],
    "series": [wave(n, n) for n in (60, 65, 70)] + [wave(n, n, 0.0) for n in (62, 67, 72)],
}
SAMPLES["graphs"] = [ring(n, n) for n in (10, 12, 14)] + [thicket(n, n) for n in (9, 11, 13)]
SAMPLES["films"] = [np.stack([circle(n, s) for s in range(n // 5)]) for n in (10, 15, 20)]
SAMPLES["films"] += [np.stack([disk(n, s) for s in range(n // 5)]) for n in (12, 17, 22)]
SAMPLES["masks"] = [(image > 0).astype(float) for image in SAMPLES["images"]]
SAMPLES["complexes"] = [
    np.column_stack([np.arange(n), (np.arange(n) + 1) % n, np.full(n, n)])[:, : 2 + k]
    for k in (0, 1)
    for n in (4, 5, 6)
]  # rings, and fans that fill them
SAMPLES["diagrams"] = Diagrams(map(rips_diagram, SAMPLES["clouds"]))
SAMPLES["sequences"] = [SAMPLES["diagrams"][[i, 5 - i]] for i in range(6)]
y = np.repeat([0, 1], 3)

ONE_POINT = {
    "clouds": [np.zeros((1, 2))],
    "graphs": [np.zeros((1, 3))],  # a self-loop, which is left out
    "films": [np.zeros((1, 1, 2))],
    "images": [np.zeros((1, 1))],
    "masks": [np.zeros((1, 1))],
    "series": [np.zeros(60)],  # one value that stays: one point of all clouds
    "diagrams": Diagrams([rips_diagram(np.zeros((1, 2)))]),
    "complexes": [np.zeros((1, 1), dtype=int)],
}
ONE_POINT["sequences"] = [ONE_POINT["diagrams"][[0, 0]]]


def public_estimators():
    """Those at the top, and those of the rooms that are named there."""
    things = {name: getattr(tda, name) for name in tda.__all__}
    for room in [thing for thing in things.values() if inspect.ismodule(thing)]:
        things |= {name: getattr(room, name) for name in room.__all__}
    return {
        name: things[name]
        for name in sorted(things)
        if inspect.isclass(things[name]) and hasattr(things[name], "get_params")
    }


ALL = public_estimators()
#: Those whose samples are whole shapes, and which transform them.
ESTIMATORS = {name: thing for name, thing in ALL.items() if INPUT.get(name) not in ROWS}


def make(name):
    estimator = ESTIMATORS[name](**QUICK.get(name, {}))
    return seeded(estimator, 0)


def seeded(estimator, seed):
    if "random_state" in estimator.get_params():
        estimator.set_params(random_state=seed)
    return estimator


def samples_for(name):
    if name not in INPUT:
        pytest.fail(
            f"{name} is new: say in INPUT of {__name__} what it takes: one of {', '.join(SAMPLES)}"
        )
    return SAMPLES[INPUT[name]]


def take(X, indices):
    return X[indices] if isinstance(X, Diagrams) else [X[i] for i in indices]


def take_results(results, indices):
    return [results[i] for i in indices] if isinstance(results, list) else results[indices]


def assert_same(one, other):
    """Equality to the last bit, of Diagrams, of arrays or of lists of arrays."""
    assert type(one) is type(other)
    if isinstance(one, Diagrams):
        assert one == other
    elif isinstance(one, list):
        for image, like in zip(one, other, strict=True):
            assert_same(image, like)
    else:
        np.testing.assert_array_equal(one, other)
        assert one.dtype == other.dtype


def gives_numbers(name):
    estimator = ESTIMATORS[name]
    return hasattr(estimator, "get_feature_names_out") and not issubclass(estimator, NoColumns)


def gives_images(name):
    return ESTIMATORS[name].__module__.startswith("tda.images.")


def gives_lists(name):
    """Lists of images, clouds, distances, series or sequences."""
    return gives_images(name) or name in AFTER


def changes_diagrams(name):
    return INPUT.get(name) == "diagrams" and not gives_numbers(name)


every = pytest.mark.parametrize("name", ESTIMATORS)
all_of_them = pytest.mark.parametrize("name", ALL)


def every_with(parameter):
    has_it = [name for name in ESTIMATORS if parameter in ESTIMATORS[name]().get_params()]
    return pytest.mark.parametrize("name", has_it)


every_with_numbers = pytest.mark.parametrize("name", [n for n in ESTIMATORS if gives_numbers(n)])


def test_the_table_of_inputs_names_every_estimator_and_nothing_else():
    assert sorted(ALL) == sorted(INPUT), "one line in INPUT for each public estimator"
    assert set(INPUT.values()) <= {*SAMPLES, *ROWS}


# -- parameters --------------------------------------------------------------------------------


@all_of_them
def test_bases_stand_in_scikit_learns_order(name):
    """Mixins to the left of BaseEstimator, or their tags are lost."""
    bases = ALL[name].__mro__
    mixins = {TransformerMixin, ClassifierMixin, RegressorMixin, ClusterMixin} & set(bases)
    assert mixins
    assert all(bases.index(mixin) < bases.index(BaseEstimator) for mixin in mixins)


@all_of_them
def test_parameters_are_keyword_only_and_have_defaults(name):
    signature = inspect.signature(ALL[name].__init__)
    parameters = list(signature.parameters.values())[1:]
    assert parameters
    for parameter in parameters:
        assert parameter.kind is inspect.Parameter.KEYWORD_ONLY, parameter
        assert parameter.default is not inspect.Parameter.empty, parameter
        # A mutable default would be shared by all instances.
        assert not isinstance(parameter.default, list | dict | set | np.ndarray), parameter


@all_of_them
def test_init_only_assigns(name):
    estimator_class = ALL[name]
    sentinels = {key: object() for key in inspect.signature(estimator_class).parameters}
    assert vars(estimator_class(**sentinels)) == sentinels


@every
def test_clone_get_params_and_set_params_round_trip(name):
    estimator = make(name)
    parameters = estimator.get_params()
    assert clone(estimator).get_params() == parameters
    assert ESTIMATORS[name]().set_params(**parameters).get_params() == parameters
    with pytest.raises(ValueError, match="no_such_parameter"):
        estimator.set_params(no_such_parameter=1)


@all_of_them
def test_every_parameter_is_documented_and_constrained(name):
    estimator_class = ALL[name]
    described = estimator_class.__doc__.split("Parameters\n")[1]
    for parameter in estimator_class().get_params():
        assert parameter in estimator_class._parameter_constraints
        assert parameter in described.split("Examples\n")[0]
    assert set(estimator_class._parameter_constraints) == set(estimator_class().get_params())


@every
@pytest.mark.parametrize("method", ["fit", "fit_transform"])
def test_a_wrong_value_is_an_error_that_names_the_parameter(name, method):
    X = samples_for(name)
    for parameter in make(name).get_params():
        estimator = make(name).set_params(**{parameter: object()})
        with pytest.raises(InvalidParameterError, match=f"'{parameter}' parameter of {name}"):
            getattr(estimator, method)(X)


# -- fitting -----------------------------------------------------------------------------------


@every
def test_fit_returns_itself_and_changes_neither_parameters_nor_samples(name):
    X, estimator = samples_for(name), make(name)
    parameters, before = estimator.get_params(), joblib.hash(X)
    assert estimator.fit(X) is estimator
    estimator.transform(X)
    estimator.fit_transform(X)
    assert estimator.get_params() == parameters
    assert joblib.hash(X) == before
    assert set(vars(estimator)) - set(parameters) == {
        key for key in vars(estimator) if key.endswith("_") and not key.startswith("_")
    }


@every
def test_fit_transform_is_fit_then_transform_and_y_is_not_looked_at(name):
    X = samples_for(name)
    expected = make(name).fit(X).transform(X)
    assert_same(make(name).fit_transform(X), expected)
    assert_same(make(name).fit(X, y).transform(X), expected)
    assert_same(make(name).fit_transform(X, y), expected)


@every
def test_refit_forgets(name):
    X = samples_for(name)
    other = take(X, [3])
    refitted = make(name).fit(X).fit(other)
    fresh = make(name).fit(other)
    assert_same(refitted.transform(X), fresh.transform(X))
    assert set(vars(refitted)) == set(vars(fresh))


@every
def test_a_seed_reproduces(name):
    X = samples_for(name)
    estimator = make(name).fit(X)
    first = estimator.transform(X)
    np.random.seed(1)  # noqa: NPY002 - the global state must not matter
    assert_same(estimator.transform(X), first)
    assert_same(make(name).fit(X).transform(X), first)


@every
def test_a_fitted_estimator_survives_pickle_and_clone_forgets(name):
    X = samples_for(name)
    fitted = make(name).fit(X)
    again = pickle.loads(pickle.dumps(fitted))
    assert_same(again.transform(X), fitted.transform(X))
    check_is_fitted(again)
    learned = {key for key in vars(fitted) if key.endswith("_")}
    assert not learned & set(vars(clone(fitted)))


@every_with_numbers
def test_what_learns_is_not_fitted_before_fit(name):
    with pytest.raises(NotFittedError):
        make(name).transform(samples_for(name))
    with pytest.raises(NotFittedError):
        make(name).get_feature_names_out()


# -- samples -----------------------------------------------------------------------------------


@every
def test_the_order_and_the_company_of_samples_do_not_matter(name):
    X = samples_for(name)
    estimator = make(name).fit(X)
    together = estimator.transform(X)
    order = [4, 1, 5, 0, 3, 2]
    assert_same(estimator.transform(take(X, order)), take_results(together, order))
    for i in range(len(X)):
        alone = estimator.transform(take(X, [i]))
        assert_same(alone, together[i : i + 1])
        assert len(alone) == 1
    pair = estimator.transform(take(X, [0, 3]))
    assert np.all(pair[0] == estimator.transform(take(X, [0]))[0])


@every_with("n_jobs")
def test_threads_change_nothing(name):
    estimator = make(name)
    X = samples_for(name)
    expected = estimator.fit_transform(X)
    assert_same(clone(estimator).set_params(n_jobs=2).fit_transform(X), expected)


@pytest.mark.parametrize("name", [n for n in ESTIMATORS if hasattr(ESTIMATORS[n], "plan")])
def test_the_plan_tells_engine_reason_and_memory(name):
    plans = make(name).plan(samples_for(name))
    assert len(plans) == len(samples_for(name))
    for plan in plans:
        assert plan
        for step in plan:
            assert step.engine and step.needs
            assert len(step.reason.split()) >= 3
            assert step.memory > 0
            assert step.way_out.endswith(".")


@every_with("verbose")
def test_verbose_changes_nothing(name, capsys):
    estimator = make(name)
    X = samples_for(name)
    expected = estimator.fit_transform(X)
    assert capsys.readouterr() == ("", "")
    assert_same(clone(estimator).set_params(verbose=True).fit_transform(X), expected)
    # The pairs of so few diagrams are one piece of work, which has no bar.
    assert (name in capsys.readouterr().err) != (name == "DiagramKernel")


@every
def test_read_only_arrays_and_memmaps_are_read(name, tmp_path):
    X = samples_for(name)
    expected = make(name).fit_transform(X)
    if INPUT[name] in ("diagrams", "sequences"):
        joblib.dump(X, tmp_path / "X")
        mapped = joblib.load(tmp_path / "X", mmap_mode="r")
        some = mapped if INPUT[name] == "diagrams" else mapped[0]
        assert isinstance(some.births, np.memmap)
        assert_same(make(name).fit_transform(mapped), expected)
        return
    mapped, frozen = [], []
    for i, sample in enumerate(X):
        np.save(tmp_path / f"{i}.npy", sample)
        mapped.append(np.load(tmp_path / f"{i}.npy", mmap_mode="r"))
        frozen.append(sample.copy())
        frozen[-1].flags.writeable = False
    assert_same(make(name).fit_transform(mapped), expected)
    assert_same(make(name).fit_transform(frozen), expected)


@every
def test_other_memory_layouts_are_read(name):
    X = samples_for(name)
    if INPUT[name] == "diagrams":
        # Lists of arrays do not say which filtration they come from; numbers do not show it.
        others = [list(X), X[::-1][::-1]] + [X.to_list()] * gives_numbers(name)
    elif INPUT[name] == "sequences":
        others = [tuple(X), list(map(list, X)), [sequence.to_list() for sequence in X]]
    else:
        strided = [np.repeat(sample, 2, axis=0)[::2] for sample in X]
        others = [tuple(X), list(map(np.asfortranarray, X)), strided]
    expected = make(name).fit_transform(X)
    for other in others:
        assert_same(make(name).fit_transform(other), expected)


@every
def test_one_point_has_a_defined_answer(name):
    samples_for(name)
    X = ONE_POINT[INPUT[name]]
    result = make(name).fit_transform(X)
    assert len(result) == 1
    if gives_numbers(name):
        assert np.isfinite(result).all()
    elif gives_images(name):
        assert result[0].shape == (1, 1) and np.isfinite(result).all()
    elif gives_lists(name):
        assert type(result) is list
    elif changes_diagrams(name):
        assert isinstance(result, Diagrams)
    elif name == "DensityPersistence":  # one peak, as high as its bandwidth makes it
        ((peak, death),) = result[0][0]
        assert peak > 0 and death == -np.inf
    elif name == "ExtendedPersistence":  # from its lowest to its highest vertex, which are one
        assert len(result[0]) == 0
    else:
        assert result[0][0].tolist() == [[0.0, np.inf]]
    after = make(name).fit(samples_for(name)).transform(X)
    assert len(after) == 1


@pytest.mark.parametrize("name", [n for n in ESTIMATORS if changes_diagrams(n)])
def test_empty_diagrams_stay_empty(name):
    X = samples_for(name)
    empty = Diagrams([Diagram([], [], [], max_dimension=1, filtration="rips")])
    for estimator in (make(name).fit(X), make(name).fit(empty)):
        assert_same(estimator.transform(empty), empty)
        assert len(estimator.transform(X[:0])) == 0
        assert len(estimator.transform(X)) == len(X)
    with pytest.raises(ValueError, match="no samples"):
        make(name).fit(X[:0])


@pytest.mark.parametrize(
    "name", [n for n in ESTIMATORS if INPUT.get(n) == "diagrams" and gives_numbers(n)]
)
def test_empty_diagrams_have_a_defined_answer(name):
    X = samples_for(name)
    empty = Diagrams([Diagram([], [], [], max_dimension=1)])
    for estimator in (make(name).fit(X), make(name).fit(empty)):
        features = estimator.transform(empty)
        assert features.shape == (1, len(estimator.get_feature_names_out()))
        # What compares is not zero: it is far from the bars of others, infinitely far from
        # essential ones; but like any diagram it is nothing away from itself.
        assert (features == 0).all() or (name in COMPARES and not np.isnan(features).any())
    numbers = make(name).fit(empty).transform(X)
    assert np.isfinite(numbers).all() or (name in COMPARES and not np.isnan(numbers).any())
    if name in COMPARES:
        assert make(name).fit(empty).transform(empty) == COMPARES[name]
    fitted = make(name).fit(X)
    assert fitted.transform(X[:0]).shape == (0, len(fitted.get_feature_names_out()))
    with pytest.raises(ValueError, match="no samples"):
        make(name).fit(X[:0])


@every
def test_nan_is_an_error_that_says_so(name):
    X = samples_for(name)
    if INPUT[name] == "diagrams":
        bad = [X[0], [[[0.0, np.nan]], []]]
    elif INPUT[name] == "sequences":
        bad = [X[0], [X[1][0], [[[0.0, np.nan]], []]]]
    else:
        bad = [X[0], X[1].astype(float)]
        bad[1].flat[0] = np.nan
    for method in (make(name).fit, make(name).fit_transform, make(name).fit(X).transform):
        with pytest.raises(ValueError, match="NaN"):
            method(bad)


@every
def test_a_bare_sample_is_an_error_that_says_pass_x(name):
    X = samples_for(name)
    for method in (make(name).fit, make(name).fit_transform, make(name).fit(X).transform):
        with pytest.raises(ValueError, match=r"pass \[X\]"):
            method(X[0])
        with pytest.raises(ValueError, match="empty"):
            method([])


# -- columns -----------------------------------------------------------------------------------


@every_with_numbers
def test_there_is_one_name_a_column(name):
    X = samples_for(name)
    estimator = make(name)
    columns = estimator.fit_transform(X)
    names = estimator.get_feature_names_out()
    assert columns.ndim == 2 and columns.shape == (len(X), len(names))
    assert names.dtype == object and len(set(names)) == len(names)
    assert all(isinstance(one, str) for one in names)


@every_with_numbers
def test_frames_of_pandas_and_polars_have_these_names(name):
    X = samples_for(name)
    plain = make(name).fit(X)
    frame = make(name).set_output(transform="pandas").fit_transform(X)
    assert list(frame.columns) == list(plain.get_feature_names_out())
    expected = plain.transform(X)
    np.testing.assert_array_equal(frame.to_numpy(), expected)
    frame = plain.set_output(transform="polars").transform(X)
    assert frame.columns == list(plain.get_feature_names_out())
    np.testing.assert_array_equal(frame.to_numpy(), expected)


@pytest.mark.parametrize("name", [n for n in ESTIMATORS if not gives_numbers(n)])
def test_what_has_no_columns_takes_set_output(name):
    X = samples_for(name)
    result = make(name).set_output(transform="pandas").fit_transform(X)
    assert isinstance(result, list if gives_lists(name) else Diagrams)
    whole = to_numbers(name).set_output(transform="pandas")
    frame = whole.fit_transform(X)
    assert list(frame.columns) == list(whole[-1].get_feature_names_out())
    assert list(frame.columns) == list(whole.get_feature_names_out())
    union = FeatureUnion([("one", whole), ("two", whole)]).fit(X)
    assert union.get_feature_names_out()[0] == f"one__{frame.columns[0]}"
    with config_context(transform_output="pandas"):  # frames of what has no columns make none
        assert type(make(name).fit_transform(X)) is type(result)
    last = "crocker" if name == "WindowPersistence" else "betti_curve"
    assert frame.columns[0].startswith(f"{last}_h0_")


@pytest.mark.parametrize("name", [n for n in ESTIMATORS if gives_images(n)])
def test_images_keep_their_shapes_and_an_array_stays_one(name):
    X = samples_for(name)
    images = make(name).fit_transform(X)
    assert [image.shape for image in images] == [image.shape for image in X]
    assert {image.dtype for image in images} == {np.dtype(float)}
    stack = np.stack([X[0], X[0][::-1]])
    together = make(name).fit_transform(stack)
    assert isinstance(together, np.ndarray) and together.shape == stack.shape
    np.testing.assert_array_equal(together[0], images[0])
    volumes = make(name).fit_transform([np.ones((2, 3, 4)), np.zeros((3, 2, 2))])
    assert [volume.shape for volume in volumes] == [(2, 3, 4), (3, 2, 2)]


# -- scikit-learn's machinery ------------------------------------------------------------------


def to_numbers(name):
    """From the samples of an estimator, through it, to numbers."""
    if gives_numbers(name):
        return make(name)
    return make_pipeline(make(name), *after(name))


def after(name):
    """The steps that come after an estimator, up to numbers."""
    if gives_numbers(name):
        return []
    diagrams = [tda.CubicalPersistence()] if gives_images(name) else []
    return clone(AFTER.get(name, [*diagrams, tda.BettiCurve(n_bins=5)]), safe=False)


@every
def test_it_works_in_a_pipeline_and_a_feature_union(name):
    X = samples_for(name)
    model = make_pipeline(
        FeatureUnion([("one", to_numbers(name)), ("two", to_numbers(name))]),
        StandardScaler(),
        LogisticRegression(),
    )
    assert model.fit(X, y).predict(X).shape == (6,)
    union = FeatureUnion([("one", to_numbers(name)), ("two", to_numbers(name))]).fit(X)
    columns = union.transform(X)
    alone = to_numbers(name).fit_transform(X)
    np.testing.assert_array_equal(columns, np.hstack([alone, alone]))
    if gives_numbers(name):
        assert len(union.get_feature_names_out()) == columns.shape[1]


@every
def test_it_works_in_cross_validation_and_grid_search(name):
    X = samples_for(name)
    # A classifier that costs next to nothing: there are some forty estimators.
    model = make_pipeline(to_numbers(name), StandardScaler(), KNeighborsClassifier(1))
    scores = cross_val_score(model, X, y, cv=3, error_score="raise")
    assert scores.shape == (3,)
    grid = {"kneighborsclassifier__weights": ["uniform", "distance"]}
    search = GridSearchCV(model, grid, cv=2, error_score="raise").fit(X, y)
    assert search.predict(take(X, [5, 0])).shape == (2,)
    one_split = [([0, 1, 3, 4], [2, 5])]
    nested = cross_val_score(search, X, y, cv=one_split, error_score="raise")
    assert nested.shape == (1,)


@every
def test_a_pipelines_memory_finds_its_results_again(name, tmp_path, monkeypatch):
    """As many fits as there are different training sets, though the grid is twice as long."""
    X = samples_for(name)
    fits = []
    estimator_class = ESTIMATORS[name]
    fit_transform = estimator_class.fit_transform

    def counted(self, X, y=None, **options):
        fits.append(len(X))
        return fit_transform(self, X, y, **options)

    monkeypatch.setattr(estimator_class, "fit_transform", counted)
    steps = [("before", make(name))]
    steps += [(f"after_{i}", step) for i, step in enumerate(after(name))]
    steps.append(("model", KNeighborsClassifier(1)))
    model = Pipeline(steps, memory=joblib.Memory(tmp_path, verbose=0))
    grid = {"model__weights": ["uniform", "distance"]}
    search = GridSearchCV(model, grid, cv=3, error_score="raise").fit(X, y)
    assert sorted(fits) == [4, 4, 4, 6]
    search.fit(X, y)
    assert len(fits) == 4


def test_the_second_step_of_a_pipeline_is_found_again_from_equal_diagrams(tmp_path, monkeypatch):
    """Diagrams that were computed twice are the same key."""
    fits = []
    fit = tda.PersistenceImage.fit
    monkeypatch.setattr(
        tda.PersistenceImage, "fit", lambda self, X, y=None: fits.append(1) or fit(self, X, y)
    )
    memory = joblib.Memory(tmp_path, verbose=0)

    @memory.cache
    def features(diagrams):
        return tda.PersistenceImage(resolution=3).fit_transform(diagrams)

    first = features(RipsPersistence().fit_transform(SAMPLES["clouds"]))
    second = features(RipsPersistence().fit_transform(SAMPLES["clouds"]))
    np.testing.assert_array_equal(first, second)
    assert len(fits) == 1


def test_a_whole_pipeline_from_clouds_to_a_frame():
    clouds = SAMPLES["clouds"]
    union = FeatureUnion(
        [("image", tda.PersistenceImage(resolution=3)), ("curve", tda.BettiCurve(n_bins=4))]
    )
    model = make_pipeline(RipsPersistence(), union, StandardScaler())
    frame = model.set_output(transform="pandas").fit_transform(clouds)
    assert frame.shape == (6, 3 + 9 + 2 * 4)
    assert list(frame.columns) == list(model[1:].get_feature_names_out())
    assert frame.columns[0].startswith("image__persistence_image_h0")
    with config_context(transform_output="pandas"):  # the same, said once for all
        again = clone(model).fit_transform(clouds)
    assert list(again.columns) == list(frame.columns)


def test_a_grid_over_a_parameter_of_the_diagrams():
    model = make_pipeline(RipsPersistence(), tda.BettiCurve(n_bins=5), LogisticRegression())
    grid = {"ripspersistence__max_dimension": [0, 1], "ripspersistence__field": [2, 3]}
    search = GridSearchCV(model, grid, cv=3, error_score="raise").fit(SAMPLES["clouds"], y)
    assert len(search.cv_results_["params"]) == 4
