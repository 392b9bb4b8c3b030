"""Files that come with a message: listed with it, once, and passed on where they may be."""

from bot.cases.inbound import Attached
from bot.cases.models import Attachment
from tests.cases.desk import CARA, Desk

PHOTO = Attached(name="photo.png", content_type="image/png", size=5, held="mail:1:2")
VIRUS = Attached(name="bill.exe", content_type="application/x-msdownload", size=5, held="mail:1:3", withheld="no")


def test_files_are_listed_and_only_harmless_ones_are_passed_on(desk: Desk) -> None:
    desk.says(CARA, "see these", attachments=(PHOTO, VIRUS))

    kept = desk.rows(Attachment)
    assert [attachment.name for attachment in kept] == ["photo.png", "bill.exe"]
    assert [(kind, subject) for kind, _, subject in desk.deliveries() if kind == "file"] == [("file", "1")]


def test_a_mail_taken_in_twice_has_its_files_once(desk: Desk) -> None:
    words = desk.inbound(CARA, "see this", attachments=(PHOTO,))
    desk.intake.receive(words)
    desk.intake.receive(words)

    assert len(desk.rows(Attachment)) == 1
