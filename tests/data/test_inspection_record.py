"""What one process found in files is shown by another: nothing of it changes on the way through JSON."""

import gzip
import json
import zipfile
from dataclasses import fields
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from seqdl_core.__main__ import _as_json, main
from seqdl_core.data import inspection_record
from seqdl_core.data.importing import ImportChoices, Inspection, inspect
from seqdl_core.data.inspection_record import as_record, from_record
from seqdl_core.data.weighing import unpacked_bytes


def _same(own: Inspection, other: Inspection) -> None:
    for name in (field.name for field in fields(Inspection)):
        mine, yours = getattr(own, name), getattr(other, name)
        if name in ("dropped", "changed"):
            pd.testing.assert_frame_equal(mine, yours, check_dtype=False)
        elif name == "tables":
            for one, two in zip(mine, yours, strict=True):
                assert (one.name, one.short, one.rows, one.titles) == (two.name, two.short, two.rows, two.titles)
                pd.testing.assert_frame_equal(one.head, two.head)
        elif name == "problems":
            assert [problem.parts() for problem in mine] == [problem.parts() for problem in yours]
        elif name not in ("table", "features"):
            assert mine == yours, name
    assert other.table is None
    assert other.features is None


@pytest.mark.parametrize("bad_rows", ["refuse", "drop"])
def test_nothing_is_lost_on_the_way(tmp_path: Path, bad_rows: str) -> None:
    path = tmp_path / "t.tsv"
    rng = np.random.default_rng(1)
    rows = ["".join(rng.choice(list("ACGT"), 20)) + f"\t{n % 2}" for n in range(40)]
    rows[3] = "ACGTJ\t1"
    rows[5] = rows[5].replace("A", "R", 1)
    rows[7] = "NNNNNNNNNNNNNNNNNNNN\t0"
    path.write_text("seq\tlabel\n" + "\n".join(rows) + "\n")
    found = inspect([path], ImportChoices(bad_rows=bad_rows, ambiguous="unknown"))  # type: ignore[arg-type]
    assert bool(found.problems) == (bad_rows == "refuse")
    _same(found, from_record(json.loads(_as_json(as_record(found)))))


def test_a_file_that_cannot_be_read_is_told_as_well(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "empty.fa").touch()
    assert main(["inspect", str(tmp_path / "empty.fa"), "--for-page", "--json"]) == 0
    found = from_record(json.loads(capsys.readouterr().out))
    assert found.problems[0].what == "The file is empty."
    assert (found.tables, found.info) == ((), None)


def test_a_record_stays_small(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(inspection_record, "MOST_LISTED", 3)
    path = tmp_path / "t.fa"
    path.write_text("".join(f">p{n}|{n % 2}\n{'ACGT' * 5_000}{'J' if n < 8 else 'A'}\n" for n in range(40)))
    found = inspect([path], ImportChoices(bad_rows="drop", alphabet="dna"))
    assert len(found.dropped) == 8
    record = as_record(found)
    assert (len(record["dropped"]), record["unlisted"]) == (3, [5, 0])
    assert {len(row["sequence"]) for row in record["tables"][0]["head"]} == {2_000}
    assert from_record(record).unlisted == (5, 0)


def test_how_much_there_is_to_read_is_told_without_unpacking_all(tmp_path: Path) -> None:
    plain, packed, archive = tmp_path / "a.fa", tmp_path / "a.fa.gz", tmp_path / "a.zip"
    text = b"ACGT" * 250_000
    plain.write_bytes(text)
    packed.write_bytes(gzip.compress(text))
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as made:
        made.writestr("a.fa", text)
        made.writestr("b.fa", text)
    assert [unpacked_bytes(path, 10**7) for path in (plain, packed, archive)] == [10**6, 10**6, 2 * 10**6]
    assert 10**5 < unpacked_bytes(packed, 10**5) < 10**6
    packed.write_bytes(packed.read_bytes()[:200])
    assert unpacked_bytes(packed, 10**7) >= 200
    archive.write_bytes(b"PK\x03\x04 no archive")
    assert unpacked_bytes(archive, 10**7) == 15
    assert unpacked_bytes(tmp_path / "none", 10) == 0
