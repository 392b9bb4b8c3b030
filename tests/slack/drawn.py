"""What the views draw from in tests: cases in every state, and words that try to break out of their drawing."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from bot.cases.models import Attachment, Case, CaseEvent, Escalation, EventKind, Message, Question, Sending, Status
from bot.cases.queries import Board, Filter, Flood, Letter, Sheet
from bot.cases.questions import Docket
from bot.slack.homes import Sight
from bot.slack.verbs import usage
from bot.slack.views.alert import alert, reminder
from bot.slack.views.answers import done, glance, listing, own_cases, status
from bot.slack.views.card import card
from bot.slack.views.docket import SHOWN, docket
from bot.slack.views.facts import closing_log, facts, reopening_log
from bot.slack.views.files import unposted
from bot.slack.views.home import Standing, admin_home, customer_home
from bot.slack.views.notes import close_reason, flood, follow_up, notice, question, revision
from bot.slack.views.parts import Drawing, Surroundings
from bot.slack.views.replies import answer
from tests.cases.desk import START

CALM = "Hello, my order has not arrived."
NASTY = {
    "long": "word " * 4_000,
    "one word": "x" * 20_000,
    "ampersands": "&" * 20_000,
    "newlines": "a\n" * 5_000,
    "nothing but newlines": "\n" * 5_000,
    "pings": "<!channel> <!here|@here> @here @channel @everyone <!subteam^S0DESK|@desk>",
    "mentions": "<@U0ADA> <#C0SUPPORT|support>",
    "fake link": "<https://evil.example|your bank> <mailto:a@evil.example>",
    "backticks": "```rm -rf``` `x` *bold* _it_ ~no~ > quote",
    "emoji": "👩‍👩‍👧‍👦🏳️‍🌈" * 3_000,
    "right to left": "\u202e" + "שלום " * 3_000,
    "separators": "one\u2028> two\u2029three\x0bfour\rfive",
    "empty": "",
    "blank": " \n\t ",
}
ME = "U0CARLA"
LINKED = Surroundings({"CASE-42": "https://desk.example/p1"})
PENDING, ACKNOWLEDGED, ANSWERED, CLOSED_THEN, SNOOZED = None, "acknowledged", "answered", "closed", "snoozed"


def a_case(words: str = "Carla Customer", **more: Any) -> Case:
    given: dict[str, Any] = {
        "case_id": "CASE-42",
        "customer_identifier": ME,
        "customer_name": words or ME,
        "source": "slack",
        "created_at": START,
        "last_message_at": START,
        "message_count": 3,
    }
    return Case(**(given | more))


def a_message(body: str = CALM, **more: Any) -> Message:
    given: dict[str, Any] = {
        "id": 1,
        "case_id": "CASE-42",
        "sender": ME,
        "sender_name": "Carla Customer",
        "is_admin": False,
        "body": body,
        "timestamp": START,
        "source": "slack",
        "place": "D0CARLA",
        "external_id": "1.0",
    }
    return Message(**(given | more))


def an_escalation(outcome: str | None = PENDING, words: str = "says “urgent”", count: int = 1) -> Escalation:
    reasons = [{"kind": "keyword", "words": words, "at": START.isoformat()} for _ in range(count)]
    reasons[0] |= {"kind": "waiting", "since": START.isoformat()}
    settled: dict[str, Any] = {}
    if outcome:
        settled = {"outcome": outcome, "settled_by": words, "settled_at": START + timedelta(minutes=5)}
    return Escalation(id=1, case_id="CASE-42", raised_at=START, reasons=reasons, **settled)


def an_event(kind: EventKind = EventKind.CLOSED, by: str = "Ada Admin", **detail: str) -> CaseEvent:
    return CaseEvent(id=1, case_id="CASE-42", kind=kind, at=START, actor="U0ADA", actor_name=by, detail=dict(detail))


def a_file(name: str = "invoice.pdf", withheld: str = "", **more: Any) -> Attachment:
    given: dict[str, Any] = {
        "id": 5,
        "case_id": "CASE-42",
        "message_id": 1,
        "name": name,
        "content_type": "application/pdf",
        "size": 48_213,
        "held": "slack:F1",
        "withheld": withheld,
    }
    return Attachment(**(given | more))


def a_letter(
    words: str = CALM, sending: Sending = Sending.WAITING, files: int = 0, file: str = "invoice.pdf", **more: Any
) -> Letter:
    given: dict[str, Any] = {"sender": "U0ADA", "sender_name": "Ada Admin", "is_admin": True, "sending": sending}
    message = a_message(words, **(given | more))
    return Letter(a_case(), message, None, [a_file(file)] * files, "t", "D0CARLA", None)


def a_question(words: str = CALM, **more: Any) -> Question:
    given: dict[str, Any] = {
        "id": 7,
        "case_id": "CASE-42",
        "source": "email",
        "place": "support@desk.test",
        "external_id": "m",
        "asked_by": words[:300] or "ada@desk.test",
        "closes": True,
        "inbound": {"text": words, "verdict": words},
        "asked_at": START,
    }
    return Question(**(given | more))


def sheets(words: str = CALM) -> dict[str, Sheet]:
    """A case in every state that a drawing tells apart, with these words wherever a customer's words can stand."""
    origin = {"follows": "CASE-3", "taken_down_by": words}
    files: dict[str, Any] = {"attached": [a_file(words, words)] * 30, "files": 40, "withheld": 30}
    closed: dict[str, Any] = {"status": Status.CLOSED, "closed_at": START, "closed_by": words}
    said = a_message(words, subject=words, sender_name=words)
    answered = a_message(words, sender="U0ADA", sender_name=words, is_admin=True)
    mailed = a_case(words, source="email", subject=words, verdict=words, customer_identifier=words)
    escalated = a_case(words, escalated=True)
    return {
        "open": Sheet(a_case(words), said, None),
        "by mail": Sheet(mailed, said, None),
        "answered": Sheet(a_case(words), answered, None),
        "answer on its way": Sheet(a_case(words), a_letter(words).message, None),
        "undelivered": Sheet(a_case(words, undelivered=words or "?"), a_letter(words, Sending.FAILED).message, None),
        "snoozed": Sheet(a_case(words, snoozed_until=START), said, None),
        "assigned": Sheet(a_case(words, assignee="U0ADA", assignee_name=words), said, None, origin=origin),
        "with files": Sheet(a_case(words), said, None, **files),
        "without words": Sheet(a_case(words), None, None),
        "pending": Sheet(escalated, said, an_escalation(PENDING, words)),
        "acknowledged": Sheet(escalated, said, an_escalation(ACKNOWLEDGED, words)),
        "closed": Sheet(a_case(words, **closed), said, None),
        "closed and escalated": Sheet(a_case(words, escalated=True, **closed), said, an_escalation(CLOSED_THEN, words)),
    }


