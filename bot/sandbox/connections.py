"""TCP connections that end as a network ends them, and at once when the sandbox stops."""

import asyncio
import socket
import struct

import uvicorn

LINGER_NOT = struct.pack("ii", 1, 0)
LAST_WORDS = 1.0
"""Seconds that requests under way get to end by themselves."""


def reset(transport: asyncio.Transport) -> None:
    """Abort a connection with RST: the client sees it reset, whatever it waited for."""
    raw: socket.socket = transport.get_extra_info("socket")
    raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, LINGER_NOT)
    transport.abort()


async def end_connections(server: uvicorn.Server) -> None:
    """Close listeners and connections of a server whose `serve` was cancelled; its own way takes 0.2 s."""
    for listener in server.servers:
        listener.close()
    for connection in list(server.server_state.connections):
        connection.shutdown()
    tasks = set(server.server_state.tasks)
    if tasks:
        _, late = await asyncio.wait(tasks, timeout=LAST_WORDS)
        for task in late:
            task.cancel()
        await asyncio.gather(*late, return_exceptions=True)
    for connection in list(server.server_state.connections):
        connection.transport.abort()
    await asyncio.sleep(0)
