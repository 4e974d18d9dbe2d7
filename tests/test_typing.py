"""mypy sees the types of the public face, through the map `__init__.pyi`."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


def test_the_package_says_that_it_is_typed():
    assert (ROOT / "tda" / "py.typed").is_file()


def test_the_sample_has_the_types_it_says(tmp_path):
    pytest.importorskip("mypy", reason="it comes with the extra lint")
    done = subprocess.run(
        [sys.executable, "-m", "mypy", "--cache-dir", str(tmp_path), "tests/typing_sample.py"],
        cwd=ROOT,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout + done.stderr
