"""From what several files hold to one table of sequences: mutants and their wild type, features, fold lists, pairs."""
