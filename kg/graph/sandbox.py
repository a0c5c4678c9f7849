"""Queries without a network: the operating system refuses the connection, whatever the text says.

A seccomp filter belongs to a thread and to the threads it starts. So a query of the library runs in a thread of its own that
has given up sockets, and the rest of the program keeps them; a query worker of the server gives them up for the whole process.
Linux on x86-64 and arm64. Elsewhere the guard stands alone and `deny_network` says so.
"""

from __future__ import annotations

import ctypes
import platform
import struct
import sys
import threading
import traceback
from collections.abc import Callable
from functools import cache
from typing import TypeVar

Result = TypeVar("Result")

_ARCHITECTURES = {"x86_64": (0xC000003E, 41), "aarch64": (0xC00000B7, 198)}  # AUDIT_ARCH_…, the number of socket(2)
_IO_URING_SETUP = 425  # can open sockets too, past socket(2); one number on every architecture
_X32 = 0x40000000  # x86-64 reads call numbers from here on as the x32 ABI, which would slip by the table
_LOAD, _EQUAL, _AT_LEAST, _RETURN = 0x20, 0x15, 0x35, 0x06
_ALLOW, _REFUSE = 0x7FFF0000, 0x00050000 | 1  # SECCOMP_RET_ALLOW, SECCOMP_RET_ERRNO | EPERM
_NUMBER, _ARCHITECTURE, _FIRST_ARGUMENT = 0, 4, 16  # offsets in struct seccomp_data
_AF_UNIX = 1
_PR_SET_NO_NEW_PRIVS, _PR_SET_SECCOMP, _MODE_FILTER = 38, 22, 2


def deny_network() -> bool:
    """Take from this thread, for good, the right to open sockets other than Unix ones; False where the platform cannot."""
    libc, program = _libc(), _program()
    if libc is None or program is None:
        return False
    if libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0:
        return False
    return bool(libc.prctl(_PR_SET_SECCOMP, _MODE_FILTER, ctypes.addressof(program), 0, 0) == 0)


def run_offline(call: Callable[[], Result]) -> Result:
    """What `call()` returns or raises, run where no connection can be opened.

    The call must fetch its results: an iterator of the engine belongs to the thread that made it. Ctrl-C ends the wait at once.
    """
    if _program() is None:
        return call()
    results: list[Result] = []
    errors: list[BaseException] = []

    def run() -> None:
        deny_network()
        try:
            results.append(call())
        except BaseException as error:  # handed over to the caller's thread, which raises it
            # An iterator of the engine may only die in this thread, and the trace keeps what the call had in hand.
            traceback.clear_frames(error.__traceback__)
            errors.append(error)

    thread = threading.Thread(target=run, name="kg-query", daemon=True)
    thread.start()
    thread.join()
    if errors:
        raise errors[0]
    return results[0]


class _Program(ctypes.Structure):
    """struct sock_fprog: how many instructions, and where they are."""

    _fields_ = (("length", ctypes.c_ushort), ("instructions", ctypes.c_void_p))


@cache
def _libc() -> ctypes.CDLL | None:
    if sys.platform != "linux":
        return None
    libc = ctypes.CDLL(None, use_errno=True)
    libc.prctl.argtypes = (ctypes.c_int, *[ctypes.c_ulong] * 2, ctypes.c_ulong, ctypes.c_ulong)
    return libc


@cache
def _program() -> _Program | None:
    """The filter of this machine, as the kernel wants it; None where there is none."""
    if sys.platform != "linux" or platform.machine() not in _ARCHITECTURES:
        return None
    architecture, socket = _ARCHITECTURES[platform.machine()]
    # (code, value, then skip, else skip): the last two lines are “allow” and “refuse”.
    instructions = [
        (_LOAD, _ARCHITECTURE, 0, 0),
        (_EQUAL, architecture, 0, 7),
        (_LOAD, _NUMBER, 0, 0),
        (_AT_LEAST, _X32, 5, 0),
        (_EQUAL, _IO_URING_SETUP, 4, 0),
        (_EQUAL, socket, 0, 2),
        (_LOAD, _FIRST_ARGUMENT, 0, 0),
        (_EQUAL, _AF_UNIX, 0, 1),
        (_RETURN, _ALLOW, 0, 0),
        (_RETURN, _REFUSE, 0, 0),
    ]
    code = b"".join(struct.pack("HBBI", code, then, other, value) for code, value, then, other in instructions)
    buffer = ctypes.create_string_buffer(code, len(code))
    program = _Program(len(instructions), ctypes.cast(buffer, ctypes.c_void_p))
    program.buffer = buffer  # keeps the instructions alive as long as the program
    return program
