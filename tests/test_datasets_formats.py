"""Pictures, volumes, molecules, distances and grids; and files that are cut off or lie."""

import struct
import sys

import gudhi
import numpy as np
import pytest
import trimesh
from PIL import Image
from scipy.spatial.distance import pdist, squareform

from tda import cubical_diagram
from tda.datasets import make_circle, read_cloud

pytestmark = pytest.mark.filterwarnings("ignore:.*:UserWarning")
CIRCLE = make_circle(30, noise=0.05, random_state=0).points
D = squareform(pdist(CIRCLE))


def ring():
    row, column = np.mgrid[:40, :40]
    return abs(np.hypot(row - 20, column - 20) - 12) < 4


def holes(image, *, bright=False):
    diagram = cubical_diagram(1 - image if bright else image)
    alive = (diagram.births <= 0.3) & (diagram.deaths > 0.3)
    return tuple(int((alive & (diagram.dims == k)).sum()) for k in (0, 1))


# Distances ---------------------------------------------------------------------------------------


def lower(sep, *, diagonal, end=""):
    return "\n".join(
        sep.join(f"{d:.17g}" for d in row[: k + diagonal]) + end for k, row in enumerate(D)
    )


@pytest.mark.parametrize("sep", [",", ";", " ", "\t"])
@pytest.mark.parametrize("diagonal", [0, 1])
def test_half_a_distance_matrix(tmp_path, sep, diagonal):
    path = tmp_path / "a.txt"
    path.write_text(lower(sep, diagonal=diagonal))
    found = read_cloud(path)
    assert found.kind == "distances" and "lower half" in found.notes[0]
    np.testing.assert_array_equal(found.distances, D)
    upper = "\n".join(
        sep.join(f"{d:.17g}" for d in row[k + 1 - diagonal :]) for k, row in enumerate(D)
    )
    path.write_text(upper)
    np.testing.assert_array_equal(read_cloud(path).distances, D)


