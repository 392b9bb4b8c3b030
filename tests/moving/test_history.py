"""History from another helpdesk: an mbox becomes closed cases, silently, and twice the same is once."""

from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from email.utils import format_datetime
from pathlib import Path

import pytest

from bot.cases.audit import Audit
from bot.cases.inbound import Author
from bot.cases.models import Attachment, Case, CaseEvent, Escalation
from bot.db import Database
from bot.mail.archive import archive_of
from bot.mail.history import History, Outcome, Survey
from bot.mail.kept_attachments import MailAttachments
from bot.mail.mbox import Mbox
from bot.outbox.models import Delivery
from tests.cases.desk import CARA, MAILBOX, MIA, START, Desk
from tests.services.standing import StandingFile
from tests.settings.samples import MAILBOX as MAIL
from tests.settings.samples import settings

ANNA = Author("console:anna", "anna (console)", is_admin=True)
THEN = datetime(2020, 5, 4, 9, 0, tzinfo=UTC)
CARLA, COSMO, US = "Carla <carla@shop.example>", "cosmo@shop.example", f"Support <{MAILBOX}>"


def letter(name: str, sender: str, text: str, *, hours: float = 0, answers: str = "", **fields: str) -> bytes:
    mail = EmailMessage()
    mail["From"], mail["To"] = sender, CARLA if sender == US else US
    mail["Subject"] = "Printer"
    mail["Message-ID"] = f"<{name}@shop.example>"
    mail["Date"] = format_datetime(THEN + timedelta(hours=hours))
    if answers:
        mail["In-Reply-To"] = f"<{answers}@shop.example>"
    for field, words in fields.items():
        mail[field.replace("_", "-")] = words
    mail.set_content(text)
    return mail.as_bytes()


def mbox(folder: Path, *mails: bytes) -> Mbox:
    """The mails with seams between them, quoted as Thunderbird and Takeout quote."""
    seam = b"From somebody Mon May  4 09:00:00 2020\n"
    packed = b"".join(seam + mail.replace(b"\nFrom ", b"\n>From ") + b"\n" for mail in mails)
    (folder / "archive.mbox").write_bytes(packed)
    return Mbox(folder / "archive.mbox")


def history(database: Database, archive: Mbox, desk: Desk) -> History:
    return History(settings(**(MAIL | {"IMAP_EMAIL": MAILBOX, "SMTP_FROM": US})), database, desk.clock, archive)


def stored(desk: Desk, archive: Mbox) -> tuple[Survey, Outcome, Outcome]:
    """What was foreseen, and what came of it."""
    past = history(desk.database, archive, desk)
    survey = past.survey()
    return survey, past.foresee(survey), past.take_in(survey, ANNA)


