"""Modals in a browser, driven by a real Bolt app: drawn in place, filled in, refused, pushed, left, by keyboard too."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from bot.sandbox.server import Sandbox
from tests.browser.workshop import running
from tests.sandbox.wire import Json

World = tuple[Sandbox, list[Json]]


@pytest.fixture(scope="module")
def world() -> Iterator[World]:
    with running() as served:
        yield served


@pytest.fixture
def modal(world: World, tab: Page) -> Locator:
    """The form that Ada opened from the ⚡ menu."""
    world[0].workspace.reload("ada")
    world[1].clear()
    tab.goto(f"{world[0].url}?as=U0ADA&at=C0SUPPORT")
    tab.locator("summary[aria-label=Shortcuts]").click()
    tab.get_by_role("button", name="New case").click()
    form = tab.get_by_role("dialog", name="New case")
    expect(form.get_by_label("Subject")).to_be_focused()
    return form


def heard_last(world: World) -> Json:
    """Return the values of the view that the app heard of last."""
    values: Json = world[1][-1]["view"]["state"]["values"]
    return {block: next(iter(fields.values())) for block, fields in values.items()}


def test_every_field_reaches_the_app(world: World, modal: Locator, tmp_path: Path) -> None:
    (tmp_path / "trace.txt").write_text("line 1")
    modal.get_by_label("Subject").fill("Printer")
    modal.get_by_label("What happened").fill("It\nburns")
    modal.get_by_label("Channel").select_option("C0CUSTOMERS")
    modal.get_by_label("Fruit").select_option("pear")
    modal.locator("[name='field:basket'][value=apple]").check()
    modal.locator("[name='field:level'][value=pear]").check()
    modal.locator("[name='field:flags'][value=apple]").check()
    modal.get_by_label("Day").fill("2026-01-31")
    modal.get_by_label("Hour").fill("09:30")
    modal.get_by_label("Until").fill("2026-01-31T09:30")
    modal.get_by_label("Files").set_input_files(tmp_path / "trace.txt")

    modal.get_by_role("button", name="Create").click()

    expect(modal).to_be_hidden()
    said = heard_last(world)
    assert (said["subject"]["value"], said["text"]["value"]) == ("Printer", "It\nburns")
    assert said["place"]["selected_conversation"] == "C0CUSTOMERS"
    assert said["fruit"]["selected_option"]["value"] == "pear"
    assert [option["value"] for option in said["basket"]["selected_options"]] == ["apple"]
    assert said["level"]["selected_option"]["value"] == "pear"
    assert [option["value"] for option in said["flags"]["selected_options"]] == ["apple"]
    assert (said["day"]["selected_date"], said["hour"]["selected_time"]) == ("2026-01-31", "09:30")
    assert said["until"]["selected_date_time"] == 1769851800
    [file] = said["files"]["files"]
    assert world[0].workspace.file(file["id"]).content == b"line 1"


def test_what_is_lacking_is_told_in_place_before_anything_is_sent(world: World, modal: Locator) -> None:
    modal.get_by_label("What happened").fill("ab")

    modal.get_by_role("button", name="Create").click()

    expect(modal.get_by_text("Please complete this required field.")).to_be_visible()
    expect(modal.get_by_text("Please write at least 3 characters.")).to_be_visible()
    expect(modal.get_by_label("Subject")).to_be_focused()
    assert world[1] == []
    modal.get_by_label("Subject").press_sequentially("x")
    expect(modal.get_by_text("Please complete this required field.")).to_be_hidden()


def test_the_app_s_errors_stand_at_their_fields_and_words_stay(world: World, modal: Locator) -> None:
    modal.get_by_label("Subject").fill("wrong")
    modal.get_by_role("button", name="Create").click()
    expect(modal.get_by_role("alert").filter(has_text="That is not a subject.")).to_be_visible()
    expect(modal.get_by_label("Subject")).to_have_value("wrong")

    modal.get_by_label("Subject").fill("right")
    modal.get_by_role("button", name="Create").click()

    expect(modal).to_be_hidden()
    assert heard_last(world)["subject"]["value"] == "right"


def test_what_is_typed_into_an_external_select_is_answered_by_the_app(world: World, modal: Locator) -> None:
    case, related = (modal.get_by_role("combobox", name=name) for name in ("Case (optional)", "Related cases"))
    suggested = modal.locator("[data-combo] [role=option]:visible")
    case.press_sequentially("carla")
    expect(suggested).to_have_text(["CASE-7 Carla: printer", "CASE-9 Carla: invoice"])
    last, below = suggested.last.bounding_box(), related.bounding_box()
    assert last is not None
    assert below is not None
    assert last["y"] + last["height"] < below["y"]  # in the form, not across its edge
    case.press("ArrowDown")
    case.press("ArrowDown")
    case.press("Enter")
    related.focus()
    for number in (0, 2):
        expect(suggested).to_have_count(3)
        suggested.nth(number).click()
        related.blur()
        related.focus()
    modal.get_by_role("button", name="Remove CASE-7").click()
    modal.get_by_label("Subject").fill("Printer")

    modal.get_by_role("button", name="Create").click()

    expect(modal).to_be_hidden()
    said = heard_last(world)
    assert said["case"]["selected_option"]["value"] == "case-9"
    assert [option["value"] for option in said["related"]["selected_options"]] == ["case-9"]


def test_a_choice_is_told_at_once_with_all_that_was_typed(world: World, modal: Locator) -> None:
    modal.get_by_label("Subject").fill("Half a sub")

    modal.get_by_label("Customer").select_option("U0CARLA")

    expect(modal.get_by_text("@Carla Customer it is.")).to_be_visible()
    [told] = world[1]
    assert (told["type"], told["actions"][0]["selected_user"]) == ("block_actions", "U0CARLA")
    assert heard_last(world)["subject"]["value"] == "Half a sub"
    expect(modal.get_by_label("Subject")).to_have_value("Half a sub")
    expect(modal.get_by_label("Customer")).to_have_value("U0CARLA")


def test_a_pushed_view_leads_back_to_what_was_typed(world: World, modal: Locator, tab: Page) -> None:
    modal.get_by_label("Subject").fill("Printer")
    modal.get_by_role("button", name="Add a note").click()
    note = tab.get_by_role("dialog", name="Note")
    note.get_by_label("Note").fill("Remember")
    note.get_by_label("Note").press("Enter")

    expect(note).to_be_hidden()
    assert heard_last(world)["note"]["value"] == "Remember"
    expect(modal.get_by_label("Subject")).to_have_value("Printer")


def test_escape_closes_all_of_it_tells_the_app_and_gives_the_focus_back(
    world: World, modal: Locator, tab: Page
) -> None:
    modal.get_by_role("button", name="Add a note").click()
    expect(tab.get_by_role("dialog", name="Note")).to_be_visible()
    tab.keyboard.press("Escape")
    expect(tab.get_by_role("dialog")).to_have_count(0)
    expect(tab.locator("summary[aria-label=Shortcuts]")).to_be_focused()

    tab.keyboard.press("Enter")
    tab.keyboard.press("Tab")
    tab.keyboard.press("Enter")
    expect(modal).to_be_visible()
    tab.keyboard.press("Escape")

    expect(modal).to_be_hidden()
    closed = world[0].workspace.wait_for(lambda: next(one for one in world[1] if one["type"] == "view_closed"))
    assert closed["is_cleared"] is True


def test_a_field_of_the_home_is_told_on_enter(world: World, tab: Page) -> None:
    world[1].clear()
    tab.goto(f"{world[0].url}?as=U0AMOS&at=C0SUPPORT")
    tab.get_by_role("button", name="Home").click()
    search = tab.get_by_label("Search")
    search.fill("printer")
    search.press("Enter")

    expect(tab.locator("#conversation")).to_contain_text("Nothing like “printer”.")
    expect(search).to_be_focused()
    expect(search).to_have_value("printer")
    assert [told["actions"][0]["value"] for told in world[1]] == ["printer"]
    assert heard_last(world)["search"]["value"] == "printer"
