"""Cubical persistence of images: sublevel and superlevel sets of their values."""

from __future__ import annotations

from numbers import Integral
from typing import ClassVar

import numpy as np
from sklearn.utils._param_validation import Interval, StrOptions

from .._per_shape import CHECKPOINT
from .._validation import check_field, check_image, check_images
from ..diagrams import Diagram
from ._plan import carry_out, plan
from ._tasks import CubicalTask
from .base import PersistenceTransformer
from .engines import cubical_grid, cubical_gudhi

__all__ = ["CubicalPersistence", "cubical_diagram"]

# The engines in the order in which they are tried.
CUBICAL = (cubical_grid.ENGINE, cubical_gudhi.ENGINE)

DIRECTIONS = ("sublevel", "superlevel")
CONSTRUCTIONS = ("cells", "vertices")


def cubical_diagram(
    X,
    *,
    max_dimension=None,
    field=2,
    direction="sublevel",
    construction="cells",
    periodic=False,
    representatives=False,
) -> Diagram:
    """Persistence diagram of the level sets of one image.

    Parameters
    ----------
    X : array-like of 1, 2 or 3 axes
        One image (or series, or volume) with one value per pixel. A colour picture of shape (h, w,
        3) would be read as a volume. Infinite values are allowed.
    max_dimension : int, default=None
        Highest degree of homology; by default all that can occur: the number of axes minus
        one, or the number of axes if all of them are periodic.
    field : int, default=2
        The prime of the coefficient field Z/p.
    direction : {"sublevel", "superlevel"}, default="sublevel"
        Whether dark pixels enter first ("sublevel") or bright ones ("superlevel"). Superlevel bars
        run downward: births are above deaths, and an essential class has ``death = -inf``.
    construction : {"cells", "vertices"}, default="cells"
        Whether pixels are the top cells, touching also at corners (in the plane 8-connected),
        or the vertices, joined only along the axes (4-connected).
    periodic : bool or sequence of bool, default=False
        Which axes are periodic. One bool is used for all of them.
    representatives : bool, default=False
        Keep the pixel of birth and of death of every bar, as flat indices into X.

    Returns
    -------
    Diagram

    Raises
    ------
    ValueError
        For an image that is empty, has NaN or more than three axes.

    Notes
    -----
    Degree 0 by union-find, the top degree by duality; in volumes loops by a reduction of what a
    matching inside each pixel's star leaves over. Periodic axes are left to gudhi, and so are
    volumes over other fields than Z/2, whose loops can differ [2]_. The two constructions are
    dual: sublevel "cells" and superlevel "vertices" determine each other [1]_.

    References
    ----------
    .. [1] A. Garin, T. Heiss, K. Maggs, B. Bleile, V. Robins, "Duality in persistent homology
       of images", 2020, arXiv:2005.04597.
    .. [2] I. Obayashi, M. Yoshiwaki, "Field choice problem in persistent homology", Discrete &
       Computational Geometry 70, 2023.

    Examples
    --------
    A dark ring around a bright pixel is a loop until that pixel enters.

    >>> import numpy as np
    >>> from tda import cubical_diagram
    >>> image = np.array([[1, 1, 1], [1, 9, 1], [1, 1, 1]])
    >>> cubical_diagram(image)[1]
    array([[1., 9.]])
    >>> cubical_diagram(image, direction="superlevel")[0]
    array([[  9., -inf]])
    """
    X = check_image(X)
    return checked_cubical_diagram(
        X, max_dimension, check_field(field), direction, construction, periodic, representatives
    )


def checked_cubical_diagram(
    X, max_dimension, field, direction, construction, periodic, representatives
):
    """`cubical_diagram` after its checks."""
    for name, value, known in [
        ("direction", direction, DIRECTIONS),
        ("construction", construction, CONSTRUCTIONS),
    ]:
        if value not in known:
            raise ValueError(f"{name}={value!r}; it must be one of {known}")
    periodic = _check_periodic(periodic, X.ndim)
    if max_dimension is None:
        max_dimension = highest_degree(periodic)
    elif not isinstance(max_dimension, Integral) or max_dimension < 0:
        raise ValueError(f"max_dimension={max_dimension!r}, but a degree is an integer from 0 on")
    values = -X if direction == "superlevel" else X
    task = CubicalTask(
        X.shape, max_dimension, field, construction, periodic, representatives, values
    )
    diagram = carry_out(CUBICAL, task)
    return _negated(diagram) if direction == "superlevel" else diagram


