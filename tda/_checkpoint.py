"""Finished chunks of work in a folder, so that a run that dies is taken up where it stopped.

This file imports no room.
"""

from __future__ import annotations

import os
import pickle
import tempfile
import warnings
from pathlib import Path

__all__ = ["Kept", "settings"]


def settings(estimator):
    """All of an estimator that its results depend on, as the `key` of a checkpoint."""
    params = estimator.get_params(deep=False)
    for name in ("n_jobs", "verbose", "checkpoint"):
        params.pop(name, None)
    fitted = {k: v for k, v in vars(estimator).items() if k.endswith("_") and k[0] != "_"}
    return f"{type(estimator).__module__}.{type(estimator).__qualname__}", params, fitted


class Kept:
    """A folder of finished chunks, one file each, named after all that the result depends on."""

    def __init__(self, checkpoint):
        location = getattr(checkpoint, "location", checkpoint)
        self.folder = None if location is None else Path(location) / "tda"
        if self.folder is not None:
            self.folder.mkdir(parents=True, exist_ok=True)

    def __bool__(self):
        return self.folder is not None

    def name(self, key, chunk):
        import joblib

        from . import __version__

        try:
            return joblib.hash((__version__, key, chunk))
        except (pickle.PicklingError, TypeError, AttributeError) as error:
            raise ValueError(
                f"checkpoint keeps results by what the samples and parameters hold, but one of "
                f"them cannot be pickled ({error}): pass arrays, and functions of a module."
            ) from None

    def load(self, name):
        """Whether the result is there, and the result. What cannot be read is done again."""
        path = self.folder / f"{name}.pkl"
        try:
            with open(path, "rb") as file:
                return True, pickle.load(file)
        except FileNotFoundError:
            return False, None
        except Exception as error:
            warnings.warn(
                f"{path} cannot be read ({error}): that chunk is computed again.",
                UserWarning,
                stacklevel=2,
            )
            return False, None

    def store(self, name, result):
        """All of a file or none of it, whenever the process ends."""
        file, path = tempfile.mkstemp(dir=self.folder, prefix=f"{name}.", suffix=".part")
        try:
            with os.fdopen(file, "wb") as out:
                pickle.dump(result, out, protocol=5)
                out.flush()
                os.fsync(out.fileno())
            os.replace(path, self.folder / f"{name}.pkl")
        except BaseException:
            Path(path).unlink(missing_ok=True)
            raise
