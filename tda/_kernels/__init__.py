"""Compiled kernels: arrays in, arrays out. Imports numpy and numba and nothing else."""
