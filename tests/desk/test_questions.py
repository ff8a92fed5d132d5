"""Questions to specialists at the Desk: taken, answered, asked back, declined; and what they may read of the case."""

from __future__ import annotations

from datetime import timedelta

from playwright.async_api import expect

from api.desk.session import Visitor
from api.desk.specialists import open_to, said_to
from api.problems import TurnedDown
from cases.events import Actor, Code, Refused
from cases.words import ClockName, Role
from records import HandoffShown
from tests.api.conftest import Live, owned
from tests.api.live import eventually
from tests.desk.conftest import Axe, PageOf


def asked(live: Live, question: str) -> tuple[str, str, str, str]:
    """Case, owner, hand-off, and the specialist to whom it is offered."""
    case_id, owner = owned(live, text="The shop took it twice, on 2 March.")
    view = live.act(case_id, owner, "hand_off", team="billing", question=question).json()
    handoff_id = view["handoffs"][-1]["handoff_id"]

    def offered() -> str | None:
        listed = live.ask("GET", "/v1/handoffs", "operator", params={"case_id": case_id}).json()["items"]
        return listed[0]["person"] if listed else None

    eventually(lambda: offered() is not None)
    return case_id, owner, handoff_id, offered() or ""


async def test_a_specialist_accepts_and_answers_by_keyboard_and_the_owner_sees_it_without_a_reload(
    live: Live, page_of: PageOf, axe: Axe
) -> None:
    case_id, owner, handoff_id, person = asked(live, "Was the second charge settled?")
    owners = await page_of(owner, f"/cases/{case_id}")
    await owners.evaluate("window.stays = true")
    page = await page_of(person, "/questions")
    await page.locator(f"a[href='/questions/{handoff_id}']").focus()
    await page.keyboard.press("Enter")
    await page.wait_for_url(f"**/questions/{handoff_id}")
    await expect(page.locator("#question-brief")).to_contain_text("The shop took it twice")
    await expect(page.locator("#question .chip", has_text="Accept")).to_contain_text("59:")
    await axe(page)
    await page.keyboard.press("a")
    await expect(page.locator(".toast")).to_contain_text("The question is yours")
    await expect(page.locator("#question .chip", has_text="Answer")).to_contain_text("h")
    await page.keyboard.press("r")
    await page.keyboard.type("On 3 March; the first was reversed.")
    await page.reload()
    await expect(page.get_by_label("Your answer")).to_have_value("On 3 March; the first was reversed.")
    await page.get_by_label("Your answer").focus()
    await page.keyboard.press("Control+Enter")
    await expect(page.locator(".toast")).to_contain_text("Your answer is with the owner")
    await expect(owners.locator("#questions")).to_contain_text("On 3 March; the first was reversed.")
    assert await owners.evaluate("window.stays")


async def test_a_question_that_is_asked_back_waits_for_the_owner(live: Live, page_of: PageOf) -> None:
    case_id, owner, handoff_id, person = asked(live, "Which charge is right?")
    page = await page_of(person, f"/questions/{handoff_id}")
    await page.get_by_role("button", name="Accept").click()
    await page.locator("summary", has_text="Ask back").click()
    await page.get_by_label("Your question").fill("Of which card?")
    await page.locator("#fold-ask_back").get_by_role("button").click()
    await expect(page.locator("#question")).to_contain_text("You asked back: Of which card?")
    back = live.act(case_id, owner, "answer_back", handoff_id=handoff_id, text="The blue one.")
    assert back.status_code == 200, back.text
    await expect(page.locator("#question header")).to_contain_text("Yours")


async def test_a_decline_needs_a_reason_and_leaves_the_list(live: Live, page_of: PageOf, axe: Axe) -> None:
    _, _, handoff_id, person = asked(live, "Who signed this?")
    page = await page_of(person, f"/questions/{handoff_id}", width=375)
    await page.locator("summary", has_text="Decline").click()
    fold = page.locator("#fold-decline")
    await fold.get_by_role("button", name="Decline").click()
    await expect(fold.locator(".wrong")).to_be_visible()
    await axe(page)
    await fold.get_by_label("Reason").fill("Not my field")
    await fold.get_by_role("button", name="Decline").click()
    await expect(page.locator(".toast")).to_contain_text("somebody else is asked")
    await expect(page.locator(f"a[href='/questions/{handoff_id}']")).to_have_count(0)


async def test_an_answer_that_comes_too_late_is_refused_and_not_lost(live: Live, page_of: PageOf) -> None:
    case_id, owner, handoff_id, person = asked(live, "Is it urgent?")
    page = await page_of(person, f"/questions/{handoff_id}", script=False)
    await page.get_by_role("button", name="Accept").click()
    off = live.act(case_id, owner, "cancel_hand_off", handoff_id=handoff_id, reason="The customer found it.")
    assert off.status_code == 200, off.text
    eventually(lambda: live.ask("GET", f"/v1/handoffs/{handoff_id}", person).json()["status"] == "cancelled")
    await page.get_by_label("Your answer").fill("It is, very.")
    await page.get_by_role("button", name="Send answer").click()
    await expect(page.get_by_role("alert")).to_contain_text("was answered, called off or given back")
    await expect(page.get_by_text("It is, very.")).to_be_visible()


async def test_questions_of_others_are_not_shown(live: Live, page_of: PageOf, axe: Axe) -> None:
    _, _, handoff_id, _ = asked(live, "Not for lending?")
    page = await page_of("grace", "/questions")
    await expect(page.get_by_text("No question waits for you")).to_be_visible()
    await axe(page)
    await page.goto(f"/questions/{handoff_id}")
    await expect(page.get_by_text("billing")).to_be_visible()
    await expect(page.get_by_text("Not for lending?")).to_have_count(0)


async def test_who_let_the_time_pass_is_told_that_and_not_that_they_declined(live: Live, page_of: PageOf) -> None:
    _, _, handoff_id, person = asked(live, "Whose signature is it?")
    page = await page_of(person, f"/questions/{handoff_id}", script=False)
    shown = HandoffShown.model_validate(live.ask("GET", f"/v1/handoffs/{handoff_id}", person).json())
    by = Visitor(actor=Actor(id=person, role=Role.AGENT), name=person)
    assert shown.offered_to is not None
    due = next(clock.due_at for clock in shown.clocks if clock.name is ClockName.ACCEPT)
    assert due is not None
    assert set(open_to(by, shown, due - timedelta(seconds=1))) == {"accept", "decline"}
    assert open_to(by, shown, due) == []
    past = shown.model_copy(update={"not_again": (person,)})
    refused = TurnedDown(Refused(Code.NO_OFFER, f"{person} has passed this question on."))
    assert said_to(by, past, refused).detail == "The time to accept passed; the question was offered to somebody else."
    assert said_to(by, shown, refused) is refused
    declined = live.ask("POST", f"/v1/handoffs/{handoff_id}/actions", person, json={"kind": "decline", "reason": "No"})
    assert declined.status_code == 200, declined.text
    await page.get_by_role("button", name="Accept").click()
    await expect(page.get_by_role("alert")).to_contain_text("You declined this question")
    await expect(page.get_by_role("button", name="Accept")).to_have_count(0)
    await expect(page.locator("#fold-decline")).to_have_count(0)
