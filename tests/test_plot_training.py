import matplotlib

matplotlib.use("Agg")

import matplotlib.pyplot as plt
import numpy as np
import pytest

from tda.networks import TrainingHistory
from tda.plot import plot_training
from tda.plot._style import DEGREE_COLORS


def history(*curves, n=20, losses=None, dimension=1.0):
    return TrainingHistory(
        epochs=5 * np.arange(n),
        losses=np.geomspace(1, 0.1, n) if losses is None else losses,
        distances=np.column_stack(curves),
        floor=np.full(len(curves), 0.1),
        dimensions=np.full(n, dimension),
        target_dimension=2.0,
        degrees=tuple(range(len(curves))),
    )


@pytest.fixture(autouse=True)
def no_traces():
    before = dict(matplotlib.rcParams)
    plt.close("all")
    yield
    assert dict(matplotlib.rcParams) == before
    plt.close("all")


def test_curves_floors_and_the_warning_are_those_of_the_history():
    seen = history(np.geomspace(1, 0.1, 20), np.ones(20))
    loss, distance, dimension = axes = plot_training(seen)
    axes[0].figure.canvas.draw()
    np.testing.assert_array_equal(loss.get_lines()[0].get_ydata(), seen.losses)
    assert loss.get_yscale() == "log"
    curves = [line for line in distance.get_lines() if len(line.get_ydata()) == 20]
    for line, curve, color in zip(curves, seen.distances.T, DEGREE_COLORS, strict=False):
        np.testing.assert_array_equal(line.get_ydata(), curve)
        np.testing.assert_array_equal(line.get_xdata(), seen.epochs)
        assert line.get_color() == color
    said = [text.get_text() for text in distance.get_legend().get_texts()]
    assert said == [
        "H0, components",
        "H1, loops",
        "two samples of the target",
        "warning: loops, epoch 35",
    ]
    marked = next(line for line in distance.get_lines() if line.get_marker() == "X")
    assert marked.get_xydata().tolist() == [[35, 1]]
    np.testing.assert_array_equal(dimension.get_lines()[0].get_ydata(), seen.dimensions)
    assert " ".join(axes[0].figure.get_suptitle().split()) == seen.verdict
    assert plt.get_fignums() == [axes[0].figure.number]


def test_no_warning_and_other_axes_and_negative_losses():
    figure, given = plt.subplots(1, 3)
    seen = history(np.geomspace(1, 0.1, 20), losses=np.linspace(1, -1, 20))
    axes = plot_training(seen, axes=given, title="a training")
    assert list(axes) == list(given) and figure.get_suptitle() == "a training"
    assert axes[0].get_yscale() == "linear"
    assert not any(line.get_marker() == "X" for line in axes[1].get_lines())


def test_an_output_of_no_dimension_is_drawn():
    axes = plot_training(history(np.ones(20), dimension=np.nan))
    axes[0].figure.canvas.draw()
    assert np.isnan(axes[2].get_lines()[0].get_ydata()).all()


def test_what_is_refused():
    with pytest.raises(ValueError, match="history is list"):
        plot_training([1, 2])
    with pytest.raises(ValueError, match="nothing was measured"):
        plot_training(history(np.zeros(0), n=0))
    with pytest.raises(ValueError, match="axes has 1 entries"):
        plot_training(history(np.ones(3), n=3), axes=plt.subplots()[1])
