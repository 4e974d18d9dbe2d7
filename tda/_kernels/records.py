"""Records of arrays that kernels hand on by reference, and whose arrays they can replace.

A namedtuple of arrays is taken apart at every call: kernels that hand on a dozen of them take
minutes to compile.
"""

from numba.core import types
from numba.experimental import structref


def record(module, name, fields):
    """A class that kernels call with a value for each field, and its type.

    The type is to be named `name` + "Type" in its module, where the cache of kernels looks for it.
    """

    class Record(types.StructRef):
        def preprocess_fields(self, fields):
            return tuple((field, types.unliteral(kind)) for field, kind in fields)

    Record.__module__ = module
    Record.__name__ = Record.__qualname__ = name + "Type"
    structref.register(Record)
    made = type(name, (structref.StructRefProxy,), {"__slots__": (), "__module__": module})
    structref.define_constructor(made, Record, fields.split())
    structref.define_attributes(Record)
    return made, Record
