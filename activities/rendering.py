"""Puts notices into words: Jinja2 files beside this one, for customers by language, for staff in one.

What a customer or an agent wrote is only ever data: templates are read from files alone, sandboxed, and a name that a
template asks for and nobody gave is an error, not a gap in a letter. The first line of a rendered file is the subject.
How times and numbers are written is `policies.languages`'.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import FileSystemLoader, StrictUndefined, Template, TemplateNotFound
from jinja2.sandbox import ImmutableSandboxedEnvironment

from cases.effects import AlertStaff, Notice, TellCustomer
from cases.notices import NAMES
from cases.words import Rung
from policies.languages import FALLBACK_LANGUAGE, Habits, base_of, chain, locale_of
from records import Rendered

_log = logging.getLogger(__name__)


class Messages:
    """The words for every notice. Safe to share between threads."""

    def __init__(self, folder: Path | None = None) -> None:
        self._folder = folder or Path(__file__).parent
        # By locale, not by language: the same words are filled with another region's dates.
        self._files = cache(self._opened)

    def render(self, notice: Notice) -> Rendered:
        """Subject and text. Raises jinja2's TemplateNotFound or UndefinedError: a mistake of ours, to be repaired."""
        if isinstance(notice, TellCustomer):
            template, language = self._customer_template(notice)
            return _split(template.render({"channel": notice.channel, **notice.params}), language)
        template = self._first(FALLBACK_LANGUAGE, _names("alerts", notice.template))
        given: dict[str, Any] = {"person": notice.person, "team": notice.team, "rung": notice.rung}
        return _split(template.render({**given, **notice.params}))

    def render_all(self, notices: tuple[TellCustomer | AlertStaff, ...]) -> Mapping[str, Rendered]:
        """The words of each notice, by its effect id."""
        return {notice.id: self.render(notice) for notice in notices}

    def page(self, **facts: Any) -> Rendered:
        """Many alerts in one: `pages/digest.j2`."""
        return _split(self._first(FALLBACK_LANGUAGE, iter(("pages/digest.j2",))).render(facts))

    def languages(self) -> tuple[str, ...]:
        """Those that there are words in."""
        return tuple(sorted(folder.name for folder in (self._folder / "messages").iterdir() if folder.is_dir()))

    def gaps(self) -> Iterator[str]:
        """What is missing: words of a message that has none of its own, or a translation of those that English has."""
        for name in NAMES:
            if not self._has(FALLBACK_LANGUAGE, name):
                yield f"messages/{FALLBACK_LANGUAGE}/{name}.j2 is missing: a rule says it, and has no words for it."
        for language in self.languages():
            # A region has only what it says otherwise than its language.
            if language != FALLBACK_LANGUAGE and language == base_of(language):
                missing = sorted(self._written(FALLBACK_LANGUAGE) - self._written(language))
                yield from (
                    f"messages/{language}/{name} is missing: translate messages/{FALLBACK_LANGUAGE}/{name}."
                    for name in missing
                )

    def _has(self, language: str, name: str) -> bool:
        return (self._folder / "messages" / language / f"{name}.j2").is_file()

    def _written(self, language: str) -> set[str]:
        return {path.name for path in (self._folder / "messages" / language).glob("*.j2")}

    def _customer_template(self, notice: TellCustomer) -> tuple[Template, str]:
        """The words, and the language that they are in: the customer's own, its plain form, or English."""
        for language in chain(notice.language):
            try:
                template = self._first(notice.language, _names(f"messages/{language}", notice.template))
            except TemplateNotFound:
                continue
            if base_of(language) == base_of(notice.language):
                return template, notice.language
            _log.warning(
                "no message %s in language %s, so %s is told in %s",
                notice.template,
                notice.language,
                notice.id,
                language,
            )
            return self._first(language, _names(f"messages/{language}", notice.template)), language
        raise TemplateNotFound(notice.template)

    def _first(self, language: str, names: Iterator[str]) -> Template:
        return self._files(str(locale_of(language))).select_template(list(names))

    def _opened(self, locale: str) -> ImmutableSandboxedEnvironment:
        """The files, read with the habits of a locale."""
        files = ImmutableSandboxedEnvironment(
            loader=FileSystemLoader(self._folder),
            undefined=StrictUndefined,
            autoescape=False,  # Plain text: there is no markup to break out of.
            trim_blocks=True,
            lstrip_blocks=True,
        )
        files.filters.update(Habits(locale_of(locale)).filters())
        return files


def untranslated(
    case_id: str, team: str, rung: Rung, notices: Iterable[Notice], words: Mapping[str, Rendered]
) -> Iterator[AlertStaff]:
    """Word to a case's team that its customer was told something in another language than theirs.

    One for a case and language, however many messages there are: its id is always the same, and is written once.
    """
    told = [notice for notice in notices if isinstance(notice, TellCustomer)]
    for notice in told:
        said_in = words[notice.id].language
        if said_in and said_in != notice.language:
            yield AlertStaff(
                id=f"{case_id}:untranslated-{base_of(notice.language)}:0",
                at=notice.at,
                template="untranslated",
                team=team,
                rung=rung,
                params={
                    "case_id": case_id,
                    "product": notice.params["product"],
                    "channel": notice.channel.value,
                    "message": notice.template,
                    "language": notice.language,
                    "said_in": said_in,
                },
            )
            return


def _names(folder: str, template: str) -> Iterator[str]:
    """From the specific to the general: `letter.holding.uk-disp`, `letter.holding`, `letter`."""
    while template:
        yield f"{folder}/{template}.j2"
        template = template.rpartition(".")[0]


def _split(rendered: str, language: str | None = None) -> Rendered:
    subject, _, text = rendered.strip().partition("\n")
    return Rendered(subject=subject.strip(), text=text.strip(), language=language)
