"""Diagram and Diagrams: what they keep, how they are cut, and the formats of the field."""

import io
import pickle

import gudhi
import joblib
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from ripser import ripser
from sklearn.model_selection import KFold, train_test_split
from sklearn.utils import _safe_indexing, resample

import tda
from tda import Diagram, Diagrams, alpha_diagram, rips_diagram
from tda.diagrams import as_diagrams

INF = np.inf


def full_diagram(n=12, seed=0):
    """With simplices and cocycles."""
    rng = np.random.default_rng(seed)
    angles = rng.uniform(0, 2 * np.pi, n)
    X = np.column_stack([np.cos(angles), np.sin(angles)]) + rng.normal(0, 0.2, (n, 2))
    return rips_diagram(X, representatives=True, cocycles=True)


@pytest.fixture
def dgms():
    return Diagrams([full_diagram(n, n) for n in (12, 1, 20, 15, 2)])


def assert_equal_in_everything(one, other):
    """Equality also of what ``==`` leaves out."""
    assert one == other
    assert one.max_dimension == other.max_dimension
    for name in ("births", "deaths", "dims", "offsets", "birth_simplices", "death_simplices"):
        a, b = getattr(one, name, None), getattr(other, name, None)
        assert (a is None) == (b is None)
        if a is not None:
            np.testing.assert_array_equal(a, b)
            assert a.dtype == b.dtype
    assert (one.cocycles is None) == (other.cocycles is None)
    if one.cocycles is not None:
        for a, b in zip(one.cocycles, other.cocycles, strict=True):
            np.testing.assert_array_equal(a, b)


# -- one diagram -------------------------------------------------------------------------------


def test_bars_are_sorted_by_degree_birth_and_death():
    diagram = Diagram([3, 0, 0, 1], [4, 5, 2, 9], [1, 0, 0, 1])
    assert diagram.dims.tolist() == [0, 0, 1, 1]
    assert diagram.births.tolist() == [0, 0, 1, 3]
    assert diagram.deaths.tolist() == [2, 5, 9, 4]
    assert (diagram.births.dtype, diagram.dims.dtype) == (np.float64, np.int8)


def test_bars_of_zero_length_are_dropped_with_their_simplices_and_cocycles():
    diagram = Diagram(
        [2, 1, 1],
        [2, 5, 3],
        [1, 1, 1],
        birth_simplices=[[0, 1], [2, 3], [4, 5]],
        death_simplices=[[0], [1], [2]],
        cocycles=[[[9, 9, 9]], [[1, 0, 1]], [[2, 0, 1], [3, 0, 1]]],
    )
    assert diagram[1].tolist() == [[1, 3], [1, 5]]
    assert diagram.birth_simplices.tolist() == [[4, 5], [2, 3]]
    assert diagram.death_simplices.tolist() == [[2], [1]]
    assert [c.tolist() for c in diagram.cocycles] == [[[2, 0, 1], [3, 0, 1]], [[1, 0, 1]]]


def test_arrays_are_read_only_and_those_given_stay_as_they_were():
    births, simplices = np.array([1.0, 0.0]), np.array([[1], [0]])
    diagram = Diagram(births, [2, 2], [0, 0], birth_simplices=simplices)
    for array in (diagram.births, diagram.deaths, diagram.dims, diagram.birth_simplices):
        with pytest.raises(ValueError, match="read-only"):
            array[0] = 7
    births[0] = simplices[0] = 5
    assert diagram.births.tolist() == [0, 1] and diagram.birth_simplices.tolist() == [[0], [1]]


def test_degrees_are_indexed_by_integers_and_iterated_to_max_dimension():
    diagram = Diagram([0, 1], [INF, 2], [0, 1], max_dimension=2)
    assert [bars.tolist() for bars in diagram] == [[[0, INF]], [[1, 2]], []]
    assert diagram[np.int64(1)].tolist() == [[1, 2]]
    assert diagram[7].shape == (0, 2)
    for key in (-1, 0.5, "0", slice(None)):
        with pytest.raises(IndexError, match="degree"):
            diagram[key]


