"""Docstrings that run torch are tested where it is installed."""

from importlib.util import find_spec

collect_ignore_glob = [] if find_spec("torch") else ["tda/learning/*"]
