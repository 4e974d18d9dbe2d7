"""Pieces and holes of the dark or the bright region of an image, by how much they stand out."""

from __future__ import annotations

from dataclasses import dataclass, field
from numbers import Integral, Real
from typing import ClassVar

import numpy as np
from sklearn.base import TransformerMixin
from sklearn.utils._param_validation import Interval, StrOptions
from sklearn.utils.validation import check_is_fitted

from .._estimator import BaseEstimator
from .._html import barcode
from .._parallel import in_chunks
from .._report import Report
from .._validation import check_image, check_images
from .._words import listed
from ..diagrams import Diagram
from ..homology import cubical_diagram

__all__ = ["ImageHoleCount", "ImageHoleCounter", "count_image_holes", "otsu_threshold"]

REGIONS = ("dark", "bright")
CONTRASTS = (0.0, 0.05, 0.1, 0.2, 0.3)
#: What is counted, by the number of axes: name of one, name of many.
PIECE = ("component", "components")
NAMES = {
    1: (PIECE,),
    2: (PIECE, ("hole", "holes")),
    3: (PIECE, ("tunnel", "tunnels"), ("cavity", "cavities")),
}


@dataclass(frozen=True, eq=False)
class ImageHoleCount(Report):
    """What `count_image_holes` found; prints as a verdict and a table by contrast.

    Attributes
    ----------
    betti : tuple of int
        Components, holes (tunnels) and cavities of the region itself.
    contrasts : tuple of float
        Shares of the range of the values.
    by_contrast : tuple of tuples of int
        The same numbers for each contrast, without what is fainter.
    threshold : float
        Dark pixels are those up to it, bright ones all others.
    is_otsu : bool
        Whether the threshold is Otsu's.
    region : {"dark", "bright"}
    range : tuple of two floats
        Of the values, which contrasts are shares of.
    shape : tuple of int
        Of the image.
    diagram : Diagram
        Sublevel persistence of the image, or of its negative for the bright region.
    alive : bool array of shape (n_bars,)
        The bars of the diagram that are counted in `betti`.
    """

    betti: tuple
    contrasts: tuple
    by_contrast: tuple
    threshold: float
    is_otsu: bool
    region: str
    range: tuple
    shape: tuple
    diagram: Diagram = field(repr=False)
    alive: np.ndarray = field(repr=False)

    _names = ("contrast",)

    @property
    def level(self):
        """The threshold in the values of `diagram`, which are those of the negative if bright."""
        if self.region == "dark":
            return self.threshold
        return -float(np.nextafter(self.threshold, np.inf))

    @property
    def names(self):
        """What the numbers count, one after another: "components", "holes", …"""
        return tuple(many for _, many in NAMES[len(self.shape)])

    @property
    def verdict(self):
        """The count in words."""
        names = NAMES[len(self.shape)]
        found = listed(f"{n:,} {name[n != 1]}" for n, name in zip(self.betti, names, strict=True))
        return f"The {self.region} region has {found}."

    def _rows(self):
        return [
            {"contrast": contrast, **dict(zip(self.names, counts, strict=True))}
            for contrast, counts in zip(self.contrasts, self.by_contrast, strict=True)
        ]

    def _columns(self):
        return {"contrast": ("contrast", str), **{name: (name, "d") for name in self.names}}

    def _figure(self):
        d = self.diagram
        return barcode(d.births, d.deaths, d.dims, strong=self.alive)

    def _below(self):
        how = "Otsu's" if self.is_otsu else "given"
        low, high = self.range
        size = " x ".join(f"{n:,}" for n in self.shape)
        return (
            f"{size} pixels, threshold {self.threshold:.5g} ({how}) of {low:.5g} to {high:.5g}; "
            "each line leaves out what is fainter than that share of the range"
        )


