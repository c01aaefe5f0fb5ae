"""Our own small browser components, one folder each."""
