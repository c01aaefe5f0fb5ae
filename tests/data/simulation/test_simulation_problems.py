"""Problems of a simulation's settings, each beside the setting that it is about."""

from typing import Any

import pytest

from seqdl_core.config import parse
from seqdl_core.data.simulation.problems import problems_of
from seqdl_core.data.simulation.rules import Simulation
from seqdl_core.data.simulation.simulate import simulate_by
from seqdl_core.errors import SeqDLError

WRONG = [
    ({"spacing": "gap -3"}, "spacing"),
    ({"copies": "0"}, "copies"),
    ({"motifs": "ACGTZ"}, "motifs"),
    ({"motifs": ""}, "motifs"),
    ({"motifs": "ELK1, ELK1"}, "motifs"),
    ({"sequences": 0}, "sequences"),
    ({"sequences": ""}, "sequences"),
    ({"motifs": "LONG=ACGTACGTACGTACGTAA", "length": 10}, "length"),
    ({"logic": "ELK1 or"}, "logic"),
    ({"logic": "ELK1 or not ELK1"}, "logic"),
    ({"orientation": "convergent", "alphabet": "rna"}, "orientation"),
    ({"misplaced_decoys": True}, "misplaced_decoys"),
    ({"background": "gc"}, "background"),
    ({"composition": "0.3, 0.7"}, "composition"),
    ({"composition": "a, b"}, "composition"),
    ({"noise": -1}, "noise"),
]


@pytest.mark.parametrize(("values", "name"), WRONG)
def test_what_cannot_be_simulated_is_said_beside_its_setting(values: dict[str, Any], name: str, tmp_path: Any) -> None:
    (problem,) = problems_of(values).values()
    assert list(problems_of(values)) == [name]
    assert all(problem.parts().values()), problem.parts()
    with pytest.raises(SeqDLError):
        simulate_by(tmp_path / "made", parse(Simulation, values))


def test_all_problems_are_said_at_once() -> None:
    assert problems_of({"spacing": "x", "copies": "x", "logic": "x", "length": 1}).keys() == {
        "spacing", "copies", "logic", "length",
    }  # fmt: skip


@pytest.mark.parametrize(
    "values",
    [{}, {"spacing": "2-4", "order": "fixed", "logic": "elk1 AND NOT srf", "misplaced_decoys": True, "copies": "1-2"}],
)
def test_what_can_be_simulated_has_no_problem(values: dict[str, Any]) -> None:
    assert not problems_of(values)
    assert not problems_of({**values, "background": "gc"}, given=True)
