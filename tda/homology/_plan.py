"""One way through every complex: candidates in order, each tried until one gives a diagram.

A task says what to compute, and has the input in every form that an engine may need. Before an
engine starts, its memory is checked. So a computation that does not fit raises an error with
advice, instead of failing half-way.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import chain, islice
from typing import NamedTuple

from .. import _memory

__all__ = ["Engine", "Plan", "carry_out", "plan", "require_memory"]


class Engine(NamedTuple):
    """One way to compute a diagram; each file of `engines` has one."""

    name: str
    reason: str
    needs: str  # the form of the input, a name that `task.form` takes
    takes: Callable  # task -> whether this engine can do it and should
    memory: Callable  # task -> bytes, as an estimate
    compute: Callable  # input, task -> Diagram, or None where the engine gives up
    kernels: Callable = tuple  # () -> the compiled functions that take long to compile
    family: str = ""  # of `kernels`, as `compile_kernels` names it
    soon: Callable = lambda task: False  # whether it answers in about a second, without kernels


class Plan(NamedTuple):
    """An engine that would be tried, why, what it needs, and the memory it takes in bytes."""

    engine: str
    reason: str
    needs: str
    memory: int
    way_out: str


def plan(engines, task):
    """The engines that would be tried for a task, in order; nothing is computed."""
    return tuple(
        Plan(engine.name, engine.reason, engine.needs, engine.memory(task), task.way_out)
        for engine in engines
        if engine.takes(task)
    )


def carry_out(engines, task):
    """The diagram of the first engine that takes the task and does not give up."""
    candidates = (engine for engine in engines if engine.takes(task))
    first = list(islice(candidates, 1))  # mostly no other is asked
    for engine in chain(_meanwhile(first, engines, task), first, candidates):
        require_memory(engine.memory(task), task)
        diagram = engine.compute(task.form(engine.needs), task)
        if diagram is not None:
            return diagram
    raise RuntimeError(f"no engine has computed {task.what}")


def _meanwhile(first, engines, task):
    """The engine, if any, that answers while the kernels of the first are still compiled.

    After an installation the first answer would else wait for the compiler. Diagrams agree up to
    rounding.
    """
    if not first or all(kernel.is_ready for kernel in first[0].kernels()):
        return []
    from .._kernels import cache

    others = (engine for engine in engines if engine is not first[0])
    soon = [engine for engine in others if engine.soon(task) and engine.takes(task)][:1]
    if not soon or not cache.compiles_in_background():
        return []
    cache.compile_in_background(first[0].family)
    return soon


def require_memory(n_bytes, task):
    """Raise MemoryError, with the estimate and what to do, if a task does not fit."""
    _memory.require_bytes(n_bytes, task.what, task.way_out)
