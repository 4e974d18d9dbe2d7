"""The shape of data, as scikit-learn estimators.

Every public name is listed in ``__init__.pyi`` and loaded at its first use, so that
``import tda`` costs next to nothing.
"""

import lazy_loader as _lazy

__version__ = "0.1.0"

__getattr__, __dir__, __all__ = _lazy.attach_stub(__name__, __file__)
