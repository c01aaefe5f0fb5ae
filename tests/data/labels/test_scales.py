"""Tables of one measurement on unlike scales, put under each other: told, and kept apart where a column can."""

from pathlib import Path

import numpy as np

from seqdl_core.data.importing import ImportChoices, Inspection, inspect


def brought(folder: Path, scales: dict[str, float], *, column: bool = True, **choices: object) -> Inspection:
    draw = np.random.default_rng(3)
    files = []
    for name, scale in scales.items():
        rows = [("".join(draw.choice(list("ACGT"), 23)), f"{value:.4f}") for value in draw.uniform(0, scale, 60)]
        files.append(folder / f"{name}.tsv")
        lines = [f"{letters}\t{value}" + (f"\t{name}" if column else "") for letters, value in rows]
        head = "seq\tmodFreq" + ("\tdataset" if column else "")
        files[-1].write_text("\n".join([head, *lines]) + "\n")
    return inspect(files, ImportChoices.model_validate(choices))


def told(found: Inspection) -> list[str]:
    return [one.sentence for one in found.notices if "unlike" in one.sentence]


def test_tables_of_unlike_scales_are_told_and_kept_as_groups(tmp_path: Path) -> None:
    found = brought(tmp_path, {"a": 11.7, "b": 5.8, "c": 1.0})
    [sentence] = told(found)
    assert sentence.startswith("3 tables of unlike ranges of modFreq put under each other (a.tsv 0.")
    assert found.table is not None
    assert set(found.table["group"]) == {"a", "b", "c"}
    group = next(one for one in found.findings if one.key == "group")
    assert group.value == "dataset"


def test_a_choice_of_no_groups_is_obeyed(tmp_path: Path) -> None:
    found = brought(tmp_path, {"a": 11.7, "b": 1.0}, group_column="(none)")
    assert len(told(found)) == 1
    assert found.table is not None
    assert "group" not in found.table.columns


def test_tables_without_a_column_that_tells_them_apart_are_told_all_the_same(tmp_path: Path) -> None:
    found = brought(tmp_path, {"a": 11.7, "b": 1.0}, column=False)
    assert len(told(found)) == 1
    assert found.table is not None


def test_tables_of_one_scale_are_not(tmp_path: Path) -> None:
    found = brought(tmp_path, {"a": 1.3, "b": 1.0})
    assert told(found) == []
    assert found.table is not None
    assert "group" not in found.table.columns
