"""giotto-tda's transformer; one array for all samples, padded with bars of no length."""

from gtda.homology import VietorisRipsPersistence

DISTRIBUTION = "giotto-tda"
PRECISION = "float32"


def rips_many(X, *, max_dimension):
    return VietorisRipsPersistence(
        homology_dimensions=list(range(max_dimension + 1)), reduced_homology=False
    ).fit_transform(X)


def by_degree(rows):
    return [rows[rows[:, 2] == k, :2] for k in range(int(rows[:, 2].max()) + 1)]


TASKS = {"rips_many": (rips_many, lambda array: [by_degree(rows) for rows in array])}
