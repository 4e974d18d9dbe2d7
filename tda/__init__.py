"""The shape of data, as scikit-learn estimators.

The doors, each a function of one cloud (rows are points):

=============================  ================================================================
``count_holes(X)``             how many components, loops and voids, each with a p-value
``intrinsic_dimension(X)``     how many dimensions the data really have, by scale
``Embedding(...)``             a map in few coordinates; ``embedding_report(X, Z)``: what it lost
``rips_diagram(X)``            persistent homology; ``alpha_diagram`` in few dimensions,
                               ``cubical_diagram`` of images, ``graph_diagram`` of graphs
``periodicity(x)``             whether a series repeats itself
``layer_report(model, X, y)``  what a network does to the shape of its data
=============================  ================================================================

Of many clouds, images, series or graphs at once: ``HoleCounter``, ``RipsPersistence`` and the other
transformers, which take a list of them and chain into pipelines with features
(``PersistenceImage``, ``BettiCurve``, ...) and any classifier. ``tda.plot`` draws, ``tda.datasets``
has shapes whose answer is known and reads files (``read_cloud``).

A short glossary:

component, loop, void
    What a shape has in degree 0, 1 and 2 of homology, written H0, H1 and H2: pieces, holes to put a
    finger through, closed rooms.
Betti numbers
    How many of each: a doughnut has (1, 1, 0), its surface (1, 2, 1).
filtration
    Points grow into balls. As the radius rises, holes are born and die.
bar, persistence diagram
    Birth and death of each hole, as a line or a point. Long bars are the shape, short ones noise.
p-value
    The chance that points without any hole show one as clear.
landmarks
    A few points that stand for all, with a proof of what that changes.

Every public name is listed in ``__init__.pyi`` and loaded at its first use, so that ``import tda``
costs next to nothing.
"""

import os as _os

import lazy_loader as _lazy

__version__ = "0.2.0"


def _refuse_the_other_tda(folder):
    """Another project on PyPI has this name; with both in one folder neither is whole."""
    beside = _os.path.dirname(_os.path.dirname(_os.path.abspath(folder)))
    others = [name for name in _os.listdir(beside) if name.startswith("tda-")]
    if any(name.endswith((".dist-info", ".egg-info")) for name in others):
        raise ImportError(
            "two packages named tda are installed here: this one (tda-learn) and another project "
            "(tda), whose files lie in the same folder. Keep one of them: "
            "pip uninstall tda tda-learn, then pip install tda-learn."
        )


_refuse_the_other_tda(__file__)

__getattr__, __dir__, __all__ = _lazy.attach_stub(__name__, __file__)
