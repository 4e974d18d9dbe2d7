"""Input that breaks careless code: each kind has a clear error or a defined answer."""

import re
import warnings

import numpy as np
import pandas as pd
import pytest
from scipy import sparse

from tda import (
    AlphaPersistence,
    CubicalPersistence,
    RipsPersistence,
    alpha_diagram,
    count_holes,
    cubical_diagram,
    datasets,
    rips_diagram,
)
from tda._validation import (
    check_cloud,
    check_clouds,
    check_distance_matrix,
    check_field,
    check_image,
)
from tda.dimension import TwoNN

NAN, INF = np.nan, np.inf
SQUARE = [[0.0, 0.0], [0.0, 1.0], [1.0, 1.0], [1.0, 0.0]]
of_clouds = pytest.mark.parametrize("function", [rips_diagram, alpha_diagram])
for_clouds = pytest.mark.parametrize(
    "transformer", [RipsPersistence(), AlphaPersistence()], ids=str
)


def changed(X, at, value):
    X = np.array(X, dtype=float)
    X[at] = value
    return X


# -- one cloud ---------------------------------------------------------------------------------

BAD_CLOUDS = {
    "NaN": (changed(SQUARE, (1, 0), NAN), r"X holds NaN \(1 of 8 values\)"),
    "inf": (changed(SQUARE, (1, 0), -INF), r"X holds infinity \(1 of 8 values\)"),
    "NaN in a frame": (pd.DataFrame({"x": [0.0, None]}), r"X holds NaN \(1 of 2 values in 'x'\)"),
    "no points": (np.zeros((0, 2)), "X is empty"),
    "empty list": ([], "X is empty"),
    "no coordinates": (np.zeros((3, 0)), "its points have no coordinates"),
    "one axis": ([1.0, 2.0], r"X has shape \(2,\).*X.reshape\(-1, 1\)"),
    "three axes": (np.zeros((2, 3, 2)), r"X has shape \(2, 3, 2\).*one cloud is two-dimensional"),
    "ragged rows": ([[0.0, 1.0], [2.0]], "not a numeric array of equal rows"),
    "text": ([["a", "b"], ["c", "d"]], "text columns must be encoded"),
    "numbers as text": ([["1", "2"], ["3", "4"]], "text columns must be encoded"),
    "text in a frame": (pd.DataFrame({"x": [0.0], "y": ["a"]}), "text columns must be encoded"),
    "complex": (np.array([[1j, 0], [0, 1]]), "X is complex; stack real and imaginary"),
    "complex list": ([[1j, 0], [0, 1]], "X is complex; stack real and imaginary"),
    "sparse": (sparse.eye_array(3), "X is sparse: this takes a dense array"),
    "nothing": (None, "X is None"),
}


@of_clouds
@pytest.mark.parametrize("name", BAD_CLOUDS)
def test_what_is_no_cloud_says_why(function, name):
    X, message = BAD_CLOUDS[name]
    with pytest.raises(ValueError, match=message):
        function(X)


@for_clouds
@pytest.mark.parametrize("name", BAD_CLOUDS)
def test_a_bad_cloud_among_many_is_named(transformer, name):
    X, message = BAD_CLOUDS[name]
    for method in (transformer.fit, transformer.transform, transformer.fit_transform):
        with pytest.raises(ValueError, match=re.sub(r"\bX\b", r"X\\[1\\]", message)):
            method([SQUARE, X])


@of_clouds
@pytest.mark.parametrize(
    "X",
    [
        SQUARE,
        tuple(map(tuple, SQUARE)),
        np.array(SQUARE, dtype=np.float32),
        np.array(SQUARE, dtype=int),
        np.array(SQUARE, dtype=bool),
        np.array(SQUARE, order="F"),
        np.repeat(SQUARE, 2, axis=0)[::2],
        np.array(SQUARE, dtype=object),
        pd.DataFrame(SQUARE, columns=["x", "y"]),
        np.ma.masked_array(SQUARE),
    ],
    ids=lambda X: type(X).__name__,
)
def test_whatever_holds_the_same_numbers_gives_the_same(function, X):
    assert function(X) == function(np.array(SQUARE))


def test_a_shape_of_the_datasets_is_a_cloud():
    shape = datasets.make_circle(20, random_state=0)
    assert rips_diagram(shape) == rips_diagram(np.asarray(shape))
    assert len(RipsPersistence().fit_transform([shape, shape])) == 2


