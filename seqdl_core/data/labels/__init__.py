"""Labels: which columns hold them, how they are spelled, and the numbers they become."""
