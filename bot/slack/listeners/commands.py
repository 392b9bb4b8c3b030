"""`/case`: what is typed, as verbs and questions. The answer rides on the ack."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from slack_bolt import Ack

from bot.cases.errors import WhichCase
from bot.cases.inbound import Author
from bot.cases.placing import case_numbered
from bot.cases.queries import CaseQueries, Filter
from bot.cases.service import CaseService
from bot.slack.directory import Directory
from bot.slack.inbound import spoken
from bot.slack.views import answers
from bot.slack.views.parts import Drawing

GLANCED = 5


@dataclass(frozen=True, slots=True)
class Typed:
    """One typed command: who asks, and the words after the first."""

    actor: Author
    words: tuple[str, ...]
    cases: CaseService
    queries: CaseQueries

    def case_id(self, usage: str) -> str:
        """Return the case that is named first; WhichCase with the right form otherwise."""
        case_id = case_numbered(self.words[0]) if self.words else None
        if case_id is None:
            raise WhichCase(f"Which case? Type it like this: `{usage}`")
        return case_id

    @property
    def rest(self) -> str:
        """What follows the case number."""
        return " ".join(self.words[1:])


def case_typed(
    ack: Ack,
    command: dict[str, Any],
    actor: Author,
    cases: CaseService,
    queries: CaseQueries,
    directory: Directory,
) -> None:
    """Answer `/case …` to the person who typed it."""
    words = spoken(command.get("text") or "", directory.names()).split()
    verb = words[0].lower() if words else ""
    typed = Typed(actor, tuple(words[1:]), cases, queries)
    drawing = _VERBS.get(verb, _unknown)(typed)
    ack(response_type="ephemeral", **drawing.as_arguments())


def _glance(typed: Typed) -> Drawing:
    if not typed.actor.is_admin:
        return _own(typed)
    return answers.glance(typed.queries.board(GLANCED))


def _status(typed: Typed) -> Drawing:
    if not typed.words:
        return _glance(typed)
    sheet = typed.queries.sheet_for(typed.case_id("/case status CASE-42"), typed.actor)
    return answers.status(sheet) if typed.actor.is_admin else answers.own_cases([sheet])


def _list(typed: Typed) -> Drawing:
    if not typed.actor.is_admin:
        return _own(typed)
    wanted = typed.words[0].lower() if typed.words else Filter.OPEN
    if wanted not in set(Filter):
        raise WhichCase(f"“{wanted}” is no list. Try `/case list open`, `/case list escalated` or `/case list closed`.")
    which = Filter(wanted)
    return answers.listing(typed.queries.board(answers.LISTED, which, typed.actor.identity), which)


def _close(typed: Typed) -> Drawing:
    case_id = typed.case_id("/case close CASE-42 [reason]")
    typed.cases.close(case_id, by=typed.actor, reason=typed.rest)
    return answers.done(f"{case_id} is closed.")


def _escalate(typed: Typed) -> Drawing:
    case_id = typed.case_id("/case escalate CASE-42 [reason]")
    typed.cases.escalate(case_id, by=typed.actor, reason=typed.rest)
    return answers.done(f"{case_id} is escalated; the alerting channel hears of it.")


def _help(typed: Typed) -> Drawing:
    return answers.usage(admin=typed.actor.is_admin)


def _own(typed: Typed) -> Drawing:
    return answers.own_cases(typed.queries.of_customer(typed.actor.identity))


def _unknown(typed: Typed) -> Drawing:
    return _help(typed)


_VERBS: dict[str, Callable[[Typed], Drawing]] = {
    "": _glance,
    "status": _status,
    "list": _list,
    "close": _close,
    "escalate": _escalate,
    "help": _help,
}
