"""How many bins the published networks of tracks score, and how many of a sequence of another length."""

PUBLISHED = 896
"""Of Basenji2 and of Enformer: 114,688 bases."""


def scored_bins(bins: int) -> int:
    """Of so many bins in the input, the middle 896; of fewer, all. The same number is left out at either end."""
    scored = min(PUBLISHED, bins)
    return scored - (bins - scored) % 2
