"""Pictures: each function draws on a matplotlib axes and returns it.

The functions compute nothing, do not show the figure and change no global setting. matplotlib is
imported at the first drawing. Without `ax` a new figure is made. Each degree has the same colour in
all pictures. Those named `interactive_…` are plotly figures, of the extra `plotly`.
"""

from ._approximation import plot_approximation
from ._barcode import plot_barcode
from ._betti import plot_betti_curves
from ._cloud import plot_cloud
from ._diagram import plot_diagram
from ._dimension import plot_dimension
from ._embedding import plot_embedding
from ._embedding_report import plot_embedding_report
from ._hole import plot_hole
from ._interactive import (
    interactive_barcode,
    interactive_cloud,
    interactive_diagram,
    interactive_mapper,
)
from ._landscape import plot_landscape
from ._layer_comparison import plot_layer_comparison
from ._layers import plot_layers
from ._mapper import plot_mapper
from ._metric import plot_metric
from ._optimizers import plot_optimizers
from ._spectral_density import plot_spectral_density
from ._tangents import plot_tangents
from ._training import plot_training
from ._training_curves import plot_training_curves

__all__ = [
    "interactive_barcode",
    "interactive_cloud",
    "interactive_diagram",
    "interactive_mapper",
    "plot_approximation",
    "plot_barcode",
    "plot_betti_curves",
    "plot_cloud",
    "plot_diagram",
    "plot_dimension",
    "plot_embedding",
    "plot_embedding_report",
    "plot_hole",
    "plot_landscape",
    "plot_layer_comparison",
    "plot_layers",
    "plot_mapper",
    "plot_metric",
    "plot_optimizers",
    "plot_spectral_density",
    "plot_tangents",
    "plot_training",
    "plot_training_curves",
]
