"""What a release says of itself is one thing everywhere, and the other `tda` is told apart."""

import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

import tda

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


def test_the_version_is_one():
    stated = re.search(r"^version: (\S+)$", (ROOT / "CITATION.cff").read_text(), re.M)
    assert stated[1] == tda.__version__
    assert "version" in PROJECT["project"]["dynamic"]
    assert f'version: "{tda.__version__}"' in (ROOT / "packaging" / "recipe.yaml").read_text()
    assert f"version = {{{tda.__version__}}}" in (ROOT / "docs" / "citing.md").read_text()


def test_the_recipe_needs_what_the_package_needs():
    text = (ROOT / "packaging" / "recipe.yaml").read_text().partition("  run:")[2]
    for line in PROJECT["project"]["dependencies"]:
        name, bound = line.split(">=")
        assert re.search(rf"- {name}(-base)? >={re.escape(bound)}\n", text), line


def import_from(folder, code="import tda; print(tda.__version__)"):
    return subprocess.run(
        [sys.executable, "-c", f"import sys; sys.path.insert(0, {str(folder)!r})\n{code}"],
        capture_output=True,
        text=True,
    )


def test_two_packages_of_this_name_are_an_error_that_says_so(tmp_path):
    (tmp_path / "tda").mkdir()
    for name in ("__init__.py", "__init__.pyi"):
        (tmp_path / "tda" / name).write_text((ROOT / "tda" / name).read_text(encoding="utf-8"))
    (tmp_path / "tda_learn-0.2.0.dist-info").mkdir()
    alone = import_from(tmp_path)
    assert alone.stdout.strip() == tda.__version__, alone.stderr
    (tmp_path / "tda-0.3.0.dist-info").mkdir()
    both = import_from(tmp_path)
    assert both.returncode and "pip uninstall tda tda-learn" in both.stderr
    assert "ImportError: two packages named tda" in both.stderr


def test_workflows_and_templates_are_yaml():
    yaml = pytest.importorskip("yaml")
    paths = [*(ROOT / ".github").rglob("*.yml"), ROOT / ".pre-commit-config.yaml"]
    assert len(paths) >= 8
    for path in [*paths, ROOT / "packaging" / "recipe.yaml", ROOT / "CITATION.cff"]:
        assert yaml.safe_load(path.read_text(encoding="utf-8")), path
