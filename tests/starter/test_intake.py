"""Complaints out of files: what can be read is, what cannot is said with its line."""

from __future__ import annotations

import csv
import gzip
import io
import json
import tracemalloc
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from cases.complaint import Complaint
from cases.words import Channel
from starter.intake import Format, IntakeError, Unreadable, read

CFPB = Path(__file__).parents[3] / "shared/data/cfpb/cfpb_full_dev.csv.gz"
COLUMNS = ("complaint_id", "date_received", "product", "issue", "narrative", "submitted_via", "company")
ROW = {
    "complaint_id": "75172",
    "date_received": "2012-05-10",
    "product": "Credit card",
    "issue": "Billing",
    "narrative": "",
    "submitted_via": "Web",
    "company": "A bank",
}
BODY: dict[str, Any] = {
    "source": "shop",
    "reference": "1",
    "channel": "web",
    "product": "Card",
    "text": "Late",
    "customer": {"id": "c"},
}


def cfpb(path: Path, *rows: dict[str, str]) -> Path:
    text = io.StringIO()
    writer: csv.DictWriter[str] = csv.DictWriter(text, COLUMNS)
    writer.writeheader()
    writer.writerows([ROW | row for row in rows])
    path.write_text(text.getvalue())
    return path


def jsonl(path: Path, *lines: Any) -> Path:
    path.write_bytes(b"\n".join(line if isinstance(line, bytes) else json.dumps(line).encode() for line in lines))
    return path


def test_a_row_of_the_cfpb_becomes_a_complaint(tmp_path: Path):
    (complaint,) = read(cfpb(tmp_path / "a.csv", {"narrative": "Charged\ntwice, and\nnobody answers"}), Format.CFPB)
    assert isinstance(complaint, Complaint)
    assert (complaint.source, complaint.reference, complaint.customer.id) == ("cfpb", "75172", "cfpb-75172")
    assert complaint.text == "Charged\ntwice, and\nnobody answers"
    assert complaint.received_at == datetime(2012, 5, 10, tzinfo=UTC)


def test_without_a_narrative_product_and_issue_are_the_text(tmp_path: Path):
    (complaint,) = read(cfpb(tmp_path / "a.csv", {}), Format.CFPB)
    assert isinstance(complaint, Complaint)
    assert complaint.text == "Credit card: Billing"


@pytest.mark.parametrize(
    ("via", "channel"),
    [
        ("Web", Channel.WEB),
        ("Referral", Channel.WEB),
        ("Fax", Channel.LETTER),
        ("Postal mail", Channel.LETTER),
        ("Phone", Channel.PHONE),
        ("Email", Channel.EMAIL),
    ],
)
def test_how_it_was_submitted_is_its_channel(tmp_path: Path, via: str, channel: Channel):
    (complaint,) = read(cfpb(tmp_path / "a.csv", {"submitted_via": via}), Format.CFPB)
    assert isinstance(complaint, Complaint)
    assert complaint.channel is channel


def test_a_row_that_cannot_be_read_is_said_with_its_line_and_the_rest_go_on(tmp_path: Path):
    file = cfpb(
        tmp_path / "a.csv",
        {"narrative": "over\ntwo lines"},
        {"submitted_via": "Pigeon"},
        {"date_received": "May 2012"},
        {"narrative": "x" * 70_000},
        {"complaint_id": ""},
        {"complaint_id": "last"},
    )
    with file.open("a") as more:
        more.write("only,three,columns\n")
    good, *bad, last, short = read(file, Format.CFPB)
    assert isinstance(good, Complaint)
    assert isinstance(last, Complaint)
    assert [(row.line, row.reason.split(":")[0]) for row in bad if isinstance(row, Unreadable)] == [
        (4, "submitted_via"),
        (5, "date_received"),
        (6, "text"),
        (7, "reference"),
    ]
    assert short == Unreadable(9, "the row has 3 columns, the header 7")