def test_half_a_distance_matrix_as_gudhi_reads_it(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text(lower(";", diagonal=0, end=";").replace(";\n", "\n", 1))
    rows = gudhi.read_lower_triangular_matrix_from_csv_file(str(path), ";")
    found = read_cloud(path).distances
    for k, row in enumerate(rows):
        np.testing.assert_array_equal(found[k, :k], row[:k])
    assert len(rows) == len(found)


def test_whole_and_condensed_distances(tmp_path):
    np.savetxt(tmp_path / "a.csv", D, delimiter=",", fmt="%.17g")
    np.save(tmp_path / "a.npy", D)
    np.save(tmp_path / "c.npy", pdist(CIRCLE))
    np.savetxt(tmp_path / "c.txt", pdist(CIRCLE), fmt="%.17g")
    for name in ("a.csv", "a.npy"):
        found = read_cloud(tmp_path / name)
        assert "is read as the distances between 30 points" in found.notes[0]
        np.testing.assert_array_equal(found.distances, D)
        assert read_cloud(tmp_path / name, kind="cloud").points.shape == (30, 30)
    with pytest.raises(ValueError, match=r"the distances between 30 points, or 435 points on a"):
        read_cloud(tmp_path / "c.npy")
    for name in ("c.npy", "c.txt"):
        found = read_cloud(tmp_path / name, kind="distances")
        np.testing.assert_array_equal(found.distances, D)
    assert read_cloud(tmp_path / "c.npy", kind="cloud").points.shape == (435, 1)


def test_distances_that_are_none(tmp_path):
    def refused(array, match, **options):
        np.save(tmp_path / "a.npy", np.asarray(array, dtype=float))
        with pytest.raises(ValueError, match=match):
            read_cloud(tmp_path / "a.npy", **options)

    refused((D < 0.5) & (D > 0), "joined in a graph")
    refused(np.arange(7), "for no n", kind="distances")
    refused(np.triu(D), "there and back differ", kind="distances")
    refused(-D, "below zero", kind="distances")
    refused(D[:5], r"shape \(5, 30\)", kind="distances")
    np.save(tmp_path / "a.npy", np.corrcoef(np.random.default_rng(0).normal(size=(6, 20))))
    assert "correlations" in read_cloud(tmp_path / "a.npy").notes[0]


def test_dipha(tmp_path):
    path = tmp_path / "a.dipha"
    head = struct.pack("<qqq", 8067171840, 7, 30)
    path.write_bytes(head + D.tobytes())
    np.testing.assert_array_equal(read_cloud(path).distances, D)
    volume = np.random.default_rng(0).random((3, 4, 5))
    head = struct.pack("<qqqqqqq", 8067171840, 1, 60, 3, 3, 4, 5)
    path.write_bytes(head + volume.tobytes(order="F"))
    found = read_cloud(path)
    assert (found.kind, found.grey) == ("volume", False)
    np.testing.assert_array_equal(found.image, volume)
    for wrong, match in (
        (head + volume.tobytes()[:-1], "479 bytes of numbers, where its head promises 480"),
        (struct.pack("<qqqqqq", 8067171840, 1, 9, 2, 2, 4) + bytes(72), "9 values in a grid"),
        (struct.pack("<qqq", 8067171840, 2, 0), "a persistence diagram"),
        (struct.pack("<qqq", 8067171840, 7, 2**40), "head promises"),
        (b"no file of DIPHA, but long enough", "not a file of DIPHA"),
    ):
        path.write_bytes(wrong)
        with pytest.raises(ValueError, match=r"a\.dipha: .*" + match):
            read_cloud(path)


@pytest.mark.parametrize("lengths", [(3, 4), (3, 4, 5), (-3, 4)])
def test_perseus_as_gudhi_reads_it(tmp_path, lengths):
    rng = np.random.default_rng(0)
    values = rng.random(abs(int(np.prod(lengths)))).round(6)
    path = tmp_path / "a.txt"
    path.write_text("\n".join(map(str, [len(lengths), *lengths, *values])) + "\n")
    found = read_cloud(path)
    if min(lengths) > 0:
        peer = gudhi.CubicalComplex(perseus_file=str(path))
        np.testing.assert_array_equal(found.image, peer.top_dimensional_cells())
    else:
        peer = gudhi.PeriodicCubicalComplex(perseus_file=str(path))
    ours = cubical_diagram(found.image, periodic=found.periodic)
    peer.compute_persistence(homology_coeff_field=2)
    for k in range(len(lengths)):
        bars = np.column_stack([ours.births, ours.deaths])[ours.dims == k]
        theirs = np.reshape(peer.persistence_intervals_in_dimension(k), (-1, 2))
        np.testing.assert_array_equal(bars[np.lexsort(bars.T)], theirs[np.lexsort(theirs.T)])
    path.write_text(path.read_text().replace(str(values[3]), "oops"))
    with pytest.raises(ValueError, match=f"line {5 + len(lengths)}: not a number"):
        read_cloud(path)


# Pictures and volumes ----------------------------------------------------------------------------


@pytest.mark.parametrize("mode", ["RGBA", "LA", "P", "L with a colour"])
@pytest.mark.parametrize("grey", [0, 255])
def test_transparency_keeps_the_hole_of_a_ring(tmp_path, mode, grey):
    """What is seen has the colour of what is hidden, so that only the opacity shows the ring."""
    path = tmp_path / "ring.png"
    if mode == "P":
        picture = Image.fromarray(ring().astype(np.uint8), mode="P")
        picture.putpalette([grey] * 6)
        picture.save(path, transparency=0)
    elif mode == "L with a colour":
        Image.fromarray(np.where(ring(), grey, 128).astype(np.uint8)).save(path, transparency=128)
    else:
        layers = [np.full((40, 40), grey)] * (len(mode) - 1) + [255 * ring()]
        Image.fromarray(np.stack(layers, axis=2).astype(np.uint8), mode=mode).save(path)
    found = read_cloud(path)
    assert holes(found.image, bright=grey == 255) == (1, 1)
    assert "transparent pixels" in found.notes[0]


def test_nothing_to_see(tmp_path):
    Image.new("RGBA", (9, 9)).save(tmp_path / "a.png")
    with pytest.raises(ValueError, match=r"a\.png: every pixel is transparent"):
        read_cloud(tmp_path / "a.png")


@pytest.mark.parametrize("name", ["a.jpg", "a.jpeg", "a.tif", "a.tiff", "a.bmp", "a.png"])
def test_pictures(tmp_path, name):
    Image.fromarray((255 * ~ring()).astype(np.uint8)).save(tmp_path / name)
    found = read_cloud(tmp_path / name)
    assert (found.kind, found.grey, found.notes) == ("image", True, [])
    assert holes(found.image) == (1, 1)


def test_a_photograph_is_turned_as_its_camera_says(tmp_path):
    exif = Image.Exif()
    exif[274] = 6
    Image.new("L", (40, 20)).save(tmp_path / "a.jpg", exif=exif)
    assert read_cloud(tmp_path / "a.jpg").image.shape == (40, 20)


@pytest.mark.parametrize("dtype", [np.uint8, np.int32, np.float32])
def test_a_stack_is_a_volume(tmp_path, dtype):
    stack = np.random.default_rng(0).integers(0, 255, (4, 6, 5)).astype(dtype)
    first, *rest = map(Image.fromarray, stack)
    first.save(tmp_path / "a.tif", save_all=True, append_images=rest)
    found = read_cloud(tmp_path / "a.tif")
    assert (found.kind, found.grey) == ("volume", dtype == np.uint8)
    np.testing.assert_allclose(found.image * (255 if found.grey else 1), stack)
    assert found.notes == ["the 4 pages are read as one volume"]


def test_tif_as_tifffile_writes_it(tmp_path):
    tifffile = pytest.importorskip("tifffile")
    stack = np.random.default_rng(0).random((5, 8, 9))
    path = tmp_path / "a.tif"
    for dtype in ("uint16", "float32", "float64"):
        tifffile.imwrite(path, (100 * stack).astype(dtype), photometric="minisblack")
        np.testing.assert_array_equal(read_cloud(path).image, (100 * stack).astype(dtype))
    for options in ({"imagej": True}, {"ome": True}):
        eight = (255 * stack[:3]).astype(np.uint8)
        tifffile.imwrite(path, eight, metadata={"axes": "ZYX"}, photometric="minisblack", **options)
        np.testing.assert_allclose(read_cloud(path).image, eight / 255)
        for axes, word in (("CYX", "channels"), ("TYX", "times")):
            tifffile.imwrite(
                path, eight, metadata={"axes": axes}, photometric="minisblack", **options
            )
            with pytest.raises(ValueError, match=f"3 {word}, which make no volume"):
                read_cloud(path)


@pytest.mark.parametrize("name", ["a.nii", "a.nii.gz"])
def test_nifti(tmp_path, name):
    nibabel = pytest.importorskip("nibabel")
    volume = np.random.default_rng(0).normal(size=(3, 4, 5, 1))
    nibabel.save(nibabel.Nifti1Image(volume, np.eye(4)), tmp_path / name)
    found = read_cloud(tmp_path / name)
    assert (found.kind, found.grey) == ("volume", False)
    np.testing.assert_array_equal(found.image, volume[..., 0])
    nibabel.save(nibabel.Nifti1Image(volume.repeat(2, axis=3), np.eye(4)), tmp_path / name)
    with pytest.raises(ValueError, match="several volumes"):
        read_cloud(tmp_path / name)
    volume[0, 0, 0] = np.nan
    nibabel.save(nibabel.Nifti1Image(volume, np.eye(4)), tmp_path / name)
    with pytest.raises(ValueError, match="1 of 60 pixels are NaN"):
        read_cloud(tmp_path / name)


@pytest.mark.parametrize(("name", "package"), [("a.nii", "nibabel"), ("a.nii.gz", "nibabel")])
def test_what_is_not_installed_is_named(tmp_path, monkeypatch, name, package):
    (tmp_path / name).write_bytes(b"anything")
    monkeypatch.setitem(sys.modules, package, None)
    with pytest.raises(ImportError, match=rf"{package}; pip install 'tda-learn\[files\]'"):
        read_cloud(tmp_path / name)


def test_a_tif_that_only_tifffile_may_read(tmp_path, monkeypatch):
    (tmp_path / "a.tif").write_bytes(b"anything")
    monkeypatch.setitem(sys.modules, "tifffile", None)
    with pytest.raises(ValueError, match=r"if it is whole, tifffile may .*tda-learn\[files\]"):
        read_cloud(tmp_path / "a.tif")


def test_arrays_as_pictures(tmp_path):
    np.save(tmp_path / "a.npy", ring())
    with pytest.raises(ValueError, match="a mask is a picture: kind='image'"):
        read_cloud(tmp_path / "a.npy")
    found = read_cloud(tmp_path / "a.npy", kind="image")
    assert holes(1 - found.image) == (1, 1)
    np.save(tmp_path / "a.npy", ring().astype(np.uint8))
    assert "if this is a picture" in read_cloud(tmp_path / "a.npy").notes[0]
    np.save(tmp_path / "a.npy", np.zeros((5, 6, 7)))
    assert read_cloud(tmp_path / "a.npy").kind == "volume"
    np.save(tmp_path / "a.npy", np.zeros((50, 60, 3)))
    with pytest.raises(ValueError, match="colour picture"):
        read_cloud(tmp_path / "a.npy")
    np.savetxt(tmp_path / "a.csv", ring(), fmt="%d")
    assert holes(1 - read_cloud(tmp_path / "a.csv", kind="image").image) == (1, 1)


def test_gaps_in_arrays(tmp_path):
    X = CIRCLE.copy()
    X[3, 1] = np.nan
    np.save(tmp_path / "a.npy", X)
    with pytest.raises(ValueError, match="row 4 holds NaN"):
        read_cloud(tmp_path / "a.npy")
    found = read_cloud(tmp_path / "a.npy", missing="drop")
    np.testing.assert_array_equal(found.points, np.delete(CIRCLE, 3, axis=0))
    np.testing.assert_array_equal(read_cloud(tmp_path / "a.npy", columns=[1]).points, X[:, :1])


# Molecules and meshes ----------------------------------------------------------------------------


def test_a_molecule(tmp_path):
    path = tmp_path / "water.xyz"
    text = "3\nwater\nO 0.0 0.0 0.117\nH 0.0 0.757 -0.469\nH 0.0 -0.757 -0.469\n"
    path.write_text(text)
    found = read_cloud(path)
    np.testing.assert_array_equal(found.points[:, 2], [0.117, -0.469, -0.469])
    assert (found.columns, found.notes) == (["x", "y", "z"], [])
    path.write_text(text + text)
    assert read_cloud(path).points.shape == (3, 3)
    assert "later frames" in read_cloud(path).notes[0]
    path.write_text(text[:-30])
    with pytest.raises(ValueError, match="2 atoms, where its first line promises 3"):
        read_cloud(path)
    path.write_text(text.replace("0.757", "O.757"))
    with pytest.raises(ValueError, match=r"line 4: .* is no atom"):
        read_cloud(path)


def test_points_in_xyz_as_trimesh_writes_them(tmp_path):
    path = tmp_path / "a.xyz"
    points = np.random.default_rng(0).normal(size=(20, 3))
    trimesh.PointCloud(points, colors=np.tile([9, 8, 7, 255], (20, 1))).export(path)
    found = read_cloud(path)
    np.testing.assert_allclose(found.points, points, atol=1e-6)
    assert "left out: columns 4 to" in found.notes[-1]


def test_a_protein(tmp_path):
    def atom(name, alternative, residue, number, x, kind="ATOM"):
        return (
            f"{kind:6}{1:5} {name:^4}{alternative:1}{residue:3} A{number:4}    "
            f"{x:8.3f}{-100.5:8.3f}{2:8.3f}  1.00  0.00\n"
        )

    path = tmp_path / "a.pdb"
    path.write_text(
        "HEADER\nMODEL 1\n"
        + atom("N", "", "ALA", 1, 1)
        + atom("CA", "A", "ALA", 1, 2)
        + atom("CA", "B", "ALA", 1, 3)
        + atom("ZN", "", "ZN", 2, -999.5, "HETATM")
        + atom("O", "", "HOH", 3, 5, "HETATM")
        + "ENDMDL\nMODEL 2\n"
        + atom("N", "", "ALA", 1, 9)
        + "ENDMDL\n"
    )
    found = read_cloud(path)
    np.testing.assert_array_equal(found.points[:, 0], [1, 2, -999.5])  # columns may touch
    np.testing.assert_array_equal(found.points[:, 1:], [[-100.5, 2]] * 3)
    said = " ".join(found.notes)
    assert all(w in said for w in ("1 atom of water", "1 second place of", "1 later model"))
    path.write_text("ATOM      1  N   ALA A   1      11.104   6.1\n")
    with pytest.raises(ValueError, match="line 1: no three coordinates in columns 31 to 54"):
        read_cloud(path)
    path.write_text("HEADER\nEND\n")
    with pytest.raises(ValueError, match="holds no atoms"):
        read_cloud(path)


def sphere_files(folder):
    mesh = trimesh.creation.icosphere(subdivisions=1)
    for name in ("a.obj", "a.off", "a.ply", "a.stl"):
        mesh.export(folder / name)
    mesh.export(folder / "text.ply", encoding="ascii")
    mesh.export(folder / "text.stl", file_type="stl_ascii")


def test_off_and_open_surfaces(tmp_path):
    sphere_files(tmp_path)
    found = read_cloud(tmp_path / "a.off")
    assert (found.kind, found.notes) == ("mesh", [])
    assert found.vertices.shape == (42, 3) and found.faces.shape == (80, 3)
    (tmp_path / "points.off").write_text("OFF\n3 0 0\n0 0 0\n1 0 0\n0 1 0\n")
    assert read_cloud(tmp_path / "points.off").points.shape == (3, 3)
    lines = (tmp_path / "a.obj").read_text().splitlines()
    (tmp_path / "cut.obj").write_text("\n".join(lines[:-5]))
    assert "not closed" in read_cloud(tmp_path / "cut.obj").notes[0]


@pytest.mark.parametrize("name", ["a.off", "a.ply", "text.ply", "a.stl", "text.stl"])
def test_a_mesh_that_is_cut_off(tmp_path, name):
    sphere_files(tmp_path)
    data = (tmp_path / name).read_bytes()
    path = tmp_path / f"cut{name}"
    for n in np.linspace(1, len(data) - 12, 25).astype(int):
        path.write_bytes(data[:n])
        with pytest.raises(ValueError, match=path.name):
            read_cloud(path)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a.obj", "v 0 0 0\nv 1 0 0\nv 0 1 0\nf 1 2 9\n"),
        ("a.off", "OFF\n3 1 0\n0 0 0\n1 0 0\n0 1 0\n3 0 1 7\n"),
        ("a.off", "OFF\n4 1 0\n0 0 0\n1 0 0\n0 1 0\n3 0 1 2\n"),
        ("a.off", "OFF\n900000000000 1 0\n0 0 0\n1 0 0\n0 1 0\n3 0 1 2\n"),
        ("a.obj", "v 0 0 nan\nv 1 0 0\nv 0 1 0\nf 1 2 3\n"),
        (
            "a.ply",
            "ply\nformat ascii 1.0\nelement vertex 900000000000\nproperty float x\n"
            "property float y\nproperty float z\nend_header\n0 0 0\n",
        ),
        ("a.ply", "ply\nformat ascii 1.0\nelement vertex 3\n"),
    ],
)
def test_a_mesh_that_lies(tmp_path, name, text):
    (tmp_path / name).write_text(text)
    with pytest.raises(ValueError, match=name):
        read_cloud(tmp_path / name)


