"""A customer is erased: nothing tells who he was or what he said, while figures, timelines and seals stay."""

from pathlib import Path

import pytest
from sqlalchemy import text

from bot.cases.announcements import notice
from bot.cases.audit import Audit
from bot.cases.erasure import Erasure
from bot.cases.errors import IllegalMove, NoSuchCase
from bot.cases.inbound import Author
from bot.cases.models import Case, CaseEvent
from bot.cases.removal import Removal, clear
from bot.db import Database
from bot.mail.archive import archive_of
from bot.mail.discarding import Discarding
from bot.mail.models import LedgerEntry, LedgerState, RawMail
from bot.outbox.models import Delivery
from bot.slack.directory import forget_person
from tests.cases.desk import ADA, CARA, MAILBOX, MIA, START, Desk
from tests.cases.leaving import carried
from tests.moving.household import lived_in

ANNA = Author("console:anna", "anna (console)", is_admin=True)
DORA = Author("dora@customer.example", "Dora")
OF_ADA = ("U_ADA", "Ada", "burns", "brennt", "On it", "never pays")
OF_CARA = ("cara", "Cara", "dora", "smokes", "Printer", "customer.example", "photo", "is mine")


def erasure(desk: Desk) -> Erasure:
    return Erasure(desk.database, desk.clock, Discarding(archive_of(desk.database.url)), forget_person)


def told_of(desk: Desk, words: tuple[str, ...]) -> list[str]:
    everything = str(desk.snapshot())
    return [word for word in words if word in everything]


def breaches(desk: Desk) -> list[str]:
    return [str(breach) for breach in Audit(desk.database).breaches()]


