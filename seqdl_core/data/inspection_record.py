"""What an import found as plain JSON and back, so that one process reads the files and another one shows them.

The rows themselves are not in it: saving reads the files again.
"""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

import pandas as pd

from seqdl_core.data.choices import ImportChoices
from seqdl_core.data.dataset_info import DatasetInfo
from seqdl_core.data.findings import Finding
from seqdl_core.data.inspection import DROPPED_COLUMNS, FilePreview, Inspection, Summary
from seqdl_core.data.parts.by_letters import Shared
from seqdl_core.errors import DataError
from seqdl_core.sequences.readers import NoticeRecord

MOST_LISTED = 10_000
"""So many of the rows that were left out or changed are in a record; ``inspect --dropped`` writes all of them."""

_LONGEST_CELL = 2_000


def as_record(found: Inspection) -> dict[str, Any]:
    """Numbers, lists and words only. Cells longer than 2,000 letters are cut: they are there to be looked at."""
    return {
        "files": found.files,
        "bytes": found.bytes,
        "seconds": found.seconds,
        "choices": found.choices.model_dump(mode="json"),
        "findings": [asdict(finding) for finding in found.findings],
        "problems": [problem.parts() for problem in found.problems],
        "notices": [told.model_dump(mode="json") for told in found.notices],
        "positives_only": found.positives_only,
        "tables": [
            {
                "name": table.name,
                "short": table.short,
                "rows": table.rows,
                "titles": list(table.titles),
                "head": _rows(table.head),
            }
            for table in found.tables
        ],
        "summary": asdict(found.summary) if found.summary else None,
        "dropped": _rows(found.dropped.head(MOST_LISTED)),
        "changed": _rows(found.changed.head(MOST_LISTED)),
        "unlisted": [max(len(rows) - MOST_LISTED, 0) for rows in (found.dropped, found.changed)],
        "info": found.info.model_dump(mode="json") if found.info else None,
    }


def from_record(record: Mapping[str, Any]) -> Inspection:
    """What was found, without the rows: ``table`` and ``features`` are None. Every problem is a DataError."""
    return Inspection(
        files=record["files"],
        bytes=record["bytes"],
        seconds=record["seconds"],
        choices=ImportChoices.model_validate(record["choices"]),
        findings=tuple(
            Finding(**{**one, "options": tuple(tuple(option) for option in one["options"])})
            for one in record["findings"]
        ),
        problems=tuple(
            DataError(parts["what"], where=parts["where"], fix=parts["fix"]) for parts in record["problems"]
        ),
        notices=tuple(NoticeRecord.model_validate(told) for told in record["notices"]),
        positives_only=record["positives_only"],
        tables=tuple(
            FilePreview(one["name"], one["short"], one["rows"], tuple(one["titles"]), _head(one["head"]))
            for one in record["tables"]
        ),
        summary=Summary(**record["summary"] | {"shared": Shared(**record["summary"]["shared"])})
        if record["summary"]
        else None,
        dropped=pd.DataFrame(record["dropped"], columns=list(DROPPED_COLUMNS)),
        changed=pd.DataFrame(record["changed"], columns=list(DROPPED_COLUMNS)),
        unlisted=tuple(record["unlisted"]),
        info=DatasetInfo.model_validate(record["info"]) if record["info"] else None,
    )


def _rows(table: pd.DataFrame) -> list[dict[str, Any]]:
    return [
        {str(name): value[:_LONGEST_CELL] if isinstance(value, str) else value for name, value in row.items()}
        for row in table.to_dict(orient="records")
    ]


def _head(rows: list[dict[str, Any]]) -> pd.DataFrame:
    head = pd.DataFrame(rows, columns=["id", "sequence", "label", "gc"])
    return head.assign(gc=pd.to_numeric(head["gc"]).astype(float))