def highest_degree(periodic):
    """The highest degree that an image can have: its number of axes if all are periodic."""
    return len(periodic) - (not all(periodic))


def _check_periodic(periodic, n_axes):
    one = isinstance(periodic, bool | np.bool_) or not hasattr(periodic, "__iter__")
    axes = (periodic,) * n_axes if one else tuple(periodic)
    if len(axes) != n_axes or not all(isinstance(p, bool | np.bool_) for p in axes):
        raise ValueError(
            f"periodic={periodic!r}; it must be one bool, or one for each of the {n_axes} axes"
        )
    return tuple(map(bool, axes))


def _negated(diagram):
    return Diagram(
        -diagram.births,
        -diagram.deaths,
        diagram.dims,
        filtration=diagram.filtration,
        field=diagram.field,
        max_dimension=diagram.max_dimension,
        birth_simplices=diagram.birth_simplices,
        death_simplices=diagram.death_simplices,
    )


class CubicalPersistence(PersistenceTransformer):
    """Persistence diagrams of the level sets of many images (input per shape).

    Parameters
    ----------
    max_dimension : int, default=None
        Highest degree of homology; by default all that can occur.
    field : int, default=2
        The prime of the coefficient field Z/p.
    direction : {"sublevel", "superlevel"}, default="sublevel"
        Whether dark pixels enter first ("sublevel") or bright ones ("superlevel").
    construction : {"cells", "vertices"}, default="cells"
        Whether pixels are the top cells or the vertices.
    periodic : bool or sequence of bool, default=False
        Which axes are periodic.
    representatives : bool, default=False
        Keep the pixel of birth and of death of every bar.
    n_jobs : int, default=None
        Number of threads, as in joblib.
    checkpoint : str, path or joblib.Memory, default=None
        A folder that keeps finished diagrams: the same call on the same data goes on where an
        earlier one has stopped. Pickle reads it, so it has to be your own.
    verbose : bool, default=False
        Show a progress bar.

    See Also
    --------
    cubical_diagram : The same for one image; conventions, cost and sources.

    Examples
    --------
    >>> import numpy as np
    >>> from tda import CubicalPersistence
    >>> CubicalPersistence().fit_transform(np.arange(24.0).reshape(2, 3, 4))
    Diagrams(2 samples, 2 bars, degrees 0 to 1, filtration cubical, field Z/2)
    """

    _parameter_constraints: ClassVar[dict] = {
        "max_dimension": [Interval(Integral, 0, None, closed="left"), None],
        "field": [Interval(Integral, 2, None, closed="left")],
        "direction": [StrOptions(set(DIRECTIONS))],
        "construction": [StrOptions(set(CONSTRUCTIONS))],
        "periodic": ["boolean", "array-like"],
        "representatives": ["boolean"],
        "n_jobs": [Integral, None],
        "checkpoint": CHECKPOINT,
        "verbose": ["verbose"],
    }

    def __init__(
        self,
        *,
        max_dimension=None,
        field=2,
        direction="sublevel",
        construction="cells",
        periodic=False,
        representatives=False,
        n_jobs=None,
        checkpoint=None,
        verbose=False,
    ):
        self.max_dimension = max_dimension
        self.field = field
        self.direction = direction
        self.construction = construction
        self.periodic = periodic
        self.representatives = representatives
        self.n_jobs = n_jobs
        self.checkpoint = checkpoint
        self.verbose = verbose

    def _check_samples(self, X):
        check_field(self.field)
        images = check_images(X)
        axes = sorted({image.ndim for image in images})
        if len(axes) > 1:
            raise ValueError(f"the images have {axes} axes: transform each kind separately.")
        return images

    def _plan(self, X):
        periodic = _check_periodic(self.periodic, X.ndim)
        top = highest_degree(periodic) if self.max_dimension is None else self.max_dimension
        return plan(CUBICAL, CubicalTask(X.shape, top, int(self.field), periodic=periodic))

    def _diagram(self, X):
        return checked_cubical_diagram(
            X,
            self.max_dimension,
            int(self.field),
            self.direction,
            self.construction,
            self.periodic,
            self.representatives,
        )
