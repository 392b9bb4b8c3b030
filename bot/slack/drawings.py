"""Which view draws which delivery, from the case as it is now."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from bot.cases.announcements import Kind
from bot.cases.lookups import CaseLookups
from bot.cases.queries import CaseQueries
from bot.outbox.models import Delivery
from bot.slack.case_links import CaseLinks
from bot.slack.views.alert import alert, reminder
from bot.slack.views.card import NAMING, card
from bot.slack.views.facts import closing_log, facts, reopening_log
from bot.slack.views.notes import close_reason, flood, follow_up, notice, question, revision
from bot.slack.views.parts import Drawing
from bot.slack.views.replies import answer, reply


class Drawings:
    """Reads what a delivery is about and hands it to its view.

    `mention` returns whom a repeated alert calls, in Slack's markup; nobody where it is empty.
    """

    def __init__(
        self, queries: CaseQueries, lookups: CaseLookups, links: CaseLinks, mention: Callable[[], str]
    ) -> None:
        self._queries = queries
        self._lookups = lookups
        self._links = links
        self._mention = mention
        self._views: dict[str, Callable[[Delivery, Sequence[Delivery]], Drawing | None]] = {
            Kind.CARD: self._card,
            Kind.ALERT: self._alert,
            Kind.FOLLOW_UP: self._follow_up,
            Kind.FLOOD: self._flood,
            Kind.REVISION: self._revision,
            Kind.CLOSING_LOG: self._closing_log,
            Kind.CLOSE_REASON: self._close_reason,
            Kind.REOPENING_LOG: self._reopening_log,
            Kind.ANSWER: self._answer,
            Kind.FACT: self._facts,
            Kind.REMINDER: self._reminder,
            Kind.REPLY: self._reply,
            Kind.QUESTION: self._question,
            Kind.NOTICE: self._notice,
        }

    def draw(self, delivery: Delivery, folded: Sequence[Delivery] = ()) -> Drawing | None:
        """Draw a delivery, and in the same drawing those folded into it; None where nothing is to be said any more."""
        return self._views[delivery.kind](delivery, folded)

    def _card(self, delivery: Delivery, _folded: Sequence[Delivery]) -> Drawing:
        sheet = self._queries.sheet(delivery.subject)
        named = {str(sheet.origin[key]) for key in NAMING if key in sheet.origin}
        first = self._lookups.first_words(delivery.subject) if sheet.case.message_count > 1 else None
        return card(sheet, self._links.around(named), first)

    def _alert(self, delivery: Delivery, _folded: Sequence[Delivery]) -> Drawing:
        escalation = self._queries.escalation(int(delivery.subject))
        case_id = escalation.case_id
        return alert(self._queries.sheet(case_id), escalation, self._links.around({case_id}))

    def _follow_up(self, delivery: Delivery, folded: Sequence[Delivery]) -> Drawing:
        messages = self._queries.messages([int(each.subject) for each in (delivery, *folded)])
        return follow_up(messages, {each.id or 0: self._queries.attachments(each.id or 0) for each in messages})

    def _flood(self, delivery: Delivery, _folded: Sequence[Delivery]) -> Drawing:
        return flood(self._queries.flood(int(delivery.subject)))

    def _revision(self, delivery: Delivery, folded: Sequence[Delivery]) -> Drawing:
        return revision([self._queries.event(int(each.subject)) for each in (delivery, *folded)])

    def _closing_log(self, delivery: Delivery, _folded: Sequence[Delivery]) -> Drawing:
        return closing_log(self._queries.event(int(delivery.subject)))

    def _close_reason(self, delivery: Delivery, _folded: Sequence[Delivery]) -> Drawing:
        return close_reason(self._queries.event(int(delivery.subject)))

    def _reopening_log(self, delivery: Delivery, _folded: Sequence[Delivery]) -> Drawing:
        return reopening_log(self._queries.event(int(delivery.subject)))

    def _answer(self, delivery: Delivery, _folded: Sequence[Delivery]) -> Drawing:
        letter = self._queries.letter(int(delivery.subject))
        sent = self._queries.receipt(Kind.REPLY, delivery.subject)
        return answer(letter, sent.said_at if sent else None)

    def _facts(self, delivery: Delivery, folded: Sequence[Delivery]) -> Drawing:
        events = [self._queries.event(int(each.subject)) for each in (delivery, *folded)]
        messages = self._queries.messages([event.message_id for event in events if event.message_id is not None])
        return facts(events, {message.id or 0: message for message in messages})

    def _reminder(self, delivery: Delivery, _folded: Sequence[Delivery]) -> Drawing | None:
        event = self._queries.event(int(delivery.subject))
        return reminder(self._queries.escalation(event.escalation_id or 0), event.at, self._mention())

    def _reply(self, delivery: Delivery, _folded: Sequence[Delivery]) -> Drawing:
        return reply(self._queries.letter(int(delivery.subject)))

    def _question(self, delivery: Delivery, _folded: Sequence[Delivery]) -> Drawing:
        return question(self._queries.question(int(delivery.subject)))

    def _notice(self, delivery: Delivery, folded: Sequence[Delivery]) -> Drawing:
        kind, _, _ = delivery.subject.partition(":")
        newest = (delivery, *folded)[-1]
        return notice(kind, newest.content)
