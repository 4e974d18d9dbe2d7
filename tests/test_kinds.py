"""What is given in place of a cloud: every door says the same of it, and what to do."""

import datetime

import numpy as np
import pandas as pd
import pytest
from scipy import sparse
from test_contract import ALL, INPUT

import tda
from tda import networks

RNG = np.random.default_rng(0)
X = RNG.normal(size=(40, 3))


def changed(at, value):
    Y = X.copy()
    Y[at] = value
    return Y


class Graph:
    """As networkx has it: NumPy takes it for the list of its nodes."""

    nodes = edges = adj = {0: {1: {}}, 1: {0: {}}}

    def __iter__(self):
        return iter(self.nodes)

    def __len__(self):
        return len(self.nodes)


FRAME = pd.DataFrame(X, columns=list("abc"))
BIG = X.tolist()
BIG[0][0] = 10**400

#: What is no cloud, and what is said of it.
STRANGE = {
    "masked": (np.ma.masked_less(X, 0), "masked array with hidden values"),
    "sparse": (sparse.csr_array(X), "X is sparse: this takes a dense array"),
    "dates": (X.astype("datetime64[s]"), "holds dates or durations"),
    "durations": (X.astype("timedelta64[s]"), "holds dates or durations"),
    "a column of dates": (
        FRAME.assign(when=pd.Timestamp("2020-01-01")),
        "holds dates or durations in 'when'",
    ),
    "objects that are dates": ([[datetime.date(2020, 1, 1), 1.0]] * 40, "dates or durations"),
    "NA": (FRAME.astype(object).replace(FRAME.iloc[0, 0], pd.NA), "a value is missing"),
    "an integer past all floats": (BIG, "past the range of floating point"),
    "a graph": (Graph(), "X is a graph"),
    "a sentinel": (changed((7, 1), 1e300), r"row 7 that holds 1e\+300 in column 1"),
    "infinity": (changed((7, 1), np.inf), "infinity"),
    "too wide": (1e200 * X, "divide X by its scale"),
    "too narrow": (1e-200 * X, "divide X by its scale"),
    "too far out": (X * 1e149 + 1e160, "subtract the mean of X"),
    "nothing": (None, "X is None"),
}

ROWS = [name for name in ALL if INPUT.get(name) in ("points", "targets")]
FUNCTIONS = [
    tda.rips_diagram,
    tda.alpha_diagram,
    tda.dtm_diagram,
    tda.density_diagram,
    tda.distance_to_measure,
    tda.count_holes,
    tda.intrinsic_dimension,
    tda.dimension_table,
    tda.concentration_report,
    tda.gaussian_curvature,
    tda.geodesic_matrix,
    tda.manifold_volume,
    tda.neural_tangent_kernel,
    tda.dimension.kneighbors_graph,
    tda.manifold.logarithm_map,
    networks.tangent_spectrum,
]


def call(function, Z):
    if function is tda.dimension.kneighbors_graph:
        return function(Z, 5)
    if function is tda.manifold.logarithm_map:
        return function(Z, 0)
    return function(Z)


@pytest.mark.parametrize("name", STRANGE)
@pytest.mark.parametrize("estimator", ROWS)
def test_estimators_of_rows_say_what_was_given(estimator, name):
    Z, message = STRANGE[name]
    with pytest.raises(ValueError, match=message):
        ALL[estimator]().fit(Z, np.arange(40) % 2)


@pytest.mark.parametrize("name", STRANGE)
@pytest.mark.parametrize("function", FUNCTIONS, ids=lambda function: function.__name__)
def test_functions_of_a_cloud_say_what_was_given(function, name):
    Z, message = STRANGE[name]
    with pytest.raises(ValueError, match=message.replace("X", "[XK]")):
        call(function, Z)


@pytest.mark.parametrize("name", STRANGE)
@pytest.mark.parametrize("estimator", [n for n in ALL if INPUT.get(n) == "clouds"])
def test_estimators_of_clouds_say_what_was_given(estimator, name):
    Z, message = STRANGE[name]
    with pytest.raises(ValueError, match=message.replace("X", r"X\[1\]")):
        ALL[estimator]().fit_transform([X, Z])


@pytest.mark.parametrize(
    "estimator", [n for n in ROWS if hasattr(ALL[n], "transform") and n != "Embedding"]
)
def test_new_points_are_checked_as_those_of_fit(estimator):
    ring = np.column_stack([np.cos(np.arange(40)), np.sin(np.arange(40)), 0.1 * X[:, 2]])
    fitted = ALL[estimator]().fit(ring)
    for name in ("masked", "dates", "infinity", "NA"):
        Z, message = STRANGE[name]
        with pytest.raises(ValueError, match=message):
            fitted.transform(Z)
    with pytest.raises(ValueError, match=r"X reaches to 1e\+300.*row 7 that holds"):
        fitted.transform(STRANGE["a sentinel"][0])


@pytest.mark.parametrize("column", ["Unnamed: 0", "id", "Index", ""])
@pytest.mark.parametrize("take", [tda.count_holes, tda.intrinsic_dimension, tda.rips_diagram])
def test_a_column_that_numbers_the_rows_is_told(take, column):
    frame = FRAME.copy()
    frame.insert(0, column, np.arange(40))
    with pytest.warns(UserWarning, match="numbers or names its rows"):
        take(frame)


def test_a_column_that_is_called_so_and_numbers_nothing_is_none(recwarn):
    tda.rips_diagram(FRAME.assign(id=X[:, 0]))
    tda.rips_diagram(FRAME.assign(index=np.arange(40) % 5))
    assert not [w for w in recwarn if "numbers" in str(w.message)]


def test_repeated_points_and_one_far_out_are_no_sentinel():
    with pytest.raises(ValueError, match=r"its scale first\.$"):
        tda.rips_diagram(np.array([[0.0], [1e300]]))
    assert tda.rips_diagram(np.full((3, 2), 1e300))[0].tolist() == [[0.0, np.inf]]
