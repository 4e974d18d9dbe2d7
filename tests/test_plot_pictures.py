"""Pictures: what stands on the axes, what does not change, and what is refused."""

import subprocess
import sys
from types import SimpleNamespace

import matplotlib

matplotlib.use("Agg")

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
from matplotlib.colors import to_hex, to_rgba

from tda import count_holes, datasets, intrinsic_dimension, plot, rips_diagram
from tda.diagrams import Diagram, Diagrams
from tda.plot import plot_barcode, plot_betti_curves, plot_cloud, plot_diagram, plot_hole
from tda.plot._style import DEGREE_COLORS, merge_labels, spread

INF = np.inf
DIAGRAM = Diagram(
    [0, 0, 0, 0.5, 0.6, 1.0],
    [INF, 0.3, 0.4, 0.7, 2.5, 1.6],
    [0, 0, 0, 1, 1, 2],
    filtration="alpha",
)
LOOP = int(np.flatnonzero((DIAGRAM.dims == 1) & (DIAGRAM.deaths == 2.5))[0])
EMPTY = Diagram([], [], [], max_dimension=1)
DOWN = Diagram([5, 4, 3], [-INF, 2, 1], [0, 0, 1], filtration="cubical")
SQUARE = np.array([[0.0, 0], [1, 0], [1, 1], [0, 1]])
DRAW_DIAGRAM = [plot_diagram, plot_barcode, plot_betti_curves]


def holes_of(diagram, *found, thresholds=None, level=0.05):
    """What the plots use of a HoleCount; `found` are (bar, p-value)."""
    found = [
        SimpleNamespace(
            degree=int(diagram.dims[bar]) if bar is not None else 0,
            birth=0.0,
            death=1.0,
            ratio=2.0,
            p_value=p_value,
            bar=bar,
        )
        for bar, p_value in found
    ]
    return SimpleNamespace(
        betti=(1, 1),
        holes=tuple(found),
        thresholds=thresholds or {},
        level=level,
        diagram=diagram,
    )


def words(ax):
    return [text.get_text() for text in ax.texts]


def legend_words(ax):
    legend = ax.get_legend()
    return [] if legend is None else [text.get_text() for text in legend.get_texts()]


def sizes(collection):
    return len(collection.get_offsets())


@pytest.fixture(autouse=True)
def no_traces():
    """No picture changes a global setting."""
    before = dict(matplotlib.rcParams)
    plt.close("all")
    yield
    assert dict(matplotlib.rcParams) == before
    plt.close("all")


def test_importing_the_room_imports_no_matplotlib():
    code = "import sys, tda.plot; print('matplotlib' in sys.modules, 'sklearn' in sys.modules)"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.split() == ["False", "False"]


@pytest.mark.parametrize("draw", DRAW_DIAGRAM)
@pytest.mark.parametrize("diagram", [DIAGRAM, EMPTY, DOWN])
def test_draws_on_the_axes_given_and_makes_no_figure(draw, diagram):
    figure, (left, right) = plt.subplots(1, 2)
    assert draw(diagram, ax=left, title="a title") is left
    assert left.get_title() == "a title"
    assert plt.get_fignums() == [figure.number]
    assert not right.has_data()
    figure.canvas.draw()


@pytest.mark.parametrize("draw", DRAW_DIAGRAM)
def test_makes_one_figure_without_axes_and_never_shows_it(draw, monkeypatch):
    monkeypatch.setattr(plt, "show", lambda *a, **k: pytest.fail("shown"))
    ax = draw(DIAGRAM)
    assert plt.get_fignums() == [ax.figure.number]


@pytest.mark.parametrize("draw", DRAW_DIAGRAM)
def test_takes_the_formats_of_the_field(draw):
    ripser = {"dgms": [np.array([[0, 1.0], [0, INF]]), np.array([[1.0, 2.0]])]}
    gudhi = [(0, (0.0, 1.0)), (0, (0.0, INF)), (1, (1.0, 2.0))]
    for one in (ripser, gudhi, Diagrams.from_ripser([ripser])):
        assert draw(one).has_data()


