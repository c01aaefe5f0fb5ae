"""What training a network would take on this machine: memory, arithmetic, time; and the refusal of what cannot fit.

Nothing is allocated to find out: one step of training, and one batch of prediction, are done on fake tensors.
"""

from seqdl_core.sizing.memory import Memory, Size, size_of
from seqdl_core.sizing.room import Room, load_to_score, require_room, require_room_to_score, room_of
from seqdl_core.sizing.speed import Machine, measure_machine, seconds_per_epoch

__all__ = [
    "Machine",
    "Memory",
    "Room",
    "Size",
    "load_to_score",
    "measure_machine",
    "require_room",
    "require_room_to_score",
    "room_of",
    "seconds_per_epoch",
    "size_of",
]
