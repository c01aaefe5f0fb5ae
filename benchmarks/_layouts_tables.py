"""Layouts of FASTA files and of training tables."""

from pathlib import Path

from benchmarks._layout_files import classes, dna, fasta, layout, named, numbers, packed, protein, rna, table

BINARY = {"task": "binary", "alphabet": "dna", "rows": 40}


@layout("iLearn: >id|label|split", **BINARY, split_way="column", counts={"train": 30, "test": 10})
def _ilearn(folder: Path) -> list[Path]:
    titles = [f"s{n}|{n % 2}|{'testing' if n >= 30 else 'training'}" for n in range(40)]
    return [fasta(folder / "data.fasta", titles, dna())]


@layout("iLearn: >id|label", **BINARY, label="label", split_way="stratified")
def _ilearn_without_split(folder: Path) -> list[Path]:
    return [fasta(folder / "data.fasta", [f"s{n}|{n % 2}" for n in range(40)], dna())]


@layout("autoBioSeqpy: one file a class and part", **BINARY, split_way="files", counts={"train": 20, "test": 20})
def _autobioseqpy(folder: Path) -> list[Path]:
    names = ("train_pos.txt", "train_neg.txt", "test_pos.txt", "test_neg.txt")
    return [fasta(folder / name, named(10, name[:8]), dna(10)) for name in names]


@layout("DragoNN: positives and negatives", **BINARY, label="(file)", label_names=("neg", "pos"))
def _dragonn(folder: Path) -> list[Path]:
    return [fasta(folder / name, named(20, name[:3]), dna(20)) for name in ("pos.fa", "neg.fa")]


@layout("BioAutoML: one file a class", **BINARY | {"alphabet": "rna"}, label="(file)")
def _bioautoml(folder: Path) -> list[Path]:
    return [fasta(folder / name, named(20, name[:2]), rna(20)) for name in ("miRNA.fasta", "pre_miRNA.fasta")]


@layout(
    "genomic-benchmarks-qc: file stem is the class", **BINARY, label="(file)", label_names=("negatives", "positives")
)
def _stems(folder: Path) -> list[Path]:
    return [fasta(folder / f"G4_{word}.fasta", named(20, word), dna(20)) for word in ("positives", "negatives")]


@layout("pysster: class_0 to class_2", task="multiclass", alphabet="rna", rows=60, label="(file)")
def _pysster(folder: Path) -> list[Path]:
    return [fasta(folder / f"class_{n}.fasta", named(20, f"c{n}_"), rna(20)) for n in range(3)]


@layout("pysster: >0,2", task="multilabel", alphabet="rna", rows=40, targets=("0", "1", "2"))
def _pysster_multilabel(folder: Path) -> list[Path]:
    return [fasta(folder / "data.fasta", classes(40, "0,2", "1", "0", "1,2", "0,1,2"), rna())]


@layout("pysster: sequence and dot-bracket", task="binary", alphabet="rna", rows=40, column="structure")
def _structures(folder: Path) -> list[Path]:
    made = []
    for name in ("pos.fa", "neg.fa"):
        rows = [f">{name[:3]}{n}\n{s}\n{'(' * 10}{'.' * 40}{')' * 10}" for n, s in enumerate(rna(20))]
        (folder / name).write_text("\n".join(rows) + "\n")
        made.append(folder / name)
    return made


@layout("DeepMicrobes: >label|0|species", task="multiclass", alphabet="dna", rows=42)
def _deepmicrobes(folder: Path) -> list[Path]:
    species = ("Abiotrophia defectiva", "Bacillus subtilis", "Clostridium butyricum")
    titles = [f"label|{n % 3}|{species[n % 3]}" for n in range(42)]
    return [fasta(folder / "train.fa", titles, dna(42, 150))]


@layout(
    "biotrainer: TARGET= SET= VALIDATION=", task="multiclass", alphabet="protein", rows=45, split_way="column",
    label_names=("Glob", "SP", "TM"), counts={"train": 24, "validation": 6, "test": 15},
)  # fmt: skip
def _biotrainer(folder: Path) -> list[Path]:
    titles = []
    for n in range(45):
        part = "test" if n >= 30 else "train"
        titles.append(f"Seq{n} TARGET={('Glob', 'SP', 'TM')[n % 3]} SET={part} VALIDATION={24 <= n < 30}")
    return [fasta(folder / "sequences.fasta", titles, protein(45))]


