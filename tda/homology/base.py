"""The bases of transformers from samples to diagrams: one function for many samples."""

from __future__ import annotations

from sklearn.base import TransformerMixin

from .._checkpoint import settings
from .._estimator import BaseEstimator
from .._parallel import checked_part, delayed_parts, in_chunks, over_delayed
from .._per_shape import PerShape
from ..diagrams import Diagrams


def check_same_width(clouds):
    """Raise if clouds of different widths would get different degrees by default."""
    widths = sorted({cloud.shape[1] for cloud in clouds})
    if len(widths) > 1:
        raise ValueError(
            f"the clouds have {widths} coordinates, so the default of max_dimension differs "
            "between them: set max_dimension."
        )


class DiagramTransformer(PerShape, TransformerMixin, BaseEstimator):
    """Maps a function from one sample to a `Diagram` over many samples.

    A subclass has ``_check_samples(X)``, which returns a list, and ``_diagram(sample)``. Nothing is
    learned from data, so `fit` only checks. The diagram of one sample never depends on the others.
    Samples that Dask has not made yet are checked where they are made.
    """

    def fit(self, X, y=None):
        """Check the parameters and the samples; nothing is learned.

        Parameters
        ----------
        X : list of samples
        y : ignored

        Returns
        -------
        self
        """
        self._validate_params()
        if delayed_parts(X) is None:
            self._check_samples(X)
        return self

    def transform(self, X):
        """Compute the persistence diagrams.

        Parameters
        ----------
        X : list of samples, list of dask.delayed samples, or dask.bag.Bag
            Delayed samples are made where their diagrams are computed, and stay there.

        Returns
        -------
        Diagrams of shape (n_samples,)
        """
        self._validate_params()
        parts = delayed_parts(X)
        if parts is not None:
            return self._of_delayed(parts)
        return _joined(in_chunks(self._diagrams, self._check_samples(X), **self._options()))

    def _diagrams(self, samples):
        """Diagrams of a few checked samples, one by one."""
        return Diagrams(map(self._diagram, samples))

    def _of_delayed(self, parts):
        diagrams = over_delayed(self._part, parts, **self._options())
        if not any(map(len, diagrams)):
            raise ValueError("X is empty: there is no sample in it.")
        tops = sorted({some.max_dimension for some in diagrams if len(some)})
        if getattr(self, "max_dimension", 0) is None and len(tops) > 1:
            raise ValueError(
                f"the highest degrees are {tops} by default, as the samples differ in their "
                "coordinates or axes: set max_dimension."
            )
        return _joined(diagrams)

    def _part(self, samples, place):
        """Diagrams of samples that were not checked before; errors say where they are."""
        checked = checked_part(self._check_samples, samples, place)
        return self._diagrams(checked) if checked else Diagrams([])

    def _options(self):
        return {
            "n_jobs": self.n_jobs,
            "label": type(self).__name__ if self.verbose else None,
            "checkpoint": self.checkpoint,
            "key": settings(self),
        }

    def fit_transform(self, X, y=None):
        """Compute the persistence diagrams; the same as `transform`."""
        return self.transform(X)


def _joined(parts):
    """Diagrams of all chunks; one that came from an empty partition has no kind to agree with."""
    parts = [part for part in parts if len(part)] or parts[:1]
    return parts[0] if len(parts) == 1 else Diagrams(one for part in parts for one in part)


class PersistenceTransformer(DiagramTransformer):
    """A `DiagramTransformer` that also says which engines it would try, by ``_plan(sample)``."""

    def plan(self, X):
        """The engines that would be tried for each sample, in order, and why; nothing is computed.

        The first engine computes the diagram, unless it gives up. For example, a loop may be too
        large for the engine without a matrix. Then the next engine is tried.

        Parameters
        ----------
        X : list of samples

        Returns
        -------
        list of tuples of Plan, one tuple for each sample
            Named tuples ``(engine, reason, needs, memory, way_out)``: the engine's name, why it
            is chosen, the form of the input that it needs, the memory that it takes in bytes as
            an estimate, and what to do instead where that is too much.

        Examples
        --------
        >>> import numpy as np
        >>> from tda import RipsPersistence
        >>> (steps,) = RipsPersistence(max_dimension=2).plan([np.zeros((500, 3))])
        >>> [step.engine for step in steps]
        ['degrees', 'gudhi']
        >>> steps[0].reason
        'our own pass over the edges, in any degree over any field'
        """
        self._validate_params()
        return [self._plan(sample) for sample in self._check_samples(X)]