def test_lifetimes_finite_and_unit():
    diagram = full_diagram()
    finite = diagram.finite()
    assert np.isinf(diagram.lifetimes).sum() == 1 and len(finite) == len(diagram) - 1
    assert np.isfinite(finite.lifetimes).all() and len(finite.cocycles) == len(finite[1])
    np.testing.assert_array_equal(
        finite.birth_simplices, diagram.birth_simplices[np.isfinite(diagram.deaths)]
    )
    downward = Diagram([9.0, 5.0], [-INF, 2.0], [0, 0], filtration="cubical")
    assert downward.lifetimes.tolist() == [3, INF] and downward.finite()[0].tolist() == [[5, 2]]
    units = {"rips": "edge length", "alpha": "radius", "cubical": "value", "unknown": "unknown"}
    for filtration, unit in units.items():
        assert Diagram([], [], [], filtration=filtration).unit == unit


def test_an_empty_diagram_has_no_bars_and_its_degrees():
    diagram = Diagram([], [], [], max_dimension=1)
    assert len(diagram) == len(diagram.finite()) == 0
    assert [bars.shape for bars in diagram] == [(0, 2), (0, 2)]
    assert repr(diagram) == "Diagram(degree 0: 0 bars, degree 1: 0 bars)"
    assert repr(Diagram([0], [1], [0])) == "Diagram(degree 0: 1 bar)"


def test_no_bar_lies_above_the_highest_degree():
    with pytest.raises(ValueError, match="max_dimension=1, but there are bars of degree 3"):
        Diagram([0, 0], [1, 2], [0, 3], max_dimension=1)
    assert Diagram([0, 0], [1, 0], [0, 3], max_dimension=1).max_dimension == 1  # of no length


def test_equality_sees_bars_field_filtration_and_degree():
    diagram = Diagram([0], [1], [0])
    assert diagram == Diagram([0.0], [1.0], [0])
    assert diagram != Diagram([0], [2], [0])
    assert diagram != Diagram([0], [1], [1])
    assert diagram != Diagram([0], [1], [0], field=3)
    assert diagram != Diagram([0], [1], [0], filtration="rips")
    assert diagram != Diagram([0], [1], [0], max_dimension=1)
    assert diagram != [[0, 1]]


@pytest.mark.parametrize(
    "arguments, options, message",
    [
        (([0], [1, 2], [0]), {}, "one entry per bar; got 1, 2 and 1"),
        (([np.nan], [1], [0]), {}, "must not be NaN"),
        (([0], [np.nan], [0]), {}, "must not be NaN"),
        (([0], [1], [-1]), {}, "degrees must lie in 0"),
        (([0], [1], [128]), {}, "degrees must lie in 0"),
        (([0], [1], [0.5]), {}, "dims must be integers"),
        (([0], [1], ["one"]), {}, "dims must be integers"),
        (([0], [1], [0]), {"filtration": "witness"}, "filtration='witness'"),
        (([0], [1], [1]), {"cocycles": []}, "0 cocycles for 1 bars"),
        (([0], [1], [1]), {"birth_simplices": [[1], [2]]}, "birth_simplices has shape"),
        (([0, 1], [1, 2], [1, 1]), {"death_simplices": [[1]]}, "death_simplices has shape"),
        (([0], [1], [1]), {"birth_simplices": [1]}, "one row per bar"),
    ],
)
def test_what_is_no_diagram_is_refused(arguments, options, message):
    with pytest.raises(ValueError, match=message):
        Diagram(*arguments, **options)


# -- a collection ------------------------------------------------------------------------------