@pytest.mark.parametrize("draw", DRAW_DIAGRAM)
@pytest.mark.parametrize(
    "diagram, message",
    [
        (Diagrams([DIAGRAM, DIAGRAM]), r"2 samples.*diagram\[0\]"),
        (SQUARE, r"array of shape \(4, 2\).*list"),
        (3, "no format of a diagram"),
    ],
)
def test_refuses_what_is_no_diagram(draw, diagram, message):
    with pytest.raises(ValueError, match=message):
        draw(diagram)


@pytest.mark.parametrize("draw", DRAW_DIAGRAM)
@pytest.mark.parametrize("degrees", [[], [-1], [0.5]])
def test_refuses_degrees_that_are_none(draw, degrees):
    with pytest.raises(ValueError, match="degrees="):
        draw(DIAGRAM, degrees=degrees)


class TestDiagram:
    def test_one_set_of_points_a_degree_in_its_colour(self):
        ax = plot_diagram(DIAGRAM)
        assert [sizes(points) for points in ax.collections] == [3, 2, 1]
        colors = [to_hex(points.get_facecolor()[0]).upper() for points in ax.collections]
        assert colors == list(DEGREE_COLORS[:3])
        assert legend_words(ax) == ["H0, components", "H1, loops", "H2, voids"]
        assert ax.get_xlabel() == "birth (radius)" and ax.get_ylabel() == "death (radius)"
        assert ax.get_aspect() == 1 and ax.get_xlim() == ax.get_ylim()

    def test_degrees_select(self):
        ax = plot_diagram(DIAGRAM, degrees=[1])
        assert legend_words(ax) == ["H1, loops"] and len(ax.collections) == 1
        assert words(ax) == []  # no essential class, no line at infinity

    def test_essential_classes_stand_above_everything_on_the_line(self):
        ax = plot_diagram(DIAGRAM)
        assert words(ax) == ["∞"]
        heights = np.asarray(ax.collections[0].get_offsets())[:, 1]
        assert heights.max() > 2.5 and heights.max() == ax.texts[0].xy[1]
        assert ax.get_ylim()[1] > heights.max()

    def test_superlevel_essential_classes_stand_below_everything(self):
        ax = plot_diagram(DOWN)
        assert words(ax) == ["\N{MINUS SIGN}∞"]
        heights = np.asarray(ax.collections[0].get_offsets())[:, 1]
        assert ax.get_ylim()[0] < heights.min() < 1
        assert ax.get_xlabel() == "birth (value)"

    def test_threshold_is_a_ray_from_the_origin(self):
        thresholds = {0: 9.0, 1: 3.0, 2: np.inf}
        ax = plot_diagram(DIAGRAM, holes=holes_of(DIAGRAM, thresholds=thresholds, level=0.01))
        rays = [line for line in ax.get_lines() if "threshold" in str(line.get_label())]
        assert len(rays) == 1  # none for components, none where no bar could be significant
        x, y = rays[0].get_data()
        assert (x[0], y[0]) == (0, 0) and y[1] / x[1] == pytest.approx(3.0)
        assert rays[0].get_linestyle() == "--"
        assert to_rgba(rays[0].get_color()) == to_rgba(DEGREE_COLORS[1])
        assert legend_words(ax)[-1] == "H1 threshold (level 0.01)"
        assert len(ax.patches) == 1  # the shade

    def test_rings_and_p_values(self):
        holes = holes_of(DIAGRAM, (LOOP, 0.0123), (None, 0.001))
        ax = plot_diagram(DIAGRAM, holes=holes)
        ring = ax.collections[-1]
        np.testing.assert_array_equal(ring.get_offsets(), [[0.6, 2.5]])
        assert "p = 0.012" in words(ax)
        assert "p < 0.001" in words(plot_diagram(DIAGRAM, holes=holes_of(DIAGRAM, (LOOP, 1e-5))))

    def test_close_bars_share_one_label(self):
        diagram = Diagram(np.full(4, 1.0), [3.0, 3.01, 3.02, 1.1], [1] * 4)
        ax = plot_diagram(diagram, holes=holes_of(diagram, (1, 0.01), (2, 0.01), (3, 0.01)))
        assert words(ax) == ["p = 0.01 (each of 3)"]

    @pytest.mark.parametrize("far", [0.0, 1.0])
    @pytest.mark.parametrize("n_words", [1, 19])
    def test_labels_add_up_to_the_significant_bars(self, n_words, far):
        deaths = 3.0 + 0.01 * np.arange(19) + far * np.arange(19)
        diagram = Diagram(np.zeros(19), deaths, [0] * 19)
        p_values = 0.001 + 0.001 * (np.arange(19) % n_words)
        ax = plot_diagram(diagram, holes=holes_of(diagram, *enumerate(p_values)))
        assert sizes(ax.collections[-1]) == 19
        counts = [
            int(word.split("each of ")[1][:-1]) if "each" in word else 1 for word in words(ax)
        ]
        assert sum(counts) == 19 and len(counts) <= 8
        assert all(word.startswith("p = 0.0") for word in words(ax))

    def test_bars_born_at_infinity_stand_on_lines_of_their_own(self):
        ends = [(-INF, 1.0), (-INF, INF), (3.0, -INF), (INF, 2.0)]
        ax = plot_diagram(Diagram(*np.transpose(ends), [0] * 4, filtration="cubical"))
        x, y = np.asarray(ax.collections[0].get_offsets()).T
        low, high = ax.get_xlim()
        assert len(x) == 4 and np.isfinite([x, y]).all()
        assert (low < np.r_[x, y]).all() and (np.r_[x, y] < high).all()
        left, top = x.min(), y.max()
        assert left < 1 and top > 3 and (x == left).sum() == 2 and x.max() == top
        assert sorted(words(ax)) == sorted(2 * ["∞", "\N{MINUS SIGN}∞"])
        assert words(plot_diagram(Diagram([-INF], [1.0], [0]))) == ["\N{MINUS SIGN}∞"]

    def test_refuses_holes_of_another_diagram(self):
        for bar, degree in ((77, 1), (LOOP, 2)):
            holes = holes_of(DIAGRAM, (LOOP, 0.01))
            holes.holes[0].bar, holes.holes[0].degree = bar, degree
            with pytest.raises(ValueError, match=r"holes\.diagram"):
                plot_diagram(DIAGRAM, holes=holes)

    @pytest.mark.parametrize("scale", [1e200, 1e-200])
    @pytest.mark.parametrize("draw", DRAW_DIAGRAM)
    def test_any_scale_has_its_axis(self, draw, scale):
        diagram = Diagram([0, 0, scale], [INF, scale, 3 * scale], [0, 0, 1])
        ax = draw(diagram)
        ax.figure.canvas.draw()
        low, high = ax.get_xlim()
        assert low < scale < high < 10 * scale
        with pytest.raises(ValueError, match="no axis has room for"):
            draw(Diagram([0], [1.7e308], [0]))

    def test_one_value_only(self):
        ax = plot_diagram(Diagram([2.0], [INF], [0]))
        low, high = ax.get_xlim()
        assert low < 2 < high and np.isfinite([low, high]).all()


