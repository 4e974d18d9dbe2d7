"""``python -m tda``: the command of `tda.cli`."""

import sys

from .cli import main

sys.exit(main())
