"""What notebooks are shown: pictures as SVG that any reader can parse, text that is escaped."""

from xml.etree import ElementTree

import numpy as np
import pytest

from tda import Diagram, Diagrams, rips_diagram
from tda._html import (
    bar_chart,
    barcode,
    curves,
    diagram_chart,
    heat_map,
    ranges,
    report_html,
    short,
    table_html,
)
from tda._report import Table
from tda.datasets import make_circle

SVG = "{http://www.w3.org/2000/svg}"


def parsed(text):
    """The elements of a fragment; an error if it is no well-formed markup."""
    return list(ElementTree.fromstring(f"<all>{text}</all>").iter())


def numbers(element, *names):
    return [float(element.get(name)) for name in names]


def test_a_diagram_is_drawn_at_its_births_and_deaths():
    births, deaths = np.array([0.0, 0.0, 1.0]), np.array([2.0, 4.0, 3.0])
    circles = [e for e in parsed(diagram_chart(births, deaths, [0, 0, 1])) if "circle" in e.tag]
    places = sorted(numbers(e, "cx", "cy") for e in circles)
    # The axes run alike from 0 to 4: x = 28 + v * 146 / 4, and y the same from below.
    expected = sorted(
        [28 + b * 36.5, 190 - (28 + d * 36.5)] for b, d in zip(births, deaths, strict=True)
    )
    np.testing.assert_allclose(places, expected, atol=0.06)


def test_a_class_that_never_dies_is_an_arrow_and_no_circle():
    drawn = parsed(diagram_chart([0.0, 0.0], [np.inf, 1.0], [0, 0]))
    assert sum("circle" in e.tag for e in drawn) == 1


@pytest.mark.parametrize(
    "ends", [([0, -np.inf], [np.inf, np.inf]), ([1e300, -1e300], [1e308, 1e308]), ([3], [5])]
)
def test_any_bars_can_be_drawn(ends):
    births, deaths = np.array(ends, dtype=float)
    dims = np.zeros(len(births), dtype=int)
    for draw in (diagram_chart, barcode):
        text = draw(births, deaths, dims)
        assert parsed(text) and "nan" not in text and "inf" not in text


def test_the_longest_bars_of_each_degree_and_all_strong_ones_are_drawn():
    rng = np.random.default_rng(0)
    births, dims = np.zeros(100), np.repeat([0, 1], 50)
    deaths, strong = rng.random(100), np.zeros(100, dtype=bool)
    shown = lambda: sum(e.get("stroke-width") is not None for e in parsed(barcode(  # noqa: E731
        births, deaths, dims, strong=strong)))  # fmt: skip
    assert shown() == 24
    strong[:20] = True
    assert shown() == 32


@pytest.mark.parametrize("draw", [
    lambda name: bar_chart([name], [1.0]),
    lambda name: ranges([name], [0.0], [1.0], [2.0]),
    lambda name: curves([0, 1], {name: np.array([1, 2]), "b": np.array([1, 2])}, y_label=name),
    lambda name: heat_map(np.eye(3), label=name),
    lambda name: table_html([name], [[name]]),
    lambda name: report_html(name, name, notes=[name]),
    lambda name: Table((name,), ((name,),)).to_html(),
])  # fmt: skip
def test_names_are_escaped(draw):
    name = "<b>'&\"</b>"
    elements = parsed(draw(name))
    assert not any(e.tag.removeprefix(SVG) == "b" and not e.get("d") for e in elements)
    said = "".join((e.text or "") + (e.get("aria-label") or "") for e in elements)
    assert name[:5] in said


def test_nothing_to_draw_is_no_picture():
    assert bar_chart(["a"], [np.nan]) == curves([0], {"a": np.zeros(1)}) == ""
    assert barcode([], [], []) == heat_map(np.full((2, 2), np.nan)) == ""
    assert [short(v) for v in (np.inf, -np.inf, np.nan, 0.12345)] == ["∞", "-∞", "", "0.123"]


def test_one_diagram_and_many_show_themselves():
    one = rips_diagram(make_circle(20, random_state=0))
    pictures = [e for e in parsed(one._repr_html_()) if e.tag == f"{SVG}svg"]
    assert len(pictures) == 2 and "edge length" in one._repr_html_()
    many = Diagrams([one] * 6)
    pictures = [e for e in parsed(many._repr_html_()) if e.tag == f"{SVG}svg"]
    assert len(pictures) == 4 and "first 4 are drawn" in many._repr_html_()
    assert parsed(Diagram([], [], [], max_dimension=1)._repr_html_())
    assert parsed(Diagrams([])._repr_html_())
