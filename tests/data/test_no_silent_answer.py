"""Layouts in which an import once took a wrong answer without a word; each is read rightly now, or asked about."""

import zipfile
from pathlib import Path

import numpy as np
import pytest

from seqdl_core.data.importing import ImportChoices, Inspection, inspect
from seqdl_core.sequences.vocabulary import positive_value

RNG = np.random.default_rng(31)


def letters(count: int, length: int = 40, of: str = "ACGT") -> list[str]:
    return ["".join(of[place] for place in row) for row in RNG.integers(0, len(of), (count, length))]


DNA = letters(40)


def table(folder: Path, header: str, *columns: list[str], name: str = "table.csv") -> Path:
    rows = [",".join(row) for row in zip(DNA[: len(columns[0])], *columns, strict=True)]
    (folder / name).write_text("\n".join([f"sequence,{header}", *rows]) + "\n")
    return folder / name


def read(*files: Path, **choices: str) -> Inspection:
    return inspect(list(files), ImportChoices.model_validate(choices))


def label_of(found: Inspection, row: int) -> float:
    assert found.table is not None
    return float(found.table["label"].iloc[row])


def said(found: Inspection) -> str:
    return " ".join(one.sentence for one in found.notices)


def finding(found: Inspection, key: str) -> tuple[str, str, str]:
    [one] = [one for one in found.findings if one.key == key]
    return one.sentence, one.choice, one.value


def archive(folder: Path, *members: str) -> Path:
    with zipfile.ZipFile(folder / "data.zip", "w") as packed:
        for place, member in enumerate(members):
            records = "".join(f">s{n}\n{DNA[10 * place + n]}\n" for n in range(10))
            packed.writestr(member, records)
    return folder / "data.zip"


@pytest.mark.parametrize(
    ("members", "names"),
    [
        (("enhancer/x.fa", "silencer/y.fa"), ("enhancer", "silencer")),
        (("data/enhancer/sequences.fa", "data/silencer/sequences.fa"), ("enhancer", "silencer")),
        (("enhancer/chr1.fa", "silencer/chr2.fa", "silencer/chr3.fa"), ("enhancer", "silencer")),
        (("enhancer/chr1.fa", "silencer/chr1.fa", "enhancer/chr2.fa", "silencer/chr2.fa"), ("enhancer", "silencer")),
        (("human/enhancer.fa", "mouse/enhancer.fa", "human/silencer.fa", "mouse/silencer.fa"),
         ("enhancer", "silencer")),
        (("pos/a.fa", "neg/b.fa"), ("neg", "pos")),
    ],
)  # fmt: skip
def test_folders_of_an_archive_are_the_classes(
    tmp_path: Path, members: tuple[str, ...], names: tuple[str, str]
) -> None:
    found = read(archive(tmp_path, *members))
    assert found.info is not None
    assert found.info.label_names == names
    assert "one class" in finding(found, "label")[0]


def test_ambiguous_dna_is_no_protein_and_what_could_be_both_is_asked(tmp_path: Path) -> None:
    rows = ["".join(a if RNG.random() < 0.78 else b for a, b in zip(one, two, strict=True))
            for one, two in zip(letters(20, 60), letters(20, 60, "RYKMSWBDHVN"), strict=True)]  # fmt: skip
    labels = [str(n % 2) for n in range(20)]
    (tmp_path / "a.csv").write_text("sequence,label\n" + "\n".join(map(",".join, zip(rows, labels, strict=True))))
    found = read(tmp_path / "a.csv")
    assert found.info is not None
    assert found.info.alphabet == "dna"
    assert "20 sequences with ambiguous letters" in said(found)
    both = letters(20, 30, "ACDGHKMNRSTVWY")
    (tmp_path / "b.csv").write_text("sequence,label\n" + "\n".join(map(",".join, zip(both, labels, strict=True))))
    assert finding(read(tmp_path / "b.csv"), "alphabet") == ("These may be DNA or peptides.", "alphabet", "")
    (tmp_path / "c.csv").write_text("peptide,label\n" + "\n".join(map(",".join, zip(both, labels, strict=True))))
    assert finding(read(tmp_path / "c.csv"), "alphabet")[2] == "protein"


