"""Reactions of admins: a sign under a message is a verb. Anybody else's are just reactions."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from bot.cases.inbound import Author
from bot.cases.lookups import CaseLookups
from bot.cases.models import Status
from bot.cases.queries import CaseQueries
from bot.cases.replies import Replies
from bot.cases.service import CaseService
from bot.slack.asides import Asides
from bot.slack.clippings import Clippings
from bot.slack.departures import Departures
from bot.slack.signs import Sign, Signs
from bot.slack.spot import Spot
from bot.slack.views import offers


@dataclass(frozen=True, slots=True)
class Reaction:
    """A sign under a message: who made it, where, and the case it means, if any. `name` is the same at a repetition."""

    actor: Author
    spot: Spot
    place: str
    ts: str
    name: str
    case_id: str | None


@dataclass(frozen=True, slots=True)
class Desk:
    """What the signs may ask for."""

    cases: CaseService
    queries: CaseQueries
    lookups: CaseLookups
    replies: Replies
    departures: Departures
    clippings: Clippings
    asides: Asides


def reaction_added(
    event: dict[str, Any],
    body: dict[str, Any],
    actor: Author,
    spot: Spot,
    signs: Signs,
    cases: CaseService,
    queries: CaseQueries,
    lookups: CaseLookups,
    replies: Replies,
    departures: Departures,
    clippings: Clippings,
    asides: Asides,
) -> None:
    """Do what an admin's sign asks for."""
    sign = signs.meaning(str(event.get("reaction") or ""))
    reaction = _reaction(event, body, actor, spot, lookups) if sign else None
    if sign is not None and reaction is not None:
        _MEANT[sign](reaction, Desk(cases, queries, lookups, replies, departures, clippings, asides))


def reaction_removed(
    event: dict[str, Any],
    body: dict[str, Any],
    actor: Author,
    spot: Spot,
    signs: Signs,
    cases: CaseService,
    queries: CaseQueries,
    lookups: CaseLookups,
) -> None:
    """Put a case back that was taken by a reaction; of another's case nothing changes."""
    if signs.meaning(str(event.get("reaction") or "")) is not Sign.ASSIGN:
        return
    reaction = _reaction(event, body, actor, spot, lookups)
    if reaction is None or reaction.case_id is None:
        return
    case = queries.sheet(reaction.case_id).case
    if case.status == Status.OPEN and case.assignee == actor.identity:
        cases.assign(case.case_id, None, by=actor)


def _reaction(
    event: dict[str, Any], body: dict[str, Any], actor: Author, spot: Spot, lookups: CaseLookups
) -> Reaction | None:
    item = event.get("item") or {}
    if not actor.is_admin or item.get("type") != "message":
        return None
    place, ts = str(item["channel"]), str(item["ts"])
    return Reaction(actor, spot, place, ts, str(body.get("event_id") or ""), lookups.case_at(place, ts))


def _assign(reaction: Reaction, desk: Desk) -> None:
    if reaction.case_id is None:
        return
    case = desk.queries.sheet(reaction.case_id).case
    if case.assignee != reaction.actor.identity:
        desk.cases.assign(case.case_id, reaction.actor, by=reaction.actor)


def _close(reaction: Reaction, desk: Desk) -> None:
    if reaction.case_id is None:
        return
    case = desk.queries.sheet(reaction.case_id).case
    if case.status == Status.OPEN:
        desk.asides.show(reaction.spot, offers.close_asked(case), once=reaction.name)


def _open(reaction: Reaction, desk: Desk) -> None:
    clippings = desk.clippings

    def take() -> str:
        return clippings.open_case(reaction.place, clippings.find(reaction.place, reaction.ts), reaction.actor)

    desk.asides.answer(reaction.spot, take, once=reaction.name)


def _send(reaction: Reaction, desk: Desk) -> None:
    if reaction.case_id is None:
        return
    desk.replies.send_note(reaction.place, reaction.ts, reaction.actor)
    sent = desk.lookups.copy_sent(reaction.place, reaction.ts) or 0
    desk.departures.tell(sent, reaction.spot, once=reaction.name)


_MEANT: dict[Sign, Callable[[Reaction, Desk], None]] = {
    Sign.ASSIGN: _assign,
    Sign.CLOSE: _close,
    Sign.OPEN: _open,
    Sign.SEND: _send,
}
