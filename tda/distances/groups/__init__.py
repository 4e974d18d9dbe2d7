"""Collections of diagrams -> do they differ, on what do they depend, how many are needed.

Every p-value comes from labels that are exchanged between samples: `_permutations.py` says how.
"""

from ._frechet_anova import FrechetAnova, frechet_anova
from ._groups import GroupTest, group_test
from ._independence import IndependenceTest, independence_test
from ._sample_size import SampleSize, sample_size
from ._two_sample import TwoSampleTest, two_sample_test

__all__ = [
    "FrechetAnova",
    "GroupTest",
    "IndependenceTest",
    "SampleSize",
    "TwoSampleTest",
    "frechet_anova",
    "group_test",
    "independence_test",
    "sample_size",
    "two_sample_test",
]