@of_clouds
@pytest.mark.parametrize(
    "X, degree_zero",
    [
        (np.zeros((1, 2)), [INF]),
        (np.full((7, 3), 2.5), [INF]),
        ([[0.0], [0.0], [4.0], [4.0]], [4, INF]),
        (np.full((3, 2), 1e300), [INF]),
    ],
    ids=["one point", "all points equal", "duplicates", "large"],
)
def test_poor_clouds_have_a_defined_answer(function, X, degree_zero):
    diagram = function(X)
    scale = 2 if function is alpha_diagram else 1  # a radius is half an edge length
    assert (scale * diagram[0]).tolist() == [[0, d] for d in degree_zero]
    assert diagram[1].size == 0


def test_duplicates_change_no_bar():
    X = np.random.default_rng(0).uniform(size=(15, 2))
    twice = np.concatenate([X, X[:7]])
    assert rips_diagram(twice) == rips_diagram(X)
    again, once = alpha_diagram(twice), alpha_diagram(X)
    for k in (0, 1):
        np.testing.assert_allclose(again[k], once[k], rtol=1e-12)


def test_too_few_points_are_counted():
    with pytest.raises(ValueError, match=r"points has 2 point\(s\); at least 3 needed"):
        check_cloud(np.zeros((2, 2)), name="points", min_points=3)
    with pytest.raises(ValueError, match=r"X\[1\] has 1 point"):
        check_clouds([np.zeros((2, 2)), np.zeros((1, 2))], min_points=2)


# -- many clouds -------------------------------------------------------------------------------


@for_clouds
@pytest.mark.parametrize(
    "X, message",
    [
        (np.array(SQUARE), r"bare array of shape \(4, 2\).*pass \[X\]"),
        (np.arange(3.0), r"bare array of shape \(3,\).*pass \[X\]"),
        (SQUARE, r"X is a list of points.*pass \[X\]"),
        (list(np.array(SQUARE)), r"X is a list of points.*pass \[X\]"),
        (pd.DataFrame(SQUARE), r"X is one DataFrame.*pass \[X\]"),
        (sparse.csr_array(SQUARE), r"X is one csr_array.*pass \[X\]"),
        (datasets.make_circle(5, random_state=0), r"pass \[X\]"),
        ([1.0, 2.0], "X is a list of float.*pass a list of clouds"),
        (["a", "b"], "X is a list of str.*pass a list of clouds"),
        ([None], "X is a list of NoneType"),
        ("text", "X is str; pass a list of clouds"),
        ({"a": SQUARE}, "X is dict; pass a list of clouds"),
        (None, "X is NoneType; pass a list of clouds"),
        (3, "X is int; pass a list of clouds"),
        ([], "X is empty: there is no cloud in it"),
        (np.zeros((0, 4, 2)), "X is empty: there is no cloud in it"),
        (np.zeros((2, 2, 2, 2)), r"X\[0\] has shape \(2, 2, 2\)"),
        ([[[0.0, 1.0], [2.0]]], r"X\[0\] is not a numeric array of equal rows"),
    ],
    ids=lambda value: value if isinstance(value, str) else type(value).__name__,
)
def test_what_is_no_list_of_clouds_says_what_to_pass(transformer, X, message):
    for method in (transformer.fit, transformer.transform, transformer.fit_transform):
        with pytest.raises(ValueError, match=message):
            method(X)


@for_clouds
def test_every_kind_of_collection_gives_the_same(transformer):
    square = np.array(SQUARE)
    expected = transformer.fit_transform([square, 2 * square])
    of_objects = np.empty(2, dtype=object)
    of_objects[:] = [square, 2 * square]
    for X in (
        (square, 2 * square),
        np.stack([square, 2 * square]),
        np.stack([square, 2 * square]).astype(object),
        of_objects,
        [SQUARE, (2 * square).tolist()],
        (factor * square for factor in (1, 2)),
        pd.Series([square, 2 * square], index=["a", "b"]).tolist(),
    ):
        assert transformer.transform(X) == expected


# -- distance matrices -------------------------------------------------------------------------

TRIANGLE = np.array([[0.0, 3.0, 4.0], [3.0, 0.0, 5.0], [4.0, 5.0, 0.0]])


def one_sided(*entries):
    i, j, values = zip(*entries, strict=True)
    return sparse.coo_array((values, (i, j)), shape=(3, 3))


