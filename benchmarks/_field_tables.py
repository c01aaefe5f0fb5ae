"""Tables with classes, parts of a split, replicates and several sequences; plate readers and workbooks."""

from collections.abc import Iterator

from benchmarks._field_files import Make, field, lines, sheet
from benchmarks._layout_files import Layout


def layouts() -> Iterator[Layout]:
    """The layouts of this module, each with the answer that a careful person would give."""
    make = Make("ordinal")
    rows = [(make.dna(), make.pick(["low", "medium", "high"])) for i in range(45)]
    files = {"expression.csv": lines([("sequence", "expression_level"), *rows])}
    yield field("low/medium/high", files, "multiclass dna 45", label="expression_level", first=rows[0])

    make = Make("onetwo")
    rows = [(make.protein(), make.pick([1, 2])) for i in range(40)]
    files = {"train.csv": lines([("seq", "class"), *rows])}
    yield field("classes coded 1 and 2", files, "binary protein 40", label="class", first=rows[0])

    make = Make("minusone")
    rows = [(make.pick(["-1", "+1"]), f"p{i}", make.dna()) for i in range(40)]
    files = {"svm.tsv": lines([("y", "name", "site"), *rows], "\t")}
    yield field("classes -1 and +1, label first", files, "binary dna 40", label="y", first=(rows[0][2], rows[0][0]))

    make = Make("fiveclass")
    rows = [(make.protein(), i % 5) for i in range(50)]
    files = {"family.csv": lines([("sequence", "family_id"), *rows])}
    yield field("integer classes 0-4", files, "multiclass protein 50", label="family_id", first=rows[0])

    make = Make("truefalse")
    rows = [(f"E{i}", make.dna(), make.pick(["TRUE", "FALSE"])) for i in range(30)]
    files = {"enh.csv": lines([("element", "sequence", "is_enhancer"), *rows])}
    yield field("Excel booleans", files, "binary dna 30", label="is_enhancer", first=rows[0][1:])

    make = Make("reads")
    rows = [(i + 1, make.dna(40), make.random.randint(50, 90000)) for i in range(30)]
    files = {"counts.tsv": lines([("rank", "sequence", "reads"), *rows], "\t")}
    yield field("integer read counts", files, form="label_column")  # counts are a target where a person says so

    make = Make("noheader")
    rows = [(make.dna(), make.pick([0, 1])) for i in range(40)]
    files = {"data.csv": lines(rows)}
    yield field("two columns without header, comma", files, "binary dna 40", first=rows[0])

    make = Make("noheader3")
    rows = [
        (make.peptide(9, 9), make.pick(["HLA-A*02:01", "HLA-B*07:02", "HLA-A*24:02"]), make.positive(0, 1, 4))
        for i in range(40)
    ]
    files = {"mhc_binding.txt": lines(rows, " ")}
    yield field(
        "peptide, allele, affinity, blanks between, no header",
        files,
        "regression protein 40",
        first=(rows[0][0], rows[0][2]),
    )

    make = Make("seqline")
    positives = [make.dna() for _ in range(20)]
    negatives = [make.dna() for _ in range(20)]
    files = {"pos.txt": "\n".join(positives) + "\n", "neg.txt": "\n".join(negatives) + "\n"}
    yield field("one sequence a line, pos.txt and neg.txt", files, "binary dna 40", label="(file)")

    make = Make("classcsv")
    positives = [(f"A{i}", make.peptide()) for i in range(25)]
    negatives = [(f"N{i}", make.peptide()) for i in range(25)]
    files = {"AMP.csv": lines([("ID", "Sequence"), *positives]), "nonAMP.csv": lines([("ID", "Sequence"), *negatives])}
    yield field("label in the name of two CSV files", files, "binary protein 50", label="(file)")

    make = Make("three csv")
    parts = [[(make.dna(), make.pick([0, 1])) for _ in range(k)] for k in (30, 15, 15)]
    files = {
        f"{n}.csv": lines([("sequence", "label"), *x]) for n, x in zip(("train", "dev", "test"), parts, strict=False)
    }
    yield field("train.csv, dev.csv, test.csv", files, "binary dna 60", label="label", official=True)

    make = Make("setcolumn")
    rows = [
        (make.protein(), make.number(), make.pick(["Training set", "Training set", "Validation set", "Test set"]))
        for i in range(45)
    ]
    files = {"stability.csv": lines([("Sequence", "ddG (kcal/mol)", "Set"), *rows])}
    yield field(
        "Set column in words", files, "regression protein 45", label="ddG (kcal/mol)", official=True, first=rows[0][:2]
    )

    make = Make("istest")
    rows = [(make.protein(), make.number(), make.pick(["True", "False", "False"])) for i in range(45)]
    files = {"fitness.csv": lines([("sequence", "fitness", "is_test"), *rows])}
    yield field("is_test column", files, "regression protein 45", label="fitness", official=True, first=rows[0][:2])

    make = Make("fold")
    rows = [(make.dna(), make.number(), i % 5) for i in range(45)]
    files = {"expr.csv": lines([("seq", "expr", "fold"), *rows])}
    yield field("fold column 0-4", files, "regression dna 45", label="expr", official=True, first=rows[0][:2])

    make = Make("xlsx notes")
    rows = [(f"c{i}", make.dna(), float(make.number())) for i in range(25)]
    files = {
        "data.xlsx": sheet(
            {
                "README": [("This file holds the data of Figure 3.",), ("Contact: lab@uni.example",)],
                "Data": [("ID", "Sequence", "Score"), *rows],
            }
        )
    }
    yield field("xlsx with a README sheet in front", files, "regression dna 25", label="Score", first=rows[0][1:])

    make = Make("xlsx title")
    rows = [(f"c{i}", make.protein(), make.pick(["soluble", "insoluble"])) for i in range(25)]
    files = {
        "Table S1.xlsx": sheet(
            {
                "Sheet1": [
                    ("Table S1: solubility of 25 designs", None, None),
                    (None, None, None),
                    ("Design", "Amino acid sequence", "Solubility"),
                    *rows,
                ]
            }
        )
    }
    yield field(
        "xlsx with a title row and a blank row", files, "binary protein 25", label="Solubility", first=rows[0][1:]
    )

    make = Make("xlsx split")
    ones = [(make.dna(), make.pick([0, 1])) for i in range(30)]
    others = [(make.dna(), make.pick([0, 1])) for i in range(15)]
    files = {
        "benchmark.xlsx": sheet({"Train": [("sequence", "label"), *ones], "Test": [("sequence", "label"), *others]})
    }
    yield field("xlsx with sheets Train and Test", files, "binary dna 45", label="label", official=True)

    make = Make("xlsx classes")
    ones = [(f"a{i}", make.dna()) for i in range(20)]
    others = [(f"b{i}", make.dna()) for i in range(20)]
    files = {
        "elements.xlsx": sheet(
            {"Enhancers": [("name", "sequence"), *ones], "Silencers": [("name", "sequence"), *others]}
        )
    }
    yield field("xlsx with one sheet a class", files, "binary dna 40", label="sheet")

    make = Make("plate")
    rows = [
        (f"pGL{i}", make.dna(), *[float(make.positive()) for _ in range(3)], 0.0, float(make.positive(0.1, 5)))
        for i in range(24)
    ]
    rows = [(*r[:5], round(sum(r[2:5]) / 3, 3), r[6]) for r in rows]
    files = {"luciferase.csv": lines([("Construct", "Sequence", "Rep 1", "Rep 2", "Rep 3", "Mean", "SD"), *rows])}
    yield field(
        "plate reader, three replicates, mean and SD",
        files,
        "regression dna 24",
        label="Mean",
        first=(rows[0][1], rows[0][5]),
    )

    make = Make("reps")
    rows = [(make.dna(), make.number(), make.number(), make.number()) for i in range(24)]
    mean = sum(map(float, rows[0][1:])) / 3
    files = {"luc.csv": lines([("sequence", "rep1", "rep2", "rep3"), *rows])}
    yield field(
        "replicates only", files, "regression dna 24", label="mean of rep1, rep2, rep3", first=(rows[0][0], mean)
    )

    make = Make("well")
    rows = [
        (
            f"{'ABCDEF'[i // 6]}{i % 6 + 1:02d}",
            make.dna(),
            make.positive(0.1, 1.2, 3),
            make.positive(100, 50000, 1),
            make.positive(0, 900, 2),
        )
        for i in range(36)
    ]
    # OD is a control; raw GFP or normalised GFP is a choice, the normalised one is the usual
    files = {"plate_1.csv": lines([("Well", "Promoter sequence", "OD600", "GFP (a.u.)", "GFP/OD600"), *rows])}
    yield field("plate reader with wells, OD600 and GFP/OD", files, form="label_column")

    make = Make("two seq")
    rows = [(make.rna(22), make.rna(50), make.pick([0, 1])) for i in range(40)]
    files = {"mirna_targets.tsv": lines([("miRNA sequence", "target sequence", "label"), *rows], "\t")}
    yield field("miRNA and target, two sequence columns", files, form="sequence_column")

    make = Make("antibody")
    rows = [(f"mAb{i}", make.protein(118), make.protein(108), make.positive(0.1, 80)) for i in range(30)]
    files = {"antibodies.csv": lines([("Antibody", "VH", "VL", "KD (nM)"), *rows])}
    yield field("antibody heavy and light chain, KD", files, form="sequence_column")