@layout("FLIP: numbers in FASTA headers", task="regression", alphabet="protein", rows=40, split_way="column")
def _flip_fasta(folder: Path) -> list[Path]:
    titles = [
        f"Sequence{n} TARGET={value} SET={'test' if n >= 30 else 'train'} VALIDATION=False"
        for n, value in enumerate(numbers())
    ]
    return [fasta(folder / "sampled.fasta", titles, protein(40, 70))]


@layout("RBP-31: > place; class:0", **BINARY, label="class")
def _rbp(folder: Path) -> list[Path]:
    titles = [f" chr1,+,{n * 500},{n * 500 + 60}; class:{n % 2}" for n in range(40)]
    return [packed(fasta(folder / "sequences.fa", titles, dna(), 30))]


@layout("a label alone behind the name", **BINARY, label="label")
def _behind(folder: Path) -> list[Path]:
    return [fasta(folder / "peaks.fa", [f"peak_{n} {n % 2}" for n in range(40)], dna())]


@layout("pasted: sequence and label", **BINARY)
def _pasted(folder: Path) -> list[Path]:
    return [table(folder / "pasted.txt", "", [dna(), classes(40, "1", "0")], "\t")]


@layout("pasted: sequences alone", form="negatives")
def _bare(folder: Path) -> list[Path]:
    (folder / "pasted.txt").write_text("\n".join(dna()) + "\n")
    return [folder / "pasted.txt"]


@layout("UniProt pipes are no labels", task="binary", alphabet="protein", rows=40, label="(file)")
def _uniprot(folder: Path) -> list[Path]:
    made = []
    for word in ("positive", "negative"):
        titles = [f"sp|{word[0].upper()}{10000 + n}|NAME{n}_HUMAN Protein {n} OS=Homo sapiens" for n in range(20)]
        made.append(fasta(folder / f"{word}.fasta", titles, protein(20), 60))
    return made


@layout("UniProt alone", task="unlabelled", alphabet="protein", rows=20)
def _uniprot_alone(folder: Path) -> list[Path]:
    titles = [f"tr|A{n:05}|A{n:05}_ECOLI OS=E. coli" for n in range(20)]
    return [fasta(folder / "proteome.fasta", titles, protein(20), 60)]


@layout("soft-masked lower case", **BINARY, notice="lower-case letters")
def _masked(folder: Path) -> list[Path]:
    sequences = [s[:20].lower() + s[20:] for s in dna()]
    return [fasta(folder / "masked.fa", [f"s{n}|{n % 2}" for n in range(40)], sequences, 25)]


@layout("IUPAC letters", **BINARY, notice="ambiguous letters")
def _iupac(folder: Path) -> list[Path]:
    sequences = [f"RY{s[2:]}" if n < 3 else s for n, s in enumerate(dna())]
    return [fasta(folder / "iupac.fa", [f"s{n}|{n % 2}" for n in range(40)], sequences)]


@layout("stops at the ends of translations", task="binary", alphabet="protein", rows=40, notice="stop")
def _stops(folder: Path) -> list[Path]:
    sequences = [f"{s}*" for s in protein()]
    return [fasta(folder / "orfs.faa", [f"s{n}|{n % 2}" for n in range(40)], sequences, 60)]


@layout("a byte order mark, CR LF", **BINARY)
def _windows(folder: Path) -> list[Path]:
    file = fasta(folder / "win.fa", [f"s{n}|{n % 2}" for n in range(40)], dna())
    file.write_bytes(b"\xef\xbb\xbf" + file.read_bytes().replace(b"\n", b"\r\n"))
    return [file]


@layout("sgRNA: high and low activity", **BINARY | {"rows": 60}, label="(file)")
def _guides(folder: Path) -> list[Path]:
    return [fasta(folder / f"sgRNA_{word}.fa", named(30, word), dna(30, 23)) for word in ("high", "low")]


@layout("peptides of A, C, G and T", form="alphabet")
def _acgt_peptides(folder: Path) -> list[Path]:
    letters = [s[: 6 + n % 7] for n, s in enumerate(dna(20, 20))]
    return [fasta(folder / "peptides.fasta", [f"p{n}|{n % 2}" for n in range(20)], letters)]


