import matplotlib

matplotlib.use("Agg")

import matplotlib.pyplot as plt
import numpy as np
import pytest
from matplotlib.colors import to_hex

from tda import BallMapper, Mapper
from tda.datasets import make_circle
from tda.plot import plot_mapper
from tda.plot._style import INK


@pytest.fixture(scope="module")
def mapper():
    X = make_circle(200, random_state=0).points
    return Mapper(lens=0, n_intervals=6, distance_threshold=0.4).fit(X)


@pytest.fixture(autouse=True)
def no_traces():
    before = dict(matplotlib.rcParams)
    plt.close("all")
    yield
    assert dict(matplotlib.rcParams) == before
    plt.close("all")


def test_nodes_and_edges_are_those_of_the_graph(mapper):
    graph, values = mapper.graph_, np.arange(200.0)
    ax = plot_mapper(mapper, values, name="row", nodes=[1, 3], title="circle")
    lines, dots = ax.collections
    places = graph.layout()
    np.testing.assert_array_equal(dots.get_offsets(), places)
    np.testing.assert_array_equal(lines.get_segments(), places[graph.edges])
    np.testing.assert_allclose(dots.get_array(), graph.means(values))
    assert list(np.argsort(dots.get_sizes())) == list(np.argsort(graph.sizes))
    ringed = [to_hex(color) == INK for color in dots.get_edgecolor()]
    assert np.flatnonzero(ringed).tolist() == [1, 3]
    assert ax.get_title() == "circle" and ax.figure.axes[1].get_ylabel() == "mean row"


def test_it_draws_on_the_axes_given_and_takes_what_has_a_graph(mapper):
    figure, ax = plt.subplots()
    assert plot_mapper(mapper.graph_, ax=ax) is ax and plt.get_fignums() == [figure.number]
    plot_mapper(BallMapper(radius=0.5).fit(np.eye(3)))
    plot_mapper(Mapper().fit(np.zeros((1, 2))))  # one node, no edge, no scale
    with pytest.raises(ValueError, match="mapper is str"):
        plot_mapper("mapper")
    with pytest.raises(ValueError, match=r"values has shape \(3,\), but the graph is of 200"):
        plot_mapper(mapper, [1, 2, 3])
