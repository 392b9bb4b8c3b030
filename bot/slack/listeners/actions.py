"""Buttons: each click is one verb, or opens the form that asks what the verb needs."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from slack_bolt import Ack

from bot.cases.errors import IllegalMove, NoSuchCase
from bot.cases.inbound import Author
from bot.cases.queries import CaseQueries
from bot.cases.rules import Rules
from bot.cases.service import CaseService
from bot.slack.action_ids import Choice, read_case_value, read_chosen_value, read_question_value
from bot.slack.asides import Asides
from bot.slack.departures import Departures
from bot.slack.echo import Echo
from bot.slack.forms import Forms
from bot.slack.orders import OrderDesk
from bot.slack.quarantine import Quarantine
from bot.slack.spot import Spot
from bot.slack.verbs import undecided
from bot.slack.views import offers

MAIL_READING_IS_OFF = "No mailbox is read here any more (IMAP_SERVER is not set), so this mail can't be fetched."


def acknowledge_clicked(
    ack: Ack, action: dict[str, Any], body: dict[str, Any], actor: Author, cases: CaseService, echo: Echo
) -> None:
    """Say for the admin: I have it."""
    case_id, seen = read_case_value(action)
    cases.acknowledge(case_id, by=actor, seen=seen)
    ack()
    echo.clicked(body, actor, f"You acknowledged {case_id}.")


def unacknowledge_clicked(
    ack: Ack, action: dict[str, Any], body: dict[str, Any], actor: Author, cases: CaseService, echo: Echo
) -> None:
    """Take an acknowledgement back."""
    case_id, seen = read_case_value(action)
    cases.unacknowledge(case_id, by=actor, seen=seen)
    ack()
    echo.clicked(body, actor, f"The alert of {case_id} is pending again.")


def assign_to_me_clicked(
    ack: Ack, action: dict[str, Any], body: dict[str, Any], actor: Author, cases: CaseService, echo: Echo
) -> None:
    """Give the case to who clicked."""
    case_id, seen = read_case_value(action)
    cases.assign(case_id, actor, by=actor, seen=seen)
    ack()
    echo.clicked(body, actor, f"{case_id} is yours.")


def reopen_clicked(
    ack: Ack, action: dict[str, Any], body: dict[str, Any], actor: Author, cases: CaseService, echo: Echo
) -> None:
    """Open a closed case again."""
    case_id, seen = read_case_value(action)
    cases.reopen(case_id, by=actor, seen=seen)
    ack()
    echo.clicked(body, actor, f"{case_id} is open again.")


def close_clicked(
    ack: Ack,
    action: dict[str, Any],
    body: dict[str, Any],
    actor: Author,
    spot: Spot,
    cases: CaseService,
    queries: CaseQueries,
    rules: Rules,
    forms: Forms,
    asides: Asides,
    echo: Echo,
) -> None:
    """End the case at once, for Slack's own dialog has asked; by the form if it was drawn before there was one."""
    case_id, seen = read_case_value(action)
    if rules.asks_at_closing:
        forms.close(case_id, actor, spot)
        ack()
        return
    cases.close(case_id, by=actor, seen=seen)
    ack()
    asides.show(spot, offers.closed(queries.sheet(case_id).case, rules.undo))
    echo.redraw_home(body, actor)


def close_by_form_clicked(ack: Ack, action: dict[str, Any], actor: Author, spot: Spot, forms: Forms) -> None:
    """Ask for the reason, and whether the customer is told."""
    case_id, _ = read_case_value(action)
    forms.close(case_id, actor, spot)
    ack()


def close_asked_clicked(
    ack: Ack,
    action: dict[str, Any],
    actor: Author,
    spot: Spot,
    cases: CaseService,
    queries: CaseQueries,
    rules: Rules,
    forms: Forms,
    asides: Asides,
) -> None:
    """Close the case about which we asked in private; what came of it takes the question's place."""
    case_id, seen = read_case_value(action)
    if rules.asks_at_closing:
        forms.close(case_id, actor, spot, url=spot.url)
        ack()
        return
    cases.close(case_id, by=actor, seen=seen)
    ack()
    asides.replace(spot, offers.closed(queries.sheet(case_id).case, rules.undo))


def undo_close_clicked(
    ack: Ack, action: dict[str, Any], actor: Author, spot: Spot, cases: CaseService, asides: Asides
) -> None:
    """Open the case again that was just closed."""
    case_id, seen = read_case_value(action)
    cases.reopen(case_id, by=actor, seen=seen)
    ack()
    asides.replace(spot, offers.done(f"{case_id} is open again."))


def reply_clicked(ack: Ack, action: dict[str, Any], actor: Author, spot: Spot, forms: Forms) -> None:
    """Ask for the answer."""
    case_id, _ = read_case_value(action)
    forms.reply(case_id, actor, spot)
    ack()


