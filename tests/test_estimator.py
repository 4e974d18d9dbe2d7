"""Diagrams of estimators in a notebook link to the page of each."""

import importlib.util
import inspect
from pathlib import Path

import pytest
import sklearn.base
from sklearn.pipeline import make_pipeline

import tda
from tda import _estimator

ROOMS = [room for room in (getattr(tda, name) for name in tda.__all__) if inspect.ismodule(room)]
CLASSES = {
    f"tda.{name}" if name in tda.__all__ else f"{room.__name__}.{name}": getattr(room, name)
    for room in ROOMS
    for name in room.__all__
    if inspect.isclass(getattr(room, name))
    and issubclass(getattr(room, name), sklearn.base.BaseEstimator)
    and not inspect.signature(getattr(room, name)).parameters.get("args")
}


def test_all_estimators_are_looked_at():
    assert len(CLASSES) > 60 and "tda.RipsPersistence" in CLASSES


@pytest.mark.parametrize("name", sorted(CLASSES))
def test_an_estimator_links_to_the_page_that_the_site_has(name, monkeypatch):
    monkeypatch.setenv("TDA_DOCS", "https://docs.example/")
    cls = CLASSES[name]
    link = cls._get_doc_link(cls.__new__(cls))
    assert link == f"https://docs.example/api/{name}.html"


def test_the_site_has_these_pages():
    """The names are those that the reference is written with."""
    path = Path(__file__).parents[1] / "docs" / "_ext" / "reference.py"
    pytest.importorskip("sphinx")
    spec = importlib.util.spec_from_file_location("reference", path)
    reference = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(reference)
    pages = {full for things in reference.public_names().values() for full in things}
    assert set(CLASSES) <= pages


def test_the_diagram_of_a_pipeline_has_the_links(monkeypatch):
    monkeypatch.setenv("TDA_DOCS", "https://docs.example")
    page = make_pipeline(tda.RipsPersistence(), tda.BettiCurve())._repr_html_()
    for name in ("RipsPersistence", "BettiCurve"):
        assert f"https://docs.example/api/tda.{name}.html" in page


def test_without_a_site_there_is_no_link(monkeypatch):
    monkeypatch.delenv("TDA_DOCS", raising=False)
    monkeypatch.setattr(_estimator, "_site_of_package", lambda: "")
    assert tda.ToMATo()._get_doc_link() == ""
    monkeypatch.setattr(_estimator, "_site_of_package", lambda: "https://of.the/package")
    assert tda.ToMATo()._get_doc_link() == "https://of.the/package/api/tda.ToMATo.html"


def test_estimators_of_a_user_have_no_link_of_ours(monkeypatch):
    monkeypatch.setenv("TDA_DOCS", "https://docs.example")

    class Mine(tda.ToMATo):
        pass

    assert Mine()._get_doc_link() == ""
