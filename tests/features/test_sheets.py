"""Which sheets, lines and headers of a workbook are a ledger, and what is refused of it."""

from __future__ import annotations

import struct
from datetime import date

import pytest

from features.errors import BadInput
from features.ledgers import tables_from
from tests.county import KEY, write_csv, write_workbook

openpyxl = pytest.importorskip("openpyxl")
pytest.importorskip("python_calamine")

MAPPING = """
name = "visits"
dropped = ["姓名"]
[source]
format = "excel"
key = ["户编号", "日期"]
needed = ["户编号", "日期"]
[headers]
"户编号" = ["户号"]
"健康" = ["身体"]
"支出" = ["大额支出"]
[pseudonyms]
"户编号" = "household"
[dates.seen]
column = "日期"
[known_on]
date = "seen"
assumed = false
[[table]]
name = "lines"
each = []
[table.columns]
area = { value = "v" }
valid_from = { value = "2020-01-01" }
occurred_on = { value = "2020-01-01" }
amount = { value = 7000 }
basis = { value = "per_head" }
period = { value = "year" }
currency = { value = "CNY" }
[[table]]
name = "households"
each = ["户编号"]
[table.columns]
household_id = "户编号"
occurred_on = { value = "2020-01-01" }
area = { value = "v" }
[[table]]
name = "visits"
[table.columns]
household_id = "户编号"
occurred_on = { date = "seen" }
purpose = { value = "round" }
new_illness = { column = "健康", codes = { "健康" = false, "生病" = true } }
big_spending = "支出"
food_ok = "吃"
"""
HEAD = ("户编号", "姓名", "日期", "健康", "支出（元）", "吃")
ROW = ("H1", "模拟甲", "2024-01-31", "健康", 1000, "是")


@pytest.fixture
def visits(tmp_path):
    """Return a function that reads rows, or a file, as visits by the mapping."""

    def read(given, mapping=MAPPING):
        (tmp_path / "own.toml").write_text(mapping, encoding="utf-8")
        file = write_workbook(tmp_path / "ledger.xlsx", given) if isinstance(given, list) else given
        tables, summary = tables_from([file], tmp_path / "own.toml", key=KEY)
        return tables["visits"], summary

    return read


def test_a_sheet_of_the_ledger_that_lacks_a_column_is_not_passed_over(visits, tmp_path):
    """One township's sheet with another header would be lost without a word."""
    book = openpyxl.Workbook()
    for name, head in {
        "甲乡": HEAD,
        "乙乡": ("户编号", "姓名", "哪天", *HEAD[3:]),
        "统计": ("支出", "吃"),
    }.items():
        page = book.create_sheet(name)
        page.append(list(head))
        page.append(list(ROW[: len(head)]))
    del book["Sheet"]
    book.save(tmp_path / "book.xlsx")

    assert refusals(visits, tmp_path / "book.xlsx") == [
        ("book.xlsx[乙乡]", "日期", "no such column in the file, though the mapping needs it", ())
    ]


def locked() -> bytes:
    """Return a workbook locked by a password, as small as one can be: a container with its encrypted part."""
    none, last, table = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD

    def entry(name: str, kind: int, child: int) -> bytes:
        text = name.encode("utf-16-le")
        told = struct.pack("<HBBIII", len(text) + 2, kind, 1, none, none, child)
        return text.ljust(64, b"\0") + told + bytes(36) + struct.pack("<IQ", last, 0)

    head = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16)
    head += struct.pack("<5H6x9I", 0x3E, 3, 0xFFFE, 9, 6, 0, 1, 1, 0, 4096, last, 0, last, 0)
    head += struct.pack("<109I", 0, *[none] * 108)
    directory = entry("Root Entry", 5, 1) + entry("EncryptedPackage", 2, none)
    return head + struct.pack("<128I", table, last, *[none] * 126) + directory.ljust(512, b"\0")


def refusals(read, *args) -> list[tuple[str, str, str, tuple[int, ...]]]:
    """Return what is refused, as (place, column, rule, lines)."""
    with pytest.raises(BadInput) as bad:
        read(*args)
    return [(one.table, one.column, one.rule, one.rows) for one in bad.value.breaches]


