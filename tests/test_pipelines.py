"""Every story runs, tells numbers that are right, and draws."""

import ast
import io
import json
import subprocess
import sys
import warnings
from contextlib import redirect_stdout
from importlib import import_module
from pathlib import Path

import numpy as np
import pytest
from scipy.spatial.distance import pdist
from sklearn.base import clone
from sklearn.exceptions import ConvergenceWarning
from sklearn.model_selection import cross_val_score
from sklearn.pipeline import make_pipeline
from sklearn.tree import DecisionTreeClassifier

from tda.datasets import (
    load_digits_images,
    load_sunspots,
    make_annulus,
    make_circle,
    make_disk,
    make_figure_eight,
)

FOLDER = Path(__file__).parents[1] / "pipelines"
STORIES = (
    "cluster",
    "mug_and_doughnut",
    "convolutional_network",
    "count_holes",
    "curse",
    "digits",
    "faces",
    "graphs",
    "image_patches",
    "large",
    "loss_landscape",
    "mapper",
    "network_geometry",
    "network_topology",
    "orbits",
    "output_manifold",
    "series",
    "shapes",
    "squiggle",
    "sunspots",
    "swiss_roll",
    "tangent_kernel",
    "topological_autoencoder",
    "universal_approximation",
    "zigzag",
)


@pytest.fixture
def story(monkeypatch):
    """Import a story as it is when run: with its own folder on the path."""
    monkeypatch.syspath_prepend(str(FOLDER))
    return import_module


def check_files(out, *names):
    """Numbers that JSON keeps as they are, and pictures with something on them."""
    from matplotlib.image import imread

    for name in names:
        picture = imread(out / f"{name}.png")
        assert min(picture.shape[:2]) > 300
        assert picture[..., :3].std() > 0.01
    assert sorted(path.stem for path in out.glob("*.png")) == sorted(names)
    return json.loads((out / "numbers.json").read_text())


def compute(module, *arguments):
    """What a story finds; nothing is printed or drawn."""
    with redirect_stdout(io.StringIO()) as said:
        numbers = module.compute(module.parse([*map(str, arguments)]))
    assert not said.getvalue()
    return numbers


def show(module, numbers, out, *names):
    """Print and draw what a story found; the numbers as they were written."""
    module.tell(numbers)
    module.draw(numbers, out)
    return check_files(out, *names)


@pytest.mark.parametrize("name", STORIES)
def test_main_computes_tells_and_draws(story, tmp_path, monkeypatch, name):
    module, done = story(name), []
    found = {"seed": 7}
    monkeypatch.setattr(module, "compute", lambda args: done.append(args.seed) or found)
    monkeypatch.setattr(module, "tell", done.append)
    monkeypatch.setattr(module, "draw", lambda *given: done.append(given))
    files = ["a.csv"] if name == "count_holes" else []
    assert module.main([*files, "--seed", "7", "--out", str(tmp_path)]) is found
    assert done == [7, found, (found, tmp_path)]


@pytest.mark.parametrize("name", ["_common", *STORIES])
def test_functions_of_stories_are_short(name):
    for node in ast.walk(ast.parse((FOLDER / f"{name}.py").read_text(encoding="utf-8"))):
        if isinstance(node, ast.FunctionDef):
            assert node.end_lineno - node.lineno < 100, node.name


def test_mug_and_doughnut(story, tmp_path, capsys):
    module = story("mug_and_doughnut")
    numbers = compute(module, "--quick")
    written = show(module, numbers, tmp_path, "mug_and_doughnut", "surfaces", "meshes")
    assert numbers["verdict"]["holds"] and written["verdict"]["holds"]
    betti = {
        (row["shape"], row["as"]): (row["betti"], row["expected"])
        for row in written["shapes"]
        if row["source"] == "formula"
    }
    assert betti["mug", "solid"] == betti["doughnut", "solid"] == ([1, 1, 0], [1, 1, 0])
    assert betti["mug", "surface"] == betti["doughnut", "surface"] == ([1, 2, 1], [1, 2, 1])
    # The wall of the mesh's mug is too thin for 5,000 points, and the story says so.
    assert {(hole["shape"], hole["degree"]) for hole in numbers["too_few_points"]} == {
        ("mug", 1),
        ("mug", 2),
    }
    assert all(hole["points_needed"] > 5000 for hole in numbers["too_few_points"])
    assert "the claim holds" in capsys.readouterr().out


def test_cluster(story, tmp_path, capsys):
    module = story("cluster")
    numbers = compute(module, "--quick", "--kill")
    written = show(module, numbers, tmp_path, "loops")
    assert numbers["same_as_here"] and written["correct"] >= 0.9
    assert numbers["killed"] == 1 and sum(map(sum, numbers["loops"].values())) == 40
    assert "are the same as without" in capsys.readouterr().out


def test_the_verdict_can_fail(story):
    module = story("mug_and_doughnut")

    def row(shape, betti):
        count = type("Count", (), {"betti": betti})
        return {"shape": shape, "as": "solid", "source": "formula", "noise": 0.0, "count": count}

    betti = {
        "ball": (1, 0, 0),
        "mug": (1, 1, 0),
        "doughnut": (1, 1, 0),
        "two-holed doughnut": (1, 2, 0),
    }
    assert module.judge([row(*item) for item in betti.items()])["holds"]
    for wrong in ({"mug": (1, 2, 0)}, {"ball": (1, 1, 0)}, {"two-holed doughnut": (1, 1, 0)}):
        assert not module.judge([row(*item) for item in (betti | wrong).items()])["holds"]


FILES = {
    "eight.csv": ([1, 2], []),
    "circle.npy": ([1, 1], []),
    "circle.npz": ([1, 1], ["--max-dimension", "1"]),
    "table.csv": ([1, 1], ["--columns", "x,3"]),
}