def count_image_holes(
    X, *, threshold="otsu", region="dark", contrasts=CONTRASTS, limits=None, periodic=False
) -> ImageHoleCount:
    """Count the pieces and the holes of the dark or the bright region of one image.

    The region is all pixels up to a threshold, or all above it. Noise makes small pieces and small
    holes, which are faint: a little change of the threshold ends them. So the count is repeated
    without what is fainter than a contrast. There is no noise model for images, so there are no
    p-values.

    Parameters
    ----------
    X : array-like of 1, 2 or 3 axes
        One image (series, volume), one value per pixel.
    threshold : float or "otsu", default="otsu"
        In the unit of the pixels. "otsu" separates the values best into two groups [1]_.
    region : {"dark", "bright"}, default="dark"
        Dark pixels are those up to the threshold, bright ones all others.
    contrasts : sequence of float, default=(0.0, 0.05, 0.1, 0.2, 0.3)
        Shares of the range of values. What lives for a shorter range of thresholds is left out.
    limits : pair of float, default=None
        The range of values that contrasts are shares of, by default that of the image.
    periodic : bool or sequence of bool, default=False
        Whether opposite sides are glued, for each axis.

    Returns
    -------
    ImageHoleCount

    Raises
    ------
    ValueError
        For an image that is empty, has NaN or more than three axes, or for other options.

    Notes
    -----
    Pixels of the region that touch at a corner are connected; its holes are the pieces of the other
    region that it encloses, which touch along sides. The first line of the table, contrast 0, holds
    the Betti numbers of the region. A feature of a line is alive at the threshold and its bar in
    the cubical persistence diagram is at least as long as the contrast.

    References
    ----------
    .. [1] N. Otsu, "A threshold selection method from gray-level histograms", IEEE Transactions
       on Systems, Man, and Cybernetics 9:62-66, 1979.

    Examples
    --------
    >>> import numpy as np
    >>> from tda.holes import count_image_holes
    >>> y, x = np.mgrid[-1:1:60j, -1:1:60j]
    >>> ring = np.abs(np.hypot(x, y) - 0.6)
    >>> count = count_image_holes(ring)
    >>> count.betti
    (1, 1)
    >>> print(count.verdict)
    The dark region has 1 component and 1 hole.
    """
    X = check_image(X)
    if region not in REGIONS:
        raise ValueError(f"region={region!r}; it must be one of {REGIONS}")
    contrasts = _check_contrasts(contrasts)
    is_otsu = isinstance(threshold, str) and threshold == "otsu"
    if not is_otsu and (not isinstance(threshold, Real) or np.isnan(threshold)):
        raise ValueError(
            f"threshold={threshold!r}; it must be a number in the unit of the pixels, or 'otsu'"
        )
    threshold = otsu_threshold(X) if is_otsu else float(threshold)
    low, high = (float(X.min()), float(X.max())) if limits is None else map(float, limits)
    # The bright region is the dark one of the negative, just beyond the same threshold.
    dark = region == "dark"
    level = threshold if dark else -np.nextafter(threshold, np.inf)
    diagram = cubical_diagram(X if dark else -X, representatives=X.ndim == 2, periodic=periodic)
    alive = (diagram.births <= level) & (level < diagram.deaths)
    degrees = range(X.ndim)
    counts = []
    for contrast in contrasts:
        kept = alive & (diagram.lifetimes >= contrast * (high - low))
        counts.append(tuple(int((kept & (diagram.dims == k)).sum()) for k in degrees))
    return ImageHoleCount(
        betti=tuple(int((alive & (diagram.dims == k)).sum()) for k in degrees),
        contrasts=contrasts,
        by_contrast=tuple(counts),
        threshold=threshold,
        is_otsu=is_otsu,
        region=region,
        range=(low, high),
        shape=X.shape,
        diagram=diagram,
        alive=alive,
    )


def _check_contrasts(contrasts):
    contrasts = [contrasts] if isinstance(contrasts, Real) else list(contrasts)
    if not contrasts or not all(isinstance(c, Real) and 0 <= c <= 1 for c in contrasts):
        raise ValueError(f"contrasts={contrasts!r}; they must be shares from 0 to 1")
    return tuple(map(float, contrasts))


def otsu_threshold(X):
    """The value that splits the pixels into two groups with the most variance between them.

    It lies in the middle of the gap between the two groups.

    Parameters
    ----------
    X : array-like of 1, 2 or 3 axes
        One image.

    Returns
    -------
    float

    References
    ----------
    N. Otsu, "A threshold selection method from gray-level histograms", IEEE Transactions on
    Systems, Man, and Cybernetics 9:62-66, 1979.

    Examples
    --------
    >>> from tda.holes import otsu_threshold
    >>> otsu_threshold([[0.0, 0.25, 0.75, 1.0]])
    0.5
    """
    values, counts = np.unique(check_image(X), return_counts=True)
    if len(values) < 2:
        return float(values[0])
    n = counts.sum()
    below = np.cumsum(counts)[:-1]
    sums = np.cumsum(values * counts)
    means = sums[:-1] / below - (sums[-1] - sums[:-1]) / (n - below)
    best = int(np.argmax(below * (n - below) * means**2))
    return float((values[best] + values[best + 1]) / 2)


