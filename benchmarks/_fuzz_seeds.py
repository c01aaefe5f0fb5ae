"""The files that are damaged: small valid ones of every reader, of gzip and zip around them, and some sets."""

import gzip
import io
import random
import struct
import tempfile
import zipfile
from collections.abc import Callable
from functools import cache
from pathlib import Path

Files = tuple[tuple[str, bytes], ...]
"""Names and contents."""

_TEXT = {
    "fasta": (
        b">a|1|training\nACGTACGTAC\n>b|0|testing\nTTTTACGTAA\n",
        b">S0 TARGET=1.5 SET=train VALIDATION=False\nMKV*\n>S1 TARGET=0 SET=test VALIDATION=True\nMAAW\n",
        b"> chr1,+,10,20; class:0\nACGTACGTACG\n> chr2,-,10,20; class:1\nACGTACGTACG\n",
        b">h chr1:5-15(+)\nGGGGAAACCCC\n((((...)))) (-3.40)\n>k chr1:9-20(-)\nGGGAAACCC\n(((...)))\n",
        b">a\nAC-GTac..\n>b\nACTGTa...\n>c\nA--GTacgt\n",
        b">0,2\nACGT\n>1\nAAAA\n>0,1\nCCCC\n",
    ),
    "fastq": (b"@r1 x\nACGT\n+\nIIII\n@r2\nAC\nGT\n+r2\n!!\n~~\n", b"@a\nA\n+\nh\n@b\nT\n+\nB\n"),
    "stockholm": (
        b"# STOCKHOLM 1.0\n#=GF ID x\nab/1-4 AC.GT-\ncd/1-4 ACaGTT\n#=GR cd/1-4 SS ......\n#=GC SS_cons <<..>>\n//\n",
    ),
    "bare": (b"ACGT" * 15 + b"\n" + b"TTTT" * 15 + b"\nACG\n",),
    "delimited": (
        b"name\tseq\tlabel\na\tACGTAC\t1\nb\tTTTTTT\t0\n",
        b'"id";"sequence";"score"\n"x";"ACGT";"1,5"\n"y";"AAAA";"-2,5e3"\n',
        b"mutant,DMS_score,DMS_score_bin\nA1P:D2N,0.5,1\nA1G,-0.1,0\n",
        b"hgvs_pro,score\np.Ala24Pro,0.1\np.[Asn18Leu;Glu22Tyr],2\n_wt,1\n",
        b"sequence,target,set,validation\nMKV,HHE,train,\nMAA,EEE,test,True\n",
        b"Chrom\tPos\tRef\tAlt\tCoefficient\tRelease\n1\t10\tA\tG\t0.5\tGRCh38\n1\t11\tC\t-\t1\tGRCh37\n",
    ),
    "vcf": (
        b"##fileformat=VCFv4.2\n##contig=<ID=1,length=99>\n#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\tFORMAT\ts\n"
        b"1\t5\trs1\tA\tG,<DEL>\t9.5\tPASS\tDP=3;AF=0.5\tGT:DP\t0|1:3\n1\t9\t.\tAC\tA\t.\t.\t.\tGT\t./.\n",
        b"chr1\t109817590\t-\tG\tT\nchr2\t20\t-\tA\tC\n",
    ),
    "variants": (
        b"chr1:100 C>G\nchr1:120 AT>A\nchr2:7 G>T\n",
        b"chr1\t99\t100\tC\tG\trs1\nchr1\t119\t120\tA\tT\trs2\n",
    ),
    "gff3": (
        b"##gff-version 3\n##sequence-region c 1 20\nc\tx\tgene\t1\t9\t.\t+\t.\tID=g1;Name=a%20b\n"
        b"c\tx\tCDS\t1\t9\t0.5\t+\t0\tParent=g1\n##FASTA\n>c\nACGTACGTACGTACGTACGT\n",
        b'c\tx\texon\t1\t9\t.\t-\t.\tgene_id "g"; transcript_id "t";\n',
    ),
    "bed": (
        b"track name=x\nchr1\t10\t20\tp1\t5\t+\nchr2\t5\t9\tp2\t7\t-\n",
        b"chr1\t10\t200\tp\t9\t.\t1.5\t2.5\t-1\t50\nchr1\t300\t400\tq\t9\t.\t1.5\t2.5\t-1\t-1\n",
        b"chr11:5,247,500-5,247,504\nchrX:1-9\n",
        b"chr1\t0\t100\tg\t0\t+\t0\t100\t0,0,0\t2\t10,20,\t0,80,\n",
    ),
    "bedgraph": (
        b"track type=bedGraph\nchr1\t0\t10\t1.5\nchr1\t10\t20\t-2\n",
        b"fixedStep chrom=chr1 start=1 step=5 span=5\n1\n2.5\nvariableStep chrom=chr2 span=2\n10 1\n20 3\n",
    ),
    "genbank": (
        b"LOCUS       X1                20 bp    DNA     linear   UNK 01-JAN-2000\nDEFINITION  d.\nACCESSION   X1\n"
        b"FEATURES             Location/Qualifiers\n     promoter        complement(2..8)\n"
        b'                     /label="p"\n     CDS             join(1..3,5..9)\n'
        b'                     /gene="g"\nORIGIN\n        1 acgtacgtac gtacgtacgt\n//\n',
    ),
    "embl": (
        b"ID   X1; SV 1; linear; DNA; STD; UNC; 20 BP.\nAC   X1;\nFH   Key             Location/Qualifiers\n"
        b'FT   promoter        2..8\nFT                   /label="p"\nSQ   Sequence 20 BP;\n'
        b"     acgtacgtac gtacgtacgt                                                    20\n//\n",
    ),
    "pdb": (
        b"HEADER    HYDROLASE\nSEQRES   1 A    3  MET ALA GYS\n"
        b"ATOM      1  CA  MET A   1       1.000   2.000   3.000\n",
        b"ATOM      1  CA  MET A   1       1.000   2.000   3.000\n"
        b"HETATM    2  CA  MSE A   3       1.000   2.000   3.000\n",
    ),
    "mmcif": (
        b"data_X\n_entry.id X\n_entity_poly.type 'polypeptide(L)'\n_entity_poly.pdbx_strand_id A\n"
        b"_entity_poly.pdbx_seq_one_letter_code_can\n;MKV\n;\n",
        b"data_X\nloop_\n_atom_site.group_PDB\n_atom_site.auth_asym_id\n_atom_site.label_comp_id\n"
        b"_atom_site.auth_seq_id\nATOM A MET 1\nATOM A ALA 3\n",
    ),
    "clustal": (
        b"CLUSTAL W (1.83) multiple sequence alignment\n\n\nab      AC-GT 4\ncd      ACAGT 5\n        ** **\n\n"
        b"ab      TTTA- 8\ncd      TTT-G 9\n        ***\n",
    ),
    "connect": (
        b"    7  ENERGY = -1.2  hairpin\n    1 G 0 2 7 1\n    2 C 1 3 6 2\n    3 A 2 4 0 3\n    4 A 3 5 0 4\n"
        b"    5 A 4 6 0 5\n    6 G 5 7 2 6\n    7 C 6 0 1 7\n",
        b"#Name: hairpin\n1 G 7\n2 C 6\n3 A 0\n4 A 0\n5 A 0\n6 G 2\n7 C 1\n",
        b"GGGGAAAACCCC\n((((....)))) (-3.40)\n",
    ),
    "folds": (b'{"train": ["chr1", "chr2"], "valid": ["chr3"], "test": ["chr4"]}\n',),
    "json": (
        b'[{"id": "a", "sequence": "ACGTACGT", "label": 1},\n {"id": "b", "sequence": "TTTTACGT", "label": null}]\n',
        b'{"sequence": "ACGTAC", "score": 1.5, "meta": {"set": "train"}}\n{"sequence": "TTTTTT", "score": NaN}\n',
        b'{"columns": ["sequence", "label"], "data": [["ACGTAC", 1], ["TTTTTT", 0]]}\n',
        b'{"sequence": {"0": "ACGTAC", "1": "TTTTTT"}, "label": {"0": true, "1": false}}\n',
        b'{"train": [{"sequence": "ACGTAC", "label": [0, 2]}], "test": [{"sequence": "TTTTTT", "label": []}]}\n',
    ),
}


