"""Template functions: against teaspoon, from the formulas, and stable where tents are."""

import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tda.diagrams import Diagram, Diagrams
from tda.features import TemplateFunctions, template_functions

REFERENCE = Path(__file__).parent / "reference" / "features_template_functions.json"
EMPTY = Diagram([], [], [], max_dimension=1)
GRID = {"birth_range": (0, 1), "lifetime_range": (0.1, 1.3)}


def random_bars(rng, n):
    births = rng.uniform(0, 1, n)
    return np.column_stack([births, births + rng.exponential(0.3, n)])


@pytest.mark.parametrize("template", ["tent", "polynomial"])
def test_agrees_with_teaspoon(template):
    made = json.loads(REFERENCE.read_text())
    for case in made[template]:
        grid = {key: case[key] for key in ("birth_range", "lifetime_range", "resolution")}
        ours = template_functions(made["bars"], **grid, template=template)
        theirs = np.reshape(case["features"], case["resolution"])
        np.testing.assert_allclose(ours, theirs, rtol=1e-10, atol=1e-13)


def test_tents_are_those_of_the_formula():
    bars = random_bars(np.random.default_rng(0), 50)
    out = template_functions(bars, **GRID, resolution=(5, 6))
    delta, epsilon = 1 / 4, 1.2 / 6
    x, y = bars[:, 0], bars[:, 1] - bars[:, 0]
    for i in range(5):
        for j in range(6):
            far = np.maximum(np.abs(x - i * delta) / delta, np.abs(y - 0.3 - j * epsilon) / epsilon)
            assert out[i, j] == pytest.approx(np.maximum(0, 1 - far).sum(), abs=1e-13)


def test_polynomials_are_one_at_their_node_and_zero_at_others():
    nodes = np.array([-1, -0.5, 0.5, 1]) * (1 - 1e-15)
    births, lifetimes = (nodes + 1) / 2, 0.7 + 0.6 * nodes
    for i in range(4):
        for j in range(4):
            bar = [[births[i], births[i] + lifetimes[j]]]
            out = template_functions(bar, **GRID, resolution=(4, 4), template="polynomial")
            expected = np.zeros((4, 4))
            expected[i, j] = 1.0
            np.testing.assert_allclose(out, expected, atol=1e-14)


BARS = st.lists(
    st.tuples(st.floats(0, 3), st.floats(0.01, 2)).map(lambda p: [p[0], p[0] + p[1]]),
    min_size=0,
    max_size=6,
)


@settings(max_examples=40, deadline=None)
@given(BARS, BARS, st.sampled_from([0.0, 0.2]))
def test_tents_are_no_less_stable_than_said(wasserstein, one, other, lowest):
    one, other = np.reshape(one, (-1, 2)), np.reshape(other, (-1, 2))
    grid = {"birth_range": (0.2, 2.8), "lifetime_range": (lowest, 1.5), "resolution": (5, 4)}
    change = np.abs(template_functions(one, **grid) - template_functions(other, **grid)).max()
    slope = max(4 / 2.6, 2 * 4 / (1.5 - lowest))
    assert change <= slope * wasserstein(one, other) + 1e-9


@pytest.mark.parametrize("template", ["tent", "polynomial"])
def test_additive_in_the_diagram_and_blind_to_order(template):
    rng = np.random.default_rng(1)
    a, b = random_bars(rng, 20), random_bars(rng, 30)
    one, other, both, shuffled = (
        template_functions(bars, **GRID, template=template)
        for bars in (a, b, np.concatenate([a, b]), rng.permutation(np.concatenate([a, b])))
    )
    np.testing.assert_allclose(one + other, both, rtol=1e-12, atol=1e-13)
    np.testing.assert_allclose(shuffled, both, rtol=1e-12, atol=1e-13)


@pytest.mark.parametrize("template", ["tent", "polynomial"])
def test_functions_of_the_lifetime_alone(template):
    bars = random_bars(np.random.default_rng(2), 20)
    alone = {**GRID, "birth_range": (-np.inf, np.inf), "template": template}
    out = template_functions(bars, **alone, resolution=(4, 7))
    assert out.shape == (1, 7)
    np.testing.assert_allclose(
        template_functions(bars + 5, **alone, resolution=(4, 7)), out, atol=1e-12
    )