class ImageHoleCounter(TransformerMixin, BaseEstimator):
    """Pieces and holes of the dark or the bright region of many images (input per shape).

    Parameters
    ----------
    threshold : float or "otsu", default="otsu"
    region : {"dark", "bright"}, default="dark"
        Both as in `count_image_holes`; "otsu" finds a threshold for each image.
    contrast : float or sequence of float, default=0.1
        Shares of the range of values of an image. What is fainter is not counted; of several each
        has its columns.
    periodic : bool or sequence of bool, default=False
        Whether opposite sides are glued, for each axis.
    n_jobs : int, default=None
        Number of threads, as in joblib.
    verbose : bool, default=False
        Show a progress bar.

    Attributes
    ----------
    n_axes_ : int
        Axes of the images; there is a column for each of the degrees below it.
    contrasts_ : tuple of float

    See Also
    --------
    count_image_holes : The same for one image, with a table by contrast.

    Examples
    --------
    >>> import numpy as np
    >>> from tda.holes import ImageHoleCounter
    >>> y, x = np.mgrid[-1:1:60j, -1:1:60j]
    >>> ring, disk = np.abs(np.hypot(x, y) - 0.6), np.hypot(x, y)
    >>> ImageHoleCounter().set_output(transform="pandas").fit_transform([ring, disk])
       image_holes_h0  image_holes_h1
    0               1               1
    1               1               0
    """

    _parameter_constraints: ClassVar[dict] = {
        "threshold": [Real, StrOptions({"otsu"})],
        "region": [StrOptions(set(REGIONS))],
        "contrast": [Interval(Real, 0, 1, closed="both"), "array-like"],
        "periodic": ["boolean", "array-like"],
        "n_jobs": [Integral, None],
        "verbose": ["verbose"],
    }

    def __init__(
        self,
        *,
        threshold="otsu",
        region="dark",
        contrast=0.1,
        periodic=False,
        n_jobs=None,
        verbose=False,
    ):
        self.threshold = threshold
        self.region = region
        self.contrast = contrast
        self.periodic = periodic
        self.n_jobs = n_jobs
        self.verbose = verbose

    def fit(self, X, y=None):
        """Learn the number of axes.

        Parameters
        ----------
        X : list of images, or an array of them along its first axis
        y : ignored

        Returns
        -------
        self
        """
        self._validate_params()
        contrasts = _check_contrasts(self.contrast)
        images = check_images(X)
        axes = {image.ndim for image in images}
        if len(axes) > 1:
            raise ValueError(
                f"X holds images of {listed(sorted(axes))} axes, and the columns of these differ: "
                "pass those of each kind alone."
            )
        self.n_axes_ = axes.pop()
        self.contrasts_ = contrasts
        return self

    def count(self, X):
        """`count_image_holes` of every image.

        Parameters
        ----------
        X : list of images, or an array of them along its first axis

        Returns
        -------
        list of ImageHoleCount
        """
        check_is_fitted(self)
        images = check_images(X)
        wrong = [i for i, image in enumerate(images) if image.ndim != self.n_axes_]
        if wrong:
            raise ValueError(
                f"X[{wrong[0]}] has shape {images[wrong[0]].shape}, but images of fit have "
                f"{self.n_axes_} axes."
            )
        label = "ImageHoleCounter" if self.verbose else None
        parts = in_chunks(self._counts, images, n_jobs=self.n_jobs, label=label)
        return [count for counts in parts for count in counts]

    def _counts(self, images):
        options = {"threshold": self.threshold, "region": self.region, "periodic": self.periodic}
        return [count_image_holes(x, contrasts=self.contrasts_, **options) for x in images]

    def transform(self, X):
        """Numbers of pieces and holes.

        Parameters
        ----------
        X : list of images, or an array of them along its first axis

        Returns
        -------
        ndarray of int64, shape (n_samples, n_contrasts * n_axes_)
        """
        rows = [np.ravel(count.by_contrast) for count in self.count(X)]
        return np.array(rows, dtype=np.int64)

    def get_feature_names_out(self, input_features=None):
        """Names of the columns: image_holes_h0, …; with several contrasts image_holes_h0_0.1."""
        check_is_fitted(self)
        several = len(self.contrasts_) > 1
        return np.array(
            [
                f"image_holes_h{k}" + (f"_{contrast:g}" if several else "")
                for contrast in self.contrasts_
                for k in range(self.n_axes_)
            ],
            dtype=object,
        )

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.input_tags.two_d_array = False
        tags.input_tags.three_d_array = True
        tags.no_validation = True
        return tags
