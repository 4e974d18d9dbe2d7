"""The bases of transformers from samples to diagrams: one function for many samples."""

from __future__ import annotations

from sklearn.base import BaseEstimator, TransformerMixin

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
        self._check_samples(X)
        return self

    def transform(self, X):
        """Compute the persistence diagrams.

        Parameters
        ----------
        X : list of samples

        Returns
        -------
        Diagrams of shape (n_samples,)
        """
        self._validate_params()
        return self._diagrams(self._check_samples(X))

    def _diagrams(self, samples):
        """Diagrams of checked samples, one by one."""
        from joblib import Parallel, delayed
        from tqdm import tqdm

        bar = tqdm(samples, desc=type(self).__name__, disable=not self.verbose, leave=False)
        # Kernels and gudhi release the interpreter lock, so threads run in parallel without copies.
        diagrams = Parallel(n_jobs=self.n_jobs, prefer="threads")(
            delayed(self._diagram)(sample) for sample in bar
        )
        return Diagrams(diagrams)

    def fit_transform(self, X, y=None):
        """Compute the persistence diagrams; the same as `transform`."""
        return self.transform(X)


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
