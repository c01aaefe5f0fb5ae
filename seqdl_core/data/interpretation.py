"""What an import knows so far: findings, problems, notices, and which column serves what."""

from dataclasses import dataclass, field

import pandas as pd

from seqdl_core.data.choices import ImportChoices
from seqdl_core.data.dataset_info import DatasetInfo
from seqdl_core.data.findings import Finding
from seqdl_core.data.inspection import FilePreview, Summary
from seqdl_core.data.joins.building import DroppedRow
from seqdl_core.errors import SeqDLError
from seqdl_core.sequences.readers import NoticeRecord, notice

__all__ = ["Interpretation", "Roles"]


@dataclass
class Interpretation:
    """What is known so far; the steps below fill it."""

    choices: ImportChoices
    findings: list[Finding] = field(default_factory=list)
    problems: list[SeqDLError] = field(default_factory=list)
    notices: list[NoticeRecord] = field(default_factory=list)
    positives_only: bool = False
    previews: tuple[FilePreview, ...] = ()
    summary: Summary | None = None
    dropped: list[DroppedRow] = field(default_factory=list)
    changed: list[DroppedRow] = field(default_factory=list)
    table: pd.DataFrame | None = None
    info: DatasetInfo | None = None
    features: pd.DataFrame | None = None
    in_batches: bool = False

    def note(self, count: int, noun: str, rest: str, where: str = "", part: str = "") -> None:
        """Record a notice, unless it is about nothing."""
        if count:
            self.notices.append(notice(count, noun, rest, where, part=part))


@dataclass(frozen=True)
class Roles:
    """Which column serves what."""

    names: tuple[str, ...]
    split: str
    folds: tuple[str, ...]
    group: str
    unclear_split: str = ""

    @property
    def taken(self) -> list[str]:
        return [column for column in (*self.names, self.split, *self.folds, self.unclear_split) if column]
