"""Complex polynomials: bars as the roots of a polynomial (Ferri and Landi, 1999)."""

from __future__ import annotations

from numbers import Integral
from typing import ClassVar

import numpy as np
from sklearn.utils._param_validation import Interval, StrOptions

from .._bars import DEGREES
from ._base import DegreewiseFeature
from ._common import check_finite_bars, check_result, one_sample


def complex_polynomial(bars, *, n_coefficients=10, root_map="S"):
    r"""Return the leading coefficients of the polynomial whose roots are the bars.

    Parameters
    ----------
    bars : array-like of shape (n_bars, 2)
        Births and deaths of one degree, all finite.
    n_coefficients : int, default=10
        How many, from the second highest power of t down; that of the highest is always 1.
    root_map : {"R", "S", "T"}, default="S"
        How a bar becomes a complex number; see Notes.

    Returns
    -------
    coefficients : complex array of shape (n_coefficients,)
        The j-th in the unit of births and deaths to the power of j, for "R" and "S"; zeros
        follow where there are fewer bars than coefficients.

    Raises
    ------
    ValueError
        If `bars` has another shape, holds NaN or an essential class, another parameter is not
        one of the above, or a coefficient is too large for a float.

    Notes
    -----
    The polynomial is :math:`\prod_i (t - z_i) = t^n + a_1 t^{n-1} + a_2 t^{n-2} + \dots`, so
    that :math:`a_1 = -\sum_i z_i`. With :math:`\alpha = \sqrt{b^2 + d^2}` the root of a bar is

    .. math::

        R &= b + i d, \\
        S &= \frac{|d - b|}{\alpha \sqrt 2} (b + i d), \\
        T &= \frac{|d - b|}{2}
            \bigl(\cos\alpha - \sin\alpha + i (\cos\alpha + \sin\alpha)\bigr).

    S and T send the diagonal to 0, so that short bars hardly count; R keeps them all. T takes
    the cosine of a length, so it depends on the unit. The coefficients are continuous in the
    bars but not Lipschitz. gudhi's `ComplexPolynomial` gives the same numbers, with "R" as
    default. O(n_bars · n_coefficients) time.

    References
    ----------
    M. Ferri, C. Landi, "Representing size functions by complex polynomials", Proc. Math. Met. in
    Pattern Recognition (1999).

    B. Di Fabio, M. Ferri, "Comparing persistence diagrams through complex vectors", Image
    Analysis and Processing (2015).

    Examples
    --------
    (t − i)(t − 2i) = t² − 3i t − 2:

    >>> from tda.features import complex_polynomial
    >>> complex_polynomial([[0, 1], [0, 2]], n_coefficients=3, root_map="R")
    array([ 0.-3.j, -2.+0.j,  0.+0.j])
    """
    bars = one_sample(check_finite_bars(bars))
    if root_map not in ("R", "S", "T"):
        raise ValueError(f'root_map={root_map!r}; it must be "R", "S" or "T".')
    if not (isinstance(n_coefficients, Integral) and n_coefficients >= 1):
        raise ValueError(f"n_coefficients={n_coefficients!r}; it must be a positive integer.")
    return _coefficients(bars, n_coefficients, root_map)[0]


def _coefficients(bars, n_coefficients, root_map):
    """Complex array of shape (n_samples, n_coefficients)."""
    from .._kernels.polynomials import leading_coefficients

    roots = _roots(bars.births, bars.deaths, bars.lifetimes, root_map)
    coefficients = leading_coefficients(roots, bars.offsets, n_coefficients)
    if not np.isfinite(coefficients).all():
        raise ValueError(
            f"n_coefficients={n_coefficients}, but some coefficient is too large for a float: ask "
            "for fewer, or scale the diagrams first."
        )
    return check_result(coefficients, bars, "complex_polynomial", n_coefficients)


def _roots(births, deaths, lifetimes, root_map):
    if root_map == "R":
        return births + 1j * deaths
    alpha = np.hypot(births, deaths)
    if root_map == "S":
        # A bar is longer than nothing, so alpha is not 0.
        return lifetimes / (alpha * np.sqrt(2.0)) * (births + 1j * deaths)
    cos, sin = np.cos(alpha), np.sin(alpha)
    return lifetimes / 2.0 * (cos - sin + 1j * (cos + sin))


class ComplexPolynomial(DegreewiseFeature):
    """Coefficients of complex polynomials, all degrees (input per shape: `X` is `Diagrams`).

    The bars of a degree are taken as the roots of a polynomial. The features are the real and
    imaginary parts of its leading coefficients.

    Parameters
    ----------
    degrees : int or list of int, default=None
        Homology degrees to describe. By default all degrees that were computed for the diagrams of
        `fit`, even if they have no bar.
    n_coefficients : int, default=10
        Coefficients a degree, from the second highest power down. Their size grows or falls
        with the power of the unit: scale the columns before a model that compares them.
    root_map : {"R", "S", "T"}, default="S"
        How a bar becomes a root: see `tda.features.complex_polynomial`. With "S" and "T" short
        bars hardly count.
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
    tda.features.complex_polynomial : The same for the bars of one degree.

    Notes
    -----
    Columns are ordered by degree, then coefficient, then real before imaginary part.

    References
    ----------
    B. Di Fabio, M. Ferri, "Comparing persistence diagrams through complex vectors", Image
    Analysis and Processing (2015).

    Examples
    --------
    >>> from tda import ComplexPolynomial, Diagrams
    >>> dgms = Diagrams.from_ripser([[[], [[0, 1], [0, 2]]]])
    >>> polynomial = ComplexPolynomial(degrees=[1], n_coefficients=2, root_map="R")
    >>> polynomial.fit_transform(dgms)
    array([[ 0., -3., -2.,  0.]])
    >>> polynomial.get_feature_names_out()[:2]
    array(['complex_polynomial_h1_re_1', 'complex_polynomial_h1_im_1'], dtype=object)
    """

    _prefix = "complex_polynomial"
    _parameter_constraints: ClassVar[dict] = {
        "degrees": DEGREES,
        "n_coefficients": [Interval(Integral, 1, None, closed="left")],
        "root_map": [StrOptions({"R", "S", "T"})],
        "essential": [StrOptions({"drop", "clamp"})],
    }

    def __init__(self, *, degrees=None, n_coefficients=10, root_map="S", essential="drop"):
        self.degrees = degrees
        self.n_coefficients = n_coefficients
        self.root_map = root_map
        self.essential = essential

    @property
    def _power(self):
        return float(self.n_coefficients_)

    def _learn(self, bars):
        self.n_coefficients_ = int(self.n_coefficients)

    def _block(self, bars, degree):
        coefficients = _coefficients(bars, self.n_coefficients_, self.root_map)
        block = np.stack([coefficients.real, coefficients.imag], axis=2)
        return block.reshape(len(block), 2 * self.n_coefficients_)

    def _labels(self, degree):
        powers = range(1, self.n_coefficients_ + 1)
        return [f"{part}_{j}" for j in powers for part in ("re", "im")]