def test_a_damaged_mesh_raises_nothing_else(tmp_path):
    sphere_files(tmp_path)
    rng = np.random.default_rng(0)
    for name in ("a.ply", "text.ply", "a.stl", "a.off", "a.obj"):
        data = (tmp_path / name).read_bytes()
        for _ in range(25):
            other = bytearray(data)
            other[rng.integers(len(data))] ^= 1 << rng.integers(8)
            (tmp_path / name).write_bytes(other)
            try:
                found = read_cloud(tmp_path / name)
            except ValueError as error:
                assert name in str(error)
            else:
                assert np.isfinite(found.get("vertices", found.get("points"))).all()


@pytest.mark.parametrize("name", ["a.npy", "a.npz", "c.npz", "a.png", "a.jpg", "a.tif", "a.bmp"])
def test_other_files_that_are_cut_off(tmp_path, name):
    path = tmp_path / name
    if path.suffix == ".npy":
        np.save(path, CIRCLE)
    elif path.suffix == ".npz":
        (np.savez if name == "a.npz" else np.savez_compressed)(path, points=CIRCLE)
    else:
        Image.fromarray((255 * np.random.default_rng(0).random((40, 40))).astype(np.uint8)).save(
            path
        )
    data = path.read_bytes()
    for n in np.linspace(1, len(data) - 30, 25).astype(int):
        path.write_bytes(data[:n])
        with pytest.raises(ValueError, match=name):
            read_cloud(path)