def test_a_collection_is_flat_arrays_and_offsets():
    dgms = Diagrams([Diagram([0, 1], [1, 2], [0, 1]), Diagram([], [], []), Diagram([0], [3], [0])])
    assert dgms.births.tolist() == [0, 1, 0] and dgms.deaths.tolist() == [1, 2, 3]
    assert dgms.offsets.tolist() == [0, 2, 2, 3]
    dtypes = [getattr(dgms, name).dtype for name in ("births", "deaths", "dims", "offsets")]
    assert dtypes == [np.float64, np.float64, np.int8, np.int64]
    assert (len(dgms), dgms.shape, dgms.max_dimension) == (3, (3,), 1)
    assert [len(d) for d in dgms] == [2, 0, 1]
    for array in (dgms.births, dgms.deaths, dgms.dims, dgms.offsets):
        with pytest.raises(ValueError, match="read-only"):
            array[0] = 1


def test_simplices_of_different_widths_are_filled_up():
    dgms = Diagrams(
        [
            Diagram([0], [1], [0], birth_simplices=[[4]], death_simplices=[[4, 5]]),
            Diagram([1], [2], [1], birth_simplices=[[1, 2]], death_simplices=[[1, 2, 3]]),
        ]
    )
    assert dgms.birth_simplices.tolist() == [[4, -1], [1, 2]]
    assert dgms.death_simplices.tolist() == [[4, 5, -1], [1, 2, 3]]


def test_simplices_that_one_sample_lacks_are_kept_for_none():
    dgms = Diagrams([full_diagram(), Diagram([0], [1], [0], filtration="rips")])
    assert dgms.birth_simplices is dgms.death_simplices is dgms.cocycles is None


def test_samples_of_different_kinds_are_kept_apart():
    rips = Diagram([0], [1], [0], filtration="rips")
    with pytest.raises(ValueError, match=r"differ in filtration: \['alpha', 'rips'\]"):
        Diagrams([rips, Diagram([0], [1], [0], filtration="alpha")])
    with pytest.raises(ValueError, match=r"differ in field: \[2, 3\]"):
        Diagrams([rips, Diagram([0], [1], [0], filtration="rips", field=3)])
    with pytest.raises(TypeError, match="sample 1 is list"):
        Diagrams([rips, [[0, 1]]])


@pytest.mark.parametrize(
    "key",
    [
        slice(None),
        slice(1, 3),
        slice(None, None, -1),
        slice(0, 0),
        [0, 2],
        [],
        [-1, 0, 0],
        [True, False, True, False, True],
        np.array([4, 1]),
        np.array([False, True, True, False, False]),
        np.array([], dtype=int),
        range(2, 4),
        np.array([3], dtype=np.uint8),
    ],
    ids=repr,
)
@pytest.mark.parametrize("with_ellipsis", [False, True])
def test_every_index_of_an_array_cuts_the_collection(dgms, key, with_ellipsis):
    expected = [dgms[int(i)] for i in np.arange(5)[key]]
    cut = dgms[key, ...] if with_ellipsis else dgms[key]
    assert isinstance(cut, Diagrams) and len(cut) == len(expected)
    for one, other in zip(cut, expected, strict=True):
        assert_equal_in_everything(one, other)
    assert (cut.filtration, cut.field, cut.max_dimension) == ("rips", 2, 1)
    assert cut.birth_simplices is not None and cut.cocycles is not None
    assert not any(array.flags.writeable for array in (cut.births, cut.offsets))


@pytest.mark.parametrize("key", [2, -3, np.int64(2), np.uint8(2), np.array(2), (2, ...)], ids=repr)
def test_one_integer_takes_one_diagram(dgms, key):
    assert isinstance(dgms[key], Diagram)
    assert_equal_in_everything(dgms[key], full_diagram(20, 20))


@pytest.mark.parametrize(
    "key",
    [
        5,
        -6,
        [5],
        np.array([True]),
        (0, 1),
        (0, 1, 2),
        (slice(None), None),
        None,
        [[0, 1]],
        "0",
        0.5,
    ],
    ids=repr,
)
def test_a_wrong_index_is_an_index_error(dgms, key):
    with pytest.raises(IndexError):
        dgms[key]


