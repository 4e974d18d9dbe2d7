"""gudhi: its scikit-learn door where there is one, else its complexes, over Z/2."""

import gudhi
from gudhi.sklearn import CubicalPersistence, RipsPersistence

DISTRIBUTION = "gudhi"
PRECISION = "float64"


def rips(X, *, max_dimension):
    return rips_many([X], max_dimension=max_dimension)[0]


def rips_many(X, *, max_dimension):
    degrees = list(range(max_dimension + 1))
    return RipsPersistence(homology_dimensions=degrees, homology_coeff_field=2).fit_transform(
        list(X)
    )


def alpha(X):
    # "fast" is the least that can be asked of it: doubles without a guarantee.
    tree = gudhi.AlphaComplex(points=X, precision="fast").create_simplex_tree(
        output_squared_values=False
    )
    tree.compute_persistence(homology_coeff_field=2)
    return [tree.persistence_intervals_in_dimension(k) for k in range(X.shape[1])]


def cubical(X, *, construction):
    kind = "vertices" if construction == "vertices" else "top_dimensional_cells"
    return CubicalPersistence(
        homology_dimensions=list(range(X.ndim)), input_type=kind, homology_coeff_field=2
    ).fit_transform([X])[0]


TASKS = {
    "rips": (rips, list),
    "rips_many": (rips_many, list),
    "alpha": (alpha, list),
    "cubical": (cubical, list),
}
