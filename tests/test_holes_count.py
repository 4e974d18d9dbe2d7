"""`count_holes` on shapes whose Betti numbers are known, its notes, and its errors."""

import json

import numpy as np
import pytest
from scipy.spatial.distance import pdist, squareform

from tda import HoleCounter, count_holes, datasets


@pytest.mark.parametrize(
    ("make", "n", "options"),
    [
        (datasets.make_circle, 300, {}),
        (datasets.make_circle, 300, {"noise": 0.1}),
        (datasets.make_annulus, 300, {}),
        (datasets.make_disk, 300, {}),
        (datasets.make_ball, 500, {}),
        (datasets.make_figure_eight, 300, {}),
        (datasets.make_linked_circles, 300, {}),
        (datasets.make_blobs, 300, {"n_blobs": 4}),
        (datasets.make_sphere, 1000, {}),
        (datasets.make_trefoil_knot, 400, {}),
        (datasets.make_swiss_roll, 2000, {}),
        (datasets.make_squiggle, 300, {}),
        (datasets.make_flat_torus, 800, {}),
        (datasets.make_solid_torus, 2000, {}),
        (datasets.make_torus, 5000, {"noise": 0.06}),
        (datasets.make_solid_mug, 2000, {}),
        (datasets.make_mug, 5000, {}),
        (datasets.make_double_torus, 5000, {}),
    ],
)
def test_betti_numbers_of_known_shapes(make, n, options):
    shape = make(n, random_state=1, **options)
    count = count_holes(shape)
    assert count.betti == shape.betti[: len(count.betti)]


@pytest.mark.parametrize("field", [2, 3])
def test_klein_bottle_shows_its_torsion(field):
    bottle = datasets.make_klein_bottle(1000, random_state=0)
    count = count_holes(bottle, max_dimension=2, field=field)
    assert count.betti == bottle.betti_over(field)
    assert bottle.betti_over(2) != bottle.betti_over(3)


def test_scale_rotation_and_place_change_nothing():
    rng = np.random.default_rng(0)
    X = datasets.make_annulus(200, random_state=0).points
    turn, _ = np.linalg.qr(rng.standard_normal((2, 2)))
    moved = count_holes(1e-3 * X @ turn + [5, -7])
    here = count_holes(X)
    assert moved.betti == here.betti
    assert moved.holes[0].p_value == pytest.approx(here.holes[0].p_value)
    assert moved.holes[0].ratio == pytest.approx(here.holes[0].ratio, rel=1e-6)


def test_points_that_span_a_plane_are_counted_in_it():
    flat = datasets.make_annulus(200, random_state=0)
    lifted = datasets.make_annulus(200, ambient_dimension=40, random_state=0)
    a, b = count_holes(flat), count_holes(lifted)
    assert b.complex == "alpha"
    assert b.points.shape == (200, 2)
    assert a.betti == b.betti
    assert a.holes[0].ratio == pytest.approx(b.holes[0].ratio)


def test_copies_of_points_change_nothing():
    X = datasets.make_annulus(200, random_state=0).points
    once, twice = count_holes(X), count_holes(np.concatenate([X, X]))
    assert twice.n_points == 200
    assert twice.holes == once.holes


def test_outliers_are_no_components():
    rng = np.random.default_rng(0)
    X = np.concatenate(
        [datasets.make_annulus(300, random_state=0).points, rng.uniform(-6, 6, (4, 2))]
    )
    assert count_holes(X).betti == (1, 1)


def test_distance_matrix_gives_what_its_points_give():
    X = datasets.make_circle(150, noise=0.05, random_state=0).points
    a = count_holes(X, complex="rips")
    b = count_holes(squareform(pdist(X)), metric="precomputed")
    assert (a.betti, b.complex) == (b.betti, "rips")
    assert [h.death for h in a.holes] == pytest.approx([h.death for h in b.holes])
    manhattan = count_holes(X, metric="manhattan")
    same = count_holes(squareform(pdist(X, "cityblock")), metric="precomputed")
    assert manhattan.holes == same.holes
    with pytest.raises(ValueError, match="no points to draw"):
        b.cycle(b.holes[0])


def test_large_clouds_are_thinned_and_say_so():
    X = datasets.make_circle(3000, ambient_dimension=20, noise=0.01, random_state=0)
    count = count_holes(X)
    assert count.betti == (1, 1)
    assert (count.n_points, count.n_landmarks, len(count.points)) == (3000, 2000, 2000)
    assert 0 < count.covering_radius < 0.1
    assert any("2,000 of 3,000 points" in note for note in count.notes)
    fewer = count_holes(X, n_landmarks=100)
    assert fewer.n_landmarks == 100
    assert fewer.covering_radius > count.covering_radius