@layout("generic: sequence,label", **BINARY, label="label")
def _generic(folder: Path) -> list[Path]:
    return [table(folder / "data.csv", "sequence,label", [dna(), classes(40, "0", "1")])]


@layout(
    "ColabSaprot: protein,label,stage", task="multiclass", alphabet="protein", rows=45, split_way="column",
    counts={"train": 30, "validation": 6, "test": 9},
)  # fmt: skip
def _colabsaprot(folder: Path) -> list[Path]:
    stages = ["train"] * 30 + ["valid"] * 6 + ["test"] * 9
    return [table(folder / "task.csv", "protein,label,stage", [protein(45), classes(45, "0", "1", "2"), stages])]


@layout("ColabSaprot: regression", task="regression", alphabet="protein", rows=40, label="Label")
def _colabsaprot_regression(folder: Path) -> list[Path]:
    return [table(folder / "task.csv", "Protein,Label", [protein(), numbers()])]


@layout("ColabSaprot: pairs", form="sequence_column")
def _pairs(folder: Path) -> list[Path]:
    columns = [protein(), protein(), classes(40, "0", "1")]
    return [table(folder / "pairs.csv", "protein_1,protein_2,label", columns)]


@layout("VenusFactory: aa_seq,label,foldseek_seq,ss8_seq", task="binary", alphabet="protein", rows=40, label="label")
def _venus(folder: Path) -> list[Path]:
    sequences = protein()
    structures = ["".join("dpvqalc"[ord(c) % 7] for c in s) for s in sequences]
    secondary = ["".join("HEC"[ord(c) % 3] for c in s) for s in sequences]
    columns = [named(40), sequences, classes(40, "0", "1"), structures, secondary]
    return [table(folder / "venus.csv", "name,aa_seq,label,foldseek_seq,ss8_seq", columns)]


@layout(
    "FLIP: sequence,target,set,validation", task="regression", alphabet="protein", rows=40, label="target",
    split_way="column", counts={"train": 25, "validation": 5, "test": 10},
)  # fmt: skip
def _flip(folder: Path) -> list[Path]:
    sets = ["train"] * 30 + ["test"] * 10
    columns = [protein(40, 70), numbers(), sets, ["True" if 25 <= n < 30 else "" for n in range(40)]]
    return [table(folder / "sampled.csv", "sequence,target,set,validation", columns)]


@layout(
    "LegNet: seq_id seq mean_value fold_num rev", task="regression", alphabet="dna", rows=40, label="mean_value",
    split_way="folds", notice="reverse-complement copies",
)  # fmt: skip
def _legnet(folder: Path) -> list[Path]:
    sequences = dna(40, 230)
    turn = str.maketrans("ACGT", "TGCA")
    both = [*sequences, *(s.translate(turn)[::-1] for s in sequences)]
    values, folds = numbers(), [str(n % 10 + 1) for n in range(40)]
    columns = [[*named(40), *named(40)], both, values * 2, folds * 2, ["0"] * 40 + ["1"] * 40]
    return [table(folder / "K562.tsv", "seq_id\tseq\tmean_value\tfold_num\trev", columns, "\t")]


@layout(
    "Malinois: K562_log2FC and others", task="regression", alphabet="dna", rows=40,
    targets=("K562_log2FC", "HepG2_log2FC", "SKNSH_log2FC"),
)  # fmt: skip
def _malinois(folder: Path) -> list[Path]:
    header = "IDs\tchr\tdata_project\tOL\tclass\tK562_log2FC\tHepG2_log2FC\tSKNSH_log2FC\tK562_lfcSE\tsequence"
    ids = [f"7:{70038969 + n}:G:T:A:wC" for n in range(40)]
    columns = [ids, ["7"] * 40, ["UKBB"] * 40, classes(40, "OL13", "OL27"), classes(40, "emVar", "none", "ref")]
    columns += [numbers(), ["", *numbers(39)], numbers(), [f"{n / 97 + 0.1:.3f}" for n in range(40)], dna(40, 200)]
    return [table(folder / "Table_S2.tsv", header, columns, "\t")]