@pytest.mark.parametrize(
    "rows",
    [
        [HEAD, ROW],
        [("走访台账",), ("填报人", "", "", "日期"), (), HEAD, ROW, (), HEAD, ("合 计：", "", "", "", 1000)],
        [(" 户 編號", "姓名", "日\n期", "健康", "支出(元)", "吃"), ROW],
        [("户号", "姓名", "日期", "家庭情况", "", ""), ("", "", "", "健康", "支出(元)", "吃"), ROW],
        [("基本", "", "", "其他", "", ""), HEAD, ROW],
        [(*HEAD[:4], "支出(万元)", "吃"), (*ROW[:4], 0.1, "√")],
        [(*HEAD[:4], "支出(万元)", "吃"), (*ROW[:4], "1000元", "有")],
        [HEAD, (*ROW[:2], date(2024, 1, 31), *ROW[3:5], 1)],
        [(*HEAD, "大额支出"), (*ROW, 5)],
    ],
)
def test_headers_are_found_by_themselves(visits, rows):
    """Under titles and notes, over two lines, in traditional characters, with their units."""
    made, _ = visits(rows)

    assert made["occurred_on"].astype(str).tolist() == ["2024-01-31"]
    assert made["big_spending"].tolist() == [1000]
    assert made["new_illness"].tolist() == [0]
    assert made["food_ok"].tolist() == [1]


def test_a_row_that_looks_like_headers_is_a_row(visits):
    """A cell may say what another mapping calls a header; who has a key is a row, and not shown."""
    made, summary = visits([HEAD[:4], ROW[:4], ("H2", "吃", "2024-02-01", "健康")])

    assert made["new_illness"].tolist() == [0, 0]
    assert summary.notes.unmapped == ()
    assert summary.notes.absent == ("吃", "支出")


def test_cells_merged_downwards_are_said_of_every_row(visits, tmp_path):
    """As a household's number over the rows of its visits, or headers over both their lines."""
    book = openpyxl.Workbook()
    page = book.active
    for row in [HEAD, ("", "", "", "", "", "说明"), ROW, ("", "", "2024-02-29", "生病", 5, "否")]:
        page.append(list(row))
    for place in ("A1:A2", "B1:B2", "C1:C2", "D1:D2", "E1:E2", "A3:A4"):
        page.merge_cells(place)
    book.save(tmp_path / "merged.xlsx")
    made, _ = visits(tmp_path / "merged.xlsx")

    assert len(set(made["household_id"].tolist())) == 1
    assert made["new_illness"].tolist() == [0, 1]


def test_every_sheet_with_the_headers_is_read(visits, tmp_path):
    """Sheets of other things are named and passed over, hidden ones too; or the mapping names its sheets."""
    book = openpyxl.Workbook()
    for name, rows in {
        "一月": [HEAD, ROW],
        "二月": [HEAD, (*ROW[:2], "2024-02-29", *ROW[3:])],
        "说明": [("略",)],
    }.items():
        page = book.create_sheet(name)
        for row in rows:
            page.append(list(row))
    del book["Sheet"]
    book.copy_worksheet(book["一月"]).sheet_state = "hidden"
    book.save(tmp_path / "book.xlsx")
    made, summary = visits(tmp_path / "book.xlsx")

    assert made["occurred_on"].astype(str).tolist() == ["2024-01-31", "2024-02-29"]
    assert summary.notes.sentences == ("sheet without the needed headers, passed over: book.xlsx[说明]",)
    only = MAPPING.replace("[headers]", 'sheet = "二*"\n[headers]')
    assert visits(tmp_path / "book.xlsx", only)[0]["occurred_on"].astype(str).tolist() == ["2024-02-29"]
    none = MAPPING.replace("[headers]", 'sheet = ["三月"]\n[headers]')
    assert refusals(visits, tmp_path / "book.xlsx", none) == [
        ("book.xlsx", "", "no sheet of the name that the mapping asks for", ())
    ]


@pytest.mark.parametrize(
    ("rows", "column", "rule"),
    [
        ([("",)], "", "empty"),
        ([("甲", "乙"), (1, 2)], "", "no line has any of the mapping's headers"),
        ([HEAD[2:], ROW[2:]], "户编号", "no such column in the file, though the mapping needs it"),
        ([(*HEAD, "日期"), (*ROW, "")], "日期", "more than one column with this header"),
        (
            [HEAD, (510236199001011234, *ROW[1:])],
            "户编号",
            "broken: a long number without its last digits: the column was not kept as text",
        ),
        (
            [HEAD, ("H\ufffd", *ROW[1:])],
            "户编号",
            "broken: characters lost by an earlier program (shown as \ufffd)",
        ),
        ([HEAD, ("户(hù)1", *ROW[1:])], "户编号", "broken: readings in brackets behind the characters"),
        (
            [HEAD, ("柳池村一组".encode().decode("gb18030", "ignore"), *ROW[1:])],
            "户编号",
            "broken: text that was read in a wrong encoding before it was saved",
        ),
    ],
)
def test_what_is_no_ledger_is_refused(visits, rows, column, rule):
    """With the sheet, the column and a clear word."""
    found = refusals(visits, rows)

    assert [(place, name, why) for place, name, why, _ in found] == [("ledger.xlsx[Sheet1]", column, rule)]