@pytest.mark.parametrize("name", FILES)
def test_count_holes_of_points(story, tmp_path, name):
    betti, more = FILES[name]
    path = tmp_path / name
    circle = make_circle(100, noise=0.03, random_state=0).points
    if name == "eight.csv":
        np.savetxt(path, make_figure_eight(200, random_state=0).points, delimiter=",")
    elif name == "table.csv":
        table = np.column_stack([circle[:, 0], np.arange(100), circle[:, 1]])
        np.savetxt(path, table, delimiter=",", header="x,when,y", comments="")
    elif name == "circle.npy":
        np.save(path, np.column_stack([circle, 0.01 * circle[::-1], circle[:, :1] ** 2]))
    else:
        np.savez(path, points=circle)
    module = story("count_holes")
    numbers = compute(module, path, *more)
    assert numbers["betti"] == betti
    if name in ("eight.csv", "circle.npy"):  # of two coordinates, and of more
        written = show(module, numbers, tmp_path / "out", "diagram", "barcode", "cloud")
        assert written["betti"] == betti


def test_count_holes_of_a_mesh(story, tmp_path):
    mesh = FOLDER.parent / "data" / "nut.ply"
    out = tmp_path / "out"
    arguments = [str(mesh), "--solid", "--n-points", "800", "--out", str(out)]
    assert story("count_holes").main(arguments)["betti"] == [1, 1, 0]
    check_files(out, "diagram", "barcode", "cloud")


@pytest.mark.parametrize(
    ("region", "betti"), [("dark", [2, 2]), ("bright", [3, 2])], ids=["dark", "bright"]
)
def test_count_holes_of_an_image(story, tmp_path, region, betti):
    from matplotlib.image import imsave

    row, column = np.mgrid[:60, :60]
    image = np.where(abs(np.hypot(row - 20, column - 20) - 10) < 3, 0.1, 1.0)
    image[45:55, 10:50] = 0.2
    image[48:52, 20:25] = 0.9
    imsave(tmp_path / "rings.png", np.repeat(image[:, :, None], 3, axis=2))
    module = story("count_holes")
    numbers = compute(module, tmp_path / "rings.png", "--region", region)
    assert numbers["betti"] == betti
    assert 0.2 < numbers["threshold"] < 0.9
    show(module, numbers, tmp_path / "out", "image", "diagram")
    # A threshold on a pixel's own value: the region with it, and the rest.
    at = compute(module, tmp_path / "rings.png", "--threshold", 0.05)
    assert at["betti"] == [0, 0]


def test_count_holes_says_what_it_leaves_out(story, tmp_path, capsys):
    circle = make_circle(80, noise=0.03, random_state=0).points
    rows = [f"{k};{'ab'[k % 2]};{x};{1000 * y}" for k, (x, y) in enumerate(circle)]
    text = "\n".join([";kind;x;y", *rows, "80;a;NA;5"]).replace(".", ",")
    (tmp_path / "a.csv").write_text(text)
    module, path = story("count_holes"), tmp_path / "a.csv"
    with pytest.raises(SystemExit):
        module.main([str(path), "--out", str(tmp_path / "out")])
    assert "line 82: 'x' has no number" in capsys.readouterr().err
    numbers = compute(module, path, "--drop-missing")
    module.tell(numbers)
    said = capsys.readouterr().out
    for words in ("'kind', which holds words", "column 1, which only numbers", "1 of 81 rows"):
        assert f"note: left out: {words}" in said
    assert (
        "'y' makes up 100% of the spread" in said and "80 points with 2 coordinates: x, y" in said
    )
    assert len(numbers["file_notes"]) == 5
    numbers = compute(module, path, "--drop-missing", "--scale")
    module.tell(numbers)
    assert numbers["betti"] == [1, 1]
    assert "spread" not in capsys.readouterr().out


def test_count_holes_of_distances(story, tmp_path, capsys):
    from scipy.spatial.distance import pdist, squareform

    D = squareform(pdist(make_circle(60, noise=0.03, random_state=0).points))
    text = "\n".join(",".join(map(str, row[:k])) for k, row in enumerate(D))
    (tmp_path / "half.txt").write_text(text)
    module = story("count_holes")
    numbers = compute(module, tmp_path / "half.txt")
    assert (numbers["kind"], numbers["betti"]) == ("distances", [1, 1])
    show(module, numbers, tmp_path / "out", "diagram", "barcode")


def test_count_holes_of_a_volume(story, tmp_path, capsys):
    from PIL import Image

    place = np.mgrid[:20, :20, :20] - 9.5
    shell = abs(np.linalg.norm(place, axis=0) - 6) < 2
    pages = [Image.fromarray(plane) for plane in np.where(shell, -30, 500).astype(np.int32)]
    pages[0].save(tmp_path / "a.tif", save_all=True, append_images=pages[1:])
    module = story("count_holes")
    numbers = compute(module, tmp_path / "a.tif")
    assert (numbers["kind"], numbers["betti"]) == ("volume", [1, 0, 1])
    show(module, numbers, tmp_path / "out", "image", "diagram")
    assert "1 component, 0 tunnels and 1 cavity" in capsys.readouterr().out
    assert numbers["by_contrast"][-1]["cavities"] == 1


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("gone.csv", None, "no such file"),
        ("short.csv", "a,b\n1,2\n3\n", "line 3"),
        ("words.csv", "a,b\nx,y\n", "numbers"),
        ("broken.png", "no image", "image"),
        ("what.docx", "1 2 3", "extension"),
    ],
)
def test_count_holes_says_what_is_wrong_in_one_line(story, tmp_path, capsys, name, text, said):
    if text is not None:
        (tmp_path / name).write_text(text)
    with pytest.raises(SystemExit) as stopped:
        story("count_holes").main([str(tmp_path / name), "--out", str(tmp_path / "out")])
    message = capsys.readouterr().err
    assert stopped.value.code == 2
    assert said in message and message.count("\n") == 1
    assert not (tmp_path / "out").exists()


