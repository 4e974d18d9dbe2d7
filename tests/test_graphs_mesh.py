"""Functions on meshes: gudhi's simplex tree, known surfaces, Gauss and Bonnet."""

import pickle

import gudhi
import numpy as np
import pytest
from sklearn.base import clone
from sklearn.pipeline import make_pipeline
from sklearn.utils._param_validation import InvalidParameterError

from tda import Diagrams, MeshPersistence, PersistenceStatistics, mesh_diagram
from tda.datasets import load_mesh
from tda.graphs import angle_defect


def torus(n=12, m=8):
    """Vertices and faces of a torus that stands upright."""
    u, v = (a.ravel() for a in np.meshgrid(np.arange(n), np.arange(m), indexing="ij"))
    a, b = 2 * np.pi * u / n, 2 * np.pi * v / m
    vertices = np.column_stack(
        [np.sin(b), (3 + np.cos(b)) * np.sin(a), (3 + np.cos(b)) * np.cos(a)]
    )
    here, right = u * m + v, (u + 1) % n * m + v
    up, across = u * m + (v + 1) % m, (u + 1) % n * m + (v + 1) % m
    faces = np.concatenate(
        [np.column_stack([here, right, across]), np.column_stack([here, across, up])]
    )
    return vertices, faces


def by_gudhi(faces, f, field=2):
    tree = gudhi.SimplexTree()
    for face in faces.tolist():
        tree.insert(face, -np.inf)
    for i in np.unique(faces).tolist():
        tree.assign_filtration([i], f[i])
    for simplex, _ in list(tree.get_skeleton(2)):
        tree.assign_filtration(simplex, max(f[i] for i in simplex))
    tree.compute_persistence(field, 0, True)
    return [
        sorted(map(tuple, tree.persistence_intervals_in_dimension(k).tolist())) for k in range(3)
    ]