@pytest.mark.parametrize(
    "D, message",
    [
        (np.array(SQUARE), r"X has shape \(4, 2\).*square distance matrix"),
        (np.zeros(3), r"X has shape \(3,\)"),
        (np.zeros((0, 0)), "X is empty"),
        (changed(TRIANGLE, ([0, 1], [1, 0]), NAN), "X holds NaN: remove or impute"),
        (-TRIANGLE, "X holds negative distances; the smallest is -5"),
        (changed(TRIANGLE, (0, 1), 3.5), r"not symmetric: entry \(0, 1\) is 3.5 and \(1, 0\) is 3"),
        (changed(TRIANGLE, (0, 1), INF), r"not symmetric: entry \(0, 1\) is inf"),
        (changed(TRIANGLE, (1, 1), 0.1), r"0.1 on its diagonal \(entry 1\)"),
        (changed(TRIANGLE, (2, 2), INF), r"inf on its diagonal \(entry 2\)"),
        (TRIANGLE.astype(complex), "X is complex"),
        ([["a", "b"], ["b", "a"]], "not a numeric array"),
        (sparse.csr_array((2, 3)), r"X has shape \(2, 3\), but a distance matrix is square"),
        (one_sided((0, 1, NAN)), "X holds NaN: remove those entries"),
        (one_sided((0, 1, -2.0)), "X holds negative distances; the smallest is -2"),
        (one_sided((1, 1, 2.0)), "entries other than 0 on its diagonal"),
        (one_sided((0, 1, 3.0), (1, 0, 4.0)), r"not symmetric: the pair \(0, 1\) is stored as"),
    ],
)
def test_what_is_no_distance_matrix_says_why(D, message):
    with pytest.raises(ValueError, match=message):
        rips_diagram(D, metric="precomputed")
    if np.ndim(D) != 1:
        with pytest.raises(ValueError, match=message.replace("X ", r"X\[0\] ")):
            RipsPersistence(metric="precomputed").fit([D])


def test_distances_symmetric_up_to_rounding_are_taken():
    D = changed(TRIANGLE, (0, 1), 3.0 * (1 + 1e-15))
    checked = check_distance_matrix(D)
    np.testing.assert_array_equal(checked, checked.T)
    assert D[0, 1] != D[1, 0]  # what was given stays as it was
    assert rips_diagram(D, metric="precomputed")[0].shape == (3, 2)


def test_sparse_distances_are_taken_from_one_side_or_both():
    above = one_sided((0, 1, 3.0), (1, 2, 5.0))
    below = one_sided((1, 0, 3.0), (2, 1, 5.0))
    both = one_sided((0, 1, 3.0), (1, 0, 3.0), (1, 2, 5.0), (2, 1, 5.0), (0, 0, 0.0), (0, 2, INF))
    for D in (above, below, both):
        checked = check_distance_matrix(D).toarray()
        assert checked.tolist() == [[0, 3, 0], [3, 0, 5], [0, 5, 0]]


def directions(n, d, seed):
    U = np.random.default_rng(seed).normal(size=(n, d))
    return U / np.linalg.norm(U, axis=1, keepdims=True)


def of_correlations(seed, dtype=float):
    return np.corrcoef(np.random.default_rng(seed).normal(size=(40, 20)), dtype=dtype)


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize(
    "distances",
    [
        lambda seed, dtype: 1 - of_correlations(seed, dtype),
        lambda seed, dtype: np.sqrt(2 * (1 - of_correlations(seed, dtype))),
        lambda seed, dtype: 1 - (U := directions(40, 5, seed).astype(dtype)) @ U.T,
    ],
    ids=["1 - corr", "root", "cosine"],
)
def test_rounding_on_the_diagonal_and_below_zero_is_forgiven(distances, dtype):
    shown = 0
    for seed in range(30):
        D = distances(seed, dtype)
        given = D.copy()
        checked = check_distance_matrix(D)
        assert not np.diagonal(checked).any() and checked.min() == 0
        np.testing.assert_array_equal(checked, checked.T)
        np.testing.assert_array_equal(D, given)
        off = ~np.eye(len(D), dtype=bool)
        np.testing.assert_allclose(checked[off], D[off], atol=4 * np.finfo(dtype).eps)
        shown += np.diagonal(D).any()
    assert shown >= 25  # rounding is there to be forgiven


def test_rounding_is_forgiven_relative_to_the_scale():
    for scale in (1e-200, 1e-12, 1.0, 1e150):
        D = scale * (1 - of_correlations(1))
        assert rips_diagram(D, metric="precomputed")[0].shape == (40, 2)
        for entry, value in (((3, 3), 1e-6), (([0, 1], [1, 0]), -1e-9), ((0, 1), 5.0)):
            with pytest.raises(ValueError, match=r"diagonal|negative|not symmetric"):
                check_distance_matrix(changed(D, entry, scale * value))
            with pytest.raises(ValueError, match=r"diagonal|negative|not symmetric"):
                check_distance_matrix(sparse.coo_array(changed(D, entry, scale * value)))
        np.testing.assert_array_equal(
            check_distance_matrix(sparse.coo_array(D)).toarray(), check_distance_matrix(D)
        )


