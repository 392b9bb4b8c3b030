"""A private Dovecot: a real IMAP server with Maildirs."""

import grp
import itertools
import os
import pwd
import shutil
import socket
import subprocess
import time
from collections.abc import Iterable, Sequence
from datetime import datetime
from functools import cache
from pathlib import Path

from bot.chaos.servers.process import ServerProcess

PASSWORD = "correct-horse"  # noqa: S105 - any address may log in with it, on loopback
_COUNT = itertools.count(1)
_PARTS = ("/usr/lib", "/usr/libexec", "/usr/local/libexec")  # dovecot-imapd is a package of its own


@cache
def program() -> Path | None:
    """Where Dovecot 2.3 is installed, if it is (2.4 speaks another configuration language)."""
    found = shutil.which("dovecot") or shutil.which("dovecot", path="/usr/sbin:/usr/local/sbin")
    if found is None or not any(Path(folder, "dovecot/imap").exists() for folder in _PARTS):
        return None
    asked = subprocess.run([found, "--version"], capture_output=True, text=True, check=False)  # noqa: S603 - no input
    version = asked.stdout
    return Path(found) if version.startswith("2.3.") else None


class Dovecot(ServerProcess):
    """Plain IMAP with IDLE on loopback. Every address logs in with the password and has a Maildir of its own.

    `more_configuration` comes last in its configuration and wins.
    """

    password = PASSWORD
    user: str

    def __init__(self, more_configuration: str = "") -> None:
        super().__init__("dovecot")
        self._more_configuration = more_configuration
        self._as_root = os.getuid() == 0
        self._owner = pwd.getpwnam("nobody") if self._as_root else pwd.getpwuid(os.getuid())
        self.uidvalidity = time.time_ns() // 1_000_000_000
        self._newest = 0
        self._configure()
        self.reset()

    def command(self) -> list[str | Path]:
        """Dovecot, in the foreground."""
        found = program()
        if found is None:
            raise FileNotFoundError("Dovecot is not installed: apt-get install dovecot-imapd")
        return [found, "-F", "-c", self.folder / "dovecot.conf"]

    def answers(self) -> bool:
        """Whether IMAP greets us."""
        try:
            with socket.create_connection((self.host, self.port), 1) as door:
                return door.recv(64).startswith(b"* OK")
        except OSError:
            return False

    def environment(self) -> dict[str, str]:
        """The settings that point Casebot at this mailbox."""
        return {
            "IMAP_SERVER": self.host,
            "IMAP_PORT": str(self.port),
            "IMAP_SECURITY": "none",
            "IMAP_EMAIL": self.user,
            "IMAP_PASSWORD": self.password,
        }

    # -- the mailbox ---------------------------------------------------------------------------------------------

    @property
    def maildir(self) -> Path:
        """The folder of the INBOX."""
        return self.folder / "mail" / self.user

    def reset(self) -> None:
        """Begin with an empty mailbox under a new address, so that no earlier client can disturb."""
        self.user = f"support{next(_COUNT)}@example.test"
        for box in ("new", "cur", "tmp"):
            (self.maildir / box).mkdir(parents=True)
        self._number_from(self.uidvalidity)
        self._hand_over()

    def deliver(self, mail: bytes, arrived: datetime | None = None) -> str:
        """Put one mail into the INBOX atomically, as a delivery agent does; `arrived` sets its INTERNALDATE."""
        name = self._next_name()
        draft = self.maildir / "tmp" / name
        draft.write_bytes(mail)
        os.chown(draft, self._owner.pw_uid, self._owner.pw_gid)
        if arrived is not None:
            os.utime(draft, (arrived.timestamp(), arrived.timestamp()))
        draft.rename(self.maildir / "new" / name)
        return name

    def deliver_many(self, mails: Iterable[bytes]) -> int:
        """Deliver in this order; UIDs follow it. Returns how many."""
        return sum(1 for mail in mails if self.deliver(mail))

    def stored(self) -> list[Path]:
        """The mails in the INBOX, oldest first. Flags are letters after `:2,` in the file's name (S: seen)."""
        found = [mail for box in ("new", "cur") for mail in (self.maildir / box).iterdir()]
        return sorted(found, key=lambda mail: mail.name.split(":")[0])

    def restore(self, mails: Sequence[bytes]) -> None:
        """Put back a backup of the INBOX: other mails under the same UIDVALIDITY, UIDs from 1. Connections break."""
        was_running = self.running
        self.stop()
        for mail in (*self.stored(), *self.maildir.glob("dovecot*")):
            mail.unlink()
        self._number_from(self.uidvalidity)
        self._hand_over()
        self.deliver_many(mails)
        if was_running:
            self.start()

    def bump_uidvalidity(self) -> int:
        """Number all mails anew, as after a mailbox was restored or moved. Connections break. Returns the new value."""
        was_running = self.running
        self.stop()
        for index in self.maildir.glob("dovecot*"):
            index.unlink()
        self.uidvalidity += 1
        self._number_from(self.uidvalidity)
        self._hand_over()
        if was_running:
            self.start()
        return self.uidvalidity

    # -- how it is kept ------------------------------------------------------------------------------------------

    def _next_name(self) -> str:
        """Unique and growing: Dovecot gives UIDs in the order of seconds and microseconds in the name."""
        self._newest = max(self._newest + 1, time.time_ns() // 1000)
        seconds, micros = divmod(self._newest, 1_000_000)
        return f"{seconds}.M{micros:06d}P{os.getpid()}.casebot"

    def _number_from(self, uidvalidity: int) -> None:
        (self.maildir / "dovecot-uidlist").write_text(f"3 V{uidvalidity} N1\n")

    def _hand_over(self) -> None:
        """Mails are the mail user's, also when the tests run as root."""
        for path in (self.folder / "mail", self.maildir, *self.maildir.rglob("*")):
            os.chown(path, self._owner.pw_uid, self._owner.pw_gid)

    def _configure(self) -> None:
        for part in ("run", "state", "home", "mail"):
            (self.folder / part).mkdir()
        me = self._owner.pw_name
        internal, login, group = (
            ("dovecot", "dovenull", "dovecot") if self._as_root else (me, me, _group_name(self._owner.pw_gid))
        )
        text = _CONFIGURATION.format(
            folder=self.folder,
            port=self.port,
            password=self.password,
            uid=self._owner.pw_uid,
            gid=self._owner.pw_gid,
            internal=internal,
            login=login,
            group=group,
            no_chroots="" if self._as_root else _NO_CHROOTS,
        )
        (self.folder / "dovecot.conf").write_text(text + self._more_configuration)


def _group_name(gid: int) -> str:
    return grp.getgrgid(gid).gr_name


# Only root may chroot.
_NO_CHROOTS = """
service imap-login {
  chroot =
}
service anvil {
  chroot =
}
service stats {
  chroot =
}
"""

_CONFIGURATION = """
base_dir = {folder}/run
state_dir = {folder}/state
log_path = /dev/stderr
protocols = imap
listen = 127.0.0.1
ssl = no
disable_plaintext_auth = no
mail_location = maildir:{folder}/mail/%u
mail_fsync = never
first_valid_uid = 1
default_internal_user = {internal}
default_internal_group = {group}
default_login_user = {login}
passdb {{
  driver = static
  args = password={password}
}}
userdb {{
  driver = static
  args = uid={uid} gid={gid} home={folder}/home/%u
}}
namespace inbox {{
  inbox = yes
}}
service imap-login {{
  service_count = 0
  inet_listener imap {{
    port = {port}
  }}
  inet_listener imaps {{
    port = 0
  }}
}}
# A wrong password would make every later login of this machine wait for seconds.
service anvil {{
  unix_listener anvil-auth-penalty {{
    mode = 0
  }}
}}
service stats {{
  unix_listener stats-writer {{
    mode = 0666
  }}
}}
protocol imap {{
  mail_max_userip_connections = 100
}}
{no_chroots}
"""
