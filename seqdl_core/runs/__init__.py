"""Runs: the run folder, the store that keeps them, the queue that starts them and the work behind ``train RUN``.

Page, command line, queue and cluster meet only in the run folder.
"""
