"""Data sets: from files that a person brings to an immutable folder that everything else reads."""
