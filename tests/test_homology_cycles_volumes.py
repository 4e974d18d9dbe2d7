"""The least volumes of loops in space, against one linear program for the whole complex."""

import warnings

import numpy as np
import pytest
from scipy import sparse
from scipy.optimize import LinearConstraint, linprog, milp

from tda import alpha_diagram, datasets, representative_cycles
from tda.homology.cycles import AlphaCycles, _volumes


def long_bars(X, n_bars):
    """The cycles of a cloud, and of the longest bars the edge of birth, cell of death, filling."""
    cycles, diagram = AlphaCycles(X), alpha_diagram(X, max_dimension=1)
    ones = np.flatnonzero(diagram.dims == 1)
    found = []
    for bar in ones[np.argsort(-diagram.lifetimes[ones], kind="stable")[:n_bars]]:
        pair = cycles._loop(diagram, bar)
        loops = cycles.loops
        edge, cell = loops.free[pair], cycles._enders[loops.cells[pair]]
        found.append((int(edge), int(cell), cycles._enders[loops.volume(pair)]))
    return cycles.complex, found


def whole_boundary(complex_, edge, cell):
    """The boundary matrix of all triangles up to `cell`, in the edges after `edge`."""
    triangles = complex_.simplices[2][: cell + 1]
    number = {tuple(e): i for i, e in enumerate(complex_.simplices[1].tolist())}
    rows, columns, signs = [], [], []
    for j, (a, b, c) in enumerate(triangles.tolist()):
        for side, sign in (((a, b), 1.0), ((b, c), 1.0), ((a, c), -1.0)):
            if number[side] > edge:
                rows.append(number[side])
                columns.append(j)
                signs.append(sign)
    shape = len(number), cell + 1
    matrix = sparse.coo_array((signs, (rows, columns)), shape=shape).tocsr()
    return matrix[np.unique(rows)].tocsc()


def least_of_all(complex_, edge, cell, whole):
    """The least sum of coefficients over the whole complex, of real or of whole numbers."""
    matrix = whole_boundary(complex_, edge, cell)
    left, right = matrix[:, :cell], -matrix[:, [cell]].toarray()[:, 0]
    sides, costs = sparse.hstack([left, -left]), np.ones(2 * cell)
    if whole:
        limits = LinearConstraint(sides, right, right)
        return milp(costs, integrality=costs, constraints=limits).fun + 1
    return linprog(costs, A_eq=sides, b_eq=right, method="highs-ds").fun + 1


def fills(complex_, edge, cell, triangles):
    odd = np.zeros(cell + 1)
    odd[triangles] = 1
    assert odd[cell] == 1
    sums = np.abs(whole_boundary(complex_, edge, cell)) @ odd
    return bool((sums % 2 == 0).all())


CLOUDS = {
    "cube": lambda seed: np.random.default_rng(seed).random((120, 3)),
    "torus": lambda seed: np.asarray(datasets.make_torus(120, noise=0.1, random_state=seed)),
    "circle": lambda seed: (
        np.pad(np.asarray(datasets.make_circle(100, random_state=seed)), ((0, 0), (0, 1)))
        + np.random.default_rng(seed).normal(scale=0.1, size=(100, 3))
    ),
    "tied": lambda seed: np.rint(4 * np.random.default_rng(seed).random((100, 3))),
}


@pytest.mark.parametrize("name", list(CLOUDS))
@pytest.mark.parametrize("first", [0.1, 4.0])
def test_what_is_proved_in_a_ball_is_the_least_of_the_whole_complex(name, first, monkeypatch):
    monkeypatch.setattr(_volumes, "_FIRST_BALL", first)  # 0.1: at first the triangle of death alone
    proved = 0
    for seed in range(2):
        X = CLOUDS[name](seed)
        complex_, bars = long_bars(X, 6)
        for edge, cell, known in bars:
            triangles, low = _volumes.least_chain(complex_, X, edge, cell, known)
            assert fills(complex_, edge, cell, triangles)
            assert len(triangles) <= len(known)
            real = least_of_all(complex_, edge, cell, whole=False)
            assert low <= np.ceil(real - 1e-6)
            if low == len(triangles):
                proved += 1
                # Over Z/2 there may be fewer than over the real numbers, never more.
                assert len(triangles) <= least_of_all(complex_, edge, cell, whole=True) + 1e-6
    assert proved >= 9


def test_most_are_proved_far_from_the_whole_complex(monkeypatch):
    X = np.random.default_rng(3).random((1500, 3))
    complex_, bars = long_bars(X, 5)
    sizes, solve, in_part = [], _volumes._Pool.solve, 0

    def watched(self, ball, **options):
        sizes.append(np.count_nonzero(ball) / ball.size)
        return solve(self, ball, **options)

    monkeypatch.setattr(_volumes._Pool, "solve", watched)
    for edge, cell, known in bars:
        triangles, low = _volumes.least_chain(complex_, X, edge, cell, known)
        assert low == len(triangles)
        in_part += sizes[-1] < 0.6
        real = least_of_all(complex_, edge, cell, whole=False)
        assert len(triangles) == pytest.approx(real)
    assert in_part >= 2


def test_the_program_in_whole_numbers_finds_the_least_of_them():
    X = np.random.default_rng(0).random((70, 3))
    complex_, bars = long_bars(X, 1)
    edge, cell, _ = bars[0]
    pool = _volumes._Pool(complex_, edge, cell)
    everything = np.ones(len(pool.places), dtype=bool)
    _, prices, cost = pool.solve(everything)
    whole = pool.solve_whole(everything, prices)
    assert _volumes._is_whole(whole) and whole[-1] == 1
    assert np.abs(whole_boundary(complex_, edge, cell)[:, pool.places] @ np.rint(whole)).max() == 0
    assert np.abs(whole).sum() >= cost - 1e-6
    assert np.abs(whole).sum() == pytest.approx(least_of_all(complex_, edge, cell, whole=True))


@pytest.mark.parametrize("limit", ["_MOST_TRIANGLES", "_MOST_PIVOTS"])
def test_a_volume_that_is_not_proved_says_what_is_known(limit, monkeypatch):
    X = np.random.default_rng(0).random((200, 3))
    monkeypatch.setattr(_volumes, "_FIRST_BALL", 2.0)
    monkeypatch.setattr(_volumes, limit, 5)
    diagram = alpha_diagram(X, max_dimension=1)
    with pytest.warns(UserWarning, match="no volume over the real numbers has less than"):
        (edges,) = representative_cycles(X, diagram, n_bars=1, degree=1, how="volume").values()
    degrees = np.bincount(edges.reshape(-1))
    assert len(edges) > 3 and (degrees % 2 == 0).all()
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        monkeypatch.undo()
        representative_cycles(X, diagram, n_bars=1, degree=1, how="volume")
