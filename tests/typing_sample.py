"""What a type checker must see of the public face; tests/test_typing.py has mypy read it.

Each line with `type: ignore` is wrong on purpose: mypy reports an ignore that is not needed, so the
types are known to be seen and not taken for Any.
"""

import numpy as np

import tda
from tda import Diagram, DimensionEstimate, HoleCount

X = np.zeros((10, 2))

count: HoleCount = tda.count_holes(X)
betti: tuple = count.betti
diagram: Diagram = tda.rips_diagram(X)
estimate: DimensionEstimate = tda.intrinsic_dimension(X)
dimension: float = estimate.dimension
cycles: dict[int, np.ndarray] = tda.representative_cycles(X, diagram)
shape: tda.datasets.Shape = tda.datasets.make_circle(10)
seconds: dict[str, float] = tda.compile_kernels()
transformer: tda.RipsPersistence = tda.RipsPersistence(max_dimension=1)

not_a_count: int = tda.count_holes(X)  # type: ignore[assignment]
not_a_diagram: HoleCount = tda.alpha_diagram(X)  # type: ignore[assignment]
not_a_name = tda.count_wholes(X)  # type: ignore[attr-defined]
not_an_option = tda.count_holes(X, levels=0.1)  # type: ignore[call-arg]
not_a_parameter = tda.RipsPersistence(maximum=2)  # type: ignore[call-arg]
not_a_field = estimate.dimensions  # type: ignore[attr-defined]
