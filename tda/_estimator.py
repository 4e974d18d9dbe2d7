"""The base of every estimator: scikit-learn's, with links to the pages of this documentation."""

from __future__ import annotations

import os
from functools import cache, lru_cache

from sklearn.base import BaseEstimator as _BaseEstimator

__all__ = ["BaseEstimator"]


class BaseEstimator(_BaseEstimator):
    """scikit-learn's `BaseEstimator`, whose diagram in a notebook links to the right page.

    The site is the one that the metadata of the package names as its documentation, or the one in
    the environment variable TDA_DOCS, such as that of a copy built by ``make docs``. Without
    either there is no link.
    """

    _doc_link_module = "tda"
    _doc_link_template = "{site}/api/{name}.html"

    def _doc_link_url_param_generator(self):
        return {"site": _site().rstrip("/"), "name": _public_name(type(self))}

    def _get_doc_link(self):
        return super()._get_doc_link() if _site() else ""


def _site():
    return os.environ.get("TDA_DOCS") or _site_of_package()


@lru_cache(maxsize=1)
def _site_of_package():
    from importlib.metadata import PackageNotFoundError, metadata

    try:
        found = metadata("tda-learn").get_all("Project-URL") or []
    except PackageNotFoundError:
        return ""
    named = dict(line.split(", ", 1) for line in found)
    return named.get("Documentation", "")


@cache
def _public_name(cls):
    """``tda.Name``, or ``tda.room.Name`` of what is no flat name."""
    import tda

    if cls.__name__ in tda.__all__:
        return f"tda.{cls.__name__}"
    parts = cls.__module__.split(".")
    public = [part for part in parts if not part.startswith("_")]
    return ".".join([*public, cls.__name__])
