"""GenBank, EMBL, Swiss-Prot and SnapGene: rows, features from 0, and damages that are told."""

import csv
from io import BytesIO
from pathlib import Path

import pytest

from seqdl_core.errors import ReadError
from seqdl_core.sequences.readers import Feature, RawTable, read_table

LOCUS = "LOCUS       AB000001                  12 bp    DNA     circular BCT 11-OCT-2001\n"
ABOUT = (
    "DEFINITION  A plasmid.\nACCESSION   AB000001\nVERSION     AB000001.1\nSOURCE      x\n  ORGANISM  Homo sapiens\n"
)
FEATURES = """FEATURES             Location/Qualifiers
     source          1..12
     promoter        2..4
                     /label="T7 <b>promoter</b>"
     CDS             complement(join(1..3,7..9))
                     /gene="axl"
     variation       5^6
"""
ORIGIN = "ORIGIN\n        1 acgtac\n        7 gtnnac\n//\n"


def read(folder: Path, text: str, name: str = "p.gb") -> RawTable:
    path = folder / name
    path.write_text(text)
    return read_table(path)


def test_a_record_with_its_features(tmp_path: Path) -> None:
    table = read(tmp_path, LOCUS + ABOUT + FEATURES + ORIGIN)
    row = table.cells.iloc[0].to_dict()
    assert row == {
        "name": "AB000001.1",
        "sequence": "ACGTACGTNNAC",
        "description": "A plasmid",
        "organism": "Homo sapiens",
        "molecule": "DNA",
        "topology": "circular",
    }
    assert table.features == (
        Feature(0, 0, 12, "+", "source", ""),
        Feature(0, 1, 4, "+", "promoter", "T7 <b>promoter</b>"),
        Feature(0, 6, 9, "-", "CDS", "axl", 0),
        Feature(0, 0, 3, "-", "CDS", "axl", 1),
    )
    assert [(one.count, one.where) for one in table.notices] == [(1, "line 1 of p.gb")]
    assert table.where(0, 8) == "line 16 of p.gb (record AB000001.1)"


def test_a_record_without_letters_is_left_out(tmp_path: Path) -> None:
    table = read(tmp_path, LOCUS + ABOUT + "CONTIG      join(a:1..12)\n//\n" + LOCUS + ABOUT + ORIGIN)
    assert len(table) == 1
    assert table.notices[-1].sentence == "1 record without a sequence of its own, left out."
    assert table.lines.tolist() == [9]


def test_a_record_that_is_cut_off_is_told(tmp_path: Path) -> None:
    table = read(tmp_path, LOCUS + ABOUT + ORIGIN.removesuffix("//\n"))
    assert any("cut off" in one.what and one.where == "line 1 of p.gb" for one in table.notices)


def test_what_the_parser_cannot_read_names_record_and_line(tmp_path: Path) -> None:
    with pytest.raises(ReadError, match="cannot be read") as caught:
        read(tmp_path, LOCUS + ABOUT + ORIGIN + LOCUS + ABOUT + FEATURES)
    assert caught.value.where == "line 11 of p.gb (record AB000001)"


def test_a_monstrous_location_is_refused(tmp_path: Path) -> None:
    place = "     CDS             join(" + "1..2," * 10_000 + "1..2)\n"
    with pytest.raises(ReadError, match="place of a feature"):
        read(tmp_path, LOCUS + "FEATURES             Location/Qualifiers\n" + place + ORIGIN)


def test_swiss_prot(tmp_path: Path) -> None:
    table = read(
        tmp_path,
        "ID   CHS3_BROFI              Reviewed;          10 AA.\nAC   O23729;\n"
        "DT   15-JUL-1999, integrated into UniProtKB/Swiss-Prot.\nDT   01-JAN-1998, sequence version 1.\n"
        "DT   05-DEC-2018, entry version 67.\nDE   RecName: Full=Chalcone synthase 3;\nOS   Bromheadia.\n"
        "OC   Eukaryota.\nOX   NCBI_TaxID=60714;\nRN   [1]\nRP   X.\n"
        'RA   Liew C.F.;\nRT   "A";\nRL   Planta 209:1-9(1999).\n'
        'FT   CHAIN           2..10\nFT                   /note="Chalcone"\n'
        "SQ   SEQUENCE   10 AA;  1086 MW;  2F8A14AF4870BDB2 CRC64;\n     MAPAMEEIRQ\n//\n",
    )
    assert table.layout == "swissprot"
    assert table.cells[["name", "sequence", "molecule"]].iloc[0].tolist() == ["O23729", "MAPAMEEIRQ", "protein"]
    assert [(one.start, one.end, one.kind) for one in table.features] == [(1, 10, "CHAIN")]


@pytest.mark.parametrize(("name", "rows"), [("EMBL/TRBG361.embl", 1), ("EMBL/hla_3260_sample.imgt", 8)])
def test_embl_and_imgt(shared_data: Path, name: str, rows: int) -> None:
    table = read_table(shared_data / "corpora" / "biopython" / name)
    assert (table.layout, len(table)) == ("embl", rows)
    assert all(0 <= one.start < one.end <= len(table.cells["sequence"].iloc[one.row]) for one in table.features)


def test_snapgene(tmp_path: Path) -> None:
    def packet(kind: int, content: bytes) -> bytes:
        return bytes([kind]) + len(content).to_bytes(4, "big") + content

    path = tmp_path / "plasmid.dna"
    file = BytesIO(packet(9, b"SnapGene" + bytes([0, 1, 0, 15, 0, 19])) + packet(0, b"\x01ACGTACGTAC"))
    path.write_bytes(file.getvalue())
    table = read_table(path)
    assert table.cells[["name", "sequence"]].iloc[0].tolist() == ["plasmid", "ACGTACGTAC"]
    path.write_bytes(file.getvalue()[:20])
    with pytest.raises(ReadError, match="SnapGene file is damaged"):
        read_table(path)


def test_the_files_of_biopython(shared_data: Path) -> None:
    root = shared_data / "corpora"
    with (root / "EXPECT.csv").open() as table:
        rows = [row for row in csv.DictReader(table) if row["reason"] == "GenBank"]
    missed = []
    for row in rows:
        try:
            told = any(one.where.startswith("line ") for one in read_table(root / row["corpus"] / row["file"]).notices)
            refused = False
        except ReadError as problem:
            refused, told = True, problem.where.startswith("line ")
        if (row["expected"] == "accept" and refused) or (row["expected"] == "warn_or_reject" and not told):
            missed.append(row["file"])
    assert len(rows) == 48
    assert missed == []
