import matplotlib

matplotlib.use("Agg")

import matplotlib.pyplot as plt
import numpy as np
import pytest
from matplotlib.collections import EllipseCollection, QuadMesh

from tda.networks import PullbackMetric
from tda.plot import plot_metric

STRETCH = np.array([[2.0, 0.0], [0.0, 0.5]])
BOX = [[0.0, 0.0], [1.0, 1.0]]


@pytest.fixture(autouse=True)
def no_traces():
    before = dict(matplotlib.rcParams)
    plt.close("all")
    yield
    assert dict(matplotlib.rcParams) == before
    plt.close("all")


def ellipses(ax):
    (found,) = [c for c in ax.collections if isinstance(c, EllipseCollection)]
    return found


def test_ellipses_are_circles_to_the_map():
    turn = np.array([[np.cos(0.3), np.sin(0.3)], [-np.sin(0.3), np.cos(0.3)]])
    metric = PullbackMetric(lambda X: X @ turn @ STRETCH)
    found = ellipses(plot_metric(metric.field(BOX)))
    long, short, angle = found.get_widths(), found.get_heights(), found.get_angles()
    np.testing.assert_allclose(long / short, 4, rtol=1e-6)
    # The long axes are what the map shrinks, the direction (sin 0.3, cos 0.3).
    np.testing.assert_allclose(np.radians(angle) % np.pi, np.pi / 2 - 0.3, rtol=1e-6)


def test_it_shows_the_volume_curves_and_points():
    metric = PullbackMetric(lambda X: np.column_stack([X, np.exp(-(X**2).sum(axis=1))]))
    field = metric.field(BOX, n_points=20)
    around = metric.geodesic([0.0, 0.0], [1.0, 1.0], n_points=9)
    figure, given = plt.subplots()
    ax = plot_metric(
        field,
        paths={"shortest": around, "straight": BOX},
        points=[[0.2, 0.3], [0.5, 0.5], [0.1, 0.9]],
        classes=["a", "b", "a"],
        ax=given,
        title="a hill",
    )
    figure.canvas.draw()
    assert ax is given and ax.get_title() == "a hill"
    np.testing.assert_allclose(ax.collections[0].get_array().ravel(), field.volume.ravel())
    np.testing.assert_array_equal(ax.lines[0].get_xydata(), around.points)
    words = [text.get_text() for text in ax.get_legend().get_texts()]
    assert sorted(words) == ["a", "b", "shortest", "straight"]
    curved = plot_metric(field, color="curvature", ellipses=False, paths=[around], points=BOX)
    np.testing.assert_allclose(curved.collections[0].get_array().ravel(), field.curvature.ravel())
    assert curved.get_legend() is None


@pytest.mark.parametrize("color", ["volume", "curvature"])
@pytest.mark.parametrize("f", [lambda X: X, lambda X: X[:, :1], lambda X: np.maximum(X, 0.5)])
def test_flat_and_degenerate_metrics_are_drawn(f, color):
    field = PullbackMetric(f).field(BOX, n_points=15)
    ax = plot_metric(field, color=color)
    ax.figure.canvas.draw()  # a scale without a width must not break here
    known = getattr(field, color).ravel()
    seen = np.isfinite(known) & ((known > 0) | (color == "curvature"))  # 0 has no logarithm
    meshes = [artist for artist in ax.collections if isinstance(artist, QuadMesh)]
    assert len(meshes) == seen.any()  # where nothing is known there is the hatching alone
    for mesh in meshes:
        drawn = np.ma.masked_invalid(mesh.get_array()).ravel()
        np.testing.assert_array_equal(~np.ma.getmaskarray(drawn), seen)
        np.testing.assert_allclose(drawn[seen], known[seen])


def test_what_is_refused():
    field = PullbackMetric(lambda X: X).field(BOX, n_points=5)
    with pytest.raises(ValueError, match="field is a list"):
        plot_metric(BOX)
    with pytest.raises(ValueError, match="color='length'"):
        plot_metric(field, color="length")
    with pytest.raises(ValueError, match=r"paths has 3 coordinate"):
        plot_metric(field, paths=[np.eye(3)])
    with pytest.raises(ValueError, match="classes has 1 entries for 2 points"):
        plot_metric(field, points=BOX, classes=[1])
