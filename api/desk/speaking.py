"""The customer's page in their language: its templates, the words of gettext catalogues, and how times are written.

The templates and `api.desk.wishes` say everything in English; `translations/<language>.po` has it in another one, and
`tests/desk/test_translations.py` says what is missing there. Nothing is compiled beforehand: a catalogue is small, and
read once, as it is written. Knows no case; how a language writes a time is `policies.languages`' to know.
"""

from __future__ import annotations

import io
from functools import cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from babel import negotiate_locale
from babel.dates import get_timezone_name
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import NullTranslations, Translations
from fastapi import Request
from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from api.desk import pages
from api.problems import Away, Forbidden, Problem, RateLimited, Unauthenticated, UnknownCase
from policies.languages import FALLBACK_LANGUAGE, Habits, chain, locale_of

HERE = Path(__file__).parent
FOLDER = HERE / "translations"


def languages() -> tuple[str, ...]:
    """Those that there are words in."""
    return (FALLBACK_LANGUAGE, *sorted(path.stem for path in FOLDER.glob("*.po")))


def preferred(accepted: str | None) -> str:
    """The first that a browser accepts (`Accept-Language`) and that there are words in; for who is not known yet."""
    wanted = [part.partition(";")[0].strip().lower() for part in (accepted or "").split(",")]
    return negotiate_locale(wanted, languages(), sep="-") or FALLBACK_LANGUAGE


def rendered(template: str, language: str, status: int = 200, **context: Any) -> HTMLResponse:
    """The page in that language, or in English where there are no words in it; times as that region writes them."""
    spoken = next(each for each in chain(language) if each in languages())
    # English words go with English dates; German ones with those of Austria, if that is where the reader is.
    region = language if language.startswith(spoken) else spoken
    locale = str(locale_of(region))
    known = {"language": spoken, "locale": locale.replace("_", "-")}
    page = _files(spoken, locale).get_template(f"customer/{template}.html").render(known | context)
    return HTMLResponse(page, status, dict(pages.HEADERS))


def is_customers(request: Request) -> bool:
    """Whether it is a customer who asks: they see a page, whatever is wrong."""
    return request.url.path.startswith("/complaints/")


def refused(request: Request, problem: Problem) -> HTMLResponse:
    """What a customer sees instead of their page, and what they can do. No word of ours says more than they know."""
    language = preferred(request.headers.get("accept-language"))
    page = rendered("refused", language, int(problem.status), why=_why(problem))
    page.headers.update({name: value for name, value in problem.headers.items() if name != "WWW-Authenticate"})
    return page


def _why(problem: Problem) -> str:
    match problem:
        case Unauthenticated():
            reason = problem.details.get("reason")
            return reason if reason in ("expired", "link_over", "no_token") else "wrong"
        case UnknownCase():
            return "wrong"
        case Forbidden():
            return "another_origin" if problem.details.get("reason") == "origin" else "wrong"
        case RateLimited():
            return "too_often"
        case Away():
            return "away"
        case _ if problem.code == "archived":
            return "link_over"
        case _:
            return "broken"


def zone_name(zone: ZoneInfo, language: str) -> str:
    """What people of that language call a zone: `Central European Time`."""
    return get_timezone_name(zone, locale=locale_of(language)) if zone.key != "UTC" else "UTC"


@cache
def words(language: str) -> NullTranslations:
    """The catalogue of one of the `languages`."""
    if language == FALLBACK_LANGUAGE:
        return NullTranslations()
    with (FOLDER / f"{language}.po").open("rb") as written:
        catalogue = read_po(written, locale=language)
    compiled = io.BytesIO()
    write_mo(compiled, catalogue)
    compiled.seek(0)
    return Translations(compiled)


@cache
def _files(language: str, locale: str) -> Environment:
    """The templates with the words of a language and the habits of a locale."""
    files = Environment(
        loader=FileSystemLoader(HERE / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n"],
    )
    known = words(language)
    files.policies["ext.i18n.trimmed"] = True
    files.install_gettext_callables(known.gettext, known.ngettext, newstyle=True)  # pyright: ignore
    files.filters.update(Habits(locale_of(locale)).filters())
    ours: dict[str, Any] = {"asset": pages.asset}
    files.globals.update(ours)
    return files
