"""Training: the loop one can read, its settings, its callbacks and its checkpoints."""
