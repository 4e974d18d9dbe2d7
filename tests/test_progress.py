"""Bars on a terminal, in a notebook, and in a log file."""

import io
import sys
from types import SimpleNamespace

from tda._progress import progress


class Terminal(io.StringIO):
    def isatty(self):
        return True


def use(items):
    assert list(progress(items, label="work")) == list(items)
    with progress(total=4, label="more", unit="step") as bar:
        bar.update(3)
        bar.set_postfix_str("soon")


def test_a_log_file_gets_one_line_for_each_piece_of_work(capsys):
    use(range(3))
    first, second = capsys.readouterr().err.splitlines()
    assert first.startswith("work: 3 in ") and second.startswith("more: 3 of 4 in ")


def test_a_terminal_gets_a_bar(monkeypatch):
    monkeypatch.setattr(sys, "stderr", Terminal())
    use(range(3))
    assert "\r" in sys.stderr.getvalue() and "work" in sys.stderr.getvalue()


def test_one_item_and_work_that_nobody_watches_have_no_bar(capsys):
    assert list(progress([1], label="work")) == [1]
    assert list(progress([1, 2], label="work", shown=False)) == [1, 2]
    assert capsys.readouterr().err == ""


def test_a_loop_that_ends_early_is_told_too(capsys):
    for _ in progress(range(5), label="work"):
        break
    for i in progress(range(5), label="again"):
        if i == 2:
            break
    assert "again: 2 of 5" in capsys.readouterr().err


def test_a_notebook_without_widgets_gets_a_bar_of_text_and_no_warning(monkeypatch, recwarn):
    shell = SimpleNamespace(kernel=object())
    fake = SimpleNamespace(get_ipython=lambda: shell)
    monkeypatch.setitem(sys.modules, "IPython", fake)
    monkeypatch.setitem(sys.modules, "ipywidgets", None)
    monkeypatch.setattr(sys, "stderr", io.StringIO())  # a kernel's is no terminal
    use(range(3))
    assert "\r" in sys.stderr.getvalue() and not recwarn.list
