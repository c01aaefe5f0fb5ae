"""The logic: every combination of motifs on the right side, and what cannot be read is said with its place."""

from itertools import product

import pytest

from seqdl_core.data.simulation.grammar import read_rule
from seqdl_core.errors import ConfigError

NAMES = ["ELK1", "SRF", "TFAP2A(var.2)"]


@pytest.mark.parametrize(
    ("text", "meaning"),
    [
        ("ELK1", lambda a, b, c: a),
        ("elk1 AND srf", lambda a, b, c: a and b),
        ("ELK1 or SRF and TFAP2A(var.2)", lambda a, b, c: a or (b and c)),
        ("(ELK1 or SRF) and TFAP2A(var.2)", lambda a, b, c: (a or b) and c),
        ("not ELK1 and SRF", lambda a, b, c: (not a) and b),
        ("not (ELK1 and SRF)", lambda a, b, c: not (a and b)),
        ("not not ELK1", lambda a, b, c: a),
        ("!ELK1|SRF&!TFAP2A(var.2)", lambda a, b, c: (not a) or (b and not c)),
        ("ELK1 and SRF and TFAP2A(var.2)", lambda a, b, c: a and b and c),
    ],
)
def test_the_truth_table(text: str, meaning: object) -> None:
    rule = read_rule(text, NAMES)
    for present in product((False, True), repeat=3):
        assert rule.holds(present) == meaning(*present), present
    true, false = rule.sorted_out(3)
    assert set(true) | set(false) == set(product((False, True), repeat=3))
    assert all(meaning(*one) for one in true)
    assert not any(meaning(*one) for one in false)


@pytest.mark.parametrize(
    ("text", "said", "place"),
    [
        ("", "a motif is missing at the end", 1),
        ("ELK1 and", "a motif is missing at the end", 9),
        ("and ELK1", "expected a motif before 'and'", 1),
        ("ELK1 SRF", "expected 'and' or 'or' here", 6),
        ("(ELK1 or SRF", "this bracket is not closed", 1),
        ("ELK1)", "expected 'and' or 'or' here", 5),
        ("ELK1 and ()", "expected a motif before ')'", 11),
        ("(" * 200 + "ELK1" + ")" * 200, "more than 50 levels", 52),
        ("ELK1 xor SRF", "no motif called 'xor'", 6),
        ("ELK11", "no motif called 'ELK11'", 1),
        ("ELK1; import os", "no motif called ';'", 5),
        ("__import__('os')", "no motif called '_'", 1),
    ],
)
def test_what_cannot_be_read(text: str, said: str, place: int) -> None:
    with pytest.raises(ConfigError) as caught:
        read_rule(text, NAMES)
    assert said in caught.value.what
    assert caught.value.where == f"logic, place {place}"
    assert caught.value.fix