@pytest.mark.parametrize(
    ("content", "rule"),
    [
        (locked(), "locked by a password: save it without one"),
        (b"", "no workbook that can be read"),
        (b"PK\x03\x04 and then nothing", "no workbook that can be read"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "no workbook that can be read"),
    ],
)
def test_a_broken_workbook_is_refused(visits, tmp_path, content, rule):
    """Whatever stands under its name."""
    (tmp_path / "broken.xlsx").write_bytes(content)

    assert refusals(visits, tmp_path / "broken.xlsx") == [("broken.xlsx", "", rule, ())]


def test_a_text_in_no_encoding_is_refused(visits, tmp_path):
    """Neither UTF-8 nor GB 18030, or no text at all."""
    (tmp_path / "text.csv").write_bytes(b"\xff\x80\x81,1\n")
    (tmp_path / "book.csv").write_bytes(b"PK\x03\x04\x00\x00")

    assert refusals(visits, tmp_path / "text.csv")[0][2] == "no text in UTF-8 or GB 18030"
    assert refusals(visits, tmp_path / "book.csv")[0][2] == "no text: is it a workbook under another name?"
    assert refusals(visits, tmp_path / "gone.csv")[0][2] == "no text in UTF-8 or GB 18030"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_a_sheet_saved_as_text_is_the_same_ledger(visits, tmp_path, encoding):
    """Rare characters too; a line is named as a spreadsheet counts it."""
    made, _ = visits(write_csv(tmp_path / "l.csv", [HEAD, ("㸆𠮷1", *ROW[1:])], encoding))

    assert made["big_spending"].tolist() == [1000]
    bad = write_csv(tmp_path / "l.csv", [("标题",), HEAD, ROW, ("H2", "", "昨天", "健康", "", "")], encoding)
    assert refusals(visits, bad)[0] == ("l.csv", "日期", "not a day, for the date seen", (4,))
    bad = write_csv(tmp_path / "l.csv", [HEAD, ("#REF!", *ROW[1:]), ("5.10236E+17", *ROW[1:])], encoding)
    assert [rule for _, _, rule, _ in refusals(visits, bad)] == [
        "broken: a long number without its last digits: the column was not kept as text",
        "broken: an error of the spreadsheet",
    ]


def test_words_in_traditional_characters_are_mended_and_counted(visits):
    """Code words only: an id is what it is, and with other characters it is another id."""
    mapping = MAPPING.replace('"生病" = true', '"患有大病" = true, "长期慢性病" = true')
    made, summary = visits(
        [HEAD, ("戶1", *ROW[1:3], "長期慢性病", 1, "是"), ("户1", *ROW[1:3], "患有大病(bìng)", 1, "是")],
        mapping,
    )

    assert made["new_illness"].tolist() == [1, 1]
    assert len(set(made["household_id"].tolist())) == 2
    assert summary.notes.sentences == ("健康: 2 cells read as if written in simplified characters",)


def test_a_pseudonym_may_be_made_of_several_columns(visits):
    """A ledger without numbers knows a household by village and name; the name is not kept."""
    mapping = MAPPING.replace(
        '"户编号" = "household"\n', '"户编号" = { kind = "household", of = ["吃", "姓名"] }\n'
    )
    mapping = mapping.replace('needed = ["户编号", "日期"]', 'needed = ["姓名", "日期"]').replace(
        'dropped = ["姓名"]\n', ""
    )
    mapping = mapping.replace('"户编号" = ["户号"]\n', "")
    rows = [HEAD[1:], ROW[1:], (" 模拟甲 ", "2024-02-01", *ROW[3:]), ("模拟乙", *ROW[2:])]
    made, _ = visits(rows, mapping)

    one, again, other = made["household_id"].tolist()
    assert one == again != other
    assert made["food_ok"].tolist() == [1, 1, 1]


def test_a_mapping_that_names_no_needed_columns_needs_all(visits):
    """As in any other format."""
    mapping = MAPPING.replace('needed = ["户编号", "日期"]\n', "")
    assert [column for _, column, _, _ in refusals(visits, [HEAD[:4], ROW[:4]], mapping)] == ["吃", "支出"]


def test_a_sheet_with_headers_alone_is_an_empty_ledger(visits):
    """Nothing happened in it."""
    made, summary = visits([HEAD])

    assert made["record_id"].size == 0
    assert summary.ledger_rows == 0
