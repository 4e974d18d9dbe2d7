"""Where compiled kernels are kept when nothing can be written, and what is said."""

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

import tda
from tda._kernels import cache

posix = pytest.mark.skipif(not hasattr(os, "getuid"), reason="there are no owners of files")


@posix
def test_without_a_place_to_write_kernels_are_kept_for_this_user(tmp_path):
    """A file where the directory should be stops even one who may write everything."""
    source = Path(tda.__file__).parent
    for name in ("__init__.py", "__init__.pyi"):
        (tmp_path / "tda").mkdir(exist_ok=True)
        shutil.copy(source / name, tmp_path / "tda")
    shutil.copytree(
        source / "_kernels", tmp_path / "tda/_kernels", ignore=shutil.ignore_patterns("__pycache__")
    )
    (tmp_path / "tda/_kernels/__pycache__").touch()
    (tmp_path / "temporary").mkdir()
    script = (
        "import numpy, tda._kernels.polynomials as p, tda._kernels.alpha_order as s\n"
        "print(p.__file__, len(s.hilbert_keys(numpy.eye(2)[:1])))"
    )
    environment = {
        name: value
        for name, value in os.environ.items()
        if name not in ("NUMBA_CACHE_DIR", "XDG_CACHE_HOME")
    }
    environment |= {"HOME": os.devnull, "TMPDIR": str(tmp_path / "temporary")}
    environment["PYTHONPATH"] = str(tmp_path)
    said = []
    for _ in range(2):
        found = subprocess.run(
            [sys.executable, "-c", script],
            capture_output=True,
            text=True,
            env=environment,
            cwd=tmp_path,
        )
        assert found.returncode == 0, found.stderr
        assert found.stdout.split() == [str(tmp_path / "tda/_kernels/polynomials.py"), "1"]
        said.append(found.stderr)
    kept = tmp_path / "temporary" / f"tda-kernels-{os.getuid()}"
    assert kept.stat().st_mode & 0o777 == 0o700
    assert list(kept.rglob("*.nbi"))
    for text in said:
        assert text.count("no directory for compiled kernels can be written") == 1
        assert str(kept) in text
    assert said[0].count("compiling its kernels for alpha complexes") == 1
    assert "compiling" not in said[1]


@posix
@pytest.mark.parametrize("taken", ["open to others", "a link", "a file"])
def test_a_directory_that_others_can_write_is_not_used(taken, tmp_path, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    path = tmp_path / f"tda-kernels-{os.getuid()}"
    if taken == "open to others":
        path.mkdir()
        path.chmod(0o777)
    elif taken == "a link":
        (tmp_path / "elsewhere").mkdir(mode=0o700)
        path.symlink_to(tmp_path / "elsewhere")
    else:
        path.touch()
    found = cache.private_directory()
    assert found != path and found.parent == tmp_path
    assert found.stat().st_mode & 0o777 == 0o700


@posix
def test_a_directory_of_our_own_is_used_again(tmp_path, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    assert cache.private_directory() == cache.private_directory()


def test_other_errors_of_a_decorator_are_not_hidden():
    def make():
        raise RuntimeError("something else")

    with pytest.raises(RuntimeError, match="something else"):
        cache.with_cache(make)
