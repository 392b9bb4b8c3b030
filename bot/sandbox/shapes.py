"""The words in which the sandbox's rooms talk: JSON as Slack writes it, and Slack's refusals."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, TypeAlias

Json: TypeAlias = dict[str, Any]
"""One JSON object as Slack sends or takes it; its fields are Slack's, documented at docs.slack.dev."""


class SlackError(Exception):
    """An answer `{"ok": false, "error": code}`; `messages` becomes `response_metadata.messages`."""

    def __init__(self, code: str, *messages: str, **extra: str) -> None:
        super().__init__(code)
        self.code = code
        self.messages = list(messages)
        self.extra = extra

    def answer(self) -> Json:
        """Return the body Slack would send."""
        body: Json = {"ok": False, "error": self.code, **self.extra}
        if self.messages:
            body["response_metadata"] = {"messages": self.messages}
        return body


@dataclass
class Call:
    """One call of the Web API: what was asked, as whom, and what was answered."""

    method: str
    arguments: Json
    token: str = ""
    answer: Json = field(default_factory=dict)

    def required(self, name: str, error: str = "invalid_arguments") -> str:
        """Return a non-empty text argument or refuse as Slack does."""
        value = str(self.arguments.get(name) or "")
        if not value:
            raise SlackError(error, f"[ERROR] missing required field: {name}")
        return value

    def text(self, name: str, default: str = "") -> str:
        """Return a text argument."""
        value = self.arguments.get(name)
        return default if value is None else str(value)

    def flag(self, name: str, *, default: bool = False) -> bool:
        """Return a boolean argument, however it was encoded."""
        value = self.arguments.get(name)
        return default if value is None else str(value).lower() in {"1", "true"}

    def number(self, name: str, default: int) -> int:
        """Return a whole number or refuse with invalid_arguments."""
        try:
            return int(self.arguments.get(name) or default)
        except ValueError as wrong:
            raise SlackError("invalid_arguments", f"[ERROR] {name} is not a number") from wrong


@dataclass(eq=False)
class Envelope:
    """One thing to send down a socket; `kind` is events_api, interactive or slash_commands.

    `settle` hears once, from the sandbox's loop, how it ended: the outcome and the ack's payload.
    """

    kind: str
    payload: Json
    settle: Callable[[str, Json | None], None] | None = None
    attempt: int = 0
    retry_reason: str = ""

    @property
    def is_event(self) -> bool:
        """Events are sent again when nobody acks them; clicks and commands are not."""
        return self.kind == "events_api"


@dataclass(frozen=True)
class Interaction:
    """How a click, command or submission ended: acked, operation_timeout or no_connection."""

    outcome: str
    payload: Json | None = None

    @property
    def acked(self) -> bool:
        """Whether the bot acked in time."""
        return self.outcome == "acked"
