"""Who sits at the console: his name on this machine, for the audit trail."""

from __future__ import annotations

import os
import sys

from bot.cases.inbound import Author


def operator() -> Author:
    """Return the operating system's user as an admin; not what the environment calls him, where there is better."""
    name = _name()
    return Author(f"console:{name}", f"{name} (console)", is_admin=True)


if sys.platform == "win32":
    import getpass

    def _name() -> str:
        return getpass.getuser()

else:
    import pwd

    def _name() -> str:
        try:
            return pwd.getpwuid(os.getuid()).pw_name
        except KeyError:  # a container's user of no name
            return f"uid {os.getuid()}"
