"""Run the tests whose figures rest on linear algebra under another kernel of OpenBLAS.

OpenBLAS picks the code for the processor it finds, and each rounds otherwise. What passes here
has to pass on the processors of others: `python .ci/kernels.py [KERNEL ...]`. Without names it is
Nehalem, which every x86-64 processor of today can run, and Haswell where Nehalem is its own.
"""

import glob
import os
import platform
import subprocess
import sys

ROOMS = ("networks", "embedding", "dimension")
PROBE = (
    "import numpy.linalg, scipy.linalg, threadpoolctl;"
    "print(*{i.get('architecture') for i in threadpoolctl.threadpool_info()"
    " if i['internal_api'] == 'openblas'})"
)


def kernels(name=None):
    """The kernels that numpy and scipy load, should `name` be asked for."""
    env = os.environ | ({"OPENBLAS_CORETYPE": name} if name else {})
    probe = subprocess.run([sys.executable, "-c", PROBE], env=env, capture_output=True, text=True)
    return set(probe.stdout.split())


def main(names):
    if platform.machine().lower() not in ("x86_64", "amd64"):
        print(f"No second kernel of BLAS is tested: this is {platform.machine()}, not x86-64.")
        return 0
    own = kernels()
    if not own:
        print("No second kernel of BLAS is tested: numpy and scipy are built without OpenBLAS.")
        return 0
    files = sorted(path for room in ROOMS for path in glob.glob(f"tests/test_{room}_*.py"))
    worst = 0
    for name in names or ["Haswell" if own == {"Nehalem"} else "Nehalem"]:
        loaded = kernels(name)
        if loaded == own:
            print(f"Not tested under {name}: here that is {', '.join(own)}, as in `make test`.")
            continue
        print(f"The tests of {', '.join(ROOMS)} under {', '.join(sorted(loaded))} ...", flush=True)
        env = os.environ | {"OPENBLAS_CORETYPE": name}
        worst |= subprocess.run(
            [sys.executable, "-m", "pytest", "-n", "2", *files], env=env
        ).returncode
    return worst


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
