"""Diagrams with gradients: against finite differences, and formulas that are known."""

from itertools import combinations

import numpy as np
import pytest

from tda import alpha_diagram, cubical_diagram, rips_diagram
from tda.distances import wasserstein_distance
from tda.learning import (
    bar_count_loss,
    connectivity_loss,
    divergence_loss,
    preservation_loss,
    sliced_rows,
    smooth_gradient,
    smoothed,
    tensor_diagram,
    total_persistence,
    wasserstein_loss,
)
from tda.learning._preservation import cone_matrix

torch = pytest.importorskip("torch")


def random_cloud(n, d, seed=0):
    return np.random.default_rng(seed).normal(size=(n, d))


def check_gradient(loss, X, rtol=1e-5):
    """The gradient of `loss` at `X` against central differences in every coordinate."""
    x = torch.tensor(X, requires_grad=True)
    loss(x).backward()
    step = 1e-6
    expected = np.zeros_like(X)
    for at in np.ndindex(X.shape):
        values = []
        for sign in (1, -1):
            moved = X.copy()
            moved[at] += sign * step
            values.append(loss(torch.tensor(moved)).item())
        expected[at] = (values[0] - values[1]) / (2 * step)
    scale = np.abs(expected).max()
    assert scale > 1e-3
    np.testing.assert_allclose(x.grad.numpy(), expected, rtol=0, atol=rtol * scale)


def weighted(bars):
    """Every birth and every death with a weight of its own."""
    bars = bars.finite()
    at = torch.arange(len(bars), dtype=torch.float64)
    return (torch.cos(at) * bars.births).sum() + (torch.sin(1 + at) * bars.deaths).sum()


@pytest.mark.parametrize(
    ("options", "shape"),
    [
        ({"max_dimension": 2}, (14, 3)),
        ({"field": 3}, (15, 3)),
        ({"filtration": "alpha"}, (14, 2)),
        ({"filtration": "alpha"}, (14, 3)),
        ({"filtration": "alpha"}, (10, 4)),
        ({"filtration": "cubical"}, (6, 5)),
        ({"filtration": "cubical", "direction": "superlevel"}, (3, 4, 3)),
        ({"filtration": "cubical", "construction": "vertices"}, (6, 5)),
    ],
    ids=str,
)
def test_gradients_are_those_of_finite_differences(options, shape):
    X = np.random.default_rng(0).normal(size=shape)
    check_gradient(lambda x: weighted(tensor_diagram(x, **options)), X)


def test_gradients_by_distances_are_those_of_the_critical_pairs():
    X = random_cloud(12, 3)
    D = torch.cdist(torch.tensor(X), torch.tensor(X)).requires_grad_()
    bars = tensor_diagram(D, metric="precomputed").finite()
    bars.deaths.sum().backward()
    assert int((D.grad != 0).sum()) == len(bars)  # each depends on one entry


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_values_are_those_of_the_engines(dtype):
    X = random_cloud(40, 3)
    for given, options, expected in [
        (X, {"max_dimension": 2}, rips_diagram(X.astype(np.float32), max_dimension=2)),
        (X, {"filtration": "alpha"}, alpha_diagram(X.astype(np.float32))),
        (X, {"filtration": "cubical"}, cubical_diagram(X.astype(np.float32))),
    ]:
        bars = tensor_diagram(torch.tensor(given.astype(np.float32), dtype=dtype), **options)
        assert bars.births.dtype == dtype
        np.testing.assert_array_equal(bars.dims, expected.dims)
        np.testing.assert_allclose(bars.births, expected.births, rtol=1e-5, atol=1e-6)
        np.testing.assert_allclose(bars.deaths, expected.deaths, rtol=1e-5, atol=1e-6)


