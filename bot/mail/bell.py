"""A bell that wakes the thread that waits for mail, from any other thread and at once."""

from __future__ import annotations

import selectors
import socket
import threading


class Bell:
    """Rings while the watcher waits, be it for time to pass or for its mail server to speak."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._sender, self._receiver = socket.socketpair()
        self._sender.settimeout(0)
        self._receiver.settimeout(0)
        self._rung = False
        self._stopped = False

    @property
    def rung(self) -> bool:
        """Whether it rang since the last `quiet()`."""
        return self._rung

    @property
    def stopped(self) -> bool:
        """Whether it rang for the last time."""
        return self._stopped

    def ring(self) -> None:
        """End the present wait, or the next one."""
        with self._lock:
            if not self._rung:
                self._rung = True
                self._sender.send(b"!")

    def stop(self) -> None:
        """End every wait from now on."""
        self._stopped = True
        self.ring()

    def quiet(self) -> None:
        """Forget that it rang, unless it rang for the last time."""
        with self._lock:
            if self._rung and not self._stopped:
                self._rung = False
                self._receiver.recv(16)

    def wait(self, seconds: float, beside: socket.socket | None = None) -> bool:
        """Wait until it rings, the time is up or, then with True, the socket `beside` has something to read."""
        with selectors.DefaultSelector() as selector:
            selector.register(self._receiver, selectors.EVENT_READ)
            if beside is not None:
                selector.register(beside, selectors.EVENT_READ)
            return any(key.fileobj is beside for key, _ in selector.select(max(seconds, 0.0)))

    def close(self) -> None:
        """Give its two sockets back; nobody may wait any more."""
        with self._lock:
            self._stopped = self._rung = True
            self._sender.close()
            self._receiver.close()
