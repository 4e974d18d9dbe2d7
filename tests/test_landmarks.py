"""Landmarks, their covering radius, and the bound that their diagrams carry."""

import numpy as np
import pytest
from scipy.spatial import cKDTree
from scipy.spatial.distance import cdist, pdist, squareform
from sklearn import config_context

from tda import (
    AlphaPersistence,
    BarFilter,
    Diagrams,
    DiagramScaler,
    DTMPersistence,
    EssentialPolicy,
    HoleFilter,
    RipsPersistence,
    alpha_diagram,
    count_holes,
    dtm_diagram,
    hole_significance,
    landmarks,
    rips_diagram,
)
from tda._kernels.farthest import farthest_points
from tda._kernels.farthest_tree import farthest_points_tree
from tda._landmarks import distortion
from tda.distances import bottleneck_distance
from tda.holes._null import null_p_values, null_quantile, thinning_groups


def clouds(n_clouds, seed):
    """Small clouds of many kinds: noise, curves, clusters, ties, strays."""
    rng = np.random.default_rng(seed)
    for i in range(n_clouds):
        n, d = int(rng.integers(20, 70)), 2 + i % 2
        X = rng.normal(size=(n, d)) if i % 3 else rng.random((n, d))
        if i % 5 == 0:  # a circle, more or less noisy
            angle = rng.uniform(0, 2 * np.pi, n)
            X = 0.1 * X
            X[:, :2] += np.column_stack([np.cos(angle), np.sin(angle)])
        if i % 7 == 0:
            X = np.round(4 * X) / 4  # ties and equal points
        if i % 11 == 0:
            X[: n // 10] *= 10
        yield X, int(rng.integers(1, n // 2))


@pytest.mark.parametrize("d", [1, 2, 3, 6])
def test_the_tree_chooses_as_the_plain_loop_does(d):
    rng = np.random.default_rng(d)
    X = rng.random((1500, d))
    X[:500] = np.round(8 * X[:500]) / 8  # ties, equal rows
    expected, reach = farthest_points(X, 200, 7)
    chosen, same = farthest_points_tree(X.copy(), 200, 7, 0.0)
    np.testing.assert_array_equal(chosen, expected[: len(chosen)])
    np.testing.assert_array_equal(same, reach[: len(chosen)])
    assert len(chosen) == 200 or same[-1] == 0


@pytest.mark.parametrize("metric", ["euclidean", "manhattan", "cosine", "precomputed"])
def test_landmarks_cover_and_keep_apart(metric):
    X = np.random.default_rng(0).random((300, 3)) + 0.1
    D = squareform(pdist(X, "cityblock" if metric == "manhattan" else "euclidean"))
    if metric == "cosine":  # chords between directions
        U = X / np.linalg.norm(X, axis=1, keepdims=True)
        D = squareform(pdist(U))
    marks = landmarks(D if metric == "precomputed" else X, n_points=40, metric=metric)
    near = D[marks.indices]
    assert near.min(axis=0).max() == pytest.approx(marks.covering_radius)
    between = near[:, marks.indices] + 9 * np.eye(40)
    assert between.min() >= marks.covering_radius * (1 - 1e-12)
    assert (np.diff(marks.reach) <= 0).all()
    for k in (1, 10, 39):
        assert near[:k].min(axis=0).max() == pytest.approx(marks.reach[k - 1])


def test_a_radius_ends_the_search():
    X = np.random.default_rng(0).random((500, 2))
    marks = landmarks(X, radius=0.2)
    assert marks.covering_radius <= 0.2 < marks.reach[-2]
    same = landmarks(squareform(pdist(X)), radius=0.2, metric="precomputed")
    assert same.covering_radius <= 0.2
    assert len(landmarks(X, n_points=3, radius=0.2)) == 3


def test_equal_points_are_chosen_once():
    marks = landmarks(np.repeat([[0.0, 0.0], [1.0, 1.0]], 5, axis=0), n_points=6)
    assert len(marks) == 2 and marks.covering_radius == 0
    one = landmarks([[1.0, 2.0, 3.0]], n_points=10)
    assert one.indices.tolist() == [0] and one.covering_radius == 0


def test_strays_are_left_out_if_asked():
    rng = np.random.default_rng(0)
    X = rng.random((2000, 3))
    X[::100] += 20 * rng.normal(size=(20, 3))
    plain, trimmed = landmarks(X, n_points=50), landmarks(X, n_points=50, trim=0.01)
    assert set(trimmed.left_out) == set(range(0, 2000, 100))
    assert trimmed.n_points == 1980
    assert not set(trimmed.indices) & set(trimmed.left_out)
    assert trimmed.covering_radius < plain.covering_radius
    D = squareform(pdist(X))
    assert set(landmarks(D, n_points=50, trim=0.01, metric="precomputed").left_out) == set(
        trimmed.left_out
    )


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({}, "n_points and radius are None"),
        ({"n_points": 0}, "n_points=0"),
        ({"n_points": 2.5}, "n_points=2.5"),
        ({"radius": -1.0}, "radius=-1.0"),
        ({"n_points": 3, "trim": 1.0}, "trim=1.0"),
    ],
)
def test_options_out_of_range_are_refused(options, message):
    with pytest.raises(ValueError, match=message):
        landmarks(np.eye(3), **options)


# -- the bound -------------------------------------------------------------------------------------

DIAGRAMS = {
    "rips": (lambda X, **o: rips_diagram(X, max_dimension=1, **o), 2.0),
    "alpha": (alpha_diagram, 1.0),
    "dtm": (lambda X, **o: dtm_diagram(X, mass=0.15, **o), np.sqrt(2.0)),
}


@pytest.mark.parametrize("kind", DIAGRAMS)
def test_the_bottleneck_distance_never_exceeds_the_bound(kind):
    compute, constant = DIAGRAMS[kind]
    for X, m in clouds(200, seed=sum(map(ord, kind))):
        whole, part = compute(X), compute(X, n_landmarks=m)
        radius = landmarks(X, n_points=m).covering_radius
        assert part.error_bound == pytest.approx(constant * radius)
        for k in range(whole.max_dimension + 1):
            distance = bottleneck_distance(whole[k], part[k])
            assert distance <= part.error_bound * (1 + 1e-9) + 1e-12


@pytest.mark.parametrize("kind", DIAGRAMS)
def test_bars_move_one_way(kind):
    """After a shift by half the bound, diagrams are within half the bound (`tda.landmarks`)."""
    compute, _ = DIAGRAMS[kind]
    for X, m in clouds(40, seed=1):
        whole, part = compute(X), compute(X, n_landmarks=m)
        half = part.error_bound / 2
        for k in range(whole.max_dimension + 1):
            distance = bottleneck_distance(whole[k], part[k] - half)
            assert distance <= half * (1 + 1e-9) + 1e-12


def test_the_bound_of_a_matrix_is_measured_and_needs_no_triangle_inequality():
    for X, m in clouds(60, seed=3):
        for D in (cdist(X, X), cdist(X, X, "sqeuclidean")):
            part = rips_diagram(D, metric="precomputed", n_landmarks=m)
            whole = rips_diagram(D, metric="precomputed")
            for k in (0, 1):
                distance = bottleneck_distance(whole[k], part[k])
                assert distance <= part.error_bound * (1 + 1e-9) + 1e-12
        marks = landmarks(cdist(X, X), n_points=m, metric="precomputed")
        measured = distortion(cdist(X, X), marks.indices)
        assert measured <= 2 * marks.covering_radius * (1 + 1e-9) + 1e-12


def test_a_square_of_a_metric_has_no_bound():
    with pytest.raises(ValueError, match="no triangle inequality"):
        rips_diagram(np.random.default_rng(0).random((20, 3)), metric="cosine", n_landmarks=5)
    with pytest.raises(ValueError, match="weights are for all points"):
        alpha_diagram(np.eye(3), weights=[0, 0, 1], n_landmarks=2)
    with pytest.raises(ValueError, match="n_landmarks=0"):
        rips_diagram(np.eye(3), n_landmarks=0)


def test_no_landmarks_no_error():
    X = np.random.default_rng(0).random((30, 2))
    for n_landmarks in (None, 30, 100):
        assert rips_diagram(X, n_landmarks=n_landmarks).error_bound == 0
        assert alpha_diagram(X, n_landmarks=n_landmarks) == alpha_diagram(X)


def test_simplices_hold_rows_of_the_cloud():
    X = np.random.default_rng(0).random((60, 2))
    rows = set(landmarks(X, n_points=20).indices)
    diagram = rips_diagram(X, n_landmarks=20, representatives=True)
    loop = np.flatnonzero(diagram.dims == 1)[0]
    u, v = diagram.birth_simplices[loop]
    assert np.linalg.norm(X[u] - X[v]) == pytest.approx(diagram.births[loop])
    assert set(diagram.birth_simplices[diagram.birth_simplices >= 0].tolist()) <= rows
    with_cocycles = rips_diagram(X, n_landmarks=20, cocycles=True)
    assert set(np.concatenate(with_cocycles.cocycles)[:, :2].ravel()) <= rows


# -- what diagrams do with their bounds ----------------------------------------------------------


def some_diagrams():
    rng = np.random.default_rng(0)
    X = [rng.random((n, 2)) for n in (30, 60, 90)]
    return AlphaPersistence(n_landmarks=30).fit_transform(X)


def test_transformers_give_each_sample_its_bound():
    rng = np.random.default_rng(0)
    X = [rng.random((n, 2)) for n in (30, 60, 90)]
    for transformer in (AlphaPersistence, RipsPersistence, DTMPersistence):
        diagrams = transformer(n_landmarks=30).fit_transform(X)
        assert diagrams.error_bounds[0] == 0 and (diagrams.error_bounds[1:] > 0).all()
        assert len(transformer(n_landmarks=30).plan(X)) == 3
        assert transformer().fit_transform(X).error_bounds is None


def test_bounds_are_sliced_joined_and_kept_in_files(tmp_path):
    diagrams = some_diagrams()
    bounds = diagrams.error_bounds
    assert diagrams[1].error_bound == bounds[1]
    assert diagrams[[2, 0]].error_bounds.tolist() == bounds[[2, 0]].tolist()
    assert Diagrams([*diagrams, *diagrams]).error_bounds.tolist() == [*bounds, *bounds]
    assert diagrams[1].finite().error_bound == bounds[1]
    diagrams.save(tmp_path / "d.npz")
    assert Diagrams.load(tmp_path / "d.npz").error_bounds.tolist() == bounds.tolist()
    frame = diagrams.to_frame()
    assert frame.groupby("sample").error_bound.first().tolist() == bounds.tolist()
    assert "error_bound" not in diagrams[:1].to_frame()[:0] or not diagrams[0].error_bound


def test_a_file_with_bounds_that_cannot_be_is_refused(tmp_path):
    diagrams = some_diagrams()
    diagrams.save(tmp_path / "d.npz")
    with np.load(tmp_path / "d.npz") as file:
        arrays = dict(file)
    for wrong in (np.zeros(2), np.full(3, -1.0), np.full(3, np.nan)):
        np.savez(tmp_path / "wrong.npz", **(arrays | {"error_bounds": wrong}))
        with pytest.raises(ValueError, match="error_bounds"):
            Diagrams.load(tmp_path / "wrong.npz")


def test_bounds_follow_the_scale_of_the_bars():
    diagrams = some_diagrams()
    scaled = DiagramScaler(scale=2.0).fit_transform(diagrams)
    np.testing.assert_allclose(scaled.error_bounds, diagrams.error_bounds / 2)
    dropped = EssentialPolicy().fit_transform(diagrams)
    np.testing.assert_array_equal(dropped.error_bounds, diagrams.error_bounds)


def test_filters_keep_what_is_certain():
    diagrams = some_diagrams()
    kept = BarFilter(certain=True).fit_transform(diagrams)
    for before, after in zip(diagrams, kept, strict=True):
        assert len(after) == (before.lifetimes > before.error_bound).sum()
    assert 0 < len(kept[2]) < len(diagrams[2])
    holes = HoleFilter(certain=True, level=0.9).fit_transform(diagrams)
    loops = holes[2][1]
    assert (loops[:, 1] - loops[:, 0] > holes[2].error_bound).all()
    assert len(loops) <= len(HoleFilter(level=0.9).fit_transform(diagrams)[2][1])


# -- in blocks -----------------------------------------------------------------------------------


def test_blocks_give_a_certified_radius(tmp_path):
    rng = np.random.default_rng(0)
    X = rng.random((40_000, 3))
    np.save(tmp_path / "X.npy", X)
    whole = landmarks(X, n_points=300)
    same = landmarks(tmp_path / "X.npy", n_points=300)  # fits
    np.testing.assert_array_equal(same.indices, whole.indices)
    with config_context(working_memory=1):
        blocks = landmarks(np.load(tmp_path / "X.npy", mmap_mode="r"), n_points=300)
        within = landmarks(tmp_path / "X.npy", radius=0.2)
    np.testing.assert_array_equal(blocks.points, X[blocks.indices])
    true = cKDTree(blocks.points).query(X)[0].max()
    assert blocks.covering_radius == pytest.approx(true, rel=1e-12)
    assert blocks.covering_radius < 1.3 * whole.covering_radius
    assert cKDTree(within.points).query(X)[0].max() <= 0.2


# -- what is noise among landmarks -----------------------------------------------------------------


def test_landmarks_are_held_to_the_noise_of_landmarks():
    of = {"complex": "alpha", "degree": 1, "dimension": 2, "n": 1000}
    ratio = np.array([2.2])
    alone, landmark = thinning_groups(1.0), thinning_groups(np.full(50, 100.0))
    plain = null_p_values(ratio, **of, thinning=alone)
    thinned = null_p_values(ratio, **of, thinning=landmark)
    assert thinned < 0.01 and plain > 0.5
    assert null_p_values(ratio, **of) == plain
    # Where half of the cloud is thin, its points are all landmarks.
    half = thinning_groups(np.repeat([1.0, 100.0], 500))
    assert half == ((0.5, 1.0), (0.5, pytest.approx(100.0)))
    assert thinned < null_p_values(ratio, **of, thinning=half) < plain
    for thinning in (alone, landmark, half):
        edge = null_quantile(0.05, **of, thinning=thinning)
        p_value = null_p_values(np.array([edge]), **of, thinning=thinning)
        assert p_value == pytest.approx(0.05, abs=0.003)


def test_noise_thinned_to_landmarks_has_few_false_holes_and_a_faint_hole_is_seen():
    rng = np.random.default_rng(0)
    counts = [count_holes(rng.random((4000, 2)), n_landmarks=250) for _ in range(40)]
    assert sum(count.betti != (1, 0) for count in counts) <= 5  # 2 of 40 are to be expected
    assert all(count.thinning[0][1] > 5 for count in counts)
    # A hole in the middle, not much wider than what independent points leave free.
    seen = 0
    for _ in range(10):
        X = rng.random((4000, 2))
        X = X[np.linalg.norm(X - 0.5, axis=1) > 0.09]
        count = count_holes(X, n_landmarks=250)
        seen += count.betti == (1, 1)
        (best,) = [hole for hole in count.candidates if hole.degree == 1][:1]
        (careful, *_) = hole_significance(count.diagram, n_tests=2)
        assert best.p_value <= careful.p_value
    assert seen >= 8


def test_a_thinning_that_is_no_number_is_refused():
    diagram = alpha_diagram(np.random.default_rng(0).random((30, 2)))
    for wrong in (0.0, [1.0, np.nan], []):
        with pytest.raises(ValueError, match="thinning="):
            hole_significance(diagram, thinning=wrong)


def test_a_count_says_what_landmarks_may_miss():
    rng = np.random.default_rng(0)
    angle = rng.uniform(0, 2 * np.pi, 2000)
    X = np.column_stack([np.cos(angle), np.sin(angle)]) + 0.02 * rng.normal(size=(2000, 2))
    X[:20] = 4 * rng.random((20, 2)) - 2
    count = count_holes(X, n_landmarks=200, trim=0.01)
    assert count.betti == (1, 1) and count.n_left_out == 20
    assert count.error_bound == pytest.approx(count.covering_radius)
    assert "left out as strays" in str(count) and "there for certain" in str(count)
    assert count.to_dict()["error_bound"] == count.error_bound
    D = squareform(pdist(X))
    of_matrix = count_holes(D, metric="precomputed", n_landmarks=200, trim=0.01)
    assert of_matrix.betti == (1, 1) and of_matrix.n_left_out == 20
    assert 0 < of_matrix.error_bound <= 2 * of_matrix.covering_radius * (1 + 1e-9)
    assert count_holes(X[:500]).error_bound == 0
    with pytest.raises(ValueError, match="trim=1"):
        count_holes(X, trim=1)


def test_the_band_is_drawn():
    from tda.plot import plot_barcode, plot_diagram

    diagram = some_diagrams()[2]
    labels = plot_diagram(diagram).get_legend_handles_labels()[1]
    assert f"error bound {diagram.error_bound:.2g}" in labels
    assert not any("bound" in text for text in plot_diagram(some_diagrams()[0])
                   .get_legend_handles_labels()[1])  # fmt: skip
    plot_barcode(diagram)


def test_landmarks_print_in_a_line():
    X = np.arange(9.0)[:, None]
    assert repr(landmarks(X, n_points=2)) == "Landmarks(2 of 9 points, covering radius 4)"
