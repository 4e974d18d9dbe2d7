"""Puts torch beside the package where a wheel for processors alone is at hand, or says that not.

The tests of networks in torch skip themselves without it. On Linux the common wheel brings two
gigabytes of libraries for graphics cards, so it is not fetched unasked: what is taken is a wheel
that pip is told of (``PIP_FIND_LINKS``), or one that an index of pip's calls ``+cpu``. Elsewhere
the common wheel is small.
"""

import importlib.util
import re
import subprocess
import sys
from pathlib import Path

PINS = Path(__file__).resolve().parent.parent / "constraints.txt"


def pip(*arguments):
    """Whether pip could do it; what it says is kept back."""
    command = [sys.executable, "-m", "pip", *arguments]
    return not subprocess.run(command, capture_output=True, check=False).returncode


def install(*arguments):
    return pip("install", "-q", "-c", str(PINS), *arguments)


def works():
    """Whether it can be imported, asked of a new process: a wheel may lack what it needs."""
    if importlib.util.find_spec("torch") is None:
        return False
    command = [sys.executable, "-c", "import torch"]
    return not subprocess.run(command, capture_output=True, check=False).returncode


def main():
    if works():
        return
    version = re.search(r"^torch==(\S+)$", PINS.read_text(encoding="utf-8"), re.MULTILINE)[1]
    found = install("--no-index", "--no-deps", "torch") or install(
        "--no-deps", f"torch=={version}+cpu" if sys.platform == "linux" else "torch"
    )
    if found:
        install("torch")  # and what it needs
        importlib.invalidate_caches()
        if works():
            return
        pip("uninstall", "-q", "-y", "torch")
    print(
        "No torch for processors alone is at hand: the tests of torch modules are skipped. "
        "Install torch into this environment to run them."
    )


if __name__ == "__main__":
    main()