def test_points_that_coincide_and_lattices_have_finite_gradients():
    for X in (np.zeros((5, 2)), np.argwhere(np.ones((4, 4))) * 1.0, np.repeat(np.eye(3), 3, 0)):
        for filtration in ("rips", "alpha"):
            x = torch.tensor(X, requires_grad=True)
            bars = tensor_diagram(x, filtration=filtration).finite()
            (total_persistence(bars) + bars.births.sum()).backward()
            assert torch.isfinite(x.grad).all()


def test_what_is_no_input_is_said():
    with pytest.raises(ValueError, match="filtration='cech'"):
        tensor_diagram(torch.zeros(3, 2), filtration="cech")
    with pytest.raises(ValueError, match="pass other distances"):
        tensor_diagram(torch.zeros(3, 2), metric="cosine")
    with pytest.raises(ValueError, match=r"X.float\(\)"):
        tensor_diagram(torch.zeros(3, 2, dtype=torch.int64))
    with pytest.raises(ValueError, match="NaN"):
        tensor_diagram(torch.full((3, 2), np.nan))
    with pytest.raises(ValueError, match="degrees 0 to 1"):
        total_persistence(tensor_diagram(torch.rand(5, 2)), degrees=2)
    with pytest.raises(ValueError, match="tensor_diagram gives"):
        total_persistence(rips_diagram([[0.0], [1.0]]))


# -- losses of diagrams ----------------------------------------------------------------------------


@pytest.mark.parametrize("order", [1.0, 2.0, 3.0])
@pytest.mark.parametrize("internal_p", [1.0, 2.0, np.inf])
def test_wasserstein_loss_is_the_distance_to_its_power(order, internal_p):
    X, other = random_cloud(12, 2), rips_diagram(random_cloud(14, 2, seed=1)).finite()
    given = rips_diagram(X)
    options = {"order": order, "internal_p": internal_p}
    for degree, target in ((1, other), (1, other[1] + 0.05), (0, rips_diagram(X + [[1, 0]] * 12))):
        bars = tensor_diagram(torch.tensor(X))
        loss = wasserstein_loss(bars, target, degree=degree, **options)
        against = target if isinstance(target, np.ndarray) else target[degree]
        expected = wasserstein_distance(given[degree], against, **options) ** order
        assert loss.item() == pytest.approx(expected, rel=1e-9, abs=1e-12)
    check_gradient(lambda x: wasserstein_loss(tensor_diagram(x), other, **options), X, rtol=1e-4)


def test_essential_classes_match_by_their_births_or_not_at_all():
    image = torch.tensor([[0.0, 2.0, 1.0]], requires_grad=True)
    bars = tensor_diagram(image, filtration="cubical")
    loss = wasserstein_loss(bars, [[0.5, np.inf]], degree=0)
    loss.backward()
    assert loss.item() == pytest.approx(0.5**2 + 0.5**2)
    np.testing.assert_allclose(image.grad, [[-1.0, 0.5, -0.5]])
    with pytest.raises(ValueError, match="essential classes"):
        wasserstein_loss(bars, [[0.0, 1.0]], degree=0)


def test_training_a_cloud_makes_the_loop_that_is_wanted():
    """Gradient descent brings the loop of a noisy circle to a birth and a death."""
    angles = np.linspace(0, 2 * np.pi, 24, endpoint=False)
    circle = np.column_stack([np.cos(angles), np.sin(angles)]) + 0.1 * random_cloud(24, 2)
    X = torch.tensor(circle, requires_grad=True)
    optimiser = torch.optim.Adam([X], lr=0.02)
    losses = []
    for _ in range(60):
        optimiser.zero_grad()
        loss = wasserstein_loss(tensor_diagram(X), [[0.7, 2.5]])
        loss.backward()
        optimiser.step()
        losses.append(loss.item())
    assert losses[-1] < 0.05 * losses[0]


