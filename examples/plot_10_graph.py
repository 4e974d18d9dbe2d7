"""
Loops and branches of a graph
=============================

Extended persistence of the height of a graph sees its components, its branches and its loops, each
with the heights between which it lies.
"""

import matplotlib.pyplot as plt
import networkx as nx

from tda import extended_diagram
from tda.plot import plot_barcode

G = nx.cycle_graph(8)
G.add_edges_from([(4, 8), (8, 9), (2, 10), (10, 6)])
places = nx.kamada_kawai_layout(G)
height = [places[v][1] for v in G]
fig, axes = plt.subplots(1, 2, figsize=(9, 4))
nx.draw(G, places, ax=axes[0], node_size=60, node_color=height, edge_color="#8A9299")
diagram = extended_diagram(G, function=height)
plot_barcode(diagram, ax=axes[1], title="extended persistence of the height")
