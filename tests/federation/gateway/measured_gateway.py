"""`bureaugraph gateway`, which also logs the bytes in use (event `settled`) at its start and after each closed graph.

Bytes in use are asked of the C library, so Python allocates all through it. The resident size would tell how many
graphs were alive at once, which is the machine's pace, and not what stayed.
"""

from __future__ import annotations

import ctypes
import os
import sys

from federation import gateway_command
from federation.cli import main
from federation.gateway.request_log import log_event

COMMAND = (sys.executable, "-m", __name__, "gateway")
ENVIRONMENT = {**os.environ, "PYTHONMALLOC": "malloc"}


class _Allocator(ctypes.Structure):
    """`struct mallinfo2` of glibc 2.33 and later: ten sizes, of which two are read."""

    _fields_ = (
        ("of_heaps", ctypes.c_size_t * 4),
        ("in_mappings", ctypes.c_size_t),
        ("of_small_blocks", ctypes.c_size_t * 2),
        ("in_heaps", ctypes.c_size_t),
        ("free", ctypes.c_size_t * 2),
    )


def can_measure() -> bool:
    """Whether this machine's C library tells."""
    return hasattr(ctypes.CDLL(None), "mallinfo2")


def bytes_in_use() -> int:
    """Allocated and not given back, in heaps and in mappings of their own."""
    ask = ctypes.CDLL(None).mallinfo2
    ask.restype = _Allocator
    allocator = ask()
    return allocator.in_heaps + allocator.in_mappings


def settle_and_tell() -> None:
    settle_memory()
    log_event("settled", bytes=bytes_in_use())


if __name__ == "__main__":
    settle_memory = gateway_command.settle_memory
    gateway_command.settle_memory = settle_and_tell
    main()
