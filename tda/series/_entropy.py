"""Ordinal patterns of a series: their entropy, and columns of it for many series."""

from __future__ import annotations

from math import factorial
from numbers import Integral
from typing import ClassVar

import numpy as np
from sklearn.base import TransformerMixin
from sklearn.utils._param_validation import Interval
from sklearn.utils.validation import check_is_fitted

from .._estimator import BaseEstimator
from .._words import counted
from ._check import check_count, check_many_series, check_series

__all__ = ["PermutationEntropy", "ordinal_patterns", "permutation_entropy"]

#: Longer patterns have numbers beyond 64 bits.
LONGEST = 20


def ordinal_patterns(x, *, length=3, delay=1):
    """The order of the values at each step and some steps after it, as a number.

    Parameters
    ----------
    x : array-like of shape (n_times,)
        One series.
    length : int, default=3
        Number of values that are compared, 2 to 20.
    delay : int, default=1
        Steps between these values.

    Returns
    -------
    patterns : int64 ndarray of shape (n_times - (length - 1) * delay,)
        From 0 (rising) to ``length! - 1`` (falling). Of equal values the earlier one counts as
        the smaller.

    Raises
    ------
    ValueError
        If the series has gaps (NaN) or is too short for one pattern.

    Notes
    -----
    The number is that of the permutation in Lehmer's code: for each value, how many of the later
    ones are smaller. Takes O(n * length²) time.

    Examples
    --------
    >>> from tda.series import ordinal_patterns
    >>> ordinal_patterns([1, 2, 3, 2, 1])
    array([0, 1, 5])
    """
    x = check_series(x, name="x")
    length, delay = check_count("length", length, 2), check_count("delay", delay, 1)
    if length > LONGEST:
        raise ValueError(f"length={length}; patterns of at most {LONGEST} values have a number.")
    return lehmer_patterns(x, length, delay, "x")


def lehmer_patterns(x, length, delay, name):
    """`ordinal_patterns` of a checked series."""
    n = len(x) - (length - 1) * delay
    if n < 1:
        raise ValueError(
            f"{name} has {counted(len(x), 'value')}, but one pattern of length={length} and "
            f"delay={delay} needs {(length - 1) * delay + 1}."
        )
    patterns = np.zeros(n, dtype=np.int64)
    values = [x[k * delay : k * delay + n] for k in range(length)]
    for i in range(length - 1):
        smaller = sum((values[j] < values[i]).astype(np.int64) for j in range(i + 1, length))
        patterns += smaller * factorial(length - 1 - i)
    return patterns


def permutation_entropy(x, *, length=3, delay=1, normalized=True):
    r"""Entropy of the order of neighbouring values: 1 for noise, low for what is regular.

    Parameters
    ----------
    x : array-like of shape (n_times,)
        One series, of many more than ``length!`` values.
    length : int, default=3
        Number of values that are compared, 2 to 20.
    delay : int, default=1
        Steps between these values.
    normalized : bool, default=True
        Divide by the largest possible value, log2(length!). Otherwise the entropy is in bits.

    Returns
    -------
    entropy : float
        0 if there is one pattern only.

    Raises
    ------
    ValueError
        If the series has gaps (NaN) or is too short for one pattern.

    Notes
    -----
    :math:`-\sum_\pi p_\pi \log_2 p_\pi` over the patterns of `ordinal_patterns` [1]_. Any
    increasing function of the values leaves it as it is. Many equal values make it smaller, since
    their order is that of time: add a little noise to rounded data.

    References
    ----------
    .. [1] C. Bandt, B. Pompe, "Permutation entropy: a natural complexity measure for time
       series", Physical Review Letters 88, 2002.

    Examples
    --------
    The example of the paper: three patterns, in two, two and one of five places.

    >>> from tda.series import permutation_entropy
    >>> round(permutation_entropy([4, 7, 9, 10, 6, 11, 3], normalized=False), 3)
    1.522
    """
    patterns = ordinal_patterns(x, length=length, delay=delay)
    return _entropy(patterns, length, normalized)


def _entropy(patterns, length, normalized):
    shares = np.unique(patterns, return_counts=True)[1] / len(patterns)
    entropy = max(float(-(shares * np.log2(shares)).sum()), 0.0)
    return (entropy + 0.0) / (np.log2(float(factorial(length))) if normalized else 1.0)


class PermutationEntropy(TransformerMixin, BaseEstimator):
    """Permutation entropy of many series (per shape: `X` is a list or an array of series).

    Parameters
    ----------
    length : int, default=3
        Number of values that are compared, 2 to 20.
    delay : int, default=1
        Steps between these values.
    normalized : bool, default=True
        Divide by the largest possible value, log2(length!). Otherwise entropies are in bits.

    See Also
    --------
    tda.series.permutation_entropy : The same for one series; definition and source.

    Examples
    --------
    >>> import numpy as np
    >>> from tda import PermutationEntropy
    >>> X = np.stack([np.random.default_rng(0).normal(size=500), np.arange(500) % 7])
    >>> PermutationEntropy().fit_transform(X).round(2)
    array([[1.  ],
           [0.44]])
    """

    _parameter_constraints: ClassVar[dict] = {
        "length": [Interval(Integral, 2, LONGEST, closed="both")],
        "delay": [Interval(Integral, 1, None, closed="left")],
        "normalized": ["boolean"],
    }

    def __init__(self, *, length=3, delay=1, normalized=True):
        self.length = length
        self.delay = delay
        self.normalized = normalized

    def fit(self, X, y=None):
        """Check the parameters and the series.

        Parameters
        ----------
        X : list of series, or array of shape (n_series, n_times)
        y : ignored

        Returns
        -------
        self
        """
        self._validate_params()
        check_many_series(X)
        self.n_features_out_ = 1
        return self

    def transform(self, X):
        """Compute the entropies.

        Parameters
        ----------
        X : list of series, or array of shape (n_series, n_times)

        Returns
        -------
        entropies : ndarray of shape (n_series, 1)
        """
        check_is_fitted(self)
        self._validate_params()
        found = []
        for i, x in enumerate(check_many_series(X)):
            patterns = lehmer_patterns(x, self.length, self.delay, f"X[{i}]")
            found.append(_entropy(patterns, self.length, self.normalized))
        return np.array(found)[:, None]

    def get_feature_names_out(self, input_features=None):
        """The name of the column: ``permutation_entropy``.

        Parameters
        ----------
        input_features : ignored

        Returns
        -------
        names : ndarray of str objects
        """
        check_is_fitted(self)
        return np.array(["permutation_entropy"], dtype=object)

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.input_tags.two_d_array = True
        tags.no_validation = True
        return tags