def stop_clicked(ack: Ack, action: dict[str, Any], actor: Author, spot: Spot, departures: Departures) -> None:
    """Keep an answer back that has not left yet, and give its words back."""
    departures.stop(int(action["value"]), actor, spot)
    ack()


def reply_again_clicked(ack: Ack, action: dict[str, Any], actor: Author, spot: Spot, forms: Forms) -> None:
    """Ask for the answer anew, beginning with the words that were stopped."""
    forms.reply_again(int(action["value"]), actor, spot)
    ack()


def snooze_clicked(ack: Ack, action: dict[str, Any], actor: Author, spot: Spot, forms: Forms) -> None:
    """Ask until when the case may rest."""
    case_id, _ = read_case_value(action)
    forms.snooze(case_id, actor, spot)
    ack()


def more_chosen(
    ack: Ack,
    action: dict[str, Any],
    body: dict[str, Any],
    actor: Author,
    spot: Spot,
    forms: Forms,
    cases: CaseService,
    echo: Echo,
) -> None:
    """Do what was chosen in a card's menu."""
    choice, case_id, seen = read_chosen_value(action)
    asking = {
        Choice.ASSIGN: forms.assign,
        Choice.SNOOZE: forms.snooze,
        Choice.NOTE: forms.note,
        Choice.ESCALATE: forms.escalate,
        Choice.TIMELINE: forms.timeline,
    }.get(choice)
    if asking is not None:
        asking(case_id, actor, spot)
        ack()
        return
    if choice is Choice.WAKE:
        cases.wake(case_id, by=actor, seen=seen)
    else:
        cases.reopen(case_id, by=actor, seen=seen)
    ack()
    echo.clicked(body, actor, f"{case_id} is {'awake' if choice is Choice.WAKE else 'open'} again.")


def confirm_clicked(
    ack: Ack, action: dict[str, Any], actor: Author, spot: Spot, cases: CaseService, desk: OrderDesk, asides: Asides
) -> None:
    """Vouch for an unverified admin mail; in a list of them, the others are left."""
    question_id, page = read_question_value(action)
    with _listing_the_others(page, actor, spot, desk, asides):
        cases.confirm(question_id, by=actor)
        ack()


def ignore_clicked(
    ack: Ack, action: dict[str, Any], actor: Author, spot: Spot, cases: CaseService, desk: OrderDesk, asides: Asides
) -> None:
    """Drop what an unverified admin mail asks for; in a list of them, the others are left."""
    question_id, page = read_question_value(action)
    with _listing_the_others(page, actor, spot, desk, asides):
        cases.ignore(question_id, by=actor)
        ack()


def questions_clicked(
    ack: Ack, action: dict[str, Any], actor: Author, spot: Spot, desk: OrderDesk, asides: Asides
) -> None:
    """Show in private what waits for a Confirm or an Ignore, or the next page of it."""
    drawing = undecided(desk, actor, before=int(action["value"]))
    ack()
    asides.replace(spot, drawing)


def retry_mail_clicked(
    ack: Ack, action: dict[str, Any], actor: Author, spot: Spot, quarantine: Quarantine | None, asides: Asides
) -> None:
    """Try to read a mail again; its server may be asked, so nobody's ack waits for it."""
    mails = _reachable(quarantine)
    ack()
    asides.answer(spot, lambda: mails.retry(str(action["value"]), actor))


def open_mail_clicked(
    ack: Ack, action: dict[str, Any], actor: Author, spot: Spot, quarantine: Quarantine | None, asides: Asides
) -> None:
    """Open a case with what can be read of a mail."""
    mails = _reachable(quarantine)
    ack()
    asides.answer(spot, lambda: mails.open_as_case(str(action["value"]), actor))


def anything_clicked(ack: Ack) -> None:
    """Acknowledge a control that does nothing by itself (a link button, one of an older release)."""
    ack()


@contextmanager
def _listing_the_others(page: int, actor: Author, spot: Spot, desk: OrderDesk, asides: Asides) -> Iterator[None]:
    """Draw a private list of questions anew at its page, also where somebody else was faster.

    A question in the channel is drawn again by the outbox.
    """
    try:
        yield
    except (IllegalMove, NoSuchCase):
        _list_the_others(page, actor, spot, desk, asides)
        raise
    _list_the_others(page, actor, spot, desk, asides)


def _list_the_others(page: int, actor: Author, spot: Spot, desk: OrderDesk, asides: Asides) -> None:
    if spot.url:
        asides.replace(spot, undecided(desk, actor, page))


def _reachable(quarantine: Quarantine | None) -> Quarantine:
    if quarantine is None:
        raise IllegalMove(MAIL_READING_IS_OFF)
    return quarantine
