"""`HomologyFeatures`: exact homology of complexes as columns."""

from __future__ import annotations

from numbers import Integral
from typing import ClassVar

import numpy as np
from sklearn.base import TransformerMixin
from sklearn.utils._param_validation import Interval

from .._estimator import BaseEstimator
from .._validation import check_field
from ._chains import CellsOfAKind
from ._simplicial import SimplicialComplex

__all__ = ["HomologyFeatures"]


class HomologyFeatures(TransformerMixin, BaseEstimator):
    """Betti numbers, torsion and Euler characteristic of complexes, exact (input per shape).

    For triangulations, of which networks learn these numbers badly [1]_, and for complexes of data
    and graphs.

    Parameters
    ----------
    max_dimension : int, default=None
        Highest degree; by default that of the complexes in `fit`.
    fields : tuple, default=(2, "Q")
        Over which fields to count: primes, and "Q" for the rational numbers, which tells torsion
        too.

    Attributes
    ----------
    max_dimension_ : int

    See Also
    --------
    SimplicialComplex.homology : The same for one complex, torsion in full.

    References
    ----------
    .. [1] R. Ballester, E. Röell, D. Bin Schmid, M. Alain, S. Escalera, C. Casacuberta, B. Rieck,
       "MANTRA: the manifold triangulations assemblage", International Conference on Learning
       Representations, 2025.

    Examples
    --------
    A sphere and the projective plane, which has torsion of order 2.

    >>> from tda.complexes import HomologyFeatures
    >>> sphere = [[0, 1, 2], [0, 1, 3], [0, 2, 3], [1, 2, 3]]
    >>> plane = [[0, 1, 4], [0, 1, 5], [0, 2, 3], [0, 2, 5], [0, 3, 4],
    ...          [1, 2, 3], [1, 2, 4], [1, 3, 5], [2, 4, 5], [3, 4, 5]]
    >>> features = HomologyFeatures().fit([sphere, plane])
    >>> features.get_feature_names_out().tolist()[3:]
    ['homology_features_q_0', 'homology_features_q_1', 'homology_features_q_2', \
'homology_features_torsion_0', 'homology_features_torsion_1', 'homology_features_torsion_2', \
'homology_features_euler']
    >>> features.transform([sphere, plane]).astype(int).tolist()
    [[1, 0, 1, 1, 0, 1, 1, 1, 1, 2], [1, 1, 1, 1, 0, 0, 1, 2, 1, 1]]
    """

    _parameter_constraints: ClassVar[dict] = {
        "max_dimension": [Interval(Integral, 0, None, closed="left"), None],
        "fields": [tuple, list],
    }

    def __init__(self, *, max_dimension=None, fields=(2, "Q")):
        self.max_dimension = max_dimension
        self.fields = fields

    def fit(self, X, y=None):
        """Learn the highest degree.

        Parameters
        ----------
        X : list of complexes
            `SimplicialComplex`, `CellComplex`, or lists of simplices.
        y : ignored

        Returns
        -------
        self
        """
        self._validate_params()
        complexes = _check_complexes(X)
        for field in self.fields:
            if not (isinstance(field, str) and field == "Q"):
                check_field(field)
        top = max(max(K.dimension for K in complexes), 0)
        self.max_dimension_ = top if self.max_dimension is None else int(self.max_dimension)
        return self

    def transform(self, X):
        """The numbers of each complex.

        Parameters
        ----------
        X : list of complexes

        Returns
        -------
        array of shape (n_complexes, n_columns)
            For each field a Betti number of every degree; with "Q" also the order of the torsion
            of every degree; and the Euler characteristic.
        """
        from sklearn.utils.validation import check_is_fitted

        check_is_fitted(self)
        return np.array([self._row(K) for K in _check_complexes(X)], dtype=float)

    def _row(self, K):
        row = []
        for field in self.fields:
            if field == "Q":
                pairs = K.homology()
                orders = [np.prod(torsion, dtype=float) for _, torsion in pairs]
                row += self._padded([n for n, _ in pairs], 0) + self._padded(orders, 1)
            else:
                row += self._padded(K.betti(field=field), 0)
        return [*row, K.euler_characteristic]

    def _padded(self, values, filler):
        size = self.max_dimension_ + 1
        return [*values[:size], *[filler] * (size - len(values))]

    def get_feature_names_out(self, input_features=None):
        """Names of the columns that `transform` gives.

        Parameters
        ----------
        input_features : ignored

        Returns
        -------
        ndarray of str
        """
        from sklearn.utils.validation import check_is_fitted

        check_is_fitted(self)
        kinds = [
            kind
            for field in self.fields
            for kind in (["q", "torsion"] if field == "Q" else [f"mod{field}"])
        ]
        names = [f"{kind}_{k}" for kind in kinds for k in range(self.max_dimension_ + 1)]
        return np.array([f"homology_features_{name}" for name in [*names, "euler"]], dtype=object)


def _check_complexes(X):
    bare = isinstance(X, np.ndarray) and X.ndim < 3 and X.dtype.kind in "biuf"
    if isinstance(X, CellsOfAKind) or bare or not hasattr(X, "__iter__"):
        raise ValueError(
            f"X is one {type(X).__name__}, but one sample here is a whole complex: pass [X] for "
            "one complex, a list for many."
        )
    complexes = [_as_complex(K, i) for i, K in enumerate(X)]
    if not complexes:
        raise ValueError("X is empty: there is no complex in it.")
    return complexes


def _as_complex(K, i):
    if isinstance(K, CellsOfAKind):
        return K
    if not hasattr(K, "__iter__") or isinstance(K, str | bytes):
        raise ValueError(f"X[{i}] is {type(K).__name__}: pass a complex, or a list of simplices.")
    try:
        return SimplicialComplex(K)
    except ValueError as error:
        raise ValueError(f"X[{i}]: {error}") from None
