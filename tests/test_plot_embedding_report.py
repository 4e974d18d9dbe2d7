import matplotlib

matplotlib.use("Agg")

import matplotlib.pyplot as plt
import numpy as np
import pytest

from tda import embedding_report
from tda.datasets import make_circle
from tda.plot import plot_embedding_report
from tda.plot._style import DEGREE_COLORS


@pytest.fixture(scope="module")
def report():
    X = make_circle(150, random_state=0).points
    angle = np.arctan2(X[:, 1], X[:, 0])[:, None]
    return embedding_report(X, angle, n_resamples=2)


@pytest.fixture(autouse=True)
def no_traces():
    before = dict(matplotlib.rcParams)
    plt.close("all")
    yield
    assert dict(matplotlib.rcParams) == before
    plt.close("all")


def test_four_pictures_show_the_numbers_of_the_report(report):
    scores, curve, moved, bars = axes = plot_embedding_report(report)
    assert plt.get_fignums() == [axes[0].figure.number]
    axes[0].figure.canvas.draw()
    said = [text.get_text() for text in scores.texts]
    assert said[0] == f"{report.trustworthiness:.3f}" and len(said) == 6
    np.testing.assert_array_equal(curve.get_lines()[0].get_ydata(), report.r_nx[:74])
    spreads = [bar.get_width() for bar in moved.patches]
    assert spreads == [change.bottleneck_spread for change in report.changes]
    labels = [text.get_text() for text in bars.get_legend().get_texts()]
    assert labels == ["H1 before: 1", "H1 before, geodesic: 1", "H1 after: 0"]
    assert matplotlib.colors.to_hex(bars.collections[0].get_facecolor()[0]) == (
        DEGREE_COLORS[1].lower()
    )
    assert " ".join(axes[0].figure.get_suptitle().split()) == report.verdict


def test_it_draws_on_the_axes_given(report):
    figure, given = plt.subplots(1, 4)
    axes = plot_embedding_report(report, axes=given, title="cut open")
    assert list(axes) == list(given) and plt.get_fignums() == [figure.number]
    assert figure.get_suptitle() == "cut open"


def test_components_alone_are_drawn_too():
    X = np.vstack([np.eye(10), np.eye(10) + 5])
    axes = plot_embedding_report(embedding_report(X, X, max_dimension=0, n_neighbors=3))
    assert axes[3].get_legend().get_texts()[0].get_text() == "H0 before: 2"


def test_what_is_refused(report):
    with pytest.raises(ValueError, match="report is str"):
        plot_embedding_report("report")
    with pytest.raises(ValueError, match="axes has 1 entries"):
        plot_embedding_report(report, axes=plt.subplots()[1])
