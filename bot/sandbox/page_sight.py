"""What one person sees on the page: places, messages with their threads, App Home, modal and mail."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage

from bot.sandbox.channels import Channel, is_top_level
from bot.sandbox.mailbox import Mailbox
from bot.sandbox.people import Person
from bot.sandbox.shapes import Json
from bot.sandbox.workspace import Workspace

HOME = "home"
NEWEST = 200
NEWEST_MAILS = 40
LONGEST_MAIL = 100_000


@dataclass(frozen=True)
class Sight:
    """Who looks (`person`) at what (`place`: a channel's id or `home`)."""

    workspace: Workspace
    mailbox: Mailbox
    person: Person
    place: str

    @property
    def channel(self) -> Channel | None:
        """The channel looked at, if it is one."""
        return self.workspace.channels.get(self.place)

    @property
    def title(self) -> str:
        """What stands above the conversation."""
        if self.channel is None:
            return "Casebot’s Home"
        return "Casebot" if self.channel.kind == "im" else f"#{self.channel.name}"

    def places(self) -> list[Channel]:
        """Return the channels this person is in."""
        return [c for c in self.workspace.channels.values() if c.kind != "im" and self.person.id in c.members]

    def said(self) -> list[Json]:
        """Return the newest messages of the place as the template draws them, oldest first."""
        channel = self.channel
        if channel is None:
            return []
        with self.workspace.changes.reading():
            alone = [m for m in self.workspace.whispers.get(self.person.id, []) if m["channel"] == channel.id]
            shown = sorted([*channel.messages.values(), *alone], key=lambda m: str(m["ts"]))
            top = [m for m in shown if is_top_level(m)][-NEWEST:]
            return [self._drawn(m) | {"replies": [self._drawn(r) for r in _replies(m, shown)]} for m in top]

    def _drawn(self, message: Json) -> Json:
        author = self.workspace.people.get(str(message.get("user")))
        own_blocks = message.get("blocks", []) if "bot_id" in message else []
        return {
            "ts": message["ts"],
            "author": (author.display_name or author.real_name) if author else "Slackbot",
            "is_bot": "bot_id" in message,
            "at": datetime.fromtimestamp(float(message["ts"]), UTC),
            "text": message.get("text", ""),
            "blocks": own_blocks,
            "edited": "edited" in message,
            "alone": bool(message.get("is_ephemeral")),
            "reactions": message.get("reactions", []),
            "where": {"as": self.person.id, "channel": self.place, "ts": message["ts"]},
        }

    def home(self) -> Json | None:
        """Return this person's App Home."""
        return self.workspace.home(self.person.id)

    def modal(self) -> Json | None:
        """Return the modal this person has open."""
        return self.workspace.modal(self.person.id)

    def desk_mails(self) -> list[Json]:
        """Return the newest mails of the desk's mailbox, newest first."""
        if self.mailbox.is_away:
            return []
        stored = self.mailbox.stored()[-NEWEST_MAILS:]
        return [_mail(raw) | {"uid": uid} for uid, raw in reversed(stored)]

    def own_mails(self) -> list[Json]:
        """Return what the desk sent to this person, newest first."""
        mails = self.mailbox.inbox(self.person.email)[-NEWEST_MAILS:]
        return [_shown(mail) for mail in reversed(mails)]


def _replies(parent: Json, shown: list[Json]) -> Iterator[Json]:
    return (m for m in shown if m.get("thread_ts") == parent["ts"] and m["ts"] != parent["ts"])


def _mail(raw: bytes) -> Json:
    """Read a mail for showing; what can't be read is shown as it is."""
    try:
        return _shown(message_from_bytes(raw[:LONGEST_MAIL], policy=policy.default))
    except Exception:  # noqa: BLE001  (odd mail makes the parser raise anything, RecursionError too)
        return {
            "sender": "?",
            "subject": "(a mail that can’t be read)",
            "text": raw[:2000].decode("latin-1"),
            "verified": False,
            "message_id": "",
            "at": "",
        }


def _shown(mail: EmailMessage) -> Json:
    body = mail.get_body(("plain", "html"))
    return {
        "sender": str(mail["From"] or ""),
        "subject": str(mail["Subject"] or "(no subject)"),
        "at": str(mail["Date"] or ""),
        "text": str(body.get_content()) if body is not None else "",
        "verified": "dmarc=pass" in str(mail["Authentication-Results"] or ""),
        "message_id": str(mail["Message-ID"] or ""),
    }