def test_equal_points_stay_equal_where_their_distance_is_rounding():
    U = np.repeat(directions(30, 7, 0), 2, axis=0) * np.random.default_rng(1).uniform(1, 9, (60, 1))
    U /= np.linalg.norm(U, axis=1, keepdims=True)
    count = count_holes(np.sqrt(2 * np.abs(1 - U @ U.T)), metric="precomputed")
    assert count.n_points == 30


@pytest.mark.parametrize("half", [np.triu, np.tril])
def test_a_triangular_matrix_is_not_to_be_halved(half):
    with pytest.raises(ValueError, match=r"fill it with X \+ X.T, which leaves every distance"):
        rips_diagram(half(TRIANGLE), metric="precomputed")
    with pytest.raises(ValueError, match=r"np.minimum\(X, X.T\)"):
        rips_diagram(changed(TRIANGLE, (0, 1), INF), metric="precomputed")


def test_condensed_distances_are_named():
    with pytest.raises(ValueError, match=r"condensed distances of 5 points.*squareform\(X\)"):
        rips_diagram(np.arange(1.0, 11.0), metric="precomputed")
    with pytest.raises(ValueError, match=r"X has shape \(11,\), but"):
        rips_diagram(np.arange(1.0, 12.0), metric="precomputed")


def test_distances_passed_as_points_are_warned_of():
    D = np.abs(np.subtract.outer(np.arange(6.0), np.arange(6.0)))
    for function in (rips_diagram, count_holes, RipsPersistence().fit_transform, TwoNN().fit):
        X = [D] if "RipsPersistence" in str(function) else D
        with pytest.warns(UserWarning, match='taken as 6 points.*metric="precomputed"'):
            function(X)
    for X in (D[:5], D + np.eye(6), D * np.arange(1, 7), np.zeros((6, 6)), -D):
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            rips_diagram(X)


@pytest.mark.parametrize("value", [1.0, 2.0])
def test_a_pair_stored_twice_is_refused(value):
    D = sparse.coo_array(([1.0, value, 3.0], ([0, 0, 1], [1, 1, 2])), shape=(3, 3))
    with pytest.raises(ValueError, match=r"entry \(0, 1\) more than once.*sum_duplicates"):
        rips_diagram(D, metric="precomputed")
    added = D.copy()
    added.sum_duplicates()
    assert rips_diagram(added, metric="precomputed")[0].tolist() == [
        [0, min(1 + value, 3)], [0, max(1 + value, 3)], [0, INF]
    ]  # fmt: skip


@pytest.mark.parametrize("metric", ["nonsense", "braycurtis "])
def test_an_unknown_metric_is_named(metric):
    with pytest.raises(ValueError, match="'metric' parameter"):
        rips_diagram(SQUARE, metric=metric)
    with pytest.raises(ValueError, match="'metric' parameter"):
        RipsPersistence(metric=metric).fit_transform([SQUARE])


@pytest.mark.parametrize(
    "metric, message",
    [
        (lambda a, b: -1.0, "matrix of metric .* negative"),
        (lambda a, b: NAN, "matrix of metric .* NaN"),
    ],
)
def test_a_callable_that_is_no_metric_is_named(metric, message):
    with pytest.raises(ValueError, match=message):
        rips_diagram(SQUARE, metric=metric)


# -- images ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "X, message",
    [
        ([[0.0, NAN]], "X holds NaN: fill those pixels"),
        (np.zeros((0, 3)), "it is empty"),
        ([], "it is empty"),
        (np.zeros((2, 2, 2, 2)), "an image has 1 to 3 axes"),
        ([[0, 1j]], "X is complex"),
        ([["a"]], "not a numeric array"),
        ([[0.0, 1.0], [2.0]], "not a numeric array of equal rows"),
        (None, "X is None"),
    ],
)
def test_what_is_no_image_says_why(X, message):
    with pytest.raises(ValueError, match=message):
        cubical_diagram(X)