def test_headers_that_are_labels_and_headers_that_count(tmp_path: Path) -> None:
    (tmp_path / "a.fa").write_text("".join(f">{n % 2}\n{DNA[n]}\n" for n in range(20)))
    found = read(tmp_path / "a.fa")
    assert found.info is not None
    assert (found.info.task, label_of(found, 0), label_of(found, 1)) == ("binary", 0.0, 1.0)
    (tmp_path / "promoter.fa").write_text("".join(f">{n + 1}\n{DNA[n]}\n" for n in range(20)))
    (tmp_path / "non_tata.fa").write_text("".join(f">{n + 1}\n{DNA[20 + n]}\n" for n in range(20)))
    pair = read(tmp_path / "promoter.fa", tmp_path / "non_tata.fa")
    assert [label_of(pair, 0), label_of(pair, 20)] == [1.0, 0.0]


def test_a_sign_inside_a_name_makes_no_list(tmp_path: Path) -> None:
    one = read(table(tmp_path, "label", ["a|b", "a|c", "b|c", "d|a"] * 5))
    assert one.info is not None
    assert one.info.label_names == ("a|b", "a|c", "b|c", "d|a")
    assert "a|b is read as one name" in next(f.evidence for f in one.findings if f.key == "label")
    several = read(table(tmp_path, "label", ["a|b", "a", "b", "c", "b|c"] * 4))
    assert several.info is not None
    assert (several.info.task, several.info.targets) == ("multilabel", ("a", "b", "c"))


def test_limits_and_words_for_nothing_are_left_out_with_their_line(tmp_path: Path) -> None:
    numbers = [f"{n + 0.5}" for n in range(20)]
    found = read(table(tmp_path, "kd", ["<0.5", "n.d.", *numbers[2:]]))
    assert found.table is not None
    assert len(found.table) == 18
    [limit] = [one for one in found.notices if "limit" in one.what]
    assert (limit.count, limit.where) == (1, "line 2 of table.csv")
    whole = read(table(tmp_path, "kd", [">100", *map(str, range(1, 20))]))
    assert whole.info is not None
    assert whole.info.task == "regression"
    classes = read(table(tmp_path, "label", ["n.d.", *["pos", "neg"] * 9, "pos"]))
    assert classes.info is not None
    assert classes.info.label_names == ("neg", "pos")
    assert "left out" in said(classes)


def test_read_counts_are_no_target_unless_chosen(tmp_path: Path) -> None:
    file = table(tmp_path, "reads,length", [str(n * 7 % 31 + 3) for n in range(20)], ["40"] * 20)
    assert finding(read(file), "label")[1:] == ("label_column", "")
    assert read(file, label_column="reads", task="regression").info is not None


@pytest.mark.parametrize(("word", "asked"), [("low", True), ("enhancer", True), ("bound", False), ("control", False)])
def test_one_class_is_the_positives_only_where_its_word_says_so(tmp_path: Path, word: str, asked: bool) -> None:
    file = table(tmp_path, "label", [word] * 20)
    found = read(file)
    assert [one.value for one in found.findings if one.key == "positive"] == ([""] if asked else [])
    assert found.positives_only == (word == "bound")
    assert found.problems
    if asked:
        assert "`--positive-label`" in found.problems[0].fix
        assert read(file, positive_label=word, negatives="shuffle").info is not None


def test_a_file_called_negatives_holds_no_positives(tmp_path: Path) -> None:
    (tmp_path / "negatives.fa").write_text("".join(f">s{n}\n{DNA[n]}\n" for n in range(20)))
    found = read(tmp_path / "negatives.fa")
    assert "says that these are negatives" in found.problems[0].what
    assert not found.positives_only


@pytest.mark.parametrize("names", ["rep1,rep2", "score_1,score_2", "expression_r1,expression_r2"])
def test_replicates_become_their_mean_and_may_be_targets_of_their_own(tmp_path: Path, names: str) -> None:
    file = table(tmp_path, names, [f"{n}.5" for n in range(20)], [f"{n + 1}.5" for n in range(20)])
    found = read(file)
    assert finding(found, "label")[2] == f"mean of {names.replace(',', ', ')}"
    assert label_of(found, 0) == 1.0
    each = read(file, label_column=names.replace(",", ";"))
    assert each.info is not None
    assert each.info.targets == tuple(names.split(","))
    again = read(file, label_column=f"mean of {names.replace(',', ', ')}")
    assert label_of(again, 3) == 4.0