def test_digits(story, tmp_path):
    module = story("digits")
    numbers = compute(module, "--quick", "--no-map")
    written = show(module, numbers, tmp_path, "floods", "filtrations", "confusion", "misread")
    assert 0.8 < numbers["accuracy"] <= 1
    assert numbers["accuracy_of_others"]["two numbers: components, loops"] < 0.5
    assert numbers["accuracy"] > max(numbers["accuracy_of_one_kind"].values()) - 0.02
    assert len(numbers["penalty_by_fold"]) == 5
    assert written["accuracy"] == pytest.approx(numbers["accuracy"], rel=1e-5)
    assert np.sum(written["confusion"]) == written["n_digits"] == 400


def test_digits_see_topology_only(story):
    module = story("digits")
    digits = load_digits_images()
    options = {"ink_levels": [0.5], "radii": [2]}
    features = module.build_features(n_directions=2, centers=[(0.5, 0.5)], **options)
    columns = features.fit_transform(digits.images[:40])
    # Nothing is learned: what a digit gives does not depend on the others.
    np.testing.assert_array_equal(columns[7:9], features.fit_transform(digits.images[7:9]))
    # Each column of a Betti curve is a whole number.
    counts = columns[:, 4 * 64 :]
    np.testing.assert_array_equal(counts, np.round(counts))


def test_digits_pipeline_is_cross_validated(story):
    pipeline = story("digits").build_pipeline(n_directions=2, centers=[], ink_levels=[0.5])
    digits = load_digits_images()
    scores = cross_val_score(clone(pipeline), digits.images[:240], digits.target[:240], cv=3)
    assert scores.mean() > 0.5


def test_shapes(story, tmp_path):
    module = story("shapes")
    numbers = compute(module, "--quick")
    written = show(module, numbers, tmp_path, "shapes", "noise", "confusion")
    topology, coordinates = (numbers["accuracy"][name] for name in ("topology", "coordinates"))
    for test in ("as in training", "turned", "any size", "noise 0.02"):
        assert topology[test] >= 0.85
    assert coordinates["as in training"] >= 0.85
    assert coordinates["turned"] < 0.65  # as grids change under rotation
    left = numbers["left_from_right"]
    assert left["topology"] < 0.8 and left["coordinates"] > 0.9
    assert np.sum(written["confusion_all_at_once"]) == 10 * numbers["n_test"]
    assert [row[0] for row in written["search"]] == [0, 1, 2]


def test_graphs(story, tmp_path, capsys):
    module = story("graphs")
    numbers = compute(module, "--quick")
    written = show(module, numbers, tmp_path, "families", "accuracy")
    families, rewired = (
        {name: np.mean(shares) for name, shares in numbers[key].items()}
        for key in ("families", "rewired")
    )
    assert families["topology"] > 0.8 > families["degrees"] - 0.1
    # Twins have the same degrees, so that a forest gives both the same answer.
    assert rewired["degrees"] == 0.5
    assert np.sum(numbers["confusion"]) == 60
    apart = written["atlas_apart"]
    assert written["atlas_graphs"] == 112  # connected graphs of six vertices
    assert apart["degrees"] < apart["topology: degree"] < apart["topology: heat, short"] == 112
    assert "have a description of their own" in capsys.readouterr().out


def test_zigzag(story, tmp_path):
    """The loop of the ring that opens ends early, that of the other lives to the end."""
    module = story("zigzag")
    numbers = compute(module, "--steps", 8, "--points", 150)
    written = show(module, numbers, tmp_path, "zigzag")
    opens, stays, disk = (written["loops"][name] for name in ("opens", "stays", "disk"))
    assert opens["longest"][0] == 0 and opens["longest"][1] <= 5
    assert stays["longest"] == [0, 7.5]
    assert max(opens["second"], stays["second"]) <= 1.5
    assert disk["longest"] is None or np.diff(disk["longest"]) <= 1.5


def test_graphs_are_as_told(story):
    import networkx as nx

    module = story("graphs")
    for name, make in module.FAMILIES.items():
        G = make(40, 0)
        assert len(G) == 40, name
        assert 0.7 < 2 * G.number_of_edges() / 40 / module.MEAN_DEGREE < 1.3, name
    # Two graphs that the labels of Weisfeiler and Lehman cannot tell apart.
    ring, rings = nx.cycle_graph(6), nx.disjoint_union(nx.cycle_graph(3), nx.cycle_graph(3))
    one, other = module.weisfeiler_lehman([ring, rings], rounds=6)
    assert one == other
    assert module.pairs_of(ring, "closeness") == module.pairs_of(rings, "closeness") == ()


def test_changes_of_shapes_keep_what_they_should(story):
    module = story("shapes")
    rng = np.random.default_rng(0)
    points = module.sample("mug", 100, rng)
    pairs = pdist(points)
    assert pairs.mean() == pytest.approx(1)
    np.testing.assert_allclose(pdist(module.turn(points, rng)), pairs, atol=1e-9)
    turned = points - module.turn(points, rng)
    assert np.abs(turned).max() > 0.1
    for change, left in ((module.break_off, 90), (module.thin, 90)):
        share = 0.1 if change is module.break_off else 0.9
        assert change(points, rng, share).shape == (left, 3)
    # A histogram of distances does not see a rotation, and a grid of coordinates does.
    other = module.turn(points, rng)
    same = module.distance_histogram([points, other])
    np.testing.assert_allclose(same[0], same[1], atol=0.05)
    grid = module.occupancy([points, other])
    assert grid.sum(axis=1) == pytest.approx(1, abs=0.05)
    assert np.abs(grid[0] - grid[1]).sum() > 0.2


def test_the_betti_numbers_of_the_gallery(story):
    module = story("shapes")
    for name in module.MESHES:
        assert module.mesh_of(name).betti == module.BETTI[name]
    for name, make in module.FORMULAS.items():
        if name != "figure eight":
            assert make(50, random_state=0).betti == module.BETTI[name]


