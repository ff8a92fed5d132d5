"""What happens to every event before any rule sees it: its time is put in order, and a repetition is known as one."""

from __future__ import annotations

from datetime import UTC, datetime

from cases.events import Code, Event, Refused, StaleTime

SEEN = 4_096
"""How many ids of events are remembered: a retry comes within seconds, not after thousands of others."""


def keep_order(whose: str, before: datetime, now: datetime) -> None:
    """Raises StaleTime if `now` is earlier than it was before."""
    if now < before:
        raise StaleTime(f"{whose}: now is {now.isoformat()}, but it was {before.isoformat()} before")


def when(event: Event, last: datetime, now: datetime) -> datetime:
    """When the event happened: what it says itself, but not before the last event and not after now."""
    return min(max(event.at or now, last), now).astimezone(UTC)


def is_repeated(seen: dict[str, str], event: Event) -> bool:
    """Whether it was taken before. Raises Refused `id_reused` if its id was another event's."""
    content = seen.get(str(event.id))
    if content is not None and content != event.content:
        raise Refused(
            Code.ID_REUSED, f"The id {event.id} was used for another event. Give each event an id of its own."
        )
    return content is not None


def must_not_have_moved(whose: str, version: int, event: Event) -> None:
    """Raises Refused `moved_on` if the event was meant for another version than the one that is there."""
    if event.if_version is not None and event.if_version != version:
        raise Refused(
            Code.MOVED_ON,
            f"{whose} is at version {version} by now, and this was meant for version {event.if_version}. Look at what "
            "has changed, and send it again if it still holds.",
            version=version,
        )


def remember(seen: dict[str, str], event: Event) -> None:
    """Knows the event from now on."""
    seen[str(event.id)] = event.content
    if len(seen) > SEEN:
        del seen[next(iter(seen))]