@pytest.mark.parametrize(
    ("negative", "positive"),
    [("unstable", "stable"), ("low", "high"), ("normal", "cancer"), ("wt", "mut"), ("absent", "present"),
     ("background", "peak"), ("control", "case"), ("susceptible", "resistant"), ("insoluble", "soluble"),
     ("Not bound", "bound"), ("low_expression", "high_expression"), ("inactive", "active"), ("-1", "1")],
)  # fmt: skip
def test_which_of_two_words_counts_as_1(negative: str, positive: str) -> None:
    assert positive_value([negative, positive]) == (positive, True)
    assert positive_value([positive, negative]) == (positive, True)


def test_a_pair_that_does_not_tell_is_told_to_be_in_doubt() -> None:
    assert positive_value(["pear", "apple"]) == ("pear", False)
    assert positive_value(["low", "medium"]) == ("medium", False)


def test_a_gene_and_its_exon_are_not_two_classes_of_one_place(tmp_path: Path) -> None:
    genome = letters(1, 2000)[0]
    (tmp_path / "g.fa").write_text(f">chr1\n{genome}\n")
    lines = ["##gff-version 3"]
    for n in range(10):
        for kind, first, last in (("gene", 1, 90), ("exon", 1, 90), ("CDS", 11, 70)):
            lines.append(f"chr1\town\t{kind}\t{150 * n + first}\t{150 * n + last}\t.\t+\t.\tID={kind}{n}")
    (tmp_path / "a.gff3").write_text("\n".join(lines) + "\n")
    found = read(tmp_path / "a.gff3", tmp_path / "g.fa", task="unlabelled")
    assert found.table is not None
    assert finding(found, "feature")[1:] == ("feature", "CDS")
    assert found.table["sequence"].iloc[0] == genome[10:70]
    assert "20 features of another type than CDS, left out." in said(found)
    every = read(tmp_path / "a.gff3", tmp_path / "g.fa", feature="(all)", window="60")
    assert every.info is not None
    assert every.info.label_names == ("CDS", "exon", "gene")


def test_positions_from_0_are_found_by_their_letters(tmp_path: Path) -> None:
    genome = letters(1, 500)[0]
    (tmp_path / "g.fa").write_text(f">chr1\n{genome}\n")
    other = {"A": "C", "C": "G", "G": "T", "T": "A"}
    for first in (0, 1):
        rows = [f"chr1,{p + first},{genome[p]},{other[genome[p]]},{p / 7:.3f}" for p in range(60, 100)]
        (tmp_path / "v.csv").write_text("Chrom,Pos,Ref,Alt,score\n" + "\n".join(rows) + "\n")
        found = read(tmp_path / "v.csv", tmp_path / "g.fa")
        assert finding(found, "counting") == (f"Positions count from {first}.", "counting", f"from {first}")
        assert found.table is not None
        assert found.table["sequence"].iloc[0] == genome[10:60] + other[genome[60]] + genome[61:111]
    rows[3] = rows[3].replace(f",{genome[63]},", f",{other[genome[63]]},", 1)
    (tmp_path / "v.csv").write_text("Chrom,Pos,Ref,Alt,score\n" + "\n".join(rows) + "\n")
    wrong = read(tmp_path / "v.csv", tmp_path / "g.fa", bad_rows="drop")
    [told] = [one for one in wrong.notices if "differs" in one.what]
    assert told.count == 1
    assert told.where.startswith("line 5 of v.csv, chr1:64 ")


def test_classes_that_no_part_can_test_are_told(tmp_path: Path) -> None:
    found = read(table(tmp_path, "label", ["a"] * 18 + ["b", "c"]))
    assert found.info is not None
    assert "2 labels without a test row (b, c)" in said(found)


def test_names_that_would_be_cut_alike_stay_apart(tmp_path: Path) -> None:
    files = [tmp_path / f"experiment_in_cells_of_the_kidney_{strand}_rep1.fa" for strand in ("plus", "minus")]
    for place, file in enumerate(files):
        file.write_text("".join(f">s{n}\n{DNA[20 * place + n]}\n" for n in range(20)))
    assert [one.short for one in read(*files).tables] == ["…_plus_…", "…_minus_…"]


def test_a_second_column_of_sequences_names_no_rows(tmp_path: Path) -> None:
    found = read(table(tmp_path, "reverse,tm", letters(20, 20), [f"{n}.5" for n in range(20)]))
    assert finding(found, "names")[2] == "(none)"
    assert finding(found, "sequences")[1:] == ("sequence_column", "sequence")
