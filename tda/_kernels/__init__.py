"""Compiled kernels: arrays in, arrays out. Imports numpy and numba and nothing else.

numba compiles a kernel when it is first called and keeps the result beside the file (or in
NUMBA_CACHE_DIR), so the first call after an installation takes seconds and later ones do not.
"""

import os
import sys
from pathlib import Path

_kept = Path(os.environ.get("NUMBA_CACHE_DIR", Path(__file__).with_name("__pycache__")))
if not any(_kept.rglob("*.nbi")):
    print("tda: compiling its kernels, once for this installation ...", file=sys.stderr)