def messages(words: str = CALM) -> Iterator[tuple[str, Drawing]]:
    """Every message that we draw, by name, with these words wherever somebody's words can stand."""
    several = [a_message(words, subject=words, sender_name=words) for _ in range(21)]
    for state, sheet in sheets(words).items():
        yield f"card, {state}", card(sheet)
        yield f"card that began long ago, {state}", card(sheet, LINKED, a_message(words, id=0))
        yield f"status, {state}", status(sheet, LINKED)
    for outcome in (PENDING, ACKNOWLEDGED, ANSWERED, CLOSED_THEN, SNOOZED):
        for count in (1, 300):
            drawing = alert(sheets(words)["pending"], an_escalation(outcome, words, count), LINKED)
            yield f"alert, {outcome}, {count} reasons", drawing
    yield "follow-up", follow_up(several[:1], {})
    yield "follow-up with files", follow_up(several[:1], {1: [a_file(words, words)] * 30})
    yield "note by mail", follow_up([a_message(words, internal=True)], {})
    yield "answer", follow_up([a_message(words, is_admin=True)], {})
    yield "folded follow-ups", follow_up(several, {1: [a_file(words, words)] * 30})
    yield "edit", revision([an_event(EventKind.EDITED, words, before=words, after=words)])
    yield "folded edits", revision([an_event(EventKind.EDITED, words, before=words, after=words)] * 21)
    yield "flood", flood(Flood("CASE-1", 4711, a_message(words), a_message(words)))
    yield "deletion", revision([an_event(EventKind.DELETED, words)])
    yield "close reason", close_reason(an_event(by=words, reason=words[:500]))
    yield "closing log", closing_log(an_event(by=words))
    yield "reopening log", reopening_log(an_event(EventKind.REOPENED, by=words))
    yield from _of_answers(words)
    yield from _of_facts(words)
    yield "question", question(a_question(words))
    yield "question about no case", question(a_question(words, case_id=None))
    yield "question, settled", question(a_question(words, outcome="confirmed", decided_by=words, decided_at=START))
    yield "undecided questions", docket(Docket([a_question(words)] * SHOWN, 5))
    yield "no undecided question", docket(Docket([], 0))
    content = dict.fromkeys(("sender", "subject", "reason", "uid"), words)
    yield "notice of a broken mail", notice("mail_quarantined", content)
    yield "notice of an unplaced mail", notice("mail_unplaced", content)
    yield "notice of a mail that can be tried again", notice("mail_quarantined", content | {"key": "INBOX/1/2"})
    yield "notice of a mail that was opened", notice("mail_quarantined", content | {"key": "x", "outcome": words})
    yield "notice with nothing known", notice("mail_quarantined", {})
    for kind in ("mail_quarantined_flood", "mail_unplaced_flood", "mail_question_flood"):
        yield f"counter of {kind}", notice(kind, content | {"mails": "40"})
    yield from _answers(words)


