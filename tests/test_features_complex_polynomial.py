"""Complex polynomials: against gudhi and numpy's roots, in every map of the paper."""

import numpy as np
import pytest

from tda.diagrams import Diagram, Diagrams
from tda.features import ComplexPolynomial, complex_polynomial

EMPTY = Diagram([], [], [], max_dimension=1)


def random_bars(rng, n):
    births = rng.uniform(0, 1, n)
    return np.column_stack([births, births + rng.exponential(0.3, n)])


@pytest.mark.parametrize("root_map", ["R", "S", "T"])
@pytest.mark.parametrize("n", [1, 4, 30])
def test_agrees_with_gudhi(root_map, n):
    from gudhi.representations import ComplexPolynomial as Theirs

    bars = random_bars(np.random.default_rng(n), n)
    theirs = Theirs(polynomial_type=root_map, threshold=8)(bars)
    ours = complex_polynomial(bars, n_coefficients=8, root_map=root_map)
    np.testing.assert_allclose(ours, theirs, rtol=1e-12, atol=1e-14)


def test_the_roots_come_back():
    bars = random_bars(np.random.default_rng(0), 7)
    roots = np.roots([1, *complex_polynomial(bars, n_coefficients=7, root_map="R")])
    expected = bars[:, 0] + 1j * bars[:, 1]
    np.testing.assert_allclose(np.sort_complex(roots), np.sort_complex(expected), rtol=1e-6)


def test_the_first_coefficient_is_minus_the_sum_of_the_roots():
    """S has modulus |d - b| / √2, the distance to the diagonal; T has it too."""
    bar = np.array([[1.0, 4.0]])
    (s,), (t,) = (complex_polynomial(bar, n_coefficients=1, root_map=m) for m in "ST")
    assert abs(s) == pytest.approx(3 / np.sqrt(2)) == pytest.approx(abs(t))
    assert np.angle(-s) == pytest.approx(np.arctan2(4, 1))
    assert np.angle(-t) == pytest.approx((np.sqrt(17) + np.pi / 4 + np.pi) % (2 * np.pi) - np.pi)


@pytest.mark.parametrize("root_map", ["R", "S", "T"])
def test_order_of_bars_and_short_bars(root_map):
    rng = np.random.default_rng(1)
    bars = random_bars(rng, 20)
    expected = complex_polynomial(bars, root_map=root_map)
    shuffled = complex_polynomial(rng.permutation(bars), root_map=root_map)
    np.testing.assert_allclose(shuffled, expected, rtol=1e-11)
    longer = np.append(bars, [[0.5, 0.5 + 1e-12]], axis=0)
    change = np.abs(complex_polynomial(longer, root_map=root_map) / expected - 1).max()
    assert (change < 1e-10) == (root_map != "R")


@pytest.mark.parametrize("root_map", ["R", "S"])
def test_a_unit_k_times_as_small_gives_powers_of_k(root_map):
    bars = random_bars(np.random.default_rng(2), 12)
    powers = 1000.0 ** np.arange(1, 6)
    np.testing.assert_allclose(
        complex_polynomial(1000 * bars, n_coefficients=5, root_map=root_map),
        powers * complex_polynomial(bars, n_coefficients=5, root_map=root_map),
        rtol=1e-12,
    )


def test_transform_applies_the_function_degree_by_degree():
    rng = np.random.default_rng(3)
    samples = [
        Diagram(*np.concatenate([random_bars(rng, i), random_bars(rng, 3)]).T, [0] * i + [1] * 3)
        for i in range(1, 5)
    ]
    polynomial = ComplexPolynomial(n_coefficients=3).fit(samples)
    out = polynomial.transform(samples)
    for row, diagram in zip(out.reshape(4, 2, 3, 2), samples, strict=True):
        for k in (0, 1):
            expected = complex_polynomial(diagram[k], n_coefficients=3)
            np.testing.assert_array_equal(row[k], np.column_stack([expected.real, expected.imag]))
    names = polynomial.get_feature_names_out().tolist()
    assert names[:2] == ["complex_polynomial_h0_re_1", "complex_polynomial_h0_im_1"]
    assert names[-1] == "complex_polynomial_h1_im_3"


def test_fewer_bars_than_coefficients_leave_zeros():
    out = complex_polynomial([[0, 1], [0, 2]], root_map="R")
    assert out[:2].all() and not out[2:].any()
    assert not complex_polynomial([]).any()
    assert not complex_polynomial([[2, 2]], root_map="R").any()


def test_essential_classes_and_degrees_missing_on_either_side():
    samples = Diagrams([Diagram([0, 0, 1], [1, np.inf, 4], [0, 0, 1])])
    drop, clamp = (ComplexPolynomial(essential=e).fit(samples) for e in ("drop", "clamp"))
    one = complex_polynomial([[0, 1]])[0]
    assert drop.transform(samples)[0, 0] == one.real
    two = complex_polynomial([[0, 1], [0, 1]])[0]  # the largest finite value of degree 0 is 1
    assert clamp.transform(samples)[0, 1] == two.imag
    only_zero = Diagrams([Diagram([0], [1], [0])])
    assert not drop.transform(only_zero)[0, 20:].any()
    assert ComplexPolynomial().fit(only_zero).transform(samples).shape == (1, 20)
    assert not ComplexPolynomial().fit([EMPTY]).transform([EMPTY]).any()


@pytest.mark.parametrize(
    "params, message",
    [
        ({"n_coefficients": 0}, "n_coefficients"),
        ({"root_map": "Q"}, "root_map"),
        ({"essential": "keep"}, "essential"),
    ],
)
def test_bad_parameters(params, message):
    with pytest.raises(ValueError, match=message):
        ComplexPolynomial(**params).fit([EMPTY])
    if "essential" not in params:
        with pytest.raises(ValueError, match=message):
            complex_polynomial([[0, 1]], **params)


def test_bad_input():
    with pytest.raises(ValueError, match="infinite"):
        complex_polynomial([[0, np.inf]])
    with pytest.raises(ValueError, match="NaN"):
        complex_polynomial([[0, np.nan]])
    with pytest.raises(ValueError, match="too large for a float"):
        complex_polynomial(1e60 * random_bars(np.random.default_rng(4), 30))