def test_count_of_bars():
    bars = tensor_diagram(torch.tensor([[0.0], [3.0], [4.0], [6.0]]))
    for n, expected in ((0, 14.0), (1, -4.0), (2, -12.0), (9, -14.0)):
        assert bar_count_loss(bars, n_bars=n, degree=0).item() == expected
    with pytest.raises(ValueError, match="n_bars=-1"):
        bar_count_loss(bars, n_bars=-1)


# -- losses between a cloud and its coordinates ----------------------------------------------------


@pytest.mark.parametrize("max_dimension", [0, 1])
def test_preservation_is_zero_for_moved_clouds_only_and_has_its_gradient(max_dimension):
    X = random_cloud(15, 4)
    turn = np.linalg.qr(random_cloud(4, 4, seed=1))[0]
    loss = preservation_loss(X, torch.tensor(X @ turn + 3), max_dimension=max_dimension)
    assert loss.item() < 1e-20
    Z = random_cloud(15, 2, seed=2)
    check_gradient(lambda z: preservation_loss(X, z, max_dimension=max_dimension), Z)


def test_zero_preservation_of_components_is_an_equal_diagram():
    """The theorem of Clémot et al. for degree 0, the other way round: another one is no zero."""
    X, Z = random_cloud(15, 4), random_cloud(15, 2)
    assert preservation_loss(X, torch.tensor(Z), max_dimension=0).item() > 0.01


def rank_mod_2(rows):
    """Rank over Z/2 of rows of bits held as Python integers."""
    pivots = {}
    for row in rows:
        while row:
            top = row.bit_length()
            if top not in pivots:
                pivots[top] = row
                break
            row ^= pivots[top]
    return len(pivots)


def cycles_of(edges, bit):
    """A basis of the cycles of a graph, as sets of bits, and how many edges its forest has."""
    basis, tree = [], {}
    for u, v in edges:
        row, path = (1 << u) ^ (1 << v), bit[u, v]
        while row and row.bit_length() in tree:
            row, path = (a ^ b for a, b in zip((row, path), tree[row.bit_length()], strict=True))
        if row:
            tree[row.bit_length()] = row, path
        else:
            basis.append(path)
    return basis, len(tree)


def test_cone_has_the_homology_of_the_exact_sequence():
    """H1 of the cone: what H1 gains and what H0 loses from the graph of A to min(A, B)'s."""
    bit = {e: 1 << i for i, e in enumerate(combinations(range(7), 2))}
    for seed in range(4):
        X, Z = random_cloud(7, 3, seed), random_cloud(7, 2, seed + 10)
        A, B = (torch.cdist(torch.tensor(V), torch.tensor(V)) for V in (X, Z))
        bars = rips_diagram(cone_matrix(A, B).numpy(), metric="precomputed")[1]
        A, M = A.numpy(), torch.minimum(A, B).numpy()
        for t in np.unique(np.round(np.concatenate([A.ravel(), M.ravel()]), 9))[1:] + 1e-9:
            small, joined = cycles_of([e for e in bit if A[e] <= t], bit)
            larger = [e for e in bit if M[e] <= t]
            large, joined_all = cycles_of(larger, bit)
            filled = [
                bit[a, b] ^ bit[a, c] ^ bit[b, c]
                for a, b, c in combinations(range(7), 3)
                if {(a, b), (a, c), (b, c)} <= set(larger)
            ]
            kept = rank_mod_2(filled + small)
            expected = len(large) - kept + joined_all - joined
            assert ((bars[:, 0] <= t) & (bars[:, 1] > t)).sum() == expected


def test_divergence_is_zero_for_scaled_clouds_and_has_its_gradient():
    X, Z = random_cloud(10, 3), random_cloud(10, 2, seed=1)
    assert divergence_loss(X, torch.tensor(5 * X)).item() == pytest.approx(0, abs=1e-9)
    x = torch.tensor(Z, requires_grad=True)
    divergence_loss(X, x).backward()
    moved = divergence_loss(X, torch.tensor(Z) - 1e-3 * x.grad)
    assert moved.item() < divergence_loss(X, torch.tensor(Z)).item()


