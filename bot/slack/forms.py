"""Opening forms: who may fill one in, about what, drawn from the case as it is now."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bot.cases import lifecycle
from bot.cases.announcements import MAIL
from bot.cases.errors import ONLY_ADMINS, IllegalMove, NotAllowed
from bot.cases.inbound import Author
from bot.cases.lookups import CaseLookups
from bot.cases.models import Case, Sending, Status
from bot.cases.queries import CaseQueries
from bot.cases.replies import MAIL_IS_OFF
from bot.cases.rules import Rules
from bot.clock import Clock
from bot.slack.asides import Asides
from bot.slack.directory import Directory
from bot.slack.errand import Errand
from bot.slack.spot import Spot
from bot.slack.views import timeline
from bot.slack.views.modals import answering, snoozing, taking, verbs


class Forms:
    """Opens a form for an admin after the ack, or refuses with a CaseError, so that nobody writes in vain."""

    def __init__(
        self,
        queries: CaseQueries,
        lookups: CaseLookups,
        desk_rules: Rules,
        clock: Clock,
        directory: Directory,
        asides: Asides,
        *,
        mail_leaves: bool,
    ) -> None:
        self._queries = queries
        self._lookups = lookups
        self._rules = desk_rules
        self._clock = clock
        self._directory = directory
        self._asides = asides
        self._mail_leaves = mail_leaves

    def reply(self, case_id: str, by: Author, spot: Spot) -> None:
        """Open the form for an answer."""
        self._open_case(case_id, by)
        to = self._lookups.addressee(case_id)
        if to.place == MAIL and not self._mail_leaves:
            raise IllegalMove(MAIL_IS_OFF)
        self._asides.open_form(spot, answering.answer_form(to, _errand(to.case, spot)))

    def reply_again(self, message_id: int, by: Author, spot: Spot) -> None:
        """Open the form with the words and files of an answer that was stopped; its private message is replaced."""
        _admit(by)
        letter = self._queries.letter(message_id)
        if letter.message.sending != Sending.STOPPED:
            raise IllegalMove("That answer was not stopped.")
        case = self._open_case(letter.case.case_id, by)
        errand = _errand(case, spot, again=message_id, url=spot.url)
        to = self._lookups.addressee(case.case_id)
        self._asides.open_form(spot, answering.answer_form(to, errand, letter.message.body, letter.attachments))

    def assign(self, case_id: str, by: Author, spot: Spot) -> None:
        """Open the form that asks who takes care of a case."""
        case = self._open_case(case_id, by)
        self._asides.open_form(spot, verbs.assign_form(case, _errand(case, spot)))

    def snooze(self, case_id: str, by: Author, spot: Spot) -> None:
        """Open the form that asks until when a case may rest."""
        case = self._open_case(case_id, by)
        zone = self._directory.zone(by.identity)
        self._asides.open_form(spot, snoozing.snooze_form(case, self._clock.now(), zone, _errand(case, spot)))

    def note(self, case_id: str, by: Author, spot: Spot) -> None:
        """Open the form for a note; also a closed case takes notes."""
        case = self._case(case_id, by)
        self._asides.open_form(spot, verbs.note_form(case, _errand(case, spot)))

    def escalate(self, case_id: str, by: Author, spot: Spot) -> None:
        """Open the form that asks why a case is made louder."""
        case = self._open_case(case_id, by)
        self._asides.open_form(spot, verbs.escalate_form(case, _errand(case, spot)))

    def close(self, case_id: str, by: Author, spot: Spot, *, url: str = "") -> None:
        """Open the form that asks for a reason; `url` replaces the private question that led here."""
        case = self._open_case(case_id, by)
        errand = _errand(case, spot, url=url)
        rules = self._rules
        view = verbs.close_form(case, rules.close_reasons, rules.closing_message, errand)
        self._asides.open_form(spot, view)

    def timeline(self, case_id: str, by: Author, spot: Spot) -> None:
        """Show a case's timeline; a long one comes as a file as well, in the DM of who asked."""
        case = self._case(case_id, by)
        entries = self._queries.timeline(case_id, timeline.SHOWN + 1)
        self._asides.open_form(spot, timeline.timeline_form(case, entries))
        if len(entries) > timeline.SHOWN:

            def whole() -> str:
                return timeline.as_text(case, self._queries.timeline(case_id, timeline.WHOLE))

            self._asides.hand_over(spot, f"{case_id}.txt", whole, f"The timeline of {case_id}")

    def new_case(self, by: Author, spot: Spot, draft: str = "") -> None:
        """Open the form for a case on behalf of a customer."""
        _admit(by)
        errand = Errand(channel=spot.channel, thread=spot.thread)
        self._asides.open_form(spot, taking.new_case_form(errand, draft))

    def add_to_case(self, message: Mapping[str, Any], author: Author, by: Author, spot: Spot) -> None:
        """Open the form that asks to which case a message belongs."""
        _admit(by)
        proposed = self._lookups.open_case_of(author.identity)
        errand = Errand(channel=spot.channel, thread=spot.thread, message=str(message["ts"]))
        self._asides.open_form(spot, taking.add_form(message, author.name, proposed, errand))

    def _case(self, case_id: str, by: Author) -> Case:
        _admit(by)
        return self._queries.sheet(case_id).case

    def _open_case(self, case_id: str, by: Author) -> Case:
        case = self._case(case_id, by)
        if case.status == Status.CLOSED:
            raise lifecycle.already_closed(case, self._clock.now())
        return case


def _admit(by: Author) -> None:
    if not by.is_admin:
        raise NotAllowed(ONLY_ADMINS)


def _errand(case: Case, spot: Spot, *, again: int = 0, url: str = "") -> Errand:
    return Errand(
        case_id=case.case_id, version=case.version, channel=spot.channel, thread=spot.thread, again=again, url=url
    )