class TestBarcode:
    def lines(self, ax):
        return [np.asarray(s) for c in ax.collections for s in c.get_segments()]

    def test_a_line_a_bar_from_birth_to_death(self):
        ax = plot_barcode(DIAGRAM)
        drawn = sorted((s[0, 0], s[1, 0]) for s in self.lines(ax))
        right = ax.get_xlim()[1]
        expected = sorted((b, min(d, right)) for b, d in zip(*_ends(DIAGRAM), strict=True))
        np.testing.assert_allclose(drawn, expected)
        heights = [s[0, 1] for s in self.lines(ax)]
        assert len(set(heights)) == len(DIAGRAM)
        assert ax.get_xlabel() == "filtration value (radius)"

    def test_longest_bars_are_kept_and_the_axis_says_so(self):
        births = np.zeros(100)
        deaths = np.random.default_rng(0).permutation(np.arange(1.0, 101))
        ax = plot_barcode(Diagram(births, deaths, [0] * 100), max_bars=10)
        assert sorted(s[1, 0] for s in self.lines(ax)) == list(range(91, 101))
        assert [t.get_text() for t in ax.get_yticklabels()] == ["H0\n10 longest of 100"]

    def test_significant_bars_are_kept_however_short(self):
        diagram = Diagram([1, 1, 1], [9, 8, 2], [1, 1, 1])
        ax = plot_barcode(diagram, max_bars=1, holes=holes_of(diagram, (0, 0.02)))
        assert [s[1, 0] for s in self.lines(ax)] == [2.0]
        assert words(ax) == ["p = 0.02"]

    @pytest.mark.parametrize("diagram, marker", [(DIAGRAM, ">"), (DOWN, "<")])
    def test_arrows_where_a_class_lives_on(self, diagram, marker):
        ax = plot_barcode(diagram)
        arrows = [line for line in ax.get_lines() if line.get_marker() == marker]
        assert [len(line.get_xdata()) for line in arrows] == [1]
        assert not [line for line in ax.get_lines() if line.get_marker() in set("<>") - {marker}]

    def test_arrows_at_infinite_births_too(self):
        ends = [(-INF, 1.0), (-INF, INF), (0.0, 2.0), (INF, 0.5)]
        ax = plot_barcode(Diagram(*np.transpose(ends), [0] * 4, filtration="cubical"))
        low, high = ax.get_xlim()
        places = {m: [] for m in "<>"}
        for line in ax.get_lines():
            if line.get_marker() in places:
                places[line.get_marker()] += list(line.get_xdata())
        assert places["<"] == [low, low] and places[">"] == [high, high]
        assert low < 0 and high > 2

    def test_insignificant_bars_are_pale(self):
        ax = plot_barcode(DIAGRAM, degrees=[1], holes=holes_of(DIAGRAM, (LOOP, 0.01)))
        by_death = {s[1, 0]: c.get_alpha() for c in ax.collections for s in c.get_segments()}
        assert by_death[2.5] == 1.0 and by_death[0.7] < 0.5

    def test_no_bars_are_named(self):
        ax = plot_barcode(EMPTY)
        assert [t.get_text() for t in ax.get_yticklabels()] == ["H0\nno bars", "H1\nno bars"]

    @pytest.mark.parametrize("max_bars", [0, -1, 2.5, None])
    def test_max_bars_is_checked(self, max_bars):
        with pytest.raises(ValueError, match="max_bars"):
            plot_barcode(DIAGRAM, max_bars=max_bars)


