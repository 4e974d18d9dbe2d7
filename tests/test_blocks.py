"""Rows that stay on disk or in another engine: every reader, and what is computed from them."""

import builtins
from types import SimpleNamespace

import numpy as np
import pytest
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components
from sklearn import config_context
from sklearn.neural_network import MLPClassifier

import tda.dimension._base as of_dimension
import tda.holes._landmarks as of_holes
from tda import (
    AlphaPersistence,
    Embedding,
    HoleCounter,
    IntrinsicDimension,
    LandmarkIsomap,
    Mapper,
    alpha_diagram,
    concentration_report,
    count_holes,
    intrinsic_dimension,
    landmarks,
    rips_diagram,
)
from tda._blocks import Blocks, as_blocks, batches, read_or_sample
from tda._geometry import spanning_tree
from tda._neighbors import neighbor_graph
from tda.datasets import make_torus
from tda.networks import LayerActivations, layer_activations, layer_report, random_network

N = 3000


def points():
    return np.random.default_rng(0).random((N, 3))


def npy(X, path):
    np.save(path / "X.npy", X)
    return np.load(path / "X.npy", mmap_mode="r")


def npy_path(X, path):
    np.save(path / "X.npy", X)
    return path / "X.npy"


def zarr_array(X, path):
    zarr = pytest.importorskip("zarr")
    stored = zarr.open_array(
        path / "X.zarr", mode="w", shape=X.shape, chunks=(700, 2), dtype="float64"
    )
    stored[:] = X
    return zarr.open_array(path / "X.zarr", mode="r")


def zarr_path(X, path):
    zarr_array(X, path)
    return path / "X.zarr"


def hdf5(X, path):
    h5py = pytest.importorskip("h5py")
    file = h5py.File(path / "X.h5", "w")
    return file.create_dataset("points", data=X, chunks=(500, 3))


def hdf5_path(X, path):
    hdf5(X, path).file.close()
    return path / "X.h5"


def parquet(X, path):
    pa = pytest.importorskip("pyarrow")
    import pyarrow.parquet as pq

    table = pa.table({f"x{k}": X[:, k] for k in range(X.shape[1])})
    pq.write_table(table, path / "X.parquet", row_group_size=800)
    return path / "X.parquet"


def parquet_file(X, path):
    import pyarrow.parquet as pq

    return pq.ParquetFile(parquet(X, path))


def dask_array(X, path):
    da = pytest.importorskip("dask.array")
    return da.from_array(X, chunks=(900, 2))


def dask_unknown(X, path):
    x = dask_array(X, path)
    return x[x[:, 0] >= 0]  # how many rows a chunk has is not known before


def dask_frame(X, path):
    dd = pytest.importorskip("dask.dataframe")
    import pandas as pd

    return dd.from_pandas(pd.DataFrame(X, columns=["x", "y", "z"]), npartitions=4)


SOURCES = [npy, npy_path, zarr_array, zarr_path, hdf5, hdf5_path, parquet, parquet_file]
SOURCES += [dask_array, dask_unknown, dask_frame]


@pytest.mark.parametrize("source", SOURCES)
def test_every_source_has_the_same_rows(source, tmp_path):
    X = points()
    given = source(X, tmp_path)
    blocks = as_blocks(given)
    assert blocks.shape == X.shape
    np.testing.assert_array_equal(blocks.whole(), X)
    rows = [7, 2999, 0, 1500, 7]
    np.testing.assert_array_equal(blocks.take(rows), X[rows])
    with config_context(working_memory=0.1):  # 256 rows at once
        assert max(len(part) for _, part in blocks) < 2000
        for one, other in zip(batches(blocks, 250), batches(X, 250), strict=True):
            np.testing.assert_array_equal(one, other)
        np.testing.assert_array_equal(np.concatenate([part for _, part in blocks]), X)
        np.testing.assert_array_equal(as_blocks(given).take(rows), X[rows])
        marks = landmarks(given, n_points=100)
    assert (
        landmarks(given, n_points=50).indices.tolist() == landmarks(X, n_points=50).indices.tolist()
    )
    np.testing.assert_array_equal(marks.points, X[marks.indices])


