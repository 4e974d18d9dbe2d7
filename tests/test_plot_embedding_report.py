import matplotlib

matplotlib.use("Agg")

import matplotlib.pyplot as plt
import numpy as np
import pytest

from tda import embedding_report
from tda.datasets import make_circle
from tda.plot import plot_embedding, plot_embedding_report
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


def test_torn_points_lie_at_the_cut_and_others_are_not_touched(report):
    angle = np.sort(np.arctan2(*make_circle(150, random_state=0).points.T[::-1]))
    X = np.column_stack([np.cos(angle), np.sin(angle)])
    found = embedding_report(X, angle[:, None], n_resamples=2)
    torn = found.points.rows[found.points.continuity < 0.95]
    assert 4 < len(torn) < 30
    from_the_cut = np.minimum(torn, 149 - torn)
    assert from_the_cut.max() <= 15 and (found.points.trustworthiness > 0.95).all()
    assert found.continuity == pytest.approx(found.points.continuity.mean())
    assert found.recall == pytest.approx(found.points.recall.mean())
    ax = plot_embedding(angle[:, None], found)
    words = [text.get_text() for text in ax.get_legend().get_texts()]
    assert words == [f"neighbours kept ({150 - len(torn)})", f"torn ({len(torn)})"]
    plt.close("all")
    with pytest.raises(ValueError, match="Z has 10 points"):
        plot_embedding(angle[:10, None], found)
    with pytest.raises(ValueError, match="report is str"):
        plot_embedding(angle[:, None], "faithful")


def test_points_that_were_pressed_together_are_glued():
    rng = np.random.default_rng(0)
    X = rng.normal(size=(200, 3))
    X /= np.linalg.norm(X, axis=1, keepdims=True)
    found = embedding_report(X, X[:, :2], n_resamples=2, max_points=100)
    assert len(found.points.rows) == 100 and (found.points.trustworthiness < 0.95).sum() > 50
    words = [t.get_text() for t in plot_embedding(X[:, :2], found).get_legend().get_texts()]
    assert words[0] == "not looked at (100)" and any(word.startswith("glued") for word in words)
    plt.close("all")
