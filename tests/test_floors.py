"""The lowest versions that are stated are those that `make test-lowest` installs."""

import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.version import Version

ROOT = Path(__file__).parents[1]


def stated():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    extras = project["optional-dependencies"]
    # Torch and PaCMAP are tested where they are installed, linters are no part of the package.
    lines = project["dependencies"] + extras["files"] + extras["test"]
    return [line for line in lines if not line.startswith("tda-learn")]


def pinned():
    lines = (ROOT / "constraints-lowest.txt").read_text().splitlines()
    return dict(line.split("==") for line in lines if not line.startswith("#"))


@pytest.mark.parametrize("line", stated())
def test_the_lowest_version_is_the_one_that_is_tested(line):
    requirement = Requirement(line)
    (bound,) = requirement.specifier
    assert bound.operator == ">="
    floor = Version(bound.version).release
    assert Version(pinned()[requirement.name]).release[: len(floor)] == floor


def test_no_other_version_is_pinned():
    assert set(pinned()) == {Requirement(line).name for line in stated()}
