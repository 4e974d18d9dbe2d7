"""The base of the transformers of this room: one function of a sample, over many samples."""

from __future__ import annotations

from sklearn.base import BaseEstimator, TransformerMixin

from ..diagrams import Diagrams


class SampleTransformer(TransformerMixin, BaseEstimator):
    """Maps a function from one sample to a `Diagram` over many samples.

    A subclass has ``_check_samples(X)``, which returns a list, and ``_diagram(sample)``. Nothing
    is learned from data, so `fit` only checks.
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
        from joblib import Parallel, delayed
        from tqdm import tqdm

        self._validate_params()
        samples = self._check_samples(X)
        bar = tqdm(samples, desc=type(self).__name__, disable=not self.verbose, leave=False)
        diagrams = Parallel(n_jobs=self.n_jobs, prefer="threads")(
            delayed(self._diagram)(sample) for sample in bar
        )
        return Diagrams(diagrams)

    def fit_transform(self, X, y=None):
        """Compute the persistence diagrams; the same as `transform`."""
        self._validate_params()
        return self.transform(X)

    def set_output(self, *, transform=None):
        """Has no effect, so that pipelines can call it; diagrams have no columns to name."""
        return self

    def __sklearn_is_fitted__(self):
        return True

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.requires_fit = False
        tags.input_tags.two_d_array = False
        tags.input_tags.three_d_array = True
        tags.no_validation = True
        return tags
