"""What may happen to a case: each move changes only what it says, and testifies."""

from datetime import timedelta

import pytest

from bot.cases import lifecycle
from bot.cases.errors import IllegalMove
from bot.cases.inbound import Author, Inbound, Source
from bot.cases.models import Case, Escalation, EventKind, Message, ReasonKind, Status
from bot.cases.rules import Reason
from tests.cases.desk import ADA, MIA, NOA, SHOP, START

LATER = START + timedelta(minutes=5)
ROW = {"kind": "keyword", "words": "says “urgent”", "at": START.isoformat(), "keyword": "urgent"}


def new_case() -> Case:
    inbound = Inbound(source=Source.SLACK, place=SHOP, external_id="1", author=ADA, text="Help", at=START)
    return lifecycle.open_case("CASE-1", inbound, START)[0]


def words(author: Author, minutes: float) -> Message:
    return Message(
        case_id="CASE-1",
        sender=author.identity,
        sender_name=author.name,
        is_admin=author.is_admin,
        body="…",
        timestamp=START + timedelta(minutes=minutes),
        source=Source.SLACK,
        place=SHOP,
        external_id=f"at {minutes}",
    )


def keyword(word: str = "urgent") -> Reason:
    return Reason(ReasonKind.KEYWORD, f"says “{word}”", START, {"keyword": word})


def pending() -> Escalation:
    return Escalation(case_id="CASE-1", raised_at=START, reasons=[ROW])


def test_a_new_case_is_open_quiet_and_empty() -> None:
    case = new_case()

    assert (case.status, case.escalated, case.message_count, case.version) == (Status.OPEN, False, 0, 1)
    assert (case.last_message_at, case.closed_at, case.clock_restarted_at) == (START, None, None)


def test_a_message_moves_the_clock_never_backwards() -> None:
    case = new_case()

    lifecycle.receive(case, words(ADA, 10), LATER)
    lifecycle.receive(case, words(ADA, 3), LATER)

    assert (case.message_count, case.last_message_at) == (2, START + timedelta(minutes=10))


def test_an_answer_restarts_the_clock_at_its_own_time_never_backwards() -> None:
    case = new_case()

    lifecycle.answer(case, words(MIA, 10), LATER)
    lifecycle.answer(case, words(MIA, 4), LATER)

    assert case.clock_restarted_at == case.last_message_at == START + timedelta(minutes=10)


def test_a_note_moves_nothing() -> None:
    case = new_case()
    before = case.model_dump()

    event = lifecycle.note(case, words(MIA, 10), LATER)

    assert (event.kind, event.actor_name) == (EventKind.NOTED, "Mia")
    assert case.model_dump() == before


def test_an_escalation_is_raised_once_and_further_reasons_join() -> None:
    case = new_case()

    raised, first = lifecycle.escalate(case, None, [keyword()], lifecycle.SYSTEM, LATER)
    joined, second = lifecycle.escalate(case, raised, [keyword(), keyword("critical")], lifecycle.SYSTEM, LATER)

    assert first is not None
    assert second is not None
    assert (first.kind, second.kind) == (EventKind.ESCALATED, EventKind.REASON_JOINED)
    assert joined is not None
    assert joined is raised
    assert [row["keyword"] for row in joined.reasons] == ["urgent", "critical"]
    assert [row["keyword"] for row in second.detail["reasons"]] == ["critical"]


@pytest.mark.parametrize("kind", [ReasonKind.FOLLOW_UPS, ReasonKind.WAITING])
def test_a_kind_of_reason_joins_once_whatever_its_figures(kind: ReasonKind) -> None:
    case = new_case()
    raised, _ = lifecycle.escalate(case, None, [Reason(kind, "4th message", START)], lifecycle.SYSTEM, LATER)

    assert lifecycle.escalate(case, raised, [Reason(kind, "5th", LATER)], lifecycle.SYSTEM, LATER) == (None, None)


def test_what_an_admin_asks_in_other_words_joins_again() -> None:
    case = new_case()
    raised, _ = lifecycle.escalate(case, None, [Reason(ReasonKind.ASKED, "Mia asks: VIP", START)], MIA, LATER)

    assert lifecycle.escalate(case, raised, [Reason(ReasonKind.ASKED, "Mia asks: VIP", LATER)], MIA, LATER)[1] is None
    assert lifecycle.escalate(case, raised, [Reason(ReasonKind.ASKED, "Noa asks: now", LATER)], NOA, LATER)[1]


