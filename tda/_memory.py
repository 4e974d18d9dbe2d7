"""How much memory a computation may take, and the error for one that takes more.

This file imports no room. Free memory is the smallest of three: what the machine has left, what the
control groups of the process leave (containers, batch systems, systemd), and what its own limit
leaves.
"""

from __future__ import annotations

import os
import sys
from functools import lru_cache
from pathlib import Path

__all__ = ["free_memory", "readable", "require_bytes"]

# Asking the system takes longer than a small diagram.
_ALWAYS_FREE = 10_000_000
# Control groups without a limit have one of nearly 2**63.
_NO_LIMIT = 2**62


def require_bytes(n_bytes, what, way_out):
    """Raise MemoryError, with the estimate and what to do, if `n_bytes` are not free."""
    if n_bytes < _ALWAYS_FREE:
        return
    free = free_memory()
    if free is not None and n_bytes > free:
        raise MemoryError(
            f"{what} would take about {readable(n_bytes)} of memory and {readable(free)} are free. "
            f"{way_out}"
        )


def free_memory(root="/"):
    """Bytes of memory that a computation may take, or None if the system does not say.

    `root` is the directory below which the system's files are sought.
    """
    known = [_free_of_machine(root), *map(_free_of_group, _groups(root)), _free_of_process(root)]
    return min((max(free, 0) for free in known if free is not None), default=None)


def readable(n_bytes):
    for unit in ("B", "KB", "MB", "GB", "TB", "PB"):
        if n_bytes < 1000 or unit == "PB":
            return f"{n_bytes:.3g} {unit}"
        n_bytes /= 1000


def _free_of_machine(root):
    for line in _lines(root, "proc/meminfo"):
        if line.startswith("MemAvailable"):
            return 1024 * int(line.split()[1])
    if sys.platform == "win32":
        return _free_of_windows()
    try:  # all memory, if the system does not say how much is free
        return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    except (AttributeError, ValueError, OSError):
        return None


def _free_of_windows():
    import ctypes

    class Status(ctypes.Structure):  # MEMORYSTATUSEX
        _fields_ = [("length", ctypes.c_ulong), ("load", ctypes.c_ulong)] + [
            (name, ctypes.c_ulonglong)
            for name in ("total", "free", "total_page", "free_page", "virtual", "free_virtual", "_")
        ]

    status = Status(length=ctypes.sizeof(Status))
    if ctypes.windll.kernel32.GlobalMemoryStatusEx(ctypes.byref(status)):
        return min(status.free, status.free_page, status.free_virtual)
    return None


def _free_of_process(root):
    """What is left of the limit of the address space (``ulimit -v``)."""
    try:
        import resource

        limit = resource.getrlimit(resource.RLIMIT_AS)[0]
        if limit == resource.RLIM_INFINITY:
            return None
    except (ImportError, ValueError, OSError):
        return None
    for line in _lines(root, "proc/self/statm"):
        return limit - int(line.split()[0]) * resource.getpagesize()
    used = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return limit - used * (1 if sys.platform == "darwin" else 1024)


# -- control groups --------------------------------------------------------------------------


@lru_cache
def _groups(root):
    """Directories of the memory control groups of the process, from its own up to the root."""
    found = []
    for line in _lines(root, "proc/self/cgroup"):
        _, controllers, path = line.split(":", 2)
        kind = "cgroup" if "memory" in controllers.split(",") else "cgroup2" * (not controllers)
        for mount, at in _mounts(root, kind) if kind else ():
            # A container may see its own group as the root of what is mounted.
            inside = path[len(mount) :] if path.startswith(mount) else path
            group = Path(root, at.lstrip("/"))
            found.append(group)
            parts = Path(inside.lstrip("/")).parts
            for part in () if ".." in parts else parts:
                group = group / part
                found.append(group)
    return tuple(group for group in reversed(found) if group.is_dir())


def _mounts(root, kind):
    """Where control groups are mounted: the root of each in its own system, and its directory."""
    for line in _lines(root, "proc/self/mountinfo"):
        fields, _, system = line.partition(" - ")
        name, _, options = system.split(maxsplit=2)
        if name == kind and (kind == "cgroup2" or "memory" in options.split(",")):
            mount, at = fields.split()[3:5]
            yield mount.rstrip("/"), at


def _free_of_group(group):
    """What one control group leaves: its limit minus what it uses and cannot release."""
    limits = [_number(group / name) for name in ("memory.max", "memory.high")]
    limits.append(_number(group / "memory.limit_in_bytes"))
    limits = [limit for limit in limits if limit is not None and limit < _NO_LIMIT]
    used = _number(group / "memory.current")
    used = _number(group / "memory.usage_in_bytes") if used is None else used
    if not limits or used is None:
        return None
    # Files read long ago are counted, but released when memory is short.
    kept = 0
    for line in _lines(group, "memory.stat"):
        name, _, value = line.partition(" ")
        if name in ("inactive_file", "total_inactive_file"):
            kept = max(kept, int(value))
    return min(limits) - max(used - kept, 0)


def _number(path):
    for line in _lines(path.parent, path.name):
        return int(line) if line.isdigit() else None  # "max"
    return None


def _lines(root, name):
    try:
        with open(os.path.join(root, name)) as file:
            return file.read().splitlines()
    except (OSError, UnicodeDecodeError):
        return []
