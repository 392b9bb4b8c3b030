"""One of everything Block Kit has, as an app would send it."""

from tests.sandbox.wire import Json


def plain(text: str) -> Json:
    return {"type": "plain_text", "text": text}


def mrkdwn(text: str) -> Json:
    return {"type": "mrkdwn", "text": text}


def picture(alt: str) -> Json:
    return {"type": "image", "image_url": "https://a.test/x.png", "alt_text": alt}


def option(value: str, description: str = "") -> Json:
    words = {"text": plain(f"Option {value}"), "value": value}
    return words | ({"description": plain(description)} if description else {})


CONFIRM = {"title": plain("Really?"), "text": mrkdwn("It *ends* here."), "confirm": plain("End"), "deny": plain("Stay")}
OPTIONS = [option("a", "the first"), option("b")]
GROUPS = [{"label": plain("Group"), "options": OPTIONS}]

ELEMENTS: list[Json] = [
    {"type": "button", "text": plain(":eyes: Plain"), "value": "1"},
    {"type": "button", "text": plain("Primary"), "value": "2", "style": "primary", "accessibility_label": "The first"},
    {"type": "button", "text": plain("Danger"), "value": "3", "style": "danger", "confirm": CONFIRM},
    {"type": "button", "text": plain("Link"), "url": "https://example.test/"},
    {"type": "overflow", "options": OPTIONS},
    {"type": "static_select", "placeholder": plain("Pick one"), "options": OPTIONS, "initial_option": OPTIONS[1]},
    {"type": "static_select", "placeholder": plain("Grouped"), "option_groups": GROUPS},
    {"type": "users_select", "placeholder": plain("Who"), "initial_user": "U0ADA"},
    {"type": "conversations_select", "placeholder": plain("Where")},
    {"type": "channels_select", "placeholder": plain("Channel")},
    {"type": "external_select", "placeholder": plain("From outside"), "min_query_length": 1},
    {"type": "multi_static_select", "placeholder": plain("Pick some"), "options": OPTIONS, "initial_options": OPTIONS},
    {"type": "multi_users_select", "placeholder": plain("Whom"), "initial_users": ["U0AMOS"]},
    {"type": "datepicker", "initial_date": "2026-01-31"},
    {"type": "timepicker", "initial_time": "09:30"},
    {"type": "datetimepicker", "initial_date_time": 1769851800},
    {"type": "checkboxes", "options": OPTIONS, "initial_options": OPTIONS[:1]},
    {"type": "radio_buttons", "options": OPTIONS, "initial_option": OPTIONS[0]},
]
for number, element in enumerate(ELEMENTS):
    element["action_id"] = f"{element['type']}-{number}"

WORDS: Json = {"type": "rich_text_section", "elements": [
    {"type": "text", "text": "Rich ", "style": {"bold": True}}, {"type": "emoji", "name": "tada"},
    {"type": "user", "user_id": "U0ADA"}, {"type": "link", "url": "https://example.test/", "text": "a link"},
]}  # fmt: skip

BLOCKS: list[Json] = [
    {"type": "header", "text": plain("Everything there is :bar_chart:")},
    {"type": "section", "text": mrkdwn("*bold* _italic_ ~no~ `code` <@U0CARLA> <#C0SUPPORT> <https://a.t|b>\n> quote")},
    {"type": "section", "fields": [mrkdwn("*Status*\nopen"), plain("Second field")]},
    *({"type": "section", "text": mrkdwn(one["type"]), "accessory": one} for one in ELEMENTS[:5]),
    {"type": "section", "text": mrkdwn("image"), "accessory": picture("a cat")},
    {"type": "divider"},
    {"type": "actions", "elements": ELEMENTS[5:]},
    {"type": "context", "elements": [mrkdwn("small"), picture("dot")]},
    picture("a big cat") | {"title": plain("Cats")},
    {"type": "markdown", "text": "# Title\n**strong** [here](https://example.test/)"},
    {"type": "rich_text", "elements": [
        WORDS,
        {"type": "rich_text_list", "style": "ordered", "elements": [WORDS, WORDS]},
        {"type": "rich_text_quote", "elements": WORDS["elements"]},
        {"type": "rich_text_preformatted", "elements": [{"type": "text", "text": "a = 1"}]},
    ]},
]  # fmt: skip

INPUTS: list[Json] = [
    {"type": "plain_text_input", "placeholder": plain("Words")},
    {"type": "plain_text_input", "multiline": True, "initial_value": "Two\nlines"},
    {"type": "email_text_input"},
    {"type": "url_text_input"},
    {"type": "number_input", "is_decimal_allowed": False, "min_value": "1", "max_value": "9"},
    {"type": "file_input", "filetypes": ["png", "txt"], "max_files": 3},
    *({**one, "action_id": f"input-{one['action_id']}"} for one in ELEMENTS[5:]),
]
MODAL: Json = {
    "type": "modal",
    "title": plain("Every input"),
    "submit": plain("Send"),
    "close": plain("Leave"),
    "blocks": [
        {"type": "input", "block_id": f"in-{n}", "label": plain(f"Input {n}"), "hint": plain("a hint"),
         "optional": True, "element": {"action_id": f"field-{n}", **one}}
        for n, one in enumerate(INPUTS)
    ],
}  # fmt: skip
