"""Complexes of data and graphs: sparse boundaries, Hodge Laplacians, exact homology.

What networks on simplices and cells pass messages along, and what can be known without them.
"""

from ._cellular import CellComplex, cycle_complex
from ._features import HomologyFeatures
from ._hodge import HodgeParts, harmonic_basis, hodge_decomposition, persistent_laplacian
from ._simplicial import SimplicialComplex, alpha_complex, clique_complex, rips_complex

__all__ = [
    "CellComplex",
    "HodgeParts",
    "HomologyFeatures",
    "SimplicialComplex",
    "alpha_complex",
    "clique_complex",
    "cycle_complex",
    "harmonic_basis",
    "hodge_decomposition",
    "persistent_laplacian",
    "rips_complex",
]
