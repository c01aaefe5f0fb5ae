"""Tables as spreadsheets, R and pandas write them: separators, signs, titles, units, cells beyond a plain number."""

from collections.abc import Iterator

from benchmarks._field_files import Make, field, lines, quoted
from benchmarks._layout_files import Layout


def layouts() -> Iterator[Layout]:
    """The layouts of this module, each with the answer that a careful person would give."""
    make = Make("german")
    rows = [(i + 1, make.dna(), make.number().replace(".", ",")) for i in range(30)]
    files = {"Promotoren_2023.csv": lines([("Nr.", "Sequenz", "Aktivität"), *rows], ";", "\r\n").encode("cp1252")}
    yield field(
        "German Excel export, semicolons, decimal comma, CP-1252",
        files,
        "regression dna 30",
        label="Aktivität",
        first=(rows[0][1], rows[0][2].replace(",", ".")),
    )

    make = Make("french")
    rows = [(f"prom_{i}", make.dna(), make.positive().replace(".", ",")) for i in range(30)]
    files = {
        "séquences.csv": "\ufeff" + lines([("identifiant", "séquence", "activité relative (%)"), *rows], ";", "\r\n")
    }
    yield field(
        "French Excel export with BOM",
        files,
        "regression dna 30",
        label="activité relative (%)",
        first=(rows[0][1], rows[0][2].replace(",", ".")),
    )

    make = Make("german ja")
    rows = [(f"P{i}", make.protein(), make.pick(["ja", "nein"])) for i in range(30)]
    files = {"Loeslichkeit.csv": lines([("Name", "Proteinsequenz", "löslich"), *rows], ";", "\r\n").encode("cp1252")}
    yield field(
        "German sheet, column löslich ja/nein",
        files,
        "binary protein 30",
        label="löslich",
        first=(rows[0][1], rows[0][2]),
        label_names=("nein", "ja"),
    )

    make = Make("rtable")
    rows = [(i + 1, make.dna(), float(make.number())) for i in range(30)]
    files = {"activity.txt": quoted([("seq", "activity")], " ") + quoted([(str(i), s, v) for i, s, v in rows], " ")}
    yield field(
        "R write.table: quoted, row names, header one short",
        files,
        "regression dna 30",
        label="activity",
        first=(rows[0][1], rows[0][2]),
    )

    make = Make("rtab")
    rows = [(f"oligo{i}", make.dna(), make.number()) for i in range(30)]
    files = {"oligos.tsv": lines([("sequence", "log2FC")], "\t") + lines(rows, "\t")}
    yield field(
        "R write.table sep=tab quote=F, row names, header one short",
        files,
        "regression dna 30",
        label="log2FC",
        first=rows[0][1:],
    )

    make = Make("rcsv")
    rows = [(str(i + 1), make.dna(), float(make.number())) for i in range(30)]
    files = {"df.csv": quoted([("", "Sequence", "log2FC"), *rows])}
    yield field("R write.csv with empty row-name header", files, "regression dna 30", label="log2FC", first=rows[0][1:])

    make = Make("pandas")
    rows = [(i, make.dna(), make.pick([0, 1])) for i in range(40)]
    files = {"dataset.csv": lines([("", "sequence", "label"), *rows])}
    yield field("pandas to_csv with index", files, "binary dna 40", label="label", first=rows[0][1:])

    make = Make("unnamed")
    rows = [(i, i, make.protein(), make.number()) for i in range(30)]
    files = {"meltome.csv": lines([("", "Unnamed: 0", "protein_sequence", "tm"), *rows])}
    yield field("pandas saved twice: Unnamed: 0", files, "regression protein 30", label="tm", first=rows[0][2:])

    make = Make("yesno")
    rows = [(f"s{i}", make.dna(), make.pick(["yes", "no"])) for i in range(30)]
    files = {"emsa.tsv": "\ufeff" + lines([("Probe", "Probe sequence", "Bound?"), *rows], "\t", "\r\n")}
    yield field(
        "TSV, BOM, CRLF, bound yes/no",
        files,
        "binary dna 30",
        label="Bound?",
        first=rows[0][1:],
        label_names=("no", "yes"),
    )

    make = Make("tabcsv")
    rows = [(make.dna(), make.number()) for i in range(30)]
    files = {"library.csv": lines([("sequence", "expression"), *rows], "\t")}
    yield field("tabs inside a .csv", files, "regression dna 30", label="expression", first=rows[0])

    make = Make("trailing")
    rows = [(f"c{i}", make.dna(), make.number(), "", "", "") for i in range(25)]
    files = {
        "constructs.csv": lines(
            [("Construct", "Sequence", "Fluorescence", "", "", "")] + rows + [("",) * 6] * 5, ",", "\r\n"
        )
    }
    yield field(
        "Excel CSV with trailing empty columns and rows",
        files,
        "regression dna 25",
        label="Fluorescence",
        first=rows[0][1:3],
    )

    make = Make("hash")
    rows = [(f"c{i}", make.dna(), make.number()) for i in range(25)]
    files = {
        "screen.tsv": "# exported 2024-03-01 by lims v2.1\n# columns: id, seq, score\n#\n"
        + lines([("id", "seq", "score"), *rows], "\t")
    }
    yield field("comments at the top", files, "regression dna 25", label="score", first=rows[0][1:])

    make = Make("hashheader")
    rows = [(f"c{i}", make.dna(), make.number()) for i in range(25)]
    files = {"screen.txt": lines([("#id", "seq", "score"), *rows], "\t")}
    yield field("header line starts with #", files, "regression dna 25", label="score", first=rows[0][1:])

    make = Make("supp")
    rows = [(f"c{i}", make.dna(), make.number()) for i in range(25)]
    files = {
        "Table_S3.csv": '"Supplementary Table 3. Activity of synthetic promoters, related to Figure 2",,\n,,\n'
        + lines([("Name", "Sequence", "Mean activity"), *rows])
    }
    yield field(
        "supplementary table: title line and blank line above the header",
        files,
        "regression dna 25",
        label="Mean activity",
        first=rows[0][1:],
    )

    make = Make("ic50")
    rows = [(f"pep{i}", make.peptide(), make.positive(1, 900)) for i in range(30)]
    files = {"peptides.csv": lines([("Peptide", "Peptide sequence", "IC50 (nM)"), *rows])}
    yield field("units in headers, IC50 (nM)", files, "regression protein 30", label="IC50 (nM)", first=rows[0][1:])

    make = Make("missing")
    rows = [
        (
            f"c{i}",
            make.dna(),
            make.number() if i not in (3, 9, 14, 20, 27) else {3: "NA", 9: "-", 14: "#N/A", 20: "", 27: "n.d."}[i],
        )
        for i in range(40)
    ]
    files = {"screen.csv": lines([("id", "sequence", "activity"), *rows])}
    yield field(
        "missing values NA, -, #N/A, empty, n.d.", files, "regression dna 35", label="activity", first=rows[0][1:]
    )

    make = Make("naclass")
    rows = [(f"c{i}", make.dna(), make.pick(["active", "inactive"]) if i % 10 else "N/A") for i in range(40)]
    files = {"screen.csv": lines([("id", "sequence", "class"), *rows])}
    yield field(
        "classes with N/A cells",
        files,
        "binary dna 36",
        label="class",
        first=rows[1][1:],
        label_names=("inactive", "active"),
    )

    make = Make("gene")
    rows = [
        (make.pick(["SEPT2", "MARCH1", "TP53", "BRCA1", "MYC", "ACTB"]) + f"_{i}", make.dna(), make.positive())
        for i in range(30)
    ]
    files = {"promoters.csv": lines([("Gene", "Promoter sequence", "TPM"), *rows])}
    yield field("gene symbol, promoter sequence, TPM", files, "regression dna 30", label="TPM", first=rows[0][1:])

    make = Make("scientific")
    rows = [(make.protein(), f"{make.random.uniform(1, 9):.2f}E-0{make.random.randint(3, 9)}") for i in range(30)]
    files = {"binding.csv": lines([("AA sequence", "Kd (M)"), *rows])}
    yield field("scientific notation, Kd (M)", files, "regression protein 30", label="Kd (M)", first=rows[0])

    make = Make("thousands")
    rows = [(make.dna(), f"{make.random.uniform(1000, 90000):,.1f}") for i in range(30)]
    files = {"facs.csv": quoted([("Sequence", "MFI"), *rows])}
    yield field(
        "thousands separators in quoted cells",
        files,
        "regression dna 30",
        label="MFI",
        first=(rows[0][0], rows[0][1].replace(",", "")),
    )

    make = Make("plusminus")
    rows = [(f"v{i}", make.protein(), f"{make.positive()} ± {make.positive(0.1, 2)}") for i in range(30)]
    files = {"Table 1.csv": lines([("Variant", "Sequence", "kcat (s-1)"), *rows])}
    yield field(
        "mean ± sd in one cell",
        files,
        "regression protein 30",
        label="kcat (s-1)",
        first=(rows[0][1], rows[0][2].split()[0]),
    )

    make = Make("percent")
    rows = [(make.dna(20) + "TGG", make.positive(1, 99, 1) + "%") for i in range(30)]
    files = {"editing.csv": lines([("Guide sequence", "Indel frequency"), *rows])}
    yield field(
        "values with a percent sign",
        files,
        "regression dna 30",
        label="Indel frequency",
        first=(rows[0][0], rows[0][1][:-1]),
    )

    make = Make("censored")
    rows = [
        (
            f"AMP{i}",
            make.peptide(),
            make.pick(["2", "4", "8", "16", "32", "64", "12.5", "6.25", "3.1"]) if i % 9 else ">128",
        )
        for i in range(45)
    ]
    # a limit is no number: 5 rows left out, counted with their line
    files = {"MIC.csv": lines([("Name", "Sequence", "MIC (µg/ml)"), *rows], ",", "\r\n").encode("cp1252")}
    answer = {"label": "MIC (µg/ml)", "notice": "5 cells of MIC (µg/ml) with a limit", "first": rows[1][1:]}
    yield field("peptide MIC table with >128", files, "regression protein 40", **answer)

    make = Make("blocks")
    rows = [(f"c{i}", make.dna(60), make.number()) for i in range(24)]
    files = {
        "oligos.csv": lines(
            [("ID", "Sequence", "Activity")]
            + [(a, " ".join(s[j : j + 10] for j in range(0, 60, 10)), v) for a, s, v in rows]
        )
    }
    yield field("sequences in blocks of ten", files, "regression dna 24", label="Activity", first=rows[0][1:])

    make = Make("primer")
    rows = [(f"oligo{i}", make.dna(40), make.number()) for i in range(24)]
    files = {"oligos.csv": lines([("Oligo", "Sequence (5'-3')", "Tm")] + [(a, f"5'-{s}-3'", v) for a, s, v in rows])}
    yield field("oligos written 5'-...-3'", files, "regression dna 24", label="Tm", first=rows[0][1:])

    make = Make("newline")
    rows = [(f"c{i}", make.dna(60), make.number()) for i in range(24)]
    files = {
        "oligos.csv": "ID,Sequence,Activity\r\n" + "".join((f'{a},"{s[:30]}\n{s[30:]}",{v}\r\n' for a, s, v in rows))
    }
    yield field(
        "line breaks inside quoted sequence cells", files, "regression dna 24", label="Activity", first=rows[0][1:]
    )

    make = Make("messy classes")
    rows = [
        (f"c{i}", make.dna(), make.pick(["Positive", "positive", "Positive ", "Negative", "negative", " negative"]))
        for i in range(30)
    ]
    files = {"calls.csv": lines([("id", "sequence", "Result"), *rows])}
    yield field(
        "class words with mixed case and blanks", files, "binary dna 30", label="Result", notice="in another case"
    )
