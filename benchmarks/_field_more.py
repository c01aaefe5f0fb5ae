"""Layouts written after the first ones were right, to see what is left over: 23 of 32 were right when first run."""

from collections.abc import Iterator

from benchmarks._field_files import THREE, Make, fasta, field, lines, packed, sheet
from benchmarks._layout_files import Layout


def layouts() -> Iterator[Layout]:
    """The layouts of this module, each with the answer that a careful person would give."""

    make = Make("2a")
    rows = [(f"HUMAN_{i}", make.protein(60), make.pick(["Soluble", "Aggregating"])) for i in range(30)]
    files = {"aggregation.csv": lines([("Clone ID", "Protein Seq", "Phenotype"), *rows], ";")}
    yield field(
        "Excel class sheet with phenotype column", files, "binary protein 30", label="Phenotype", first=rows[0][1:]
    )
    rows = [
        (i, f"chr{i % 5 + 1}", 1000 * i, 1000 * i + 100, make.dna(100), make.pick(["open", "closed"]))
        for i in range(40)
    ]
    files = {"atac.csv": lines([("", "chr", "start", "end", "sequence", "accessibility"), *rows])}
    yield field(
        "ATAC table with coordinates and sequence",
        files,
        "binary dna 40",
        label="accessibility",
        first=(rows[0][4], rows[0][5]),
    )
    rows = [(f"oligo_{i:04d}", make.dna(110), make.number(), make.number(), make.positive(0, 1, 3)) for i in range(30)]
    files = {"starr.tsv": lines([("name", "oligo sequence", "log2FC_DMSO", "log2FC_Dex", "pval"), *rows], "\t")}
    yield field(
        "STARR-seq, two conditions and a p-value",
        files,
        "regression dna 30",
        label="log2FC_DMSO;log2FC_Dex",
        first=rows[0][1:3],
    )
    rows = [(f"g{i}", make.dna(20), make.pick(["AGG", "TGG", "CGG"]), make.positive(0, 1, 3)) for i in range(30)]
    files = {"cas9.tsv": lines([("guide_id", "protospacer", "PAM", "indel_rate"), *rows], "\t")}
    yield field(
        "guides: protospacer, PAM, indel rate",
        files,
        "regression dna 30",
        label="indel_rate",
        first=(rows[0][1], rows[0][3]),
    )
    rows = [(make.dna(24), make.dna(24), make.positive(0, 1, 4)) for i in range(30)]
    files = {"offtarget.csv": lines([("On", "Off", "Activity"), *rows])}
    yield field("off-targets: on and off sequences", files, "regression dna 30", label="Activity")
    rows = [(f"P{i}", make.protein(50), make.random.randint(20, 95)) for i in range(35)]
    files = {"nanobody_tm.xlsx": sheet({"Tabelle1": [("Nanobody", "Sequenz", "Tm [°C]"), *rows]})}
    yield field("integer Tm", files, "regression protein 35", label="Tm [°C]", first=rows[0][1:])
    rows = [(f"A{i}", make.peptide(8, 20), make.pick(["Gram+", "Gram-", "Gram+/Gram-", "Fungi"])) for i in range(40)]
    files = {"amp_targets.csv": lines([("APD ID", "Sequence", "Activity class"), *rows])}
    yield field("AMP activity classes", files, "multiclass protein 40", label="Activity class")
    rows = [(make.peptide(9, 9), make.random.choice([0, 1])) for i in range(40)]
    files = {"train.txt": "peptide immunogenicity\n" + lines(rows, " ")}
    yield field(
        "whitespace peptides 0/1 with header", files, "binary protein 40", label="immunogenicity", first=rows[0]
    )
    rows = [
        (f"tr|A0A{i:03d}|A0A{i:03d}_ECOLI Uncharacterized OS=Escherichia coli OX=562 PE=4 SV=1", make.protein(60))
        for i in range(20)
    ]
    reviewed = [
        (f"sp|Q{i:05d}|X{i}_ECOLI Porin OS=Escherichia coli OX=562 GN=x{i} PE=1 SV=1", make.protein(60))
        for i in range(20)
    ]
    files = {"membrane.fasta": fasta(rows, 60), "cytoplasmic.fasta": fasta(reviewed, 60)}
    yield field("two UniProt FASTA: membrane.fasta, cytoplasmic.fasta", files, "binary protein 40", label="(file)")
    wild = make.protein(60)
    mutants = make.mutants(wild, 36)
    files = {
        "dms.csv": lines(
            [("wt_sequence", "mutation", "fitness")] + [(wild, f"{a}{p}{b}", make.number()) for a, p, b in mutants]
        )
    }
    yield field(
        "DMS: mutation_effect_prediction with wt_sequence column", files, "regression protein 36", label="fitness"
    )
    scores = [(f"{a}{p}{b}", make.number(), make.number(), make.number()) for a, p, b in mutants]
    files = {
        "VIM2.csv": lines([("variant", "score_AMP", "score_CTX", "score_MEM"), *scores]),
        "VIM2.fa": fasta([("VIM2", wild)], 60),
    }
    yield field(
        "DMS: variant with three conditions, FASTA",
        files,
        "regression protein 36",
        label="score_AMP;score_CTX;score_MEM",
    )
    # score or class
    files = {
        "ref.fasta": fasta([("ref", wild)]),
        "clin.tsv": lines(
            [("Protein change", "Functional score", "Class")]
            + [(f"{THREE[a]}{p}{THREE[b]}", make.number(), make.pick(["LOF", "FUNC"])) for a, p, b in mutants],
            "\t",
        ),
    }
    yield field("DMS three-letter AA, tab, FASTA first", files, form="label_column")
    rows = [(f"u{i}", make.rna(50), make.positive(0, 9)) for i in range(30)]
    files = {
        "rna_half_life.csv": lines(
            [("transcript", "3utr_sequence", "half_life_h")] + [(a, s.replace("U", "T"), v) for a, s, v in rows]
        )
    }
    yield field("RNA written with T, file says RNA", files, "regression dna 30", label="half_life_h")
    rows = [
        (
            f"s{i}",
            make.dna(80),
            ",".join(sorted(make.random.sample(["liver", "brain", "heart"], make.random.randint(1, 3)))),
        )
        for i in range(40)
    ]
    files = {"tissue.csv": "id,sequence,tissues\n" + "".join((f'{a},{s},"{t}"\n' for a, s, t in rows))}
    yield field("multi-label comma list quoted", files, "multilabel dna 40", label="tissues")
    rows = [(f"s{i}", make.protein(60), make.pick(["EC 1", "EC 2", "EC 3"])) for i in range(45)]
    files = {"ec.tsv": lines([("entry", "sequence", "ec_class"), *rows], "\t")}
    yield field("EC classes", files, "multiclass protein 45", label="ec_class", first=rows[0][1:])
    rows = [(f"s{i}", make.dna(60), make.pick([0, 1]), make.pick(["train", "test", "train"])) for i in range(40)]
    files = {"bench.csv": lines([("id", "seq", "y", "usage"), *rows])}
    yield field("train/test column called usage", files, "binary dna 40", label="y", official=True, first=rows[0][1:3])
    rows = [(f"s{i}", make.dna(60), make.number(), make.pick(["TRUE", "FALSE"])) for i in range(40)]
    files = {"bench.csv": lines([("id", "seq", "expression", "train"), *rows])}
    yield field(
        "column train TRUE/FALSE", files, "regression dna 40", label="expression", official=True, first=rows[0][1:3]
    )
    files = {
        "data.zip": packed(
            {
                f"data\\{c}\\{i}.fasta": fasta([(f"{c}{i}", make.dna())])
                for c in ("positives", "negatives")
                for i in range(15)
            }
        )
    }
    yield field("Windows file names in zip with positives/negatives folders", files, "binary dna 30", label="(file)")
    rows = [(f"id{i}", make.dna(60), make.pick(["1", "0", "NA"])) for i in range(60)]
    known = sum(r[2] != "NA" for r in rows)
    files = {"binding.csv": lines([("id", "sequence", "bound"), *rows])}
    yield field("0/1 labels with a third NA", files, f"binary dna {known}", label="bound")
    rows = [(f"mut{i}", make.protein(60), f"{make.random.uniform(-3, 3):+.2f}") for i in range(30)]
    files = {"ddg.csv": lines([("variant_name", "sequence", "ddG"), *rows])}
    yield field("plus signs before numbers", files, "regression protein 30", label="ddG", first=rows[0][1:])
    rows = [(f"mut{i}", make.protein(60), f"{make.random.uniform(-3, 3):.2f}".replace("-", "−")) for i in range(30)]
    files = {"ddg.csv": lines([("variant_name", "sequence", "ddG"), *rows])}
    yield field(
        "Unicode minus from a PDF table",
        files,
        "regression protein 30",
        label="ddG",
        first=(rows[0][1], rows[0][2].replace("−", "-")),
    )
    rows = [(f"mut{i}", make.protein(60), f"{make.positive()} nM") for i in range(30)]
    files = {"kd.csv": lines([("Binder", "Sequence", "Kd"), *rows])}
    yield field(
        "values with their unit in the cell",
        files,
        "regression protein 30",
        label="Kd",
        first=(rows[0][1], rows[0][2].split()[0]),
    )
    rows = [(f"mut{i}", make.protein(60), make.positive() + ("*" if i % 5 == 0 else "")) for i in range(30)]
    # a star may mean anything
    files = {"kd.csv": lines([("Binder", "Sequence", "Kd (nM)"), *rows])}
    yield field("footnote stars behind numbers", files, form="bad_rows")
    rows = [(f"mut{i}", make.protein(60), make.positive()) for i in range(30)]
    # a row without a sequence is a slip or a sum
    files = {"kd.csv": lines([("Binder", "Sequence", "Kd (nM)"), *rows]) + "Average,,41.2\n"}
    yield field("total row at the bottom", files, form="bad_rows")
    files = {"kd.csv": lines([("Binder", "Sequence", "Kd (nM)"), *rows]) + ',,\n"* measured by BLI, n = 3",,\n'}
    yield field("footnotes below the table", files, form="bad_rows")
    files = {"kd.csv": "Binder,Sequence,Kd,Tm\n,,(nM),(°C)\n" + lines([(*r, make.positive()) for r in rows])}
    yield field("two header rows, units in the second", files, form="label_column")
    rows = [(f"p{i}", make.dna(60), make.number(), make.number()) for i in range(30)]
    files = {"x.csv": lines([("id", "promoter", "E. coli", "B. subtilis"), *rows])}
    yield field("promoter activity in two species, no alike names", files, form="label_column")
    genome = make.genome()
    regions = make.regions(genome, 30)
    contigs = fasta(list(genome.items()), 60)
    files = {
        "peaks.bed": lines(
            [("#chrom", "start", "end", "log2fc")] + [(*r, make.number()) for r in regions], "\t", "\r\n"
        ),
        "genome.fa": contigs,
    }
    yield field("BED with CRLF and header line", files, "regression dna 30", label="log2fc")
    files = {
        "peaks.csv": lines(
            [("Chromosome", "Start", "End", "H3K27ac")] + [(c[3:], s, e, make.positive()) for c, s, e in regions]
        ),
        "genome.fa": contigs,
    }
    yield field("csv intervals with numbers and no chr prefix", files, "regression dna 30", label="H3K27ac")
    files = {
        "deseq.csv": lines(
            [("peak_id", "baseMean", "log2FoldChange", "lfcSE", "stat", "pvalue", "padj")]
            + [
                (
                    f"{c}:{s + 1}-{e}",
                    make.positive(),
                    make.number(),
                    make.positive(),
                    make.number(),
                    make.positive(0, 1, 4),
                    make.positive(0, 1, 4),
                )
                for c, s, e in regions
            ]
        ),
        "genome.fa": contigs,
    }
    yield field("DESeq2 results for peaks", files, "regression dna 30", label="log2FoldChange")
    files = {"p.fa": fasta([(f"gene{i} [class={make.pick(['TATA', 'CpG'])}]", make.dna()) for i in range(40)])}
    yield field("GTF-free gene promoters: headers with class in brackets", files, "binary dna 40")
    files = {
        "p.fa": fasta([(f"gene{i};label={i % 2};split={make.pick(['train', 'test'])}", make.dna()) for i in range(40)])
    }
    yield field("FASTA label=..; split=..", files, "binary dna 40", official=True)
    files = {"p.fa": fasta([(f"gene{i}\t{make.number()}", make.dna()) for i in range(40)])}
    yield field("FASTA header: id, tab, number", files, "regression dna 40")
    files = {"p.fa": fasta([(f"gene{i} {make.number()} {make.number()}", make.dna()) for i in range(40)])}
    yield field("FASTA header: id blank float blank float", files, form="task")
    files = {"all.fa": fasta([(f"{('positive' if i % 2 else 'negative')}_{i}", make.dna()) for i in range(40)])}
    yield field("one FASTA, positive_1 ... negative_1", files, "binary dna 40")
    files = {
        "query.a3m": fasta(
            [("query", wild)] + [(f"UniRef_{i}", "".join(make.pick([c, c, c, "-"]) for c in wild)) for i in range(25)]
        )
    }
    yield field("A3M alignment", files, "unlabelled protein 26")
    rows = [
        (f"AB{i:03d}", make.protein(110), make.protein(105), make.pick(["binder", "non-binder"])) for i in range(30)
    ]
    files = {"abs.csv": lines([("id", "heavy_chain", "light_chain", "outcome"), *rows])}
    yield field("heavy and light with class", files, form="sequence_column")
    rows = [(make.peptide(9, 9), "A*02:01", make.positive(1, 50000, 1)) for i in range(30)]
    files = {
        "mhc.csv": lines(
            [("peptide", "allele", "measurement_inequality", "measurement_value")]
            + [(a, b, "=", v) for a, b, v in rows]
        )
    }
    yield field(
        "IC50 peptide MHC with inequality column",
        files,
        "regression protein 30",
        label="measurement_value",
        first=(rows[0][0], rows[0][2]),
    )
    rows = [(f"R{i}", make.rna(40), "".join(make.random.choices("EHILMBSX", k=40))) for i in range(25)]
    files = {"loops.csv": lines([("id", "sequence", "predicted_loop_type"), *rows])}
    yield field("bpRNA loop types per letter in CSV", files, "residues rna 25")
