"""Whatever people write, each drawing is one that Slack takes, and their words stay words."""

import re
from functools import cache
from typing import Any

import pytest

from tests.services import blockkit
from tests.slack import drawn
from tests.slack.world import words_of

# Ours: dates in the reader's time zone, and the link from an alert to its card.
OWN_MARKUP = re.compile(
    r"<!date\^\d+\^\{date_short_pretty\} \{time\}\|[^<>|]+ UTC>|<https://desk\.example/p1\|[^<>|]+>"
)
HOT = re.compile(r"<[!@#]|<\w+:|@(?:channel|here|everyone)", re.IGNORECASE)
MOST_CHARACTERS = 13_200

everything_said = pytest.mark.parametrize("words", drawn.NASTY.values(), ids=drawn.NASTY.keys())


@cache
def messages_of(words: str) -> tuple[tuple[str, dict[str, Any]], ...]:
    """Every message with these words in it, as Slack is sent it."""
    return tuple((name, drawing.as_arguments()) for name, drawing in drawn.messages(words))


@cache
def views_of(words: str) -> tuple[tuple[str, dict[str, Any]], ...]:
    return tuple(drawn.views(words))


@pytest.mark.needs("blockkit-check")
@everything_said
def test_slack_takes_every_message(words: str) -> None:
    faults = {name: blockkit.faults_of_message(message) for name, message in messages_of(words)}

    assert {name: found for name, found in faults.items() if found} == {}


@pytest.mark.needs("blockkit-check")
@everything_said
def test_slack_takes_every_view(words: str) -> None:
    faults = {name: blockkit.faults_of_view(view) for name, view in views_of(words)}

    assert {name: found for name, found in faults.items() if found} == {}


@everything_said
def test_a_message_stays_below_what_slack_takes_in_all(words: str) -> None:
    sizes = {name: sum(map(len, texts_in(message))) for name, message in messages_of(words)}

    assert {name: size for name, size in sizes.items() if size >= MOST_CHARACTERS} == {}


@everything_said
def test_nobodys_words_ping_link_or_mention(words: str) -> None:
    drawings = messages_of(words) + views_of(words)

    hot = {name: HOT.findall(OWN_MARKUP.sub("", text)) for name, node in drawings for text in texts_in(node)}

    assert {name: found for name, found in hot.items() if found} == {}


@everything_said
def test_no_quote_can_be_left_by_a_line_break(words: str) -> None:
    for name, message in messages_of(words):
        if name in {"follow-up", "card, open"}:
            quote = words_of(message["blocks"][-1 if name == "follow-up" else 1]).splitlines()
            assert all(line.startswith("> ") for line in quote[1:]), name


def test_good_words_are_drawn_whole() -> None:
    for name, drawing in drawn.messages():
        assert drawing.text, name
        blocks = [block for block in drawing.as_arguments()["blocks"] if block["type"] != "actions"]
        assert "…" not in words_of(blocks) + drawing.text, name


def texts_in(node: object) -> list[str]:
    """Every string of a drawing that people may see, wherever it stands."""
    if isinstance(node, str):
        return [node]
    if isinstance(node, list):
        return [text for item in node for text in texts_in(item)]
    if isinstance(node, dict):
        unseen = {"type", "action_id", "value", "style", "block_id"}
        return [text for key, part in node.items() if key not in unseen for text in texts_in(part)]
    return []