@pytest.mark.parametrize("template", ["tent", "polynomial"])
def test_the_grid_follows_the_data(template):
    rng = np.random.default_rng(3)
    bars = random_bars(rng, 30)
    samples = [
        Diagram(*np.concatenate([np.c_[np.zeros(30), bars[:, 1]], bars]).T, [0] * 30 + [1] * 30)
    ]
    fitted = TemplateFunctions(template=template, resolution=(3, 4)).fit(samples)
    assert fitted.birth_ranges_[0] == (-np.inf, np.inf)
    low, high = fitted.birth_ranges_[1]
    assert low < bars[:, 0].min() and bars[:, 0].max() < high < 1.1
    low, high = fitted.lifetime_ranges_[1]
    assert low == np.ptp(bars, axis=1).min() / 2 and high > np.ptp(bars, axis=1).max()
    assert fitted.transform(samples).shape == (1, 4 + 12)
    assert fitted.transform(samples).sum() > 0
    larger = [Diagram(8 * samples[0].births, 8 * samples[0].deaths, samples[0].dims)]
    again = TemplateFunctions(template=template, resolution=(3, 4)).fit_transform(larger)
    np.testing.assert_allclose(again, fitted.transform(samples), rtol=1e-9)


@pytest.mark.parametrize("template", ["tent", "polynomial"])
def test_transform_applies_the_function_degree_by_degree(template):
    rng = np.random.default_rng(4)
    samples = [
        Diagram(*np.concatenate([random_bars(rng, i), random_bars(rng, 6)]).T, [0] * i + [1] * 6)
        for i in range(4)
    ]
    fitted = TemplateFunctions(template=template, resolution=(3, 4), **GRID).fit(samples)
    out = fitted.transform(samples).reshape(4, 2, 3, 4)
    for row, diagram in zip(out, samples, strict=True):
        for k in (0, 1):
            expected = template_functions(diagram[k], **GRID, resolution=(3, 4), template=template)
            np.testing.assert_array_equal(row[k], expected)
    assert fitted.get_feature_names_out()[-1] == "template_functions_h1_2_3"


@pytest.mark.parametrize("template", ["tent", "polynomial"])
def test_essential_classes_and_degrees_missing_on_either_side(template):
    samples = Diagrams([Diagram([0, 1, 1, 1], [8, np.inf, 4, 5], [0, 0, 1, 1])])
    drop, clamp = (
        TemplateFunctions(essential=e, template=template, resolution=(3, 4)).fit(samples)
        for e in ("drop", "clamp")
    )
    assert drop.birth_ranges_[0] == (-np.inf, np.inf) and clamp.birth_ranges_[0][0] < 0
    only_zero = Diagrams([Diagram([0], [7], [0])])
    assert drop.transform(only_zero)[0, :4].any() and not drop.transform(only_zero)[0, 4:].any()
    again = TemplateFunctions(template=template, resolution=(3, 4)).fit(only_zero)
    assert again.transform(samples).shape == (1, 4)
    far = Diagrams([Diagram([1e300], [np.inf], [0]), Diagram([-1e300], [1e300], [0])])
    assert not clamp.transform(far).any()
    nothing = TemplateFunctions(template=template).fit([EMPTY])
    assert not nothing.transform([EMPTY]).any()
    assert nothing.lifetime_ranges_[1] == (0.0, 1.0)


@pytest.mark.parametrize(
    "params, message",
    [
        ({"template": "bump"}, "template"),
        ({"resolution": (1, 4)}, "resolution.*from 2 on"),
        ({"resolution": 4}, "resolution"),
        ({"resolution": (2, 3, 4)}, "resolution"),
        ({"birth_range": (2, 1)}, "birth_range.*low < high"),
        ({"lifetime_range": (-1, 1)}, "lifetime_range.*below 0"),
        ({"lifetime_range": (0, np.inf)}, "lifetime_range.*finite"),
    ],
)
def test_bad_parameters(params, message):
    with pytest.raises(ValueError, match=message):
        TemplateFunctions(**params).fit([EMPTY])
    with pytest.raises(ValueError, match=message):
        template_functions([[0, 1]], **{**GRID, **params})


def test_bad_input():
    with pytest.raises(ValueError, match="infinite"):
        template_functions([[0, np.inf]], **GRID)
