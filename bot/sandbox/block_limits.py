"""What Slack refuses of blocks, messages and views, with its error codes and messages."""

import json
from collections.abc import Callable

from bot.sandbox.block_elements import (
    IN_ACTIONS,
    IN_INPUT,
    IN_SECTION,
    Findings,
    check_element,
    check_image,
)
from bot.sandbox.shapes import Json, SlackError

MESSAGE_BLOCKS, VIEW_BLOCKS = 50, 100
MESSAGE_CHARACTERS = 13_200
"""All blocks of a message together; undocumented, seen in slackapi/bolt-js#2509."""
VIEW_BYTES = 250_000
HEADER, FIELD, FIELDS, CONTEXT, ACTIONS, MARKDOWN, LABEL = 150, 2000, 10, 10, 25, 12_000, 2000
BLOCK_ID, CALLBACK_ID, EXTERNAL_ID, VIEW_TITLE, PRIVATE_METADATA = 255, 255, 255, 24, 3000


def check_message(blocks: object) -> list[Json]:
    """Return the blocks of a message, or refuse: invalid_blocks, msg_blocks_too_long."""
    found = Findings()
    checked = _blocks(found, blocks, MESSAGE_BLOCKS, "message")
    if found.errors:
        raise SlackError("invalid_blocks", *found.errors)
    if found.characters > MESSAGE_CHARACTERS:
        raise SlackError("msg_blocks_too_long")
    return checked


def check_view(view: object) -> Json:
    """Return a view (modal or home), or refuse: invalid_arguments, view_too_large."""
    if not isinstance(view, dict):
        raise SlackError("invalid_arguments", "[ERROR] missing required field: view")
    found = Findings()
    kind = view.get("type")
    if kind not in {"modal", "home"}:
        found.add("/view/type", "value must be modal or home")
    _blocks(found, view.get("blocks"), VIEW_BLOCKS, str(kind), "/view/blocks")
    if kind == "modal":
        _modal(found, view)
    for part, most in {
        "private_metadata": PRIVATE_METADATA,
        "callback_id": CALLBACK_ID,
        "external_id": EXTERNAL_ID,
    }.items():
        if view.get(part) is not None:
            found.length(f"/view/{part}", view[part], most)
    if found.errors:
        raise SlackError("invalid_arguments", *found.errors)
    if len(json.dumps(view)) > VIEW_BYTES:
        raise SlackError("view_too_large")
    return view


def _modal(found: Findings, view: Json) -> None:
    found.text("/view/title", view.get("title"), VIEW_TITLE, plain=True)
    for part in ("submit", "close"):
        if view.get(part) is not None:
            found.text(f"/view/{part}", view[part], VIEW_TITLE, plain=True)
    has_input = any(isinstance(b, dict) and b.get("type") == "input" for b in view.get("blocks") or [])
    if has_input and view.get("submit") is None:
        found.add("/view/submit", "missing required field: submit, as there are input blocks")


def _blocks(found: Findings, blocks: object, most: int, surface: str, at: str = "/blocks") -> list[Json]:
    if not isinstance(blocks, list):
        found.add(at, "must be an array")
        return []
    if len(blocks) > most:
        found.add(at, f"no more than {most} items allowed")
    for n, block in enumerate(blocks):
        if isinstance(block, dict):
            _block(found, f"{at}/{n}", block, surface)
        else:
            found.add(f"{at}/{n}", "must be an object")
    return [block for block in blocks if isinstance(block, dict)]


def _block(found: Findings, at: str, block: Json, surface: str) -> None:
    kind = str(block.get("type"))
    if kind not in CHECKS or (kind == "markdown" and surface != "message"):
        found.add(f"{at}/type", f"unsupported type: {block.get('type')}")
        return
    block_id = block.get("block_id")
    if block_id is not None:
        found.length(f"{at}/block_id", block_id, BLOCK_ID, least=1)
        if block_id in found.block_ids:
            found.add(f"{at}/block_id", f"block_id already exists: {block_id}")
        found.block_ids.add(str(block_id))
    CHECKS[kind](found, at, block)


def _section(found: Findings, at: str, block: Json) -> None:
    if "text" not in block and "fields" not in block:
        found.add(at, "missing required field: text or fields")
    if "text" in block:
        found.text(f"{at}/text", block["text"])
    if "fields" in block:
        for n, field in enumerate(found.count(f"{at}/fields", block["fields"], FIELDS)):
            found.text(f"{at}/fields/{n}", field, FIELD)
    if "accessory" in block:
        check_element(found, f"{at}/accessory", block["accessory"], IN_SECTION)


def _header(found: Findings, at: str, block: Json) -> None:
    found.text(f"{at}/text", block.get("text"), HEADER, plain=True)


def _context(found: Findings, at: str, block: Json) -> None:
    for n, element in enumerate(found.count(f"{at}/elements", block.get("elements"), CONTEXT)):
        if isinstance(element, dict) and element.get("type") == "image":
            check_image(found, f"{at}/elements/{n}", element)
        else:
            found.text(f"{at}/elements/{n}", element)


def _actions(found: Findings, at: str, block: Json) -> None:
    seen: set[str] = set()
    for n, element in enumerate(found.count(f"{at}/elements", block.get("elements"), ACTIONS)):
        check_element(found, f"{at}/elements/{n}", element, IN_ACTIONS)
        action_id = element.get("action_id") if isinstance(element, dict) else None
        if action_id in seen:
            found.add(f"{at}/elements/{n}/action_id", f"`action_id` already exists: {action_id}")
        if action_id is not None:
            seen.add(str(action_id))


def _input(found: Findings, at: str, block: Json) -> None:
    found.text(f"{at}/label", block.get("label"), LABEL, plain=True)
    if "hint" in block:
        found.text(f"{at}/hint", block["hint"], LABEL, plain=True)
    check_element(found, f"{at}/element", block.get("element"), IN_INPUT)


def _image(found: Findings, at: str, block: Json) -> None:
    check_image(found, at, block)
    if "title" in block:
        found.text(f"{at}/title", block["title"], LABEL, plain=True)


def _markdown(found: Findings, at: str, block: Json) -> None:
    found.length(f"{at}/text", block.get("text"), MARKDOWN, least=1)
    found.characters += len(str(block.get("text", "")))


def _rich_text(found: Findings, at: str, block: Json) -> None:
    found.count(f"{at}/elements", block.get("elements"), MESSAGE_CHARACTERS, least=0)
    found.characters += sum(len(text) for text in _texts(block.get("elements")))


def _texts(node: object) -> list[str]:
    """Return every `text` string below a rich_text element."""
    if isinstance(node, list):
        return [text for item in node for text in _texts(item)]
    if isinstance(node, dict):
        own = [node["text"]] if isinstance(node.get("text"), str) else []
        return own + _texts(node.get("elements"))
    return []


def _divider(_found: Findings, _at: str, _block: Json) -> None:
    """A divider has nothing to be wrong."""


CHECKS: dict[str, Callable[[Findings, str, Json], None]] = {
    "section": _section,
    "header": _header,
    "context": _context,
    "actions": _actions,
    "input": _input,
    "image": _image,
    "divider": _divider,
    "markdown": _markdown,
    "rich_text": _rich_text,
}
