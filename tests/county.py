"""A county's ledgers in the layouts of their offices, of three made-up households (模拟)."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from features.contract import Tables
from features.files import read_tables
from features.ledgers.numbers import _check_digit
from features.tables import TABLES

KEY = b"a key for tests, sixteen or more"

Row = Sequence[object]


def number(born: str, order: int) -> str:
    """Return an id number that nobody has: there is no place 990000."""
    digits = f"990000{born}{order:03d}"
    return digits + _check_digit(digits)


HOUSES = ("9900000000000001", "9900000000000002", "9900000000000003")
NAMES = ("模拟甲", "模拟乙", "模拟丙", "模拟丁")
PHONE = "19900001111"
HEAD, SPOUSE, CHILD, OTHER = (
    number("19700101", 1),
    number("19720305", 2),
    number("20150909", 3),
    number("19800817", 5),
)
STRANGER = number("19600606", 7)
PRIVATE = (*HOUSES, *NAMES, PHONE, HEAD, SPOUSE, CHILD, OTHER, STRANGER)
"""What must be found nowhere behind the door."""

MONITORING = (
    "序号|县|乡镇|行政村|组|户编号|人编号|姓名|证件号码|与户主关系|家庭人口|民族|文化程度|在校生状况|健康状况|劳动技能|"
    "务工时间(月)|致贫原因|风险类型|家庭人均纯收入（元）|联系电话|识别时间|户类型|监测对象类型|风险是否消除|"
    "风险消除时间|是否参加城乡居民基本医疗保险"
)


def cells(row: str) -> Row:
    """Return a row that is written with bars between its cells; short numbers are numbers."""
    return [int(cell) if cell.isdigit() and len(cell) < 9 else cell for cell in row.split("|")]


def monitoring(income: object = 9000, health: str = "长期慢性病,残疾", eliminated: str = "") -> list[Row]:
    """Return the monitoring ledger under its title, of three households."""
    place, person = "模拟县|模拟乡|模拟村|1组", "普通劳动力|8"
    gone = f"是|{eliminated}" if eliminated else "否|"
    first = f"缺技术|因病，因学|{income}|{PHONE}|202305|脱贫户|脱贫不稳定户|{gone}|是"
    second = "||6500||2023年9月|一般农户|边缘易致贫户|否||√"
    third = "||12000|||一般农户||||否"
    one, two, three = (f"{place}|{house}" for house in HOUSES)
    rows = [
        "防返贫监测对象台账（模拟）",
        "填报单位：模拟县|||填报日期：2023年12月",
        MONITORING,
        f"1|{one}|1|{NAMES[0]}|{HEAD}|户主|3|汉族|小学|非在校生|{health}|{person}|{first}",
        f"2|{one}|2|{NAMES[1]}|{SPOUSE}|配偶|3|汉族|初中|非在校生|健康|{person}|{first}",
        f"3|{one}|3|{NAMES[2]}|{CHILD}|之子|3|汉族||小学|健康|无劳动力|0|{first}",
        f"4|{two}|4|{NAMES[3]}|{OTHER}|户主|1|汉族|文盲或半文盲|非在校生|患有大病|丧失劳动力|0|{second}",
        f"5|{three}|5|{NAMES[3]}|{number('19550101', 9)}|户主|1|汉族|小学||健康|{person}|{third}",
        "合计||||||||||5",
    ]
    return [cells(row) for row in rows]


def lines() -> list[Row]:
    """Return the table of lines."""
    rows = [
        "地区|执行日期|监测线（元）|发文日期",
        "模拟县|2022-01-01|6500|2021-12-20",
        "模拟县|2023-01-01|7000|2022-12-28",
        "模拟县|2024-01-01|7,500|2024年3月14日",
    ]
    return [cells(row) for row in rows]


def settlements(self_paid: object = "1.2万") -> list[Row]:
    """Return medical settlements under a heading of two lines, with a person who is in no household."""
    rows = [
        "医疗费用结算明细",
        "姓名|身份证号|结算单号|结算时间|医疗费用|||推送日期|疾病名称|是否大病",
        "||||总费用|报销金额|个人自付|||",
        f"{NAMES[0]}|{HEAD}|JS001|2024-02-03|40000|28,000元|{self_paid}|2024-03-10|肺癌|是",
        f"{NAMES[3]}|{OTHER.lower()}|JS002|2024/4/5|3000|2000|1000||感冒|否",
        f"{NAMES[1]}|{STRANGER}|JS003|2024.4.6|100|0|100||感冒|否",
    ]
    return [cells(row) for row in rows]


def employments(end: str = "") -> list[Row]:
    """Return the employment ledger; the head's job may have ended."""
    state = "失业" if end else "已就业"
    rows = [
        "姓名|公民身份号码|务工状态|就业渠道|务工区域|务工开始时间|务工结束时间|月收入(元)|是否签订劳动合同",
        f"{NAMES[0]}|{HEAD}|{state}|企业就业|省外|202401|{end}|4500元|有",
        f"{NAMES[1]}|{SPOUSE}|已就业|公益性岗位|县内|2024-03-15||800|×",
    ]
    return [cells(row) for row in rows]


