"""Files of a user's own, one kind a file; `_read` is the door."""

from ._read import read_cloud

__all__ = ["read_cloud"]
