"""Persistent entropy: how evenly the lifetimes of a diagram are spread."""

from __future__ import annotations

from typing import ClassVar

import numpy as np
from sklearn.utils._param_validation import StrOptions

from .._bars import DEGREES
from ._base import DegreewiseFeature
from ._common import check_finite_bars, one_sample


def persistence_entropy(bars, *, normalize=False):
    r"""Shannon entropy of the lifetimes of a diagram, in nats.

    Parameters
    ----------
    bars : array-like of shape (n_bars, 2)
        Births and deaths of one degree, all finite.
    normalize : bool, default=False
        Divide by log n_bars, the largest entropy that n_bars bars can have. The result then lies
        between 0 and 1 and does not grow with the number of bars.

    Returns
    -------
    entropy : float
        0 for one bar or none.

    Raises
    ------
    ValueError
        If `bars` has another shape, or holds NaN or an essential class.

    Notes
    -----
    With lifetimes :math:`\ell_i` and their sum L,

    .. math:: E = -\sum_i \frac{\ell_i}{L} \log \frac{\ell_i}{L}.

    The logarithm is natural, as in gudhi and persim; giotto-tda's entropy is in bits, 1 / log 2
    times this one, and its ``normalize=True`` divides by log₂ L, which changes with the unit of
    the filtration. Neither scaling nor shifting the filtration changes this one. O(n_bars).

    References
    ----------
    H. Chintakunta, T. Gentimis, R. Gonzalez-Diaz, M. J. Jimenez, H. Krim, "An entropy-based
    persistence barcode", Pattern Recognition 48 (2015). N. Atienza, R. Gonzalez-Diaz, M.
    Rucco, "Persistent entropy for separating topological features from noise in Vietoris-Rips
    complexes", Journal of Intelligent Information Systems 52 (2019).

    Examples
    --------
    >>> from tda.features import persistence_entropy
    >>> round(persistence_entropy([[0, 1], [2, 3]]), 4)  # two equal bars: log 2
    0.6931
    >>> persistence_entropy([[0, 1], [2, 3]], normalize=True)
    1.0
    """
    return float(_entropies(one_sample(check_finite_bars(bars)), normalize)[0])


def shares(bars):
    """Lifetime of each bar over the sum of those of its sample."""
    counts = np.diff(bars.offsets)
    lifetimes = bars.lifetimes / np.repeat(bars.unit(bars.lifetimes), counts)
    return lifetimes / np.repeat(bars.totals(lifetimes), counts)


def surprise(shares):
    """Each bar's part of the entropy, ``-p log p``; 0 where p rounds to 0."""
    return -shares * np.log(shares, where=shares > 0, out=np.zeros_like(shares))


def _entropies(bars, normalize):
    entropies = bars.totals(surprise(shares(bars)))
    if normalize:
        most = np.log(np.maximum(np.diff(bars.offsets), 2))
        # Rounding would put n equal bars a little above 1.
        entropies = np.minimum(entropies / most, 1.0)
    return entropies + 0.0  # no -0.0 for a single bar


class PersistenceEntropy(DegreewiseFeature):
    r"""Persistent entropy of each degree (input per shape: `X` is `Diagrams`).

    One number per degree: small if a few long bars have most of the total lifetime, and log n if
    all n bars have equal lifetimes.

    Parameters
    ----------
    degrees : int or list of int, default=None
        Homology degrees to describe. By default all degrees that were computed for the diagrams of
        `fit`, even if they have no bar.
    normalize : bool, default=False
        Divide by log n_bars, so that it lies between 0 and 1.
    essential : {"drop", "clamp"}, default="drop"
        What to do with classes that never die. "drop" leaves them out. "clamp" ends them at the
        largest finite birth or death that `fit` saw in this degree. Superlevel bars run down to
        ``-inf`` and are ended at the smallest. A bar that is then not longer than zero is left out.
        A class without a finite birth is always left out.

    Attributes
    ----------
    degrees_ : tuple of int
        The degrees described, in the order of the columns.
    value_ranges_ : dict of int to (float, float)
        Smallest and largest finite value that `fit` saw, where "clamp" ends essential classes.

    See Also
    --------
    tda.features.persistence_entropy : The same for the bars of one degree.
    EntropyCurve : Which filtration values the entropy comes from.

    Notes
    -----
    In nats; giotto-tda's is in bits, 1 / log 2 times this one. 0 for one bar or none.

    References
    ----------
    H. Chintakunta, T. Gentimis, R. Gonzalez-Diaz, M. J. Jimenez, H. Krim, "An entropy-based
    persistence barcode", Pattern Recognition 48 (2015).

    Examples
    --------
    >>> from tda import Diagrams, PersistenceEntropy
    >>> dgms = Diagrams.from_ripser([[[[0, 1], [0, float("inf")]], [[1, 3], [2, 4]]]])
    >>> PersistenceEntropy(normalize=True).fit_transform(dgms)
    array([[0., 1.]])
    """

    _prefix = "persistence_entropy"
    _parameter_constraints: ClassVar[dict] = {
        "degrees": DEGREES,
        "normalize": ["boolean"],
        "essential": [StrOptions({"drop", "clamp"})],
    }

    def __init__(self, *, degrees=None, normalize=False, essential="drop"):
        self.degrees = degrees
        self.normalize = normalize
        self.essential = essential

    def _block(self, bars, degree):
        return _entropies(bars, self.normalize)[:, None]

    def _labels(self, degree):
        return [""]
