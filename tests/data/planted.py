"""Random sequences with planted copies, for tests that know the answer."""

import numpy as np
import pandas as pd

from seqdl_core.sequences.alphabets import Alphabet


def random_sequences(number: int, length: int, alphabet: Alphabet, rng: np.random.Generator) -> list[str]:
    codes = rng.integers(0, alphabet.size, (number, length)).astype(np.uint8)
    return [alphabet.decode(row) for row in codes]


def turned(sequence: str, alphabet: Alphabet) -> str:
    return sequence.translate(str.maketrans(alphabet.letters, alphabet.complement))[::-1]


def changed(sequence: str, changes: int, gaps: int, alphabet: Alphabet, rng: np.random.Generator) -> str:
    """So many letters substituted, and so many inserted or lost besides."""
    letters = list(sequence)
    for place in rng.choice(len(letters), changes, replace=False).tolist():
        letters[place] = str(rng.choice([letter for letter in alphabet.letters if letter != letters[place]]))
    for number in range(gaps):
        place = int(rng.integers(len(letters)))
        if number % 2:
            del letters[place]
        else:
            letters.insert(place, str(rng.choice(list(alphabet.letters))))
    return "".join(letters)


def rows(train: list[str], test: list[str], **columns: object) -> pd.DataFrame:
    parts = ["train"] * len(train) + ["test"] * len(test)
    return pd.DataFrame(
        {
            "id": [f"{part}_{number}" for number, part in enumerate(parts)],
            "sequence": train + test,
            "label": [float(number % 2) for number in range(len(parts))],
            "split": parts,
            "source": "made for a test",
            **columns,
        }
    )
