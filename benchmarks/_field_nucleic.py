"""Tables of DNA and RNA: reporter assays, guides, siRNA; FASTA files that say their labels in one of many ways."""

import gzip
from collections.abc import Iterator

from benchmarks._field_files import Make, fasta, field, lines, packed
from benchmarks._layout_files import Layout


def layouts() -> Iterator[Layout]:
    """The layouts of this module, each with the answer that a careful person would give."""
    make = Make("agarwal")
    header = (
        "name",
        "chr.hg38",
        "start.hg38",
        "stop.hg38",
        "str.hg38",
        "230nt sequence (15nt 5' adaptor - 200nt element - 15nt 3' adaptor)",
        "HepG2 [log2(rna/dna)]",
        "K562 [log2(rna/dna)]",
        "WTC11 [log2(rna/dna)]",
    )
    rows = [
        (
            f"ENSG000{i:05d}",
            make.pick(["chr1", "chr2", "chr7"]),
            1000 * i,
            1000 * i + 200,
            "+",
            make.dna(230),
            make.number(),
            make.number(),
            make.number(),
        )
        for i in range(30)
    ]
    files = {"supplementary_table_4.tsv": lines([header, *rows], "\t")}
    yield field(
        "lentiMPRA supplementary table, three cell types",
        files,
        "regression dna 30",
        label=";".join(header[6:]),
        first=(rows[0][5], rows[0][6]),
    )

    make = Make("mpra counts")
    rows = [
        (f"oligo{i}", make.dna(150), *[make.random.randint(50, 4000) for _ in range(4)], make.number())
        for i in range(30)
    ]
    files = {
        "mpra.tsv": lines(
            [("oligo_id", "sequence", "DNA_rep1", "DNA_rep2", "RNA_rep1", "RNA_rep2", "log2FC"), *rows], "\t"
        )
    }
    yield field("MPRA counts and log2FC", files, "regression dna 30", label="log2FC", first=(rows[0][1], rows[0][6]))

    make = Make("mpra padj")
    rows = [
        (
            f"chr1:{i}00:A:G:{'RA'[i % 2]}",
            make.dna(180),
            make.number(),
            make.positive(0.01, 0.4),
            make.positive(0, 1, 5),
            make.positive(0, 1, 5),
        )
        for i in range(30)
    ]
    files = {"GTEX_mpra.txt": lines([("ID", "sequence", "log2FoldChange", "lfcSE", "pvalue", "padj"), *rows], "\t")}
    yield field(
        "DESeq2 columns log2FoldChange, lfcSE, pvalue, padj",
        files,
        "regression dna 30",
        label="log2FoldChange",
        first=rows[0][1:3],
    )

    make = Make("starr")
    rows = [(f"chr2L_{1000 * i}_{1000 * i + 249}_+", make.dna(249), make.number(), make.number()) for i in range(24)]
    files = {
        "Sequences_Train.fa": fasta([(r[0], r[1]) for r in rows]),
        "Sequences_activity_Train.txt": lines(
            [("Dev_log2_enrichment", "Hk_log2_enrichment")] + [r[2:] for r in rows], "\t"
        ),
    }
    yield field(
        "DeepSTARR: FASTA and activity table in the same order",
        files,
        "regression dna 24",
        label="Dev_log2_enrichment;Hk_log2_enrichment",
        first=(rows[0][1], rows[0][2]),
    )

    make = Make("anderson")
    rows = [(f"BBa_J231{i:02d}", make.dna(35).lower(), make.positive(0, 1, 2)) for i in range(20)]
    files = {"anderson.csv": lines([("Identifier", "Sequence", "Measured Strength"), *rows])}
    yield field(
        "Anderson promoters, lower case",
        files,
        "regression dna 20",
        label="Measured Strength",
        first=(rows[0][1].upper(), rows[0][2]),
    )

    make = Make("rbs")
    rows = [(f"RBS{i}", make.dna(30), make.dna(60), make.positive(10, 9000)) for i in range(30)]
    # two columns of DNA
    files = {"rbs_library.csv": lines([("RBS ID", "RBS sequence", "CDS start (60 nt)", "TIR (au)"), *rows])}
    yield field("RBS sequence beside CDS start, TIR (au)", files, "regression dna 30", label="TIR (au)")

    make = Make("utr")
    rows = [(make.rna(50), make.positive(1, 9, 4), make.random.randint(100, 999)) for i in range(30)]
    files = {"egfp_unmod.csv": lines([("utr", "rl", "total_reads"), *rows])}
    yield field("5'UTR, ribosome load, total reads", files, "regression rna 30", label="rl", first=rows[0][:2])

    make = Make("sirna")
    rows = [(f"si{i}", make.rna(21), make.positive(1, 99, 1)) for i in range(30)]
    files = {"sirna.csv": lines([("siRNA", "Antisense strand (5'-3')", "Inhibition [%]"), *rows])}
    yield field(
        "siRNA antisense strand, inhibition [%]", files, "regression rna 30", label="Inhibition [%]", first=rows[0][1:]
    )

    make = Make("mageck")
    genes = ["TP53", "MYC", "EGFR", "KRAS", "RB1"]
    rows = [
        (
            make.dna(20),
            genes[i % 5],
            make.random.randint(50, 900),
            make.random.randint(50, 900),
            make.number(),
            make.positive(0, 1, 5),
            make.positive(0, 1, 5),
        )
        for i in range(40)
    ]
    files = {
        "screen.sgrna_summary.txt": lines(
            [("sgrna", "Gene", "control_mean", "treat_mean", "LFC", "p.twosided", "FDR"), *rows], "\t"
        )
    }
    yield field(
        "MAGeCK sgRNA summary with sequences as names",
        files,
        "regression dna 40",
        label="LFC",
        first=(rows[0][0], rows[0][4]),
    )

    make = Make("counts screen")
    rows = [
        (f"{genes[i % 5]}_{i}", make.dna(20), genes[i % 5], *[make.random.randint(50, 900) for _ in range(4)])
        for i in range(40)
    ]
    # counts need a fold change first
    files = {
        "count.txt": lines([("sgRNA", "sequence", "Gene", "T0_rep1", "T0_rep2", "T14_rep1", "T14_rep2"), *rows], "\t")
    }
    yield field("MAGeCK count table", files, form="label_column")

    make = Make("azimuth")
    rows = [
        (i, make.dna(25) + "GG" + make.dna(3), genes[i % 5], make.positive(0, 100), make.positive(0, 1, 4))
        for i in range(40)
    ]
    files = {"FC_RES.csv": lines([("", "30mer", "Target gene", "Percent Peptide", "score_drug_gene_rank"), *rows])}
    yield field(
        "Azimuth 30mer table", files, "regression dna 40", label="score_drug_gene_rank", first=(rows[0][1], rows[0][4])
    )

    make = Make("deephf")
    rows = [(make.dna(21), make.positive(0, 1, 4), make.positive(0, 1, 4), make.positive(0, 1, 4)) for i in range(40)]
    files = {"deephf.csv": lines([("21mer", "Wt_Efficiency", "eSpCas 9_Efficiency", "SpCas9-HF1_Efficiency"), *rows])}
    yield field(
        "DeepHF: 21mer and three enzymes",
        files,
        "regression dna 40",
        label="Wt_Efficiency;eSpCas 9_Efficiency;SpCas9-HF1_Efficiency",
        first=rows[0][:2],
    )

    make = Make("guide pam")
    rows = [
        (
            f"g{i}",
            genes[i % 5],
            "chr17",
            7570000 + 31 * i,
            "+-"[i % 2],
            make.dna(20),
            make.pick("ACGT") + "GG",
            make.positive(0, 100, 1),
        )
        for i in range(40)
    ]
    files = {
        "guides.csv": lines(
            [("Name", "Gene", "Chromosome", "Position", "Strand", "Sequence", "PAM", "On-Target Score"), *rows]
        )
    }
    yield field(
        "Benchling guide table", files, "regression dna 40", label="On-Target Score", first=(rows[0][5], rows[0][7])
    )

    make = Make("plant")
    rows = [
        (make.pick(["train", "train", "test"]), make.pick(["At", "Zm"]), f"AT1G{i:05d}", make.dna(170), make.number())
        for i in range(40)
    ]
    files = {"CNN_train_leaf.tsv": lines([("set", "sp", "gene", "sequence", "enrichment"), *rows], "\t")}
    yield field(
        "promoter table with set, species and gene",
        files,
        "regression dna 40",
        label="enrichment",
        official=True,
        first=rows[0][3:],
    )

    make = Make("deepsea")
    rows = [(make.dna(100), *[make.pick([0, 0, 1]) for _ in range(4)]) for i in range(40)]
    files = {"chromatin.csv": lines([("sequence", "CTCF", "DNase", "H3K27ac", "H3K4me3"), *rows])}
    yield field("several 0/1 columns", files, "multilabel dna 40", label="CTCF;DNase;H3K27ac;H3K4me3")

    make = Make("semicolon labels")
    places = ["nucleus", "cytoplasm", "membrane"]
    rows = [
        (f"R{i}", make.rna(80), ";".join(sorted(make.random.sample(places, make.random.randint(1, 2)))))
        for i in range(40)
    ]
    files = {"rna_localisation.tsv": lines([("ID", "Sequence", "Location"), *rows], "\t")}
    yield field("several classes in one cell", files, "multilabel rna 40", label="Location")

    make = Make("group family")
    rows = [(f"URS{i}", make.rna(90), make.pick(["tRNA", "miRNA", "snoRNA", "5S_rRNA"])) for i in range(40)]
    files = {"ncrna.csv": lines([("rna_id", "rna_sequence", "rna_type"), *rows])}
    yield field("ncRNA family", files, "multiclass rna 40", label="rna_type", first=rows[0][1:])

    make = Make("fa")
    rows = [(f"seq{i}", make.dna(), make.pick(["enhancer", "promoter", "exon"])) for i in range(45)]
    files = {"elements.fa": fasta([(f"{a}\t{c}", s) for a, s, c in rows], 50)}
    yield field("FASTA, class after a tab", files, "multiclass dna 45", first=rows[0][1:])
    files = {"elements.fa": fasta([(f"{a} class={c}", s) for a, s, c in rows])}
    yield field("FASTA, class=...", files, "multiclass dna 45", label="class", first=rows[0][1:])
    files = {"elements.fasta": fasta([(f"{c}_{i}", s) for i, (a, s, c) in enumerate(rows)])}
    yield field("FASTA, class is the first part of an underscored name", files, "multiclass dna 45", first=rows[0][1:])
    measured = [(f"gene{i}", make.dna(), make.number()) for i in range(40)]
    files = {"promoters.fa": fasta([(f"{a} expression={v} len=60", s) for a, s, v in measured], 30, "\r\n")}
    yield field(
        "FASTA, expression=number in the header", files, "regression dna 40", label="expression", first=measured[0][1:]
    )
    files = {"promoters.fa": fasta([(f"{a}|{v}", s) for a, s, v in measured])}
    yield field("FASTA, |value at the end", files, "regression dna 40", first=measured[0][1:])
    files = {
        "seqs.fasta": fasta([(a, s) for a, s, v in measured], 60),
        "labels.csv": lines([("id", "activity"), *[(a, v) for a, s, v in reversed(measured)][:-2]]),
    }
    yield field(
        "FASTA and labels.csv joined by id, other order, two ids missing", files, "regression dna 38", label="activity"
    )
    genes_tpm = [(f"AT1G{10000 + 10 * i}", make.dna(), make.positive(0, 300)) for i in range(40)]
    files = {
        "promoters.fa": fasta([(f"{a} | upstream 60 bp | chr1", s) for a, s, v in genes_tpm]),
        "tpm.tsv": lines([("gene_id", "TPM")] + [(a, v) for a, s, v in genes_tpm], "\t"),
    }
    yield field(
        "gene promoters FASTA (with description) and expression matrix",
        files,
        "regression dna 40",
        label="TPM",
        first=genes_tpm[0][1:],
    )
    files = {
        f"{a}_{b}.fa": fasta([(f"{a}{b}{i}", make.dna()) for i in range(15)])
        for a in ("train", "test")
        for b in ("positive", "negative")
    }
    yield field("train/test x positive/negative FASTA", files, "binary dna 60", label="(file)", official=True)
    files = {
        "dataset.zip": packed(
            {
                "dataset/.DS_Store": b"\x00\x00\x00\x01Bud1",
                **{
                    f"dataset/{c}/{c}_{i}.fa": fasta([(f"{c}_{i}", make.dna())])
                    for c in ("enhancer", "silencer")
                    for i in range(20)
                },
                "__MACOSX/dataset/._enhancer": b"\x00\x05\x16\x07\x00\x02\x00\x00Mac OS X",
            }
        )
    }
    yield field("folders per class in a zip from macOS", files, "binary dna 40", label="(file)")
    files = {
        "hg.zip": packed(
            {
                f"hg/{s}/{c}/{i}.txt": make.dna(100)
                for s, k in (("train", 12), ("test", 8))
                for c in ("positive", "negative")
                for i in range(k)
            }
        )
    }
    yield field(
        "train/ and test/ folders with class folders of txt", files, "binary dna 40", label="(file)", official=True
    )
    reads = [(f"@M00123:45:000000000-ABCDE:1:1101:{1000 + i}:2000 1:N:0:1", make.dna(75)) for i in range(40)]
    files = {
        "sample_R1_001.fastq.gz": gzip.compress(
            "".join((f"{h}\n{s}\n+\n{'I' * 75}\n" for h, s in reads)).encode(), mtime=0
        )
    }
    yield field("gzipped FASTQ", files, "unlabelled dna 40", first=(reads[0][1],))
    transcripts = [
        (
            f"ENST00000{i:06d}.1 cdna chromosome:GRCh38:{i % 22 + 1}:{1000 * i}:{1000 * i + 300}:1 "
            f"gene:ENSG00000{i:06d}.2 gene_biotype:{make.pick(['protein_coding', 'lncRNA'])} gene_symbol:G{i}",
            make.dna(300),
        )
        for i in range(30)
    ]
    # gene_biotype could be a label, nothing says so
    files = {"Homo_sapiens.GRCh38.cdna.fa": fasta(transcripts, 60)}
    yield field("Ensembl cDNA FASTA", files, form="task")
