"""Forms that come back: each submission is one verb. A refusal is shown in the form, where nothing typed is lost."""

from __future__ import annotations

from typing import Any

from slack_bolt import Ack

from bot.cases.inbound import Attached, Author
from bot.cases.lookups import CaseLookups
from bot.cases.queries import CaseQueries
from bot.cases.replies import Replies
from bot.cases.rules import Rules
from bot.cases.service import CaseService
from bot.clock import Clock
from bot.slack.action_ids import WHICH_ADMIN, WHICH_CASE
from bot.slack.asides import Asides
from bot.slack.clippings import Clippings
from bot.slack.departures import Departures
from bot.slack.directory import Directory
from bot.slack.errand import Errand, Filled
from bot.slack.misfit import Misfit
from bot.slack.views import offers, words
from bot.slack.views.modals import answering, snoozing, taking, verbs
from bot.slack.views.parts import Drawing


def reply_submitted(
    ack: Ack,
    view: dict[str, Any],
    actor: Author,
    replies: Replies,
    queries: CaseQueries,
    departures: Departures,
) -> None:
    """Send an answer to the customer, and let it be stopped for a moment."""
    filled = Filled(view)
    errand = filled.errand
    files = [*_kept(filled, queries), *filled.files(answering.FILES)]
    message_id = replies.reply(
        errand.case_id, filled.words(answering.TEXT), actor, files, seen=errand.version, key=filled.key
    )
    ack(response_action="clear")
    departures.tell(message_id, errand.spot(actor.identity))


def assign_submitted(
    ack: Ack, view: dict[str, Any], actor: Author, cases: CaseService, directory: Directory, asides: Asides
) -> None:
    """Give the case to an admin or to nobody; who is no admin any more is refused in the form."""
    filled = Filled(view)
    errand = filled.errand
    chosen = filled.choice(WHICH_ADMIN)
    to = directory.author(chosen) if chosen != verbs.NOBODY else None
    cases.assign(errand.case_id, to, by=actor, seen=errand.version)
    ack(response_action="clear")
    whose = f"with {words.one_line(to.name, 80)}" if to else "nobody's"
    _tell(asides, errand, actor, offers.done(f"{errand.case_id} is {whose} now."))


def snooze_submitted(
    ack: Ack,
    view: dict[str, Any],
    actor: Author,
    cases: CaseService,
    clock: Clock,
    directory: Directory,
    asides: Asides,
) -> None:
    """Let the case rest."""
    filled = Filled(view)
    errand = filled.errand
    until = filled.moment(snoozing.UNTIL)
    if until is None:
        rest = snoozing.Rest(filled.choice(snoozing.FOR))
        until = snoozing.wake_time(rest, clock.now(), directory.zone(actor.identity))
    elif until <= clock.now():
        raise Misfit("That time has passed already. Choose one that is still to come.", snoozing.UNTIL)
    cases.snooze(errand.case_id, until, by=actor, seen=errand.version)
    ack(response_action="clear")
    _tell(asides, errand, actor, offers.done(f"{errand.case_id} rests until {words.when(until)}."))


def note_submitted(ack: Ack, view: dict[str, Any], actor: Author, cases: CaseService) -> None:
    """Write a note; it shows up in the case's thread by itself."""
    filled = Filled(view)
    cases.note(filled.errand.case_id, filled.words(verbs.TEXT), by=actor, key=filled.key)
    ack(response_action="clear")


def escalate_submitted(ack: Ack, view: dict[str, Any], actor: Author, cases: CaseService, asides: Asides) -> None:
    """Make the case louder."""
    filled = Filled(view)
    errand = filled.errand
    cases.escalate(errand.case_id, by=actor, reason=filled.words(verbs.REASON), seen=errand.version)
    ack(response_action="clear")
    _tell(asides, errand, actor, offers.done(f"{errand.case_id} is escalated; the alerting channel hears of it."))


