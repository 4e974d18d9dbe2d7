"""Whether shapes depend on something else that is known of them: HSIC with kernels of diagrams."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import partial

import numpy as np
from sklearn.utils import check_random_state

from ..._html import bar_chart
from ..._report import Report
from ..._words import counted
from ...diagrams import Diagram, Diagrams, as_diagrams
from .._pairwise import pairwise_kernels
from ._dispersion import require_degrees
from ._permutations import (
    check_labels,
    check_permutations,
    how_many,
    n_arrangements,
    p_value_of,
    permuted_values,
)

COVARIATES = ("auto", "gaussian", "categories", "diagrams", "precomputed")


@dataclass(frozen=True, eq=False)
class IndependenceTest(Report):
    """What `independence_test` found; prints as a verdict and a table.

    Attributes
    ----------
    statistic : float
        HSIC, the Hilbert-Schmidt independence criterion.
    p_value : float
        The share of the rearrangements, the given one among them, with an HSIC as large.
    n_permutations : int
        Rearrangements that were looked at.
    is_exact : bool
        Whether these were all that there are.
    n_samples : int
    kernel, covariate_kernel : str
    alignment : float
        HSIC divided by its largest value for these two kernels, from 0 to 1: the correlation of
        the two centred kernel matrices.
    effect_size : float
        The alignment without what chance explains: 0 on average if shapes and covariate are
        independent, 1 if the two kernels agree. May be negative.
    permuted : ndarray of shape (n_permutations,)
    """

    statistic: float
    p_value: float
    n_permutations: int
    is_exact: bool
    n_samples: int
    kernel: str
    covariate_kernel: str
    alignment: float
    effect_size: float
    permuted: np.ndarray = field(repr=False)

    @property
    def verdict(self):
        """The p-value and the size of the dependence, in words."""
        return (
            f"{self.n_samples} diagrams, {self.kernel.replace('_', ' ')} kernel, and a covariate, "
            f"{self.covariate_kernel} kernel: p = {self.p_value:.3g} ({how_many(self)}); the "
            f"kernels have the correlation {self.alignment:.2g}, {self.effect_size:.2g} beyond "
            "chance."
        )

    def _figure(self):
        rows = self._rows()
        names, values = [row["hsic"] for row in rows], [row["value"] for row in rows]
        return bar_chart(names, values, mark=values[0], low=0.0, label="HSIC")

    _names = ("hsic",)

    def _rows(self):
        quantiles = {"permuted, 5%": 0.05, "permuted, median": 0.5, "permuted, 95%": 0.95}
        rows = {"as given": self.statistic}
        rows |= {name: np.quantile(self.permuted, q) for name, q in quantiles.items()}
        return [{"hsic": name, "value": float(value)} for name, value in rows.items()]

    def _columns(self):
        return {"HSIC": ("hsic", "s"), "value": ("value", ".4g")}


def independence_test(
    X,
    covariate,
    *,
    covariate_kernel="auto",
    blocks=None,
    kernel="sliced_wasserstein",
    bandwidth="auto",
    degrees=None,
    n_permutations=999,
    random_state=None,
    n_jobs=None,
    verbose=False,
    **options,
):
    r"""Test whether the shape of a sample depends on something else that is known of it.

    Parameters
    ----------
    X : Diagrams, or any format that `tda.diagrams.as_diagrams` takes
        The diagrams of n samples.
    covariate : array-like of shape (n_samples,) or (n_samples, n_columns), or Diagrams
        What else is known: ages, doses, categories, several numbers, or the diagrams of another
        degree, organ or scan of the same samples.
    covariate_kernel : {"auto", "gaussian", "categories", "diagrams", "precomputed"}, \
default="auto"
        How likeness of the covariate is measured. "gaussian" is for numbers and dates: each column
        is divided by its standard deviation, and the bandwidth is the median distance.
        "categories" says same or not. "diagrams" is the kernel of `X`. "precomputed" takes a
        symmetric matrix of shape (n, n). "auto" is "gaussian" for numbers and dates, "categories"
        for strings and booleans, "diagrams" for diagrams.
    blocks : array-like of shape (n_samples,), default=None
        The covariate is exchanged within a block only.
    kernel : {"sliced_wasserstein", "scale_space", "weighted_gaussian", "fisher"}, \