def test_one_sample_does_not_depend_on_its_neighbours(dgms):
    assert_equal_in_everything(dgms[2], full_diagram(20, 20))
    assert_equal_in_everything(dgms[[2]][0], Diagrams([full_diagram(20, 20)])[0])


def test_a_slice_without_samples_knows_its_kind(dgms):
    empty = dgms[:0]
    assert (empty.shape, empty.filtration, empty.unit) == ((0,), "rips", "edge length")
    assert Diagrams([]).shape == (0,) and len(list(Diagrams([]))) == 0


def test_equality_of_collections(dgms):
    assert dgms == dgms[:]
    assert dgms != dgms[:-1]
    assert dgms != dgms[::-1]
    assert dgms != list(dgms)


def test_a_collection_is_not_hashable_since_it_has_equality(dgms):
    for thing in (dgms, dgms[0]):
        with pytest.raises(TypeError, match="unhashable"):
            hash(thing)


def test_its_text_says_what_it_holds(dgms):
    assert repr(dgms[:1]).startswith("Diagrams(1 sample, ")
    assert repr(dgms).endswith("bars, degrees 0 to 1, filtration rips, field Z/2)")


# -- scikit-learn, pickle, joblib --------------------------------------------------------------


def test_scikit_learn_splits_it_without_making_a_list(dgms):
    y = np.arange(5)
    train, test, y_train, y_test = train_test_split(dgms, y, test_size=2, random_state=0)
    assert isinstance(train, Diagrams) and isinstance(test, Diagrams)
    assert list(train) == [dgms[i] for i in y_train]
    assert list(test) == [dgms[i] for i in y_test]
    assert _safe_indexing(dgms, [1, 3]) == dgms[[1, 3]]
    assert _safe_indexing(dgms, y > 2) == dgms[3:]
    assert _safe_indexing(dgms, slice(1, 3)) == dgms[1:3]
    assert isinstance(resample(dgms, random_state=0), Diagrams)
    for part, _ in KFold(2).split(dgms):
        assert isinstance(_safe_indexing(dgms, part), Diagrams)


@pytest.mark.parametrize("protocol", [2, 5])
def test_pickle_keeps_everything_and_read_only(dgms, protocol):
    for thing in (dgms, dgms[0], dgms[:0]):
        again = pickle.loads(pickle.dumps(thing, protocol))
        assert_equal_in_everything(again, thing)
        assert not again.births.flags.writeable and not again.birth_simplices.flags.writeable


def test_equal_diagrams_have_equal_joblib_hashes(dgms):
    """So that a pipeline's memory finds them again."""
    again = Diagrams([full_diagram(n, n) for n in (12, 1, 20, 15, 2)])
    copies = [again, dgms[:], dgms[np.arange(5)], pickle.loads(pickle.dumps(dgms))]
    assert {joblib.hash(copy) for copy in copies} == {joblib.hash(dgms)}
    assert joblib.hash(dgms[:4]) != joblib.hash(dgms)
    assert joblib.hash(dgms[2]) == joblib.hash(full_diagram(20, 20))


# -- formats -----------------------------------------------------------------------------------


def points(n=15, seed=0):
    return np.random.default_rng(seed).uniform(size=(n, 2))


def test_from_ripsers_dict_and_list():
    results = [ripser(points(n)) for n in (5, 15)]
    for samples in (results, [result["dgms"] for result in results]):
        dgms = Diagrams.from_ripser(samples)
        assert (dgms.filtration, dgms.field, dgms.max_dimension) == ("rips", 2, 1)
        for diagram, result in zip(dgms, results, strict=True):
            for k in (0, 1):
                ours, theirs = diagram[k], result["dgms"][k]
                np.testing.assert_array_equal(ours, theirs[np.lexsort(theirs.T[::-1])])
    options = {"filtration": "alpha", "field": 3}
    dgms = Diagrams.from_ripser(results, **options)
    assert {"filtration": dgms.filtration, "field": dgms.field} == options


