"""Which view draws which delivery, from the case as it is now."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from bot.cases.announcements import Kind
from bot.cases.queries import CaseQueries
from bot.outbox.models import Delivery, Receipt
from bot.slack.views.alert import alert
from bot.slack.views.card import card
from bot.slack.views.notes import close_reason, closing_log, flood, follow_up, notice, question, revision
from bot.slack.views.parts import Drawing


class Drawings:
    """Reads what a delivery is about and hands it to its view."""

    def __init__(self, queries: CaseQueries) -> None:
        self._queries = queries
        self._workspace = ""
        self._views: dict[str, Callable[[Delivery, Sequence[Delivery]], Drawing]] = {
            Kind.CARD: self._card,
            Kind.ALERT: self._alert,
            Kind.FOLLOW_UP: self._follow_up,
            Kind.FLOOD: self._flood,
            Kind.REVISION: self._revision,
            Kind.CLOSING_LOG: self._closing_log,
            Kind.CLOSE_REASON: self._close_reason,
            Kind.QUESTION: self._question,
            Kind.NOTICE: self._notice,
        }

    def know_workspace(self, url: str) -> None:
        """Remember the workspace's address (auth.test's `url`), of which links to messages are made."""
        self._workspace = url.rstrip("/")

    def draw(self, delivery: Delivery, folded: Sequence[Delivery] = ()) -> Drawing:
        """Draw a delivery, and in the same drawing those folded into it."""
        return self._views[delivery.kind](delivery, folded)

    def said(self, delivery: Delivery) -> Receipt | None:
        """Return where the delivery's subject stands already."""
        return self._queries.receipt(delivery.kind, delivery.subject)

    def card_of(self, delivery: Delivery) -> Receipt | None:
        """Return where the card of the delivery's case stands; its thread is the case's thread."""
        return self._queries.receipt(Kind.CARD, delivery.case_id or "")

    def awaits_card(self, delivery: Delivery) -> bool:
        """Return whether the card of the delivery's case is still to be posted."""
        return self._queries.is_awaited(f"{Kind.CARD}:{delivery.case_id}")

    def _card(self, delivery: Delivery, _folded: Sequence[Delivery]) -> Drawing:
        return card(self._queries.sheet(delivery.subject))

    def _alert(self, delivery: Delivery, _folded: Sequence[Delivery]) -> Drawing:
        escalation = self._queries.escalation(int(delivery.subject))
        posted = self.card_of(delivery)
        url = self._link(posted) if posted and self._workspace else None
        return alert(self._queries.sheet(escalation.case_id), escalation, url)

    def _follow_up(self, delivery: Delivery, folded: Sequence[Delivery]) -> Drawing:
        return follow_up(self._queries.messages([int(each.subject) for each in (delivery, *folded)]))

    def _flood(self, delivery: Delivery, _folded: Sequence[Delivery]) -> Drawing:
        return flood(self._queries.flood(int(delivery.subject)))

    def _revision(self, delivery: Delivery, folded: Sequence[Delivery]) -> Drawing:
        return revision([self._queries.event(int(each.subject)) for each in (delivery, *folded)])

    def _closing_log(self, delivery: Delivery, _folded: Sequence[Delivery]) -> Drawing:
        return closing_log(self._queries.event(int(delivery.subject)))

    def _close_reason(self, delivery: Delivery, _folded: Sequence[Delivery]) -> Drawing:
        return close_reason(self._queries.event(int(delivery.subject)))

    def _question(self, delivery: Delivery, _folded: Sequence[Delivery]) -> Drawing:
        return question(self._queries.question(int(delivery.subject)))

    def _notice(self, delivery: Delivery, _folded: Sequence[Delivery]) -> Drawing:
        kind, _, _ = delivery.subject.partition(":")
        return notice(kind, delivery.content)

    def _link(self, receipt: Receipt) -> str:
        return f"{self._workspace}/archives/{receipt.place}/p{receipt.external_id.replace('.', '')}"
