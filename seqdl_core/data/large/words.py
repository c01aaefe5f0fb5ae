"""Words for what was counted in a sample of a file, so that nobody takes its counts for the file's."""

import re
from dataclasses import dataclass, replace

from seqdl_core.data.findings import Finding
from seqdl_core.errors import DataError, SeqDLError
from seqdl_core.sequences.readers import NoticeRecord
from seqdl_core.sequences.readers import notice as counted_notice

_COUNT = re.compile(
    r"\d (?:\w+ )?(?:row|record|number|sequence|residue|cell|read|value|earlier)|\d of \d|(?:All|all) \d|"
    r"no sequence is in|no lower case|are different"
)


@dataclass(frozen=True)
class Sampled:
    """How many rows were looked at, of how many; ``exact`` where they were counted and not estimated."""

    looked_at: int
    rows: int
    exact: bool

    @property
    def _noun(self) -> str:
        return "row" if self.exact else "record"

    @property
    def _of_all(self) -> str:
        return f"of {'' if self.exact else 'about '}{self.rows:,} {self._noun}s"

    def looked(self, file: str) -> NoticeRecord:
        """That only a part of the file was looked at."""
        return counted_notice(
            self.looked_at,
            self._noun,
            f"{self._of_all.removesuffix(f' {self._noun}s')} were looked at, at the beginning of the file and further "
            "on; the import checks all of them.",
            file,
        )

    def finding(self, found: Finding) -> Finding:
        """The finding, saying that its counts are of the sample."""
        if not _COUNT.search(f"{found.sentence} {found.evidence}"):
            return found
        return replace(found, evidence=f"{found.evidence}; counted in the {self.looked_at:,} sampled {self._of_all}")

    def notice(self, told: NoticeRecord) -> NoticeRecord:
        """The notice, saying that its count is of the sample."""
        if not told.count or told.what.startswith(("comment line", "title row", "file")):
            return told
        end = "." if told.what.endswith(".") else ""
        what = f"{told.what.removesuffix('.')}, of the {self.looked_at:,} sampled {self._noun}s{end}"
        return told.model_copy(update={"what": what})

    def problem(self, found: SeqDLError) -> SeqDLError:
        """The problem, saying that its counts are of the sample."""
        parts = found.parts()
        if not _COUNT.search(f"{parts['what']} {parts['where']}"):
            return found
        end = "." if parts["what"].endswith(".") else ""
        what = f"{parts['what'].removesuffix('.')}, as far as {self.looked_at:,} sampled {self._of_all} tell{end}"
        return DataError(what, where=parts["where"], fix=parts["fix"])