def test_image_patches(story, tmp_path):
    module = story("image_patches")
    numbers = compute(module, "--quick")
    written = show(module, numbers, tmp_path, "primary_circle", "three_circles", "klein_bottle")
    betti = {
        name: tuple(count[field]["betti"] for field in ("Z/2", "Z/3"))
        for name, count in written["counts"].items()
    }
    assert betti["primary circle"] == ([1, 1], [1, 1])
    assert betti["three circles"] == ([1, 5], [1, 5])
    assert betti["Klein bottle, formula"] == ([1, 2, 1], [1, 1, 0])
    assert betti["Klein bottle, patches"] == ([1, 2, 1], [1, 1, 0])
    assert max(written["counts"]["primary circle"]["Z/2"]["p_values"][0]) < 0.01
    assert numbers["circular_correlation"] > 0.85
    assert min(numbers["circular_correlation_three"].values()) > 0.9
    near, by_chance = numbers["near_the_bottle"], numbers["random_near_the_bottle"]
    assert near["share"] > 10 * by_chance["share"]
    assert near["median"] < 0.7 * by_chance["median"]


def test_patches_on_the_sphere(story):
    module = story("image_patches")
    gram = module.BASIS @ module.CONTRAST_FORM @ module.BASIS.T
    np.testing.assert_allclose(gram, np.eye(8), atol=1e-12)
    patches = np.random.default_rng(0).random((20, 9))
    points, contrast = module.on_the_sphere(patches)
    np.testing.assert_allclose(np.linalg.norm(points, axis=1), 1)
    # Neither a lighter print nor a harder one changes the point.
    np.testing.assert_allclose(module.on_the_sphere(3 * patches + 7)[0], points)
    centred = patches - patches.mean(axis=1, keepdims=True)
    np.testing.assert_allclose(contrast[:, None] * points @ module.BASIS, centred, atol=1e-12)
    square = patches.reshape(-1, 3, 3)
    by_hand = sum((np.diff(square, axis=axis) ** 2).sum(axis=(1, 2)) for axis in (1, 2))
    np.testing.assert_allclose(contrast**2, by_hand)
    # The square's sides are glued, one pair of them with a flip.
    direction, line = np.random.default_rng(1).uniform(0, 2 * np.pi, (2, 20))
    flipped = module.bottle_points(direction + np.pi, -line)
    np.testing.assert_allclose(flipped, module.bottle_points(direction, line), atol=1e-12)


def test_squiggle(story, tmp_path):
    module = story("squiggle")
    numbers = compute(module, "--quick")
    written = show(module, numbers, tmp_path, "squiggle")
    assert round(written["chosen"]["dimension"]) == 1
    assert written["chosen"]["isomap"] > 0.999 > 0.9 > written["chosen"]["pca"]
    clean, noisy, lost = numbers["levels"]
    assert round(clean["dimension"]) == 1 and clean["noise_found"] == 0
    assert clean["length"] == pytest.approx(numbers["spacing"] * numbers["n_points"], rel=0.05)
    assert noisy["curve"][0] > 50  # the nearest neighbours see nothing but noise
    assert noisy["noise_found"] / np.sqrt(2) == pytest.approx(0.005 * np.sqrt(1000), rel=0.1)
    assert lost["plateau"] is None and "399 dimensions, and these look like" in lost["verdict"]


def test_faces(story, tmp_path):
    module = story("faces")
    numbers = compute(module, "--quick")
    written = show(module, numbers, tmp_path, "dimension", "map")
    sets = written["sets"]
    assert set(sets) == {"faces", "background", "same spectrum", "noise"}
    # Faces are far below noise of the same size, whose dimensions are as many as can be seen.
    assert 3 * sets["faces"]["dimension"] < sets["noise"]["dimension"] == 99
    assert sets["noise"]["is_crowded"] and not sets["faces"]["is_crowded"]
    assert all(row["dimension"] <= numbers["n_images"] - 1 for row in sets.values())
    assert sets["faces"]["contrast"] > 3 * sets["noise"]["contrast"]
    assert sets["faces"]["n_components"] < sets["noise"]["n_components"]
    assert 0.5 < numbers["map"]["trustworthiness"] <= 1


def test_new_phases_keep_the_spectrum(story):
    module = story("faces")
    images = np.random.default_rng(0).normal(size=(3, 25, 25)).cumsum(axis=1)
    other = module.with_new_phases(images, np.random.default_rng(1))
    np.testing.assert_allclose(np.abs(np.fft.fft2(other)), np.abs(np.fft.fft2(images)), rtol=1e-6)
    assert np.abs(other - images).max() > 1


def test_mapper(story, tmp_path):
    module = story("mapper")
    numbers = compute(module, "--quick")
    written = show(module, numbers, tmp_path, "plane_and_graph", "arms", "clusters")
    assert written["mapper"]["share_of_commonest"] > 0.85
    assert written["boxes"]["share_of_commonest"] < 0.75
    assert 0.6 < written["mapper"]["share_of_images_in_nodes"] <= 1
    assert all(0 < arm["p_value"] <= 1 and arm["from"] < arm["to"] for arm in written["arms"])
    clusters = written["clusters"]
    assert 7 <= clusters["n"] <= 12 and clusters["agreement"] > 0.6
    assert len(clusters["digits"]) == len(clusters["p_values"]) == clusters["n"]
    assert (tmp_path / "mapper.html").stat().st_size > 10_000


def test_sunspots(story, tmp_path):
    module = story("sunspots")
    numbers = compute(module, "--quick")
    written = show(module, numbers, tmp_path, "series", "cycle")
    assert written["betti"] == [1, 1]
    assert numbers["p_value"] < 0.05
    assert numbers["p_value_red_noise"] == pytest.approx(0.1)  # 1 in 10, the least it can be
    assert 10 < numbers["period"] < 12
    assert 10 < numbers["period_spectrum"] < 12
    assert sum(choice["loops"] == 1 for choice in numbers["sensitivity"]) >= 8
    assert story("_common").as_written(compute(module, "--quick")) == written