def test_landmarks_move_a_bar_by_no_more_than_stability_allows():
    # Bottleneck distance <= Hausdorff distance for alpha (Cohen-Steiner, Edelsbrunner, Harer).
    X = datasets.make_annulus(2000, random_state=0)
    full, thin = count_holes(X), count_holes(X, n_landmarks=200)
    assert abs(full.holes[0].death - thin.holes[0].death) <= thin.covering_radius + 1e-12


def test_too_few_points_say_so_instead_of_a_silent_zero():
    count = count_holes(datasets.make_circle(8, random_state=0))
    assert count.betti == (1, 0)
    assert any("too few to see a loop" in note for note in count.notes)
    assert any("too few to detect components" in note for note in count.notes)


def test_points_needed_come_true():
    # The void of a thinly sampled doughnut: not seen, and seen with twice the points asked for.
    seen = []
    for seed in range(10):
        count = count_holes(datasets.make_torus(200, random_state=seed))
        assert count.betti[2] == 0
        needed = count.points_needed(2)
        assert 200 < needed < 1000
        more = count_holes(datasets.make_torus(2 * needed, random_state=seed + 50))
        seen.append(more.betti[2] == 1)
    assert np.mean(seen) >= 0.8


def test_points_needed_of_a_significant_hole_are_those_it_has():
    count = count_holes(datasets.make_circle(100, random_state=0))
    assert count.points_needed(1) == 100
    assert count.points_needed(1, rank=99) is None


def test_parts_at_infinite_distance_are_components():
    X = np.random.default_rng(0).random((120, 2))
    D = squareform(pdist(X))
    D[:60, 60:] = D[60:, :60] = np.inf
    count = count_holes(D, metric="precomputed")
    assert count.betti[0] == 2
    assert np.isinf(count.holes[0].death)


def test_four_points_prove_no_loop():
    assert count_holes([[0, 0], [0, 1], [1, 0], [1, 1]]).betti == (1, 0)


@pytest.mark.parametrize(
    "options",
    [
        {"level": 1e-6},
        {"method": "bootstrap", "n_resamples": 20},
        {"method": "density", "n_resamples": 20},
    ],
)
def test_a_level_that_no_p_value_can_reach_is_refused(options):
    with pytest.raises(ValueError, match=r"is below .*, the least p-value"):
        count_holes(datasets.make_circle(50, random_state=0), **options)


def test_a_component_of_a_thinned_cloud_cannot_be_drawn():
    count = count_holes(datasets.make_blobs(900, random_state=0), n_landmarks=100)
    with pytest.raises(ValueError, match="no bar of the thinned diagram"):
        count.cycle(count.holes[0])


def test_lattice_is_warned_of():
    grid = np.stack(np.meshgrid(np.arange(12.0), np.arange(12.0)), axis=-1).reshape(-1, 2)
    assert any("lattice" in note for note in count_holes(grid).notes)
    noise = np.random.default_rng(0).random((144, 2))
    assert not any("lattice" in note for note in count_holes(noise).notes)


@pytest.mark.parametrize("method", ["gumbel", "bootstrap"])
def test_other_methods_see_a_clear_loop(method):
    X = datasets.make_circle(120, noise=0.05, random_state=0)
    count = count_holes(X, method=method, complex="rips", n_resamples=60, random_state=0)
    assert count.betti == (1, 1)
    assert count.method == method
    assert count.thresholds == {}


def test_bootstrap_is_reproducible_and_careful():
    X = datasets.make_uniform(100, random_state=0)
    options = {"method": "bootstrap", "n_resamples": 40, "random_state": 3}
    first, second = count_holes(X, **options), count_holes(X, **options)
    assert first.candidates == second.candidates
    assert first.betti == (1, 0)


def test_thresholds_are_where_significance_begins():
    count = count_holes(datasets.make_torus(1500, random_state=0))
    for hole in count.candidates:
        if hole.degree == 2:  # loops are judged by their cycles too
            assert (hole.ratio >= count.thresholds[hole.degree]) == (hole.p_value <= 0.05)


def test_holes_point_at_their_bars():
    count = count_holes(datasets.make_linked_circles(300, random_state=0))
    assert sorted(hole.degree for hole in count.holes) == [0, 1, 1]
    for hole in count.holes:
        assert count.diagram.dims[hole.bar] == hole.degree
        assert count.diagram.deaths[hole.bar] == pytest.approx(hole.death)


