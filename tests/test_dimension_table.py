import numpy as np
import pytest

import tda
from tda import CloudDimension, _points
from tda.datasets import make_circle, make_sphere
from tda.dimension import BID, FisherS, LocalPCA, TwoNN, dimension_table


@pytest.fixture
def searches(monkeypatch):
    """How many neighbours were asked for, search by search."""
    made = []
    search = _points.neighbor_graph

    def counted(X, n_neighbors, **options):
        made.append(n_neighbors)
        return search(X, n_neighbors, **options)

    monkeypatch.setattr(_points, "neighbor_graph", counted)
    return made


THREE = [TwoNN(), BID(n_neighbors=30), LocalPCA(version="maxgap"), FisherS()]


def test_neighbors_are_searched_once(searches):
    X = np.asarray(make_sphere(200, random_state=0))
    table = dimension_table(X, THREE)
    assert searches == [50]  # as deep as the deepest asks
    for estimator, row in zip(THREE, table, strict=True):
        alone = estimator.fit(X)
        assert (row.dimension, row.interval) == (
            alone.dimension_,
            pytest.approx(alone.interval_, nan_ok=True),
        )
        together = table.estimators[row.name]
        np.testing.assert_array_equal(together.local_dimension_, alone.local_dimension_)
        assert together.n_features_in_ == 3


def test_every_estimator_of_the_room_is_a_row(searches):
    X = np.asarray(make_sphere(150, random_state=0))
    table = dimension_table(X)
    assert len(searches) == 1
    told = {row.name for row in table}
    room = [getattr(tda.dimension, name) for name in tda.dimension.__all__]
    assert told == {one.__name__ for one in room if hasattr(one, "_least_points")}
    assert all(row.note == "" and row.seconds >= 0 for row in table)
    assert 1.5 < table.median < 3
    again = dimension_table(X)  # seeded
    assert [row.dimension for row in again] == [row.dimension for row in table]


def test_it_reads_well_and_becomes_a_frame():
    table = dimension_table(make_sphere(200, random_state=0), THREE)
    lines = str(table).splitlines()
    assert lines[0] == table.verdict and lines[0].startswith("The median of 4 estimators is 2.")
    assert lines[2].startswith("200 points in 3 coordinates; neighbours searched once")
    assert [line.split()[0] for line in lines[4:]] == [
        "TwoNN", "BID(n_neighbors=30)", "LocalPCA(version='maxgap')", "FisherS",
    ]  # fmt: skip
    assert "nan" not in str(table)
    assert table["TwoNN"] is table.rows[0]
    with pytest.raises(KeyError, match="there are"):
        table["MLE"]
    frame = table.to_frame()
    assert list(frame.index) == [row.name for row in table]
    assert frame.loc["TwoNN", "dimension"] == table["TwoNN"].dimension
    assert frame.loc["TwoNN", "low"] == table["TwoNN"].interval[0]


def test_an_estimator_without_enough_points_says_so_in_its_row():
    table = dimension_table(
        np.random.default_rng(0).normal(size=(8, 2)), [TwoNN(), tda.dimension.DANCo()]
    )
    assert np.isfinite(table["TwoNN"].dimension)
    assert np.isnan(table["DANCo"].dimension)
    assert "needs at least 12" in table["DANCo"].note and "needs at least 12" in str(table)
    assert list(table.estimators) == ["TwoNN"]


def test_estimators_are_left_as_they_were():
    one = TwoNN()
    dimension_table(make_circle(50, random_state=0), [one], n_jobs=2)
    assert not hasattr(one, "dimension_") and one.n_jobs is None


def test_distances_do_if_every_estimator_takes_them():
    from sklearn.metrics import pairwise_distances

    X = np.asarray(make_circle(100, random_state=0))
    plain = dimension_table(X, [TwoNN(), BID()])
    given = [TwoNN(metric="precomputed"), BID(metric="precomputed")]
    table = dimension_table(pairwise_distances(X), given)
    for one, other in zip(table, plain, strict=True):
        assert one.dimension == pytest.approx(other.dimension)
    with pytest.raises(ValueError, match="they need one metric"):
        dimension_table(X, [TwoNN(metric="precomputed"), LocalPCA()])


@pytest.mark.parametrize(
    "estimators, message",
    [([], "is empty"), ([TwoNN(), TwoNN()], "TwoNN.*twice"), ([TwoNN], "such as TwoNN")],
)
def test_wrong_estimators_are_errors(estimators, message):
    for call in (
        lambda: dimension_table(np.eye(5), estimators),
        lambda: CloudDimension(estimators=estimators).fit([np.eye(5)]),
    ):
        with pytest.raises(ValueError, match=message):
            call()


def test_columns_of_many_clouds(searches):
    clouds = [make_circle(200, random_state=0), make_sphere(220, random_state=0)]
    columns = CloudDimension(estimators=[TwoNN(), LocalPCA(n_neighbors=15)])
    made = columns.fit_transform(clouds)
    assert searches == [20, 20]
    np.testing.assert_allclose(made, [[1, 1], [2, 2]], atol=0.3)
    assert list(columns.get_feature_names_out()) == [
        "dimension_TwoNN",
        "dimension_LocalPCA(n_neighbors=15)",
    ]
    alone = CloudDimension(estimators=TwoNN()).fit_transform(clouds)
    np.testing.assert_array_equal(alone[:, 0], made[:, 0])


def test_the_default_is_that_of_the_package():
    clouds = [make_sphere(300, random_state=0)]
    expected = tda.IntrinsicDimension().fit(clouds[0]).dimension_
    columns = CloudDimension().fit(clouds)
    assert columns.transform(clouds)[0, 0] == expected
    assert list(columns.get_feature_names_out()) == ["dimension_IntrinsicDimension"]


def test_a_cloud_with_too_few_points_is_named():
    with pytest.raises(ValueError, match=r"X\[1\]: X has 2 distinct points; TwoNN"):
        CloudDimension(estimators=TwoNN()).fit_transform([np.eye(5), np.eye(2)])
