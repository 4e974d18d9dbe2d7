"""Compiled kernels: arrays in, arrays out. Imports numpy and numba and nothing else.

numba compiles a kernel when it is first called and keeps the result beside the file, or in
NUMBA_CACHE_DIR, so the first call after an installation takes seconds and later ones do not.
`cache` finds another place where none of these can be written, `_compiled` is the decorator.
"""
