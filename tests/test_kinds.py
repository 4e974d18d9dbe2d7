"""What is given in place of a cloud: every door says the same of it, and what to do."""

import datetime
import importlib.util
import warnings

import numpy as np
import pandas as pd
import polars as pl
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
    tda.homology.distance_to_measure,
    tda.count_holes,
    tda.intrinsic_dimension,
    tda.dimension.dimension_table,
    tda.concentration_report,
    tda.manifold.gaussian_curvature,
    tda.manifold.geodesic_matrix,
    tda.manifold.manifold_volume,
    tda.networks.neural_tangent_kernel,
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


# -- data that is no cloud ---------------------------------------------------------------------


def smooth_picture(n, m):
    x, y = np.meshgrid(np.linspace(0, 6, m), np.linspace(0, 5, n))
    return np.sin(x) * np.cos(y)


def notes_of(Z):
    return " ".join(tda.count_holes(Z).notes)


def test_a_picture_given_as_a_cloud_is_told():
    from sklearn.datasets import load_digits, load_sample_image

    note = "looks like a picture of {} by {} pixels"
    assert note.format(30, 40) in notes_of(smooth_picture(30, 40))
    grey = load_sample_image("china.jpg")[::8, ::8].mean(axis=2)
    assert note.format(*grey.shape) in notes_of(grey)
    series = np.sin(np.arange(120) / 5)
    windows = np.lib.stride_tricks.sliding_window_view(series, 20)
    for cloud in (windows, windows[:, ::-1], load_digits().data[:300], RNG.normal(size=(40, 40))):
        assert "picture" not in notes_of(cloud)


def test_colours_are_no_third_axis():
    colours = RNG.integers(0, 256, size=(12, 10, 3)).astype(np.uint8)
    with pytest.raises(ValueError, match=r"\(12, 10, 3\).*3 channels.*np.moveaxis\(X, 2, 0\)"):
        tda.cubical_diagram(colours)
    with pytest.raises(ValueError, match=r"X\[0\] has shape \(12, 10, 4\).*4 channels"):
        tda.CubicalPersistence().fit([np.zeros((12, 10, 4))])
    volume = tda.cubical_diagram(np.moveaxis(colours, 2, 0))
    assert volume.max_dimension == 2
    assert tda.cubical_diagram(colours.mean(axis=2)).max_dimension == 1


def test_an_adjacency_matrix_is_no_matrix_of_distances():
    n = 20
    ring = np.roll(np.eye(n), 1, axis=1)
    ring += ring.T
    for A in (ring, 2.5 * ring, ring * (1 + np.add.outer(np.arange(n), np.arange(n)) / n)):
        for take in (tda.rips_diagram, tda.count_holes, tda.intrinsic_dimension):
            with pytest.raises(ValueError, match=r"adjacency matrix.*shortest_path\(X\)"):
                take(A, metric="precomputed")
    # Both ways out show the loop.
    assert len(tda.rips_diagram(sparse.csr_array(ring), metric="precomputed")[1]) == 1
    paths = sparse.csgraph.shortest_path(ring)
    assert len(tda.rips_diagram(paths, metric="precomputed")[1]) == 1


def test_equal_and_rounded_points_make_no_adjacency_matrix():
    from scipy.spatial.distance import cdist

    many = np.repeat(RNG.normal(size=(3, 2)), 8, axis=0)
    two = np.repeat([[0.0], [1.0]], 6, axis=0)
    for Z in (many, two, np.zeros((5, 1))):
        found = tda.rips_diagram(cdist(Z, Z), metric="precomputed")
        assert len(found[0]) == len(np.unique(Z, axis=0))
    for step in (0.1, 1.0, 2.0):
        D = np.rint(cdist(X, X) / step)
        n_components = len(tda.rips_diagram(D, metric="precomputed", max_edge_length=0.0)[0])
        assert n_components == sparse.csgraph.connected_components(D == 0)[0]


def test_a_column_of_another_unit_is_told():
    body = pd.DataFrame(RNG.normal(size=(60, 3)) * [2, 5, 500], columns=["a", "b", "mass"])
    assert "column 'mass' makes up 100% of the squared distances" in notes_of(body)
    assert "X[:, 2] makes up" in notes_of(body.to_numpy())
    assert "makes up" not in notes_of((body - body.mean()) / body.std())
    assert "makes up" not in notes_of(np.column_stack([X, np.ones(40)]))
    assert "makes up" not in notes_of(X[:, :1])


@pytest.mark.parametrize("far", [1e4, 1e9, -1e30])
def test_a_far_row_is_not_told_as_a_column_of_another_unit(far):
    angle = np.linspace(0, 2 * np.pi, 200, endpoint=False)
    ring = np.column_stack([np.cos(angle), np.sin(angle)])
    said = notes_of(np.vstack([[[0.5, far]], ring]))
    assert "row 0 is so far from all others in X[:, 1]" in said
    assert "StandardScaler" not in said  # which would leave nothing of the ring
    said = notes_of(np.vstack([ring, [[far, 0], [far, 1]]]))
    assert "2 rows (first row 200) are so far from all others in X[:, 0]" in said
    wide = notes_of(np.column_stack([ring[:, 0], ring[:, 1] * 1e9]))
    assert "StandardScaler" in wide and "so far" not in wide


