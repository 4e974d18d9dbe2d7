import json
from math import comb
from pathlib import Path

import numpy as np
import pytest
from scipy.spatial.distance import cdist

from tda.dimension import I3D, lattice_log_volume
from tda.dimension._i3d import discrete_dimension

THEIRS = json.loads((Path(__file__).parent / "reference" / "dimension_i3d.json").read_text())


@pytest.mark.parametrize("d", [1, 2, 3, 7])
def test_volumes_are_numbers_of_lattice_points(d):
    for radius in (0, 1, 2, 5, 40, 200):
        exact = sum(2**k * comb(d, k) * comb(radius, k) for k in range(d + 1))
        assert lattice_log_volume(radius, d) == pytest.approx(np.log(exact), rel=1e-12)


def test_volumes_rise_with_a_real_dimension():
    d = np.linspace(0.1, 30, 200)
    assert (np.diff(lattice_log_volume(6, d)) > 0).all()
    # A step in the radius is one in the dimension: the numbers of Delannoy.
    assert lattice_log_volume(6, 4.0) == pytest.approx(lattice_log_volume(4, 6.0), rel=1e-12)


def test_dimensions_and_errors_are_dadapys():
    X = np.array(THEIRS["X"])
    D = cdist(X, X, "cityblock")
    theirs = zip(THEIRS["radii"], THEIRS["dimensions"], THEIRS["standard_errors"], strict=True)
    for outer, dimension, error in theirs:
        inner = min(int(np.ceil(0.5 * outer)), outer - 1)
        counts = [(D <= radius).sum(axis=1) - 1 for radius in (inner, outer)]
        found = discrete_dimension(*counts, inner, outer)
        assert found == pytest.approx((dimension, error), rel=1e-3)  # theirs is an optimiser's


@pytest.mark.parametrize("d", [0.7, 2.0, 5.5])
@pytest.mark.parametrize("centre_is_free", [True, False])
def test_counts_by_chance_give_the_dimension(d, centre_is_free):
    volumes = np.exp([lattice_log_volume(r, d) for r in (3, 6)]) - (not centre_is_free)
    rng = np.random.default_rng(0)
    outer = np.full(300, 40)
    found = []
    for _ in range(100):
        inner = rng.binomial(outer, volumes[0] / volumes[1])
        found.append(discrete_dimension(inner, outer, 3, 6, centre_is_free=centre_is_free))
    values, errors = np.transpose(found)
    assert values.mean() == pytest.approx(d, abs=4 * errors.mean() / 10)
    assert errors.mean() == pytest.approx(values.std(), rel=0.3)


def test_no_counts_and_all_counts_are_the_ends():
    assert discrete_dimension([0, 0], [3, 4], 1, 2)[0] == np.inf
    assert discrete_dimension([3, 4], [3, 4], 1, 2)[0] == 0


@pytest.mark.parametrize("d", [1, 2, 3])
def test_far_from_the_border_a_full_lattice_has_its_dimension_exactly(d):
    side = {1: 400, 2: 31, 3: 13}[d]
    X = np.argwhere(np.ones([side] * d)).astype(float)
    fitted = I3D(radius=2).fit(X)
    inside = (np.abs(X - side // 2) <= 1).all(axis=1)
    np.testing.assert_allclose(fitted.local_dimension_[inside], d, rtol=1e-6)
    assert fitted.dimension_ == pytest.approx(d, rel=0.1)


@pytest.mark.parametrize(("rate", "d"), [(20, 1), (50, 2), (20, 3), (30, 4)])
def test_counts_have_as_many_dimensions_as_columns(rate, d):
    X = np.random.default_rng(d).poisson(rate, size=(1500, d))
    assert I3D().fit(X).dimension_ == pytest.approx(d, rel=0.1)
    wide = np.column_stack([X, np.full((1500, 2), 3)])
    assert I3D().fit(wide).dimension_ == pytest.approx(I3D().fit(X).dimension_)


def test_the_step_is_found_and_does_not_matter():
    X = np.random.default_rng(0).poisson(20, size=(800, 2))
    plain = I3D().fit(X)
    for scaled in (0.1 * X + 7, np.float32(0.25) * X.astype(np.float32), 3.0 * X - 0.5):
        fitted = I3D().fit(scaled)
        assert fitted.dimension_ == pytest.approx(plain.dimension_)
        assert fitted.step_ == pytest.approx(np.diff(np.unique(scaled[:, 0])).min(), rel=1e-5)
    rough = I3D(step=2.0).fit(X)
    assert rough.step_ == 2 and rough.dimension_ == pytest.approx(2, rel=0.15)
    with pytest.raises(ValueError, match="pass a smaller step="):
        I3D(step=1e6).fit(X)


def test_points_on_no_lattice_are_put_on_a_fine_one():
    X = np.random.default_rng(0).random((1000, 2))
    fitted = I3D().fit(X)
    assert fitted.step_ == pytest.approx(0.0098, rel=0.01)
    assert fitted.dimension_ == pytest.approx(2, rel=0.1)


def test_intervals_hold_the_mean_of_many():
    values, held = [], []
    fits = [I3D().fit(np.random.default_rng(s).poisson(20, size=(300, 2))) for s in range(40)]
    values = np.array([fit.dimension_ for fit in fits])
    held = [fit.interval_[0] <= values.mean() <= fit.interval_[1] for fit in fits]
    assert np.mean(held) >= 0.85
    errors = [fit.standard_error_ for fit in fits]
    assert np.mean(errors) == pytest.approx(values.std(), rel=0.35)


def test_of_many_points_some_are_centres(monkeypatch):
    from tda.dimension import _i3d

    X = np.random.default_rng(0).poisson(60, size=(3000, 2))
    plain = I3D().fit(X)
    monkeypatch.setattr(_i3d, "N_CENTRES", 500)
    some = I3D().fit(X)
    assert some.dimension_ == pytest.approx(plain.dimension_, rel=0.02)
    assert plain.standard_error_ <= some.standard_error_ < 3 * plain.standard_error_
    assert np.median(some.local_dimension_) == pytest.approx(
        np.median(plain.local_dimension_), rel=0.05
    )


def test_a_point_far_out_sets_no_step():
    t = np.linspace(0, 2 * np.pi, 100, endpoint=False)
    ring = np.column_stack([np.cos(t), np.sin(t)]) + 0.05 * np.random.default_rng(0).normal(
        size=(100, 2)
    )
    with pytest.warns(UserWarning, match="no dimension at 1 of 101 points"):
        found = I3D().fit(np.r_[ring, [[1e9, 1e9]]])
    assert found.dimension_ == pytest.approx(I3D().fit(ring).dimension_, abs=0.2)
    # On a lattice that is finer than 1 the step is its own.
    places = np.random.default_rng(1).integers(0, 40, size=(300, 2)) / 4
    with pytest.warns(UserWarning, match="no dimension at"):
        assert I3D().fit(np.r_[places, [[1e9, 1e9]]]).step_ == 0.25
    with pytest.raises(ValueError, match="puts 100 points on 1 place: pass a smaller step="):
        I3D(step=100.0).fit(ring)
