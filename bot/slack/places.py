"""Which channels are meant by the settings' names, and in which of them customers are heard."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from typing import Any

import structlog
from slack_sdk import WebClient

from bot.cases.announcements import Hearer
from bot.settings import Settings

log = structlog.get_logger(__name__)


class Places:
    """The channels of the team and of the customers, by id, once Slack told them.

    `missing` maps a setting to what is wrong with its channel, in words for the log and for /health.
    """

    def __init__(self, settings: Settings, web: WebClient) -> None:
        self._wanted = {
            Hearer.SUPPORT: settings.support_slack_channel,
            Hearer.ALERTING: settings.alerting_slack_channel,
            Hearer.LOGGING: settings.logging_slack_channel,
        }
        self._customer_names = tuple(settings.customer_slack_channels)
        self._web = web
        self._lock = threading.Lock()
        self._found: dict[str, str] = {}
        self._customers: frozenset[str] | None = None
        self.missing: dict[str, str] = {}

    @property
    def resolved(self) -> bool:
        """Whether all three channels of the team are known; before that nobody may be taken for a customer."""
        return len(self._found) == len(self._wanted)

    @property
    def inside(self) -> frozenset[str]:
        """The channels that only the team reads."""
        return frozenset(self._found.values())

    def channel_of(self, place: str) -> str | None:
        """Return the channel id of a delivery's place: a hearer's name, or an id as it is; None while unknown."""
        return self._found.get(place) if place in set(Hearer) else place

    def hears_customers(self, channel: str, channel_type: str | None) -> bool:
        """Return whether a customer's words are heard there: DMs always, channels as configured."""
        if channel_type == "im":
            return True
        if channel in self.inside:
            return False
        return self._customers is None or channel in self._customers

    def resolve(self) -> None:
        """Look up what is not known yet; what can't be found is told in `missing`, once in the log."""
        channels = list(self._channels())
        found: dict[str, str] = {}
        missing: dict[str, str] = {}
        for hearer, name in self._wanted.items():
            setting = f"{hearer.upper()}_SLACK_CHANNEL"
            channel = next((channel for channel in channels if _called(channel, name)), None)
            if channel is None:
                missing[setting] = (
                    f"there is no channel {name} that the bot can see; create it, or invite the bot: /invite @casebot"
                )
                continue
            found[hearer] = channel["id"]
            if not channel.get("is_member"):
                missing[setting] = f"the bot is not in {name}; type there: /invite @casebot"
        customers = {channel["id"] for channel in channels for name in self._customer_names if _called(channel, name)}
        unknown = [name for name in self._customer_names if not any(_called(channel, name) for channel in channels)]
        if unknown:
            missing["CUSTOMER_SLACK_CHANNELS"] = f"the bot can't see {', '.join(unknown)}; invite it there"
        self._tell(missing)
        with self._lock:
            self._found, self.missing = found, missing
            self._customers = frozenset(customers) if self._customer_names else None

    def _channels(self) -> Iterator[Mapping[str, Any]]:
        for page in self._web.conversations_list(
            types="public_channel,private_channel", exclude_archived=True, limit=500
        ):
            yield from page["channels"]

    def _tell(self, missing: Mapping[str, str]) -> None:
        for setting, problem in missing.items():
            if self.missing.get(setting) != problem:
                log.error("channel unusable", setting=setting, problem=problem)


def _called(channel: Mapping[str, Any], name: str) -> bool:
    return name == channel["id"] or name.removeprefix("#").lower() == channel.get("name")
