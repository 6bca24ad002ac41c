"""The portal in a real browser: what people see, click and type. Skipped where no Chromium is: apt install chromium."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest
from tests.web.conftest import PASSWORD

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, Page
    from tests.web.conftest import Portal

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium is installed: apt install chromium"),
]
PAGES = [
    "/", "/accounts?month=2026-10", "/accounts/acme?month=2026-10", "/accounts/acme/days/2026-10-02",
    "/accounts/acme/calls?month=2026-10", "/accounts/acme/channels?month=2026-10", "/accounts/acme/history",
    "/accounts/acme/review?month=2026-10", "/accounts/acme/capacity?month=2026-10", "/accounts/acme/payments",
    "/journal?month=2026-10", "/months", "/months/2026-10", "/margin?month=2026-10", "/calls", "/calls/c0",
    "/quarantine", "/quarantine/discarded", "/imports", "/imports/new", "/corrections", "/corrections/new?call_id=c0", "/corrections/file", "/corrections/days", "/route?number=442079460123", "/providers/vox?month=2026-10", "/parked", "/disputes", "/disputes/new", "/sources", "/sources/proxy", "/servers", "/servers/lon-1", "/accounts/acme/change", "/accounts/acme/change/switch", "/plans", "/plans/flat", "/cards", "/cards/a-z", "/cards/a-z/revisions/1/live", "/cards/a-z/diff?before=1&after=1", "/decks/new", "/schedules", "/price", "/declare", "/declare/account",
    "/declared", "/jobs", "/audit?month=2026-10", "/nowhere",
]  # fmt: skip
RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as tools:
        browser = tools.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()


def opened(chromium: Browser, portal: Portal, role: str = "admin", **looks: object) -> Page:
    """A window of somebody who is signed in; what goes wrong in it is kept."""
    context = chromium.new_context(base_url=portal.at, **looks)  # type: ignore[arg-type]
    if role:
        context.add_cookies(
            [{"name": "minutebook", "value": portal.tokens[role], "url": portal.at}]
        )
    page = context.new_page()
    page.wrong = []  # type: ignore[attr-defined]
    page.on(
        "console", lambda told: told.type in ("error", "warning") and page.wrong.append(told.text)
    )  # type: ignore[attr-defined]
    page.on("pageerror", lambda error: page.wrong.append(str(error)))  # type: ignore[attr-defined]
    return page


IN_THE_DARK = [PAGES[2], PAGES[9], PAGES[12], "/cards", "/imports/new"]
"""Colours are those of blocks: these pages have all of them."""


@pytest.mark.parametrize(("scheme", "pages"), [("light", PAGES), ("dark", IN_THE_DARK)])
def test_every_page_can_be_read_by_everybody(
    chromium: Browser, portal: Portal, scheme: str, pages: list[str]
) -> None:
    """WCAG 2.2 AA by axe-core, in the light and in the dark; no page logs an error, or is refused a file."""
    from axe_playwright_python.sync_playwright import Axe

    page, axe = opened(chromium, portal, color_scheme=scheme), Axe()
    found = {}
    for path in pages:
        page.goto(path)
        told = axe.run(page, options=RULES).response["violations"]
        if told:
            found[path] = [
                (one["id"], [node["html"][:120] for node in one["nodes"][:3]]) for one in told
            ]
    assert not found
    assert [told for told in page.wrong if "404" not in told] == []  # type: ignore[attr-defined]


def test_no_page_is_wider_than_a_phone(chromium: Browser, portal: Portal) -> None:
    """At 360 pixels tables scroll in their own boxes, and the page does not."""
    page = opened(chromium, portal, viewport={"width": 360, "height": 740})
    wide = []
    for path in PAGES:
        page.goto(path)
        if page.evaluate("document.documentElement.scrollWidth > window.innerWidth"):
            wide.append(path)
    assert wide == []


def test_nothing_jumps_while_a_page_loads(chromium: Browser, portal: Portal) -> None:
    """The layout does not shift; the first page weighs less than 300 kB with all that it loads."""
    page = opened(chromium, portal)
    weight = []
    page.on("response", lambda got: weight.append(len(got.body())) if got.status == 200 else None)
    for path in ("/accounts/acme/channels?month=2026-10", "/", "/accounts/acme?month=2026-10"):
        page.goto(path, wait_until="networkidle")
        shift = page.evaluate(
            "new Promise(done => new PerformanceObserver(list => done(list.getEntries().reduce((sum, one) => sum +"
            " one.value, 0))).observe({type: 'layout-shift', buffered: true}) || setTimeout(() => done(0), 300))"
        )
        assert shift < 0.05, path
        if path.endswith("channels?month=2026-10"):
            assert sum(weight) < 300_000


def test_a_payment_by_the_keyboard_alone_and_a_double_click(
    chromium: Browser, portal: Portal
) -> None:
    """Tab, type, Enter; a double click on the last button posts once; back and again posts no more."""
    page = opened(chromium, portal, "finance")
    (before,) = portal.book.ledger.balances("acme")
    page.goto("/accounts/acme/payments")
    page.get_by_label("Amount").focus()
    page.keyboard.type("7.25")
    page.keyboard.press("Tab")
    page.keyboard.type("keyboard-1")
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Post it").wait_for()
    page.get_by_role("button", name="Post it").dblclick()
    page.wait_for_url("**/charges/*")
    page.go_back()
    page.get_by_role("button", name="Post it").click()
    page.wait_for_url("**/charges/*")
    (after,) = portal.book.ledger.balances("acme")
    assert str(after.balance - before.balance) == "7.2500" or after.balance - before.balance == 7.25
    assert page.get_by_text("keyboard-1").count() > 0


def test_a_file_is_dropped_on_the_page_and_one_that_is_too_large_is_told(
    chromium: Browser, portal: Portal
) -> None:
    """Anywhere on the page; what is too large is not sent."""
    page = opened(chromium, portal, "engineer")
    page.goto("/imports/new")
    dropped = page.evaluate_handle(
        "() => { const all = new DataTransfer(); all.items.add(new File(['call_id'], 'oct.csv')); return all }"
    )
    page.dispatch_event("main", "drop", {"dataTransfer": dropped})
    chooser = page.locator("input[type=file]")
    assert chooser.evaluate("input => input.files[0].name") == "oct.csv"
    chooser.evaluate(
        "input => { input.dataset.largest = 3; input.dispatchEvent(new Event('change', {bubbles: true})) }"
    )
    page.get_by_role("button", name="Send it, and look").click()
    assert page.url.endswith("/imports/new")
    told = chooser.evaluate("input => input.validationMessage")
    assert told == "The file has more than 3 bytes; send it in parts, or compressed."


def test_the_first_tab_leads_past_the_menu(chromium: Browser, portal: Portal) -> None:
    """Who uses the keyboard need not go through the menu on every page."""
    page = opened(chromium, portal)
    page.goto("/accounts")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "To the content"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"


def test_a_picture_tells_its_figures_under_the_pointer(chromium: Browser, portal: Portal) -> None:
    """The peak of a day is the figure of the table."""
    page = opened(chromium, portal)
    page.goto("/accounts/acme/channels?month=2026-10")
    drawn = page.locator(".u-over")
    drawn.wait_for()
    box = drawn.bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + 1, box["y"] + box["height"] / 2)
    legend = page.locator(".u-legend").inner_text()
    assert "2026-10-01" in legend
    peak = page.locator(".wide tbody tr").first.locator("td").nth(1).inner_text()
    assert peak in legend


def test_growth_and_loss_are_moved_and_the_page_answers(chromium: Browser, portal: Portal) -> None:
    """By the keyboard, without loading the page; its address is that of what is shown, its picture is drawn anew."""
    page = opened(chromium, portal)
    page.goto("/accounts/acme/capacity?month=2026-10")
    page.locator(".u-over").wait_for()
    page.evaluate("window.stays = true")
    slider = page.get_by_label("Growth to reckon with")
    slider.focus()
    page.keyboard.press("End")
    assert page.get_by_text("200 %").count() > 0
    page.wait_for_url("**growth=200**")
    page.locator(".u-over").wait_for()
    assert page.evaluate("window.stays && document.activeElement.name") == "growth"
    assert page.locator(".u-over").count() == 1
    page.get_by_role("link", name="2026-09").click()
    page.wait_for_url("**month=2026-09&growth=200**")
    assert page.get_by_role("alert").count() == 1  # there are no calls
    assert page.wrong == [] or all("422" in told for told in page.wrong)  # type: ignore[attr-defined]


def test_a_person_signs_in_and_out(chromium: Browser, portal: Portal) -> None:
    """What was asked before is shown after; after signing out the way back shows nothing."""
    page = opened(chromium, portal, "")
    page.goto("/accounts/acme?month=2026-10")
    page.get_by_label("Name").fill("finance")
    page.get_by_label("Password").fill("wrong password here")
    page.get_by_role("button", name="Sign in").click()
    assert page.get_by_role("alert").count() == 1
    page.get_by_label("Name").fill("finance")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url("**/accounts/acme?month=2026-10")
    page.get_by_role("button", name="Sign out").click()
    page.wait_for_url("**/sign-in*")
    page.goto("/accounts/acme")
    assert "/sign-in" in page.url
    page.goto("/sign-in?next=https://evil.example/")
    page.get_by_label("Name").fill("finance")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url(f"{portal.at}/**")


def test_a_page_prints_without_menus(chromium: Browser, portal: Portal) -> None:
    """On paper stands what was asked for, and no button."""
    page = opened(chromium, portal)
    page.goto("/accounts/acme?month=2026-10")
    page.emulate_media(media="print")
    assert not page.locator("header.top").is_visible()
    assert not page.get_by_role("button", name="Show").is_visible()
    assert page.get_by_text("Day by day").is_visible()