def _ends(diagram):
    return diagram.births, diagram.deaths


class TestBettiCurves:
    def value_at(self, line, t):
        """Read a step function off its line."""
        assert line.get_drawstyle() == "steps-post"
        x, y = line.get_data()
        return y[np.searchsorted(x, t, side="right") - 1]

    @pytest.mark.parametrize("diagram", [DIAGRAM, DOWN])
    def test_steps_are_exact(self, diagram):
        ax = plot_betti_curves(diagram)
        low, high = ax.get_xlim()
        # Random values meet no birth or death, where the two conventions differ.
        for t in np.random.default_rng(0).uniform(low, high, 50):
            for k, line in enumerate(ax.get_lines()):
                bars = np.sort(diagram[k], axis=1)
                assert self.value_at(line, t) == ((bars[:, 0] < t) & (t < bars[:, 1])).sum()

    def test_what_was_there_from_the_start_is_counted(self):
        ends = [(-INF, 1.0), (-INF, INF), (0.0, 2.0), (3.0, -INF)]
        ax = plot_betti_curves(Diagram(*np.transpose(ends), [0] * 4, filtration="cubical"))
        x, y = ax.get_lines()[0].get_data()
        assert y[:-1].tolist() == [3, 4, 3, 2, 1] and x[1:-1].tolist() == [0, 1, 2, 3]

    def test_labels_and_scale(self):
        ax = plot_betti_curves(DIAGRAM, degrees=[0, 2])
        assert legend_words(ax) == ["H0, components", "H2, voids"]
        assert ax.get_ylabel() == "Betti number" and ax.get_yscale() == "linear"
        assert plot_betti_curves(DIAGRAM, log_scale=True).get_yscale() == "symlog"

    def test_empty(self):
        for line in plot_betti_curves(EMPTY).get_lines():
            assert not np.any(line.get_ydata())