def test_from_gudhis_persistence_with_squared_radii():
    X = points(20)
    tree = gudhi.AlphaComplex(points=X).create_simplex_tree()
    dgms = Diagrams.from_gudhi([tree.persistence()], filtration="alpha", squared=True)
    expected = alpha_diagram(X)
    for k in (0, 1):
        np.testing.assert_allclose(dgms[0][k], expected[k], rtol=1e-9)
    plain = Diagrams.from_gudhi([tree.persistence()])
    np.testing.assert_allclose(np.sqrt(plain.deaths), dgms.deaths)
    assert plain.filtration == "unknown"


def test_giotto_is_padded_and_comes_back_without_padding(dgms):
    array = dgms.to_giotto()
    counts = [max(max(len(d[k]) for d in dgms), 1) for k in (0, 1)]
    assert array.shape == (5, sum(counts), 3)
    again = Diagrams.from_giotto(array, filtration="rips")
    assert again == dgms
    assert set(array[1, counts[0] :, 2]) == {1.0}  # one point: degree 1 is padding


def test_giotto_of_samples_without_bars_shows_every_degree():
    empty = Diagram([], [], [], max_dimension=2)
    assert Diagrams([empty]).to_giotto().tolist() == [[[0, 0, 0], [0, 0, 1], [0, 0, 2]]]
    assert Diagrams.from_giotto(Diagrams([empty]).to_giotto())[0] == empty


@pytest.mark.parametrize("shape", [(3,), (4, 3), (2, 5, 2)])
def test_what_is_not_giottos_is_refused(shape):
    with pytest.raises(ValueError, match=r"have shape \(n_samples, n_bars, 3\)"):
        Diagrams.from_giotto(np.zeros(shape))


def test_list_and_back(dgms):
    assert Diagrams.from_ripser(dgms.to_list()) == dgms
    assert [len(sample) for sample in dgms.to_list()] == [2] * 5


def test_frame_has_one_row_a_bar(dgms):
    frame = dgms.to_frame()
    assert list(frame) == ["sample", "degree", "birth", "death", "lifetime"]
    assert len(frame) == dgms.births.size
    for i, diagram in enumerate(dgms):
        rows = frame[frame["sample"] == i]
        again = Diagram(rows["birth"], rows["death"], rows["degree"], filtration="rips")
        assert again[0].tolist() == diagram[0].tolist()
        assert again[1].tolist() == diagram[1].tolist()
        np.testing.assert_array_equal(rows["lifetime"], diagram.lifetimes)
    assert isinstance(dgms[:0].to_frame(), pd.DataFrame) and len(dgms[:0].to_frame()) == 0


def test_a_file_keeps_everything(dgms, tmp_path):
    for i, thing in enumerate([dgms, dgms[:0], dgms[[1]], Diagrams([full_diagram().finite()])]):
        thing.save(tmp_path / f"{i}.npz")
        again = Diagrams.load(tmp_path / f"{i}.npz")
        assert_equal_in_everything(again, thing)
        assert (again.filtration, again.field) == ("rips", 2)
        assert not again.births.flags.writeable
        with np.load(tmp_path / f"{i}.npz", allow_pickle=False) as file:  # no pickle inside
            assert all(file[name].dtype != object for name in file.files)


def test_a_file_of_diagrams_without_simplices_or_with_those_of_birth_only(tmp_path):
    plain = Diagrams([Diagram([9], [-INF], [0], filtration="cubical", field=3, max_dimension=2)])
    born = Diagrams([Diagram([0], [1], [0], birth_simplices=[[4]])])
    for dgms in (plain, born):
        dgms.save(tmp_path / "file.npz")
        assert_equal_in_everything(Diagrams.load(tmp_path / "file.npz"), dgms)


def test_another_npz_file_is_refused(tmp_path):
    np.savez(tmp_path / "file.npz", births=[0.0], deaths=[1.0])
    with pytest.raises(ValueError, match=r"no diagrams: it lacks \['dims', 'offsets'\]"):
        Diagrams.load(tmp_path / "file.npz")


# -- as_diagrams -------------------------------------------------------------------------------

