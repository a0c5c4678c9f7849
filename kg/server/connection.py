"""One HTTP connection, with bounds where uvicorn has none: size and time of a request's head, patience with slow readers."""

from __future__ import annotations

import asyncio

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from kg.server.settings import Limits

_SLOW_READER_SECONDS = 60.0
_MAX_HEADERS = 200
_HEAD_BYTES = 32 * 1024


def make_connection(limits: Limits) -> type[HttpToolsProtocol]:
    """The protocol class for a server with these limits."""
    # A query in the URL may have every byte written as %XX.
    most = 3 * limits.query_bytes + _HEAD_BYTES

    class Connection(HttpToolsProtocol):
        """A connection that has to say what it wants, and to take what it gets."""

        _timer: asyncio.TimerHandle | None = None
        _reader: asyncio.TimerHandle | None = None
        _in_head = True
        _size = 0

        def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
            super().connection_made(transport)
            self._wait_for_head()

        def on_message_begin(self) -> None:
            super().on_message_begin()
            self._wait_for_head()

        def on_headers_complete(self) -> None:
            self._in_head = False
            self._stop(self._timer)
            super().on_headers_complete()

        def data_received(self, data: bytes) -> None:
            super().data_received(data)
            if self._in_head:
                self._size += len(data)
                if self._size > most or len(self.headers or ()) > _MAX_HEADERS:
                    self._refuse(b"431 Request Header Fields Too Large")

        def pause_writing(self) -> None:
            super().pause_writing()
            self._reader = self.loop.call_later(_SLOW_READER_SECONDS, self.transport.abort)

        def resume_writing(self) -> None:
            self._stop(self._reader)
            super().resume_writing()

        def connection_lost(self, exc: Exception | None) -> None:
            self._stop(self._timer)
            self._stop(self._reader)
            super().connection_lost(exc)

        def _wait_for_head(self) -> None:
            self._in_head, self._size = True, 0
            self._stop(self._timer)
            self._timer = self.loop.call_later(limits.header_seconds, self._refuse, b"408 Request Timeout")

        def _refuse(self, status: bytes) -> None:
            if not self.transport.is_closing():
                self.transport.write(b"HTTP/1.1 " + status + b"\r\nconnection: close\r\ncontent-length: 0\r\n\r\n")
                self.transport.close()

        @staticmethod
        def _stop(timer: asyncio.TimerHandle | None) -> None:
            if timer is not None:
                timer.cancel()

    return Connection