def test_what_is_in_memory_is_no_block(tmp_path):
    X = points()
    assert as_blocks(X) is None and as_blocks(X.tolist()) is None and as_blocks("text") is None
    assert read_or_sample(X, 10)[0] is X
    blocks = as_blocks(npy(X, tmp_path))
    assert as_blocks(blocks) is blocks and repr(blocks) == "Blocks of shape (3000, 3)"
    some, n = read_or_sample(blocks, 100)
    assert some.shape == (100, 3) and n == N


def test_bad_values_are_named_with_their_row(tmp_path):
    X = points()
    X[1234, 1] = np.nan
    with pytest.raises(ValueError, match=r"NaN \(row 1234, column 1\)"):
        landmarks(npy(X, tmp_path), n_points=10)
    pa = pytest.importorskip("pyarrow")
    import pyarrow.parquet as pq

    pq.write_table(pa.table({"a": [1.0, 2.0], "b": ["x", "y"]}), tmp_path / "text.parquet")
    with pytest.raises(ValueError, match="not an array of numbers"):
        landmarks(tmp_path / "text.parquet", n_points=1)
    with pytest.raises(FileNotFoundError, match="no file"):
        landmarks(tmp_path / "missing.npy", n_points=1)
    h5py = pytest.importorskip("h5py")
    with h5py.File(tmp_path / "two.h5", "w") as file:
        file["a"], file["b"] = X, X
    with pytest.raises(ValueError, match="holds 2 tables"):
        landmarks(tmp_path / "two.h5", n_points=1)


@pytest.mark.parametrize(
    ("name", "missing", "extra"),
    [("X.parquet", "pyarrow", "files"), ("X.zarr", "zarr", "zarr"), ("X.h5", "h5py", "zarr")],
)
def test_a_missing_library_is_named_with_its_extra(name, missing, extra, tmp_path, monkeypatch):
    (tmp_path / name).write_bytes(b"")
    real = builtins.__import__

    def without(module, *rest, **options):
        if module.partition(".")[0] == missing:
            raise ImportError(f"No module named {missing!r}", name=missing)
        return real(module, *rest, **options)

    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(ImportError, match=rf"{missing}.*tda-learn\[{extra}\]"):
        landmarks(tmp_path / name, n_points=3)


# -- what is computed ------------------------------------------------------------------------------


def test_holes_of_a_cloud_on_disk(tmp_path, monkeypatch):
    torus = make_torus(30_000, random_state=0).points
    disk = npy(torus, tmp_path)
    assert count_holes(disk, n_landmarks=1000).to_dict() == (
        count_holes(torus, n_landmarks=1000).to_dict()
    )
    monkeypatch.setattr(of_holes, "MOST_ROWS", {True: 5000, False: 1000})
    for X in (disk, torus):  # landmarks of all rows, the rest on 5,000 of them
        count = count_holes(X, n_landmarks=1000)
        assert count.betti == (1, 2, 1) and (count.n_points, count.n_landmarks) == (30_000, 1000)
        assert count.error_bound == count.diagram.error_bound == count.covering_radius > 0
        assert "for certain" in " ".join(count.notes)
    assert HoleCounter(n_landmarks=1000).fit_transform([disk, torus[:500]])[0].tolist() == [1, 2, 1]
    with pytest.raises(ValueError, match="too many to take whole"):
        count_holes(disk, n_landmarks=None)


def test_diagrams_of_clouds_on_disk(tmp_path):
    X = np.random.default_rng(0).random((20_000, 3))
    disk = npy(X, tmp_path)
    expected = alpha_diagram(X, n_landmarks=200)
    assert alpha_diagram(disk, n_landmarks=200) == expected
    with config_context(working_memory=0.5):
        part = AlphaPersistence(n_landmarks=200).fit_transform([disk])[0]
    assert 0 < part.error_bound < 1.5 * expected.error_bound


def test_dimension_and_concentration_on_disk(tmp_path, monkeypatch):
    X = make_torus(3000, random_state=0).points
    disk = npy(X, tmp_path)
    assert intrinsic_dimension(disk).dimension == intrinsic_dimension(X).dimension
    assert concentration_report(disk).to_dict() == concentration_report(X).to_dict()
    with config_context(working_memory=0.05):  # a sample of 1,092 rows
        assert intrinsic_dimension(disk).rounded == 2
        assert concentration_report(disk).n_points == 3000