BARS = [np.array([[0.0, 1.0], [0.0, INF]]), np.array([[1.0, 2.0]])]
PAIRS = [(1, (1.0, 2.0)), (0, (0.0, INF)), (0, (0.0, 1.0))]


@pytest.mark.parametrize(
    "X, filtration",
    [
        (Diagrams.from_ripser([BARS, BARS]), "rips"),
        (list(Diagrams.from_ripser([BARS, BARS])), "rips"),
        ([{"dgms": BARS}, {"dgms": BARS}], "rips"),
        ([BARS, BARS], "unknown"),
        ([tuple(BARS), [bars.tolist() for bars in BARS]], "unknown"),
        ([PAIRS, PAIRS], "unknown"),
        (Diagrams.from_ripser([BARS, BARS]).to_giotto(), "unknown"),
    ],
    ids=["Diagrams", "Diagram list", "ripser dicts", "arrays", "lists", "gudhi", "giotto"],
)
def test_every_format_is_taken(X, filtration):
    dgms = as_diagrams(X)
    assert dgms == Diagrams.from_ripser([BARS, BARS], filtration=filtration)


def test_diagrams_are_taken_as_they_are():
    dgms = Diagrams.from_ripser([BARS])
    assert as_diagrams(dgms) is dgms


def test_a_sample_without_bars_is_a_sample():
    assert [len(d) for d in as_diagrams([BARS, [], [[], []]])] == [3, 0, 0]


@pytest.mark.parametrize(
    "X, message",
    [
        (Diagram(*np.transpose([[0, 1, 0]])), r"diagram of one sample: pass \[dgms\]"),
        ({"dgms": BARS}, r"diagram of one sample: pass \[dgms\]"),
        (BARS, r"degree by degree: pass \[dgms\]"),
        (PAIRS, r"one sample in gudhi's format: pass \[dgms\]"),
        (np.zeros((5, 2)), r"array of shape \(5, 2\).*from clouds, compute them first"),
        (np.zeros((5, 6, 2)), "from clouds, compute them first"),
        ([], "dgms is empty"),
        ("text", "dgms is str"),
        (None, "dgms is NoneType"),
        (3, "dgms is int"),
        ([BARS, "text"], r"dgms\[1\] is str, which is no format"),
        ([np.zeros((4, 3))], r"dgms\[0\] is ndarray, which is no format"),
        ([{"bars": BARS}], r"dgms\[0\] is dict, which is no format"),
        ([[np.zeros((4, 3))]], r"dgms\[0\] is list, which is no format"),
        ([{"dgms": BARS}, BARS], "differ in filtration"),
    ],
)
def test_what_is_no_collection_says_what_to_do(X, message):
    with pytest.raises(ValueError, match=message):
        as_diagrams(X, name="dgms")


def test_from_ripser_and_from_gudhi_refuse_one_bare_dict():
    with pytest.raises(ValueError, match="ripser is dict"):
        Diagrams.from_ripser({"dgms": BARS})
    with pytest.raises(ValueError, match="gudhi is NoneType"):
        Diagrams.from_gudhi(None)


# -- round trips of any bars -------------------------------------------------------------------

finite = st.floats(-1e6, 1e6)
bar = st.tuples(finite, finite | st.just(INF), st.integers(0, 3))
collections = st.lists(st.lists(bar, max_size=8), min_size=1, max_size=5)


def collect(samples):
    return Diagrams(
        Diagram(*(np.array(s).reshape(-1, 3).T), max_dimension=3, filtration="cubical")
        for s in samples
    )


@settings(max_examples=40, deadline=None)
@given(collections)
def test_any_bars_survive_every_format(samples):
    dgms = collect(samples)
    assert Diagrams(list(dgms)) == dgms
    assert Diagrams.from_ripser(dgms.to_list(), filtration="cubical") == dgms
    assert Diagrams.from_giotto(dgms.to_giotto(), filtration="cubical") == dgms
    assert pickle.loads(pickle.dumps(dgms)) == dgms
    pairs = [[(int(k), (b, d)) for b, d, k in s] for s in samples]
    via_gudhi = Diagrams.from_gudhi(pairs, filtration="cubical")
    for one, other in zip(via_gudhi, dgms, strict=True):
        assert all(np.array_equal(one[k], other[k]) for k in range(4))


