"""Retention: what was closed long ago keeps its figures and its seals, and loses its words, mails and files."""

import os
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlmodel import Session

from bot.agenda import Agenda
from bot.cases import retention
from bot.cases.audit import Audit
from bot.cases.chain import take_out_words
from bot.cases.errors import IllegalMove
from bot.cases.models import Attachment, Case, CaseEvent, EventKind
from bot.cases.retention import Retention
from bot.db import Database
from bot.mail.archive import archive_of, folder_beside
from bot.mail.discarding import Discarding
from bot.mail.models import LedgerEntry, RawMail
from bot.outbox.models import Delivery
from tests.cases.desk import ADA, BEN, MIA, SHOP, Desk
from tests.moving.household import lived_in

WORDS = ("smokes", "Printer", "is mine", "photo.png", "it burns", "brennt")


@pytest.fixture
def desk(desk: Desk) -> Desk:
    """Ada's case was edited and escalated, Cara's came by mail; both are closed."""
    desk.service.close("CASE-1", MIA)
    return desk


def discarding(desk: Desk) -> Discarding:
    return Discarding(archive_of(desk.database.url))


def files_are_discarded(desk: Desk) -> int:
    return Agenda(desk.database, desk.clock, discarding(desk).acts).keep_due()


def cleared(desk: Desk, days: float | None = 90) -> int:
    """One pass of the retention, and the files of large mails discarded."""
    done = Retention(desk.database, desk.clock, days, discarding(desk).forget).clear_due()
    files_are_discarded(desk)
    return done


def everything(desk: Desk) -> str:
    return str(desk.snapshot())


def breaches(desk: Desk) -> list[str]:
    return [str(breach) for breach in Audit(desk.database).breaches()]


