"""How a kernel is compiled, kept, and interrupted: the decorator `compiled` of every kernel.

A kernel runs without Python's global lock, so Python handles no signal while it runs. A kernel
that may take long asks for signals itself, at most once a second, in its outer loop::

    second = 0
    for i in range(n):
        second = watch(second)
        if second < 0:
            return ...  # anything of the right type: what the handler raised is raised instead

An exception inside a kernel would leak its arrays. So the kernel returns, and `compiled` then
raises what the handler of the signal raised, such as KeyboardInterrupt.
"""

import ctypes
import sys
from functools import cached_property, update_wrapper
from threading import get_ident, main_thread
from types import FunctionType

import llvmlite.binding
from llvmlite import ir
from numba import njit, types
from numba.core import cgutils
from numba.core.codegen import JITCodeLibrary
from numba.core.compiler import CompilerBase, DefaultPassBuilder
from numba.extending import intrinsic, overload

from .cache import tell_once, with_cache

_raised = []  # what a handler raised while a kernel ran, as type, value and traceback


class compiled:  # a decorator
    """Compile a function when it is first called, keep the result, and let signals end it.

    What Python calls and what kernels call are two: the second needs no conversion of Python's
    objects, which would take longer to compile than many a kernel.
    """

    def __init__(self, function):
        update_wrapper(self, function)
        self.py_func = function
        self.dispatcher = with_cache(lambda: _njit(function))
        self._called = self._ready = False

    @property
    def is_ready(self):
        """Whether it is compiled for some types of arguments, in this process or in the cache."""
        if not self._ready:  # what is kept on disk is looked up until it is there
            try:
                kept = self.dispatcher._cache._cache_file._load_index
                self._ready = bool(self.dispatcher.signatures or kept())
            except (AttributeError, OSError):  # of another numba: compile when it is called
                self._ready = True
        return self._ready

    @property
    def _numba_type_(self):  # what another kernel that calls this one sees
        return self._inner._numba_type_

    @cached_property
    def _inner(self):
        function = self.py_func
        inner = FunctionType(
            function.__code__,
            function.__globals__,
            function.__name__,
            function.__defaults__,
            function.__closure__,
        )
        inner.__qualname__ = function.__qualname__ + "_inner"  # in another file of the cache
        return _plain(with_cache(lambda: _njit(inner, no_cpython_wrapper=True)))

    def __call__(self, *args):
        if not self._called:
            self._called = True
            if not self.is_ready:
                tell_once(self.py_func.__module__)
        try:
            result = self.dispatcher(*args)
        except SystemError as error:
            # A signal that came while the result was wrapped; numba hides what it raised.
            cause = error
            while isinstance(cause, SystemError) and cause.__cause__ is not None:
                cause = cause.__cause__
            if isinstance(cause, SystemError):
                raise
            raise cause from None
        if _raised and get_ident() == main_thread().ident:
            restore = ctypes.pythonapi.PyErr_Restore
            restore.argtypes, restore.restype = [ctypes.c_void_p] * 3, None
            restore(*_raised.pop())
        return result


def _plain(dispatcher):
    """Let it be compiled once for all numbers that are written out, not again for each one."""
    template = dispatcher.get_call_template
    dispatcher.get_call_template = lambda args, kws: template(
        [types.unliteral(kind) for kind in args],
        {name: types.unliteral(kind) for name, kind in kws.items()},
    )
    return dispatcher


def _njit(function, **options):
    return njit(cache=True, nogil=True, no_cfunc_wrapper=True, **options)(function)


class apart(compiled):  # a decorator
    """The same for a large kernel that only kernels call.

    It is neither kept by itself nor copied into each place that calls it, and becomes machine code
    once, as a part of what Python calls. Otherwise that happens again in each of its callers, and
    in each of theirs.
    """

    @cached_property
    def _inner(self):
        options = {"no_cpython_wrapper": True, "no_cfunc_wrapper": True}
        return _plain(njit(nogil=True, pipeline_class=_Apart, **options)(self.py_func))


class _Apart(CompilerBase):
    def define_pipelines(self):
        self.state.library = _Code(self.state.targetctx.codegen(), "apart")
        return [DefaultPassBuilder.define_nopython_pipeline(self.state)]


class _Code(JITCodeLibrary):
    """Code that is there to be linked into that of other kernels, which is then optimized."""

    def add_ir_module(self, ir_module):
        for function in ir_module.functions:
            if not function.is_declaration:
                function.attributes.add("noinline")
        super().add_ir_module(ir_module)

    def _optimize_final_module(self):
        pass

    def _finalize_final_module(self):
        self._finalize_dynamic_globals()
        self._finalized = True

    @property
    def codegen(self):  # of which numba sets, at an address that is not there, the environment
        return self

    def set_env(self, name, env):
        pass


# -- what `watch` calls, by names that code from the cache finds again -----------------------


@ctypes.CFUNCTYPE(None, ctypes.c_void_p, ctypes.c_void_p, ctypes.c_void_p)
def _keep(kind, value, traceback):
    _raised.append((kind, value, traceback))


_seconds = ctypes.cdll.msvcrt._time64 if sys.platform == "win32" else ctypes.CDLL(None).time
for _name, _function in {
    "tda_seconds": _seconds,
    "tda_keep": _keep,
    "tda_lock": ctypes.pythonapi.PyGILState_Ensure,
    "tda_unlock": ctypes.pythonapi.PyGILState_Release,
    "tda_handle_signals": ctypes.pythonapi.PyErr_CheckSignals,
    "tda_take_error": ctypes.pythonapi.PyErr_Fetch,
}.items():
    _address = ctypes.cast(_function, ctypes.c_void_p).value
    llvmlite.binding.add_symbol(_name, _address)


@intrinsic
def _watch(typing, second):
    def codegen(context, builder, signature, args):
        pointer, number, long = ir.IntType(8).as_pointer(), ir.IntType(32), ir.IntType(64)

        def call(name, result, *values):
            kind = ir.FunctionType(result, [value.type for value in values])
            return builder.call(cgutils.get_or_insert_function(builder.module, kind, name), values)

        last = args[0]
        now = call("tda_seconds", long, ir.Constant(pointer, None))
        answer = cgutils.alloca_once_value(builder, now)
        later = builder.icmp_signed("!=", now, last)
        begun = builder.icmp_signed("!=", last, ir.Constant(long, 0))
        with builder.if_then(builder.and_(later, begun), likely=False):
            lock = call("tda_lock", number)
            failed = call("tda_handle_signals", number)
            with builder.if_then(cgutils.is_not_null(builder, failed), likely=False):
                error = [cgutils.alloca_once(builder, pointer) for _ in range(3)]
                call("tda_take_error", ir.VoidType(), *error)
                call("tda_keep", ir.VoidType(), *map(builder.load, error))
                builder.store(ir.Constant(long, -1), answer)
            call("tda_unlock", ir.VoidType(), lock)
        return builder.load(answer)

    return types.int64(types.int64), codegen


def watch(second):
    """The time in seconds; or -1 if a signal has come and the kernel must end.

    `second` is the answer of the call before, or 0 at first. Signals are handled only if the clock
    shows another second than that.
    """
    return second  # as Python, which handles signals itself


@overload(watch)
def _watch_compiled(second):
    return lambda second: _watch(second)