def test_a_quote_that_never_closes_spoils_no_row_before_it(tmp_path: Path):
    file = cfpb(tmp_path / "a.csv", {})
    with file.open("a") as more:
        more.write('1,2012-05-10,Card,Billing,"never closed,Web,A bank\n')
    good, bad = read(file, Format.CFPB)
    assert isinstance(good, Complaint)
    assert isinstance(bad, Unreadable)
    assert (bad.line, "CSV" in bad.reason) == (3, True)


def test_lines_of_json_that_are_no_complaints_are_said(tmp_path: Path):
    file = jsonl(
        tmp_path / "a.jsonl", BODY, b"", b"nope", [1], BODY | {"mood": "bad"}, b"\xff{}", b"y" * 2_500_000, BODY
    )
    first, *bad, last = read(file, Format.JSONL)
    assert isinstance(first, Complaint)
    assert isinstance(last, Complaint)
    assert [row.line for row in bad if isinstance(row, Unreadable)] == [3, 4, 5, 6, 7]


def test_now_counts_every_complaint_as_received_now(tmp_path: Path):
    now = datetime(2026, 3, 1, 9, tzinfo=UTC)
    for file, form in (
        (cfpb(tmp_path / "a.csv", {}), Format.CFPB),
        (jsonl(tmp_path / "a.jsonl", BODY), Format.JSONL),
    ):
        (complaint,) = read(file, form, now)
        assert isinstance(complaint, Complaint)
        assert complaint.received_at == now


def test_gzip_is_known_by_its_content_and_a_byte_order_mark_is_no_column(tmp_path: Path):
    plain = cfpb(tmp_path / "a.csv", {}).read_bytes()
    (tmp_path / "zipped").write_bytes(gzip.compress(b"\xef\xbb\xbf" + plain))
    (complaint,) = read(tmp_path / "zipped", Format.CFPB)
    assert isinstance(complaint, Complaint)


def test_a_file_that_is_none_says_which_and_why(tmp_path: Path):
    (tmp_path / "plain.csv.gz").write_text("complaint_id\n")
    (tmp_path / "other.csv").write_text("a,b\n1,2\n")
    (tmp_path / "empty.csv").write_text("")
    for name, said in {
        "none.csv": "No such file",
        "plain.csv.gz": "is not gzip",
        "other.csv": "lacks the columns complaint_id",
        "empty.csv": "lacks the columns complaint_id",
        ".": "Is a directory",
    }.items():
        with pytest.raises(IntakeError, match=said) as error:
            list(read(tmp_path / name, Format.CFPB))
        assert str(tmp_path) in str(error.value)


def test_damaged_gzip_gives_what_came_before_the_damage(tmp_path: Path):
    whole = cfpb(tmp_path / "a.csv", *({"complaint_id": str(n)} for n in range(20_000))).read_bytes()
    zipped = gzip.compress(whole)
    (tmp_path / "cut.csv.gz").write_bytes(zipped[: len(zipped) // 2])
    rows = read(tmp_path / "cut.csv.gz", Format.CFPB)
    before = [next(rows) for _ in range(1000)]
    assert all(isinstance(row, Complaint) for row in before)
    with pytest.raises(IntakeError, match="damaged gzip"):
        list(rows)


def test_a_large_file_is_never_in_memory(tmp_path: Path):
    file = jsonl(tmp_path / "large.jsonl", *([BODY | {"text": "x" * 1000}] * 5000))
    tracemalloc.start()
    try:
        assert sum(1 for _ in read(file, Format.JSONL)) == 5000
        assert tracemalloc.get_traced_memory()[1] < file.stat().st_size / 5
    finally:
        tracemalloc.stop()


@pytest.mark.skipif(not CFPB.exists(), reason="the shared CFPB complaints are not on this machine")
def test_every_row_of_the_real_file_is_read():
    rows = list(read(CFPB, Format.CFPB))
    assert len(rows) == 8788
    assert all(isinstance(row, Complaint) for row in rows)
    assert len({row.case_id for row in rows if isinstance(row, Complaint)}) == 8788
