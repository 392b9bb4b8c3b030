"""The samples in fixtures/slack: every one is a payload that the bot acks."""

from tests.slack import payloads
from tests.slack.world import SlackWorld


def test_every_sample_is_acked(world: SlackWorld) -> None:
    names = sorted(path.stem for path in payloads.FIXTURES.glob("*.json"))

    statuses = {name: world.dispatch(payloads.sample(name)).status for name in names}

    assert len(names) >= 19
    assert {name for name, status in statuses.items() if status != 200} == set()


def test_each_payload_is_a_new_one() -> None:
    first, second = payloads.message("Help"), payloads.message("Help")

    assert first["event_id"] != second["event_id"]
    assert first["event"]["ts"] < second["event"]["ts"]
    assert payloads.sample("message_dm")["event"]["text"] != "Help"
