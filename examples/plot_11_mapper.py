"""
A map of the handwritten digits
===============================

Mapper makes a graph of the data: a node is a group of rows, an edge says that two groups share
some.
"""

from sklearn.datasets import load_digits

from tda import Mapper
from tda.plot import plot_mapper

X, y = load_digits(return_X_y=True)
mapper = Mapper(n_intervals=12, random_state=0).fit(X)
plot_mapper(mapper, (y == 0).astype(float), name="share of zeros")
print(mapper.n_nodes_, "nodes")
