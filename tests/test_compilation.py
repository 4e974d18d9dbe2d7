"""Kernels compiled at once, and answers of other engines while they are compiled."""

import ast
import importlib
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import tda
from tda import alpha_diagram, compile_kernels, count_holes, cubical_diagram, rips_diagram
from tda._kernels import cache
from tda._kernels._compiled import compiled
from tda.cli import main
from tda.datasets import make_sphere

SOURCE = Path(tda.__file__).parent


def _called_from_outside():
    """Kernels that a file outside `_kernels` names, as objects."""
    found = {}
    for path in SOURCE.rglob("*.py"):
        if path.parent.name == "_kernels":
            continue
        tree, modules = ast.parse(path.read_text()), {}
        for node in ast.walk(tree):
            if not isinstance(node, ast.ImportFrom) or "_kernels" not in (node.module or ""):
                continue
            for name in node.names:
                module = node.module.partition("_kernels")[2].strip(".")
                if module:
                    kernels = importlib.import_module(f"tda._kernels.{module}")
                    found[module, name.name] = getattr(kernels, name.name)
                else:
                    modules[name.asname or name.name] = name.name
        for node in ast.walk(tree):
            if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
                module = modules.get(node.value.id)
                if module is not None:
                    kernels = importlib.import_module(f"tda._kernels.{module}")
                    found[module, node.attr] = getattr(kernels, node.attr, None)
    return {name: kernel for name, kernel in found.items() if isinstance(kernel, compiled)}


def test_every_kernel_is_compiled():
    """In a process of its own, where no other test has called one."""
    assert len(_called_from_outside()) > 30
    script = (
        "import test_compilation as t\n"
        "print(*t.compile_kernels())\n"
        "print(*(n for n, k in t._called_from_outside().items() if not k.dispatcher.signatures))"
    )
    found = subprocess.run(
        [sys.executable, "-c", script],
        capture_output=True,
        text=True,
        cwd=Path(__file__).parent,
        env=os.environ | {"PYTHONPATH": str(SOURCE.parent), "TDA_COMPILE": "now"},
    )
    assert found.returncode == 0, found.stderr
    done, missing = found.stdout.splitlines()
    assert done == "alpha rips cubical points features distances graphs"
    assert missing == ""


def test_a_family_that_there_is_not():
    with pytest.raises(ValueError, match="families has 'torus'; there are alpha, rips"):
        compile_kernels(["torus"])
    assert main(["compile", "torus"]) == 2


def test_the_command_compiles(capsys):
    assert main(["compile", "points"]) == 0
    assert "All compiled" in capsys.readouterr().out


@pytest.fixture
def cold(monkeypatch):
    """As after an installation: no kernel is ready; what would be compiled is listed."""
    asked = []
    monkeypatch.setattr(compiled, "is_ready", property(lambda self: False))
    monkeypatch.setattr(cache, "compile_in_background", asked.append)
    monkeypatch.setenv("TDA_COMPILE", "background")
    return asked


@pytest.mark.parametrize(
    ("family", "compute"),
    [
        ("alpha", lambda rng: alpha_diagram(rng.random((200, 3)), representatives=True)),
        ("alpha", lambda rng: alpha_diagram(rng.random((200, 2)), field=3)),
        ("rips", lambda rng: rips_diagram(rng.random((60, 4)))),
        ("rips", lambda rng: rips_diagram(rng.random((60, 2)), representatives=True)),
        ("cubical", lambda rng: cubical_diagram(rng.integers(0, 9, (20, 30)))),
        ("cubical", lambda rng: cubical_diagram(rng.random((6, 7, 8)), construction="vertices")),
    ],
    ids=["space", "plane", "rips", "rips with simplices", "image", "volume"],
)
def test_until_then_another_engine_gives_the_same_diagram(family, compute, cold):
    meanwhile = compute(np.random.default_rng(0))
    assert cold == [family]
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TDA_COMPILE", "now")
        ours = compute(np.random.default_rng(0))
    assert cold == [family]
    np.testing.assert_array_equal(meanwhile.dims, ours.dims)
    np.testing.assert_allclose(meanwhile.births, ours.births, rtol=1e-9, atol=1e-12)
    np.testing.assert_allclose(meanwhile.deaths, ours.deaths, rtol=1e-9, atol=1e-12)


def test_until_then_holes_are_counted_the_same(cold):
    X = make_sphere(300, random_state=0).points
    meanwhile = count_holes(X)
    assert cold == ["alpha"]
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TDA_COMPILE", "now")
        ours = count_holes(X)
    assert meanwhile.betti == ours.betti == (1, 0, 1)
    assert [hole.p_value for hole in meanwhile.holes] == [hole.p_value for hole in ours.holes]


def test_large_work_waits_for_its_kernels(cold):
    alpha_diagram(np.random.default_rng(0).random((20_001, 2)))
    assert cold == []


def test_one_process_compiles_a_family(monkeypatch, tmp_path, capsys):
    started = []
    monkeypatch.setattr(cache, "_told", set())
    monkeypatch.setattr(cache, "private_directory", lambda: tmp_path)
    monkeypatch.setattr(subprocess, "Popen", lambda command, **options: started.append(command))
    cache.compile_in_background("alpha")
    cache.compile_in_background("alpha")
    assert [command[0] for command in started] == [sys.executable]
    said = capsys.readouterr().err
    assert said.count("compiled in the background") == 1 and "alpha complexes" in said
    cache._told.clear()  # as another process, which sees the mark of the first
    cache.compile_in_background("alpha")
    cache.compile_in_background("rips")
    assert [command[-1] for command in started] == ["alpha", "rips"]
    assert "Rips complexes" in capsys.readouterr().err


def test_what_is_compiled_is_said_once_for_each_family(monkeypatch, capsys):
    monkeypatch.setattr(cache, "_told", set())
    for name in ("alpha_plane", "alpha_pairs", "rips_loops", "union_find"):
        cache.tell_once(f"tda._kernels.{name}")
    said = capsys.readouterr().err.splitlines()
    assert len(said) == 2
    assert "alpha complexes" in said[0] and "Rips complexes" in said[1]