def test_connectivity_is_that_of_the_spanning_tree():
    from scipy.sparse.csgraph import minimum_spanning_tree
    from scipy.spatial.distance import cdist

    X = random_cloud(20, 3)
    lengths = minimum_spanning_tree(cdist(X, X)).data
    loss = connectivity_loss(torch.tensor(X), length=0.7)
    assert loss.item() == pytest.approx(np.abs(lengths - 0.7).mean())
    check_gradient(lambda x: connectivity_loss(x, length=0.7), X[:10])
    with pytest.raises(ValueError, match="length=0"):
        connectivity_loss(torch.tensor(X), length=0)


def test_pairs_of_clouds_are_checked():
    for loss in (preservation_loss, divergence_loss):
        with pytest.raises(ValueError, match="give each its coordinates"):
            loss(np.zeros((3, 2)), torch.zeros(4, 2))
        with pytest.raises(ValueError, match="two or more points"):
            loss(np.zeros((1, 2)), torch.zeros(1, 2))
    same = torch.zeros(5, 2, requires_grad=True)
    for loss in (preservation_loss, divergence_loss):
        loss(random_cloud(5, 3), same).backward()
    assert torch.isfinite(same.grad).all()


# -- smoothing -------------------------------------------------------------------------------------


def test_interpolation_takes_the_given_values_and_the_average_stays_between_them():
    X = torch.tensor(random_cloud(50, 2))
    given = torch.zeros_like(X)
    given[[3, 11, 30]] = torch.tensor(random_cloud(3, 2, seed=1))
    field = smooth_gradient(X, given, bandwidth=0.2)
    np.testing.assert_allclose(field[[3, 11, 30]], given[[3, 11, 30]], atol=1e-4)
    mean = smooth_gradient(X, given, method="average")
    rows = given[[3, 11, 30]]
    assert (mean <= rows.max(dim=0).values + 1e-12).all()
    assert (mean >= rows.min(dim=0).values - 1e-12).all()
    assert (smooth_gradient(X, torch.zeros_like(X)) == 0).all()


def test_a_smoothed_step_goes_down_and_moves_every_point():
    """The first order of the loss depends on critical points alone, which move as without."""
    X = random_cloud(60, 2)

    def loss(x):
        return total_persistence(tensor_diagram(x, filtration="alpha"), degrees=1)

    plain, spread = (torch.tensor(X, requires_grad=True) for _ in range(2))
    loss(plain).backward()
    loss(smoothed(spread, bandwidth=0.1)).backward()
    anchors = (plain.grad != 0).any(dim=1)
    np.testing.assert_allclose(spread.grad[anchors], plain.grad[anchors], atol=1e-4)
    assert (spread.grad != 0).any(dim=1).sum() > anchors.sum()
    assert loss(spread.detach() - 1e-3 * spread.grad) < loss(plain)


def test_slices_cover_the_cloud_along_the_direction():
    X = np.arange(100.0)[:, None]
    rows = sliced_rows(X, n_points=10, random_state=0)
    assert (np.bincount(rows // 10, minlength=10) == 1).all()
    np.testing.assert_array_equal(sliced_rows(X, n_points=200), np.arange(100))
    assert len(sliced_rows(torch.tensor(X), n_points=7)) == 7
    with pytest.raises(ValueError, match="n_points=0"):
        sliced_rows(X, n_points=0)


def test_losses_refuse_degrees_that_were_not_computed():
    diagram = tensor_diagram(torch.rand(9, 2), max_dimension=1)
    for loss in [
        lambda: wasserstein_loss(diagram, [[0.0, 1.0]], degree=7),
        lambda: bar_count_loss(diagram, n_bars=1, degree=7),
        lambda: total_persistence(diagram, degrees=[7]),
    ]:
        with pytest.raises(ValueError, match="7"):
            loss()
