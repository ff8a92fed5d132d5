"""Phrases that a policy looks for in somebody's words, and where a text has them.

A phrase is words in a row: `a|b` is either, `manag*` any word that begins so, `your?` may be missing, and `...` stands
for up to three words. A sentence that also has an *unless* phrase does not count. Knows no reason for which anything is
looked for (`cases.suggesting`), and is no pattern language: a workflow has two seconds to think, so the work grows with
the words of the text and of the phrases, never with the ways to read one as the other, and only so much is read.
"""

from __future__ import annotations

import re
from collections.abc import Sequence, Set
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice
from typing import NamedTuple

GAP = 3
"""How many words `...` may stand for."""

LONGEST = 16
"""The most words that a phrase may have."""

GAPS = 5
"""How many `...` a phrase may have."""

READ = 4_000
"""How many words of a text are read. The longest of 8,788 complaints has 21,928 characters, about as many."""

_WORD = re.compile(r"\w+?\s?n['’]t\b|\w+(?:['’]\w+)*")
_END = re.compile(r"[.!?;]+(?=\s|$)|\n+")
_ALTERNATIVE = re.compile(r"\w+(?:'\w+)*|\w{3,}\*")


@dataclass(frozen=True, slots=True)
class Part:
    """One word of a phrase. `gap` stands for so many words at most; otherwise one of `words`, or of `beginnings`."""

    words: frozenset[str] = frozenset()
    beginnings: tuple[str, ...] = ()
    optional: bool = False
    gap: int = 0

    def fits(self, word: str) -> bool:
        """Whether the word is one of those."""
        return word in self.words or (bool(self.beginnings) and word.startswith(self.beginnings))

    def is_among(self, words: Set[str]) -> bool:
        """Whether any of the words is one of those."""
        if not self.words.isdisjoint(words):
            return True
        return bool(self.beginnings) and any(word.startswith(self.beginnings) for word in words)


class Spoken(NamedTuple):
    """A word of a text, as it is compared, and where it stands there."""

    word: str
    begins: int
    ends: int


class Wanted(NamedTuple):
    """Phrases that are looked for together, by what they may begin with. Few words begin any of them."""

    by_word: dict[str, tuple[tuple[Part, ...], ...]]
    by_beginning: tuple[tuple[str, tuple[Part, ...]], ...]
    beginnings: tuple[str, ...]

    def candidates(self, word: str) -> tuple[tuple[Part, ...], ...]:
        """Those that a word may begin."""
        found = self.by_word.get(word, ())
        if word.startswith(self.beginnings):
            found += tuple(parts for start, parts in self.by_beginning if word.startswith(start))
        return found


def parsed(phrase: str) -> tuple[Part, ...]:
    """The parts of a phrase. Raises ValueError, saying what to write instead."""
    written = phrase.casefold().replace("’", "'").split()
    parts = tuple(map(_part, written))
    if not parts or len(parts) > LONGEST:
        raise ValueError(f"write 1 to {LONGEST} words")
    if any(part.optional or part.gap for part in (parts[0], parts[-1])):
        raise ValueError("begin and end it with a word that must be there, without `?` and `...`")
    if sum(part.gap > 0 for part in parts) > GAPS:
        raise ValueError(f"write `...` {GAPS} times at most")
    return parts


def _part(written: str) -> Part:
    if written == "...":
        return Part(gap=GAP, optional=True)
    alternatives = written.removesuffix("?").split("|")
    if not all(_ALTERNATIVE.fullmatch(word) for word in alternatives):
        raise ValueError(
            f"{written!r} is no word: letters and figures only, `|` between words, `*` after three letters or more"
        )
    return Part(
        words=frozenset(word for word in alternatives if not word.endswith("*")),
        beginnings=tuple(word.removesuffix("*") for word in alternatives if word.endswith("*")),
        optional=written.endswith("?"),
    )


def sentences(text: str) -> list[list[Spoken]]:
    """The words of each sentence of a text, as far as it is read."""
    ends = [found.end() for found in _END.finditer(text)]
    spoken: list[list[Spoken]] = []
    begins, left = 0, READ
    for end in [*ends, len(text)]:
        words = [_spoken(found) for found in islice(_WORD.finditer(text, begins, end), left)]
        left -= len(words)
        if words:
            spoken.append(words)
        begins = end
    return spoken


def _spoken(found: re.Match[str]) -> Spoken:
    # "did n't", as some systems take texts apart, is "didn't".
    word = "".join(found[0].split()).casefold().replace("’", "'")
    return Spoken(word, found.start(), found.end())


def found_in(text: str, phrases: tuple[str, ...], unless: tuple[str, ...] = ()) -> list[str]:
    """The words of a text that fit a phrase, as they were written, without those in a sentence that is excused."""
    return found_among(text, sentences(text), phrases, unless)


def found_among(
    text: str, spoken: Sequence[Sequence[Spoken]], phrases: tuple[str, ...], unless: tuple[str, ...] = ()
) -> list[str]:
    """The same of a text whose sentences are known, for who looks for several things in it."""
    wanted = _wanted(phrases)
    found: list[str] = []
    for sentence in spoken:
        hits = _hits(sentence, wanted)
        if hits and not (unless and _hits(sentence, _wanted(unless))):
            found += [" ".join(text[sentence[first].begins : sentence[last].ends].split()) for first, last in hits]
    return found


def _hits(sentence: Sequence[Spoken], wanted: Wanted) -> list[tuple[int, int]]:
    """First and last word of each place where a phrase fits; no two of them overlap."""
    hits: list[tuple[int, int]] = []
    by_word, beginnings = wanted.by_word, wanted.beginnings
    words = {spoken.word for spoken in sentence}
    if by_word.keys().isdisjoint(words) and not any(word.startswith(beginnings) for word in words):
        return hits
    for place, (word, _, _) in enumerate(sentence):
        if word not in by_word and not word.startswith(beginnings):
            continue
        if hits and place <= hits[-1][1]:
            continue
        ends = [
            end
            for parts in wanted.candidates(word)
            # Where nothing could end it, it need not be followed.
            if parts[-1].is_among(words) and (end := _end(sentence, place, parts)) is not None
        ]
        if ends:
            hits.append((place, max(ends) - 1))
    return hits


def _end(sentence: Sequence[Spoken], place: int, parts: tuple[Part, ...]) -> int | None:
    """Behind which word the phrase ends that begins at `place`; None if it does not fit there.

    All ways to read it so far are followed at once, as the set of places where the next part may stand.
    """
    places = {place}
    for part in parts:
        if part.gap:
            places = {at + skipped for at in places for skipped in range(part.gap + 1)}
            continue
        fitting = {at + 1 for at in places if at < len(sentence) and part.fits(sentence[at].word)}
        places = places | fitting if part.optional else fitting
        if not places:
            return None
    return min(places)


@lru_cache(maxsize=256)
def _wanted(phrases: tuple[str, ...]) -> Wanted:
    by_word: dict[str, tuple[tuple[Part, ...], ...]] = {}
    by_beginning: list[tuple[str, tuple[Part, ...]]] = []
    for parts in map(parsed, phrases):
        for word in sorted(parts[0].words):
            by_word[word] = (*by_word.get(word, ()), parts)
        by_beginning += [(beginning, parts) for beginning in parts[0].beginnings]
    return Wanted(by_word, tuple(by_beginning), tuple(dict.fromkeys(start for start, _ in by_beginning)))
