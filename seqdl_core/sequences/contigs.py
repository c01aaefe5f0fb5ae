"""Names and lengths of contigs: chr1 and 1 are the same, and lengths tell which build of a genome it is."""

import re
from collections.abc import Iterable, Mapping

_HUMAN = "1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 22 X Y"
_MOUSE = "1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 X Y"
_WORM = "I II III IV V X"
_YEAST = "I II III IV V VI VII VIII IX X XI XII XIII XIV XV XVI"
_FISH = "1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 22 23 24 25"

# Contig names without chr, and their lengths in the same order: from bioframe 0.8.0, which repeats UCSC's chrom.sizes;
# hg18, rn6, rn7, danRer11 and TAIR10, which it lacks or has wrong, agree with headers of public SAM, VCF and GFF files.
# The mitochondrion is left out: builds share it.
_BUILDS: dict[str, tuple[str, str]] = {
    "hg18": ("1 2 X", "247249719 242951149 154913754"),
    "hg19": (
        _HUMAN,
        "249250621 243199373 198022430 191154276 180915260 171115067 159138663 146364022 141213431 135534747 "
        "135006516 133851895 115169878 107349540 102531392 90354753 81195210 78077248 59128983 63025520 48129895 "
        "51304566 155270560 59373566",
    ),
    "hg38": (
        _HUMAN,
        "248956422 242193529 198295559 190214555 181538259 170805979 159345973 145138636 138394717 133797422 "
        "135086622 133275309 114364328 107043718 101991189 90338345 83257441 80373285 58617616 64444167 46709983 "
        "50818468 156040895 57227415",
    ),
    "hs1": (
        _HUMAN,
        "248387328 242696752 201105948 193574945 182045439 172126628 160567428 146259331 150617247 134758134 "
        "135127769 133324548 113566686 101161492 99753195 96330374 84276897 80542538 61707364 66210255 45090682 "
        "51324926 154259566 62460029",
    ),
    "mm9": (
        _MOUSE,
        "197195432 181748087 159599783 155630120 152537259 149517037 152524553 131738871 124076172 129993255 "
        "121843856 121257530 120284312 125194864 103494974 98319150 95272651 90772031 61342430 166650296 15902555",
    ),
    "mm10": (
        _MOUSE,
        "195471971 182113224 160039680 156508116 151834684 149736546 145441459 129401213 124595110 130694993 "
        "122082543 120129022 120421639 124902244 104043685 98207768 94987271 90702639 61431566 171031299 91744698",
    ),
    "mm39": (
        _MOUSE,
        "195154279 181755017 159745316 156860686 151758149 149588044 144995196 130127694 124359700 130530862 "
        "121973369 120092757 120883175 125139656 104073951 98008968 95294699 90720763 61420004 169476592 91455967",
    ),
    "rn6": ("1", "282763074"),
    "rn7": ("1", "260522016"),
    "dm3": ("2L 2R 3L 3R 4 X", "23011544 21146708 24543557 27905053 1351857 22422827"),
    "dm6": ("2L 2R 3L 3R 4 X Y", "23513712 25286936 28110227 32079331 1348131 23542271 3667352"),
    "ce10": (_WORM, "15072423 15279345 13783700 17493793 20924149 17718866"),
    "ce11": (_WORM, "15072434 15279421 13783801 17493829 20924180 17718942"),
    "danRer10": (
        _FISH,
        "58871917 59543403 62385949 76625712 71715914 60272633 74082188 54191831 56892771 45574255 45107271 "
        "49229541 51780250 51944548 47771147 55381981 53345113 51008593 48790377 55370968 45895719 39226288 "
        "46272358 42251103 36898761",
    ),
    "danRer11": ("1 2 3 4", "59578282 59640629 62628489 78093715"),
    "sacCer3": (
        _YEAST,
        "230218 813184 316620 1531933 576874 270161 1090940 562643 439888 745751 666816 1078177 924431 784333 "
        "1091291 948066",
    ),
    "TAIR10": ("1 2 3 4 5", "30427671 19698289 23459830 18585056 26975502"),
}

