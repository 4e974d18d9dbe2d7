"""The topological autoencoder: as an estimator, and what it keeps that a plain one loses."""

import pickle

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.utils.estimator_checks import parametrize_with_checks

from tda.embedding import neighbor_scores
from tda.learning import TopologicalAutoencoder

torch = pytest.importorskip("torch")

QUICK = {"n_epochs": 3, "hidden_layer_sizes": (8,), "random_state": 0}


@parametrize_with_checks([TopologicalAutoencoder(**QUICK)])
def test_scikit_learns_own_checks(estimator, check):
    check(estimator)


def overtones(n, seed):
    """A circle wound twice about itself, the second turn beside the first."""
    angle = np.random.default_rng(seed).uniform(0, 2 * np.pi, n)
    return np.column_stack([f(k * angle) for k in (1, 2) for f in (np.cos, np.sin)])


@pytest.mark.parametrize("topology", ["cycles", "components", "divergence", "connectivity", None])
def test_every_topology_trains_and_gives_back(topology):
    X = overtones(150, 0)
    options = {"n_epochs": 40, "batch_size": 50, "random_state": 0}
    model = TopologicalAutoencoder(topology=topology, **options).fit(X)
    assert model.losses_.shape == (40, 2)
    assert (model.losses_[:, 1] > 0).all() if topology else (model.losses_[:, 1] == 0).all()
    assert model.losses_[-5:].sum() < 0.7 * model.losses_[:5].sum()
    back = model.inverse_transform(model.transform(X))
    lost = ((back - X) ** 2).sum() / ((X - X.mean(axis=0)) ** 2).sum()
    assert lost < (0.9 if topology == "connectivity" else 0.5)


def test_seeds_reproduce_and_torch_keeps_its_own_state():
    X = overtones(100, 0)
    torch.manual_seed(5)
    before = torch.random.get_rng_state()
    one = TopologicalAutoencoder(**QUICK).fit(X)
    assert torch.equal(before, torch.random.get_rng_state())
    other = clone(one).fit(X)
    np.testing.assert_array_equal(one.transform(X), other.transform(X))
    again = pickle.loads(pickle.dumps(one))
    np.testing.assert_array_equal(one.transform(X), again.transform(X))
    different = clone(one).set_params(random_state=1).fit(X)
    assert not np.allclose(one.transform(X), different.transform(X))


@pytest.mark.parametrize("topology", ["components", None])
def test_the_best_of_several_starts_is_kept(topology):
    X = overtones(120, 0)
    one = TopologicalAutoencoder(**QUICK, topology=topology, batch_size=40, n_init=1).fit(X)
    several = clone(one).set_params(n_init=4).fit(X)
    again = clone(several).fit(X)
    np.testing.assert_array_equal(several.transform(X), again.transform(X))
    assert several.start_losses_.shape == (4, 2)
    np.testing.assert_array_equal(several.start_losses_[0], one.start_losses_[0])
    totals = several.start_losses_ @ [1, several.topology_weight]
    assert len(np.unique(totals)) == 4
    best = several.start_losses_[totals.argmin()]
    back = several.inverse_transform(several.transform(X))
    lost = ((back - X) ** 2).sum() / ((X - X.mean(axis=0)) ** 2).sum()
    np.testing.assert_allclose(lost, best[0], rtol=1e-5)
    assert (best[1] > 0) == (topology is not None)


def test_coordinates_are_in_the_units_of_the_data():
    """A power of two rounds nothing, so that training is the same."""
    X = overtones(100, 0)
    one, large = (TopologicalAutoencoder(**QUICK).fit(s * X) for s in (1, 2.0**40))
    np.testing.assert_allclose(large.transform(2.0**40 * X), 2.0**40 * one.transform(X), rtol=1e-9)
    Z = one.transform(X)
    np.testing.assert_allclose(
        large.inverse_transform(2.0**40 * Z), 2.0**40 * one.inverse_transform(Z), rtol=1e-9
    )


def test_in_a_pipeline_with_names():
    X = overtones(60, 0)
    model = make_pipeline(StandardScaler(), TopologicalAutoencoder(**QUICK))
    frame = model.set_output(transform="pandas").fit_transform(X)
    assert list(frame.columns) == ["topological_autoencoder_0", "topological_autoencoder_1"]


def test_what_cannot_be_trained_is_said():
    with pytest.raises(ValueError, match="a width is an integer"):
        TopologicalAutoencoder(hidden_layer_sizes=(8, 0)).fit(np.eye(5))
    with pytest.raises(ValueError, match="NaN"):
        TopologicalAutoencoder().fit(np.full((5, 2), np.nan))
    fitted = TopologicalAutoencoder(**QUICK).fit(np.eye(5))
    with pytest.raises(ValueError, match="Z has 3 columns"):
        fitted.inverse_transform(np.zeros((1, 3)))
    equal = TopologicalAutoencoder(**QUICK).fit(np.ones((5, 2)))
    assert np.isfinite(equal.transform(np.ones((5, 2)))).all()


def test_it_keeps_neighbours_where_the_data_would_fold():
    """Loud overtones: a plain autoencoder glues what half a turn parts, on the mean of seeds."""
    glued = {}
    for topology in ("cycles", None):
        scores = []
        for seed in range(2):
            X = overtones(150, seed) * [1, 1, 2, 2]
            model = TopologicalAutoencoder(topology=topology, n_epochs=60, random_state=seed)
            scores.append(neighbor_scores(X, model.fit_transform(X)).trustworthiness)
        glued[topology] = 1 - np.mean(scores)
    assert glued["cycles"] < glued[None]
