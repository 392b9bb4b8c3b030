"""Block Kit on the page: which template draws which block and element; what is unknown is shown as JSON."""

import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from jinja2 import Environment, FileSystemLoader
from markupsafe import Markup

from bot.sandbox.emoji import emoji
from bot.sandbox.mrkdwn import Reader
from bot.sandbox.postings import elements_of
from bot.sandbox.shapes import Json
from bot.sandbox.state import State

KNOWN_BLOCKS: Final = frozenset(
    {"section", "header", "context", "actions", "divider", "image", "input", "rich_text", "markdown"}
)
SELECTS: Final = frozenset({"static_select", "users_select", "channels_select", "conversations_select"})
MULTI_SELECTS: Final = frozenset(f"multi_{kind}" for kind in SELECTS)
EXTERNAL: Final = frozenset({"external_select", "multi_external_select"})
TYPED: Final = {
    "plain_text_input": "text",
    "email_text_input": "email",
    "url_text_input": "url",
    "number_input": "number",
    "datepicker": "date",
    "timepicker": "time",
    "datetimepicker": "datetime-local",
}
NAMES: Final = {
    "overflow": "More actions",
    "datepicker": "Date",
    "timepicker": "Time",
    "datetimepicker": "Date and time (UTC)",
}
MARKDOWN: Final = (
    (re.compile(r"^#{1,6} +(.+?)\s*#*$", re.MULTILINE), r"*\1*"),
    (re.compile(r"\*\*(.+?)\*\*"), r"*\1*"),
    (re.compile(r"\[([^\]\n<>]+)\]\((https?://[^\s()<>]+)\)"), r"<\2|\1>"),
    (re.compile(r"^[-*] ", re.MULTILINE), "• "),
)


def drawing_room(state: State) -> Environment:
    """Return the templates, escaping by default, with the ways to draw Slack's texts."""
    room = Environment(
        loader=FileSystemLoader(Path(__file__).parent / "templates"),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    room.filters |= {
        "mrkdwn": lambda text: reader(state).mrkdwn(str(text)),
        "markdown": lambda text: reader(state).mrkdwn(from_markdown(str(text))),
        "text_object": lambda thing: reader(state).text(thing),
        "rich": lambda elements: reader(state).rich(elements),
        "loud_json": lambda thing: reader(state).unknown(thing),
        "emoji": emoji,
        "merge": lambda first, second: {**first, **second},
        "kilobytes": lambda size: f"{max(1, round(size / 1024))} kB",
        "capped": lambda number: str(number) if number < 100 else "99+",
        "initials": lambda name: name[:2].capitalize(),
        "first_name": lambda name: name.split(" ")[0],
    }
    room.globals |= {
        "KNOWN_BLOCKS": KNOWN_BLOCKS,
        "SELECTS": SELECTS,
        "MULTI_SELECTS": MULTI_SELECTS,
        "EXTERNAL": EXTERNAL,
        "TYPED": TYPED,
        "options_of": lambda element: options_of(state, element),
        "chosen_in": chosen_in,
        "typed_in": typed_in,
        "name_of": name_of,
        "sign": sign,
    }
    return room


def reader(state: State) -> Reader:
    """Return a reader that knows today's names."""
    people = {p.id: p.display_name or p.real_name for p in state.people.values()}
    return Reader(people, {c.id: c.name for c in state.channels.values()}, state.clock.now().date())


def sign(name: str) -> Markup:
    """Return one of the page's own icons; it means nothing to a screen reader."""
    return Markup('<svg class="sign" aria-hidden="true"><use href="/static/signs.svg#i-{}"/></svg>').format(name)


def options_of(state: State, element: Json) -> list[tuple[str, list[tuple[str, str, str]]]]:
    """Return what can be chosen in an element: (group, [(value, text, description)]), one nameless group if none."""
    kind = str(element["type"])
    if "users_select" in kind:
        return [("", [(p.id, p.real_name, "") for p in state.people.values()])]
    if "conversations_select" in kind or "channels_select" in kind:
        return [("", [(c.id, f"#{c.name}", "") for c in state.channels.values() if c.kind != "im"])]
    groups = element.get("option_groups") or [{"options": element.get("options", [])}]
    return [(_words(group.get("label")), [_option(option) for option in group["options"]]) for group in groups]


def option_shown(option: Json) -> Json:
    """Return value, text and description of an option as the page's script draws it."""
    value, text, description = _option(option)
    return {"value": value, "text": text, "description": description}


def standing(view: Json) -> Json:
    """Return a view whose elements begin with what stands in them now, by the view's `state`."""
    values: dict[object, Json] = view.get("state", {}).get("values", {})
    for block in view["blocks"]:
        for element in elements_of(block):
            kept = values.get(block.get("block_id"), {}).get(str(element.get("action_id")))
            if kept is not None:
                _begin_with(element, kept)
    return view


def _begin_with(element: Json, kept: Json) -> None:
    for key in [key for key in element if key.startswith("initial_")]:
        del element[key]
    for key, value in kept.items():
        if key == "files":
            element["files"] = value
        elif key != "type" and value not in (None, []):
            element["initial_" + key.removeprefix("selected_")] = value


def chosen_in(element: Json) -> set[str]:
    """Return the values that are chosen before anybody touched the element."""
    options = [*element.get("initial_options", []), element.get("initial_option") or {}]
    single = [element.get(f"initial_{what}") for what in ("user", "channel", "conversation")]
    many = [value for what in ("users", "channels", "conversations") for value in element.get(f"initial_{what}", [])]
    return {str(value) for value in [*(o.get("value") for o in options), *single, *many] if value}


def typed_in(element: Json) -> str:
    """Return the words, date or time that stand in an element before anybody touched it."""
    moment = element.get("initial_date_time")
    if moment is not None:
        return datetime.fromtimestamp(int(moment), UTC).strftime("%Y-%m-%dT%H:%M")
    return str(element.get("initial_value") or element.get("initial_date") or element.get("initial_time") or "")


def name_of(element: Json) -> str:
    """Return what an element is called where no label stands beside it."""
    kind = str(element["type"])
    return _words(element.get("placeholder")) or NAMES.get(kind, "Type to search" if kind in EXTERNAL else "Choose")


def from_markdown(text: str) -> str:
    """Return standard markdown's common marks as mrkdwn's."""
    for mark, slack in MARKDOWN:
        text = mark.sub(slack, text)
    return text


def _option(option: Json) -> tuple[str, str, str]:
    return str(option.get("value", "")), _words(option.get("text")), _words(option.get("description"))


def _words(thing: object) -> str:
    return str(thing.get("text", "")) if isinstance(thing, dict) else ""