@pytest.mark.parametrize("complex", ["alpha", "rips"])
def test_cycle_goes_around_the_hole(complex):
    count = count_holes(datasets.make_annulus(150, random_state=0), complex=complex)
    loop = next(hole for hole in count.holes if hole.degree == 1)
    x, y = count.points[count.cycle(loop)].T
    turns = np.diff(np.unwrap(np.arctan2(y, x), period=2 * np.pi), append=np.nan)[:-1]
    closing = np.angle(np.exp(1j * (np.arctan2(y[0], x[0]) - np.arctan2(y[-1], x[-1]))))
    winding = (turns.sum() + closing) / (2 * np.pi)
    assert abs(winding) == pytest.approx(1)


@pytest.mark.parametrize(
    ("X", "betti"),
    [
        (np.zeros((1, 2)), (1, 0)),
        (np.ones((40, 2)), (1, 0)),
        (np.array([[0.0, 0.0], [1.0, 1.0]]), (1, 0)),
        (np.random.default_rng(0).random((30, 1)), (1,)),
        (np.column_stack([np.random.default_rng(0).random(50)] * 3), (1,)),
        (np.zeros((5, 7)), (1,)),
    ],
    ids=["one point", "all equal", "two points", "line", "line in space", "all equal in R^7"],
)
def test_degenerate_clouds_have_an_answer(X, betti):
    assert count_holes(X).betti == betti


def test_result_reads_and_writes():
    count = count_holes(datasets.make_annulus(300, random_state=0))
    assert count.verdict == "1 component and 1 loop, at level 0.05."
    assert "p-value" in str(count)
    assert "corrected for all bars and 2 degrees" in str(count)
    back = json.loads(json.dumps(count.to_dict()))
    assert back["betti"] == [1, 1]
    assert back["holes"][0]["degree"] == 1


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"max_dimension": 3}, "max_dimension=3; it must be 0, 1, 2"),
        ({"complex": "cech"}, "complex='cech'; it must be"),
        ({"level": 1.5}, "level=1.5, but it lies"),
        ({"method": "magic"}, "method='magic'; it must be"),
        ({"n_landmarks": 0}, "n_landmarks=0, but at least one"),
        ({"n_landmarks": "few"}, "n_landmarks='few'; it must be"),
        ({"n_resamples": 0}, "n_resamples=0; it must be"),
        ({"dimension": 0}, "dimension=0; it must be a positive"),
        ({"dimension": None}, "dimension=None; it must be a positive number or 'auto'"),
        ({"field": 4}, "field=4 is not prime"),
        ({"complex": "alpha", "metric": "manhattan"}, "needs Euclidean coordinates"),
    ],
)
def test_bad_options_are_named(options, message):
    with pytest.raises(ValueError, match=message):
        count_holes(np.random.default_rng(0).random((20, 2)), **options)


@pytest.mark.parametrize(
    ("X", "message"),
    [
        (np.full((5, 2), np.nan), "holds NaN"),
        (np.zeros((0, 2)), "is empty"),
        (np.zeros(5), "a cloud is"),
        (np.zeros((2, 3, 2)), "for many clouds a transformer such as"),
    ],
)
def test_bad_clouds_are_named(X, message):
    with pytest.raises(ValueError, match=message):
        count_holes(X)


def test_alpha_in_many_dimensions_is_refused():
    with pytest.raises(ValueError, match="up to three dimensions and the cloud spans 6"):
        count_holes(np.random.default_rng(0).random((30, 6)), complex="alpha")


def test_counter_gives_the_counts_of_each_cloud():
    shapes = [
        datasets.make_disk(200, random_state=0),
        datasets.make_annulus(250, random_state=0),
        datasets.make_sphere(500, random_state=0),
    ]
    counter = HoleCounter(n_jobs=2).fit(shapes)
    table = counter.transform(shapes)
    assert table.dtype == np.int64
    assert table.tolist() == [[1, 0, 0], [1, 1, 0], [1, 0, 1]]
    assert [c.betti for c in counter.count(shapes)] == [tuple(row) for row in table.tolist()]
    assert counter.get_feature_names_out().tolist() == ["betti_0", "betti_1", "betti_2"]


def test_the_cycle_of_a_component_is_its_members():
    rng = np.random.default_rng(0)
    middles = np.array([[0, 0], [20, 0], [0, 30]])
    labels = np.repeat([0, 1, 2], [60, 50, 40])
    X = middles[labels] + rng.normal(size=(150, 2))
    for complex in ("alpha", "rips"):
        count = count_holes(X, complex=complex)
        assert count.betti == (3, 0)
        found = [count.cycle(hole) for hole in count.holes]
        blobs = [np.flatnonzero(labels == label) for label in range(3)]
        # One of the three is the eldest.
        assert sum(any(np.array_equal(f, b) for b in blobs) for f in found) == 2
        assert not set(found[0]) & set(found[1])


