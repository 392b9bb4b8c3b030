"""From a case's thread to the customer: a note on purpose, or all of it where the team wants that."""

from datetime import timedelta

import pytest

from bot.cases.errors import IllegalMove
from bot.cases.models import Sending
from bot.cases.rules import Rules
from bot.db import Database
from tests.cases.desk import ADA, BEN, MIA, SHOP, Desk
from tests.cases.leaving import carried, reply

pytestmark = pytest.mark.one_database


def test_a_note_is_sent_on_once_with_its_files(desk: Desk) -> None:
    desk.says(ADA, "Hello")
    desk.in_card_thread(BEN, "Tell her: it is the fuse.")
    note = desk.messages()[-1]

    assert desk.replies.send_note(note.place, note.external_id, MIA) == "CASE-1"

    assert (reply(desk).body, reply(desk).sender, reply(desk).copy_of) == (note.body, MIA.identity, note.id)
    with pytest.raises(IllegalMove, match="already"):
        desk.replies.send_note(note.place, note.external_id, MIA)


def test_a_customers_own_words_can_not_be_sent_to_him(desk: Desk) -> None:
    desk.says(ADA, "Hello")
    [message] = desk.messages()

    with pytest.raises(IllegalMove, match="Only a note"):
        desk.replies.send_note(message.place, message.external_id, MIA)


def test_a_note_sent_on_gets_a_mark_and_no_second_copy_in_the_thread(desk: Desk) -> None:
    desk.says(ADA, "Hello")
    desk.in_card_thread(BEN, "It is the fuse.")
    note = desk.messages()[-1]
    desk.replies.send_note(note.place, note.external_id, MIA)
    desk.passes(seconds=5)
    carried(desk)

    kinds = [kind for kind, _, _ in desk.deliveries()]
    assert ("answer" in kinds, kinds.count("sent_mark")) == (False, 1)


class TestThreadRepliesToTheCustomer:
    @pytest.fixture
    def open_desk(self, database: Database) -> Desk:
        desk = Desk(database, Rules(thread_replies=True, undo=timedelta(0)))
        desk.says(ADA, "urgent", external_id="17.1")
        return desk

    def test_an_admins_words_leave(self, open_desk: Desk) -> None:
        open_desk.in_card_thread(MIA, "Looking into it.")

        [left] = carried(open_desk)

        assert (left.place, reply(open_desk).sending, open_desk.pending()) == (SHOP, Sending.SENT, None)

    def test_a_teammates_words_stay(self, open_desk: Desk) -> None:
        open_desk.in_card_thread(BEN, "I think it is the fuse.")

        assert carried(open_desk) == []

    def test_the_closure_phrase_stays_inside(self, open_desk: Desk) -> None:
        open_desk.in_card_thread(MIA, "I'm closing this case.")

        assert carried(open_desk) == []
        assert open_desk.case().status == "closed"

    def test_what_can_not_leave_is_a_note_and_its_writer_hears_why(self, open_desk: Desk) -> None:
        open_desk.service.close("CASE-1", MIA)

        taken = open_desk.in_card_thread(MIA, "And another thing.")

        assert "Reopen it first" in taken.ask_back
        assert open_desk.messages()[-1].internal