@cache
def seeds() -> dict[str, tuple[bytes, ...]]:
    """Small valid files by format."""
    inner = _TEXT["fasta"][0]
    return {
        **_TEXT,
        "gzip": (gzip.compress(inner, mtime=0), gzip.compress(_TEXT["delimited"][0], mtime=0)),
        "zip": (_zip({"a.fa": inner, "README.txt": b"x", "d/b.csv": _TEXT["delimited"][1]}),),
        "workbook": (_workbook(),),
        "snapgene": (_snapgene(),),
        "bigwig": (_bigwig(),),
        "bigbed": (_bigbed(),),
    }


def _zip(members: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(zipfile.ZipInfo(name), content)
    return out.getvalue()


def _workbook() -> bytes:
    import openpyxl

    book = openpyxl.Workbook()
    for cells in (["name", "sequence", "score"], ["a", "ACGTACGT", 1.5], ["b", "TTTTACGT", -2]):
        book.active.append(cells)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _snapgene() -> bytes:
    def packet(kind: int, content: bytes) -> bytes:
        return struct.pack(">BI", kind, len(content)) + content

    notes = b"<Notes><Type>Synthetic</Type></Notes>"
    features = (
        b'<?xml version="1.0"?><Features><Feature type="promoter" name="p" directionality="1">'
        b'<Segment range="2-8"/></Feature></Features>'
    )
    return (
        packet(9, b"SnapGene" + struct.pack(">HHH", 1, 14, 14))
        + packet(0, b"\x00" + b"ACGTACGTACGTACGTACGT")
        + packet(6, notes)
        + packet(10, features)
    )


def _written(name: str, write: Callable[[Path], None]) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / name
        write(path)
        return path.read_bytes()


def _bigwig() -> bytes:
    import pybigtools

    values = [("chr1", 0, 10, 1.5), ("chr1", 10, 20, -2.0), ("chr2", 5, 9, 3.0)]
    return _written("a.bw", lambda path: pybigtools.open(str(path), "w").write({"chr1": 100, "chr2": 50}, iter(values)))


def _bigbed() -> bytes:
    import pybigtools

    rows = [("chr1", 0, 10, "a\t5\t+"), ("chr2", 5, 9, "b\t7\t-")]
    return _written("a.bb", lambda path: pybigtools.open(str(path), "w").write({"chr1": 100, "chr2": 50}, iter(rows)))


@cache
def together() -> dict[str, Files]:
    """Small valid files that belong together, by what they are."""
    genome = ("genome.fa", b">chr1\n" + b"ACGTTGCAAC" * 120 + b"\n>chr2\n" + b"GGCATTACGA" * 60 + b"\n")
    bed = ("regions.bed", b"".join(b"chr%d\t%d\t%d\tp%d\t5\t+\n" % (n % 2 + 1, 9 * n, 9 * n + 31, n) for n in range(9)))
    other = ("negatives.bed", b"".join(b"chr1\t%d\t%d\n" % (300 + 7 * n, 331 + 7 * n) for n in range(9)))
    peaks = b"".join(b"chr1\t%d\t%d\tp\t9\t.\t1.5\t2.5\t-1\t%d\n" % (7 * n, 7 * n + 33, n - 1) for n in range(9))
    places = b"chrom,start,end,label,fold\n" + b"".join(
        b"chr%d,%d,%d,%d,%d\n" % (n % 2 + 1, 9 * n, 9 * n + 31, n % 3 == 0, n // 4) for n in range(12)
    )
    regions = b"".join(b"chr1:%d-%d\t%d\n" % (9 * n + 1, 9 * n + 31, n % 2) for n in range(9))
    steps = b"chr1\t0\t30\t1.5\nchr1\t30\t100\t-2\nchr2\t0\t60\t3\n"
    genes = b"".join(
        b"chr1\tx\t%s\t%d\t%d\t.\t+\t.\tID=g%d\n" % (b"exon" if n % 2 else b"gene", 9 * n + 1, 9 * n + 31, n)
        for n in range(10)
    )
    vcf = (
        b"##fileformat=VCFv4.2\n#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\n"
        b"chr1\t311\trs1\tA\tG\t.\tPASS\tAF=0.5\nchr1\t422\t.\tCG\tC\t.\t.\t.\nchr2\t305\t.\tT\tA,<DEL>\t.\t.\t.\n"
    )
    protein = ("wild.fa", b">w\nMKVLAAGIVGLL\n")
    classes = ("labels.fa", b">s1\nHHEECCH\n>s2\nECCHH\n>s3\nHHHHEE\n")
    rng = random.Random(5)
    dna = ["".join(rng.choices("ACGT", k=32)).encode() for _ in range(12)]
    table = [b"%s,%d\n" % (letters, n % 2) for n, letters in enumerate(dna)]
    fasta = [b">s%d\n%s\n" % (n, letters) for n, letters in enumerate(dna)]
    return {
        "BED, genome": (bed, genome),
        "positives, negatives, genome": (bed, other, genome),
        "narrowPeak, genome": (("p.narrowPeak", peaks), genome),
        "regions with labels, genome": (("r.txt", regions), genome),
        "intervals, genome": (("i.csv", places), genome),
        "intervals, folds, genome": (
            ("i.csv", places),
            ("folds.json", b'{"train": ["chr1"], "valid": [], "test": ["chr2"]}\n'),
            genome,
        ),
        "GFF3, genome": (("g.gff3", b"##gff-version 3\n" + genes), genome),
        "BED, bigWig, genome": (bed, ("track.bw", _bigwig()), genome),
        "BED, bedGraph, genome": (bed, ("t.bedGraph", steps), genome),
        "bigBed, genome": (("r.bb", _bigbed()), genome),
        "VCF, genome": (("v.vcf", vcf), genome),
        "saturation, regions": (
            ("s.tsv", b"Chrom\tPos\tRef\tAlt\tValue\n1\t101\tA\tG\t0.5\n1\t102\tC\tT\t-1\n1\t104\tT\t-\t0\n"),
            ("ref.fa", b">e1 1:101-112\nACGTACGTACGT\n"),
        ),
        "mutants, wild type": (
            ("dms.csv", b"mutant,DMS_score,DMS_score_bin\nM1P:K2N,0.5,1\nK2G,-0.1,0\nV3A,1,1\nL4I,0,0\n"),
            protein,
        ),
        "HGVS, wild type": (
            (
                "hgvs.csv",
                b"hgvs_pro,score\np.Met24Pro,0.1\np.[Lys25Leu;Val26Tyr],2\n_wt,1\np.Lys25Ter,-3\np.Leu27=,1\n",
            ),
            protein,
        ),
        "sequences, labels of residues": (("seqs.fa", b">s1\nMKVLAAG\n>s2\nAGIVG\n>s3\nMKAAGG\n"), classes),
        "sequences, labels, mask": (
            ("seqs.fa", b">s1 SET=train\nMKVLAAG\n>s2 SET=test\nAGIVG\n>s3 SET=train\nMKAAGG\n"),
            classes,
            ("mask.fa", b">s1\n1111011\n>s2\n11111\n>s3\n011110\n"),
        ),
        "table, rows of parts": (
            ("t.csv", b"sequence,score\nMKVLAAG,1.5\nMKVLAAC,0.5\nMKVLAAD,0\nMKVLAAE,2\nMKVLAAF,1\n"),
            ("train.txt", b"0\n1\n2\n"),
            ("test.txt", b"3\n4\n"),
        ),
        "sequences, table of labels": (
            ("a.fa", b"".join(fasta)),
            ("labels.csv", b"name,label,set\n" + b"".join(b"s%d,%d,train\n" % (n, n % 2) for n in range(12))),
        ),
        "positives, negatives": (("pos.fa", b"".join(fasta[:6])), ("neg.fa", b"".join(fasta[6:]))),
        "training, test": (
            ("train.csv", b"sequence,label\n" + b"".join(table[:8])),
            ("test.csv", b"sequence,label\n" + b"".join(table[8:])),
        ),
    }
