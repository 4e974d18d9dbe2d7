"""The engines that compute persistence, a file each.

An engine is one function from checked input to a `Diagram`. Its file also says what it takes, how
much memory it needs, and why to choose it. A new engine is one file here and one line in the tuple
of its complex: `RIPS` in `_rips.py`, `ALPHA` in `_alpha.py`, `WEIGHTED` and `PERIODIC` there,
`CUBICAL` in `_cubical.py`.
"""