@pytest.mark.parametrize("source", [npy, dask_frame])
def test_the_estimator_of_dimension_reads_from_disk(source, tmp_path, monkeypatch):
    X = make_torus(3000, random_state=0).points
    disk = source(X, tmp_path)
    model, expected = IntrinsicDimension().fit(disk), IntrinsicDimension().fit(X)
    assert model.dimension_ == expected.dimension_ and model.sample_indices_ is None
    np.testing.assert_array_equal(model.local_dimension_, expected.local_dimension_)
    np.testing.assert_array_equal(model.transform(disk), expected.transform(X))
    monkeypatch.setattr(of_dimension, "MOST_ROWS", 800)
    local = model.fit_transform(disk)  # of all rows, by 800 of them
    rows = model.sample_indices_
    assert local.shape == (3000, 1) and len(rows) == 800 and model.rounded_dimension_ == 2
    np.testing.assert_array_equal(local[rows, 0], model.local_dimension_)
    assert model.dimension_ == IntrinsicDimension().fit(X[rows]).dimension_
    assert intrinsic_dimension(disk).dimension == model.dimension_


def test_a_matrix_of_distances_that_is_mapped_is_no_cloud(tmp_path, monkeypatch):
    X = make_torus(300, random_state=0).points
    D = np.linalg.norm(X[:, None] - X[None], axis=2)
    monkeypatch.setattr(of_dimension, "MOST_ROWS", 100)
    found = intrinsic_dimension(npy(D, tmp_path), metric="precomputed")
    assert found.dimension == intrinsic_dimension(D, metric="precomputed").dimension


@pytest.mark.parametrize("source", [npy, parquet])
def test_landmark_isomap_is_fitted_on_disk(source, tmp_path):
    X = make_torus(2000, random_state=0).points
    disk = source(X, tmp_path)
    model, expected = LandmarkIsomap(n_landmarks=20), LandmarkIsomap(n_landmarks=20)
    np.testing.assert_array_equal(model.fit_transform(disk), expected.fit_transform(X))
    assert model.sample_indices_ is None
    with config_context(working_memory=1):  # the graph of 1,040 rows
        placed = model.fit_transform(disk)
    rows = model.sample_indices_
    assert 900 < len(rows) < 1200 and placed.shape == (2000, 2)
    part = expected.fit(X[rows])
    np.testing.assert_array_equal(model.geodesics_, part.geodesics_)
    np.testing.assert_array_equal(model.landmark_indices_, rows[part.landmark_indices_])
    # The rows of the sample keep their places, the others are placed among them.
    np.testing.assert_allclose(placed[rows], part.embedding_, atol=1e-9)
    np.testing.assert_allclose(placed, part.transform(X), atol=1e-12)


@pytest.mark.parametrize(
    "model",
    [LandmarkIsomap(n_landmarks=40), Embedding(method="pca", n_components=2)],
    ids=["landmark_isomap", "pca"],
)
def test_new_points_are_placed_in_blocks(model, tmp_path):
    X = make_torus(2000, random_state=0).points
    model.fit(X[:500])
    with config_context(working_memory=0.1):
        placed = model.transform(npy(X, tmp_path))
    np.testing.assert_allclose(placed, model.transform(X), atol=1e-12)


@pytest.mark.parametrize("source", [npy, dask_array])
@pytest.mark.parametrize("n_features", [3, 30])
def test_neighbours_of_rows_on_disk_are_those_in_memory(source, n_features, tmp_path):
    rng = np.random.default_rng(1)
    X = rng.random((1100, n_features)) + 1e3
    X[700:710] = X[:10]  # copies
    disk = source(X, tmp_path)
    expected = neighbor_graph(X, 6)
    with config_context(working_memory=0.02):
        found = neighbor_graph(disk, 6)
        some = neighbor_graph(disk, 6, queries=np.array([900, 3, 705]))
        by_name = neighbor_graph(disk, 3, metric="manhattan")
    if n_features == 3:  # by trees
        np.testing.assert_array_equal(found.distances, expected.distances)
    np.testing.assert_allclose(found.distances, expected.distances, rtol=1e-9, atol=1e-12)
    np.testing.assert_allclose(some.distances, found.distances[[900, 3, 705]], rtol=1e-9)
    assert (found.indices != np.arange(1100)[:, None]).all()
    gaps = np.linalg.norm(X[found.indices] - X[:, None], axis=2)
    np.testing.assert_allclose(gaps, expected.distances, rtol=1e-9, atol=1e-12)
    wanted = neighbor_graph(X, 3, metric="manhattan").distances
    np.testing.assert_allclose(by_name.distances, wanted, rtol=1e-9)
    with config_context(working_memory=0.02), pytest.raises(ValueError, match="taken as it is"):
        neighbor_graph(disk, 3, metric="cosine")


