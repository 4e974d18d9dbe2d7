"""What an import costs, and that the map of the package is true. Each runs in a new process."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

import tda

SOURCE = Path(tda.__file__).parent
HEAVY = [
    "numba",
    "gudhi",
    "ripser",
    "umap",
    "matplotlib",
    "sklearn",
    "scipy",
    "trimesh",
    "pandas",
    "torch",
]


def loaded_by(code):
    """Names in ``sys.modules`` after `code` in a new process, less those there before it."""
    script = (
        f"import sys; before = set(sys.modules)\n{code}\nprint(*sorted(set(sys.modules) - before))"
    )
    result = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    return set(result.stdout.split())


def test_import_tda_loads_nothing_heavy():
    loaded = loaded_by("import numpy\nbefore = set(sys.modules)\nimport tda")
    assert not loaded & set(HEAVY)
    assert "tda" in loaded and not any(name.startswith("tda.") for name in loaded)
    # lazy_loader and the standard library that it needs.
    assert len(loaded) < 60, sorted(loaded)


def test_import_tda_plot_loads_no_matplotlib():
    loaded = loaded_by("import tda.plot")
    assert "tda.plot" in loaded
    assert not loaded & {"matplotlib", "numba", "umap", "gudhi", "ripser"}


def test_a_transformer_loads_what_it_needs_and_no_more():
    loaded = loaded_by("import tda\ntda.RipsPersistence")
    assert {"tda.homology", "sklearn"} <= loaded
    assert not loaded & {"umap", "numba", "matplotlib", "trimesh", "gudhi", "ripser"}
    assert not any(name.startswith(("tda.features", "tda.holes", "tda.plot")) for name in loaded)


def test_the_container_of_diagrams_needs_numpy_only():
    loaded = loaded_by("import tda\ntda.Diagrams.from_ripser([[[[0, 1]]]])")
    assert "tda.diagrams" in loaded and not loaded & set(HEAVY)


def test_asking_for_names_loads_nothing_heavy():
    assert not loaded_by("import tda\ndir(tda), tda.__all__, tda.__version__") & set(HEAVY)


@pytest.mark.parametrize("name", tda.__all__)
def test_every_public_name_is_there_and_documented(name):
    thing = getattr(tda, name)
    assert thing.__doc__ and name in dir(tda)
    assert thing.__name__.removeprefix("tda.") == name


ROOMS = sorted(room.parent.name for room in Path(tda.__file__).parent.glob("[a-z]*/__init__.py"))


@pytest.mark.parametrize("room", ROOMS)
def test_every_room_is_reached_from_a_bare_import(room):
    assert f"tda.{room}" in loaded_by(f"import tda\ntda.{room}.__all__")
    assert room in tda.__all__


def test_the_map_is_sorted_and_names_nothing_twice():
    assert tda.__all__ == sorted(set(tda.__all__))


def test_a_name_that_is_not_there_is_an_attribute_error():
    with pytest.raises(AttributeError, match="no_such_thing"):
        tda.no_such_thing  # noqa: B018


def imports_of(path):
    """What a file imports from this package: the full name of the module, and the names."""
    package = ("tda", *path.relative_to(SOURCE).parts[:-1])
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom):
            above = package[: len(package) - node.level + 1] if node.level else ()
            module = (*above, *(node.module or "").split(".")) if node.module else above
            if module[0] == "tda":
                yield module, [alias.name for alias in node.names]


def private_imports(path):
    """Names that are private to another file, and files that are private to another room."""
    room = path.relative_to(SOURCE).parts[:-1]
    for module, names in imports_of(path):
        # A private file of the room that the file lies in is no private name.
        own = SOURCE.joinpath(*module[1:]).is_dir() and module[1:] == room[: len(module) - 1]
        yield from (f"{'.'.join(module)}.{name}" for name in names if name[0] == "_" and not own)
        elsewhere = SOURCE.joinpath(module[1]).is_dir() if len(module) > 1 else False
        if elsewhere and module[1:2] != room[:1] and any(part[0] == "_" for part in module[2:]):
            yield ".".join(module)


FILES = sorted(SOURCE.rglob("*.py"))


def test_the_check_of_private_imports_sees_them(tmp_path, monkeypatch):
    monkeypatch.setitem(globals(), "SOURCE", tmp_path)
    (tmp_path / "one" / "inner").mkdir(parents=True)
    (tmp_path / "two").mkdir()
    cases = {
        "from ..two._file import name": ["tda.two._file"],
        "from ..two.file import _name": ["tda.two.file._name"],
        "from ..two import _file": ["tda.two._file"],
        "from ..two.file import name": [],
        "from ..two import name": [],
        "from .._leaf import name": [],
        "from .._leaf import _name": ["tda._leaf._name"],
        "from ._own import name": [],
        "from ._own import _name": ["tda.one._own._name"],
        "from . import _own": [],
        "from .inner._file import name": [],
        "from .inner._file import _name": ["tda.one.inner._file._name"],
        "from ..two.inner._file import name": ["tda.two.inner._file"],
        "from tda.two._file import name": ["tda.two._file"],
    }
    path = tmp_path / "one" / "_test.py"
    for code, found in cases.items():
        path.write_text(code)
        assert list(private_imports(path)) == found, code


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.relative_to(SOURCE).as_posix())
def test_nothing_private_is_imported_from_elsewhere(path):
    assert list(private_imports(path)) == []


def test_neighbors_are_searched_in_one_place():
    """All ask `tda._neighbors`, and for new points `tda._metrics.nearest_rows`."""
    found = set()
    for path in FILES:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom) and node.module == "sklearn.neighbors":
                searches = {alias.name for alias in node.names} & {
                    "BallTree", "KDTree", "NearestNeighbors", "kneighbors_graph"
                }  # fmt: skip
                found |= {path.relative_to(SOURCE).as_posix()} if searches else set()
    assert found == {"_metrics.py"}
