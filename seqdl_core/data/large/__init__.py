"""Files larger than memory: described from a sample, then imported a batch after the other with the same result."""
