"""What each person has not looked at yet, by place: the marks beside channels, people and mail."""

import threading

from bot.sandbox.channels import Channel

MAIL = "mail"


class ReadMarks:
    """Remembers up to where each person has read each place; forgets everything with the sandbox."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._until: dict[tuple[str, str], str] = {}
        self._mails: dict[str, int] = {}

    def look(self, person: str, channel: Channel) -> None:
        """Mark everything said in a channel, threads too, as read by this person."""
        newest = max(channel.messages, default="")
        with self._lock:
            key = (person, channel.id)
            self._until[key] = max(self._until.get(key, ""), newest)

    def unread(self, person: str, channel: Channel) -> int:
        """Count what others said here since this person last looked."""
        with self._lock:
            until = self._until.get((person, channel.id), "")
        return sum(ts > until and said.get("user") != person for ts, said in channel.messages.items())

    def read_mail(self, person: str, received: int) -> None:
        """Mark this many received mails as read."""
        with self._lock:
            self._mails[person] = received

    def unread_mail(self, person: str, received: int) -> int:
        """Count the mails received since this person last looked."""
        with self._lock:
            return max(received - self._mails.get(person, 0), 0)
