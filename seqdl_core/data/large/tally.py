"""Counts over the batches of a large import, and the notices that they make at the end."""

import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from jaxtyping import Bool

from seqdl_core.data.choices import ImportChoices
from seqdl_core.data.interpreting import CONFLICTS
from seqdl_core.data.large.spilling import Repeats
from seqdl_core.data.parts.drawing import BATCHES, TOO_FEW, drawn_by, drawn_notice
from seqdl_core.data.parts.written import cells_said
from seqdl_core.errors import DataError
from seqdl_core.sequences.alphabets import RNA, Alphabet
from seqdl_core.sequences.fasta_batches import MOST_LETTERS
from seqdl_core.sequences.readers import NoticeRecord, notice

_MUCH_LETTERS = 2 * 10**8
_MUCH_PADDING = 20


@dataclass
class Tally:
    """What was counted over all rows so far.

    Attributes:
        rows: records read, those that were left out among them; ``usable`` ones have letters and a label.
        counts, positives: rows written, per part of the split.
        lengths: rows of each length; ``shortest`` is the least, rows that no part of a split takes among them.
        kinds: records with something about their letters, labels or names that is told, and ``first`` where the first
            one is.
        dropped: records left out, by what is said of them.
        words: what stands in the split column and names no part.
    """

    rows: int = 0
    usable: int = 0
    counts: Counter[str] = field(default_factory=Counter)
    positives: Counter[str] = field(default_factory=Counter)
    lengths: Counter[int] = field(default_factory=Counter)
    shortest: int = MOST_LETTERS
    kinds: Counter[str] = field(default_factory=Counter)
    dropped: Counter[str] = field(default_factory=Counter)
    first: dict[str, str] = field(default_factory=dict)
    words: dict[str, None] = field(default_factory=dict)
    _told: dict[tuple[str, str], NoticeRecord] = field(default_factory=dict)

    def count_rows(self, rows: pd.DataFrame) -> None:
        """Count rows as they are written."""
        for part, members in rows.groupby("split"):
            self.counts[str(part)] += len(members)
            self.positives[str(part)] += int((members["label"] == 1).sum())

    def see(self, kind: str, rows: Bool[np.ndarray, "N"], where: Callable[[int], str]) -> None:
        """Count rows of a batch that something is told of."""
        if rows.any():
            self.kinds[kind] += int(rows.sum())
            self.first.setdefault(kind, where(int(rows.argmax())))

    def leave_out(self, what: str, rows: Bool[np.ndarray, "N"], where: Callable[[int], str]) -> None:
        """Count rows of a batch that are left out; ``what`` goes on after "row"."""
        if rows.any():
            self.dropped[what] += int(rows.sum())
            self.first.setdefault(what, where(int(rows.argmax())))

    def count_notice(self, told: NoticeRecord) -> None:
        """Add up what is said about each batch in the same words."""
        key = re.sub(r"s\b", "", told.what), told.part
        before = self._told.get(key)
        count = told.count + (before.count if before else 0)
        what = before.what if before and before.count > 1 else told.what
        where = before.where if before else told.where
        self._told[key] = told.model_copy(update={"count": count, "what": what, "where": where})

    def start_again(self) -> None:
        """Forget which rows were written, for a second writing."""
        self.counts.clear()
        self.positives.clear()

    def check_lengths(self, alphabet: Alphabet, choices: ImportChoices, file: str) -> None:
        """Raise DataError where padding would mostly hold nothing, as the import of a small file does."""
        rows, longest = self.lengths.total(), max(self.lengths, default=0)
        padded, letters = rows * longest, sum(length * count for length, count in self.lengths.items())
        if choices.lengths == "auto" and padded > _MUCH_LETTERS and padded > _MUCH_PADDING * letters:
            raise DataError(
                f"The sequences have {min(self.lengths):,} to {longest:,} {alphabet.unit}; filled up to the longest "
                f"they would take {padded / letters:.0f} times their letters.",
                where=file,
                fix="Cut the long ones, choose to crop all to the shortest (`--lengths crop`), or pad them all the "
                "same (`--lengths pad`).",
            )

    def notices(
        self,
        task: str,
        alphabet: Alphabet,
        choices: ImportChoices,
        repeats: Repeats,
        renamed: int,
        left_out: int,
        drawn: int,
        split_column: str = "",
        apart: Sequence[str] = (),
        grouped: bool = False,
        before: Sequence[NoticeRecord] = (),
    ) -> tuple[NoticeRecord, ...]:
        """What was changed, left out or assumed, in the order of the ordinary import.

        Args:
            split_column: the column that names the parts, "" where none does.
            apart: ``group`` where rows tell their group, which their draw does not heed, ``overlap`` where they have
                places.
            grouped: whether whole groups were drawn.
            before: what is known of the whole file besides.
        """
        lengths = self.lengths
        longest, shortest = max(lengths, default=0), min(lengths, default=0)
        unit = alphabet.unit
        said = [*before, *self._about_records(), *self._about_letters(alphabet)]
        said += [notice(count, "row", what, self.first[what]) for what, count in self.dropped.items()]
        said += cells_said(
            split_column,
            (self.kinds["no part"], self.first.get("no part", ""), "train" if self.kinds["trains"] else ""),
            (self.kinds["odd part"], self.first.get("odd part", ""), list(self.words)),
        )
        if choices.lengths == "crop":
            rest = f"longer than {shortest:,} {unit}, of which the middle was kept."
            said.append(notice(self.kinds["cropped"], "sequence", rest))
        else:
            rest = f"shorter than {longest:,} {unit}, filled up with {alphabet.unknown} at the end when used."
            said.append(notice(lengths.total() - lengths[longest], "sequence", rest))
        said.append(notice(left_out, "row", "left out as repeats of a sequence with the same label."))
        if drawn:
            why = BATCHES if choices.split_way == "auto" else ""
            why = TOO_FEW if why and "group" in apart else why
            said += (
                drawn_by(drawn, choices, task, apart)
                if grouped
                else [drawn_notice(drawn, choices.seed, alphabet, apart, why, task)]
            )
        said += [
            notice(renamed, "name", "that had occurred before, told apart by a number behind."),
            notice(repeats.duplicates, "row", "with a sequence that had occurred before, kept."),
            notice(
                0 if task == "unlabelled" else repeats.conflicting,
                "sequence",
                CONFLICTS.get(task, "with different labels, all rows kept."),
            ),
            *repeats.shared.notices(alphabet),
            *self._told.values(),
        ]  # fmt: skip
        return tuple(one for one in said if one.count)

    def _about_records(self) -> list[NoticeRecord]:
        """What is told of names, lines and labels."""
        return [
            self._notice(kind, *words)
            for kind, words in {
                "nameless": ("record", "without a name, named by their number."),
                "unnamed": ("row", "without a name, named by their number."),
                "comments": ("comment line", "left out."),
                "lines with blanks": ("sequence line", "with blanks inside, which were removed."),
                "padded": ("row", "with blanks around a cell, which were removed."),
                "repeated": ("repeated header line", "left out."),
                **{kind: ("label", f"of {kind[8:]} in another case than most rows have, read alike.")
                   for kind in self.kinds if kind.startswith("recased ")},
                **{kind: ("header", kind[7:]) for kind in self.kinds if kind.startswith("placed ")},
                **{kind: ("cell", kind[6:]) for kind in self.kinds if kind.startswith("limit ")},
            }.items()
        ]  # fmt: skip

    def _about_letters(self, alphabet: Alphabet) -> list[NoticeRecord]:
        letters, gaps, unknown = self.kinds["ambiguous letters"], self.kinds["gaps"], alphabet.unknown
        count = f"{letters:,} in all" + (f", {gaps:,} of them gaps" if gaps else "")
        what = f"with gaps ({gaps:,} in all)" if gaps == letters else f"with ambiguous letters ({count})"
        return [
            self._notice("stopped", "sequence", "with a stop sign (*) at the end, which was taken off."),
            self._notice("lower", "sequence", "with lower-case letters, read as upper case."),
            self._notice(
                "swapped", "sequence", "with T, read as U." if alphabet is RNA else "with U, read as T."
            ),
            self._notice("ambiguous", "sequence", f"{what}, read as {unknown}."),
            self._notice("blank", "sequence", f"without any letter but {unknown}, kept."),
        ]  # fmt: skip

    def _notice(self, kind: str, noun: str, rest: str) -> NoticeRecord:
        return notice(self.kinds[kind], noun, rest, self.first.get(kind, ""))


def counts_of(tally: Counter[str], parts: Sequence[str]) -> dict[str, int]:
    """Counts of the parts that there are."""
    return {part: tally[part] for part in parts}
