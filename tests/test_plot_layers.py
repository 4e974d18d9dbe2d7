import matplotlib

matplotlib.use("Agg")

import matplotlib.pyplot as plt
import numpy as np
import pytest

from tda.datasets import make_blobs, make_nested_disks
from tda.networks import layer_report, random_network
from tda.plot import plot_layers
from tda.plot._style import DEGREE_COLORS

BETTI = "Betti numbers of"


@pytest.fixture(scope="module")
def report():
    shape = make_nested_disks(300, n_disks=1, random_state=0)
    return layer_report(random_network(2, [6], random_state=0), shape.points, shape.labels)


@pytest.fixture(autouse=True)
def no_traces():
    before = dict(matplotlib.rcParams)
    plt.close("all")
    yield
    assert dict(matplotlib.rcParams) == before
    plt.close("all")


def test_pictures_show_the_numbers_of_the_report(report):
    axes = plot_layers(report)
    assert plt.get_fignums() == [axes[0].figure.number]
    axes[0].figure.canvas.draw()
    assert [ax.get_title() for ax in axes[:2]] == [f"{BETTI} class 0", f"{BETTI} class 1"]
    for c, ax in enumerate(axes[:2]):
        for k, line in enumerate(ax.get_lines()):
            np.testing.assert_allclose(line.get_ydata(), report.betti[:, c, k], atol=0.02)
            assert line.get_color() == DEGREE_COLORS[k]
    for c, line in enumerate(axes[2].get_lines()):
        np.testing.assert_array_equal(line.get_ydata(), report.dimension[:, c])
    lines = axes[3].get_lines()
    np.testing.assert_array_equal(lines[0].get_ydata(), report.silhouette)
    np.testing.assert_array_equal(lines[1].get_ydata(), report.agreement)
    names = [text.get_text() for text in axes[0].get_xticklabels()]
    assert names == ["input", "1", "output"]
    assert " ".join(axes[0].figure.get_suptitle().split()) == report.verdict


def test_it_draws_on_the_axes_given(report):
    figure, given = plt.subplots(1, 4)
    axes = plot_layers(report, axes=given, title="a disk in a ring")
    assert list(axes) == list(given) and plt.get_fignums() == [figure.number]
    assert figure.get_suptitle() == "a disk in a ring"


@pytest.mark.parametrize(("n_classes", "n_pictures"), [(1, 3), (5, 3)])
def test_one_class_and_many_are_three_pictures(n_classes, n_pictures):
    X = make_blobs(200, random_state=0).points
    y = np.arange(200) % n_classes
    names = [5] * 18  # more layers than there is room for names
    report = layer_report(random_network(2, names, random_state=0), X, y, max_dimension=0)
    axes = plot_layers(report)
    assert len(axes) == n_pictures == len(axes[0].figure.axes)
    np.testing.assert_allclose(
        axes[0].get_lines()[0].get_ydata(), report.betti.sum(axis=(1, 2)), atol=0.3
    )
    ticks = [text.get_text() for text in axes[0].get_xticklabels()]
    assert ticks[0] == "input" and ticks[-1] == "output" and len(ticks) < 16
    assert ("all 5 classes" in str(report)) == (n_classes == 5)


def test_errors(report):
    with pytest.raises(ValueError, match="pass what layer_report"):
        plot_layers([1, 2])
    with pytest.raises(ValueError, match="axes has 2 entries, but 4"):
        plot_layers(report, axes=plt.subplots(1, 2)[1])
