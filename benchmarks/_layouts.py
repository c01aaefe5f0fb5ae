"""What an import says, with no edit, about layouts that people hold and about every file of the shared data.

right     the task, labels, split and rows are those of the answer written by hand; or the answer is
          that the files do not tell, and exactly that choice is asked for; or it says that there are no sequences
form      another choice is asked for than the answer expects, so that one click leads on
wrong     something else, without asking
traceback an exception that is none of ours
"""

import os
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import benchmarks._layouts_json
import benchmarks._layouts_places
import benchmarks._layouts_tables  # noqa: F401
from benchmarks import Measurement, Row, row
from benchmarks._layout_files import LAYOUTS, Layout
from benchmarks._layouts_shared import SHARED
from seqdl_core.data.importing import Inspection, inspect
from seqdl_core.errors import SeqDLError

__all__ = ["LAYOUTS", "SHARED", "Judged", "Layout", "judge", "judge_layout", "run_layouts", "run_shared"]


@dataclass(frozen=True)
class Judged:
    """``result`` is right, form, wrong or traceback; ``why`` says what differs."""

    name: str
    result: str
    why: str = ""


def judge_layout(layout: Layout, folder: Path) -> Judged:
    """Write the files of a layout into ``folder`` and judge what is found."""
    folder.mkdir(parents=True, exist_ok=True)
    return judge(layout.name, layout.write(folder), layout.answer)


def judge(name: str, files: Sequence[Path], answer: dict[str, object]) -> Judged:
    """Inspect files without any choice and compare with the answer."""
    try:
        found = inspect(files)
    except SeqDLError as problem:
        return Judged(name, "form", f"raised: {problem}")
    except Exception as problem:  # noqa: BLE001 - that is what is counted
        return Judged(name, "traceback", repr(problem))
    if "refused" in answer:
        return _refused(name, found, str(answer["refused"]))
    if "form" in answer:
        return _asked(name, found, str(answer["form"]))
    if found.problems:
        return Judged(name, "form" if _choices(found) else "wrong", str(found.problems[0]))
    differs = [told for told in (_differs(found, key, value) for key, value in answer.items()) if told]
    return Judged(name, "wrong" if differs else "right", "; ".join(differs))


def run_layouts() -> list[Judged]:
    """All layouts, each in a folder of its own."""
    with tempfile.TemporaryDirectory() as folder:
        return [judge_layout(one, Path(folder) / str(place)) for place, one in enumerate(LAYOUTS)]


def run_shared(data: Path) -> list[Judged]:
    """Every file, or set of files that belong together, of the shared data."""
    return [judge(name, [data / file for file in files], answer) for name, files, answer in SHARED]


def measure_layouts() -> Iterator[Row]:
    """The layouts of the format survey."""
    answers = [layout.answer for layout in LAYOUTS]
    yield from _rows("layouts", run_layouts(), answers)


def measure_shared() -> Iterator[Row]:
    """The files of the shared data, which lie beside the repository or where SEQDL_DATA says."""
    data = Path(os.environ.get("SEQDL_DATA", Path(__file__).parents[2] / "shared")) / "data"
    if not data.is_dir():
        yield row("shared files: right", None, target=0.95, note=f"there is no folder {data}")
        return
    yield from _rows("shared files", run_shared(data), [answer for _, _, answer in SHARED])


def _rows(what: str, judged: Sequence[Judged], answers: Sequence[dict[str, object]]) -> Iterator[Row]:
    """Shares over all; asking is right only where the answer written by hand says that the files do not tell."""
    total = len(judged)
    asks = [one for one, answer in zip(judged, answers, strict=True) if "form" in answer]
    tell = [one for one, answer in zip(judged, answers, strict=True) if "form" not in answer]
    other = "; ".join(f"{one.name}: {one.result}, {one.why}" for one in judged if one.result != "right")
    right = sum(one.result == "right" for one in judged)
    yield row(f"{what}: right", right / total, target=0.95, note=other or f"{right} of {total}")
    plain = sum(one.result == "right" for one in tell)
    told = f"{plain} of {len(tell)} that tell all; the other {len(asks)} do not tell and must ask"
    yield row(f"{what}: right with no edit", plain / len(tell), target=0.95, note=told)
    asked = sum(one.result in ("right", "form") for one in asks)
    yield row(f"{what}: asked for what files do not tell", asked / max(len(asks), 1), target=1.0)
    for result in ("wrong", "traceback"):
        yield row(f"{what}: {result}", sum(one.result == result for one in judged), target=0, want="at most")


def _refused(name: str, found: Inspection, words: str) -> Judged:
    if found.problems and words in " ".join(str(problem) for problem in found.problems):
        return Judged(name, "right")
    if found.problems:
        return Judged(name, "form", f"refused with other words: {found.problems[0]}")
    return Judged(name, "wrong", "read as a data set")


def _asked(name: str, found: Inspection, choice: str) -> Judged:
    if not found.problems:
        return Judged(name, "wrong", "not asked")
    flag = f"`--{choice.replace('_', '-')}"
    said = " ".join(problem.fix for problem in found.problems)
    if flag in said or choice in _choices(found):
        return Judged(name, "right")
    return Judged(name, "form", f"asked otherwise: {found.problems[0]}")


def _choices(found: Inspection) -> set[str]:
    """The choices that wait for a person."""
    return {one.choice for one in found.findings if one.choice and not one.value}


def _differs(found: Inspection, key: str, expected: object) -> str:
    assert found.info is not None
    assert found.table is not None
    if key == "notice":
        told = any(str(expected) in notice.sentence for notice in found.notices)
        return "" if told else f"no notice says '{expected}'"
    if key == "column":
        return "" if expected in found.table.columns else f"no column {expected}"
    if key == "first":
        return _first_differs(found, expected)
    if key == "rows":
        value: object = len(found.table)
    elif key == "label":
        value = next((one.value for one in found.findings if one.choice == "label_column"), "")
    elif key == "official":
        value = found.info.split_way in _OFFICIAL
    elif key == "wild_type":
        value = len(found.info.wild_type)
    else:
        value = getattr(found.info, key)
    return "" if value == expected else f"{key} is {value!r} instead of {expected!r}"


def _first_differs(found: Inspection, expected: Any) -> str:
    """Whether there is a row with a sequence and its label as a person reads them."""
    assert found.info is not None
    assert found.table is not None
    sequence, *label = expected
    rows = found.table[found.table["sequence"] == sequence]
    if rows.empty:
        return f"no row has the sequence {sequence[:40]}"
    if not label:
        return ""
    first, wanted = rows.iloc[0], str(label[0])
    if found.info.task in ("residues", "unlabelled"):
        read = [str(first[column]) for column in ("residues", "structure") if column in rows.columns]
    elif found.info.task == "regression":
        read = [f"{first['label']:.9g}"]
        wanted = f"{float(wanted):.9g}"
    else:
        read = [found.info.label_names[int(first["label"])].casefold()]
        wanted = wanted.strip().removeprefix("+").removesuffix(".0").casefold()
    return "" if wanted in read else f"the label is {read} and not {wanted}"


_OFFICIAL = ("column", "files", "folds")
_FIGURES = ("right", "right with no edit", "asked for what files do not tell", "wrong", "traceback")
MEASUREMENTS = (
    Measurement(tuple(f"layouts: {figure}" for figure in _FIGURES), measure_layouts),
    Measurement(tuple(f"shared files: {figure}" for figure in _FIGURES), measure_shared),
)
