"""What a form is about, carried through Slack in its private_metadata, and what was filled in."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any

from bot.cases.inbound import Attached
from bot.slack.spot import Spot


@dataclass(frozen=True, slots=True, kw_only=True)
class Errand:
    """What a form is about, and where its person is answered once it is submitted.

    `version` is the case's when the form was drawn. `message` is the ts of the message in `channel` that is meant.
    `again` is the stopped answer that is written anew. `url` replaces the private message that opened the form.
    """

    case_id: str = ""
    version: int = 0
    channel: str | None = None
    thread: str | None = None
    message: str = ""
    again: int = 0
    url: str = ""

    def as_text(self) -> str:
        """Return the form that travels (Slack takes 3,000 characters)."""
        return json.dumps({name: part for name, part in asdict(self).items() if part}, separators=(",", ":"))

    def spot(self, user: str) -> Spot:
        """Return where this person is answered."""
        return Spot(user, self.channel, self.thread, url=self.url)


def errand_of(view: Mapping[str, Any]) -> Errand:
    """Return the errand of a form that came back."""
    return Errand(**json.loads(view.get("private_metadata") or "{}"))


class Filled:
    """A submitted form: what stands in its inputs, each named by its block. `key` is the same at a second submit."""

    def __init__(self, view: Mapping[str, Any]) -> None:
        self.errand = errand_of(view)
        self.key = str(view["id"])
        self._values: Mapping[str, Mapping[str, Mapping[str, Any]]] = (view.get("state") or {}).get("values") or {}

    def words(self, block: str) -> str:
        """Return typed words without the white space around them; empty where nothing was typed."""
        return str(self._entered(block).get("value") or "").strip()

    def user(self, block: str) -> str:
        """Return the chosen member's id, or an empty string."""
        return str(self._entered(block).get("selected_user") or "")

    def choice(self, block: str) -> str:
        """Return the value of the chosen option, or an empty string."""
        return str((self._entered(block).get("selected_option") or {}).get("value") or "")

    def choices(self, block: str) -> frozenset[str]:
        """Return the values of the ticked options."""
        return frozenset(option["value"] for option in self._entered(block).get("selected_options") or ())

    def moment(self, block: str) -> datetime | None:
        """Return the chosen date and time, which Slack gives in seconds since 1970; None where none was chosen."""
        chosen = self._entered(block).get("selected_date_time")
        return datetime.fromtimestamp(int(chosen), UTC) if chosen else None

    def files(self, block: str) -> Sequence[Attached]:
        """Return the files that were uploaded with the form; their bytes stay in Slack."""
        return [
            Attached(
                name=str(file.get("name") or file.get("title") or file["id"]),
                content_type=str(file.get("mimetype") or "application/octet-stream"),
                size=int(file.get("size") or 0),
                held=f"slack:{file['id']}",
            )
            for file in self._entered(block).get("files") or ()
        ]

    def _entered(self, block: str) -> Mapping[str, Any]:
        return self._values.get(block, {}).get(block, {})