def test_series(story, tmp_path):
    module = story("series")
    numbers = compute(module, "--quick")
    written = show(module, numbers, tmp_path, "period", "heart")
    assert written["p_value"] == 0.05  # 1 in 20, the least it can be
    assert 10 < written["period"] < 12
    assert written["n_beats"] == 3
    (a, b), (c, d) = written["odd_window"], written["flutter"]
    assert min(b, d) - max(a, c) > (d - c) / 2
    assert written["oddness_over_next"] > 1.3


def test_a_series_of_ones_own_may_have_gaps(story, tmp_path):
    module = story("series")
    t = np.arange(0, 60, 0.5)
    rows = np.column_stack([t, np.sin(2 * np.pi * t / 6)])[np.arange(120) % 50 != 7]
    np.savetxt(tmp_path / "own.csv", rows, delimiter=",", header="time,value", comments="")
    numbers = compute(module, "--quick", "--file", tmp_path / "own.csv")
    show(module, numbers, tmp_path / "out", "period")
    assert numbers["period"] == pytest.approx(6, rel=0.02) and numbers["p_value"] == 0.05


def test_curse(story, tmp_path):
    module = story("curse")
    numbers = compute(module, "--quick")
    written = show(module, numbers, tmp_path, "curse", "hubs", "bias", "architectures")
    for kind in ("cube", "Gaussian"):
        rows = [row for row in written["by_dimension"] if row["kind"] == kind]
        contrast, hubs, right = (
            [row[name] for row in rows] for name in ("contrast", "hubness", "accuracy")
        )
        assert (np.diff(contrast) < 0).all() and contrast[0] > 50 * contrast[-1]
        assert (np.diff(hubs) > 0).all() and hubs[-1] > 2
        assert right[0] > 0.93 and right[-1] < 0.7
    # The dimension of the data, not that of its space, is what counts.
    sheet = [row for row in written["by_dimension"] if row["kind"] == "curved sheet"]
    assert sheet[-1]["coordinates"] == 500
    for row in sheet:
        assert row["intrinsic_dimension"] == pytest.approx(3, abs=0.4)
        assert row["contrast"] > 8 and row["hubness"] < 1 and row["accuracy"] > 0.9
    for report in numbers["real"].values():  # of few dimensions against noise
        assert report["contrast"]["value"] > 3 * report["contrast"]["high"]
        assert report["contrast"]["p_value"] == pytest.approx(0.05)
        assert "less than in noise" in report["verdict"]
    assert numbers["hubs"]["digits"]["most"] < numbers["hubs"]["noise"]["most"] / 3
    (circle,) = numbers["inductive_bias"].values()
    assert set(circle["n_loops"]) == {1}
    kinds = {row["name"]: row for row in circle["rows"]}
    assert kinds["loops"]["gain"] > 0.03 and kinds["loops"]["p_value"] < 0.05
    right = {
        (row["architecture"], row["task"], row["labels"]): row["accuracy"]
        for row in written["architectures"]["rows"]
    }
    dense, mean = "dense", "convolutions, mean of pixels"
    assert right[dense, "as they are", 40] > right[dense, "as they are", 10] > 0.2
    # The mean over the image hardly sees that digits moved.
    assert right[mean, "moved", 40] > right[dense, "moved", 40] + 0.1
    lost = {a: right[a, "as they are", 40] - right[a, "moved", 40] for a in (dense, mean)}
    assert lost[mean] < lost[dense] / 2


def test_moved_images_leave_blanks(story):
    image = np.arange(1.0, 10).reshape(3, 3)
    moved = story("curse").move(image, 1, -1, 0.0)
    assert moved.tolist() == [[0, 0, 0], [2, 3, 0], [5, 6, 0]]
    assert (story("curse").move(image, 0, 0, 0.0) == image).all()


def test_volumes_of_balls_in_their_cubes(story):
    share_of_ball = story("curse").share_of_ball
    known = {1: 1.0, 2: np.pi / 4, 3: np.pi / 6, 4: np.pi**2 / 32}
    for d, share in known.items():
        assert share_of_ball(d) == pytest.approx(share)


def test_curse_pipeline_is_cross_validated(story):
    points, first = story("curse").sample("curved sheet", 100, 300, np.random.default_rng(0))
    pipeline = clone(story("curse").build_pipeline())
    assert cross_val_score(pipeline, points, first > 0.5, cv=3).mean() > 0.9


def test_swiss_roll(story, tmp_path):
    module = story("swiss_roll")
    numbers = compute(module, "--quick")
    written = show(module, numbers, tmp_path, "roll", "dimension", "maps", "linked_circles")
    assert numbers["rounded"] == 2 and numbers["interval"][0] < 2.3
    # Noise of deviation s in each of D coordinates parts two points by s * sqrt(2 D).
    assert numbers["noise_radius"] == pytest.approx(0.3 * np.sqrt(40), rel=0.05)
    counted = written["dimensions"]
    assert counted["the roll under noise"]["TwoNN"] > 6
    assert counted["the roll, no noise"]["IntrinsicDimension"] == pytest.approx(2, abs=0.15)
    assert round(counted["noise alone"]["IntrinsicDimension"]) in range(18, 23)
    maps = numbers["maps"]
    assert maps["Isomap"]["distances"] > 0.99 and maps["landmark Isomap"]["distances"] > 0.99
    assert maps["PCA"]["distances"] < 0.5
    assert maps["PCA"]["neighbors"] < maps["Isomap"]["neighbors"]
    for name, row in maps.items():  # the report knows the truth without having seen it
        assert row["report"]["spearman_geodesic"] == pytest.approx(row["distances"], abs=0.05)
        assert row["report"]["is_faithful"] or name == "PCA"
    on_links = numbers["linked_circles"]["t-SNE"]
    assert on_links["trustworthiness"] > 0.99 and on_links["continuity"] > 0.99
    assert not on_links["is_faithful"] and on_links["lost"][1] >= 1


