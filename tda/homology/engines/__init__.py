"""The engines that compute persistence, a file each.

An engine is one function from checked input to a `Diagram`; beside it stand what it takes, how
much memory it needs, and why one would choose it. A new engine is one file here and one line in
the tuple of its complex: `RIPS` in `_rips.py`, `ALPHA` in `_alpha.py`, `WEIGHTED` in
`_alpha_weighted.py`, `CUBICAL` in `_cubical.py`.
"""
