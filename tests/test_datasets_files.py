"""Data that comes with the package, meshes, and files of one's own."""

import hashlib
import re
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from scipy import stats

from tda.datasets import (
    _loaders,
    load_digits_images,
    load_ecg,
    load_faces,
    load_mesh,
    load_sample_images,
    load_sunspots,
    read_cloud,
    sample_mesh,
)

DATA = Path(__file__).parents[1] / "data"
GENUS = {"mug": 1, "doughnut": 1, "nut": 1, "bunny": 0}
ALPHA = 1e-4
pytestmark = pytest.mark.filterwarnings("ignore:.* left out:UserWarning")


@pytest.fixture(params=sorted(GENUS))
def mesh(request):
    return load_mesh(request.param)


def tetrahedron():
    vertices = np.array([[0, 0, 0], [1, 0, 0], [0, 1, 0], [0, 0, 1]], dtype=float)
    return SimpleNamespace(
        vertices=vertices, faces=np.array([[0, 2, 1], [0, 1, 3], [0, 3, 2], [1, 2, 3]])
    )


# The files ---------------------------------------------------------------------------------------


def test_readme_lists_every_file_with_its_checksum():
    rows = re.findall(
        r"^\| `([\w.]+)` .* `([0-9a-f]{64})` \|$", (DATA / "README.md").read_text(), re.M
    )
    listed = dict(rows)
    files = {path.name for path in DATA.glob("[!.]*.*")} - {"README.md"}
    assert set(listed) == files
    for name, checksum in listed.items():
        assert hashlib.sha256((DATA / name).read_bytes()).hexdigest() == checksum, name


def test_every_licence_that_the_readme_links_is_there():
    links = re.findall(r"\]\((LICENSES/[\w.-]+)\)", (DATA / "README.md").read_text())
    assert {DATA / link for link in links} == set((DATA / "LICENSES").iterdir())


def test_the_data_is_small():
    assert sum(path.stat().st_size for path in DATA.rglob("*") if path.is_file()) < 1_500_000


def test_missing_data(monkeypatch, tmp_path):
    monkeypatch.setattr(_loaders, "_DATA_FOLDERS", (tmp_path,))
    with pytest.raises(FileNotFoundError, match=r"mug\.ply is neither in .* install"):
        load_mesh("mug")


def test_images():
    digits = load_digits_images()
    assert digits.images.shape == (1797, 8, 8)
    assert (digits.images.min(), digits.images.max()) == (0, 1)
    assert set(digits.target) == set(range(10))
    photographs = load_sample_images()
    assert photographs.names == ["china", "flower"]
    for image in photographs.images:
        assert image.shape == (427, 640)
        assert 0 <= image.min() < image.max() <= 1


def test_faces():
    faces = load_faces()
    assert faces.images.shape == (200, 25, 25)
    assert 0 <= faces.images.min() < faces.images.max() <= 1
    assert faces.is_face.sum() == 100
    # Faces look like their mean, backgrounds do not look like theirs.
    spread = [faces.images[faces.is_face == kind].std(axis=0).mean() for kind in (True, False)]
    assert spread[0] < spread[1]


def test_sunspots():
    spots = load_sunspots()
    np.testing.assert_array_equal(spots.years, np.arange(1700, 2009))
    spectrum = np.abs(np.fft.rfft(spots.series - spots.series.mean()))
    period = len(spots.series) / spectrum.argmax()
    assert 10 < period < 12  # Schwabe's cycle


def test_ecg():
    assert load_ecg().series.shape == (1024,)


# Meshes ------------------------------------------------------------------------------------------


def euler_characteristic(faces):
    edges = {frozenset(pair) for a, b, c in faces.tolist() for pair in ((a, b), (b, c), (c, a))}
    return len(set(faces.ravel().tolist())) - len(edges) + len(faces)


def test_meshes_have_their_genus(mesh):
    genus = GENUS[mesh.name]
    assert mesh.is_closed
    assert euler_characteristic(mesh.faces) == 2 - 2 * genus
    assert mesh.betti == (1, 2 * genus, 1)
    assert mesh.solid_betti == (1, genus, 0)


def test_meshes_agree_with_trimesh(mesh):
    import trimesh

    peer = trimesh.Trimesh(mesh.vertices, mesh.faces, process=False)
    assert peer.is_volume  # closed, faces turned alike, outwards
    assert peer.euler_number == 2 - 2 * GENUS[mesh.name]
    assert peer.body_count == 1


