"""The browser of the page tests starts and runs scripts."""

from playwright.sync_api import Page, expect


def test_a_page_is_drawn_and_its_script_runs(page: Page) -> None:
    page.set_content("<button onclick=\"this.textContent='Acknowledged'\">Acknowledge</button>")

    page.get_by_role("button").click()

    expect(page.get_by_role("button")).to_have_text("Acknowledged")
