"""Where things go, by the environment: what is set wrong is named, with what to set instead; secrets are not."""

from __future__ import annotations

import pytest

from activities import Activities
from activities.destinations import not_served, read, sources_of
from activities.settings import SettingsError
from policies import Policy
from records import Records
from tests.activities.test_errands import commit_of
from tests.receiver import SECRET
from tests.samples import NOON, Played, plan

GATEWAY = {"CASELADDER_GATEWAY_URL": "https://gateway.example/in", "CASELADDER_GATEWAY_SECRET": SECRET}
SHOP = {"CASELADDER_WEBHOOK_URL_SHOP_EU": "http://shop.example", "CASELADDER_WEBHOOK_SECRET_SHOP_EU": SECRET}


def test_nothing_is_delivered_where_nothing_is_set() -> None:
    assert read({"CASELADDER_POLICY": "x", "CASELADDER_GATEWAY_URL": " "}) == ()


def test_a_gateway_and_webhooks_of_all_sources_or_of_one() -> None:
    everybody = {"CASELADDER_WEBHOOK_URL": "https://hooks.example", "CASELADDER_WEBHOOK_SECRET": SECRET}
    gateway, webhook, shop = read({**SHOP, **everybody, **GATEWAY})
    assert [each.name for each in (gateway, webhook, shop)] == ["gateway", "webhook", "webhook-shop-eu"]
    assert not gateway.takes("shop-eu")
    assert webhook.takes("app")
    assert [shop.takes(source) for source in ("shop-eu", "shop_eu", "shop")] == [True, True, False]


def test_while_a_secret_is_being_changed_there_are_two() -> None:
    (gateway,) = read(GATEWAY | {"CASELADDER_GATEWAY_SECRET": f"{SECRET} {SECRET}"})
    assert gateway.endpoint.secrets == (SECRET, SECRET)


def test_neither_secret_nor_address_is_in_what_is_printed() -> None:
    (gateway,) = read(GATEWAY)
    assert SECRET not in repr(gateway)
    assert "example" not in repr(gateway)


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"CASELADDER_GATEWAY_URL": "gateway.example"}, "CASELADDER_GATEWAY_URL: must begin with https://"),
        ({"CASELADDER_GATEWAY_URL": "https://"}, "CASELADDER_GATEWAY_URL: must begin with https://"),
        ({"CASELADDER_GATEWAY_URL": "http://[::1"}, "CASELADDER_GATEWAY_URL: is no URL"),
        ({"CASELADDER_GATEWAY_URL": "https://a:b@gateway.example"}, "must not hold a user's name"),
        ({"CASELADDER_GATEWAY_URL": ""}, "CASELADDER_GATEWAY_URL is not set, but CASELADDER_GATEWAY_SECRET is"),
        (
            {"CASELADDER_GATEWAY_SECRET": ""},
            "CASELADDER_GATEWAY_SECRET is not set, but CASELADDER_GATEWAY_URL is: what is sent must be signed",
        ),
        ({"CASELADDER_GATEWAY_SECRET": "swordfish"}, "CASELADDER_GATEWAY_SECRET: a secret must begin with whsec_"),
        ({"CASELADDER_GATEWAY_SECRET": "whsec_sword fish"}, "CASELADDER_GATEWAY_SECRET: what follows whsec_"),
        ({"CASELADDER_GATEWAY_SECRET": "whsec_swordfish="}, "CASELADDER_GATEWAY_SECRET: what follows whsec_"),
        ({"CASELADDER_GATEWAY_SECRET": "whsec_c3dvcmRmaXNo"}, "the secret has 9 bytes; it must have 24 to 64"),
        ({"CASELADDER_WEBHOOK_URLS": "https://a.example"}, "CASELADDER_WEBHOOK_URLS is not known"),
        ({"CASELADDER_WEBHOOK_SECRET_SHOP": SECRET}, "CASELADDER_WEBHOOK_URL_SHOP is not set"),
    ],
)
def test_a_mistake_is_named_with_its_variable_and_never_the_secret(wrong: dict[str, str], said: str) -> None:
    with pytest.raises(SettingsError) as raised:
        read(GATEWAY | wrong)
    assert said in str(raised.value)
    assert "swordfish" not in str(raised.value)


def test_a_worker_without_a_variable_writes_what_others_deliver_and_says_what_to_set(
    records: Records, policy: Policy
) -> None:
    told = read(GATEWAY | SHOP)
    records.keep_destinations(sources_of(told), NOON)
    played = Played(plan())
    Activities(records, policy).commit(commit_of(played))
    waiting = {each.destination for each in records.deliveries(played.view.case_id)}
    assert "gateway" in waiting
    assert not_served(told, records.destinations()) == []
    gateway, shop = not_served((), records.destinations())
    assert gateway.startswith("CASELADDER_GATEWAY_URL is not set for this worker")
    assert shop.startswith("CASELADDER_WEBHOOK_URL_SHOP_EU is not set for this worker")
    assert shop.endswith("caseladder destinations --forget webhook-shop-eu")
