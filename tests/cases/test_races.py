"""Many at once: threads that race for one customer, one inbound, one number, one button."""

from functools import partial

from bot.cases.errors import IllegalMove
from bot.cases.inbound import Author, Outcome
from bot.cases.models import Case, CaseEvent, Escalation
from tests.cases.desk import ADA, MIA, NOA, Desk, together


def test_one_inbound_from_eight_threads_is_one_message(desk: Desk) -> None:
    inbound = desk.inbound(ADA, "urgent")

    taken = together(*[partial(desk.intake.receive, inbound)] * 8)

    assert sorted(answer.outcome for answer in taken) == [Outcome.DUPLICATE] * 7 + [Outcome.OPENED]
    assert {answer.case_id for answer in taken} == {"CASE-1"}
    assert (len(desk.messages()), desk.case().message_count, len(desk.rows(Escalation))) == (1, 1, 1)


def test_eight_messages_of_a_new_customer_open_one_case(desk: Desk) -> None:
    inbounds = [desk.inbound(ADA, f"message {number}") for number in range(8)]

    taken = together(*(partial(desk.intake.receive, inbound) for inbound in inbounds))

    [case] = desk.rows(Case)
    assert [answer.outcome for answer in taken].count(Outcome.OPENED) == 1
    assert (case.message_count, len(desk.messages())) == (8, 8)
    assert desk.reasons() == ["follow_ups"]


def test_twenty_new_customers_get_twenty_numbers(desk: Desk) -> None:
    inbounds = [desk.inbound(Author(f"U_{number}", f"Customer {number}"), "Help") for number in range(20)]

    taken = together(*(partial(desk.intake.receive, inbound) for inbound in inbounds))

    assert {answer.outcome for answer in taken} == {Outcome.OPENED}
    assert {answer.case_id for answer in taken} == {f"CASE-{number}" for number in range(1, 21)}


def test_two_admins_who_close_at_once_close_once(desk: Desk) -> None:
    desk.says(ADA, "urgent")

    def close(by: Author) -> str:
        try:
            desk.service.close("CASE-1", by)
        except IllegalMove as refused:
            return str(refused)
        return "closed"

    answers = together(*(partial(close, by) for by in (MIA, NOA) * 3))

    assert answers.count("closed") == 1
    assert all(answer.startswith("CASE-1 was closed by") for answer in answers if answer != "closed")
    assert desk.timeline().count("closed") == 1


def test_words_that_race_with_the_closing_are_in_exactly_one_case(desk: Desk) -> None:
    for round_number in range(1, 6):
        case_id = desk.says(ADA, "Help").case_id
        assert case_id is not None
        words = desk.inbound(ADA, f"and {round_number}")

        together(partial(desk.intake.receive, words), partial(desk.service.close, case_id, MIA))

        for case in desk.rows(Case):
            kept = [message for message in desk.messages() if message.case_id == case.case_id]
            assert case.message_count == len(kept)
            last = [event.kind for event in desk.rows(CaseEvent) if event.case_id == case.case_id][-1]
            assert (case.status == "closed") == (last == "closed")