default="sliced_wasserstein"
        Of the diagrams; see `pairwise_kernels`, also for the options.
    bandwidth : float or "auto", default="auto"
        Of that kernel.
    degrees : int or list of int, default=None
        Homology degrees to compare; by default all that were computed.
    n_permutations : int, default=999
        Number of random rearrangements of the covariate, or, if there are no more, of all.
    random_state : int, RandomState or None, default=None
    n_jobs : int, default=None
        Number of threads for kernels and permutations, as in joblib. It changes no result.
    verbose : bool, default=False
        Show progress bars.

    Returns
    -------
    test : IndependenceTest

    Raises
    ------
    ValueError
        If there are less than four samples, the covariate is of another length, is the same for
        all, or has missing values.

    See Also
    --------
    group_test : For a covariate that is a group, by distances.
    tda.distances.DiagramRegressor : Predicts the covariate from the shape.

    Notes
    -----
    With the kernel matrices K of the diagrams and L of the covariate and the centring
    :math:`H = I - 1/n`, :math:`\mathrm{HSIC} = \mathrm{tr}(KHLH) / n^2`. It is 0 in the limit if
    both are independent, and, for kernels that are characteristic, only then. With categories it
    is the maximum mean discrepancy of the groups. The p-value is that of a permutation test, so
    it is exact at every n, where the gamma approximation of the paper is one for large n.

    O(n²) for each permutation, besides the kernel matrix.

    References
    ----------
    Gretton, Fukumizu, Teo, Song, Schölkopf, Smola, "A kernel statistical test of independence",
    NeurIPS 2007.

    Cortes, Mohri, Rostamizadeh, "Algorithms for learning kernels based on centered alignment",
    JMLR 13 (2012).

    Examples
    --------
    Rings that grow wider with an age have wider loops.

    >>> import numpy as np
    >>> from tda import AlphaPersistence
    >>> from tda.datasets import make_annulus
    >>> from tda.distances import independence_test
    >>> age = np.random.default_rng(0).uniform(1, 2, 30)
    >>> clouds = [a * make_annulus(60, random_state=i).points for i, a in enumerate(age)]
    >>> diagrams = AlphaPersistence().fit_transform(clouds)
    >>> test = independence_test(diagrams, age, random_state=0)
    >>> test.p_value
    0.001
    >>> independence_test(diagrams, np.roll(age, 7), random_state=0).p_value > 0.05
    True
    """
    X, n_permutations = as_diagrams(X), check_permutations(n_permutations)
    n = len(X)
    if n < 4:
        raise ValueError(f"X has {counted(n, 'diagram')}; four are needed to see a dependence.")
    require_degrees(X, degrees)
    of_diagrams = partial(
        pairwise_kernels,
        kernel=kernel,
        bandwidth=bandwidth,
        degrees=degrees,
        n_jobs=n_jobs,
        verbose=verbose,
        **options,
    )
    name, L, codes = _covariate(covariate, covariate_kernel, n, of_diagrams)
    block = None if blocks is None else check_labels(blocks, n, "blocks")[1]
    if n_arrangements(codes, block) < 2:
        raise ValueError(
            "no rearrangement changes the covariate: it is the same for all samples"
            f"{'' if block is None else ' of each block'}."
        )
    K = _centred(of_diagrams(X))
    products = partial(_products, K, np.ascontiguousarray(L))
    statistic = float(products(codes[None])[0])
    permuted, is_exact = permuted_values(
        products,
        codes,
        blocks=block,
        n_permutations=n_permutations,
        rng=check_random_state(random_state),
        n_jobs=n_jobs,
        label="independence_test" if verbose else None,
    )
    own = np.linalg.norm(K) * np.linalg.norm(_centred(L[np.ix_(codes, codes)]))
    aligned = statistic / own if own > 0 else 0.0
    by_chance = float(np.mean(permuted)) / own if own > 0 else 0.0
    return IndependenceTest(
        statistic=statistic / n**2,
        p_value=p_value_of(
            permuted, statistic, is_exact, tolerance=1e-9 * max(own, abs(statistic))
        ),
        n_permutations=len(permuted),
        is_exact=is_exact,
        n_samples=n,
        kernel=kernel,
        covariate_kernel=name,
        alignment=aligned,
        effect_size=(aligned - by_chance) / (1 - by_chance) if by_chance < 1 else 0.0,
        permuted=permuted / n**2,
    )


def _covariate(covariate, kind, n, of_diagrams):
    """The kernel's name, its matrix over distinct values, and the value of each sample."""
    if kind not in COVARIATES:
        raise ValueError(f"covariate_kernel={kind!r}; it must be one of {', '.join(COVARIATES)}.")
    if kind == "auto":
        kind = _kind_of(covariate)
    if kind == "diagrams":
        dgms = as_diagrams(covariate, name="covariate")
        _check_length(len(dgms), n)
        return kind, of_diagrams(dgms), np.arange(n)
    if kind == "precomputed":
        return kind, _check_kernel(covariate, n), np.arange(n)
    if kind == "categories":
        _, codes = check_labels(covariate, n, "covariate")
        if codes.max() == n - 1:
            raise ValueError(
                "covariate has another category for each sample, so that nothing can be compared: "
                "join categories, or pass numbers."
            )
        return kind, np.eye(codes.max() + 1), codes
    values = _check_numbers(covariate, n)
    distinct, codes = np.unique(values, axis=0, return_inverse=True)
    return kind, _gaussian(distinct, codes.reshape(-1)), codes.reshape(-1)


