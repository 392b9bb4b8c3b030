"""Whose case it is, when it rests, and how it comes back: assigning, snoozing, reopening, opening for somebody."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from bot.cases.errors import CaseError, IllegalMove, NoSuchCase, NotAllowed, StaleDrawing
from bot.cases.inbound import Author, Outcome
from bot.cases.models import Case, CaseEvent, Escalation
from tests.cases.desk import ADA, BEN, CARA, MIA, NOA, START, Desk, together

pytestmark = pytest.mark.one_database


@pytest.fixture
def hello(desk: Desk) -> Desk:
    """A desk with Ada's CASE-1, of which nothing is escalated."""
    desk.says(ADA, "Hello")
    desk.passes(minutes=1)
    return desk


@pytest.fixture
def urgent(desk: Desk) -> Desk:
    """A desk where Ada's CASE-1 waits for an acknowledgement."""
    desk.says(ADA, "urgent")
    desk.passes(minutes=3)
    return desk


@pytest.mark.parametrize(
    "verb",
    [
        lambda desk, by: desk.service.assign("CASE-1", by, by),
        lambda desk, by: desk.service.note("CASE-1", "x", by),
        lambda desk, by: desk.service.snooze("CASE-1", START + timedelta(days=1), by),
        lambda desk, by: desk.service.wake("CASE-1", by),
        lambda desk, by: desk.service.reopen("CASE-1", by),
        lambda desk, by: desk.service.unacknowledge("CASE-1", by),
        lambda desk, by: desk.service.open(BEN, "x", by),
        lambda desk, by: desk.intake.add_to("CASE-1", desk.inbound(BEN, "x"), by),
    ],
)
def test_none_of_this_is_a_customers_to_do(hello: Desk, verb: Callable[[Desk, Author], object]) -> None:
    before = hello.snapshot()

    with pytest.raises(NotAllowed):
        verb(hello, ADA)

    assert hello.snapshot() == before


class TestAssigning:
    def test_who_takes_a_case_himself_is_not_told(self, hello: Desk) -> None:
        hello.service.assign("CASE-1", MIA, MIA)

        assert (hello.case().assignee, hello.case().assignee_name) == ("U_MIA", "Mia")
        assert "fact" not in [kind for kind, _, _ in hello.deliveries()]

    def test_who_is_given_a_case_is_told_in_its_thread(self, hello: Desk) -> None:
        hello.service.assign("CASE-1", NOA, MIA)

        assert "fact" in [kind for kind, _, _ in hello.deliveries()]

    def test_nobody_but_an_admin_can_have_it(self, hello: Desk) -> None:
        with pytest.raises(IllegalMove, match="Ben is no admin"):
            hello.service.assign("CASE-1", BEN, MIA)

    def test_giving_it_back(self, hello: Desk) -> None:
        hello.service.assign("CASE-1", MIA, MIA)
        hello.service.assign("CASE-1", None, MIA)

        assert hello.case().assignee is None
        with pytest.raises(IllegalMove, match="assigned to nobody already"):
            hello.service.assign("CASE-1", None, MIA)

    def test_two_take_it_at_once_and_one_is_told_who_has_it(self, hello: Desk) -> None:
        def takes(who: Author) -> str:
            try:
                hello.service.assign("CASE-1", who, who, seen=1)
            except CaseError as refusal:
                return str(refusal)
            return ""

        told = together(lambda: takes(MIA), lambda: takes(NOA))

        [refusal] = [words for words in told if words]
        assert refusal.startswith(f"{hello.case().assignee_name} assigned CASE-1 to {hello.case().assignee_name} 0 s")


class TestNotes:
    def test_a_note_stays_inside_and_moves_no_clock(self, urgent: Desk) -> None:
        urgent.service.note("CASE-1", " Her fuse again. ", MIA)

        note = urgent.messages()[-1]
        assert (note.body, note.internal, note.sender_name) == ("Her fuse again.", True, "Mia")
        assert (urgent.case().last_message_at, urgent.reasons()) == (START, ["keyword"])

    def test_an_empty_note_is_refused(self, hello: Desk) -> None:
        with pytest.raises(IllegalMove, match="empty"):
            hello.service.note("CASE-1", "  ", MIA)


