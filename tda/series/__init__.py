"""Series -> clouds, diagrams, graphs, periods.

Three ways to the shape of a time series:

* **values**: `series_diagram`, `SeriesPersistence` and `series_peaks` pair its minima and maxima;
* **states**: `TakensEmbedding` turns it into a cloud of delayed values, whose loops are cycles;
  `periodicity` tests whether there is one, and finds its period;
* **order**: `permutation_entropy`, and `SeriesGraph` for ordinal and visibility graphs.

`X` is a list of series, or an array of shape (n_series, n_times), or (n_series, n_times,
n_channels). Series may differ in length. Gaps (NaN) are an error, and times are taken as even:
`regular_series` and `Resampler` fill short gaps and put uneven times on a grid. Elsewhere well
done, so not here: returns ``np.diff(np.log(x))``, seasons ``scipy.signal.detrend``, rolling values
``pandas.Series.rolling``.
"""

from ._delay import autocorrelation_curve, choose_delay, mutual_information_curve
from ._entropy import PermutationEntropy, ordinal_patterns, permutation_entropy
from ._graphs import OrdinalNetwork, SeriesGraph, ordinal_network, visibility_graph
from ._neighbors import CaoCurves, cao_curves, choose_n_coordinates, false_neighbors_curve
from ._periodicity import Periodicity, PeriodicityScore, periodicity
from ._persistence import SeriesPeaks, SeriesPersistence, series_diagram, series_peaks
from ._regular import Resampler, regular_series
from ._surrogates import surrogate_series
from ._takens import TakensEmbedding, takens_embedding
from ._takens_report import TakensReport, takens_report
from ._window_persistence import WindowPersistence
from ._windows import SlidingWindow, sliding_windows, window_targets

__all__ = [
    "CaoCurves",
    "OrdinalNetwork",
    "Periodicity",
    "PeriodicityScore",
    "PermutationEntropy",
    "Resampler",
    "SeriesGraph",
    "SeriesPeaks",
    "SeriesPersistence",
    "SlidingWindow",
    "TakensEmbedding",
    "TakensReport",
    "WindowPersistence",
    "autocorrelation_curve",
    "cao_curves",
    "choose_delay",
    "choose_n_coordinates",
    "false_neighbors_curve",
    "mutual_information_curve",
    "ordinal_network",
    "ordinal_patterns",
    "periodicity",
    "permutation_entropy",
    "regular_series",
    "series_diagram",
    "series_peaks",
    "sliding_windows",
    "surrogate_series",
    "takens_embedding",
    "takens_report",
    "visibility_graph",
    "window_targets",
]
