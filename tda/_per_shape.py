"""What scikit-learn is told of a transformer one of whose samples is a whole shape, and no row."""

from __future__ import annotations

import os

import numpy as np
from sklearn.utils._param_validation import HasMethods

__all__ = ["CHECKPOINT", "NoColumns", "PerShape"]

#: What `checkpoint` may be, for tables of parameters: a folder, a `joblib.Memory`, or nothing.
CHECKPOINT = [str, os.PathLike, HasMethods("clear"), None]


class NoColumns:
    """What comes out has no columns: diagrams, images, clouds. Stands before `TransformerMixin`.

    Pipelines can still be asked for frames, and for the names of the columns that a later step
    makes.
    """

    #: The one name of what a sample becomes.
    _result = "diagram"

    def __init_subclass__(cls, **options):
        super().__init_subclass__(**options)
        # Or scikit-learn would put into frames what has no columns.
        cls._sklearn_auto_wrap_output_keys = set()

    def set_output(self, *, transform=None):
        """Has no effect, so that pipelines can call it; the results have no columns to name."""
        return self

    def get_feature_names_out(self, input_features=None):
        """One name for all, so that pipelines can ask a later step for those of its columns.

        Parameters
        ----------
        input_features : ignored

        Returns
        -------
        names : ndarray of one str object, such as ``diagram``
        """
        return np.array([self._result], dtype=object)


class PerShape(NoColumns):
    """Stands before `TransformerMixin` and `BaseEstimator`; `fit` checks, and learns nothing."""

    def __sklearn_is_fitted__(self):
        return True

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.requires_fit = False
        tags.input_tags.two_d_array = False
        tags.input_tags.three_d_array = True
        tags.no_validation = True
        return tags
