"""What the site is made of: docstrings that read well, pages of every name, links, notebooks."""

import ast
import inspect
import json
import sys
from pathlib import Path

import pytest

pytest.importorskip("sphinx", reason="the site is built with the extra docs")
pytest.importorskip("jupytext", reason="the site is built with the extra docs")

ROOT = Path(__file__).parents[1]
sys.path[:0] = [str(ROOT / "docs"), str(ROOT / "docs" / "_ext")]

import check  # noqa: E402
import reference  # noqa: E402
import stories  # noqa: E402

NAMES = {n: thing for things in reference.public_names().values() for n, thing in things.items()}


def docstrings():
    """The docstrings that the reference shows, by the name of their owner."""
    for name, thing in NAMES.items():
        if inspect.isclass(thing) or inspect.isroutine(thing):
            yield name, inspect.getdoc(thing)
        if inspect.isclass(thing):
            for member in reference.own_members(thing):
                yield f"{name}.{member}", inspect.getdoc(getattr(thing, member))


def test_every_docstring_is_clean_markup():
    from docutils import nodes
    from docutils.core import publish_doctree
    from docutils.parsers.rst import directives, roles
    from docutils.parsers.rst.directives.admonitions import Note
    from sphinx.ext.napoleon import Config, NumpyDocstring

    for role in ("py:obj", "class", "func", "meth", "attr", "obj", "doc", "ref", "mod"):
        roles.register_generic_role(role, nodes.literal)
    directives.register_directive("seealso", Note)
    config, wrong = Config(napoleon_use_ivar=True, napoleon_use_rtype=False), []
    quiet = {
        "report_level": 5,
        "halt_level": 5,
        "default_role": "py:obj",
        "file_insertion_enabled": False,
    }
    for name, text in docstrings():
        lines = text.split("\n")
        for step in (reference.joined_lines, reference.plain_references, reference.escaped_names):
            step(None, "function", name, None, None, lines)
        # What napoleon adds for names with a dot in See Also needs roles of Sphinx alone.
        made = str(NumpyDocstring(lines, config, what="function", name=name))
        tree = publish_doctree(made, settings_overrides=quiet)
        for message in tree.findall(nodes.system_message):
            if message["level"] >= 2 and "Unknown interpreted text role" not in message.astext():
                wrong.append(f"{name}: {message.astext().splitlines()[0][:120]}")
    assert not wrong, "\n".join(wrong)


def test_the_reference_names_all_that_is_public():
    import tda

    flat = {f"tda.{name}" for name in tda.__all__ if not inspect.ismodule(getattr(tda, name))}
    assert flat <= set(NAMES)
    for room in (
        getattr(tda, name) for name in tda.__all__ if inspect.ismodule(getattr(tda, name))
    ):
        short = room.__name__.removeprefix("tda.")
        for name in room.__all__:
            assert f"tda.{name}" in NAMES or f"tda.{short}.{name}" in NAMES
    text = reference.page("tda.count_holes", NAMES["tda.count_holes"], "holes")
    assert ".. autofunction:: tda.count_holes" in text


def test_the_check_finds_what_is_broken(tmp_path):
    (tmp_path / "a.html").write_text(
        '<a href="b.html#here">ok</a><a href="b.html#gone"></a><a href="c.html"></a>'
        '<img src="none.png"><script src="https://example.org/x.js"></script>'
        '<a href="https://example.org">fine</a>'
    )
    (tmp_path / "b.html").write_text('<p id="here">Traceback (most recent call last)</p>')
    faults, hosts = check.check_site(tmp_path)
    said = "\n".join(faults)
    for part in ("#gone has no such place", "c.html is not there", "none.png is not there"):
        assert part in said
    assert "loads https://example.org/x.js" in said and "without words" in said
    assert "b.html: a traceback" in said
    assert len(faults) == 6 and hosts == {"example.org": 2}


@pytest.mark.parametrize("name", stories.names())
def test_each_story_becomes_a_notebook_that_stands_alone(name):
    made = json.loads(stories.notebook(name))
    cells = ["".join(c["source"]) for c in made["cells"] if c["cell_type"] == "code"]
    code = "\n".join(cells)
    tree = ast.parse(code)
    assert "from _common" not in code and not any(
        isinstance(node, ast.ImportFrom) and node.module == "__future__" for node in ast.walk(tree)
    )
    defined = {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}
    assert {"main", "compute", "tell", "draw", "play", "finish"} <= defined
    assert len({cell["id"] for cell in made["cells"]}) == len(made["cells"]) >= 5