@pytest.mark.parametrize("seed", range(20))
def test_equal_to_gudhi_on_any_faces(seed):
    """Faces at random: edges in many of them, isolated vertices, ties."""
    rng = np.random.default_rng(seed)
    n = int(rng.integers(3, 12))
    faces = np.array([rng.choice(n, 3, replace=False) for _ in range(rng.integers(1, 30))])
    f = np.round(rng.normal(size=n) * [1, 100][seed % 2])
    field = [2, 3][seed // 2 % 2]
    diagram = mesh_diagram((rng.normal(size=(n, 3)), faces), function=f, field=field)
    for k, expected in enumerate(by_gudhi(faces, f, field)):
        assert sorted(map(tuple, diagram[k].tolist())) == expected


def test_an_upright_torus_by_height():
    """Its two loops are born at the inside and at the top of the hole: the classical picture."""
    diagram = mesh_diagram(torus(24, 12))
    assert diagram[0].tolist() == [[-4.0, np.inf]]
    np.testing.assert_allclose(diagram[1], [[-2, np.inf], [2, np.inf]], atol=1e-12)
    assert diagram[2].tolist() == [[4.0, np.inf]]
    assert diagram.filtration == "lower star" and diagram.max_dimension == 2
    above = mesh_diagram(torus(24, 12), superlevel=True)
    np.testing.assert_allclose(np.sort(above[1][:, 0]), [-2, 2], atol=1e-12)
    assert (above[1][:, 1] == -np.inf).all() and above[2].tolist() == [[-4.0, -np.inf]]


@pytest.mark.parametrize(("name", "betti"), [("mug", (1, 2, 1)), ("bunny", (1, 0, 1))])
def test_real_meshes_have_their_betti_numbers(name, betti):
    mesh = load_mesh(name)
    for function in ("height", "curvature"):
        diagram = mesh_diagram(mesh, function=function)
        assert tuple(np.isinf(diagram[k][:, 1]).sum() for k in range(3)) == betti
    f = np.asarray(mesh.vertices) @ [1.0, 0.0, 0.0]
    diagram = mesh_diagram(mesh, direction=[1, 0, 0])
    for k, expected in enumerate(by_gudhi(np.asarray(mesh.faces), f)):
        np.testing.assert_allclose(
            sorted(map(tuple, diagram[k].tolist())), np.reshape(expected, (-1, 2)), rtol=1e-12
        )


def test_the_total_curvature_is_gauss_and_bonnets():
    assert angle_defect(torus()).sum() == pytest.approx(0, abs=1e-9)
    for name, euler in (("bunny", 2), ("mug", 0)):
        assert angle_defect(load_mesh(name)).sum() == pytest.approx(2 * np.pi * euler)
    square = [[0, 0], [1, 0], [1, 1], [0, 1]], [[0, 1, 2], [0, 2, 3]]  # a disk: 2π, all of it at
    np.testing.assert_allclose(angle_defect(square), np.pi / 2)  # the corners of its boundary


def test_turning_the_mesh_with_the_direction_changes_nothing():
    vertices, faces = torus()
    turn = np.linalg.qr(np.random.default_rng(0).normal(size=(3, 3)))[0]
    one = mesh_diagram((vertices, faces), direction=[0, 1, 2])
    other = mesh_diagram((vertices @ turn, faces), direction=np.array([0, 1, 2]) @ turn)
    long = one.lifetimes > 1e-9
    np.testing.assert_allclose(one.births[long], other.births[other.lifetimes > 1e-9], atol=1e-9)


def test_the_transformer_is_the_function_over_many():
    meshes = [torus(), load_mesh("mug"), (np.eye(3), [[0, 1, 2]])]
    estimator = MeshPersistence(max_dimension=1)
    diagrams = estimator.fit_transform(meshes)
    assert isinstance(diagrams, Diagrams)
    for diagram, mesh in zip(diagrams, meshes, strict=True):
        assert diagram == mesh_diagram(mesh, max_dimension=1)
    assert clone(estimator).set_params(n_jobs=2).fit_transform(meshes) == diagrams
    assert pickle.loads(pickle.dumps(estimator.fit(meshes))).transform(meshes) == diagrams
    columns = make_pipeline(MeshPersistence(), PersistenceStatistics()).fit_transform(meshes)
    assert len(columns) == 3 and np.isfinite(columns).all()
    own = MeshPersistence(function=lambda mesh: np.asarray(mesh[0])[:, 0]).fit_transform(meshes[:1])
    assert own[0] == mesh_diagram(meshes[0], direction=[1, 0, 0])


@pytest.mark.parametrize(
    ("mesh", "options", "words"),
    [
        ((np.eye(3), [[0, 1, 3]]), {}, "integers from 0 to 2"),
        ((np.eye(3), [[0, 1, 1]]), {}, "three different vertices"),
        ((np.eye(4), [[0, 1, 2, 3]]), {}, "into triangles"),
        ((np.eye(3), []), {}, "at least one"),
        ((np.eye(3) * np.nan, [[0, 1, 2]]), {}, "NaN"),
        (np.eye(3), {}, "a pair"),
        ((np.eye(3), [[0, 1, 2]]), {"direction": [0, 0, 0]}, "not all 0"),
        ((np.eye(3), [[0, 1, 2]]), {"direction": [1, 0]}, "3 finite numbers"),
        ((np.eye(3), [[0, 1, 2]]), {"function": "width"}, "function='width'"),
        ((np.eye(3), [[0, 1, 2]]), {"function": [1.0]}, "one finite number"),
        ((np.eye(3), [[0, 1, 2]]), {"max_dimension": 3}, "degrees 0 to 2"),
    ],
)
def test_errors_say_what_is_wrong(mesh, options, words):
    with pytest.raises(ValueError, match=words):
        mesh_diagram(mesh, **options)


def test_one_mesh_is_no_collection():
    for X in (torus(), load_mesh("mug")):
        with pytest.raises(ValueError, match=r"pass \[X\]"):
            MeshPersistence().fit(X)
    with pytest.raises(ValueError, match="empty"):
        MeshPersistence().fit([])
    for name in MeshPersistence().get_params():
        with pytest.raises(InvalidParameterError, match=name):
            MeshPersistence(**{name: object()}).fit([torus()])