@settings(max_examples=15, deadline=None)
@given(collections)
def test_any_bars_survive_a_file(tmp_path_factory, samples):
    path = tmp_path_factory.mktemp("diagrams") / "any.npz"
    dgms = collect(samples)
    dgms.save(path)
    assert_equal_in_everything(Diagrams.load(path), dgms)


@settings(max_examples=40, deadline=None)
@given(collections, st.data())
def test_any_permutation_moves_whole_samples(samples, data):
    dgms = collect(samples)
    order = data.draw(st.permutations(range(len(samples))))
    assert list(dgms[order]) == [dgms[i] for i in order]
    assert dgms[order][np.argsort(order)] == dgms


@settings(max_examples=40, deadline=None)
@given(st.lists(bar, max_size=10), st.randoms(use_true_random=False))
def test_the_order_of_the_bars_given_does_not_matter(bars, random):
    shuffled = bars[:]
    random.shuffle(shuffled)
    assert collect([bars]) == collect([shuffled])


def test_clouds_are_not_taken_for_giotto_diagrams():
    with pytest.raises(ValueError, match="look like clouds"):
        as_diagrams(np.random.default_rng(0).random((3, 4, 3)))


def test_one_sample_of_a_library_is_refused_by_its_converter():
    with pytest.raises(ValueError, match="one sample: pass it in a list"):
        Diagrams.from_gudhi([(0, (0.0, 1.0))])
    with pytest.raises(ValueError, match="one sample: pass it in a list"):
        Diagrams.from_ripser([np.array([[0.0, 1.0]]), np.array([[1.0, 2.0]])])


def test_the_suffix_of_a_file_may_be_left_out(tmp_path):
    dgms = Diagrams.from_ripser([[[[0, 1]], [[1, 3]]]])
    dgms.save(tmp_path / "bars")
    assert Diagrams.load(tmp_path / "bars") == dgms
    assert Diagrams.load(tmp_path / "bars.npz") == dgms


# -- one diagram in a file, and frames -----------------------------------------------------------


def test_one_diagram_is_written_and_read(tmp_path):
    diagram = tda.rips_diagram(np.random.default_rng(0).normal(size=(30, 2)), representatives=True)
    diagram.error_bound = 0.25
    diagram.save(tmp_path / "one")
    again = tda.Diagram.load(tmp_path / "one.npz")
    assert again == diagram and again.error_bound == 0.25
    np.testing.assert_array_equal(again.birth_simplices, diagram.birth_simplices)
    assert len(tda.Diagrams.load(tmp_path / "one")) == 1
    tda.Diagrams([diagram, diagram]).save(tmp_path / "two")
    with pytest.raises(ValueError, match=r"holds 2 diagrams: read them with tda\.Diagrams\.load"):
        tda.Diagram.load(tmp_path / "two")


def test_frames_go_there_and_back():
    clouds = [np.random.default_rng(k).normal(size=(20, 2)) for k in range(3)]
    diagrams = tda.RipsPersistence().fit_transform(clouds)
    frame = diagrams.to_frame()
    again = tda.Diagrams.from_frame(frame, filtration="rips")
    assert again == diagrams
    shuffled = frame.sample(frac=1, random_state=0)
    assert tda.Diagrams.from_frame(shuffled, filtration="rips") == diagrams
    one = diagrams[1].to_frame()
    assert list(one.columns) == ["degree", "birth", "death", "lifetime"]
    assert tda.Diagrams.from_frame(one, filtration="rips")[0] == diagrams[1]
    polars = pytest.importorskip("polars")
    assert tda.Diagrams.from_frame(polars.from_pandas(frame), filtration="rips") == diagrams