def test_components_that_are_alike_have_bars_and_members_of_their_own():
    blob = np.random.default_rng(0).normal(size=(40, 2))
    places = 16.0 * np.array([[i, j] for i in range(3) for j in range(2)])
    count = count_holes(np.concatenate([blob + place for place in places]))
    components = [hole for hole in count.holes if hole.degree == 0]
    assert count.betti[0] == 6 and len({hole.bar for hole in components}) == 5
    members = {frozenset(count.cycle(hole).tolist()) for hole in components}
    assert len(members) == 5 and all(len(m) == 40 for m in members)
    assert sum(map(len, members)) == len(frozenset.union(*members))


@pytest.mark.parametrize("far", [1e9, 1e16, -1e20, 1e100])
def test_a_row_far_out_takes_no_hole_away(far):
    X = datasets.make_annulus(200, random_state=0).points
    alone = count_holes(X)
    flat = np.column_stack([np.vstack([[far, 0], X]), np.full((201, 3), 2.5)])
    turned = np.vstack([[far, 0, 0, 0], np.column_stack([X, X])])
    for Y in (np.vstack([[far, 0], X]), flat, turned):
        count = count_holes(Y)
        assert count.betti == alone.betti == (1, 1)
    assert count_holes(flat).holes[-1].ratio == pytest.approx(alone.holes[-1].ratio, rel=1e-6)


def test_neighbours_in_many_dimensions_are_those_of_the_moved_cloud():
    """Squares about the origin lose what 1e8 leaves of a cloud; and a row far out its mean."""
    X = np.rint(np.random.default_rng(0).normal(size=(80, 25)) * 2**20) / 2**20
    here = count_holes(X, max_dimension=1).dimension
    assert count_holes(X + 2.0**27, max_dimension=1).dimension == pytest.approx(here, rel=1e-6)
    far = np.vstack([X, np.full(25, 1e16)])
    assert count_holes(far, max_dimension=1).dimension == pytest.approx(here, rel=0.05)


@pytest.mark.parametrize("how", ["birth", "tight"])
@pytest.mark.parametrize("complex", ["alpha", "rips"])
def test_a_loop_of_landmarks_goes_around_once(complex, how):
    cloud = datasets.make_annulus(3000, random_state=0)
    count = count_holes(cloud, complex=complex, n_landmarks=150)
    assert count.error_bound > 0 and len(count.points) == 150
    loop = next(hole for hole in count.holes if hole.degree == 1)
    x, y = count.points[count.cycle(loop, how=how)].T
    angles = np.arctan2(y, x)
    steps = np.angle(np.exp(1j * np.diff(angles, append=angles[:1])))
    assert abs(steps.sum()) == pytest.approx(2 * np.pi)
    assert count.diagram.error_bound == count.error_bound
    with pytest.raises(ValueError, match=r"one of count\.holes"):
        count.cycle("loop")


def test_rows_in_the_order_of_time_are_told_from_rows_sorted_by_group():
    def is_noted(X):
        count = count_holes(X, max_dimension=0)
        assert count.betti[0] > 1
        return any("as of a path in time" in note for note in count.notes)

    for seed in range(5):
        rng = np.random.default_rng(seed)
        groups = [rng.normal(size=(n, 2)) + far for n, far in ((60, 0), (80, 15), (40, 40))]
        assert not is_noted(np.concatenate(groups))
        # A path that lingers at three places, each step a tenth of how far it strays there.
        paths = []
        for group in groups:
            noise, x = rng.normal(size=(400, 2)), np.zeros((400, 2))
            for t in range(1, 400):
                x[t] = 0.98 * x[t - 1] + 0.1 * noise[t]
            paths.append(x + group.mean(axis=0))
        assert is_noted(np.concatenate(paths))


def test_a_swinging_column_is_told_from_pieces_of_a_line():
    def is_noted(x):
        count = count_holes(x[:, None])
        assert count.betti[0] > 1
        return any("as chance leaves it" in note for note in count.notes)

    assert is_noted(np.sin(np.arange(300) / 5))
    for seed in range(10):
        rng = np.random.default_rng(seed)
        x = np.cos(rng.uniform(0, 2 * np.pi, 300))
        if count_holes(x[:, None]).betti[0] > 1:
            assert is_noted(x)
        pieces = np.concatenate([rng.normal(size=150), rng.normal(size=80) + 15])
        assert not is_noted(pieces)
        assert not is_noted(np.concatenate([rng.random(150), rng.random(150) + 2]))


@pytest.mark.parametrize("seed", range(4))
def test_gaps_between_components_close_no_loop(seed):
    """Twelve disks leave room between four of them; the way around it leads over their gaps."""
    shape = datasets.make_nested_disks(3000, n_disks=12, gap=0.02, random_state=seed)
    disks = shape.points[shape.labels == 0]
    assert count_holes(disks).betti == (12, 0)