@layout("Malinois, older: K562_mean", task="regression", alphabet="dna", rows=40, targets=("K562_mean", "HepG2_mean"))
def _malinois_old(folder: Path) -> list[Path]:
    return [table(folder / "mpra.csv", "ID,K562_mean,HepG2_mean,sequence", [named(40), numbers(), numbers(), dna()])]


@layout(
    "DeepSTARR: FASTA and activity table", task="regression", alphabet="dna", rows=60, split_way="files",
    targets=("Dev_log2_enrichment", "Hk_log2_enrichment"), counts={"train": 40, "test": 20},
)  # fmt: skip
def _deepstarr(folder: Path) -> list[Path]:
    made = []
    header = "Dev_log2_enrichment\tHk_log2_enrichment\tDev_log2_enrichment_scaled"
    for part, count in (("Train", 40), ("Test", 20)):
        made.append(fasta(folder / f"Sequences_{part}.fa", named(count, part), dna(count, 249)))
        columns = [numbers(count), numbers(count), numbers(count)]
        made.append(table(folder / f"Sequences_activity_{part}.txt", header, columns, "\t"))
    return made


@layout("a FASTA and a table joined by name", task="regression", alphabet="dna", rows=40, label="activity")
def _beside(folder: Path) -> list[Path]:
    names = named(40)
    measured = table(folder / "activity.csv", "id,activity", [names[::-1], numbers()])
    return [fasta(folder / "oligos.fa", names, dna()), measured]


@layout("Optimus 5-prime: utr, rl", task="regression", alphabet="dna", rows=40, label="rl")
def _optimus(folder: Path) -> list[Path]:
    reads = [str(100 + 7 * n) for n in range(40)]
    columns = [dna(40, 50), numbers(), reads, ["random"] * 40, named(40, "i")]
    return [table(folder / "utrs.csv", "utr,rl,total_reads,library,info4", columns)]


@layout("genomic_benchmarks: folders of single sequences", **BINARY, split_way="files")
def _folders(folder: Path) -> list[Path]:
    made = []
    for part in ("train", "test"):
        for kind in ("positive", "negative"):
            for number, sequence in enumerate(dna(10)):
                path = folder / part / kind / f"{number}.txt"
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(sequence + "\n")
                made.append(path)
    return made


@layout("iLearnPlus descriptors hold no sequences", refused="sequences")
def _descriptors(folder: Path) -> list[Path]:
    return [table(folder / "descriptors.csv", "", [classes(40, "0", "1"), numbers(), numbers(), numbers()])]


@layout("PrismNet: class, sequence, place, icSHAPE", task="binary", alphabet="rna", rows=40)
def _prismnet(folder: Path) -> list[Path]:
    shapes = [",".join(numbers(60)) for _ in range(40)]
    sites = [f"ENST{n:011}|{n * 10}|{n * 10 + 60}|0.5" for n in range(40)]
    return [table(folder / "AARS.tsv", "", [classes(40, "A", "B"), rna(), sites, shapes], "\t")]


@layout("UCI: class, name, sequence without header", task="multiclass", alphabet="dna", rows=42, label="column 1")
def _splice(folder: Path) -> list[Path]:
    columns = [classes(42, "EI", "IE", "N"), named(42, "  ATR-DONOR-"), [f"      {s}" for s in dna(42)]]
    return [table(folder / "splice.data", "", columns)]


@layout("UCI: + and -", task="binary", alphabet="dna", rows=40, label_names=("-", "+"))
def _promoters(folder: Path) -> list[Path]:
    columns = [classes(40, "+", "-"), named(40, "S"), [f"\t\t{s.lower()}" for s in dna(40, 57)]]
    return [table(folder / "promoters.data", "", columns)]


@layout("columns of 0 and 1", task="multilabel", alphabet="dna", rows=40, targets=("CTCF", "GATA1", "MYC", "REST"))
def _zeros_and_ones(folder: Path) -> list[Path]:
    columns = [dna(), classes(40, "0", "1"), classes(40, "1", "1", "0"), classes(40, "0", "0", "0", "1")]
    return [table(folder / "tfs.csv", "seq,CTCF,GATA1,MYC,REST", [*columns, classes(40, "1", "0", "0", "0", "1")])]


@layout("several labels in a cell", task="multilabel", alphabet="dna", rows=40, targets=("0", "1", "2"))
def _cells(folder: Path) -> list[Path]:
    return [table(folder / "multi.csv", "sequence,label", [dna(), classes(40, '"0,2"', "1", '"0,1"', "2")])]


