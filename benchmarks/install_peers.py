"""Install the peers, each into an environment of its own: DIR/<peer>, by peers/<peer>.txt.

    python benchmarks/install_peers.py DIR              # all; a few minutes, 2 GB
    python benchmarks/install_peers.py DIR --only redzed gudhi

Peers pin old libraries, and one has our import name, so none shares an environment. Says which
could not be installed and why; `run.py` then shows these as "not installed". With PEER_PYTHON
set to another interpreter the environments are made with that one: some peers have no wheels
for the newest Python.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
from pathlib import Path

PEERS = Path(__file__).parent / "peers"


def main(argv=None):
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path, metavar="DIR")
    parser.add_argument("--only", nargs="+", metavar="PEER", help="these peers alone")
    options = parser.parse_args(argv)
    known = sorted(path.stem for path in PEERS.glob("*.txt"))
    for name in options.only or ():
        if name not in known:
            parser.error(f"no peer {name!r}; there are {', '.join(known)}")
    python = os.environ.get("PEER_PYTHON", sys.executable)
    failed = {}
    for name in options.only or known:
        why = install(name, options.folder, python)
        print(f"{name:12} {'ready' if why is None else 'NOT INSTALLED: ' + why}", flush=True)
        if why is not None:
            failed[name] = why
    return failed


def install(name, folder, python, requirements=None):
    """Make the environment of one peer; None, or why that could not be done."""
    requirements = requirements or PEERS / f"{name}.txt"
    home, wanted = folder / name, requirements.read_text()
    done = home / "requirements.txt"
    if done.exists() and done.read_text() == wanted:
        return None
    steps = [
        [python, "-m", "venv", "--clear", home],
        # Wheels only: a source build wants compilers and takes an hour.
        [
            *[home / "bin" / "python", "-m", "pip", "install", "--disable-pip-version-check"],
            *["--quiet", "--only-binary", ":all:", "--requirement", requirements],
        ],
    ]
    for step in steps:
        try:
            ran = subprocess.run(
                [str(part) for part in step], capture_output=True, text=True, timeout=900
            )
        except (OSError, subprocess.TimeoutExpired) as error:
            return str(error)
        if ran.returncode:
            lines = (ran.stderr or ran.stdout).strip().splitlines()
            errors = [line for line in lines if line.startswith("ERROR")] or lines or ["no reason"]
            return errors[-1]
    done.write_text(wanted)
    return None


if __name__ == "__main__":
    main()