# Versions of the RefSeq accessions NC_000001 to NC_000024, from NCBI's assembly reports of GRCh37 and GRCh38 (patches
# keep them) as several public mapping tables repeat them.
_REFSEQ = {
    "hg19": "10 11 11 11 9 11 13 10 11 10 9 11 10 8 9 9 10 9 9 10 8 10 10 9",
    "hg38": "11 12 12 12 10 12 14 11 12 11 10 12 11 9 10 10 11 10 10 11 9 11 11 10",
}
_ACCESSIONS = {
    f"nc_{number:06}.{version}": (contig.casefold(), build)
    for build, versions in _REFSEQ.items()
    for number, (contig, version) in enumerate(zip(_HUMAN.split(), versions.split(), strict=True), 1)
}

_SPECIES = (("hg18", "hg19", "hg38", "hs1"), ("mm9", "mm10", "mm39"), ("rn6", "rn7"), ("dm3", "dm6"))
_ALSO = {"hg19": "GRCh37", "hg38": "GRCh38", "hs1": "T2T-CHM13", "mm10": "GRCm38", "mm39": "GRCm39"}
_PREFIX = re.compile(r"^(?:chromosome|chrom|chr)[_ ]?", re.IGNORECASE)
_MITOCHONDRION = frozenset(["m", "mt", "mito", "mitochondrion"])


def contig_key(name: str) -> str:
    """One spelling for names that mean the same contig: ``chr1``, ``Chr1`` and ``1``; ``chrM`` and ``MT``.

    So do the accessions of human chromosomes in RefSeq: ``NC_000001.11`` is chr1 of GRCh38.
    """
    known = _ACCESSIONS.get(name.strip().casefold())
    if known:
        return known[0]
    plain = _PREFIX.sub("", name.strip()).casefold()
    return "mt" if plain in _MITOCHONDRION else plain


def match_contigs(names: Iterable[str], known: Iterable[str]) -> dict[str, str]:
    """For each name the one among ``known`` that it means; names without a counterpart are not in the answer.

    A name that stands there as it is means itself. Otherwise it means the contig of the same key, if there is just one
    and it is no accession of another build: NC_000001.10 is not NC_000001.11.
    """
    exact = list(known)
    present = set(exact)
    by_key: dict[str, list[str]] = {}
    for contig in exact:
        by_key.setdefault(contig_key(contig), []).append(contig)
    found: dict[str, str] = {}
    for name in dict.fromkeys(names):
        if name in present:
            found[name] = name
        else:
            candidates = by_key.get(contig_key(name), [])
            if len(candidates) == 1 and not (build_of_names([name]) and build_of_names(candidates)):
                found[name] = candidates[0]
    return found


def build_of_names(names: Iterable[str]) -> str:
    """The build that RefSeq accessions among the names belong to; ``""`` where there are none, or of two builds."""
    found = {known[1] for name in names if (known := _ACCESSIONS.get(name.strip().casefold()))}
    return found.pop() if len(found) == 1 else ""


def build_of_lengths(lengths: Mapping[str, int]) -> str:
    """The build that most contigs agree with in name and length (``hg38``), or ``""`` where none or two do."""
    votes = {
        build: sum(lengths_of.get(contig_key(name)) == length for name, length in lengths.items())
        for build, lengths_of in ((build, build_lengths(build)) for build in _BUILDS)
    }
    best = max(votes.values(), default=0)
    winners = [build for build, count in votes.items() if count == best]
    return winners[0] if best and len(winners) == 1 else ""


def build_lengths(build: str) -> dict[str, int]:
    """Lengths of a build's main contigs by :func:`contig_key`; empty for a build that is not known."""
    names, lengths = _BUILDS.get(build, ("", ""))
    return {contig_key(name): int(length) for name, length in zip(names.split(), lengths.split(), strict=True)}


def build_title(build: str) -> str:
    """``hg38 (GRCh38)``."""
    return f"{build} ({_ALSO[build]})" if build in _ALSO else build


def builds_that_fit(furthest: Mapping[str, int], instead_of: str) -> list[str]:
    """Other builds of the same species on which no coordinate lies beyond its contig's end.

    Args:
        furthest: the largest end (0-based half-open) per contig.
        instead_of: the build that does not fit.
    """
    family = next((species for species in _SPECIES if instead_of in species), ())
    ends = {contig_key(name): end for name, end in furthest.items()}
    fitting = []
    for build in family:
        lengths = build_lengths(build)
        compared = [name for name in ends if name in lengths]
        if build != instead_of and compared and all(ends[name] <= lengths[name] for name in compared):
            fitting.append(build)
    return fitting