def close_submitted(
    ack: Ack,
    view: dict[str, Any],
    actor: Author,
    cases: CaseService,
    queries: CaseQueries,
    rules: Rules,
    asides: Asides,
) -> None:
    """End the case with its reason; the customer is told only where that was ticked."""
    filled = Filled(view)
    errand = filled.errand
    reason = ": ".join(part for part in (filled.choice(verbs.REASON), filled.words(verbs.DETAIL)) if part)
    farewell = rules.closing_message if verbs.TOLD in filled.choices(verbs.FAREWELL) else ""
    cases.close(errand.case_id, by=actor, reason=reason, seen=errand.version, farewell=farewell)
    ack(response_action="clear")
    case = queries.sheet(errand.case_id).case
    _tell(asides, errand, actor, offers.closed(case, rules.undo, farewell=bool(farewell)))


def new_case_submitted(
    ack: Ack, view: dict[str, Any], actor: Author, cases: CaseService, directory: Directory, asides: Asides
) -> None:
    """Open a case on behalf of a customer, who is named by his address or as a member of the workspace."""
    filled = Filled(view)
    customer = _customer(filled, directory)
    subject = filled.words(taking.SUBJECT)
    taken = cases.open(customer, filled.words(taking.TEXT), actor, subject=subject, key=filled.key)
    ack(response_action="clear")
    name = words.one_line(customer.name, 80)
    _tell(asides, filled.errand, actor, offers.done(f"The words of {name} stand in {taken.case_id}."))


def add_submitted(
    ack: Ack, view: dict[str, Any], actor: Author, queries: CaseQueries, clippings: Clippings, asides: Asides
) -> None:
    """Put a message into a case; Slack is asked for the message itself, so that is done after the ack."""
    filled = Filled(view)
    errand = filled.errand
    case_id = queries.sheet(filled.choice(WHICH_CASE)).case.case_id
    ack(response_action="clear")
    channel = errand.channel or ""
    asides.answer(
        errand.spot(actor.identity),
        lambda: clippings.add_to(case_id, channel, clippings.find(channel, errand.message), actor),
    )


def case_typed_in_menu(ack: Ack, payload: dict[str, Any], actor: Author, lookups: CaseLookups) -> None:
    """Offer the cases that fit what an admin types; nobody else learns of any."""
    found = lookups.cases_like(str(payload.get("value") or "")) if actor.is_admin else ()
    ack(options=taking.case_options(found))


def admin_typed_in_menu(ack: Ack, payload: dict[str, Any], actor: Author, directory: Directory) -> None:
    """Offer those of the team who are called so; only the team learns who that is."""
    team = directory.team() if actor.is_admin else []
    ack(options=verbs.team_options(team, actor, str(payload.get("value") or "")) if team else [])


def anything_submitted(ack: Ack) -> None:
    """Close a form of an older release, or one that is only read."""
    ack()


def nothing_offered(ack: Ack) -> None:
    """Offer nothing in a menu of an older release."""
    ack(options=[])


def _kept(filled: Filled, queries: CaseQueries) -> list[Attached]:
    """Return those files of a stopped answer that go out with it after all."""
    before = queries.attachments(filled.errand.again) if filled.errand.again else ()
    chosen = filled.choices(answering.KEPT)
    return [
        Attached(name=file.name, content_type=file.content_type, size=file.size, held=file.held)
        for file in before
        if str(file.id) in chosen
    ]


def _customer(filled: Filled, directory: Directory) -> Author:
    address, member = filled.words(taking.ADDRESS), filled.user(taking.MEMBER)
    if bool(address) == bool(member):
        raise Misfit("Name the customer once: by an address or as a member.", taking.ADDRESS)
    block = taking.ADDRESS if address else taking.MEMBER
    customer = directory.correspondent(address) if address else directory.author(member)
    if address and not _is_address(address):
        raise Misfit("That is no e-mail address.", block)
    if member and directory.is_bot(member):
        raise Misfit("That is an app, and apps have no cases.", block)
    if customer.is_admin:
        raise Misfit(f"{customer.signature} is an admin, and admins have no cases.", block)
    return customer


def _is_address(typed: str) -> bool:
    name, at, host = typed.rpartition("@")
    return bool(name and at and host) and not any(letter.isspace() for letter in typed)


def _tell(asides: Asides, errand: Errand, actor: Author, drawing: Drawing) -> None:
    spot = errand.spot(actor.identity)
    if spot.url:
        asides.replace(spot, drawing)
    else:
        asides.show(spot, drawing)