class TestCloud:
    def test_plane_and_space_have_equal_scales(self):
        ax = plot_cloud(SQUARE * [3, 1])
        assert ax.name == "rectilinear" and ax.get_aspect() == 1
        assert sizes(ax.collections[0]) == 4
        rng = np.random.default_rng(0)
        ax = plot_cloud(rng.normal(size=(30, 3)) * [3, 1, 2])
        assert ax.name == "3d"
        extents = [np.ptp(lim) for lim in (ax.get_xlim(), ax.get_ylim(), ax.get_zlim())]
        per_unit = ax.get_box_aspect() if hasattr(ax, "get_box_aspect") else None
        per_unit = np.asarray(per_unit if per_unit is not None else ax._box_aspect) / extents
        np.testing.assert_allclose(per_unit, per_unit[0])

    def test_many_columns_become_two_components_and_the_axes_say_so(self):
        rng = np.random.default_rng(1)
        X = rng.normal(size=(40, 6)) * [9, 3, 0.1, 0.1, 0.1, 0.1] + 7
        ax = plot_cloud(X)
        shares = np.sort(np.linalg.eigvalsh(np.cov(X.T)))[::-1]
        shares = shares / shares.sum()
        assert ax.get_xlabel() == f"principal component 1 ({shares[0]:.0%} of variance)"
        drawn = np.asarray(ax.collections[0].get_offsets())
        assert drawn.var(axis=0).sum() == pytest.approx(shares[:2].sum() * X.var(axis=0).sum())

    def test_angles_have_colours_that_close_after_a_turn(self):
        angles = np.array([0.0, 1.0, 2 * np.pi + 1.0, -1e-9])
        for X in (SQUARE, np.column_stack([SQUARE, SQUARE[:, 0]])):
            ax = plot_cloud(X, color=angles, cyclic=True)
            ax.figure.canvas.draw()
            colours = ax.collections[0].to_rgba(np.mod(angles, 2 * np.pi))
            np.testing.assert_allclose(colours[1], colours[2])
            np.testing.assert_allclose(colours[0], colours[3], atol=0.02)
            assert np.abs(colours[0] - colours[1]).max() > 0.1
        for color in (None, "red", np.zeros((4, 3))):
            with pytest.raises(ValueError, match="one column"):
                plot_cloud(SQUARE, color=color, cyclic=True)

    def test_colour_for_all_or_for_each(self):
        assert len(plot_cloud(SQUARE, color="red").collections[0].get_facecolor()) == 1
        np.testing.assert_array_equal(
            plot_cloud(SQUARE, color=np.arange(4)).collections[0].get_array(), np.arange(4)
        )
        three = plot_cloud(SQUARE[:3], color=[0.1, 0.2, 0.3]).collections[0]
        np.testing.assert_allclose(three.get_array(), [0.1, 0.2, 0.3])
        for color in (np.arange(5), "no colour", 7):
            with pytest.raises(ValueError, match="color="):
                plot_cloud(SQUARE, color=color)

    def test_size_shrinks_with_the_number_unless_given(self):
        rng = np.random.default_rng(2)
        few, many = (plot_cloud(rng.normal(size=(n, 2))).collections[0] for n in (20, 2000))
        assert many.get_sizes()[0] < few.get_sizes()[0]
        assert plot_cloud(SQUARE, size=33).collections[0].get_sizes()[0] == 33

    @pytest.mark.parametrize("shape", [(1, 2), (1, 3), (5, 1), (1, 7)])
    def test_degenerate_clouds(self, shape):
        ax = plot_cloud(np.ones(shape))
        ax.figure.canvas.draw()
        assert np.ptp(ax.get_xlim()) > 0

    def test_wrong_projection_and_wrong_input(self):
        _, flat = plt.subplots()
        _, space = plt.subplots(subplot_kw={"projection": "3d"})
        with pytest.raises(ValueError, match="three columns"):
            plot_cloud(np.eye(3), ax=flat)
        with pytest.raises(ValueError, match="plane"):
            plot_cloud(SQUARE, ax=space)
        with pytest.raises(ValueError, match="NaN"):
            plot_cloud([[0, np.nan]])


