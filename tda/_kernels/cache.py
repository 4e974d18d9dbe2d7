"""Where compiled kernels are kept, and what is said about it."""

import atexit
import os
import shutil
import stat
import sys
import tempfile
from pathlib import Path

from numba import config

_told = False


def with_cache(make):
    """``make()``, which decorates functions that numba is to keep.

    numba keeps them in NUMBA_CACHE_DIR, beside the source or below the home directory, and raises
    RuntimeError where it can write none of these. Then they are kept in a directory of the user's
    own for temporary files.
    """
    try:
        return make()
    except RuntimeError as error:
        if "cannot cache" not in str(error):
            raise
    path = str(private_directory())
    print(
        "tda: no directory for compiled kernels can be written, neither its own nor one below the "
        f"home directory. They are kept in {path}; set NUMBA_CACHE_DIR for another place.",
        file=sys.stderr,
    )
    os.environ["NUMBA_CACHE_DIR"] = path  # for the processes that this one starts
    config.CACHE_DIR = path
    return make()


def private_directory():
    """A directory for temporary files that only this user can write.

    It stays for the next process, unless another user has taken its name: whoever can write there
    could have any code run. Then it is a new one, and is removed at the end.
    """
    own = os.getuid() if hasattr(os, "getuid") else None
    path = Path(tempfile.gettempdir(), "tda-kernels" if own is None else f"tda-kernels-{own}")
    try:
        path.mkdir(mode=0o700, exist_ok=True)
        found = path.lstat()
        private = stat.S_ISDIR(found.st_mode) and (
            own is None or (found.st_uid == own and not found.st_mode & 0o077)
        )
    except OSError:
        private = False
    if not private:
        path = Path(tempfile.mkdtemp(prefix="tda-kernels-"))
        atexit.register(shutil.rmtree, path, ignore_errors=True)
    return path


def tell_once(path):
    """Say that kernels are compiled, which takes a while, if there are none in `path`."""
    global _told
    if not _told and not any(Path(path).glob("*.nbi")):
        print("tda: compiling its kernels, once for this installation ...", file=sys.stderr)
    _told = True
