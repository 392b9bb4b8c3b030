"""What can be ordered in words: one table of verbs, each with its right form and what it does."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from difflib import get_close_matches

from bot.cases.errors import ONLY_ADMINS, NotAllowed, WhichCase
from bot.cases.inbound import Author, Outcome
from bot.cases.placing import case_numbered
from bot.cases.queries import Filter
from bot.settings.addresses import is_mail_address
from bot.slack.orders import Order, OrderDesk
from bot.slack.until import midnight, until
from bot.slack.views import answers, searches, words
from bot.slack.views.docket import SHOWN, docket
from bot.slack.views.parts import Drawing
from bot.slack.views.why import why

GLANCED = 5


@dataclass(frozen=True, slots=True)
class Verb:
    """One thing that can be ordered: its right form, what it does in a few words, and the deed.

    `own` is what it does for a customer, who gets his own cases and nothing else; empty: it is the team's alone.
    """

    usage: str
    summary: str
    do: Callable[[Order], Drawing]
    own: str = ""


def obey(order: Order) -> Drawing:
    """Do what is ordered and return the answer; a CaseError refuses, and has the right form where words were wrong."""
    verb = VERBS.get(_SYNONYMS.get(order.verb, order.verb))
    if verb is None:
        return _unknown(order)
    if not order.actor.is_admin and not verb.own:
        raise NotAllowed(ONLY_ADMINS)
    return verb.do(order)


def usage(*, admin: bool) -> Drawing:
    """Return what an admin or a customer can order."""
    if admin:
        return answers.usage([(verb.usage, verb.summary) for verb in VERBS.values()], admin=True)
    # What may stand in brackets is the team's.
    own = [(verb.usage.partition(" [")[0], verb.own) for verb in VERBS.values() if verb.own]
    return answers.usage(own, admin=False)


def _unknown(order: Order) -> Drawing:
    if case_numbered(order.verb) is not None:
        return _status(replace(order, text=order.verb))
    close = get_close_matches(order.verb, [*VERBS, *_SYNONYMS], n=1, cutoff=0.6)
    verb = VERBS[_SYNONYMS.get(close[0], close[0])] if close else VERBS["help"]
    if not order.actor.is_admin and not verb.own:
        verb = VERBS["help"]
    hint = "`/case help` lists what I can." if verb is VERBS["help"] else f"Did you mean `/case {verb.usage}`?"
    raise WhichCase(f"“{words.shortened(order.plain(order.verb), 40)}” is nothing I can do. {hint}")


def _glance(order: Order) -> Drawing:
    if not order.actor.is_admin:
        return _own(order)
    identity = order.actor.identity
    today = midnight(order.desk.clock.now(), order.desk.directory.zone(identity))
    board = order.desk.queries.board(GLANCED, viewer=identity, today=today)
    return answers.glance(board, order.desk.links.around([sheet.case.case_id for sheet in board.cases]))


def _status(order: Order) -> Drawing:
    if not order.text and not order.here:
        return _glance(order)
    case_id, _ = order.named("status CASE-42")
    sheet = order.desk.queries.sheet_for(case_id, order.actor)
    if not order.actor.is_admin:
        return answers.own_cases([sheet])
    return answers.status(sheet, order.desk.links.around([case_id]))


def _list(order: Order) -> Drawing:
    if not order.actor.is_admin:
        return _own(order)
    wanted = (order.plain(order.text).split() or [Filter.OPEN])[0].lower()
    if wanted not in set(Filter):
        close = get_close_matches(wanted, list(Filter), n=1)
        hint = f"Did you mean `/case list {close[0]}`?" if close else f"There are: {', '.join(Filter)}."
        raise WhichCase(f"“{words.shortened(wanted, 40)}” is no list. {hint}")
    return listed(order.desk, order.actor, Filter(wanted))


def _mine(order: Order) -> Drawing:
    return listed(order.desk, order.actor, Filter.MINE)


def listed(desk: OrderDesk, actor: Author, which: Filter, after: str = "") -> Drawing:
    """Return a page of a list to an admin, `after` another one."""
    if not actor.is_admin:
        raise NotAllowed(ONLY_ADMINS)
    board = desk.queries.board(answers.LISTED, which, actor.identity, after)
    return answers.listing(board, which, desk.links.around([sheet.case.case_id for sheet in board.cases]))


def _open(order: Order) -> Drawing:
    form = "open carla@example.com what the customer said"
    who, text = order.first_word()
    if not order.text:
        raise WhichCase(f"For whom, and what about? Type it like this: `/case {form}`, or use the shortcut *New case*.")
    taken = order.desk.cases.open(_customer(order, who, form), order.plain(text), order.actor, key=order.key)
    if taken.outcome is Outcome.OPENED:
        return answers.done(f"{taken.case_id} is open.")
    return answers.done(f"The customer has an open case, {taken.case_id}: your words stand there now.")


def _customer(order: Order, who: str, form: str) -> Author:
    plain = order.plain(who)
    address = plain.rpartition("(")[2].rstrip(")").lower() if "(" in plain else plain.lower()
    if is_mail_address(address):
        return Author(address, address)
    return order.person(who, form)


def _close(order: Order) -> Drawing:
    case_id, reason = order.named("close CASE-42 [reason]")
    order.desk.cases.close(case_id, order.actor, order.plain(reason))
    return answers.done(f"{case_id} is closed. `/case reopen {case_id}` takes that back.")


def _acknowledge(order: Order) -> Drawing:
    case_id, _ = order.named("ack CASE-42")
    order.desk.cases.acknowledge(case_id, order.actor)
    return answers.done(f"You acknowledged {case_id}.")


def _assign(order: Order) -> Drawing:
    form = "assign CASE-42 @user"
    case_id, rest = order.named(form)
    if rest.strip().lower() in {"nobody", "none", "-"}:
        order.desk.cases.assign(case_id, None, order.actor)
        return answers.done(f"{case_id} is nobody's now.")
    to = order.person(rest, form)
    order.desk.cases.assign(case_id, to, order.actor)
    return answers.done(f"{case_id} is {'yours' if to == order.actor else words.one_line(to.name, 80) + '’s'} now.")


def _note(order: Order) -> Drawing:
    case_id, text = order.named("note CASE-42 text")
    order.desk.cases.note(case_id, order.plain(text), order.actor, key=order.key)
    return answers.done(f"Noted in {case_id}; only the team sees it.")


def _reply(order: Order) -> Drawing:
    case_id, text = order.named("reply CASE-42 text")
    message_id = order.desk.replies.reply(case_id, order.plain(text), order.actor, key=order.key)
    return order.desk.departures.offer(message_id)


def _snooze(order: Order) -> Drawing:
    form = "snooze CASE-42 2h"
    case_id, text = order.named(form)
    end = until(text, order.desk.clock.now(), order.desk.directory.zone(order.actor.identity))
    if end is None:
        raise WhichCase(f"Until when? Type it like this: `/case {form}`; also 30m, 3d, tomorrow, monday, 14:30.")
    order.desk.cases.snooze(case_id, end, order.actor)
    return answers.done(f"{case_id} rests until {words.when(end)}, or until its customer writes.")


def _reopen(order: Order) -> Drawing:
    case_id, _ = order.named("reopen CASE-42")
    order.desk.cases.reopen(case_id, order.actor)
    return answers.done(f"{case_id} is open again.")


def _escalate(order: Order) -> Drawing:
    case_id, reason = order.named("escalate CASE-42 [reason]")
    order.desk.cases.escalate(case_id, order.actor, order.plain(reason))
    return answers.done(f"{case_id} is escalated; the alerting channel hears of it.")


def _search(order: Order) -> Drawing:
    wanted = order.plain(order.text)
    if not wanted:
        raise WhichCase("What are you looking for? Type it like this: `/case search power outage`")
    page = order.desk.queries.search(wanted, order.actor, searches.SHOWN)
    known = [hit.case.case_id for hit in page.hits] if order.actor.is_admin else []
    return searches.found(page, wanted, order.desk.links.around(known))


def _why(order: Order) -> Drawing:
    case_id, _ = order.named("why CASE-42")
    return why(order.desk.queries.grounds(case_id, order.actor), order.desk.rules, order.desk.clock.now())


def _questions(order: Order) -> Drawing:
    return undecided(order.desk, order.actor)


def undecided(desk: OrderDesk, actor: Author, before: int = 0) -> Drawing:
    """Return the questions that wait for an admin: those older than the one numbered `before`, if any, or all."""
    page = desk.questions.undecided(actor, SHOWN, before)
    return docket(page if page.questions or not before else desk.questions.undecided(actor, SHOWN))


def _help(order: Order) -> Drawing:
    return usage(admin=order.actor.is_admin)


def _own(order: Order) -> Drawing:
    return answers.own_cases(order.desk.queries.of_customer(order.actor.identity))


VERBS: dict[str, Verb] = {
    "": Verb("", "the desk at a glance", _glance, own="your cases"),
    "status": Verb("status CASE-42", "how a case stands", _status, own="how one of your cases stands"),
    "list": Verb(f"list [{' | '.join(Filter)}]", "cases, the longest waiting first", _list, own="your cases, too"),
    "mine": Verb("mine", "the cases assigned to you", _mine),
    "open": Verb("open carla@example.com text", "take down what a customer said", _open),
    "reply": Verb("reply CASE-42 text", "answer the customer", _reply),
    "note": Verb("note CASE-42 text", "words only the team sees", _note),
    "ack": Verb("ack CASE-42", "say “I have it” to an alert", _acknowledge),
    "assign": Verb("assign CASE-42 @user", "give a case to somebody: @user, me, nobody", _assign),
    "snooze": Verb("snooze CASE-42 2h", "let a case rest: 30m, 3d, tomorrow, monday, 14:30", _snooze),
    "escalate": Verb("escalate CASE-42 [reason]", "make it louder, now", _escalate),
    "close": Verb("close CASE-42 [reason]", "end a case", _close),
    "reopen": Verb("reopen CASE-42", "take that back", _reopen),
    "search": Verb(
        "search words", "find cases by what was said, or by the customer", _search, own="find yours by what was said"
    ),
    "why": Verb("why CASE-42", "what counts, since when, and what falls due", _why),
    "questions": Verb("questions", "mails in an admin’s name that nobody vouched for yet", _questions),
    "help": Verb("help", "this list", _help, own="this list"),
}

_SYNONYMS = {
    "acknowledge": "ack", "answer": "reply", "find": "search", "new": "open", "show": "status", "take": "assign",
    "ls": "list", "?": "help",
}  # fmt: skip