class TestHole:
    def test_a_loop_is_closed_once(self):
        for cycle in ([0, 1, 2, 3], np.array([0, 1, 2, 3])):
            ax = plot_hole(SQUARE, cycle, label="loop")
            (line,) = ax.get_lines()
            np.testing.assert_array_equal(line.get_xydata(), SQUARE[[0, 1, 2, 3, 0]])
            assert to_rgba(line.get_color()) == to_rgba(DEGREE_COLORS[1])
            assert legend_words(ax) == ["loop"]
            assert line.get_zorder() > ax.collections[0].get_zorder()

    def test_cloud_can_be_left_out(self):
        assert len(plot_hole(SQUARE, [0, 1, 2], cloud=False).collections) == 0

    def test_members_of_a_component_are_marks(self):
        ax = plot_hole(SQUARE, [0, 1, 3], degree=0)
        assert not ax.get_lines()
        assert np.asarray(ax.collections[-1].get_offsets()).tolist() == SQUARE[[0, 1, 3]].tolist()

    def test_surface_in_space(self):
        X = np.vstack([np.eye(3), np.zeros(3)])
        triangles = np.array([[0, 1, 2], [0, 1, 3], [0, 2, 3], [1, 2, 3]])
        ax = plot_hole(X, triangles)
        ax.figure.canvas.draw()
        surface = ax.collections[-1]
        assert type(surface).__name__ == "Poly3DCollection"
        assert len(surface.get_facecolor()) == 4 and surface.get_alpha() < 1

    def test_a_loop_in_space_and_a_surface_in_the_plane(self):
        line = plot_hole(np.eye(3), [0, 1, 2]).get_lines()[0]
        np.testing.assert_array_equal(np.transpose(line.get_data_3d()), np.eye(3)[[0, 1, 2, 0]])
        ax = plot_hole(SQUARE, np.array([[0, 1, 2], [0, 2, 3]]))
        assert len(ax.collections[-1].get_paths()) == 2

    def test_several_cycles_in_different_colours(self):
        cycles = [np.array([0, 1, 2]), np.array([0, 2, 3]), np.array([3])]
        ax = plot_hole(SQUARE, cycles, label=["a", "b", "point"])
        first, second = (to_hex(line.get_color()).upper() for line in ax.get_lines())
        assert first == DEGREE_COLORS[1] and second not in DEGREE_COLORS[:3]
        assert set(legend_words(ax)) == {"a", "b", "point"}
        ax = plot_hole(SQUARE, cycles[:2], color=["red", "blue"])
        assert [line.get_color() for line in ax.get_lines()] == ["red", "blue"]

    def test_edges_are_one_line_with_gaps(self):
        edges = np.array([[0, 1], [1, 2], [2, 0]])
        (line,) = plot_hole(SQUARE, edges).get_lines()
        x, y = line.get_data()
        assert np.isnan(x[2::3]).all() and len(x) == 9
        np.testing.assert_array_equal(np.column_stack([x, y])[0::3], SQUARE[edges[:, 0]])
        assert to_hex(line.get_color()).upper() == DEGREE_COLORS[1]

    def test_a_smooth_path_stays_inside_its_corners(self):
        (line,) = plot_hole(SQUARE, [0, 1, 2, 3], smooth=True).get_lines()
        path = np.column_stack(line.get_data())
        low, high = np.min(SQUARE, axis=0), np.max(SQUARE, axis=0)
        assert len(path) > 100 and (path[0] == path[-1]).all()
        assert (path >= low).all() and (path <= high).all()
        assert np.abs(path[:, None] - np.asarray(SQUARE)).sum(axis=2).min() > 0

    def test_draws_on_the_axes_given(self):
        figure, ax = plt.subplots()
        assert plot_hole(SQUARE, [0, 1, 2], ax=ax, title="t") is ax
        assert plt.get_fignums() == [figure.number] and ax.get_title() == "t"

    @pytest.mark.parametrize(
        "cycle, more, message",
        [
            ([], {}, "empty"),
            (np.zeros((0, 3), int), {}, "empty"),
            ([0, 1, 9], {}, "points 0 … 9, but X has points 0 … 3"),
            ([0, -1, 2], {}, "points -1"),
            (np.array([0.0, 1.0]), {}, "indices"),
            (np.zeros((2, 4), int), {}, r"shape \(2, 4\)"),
            ([0, 1, 2], {"label": ["a", "b"]}, "label has 2 entries for 1"),
            ([0, 1, 2], {"color": ["red", "blue"]}, "color has 2 entries for 1"),
        ],
    )
    def test_refused(self, cycle, more, message):
        with pytest.raises(ValueError, match=message):
            plot_hole(SQUARE, cycle, **more)


