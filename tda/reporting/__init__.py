"""A report of one's own data: a table in, words, numbers and one page out.

`tda.report` is the door. The room is not called ``tda.report``, which would hide the function.
"""

from ._advice import Advice
from ._data import Column, Data
from ._parts import Labels, Map, Maps, Part
from ._report import DataReport, report

__all__ = ["Advice", "Column", "Data", "DataReport", "Labels", "Map", "Maps", "Part", "report"]