def test_samples_without_bars_and_with_names():
    bars = {"sample": [2, 0], "degree": [0, 1], "birth": [0, 1.0], "death": [np.inf, 2.0]}
    diagrams = tda.Diagrams.from_frame(bars)
    assert [len(d) for d in diagrams] == [1, 0, 1] and diagrams.max_dimension == 1
    named = tda.Diagrams.from_frame(bars | {"sample": ["b", "a"]})
    assert [d.dims.tolist() for d in named] == [[1], [0]]
    empty = tda.Diagrams.from_frame({"degree": [], "birth": [], "death": []})
    assert len(empty) == 1 and len(empty[0]) == 0
    with pytest.raises(ValueError, match=r"lacks \['death'\]"):
        tda.Diagrams.from_frame({"degree": [0], "birth": [0]})
    with pytest.raises(ValueError, match="NaN"):
        tda.Diagrams.from_frame({"degree": [0], "birth": [0], "death": [np.nan]})


# -- cocycles of every degree --------------------------------------------------------------------


def with_voids():
    """Two spheres with some loops and a void each, a point, and a circle."""
    rng = np.random.default_rng(0)
    clouds = [X / np.linalg.norm(X, axis=1, keepdims=True) for X in rng.normal(size=(2, 30, 3))]
    clouds += [np.zeros((1, 3)), clouds[0][:12] * [1, 1, 0]]
    return Diagrams(rips_diagram(X, max_dimension=2, cocycles=True) for X in clouds)


def cocycle_of_each_bar(dgms):
    found = {}
    for i, one in enumerate(dgms):
        above = np.flatnonzero(one.dims)
        for bar, cocycle in zip(above, one.cocycles, strict=True):
            assert cocycle.shape[1] == one.dims[bar] + 2
            found[i, one.dims[bar], one.births[bar], one.deaths[bar]] = cocycle.tolist()
    return found


def test_cocycles_stay_with_their_bars():
    dgms = with_voids()
    all_of_them = cocycle_of_each_bar(dgms)
    assert {degree for _, degree, *_ in all_of_them} == {1, 2}
    file = io.BytesIO()
    dgms.save(file)
    file.seek(0)
    for copy in (Diagrams.load(file), pickle.loads(pickle.dumps(dgms)), dgms[:], Diagrams(dgms)):
        assert cocycle_of_each_bar(copy) == all_of_them
    turned = {(len(dgms) - 1 - i, *rest): c for (i, *rest), c in all_of_them.items()}
    assert cocycle_of_each_bar(dgms[::-1]) == turned
    assert cocycle_of_each_bar([one.finite() for one in dgms]) == all_of_them
    voids = tda.DegreeSelector(degrees=[2]).fit_transform(dgms)
    assert cocycle_of_each_bar(voids) == {at: c for at, c in all_of_them.items() if at[1] == 2}


def test_what_was_kept_with_cocycles_of_loops_alone_is_still_read():
    dgms = with_voids()
    known = {at: c if at[1] == 1 else [] for at, c in cocycle_of_each_bar(dgms).items()}
    file = io.BytesIO()
    dgms.save(file)
    file.seek(0)
    with np.load(file) as archive:
        fields = dict(archive)
    loops = [c for c in dgms.cocycles if c.shape[1] == 3]
    fields["cocycles"] = np.concatenate(loops)
    fields["cocycle_sizes"] = np.array([len(c) for c in loops])
    file = io.BytesIO()
    np.savez(file, **fields)
    file.seek(0)
    assert cocycle_of_each_bar(Diagrams.load(file)) == known
    one = dgms[0]
    dgms.cocycles = loops
    assert cocycle_of_each_bar(pickle.loads(pickle.dumps(dgms))) == known
    own = loops[: np.count_nonzero(one.dims == 1)]
    given = Diagram(one.births, one.deaths, one.dims, cocycles=own)
    n_voids = np.count_nonzero(one.dims == 2)
    assert n_voids and [len(c) for c in given.cocycles] == [*map(len, own), *n_voids * [0]]
