"""Where compiled kernels are kept, and what is said about it."""

import atexit
import os
import shutil
import stat
import subprocess
import sys
import tempfile
import time
import zlib
from pathlib import Path

from numba import config


def with_cache(make):
    """The result of ``make()``, which decorates functions that numba is to keep.

    numba keeps them in NUMBA_CACHE_DIR, beside the source, or below the home directory. If it can
    write none of these, it raises RuntimeError. Then they are kept in a private directory for
    temporary files.
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

    It stays for the next process. If another user owns that name, a new directory is made and
    removed at the end: whoever can write there could have any code run.
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


#: The first words of the names of modules: what their kernels are for, and about how many seconds
#: compiling those of one question takes.
FAMILIES = {
    "alpha": ("alpha complexes", 12),
    "rips": ("Rips complexes", "8, above loops 15"),
    "cubical": ("images", 8),
    "boruvka": ("spanning trees", 5),
}

_told = set()


def tell_once(name):
    """Say, once for each family, that the kernels of a module are compiled, which takes a while."""
    first = name.rpartition(".")[2].partition("_")[0]
    words, seconds = FAMILIES.get(first, (None, None))
    if words is None or words in _told or os.environ.get("TDA_COMPILE") == "quiet":
        return
    _told.add(words)
    print(
        f"tda: compiling its kernels for {words}, once for this installation "
        f"(about {seconds} s) ...",
        file=sys.stderr,
    )


def compile_in_background(family):
    """Have a process of its own compile the kernels of a family, unless one does so already.

    It is not waited for, and goes on after this process has ended. Says so once.
    """
    if family in _told:
        return
    _told.add(family)
    words, seconds = FAMILIES[family]
    mark = private_directory() / f"compiling-{family}-{_place()}"
    if _is_fresh(mark):
        return
    try:
        mark.write_text(str(os.getpid()))
        subprocess.Popen(
            [sys.executable, "-c", _BACKGROUND, family],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env=os.environ | {"TDA_COMPILE": "quiet", "PYTHONPATH": os.pathsep.join(sys.path)},
            start_new_session=True,
        )
    except OSError:
        return
    print(
        f"tda: its kernels for {words} are compiled in the background, once for this installation "
        f"(about {seconds} s). Until then gudhi answers small questions. TDA_COMPILE=now waits "
        "instead; python -m tda compile compiles all kernels.",
        file=sys.stderr,
    )


def compiles_in_background():
    """Whether small questions are answered by other engines until kernels are compiled."""
    return os.environ.get("TDA_COMPILE", "background") == "background" and bool(sys.executable)


_BACKGROUND = """
import os, sys
getattr(os, "nice", lambda by: None)(5)
from tda import compile_kernels
compile_kernels(sys.argv[1:])
"""

#: A process that compiles has ended, one way or another, after so many seconds.
_LONGEST = 300


def _is_fresh(mark):
    try:
        return time.time() - mark.stat().st_mtime < _LONGEST
    except OSError:
        return False


def _place():
    """A name for the place of the compiled kernels: other places have marks of their own."""
    return f"{zlib.crc32((str(config.CACHE_DIR) + __file__).encode()):08x}"