@layout("pos and neg", **BINARY, label_names=("neg", "pos"))
def _words(folder: Path) -> list[Path]:
    return [table(folder / "words.tsv", "id\tseq\tclass", [named(40), dna(), classes(40, "pos", "neg")], "\t")]


@layout("1 and -1", **BINARY, label_names=("-1", "1"))
def _signs(folder: Path) -> list[Path]:
    return [table(folder / "signs.csv", "seq,y", [dna(), classes(40, "+1", "-1")])]


@layout("decimal commas between semicolons", task="regression", alphabet="protein", rows=40, label="Activity")
def _decimal_commas(folder: Path) -> list[Path]:
    values = [value.replace(".", ",") for value in numbers()]
    return [table(folder / "export.csv", "Name;Sequence;Activity", [named(40), protein(), values], ";")]


@layout("quoted headers and a byte order mark", **BINARY, label="Class")
def _quoted(folder: Path) -> list[Path]:
    columns = [named(40), [f'"{s}"' for s in dna()], classes(40, "1", "0")]
    file = table(folder / "q.csv", '"Name","Sequence","Class"', columns)
    file.write_bytes(b"\xef\xbb\xbf" + file.read_bytes())
    return [file]


@layout("Windows-1252", **BINARY, notice="not in UTF-8")
def _cp1252(folder: Path) -> list[Path]:
    file = table(folder / "w.csv", "Probe,Sequence,Label", [named(40, "Prüf"), dna(), classes(40, "1", "0")])
    file.write_bytes(file.read_text().encode("cp1252"))
    return [file]


@layout("a workbook", task="regression", alphabet="protein", rows=40, label="Fitness")
def _workbook(folder: Path) -> list[Path]:
    from openpyxl import Workbook

    book = Workbook()
    sheet = book.active
    sheet.append(["Name", "Sequence", "Fitness"])
    for row in zip(named(40), protein(), map(float, numbers()), strict=True):
        sheet.append(row)
    book.save(folder / "lab.xlsx")
    return [folder / "lab.xlsx"]


@layout("crisporPaper: guides, scores of predictors", task="regression", alphabet="dna", rows=40, label="modFreq")
def _crispor(folder: Path) -> list[Path]:
    header = "dataset\tguide\tseq\tmodFreq\tdb\tposition\tlongSeq100Bp\tdoench\tfusi\twang"
    places = [f"chr1:{n}-{n + 23}:+" for n in range(40)]
    columns = [["set"] * 40, named(40, "g"), dna(40, 23), numbers(), ["hg19"] * 40, places, dna(40, 100)]
    return [table(folder / "set.scores.tab", header, [*columns, numbers(), numbers(), numbers()], "\t")]


@layout("many whole numbers", task="regression", alphabet="dna", rows=60, label="expression")
def _whole(folder: Path) -> list[Path]:
    return [table(folder / "counts.csv", "seq,expression", [dna(60), [str(n * 3) for n in range(60)]])]


@layout("plant core promoters: set is test everywhere", task="regression", alphabet="dna", rows=40, label="enrichment")
def _plant(folder: Path) -> list[Path]:
    columns = [["test"] * 40, classes(40, "At", "Zm", "Sb"), named(40, "AT1G"), dna(40, 170), numbers()]
    return [table(folder / "CNN_test_leaf.tsv", "set\tsp\tgene\tsequence\tenrichment", columns, "\t")]


@layout("DeepBind: training positives, test with both", form="negatives")
def _deepbind(folder: Path) -> list[Path]:
    header = "FoldID\tEventID\tseq\tBound"
    made = []
    for end, labels in (("AC", ["1"] * 40), ("B", classes(40, "1", "0"))):
        columns = [["A"] * 40, named(40, f"seq_{end}"), dna(40, 101), labels]
        made.append(packed(table(folder / f"ELK1_{end}.seq", header, columns, "\t")))
    return made


@layout("two unnamed columns of two values", form="label_column")
def _two_columns(folder: Path) -> list[Path]:
    return [table(folder / "t.csv", "seq,left,right", [dna(), classes(40, "0", "1"), classes(40, "1", "1", "0")])]
