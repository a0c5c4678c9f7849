"""What the server and its query workers say to each other: a JSON object and bytes, with their lengths before them."""

from __future__ import annotations

import json
import struct
from typing import BinaryIO

_HEAD = struct.Struct("!II")
Message = dict[str, object]


def pack(message: Message, body: bytes = b"") -> bytes:
    """One frame."""
    text = json.dumps(message, ensure_ascii=False).encode("utf-8", "surrogatepass")
    return _HEAD.pack(len(text), len(body)) + text + body


def unpack(buffer: bytearray) -> tuple[Message, bytes] | None:
    """The first whole frame, taken off the buffer; None while it is not all there."""
    if len(buffer) < _HEAD.size:
        return None
    text, body = _HEAD.unpack_from(buffer)
    end = _HEAD.size + text + body
    if len(buffer) < end:
        return None
    message = json.loads(buffer[_HEAD.size : _HEAD.size + text].decode("utf-8", "surrogatepass"))
    rest = bytes(memoryview(buffer)[_HEAD.size + text : end])
    del buffer[:end]
    return message, rest


def read(stream: BinaryIO) -> tuple[Message, bytes] | None:
    """The next frame of a blocking stream; None at its end."""
    head = stream.read(_HEAD.size)
    if len(head) < _HEAD.size:
        return None
    text, body = _HEAD.unpack(head)
    return json.loads(stream.read(text).decode("utf-8", "surrogatepass")), stream.read(body)
