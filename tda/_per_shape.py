"""What scikit-learn is told of a transformer one of whose samples is a whole shape, and no row."""

from __future__ import annotations

import os

from sklearn.utils._param_validation import HasMethods

__all__ = ["CHECKPOINT", "PerShape"]

#: What `checkpoint` may be, for tables of parameters: a folder, a `joblib.Memory`, or nothing.
CHECKPOINT = [str, os.PathLike, HasMethods("clear"), None]


class PerShape:
    """Stands before `TransformerMixin` and `BaseEstimator`; `fit` checks, and learns nothing."""

    def set_output(self, *, transform=None):
        """Has no effect, so that pipelines can call it; the results have no columns to name."""
        return self

    def __sklearn_is_fitted__(self):
        return True

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.requires_fit = False
        tags.input_tags.two_d_array = False
        tags.input_tags.three_d_array = True
        tags.no_validation = True
        return tags
