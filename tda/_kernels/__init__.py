"""Compiled kernels: arrays in, arrays out. They import numpy and numba and nothing else.

numba compiles a kernel when it is first called. It keeps the result beside the file, or in
NUMBA_CACHE_DIR. So only the first call after an installation takes seconds. `cache` finds another
place if none of these can be written. `_compiled` has the decorator.
"""
