"""Mutants spelled out: the wild type from each of its sources, the numbering, and what is left out."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from seqdl_core.data.choices import ImportChoices
from seqdl_core.data.joins.building import Built
from seqdl_core.data.joins.mutants import build_mutants, frame_of_sequences
from seqdl_core.data.joins.wild_types import first_positions
from seqdl_core.errors import UnknownName
from seqdl_core.sequences.mutations import Substitution
from seqdl_core.sequences.readers import FileIdentity, RawTable, read_table

AVGFP = (
    "SKGEELFTGVVPILVELDGDVNGHKFSVSGEGEGDATYGKLTLKFICTTGKLPVPWPTLVTTLSYGVQCFSRYPDHMKQHDFFKSAMPEGYVQERTIFFKDDGNYKTRAEVK"
    "FEGDTLVNRIELKGIDFKEDGNILGHKLEYNYNSHNVYIMADKQKNGIKVNFKIRHNIEDGSVQLADHYQQNTPIGDGPVLLPDNHYLSTQSALSKDPNEKRDHMVLLEFVT"
    "AAGITHGMDELYK"
)
BLAT = (
    "HPETLVKVKDAEDQLGARVGYIELDLNSGKILESFRPEERFPMMSTFKVLLCGAVLSRVDAGQEQLGRRIHYSQNDLVEYSPVTEKHLTDGMTVRELCSAAITMSDNTAANL"
    "LLTTIGGPKELTAFLHNMGDHVTRLDRWEPELNEAIPNDERDTTMPAAMATTLRKLLTGELLTLASRQQLIDWMEADKVAGPLLRSALPAGWFIADKSGAGERGSRGIIAAL"
    "GPDGKPSRIVVIYTTGSQATMDERNRQIAEIGASLIKHW"
)


def mutants(*names: str, **columns: list[str]) -> RawTable:
    cells = pd.DataFrame({"mutant": list(names), **columns}, dtype=str)
    return RawTable(
        FileIdentity("dms.csv", 1, ""),
        "comma",
        cells,
        np.arange(2, len(names) + 2),
        kind="mutants",
        name_column="mutant",
    )


def fasta(name: str, *sequences: str) -> RawTable:
    cells = pd.DataFrame({"name": [f"s{n}" for n in range(len(sequences))], "sequence": list(sequences)}, dtype=str)
    lines = np.arange(1, 2 * len(sequences) + 1, 2)
    return RawTable(FileIdentity(name, 1, ""), "fasta", cells, lines, "sequence", name_column="name")


def built(table: RawTable, *others: RawTable, **choices: str) -> Built:
    return build_mutants(table, [table, *others], ImportChoices.model_validate(choices))


def spelled(result: Built) -> list[str]:
    assert not result.problems
    return [str(value) for value in result.table.cells["sequence"]]


def test_every_notation_is_spelled_out_with_the_numbering_found() -> None:
    table = mutants("M24A", "p.Lys25Cys", "V26W:L27*", "p.[Val26Trp;Ala28Gly]", "WT", "_sy", y=list("123456"))
    result = built(table, wild_type="MKVLA")
    assert spelled(result) == ["AKVLA", "MCVLA", "MKWLG", "MKVLA", "MKVLA"]
    assert (result.wild_type, result.first_position, result.alphabet) == ("MKVLA", 24, "protein")
    assert result.table.kind == "sequences"
    assert list(result.table.cells.columns) == ["sequence", "mutant", "y"]
    assert [f.choice for f in result.findings] == ["wild_type", "first_position"]
    assert result.findings[1].value == "24"
    assert result.findings[1].evidence.startswith("6 of 6 mutants agree with the wild type")
    assert [n.sentence for n in result.notices] == [
        "1 row with a stop codon, left out: what follows the stop is not made.",
        "1 mutant named synonymous, read as the wild type.",
    ]


def test_the_wild_type_is_found_in_a_file_beside_the_table() -> None:
    result = built(mutants("A2C", "D3E"), fasta("wt.fasta", "MADK"))
    assert spelled(result) == ["MCDK", "MAEK"]
    assert result.used == ("wt.fasta",)
    two = fasta("two.fasta", "MADK", "AAAA")
    assert built(mutants("A2C"), two, wild_type="two.fasta").problems[0].where == "two.fasta"
    assert isinstance(built(mutants("A2C"), two, wild_type="twoo.fasta").problems[0], UnknownName)


def test_the_wild_type_is_found_in_a_column() -> None:
    result = built(mutants("A2C", "D3E", wt_seq=["MADK", "MADK"], y=["1", "2"]))
    assert spelled(result) == ["MCDK", "MAEK"]
    assert list(result.table.cells.columns) == ["sequence", "mutant", "y"]
    several = built(mutants("A2C", "D3E", wt_seq=["MADK", "MADKK"]))
    assert "2 wild types" in several.problems[0].what


def test_the_wild_type_is_put_together_from_mutants_that_name_every_position() -> None:
    result = built(mutants("C11A", "A10C", "D12E:E13A"))
    assert (result.wild_type, result.first_position) == ("ACDE", 10)
    assert spelled(result) == ["AADE", "CCDE", "ACEA"]
    sparse = built(mutants("A10C", "D20E"))
    assert "2 of the 11 positions from 10 to 20" in sparse.problems[0].what
    assert [f.choice for f in sparse.findings] == ["wild_type"]
    assert sparse.table.kind == "mutants"


def test_mutants_that_disagree_are_left_out_or_stop_the_import() -> None:
    names = [f"{letter}{place}C" for place, letter in enumerate("ADEFGHIKLM" * 6, 1)]
    result = built(mutants(*names, "W5A"), wild_type="ADEFGHIKLM" * 6)
    assert len(spelled(result)) == 60
    assert [(n.sentence, n.where) for n in result.notices] == [
        ("1 row whose mutant disagrees with the wild type, left out.", "line 62 of dms.csv (record W5A)")
    ]
    wrong = built(mutants("A1C", "D2C", "W3A"), wild_type="ADEF")
    assert wrong.problems[0].what == "The mutant names W at 3, but the wild type has E there (numbering from 1)."
    assert wrong.problems[0].where == "line 4 of dms.csv (record W3A)"


def test_the_first_position_can_be_corrected() -> None:
    table = mutants("A1C", "A2C")
    assert built(table, wild_type="AAA").first_position == 1
    assert spelled(built(table, wild_type="AAA", first_position="0")) == ["ACA", "AAC"]
    assert "no position" in built(table, wild_type="AAA", first_position="x").problems[0].what.replace("not a", "no")


GB1 = "MQYKLILNGKTLKGETTTEAVDAATAEKVFKQYANDNGVDGEWTYDDATKTFTVTE"


def of_sites(*sites: int, shift: int) -> RawTable:
    """All 19 mutants of each of these sites of GB1, numbered as many more as ``shift`` says."""
    acids = "ACDEFGHIKLMNPQRSTVWY"
    names = [f"{GB1[site - 1]}{site + shift}{acid}" for site in sites for acid in acids if acid != GB1[site - 1]]
    return mutants(*names)


@pytest.mark.parametrize(("site", "shift"), [(40, 226), (10, 2)])
def test_numberings_that_fit_equally_are_asked_about(site: int, shift: int) -> None:
    """D is at 22, 36, 40, 46 and 47 of GB1, K at 4, 10, 13, 28, 31 and 50."""
    result = built(of_sites(site, shift=shift), wild_type=GB1)
    places = [place for place, letter in enumerate(GB1, 1) if letter == GB1[site - 1]]
    firsts = [str(site + shift - place + 1) for place in reversed(places)]
    [problem] = result.problems
    assert f"{len(firsts)} numberings agree equally well" in problem.what
    assert all(first in problem.what for first in firsts)
    assert [(one.choice, one.value) for one in result.findings] == [("wild_type", GB1), ("first_position", "")]
    told = spelled(built(of_sites(site, shift=shift), wild_type=GB1, first_position=str(1 + shift)))
    assert all(sequence[site - 1] != GB1[site - 1] for sequence in told)


def test_of_numberings_that_fit_equally_the_one_from_1_is_used_and_the_others_told() -> None:
    result = built(of_sites(40, shift=0), wild_type=GB1)
    assert all(sequence[39] != "D" for sequence in spelled(result))
    assert result.findings[1].evidence.endswith("so they do where its first letter is -6, -5, 5 or 19")
    assert [told.sentence for told in result.notices] == [
        "5 numberings that agree equally well with the wild type (its first letter is 1, -6, -5, 5 or 19), the one "
        "from 1 used."
    ]
    assert not built(of_sites(39, 40, 41, 54, shift=226), wild_type=GB1).notices, "four sites fit in one way"


def test_sequences_that_came_with_their_mutants_tell_which_of_several_numberings_is_right() -> None:
    """T is at 16 and 18, 49 and 51, 51 and 53, 53 and 55: two sites two apart fit in four ways."""
    made = [(site, acid) for site in (51, 53) for acid in "ACEF"]
    names = [f"T{site + 226}{acid}" for site, acid in made]
    changes = [Substitution("T", site + 226, acid) for site, acid in made]
    assert first_positions(GB1, changes) == (225, 227, 229, 262)
    sequences = [GB1[: site - 1] + acid + GB1[site:] for site, acid in made]
    assert frame_of_sequences(sequences, names) == (GB1, 227)


def test_what_cannot_be_spelled_out_is_counted() -> None:
    result = built(mutants("A1C", "p.Ala1del", "D2E", "junk", "p.Asp2fs"), wild_type="AD")
    assert spelled(result) == ["CD", "AE"]
    assert [(n.sentence, n.where) for n in result.notices] == [
        ("1 row whose mutant cannot be read, left out.", "line 5 of dms.csv (record junk)"),
        ("2 rows with inserted, deleted or shifted letters, left out.", "line 3 of dms.csv (record p.Ala1del)"),
    ]
    assert result.table.lines.tolist() == [2, 4]
    assert "not a mutant" in built(mutants("x", "y", "A1C")).problems[0].what


def test_nucleotides() -> None:
    result = built(mutants("n.1G>C", "n.[2A>T;3U>C]"), wild_type="GAUC")
    assert spelled(result) == ["CAUC", "GUCC"]
    assert result.alphabet == ""


@pytest.mark.parametrize(("letters", "first"), [("MKVLA", 1), ("SIGNALMKVLA", -5), ("VLA", 3)])
def test_the_numbering_of_a_longer_or_shorter_wild_type(letters: str, first: int) -> None:
    assert first_positions(
        letters, [Substitution("V", 3, "A"), Substitution("L", 4, "A"), Substitution("A", 5, "C")]
    ) == (first,)


def test_the_frame_of_sequences_that_came_with_their_mutants() -> None:
    sequences = ["AKVLA", "MCVLA", "MKWLG"]
    assert frame_of_sequences(sequences, ["M24A", "K25C", "V26W:A28G"]) == ("MKVLA", 24)
    assert frame_of_sequences(sequences, ["M24C", "K25D", "V26E:A28E"]) is None


def test_beta_lactamase_is_put_together_as_published(shared_data: Path) -> None:
    table = read_table(shared_data / "data" / "dms_deepsequence" / "BLAT_ECOLX_Ranganathan2015.csv")
    result = built(table)
    assert (result.wild_type, result.first_position) == (BLAT, 24)
    assert result.findings[0].evidence.startswith("4,997 of 4,997 mutants agree with the wild type")
    assert result.notices == ()
    other = read_table(shared_data / "data" / "dms_blat_hsu" / "data.csv").cells
    assert frame_of_sequences(other["seq"].tolist(), other["mutant"].tolist()) == (BLAT, 24)
    same = dict(zip(result.table.cells["mutant"], spelled(result), strict=True))
    assert all(same[name] == sequence for name, sequence in zip(other["mutant"], other["seq"], strict=True))


def test_positions_that_no_mutant_names_are_asked_for_and_never_made_up() -> None:
    names = [f"{letter}{place}W" for place, letter in enumerate("MADKLIYPGRST", 3) if place != 9]
    result = built(mutants(*names))
    assert result.problems[0].what == "No mutant names the wild type's letter at 1 position of 12: 9."
    assert "`--wild-type MADKLI?PGRST`" in result.problems[0].fix
    (asked,) = result.findings
    assert (asked.choice, asked.value) == ("wild_type", "MADKLI?PGRST")
    assert result.table.kind == "mutants", "nothing is spelled out"
    left = built(mutants(*names), wild_type="MADKLI?PGRST").problems[0]
    assert left.what == "The wild type has 1 unknown letter, written ?."
    filled = built(mutants(*names), wild_type="MADKLIYPGRST")
    assert spelled(filled)[0] == "WADKLIYPGRST"
    assert (filled.wild_type, filled.first_position) == ("MADKLIYPGRST", 3)
    assert spelled(built(mutants(*names, "Y9W")))[-1] == "MADKLIWPGRST", "all are named"


@pytest.mark.slow
def test_green_fluorescent_protein_counts_from_0(shared_data: Path) -> None:
    table = read_table(shared_data / "data" / "dms_nn4dms_avgfp" / "avgfp.tsv")
    result = built(table, wild_type=AVGFP)
    assert result.first_position == 0
    assert len(result.table) == 54024 - 2310  # those with a stop codon
    assert result.findings[0].evidence.startswith("54,024 of 54,024 mutants agree")
    assert [n.count for n in result.notices] == [2310]
    alone = built(table)
    assert "2 positions of 235: 117, 118." in alone.problems[0].what, "which no mutant changes"
    assert alone.findings[0].value == AVGFP[1:117] + "??" + AVGFP[119:-1]