def test_the_sheet_is_that_of_the_roll(story):
    module = story("swiss_roll")
    clean, sheet = module.make_roll(800, 3, noise=0.0)
    roll, same = module.make_roll(800, 3)
    np.testing.assert_array_equal(sheet, same)
    # Lengths near by are those of the sheet, as rolling does not stretch it, in any space.
    on_sheet, in_space = pdist(sheet), pdist(clean)
    near = on_sheet < 1
    np.testing.assert_allclose(in_space[near], on_sheet[near], rtol=0.02)
    assert (in_space <= on_sheet + 1e-9).all()
    assert np.std(roll - clean) == pytest.approx(module.NOISE, rel=0.02)


def test_pipelines_of_clouds_and_series(story):
    disks = [make_disk(80, random_state=k) for k in range(6)]
    rings = [make_annulus(80, inner=0.8, random_state=k) for k in range(6)]
    kinds = np.repeat([0, 1], 6)
    for name in ("mug_and_doughnut", "count_holes"):
        counter = clone(story(name).build_pipeline())
        counter.set_params(max_dimension=1)
        model = make_pipeline(counter, DecisionTreeClassifier(random_state=0))
        clouds = [shape.points for shape in disks + rings]
        assert cross_val_score(model, clouds, kinds, cv=3).mean() > 0.9

    rng = np.random.default_rng(0)
    sun = load_sunspots().series
    shuffled = [rng.permutation(sun) for _ in range(4)]
    series = [sun[k : k + 250] for k in (0, 20, 40, 59)] + shuffled
    model = make_pipeline(
        clone(story("sunspots").build_pipeline()), DecisionTreeClassifier(random_state=0)
    )
    assert cross_val_score(model, series, np.repeat([0, 1], 4), cv=2).mean() > 0.9


def test_orbits(story, tmp_path, capsys):
    module = story("orbits")
    numbers = compute(module, "--quick")
    written = show(module, numbers, tmp_path, "orbits", "diagrams", "confusion")
    assert written["accuracy"] == pytest.approx(numbers["accuracy"], rel=1e-5)
    # By chance 20% would be right; the whole study has more than ten times as many orbits.
    assert numbers["accuracy"] > 0.6
    assert np.sum(numbers["confusion"]) == 2 * 90
    others = numbers["accuracy_of_others"]
    assert set(module.RIVALS) == set(others) and others[module.FULL] == numbers["accuracy"]
    assert others[module.ALPHA] == numbers["accuracy_of_alpha"] > 0.5
    said = capsys.readouterr().out
    assert "published" in said and "learned from 3,500 orbits, these from 210" in said


def test_orbits_follow_the_map_and_features_know_no_coordinates(story):
    module = story("orbits")
    orbits, target = module.make_orbits(2, 60, seed=3)
    assert orbits.shape == (10, 60, 2) and target.tolist() == sorted([*range(5)] * 2)
    for orbit, r in zip(orbits, np.array(module.RATES)[target], strict=True):
        x, y = orbit[:-1].T
        ahead = (x + r * y * (1 - y)) % 1
        np.testing.assert_allclose(orbit[1:, 0], ahead, atol=1e-12)
        np.testing.assert_allclose(orbit[1:, 1], (y + r * ahead * (1 - ahead)) % 1, atol=1e-12)
    features = module.build_features()
    columns = features.fit_transform(list(orbits))
    # Neither the order of the steps nor a turn of the torus by a right angle is seen.
    turned = np.random.default_rng(0).permutation(orbits[:, :, ::-1], axis=1)
    np.testing.assert_allclose(features.transform(list(turned)), columns, rtol=1e-6, atol=1e-9)


def test_network_topology(story, tmp_path, capsys):
    module = story("network_topology")
    numbers = compute(module, "--quick", "--only", "linked tori")
    written = show(module, numbers, tmp_path, "depth", "layers_linked_tori")
    task = written["tasks"]["linked tori"]
    assert task["class_betti"] == [[1, 1, 0], [1, 1, 0]]
    relu, tanh = task["networks"]
    for network in (relu, tanh):
        assert network["is_well_trained"] and network["excess"][0] == 2
        assert network["betti"][-1] == [[1, 0, 0], [1, 0, 0]]
        assert network["silhouette"][-1] > 0.6 > network["silhouette"][0]
    assert relu["half_at"] < tanh["half_at"]
    assert numbers["verdict"]["relu_is_sooner"] == {"linked tori": True}
    assert "ReLU leaves less to undo than tanh" in capsys.readouterr().out


def test_the_story_of_networks_can_end_otherwise(story):
    module = story("network_topology")
    row = {"half_at": 2.0, "done_at": 4.0, "share_left": 0.4}
    tasks = {
        "sooner": {"means": {"relu": row, "tanh": row | {"share_left": 0.5}}},
        "later": {"means": {"relu": row, "tanh": row | {"share_left": 0.3}}},
        "not learnt": {"means": {"relu": row}},
    }
    verdict = module.judge(tasks)
    assert verdict["relu_is_sooner"] == {"sooner": True, "later": False, "not learnt": None}
    assert "in 1 of 3 tasks" in verdict["says"]
    flat = module.flat(np.arange(5.0)[:, None])
    np.testing.assert_allclose(abs(flat), [[2, 0], [1, 0], [0, 0], [1, 0], [2, 0]], atol=1e-6)


def test_output_manifold(story, tmp_path, capsys):
    module = story("output_manifold")
    numbers = compute(module, "--quick")
    written = show(module, numbers, tmp_path, "digits", "torus")
    narrow, wide = written["torus"]["widths"]["1"], written["torus"]["widths"]["3"]
    assert narrow["is_warned"] and {stall["degree"] for stall in narrow["stalls"]} >= {1}
    assert narrow["betti"][1:] == [0, 0] and narrow["losses"][-1] < 0.7 * narrow["losses"][0]
    assert not wide["is_warned"] and wide["betti"][:2] == written["torus"]["betti"][:2] == [1, 2]
    assert wide["distances"]["1"][-1] < 0.5 < 0.8 < narrow["distances"]["1"][-1]
    assert round(narrow["dimensions"][-1]) == 1 and round(wide["dimensions"][-1]) == 2
    narrow, wide = (numbers["digits"]["widths"][width] for width in (8, 32))
    assert 1 in [stall["degree"] for stall in narrow["stalls"]] and not wide["is_warned"]
    assert wide["losses"][-1] < 0.5 * narrow["losses"][-1]
    assert wide["distances"]["0"][-1] < 0.4 and narrow["distances"]["0"][-1] > 0.6
    assert wide["distances"]["1"][-1] < 0.8 and narrow["distances"]["1"][-1] > 0.95
    assert wide["dimensions"][-1] > narrow["dimensions"][-1] + 0.5
    assert capsys.readouterr().out.count("Early warning") == 2


