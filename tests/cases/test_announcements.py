"""Who is told what: the table names every fact, and its reader leaves out what has no hearer."""

import pytest

from bot.cases.announcements import ANNOUNCEMENTS, About, Hearer, Kind, announce, notice
from bot.cases.models import CaseEvent, EventKind, Message
from bot.outbox.models import Priority
from tests.cases.desk import START

DRAWINGS = {
    EventKind.OPENED: ["card"],
    EventKind.RECEIVED: ["follow_up", "card again"],
    EventKind.FLOODED: ["flood", "flood again", "card again"],
    EventKind.ANSWERED: ["follow_up", "card again"],
    EventKind.NOTED: ["follow_up"],
    EventKind.EDITED: ["revision", "card again"],
    EventKind.DELETED: ["revision", "card again"],
    EventKind.ESCALATED: ["alert", "card again", "alert again"],
    EventKind.REASON_JOINED: ["alert again", "card again"],
    EventKind.ACKNOWLEDGED: ["alert again", "card again"],
    EventKind.CLOSED: ["closing_log", "close_reason", "card again", "alert again"],
    EventKind.ASKED: ["question"],
    EventKind.CONFIRMED: ["question again"],
    EventKind.IGNORED: ["question again"],
}


def fact(kind: EventKind, **detail: object) -> CaseEvent:
    if kind is EventKind.FLOODED:
        detail["flood"] = "11"
    event = CaseEvent(id=7, case_id="CASE-1", kind=kind, at=START, actor="U_MIA", actor_name="Mia", detail=detail)
    event.message_id, event.escalation_id, event.question_id = 11, 12, 13
    return event


def words(*, inside: bool) -> Message:
    return Message(
        id=11,
        case_id="CASE-1",
        sender="U_MIA",
        sender_name="Mia",
        is_admin=True,
        body="…",
        timestamp=START,
        source="slack",
        place="C",
        external_id="1",
        internal=inside,
        inside=inside,
    )


def test_every_fact_has_its_line() -> None:
    assert set(ANNOUNCEMENTS) == set(EventKind)


@pytest.mark.parametrize("kind", list(EventKind))
def test_a_fact_makes_these_drawings(kind: EventKind) -> None:
    said = announce(fact(kind, reason="solved"), words(inside=False))

    assert [d.kind + (" again" if d.redraw else "") for d in said] == DRAWINGS[kind]


@pytest.mark.parametrize("kind", [EventKind.NOTED, EventKind.EDITED, EventKind.DELETED, EventKind.RECEIVED])
def test_what_was_written_in_the_cases_own_thread_is_not_repeated_there(kind: EventKind) -> None:
    said = announce(fact(kind), words(inside=True))

    assert [d.kind for d in said] == [Kind.CARD for name in DRAWINGS[kind] if name == "card again"]


def test_a_closure_without_a_reason_gives_the_thread_none() -> None:
    assert Kind.CLOSE_REASON not in [d.kind for d in announce(fact(EventKind.CLOSED, reason=""))]


def test_a_closure_without_an_alert_redraws_none() -> None:
    closed = fact(EventKind.CLOSED, reason="")
    closed.escalation_id = None

    assert [d.kind for d in announce(closed)] == [Kind.CLOSING_LOG, Kind.CARD]


def test_everybody_hears_in_his_own_room() -> None:
    rooms = {(say.kind, say.place) for line in ANNOUNCEMENTS.values() for say in line}

    assert {kind for kind, place in rooms if place is Hearer.ALERTING} == {Kind.ALERT}
    assert {kind for kind, place in rooms if place is Hearer.LOGGING} == {Kind.CLOSING_LOG}


def test_escalations_go_before_closures_before_messages_before_redraws() -> None:
    pressing = {say.kind: say.priority for line in ANNOUNCEMENTS.values() for say in line if not say.redraw}

    assert pressing[Kind.ALERT] is Priority.ESCALATION
    assert pressing[Kind.CLOSING_LOG] is pressing[Kind.CLOSE_REASON] is Priority.CLOSURE
    assert pressing[Kind.CARD] is pressing[Kind.FOLLOW_UP] is Priority.MESSAGE
    assert {say.priority for line in ANNOUNCEMENTS.values() for say in line if say.redraw} == {Priority.COSMETIC}


def test_a_case_thread_is_one_lane_and_each_drawing_has_its_own() -> None:
    lanes = {d.kind: d.lane for kind in EventKind for d in announce(fact(kind, reason="x"), words(inside=False))}

    assert lanes["follow_up"] == lanes["revision"] == lanes["close_reason"] == "thread:CASE-1"
    assert lanes["card"] == "card:CASE-1"
    assert lanes["alert"] == "alert:12"


@pytest.mark.parametrize(
    ("about", "subject"),
    [
        (About.CASE, "CASE-1"),
        (About.MESSAGE, "11"),
        (About.ESCALATION, "12"),
        (About.QUESTION, "13"),
        (About.EVENT, "7"),
    ],
)
def test_a_delivery_names_what_it_draws(about: About, subject: str) -> None:
    said = {
        say.about: d.subject
        for kind, line in ANNOUNCEMENTS.items()
        for say, d in zip(line, announce(fact(kind, reason="x"), words(inside=False)), strict=True)
    }

    assert said[about] == subject


def test_a_notice_carries_its_own_words() -> None:
    told = notice("quarantine", {"uid": 5}, START)

    assert (told.kind, told.place, told.subject, told.content) == ("notice", "support", "quarantine", {"uid": 5})