def test_unknown_mesh():
    with pytest.raises(ValueError, match=r"name='teapot'.*'mug', 'doughnut'"):
        load_mesh("teapot")


def test_surface_sample_lies_on_the_mesh_and_is_uniform(mesh):
    import trimesh

    shape = sample_mesh(mesh, 2000, random_state=0)
    assert shape.betti == mesh.betti
    assert shape.dimension == 2
    corners = mesh.vertices[mesh.faces]
    normals = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    areas = np.linalg.norm(normals, axis=1)
    # The mean of uniform points is the centroid of the surface.
    peer = trimesh.Trimesh(mesh.vertices, mesh.faces, process=False)
    np.testing.assert_allclose(areas.sum() / 2, peer.area)
    error = np.linalg.norm(shape.points.mean(axis=0) - peer.centroid)
    assert error < 4 * shape.points.std(axis=0).max() * np.sqrt(3 / 2000)
    # Every point lies in the plane of some face.
    normals /= areas[:, np.newaxis]
    height = np.einsum("fi,pi->pf", normals, shape.points[:200]) - np.sum(
        normals * corners[:, 0], axis=1
    )
    assert np.abs(height).min(axis=1).max() < 1e-9 * np.ptp(mesh.vertices)


def test_surface_sample_of_one_triangle_is_uniform():
    triangle = SimpleNamespace(vertices=np.eye(3), faces=np.array([[0, 1, 2]]))
    shape = sample_mesh(triangle, 3000, random_state=0)
    assert shape.betti is None
    np.testing.assert_allclose(shape.points.sum(axis=1), 1)
    for weight in shape.points.T:  # barycentric coordinates: density 2 (1 - w)
        assert stats.kstest(weight, stats.beta(1, 2).cdf).pvalue > ALPHA


def test_solid_sample_is_uniform_by_volume():
    shape = sample_mesh(tetrahedron(), 3000, solid=True, random_state=0)
    assert (shape.betti, shape.dimension) == ((1, 0, 0), 3)
    assert shape.points.min() >= 0
    assert shape.points.sum(axis=1).max() <= 1
    assert stats.kstest(shape.points.sum(axis=1) ** 3, "uniform").pvalue > ALPHA


def test_solid_sample_of_the_mug_avoids_the_cavity():
    mug = load_mesh("mug")
    shape = sample_mesh(mug, 300, solid=True, random_state=0)
    assert shape.betti == (1, 1, 0)
    in_cavity = (np.hypot(shape.points[:, 0], shape.points[:, 1]) < 0.03) & (
        shape.points[:, 2] > 0.02
    )
    assert not in_cavity.any()
    # Most of this mug is its wall: the bottom is 9 of its 100 mm.
    assert np.mean(shape.points[:, 2] > 0.01) > 0.6


def test_solid_sample_does_not_mind_which_way_the_faces_turn():
    inside_out = tetrahedron()
    inside_out.faces = inside_out.faces[:, ::-1]
    first = sample_mesh(tetrahedron(), 50, solid=True, random_state=0).points
    np.testing.assert_array_equal(
        first, sample_mesh(inside_out, 50, solid=True, random_state=0).points
    )


def test_two_pieces():
    one, other = tetrahedron(), tetrahedron()
    both = SimpleNamespace(
        vertices=np.vstack([one.vertices, other.vertices + 5]),
        faces=np.vstack([one.faces, other.faces + 4]),
    )
    assert sample_mesh(both, 10).betti == (2, 0, 2)
    assert sample_mesh(both, 10, solid=True).betti is None


def test_a_mesh_with_torn_vertices_is_merged():
    whole = tetrahedron()
    torn = SimpleNamespace(
        vertices=whole.vertices[whole.faces].reshape(-1, 3), faces=np.arange(12).reshape(4, 3)
    )
    assert sample_mesh(torn, 10).betti == (1, 0, 1)


def test_open_mesh():
    cup = tetrahedron()
    cup.faces = cup.faces[:3]
    with pytest.raises(ValueError, match=r"solid=True needs a closed mesh.*solid=False"):
        sample_mesh(cup, 10, solid=True)


