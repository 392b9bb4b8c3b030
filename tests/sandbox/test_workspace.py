"""People talk, edit, delete, join and react; the bot hears of it in Slack's words."""

from datetime import timedelta

import pytest
from slack_sdk import WebClient

from bot.sandbox.server import Sandbox
from tests.sandbox.wire import Json, Wire


def heard(wire: Wire) -> Json:
    frame = wire.hear()
    wire.ack(frame)
    event: Json = frame["payload"]["event"]
    return event


@pytest.mark.parametrize(
    ("typed", "sent"),
    [
        ("1 < 2 & 3 > 2", "1 &lt; 2 &amp; 3 &gt; 2"),
        ("<!channel> <@U0ADA>", "&lt;!channel&gt; &lt;@U0ADA&gt;"),
        ("@Ada Admin and @ada", "<@U0ADA> and <@U0ADA>"),
        ("@nobody me@desk.test #nowhere", "@nobody me@desk.test #nowhere"),
        ("@channel!", "<!channel>!"),
        ("in #support.", "in <#C0SUPPORT|support>."),
        ("https://example.test/a?b=1&c=2.", "<https://example.test/a?b=1&amp;c=2>."),
    ],
)
def test_what_is_typed_is_sent_as_slack_s_client_sends_it(sandbox: Sandbox, typed: str, sent: str) -> None:
    ts = sandbox.workspace.say("carla", "#customers", typed)

    assert sandbox.workspace.message("#customers", ts)["text"] == sent


def test_a_direct_message_reaches_the_bot(sandbox: Sandbox, wire: Wire) -> None:
    sandbox.workspace.say("carla", "@casebot", "in private")

    event = heard(wire)

    assert (event["channel_type"], event["channel"]) == ("im", sandbox.workspace.dm("carla"))


def test_an_edit_and_a_deletion_carry_what_was_before(sandbox: Sandbox, wire: Wire) -> None:
    ts = sandbox.workspace.say("carla", "#customers", "one")
    sandbox.workspace.edit("carla", "#customers", ts, "two")
    sandbox.workspace.delete("carla", "#customers", ts)

    _, edited, deleted = (heard(wire) for _ in range(3))

    assert (edited["subtype"], edited["hidden"]) == ("message_changed", True)
    assert (edited["message"]["text"], edited["previous_message"]["text"]) == ("two", "one")
    assert edited["message"]["edited"]["user"] == "U0CARLA"
    assert (deleted["subtype"], deleted["deleted_ts"]) == ("message_deleted", ts)
    assert sandbox.workspace.messages("#customers") == []
    assert [m["text"] for m in sandbox.workspace.deleted] == ["two"]


def test_a_deleted_parent_leaves_a_tombstone(sandbox: Sandbox) -> None:
    parent = sandbox.workspace.say("carla", "#customers", "question")
    sandbox.workspace.say("ada", "#customers", "answer", parent)

    sandbox.workspace.delete("carla", "#customers", parent)

    assert [m.get("subtype") for m in sandbox.workspace.thread("#customers", parent)] == ["tombstone", None]


def test_joining_is_told_twice_as_slack_tells_it(sandbox: Sandbox, wire: Wire) -> None:
    sandbox.workspace.join("carla", "#support")

    joined, said = heard(wire), heard(wire)

    assert (joined["type"], joined["user"]) == ("member_joined_channel", "U0CARLA")
    assert (said["subtype"], said["user"]) == ("channel_join", "U0CARLA")


def test_reactions_are_told(sandbox: Sandbox, wire: Wire) -> None:
    ts = sandbox.workspace.say("carla", "#customers", "x")
    sandbox.workspace.react("ada", "#customers", ts, "eyes")
    sandbox.workspace.unreact("ada", "#customers", ts, "eyes")

    _, added, removed = (heard(wire) for _ in range(3))

    assert (added["type"], added["reaction"], added["item"]["ts"]) == ("reaction_added", "eyes", ts)
    assert (removed["type"], removed["item_user"]) == ("reaction_removed", "U0CARLA")


def test_the_bot_hears_its_own_words_and_edits(client: WebClient, wire: Wire) -> None:
    posted = client.chat_postMessage(channel="#support", text="card", metadata={"event_type": "d", "event_payload": {}})
    client.chat_update(channel=posted["channel"], ts=posted["ts"], text="card 2")

    said, edited = heard(wire), heard(wire)

    assert (said["bot_id"], said["text"]) == ("B0CASEBOT", "card")
    assert "metadata" not in said
    assert edited["message"]["bot_id"] == "B0CASEBOT"


def test_the_bot_hears_nothing_where_it_is_not(sandbox: Sandbox, wire: Wire) -> None:
    sandbox.workspace.create_channel("private", ["carla"], with_bot=False)
    sandbox.workspace.say("carla", "#private", "between us")
    sandbox.workspace.say("carla", "#customers", "for all")

    assert heard(wire)["text"] == "for all"


def test_nobody_talks_where_he_is_not(sandbox: Sandbox) -> None:
    with pytest.raises(ValueError, match="carla is not in #support"):
        sandbox.workspace.say("carla", "#support", "hello")


def test_nobody_edits_somebody_else_s_words(sandbox: Sandbox) -> None:
    ts = sandbox.workspace.say("carla", "#customers", "mine")

    with pytest.raises(ValueError, match="somebody else's"):
        sandbox.workspace.edit("ada", "#customers", ts, "ours")


def test_every_ts_is_later_than_the_last_and_follows_the_clock(sandbox: Sandbox) -> None:
    stamps = [sandbox.workspace.say("carla", "#customers", str(n)) for n in range(200)]
    sandbox.advance(timedelta(hours=48))
    later = sandbox.workspace.say("carla", "#customers", "two days on")

    assert stamps == sorted(set(stamps))
    assert timedelta(seconds=float(later) - float(stamps[-1])) >= timedelta(hours=48)


def test_the_clock_tells_whoever_wants_to_know() -> None:
    steps: list[timedelta] = []
    with Sandbox(on_clock=steps.append) as sandbox:
        sandbox.advance(timedelta(hours=1))

    assert steps == [timedelta(hours=1)]
    with pytest.raises(ValueError, match="only moves forward"):
        sandbox.clock.advance(timedelta(seconds=-1))


def test_waiting_in_vain_says_how_things_stand(sandbox: Sandbox) -> None:
    sandbox.workspace.say("carla", "#customers", "Is anybody there?")

    with pytest.raises(TimeoutError, match="Is anybody there"):
        sandbox.workspace.wait_for(lambda: sandbox.workspace.messages("#support")[0], timeout=0.05)


def test_new_people_and_new_names_are_told(sandbox: Sandbox, wire: Wire) -> None:
    sandbox.workspace.add_person("dora", "Dora Newcomer", "dora@customer.test")
    sandbox.workspace.rename_person("dora", "Dory")

    joined, renamed = heard(wire), heard(wire)

    assert (joined["type"], joined["user"]["real_name"]) == ("team_join", "Dora Newcomer")
    assert (renamed["type"], renamed["user"]["profile"]["display_name"]) == ("user_change", "Dory")
