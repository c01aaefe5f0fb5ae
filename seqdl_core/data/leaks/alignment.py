"""Two sequences beside each other, for a person who wants to see how alike they are."""

from dataclasses import dataclass

from seqdl_core.sequences.alphabets import Alphabet

_LONGEST = 20_000


@dataclass(frozen=True)
class Aligned:
    """Three lines of one length: both sequences with ``-`` for a gap, and ``|`` between equal letters.

    Letters of one sequence that hang over the other's end have ``-`` beside them and a blank between.

    Attributes:
        strand: ``-`` where ``first`` was turned into its reverse complement.
        identity: the share of equal letters between the first and the last column that both sequences reach.
    """

    first: str
    marks: str
    second: str
    strand: str
    identity: float


def align_pair(first: str, second: str, alphabet: Alphabet, strand: str = "+") -> Aligned:
    """Align two sequences from end to end, overhanging ends free; with strand ``-`` the first one is turned.

    Sequences longer than 20,000 letters are cut there.
    """
    from Bio.Align import PairwiseAligner

    turned = first
    if strand == "-":
        turned = first.translate(str.maketrans(alphabet.letters, alphabet.complement))[::-1]
    turned, other = turned[:_LONGEST], second[:_LONGEST]
    aligner = PairwiseAligner(mode="global", match_score=2, mismatch_score=-2, open_gap_score=-5, extend_gap_score=-1)
    aligner.end_gap_score = 0.0
    above, below = (str(line) for line in _best(aligner, turned, other))
    inner = [place for place, (one, two) in enumerate(zip(above, below, strict=True)) if one != "-" and two != "-"]
    marks = "".join(
        "|" if one == two and one not in ("-", alphabet.unknown) else " " for one, two in zip(above, below, strict=True)
    )
    columns = inner[-1] - inner[0] + 1 if inner else 0
    return Aligned(above, marks, below, strand, marks.count("|") / columns if columns else 0.0)


def _best(aligner: object, first: str, second: str) -> tuple[str, str]:
    if not first or not second:
        return first.ljust(len(second), "-"), second.ljust(len(first), "-")
    alignment = aligner.align(first, second)[0]  # type: ignore[attr-defined]
    return alignment[0], alignment[1]


@dataclass(frozen=True)
class PairBlock:
    """Three lines of one length, to be drawn in a font of fixed width. Plain text: whoever draws it escapes it.

    ``first_at`` and ``second_at`` are the positions of the first letters in their sequences, counted from 1; 0 where
    the line of that sequence is all gaps.
    """

    first: str
    marks: str
    second: str
    first_at: int
    second_at: int


def pair_blocks(first: str, marks: str, second: str, width: int = 60) -> list[PairBlock]:
    """Cut an alignment (``-`` is a gap) into blocks of ``width`` columns."""
    blocks = []
    above = below = 0
    for start in range(0, len(first), width):
        one, two = first[start : start + width], second[start : start + width]
        letters = len(one) - one.count("-"), len(two) - two.count("-")
        blocks.append(
            PairBlock(
                one,
                marks[start : start + width],
                two,
                above + 1 if letters[0] else 0,
                below + 1 if letters[1] else 0,
            )
        )
        above, below = above + letters[0], below + letters[1]
    return blocks


def pair_text(first: str, marks: str, second: str, names: tuple[str, str] = ("test", "train"), width: int = 60) -> str:
    """The blocks as one text with names and positions before the lines."""
    blocks = pair_blocks(first, marks, second, width)
    digits = len(str(max((max(block.first_at, block.second_at) for block in blocks), default=1)))
    edge = max(len(name) for name in names) + 1 + digits + 1
    lines = []
    for block in blocks:
        for name, at, line in ((names[0], block.first_at, block.first), ("", 0, block.marks),
                               (names[1], block.second_at, block.second)):  # fmt: skip
            label = f"{name} {at or '':>{digits}} " if name else ""
            lines.append(f"{label:>{edge}}{line}".rstrip())
        lines.append("")
    return "\n".join(lines[:-1])