def test_a_tif_that_promises_more_rows_than_it_holds(tmp_path):
    path = tmp_path / "a.tif"
    Image.new("L", (20, 24)).save(path)
    data = path.read_bytes()
    tag = struct.pack("<HHI", 257, 3, 1)
    if tag not in data:
        tag = struct.pack("<HHI", 257, 4, 1)
    at = data.index(tag) + 8
    path.write_bytes(data[:at] + struct.pack("<H", 24000) + data[at + 2 :])
    with pytest.raises(ValueError, match=r"a\.tif: cannot be read as an image"):
        read_cloud(path)


def test_a_npy_that_lies(tmp_path):
    path = tmp_path / "a.npy"
    np.save(path, np.zeros((12, 2)))
    path.write_bytes(path.read_bytes().replace(b"(12, 2)", b"(99, 2)"))
    with pytest.raises(ValueError, match=r"a\.npy: cannot be read"):
        read_cloud(path)


def test_options(tmp_path):
    (tmp_path / "a.csv").write_text("1,2\n3,4\n")
    with pytest.raises(ValueError, match=r"kind='points': give one of 'auto'"):
        read_cloud(tmp_path / "a.csv", kind="points")
    with pytest.raises(ValueError, match="missing='fill': give 'raise', 'drop' or 'keep'"):
        read_cloud(tmp_path / "a.csv", missing="fill")
    Image.new("L", (9, 9)).save(tmp_path / "a.png")
    with pytest.raises(ValueError, match=r"a \.png file has no columns"):
        read_cloud(tmp_path / "a.png", columns=["x"])
    with pytest.raises(ValueError, match=r"kind='cloud', but a \.png file can be 'image' only"):
        read_cloud(tmp_path / "a.png", kind="cloud")
    sphere_files(tmp_path)
    found = read_cloud(tmp_path / "a.off", kind="cloud")
    assert found.points.shape == (42, 3) and found.notes == []
    with pytest.raises(ValueError, match=r"kind='distances', but a \.stl file"):
        read_cloud(tmp_path / "a.stl", kind="distances")
    (tmp_path / "a.dipha").write_bytes(struct.pack("<qqq", 8067171840, 7, 30) + D.tobytes())
    with pytest.raises(ValueError, match=r"kind='image', but DIPHA says"):
        read_cloud(tmp_path / "a.dipha", kind="image")
    (tmp_path / "a.xlsx").write_bytes(b"PK")
    with pytest.raises(ValueError, match=r"save the sheet as \.csv"):
        read_cloud(tmp_path / "a.xlsx")
