"""Lines of a text file, plain or gzipped, within bounded memory; and what can be wrong with a file or a row."""

from __future__ import annotations

import gzip
import io
import zlib
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from pydantic import ValidationError

LONGEST_LINE = 1024 * 1024
"""In characters. A complaint's three longest texts fit; a file that is no text is not read whole for one line."""

_GZIP = b"\x1f\x8b"


class IntakeError(Exception):
    """The file cannot be read as complaints; the text names the file, what is wrong, and what to do."""


class Unreadable(NamedTuple):
    """A row that is no complaint. `line` counts from 1, and is where the row begins."""

    line: int
    reason: str


@contextmanager
def opened(file: Path) -> Generator[IO[str]]:
    """The file's text. What goes wrong while it is read, too, is raised as IntakeError."""
    try:
        with file.open("rb") as raw:
            zipped = raw.peek(2)[:2] == _GZIP
            if file.suffix == ".gz" and not zipped:
                raise IntakeError(f"{file} is named .gz and is not gzip. Rename it if it is plain text.")
            with gzip.open(raw) if zipped else raw as content:
                # Spreadsheets put a byte order mark first (-sig); a byte that is no UTF-8 spoils its own row only.
                yield io.TextIOWrapper(content, encoding="utf-8-sig", errors="surrogateescape", newline="")
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise IntakeError(
            f"{file} is damaged gzip ({error}). What came before has been read; fetch it anew."
        ) from error
    except OSError as error:
        raise IntakeError(f"{file} cannot be read ({error.strerror}). Check its name and permissions.") from error


def numbered(text: IO[str]) -> Iterator[tuple[int, str | Unreadable]]:
    """Each line with its number from 1; one longer than LONGEST_LINE is passed over and reported."""
    number = 0
    while line := text.readline(LONGEST_LINE):
        number += 1
        if line.endswith("\n") or len(line) < LONGEST_LINE:
            yield number, line
            continue
        while not line.endswith("\n") and (line := text.readline(LONGEST_LINE)):
            pass
        yield number, Unreadable(number, f"the line is longer than {LONGEST_LINE:,} characters")


def said(invalid: ValidationError) -> str:
    """What is wrong with a row, on one line."""
    wrong = invalid.errors(include_url=False, include_input=False)
    return "; ".join(f"{'.'.join(str(step) for step in error['loc']) or 'row'}: {error['msg']}" for error in wrong)
