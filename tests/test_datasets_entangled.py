"""Entangled classes: the Betti numbers of each, the gap between them, and that they are mixed."""

import numpy as np
import pytest
from scipy.spatial import cKDTree
from sklearn.linear_model import LogisticRegression
from sklearn.svm import SVC

from tda import count_holes
from tda.datasets import LabeledShape, make_linked_tori, make_nested_disks, make_nested_spheres

MAKERS = (make_nested_disks, make_linked_tori, make_nested_spheres)


@pytest.mark.parametrize(
    ("make", "options"),
    [
        (make_nested_disks, {}),
        (make_nested_disks, {"n_disks": 1}),
        (make_nested_disks, {"n_disks": 2}),
        (make_nested_disks, {"n_disks": 4}),
        (make_nested_disks, {"n_disks": 12, "gap": 0.02}),
        (make_linked_tori, {}),
        (make_linked_tori, {"n_pairs": 3}),
        (make_nested_spheres, {}),
    ],
)
def test_each_class_has_the_holes_it_says(make, options):
    shape = make(4000, random_state=0, **options)
    for label, betti in enumerate(shape.class_betti):
        found = count_holes(shape.points[shape.labels == label]).betti
        assert found == betti[: len(found)]
    assert shape.betti == tuple(map(sum, zip(*shape.class_betti, strict=True)))


@pytest.mark.parametrize(
    ("make", "options", "gap"),
    [
        (make_nested_disks, {}, 0.04),
        (make_nested_disks, {"n_disks": 5, "gap": 0.1}, 0.1),
        (make_linked_tori, {"n_pairs": 4, "tube_radius": 0.4}, 0.2),
        (make_nested_spheres, {"n_units": 2}, 1.0),
    ],
)
def test_the_classes_are_as_far_apart_as_said(make, options, gap):
    shape = make(6000, random_state=0, **options)
    one, other = (shape.points[shape.labels == k] for k in (0, 1))
    nearest = cKDTree(one).query(other)[0].min()
    assert gap < nearest < 1.5 * gap


@pytest.mark.parametrize("make", MAKERS)
def test_halves_are_shuffled_and_no_plane_parts_them(make):
    shape = make(1001, random_state=0)
    assert isinstance(shape, LabeledShape)
    assert (shape.labels == 0).sum() == 500
    assert 200 < shape.labels[:501].sum() < 300
    X, y = shape.points, shape.labels
    assert LogisticRegression().fit(X, y).score(X, y) < 0.9
    assert SVC(gamma=10, C=100).fit(X, y).score(X, y) > 0.99


def test_more_units_stand_beside_one_another():
    shape = make_nested_spheres(6000, n_units=9, random_state=0)
    assert shape.class_betti == ((9, 0, 9), (18, 0, 18))
    corners = 8.0 * np.column_stack([np.divmod(np.arange(9), 3)[::-1]][0])
    radii = cKDTree(np.column_stack([corners, np.zeros(9)])).query(shape.points)[0]
    assert np.isin(radii.round(9), [1, 2, 3]).all()


@pytest.mark.parametrize(
    ("make", "options", "message"),
    [
        (make_nested_disks, {"gap": 0.3}, "no disk is left"),
        (make_nested_disks, {"n_disks": 0}, "n_disks=0"),
        (make_linked_tori, {"tube_radius": 0.5}, "the tori touch"),
        (make_linked_tori, {"n_pairs": 1.5}, "n_pairs=1.5"),
        (make_nested_spheres, {"n_units": 0}, "n_units=0"),
    ],
)
def test_errors_name_the_parameter(make, options, message):
    with pytest.raises(ValueError, match=message):
        make(100, **options)
