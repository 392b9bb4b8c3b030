"""Where cases stand in Slack: the addresses of their cards, and what else drawings of cases need."""

from __future__ import annotations

from collections.abc import Collection

from bot.cases.lookups import CaseLookups
from bot.cases.rules import Rules
from bot.slack.identity import Identity
from bot.slack.views.parts import Surroundings


class CaseLinks:
    """Makes links to cards of the workspace's address (auth.test's `url`); before it is known there are none."""

    def __init__(self, lookups: CaseLookups, identity: Identity, desk_rules: Rules) -> None:
        self._lookups = lookups
        self._identity = identity
        self._rules = desk_rules

    def around(self, case_ids: Collection[str]) -> Surroundings:
        """Return what drawings of these cases need."""
        workspace = self._identity.workspace_url.rstrip("/")
        cards = self._lookups.cards(case_ids) if workspace else ()
        links = {
            card.subject: f"{workspace}/archives/{card.place}/p{card.external_id.replace('.', '')}" for card in cards
        }
        return Surroundings(links, asks_at_closing=self._rules.asks_at_closing)
