"""A grid search over a whole pipeline, from clouds to classes, with its diagrams kept."""

import joblib
import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV, StratifiedKFold
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import StandardScaler

from tda import EssentialPolicy, PersistenceLandscape, PersistenceStatistics, RipsPersistence


def clouds(n_samples, n_points, seed):
    """Noisy circles (class 1) and disks (class 0) of the same width, in turn."""
    rng = np.random.default_rng(seed)
    X, y = [], np.arange(n_samples) % 2
    for circle in y:
        angles = rng.uniform(0, 2 * np.pi, n_points)
        radii = np.ones(n_points) if circle else np.sqrt(rng.uniform(size=n_points))
        X.append(np.column_stack([radii * np.cos(angles), radii * np.sin(angles)]))
        X[-1] += rng.normal(0, 0.1, (n_points, 2))
    return X, y


def test_homology_and_features_are_tuned_and_diagrams_computed_once(tmp_path, monkeypatch):
    """One computation a cloud for each homology and training set, however long the other grid.

    And none of the search is repeated when it is run again, longer.
    """
    computed = []
    diagrams = RipsPersistence.fit_transform

    def counted(self, X, y=None, **options):
        computed.append((self.max_dimension, len(X)))
        return diagrams(self, X, y, **options)

    monkeypatch.setattr(RipsPersistence, "fit_transform", counted)
    X, y = clouds(24, 40, seed=0)
    model = Pipeline(
        [
            ("diagrams", RipsPersistence()),
            ("policy", EssentialPolicy()),
            ("features", PersistenceLandscape(n_bins=20)),
            ("scaler", StandardScaler()),
            ("classifier", LogisticRegression()),
        ],
        memory=joblib.Memory(tmp_path, verbose=0),
    )
    homology = {"diagrams__max_dimension": [0, 1]}
    grid = [
        homology | {"features__n_layers": [1, 3], "classifier__C": [0.1, 10.0]},
        homology | {"features": [PersistenceStatistics()]},
    ]
    folds = StratifiedKFold(2)
    search = GridSearchCV(model, grid, cv=folds, error_score="raise").fit(X, y)
    assert len(search.cv_results_["params"]) == 10
    # Two homologies, two folds of 12 training clouds; all 24 with the better one for the end.
    assert search.best_params_["diagrams__max_dimension"] == 1
    assert sorted(computed) == [(0, 12)] * 2 + [(1, 12)] * 2 + [(1, 24)]
    assert search.score(*clouds(10, 40, seed=1)) == 1.0

    longer = homology | {"features__n_layers": [2, 5]}
    GridSearchCV(model, longer, cv=folds, error_score="raise").fit(X, y)
    assert len(computed) == 5