def test_spread_moves_as_little_as_keeps_the_gap():
    rng = np.random.default_rng(0)
    for _ in range(20):
        values = rng.uniform(0, 5, rng.integers(0, 12))
        moved = spread(values, 0.4)
        assert (np.diff(np.sort(moved)) >= 0.4 - 1e-9).all()
        np.testing.assert_array_equal(np.argsort(moved), np.argsort(values))
        assert moved.sum() == pytest.approx(values.sum())  # a group keeps its mean
    np.testing.assert_array_equal(spread([3, 1, 2], 0.5), [3, 1, 2])


def test_merge_joins_only_equal_words_that_are_close():
    groups = merge_labels([0, 0.1, 0.2, 5], ["a", "a", "b", "b"], 1)
    assert groups == [([0, 1], "a (each of 2)"), ([2], "b"), ([3], "b")]


def test_a_hole_in_place_of_a_cycle_says_what_to_pass():
    count = count_holes(datasets.make_annulus(100, random_state=0))
    with pytest.raises(ValueError, match=r"pass count\.cycle\(hole\)"):
        plot.plot_hole(count.points, count.holes[0])


def test_a_real_count_is_drawn_with_its_line_rings_and_loop():
    count = count_holes(datasets.make_annulus(150, random_state=0))
    ax = plot.plot_diagram(count.diagram, holes=count)
    assert any("p < 0.001" in text.get_text() for text in ax.texts)
    ax = plot.plot_hole(count.points, count.cycle(count.holes[0]))
    assert len(ax.lines) >= 1


# -- dimension -----------------------------------------------------------------------------


def test_the_number_of_plot_dimension_lies_among_the_ringed_scales():
    from sklearn.datasets import load_digits

    for X in (load_digits().data, datasets.make_sphere(400, random_state=0).points):
        estimate = intrinsic_dimension(X)
        ax = plot.plot_dimension(estimate)
        (rings,) = [line for line in ax.lines if line.get_label() == "its mean is taken"]
        said = float(ax.texts[0].get_text())
        low, high = estimate.averaged
        np.testing.assert_array_equal(
            rings.get_xdata(),
            estimate.radii[(estimate.radii >= low) & (estimate.radii <= high)],
        )
        assert rings.get_ydata().min() - 0.05 <= said <= rings.get_ydata().max() + 0.05


def two_kinds():
    X = np.random.default_rng(0).random((800, 3))
    X[:400, 1:], X[400:, 2] = 0, 2
    return X


@pytest.mark.parametrize(
    ("X", "words"),
    [
        (np.eye(20), "cannot be estimated"),
        (np.random.default_rng(0).normal(size=(60, 300)), "59 or more: too few points"),
        (two_kinds(), "on average"),
    ],
    ids=["ties", "too few", "two kinds"],
)
def test_plot_dimension_says_why_there_is_no_one_number(X, words):
    ax = plot.plot_dimension(intrinsic_dimension(X))
    ax.figure.canvas.draw()
    assert words in ax.texts[0].get_text()


