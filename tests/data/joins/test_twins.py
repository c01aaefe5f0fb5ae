"""A FASTA and a CSV file of the same rows are one choice; the choices come in the order of their names."""

from pathlib import Path

from seqdl_core.data.importing import ImportChoices, inspect

SEQUENCES = ["MKWLACDEFGHIK", "MKWVACDEFGHIK", "MKYLACDEFGHIK", "MRWLACDEFGHIK"]


def written(folder: Path, name: str, parts: str) -> list[Path]:
    rows = [(letters, place / 2, "test" if part == "1" else "train") for place, (letters, part)
            in enumerate(zip(SEQUENCES, parts, strict=True))]  # fmt: skip
    (folder / f"{name}.csv").write_text(
        "sequence,target,set,validation\n" + "".join(f"{letters},{value},{part},\n" for letters, value, part in rows)
    )
    heads = (f">Sequence{place} TARGET={value} SET={part} VALIDATION=False\n{letters}\n"
             for place, (letters, value, part) in enumerate(rows))  # fmt: skip
    (folder / f"{name}.fasta").write_text("".join(heads))
    return [folder / f"{name}.fasta", folder / f"{name}.csv"]


def test_each_split_is_offered_once_and_in_order(tmp_path: Path) -> None:
    files = [*written(tmp_path, "two_vs_rest", "0011"), *written(tmp_path, "low_vs_high", "0101")]
    found = inspect(files)
    table = next(one for one in found.findings if one.key == "table")
    assert [value for value, _ in table.options] == ["", "low_vs_high.csv", "two_vs_rest.csv"]
    assert table.evidence.endswith("; 2 more say the same in another format")
    for name in ("low_vs_high.csv", "two_vs_rest.fasta"):  # either may be chosen
        chosen = inspect(files, ImportChoices(table=name))
        assert chosen.table is not None, chosen.problems
        assert set(chosen.table["source"]) == {name}


def test_files_of_one_name_that_differ_are_both_offered(tmp_path: Path) -> None:
    files = written(tmp_path, "two_vs_rest", "0011")
    files[0].write_text(files[0].read_text().replace("SET=test", "SET=train", 1))
    table = next(one for one in inspect(files).findings if one.key == "table")
    assert [value for value, _ in table.options] == ["", "two_vs_rest.csv", "two_vs_rest.fasta"]
