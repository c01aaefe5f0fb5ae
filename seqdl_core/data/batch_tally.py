"""Counts over the batches of a large import, and the notices that they make at the end."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

import pandas as pd

from seqdl_core.data.choices import ImportChoices
from seqdl_core.data.drawing import RELATED
from seqdl_core.data.interpreting import CONFLICTS
from seqdl_core.data.spilling import Repeats
from seqdl_core.data.split import kept_together, shared_rows
from seqdl_core.errors import DataError
from seqdl_core.sequences.alphabets import RNA, Alphabet
from seqdl_core.sequences.readers import NoticeRecord, notice

_MUCH_LETTERS = 2 * 10**8
_MUCH_PADDING = 20


@dataclass
class Tally:
    """What was counted over all rows so far.

    Attributes:
        rows: records read, those that were left out among them.
        counts, positives: rows written, per part of the split.
        lengths: rows of each length.
        kinds: records with something about their letters or names that is told.
        dropped: records left out, by the reason.
    """

    rows: int = 0
    counts: Counter[str] = field(default_factory=Counter)
    positives: Counter[str] = field(default_factory=Counter)
    lengths: Counter[int] = field(default_factory=Counter)
    kinds: Counter[str] = field(default_factory=Counter)
    dropped: Counter[str] = field(default_factory=Counter)
    _told: dict[tuple[str, str], NoticeRecord] = field(default_factory=dict)

    def count_rows(self, rows: pd.DataFrame) -> None:
        """Count rows as they are written."""
        for part, members in rows.groupby("split"):
            self.counts[str(part)] += len(members)
            self.positives[str(part)] += int((members["label"] == 1).sum())

    def count_notice(self, told: NoticeRecord) -> None:
        """Add up what is said about each batch in the same words."""
        key = told.what.replace("s ", " ", 1), told.part
        before = self._told.get(key)
        count = told.count + (before.count if before else 0)
        what = before.what if before and before.count > 1 else told.what
        self._told[key] = told.model_copy(update={"count": count, "what": what})

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
    ) -> tuple[NoticeRecord, ...]:
        """What was changed, left out or assumed, in the order of the ordinary import."""
        kinds, lengths = self.kinds, self.lengths
        longest, shortest = max(lengths, default=0), min(lengths, default=0)
        unknown, unit = alphabet.unknown, alphabet.unit
        swapped = "with T, read as U." if alphabet is RNA else "with U, read as T."
        said: list[NoticeRecord] = [
            notice(kinds["nameless"], "record", "without a name, named by their number."),
            notice(kinds["comments"], "comment line", "left out."),
            notice(kinds["lines with blanks"], "sequence line", "with blanks inside, which were removed."),
            notice(kinds["stopped"], "sequence", "with a '*' at the end (a stop), which was removed."),
            notice(kinds["lower"], "sequence", "with lower-case letters, read as upper case."),
            notice(kinds["swapped"], "sequence", swapped),
            notice(
                kinds["ambiguous"],
                "sequence",
                f"with ambiguous letters ({kinds['ambiguous letters']:,} in all), read as {unknown}.",
            ),
            notice(kinds["blank"], "sequence", f"without any letter but {unknown}, kept."),
        ]
        said += [notice(count, "row", f"left out: {reason}.") for reason, count in self.dropped.items()]
        if choices.lengths == "crop":
            rest = f"longer than {shortest:,} {unit}, of which the middle was kept."
            said.append(notice(kinds["cropped"], "sequence", rest))
        else:
            rest = f"shorter than {longest:,} {unit}, filled up with {unknown} at the end when used."
            said.append(notice(lengths.total() - lengths[longest], "sequence", rest))
        said.append(notice(left_out, "row", "left out as repeats of a sequence with the same label."))
        if drawn:
            said.append(
                notice(
                    drawn,
                    "row",
                    f"drawn at random (seed {choices.seed}) as the test set. {kept_together(alphabet)} {RELATED}",
                    fix="Bring a test file of its own where sequences are related.",
                    part="test",
                )
            )
        said += [
            notice(renamed, "name", "that had occurred before, told apart by a number behind."),
            notice(repeats.duplicates, "row", "with a sequence that had occurred before, kept."),
            notice(
                0 if task == "unlabelled" else repeats.conflicting,
                "sequence",
                CONFLICTS.get(task, "with different labels, all rows kept."),
            ),
            notice(repeats.shared, "test row", shared_rows(alphabet), part="test"),
            *self._told.values(),
        ]  # fmt: skip
        return tuple(one for one in said if one.count)


def counts_of(tally: Counter[str], parts: Sequence[str]) -> dict[str, int]:
    """Counts of the parts that there are."""
    return {part: tally[part] for part in parts}