@pytest.mark.parametrize("kind", ["correlations", "absolute", "kernel", "rounded"])
def test_similarities_are_neither_points_nor_distances(kind):
    C = np.corrcoef(X[:12])
    C = {
        "correlations": C, "absolute": np.abs(C), "kernel": np.exp(-((1 - C) ** 2)),
        "rounded": C.round(3),
    }[kind]  # fmt: skip
    with pytest.warns(UserWarning, match="as a matrix of correlations or similarities is"):
        tda.count_holes(C)
    with pytest.raises(ValueError, match=r"pass distances, such as np.sqrt\(2 \* \(1 - X\)\)"):
        tda.rips_diagram(C, metric="precomputed")
    assert len(tda.rips_diagram(np.sqrt(2 * (1 - np.minimum(C, 1))), metric="precomputed")[0])


def test_tables_with_ones_on_the_diagonal_are_points():
    for table in (np.eye(8), np.ones((8, 8)), np.tri(8), np.tri(8) + np.eye(8)):
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            assert len(tda.rips_diagram(table)[0]) == len(np.unique(table, axis=0))


def test_a_column_that_counts_is_told_of_an_array_too():
    assert "X[:, 0] numbers the rows" in notes_of(np.column_stack([np.arange(1, 41), X]))
    assert "numbers the rows" not in notes_of(np.arange(40.0)[:, None])


def test_hops_are_not_told_to_take_noise():
    ring = np.roll(np.eye(30), 1, axis=1)
    hops = sparse.csgraph.shortest_path(ring + ring.T)
    notes = " ".join(tda.count_holes(hops, metric="precomputed").notes)
    assert "counted in hops" in notes and "noise" not in notes


@pytest.mark.parametrize("metric", ["euclidean", "hamming", "rogerstanimoto", "matching"])
def test_ties_of_yes_and_no_and_of_categories_are_no_lattice_and_no_graph(metric):
    yes = np.random.default_rng(0).random((120, 12)) < 0.5
    one_hot = np.eye(5)[np.random.default_rng(0).integers(0, 5, size=(100, 3))].reshape(100, 15)
    for table in (yes, one_hot):
        notes = " ".join(tda.count_holes(table, metric=metric).notes)
        assert "yes or no (0 and 1), or categories" in notes
        assert "lattice" not in notes and "hops" not in notes


@pytest.mark.parametrize(
    "given",
    ["cloud.csv", b"abc", {"a": 1}, {1.0, 2.0}, object()],
    ids=["text", "bytes", "dict", "set", "object"],  # an address would differ between workers
)
@pytest.mark.parametrize("take", [tda.rips_diagram, tda.intrinsic_dimension, tda.count_holes])
def test_what_is_no_array_at_all_is_named(take, given):
    with pytest.raises(ValueError, match=f"X is a {type(given).__name__}, not an array"):
        take(given)


@pytest.mark.parametrize("n_points", [10**12, 10**30])
@pytest.mark.parametrize("make", [tda.datasets.make_circle, tda.datasets.make_torus])
def test_more_points_than_memory_holds_are_refused_before_they_are_made(make, n_points):
    with pytest.raises(MemoryError, match=f"n_points={n_points:,} would take about"):
        make(n_points)


@pytest.mark.parametrize("shape", [(32, 32, 3), (5, 5, 5)])
def test_a_picture_is_sent_to_what_exists(shape):
    with pytest.raises(ValueError, match=r"use tda\.cubical_diagram.*HoleCounter") as raised:
        tda.count_holes(np.ones(shape))
    assert all(hasattr(tda, name) for name in ("cubical_diagram", "RipsPersistence", "HoleCounter"))
    assert "of the same name" not in str(raised.value)


# -- frames of polars, tensors of torch ----------------------------------------------------------

DOORS = {
    "count_holes": lambda X: tda.count_holes(X).to_dict(),
    "alpha_diagram": tda.alpha_diagram,
    "RipsPersistence": lambda X: tda.RipsPersistence().fit_transform([X, X]),
    "CloudDimension": lambda X: tda.CloudDimension().fit_transform([X]).tolist(),
    "IntrinsicDimension": lambda X: tda.IntrinsicDimension().fit(X).dimension_,
    "ToMATo": lambda X: tda.ToMATo().fit_predict(X).tolist(),
}


@pytest.mark.parametrize("door", DOORS)
def test_a_frame_of_polars_is_a_cloud(door):
    X = np.random.default_rng(0).normal(size=(60, 3))
    frame = pl.DataFrame(X, schema=["a", "b", "c"])
    assert DOORS[door](frame) == DOORS[door](X)
    days = frame.with_columns(pl.Series("day", [datetime.date(2020, 1, 1)] * 60))
    missing = frame.with_columns(pl.Series("d", [None] + [1.0] * 59))
    text = frame.with_columns(pl.Series("d", ["x"] * 60))
    for wrong, said in ((days, "dates"), (missing, "NaN"), (text, "text|string")):
        with pytest.raises(ValueError, match=said):
            DOORS[door](wrong)
    assert list(tda.IntrinsicDimension().fit(frame).feature_names_in_) == ["a", "b", "c"]


if importlib.util.find_spec("torch"):

    @pytest.mark.parametrize("door", DOORS)
    def test_a_tensor_is_a_cloud_where_it_can_be_read(door):
        import torch

        X = np.random.default_rng(0).normal(size=(60, 3))
        assert DOORS[door](torch.tensor(X)) == DOORS[door](X)
        for wrong, said in (
            (torch.tensor(X, requires_grad=True), "in use for gradients: pass X.*detach"),
            (torch.zeros(60, 3, device="meta"), "on meta: pass X.*cpu"),
            (torch.tensor(X).bfloat16(), "double"),
        ):
            with pytest.raises(ValueError, match=said):
                DOORS[door](wrong)
        stack = torch.tensor(X.reshape(2, 30, 3))
        rips = tda.RipsPersistence()
        assert rips.fit_transform(stack) == rips.fit_transform(stack.numpy())
