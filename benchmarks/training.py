"""Training: how fast beside a plain loop and Lightning, and whether it survives being killed.

``python -m benchmarks.training``. Speed is a ratio: the peer's median seconds for the same steps on the same network
and rows over ours, in turns within one process; low and high are the smallest and the largest ratio of the rounds.
Kills end the process of a real run (``python -m seqdl_core train``) with SIGKILL.
"""

import sys

from benchmarks import Measurement, main
from benchmarks._kills import at_random_steps, damaged, while_writing
from benchmarks._training_speed import NETS, beside_lightning, beside_plain_loop, data_path

MEASUREMENTS = (
    *(Measurement((f"times_plain_loop_{net}",), lambda net=net: beside_plain_loop(net)) for net in NETS),
    Measurement(("times_lightning_tensors", "times_lightning_strings"), beside_lightning),
    Measurement(("data_path_share",), data_path),
    Measurement(("kills_resumed_bitwise",), at_random_steps),
    Measurement(("damaged_checkpoints_recovered",), damaged),
    Measurement(("kills_while_writing_untorn",), while_writing),
)

if __name__ == "__main__":
    sys.exit(main(__doc__.splitlines()[0], MEASUREMENTS))
