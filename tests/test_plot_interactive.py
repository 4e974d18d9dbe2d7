"""Plotly's pictures show what the flat ones show."""

import sys

import numpy as np
import pytest

from tda import BallMapper, Diagram, count_holes, rips_diagram
from tda.datasets import make_circle, make_torus
from tda.plot import (
    interactive_barcode,
    interactive_cloud,
    interactive_diagram,
    interactive_mapper,
)

pytest.importorskip("plotly")


@pytest.fixture(scope="module")
def count():
    return count_holes(make_circle(80, noise=0.05, random_state=0))


def test_the_diagram_has_a_mark_for_each_bar_at_its_values(count):
    figure = interactive_diagram(count)
    components, loops, rings = figure.data
    diagram = count.diagram
    np.testing.assert_allclose(loops.x, diagram[1][:, 0])
    np.testing.assert_allclose(loops.y, diagram[1][:, 1])
    assert len(components.x) == len(diagram[0]) and np.isfinite(components.y).all()
    # The component that never dies stands on the line above all others.
    assert max(components.y) > max(loops.y) > 0
    (hole,) = [hole for hole in count.holes if hole.degree == 1]
    assert (rings.x[0], rings.y[0]) == (hole.birth, hole.death)
    assert rings.hovertext[0].startswith("p ")


def test_the_pointer_names_the_rows_that_make_a_bar():
    square = np.array([[0.0, 0], [1, 0], [1, 1], [0, 1]])
    diagram = rips_diagram(square, representatives=True)
    words = interactive_diagram(diagram).data[1].text[0]
    birth = ", ".join(str(v) for v in diagram.birth_simplices[diagram.dims == 1][0] if v >= 0)
    assert words.startswith("H1, loop<br>from 1 to 1.414") and f"born by rows {birth}" in words


def test_the_barcode_draws_the_longest_bars(count):
    figure = interactive_barcode(count, max_bars=5)
    lengths = {trace.name: np.asarray(trace.x) for trace in figure.data}
    assert [len(x) for x in lengths.values()] == [5, 5]
    hole = max(count.diagram[1][:, 1] - count.diagram[1][:, 0])
    assert lengths["H1, loops"].max() == pytest.approx(hole)
    assert sum(o == 1.0 for o in figure.data[1].marker.opacity) == 1
    with pytest.raises(ValueError, match="max_bars=0"):
        interactive_barcode(count, max_bars=0)


def test_clouds_are_flat_or_deep_and_in_groups():
    X = make_torus(60, random_state=0).points
    deep = interactive_cloud(X, color=X[:, 0])
    np.testing.assert_array_equal(np.column_stack([deep.data[0][k] for k in "xyz"]), X)
    flat = interactive_cloud(
        X[:, :2], color=["a"] * 30 + ["b"] * 30, names=[f"n{k}" for k in range(60)]
    )
    assert [(t.name, len(t.x)) for t in flat.data] == [("a", 30), ("b", 30)]
    assert flat.data[1].text[0] == "n30"
    angle = interactive_cloud(X, color=np.arctan2(X[:, 1], X[:, 0]), cyclic=True)
    assert min(angle.data[0].marker.color) >= 0
    for wrong in ({"color": np.ones(3)}, {"names": ["x"]}):
        with pytest.raises(ValueError, match="for 60 points"):
            interactive_cloud(X, **wrong)


def test_a_mapper_has_its_nodes_and_edges():
    X = make_circle(200, random_state=0).points
    mapper = BallMapper(radius=0.5).fit(X)
    figure = interactive_mapper(mapper, X[:, 1], name="height")
    edges, nodes = figure.data
    assert len(nodes.x) == mapper.n_nodes_
    assert len(edges.x) == 3 * len(mapper.graph_.edges)
    np.testing.assert_allclose(nodes.marker.color, mapper.graph_.means(X[:, 1]))
    with pytest.raises(ValueError, match="fitted Mapper"):
        interactive_mapper(X)


def test_a_figure_is_one_page(count, tmp_path):
    interactive_diagram(count, title="a circle").write_html(tmp_path / "a.html")
    text = (tmp_path / "a.html").read_text(encoding="utf-8")
    assert "a circle" in text and "H1, loops" in text


def test_without_plotly_the_error_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "plotly.graph_objects", None)
    with pytest.raises(ImportError, match=r"tda-learn\[plotly\]"):
        interactive_diagram(Diagram([0.0], [1.0], [0]))
