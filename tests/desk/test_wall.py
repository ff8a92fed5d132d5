"""The wall: what supervisors see by itself, to whom they offer a case instead, and what others are told."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from playwright.async_api import Locator, Page, expect

from api.desk.loads import carriers
from api.desk.watching import as_shown
from cases.view import CaseView
from cases.words import ClockState, Priority, Rung
from records import PersonShown, Pressed
from tests.api.conftest import Live, offered, owned
from tests.api.live import eventually
from tests.desk.conftest import Axe, PageOf


def row(page: Page, case_id: str) -> Locator:
    return page.locator("[data-row]", has=page.locator(f"a[href='/cases/{case_id}']"))


async def test_a_customer_who_insists_reaches_the_supervisors_wall_without_a_reload(
    live: Live, page_of: PageOf, axe: Axe
) -> None:
    case_id, owner = owned(live)
    page = await page_of("mara", "/wall?show=offered&more=true")
    await axe(page)
    await page.evaluate("window.stays = true")
    assert live.request(case_id, "ask_for_manager").status_code == 200
    assert live.act(case_id, owner, "redirect", text="I can look into it myself today.").status_code == 200
    assert live.request(case_id, "ask_for_manager", text="No. A manager.").status_code == 200
    await expect(row(page, case_id)).to_contain_text("supervisor: the customer insists on a manager")
    assert await page.evaluate("window.stays")
    await expect(page.locator("#wall-where")).to_contain_text("cards")


async def test_a_case_is_offered_to_somebody_else_from_the_wall_by_keyboard(
    live: Live, page_of: PageOf, axe: Axe
) -> None:
    case_id, first = offered(live, product="Credit card", issue="To be offered on")
    other = next(name for name in ("ana", "ben", "chloe") if name != first)
    eventually(lambda: live.ask("GET", "/v1/cases", "mara", params={"text": "offered on"}).json()["items"] != [])
    page = await page_of("mara", "/wall?show=offered&more=true")
    await page.locator(f"a[href='/cases/{case_id}']").focus()
    await page.keyboard.press("o")
    await page.wait_for_url("**offer=*")
    await expect(page.get_by_role("heading", name="Re-offer To be offered on of c-1")).to_be_focused()
    await axe(page)
    await page.get_by_label("To a person").focus()
    await page.keyboard.type({"ana": "Ana", "ben": "Ben", "chloe": "Chlo"}[other])
    await page.get_by_label("In words").fill("You know this shop.")
    await page.keyboard.press("Control+Enter")
    await expect(page.locator(".toast")).to_contain_text(f"{case_id} goes to {other}")
    assert "offer=" not in page.url
    await expect(row(page, case_id)).to_contain_text("it was assigned by name")
    view = live.ask("GET", f"/v1/cases/{case_id}", "operator").json()
    assert view["offer"]["to"]["person"] == other


async def test_a_refusal_stands_in_the_form_and_what_was_typed_stays(live: Live, page_of: PageOf, axe: Axe) -> None:
    case_id, _ = offered(live)
    page = await page_of("mara", f"/wall?offer={case_id}")
    await page.get_by_label("To a person").select_option("sven")
    await page.get_by_label("In words").fill("Have a look, please.")
    await page.get_by_role("button", name="Offer it").click()
    form = page.locator("#offer")
    await expect(form.get_by_role("alert")).to_contain_text("sven")
    await expect(page.get_by_label("In words")).to_have_value("Have a look, please.")
    await expect(page.get_by_label("To a person")).to_have_value("sven")
    await axe(page)


async def test_the_wall_needs_no_script(live: Live, page_of: PageOf) -> None:
    case_id, first = offered(live)
    other = "ana" if first != "ana" else "ben"
    page = await page_of("mara", f"/wall?offer={case_id}", script=False)
    await page.get_by_label("To a person").select_option(other)
    await page.get_by_role("button", name="Offer it").click()
    await expect(page.locator(".toast")).to_contain_text(f"{case_id} goes to {other}")


async def test_agents_are_told_that_the_wall_is_for_supervisors(page_of: PageOf, axe: Axe) -> None:
    page = await page_of("ana")
    answer = await page.goto("/wall")
    assert answer is not None
    assert answer.status == 403
    await expect(page.get_by_role("heading", name="The wall is for supervisors")).to_be_visible()
    await expect(page.get_by_role("link", name="Wall", exact=True)).to_have_count(0)
    await axe(page)


async def test_operators_look_on_and_offer_nothing(live: Live, page_of: PageOf) -> None:
    case_id, _ = offered(live)
    page = await page_of("operator", f"/wall?offer={case_id}")
    await expect(page.locator("#offer")).to_contain_text("Operators look on here")
    await expect(page.get_by_role("link", name="Re-offer")).to_have_count(0)


async def test_a_case_above_somebody_is_not_theirs_to_offer_and_names_both_rungs(live: Live, page_of: PageOf) -> None:
    case_id, _ = offered(live, customer={"id": "c-1", "name": "Wilma Wall"})
    assert live.act(case_id, "mara", "claim").status_code == 200
    assert live.request(case_id, "ask_for_manager").status_code == 200
    assert live.act(case_id, "mara", "redirect", text="I can look into it myself today.").status_code == 200
    assert live.request(case_id, "ask_for_manager", text="No. A manager.").status_code == 200
    page = await page_of("mara", "/wall?show=offered&more=true")
    await expect(row(page, case_id)).to_contain_text("cards, supervisor, offered to manager")
    await expect(row(page, case_id)).to_contain_text("Wilma Wall")
    await expect(row(page, case_id).locator(".re-offer")).to_have_count(0)
    await page.goto(f"/wall?offer={case_id}")
    await expect(page.locator("#offer .notice")).to_contain_text("with rung manager, above yours")
    page = await page_of("quinn", "/wall?show=offered&more=true")
    await expect(row(page, case_id).get_by_role("link", name="Re-offer Credit card of Wilma Wall")).to_be_visible()


def test_the_longest_late_comes_first_by_the_clock_that_is_shown_and_of_equals_the_more_urgent(live: Live) -> None:
    case_id, _ = offered(live)
    known = CaseView.model_validate(live.ask("GET", f"/v1/cases/{case_id}", "operator").json())
    now = datetime.now(UTC)
    clock = known.clocks[0].model_copy(update={"state": ClockState.RUNNING, "breached_at": None})

    def view(name: str, priority: Priority, *minutes: int) -> CaseView:
        clocks = tuple(clock.model_copy(update={"due_at": now + timedelta(minutes=each)}) for each in minutes)
        return known.model_copy(update={"case_id": name, "priority": priority, "clocks": clocks})

    views = [
        view("soon", Priority.P3, 2),
        view("late, due again soon", Priority.P3, -5, 1),
        view("without a clock", Priority.P1),
        view("late as long, more urgent", Priority.P2, -60, 50),
        view("late longest, due again last", Priority.P3, -60, 500),
    ]
    assert [it.case_id for it in sorted(views, key=lambda it: as_shown(it, now))] == [
        "late as long, more urgent",
        "late longest, due again last",
        "late, due again soon",
        "soon",
        "without a clock",
    ]


async def test_a_case_that_there_is_not_is_said_to_be_none(page_of: PageOf) -> None:
    page = await page_of("mara", script=False)
    for case_id, said in (("%00", "is not the id of a case"), ("shop-7kq2m4xw5a", "no case has the id")):
        await page.goto(f"/wall?offer={case_id}")
        await expect(page.locator("#offer .notice")).to_contain_text(said)


async def test_the_wall_fits_a_phone(live: Live, page_of: PageOf, axe: Axe) -> None:
    case_id, _ = offered(live)
    page = await page_of("mara", f"/wall?show=open&offer={case_id}", width=375, dark=True)
    assert await page.evaluate("document.documentElement.scrollWidth") == 375
    for part in (".pick", "#wall-where .scroll", ".wall-case .chip", ".wall-case .chip > span"):
        cut = "all => all.filter((it) => it.scrollWidth > it.clientWidth + 1 && it.clientWidth > 0).length"
        assert await page.locator(part).evaluate_all(cut) == 0, part
    await axe(page)
    await page.evaluate("document.querySelector('#offline').hidden = false; scrollTo(0, 600)")
    assert await page.evaluate("document.querySelector('#offline').getBoundingClientRect().top") == 0


def person(name: str, load: int, *, here: bool = True, capacity: int = 20) -> PersonShown:
    return PersonShown(
        id=name, name=name, rung=Rung.AGENT, teams=("cards",), capacity=capacity, load=load, on_shift=here, absences=()
    )


def test_who_is_away_or_has_much_more_than_their_fellows_comes_first() -> None:
    team = [person("few", 2), person("some", 3), person("many", 9), person("gone", 1, here=False), person("idle", 0)]
    found = carriers([*team, person("full", 4, capacity=4)], {"some": Pressed(breached=1)})
    assert [it.person.id for it in found] == ["gone", "full", "many", "some", "few", "idle"]
    assert {it.person.id for it in found if it.has_more} == {"many"}
    assert {it.person.id for it in found if it.stands_out} == {"gone", "full", "many", "some"}
    assert found[0].back_at(datetime.now(UTC)) is None
