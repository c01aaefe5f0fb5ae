"""The rows of a VCF file: what is wrong with the eight fixed columns of one line.

What would make a score wrong is an error: a chromosome that can be no name, a position that is no number, alleles that
are no alleles. All else is remarked upon.
"""

import re

from seqdl_core.errors import ReadError
from seqdl_core.sequences.readers._remarks import Remarks
from seqdl_core.sequences.readers._vcf_meta import Header

PLAIN = re.compile(
    r"[0-9A-Za-z_.|-]+\t\d{1,10}\t[^\s;]+\t[ACGTNacgtn]+\t(?:[ACGTNacgtn]+(?:,[ACGTNacgtn]+)*)"
    r"(?:\t(?:\.|\d+(?:\.\d*)?)\t(?:PASS|\.)(?:\t|$)|$)"
)
"""A line without anything to remark upon in its fixed columns; nearly all lines are."""

LETTERS = re.compile(r"[ACGTNacgtn]+")
_AMBIGUOUS = re.compile(r"[ACGTNRYSWKMBDHVacgtnryswkmbdhv]+")
_CHROM = re.compile(r"<[^<>\s,]+>|[^<>\s,]+")
_SYMBOLIC = re.compile(r"<[^<>\s,]+>|\*|\.|\.[ACGTNacgtn]+|[ACGTNacgtn]+\.")
_BREAKEND = re.compile(
    r"(?P<before>[ACGTNacgtn.]*)(?P<way>[\[\]])(?:<[^<>\s]+>|[^\s\[\]<>]+):\d+(?P=way)(?P<after>[ACGTNacgtn.]*)"
)
_MOST_LETTERS = 1_000_000
_QUALITY = re.compile(r"\.|\+?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][-+]?\d+)?|\+?inf(?:inity)?|nan", re.IGNORECASE)


class FixedColumns:
    """Checks the fixed columns of one line after another."""

    def __init__(self, header: Header, remarks: Remarks) -> None:
        self._header, self._remarks = header, remarks
        self._left: set[str] = set()
        self._chrom = ""
        self._position = -1
        self._seen: set[tuple[int, str, str]] = set()

    def check(self, cells: list[str], line: int, plain: bool) -> None:
        """Check one line. ``plain`` spares it the checks that :data:`PLAIN` has already made.

        Raises:
            ReadError: where a score made from this line would be wrong.
        """
        if not plain:
            self._place(cells, line)
            self._alleles(cells, line)
            self._others(cells, line)
        if cells[3] == cells[4] or "," in cells[4]:
            self._same(cells[3], cells[4].split(","), line)
        self._order(cells[0], int(cells[1]), line)
        self._repeats(int(cells[1]), cells[3], cells[4], line)

    def _error(self, what: str, line: int, fix: str) -> ReadError:
        return ReadError(what, where=f"line {line} of {self._remarks.name}", fix=fix)

    def _place(self, cells: list[str], line: int) -> None:
        chrom, position = cells[0], cells[1]
        if not _CHROM.fullmatch(chrom):
            raise self._error(f"'{chrom[:40]}' is no name of a chromosome.", line, "Write it as the genome names it.")
        if ":" in chrom or ("*" in chrom and self._header.version >= (4, 3)):
            self._remarks.add("with a colon or a star in the name of a chromosome", line, chrom)
        if not (position.isascii() and position.isdigit() and len(position) <= 10):
            raise self._error(
                f"The position '{position[:40]}' is not a whole number.", line, "POS counts letters from 1."
            )

    def _alleles(self, cells: list[str], line: int) -> None:
        ref, alts = cells[3], cells[4].split(",")
        if not LETTERS.fullmatch(ref):
            if not _AMBIGUOUS.fullmatch(ref):
                what = "There is no reference allele" if ref in (".", "") else f"REF '{ref[:40]}' is no sequence"
                fix = "REF holds one allele in A, C, G, T and N; a deletion is written with the base before it."
                raise self._error(f"{what}.", line, fix)
            self._remarks.add("with letters in REF that stand for several bases", line, ref)
        for alt in alts:
            if LETTERS.fullmatch(alt) or (_SYMBOLIC.fullmatch(alt) and (alt != "." or len(alts) == 1)):
                continue
            found = _BREAKEND.fullmatch(alt)
            if found and bool(found["before"]) != bool(found["after"]):
                continue
            if not _AMBIGUOUS.fullmatch(alt):
                raise self._error(
                    f"ALT '{cells[4][:40]}' holds something that is no allele.",
                    line,
                    "An allele is a sequence, *, a symbol such as <DEL>, or a breakend such as G]17:198982]; "
                    "several are separated by single commas.",
                )
            self._remarks.add("with letters in ALT that stand for several bases", line, alt)

    def _same(self, ref: str, alts: list[str], line: int) -> None:
        if len(set(alts)) < len(alts):
            self._remarks.add("with the same allele twice in ALT", line, ",".join(alts[:20]))
        if ref in alts:
            self._remarks.add("with an ALT that is the same as REF", line, ref)

    def _others(self, cells: list[str], line: int) -> None:
        add, late = self._remarks.add, self._header.version >= (4, 3)
        names = cells[2].split(";")
        if not all(names) or re.search(r"\s", cells[2]):
            add("with an ID that is empty, or holds blanks or a ; too many", line, cells[2])
        elif len(set(names)) < len(names):
            add("with the same ID twice", line, cells[2])
        if len(cells) > 5 and not _QUALITY.fullmatch(cells[5]):
            add("with a QUAL that is no number from 0", line, cells[5])
        if len(cells) > 6:
            filters = cells[6].split(";")
            if (
                not all(filters)
                or re.search(r"\s", cells[6])
                or "0" in filters
                or (len(filters) > 1 and "." in filters)
            ):
                add("with a FILTER that is not . or names between ;", line, cells[6])
            elif late and len(set(filters)) < len(filters):
                add("with the same FILTER twice", line, cells[6])

    def _order(self, chrom: str, position: int, line: int) -> None:
        if chrom != self._chrom:
            if chrom in self._left:
                self._remarks.add("of a chromosome that was left before", line, chrom)
            self._left.add(self._chrom)
            self._chrom, self._position = chrom, -1
            self._seen.clear()
        elif position < self._position:
            self._remarks.add("not in the order of positions", line)
        self._position = position

    def _repeats(self, position: int, ref: str, alt: str, line: int) -> None:
        """Remark on a variant that was there before, also under another way of writing it."""
        seen = self._seen
        if (len(ref) == 1 or len(alt) == 1) and "," not in alt:
            change = (position, ref, alt)
            if change in seen and LETTERS.fullmatch(alt):
                self._remarks.add("with a variant of an earlier line", line, f"{position} {ref}>{alt}")
            seen.add(change)
            return
        if len(ref) * (alt.count(",") + 1) > _MOST_LETTERS:
            return
        changes = [trimmed(position, ref, single) for single in alt.split(",") if LETTERS.fullmatch(single)]
        if any(change in seen for change in changes):
            self._remarks.add("with a variant of an earlier line", line, f"{position} {ref}>{alt}")
        seen.update(changes)


def trimmed(position: int, ref: str, alt: str) -> tuple[int, str, str]:
    """The shortest way to write a change: letters shared at the end are cut first, then those at the start."""
    end = 0
    most = min(len(ref), len(alt)) - 1
    while end < most and ref[-1 - end] == alt[-1 - end]:
        end += 1
    start = 0
    while start < most - end and ref[start] == alt[start]:
        start += 1
    return position + start, ref[start : len(ref) - end], alt[start : len(alt) - end]