def test_an_acknowledgement_settles_and_restarts_the_clock_now() -> None:
    case, escalation = new_case(), pending()

    event = lifecycle.acknowledge(case, escalation, MIA, LATER, "acknowledged")

    assert (escalation.settled_by, escalation.settled_at, escalation.outcome) == ("Mia", LATER, "acknowledged")
    assert (event.kind, case.clock_restarted_at, case.last_message_at) == (EventKind.ACKNOWLEDGED, LATER, START)


@pytest.mark.parametrize(("minutes", "settled"), [(-1, False), (0, True), (1, True)])
def test_an_answer_settles_only_what_was_said_before_it(minutes: int, settled: bool) -> None:
    assert lifecycle.settles(pending(), START + timedelta(minutes=minutes)) is settled


def test_an_answer_settles_a_waiting_whenever_it_was_noticed() -> None:
    waited = Reason(ReasonKind.WAITING, "waiting 48 h", LATER).as_row()

    assert lifecycle.settles(Escalation(case_id="CASE-1", raised_at=LATER, reasons=[waited]), START)


@pytest.mark.parametrize(
    ("how", "passed", "refusal"),
    [
        ("acknowledged", timedelta(seconds=9), "CASE-1 was acknowledged by Mia 9 s ago."),
        ("answered", timedelta(minutes=3), "CASE-1 was answered by Mia 3 min ago."),
        ("acknowledged", timedelta(hours=47), "CASE-1 was acknowledged by Mia 47 h 00 min ago."),
        ("acknowledged", timedelta(days=3), "CASE-1 was acknowledged by Mia on 2026-03-02."),
        ("acknowledged", timedelta(seconds=-2), "CASE-1 was acknowledged by Mia 0 s ago."),
    ],
)
def test_the_second_acknowledgement_is_told_who_was_first(how: str, passed: timedelta, refusal: str) -> None:
    case, escalation = new_case(), pending()
    lifecycle.acknowledge(case, escalation, MIA, LATER, how)

    with pytest.raises(IllegalMove) as refused:
        lifecycle.acknowledge(case, escalation, NOA, LATER + passed, "acknowledged")

    assert str(refused.value) == refusal


def test_nothing_to_acknowledge_is_said_so() -> None:
    with pytest.raises(IllegalMove, match="Nothing is waiting for an acknowledgement in CASE-1"):
        lifecycle.acknowledge(new_case(), None, MIA, LATER, "acknowledged")


def test_closing_ends_a_pending_escalation_and_keeps_the_case_escalated() -> None:
    case, escalation = new_case(), pending()
    case.escalated = True

    event = lifecycle.close(case, escalation, NOA, LATER, "solved")

    assert (case.status, case.closed_at, case.closed_by, case.escalated) == (Status.CLOSED, LATER, NOA.identity, True)
    assert (escalation.outcome, escalation.settled_by) == ("closed", NOA.identity)
    assert event.detail == {"reason": "solved"}


def test_a_closed_case_refuses_every_move() -> None:
    case = new_case()
    lifecycle.close(case, None, MIA, LATER)

    with pytest.raises(IllegalMove, match=r"CASE-1 was closed by Mia 0 s ago\."):
        lifecycle.close(case, None, NOA, LATER)
    with pytest.raises(IllegalMove, match="CASE-1 was closed by Mia"):
        lifecycle.acknowledge(case, None, NOA, LATER, "acknowledged")
    with pytest.raises(IllegalMove, match="can't be escalated"):
        lifecycle.escalate(case, None, [keyword()], NOA, LATER)


def test_the_version_counts_moves_not_messages() -> None:
    case = new_case()

    lifecycle.receive(case, words(ADA, 1), LATER)
    raised, _ = lifecycle.escalate(case, None, [keyword()], lifecycle.SYSTEM, LATER)
    lifecycle.acknowledge(case, raised, MIA, LATER, "acknowledged")
    lifecycle.close(case, None, MIA, LATER)

    assert case.version == 4