@pytest.mark.parametrize(
    "X, message",
    [
        (np.zeros((3, 3)), r"bare array of shape \(3, 3\).*whole image: pass \[X\] for one image"),
        (np.zeros(3), r"bare array of shape \(3,\)"),
        ([1.0, 2.0], "X is a list of float.*whole image"),
        ([], "there is no image in it"),
        ([np.zeros((2, 2)), [[NAN]]], r"X\[1\] holds NaN"),
    ],
)
def test_what_is_no_list_of_images_says_what_to_pass(X, message):
    with pytest.raises(ValueError, match=message):
        CubicalPersistence().fit(X)


def test_constant_and_single_pixel_images_have_one_bar():
    for X in ([[5.0]], np.full((3, 4), 5.0), [5.0]):
        assert cubical_diagram(X)[0].tolist() == [[5, INF]]


def test_a_number_is_one_pixel_only_inside_brackets():
    assert check_image([3]).tolist() == [3.0]


# -- fields and other parameters ---------------------------------------------------------------

FUNCTIONS = [(rips_diagram, SQUARE), (alpha_diagram, SQUARE), (cubical_diagram, SQUARE)]
TRANSFORMERS = [(RipsPersistence, SQUARE), (AlphaPersistence, SQUARE), (CubicalPersistence, SQUARE)]


@pytest.mark.parametrize("function, X", FUNCTIONS)
@pytest.mark.parametrize(
    "field, message",
    [
        (4, "field=4 is not prime"),
        (46_335, "field=46335 is not prime"),
        (1, "field=1; it must be a prime"),
        (0, "field=0; it must be a prime"),
        (-3, "field=-3; it must be a prime"),
        (46_337, "prime number below 46337"),
        (2.0, "field=2.0; it must be a prime"),
        (True, "field=True; it must be a prime"),
        ("2", "field='2'; it must be a prime"),
        (None, "field=None; it must be a prime"),
    ],
)
def test_a_field_that_is_none_is_refused(function, X, field, message):
    with pytest.raises(ValueError, match=message):
        function(X, field=field)


@pytest.mark.parametrize("transformer, X", TRANSFORMERS)
def test_a_transformer_refuses_a_field_that_is_not_prime_in_fit(transformer, X):
    with pytest.raises(ValueError, match="field=9 is not prime"):
        transformer(field=9).fit([X])


@pytest.mark.parametrize("field", [np.int64(3), 1009])
def test_larger_and_numpy_primes_are_fields(field):
    for function, X in FUNCTIONS:
        assert function(X, field=field) == function(X, field=int(field))
    assert rips_diagram(SQUARE, field=field)[1].shape == (1, 2)


def test_the_largest_field_is_the_largest_prime_below_the_bound():
    assert check_field(46_327) == 46_327


@pytest.mark.parametrize("function, X", FUNCTIONS)
@pytest.mark.parametrize("max_dimension", [-1, 1.5, "1"])
def test_a_degree_is_an_integer_from_zero_on(function, X, max_dimension):
    with pytest.raises(ValueError, match=f"max_dimension={max_dimension!r}"):
        function(X, max_dimension=max_dimension)


@pytest.mark.parametrize("value", [-1.0, NAN, "far", None])
def test_a_length_is_a_number_from_zero_on(value):
    with pytest.raises(ValueError, match=f"max_edge_length={value!r}"):
        rips_diagram(SQUARE, max_edge_length=value)
    with pytest.raises(ValueError, match=f"max_radius={value!r}"):
        alpha_diagram(SQUARE, max_radius=value)


@pytest.mark.parametrize("scale", [1e155, 1e200, 1e-161, 1e-200])
@pytest.mark.parametrize("compute", [rips_diagram, alpha_diagram, count_holes])
def test_clouds_beyond_the_squares_of_floats_are_refused(compute, scale):
    X = scale * np.random.default_rng(0).random((100, 2))
    with pytest.raises(ValueError, match="divide X by its scale"):
        compute(X)


@pytest.mark.parametrize("scale", [1e140, 1e-130])
def test_scales_short_of_that_change_nothing(scale):
    X = np.random.default_rng(0).random((60, 2))
    for compute in (rips_diagram, alpha_diagram):
        one, other = compute(X), compute(scale * X)
        np.testing.assert_allclose(other.deaths, scale * one.deaths, rtol=1e-9)


@pytest.mark.parametrize(
    "X, message",
    [
        (np.ma.masked_less(np.arange(10.0).reshape(5, 2), 3), "masked array with hidden"),
        (np.zeros((5, 2), dtype="datetime64[s]"), "dates or durations"),
    ],
)
def test_masks_and_dates_are_refused(X, message):
    with pytest.raises(ValueError, match=message):
        rips_diagram(X)
