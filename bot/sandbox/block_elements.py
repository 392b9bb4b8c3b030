"""What Slack refuses inside a block: text objects, buttons, menus, inputs, confirm dialogs (docs.slack.dev)."""

from collections.abc import Callable

from bot.sandbox.shapes import Json

TEXT = 3000
BUTTON_TEXT, BUTTON_VALUE, BUTTON_URL, BUTTON_LABEL = 75, 2000, 3000, 75
OPTION_TEXT, OPTION_VALUE, OPTION_DESCRIPTION = 75, 150, 75
PLACEHOLDER, ACTION_ID = 150, 255
CONFIRM = {"title": 100, "text": 300, "confirm": 30, "deny": 30}
IMAGE_URL, ALT_TEXT = 3000, 2000
OPTION_LIMITS = {"overflow": 5, "checkboxes": 10, "radio_buttons": 10}
SELECT_OPTIONS, OPTION_GROUPS = 100, 100

SELECTS = {
    f"{many}{kind}_select"
    for many in ("", "multi_")
    for kind in ("static", "external", "users", "conversations", "channels")
}
PICKERS = {"datepicker", "timepicker", "datetimepicker"}
INPUTS = {
    "plain_text_input",
    "email_text_input",
    "url_text_input",
    "number_input",
    "rich_text_input",
    "file_input",
}
IN_ACTIONS = {"button", "workflow_button", "overflow", "checkboxes", "radio_buttons"} | SELECTS | PICKERS
IN_SECTION = IN_ACTIONS | {"image"}
IN_INPUT = INPUTS | SELECTS | PICKERS | {"checkboxes", "radio_buttons"}


class Findings:
    """What is wrong, in Slack's words with JSON pointers, and the ids seen so far."""

    def __init__(self) -> None:
        self.errors: list[str] = []
        self.characters = 0
        """All characters that are shown; a message holds about 13,200 of them."""
        self.block_ids: set[str] = set()

    def add(self, at: str, fault: str) -> None:
        """Note one fault at a JSON pointer."""
        self.errors.append(f"[ERROR] {fault} [json-pointer:{at}]")

    def length(self, at: str, value: object, most: int, *, least: int = 0) -> None:
        """Note a string that is too long, too short or none at all."""
        if not isinstance(value, str):
            self.add(at, "must be a string")
        elif len(value) > most:
            self.add(at, f"must be less than {most + 1} characters")
        elif len(value) < least:
            self.add(at, f"must be more than {least - 1} characters")

    def count(self, at: str, items: object, most: int, *, least: int = 1) -> list[object]:
        """Note a list of the wrong size; return what there is of it."""
        if not isinstance(items, list):
            self.add(at, "must be an array")
            return []
        if len(items) > most:
            self.add(at, f"no more than {most} items allowed")
        if len(items) < least:
            self.add(at, f"must provide at least {least} items")
        return items

    def text(self, at: str, thing: object, most: int = TEXT, *, plain: bool = False) -> None:
        """Check a text object; `plain` where Slack takes no mrkdwn."""
        if not isinstance(thing, dict):
            self.add(at, "missing required field: text object")
            return
        if thing.get("type") not in ({"plain_text"} if plain else {"plain_text", "mrkdwn"}):
            self.add(f"{at}/type", f"unsupported type: {thing.get('type')}")
        self.length(f"{at}/text", thing.get("text"), most, least=1)
        self.characters += len(str(thing.get("text", "")))


def check_element(found: Findings, at: str, element: object, allowed: set[str]) -> None:
    """Check one element of an actions block, a section's accessory or an input's element."""
    if not isinstance(element, dict):
        found.add(at, "must be an object")
        return
    kind = element.get("type")
    if kind not in allowed:
        found.add(f"{at}/type", f"unsupported type: {kind}")
        return
    if "action_id" in element:
        found.length(f"{at}/action_id", element["action_id"], ACTION_ID, least=1)
    if "confirm" in element:
        _confirm(found, f"{at}/confirm", element["confirm"])
    if "placeholder" in element:
        found.text(f"{at}/placeholder", element["placeholder"], PLACEHOLDER, plain=True)
    check = CHECKS.get(str(kind))
    if check is not None:
        check(found, at, element)


def _button(found: Findings, at: str, button: Json) -> None:
    found.text(f"{at}/text", button.get("text"), BUTTON_TEXT, plain=True)
    if "value" in button:
        found.length(f"{at}/value", button["value"], BUTTON_VALUE)
    if "url" in button:
        found.length(f"{at}/url", button["url"], BUTTON_URL)
    if "accessibility_label" in button:
        found.length(f"{at}/accessibility_label", button["accessibility_label"], BUTTON_LABEL)
    if button.get("style", "primary") not in {"primary", "danger"}:
        found.add(f"{at}/style", "value must be primary or danger")


def check_image(found: Findings, at: str, image: Json) -> None:
    """Check an image element or block."""
    found.length(f"{at}/alt_text", image.get("alt_text"), ALT_TEXT, least=1)
    if "slack_file" not in image:
        found.length(f"{at}/image_url", image.get("image_url"), IMAGE_URL, least=1)


def _confirm(found: Findings, at: str, confirm: object) -> None:
    if not isinstance(confirm, dict):
        found.add(at, "must be an object")
        return
    for part, most in CONFIRM.items():
        if part in confirm or part in {"title", "text"}:
            found.text(f"{at}/{part}", confirm.get(part), most, plain=part != "text")


def _menu(found: Findings, at: str, menu: Json) -> None:
    """Check what a person can choose from: options, or groups of them."""
    if "option_groups" in menu:
        for n, group in enumerate(found.count(f"{at}/option_groups", menu["option_groups"], OPTION_GROUPS)):
            if isinstance(group, dict):
                found.text(f"{at}/option_groups/{n}/label", group.get("label"), OPTION_TEXT, plain=True)
                _options(found, f"{at}/option_groups/{n}/options", group.get("options"), SELECT_OPTIONS)
        return
    most = OPTION_LIMITS.get(menu["type"], SELECT_OPTIONS)
    _options(found, f"{at}/options", menu.get("options"), most)


def _options(found: Findings, at: str, options: object, most: int) -> None:
    for n, option in enumerate(found.count(at, options, most)):
        if not isinstance(option, dict):
            found.add(f"{at}/{n}", "must be an object")
            continue
        found.text(f"{at}/{n}/text", option.get("text"), OPTION_TEXT)
        found.length(f"{at}/{n}/value", option.get("value"), OPTION_VALUE, least=1)
        if "description" in option:
            found.text(f"{at}/{n}/description", option["description"], OPTION_DESCRIPTION)


def _typed(found: Findings, at: str, typed: Json) -> None:
    """Check a text input's lengths."""
    if "initial_value" in typed:
        found.length(f"{at}/initial_value", typed["initial_value"], int(typed.get("max_length", TEXT)))
    if int(typed.get("max_length", 1)) > TEXT:
        found.add(f"{at}/max_length", f"must be less than {TEXT + 1}")


CHECKS: dict[str, Callable[[Findings, str, Json], None]] = {
    "button": _button,
    "image": check_image,
    "plain_text_input": _typed,
    **dict.fromkeys(("overflow", "checkboxes", "radio_buttons", "static_select", "multi_static_select"), _menu),
}