def test_words_go_and_figures_stay(database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    desk = lived_in(database)
    desk.service.close("CASE-1", MIA)
    before = desk.case("CASE-2")
    desk.passes(days=91)
    for file in folder_beside(desk.database.url).glob("*/*"):
        os.utime(file, (0, 0))

    cleared(desk)

    assert [word for word in WORDS if word in everything(desk)] == []
    assert desk.rows(RawMail) == []
    assert list(folder_beside(desk.database.url).glob("*/*")) == []
    figures = {
        "message_count",
        "created_at",
        "closed_at",
        "closed_by",
        "customer_identifier",
        "last_message_at",
        "version",
    }
    assert desk.case("CASE-2").model_dump(include=figures) == before.model_dump(include=figures)
    assert {message.body for message in desk.messages()} == {"(removed 90 days after closing)"}
    assert [entry.state for entry in desk.rows(LedgerEntry)] == ["opened", "opened"]
    assert [(one.name, one.size, one.held) for one in desk.rows(Attachment)] == [("a file", 7, "")] * 2
    [escalated] = [event for event in desk.rows(CaseEvent) if event.kind == EventKind.ESCALATED]
    assert [reason["words"] for reason in escalated.detail["reasons"]] == ["says “urgent”"]
    assert desk.queries.search("smokes", MIA).hits == []
    assert [hit.case.case_id for hit in desk.queries.search("cara", MIA).hits] == ["CASE-2"]
    assert breaches(desk) == []


def test_cards_are_drawn_again_and_the_next_pass_finds_nothing(desk: Desk) -> None:
    desk.passes(days=91)
    said = len(desk.rows(Delivery))
    for file in folder_beside(desk.database.url).glob("*/*"):
        os.utime(file, (0, 0))
    cleared(desk)
    redrawn = [(d.kind, d.subject, d.redraw) for d in desk.rows(Delivery)[said:]]
    quiet = desk.snapshot()

    desk.passes(days=1)
    cleared(desk)

    assert sorted(redrawn) == [("alert", "1", True), ("card", "CASE-1", True), ("card", "CASE-2", True)]
    assert desk.snapshot() == quiet


@pytest.mark.parametrize(("days", "passed"), [(90, 89), (None, 1000)])
def test_nothing_goes_before_its_time(desk: Desk, days: float | None, passed: int) -> None:
    before = desk.snapshot()
    desk.passes(days=passed)

    cleared(desk, days)

    assert desk.snapshot() == before


def test_many_go_in_batches_a_minute_apart(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retention, "BATCH", 1)
    desk.passes(days=91)

    assert [cleared(desk) for _ in range(3)] == [1, 1, 0]
    assert [case.words_removed for case in desk.rows(Case)] == [True, True]


def test_an_answer_that_has_yet_to_leave_is_waited_for(desk: Desk) -> None:
    desk.says(BEN, "Help", external_id="help")
    desk.service.close("CASE-3", MIA, farewell="Good bye")
    desk.passes(days=91)

    cleared(desk)

    assert not desk.case("CASE-3").words_removed


def test_what_is_gone_does_not_come_back(desk: Desk) -> None:
    desk.passes(days=91)
    cleared(desk)

    assert not desk.edits(ADA, "first", "it burned")
    desk.service.reopen("CASE-1", MIA)
    desk.says(ADA, "Still burning", place=SHOP, external_id="later")
    with pytest.raises(IllegalMove, match="words of this note are gone"):
        desk.replies.send_note(*note_of(desk), MIA)
    desk.service.close("CASE-1", MIA)
    desk.passes(days=91)
    cleared(desk)

    assert "urn" not in "".join(message.body for message in desk.messages())
    assert breaches(desk) == []


def note_of(desk: Desk) -> tuple[str, str]:
    [note] = [message for message in desk.messages() if message.internal and message.case_id == "CASE-1"]
    return note.place, note.external_id


def test_a_file_that_another_mail_needs_stays(desk: Desk) -> None:
    [large] = folder_beside(desk.database.url).glob("*/*")
    with desk.database.writers.begin() as session:
        twin = session.get_one(RawMail, 2).model_dump(exclude={"id", "uid"})
        session.add(RawMail(**twin, uid=99))
    os.utime(large, (0, 0))
    desk.passes(days=91)

    cleared(desk)

    assert large.exists()


def test_a_file_that_was_just_written_is_waited_for(desk: Desk) -> None:
    [large] = folder_beside(desk.database.url).glob("*/*")
    desk.passes(days=91)
    lately = desk.clock.now().timestamp()
    os.utime(large, (lately, lately))

    cleared(desk)
    kept = large.exists()
    desk.passes(hours=1, minutes=1)
    files_are_discarded(desk)

    assert (kept, large.exists()) == (True, False)


@pytest.mark.parametrize(
    "edit",
    [
        "UPDATE case_events SET actor = 'U_BEN' WHERE kind = 'edited'",
        "UPDATE case_events SET actor = 'U_BEN', words_digest = 'x', salt = '' WHERE kind = 'acknowledged'",
        "UPDATE case_events SET actor = 'U_BEN' WHERE kind = 'cleared' AND case_id = 'CASE-1'",
        "DELETE FROM case_events WHERE kind = 'cleared' AND case_id = 'CASE-1'",
    ],
)
def test_tampering_is_still_found(desk: Desk, edit: str) -> None:
    desk.passes(days=91)
    cleared(desk)

    with desk.database.engine.begin() as connection:
        connection.execute(text(edit))

    assert [breach.partition(":")[0] for breach in breaches(desk)] == ["CASE-1"]


def test_removal_can_not_be_feigned(desk: Desk) -> None:
    """Somebody changes a fact and lets its true seal stand for words that were removed, but nothing tells of that."""
    with Session(desk.database.engine) as session, session.begin():
        event = session.get_one(CaseEvent, 2)
        take_out_words(event)
        event.actor = "U_BEN"

    assert breaches(desk) == ["CASE-1: what stands in the place of removed words is not what their removal left there"]
