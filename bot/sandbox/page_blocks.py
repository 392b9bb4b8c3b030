"""Block Kit on the page: which template draws which block and element; what is unknown is shown as JSON."""

import json
from pathlib import Path
from typing import Final

from jinja2 import Environment, FileSystemLoader
from markupsafe import Markup

from bot.sandbox.mrkdwn import EMOJI, Reader
from bot.sandbox.shapes import Json
from bot.sandbox.state import State

KNOWN_BLOCKS: Final = {
    "section",
    "header",
    "context",
    "actions",
    "divider",
    "image",
    "input",
    "rich_text",
    "markdown",
}
CHOICES: Final = {"static_select", "radio_buttons", "overflow"}
MANY_CHOICES: Final = {"multi_static_select", "checkboxes"}
PICKERS: Final = {"datepicker": "date", "timepicker": "time", "datetimepicker": "number"}
INPUT_TYPES: Final = {
    "plain_text_input": "text",
    "email_text_input": "email",
    "url_text_input": "url",
    "number_input": "number",
    **PICKERS,
}
PEOPLE_SELECTS: Final = {"users_select"}
CHANNEL_SELECTS: Final = {"channels_select", "conversations_select"}


def drawing_room(state: State) -> Environment:
    """Return the templates, escaping by default, with the ways to draw Slack's texts."""
    room = Environment(
        loader=FileSystemLoader(Path(__file__).parent / "templates"),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    room.filters["mrkdwn"] = lambda text: reader(state).mrkdwn(text)
    room.filters["text_object"] = lambda thing: reader(state).text(thing)
    room.filters["rich"] = lambda elements: reader(state).rich(elements)
    room.filters["emoji"] = lambda name: EMOJI.get(name, f":{name}:")
    room.filters["loud_json"] = loud_json
    room.globals["KNOWN_BLOCKS"] = KNOWN_BLOCKS
    room.globals["CHOICES"] = CHOICES
    room.globals["MANY_CHOICES"] = MANY_CHOICES
    room.globals["INPUT_TYPES"] = INPUT_TYPES
    room.globals["PEOPLE_SELECTS"] = PEOPLE_SELECTS
    room.globals["CHANNEL_SELECTS"] = CHANNEL_SELECTS
    room.globals["options_of"] = options_of
    room.globals["people"] = lambda: list(state.people.values())
    room.globals["channels"] = lambda: [c for c in state.channels.values() if c.kind != "im"]
    return room


def reader(state: State) -> Reader:
    """Return a reader that knows today's names."""
    people = {p.id: p.display_name or p.real_name for p in state.people.values()}
    return Reader(people, {c.id: c.name for c in state.channels.values()})


def loud_json(thing: object) -> Markup:
    """Show something the page can't draw, so that nobody takes it for drawn."""
    words = json.dumps(thing, indent=2, ensure_ascii=False)
    return Markup('<pre class="unknown" role="note">The sandbox can\'t draw this:\n{}</pre>').format(words)


def options_of(element: Json) -> list[Json]:
    """Return the options of a menu, groups flattened."""
    grouped = [option for group in element.get("option_groups", []) for option in group["options"]]
    return [*element.get("options", []), *grouped]
