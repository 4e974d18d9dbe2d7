"""Build the sdist and the wheel, and check both.

    python packaging/check_dist.py dist

Metadata by twine; what must be inside and what must not; that the wheel installs into an empty
environment away from the checkout, without its dependencies, which are taken from this one; and
that there its data, its stories and its type hints are found.
"""

import subprocess
import sys
import tarfile
import tempfile
import venv
import zipfile
from pathlib import Path

ROOT = Path(__file__).parents[1]
IN_WHEEL = (
    "tda/__init__.py",
    "tda/__init__.pyi",
    "tda/py.typed",
    "tda/holes/null_table.json",
    "tda/mapper/page.html",
    "tda/datasets/data/mug.ply",
    "tda/datasets/data/sunspots.csv",
    "tda/_stories/_common.py",
    "tda/_stories/mug_and_doughnut.py",
)
IN_SDIST = ("README.md", "LICENSE", "Makefile", "docs/conf.py", "tests/conftest.py", "CITATION.cff")
#: Folders that a wheel may have at its top.
TOP = ("tda", "tda_learn-")
UNWANTED = ("__pycache__", ".nbi", ".nbc", ".venv", "_build/")

HERE = """
import importlib.resources as r, sys
import tda
assert "site-packages" in tda.__file__, tda.__file__
from tda.datasets import load_mesh, load_sunspots
assert len(load_sunspots().series) > 300 and len(load_mesh("mug").faces) > 100
assert (r.files("tda") / "py.typed").is_file()
assert (r.files("tda") / "_stories" / "mug_and_doughnut.py").is_file()
print(tda.__version__)
"""


def run(*command, **options):
    done = subprocess.run([*map(str, command)], capture_output=True, text=True, **options)
    if done.returncode:
        sys.exit(f"{' '.join(map(str, command))}\n{done.stdout}{done.stderr}")
    return done.stdout


def check_names(names, wanted, what):
    missing = [name for name in wanted if name not in names]
    extra = [name for name in names if any(part in name for part in UNWANTED)]
    if missing or extra:
        sys.exit(f"{what}: missing {missing}, unwanted {extra[:5]}")


def check_contents(folder):
    (wheel,), (sdist,) = folder.glob("*.whl"), folder.glob("*.tar.gz")
    names = zipfile.ZipFile(wheel).namelist()
    check_names(names, IN_WHEEL, wheel.name)
    strange = [name for name in names if not name.startswith(TOP)]
    if strange:
        sys.exit(f"{wheel.name} would put {strange[:5]} beside other packages")
    with tarfile.open(sdist) as tar:
        inside = [name.partition("/")[2] for name in tar.getnames()]
    check_names(inside, IN_SDIST, sdist.name)
    return wheel, sdist


def check_import(wheel):
    """Install into an empty environment that sees the packages of this one, and use it there."""
    with tempfile.TemporaryDirectory() as folder:
        venv.create(folder, with_pip=True)
        bin_ = Path(folder) / ("Scripts" if sys.platform == "win32" else "bin")
        python = bin_ / "python"
        run(python, "-m", "pip", "install", "-q", "--no-deps", "--no-index", wheel)
        ours = next(p for p in map(Path, sys.path) if p.name == "site-packages")
        code = f"import sys; sys.path.append({str(ours)!r})\n{HERE}"
        return run(python, "-I", "-c", code, cwd=folder).strip()


def main():
    folder = Path(sys.argv[1] if len(sys.argv) > 1 else "dist").resolve()
    for old in [*folder.glob("*.whl"), *folder.glob("*.tar.gz")]:
        old.unlink()
    isolation = ["--no-isolation"] if "--no-isolation" in sys.argv else []
    run(sys.executable, "-m", "build", *isolation, "--outdir", folder, ROOT)
    wheel, sdist = check_contents(folder)
    run(sys.executable, "-m", "twine", "check", "--strict", wheel, sdist)
    version = check_import(wheel)
    for path in (wheel, sdist):
        print(f"{path.name}: {path.stat().st_size / 1e6:.1f} MB, version {version}, checked")


if __name__ == "__main__":
    main()