def _kind_of(covariate):
    if isinstance(covariate, Diagrams) or (
        isinstance(covariate, list | tuple) and any(isinstance(x, Diagram) for x in covariate)
    ):
        return "diagrams"
    return "gaussian" if np.asarray(covariate).dtype.kind in "iufmM" else "categories"


def _check_length(found, n):
    if found != n:
        raise ValueError(f"covariate has {found} values and X {n} diagrams: pass one for each.")


def _check_numbers(covariate, n):
    values = np.asarray(covariate)
    if values.dtype.kind in "mM":  # times, whose unit does not matter
        values = np.where(np.isnat(values), np.nan, values.astype("int64").astype(float))
    try:
        values = values.astype(float)
    except (TypeError, ValueError):
        raise ValueError(
            'covariate_kernel="gaussian" takes numbers, but the covariate holds others: pass '
            '"categories".'
        ) from None
    values = values.reshape(len(values), -1) if values.ndim else values.reshape(1, 1)
    _check_length(len(values), n)
    if not np.isfinite(values).all():
        row = np.flatnonzero(~np.isfinite(values).all(axis=1))[0]
        raise ValueError(
            f"covariate[{row}] is missing or infinite: leave that sample out of both X and it."
        )
    return values


def _check_kernel(L, n):
    L = np.asarray(L, dtype=float)
    if L.shape != (n, n) or not np.isfinite(L).all() or not np.allclose(L, L.T):
        raise ValueError(
            f'covariate_kernel="precomputed" takes a symmetric matrix of shape ({n}, {n}) '
            f"without NaN, but got shape {L.shape}."
        )
    return (L + L.T) / 2


def _gaussian(distinct, codes):
    """Gaussian kernel of the distinct values; its scale is the median distance of two samples."""
    from scipy.spatial.distance import pdist, squareform

    spread = distinct[codes].std(axis=0)
    scaled = distinct / np.where(spread > 0, spread, 1.0)
    D = squareform(pdist(scaled))
    pairs = D[np.ix_(codes, codes)][np.triu_indices(len(codes), 1)]
    apart = pairs[pairs > 0]
    scale = np.median(apart) if apart.size else 1.0
    return np.exp(-((D / scale) ** 2) / 2)


def _centred(K):
    K = K - K.mean(axis=0)
    return K - K.mean(axis=1, keepdims=True)


def _products(K, L, rows):
    from ..._kernels.pairwise import arranged_products

    return arranged_products(K, L, np.ascontiguousarray(rows, dtype=np.int64))
