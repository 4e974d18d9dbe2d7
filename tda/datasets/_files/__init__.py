"""Reading of a user's own files. `_read` has the public function; each other file reads one
kind."""

from ._read import read_cloud

__all__ = ["read_cloud"]