def test_meshes_without_an_inside():
    turned = tetrahedron()
    turned.faces[0] = turned.faces[0, ::-1]
    with pytest.raises(ValueError, match="turn the same way"):
        sample_mesh(turned, 10, solid=True)
    for lift in (0.0, 0.3):  # level, and tilted so that its box has a volume
        flat = tetrahedron()
        flat.vertices[3] = [0.3, 0.3, 0.0]
        flat.vertices[:, 2] = lift * flat.vertices[:, 0] + lift * flat.vertices[:, 1]
        with pytest.raises(ValueError, match="encloses no volume"):
            sample_mesh(flat, 10, solid=True)


def test_useless_meshes(tmp_path):
    no_faces = SimpleNamespace(vertices=np.eye(3), faces=np.empty((0, 3), dtype=int))
    with pytest.raises(ValueError, match="no faces"):
        sample_mesh(no_faces)
    flat = SimpleNamespace(vertices=np.outer([0, 1, 2], [1, 1, 1]), faces=np.array([[0, 1, 2]]))
    with pytest.raises(ValueError, match="no area"):
        sample_mesh(flat)
    with pytest.raises(ValueError, match="give a path, or an object"):
        sample_mesh(42)
    with pytest.raises(FileNotFoundError, match="no such file"):
        sample_mesh(tmp_path / "none.obj")
    with pytest.raises(ValueError, match="n_points=0"):
        sample_mesh(tetrahedron(), 0)
    with pytest.raises(ValueError, match="noise=-1"):
        sample_mesh(tetrahedron(), noise=-1)


def test_sample_mesh_reads_a_path():
    by_path = sample_mesh(DATA / "mug.ply", 100, random_state=0)
    by_name = sample_mesh(load_mesh("mug"), 100, random_state=0)
    np.testing.assert_array_equal(by_path.points, by_name.points)
    assert by_path.name == "mug"


# Files of one's own ------------------------------------------------------------------------------


@pytest.mark.parametrize("delimiter", [",", ";", "\t", " "])
@pytest.mark.parametrize("header", [["x", "y"], None])
def test_csv(tmp_path, header, delimiter):
    rows = ([header] if header else []) + [["1", "2.5"], ["-3e1", "4"]]
    path = tmp_path / "cloud.csv"
    path.write_text("\n".join(delimiter.join(row) for row in rows) + "\n\n")
    cloud = read_cloud(path)
    assert cloud.kind == "cloud"
    np.testing.assert_array_equal(cloud.points, [[1, 2.5], [-30, 4]])
    assert cloud.columns == header
    assert cloud.dropped == []


def test_csv_drops_words(tmp_path):
    path = tmp_path / "cloud.csv"
    path.write_text('\ufeffname,x,y\n"Doe, J.",1,2\nRoe,3,4\n')
    cloud = read_cloud(path)
    np.testing.assert_array_equal(cloud.points, [[1, 2], [3, 4]])
    assert (cloud.columns, cloud.dropped) == (["x", "y"], ["name"])
    path.write_text("Doe,1,2\nRoe,3,4\n")
    cloud = read_cloud(path)
    np.testing.assert_array_equal(cloud.points, [[1, 2], [3, 4]])
    assert (cloud.columns, cloud.dropped) == (None, ["column 1"])


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "empty"),
        ("\n \n", "empty"),
        ("a,b\nc,d\n", "no column holds numbers"),
        ("x,y\n", "no column holds numbers"),
        ("1,2\n3\n", "line 2: 1 columns, where the first row has 2"),
        ("x,y\n1,2\n3,\n", "line 3: 'y' has no number"),
        ("x,y\n1,2\nnan,4\n", "line 3: 'x' has no number"),
    ],
)
def test_bad_csv(tmp_path, text, message):
    path = tmp_path / "cloud.csv"
    path.write_text(text)
    with pytest.raises(ValueError, match=message):
        read_cloud(path)


def test_numpy_files(tmp_path):
    points = np.arange(6).reshape(3, 2)
    np.save(tmp_path / "a.npy", points)
    np.savez(tmp_path / "one.npz", anything=points)
    np.savez(tmp_path / "two.npz", points=points, labels=np.zeros(3))
    for name in ("a.npy", "one.npz", "two.npz"):
        cloud = read_cloud(tmp_path / name)
        assert cloud.points.dtype == np.float64
        np.testing.assert_array_equal(cloud.points, points)