def visits() -> list[Row]:
    """Return visit records; nobody visited the third household."""
    rows = [
        "户编号|户主姓名|走访时间|录入时间|走访方式|不愁吃|不愁穿|住房安全|饮水安全|是否新增疾病|大额支出(万元)|走访情况",
        f"{HOUSES[0]}|{NAMES[0]}|2024-05-06 09:30|2024-05-07|入户|√|√|是|有|是|1.2|家里有病人",
        f"{HOUSES[1]}|{NAMES[3]}|45446||电话|√|×|1|0|否||",
    ]
    return [cells(row) for row in rows]


def decisions() -> list[Row]:
    """Return what a meeting decided."""
    rows = [
        "研判会结果",
        "户编码|户主姓名|会议时间|审定结果|监测对象类别|返贫致贫风险|识别渠道|入户核查时间|是否属实|是否存在风险",
        f"{HOUSES[2]}|{NAMES[3]}|2024-06-20|纳入监测|突发严重困难户|因灾|农户自主申报|2024-06-12|属实|是",
        f"{HOUSES[0]}|{NAMES[0]}|2024-06-20|风险消除|脱贫不稳定户|||||",
    ]
    return [cells(row) for row in rows]


def write_workbook(
    file: Path, rows: Sequence[Row], sheet: str = "Sheet1", before: Sequence[str] = ()
) -> Path:
    """Write rows to a sheet, the first merged where it is a title, behind other sheets."""
    import openpyxl

    book = openpyxl.Workbook()
    for name in before:
        book.create_sheet(name).append(["说明"])
    del book["Sheet"]
    page = book.create_sheet(sheet)
    for row in rows:
        page.append(list(row))
    if len(rows[0]) == 1:
        page.merge_cells(start_row=1, end_row=1, start_column=1, end_column=6)
    book.save(file)
    return file


def write_csv(file: Path, rows: Sequence[Row], encoding: str = "utf-8") -> Path:
    """Write rows as a spreadsheet saves them."""
    width = max(map(len, rows))
    text = io.StringIO()
    csv.writer(text).writerows([*row, *[""] * (width - len(row))] for row in rows)
    file.write_bytes(text.getvalue().encode(encoding))
    return file


def told(tables: Tables, table: str, column: str) -> list[str]:
    """Return codes by their ids, "" where missing."""
    codes = [code.id for code in TABLES[table].column(column).codes]
    return [codes[value] if value >= 0 else "" for value in tables[table][column].tolist()]


def sizes(folder: Path) -> Counter[str]:
    """Return the rows of every table of a folder."""
    return Counter({name: facts["record_id"].size for name, facts in read_tables(folder).items()})


def content(folder: Path) -> dict[str, bytes]:
    """Return every file of a folder."""
    return {file.name: file.read_bytes() for file in sorted(folder.iterdir())}


AFTERWARDS = {
    "medical-settlements": (settlements, (), {"expenses": 6}),
    "employment-ledger": (employments, ("--known-on", "2024-06-30"), {"employments": 2}),
    "visit-records": (visits, (), {"visits": 2}),
    "meeting-decisions": (decisions, (), {"monitoring": 2, "verifications": 1}),
}
"""Ledgers that speak of households imported before: their rows, further words, and what they become."""
