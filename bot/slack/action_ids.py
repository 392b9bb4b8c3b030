"""The names that Slack hands back: action ids and the values of buttons."""

from __future__ import annotations

from enum import StrEnum
from typing import Any

ACKNOWLEDGE = "case_acknowledge"
CLOSE = "case_close"
# The same where a form asks for reasons: no dialog of Slack's comes before it.
CLOSE_BY_FORM = "case_close_by_form"
UNACKNOWLEDGE = "case_unacknowledge"
REPLY = "case_reply"
ASSIGN_TO_ME = "case_assign_to_me"
SNOOZE = "case_snooze"
REOPEN = "case_reopen"
# The overflow menu of a card; what was chosen stands before the case in the option's value.
MORE = "case_more"
STOP_REPLY = "reply_stop"
REPLY_AGAIN = "reply_again"
# Buttons of private answers.
CLOSE_ASKED = "case_close_asked"
UNDO_CLOSE = "case_undo_close"
RETRY_MAIL = "mail_retry"
OPEN_MAIL = "mail_open"
HOME_FILTER = "home_filter"
HOME_SORT = "home_sort"
HOME_SEARCH = "home_search"
HOME_PAGE = "home_page"
HOME_START = "home_start"
# A customer's buttons in his own App Home.
OWN_REPLY = "own_reply"
OWN_SOLVED = "own_solved"
LIST_PAGE = "list_page"
CONFIRM = "question_confirm"
IGNORE = "question_ignore"
# Lists the questions that wait; the value is the number of the one behind which the page begins, 0 for the newest.
QUESTIONS = "questions_list"
# Slack's name for what we attach to each post, so that it can be found again.
DELIVERY = "casebot_delivery"


class Choice(StrEnum):
    """What the overflow menu of a card offers."""

    ASSIGN = "assign"
    SNOOZE = "snooze"
    WAKE = "wake"
    NOTE = "note"
    ESCALATE = "escalate"
    TIMELINE = "timeline"
    REOPEN = "reopen"


class Form(StrEnum):
    """The forms (modals), by the callback id that their submission brings back."""

    REPLY = "form_reply"
    ASSIGN = "form_assign"
    SNOOZE = "form_snooze"
    NOTE = "form_note"
    ESCALATE = "form_escalate"
    CLOSE = "form_close"
    NEW_CASE = "form_new_case"
    ADD_TO_CASE = "form_add_to_case"
    TIMELINE = "form_timeline"
    OWN_REPLY = "form_own_reply"


class Shortcut(StrEnum):
    """The shortcuts that manifest.yml declares, by their callback ids."""

    OPEN_CASE = "open_case"
    ADD_TO_CASE = "add_to_case"
    CLOSE_CASE = "close_case"
    SEND_TO_CUSTOMER = "send_to_customer"
    NEW_CASE = "new_case"


# The menu of cases in a form, whose options we look up while somebody types.
WHICH_CASE = "case"
# The menu of the team in a form, looked up likewise.
WHICH_ADMIN = "who"


def chosen_value(choice: Choice, case_id: str, version: int) -> str:
    """Return the value of an overflow menu's option."""
    return f"{choice}:{case_value(case_id, version)}"


def read_chosen_value(action: dict[str, Any]) -> tuple[Choice, str, int]:
    """Return (choice, case id, drawn version) of what was chosen in an overflow menu."""
    choice, _, rest = str(action["selected_option"]["value"]).partition(":")
    return Choice(choice), *read_case_value({"value": rest})


def question_value(question_id: int | None, before: int) -> str:
    """Return a question's button's value; `before` tells the page of a list it stands on, as QUESTIONS does."""
    return f"{question_id}:{before}" if before else str(question_id)


def read_question_value(action: dict[str, Any]) -> tuple[int, int]:
    """Return (question, page) of a clicked Confirm or Ignore."""
    question_id, _, before = str(action["value"]).partition(":")
    return int(question_id), int(before or 0)


def case_value(case_id: str, version: int) -> str:
    """Return a button's value: the case, and which version of it was drawn."""
    return f"{case_id}:{version}"


def read_case_value(action: dict[str, Any]) -> tuple[str, int]:
    """Return (case id, drawn version) of a clicked button."""
    case_id, _, version = str(action["value"]).partition(":")
    return case_id, int(version or 0)
