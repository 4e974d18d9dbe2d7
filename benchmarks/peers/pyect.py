"""pyECT: tensors of torch, in single precision."""

import sys
from pathlib import Path

import torch
from pyect import WECT, Complex

sys.path.insert(0, str(Path(__file__).parent))
from _lattice import directions, mesh_of

DISTRIBUTION = "pyect"
PRECISION = "float32"
torch.set_num_threads(1)


def as_complex(lattice):
    parts = [torch.as_tensor(part) for part in mesh_of(lattice)]
    return Complex(*[(part, torch.ones(len(part))) for part in parts])


def transform(shape, *, n_directions, n_heights):
    along = torch.as_tensor(directions(n_directions), dtype=torch.float32)
    return WECT(along, n_heights)(shape.dimensions)


TASKS = {"euler_values": (transform, lambda found: found.numpy().astype(float), as_complex)}
