"""Rips of matrices without geometry, over fields of odd order, and in degree 3."""

import numpy as np
from scipy.spatial.distance import cdist

from tda import datasets

from ._family import Family

TITLE = "Rips of any metric, over any field, in degrees up to 3"
AXIS = "points"
Z2 = ("redzed", "gudhi", "giotto-ph", "ripser")
ODD = ("gudhi", "ripser", "giotto-ph")


def random_matrix(n):
    D = np.triu(np.random.default_rng(0).random((n, n)), k=1)
    return D + D.T


def of(points):
    return cdist(points, points)


def sphere(n):
    """Of dimension 3, in four coordinates."""
    X = np.random.default_rng(0).normal(size=(n, 4))
    return X / np.linalg.norm(X, axis=1, keepdims=True)


def torus(n):
    return of(datasets.make_torus(n, random_state=0).points)


def klein_bottle(n):
    return of(datasets.make_klein_bottle(n, random_state=0).points)


def family(name, make, sizes, peers, quick=(), warm_up=60, **options):
    return Family(
        name,
        "rips_matrix",
        make,
        sizes=sizes,
        quick=quick,
        peers=peers,
        options={"field": 2, **options},
        warm_up=warm_up,
    )


FAMILIES = [
    # Of 150 points the pass up to degree 1 gives up, and the next one is compiled.
    family("random matrix, loops", random_matrix, (250, 500), Z2, (150,), 150, max_dimension=1),
    family("random matrix, voids", random_matrix, (75, 150), Z2, (60,), max_dimension=2),
    family("random matrix, Z/3", random_matrix, (250, 500), ODD, max_dimension=1, field=3),
    family("torus, Z/3", torus, (500, 1000), ODD, (300,), max_dimension=1, field=3),
    family("Klein bottle, Z/3", klein_bottle, (500, 1000), ODD, max_dimension=1, field=3),
    family(
        "torus, Z/3, cocycles",
        torus,
        (500, 1000),
        ("ripser",),
        max_dimension=1,
        field=3,
        cocycles=True,
    ),
    family(
        "Klein bottle, Z/3, cocycles",
        klein_bottle,
        (500, 1000),
        ("ripser",),
        max_dimension=1,
        field=3,
        cocycles=True,
    ),
    family(
        "sphere in R³, voids, Z/3, cocycles",
        lambda n: of(datasets.make_sphere(n, random_state=0).points),
        (100, 200),
        ("ripser",),
        (60,),
        max_dimension=2,
        field=3,
        cocycles=True,
    ),
    family("sphere in R⁴, degree 3", lambda n: of(sphere(n)), (75, 150), Z2, max_dimension=3),
    family(
        "uniform in R⁵, degree 3",
        lambda n: of(datasets.make_uniform(n, dimension=5, random_state=0).points),
        (50, 100),
        Z2,
        max_dimension=3,
    ),
    family(
        "sphere in R³, degree 3",
        lambda n: of(datasets.make_sphere(n, random_state=0).points),
        (50, 100),
        Z2,
        max_dimension=3,
    ),
    family(
        "sphere in R³, voids",
        lambda n: of(datasets.make_sphere(n, random_state=0).points),
        (400, 1000),
        ("redzed", "gudhi"),
        max_dimension=2,
    ),
    family("torus, voids", torus, (500, 1000, 2000), ("gudhi",), max_dimension=2),
]
