"""Features of annotated records as rows: which, with which letters, under which names."""

import numpy as np
import pandas as pd
import pytest

from seqdl_core.data.choices import ImportChoices
from seqdl_core.data.joins.annotated import features_to_rows
from seqdl_core.sequences.readers import Feature, FileIdentity, RawTable

#           0123456789012345
SEQUENCE = "AACCGGTTACGTRNAT"
FEATURES = (
    Feature(0, 0, 16, "+", "source"),
    Feature(0, 0, 4, "+", "promoter", "P1"),
    Feature(0, 4, 8, "-", "promoter", "P2"),
    Feature(0, 2, 6, "+", "gene", "axl"),
    Feature(0, 2, 6, "+", "CDS", "axl"),
    Feature(0, 8, 14, "-", "CDS", "bam", 0),
    Feature(0, 0, 2, "-", "CDS", "bam", 1),
    Feature(0, 6, 10, ".", "gene", "other"),
)


def table(features: tuple[Feature, ...] = FEATURES, sequence: str = SEQUENCE, **columns: list[str]) -> RawTable:
    cells = pd.DataFrame({"name": ["U1"], "sequence": [sequence], **columns}, dtype=str)
    return RawTable(
        FileIdentity("p.gb", 1, ""),
        "genbank",
        cells,
        np.array([7], np.int64),
        sequence_column="sequence",
        name_column="name",
        features=features,
    )


def test_features_become_rows() -> None:
    built = features_to_rows(table(), ImportChoices())
    rows = built.table.cells
    assert rows["name"].tolist() == [
        "U1:1-4(+) P1",
        "U1:5-8(-) P2",
        "U1:3-6(+) axl",
        "U1:9-14,1-2(-) bam",
        "U1:7-10 other",
    ]
    assert rows["sequence"].tolist() == ["AACC", "AACC", "CCGG", "NYACGT" + "TT", "TTAC"]
    assert rows["feature"].tolist() == ["promoter", "promoter", "CDS", "CDS", "gene"]
    assert rows["label"].tolist() == ["P1", "P2", "axl", "bam", "other"]
    assert rows["chromosome"].tolist() == ["U1"] * 5
    assert rows["start"].tolist() == ["0", "4", "2", "0", "6"]
    assert rows["end"].tolist() == ["4", "8", "6", "14", "10"]
    assert rows["strand"].tolist() == ["+", "-", "+", "-", "."]
    assert built.table.lines.tolist() == [7] * 5
    assert built.table.features == ()
    assert built.label_columns == ("feature",)
    assert [one.count for one in built.notices] == [1, 1]  # the source, and the gene in the place of its CDS
    assert built.findings[0].value == "features"


def test_rna_is_turned_as_rna() -> None:
    features = (Feature(0, 0, 4, "-", "x", "a"), Feature(0, 0, 2, "+", "y", "b"))
    built = features_to_rows(table(features, "ACUG"), ImportChoices(records="features"))
    assert built.table.cells["sequence"].tolist() == ["CAGU", "AC"]


def test_records_stay_whole_when_asked() -> None:
    built = features_to_rows(table(), ImportChoices(records="whole"))
    assert built.table.features == FEATURES
    assert len(built.table) == 1
    assert built.findings[0].value == "whole"
    assert [value for value, _ in built.findings[0].options] == ["features", "whole"]
    assert built.label_columns == ()


@pytest.mark.parametrize(
    ("features", "columns"),
    [
        (FEATURES[:3], {}),  # two promoters are one kind
        (FEATURES, {"label": ["1"]}),  # the records have a label of their own
    ],
)
def test_records_stay_whole_of_themselves(features: tuple[Feature, ...], columns: dict[str, list[str]]) -> None:
    built = features_to_rows(table(features, **columns), ImportChoices())
    assert len(built.table) == 1
    assert built.findings[0].choice == "records"


def test_nothing_is_found_without_features() -> None:
    built = features_to_rows(table(FEATURES[:1]), ImportChoices())
    assert built.findings == ()
    assert len(built.table) == 1