class TestUnacknowledging:
    def test_the_alert_is_pending_again_and_the_clock_stands_as_before(self, urgent: Desk) -> None:
        urgent.service.acknowledge("CASE-1", MIA)
        urgent.service.unacknowledge("CASE-1", MIA)

        assert (urgent.reasons(), urgent.case().clock_restarted_at) == (["keyword"], None)
        assert len(urgent.rows(Escalation)) == 1

    def test_an_answer_in_between_keeps_its_clock(self, urgent: Desk) -> None:
        urgent.service.acknowledge("CASE-1", MIA)
        answered_at = urgent.passes(minutes=1)
        urgent.says(MIA, "Hi", thread="m1")

        urgent.service.unacknowledge("CASE-1", MIA)

        assert urgent.case().clock_restarted_at == answered_at

    def test_only_an_acknowledgement_can_be_taken_back(self, urgent: Desk) -> None:
        with pytest.raises(IllegalMove, match="taken back"):
            urgent.service.unacknowledge("CASE-1", MIA)


class TestSnoozing:
    def test_no_clock_escalates_a_case_that_rests(self, hello: Desk) -> None:
        hello.service.snooze("CASE-1", START + timedelta(days=9), MIA)
        hello.passes(days=5)

        assert (hello.sweep.sweep(), hello.pending()) == (0, None)

    def test_it_wakes_at_its_time_with_a_new_clock(self, hello: Desk) -> None:
        hello.service.snooze("CASE-1", START + timedelta(days=3), MIA)
        woken_at = hello.passes(days=3)

        assert (hello.agenda.keep_due(), hello.sweep.sweep()) == (1, 0)

        assert (hello.case().snoozed_until, hello.case().clock_restarted_at) == (None, woken_at)

    def test_an_alert_that_was_snoozed_comes_back(self, urgent: Desk) -> None:
        urgent.service.snooze("CASE-1", urgent.clock.now() + timedelta(hours=2), MIA)
        assert urgent.pending() is None

        urgent.passes(hours=2)
        urgent.agenda.keep_due()

        assert urgent.reasons() == ["snooze_over"]
        [*_, alert] = urgent.rows(Escalation)
        assert alert.reasons[0]["words"] == "snoozed by Mia 2 h 00 min ago, and still open"

    def test_the_customers_next_words_wake_it_at_once(self, hello: Desk) -> None:
        hello.service.snooze("CASE-1", START + timedelta(days=3), MIA)
        hello.says(ADA, "still nothing")

        assert hello.case().snoozed_until is None
        hello.passes(days=3)
        hello.agenda.keep_due()
        assert hello.timeline().count("woken") == 1

    def test_the_last_snooze_counts(self, hello: Desk) -> None:
        hello.service.snooze("CASE-1", START + timedelta(hours=1), MIA)
        hello.service.snooze("CASE-1", START + timedelta(hours=5), MIA)
        hello.passes(hours=2)

        hello.agenda.keep_due()

        assert hello.case().snoozed_until == START + timedelta(hours=5)

    def test_the_past_is_no_time_to_snooze_until(self, hello: Desk) -> None:
        with pytest.raises(IllegalMove, match="passed already"):
            hello.service.snooze("CASE-1", START, MIA)

    def test_waking_by_hand(self, hello: Desk) -> None:
        hello.service.snooze("CASE-1", START + timedelta(hours=1), MIA)
        hello.service.wake("CASE-1", MIA)

        hello.passes(hours=2)
        assert hello.agenda.keep_due() == 0
        with pytest.raises(IllegalMove, match="not snoozed"):
            hello.service.wake("CASE-1", MIA)


