"""The verbs of the team: done for admins, refused for all others with nothing changed."""

from collections.abc import Callable

import pytest

from bot.cases.errors import CaseError, IllegalMove, NoSuchCase, NotAllowed
from bot.cases.inbound import Author
from bot.cases.models import CaseEvent, Escalation, EventKind
from bot.cases.service import REASON_LIMIT, CaseService
from bot.outbox.models import Delivery
from tests.cases.desk import ADA, BEN, DOUBTFUL_NOA, MIA, NOA, START, Desk

Verb = Callable[[CaseService, str, Author], None]
VERBS: list[Verb] = [CaseService.acknowledge, CaseService.close, CaseService.escalate]


@pytest.fixture
def urgent(desk: Desk) -> Desk:
    """A desk where Ada's CASE-1 waits for an acknowledgement."""
    desk.says(ADA, "urgent")
    desk.passes(minutes=3)
    return desk


@pytest.mark.parametrize("verb", VERBS, ids=lambda verb: verb.__name__)
@pytest.mark.parametrize("nobody", [ADA, BEN, DOUBTFUL_NOA], ids=["customer", "stranger", "doubtful"])
def test_who_is_no_admin_is_refused_and_not_a_row_changes(urgent: Desk, verb: Verb, nobody: Author) -> None:
    before = urgent.snapshot()

    with pytest.raises(NotAllowed, match="Nothing was changed"):
        verb(urgent.service, "CASE-1", nobody)

    assert urgent.snapshot() == before


@pytest.mark.parametrize("verb", VERBS, ids=lambda verb: verb.__name__)
def test_a_stranger_does_not_learn_whether_a_case_exists(urgent: Desk, verb: Verb) -> None:
    refusals = set()
    for case_id in ("CASE-1", "CASE-404"):
        with pytest.raises(CaseError) as refused:
            verb(urgent.service, case_id, BEN)
        refusals.add(str(refused.value))

    assert len(refusals) == 1


@pytest.mark.parametrize("verb", VERBS, ids=lambda verb: verb.__name__)
def test_a_case_that_does_not_exist_is_said_so(urgent: Desk, verb: Verb) -> None:
    with pytest.raises(NoSuchCase, match=r"There is no CASE-404\."):
        verb(urgent.service, "CASE-404", MIA)


def test_acknowledging_settles_and_starts_the_clock_anew(urgent: Desk) -> None:
    urgent.service.acknowledge("CASE-1", MIA)

    case, [escalation] = urgent.case(), urgent.rows(Escalation)
    assert (case.status, case.escalated, case.clock_restarted_at) == ("open", True, urgent.clock.now())
    assert case.last_message_at == START
    assert (escalation.outcome, escalation.settled_by) == ("acknowledged", "Mia")
    assert urgent.deliveries()[-2:] == [("alert", "alerting", str(escalation.id)), ("card", "support", "CASE-1")]


def test_the_second_acknowledgement_names_the_first_and_changes_nothing(urgent: Desk) -> None:
    urgent.service.acknowledge("CASE-1", MIA)
    urgent.passes(minutes=2)
    before = urgent.snapshot()

    with pytest.raises(IllegalMove, match=r"^CASE-1 was acknowledged by Mia 2 min ago\.$"):
        urgent.service.acknowledge("CASE-1", NOA)

    assert urgent.snapshot() == before


def test_a_quiet_case_has_nothing_to_acknowledge(desk: Desk) -> None:
    desk.says(ADA, "Help")

    with pytest.raises(IllegalMove, match="Nothing is waiting"):
        desk.service.acknowledge("CASE-1", MIA)


def test_closing_ends_the_pending_escalation_too(urgent: Desk) -> None:
    urgent.service.close("CASE-1", NOA)

    case, [escalation] = urgent.case(), urgent.rows(Escalation)
    assert (case.status, case.closed_at, case.closed_by) == ("closed", urgent.clock.now(), "noa@desk.example")
    assert (escalation.outcome, escalation.settled_at) == ("closed", case.closed_at)
    said = urgent.deliveries()[-3:]
    assert [(kind, place) for kind, place, _ in said] == [
        ("closing_log", "logging"),
        ("card", "support"),
        ("alert", "alerting"),
    ]


def test_a_reason_goes_into_the_thread_and_not_further_than_it_fits(urgent: Desk) -> None:
    urgent.service.close("CASE-1", MIA, f"  {'x' * 2 * REASON_LIMIT} ")

    [closed] = [event for event in urgent.rows(CaseEvent) if event.kind == EventKind.CLOSED]
    assert closed.detail["reason"] == "x" * REASON_LIMIT
    [told] = [d for d in urgent.rows(Delivery) if d.kind == "close_reason"]
    assert (told.place, told.lane, told.subject) == ("support", "thread:CASE-1", str(closed.id))


def test_the_second_closing_names_the_first_and_changes_nothing(urgent: Desk) -> None:
    urgent.service.close("CASE-1", MIA)
    urgent.passes(hours=1)
    before = urgent.snapshot()

    for verb in VERBS:
        with pytest.raises(IllegalMove, match=r"^CASE-1 was closed by Mia 1 h 00 min ago\.$"):
            verb(urgent.service, "CASE-1", NOA)

    assert urgent.snapshot() == before


def test_escalating_by_hand_says_who_asks_and_why(desk: Desk) -> None:
    desk.says(ADA, "Help")

    desk.service.escalate("CASE-1", MIA, " a VIP ")

    pending = desk.pending()
    assert pending is not None
    assert [(reason["kind"], reason["words"]) for reason in pending.reasons] == [("asked", "Mia asks: a VIP")]
    assert desk.case().escalated
    assert [event.actor_name for event in desk.rows(CaseEvent) if event.kind == EventKind.ESCALATED] == ["Mia"]


def test_escalating_by_hand_joins_what_is_pending(urgent: Desk) -> None:
    urgent.service.escalate("CASE-1", MIA)
    assert urgent.reasons() == ["keyword", "asked"]
    before = urgent.snapshot()

    with pytest.raises(IllegalMove, match="escalated already"):
        urgent.service.escalate("CASE-1", MIA)

    assert urgent.snapshot() == before


def test_what_was_acknowledged_can_be_escalated_again(urgent: Desk) -> None:
    urgent.service.acknowledge("CASE-1", MIA)

    urgent.service.escalate("CASE-1", NOA, "still broken")

    assert urgent.reasons() == ["asked"]
