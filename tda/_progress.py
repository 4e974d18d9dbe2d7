"""The one progress bar: of a terminal, of a notebook, or one line where nothing is redrawn."""

from __future__ import annotations

import sys
import time

__all__ = ["progress"]


def progress(items=None, *, total=None, label=None, unit="", shown=True):
    """A bar for long work: iterate over it, or ``update`` it in a ``with`` block.

    On a terminal it is tqdm's bar, in a notebook a notebook bar where ipywidgets is installed, and
    elsewhere, as in the log file of a job, one line at the end. It writes to stderr. There is none
    for a single item.

    Parameters
    ----------
    items : iterable, default=None
    total : int, default=None
        The number of items, by default their length.
    label : str, default=None
    unit : str, default=""
        What an item is, in the singular.
    shown : bool, default=True
        False for no bar at all.

    Returns
    -------
    tqdm.std.tqdm, or what can be used like one
    """
    if total is None and hasattr(items, "__len__"):
        total = len(items)
    shown = shown and (total is None or total > 1)
    is_notebook = shown and _is_notebook()
    options = {"total": total, "desc": label, "leave": False, "unit": f" {unit}" if unit else "it"}
    if is_notebook and _has_widgets():
        from tqdm.notebook import tqdm
    elif shown and not is_notebook and not sys.stderr.isatty():
        return _OneLine(items, total, label)
    else:
        from tqdm import tqdm
    return tqdm(items, disable=not shown, **options)


def _is_notebook():
    """Whether this is a kernel of a notebook, whose output can be redrawn without a terminal."""
    shell = getattr(sys.modules.get("IPython"), "get_ipython", lambda: None)()
    return getattr(shell, "kernel", None) is not None


def _has_widgets():
    try:
        import ipywidgets  # noqa: F401
    except ImportError:
        return False
    return True


class _OneLine:
    """Does what is used of a bar, and says at the end what took how long."""

    def __init__(self, items, total, label):
        self.items, self.total, self.label = items, total, label
        self.n, self.start, self.is_open = 0, time.monotonic(), True

    def __len__(self):
        return self.total

    def __iter__(self):
        try:
            for item in self.items:
                yield item
                self.n += 1
        finally:
            self.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def update(self, n=1):
        self.n += n

    def set_postfix(self, *_, **__):
        pass

    def set_postfix_str(self, *_, **__):
        pass

    def set_description(self, *_, **__):
        pass

    def refresh(self):
        pass

    def close(self):
        if self.is_open and self.n:
            seconds = time.monotonic() - self.start
            of = "" if self.total in (None, self.n) else f" of {self.total:,}"
            name = self.label or "done"
            print(f"{name}: {self.n:,}{of} in {seconds:.1f} s", file=sys.stderr, flush=True)
        self.is_open = False
