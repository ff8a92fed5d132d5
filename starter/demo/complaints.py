"""The demo's own complaints, all invented: put together from templates by a seeded random. As many as are asked for."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from random import Random

from cases.complaint import Complaint, Customer
from cases.words import Channel

SOURCE = "demo"


@dataclass(frozen=True, slots=True)
class Grievance:
    """Something to complain about. `{amount}`, `{days}`, `{day}` and `{place}` are filled in."""

    product: str
    issue: str
    texts: tuple[str, ...]
    remedy: str | None = None


GRIEVANCES = (
    Grievance(
        "Credit card",
        "Charged twice",
        (
            "You took {amount} twice for one order on {day}. I wrote {days} days ago and have heard nothing since.",
            "The same {amount} left my card twice in {place}. The shop says that it was billed once.",
        ),
        "The second charge back on my card",
    ),
    Grievance(
        "Credit card",
        "Fraud: payments that were not mine",
        (
            "My card was stolen in {place} on {day}. I said so within the hour, and {amount} went through after.",
            "Somebody pays with my card number in {place}. I have never been there, and {amount} is gone.",
        ),
    ),
    Grievance(
        "Prepaid card",
        "Card does not work",
        (
            "The prepaid card with {amount} on it was turned down in every shop in {place}.",
            "I activated the card {days} days ago. It has refused every payment since {day}.",
        ),
        "The balance paid out",
    ),
    Grievance(
        "Checking account",
        "Account closed without notice",
        (
            "My account was closed overnight and my salary of {amount} was sent back. The branch says to write here.",
            "Since {day} I cannot get at {amount} of my own. Nobody in the {place} branch knows why.",
        ),
        "The account opened again, and a letter for my employer",
    ),
    Grievance(
        "Money transfer",
        "Money not received",
        (
            "Day {days}. {amount} sent to my mother in {place}, gone from my account, not in hers.",
            "The {amount} that I sent on {day} never arrived, and your chat says to be patient.",
        ),
    ),
    Grievance(
        "Mortgage",
        "Escrow shortfall never explained",
        (
            "My payment went up by {amount} for a shortfall that no statement shows. This is my second letter.",
            "For {days} days I have asked where the {amount} in escrow went. I am told to ask again on {day}.",
        ),
    ),
    Grievance(
        "Mortgage",
        "Threatened with foreclosure although paid",
        (
            "I have the receipt of {day} for {amount}, and a letter that says you will take the house in {days} days.",
            "You call me in arrears with {amount}. The bank in {place} has confirmed that you were paid.",
        ),
        "The foreclosure stopped, in writing",
    ),
    Grievance(
        "Vehicle loan",
        "Threatened with repossession",
        (
            "I have paid every month. Now a man from {place} calls to say that he will come for the car on {day}.",
            "{days} days late, once, for {amount}, and you send somebody for the car?",
        ),
    ),
    Grievance(
        "Student loan",
        "Payments counted wrongly",
        (
            "{days} payments of {amount} are missing from your count. My statements show every one of them.",
            "The plan that we agreed on {day} says {amount} a month. You take twice that.",
        ),
        "The payments counted",
    ),
    Grievance(
        "Debt collection",
        "Collecting a debt that is not owed",
        (
            "Your collectors call me daily about {amount} that somebody owes who had my telephone number before me.",
            "I paid those {amount} in {place} {days} years ago, and have sent you the proof twice.",
        ),
        "No more calls, in writing",
    ),
    Grievance(
        "Credit reporting",
        "Somebody else's loan on my report",
        (
            "There is a loan of {amount} on my report that belongs to another person of my name. It costs me a flat.",
            "I told you on {day} that I never lived in {place}. {days} days later the loan is still on my report.",
        ),
        "The report corrected, and those told who have read it",
    ),
    Grievance(
        "Travel insurance",
        "Claim refused without a reason",
        (
            "My luggage was lost in {place}. You refuse the {amount}, and your letter of {day} gives no reason.",
            "{days} days in hospital in {place}, and you say that the {amount} were not necessary.",
        ),
    ),
)

_GIVEN = ("Mary", "Joao", "Lena", "Walter", "Denise", "Amir", "Priya", "Grace", "Tomas", "Yuki", "Olu", "Ingrid")
_FAMILY = ("Poole", "Prado", "Roth", "Finch", "Carter", "Haddad", "Nair", "Mensah", "Vega", "Mori", "Bello", "Dahl")
_PLACES = ("Dover", "Porto", "Leipzig", "Tampa", "Lyon", "Accra", "Pune", "Osaka", "Bergen", "Quito")
_ZONES = ("Europe/London", "Europe/Berlin", "America/New_York", "America/Chicago", "Asia/Kolkata", "Africa/Accra")
_DAYS = ("Monday", "Tuesday", "Friday", "Saturday", "the first of the month")
_CHANNELS = (Channel.EMAIL, Channel.PHONE, Channel.WEB, Channel.CHAT, Channel.LETTER, Channel.SOCIAL)
_TIERS = ("gold", "standard", None, None)


def invented(seed: int) -> Iterator[Complaint]:
    """Complaints without end, the same for the same seed. The first twelve are about twelve different things."""
    random = Random(seed)
    number = 0
    while True:
        for grievance in random.sample(GRIEVANCES, len(GRIEVANCES)):
            number += 1
            yield _complaint(random, number, grievance)


def _complaint(random: Random, number: int, grievance: Grievance) -> Complaint:
    channel = random.choice(_CHANNELS)
    name = f"{random.choice(_GIVEN)} {random.choice(_FAMILY)}"
    text = random.choice(grievance.texts).format(
        amount=f"{random.randint(2_000, 90_000) / 100:.2f}",
        days=random.randint(2, 30),
        day=random.choice(_DAYS),
        place=random.choice(_PLACES),
    )
    return Complaint(
        source=SOURCE,
        reference=f"{SOURCE}-{number:04}",
        channel=channel,
        product=grievance.product,
        issue=grievance.issue,
        text=text,
        remedy_sought=grievance.remedy,
        language="en",
        tier=random.choice(_TIERS),
        customer=Customer(
            id=f"{SOURCE}-customer-{number:04}",
            name=name,
            contact=f"{name.lower().replace(' ', '.')}.{number}@example.com",
            zone=random.choice(_ZONES),
        ),
    )
