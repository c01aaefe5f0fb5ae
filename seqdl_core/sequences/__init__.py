"""Letters to numbers and back: alphabets, uint8 codes, one-hot, reverse complement, shuffles, and file readers."""
