"""By similarity: sequences that are alike stay on one side."""

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from seqdl_core.data.leaks.similarity import LOWEST_IDENTITY, clusters, clusters_by_rule
from seqdl_core.data.splits import Divided, Rows, Shares, Way
from seqdl_core.data.splits._assign import by_groups
from seqdl_core.errors import DataError

MOST_LETTERS = 20_000_000
"""Among more letters than these, similar rows are not looked for anew to hold some back; it takes about a minute."""


class SimilarityChoice(Shares):
    """Choices of a split by similarity."""

    identity: float = Field(
        0.8,
        ge=LOWEST_IDENTITY,
        le=1,
        title="Identity",
        description="From which share of equal letters two sequences stay together; short ones need more, "
        "because chance would join them. Overlapping windows always stay together.",
    )


def _divide(rows: Rows, choice: SimilarityChoice) -> Divided:
    cluster, rule = clusters_by_rule(rows.sequences, rows.alphabet, choice.identity)
    sizes = np.bincount(cluster)
    if len(sizes) == 1 and len(cluster) > 1:
        raise DataError(
            f"All {len(cluster):,} sequences are alike: chains of likeness connect them ({rule.text}).",
            where=rows.info.name,
            fix="Choose a higher identity, or split a mutational scan by position.",
        )
    words = f"by similarity ({rule.text}): {len(sizes):,} clusters, none of them on both sides"
    return by_groups(
        rows, [str(one) for one in cluster.tolist()], choice, noun="similar sequences", words=words, stratify=True
    )


def _together(rows: Rows) -> NDArray[np.int64] | None:
    """Clusters by the ordinary identity: which one was asked for is not kept."""
    if sum(map(len, rows.sequences)) > MOST_LETTERS:
        return None
    return clusters(rows.sequences, rows.alphabet)


WAY = Way(
    name="similarity",
    title="By similarity",
    summary="Related sequences stay on one side, so that the score speaks of new sequences and not of copies.",
    outcome="similar sequences are kept together",
    config=SimilarityChoice,
    divide=_divide,
    together=_together,
)