@pytest.mark.parametrize("source", [npy, parquet, dask_frame])
@pytest.mark.parametrize("lens", ["pca", "density", [0, "eccentricity"]])
def test_mapper_of_rows_on_disk_is_that_in_memory(source, lens, tmp_path):
    X = make_torus(1500, random_state=0).points
    disk = source(X, tmp_path)
    options = {"lens": lens, "random_state": 0, "distance_threshold": 0.8, "n_intervals": 6}
    model, expected = Mapper(**options), Mapper(**options).fit(X)
    for memory in (0.05, 1024):
        with config_context(working_memory=memory):
            model.fit(disk)
            nodes = model.transform(disk)
        np.testing.assert_allclose(model.lens_values_, expected.lens_values_, atol=1e-9)
        np.testing.assert_array_equal(model.graph_.edges, expected.graph_.edges)
        assert (model.graph_.membership != expected.graph_.membership).nnz == 0
        assert (nodes != expected.transform(X)).nnz == 0
        assert (nodes != model.graph_.membership).nnz == 0


def test_mapper_of_rows_on_disk_by_its_rules_and_resamples(tmp_path):
    X = make_torus(1500, random_state=0).points
    expected = Mapper(lens=0, random_state=0).fit(X)
    with config_context(working_memory=0.05):
        model = Mapper(lens="x0", random_state=0).fit(parquet(X, tmp_path))
        np.testing.assert_array_equal(model.n_intervals_, expected.n_intervals_)
        assert model.distance_threshold_ == pytest.approx(expected.distance_threshold_)
        found = model.features(n_resamples=5)
        np.testing.assert_allclose(found.distances, expected.features(n_resamples=5).distances)
        with pytest.raises(ValueError, match="fitted to all rows at once"):
            Mapper(lens=Embedding(method="pca")).fit(npy(X, tmp_path))
        with pytest.raises(ValueError, match="taken as it is"):
            Mapper(lens=0, metric="cosine").fit(npy(X, tmp_path))
        with pytest.raises(ValueError, match="NaN"):
            Mapper(lens=0).fit(npy(np.where(X == X[1400, 2], np.nan, X), tmp_path))


@pytest.mark.parametrize("source", [npy, hdf5_path])
def test_layers_of_rows_on_disk_run_in_batches(source, tmp_path):
    X = points()
    disk, network = source(X, tmp_path), random_network(3, [8, 5], 2, random_state=0)
    expected = layer_activations(network, X, include_input=True)
    seen = []
    counted = SimpleNamespace(transform=lambda rows: seen.append(len(rows)) or rows)
    with config_context(working_memory=0.5):
        found = layer_activations(network, disk, include_input=True)
        mapped = layer_activations(network, disk, layers=[0, -1], directory=tmp_path / "layers")
        model = LayerActivations(network=network, include_input=True).fit(disk)
        model.steps_ = [counted]
        listed = model.transform(disk)
    assert max(seen) <= 400 and list(found) == list(expected) == model.layer_names_
    for name, cloud in zip(expected, listed, strict=True):
        np.testing.assert_allclose(found[name], expected[name], atol=1e-12)
        np.testing.assert_allclose(cloud, expected[name], atol=1e-12)
    assert sorted(path.name for path in (tmp_path / "layers").iterdir()) == [
        "hidden 1.npy", "output.npy",
    ]  # fmt: skip
    again = layer_activations(network, -X, layers=[0, -1], directory=tmp_path / "layers")
    for name in ("hidden 1", "output"):  # the older arrays are still what they were
        np.testing.assert_allclose(mapped[name], expected[name], atol=1e-12)
        np.testing.assert_array_equal(again[name], layer_activations(network, -X)[name])
    marks = landmarks(mapped["hidden 1"], n_points=20)
    assert marks.indices.tolist() == landmarks(found["hidden 1"], n_points=20).indices.tolist()


