"""Who is told what: the table names every fact, and its reader leaves out what has no hearer."""

import pytest

from bot.cases.announcements import ANNOUNCEMENTS, FOLDABLE, About, Hearer, Kind, announce, hand_over, notice
from bot.cases.models import Attachment, CaseEvent, EventKind, Message, Sending
from bot.outbox.models import Delivery, Priority
from tests.cases.desk import START

DRAWINGS = {
    EventKind.OPENED: ["card"],
    EventKind.RECEIVED: ["follow_up", "card again"],
    EventKind.FLOODED: ["flood", "flood again", "card again"],
    EventKind.REPLIED: ["card again"],
    EventKind.STOPPED: ["card again"],
    EventKind.UNDELIVERED: ["fact", "card again"],
    EventKind.RESENT: ["card again"],
    EventKind.ANSWERED: ["follow_up", "card again"],
    EventKind.NOTED: ["follow_up"],
    EventKind.EDITED: ["revision", "card again"],
    EventKind.DELETED: ["revision", "card again"],
    EventKind.ESCALATED: ["alert", "card again", "alert again"],
    EventKind.REASON_JOINED: ["alert again", "card again"],
    EventKind.ACKNOWLEDGED: ["alert again", "card again"],
    EventKind.UNACKNOWLEDGED: ["alert again", "card again"],
    EventKind.REMINDED: ["reminder"],
    EventKind.ASSIGNED: ["fact", "card again"],
    EventKind.UNASSIGNED: ["card again"],
    EventKind.SNOOZED: ["fact", "card again", "alert again"],
    EventKind.WOKEN: ["fact", "card again"],
    EventKind.CLOSED: ["closing_log", "close_reason", "card again", "alert again"],
    EventKind.REOPENED: ["reopening_log", "fact", "card again", "alert again"],
    EventKind.ASKED: ["question"],
    EventKind.CONFIRMED: ["question again"],
    EventKind.IGNORED: ["question again"],
    EventKind.CLEARED: [],
    EventKind.ERASED: [],
    EventKind.EXPORTED: [],
}
# Words written at the desk go another way than words that came in from outside.
AT_THE_DESK = {
    EventKind.REPLIED: ["answer", "card again"],
    EventKind.STOPPED: ["answer again", "card again"],
    EventKind.UNDELIVERED: ["answer again", "fact", "card again"],
    EventKind.RESENT: ["answer again", "card again"],
    EventKind.ANSWERED: ["answer again", "card again"],
}
# What stands in the case's own thread and was sent on from there is not repeated under it; it gets a mark.
FROM_THE_THREAD = {
    EventKind.REPLIED: ["card again"],
    EventKind.STOPPED: ["card again"],
    EventKind.UNDELIVERED: ["fact", "card again"],
    EventKind.RESENT: ["card again"],
    EventKind.ANSWERED: ["sent_mark", "card again"],
}


def fact(kind: EventKind, **detail: object) -> CaseEvent:
    if kind is EventKind.FLOODED:
        detail["flood"] = "11"
    if kind is EventKind.ASSIGNED:
        detail.setdefault("to", "U_NOA")
    event = CaseEvent(id=7, case_id="CASE-1", kind=kind, at=START, actor="U_MIA", actor_name="Mia", detail=detail)
    event.message_id, event.escalation_id, event.question_id = 11, 12, 13
    return event


def words(*, inside: bool, sending: Sending = Sending.NONE, copy_of: int | None = None) -> Message:
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
        sending=sending,
        copy_of=copy_of,
    )


def drawings(said: list[Delivery]) -> list[str]:
    return [d.kind + (" again" if d.redraw else "") for d in said]


def test_every_fact_has_its_line() -> None:
    assert set(ANNOUNCEMENTS) == set(EventKind)


@pytest.mark.parametrize("kind", list(EventKind))
def test_a_fact_makes_these_drawings(kind: EventKind) -> None:
    said = announce(fact(kind, reason="solved"), words(inside=False))

    assert drawings(said) == DRAWINGS[kind]


@pytest.mark.parametrize("kind", AT_THE_DESK)
def test_an_answer_of_the_desk_is_said_once_and_then_drawn_as_far_as_it_has_come(kind: EventKind) -> None:
    assert drawings(announce(fact(kind), words(inside=False, sending=Sending.WAITING))) == AT_THE_DESK[kind]


@pytest.mark.parametrize(
    "message",
    [words(inside=True, sending=Sending.SENT), words(inside=False, sending=Sending.SENT, copy_of=9)],
    ids=["thread text that goes to customers", "a note sent on"],
)
@pytest.mark.parametrize("kind", FROM_THE_THREAD)
def test_what_was_sent_on_from_the_thread_gets_a_mark(kind: EventKind, message: Message) -> None:
    assert drawings(announce(fact(kind), message)) == FROM_THE_THREAD[kind]


def test_who_takes_a_case_himself_is_not_told_so() -> None:
    assert drawings(announce(fact(EventKind.ASSIGNED, to="U_MIA"))) == ["card again"]


def test_an_answers_own_words_are_redrawn_in_the_lane_of_its_thread() -> None:
    lanes = {d.lane for d in announce(fact(EventKind.STOPPED), words(inside=False, sending=Sending.STOPPED))}

    assert lanes == {"thread:CASE-1", "card:CASE-1"}


def test_a_file_holds_up_nobodys_words() -> None:
    file = Attachment(id=3, case_id="CASE-1", message_id=11, name="a", content_type="b", size=1, held="slack:F1")
    ours, theirs = hand_over(file, START), hand_over(file, START, "D_CUSTOMER")

    assert (ours.place, ours.lane, ours.subject, ours.case_id) == ("support", "file:3", "3", "CASE-1")
    assert theirs.place == "D_CUSTOMER"


def test_only_words_that_are_never_edited_are_folded() -> None:
    redrawn = {say.kind for line in ANNOUNCEMENTS.values() for say in line if say.redraw}

    assert not redrawn & FOLDABLE
    assert not {Kind.REPLY, Kind.FILE} & FOLDABLE


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

    assert {kind for kind, place in rooms if place is Hearer.ALERTING} == {Kind.ALERT, Kind.REMINDER}
    assert {kind for kind, place in rooms if place is Hearer.LOGGING} == {Kind.CLOSING_LOG, Kind.REOPENING_LOG}


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
    abouts = {say.kind: say.about for line in ANNOUNCEMENTS.values() for say in line}
    said = [d for kind in EventKind for d in announce(fact(kind, reason="x"), words(inside=False))]

    assert {d.subject for d in said if abouts[Kind(d.kind)] is about} == {subject}


def test_a_notice_carries_its_own_words() -> None:
    told = notice("quarantine", {"uid": 5}, START)

    assert (told.kind, told.place, told.content) == ("notice", "support", {"uid": 5})
    assert told.subject.startswith("quarantine:")
    assert told.subject != notice("quarantine", {"uid": 5}, START).subject
