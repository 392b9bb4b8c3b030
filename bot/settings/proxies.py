"""The process's proxy settings, which libraries read from the environment by themselves."""

import os

_THIS_MACHINE = ("localhost", "127.0.0.1", "::1")


def spare_this_machine() -> None:
    """Keep every library's hands off the proxy when it talks to this machine.

    The websocket library spares loopback only while NO_PROXY is unset, so it is named there.
    """
    for name in ("NO_PROXY", "no_proxy"):
        spared = [host for host in os.environ.get(name, "").split(",") if host]
        os.environ[name] = ",".join([*spared, *(host for host in _THIS_MACHINE if host not in spared)])