def test_reports_of_layers_and_networks_that_are_not_fitted_on_disk(tmp_path):
    X = points()
    y = (X[:, 0] > 0.5).astype(int)
    disk, network = npy(X, tmp_path), random_network(3, [4], 2, random_state=0)
    report = layer_report(network, disk, y, max_points=60)
    expected = layer_report(network, X, y, max_points=60)
    np.testing.assert_array_equal(report.betti, expected.betti)
    np.testing.assert_allclose(report.dimension, expected.dimension, rtol=1e-6)
    assert report.n_points == expected.n_points == (60, 60)
    fresh = LayerActivations(network=MLPClassifier([3], max_iter=5, random_state=0))
    with config_context(working_memory=0.05), pytest.raises(ValueError, match="fit the network"):
        fresh.fit(disk, y)
    with pytest.warns(UserWarning):  # five iterations are few
        assert [len(cloud) for cloud in fresh.fit(disk, y).transform(disk)] == [N, N]
    np.save(tmp_path / "none.npy", np.zeros((0, 3)))
    with pytest.raises(ValueError, match="no rows"):
        layer_activations(network, tmp_path / "none.npy")


@pytest.mark.parametrize("source", [npy, zarr_array])
@pytest.mark.parametrize("kind", ["random", "ties", "lines", "wide"])
def test_the_spanning_tree_of_rows_on_disk_is_exact(source, kind, tmp_path):
    rng = np.random.default_rng(2)
    X = {
        "random": rng.random((1500, 3)),
        "ties": rng.integers(0, 6, (1500, 3)).astype(float),
        "lines": np.column_stack([np.arange(1500.0), rng.random(1500)]),
        "wide": rng.normal(size=(700, 15)),
    }[kind]
    disk = source(X, tmp_path)
    _, lengths = spanning_tree(X)
    with config_context(working_memory=0.02):
        found, found_lengths = spanning_tree(disk)
        diagram = rips_diagram(disk, max_dimension=0, representatives=True)
        part = rips_diagram(disk, max_dimension=0, max_edge_length=np.median(lengths))
    np.testing.assert_allclose(found_lengths, lengths, rtol=1e-12)
    gaps = np.linalg.norm(X[found[:, 0]] - X[found[:, 1]], axis=1)
    np.testing.assert_allclose(found_lengths, gaps, rtol=1e-12)
    tree = coo_array((np.ones(len(found)), found.T), shape=(len(X), len(X)))
    assert len(found) == len(X) - 1 and connected_components(tree)[0] == 1
    expected = rips_diagram(X, max_dimension=0)
    np.testing.assert_allclose(np.sort(diagram[0], axis=0), np.sort(expected[0], axis=0))
    assert np.isinf(part.deaths).sum() == 1 + (lengths > np.median(lengths)).sum()
    with config_context(working_memory=0.02), pytest.raises(ValueError, match="NaN"):
        rips_diagram(source(np.where(X == X[600, 1], np.nan, X), tmp_path), max_dimension=0)


def test_blocks_of_lines_that_are_far_apart_are_not_read_again():
    X = np.arange(40_000.0).reshape(-1, 1)
    read = []
    blocks = Blocks([0, len(X)], 1, lambda a, b: read.append(b - a) or X[a:b])
    with config_context(working_memory=0.1):
        _, lengths = spanning_tree(blocks)
    assert (lengths == 1).all() and len(lengths) == len(X) - 1
    n_blocks = len(X) / 819
    assert sum(read) < 6 * len(X) < len(X) * n_blocks / 4  # half of it are all pairs


def test_blocks_are_read_as_few_at_a_time_as_the_working_memory_says():
    read = []

    def rows(a, b):
        read.append(b - a)
        return np.zeros((b - a, 4)) + np.arange(a, b)[:, None]

    blocks = Blocks([0, 10_000], 4, rows)
    with config_context(working_memory=1):
        marks = landmarks(blocks, n_points=5)
        assert not blocks.fits() or max(read) <= 10_000
    with config_context(working_memory=0.1):
        read.clear()
        marks = landmarks(blocks, n_points=5)
    assert max(read) <= 410 and len(marks) == 5