def test_topological_autoencoder(story, tmp_path, capsys):
    pytest.importorskip("torch")
    module = story("topological_autoencoder")
    numbers = compute(module, "--quick")
    written = show(module, numbers, tmp_path, "digits", "torus")
    names = ["topological autoencoder", "plain autoencoder"]
    shaped, plain = (written["torus"][name] for name in names)
    assert shaped["trustworthiness"] > plain["trustworthiness"]
    assert shaped["given_back"] > 0.5
    for methods in (written["torus"], written["digits"]):
        assert all(0 < row["continuity"] <= 1 for row in methods.values())
        assert {f"{name}, output" for name in names} <= set(methods)
    said = capsys.readouterr().out
    assert said.count("aithful: ") == 6 and "t-SNE" in said


def test_the_torus_in_many_dimensions_and_digits_kept_apart(story):
    module = story("output_manifold")
    torus, turn = module.make_high_torus(50, 0)
    assert torus.shape == (50, 20)
    np.testing.assert_allclose(pdist(torus @ turn), pdist(torus))
    images, held_out, target, labels = module.split_digits(0)
    assert (len(images), len(held_out)) == (1197, 600) == (len(target), len(labels))
    assert images.min() == 0 and images.max() == held_out.max() == 1
    whole = np.vstack([images, held_out])
    assert len(np.unique(whole, axis=0)) == len(whole)  # none is in both
    fitted = clone(module.build_pipeline(width=2)).set_params(mlpregressor__max_iter=1)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        assert fitted.fit(images, images).predict(held_out).shape == held_out.shape


def test_convolutional_network(story, tmp_path):
    pytest.importorskip("torch")
    module = story("convolutional_network")
    numbers = compute(module, "--quick")
    written = show(module, numbers, tmp_path, "layers", "alike", "landscape_and_metric")
    assert written["accuracy"] > 0.85
    silhouette = written["report"]["silhouette"]
    assert silhouette[-1] > silhouette[0] + 0.1
    assert all(silhouette[-1] > other[-1] + 0.1 for other in written["report"]["untrained"])
    assert written["seeds"]["same_layer"][0] == pytest.approx(1)
    assert 1 <= written["tangents"]["kept"][-1] <= written["tangents"]["dimension"]
    assert written["metric"]["correlation"] > 0.3
    assert written["kernel"]["trained"] > written["kernel"]["untrained"] - 0.02


def test_network_geometry(story, tmp_path, capsys):
    module = story("network_geometry")
    numbers = compute(module, "--quick")
    figures = ("globe", "latent", "paths", "classifier", "circles")
    written = show(module, numbers, tmp_path, *figures)
    globe = written["globe"]
    assert globe["length"] == pytest.approx(globe["great_circle"], rel=1e-4)
    assert globe["north"] == pytest.approx(globe["great_circle_north"], abs=0.1)
    assert globe["radius"] == pytest.approx(6371, rel=1e-5)
    learned = numbers["autoencoder"]
    assert learned["explained"] > 0.3
    assert learned["volume_between"] > learned["volume_within"]
    for ways in numbers["paths"].values():
        assert ways["geodesic"]["length"] <= ways["straight line"]["length"] * (1 + 1e-3)
    rows = numbers["classifier"]
    assert rows["before training"]["ratio"] < 1.2 < 2 < rows["after training"]["ratio"]
    assert "radius by the curvature" in capsys.readouterr().out
    circles = {(row["changed"], row["value"]): row for row in written["circles"]}
    # Networks of width 100 and more are as long as those of infinite width.
    for (changed, value), row in circles.items():
        if changed != "width" and (changed, value) != ("depth", 8):
            assert row["length"] == pytest.approx(row["predicted"], rel=0.15)
    assert circles["activation", "identity"]["turns"] == pytest.approx(1, abs=1e-6)
    by_weights = [circles["weight variance", w]["turns"] for w in (0.5, 2.0, 8.0)]
    assert np.diff(by_weights).min() > 0.2
    wide = written["wide"]
    assert wide["lost"] == 1 and wide["lost_along"] < 0.05 and wide["accuracy"] > 0.9
    straight, pixels, network = wide["paths"].values()
    assert straight["length"] < network["length"] <= pixels["length"] * 1.01
    assert pixels["from_digits"] < straight["from_digits"]


def test_turns_of_a_polygon_and_even_steps(story):
    module = story("network_geometry")
    angles = np.linspace(0, 2 * np.pi, 41)
    assert module.count_turns(np.diff(module.circle(angles), axis=0)) == pytest.approx(1)
    corner = np.array([[0.0, 0.0], [1.0, 0.0], [1.0, 3.0]])
    even = module.even_steps(corner, 5)
    assert even.tolist() == [[0, 0], [1, 0], [1, 1], [1, 2], [1, 3]]


def test_an_unsure_decoder_has_its_slope(story):
    from tda.networks import random_network

    rng = np.random.default_rng(0)
    decoder = random_network(2, [8], 5, activation="tanh", random_state=0)
    unsure = story("network_geometry").UnsureDecoder(decoder, rng.normal(size=(200, 2)), 0.7)
    X, step = rng.normal(size=(6, 2)), 1e-6
    slopes = [(unsure(X + step * e) - unsure(X - step * e)) / (2 * step) for e in np.eye(2)]
    np.testing.assert_allclose(unsure.jacobian(X), np.stack(slopes, axis=2), rtol=1e-6, atol=1e-7)