def test_plot_dimension_draws_both_curves_and_the_plateau():
    from tda import IntrinsicDimension

    X = np.random.default_rng(0).random((300, 3))
    estimate = intrinsic_dimension(X)
    ax = plot.plot_dimension(estimate)
    lines = {line.get_label(): line.get_xydata() for line in ax.get_lines()}
    np.testing.assert_allclose(
        lines["calibrated"], np.column_stack([estimate.radii, estimate.curve])
    )
    np.testing.assert_allclose(lines["as it is"][:, 1], estimate.raw_curve)
    np.testing.assert_allclose(lines["plateau"][:, 1], estimate.dimension)
    assert words(ax) == [f"{estimate.dimension:.1f}"]
    low, high = ax.get_ylim()
    assert high / low > 2.5  # a flat curve looks flat
    fitted = IntrinsicDimension().fit(X)
    again = plot.plot_dimension(fitted, raw=False)
    assert "as it is" not in {line.get_label() for line in again.get_lines()}
    for few in (X[:4], np.zeros((3, 2)), np.eye(5)):  # no plateau, no curve, tied distances
        plot.plot_dimension(intrinsic_dimension(few)).figure.canvas.draw()
    with pytest.raises(ValueError, match="estimate is ndarray"):
        plot.plot_dimension(X)
    plt.close("all")


def test_a_bar_of_a_point_far_out_leaves_the_others_their_room():
    ring = datasets.make_circle(60, noise=0.05, random_state=0).points
    near, far = rips_diagram(ring), rips_diagram(np.r_[ring, [[1e9, 1e9]]])
    largest = np.max(near.deaths, where=np.isfinite(near.deaths), initial=0)
    ax = plot_diagram(far)
    assert ax.get_ylim()[1] < 1.3 * largest
    assert "≥ 1.4e+09" in [text.get_text() for text in ax.texts]
    ax = plot_barcode(far)
    assert ax.get_xlim()[1] < 1.3 * largest
    assert ax.get_xlabel().endswith(", arrow: ≥ 1.4e+09") and not ax.texts
    for picture in (plot_diagram(near), plot_barcode(near)):
        assert not any("≥" in text.get_text() for text in picture.texts)


# -- what a day of use asked for -----------------------------------------------------------------


def test_a_count_is_drawn_as_its_diagram_with_its_holes():
    count = count_holes(datasets.make_annulus(200, random_state=0))
    for draw in (plot_diagram, plot_barcode):
        one, two = draw(count), draw(count.diagram, holes=count)
        words = [[text.get_text() for text in ax.texts] for ax in (one, two)]
        assert words[0] == words[1] and any("p " in word for word in words[0])
    assert plot_betti_curves(count).lines


def test_groups_have_colours_and_names():
    X = np.random.default_rng(0).normal(size=(30, 2))
    labels = np.repeat([0, 1, -1], 10)
    ax = plot_cloud(X, color=labels)
    assert legend_words(ax) == ["-1: in none", "0", "1"]
    assert len(np.unique(ax.collections[0].get_facecolors(), axis=0)) == 3
    species = pd.Series(np.repeat(["adelie", "gentoo", None], 10), name="species")
    ax = plot_cloud(X, color=species)
    assert legend_words(ax) == ["adelie", "gentoo", "missing"]
    assert ax.get_legend().get_title().get_text() == "species"
    ax = plot_cloud(X, color=pd.Categorical(["b", "a"] * 15))
    assert legend_words(ax) == ["a", "b"]
    ax = plot_cloud(X, color=X[:, 0] > 0)
    assert legend_words(ax) == ["False", "True"]
    ax = plot_cloud(X, color=[f"{k:02d}" for k in range(30)])
    assert len(legend_words(ax)) == 13 and legend_words(ax)[-1] == "and 18 smaller"
    assert plot_cloud(X, color=np.arange(30)).get_legend() is None


def test_columns_name_the_axes_and_a_series_its_colours(tmp_path):
    frame = pd.DataFrame(np.random.default_rng(0).normal(size=(20, 3)), columns=list("abc"))
    ax = plot_cloud(frame)
    assert (ax.get_xlabel(), ax.get_ylabel(), ax.get_zlabel()) == ("a", "b", "c")
    ax = plot_cloud(frame[["a", "b"]], color=frame["c"])
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("a", "b")
    assert [other.get_ylabel() for other in ax.figure.axes if other is not ax] == ["c"]
    frame.to_csv(tmp_path / "points.csv", index=False)
    ax = plot_cloud(datasets.read_cloud(tmp_path / "points.csv"))
    assert ax.get_zlabel() == "c"