class TestReopening:
    def test_a_case_comes_back_under_its_number(self, urgent: Desk) -> None:
        urgent.service.close("CASE-1", MIA)
        urgent.service.reopen("CASE-1", NOA)

        case = urgent.case()
        assert (case.status, case.closed_at, case.escalated) == ("open", None, False)
        assert "reopening_log" in [kind for kind, _, _ in urgent.deliveries()]
        assert urgent.says(ADA, "thanks").case_id == "CASE-1"

    def test_not_while_the_customer_has_another_open_case(self, hello: Desk) -> None:
        hello.service.close("CASE-1", MIA)
        hello.says(ADA, "again")

        with pytest.raises(IllegalMove, match="CASE-2"):
            hello.service.reopen("CASE-1", MIA)

    def test_the_customer_writes_at_that_very_moment_and_has_one_open_case(self, hello: Desk) -> None:
        hello.service.close("CASE-1", MIA)

        def reopens() -> str:
            try:
                hello.service.reopen("CASE-1", MIA)
            except IllegalMove as refusal:
                return str(refusal)
            return ""

        refused, _ = together(reopens, lambda: hello.says(ADA, "again").outcome)

        assert ("CASE-2" in refused) is (len(hello.rows(Case)) == 2)
        assert [case.status for case in hello.rows(Case)].count("open") == 1

    def test_an_open_case_is_open(self, hello: Desk) -> None:
        with pytest.raises(IllegalMove, match="CASE-1 is open"):
            hello.service.reopen("CASE-1", MIA)


class TestStaleDrawings:
    def test_somebody_elses_move_is_told_first(self, urgent: Desk) -> None:
        seen = urgent.case().version
        urgent.service.acknowledge("CASE-1", NOA)
        urgent.passes(seconds=4)

        with pytest.raises(StaleDrawing, match=r"noa@desk.example acknowledged CASE-1 4 s ago\. Look again"):
            urgent.service.close("CASE-1", MIA, seen=seen)

    def test_ones_own_moves_and_the_clocks_surprise_nobody(self, hello: Desk) -> None:
        hello.service.assign("CASE-1", MIA, MIA, seen=1)
        hello.says(ADA, "urgent")

        hello.service.close("CASE-1", MIA, seen=1)

        assert hello.case().status == "closed"


class TestOpeningForSomebody:
    def test_a_telephone_call_becomes_the_customers_case(self, desk: Desk) -> None:
        taken = desk.service.open(CARA, "urgent: no power", MIA, subject="Power")

        [opened, *_] = desk.rows(CaseEvent)
        assert (taken.outcome, desk.case().customer_identifier) == (Outcome.OPENED, CARA.identity)
        assert (opened.detail, desk.reasons()) == ({"taken_down_by": "Mia"}, ["keyword"])

    def test_the_same_form_twice_is_one_case(self, desk: Desk) -> None:
        outcomes = [desk.service.open(CARA, "no power", MIA, key="V1").outcome for _ in range(2)]

        assert outcomes == [Outcome.OPENED, Outcome.DUPLICATE]

    @pytest.mark.parametrize(("customer", "text"), [(NOA, "hello"), (CARA, " ")])
    def test_admins_have_no_cases_and_nothing_is_no_case(self, desk: Desk, customer: Author, text: str) -> None:
        with pytest.raises(IllegalMove):
            desk.service.open(customer, text, MIA)


class TestAddingToACase:
    def test_a_bystanders_words_become_a_note(self, hello: Desk) -> None:
        hello.intake.add_to("CASE-1", hello.inbound(BEN, "same here"), MIA)

        assert [(m.sender, m.internal) for m in hello.messages()] == [("U_ADA", False), ("U_BEN", True)]

    def test_the_customers_own_words_count_as_his(self, hello: Desk) -> None:
        hello.intake.add_to("CASE-1", hello.inbound(ADA, "urgent"), MIA)

        assert hello.reasons() == ["keyword"]

    def test_what_stands_in_a_case_stays_there(self, hello: Desk) -> None:
        words = hello.inbound(BEN, "mine")
        hello.intake.receive(words)

        with pytest.raises(IllegalMove, match="CASE-2 already"):
            hello.intake.add_to("CASE-1", words, MIA)


class TestCustomersSolve:
    def test_a_customer_ends_his_own_case(self, hello: Desk) -> None:
        hello.service.solve("CASE-1", ADA)

        assert (hello.case().status, hello.case().closed_by) == ("closed", "Ada")

    def test_anothers_case_does_not_exist_for_him(self, hello: Desk) -> None:
        with pytest.raises(NoSuchCase):
            hello.service.solve("CASE-1", BEN)