@pytest.fixture
def empty(database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Desk:
    monkeypatch.chdir(tmp_path)
    return Desk(database)


@pytest.fixture
def sqlite(standing_file: StandingFile) -> Iterator[Desk]:
    with closing(standing_file.emptied()) as database:
        yield Desk(database)


def archive_file(folder: Path) -> Mbox:
    picture = EmailMessage()
    picture["From"], picture["To"], picture["Message-ID"] = COSMO, US, "<c1@shop.example>"
    picture["Date"] = format_datetime(THEN + timedelta(days=1))
    picture.set_content("Look")
    picture.add_attachment(b"png", maintype="image", subtype="png", filename="look.png")
    picture.set_boundary("seam")
    return mbox(
        folder,
        letter("a2", US, "Pull the plug", hours=1, answers="a1"),
        letter("a1", CARLA, "URGENT: it burns.\nFrom here I can see flames."),
        letter("a3", CARLA, "Thanks!", hours=50, answers="a2"),
        picture.as_bytes(),
        letter("r1", COSMO, "I am on holiday", Auto_Submitted="auto-replied"),
        letter("t1", US, "Our newsletter"),
        b"From-nobody: x\n\nno sender at all\n",
    )


def test_each_thread_is_one_closed_case_and_nobody_hears_of_it(empty: Desk, tmp_path: Path) -> None:
    survey, foreseen, outcome = stored(empty, archive_file(tmp_path))

    assert foreseen == outcome == Outcome(opened=2, mails=4)
    assert (survey.passed["machine"], survey.without_customer) == (1, 1)
    assert [str(broken) for broken in survey.broken] == ["mail 7, from nobody, “”: it names no sender"]
    first, second = empty.rows(Case)
    assert (first.customer_identifier, first.status, first.message_count) == ("carla@shop.example", "closed", 3)
    assert (first.created_at, first.closed_at) == (THEN, THEN + timedelta(hours=50))
    assert (second.customer_identifier, second.closed_by) == (COSMO, "anna (console)")
    assert empty.timeline("CASE-1") == ["opened", "answered", "received", "closed"]
    assert empty.rows(Delivery) == []
    assert empty.rows(Escalation) == []
    assert empty.messages()[0].body.splitlines()[1] == "From here I can see flames."
    [look] = empty.rows(Attachment)
    assert MailAttachments(empty.database, archive_of(empty.database.url)).read(look.held) == b"png"
    assert [hit.case.case_id for hit in empty.queries.search("flames", MIA).hits] == ["CASE-1"]
    assert list(Audit(empty.database).breaches()) == []


def test_a_second_time_nothing_is_doubled(sqlite: Desk, tmp_path: Path) -> None:
    stored(sqlite, archive_file(tmp_path))
    before = sqlite.snapshot()

    _, foreseen, outcome = stored(sqlite, archive_file(tmp_path))

    assert foreseen == outcome == Outcome(known=4)
    assert sqlite.snapshot() == before


def test_a_later_archive_joins_what_is_there(sqlite: Desk, tmp_path: Path) -> None:
    stored(sqlite, mbox(tmp_path, letter("a1", CARLA, "It burns")))

    _, foreseen, outcome = stored(sqlite, archive_file(tmp_path))

    assert foreseen.joined == outcome.joined == 3
    assert [(case.case_id, case.message_count) for case in sqlite.rows(Case)] == [("CASE-1", 4), ("CASE-2", 1)]


def test_an_open_case_is_not_moved_by_its_past(sqlite: Desk, tmp_path: Path) -> None:
    sqlite.says(CARA, "Live", reference="<live@shop.example>")
    standing = sqlite.standing()
    words = letter("old", "Cara <cara@customer.example>", "Urgent: from before", answers="live")

    _, _, outcome = stored(sqlite, mbox(tmp_path, words))

    assert outcome.joined == 1
    assert sqlite.standing() == standing | {"message_count": 2}
    assert [event.kind for event in sqlite.rows(CaseEvent)] == ["opened", "received"]


def test_who_writes_again_goes_on_in_a_new_case(sqlite: Desk, tmp_path: Path) -> None:
    stored(sqlite, archive_file(tmp_path))

    sqlite.says(Author("carla@shop.example", "Carla"), "Again", references=("<a3@shop.example>",))

    assert sqlite.rows(CaseEvent)[-1].detail == {"follows": "CASE-1"}
    assert sqlite.case("CASE-3").status == "open"


def test_mails_from_the_future_are_from_today(sqlite: Desk, tmp_path: Path) -> None:
    stored(sqlite, mbox(tmp_path, letter("f", CARLA, "Hello", hours=24 * 365 * 20)))

    assert sqlite.case().created_at == START


def test_the_server_that_took_a_mail_tells_its_time(sqlite: Desk, tmp_path: Path) -> None:
    received = "from x by y; Wed, 6 May 2020 12:00:00 +0200"
    stored(sqlite, mbox(tmp_path, letter("f", CARLA, "Hello", Received=received)))

    assert sqlite.case().created_at == datetime(2020, 5, 6, 10, 0, tzinfo=UTC)


def test_what_is_no_mbox_is_refused(sqlite: Desk, tmp_path: Path) -> None:
    (tmp_path / "mail.eml").write_bytes(letter("a", CARLA, "Hello"))

    with pytest.raises(ValueError, match="no mbox"):
        history(sqlite.database, Mbox(tmp_path / "mail.eml"), sqlite).survey()
