"""TCP connections that end as a network ends them."""

import asyncio
import socket
import struct

LINGER_NOT = struct.pack("ii", 1, 0)


def reset(transport: asyncio.Transport) -> None:
    """Abort a connection with RST: the client sees it reset, whatever it waited for."""
    raw: socket.socket = transport.get_extra_info("socket")
    raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, LINGER_NOT)
    transport.abort()
