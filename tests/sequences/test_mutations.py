"""Mutants' names: every notation in use, and words that only look like one."""

import pytest

from seqdl_core.sequences.mutations import Substitution, is_mutant, read_mutant

A24P = (Substitution("A", 24, "P"),)
TWO = (Substitution("N", 18, "L"), Substitution("E", 22, "Y"))


@pytest.mark.parametrize("name", ["A24P", "a24p", "p.Ala24Pro", "p.(Ala24Pro)", "Ala24Pro", "NP_000240.1:p.Ala24Pro"])
def test_one_substitution(name: str) -> None:
    assert read_mutant(name).substitutions == A24P


@pytest.mark.parametrize(
    "name",
    ["N18L:E22Y", "N18L,E22Y", "N18L/E22Y", "N18L_E22Y", "N18L-E22Y", "N18L E22Y", "N18L; E22Y",
     "p.[Asn18Leu;Glu22Tyr]", "p.[N18L;E22Y]", "P12345.2:p.[Asn18Leu;Glu22Tyr]"],
)  # fmt: skip
def test_several_substitutions(name: str) -> None:
    assert read_mutant(name).substitutions == TWO


@pytest.mark.parametrize(
    ("name", "meaning"),
    [
        ("WT", "wild type"),
        ("_wt", "wild type"),
        ("wild-type", "wild type"),
        ("p.=", "wild type"),
        ("p.[=]", "wild type"),
        ("_sy", "synonymous"),
        ("p.Ala24=", "synonymous"),
        ("A24A", "synonymous"),
        ("p.Ala24del", "indel"),
        ("p.Ala24_Gly26del", "indel"),
        ("p.Lys2_Leu3insGln", "indel"),
        ("p.Arg97fs", "indel"),
        ("A24-", "indel"),
        ("c.70_72del", "indel"),
        ("c.70delinsAC", "indel"),
        ("Q2W:Q2R", "other"),
        ("", "other"),
        ("peak_17", "other"),
        ("S10", "other"),
        ("ELK1_GM12878", "other"),
        ("rs12740374", "other"),
        ("chr1", "other"),
        ("MKVLA", "other"),
    ],
)
def test_names_without_a_substitution(name: str, meaning: str) -> None:
    assert read_mutant(name).meaning == meaning
    assert read_mutant(name).substitutions == ()
    assert is_mutant(name) == (meaning != "other")


@pytest.mark.parametrize("name", ["W26*", "p.Trp26Ter", "p.Trp26*", "p.(W26*)"])
def test_a_stop(name: str) -> None:
    assert read_mutant(name).substitutions == (Substitution("W", 26, "*"),)
    assert read_mutant(name).stops


def test_nucleotides() -> None:
    mutant = read_mutant("c.[70G>C;71A>T]")
    assert mutant.nucleotides
    assert mutant.substitutions == (Substitution("G", 70, "C"), Substitution("A", 71, "T"))
    assert read_mutant("n.5A>T").substitutions == (Substitution("A", 5, "T"),)
    swapped = read_mutant("c.70_72delinsTTG").substitutions
    assert swapped == (Substitution("", 70, "T"), Substitution("", 71, "T"), Substitution("", 72, "G"))


def test_a_very_long_cell_is_no_mutant_and_takes_no_time() -> None:
    assert read_mutant("A" * 50_000_000).meaning == "other"
