"""What the default policy's suggestions find and miss in real sentences. `python -m benchmarks.suggestions FILE`.

FILE is JSON lines, perhaps gzipped: `complaint_id`, `sentence_no`, `text`, and `cues`, labels that regular expressions
gave and that are right about half of the time. The yardstick is what a person says of a sample of them, kept as ids and
verdicts only: the texts are somebody else's. `--sample 200` draws such a sample, for a person to judge.
"""

from __future__ import annotations

import argparse
import csv
import gzip
import json
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from cases.phrases import found_among, sentences
from cases.plan import SuggestionTerms
from cases.words import Suggested
from policies import load

HERE = Path(__file__).parents[1]
POLICY = HERE / "policies" / "default.toml"
YARDSTICK = HERE / "tests" / "data" / "suggestions_yardstick.csv"

SEED = 20261123

CUES: dict[Suggested, tuple[str, ...]] = {
    Suggested.ASKS_FOR_MANAGER: ("asks_for_supervisor",),
    Suggested.LEGAL_STEP: ("legal_threat_or_counsel", "regulator_or_press"),
    Suggested.VULNERABLE_CUSTOMER: ("vulnerability",),
    Suggested.REPEATED_CONTACT: ("repeat_contact",),
}
"""The weak labels that come closest to a reason; threat and abuse have none."""


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence, and the labels that it came with."""

    complaint_id: str
    number: int
    text: str
    cues: frozenset[str]

    @property
    def key(self) -> tuple[str, int]:
        """What names it."""
        return self.complaint_id, self.number

    @property
    def for_judging(self) -> bool:
        """Whether it is of the half that the rules were not written by: complaints with odd numbers."""
        return int(self.complaint_id) % 2 == 1


class Verdict(NamedTuple):
    """What a person says of a sentence: which reasons it gives. `stratum` is how it came into the sample."""

    stratum: str
    reasons: frozenset[Suggested]


class Figures(NamedTuple):
    """How often a rule is right, and how much it finds, of what is known."""

    found: int
    meant: int
    both: int

    @property
    def precision(self) -> float | None:
        """The share of what it found that was meant."""
        return self.both / self.found if self.found else None

    @property
    def recall(self) -> float | None:
        """The share of what was meant that it found."""
        return self.both / self.meant if self.meant else None


def read(path: Path) -> list[Sentence]:
    """The sentences of a file."""
    content = path.read_bytes()
    text = (gzip.decompress(content) if path.suffix == ".gz" else content).decode("utf-8")
    rows = [json.loads(line) for line in text.split("\n") if line.strip()]
    return [Sentence(row["complaint_id"], row["sentence_no"], row["text"], frozenset(row["cues"])) for row in rows]


def verdicts(path: Path = YARDSTICK) -> dict[tuple[str, int], Verdict]:
    """The yardstick."""
    with path.open(encoding="utf-8", newline="") as lines:
        return {
            (row["complaint_id"], int(row["sentence_no"])): Verdict(
                row["stratum"], frozenset(map(Suggested, row["reasons"].split()))
            )
            for row in csv.DictReader(lines)
        }


def rules() -> tuple[SuggestionTerms, ...]:
    """Those of the default policy."""
    return load(POLICY).terms.suggestions


def suggested(text: str, of: Sequence[SuggestionTerms]) -> dict[Suggested, list[str]]:
    """Which reasons a text suggests, with the words."""
    spoken = sentences(text)
    found = {rule.reason: found_among(text, spoken, rule.words, rule.unless) for rule in of}
    return {reason: words for reason, words in found.items() if words}


def by_labels(known: Sequence[Sentence], of: Sequence[SuggestionTerms]) -> dict[Suggested, Figures]:
    """Against the weak labels, for the reasons that have any."""
    found = [suggested(sentence.text, of) for sentence in known]
    return {
        reason: _figures(
            [reason in words for words in found], [not sentence.cues.isdisjoint(cues) for sentence in known]
        )
        for reason, cues in CUES.items()
    }


def by_verdicts(
    known: Sequence[Sentence], judged: dict[tuple[str, int], Verdict], of: Sequence[SuggestionTerms]
) -> dict[Suggested, Figures]:
    """Against the yardstick. Recall is of the sample, which was not drawn evenly, and so says less than precision."""
    sample = [sentence for sentence in known if sentence.key in judged]
    found = [suggested(sentence.text, of) for sentence in sample]
    return {
        reason: _figures(
            [reason in words for words in found], [reason in judged[sentence.key].reasons for sentence in sample]
        )
        for reason in Suggested
    }


def _figures(found: Sequence[bool], meant: Sequence[bool]) -> Figures:
    both = sum(one and other for one, other in zip(found, meant, strict=True))
    return Figures(sum(found), sum(meant), both)


def sample(
    known: Sequence[Sentence], of: Sequence[SuggestionTerms], size: int, seed: int
) -> list[tuple[str, Sentence]]:
    """Sentences to judge, of the half kept for it: half of them found by a rule, evenly over the rules; three tenths
    labelled but not found; the rest from all others."""
    drawn: dict[tuple[str, int], tuple[str, Sentence]] = {}
    chance = random.Random(seed)
    kept = sorted((sentence for sentence in known if sentence.for_judging), key=lambda sentence: sentence.key)
    chance.shuffle(kept)
    found = {sentence.key: suggested(sentence.text, of) for sentence in kept}
    labels = {cue for cues in CUES.values() for cue in cues}

    def take(stratum: str, pool: Iterator[Sentence], upto: int) -> None:
        for sentence in pool:
            if len(drawn) >= upto:
                return
            drawn.setdefault(sentence.key, (stratum, sentence))

    finding = [reason for reason in Suggested if any(reason in words for words in found.values())]
    for place, reason in enumerate(finding, start=1):
        share = round(size * 0.5 * place / len(finding))
        take("found", (one for one in kept if reason in found[one.key]), share)
    take("found", (one for one in kept if found[one.key]), round(size * 0.5))
    missed = (one for one in kept if not found[one.key] and one.cues & labels)
    take("missed", missed, round(size * 0.8))
    take("other", (one for one in kept if not found[one.key] and not one.cues & labels), size)
    return list(drawn.values())


def table(figures: dict[Suggested, Figures], against: str) -> str:
    """The figures as markdown."""
    lines = [f"| suggestion | found | {against} | both | precision | recall |", "| --- | --- | --- | --- | --- | --- |"]
    for reason, one in figures.items():
        shares = " | ".join("–" if share is None else f"{share:.0%}" for share in (one.precision, one.recall))
        lines.append(f"| `{reason}` | {one.found} | {one.meant} | {one.both} | {shares} |")
    return "\n".join(lines)


def main() -> None:
    """Prints both tables, or a sample."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("file", type=Path, help="sentences as JSON lines, perhaps gzipped")
    parser.add_argument("--sample", type=int, metavar="N", help="print N sentences to judge instead")
    parser.add_argument("--seed", type=int, default=SEED)
    given = parser.parse_args()
    known, of = read(given.file), rules()
    if given.sample:
        print(f"# seed {given.seed}")
        for stratum, one in sample(known, of, given.sample, given.seed):
            print(f"{one.complaint_id},{one.number},{stratum},{' '.join(suggested(one.text, of))}\t{one.text}")
        return
    print(f"{len(known)} sentences of {given.file.name}, against the labels of regular expressions:\n")
    print(table(by_labels(known, of), "labelled"))
    judged = verdicts()
    print(f"\n{len(judged)} of them, judged by a person (seed {SEED}):\n")
    print(table(by_verdicts(known, judged, of), "meant"))


if __name__ == "__main__":
    main()