def test_nothing_tells_of_an_erased_customer(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    desk = lived_in(database)
    set_aside(desk)
    desk.replies.reply("CASE-1", "On it again", MIA)
    figures = [(case.case_id, case.created_at, case.message_count, case.escalated) for case in desk.rows(Case)]
    assert told_of(desk, OF_ADA) + told_of(desk, OF_CARA) == [*OF_ADA, *OF_CARA]

    by_mail = erasure(desk).erase(" Cara@customer.example ", ANNA)
    in_slack = erasure(desk).erase("CASE-1", ANNA, close=True)

    assert told_of(desk, OF_ADA) + told_of(desk, OF_CARA) == []
    assert (by_mail.cases, by_mail.files, len(by_mail.mails)) == (["CASE-2"], 2, 3)
    assert (in_slack.cases, in_slack.open, in_slack.messages) == (["CASE-1"], ["CASE-1"], 4)
    assert desk.rows(RawMail) == []
    assert [(c.case_id, c.created_at, c.message_count, c.escalated) for c in desk.rows(Case)] == figures
    assert carried(desk) == [], "the answer that waited has not left"
    assert breaches(desk) == []


def set_aside(desk: Desk) -> None:
    """A mail of Cara's that could not be read, and the notice of it."""
    kept = archive_of(desk.database.url).keep(b"From: Cara <cara@customer.example>\r\nSubject: Printer\r\n\r\nx")
    with desk.database.writers.begin() as session:
        entry = LedgerEntry(
            mailbox=MAILBOX,
            folder="INBOX",
            uid_validity=7,
            uid=50,
            state=LedgerState.QUARANTINED,
            entered_at=START,
            reason="broken",
        )
        place = entry.model_dump(include={"mailbox", "folder", "uid_validity", "uid"})
        raw = RawMail(**place, received_at=START, size=kept.size, sha256=kept.sha256, content=kept.content)
        session.add(raw)
        session.flush()
        entry.raw_mail_id = raw.id
        session.add(entry)
        words = {"sender": "Cara <cara@customer.example>", "subject": "Printer", "reason": "broken", "uid": "50"}
        session.add(notice("mail_quarantined", words, desk.clock.now()))


def test_the_timeline_tells_who_did_it_and_not_to_whom(desk: Desk) -> None:
    erasure(desk).erase(CARA.identity, ANNA)

    *_, last = [event for event in desk.rows(CaseEvent) if event.case_id == "CASE-2"]
    assert (last.kind, last.actor, last.actor_name) == ("erased", "console:anna", "anna (console)")
    opened = next(event for event in desk.rows(CaseEvent) if event.case_id == "CASE-2")
    assert opened.actor.startswith("erased-")
    assert {message.body for message in desk.messages() if message.case_id == "CASE-2"} == {"(erased on 2026-03-02)"}


def test_an_open_case_is_not_erased_unasked(desk: Desk) -> None:
    before = desk.snapshot()

    with pytest.raises(IllegalMove, match="CASE-1 is still open"):
        erasure(desk).erase(ADA.identity, ANNA)

    assert desk.snapshot() == before


@pytest.mark.parametrize("nobody", ["nobody@customer.example", "U_NOBODY", "CASE-99"])
def test_who_is_not_known_is_not_erased(desk: Desk, nobody: str) -> None:
    with pytest.raises(NoSuchCase):
        erasure(desk).erase(nobody, ANNA)


def test_who_writes_again_is_a_new_customer(desk: Desk) -> None:
    erasure(desk).erase(CARA.identity, ANNA)

    desk.says(CARA, "Me again", references=("<m1@customer.example>",), external_id="again")

    opened = [event for event in desk.rows(CaseEvent) if event.kind == "opened"][-1]
    assert (opened.case_id, opened.detail) == ("CASE-3", {})
    with pytest.raises(IllegalMove, match="can't be opened again"):
        desk.service.reopen("CASE-2", MIA)
    with pytest.raises(NoSuchCase, match="erased already"):
        erasure(desk).preview("CASE-2")


def test_words_in_the_case_of_another_go_and_that_case_goes_on(desk: Desk) -> None:
    desk.says(CARA, "Again", reference="<m3@customer.example>", readers=frozenset({DORA.identity}), external_id="third")
    desk.says(DORA, "Urgent: secret", references=("<m3@customer.example>",), external_id="fourth", verdict="dmarc=pass")

    trace = erasure(desk).erase(DORA.identity, ANNA)

    assert (trace.cases, trace.others) == ([], ["CASE-3"])
    assert told_of(desk, ("dora", "Dora", "secret")) == []
    assert [m.body for m in desk.messages() if m.case_id == "CASE-3"] == ["Again", "(erased on 2026-03-02)"]
    desk.says(CARA, "And again", external_id="fifth")
    assert desk.case("CASE-3").message_count == 3
    assert breaches(desk) == []


def test_an_erasure_goes_over_what_retention_left(desk: Desk) -> None:
    desk.service.close("CASE-1", MIA)
    erasure(desk).erase(CARA.identity, ANNA)
    with desk.database.writers.begin() as session:
        clear(session, session.get_one(Case, "CASE-1"), Removal("removed"), desk.clock.now())
    erasure(desk).erase(ADA.identity, ANNA)

    assert told_of(desk, OF_ADA) == []
    assert breaches(desk) == []


@pytest.mark.parametrize(
    "edit",
    [
        "UPDATE case_events SET actor_name = 'Ben' WHERE kind = 'opened' AND case_id = 'CASE-2'",
        "UPDATE case_events SET actor_name = 'Ben' WHERE kind = 'closed' AND case_id = 'CASE-2'",
        "UPDATE case_events SET words_digest = 'x' WHERE kind = 'opened' AND case_id = 'CASE-2'",
        "UPDATE case_events SET detail = '{}' WHERE kind = 'erased'",
        "DELETE FROM case_events WHERE kind = 'erased'",
    ],
)
def test_tampering_is_still_found(desk: Desk, edit: str) -> None:
    erasure(desk).erase(CARA.identity, ANNA)

    with desk.database.engine.begin() as connection:
        connection.execute(text(edit))

    assert [breach.partition(":")[0] for breach in breaches(desk)] == ["CASE-2"]


def test_what_stands_in_slack_is_drawn_again(desk: Desk) -> None:
    said = len(desk.rows(Delivery))

    erasure(desk).erase(CARA.identity, ANNA)

    redrawn = [delivery for delivery in desk.rows(Delivery)[said:] if delivery.redraw]
    assert {delivery.kind for delivery in redrawn} >= {"card", "follow_up", "question"}
    assert all(delivery.content["only_if_there"] for delivery in redrawn)


def test_erased_words_are_not_in_the_file_any_more(desk: Desk) -> None:
    """SQLite leaves what is deleted in its pages, unless it is told to overwrite it."""
    erasure(desk).erase(CARA.identity, ANNA)
    desk.database.close()

    assert desk.database.url.database is not None
    content = Path(desk.database.url.database).read_bytes()
    assert b"It burns" not in content
    assert [words for words in (b"My printer smokes", b"cara@customer.example") if words in content] == []