def _of_answers(words: str) -> Iterator[tuple[str, Drawing]]:
    for sending in (Sending.WAITING, Sending.SENT, Sending.STOPPED, Sending.FAILED):
        letter = a_letter(words, sending, files=30, file=words, failure=words, sender_name=words)
        yield f"desk's answer, {sending}", answer(letter, START)
    yield "file that was not posted", unposted(a_file(words), words, to_customer=False)
    yield "file that was not sent", unposted(a_file(words), words, to_customer=True)


def _of_facts(words: str) -> Iterator[tuple[str, Drawing]]:
    details: dict[EventKind, dict[str, str]] = {
        EventKind.ASSIGNED: {"to": "ada@desk.example", "to_name": words},
        EventKind.UNDELIVERED: {"reason": words},
        EventKind.SNOOZED: {"until": START.isoformat()},
        EventKind.WOKEN: {},
        EventKind.REOPENED: {},
    }
    events = [an_event(kind, words, **detail) for kind, detail in details.items()]
    for event in events:
        yield f"fact, {event.kind}", facts([event], {})
    yield "folded facts", facts(events * 4, {})
    drawing = reminder(an_escalation(), START + timedelta(hours=1), "")
    assert drawing is not None
    yield "reminder", drawing


def _answers(words: str) -> Iterator[tuple[str, Drawing]]:
    many = Board(open=99, escalated=9, unacknowledged=1, cases=list(sheets(words).values()) * 2, more=80)
    yield "help for an admin", usage(admin=True)
    yield "help for a customer", usage(admin=False)
    yield "glance", glance(Board(open=0, escalated=0, unacknowledged=0, cases=[]))
    yield "glance at many", glance(many)
    for which in Filter:
        yield f"list of {which}", listing(many, which)
        yield f"empty list of {which}", listing(Board(0, 0, 0, []), which)
    yield "own cases", own_cases(list(sheets(words).values()))
    yield "no own cases", own_cases([])
    yield "done", done("CASE-42 is closed.")


def views(words: str = CALM) -> Iterator[tuple[str, dict[str, Any]]]:
    """Every view that we draw."""
    many = list(sheets(words).values()) * 3
    yield (
        "admin's home",
        admin_home(
            Board(open=99, escalated=9, unacknowledged=2, cases=many, more=75),
            Sight().as_metadata(),
            Standing(),
            around=LINKED,
        ),
    )
    yield (
        "admin's home, empty",
        admin_home(Board(open=0, escalated=0, unacknowledged=0, cases=[]), Sight().as_metadata(), Standing()),
    )
    yield "customer's home", customer_home(many[:10])
    yield "customer's home, empty", customer_home([])
