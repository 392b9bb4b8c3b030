"""Which reactions of an admin mean what."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from bot.settings import Settings


class Sign(StrEnum):
    """What a reaction asks for."""

    ASSIGN = "assign"
    CLOSE = "close"
    OPEN = "open"
    SEND = "send"


@dataclass(frozen=True, slots=True)
class Signs:
    """The names of emoji, by what they ask for."""

    meanings: dict[str, Sign]

    def meaning(self, emoji: str) -> Sign | None:
        """Return what an emoji asks for, whatever its skin tone, or None."""
        return self.meanings.get(emoji.partition("::")[0])


def signs_of(settings: Settings) -> Signs:
    """Return the reactions as they are configured; a name that stands twice has its first meaning."""
    listed = {
        Sign.ASSIGN: settings.reaction_assign,
        Sign.CLOSE: settings.reaction_close,
        Sign.OPEN: settings.reaction_open,
        Sign.SEND: settings.reaction_send,
    }
    meanings: dict[str, Sign] = {}
    for sign, emojis in listed.items():
        for emoji in emojis:
            meanings.setdefault(emoji.strip(":"), sign)
    return Signs(meanings)
