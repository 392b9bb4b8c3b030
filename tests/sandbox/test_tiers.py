"""Slack's rate limits can be switched on: calls a minute by tier, one post a second into each channel."""

import pytest
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from bot.sandbox import web_api
from bot.sandbox.server import Sandbox
from bot.sandbox.tiers import TIER_OF, Tiers


class Watch:
    """Stands in for the machine's time."""

    def __init__(self) -> None:
        self.seconds = 100.0

    def __call__(self) -> float:
        return self.seconds


def test_every_tier_is_one_of_a_known_method() -> None:
    assert set(TIER_OF) <= set(web_api.METHODS)


def test_a_tier_s_calls_come_back_after_their_minute() -> None:
    watch = Watch()
    tiers = Tiers(watch)

    waits = [tiers.wait_of("users.list") for _ in range(21)]
    watch.seconds += 59.5
    late = tiers.wait_of("users.list")
    watch.seconds += 0.5

    assert (waits, late) == ([0] * 20 + [60], 1)
    assert tiers.wait_of("users.list") == 0


def test_each_channel_takes_one_post_a_second() -> None:
    watch = Watch()
    tiers = Tiers(watch)

    together = [tiers.wait_of("chat.postMessage", channel) for channel in ("C1", "C2", "C1")]
    watch.seconds += 1

    assert together == [0, 0, 1]
    assert tiers.wait_of("chat.postMessage", "C1") == 0


def test_they_are_off_until_asked_for(sandbox: Sandbox, client: WebClient) -> None:
    for _ in range(25):
        client.users_list()

    sandbox.faults.enforce_limits()
    for _ in range(20):
        client.users_list()
    with pytest.raises(SlackApiError) as refusal:
        client.users_list()

    assert (refusal.value.response.status_code, refusal.value.response["error"]) == (429, "ratelimited")
    assert 1 <= int(refusal.value.response.headers["Retry-After"]) <= 60
    sandbox.faults.enforce_limits(on=False)
    assert client.users_list()["ok"]
