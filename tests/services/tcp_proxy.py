"""A TCP proxy on loopback that can fall silent, as a firewall does that forgot a connection: nothing is ever closed."""

import contextlib
import socket
import threading
from types import TracebackType

from tests.services.process import LOOPBACK


class TcpProxy:
    """Forwards to a port until `silence()`; connections made after `speak()` are forwarded again."""

    def __init__(self, target: int) -> None:
        self._target = target
        self._silent = threading.Event()
        self._open: list[socket.socket] = []
        self._listener = socket.create_server((LOOPBACK, 0))
        self.port: int = self._listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def silence(self) -> None:
        """Forward nothing more on the connections that stand."""
        self._silent.set()

    def speak(self) -> None:
        """Forward what comes on new connections."""
        self._silent = threading.Event()

    def cut(self) -> None:
        """Break the connections that stand, in the middle of whatever they carry."""
        for each in self._open:
            with contextlib.suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)

    def __enter__(self) -> "TcpProxy":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for each in (self._listener, *self._open):
            with contextlib.suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)
            each.close()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                client, _ = self._listener.accept()
                server = socket.create_connection((LOOPBACK, self._target))
                self._open += [client, server]
                for source, sink in ((client, server), (server, client)):
                    threading.Thread(target=self._forward, args=(source, sink, self._silent), daemon=True).start()

    def _forward(self, source: socket.socket, sink: socket.socket, silent: threading.Event) -> None:
        with contextlib.suppress(OSError):
            while content := source.recv(65_536):
                if not silent.is_set():
                    sink.sendall(content)
            if not silent.is_set():
                sink.shutdown(socket.SHUT_WR)