@pytest.mark.parametrize(
    ("array", "message"),
    [
        (np.array([["a", "b"]]), "holds <U1"),
        (np.array([[1j]]), "holds complex"),
        (np.zeros(3), r"shape \(3,\)"),
        (np.zeros((0, 2)), r"shape \(0, 2\)"),
        (np.array([[None]]), "cannot be read"),
    ],
)
def test_bad_npy(tmp_path, array, message):
    np.save(tmp_path / "a.npy", array)
    with pytest.raises(ValueError, match=message):
        read_cloud(tmp_path / "a.npy")


def test_ambiguous_npz(tmp_path):
    np.savez(tmp_path / "a.npz", x=np.zeros((2, 2)), y=np.zeros((2, 2)))
    with pytest.raises(ValueError, match="call it 'points'"):
        read_cloud(tmp_path / "a.npz")


def test_parquet(tmp_path):
    import pandas as pd
    import pyarrow  # noqa: F401  - pandas reads parquet with it

    path = tmp_path / "cloud.parquet"
    pd.DataFrame({"name": ["a", "b"], "x": [1, 2], "y": [0.5, 1.5]}).to_parquet(path)
    cloud = read_cloud(path)
    np.testing.assert_array_equal(cloud.points, [[1, 0.5], [2, 1.5]])
    assert (cloud.columns, cloud.dropped) == (["x", "y"], ["name"])
    pd.DataFrame({"x": [1.0, None]}).to_parquet(path)
    with pytest.raises(ValueError, match="row 2: 'x' has no number"):
        read_cloud(path)
    pd.DataFrame({"name": ["a"]}).to_parquet(path)
    with pytest.raises(ValueError, match="no column holds numbers"):
        read_cloud(path)


def test_parquet_without_pandas(tmp_path, monkeypatch):
    import sys

    path = tmp_path / "cloud.parquet"
    path.write_bytes(b"PAR1")
    monkeypatch.setitem(sys.modules, "pandas", None)
    with pytest.raises(ImportError, match="needs pandas and pyarrow"):
        read_cloud(path)


@pytest.mark.parametrize("extension", ["obj", "ply", "stl"])
def test_mesh_files(tmp_path, extension):
    import trimesh

    path = tmp_path / f"thing.{extension}"
    trimesh.Trimesh(*vars(tetrahedron()).values(), process=False).export(path)
    thing = read_cloud(path)
    assert (thing.kind, thing.name) == ("mesh", "thing")
    assert thing.vertices.shape == (4, 3)  # .stl keeps three vertices a face: merged
    assert sample_mesh(thing, 10).betti == (1, 0, 1)


def test_points_in_a_mesh_file(tmp_path):
    import trimesh

    trimesh.PointCloud(np.eye(3)).export(tmp_path / "points.ply")
    cloud = read_cloud(tmp_path / "points.ply")
    assert cloud.kind == "cloud"
    np.testing.assert_allclose(cloud.points, np.eye(3))


@pytest.mark.parametrize("mode", ["L", "LA", "RGB", "RGBA"])
def test_png(tmp_path, mode):
    from PIL import Image

    grey = np.array([[0, 128, 255]], dtype=np.uint8)
    Image.fromarray(grey).convert(mode).save(tmp_path / "a.png")
    read = read_cloud(tmp_path / "a.png")
    assert read.kind == "image"
    np.testing.assert_array_equal(read.image, grey / 255)


@pytest.mark.parametrize("extension", ["npy", "npz", "parquet", "ply", "png"])
def test_damaged_files(tmp_path, extension):
    path = tmp_path / f"a.{extension}"
    path.write_bytes(b"\x00not what the name says")
    with pytest.raises(ValueError, match=f"a.{extension}: "):
        read_cloud(path)
    path.write_bytes(b"")
    with pytest.raises(ValueError, match="empty"):
        read_cloud(path)


def test_unknown_files(tmp_path):
    with pytest.raises(FileNotFoundError, match="no such file"):
        read_cloud(tmp_path / "a.csv")
    (tmp_path / "a.docx").write_text("text")
    with pytest.raises(ValueError, match=r"unknown extension '\.docx'; give \.csv, \.tsv"):
        read_cloud(tmp_path / "a.docx")
