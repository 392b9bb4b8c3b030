"""The audit trail: every fact is sealed behind the one before, and whatever is changed afterwards is found."""

import pytest
from sqlalchemy import text

from bot.cases.audit import Audit, Breach
from bot.cases.models import CaseEvent
from tests.cases.desk import ADA, BEN, CARA, DOUBTFUL_NOA, MIA, NOA, PHRASE, Desk, together
from tests.cases.leaving import carried


def breaches(desk: Desk) -> list[Breach]:
    return list(Audit(desk.database).breaches())


def changed(desk: Desk, statement: str) -> None:
    """Somebody changes the database by hand."""
    with desk.database.engine.begin() as connection:
        connection.execute(text(statement))


def lived(desk: Desk) -> None:
    """Two cases with much in them: messages, an alert, an answer, an edit, a question, closures."""
    desk.says(ADA, "Urgent: Größe 4 brennt 🔥", external_id="first")
    desk.service.acknowledge("CASE-1", MIA)
    desk.service.assign("CASE-1", MIA, MIA)
    desk.edits(ADA, "first", "Urgent: it burns")
    desk.replies.reply("CASE-1", "On it", MIA)
    carried(desk)
    desk.service.close("CASE-1", MIA, "solved")
    desk.says(CARA, "Printer", subject="Printer", reference="<m1@customer.example>", verdict="dmarc=pass")
    desk.says(DOUBTFUL_NOA, f"CASE-2: {PHRASE}", verdict="nobody vouches")
    desk.service.ignore(desk.questions()[0].id or 0, MIA)
    desk.says(NOA, f"CASE-2: {PHRASE}", verdict="dmarc=pass at mx.desk.example")


def test_what_the_desk_wrote_is_whole(desk: Desk) -> None:
    lived(desk)

    audit = Audit(desk.database)

    assert list(audit.breaches()) == []
    assert (audit.events, audit.cases) == (len(desk.rows(CaseEvent)), 2)


@pytest.mark.one_database
@pytest.mark.parametrize(
    "edit",
    [
        "UPDATE case_events SET actor = 'U_BEN' WHERE id = 3",
        "UPDATE case_events SET actor_name = 'Ben' WHERE id = 3",
        "UPDATE case_events SET kind = 'noted' WHERE id = 3",
        "UPDATE case_events SET at = '2026-03-02 08:00:00+00' WHERE id = 3",
        "UPDATE case_events SET detail = '{}' WHERE id = 3",
        "UPDATE case_events SET message_id = 1 WHERE id = 3",
        "UPDATE case_events SET version = 99 WHERE id = 3",
        "UPDATE case_events SET key = 'x' WHERE id = 3",
        "UPDATE case_events SET digest = '' WHERE id = 3",
    ],
)
def test_a_changed_fact_is_named(desk: Desk, edit: str) -> None:
    lived(desk)
    third = desk.rows(CaseEvent)[2]

    changed(desk, edit.replace("+00", "") if desk.database.is_sqlite else edit)

    [breach] = breaches(desk)
    assert (breach.case_id, breach.event_id) == (third.case_id, third.id)


def test_a_fact_that_is_gone_is_missed_by_the_next_one(desk: Desk) -> None:
    lived(desk)

    changed(desk, "DELETE FROM case_events WHERE id = 2")

    assert [(breach.case_id, breach.event_id) for breach in breaches(desk)] == [("CASE-1", 3)]


def test_the_end_of_a_timeline_is_missed_too(desk: Desk) -> None:
    lived(desk)

    changed(desk, "DELETE FROM case_events WHERE case_id = 'CASE-2' AND kind = 'closed'")
    changed(desk, "DELETE FROM case_events WHERE case_id = 'CASE-1'")

    assert [str(breach) for breach in breaches(desk)] == [
        "CASE-1: its latest facts are missing",
        "CASE-2: its latest facts are missing",
    ]


def test_who_acts_by_mail_is_recorded_with_who_vouched_for_him(desk: Desk) -> None:
    lived(desk)

    verdicts = {(event.kind, event.actor): event.detail.get("verdict") for event in desk.rows(CaseEvent)}

    assert verdicts["opened", CARA.identity] == "dmarc=pass"
    assert verdicts["asked", NOA.identity] == "nobody vouches"
    assert verdicts["closed", NOA.identity] == "dmarc=pass at mx.desk.example"
    assert verdicts["closed", MIA.identity] is None


def test_facts_recorded_at_the_same_moment_follow_one_another(desk: Desk) -> None:
    desk.says(ADA, "Help")
    desk.says(BEN, "Help")

    together(
        *(lambda number=number: desk.service.note(f"CASE-{number % 2 + 1}", "x", MIA) for number in range(6)),
        lambda: desk.says(DOUBTFUL_NOA, "CASE-1 is mine", external_id="a"),
        lambda: desk.says(DOUBTFUL_NOA, "CASE-1 is mine", external_id="b"),
    )

    assert breaches(desk) == []
    assert len(desk.rows(CaseEvent)) == 10
