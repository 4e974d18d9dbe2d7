"""Betti matching: bars against the cubical engine, induced maps against ranks by brute force."""

import numpy as np
import pytest

from tda import cubical_diagram
from tda.learning import betti_matching, betti_matching_loss
from tda.learning._betti_matching import _ends, _grid_edges


def complex_of(shape):
    """Pixels as vertices: edges and squares of the grid, as tuples of vertices."""
    place = np.arange(np.prod(shape)).reshape(shape)
    edges = np.concatenate(
        [
            np.column_stack([a.ravel(), b.ravel()])
            for a, b in [(place[:, :-1], place[:, 1:]), (place[:-1], place[1:])]
        ]
    )
    corners = (place[:-1, :-1], place[:-1, 1:], place[1:, :-1], place[1:, 1:])
    return edges, np.column_stack([c.ravel() for c in corners])


def rank_mod_2(rows):
    pivots = {}
    for row in rows:
        while row:
            top = row.bit_length()
            if top not in pivots:
                pivots[top] = row
                break
            row ^= pivots[top]
    return len(pivots)


def rank_of_map(f, g, s, t, shape, degree):
    """Rank of the homology of {f <= s} in that of {g <= t}, over Z/2, by elimination."""
    edges, squares = complex_of(shape)
    bit = {tuple(e): 1 << i for i, e in enumerate(edges)}

    def within(cells, h, level):
        return cells[(h[cells] <= level).all(axis=1)]

    if degree == 0:
        merged = [(1 << int(a)) ^ (1 << int(b)) for a, b in within(edges, g, t)]
        points = [1 << int(v) for v in np.flatnonzero(f <= s)]
        return rank_mod_2(merged + points) - rank_mod_2(merged)
    filled = [bit[a, b] ^ bit[a, c] ^ bit[b, d] ^ bit[c, d] for a, b, c, d in within(squares, g, t)]
    basis, tree = [], {}
    for e in within(edges, f, s):
        row, path = (1 << int(e[0])) ^ (1 << int(e[1])), bit[tuple(e)]
        while row:
            top = row.bit_length()
            if top not in tree:
                tree[top] = (row, path)
                break
            row, path = row ^ tree[top][0], path ^ tree[top][1]
        else:
            basis.append(path)
    return rank_mod_2(filled + basis) - rank_mod_2(filled)


@pytest.mark.parametrize("seed", range(6))
def test_induced_maps_have_the_ranks_of_linear_algebra(seed):
    rng = np.random.default_rng(seed)
    shape = (4, 5)
    f = rng.integers(0, 5, shape).ravel() * 1.0 if seed % 2 else rng.random(shape).ravel()
    g = np.minimum(f, rng.permutation(f))
    edges = _grid_edges(shape, False)
    dual = _grid_edges(shape, True, outside=True)
    ends = _ends(f, g, edges)
    here = np.flatnonzero(ends >= 0)
    components = np.column_stack([f[here], g[edges[ends[here]]].max(axis=1)])
    components = np.vstack([components, [f.min(), np.inf]])
    outside = np.append(-f, -np.inf), np.append(-g, -np.inf)
    ends = _ends(outside[1], outside[0], dual)
    here = np.flatnonzero(ends >= 0)
    loops = np.column_stack([-outside[0][dual[ends[here]]].max(axis=1), g[here]])
    for degree, bars in enumerate((components, loops)):
        bars = bars[bars[:, 1] > bars[:, 0]]
        for s in np.unique(f):
            for t in np.unique(g)[np.unique(g) >= s]:
                expected = rank_of_map(f, g, s, t, shape, degree)
                assert ((bars[:, 0] <= s) & (bars[:, 1] > t)).sum() == expected


@pytest.mark.parametrize("construction", ["cells", "vertices"])
def test_bars_are_those_of_the_images(construction):
    rng = np.random.default_rng(0)
    A, B = rng.random((2, 12, 9))
    found = betti_matching(A, B, construction=construction)
    for image, own in ((A, 0), (B, 1)):
        diagram = cubical_diagram(image, direction="superlevel", construction=construction)
        for degree, matching in enumerate(found):
            pixels = np.vstack([matching.matched[:, 2 * own : 2 * own + 2], matching[1 + own]])
            flat = np.append(image.ravel(), -np.inf)  # -1, of what lives on, is the last
            bars = flat[pixels]
            np.testing.assert_array_equal(
                bars[np.lexsort(bars.T)], diagram[degree][np.lexsort(diagram[degree].T)]
            )


def test_an_image_matches_itself_and_only_what_is_in_place():
    rng = np.random.default_rng(1)
    A = rng.random((10, 10))
    for matching in betti_matching(A, A):
        assert len(matching.first) == len(matching.second) == 0
        np.testing.assert_array_equal(matching.matched[:, :2], matching.matched[:, 2:])
    ring = np.zeros((7, 7))
    ring[1:6, 1:6], ring[2:5, 2:5] = 1, 0
    weak = 0.6 * ring
    _, loops = betti_matching(weak, ring)
    assert len(loops.matched) == 1


def test_the_loss_is_zero_at_the_mask_and_has_its_gradient():
    torch = pytest.importorskip("torch")
    rng = np.random.default_rng(2)
    mask = (rng.random((6, 7)) > 0.5) * 1.0
    assert betti_matching_loss(torch.tensor(mask), mask).item() == 0
    X = rng.random((6, 7))
    x = torch.tensor(X, requires_grad=True)
    betti_matching_loss(x, mask).backward()
    for at in np.ndindex(X.shape):
        values = []
        for step in (1e-6, -1e-6):
            moved = X.copy()
            moved[at] += step
            values.append(betti_matching_loss(torch.tensor(moved), mask).item())
        assert x.grad[at].item() == pytest.approx((values[0] - values[1]) / 2e-6, abs=1e-5)


def test_descent_along_the_loss_mends_the_topology():
    """A broken ring in the prediction is closed, though few pixels are wrong."""
    torch = pytest.importorskip("torch")
    ring = np.zeros((9, 9))
    ring[1:8, 1:8], ring[2:7, 2:7] = 1, 0
    X = torch.tensor(0.8 * ring)
    X[1, 4] = 0.1
    X.requires_grad_()
    assert [len(m.matched) for m in betti_matching(X.detach(), ring)] == [1, 1]
    for _ in range(100):
        loss = betti_matching_loss(X, ring)
        (gradient,) = torch.autograd.grad(loss, X)
        with torch.no_grad():
            X -= 0.3 * gradient
    assert X[1, 4] > 0.6 and loss.item() < 1e-2


def test_what_is_no_pair_of_images_is_said():
    with pytest.raises(ValueError, match="two axes"):
        betti_matching(np.zeros(3), np.zeros(3))
    with pytest.raises(ValueError, match="one shape"):
        betti_matching(np.zeros((3, 3)), np.zeros((3, 4)))
    with pytest.raises(ValueError, match="NaN"):
        betti_matching(np.full((3, 3), np.nan), np.zeros((3, 3)))
    with pytest.raises(ValueError, match="construction='both'"):
        betti_matching(np.zeros((3, 3)), np.zeros((3, 3)), construction="both")
    for A in (np.zeros((1, 1)), np.ones((1, 5)), np.ones((4, 4))):
        components, loops = betti_matching(A, A)
        assert len(components.matched) == 1 and len(loops.matched) == 0
