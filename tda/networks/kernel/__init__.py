"""Tangent kernels: closed form, empirical, spectra, machines, linearised training."""
