"""Sample complaints for a first look at `make run`, opened over HTTP as any backend service would. All invented."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

import httpx

SOURCE = "sample"

SAMPLES: tuple[dict[str, Any], ...] = (
    {
        "reference": "charged-twice",
        "channel": "email",
        "product": "Credit card",
        "issue": "Charged twice",
        "text": "You took 84.50 twice for one order on Saturday. I wrote on Sunday and have heard nothing since.",
        "remedy_sought": "The second charge back on my card",
        "tier": "gold",
        "customer": {"id": "s-101", "name": "Mary Poole", "contact": "mary.poole@example.com", "zone": "Europe/London"},
    },
    {
        "reference": "stolen-card",
        "channel": "phone",
        "product": "Credit card",
        "issue": "Fraud: three payments that were not mine",
        "text": "My card was stolen at the station. I said so within the hour, and three payments went through after.",
        "customer": {"id": "s-102", "name": "Joao Prado", "contact": "+351 555 0102", "zone": "Europe/Lisbon"},
    },
    {
        "reference": "closed-account",
        "channel": "web",
        "product": "Checking account",
        "issue": "Account closed without notice",
        "text": "My account was closed overnight and my salary was sent back. The branch says to write here.",
        "remedy_sought": "A letter for my employer, and the account opened again",
        "customer": {"id": "s-103", "name": "Lena Roth", "contact": "lena.roth@example.com", "zone": "Europe/Berlin"},
    },
    {
        "reference": "escrow-shortfall",
        "channel": "letter",
        "product": "Mortgage",
        "issue": "Escrow shortfall never explained",
        "text": "My payment went up by 140 a month for a shortfall that no statement shows. This is my second letter.",
        "customer": {
            "id": "s-104",
            "name": "Walter Finch",
            "contact": "12 Mill Lane, Dover",
            "zone": "America/New_York",
        },
    },
    {
        "reference": "repossession",
        "channel": "phone",
        "product": "Vehicle loan",
        "issue": "Threatened with repossession although paid",
        "text": "I have paid every month and have the receipts. Now a man calls to say that he will come for the car.",
        "tier": "gold",
        "customer": {"id": "s-105", "name": "Denise Carter", "contact": "+1 555 0105", "zone": "America/Chicago"},
    },
    {
        "reference": "not-my-debt",
        "channel": "email",
        "product": "Debt collection",
        "issue": "Collecting a debt that is not owed",
        "text": "Your collectors call me daily about a debt of somebody who had my telephone number before me.",
        "remedy_sought": "No more calls, in writing",
        "customer": {
            "id": "s-106",
            "name": "Amir Haddad",
            "contact": "amir@example.com",
            "zone": "America/Los_Angeles",
        },
    },
    {
        "reference": "wrong-report",
        "channel": "chat",
        "product": "Credit reporting",
        "issue": "Somebody else's loan on my report",
        "text": "There is a loan on my report that belongs to another person of my name. It costs me a flat.",
        "customer": {"id": "s-107", "name": "Priya Nair", "contact": "priya.nair@example.com", "zone": "Asia/Kolkata"},
    },
    {
        "reference": "transfer-lost",
        "channel": "social",
        "product": "Money transfer",
        "issue": "Money not received",
        "text": "Day five. 600 sent to my mother, gone from my account, not in hers. Your chat says please be patient!",
        "customer": {"id": "s-108", "name": "Grace Mensah", "contact": "@gracemensah", "zone": "Africa/Accra"},
    },
    # The clocks of these take their time in the demo's policy: something to claim and answer at leisure.
    {
        "reference": "interest-twice",
        "channel": "email",
        "product": "Credit card",
        "issue": "Interest charged on a paid balance",
        "text": "I paid all of it on the first, and the next statement has 18.20 of interest. Please take it off.",
        "tier": "unhurried",
        "customer": {"id": "s-109", "name": "Nora Quist", "contact": "nora@example.com", "zone": "Europe/Stockholm"},
    },
    {
        "reference": "card-never-came",
        "channel": "web",
        "product": "Credit card",
        "issue": "New card never arrived",
        "text": "You wrote three weeks ago that a new card is on its way. The old one has stopped working.",
        "remedy_sought": "A card, and the fee for this month back",
        "tier": "unhurried",
        "customer": {"id": "s-110", "name": "Tom Hale", "contact": "tom.hale@example.com", "zone": "Europe/London"},
    },
    {
        "reference": "fee-not-explained",
        "channel": "letter",
        "product": "Credit card",
        "issue": "A fee of 12 that nobody explains",
        "text": "There is a fee of 12 on each statement since May. I have asked at the counter twice.",
        "tier": "unhurried",
        "customer": {"id": "s-111", "name": "Eva Lind", "contact": "3 Quay Street, Cork", "zone": "Europe/Dublin"},
    },
    {
        "reference": "declined-abroad",
        "channel": "email",
        "product": "Credit card",
        "issue": "Card declined abroad",
        "text": "I had told you that I travel, and the card was declined at the hotel. It cost me a day.",
        "tier": "unhurried",
        "customer": {"id": "s-112", "name": "Max Reed", "contact": "max.reed@example.com", "zone": "America/Toronto"},
    },
)

_TIMEOUT_S = 30.0
"""Each answer waits up to 2 s for planning; a machine under load takes longer."""


def open_samples(api_url: str, token: str) -> int:
    """Opens every sample over the API at `api_url` as the service of `token`; again, it opens none anew.

    Returns how many were opened now. Raises httpx.HTTPError if the API does not answer, or refuses one.
    """
    # trust_env: a proxy for the outside world must not stand between us and loopback.
    headers = {"Authorization": f"Bearer {token}"}
    with httpx.Client(base_url=api_url, headers=headers, timeout=_TIMEOUT_S, trust_env=False) as api:
        answers = [api.post("/v1/cases", json={"source": SOURCE, **sample}) for sample in SAMPLES]
    for answer in answers:
        answer.raise_for_status()
    return sum(answer.status_code == HTTPStatus.CREATED for answer in answers)