def test_loss_landscape(story, tmp_path):
    module = story("loss_landscape")
    numbers = compute(module, "--quick")
    written = show(module, numbers, tmp_path, "edge", "landscape", "natural", "cost")
    by_cost = written["by_cost"]
    assert by_cost["lbfgs"] < by_cost["gradient"] and by_cost["adam"] < by_cost["gradient"]
    start, end = written["spectra"].values()
    assert end["largest"] > start["largest"] and start["trace"] > 0
    (edge,) = written["edge"].values()
    assert edge["sharpness"][0] < 7
    # Sharpness swings around 2/step, which bounds where gradient descent can stay.
    assert edge["over_edge"] == pytest.approx(1, abs=0.15)
    assert numbers["path_seen"]["path"] > 0.9 > 0.2 > numbers["path_seen"]["filter"]
    for case in numbers["natural"].values():
        assert case["last_loss"]["natural"] < case["last_loss"]["plain"]
    steps = numbers["natural"]["valley"]["steps"]
    assert steps["natural"] < 6 < 50 < steps["plain"]


def test_universal_approximation(story, tmp_path):
    module = story("universal_approximation")
    numbers = compute(module, "--quick")
    written = show(module, numbers, tmp_path, "line", "fits", "dimensions", "depth")
    curves = {(row["name"], row["dimensions"], row["method"]): row for row in written["curves"]}
    smooth = curves["gaussian", 1, "adaptive"]
    assert smooth["l2"]["proved"] == "2" and smooth["l2"]["standard_errors_from_theory"] < 2
    # No more than the least error of as many segments, and far below a usual optimiser's.
    on_a_line = numbers["smooth_on_a_line"]
    assert (on_a_line["error_over_best_possible"] < 1.05).all()
    assert on_a_line["usual_optimiser"][-1] > 5 * smooth["errors_l2"][-1]
    rates = [curves[name, 1, "random"]["l2"]["exponent"] for name in ("gaussian", "clipped", "cut")]
    assert rates[0] > rates[1] > rates[2] > 0
    assert curves["cut", 1, "adaptive"]["limited_by_points"]
    depth = numbers["depth"]
    assert depth["deep_error"].max() < 1e-12
    assert (depth["shallow_error"] >= depth["shallow_bound"]).all()


def test_regressors_of_one_hidden_layer_are_cross_validated(story):
    rng = np.random.default_rng(0)
    X = rng.uniform(-1, 1, (200, 2))
    y = np.exp(-(X**2).sum(axis=1))
    waves = clone(story("universal_approximation").build_pipeline())
    assert cross_val_score(waves, X, y, cv=3).mean() > 0.98
    network = clone(story("loss_landscape").build_pipeline(hidden_layer_sizes=(8,)))
    assert cross_val_score(network, X, y, cv=3).mean() > 0.98


def test_tangent_kernel(story, tmp_path, capsys):
    module = story("tangent_kernel")
    numbers = compute(module, "--quick")
    figures = ("classifiers", "spectrum", "widths", "steps", "initializations")
    written = show(module, numbers, tmp_path, *figures)
    # Infinite networks beside a small forest, on the same folds of 177 rows or more, where a share
    # p of right answers has a standard error of √(p(1 - p)/177): the forest may be ahead by two.
    for scores in written["accuracy"].values():
        assert min(scores["NTKClassifier"], scores["SVC, tangent kernel"]) > 0.9
        forest = scores["random forest"]
        assert scores["NTKClassifier"] > forest - 2 * np.sqrt(forest * (1 - forest) / 177)
    narrow, *_, wide = numbers["by_width"]
    assert wide["gap"] < 0.2 < 0.5 < narrow["gap"]
    assert wide["kernel_error"] < narrow["kernel_error"] / 4
    assert wide["accuracy_predicted"] == pytest.approx(wide["accuracy"], abs=0.02)
    for row in numbers["around_the_largest_step"]:
        assert row["diverges"] == (row["share"] > 1)
        assert row["peak"] == 1 or row["share"] > 1
    assert numbers["around_the_largest_step"][-1]["peak"] > 1e10
    assert "where the kernel is smaller and the step" in capsys.readouterr().out


#: Runs each file as `python FILE --help`, in one process, since loading takes longest.
def test_large(story, tmp_path):
    """The file is larger than the memory, and strays do not spoil the count."""
    numbers = story("large").main(
        ["--out", str(tmp_path), "--points", "30000", "--memory", "0.5", "--landmarks", "900"]
    )
    assert numbers["file_megabytes"] > numbers["memory"]
    assert abs(numbers["dimension"] - 2) < 0.3 and numbers["n_left_out"] == 90
    assert numbers["betti"]["without strays"] == (1, 2, 1)
    assert numbers["error_bound"]["without strays"] < numbers["error_bound"]["all points"]
    check_files(tmp_path, "landmarks", "diagram")


HELP = """
import contextlib, io, json, runpy, sys
said = {}
for path in sys.argv[1:]:
    sys.argv = [path, "--help"]
    sys.path.insert(0, path.rpartition("/")[0])
    with contextlib.redirect_stdout(io.StringIO()) as out:
        try:
            runpy.run_path(path, run_name="__main__")
        except SystemExit as end:
            said[path] = end.code, out.getvalue()
print(json.dumps(said))
"""


@pytest.fixture(scope="module")
def help_texts(tmp_path_factory):
    paths = {name: (FOLDER / f"{name}.py").as_posix() for name in STORIES}
    done = subprocess.run(
        [sys.executable, "-c", HELP, *paths.values()],
        capture_output=True,
        text=True,
        cwd=tmp_path_factory.mktemp("elsewhere"),
    )
    assert done.returncode == 0 and not done.stderr, done.stderr
    said = json.loads(done.stdout)
    return {name: said[path] for name, path in paths.items()}


@pytest.mark.parametrize("name", STORIES)
def test_help(name, help_texts):
    """From any folder, and without a word of Python."""
    code, text = help_texts[name]
    assert not code
    assert "--out" in text and "--seed" in text
