"""The report as one page: Chinese for the county's clerks, to read and to print, without any record on it."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from training.quality.figures import around_line, strip
from training.quality.finding import FEWEST, Figure, Finding, Part
from training.quality.report import SUBJECTS, Quality
from training.quality.words import KEYS, MORE, NOWHERE, STATES, further, name_of, named, percent, valued

MOST_NAMED = 6
MOST_ROWS = 50
SHOWN = {
    "income_years": ("year",),
    "open_items": ("column",),
    "member_items": ("column",),
    "round_incomes": ("account", "kind"),
    "copied_incomes": ("year",),
    "repeated_warnings": ("kind",),
    "repeated_facts": ("table",),
    "unmatched_persons": ("table", "source"),
    "not_found": ("source",),
    "late_facts": ("table", "source"),
    "assumed_days": ("table", "source"),
    "turn_of_year": ("table", "source"),
    "after_warnings": ("purpose", "warned", "monitored"),
}
"""By what the parts of a finding are shown as a table."""
TIMELY = ("no_income", "stale_income", "stale_people", "open_items", "not_visited_4m", "late_facts")
"""What the table of townships shows: completeness and timeliness."""
STYLE = """
@page { size: A4; margin: 14mm; }
body { font: 14px/1.5 system-ui, "Noto Sans CJK SC", "Microsoft YaHei", sans-serif; color: #202020;
  max-width: 60rem; margin: 1.5rem auto; padding: 0 1rem; }
h1 { font-size: 1.5rem; margin-bottom: .2rem; } h3 { font-size: 1rem; margin: 0; }
h2 { font-size: 1.15rem; margin: 1.8rem 0 .4rem; break-after: avoid; border-bottom: 2px solid #202020; }
small, .en { color: #5a5a5a; font-weight: 400; font-size: .8em; }
table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums;
  font-size: .88em; margin: .3rem 0; }
th, td { text-align: left; padding: .15rem .4rem; border-bottom: 1px solid #e2e2e2; vertical-align: top; }
th.n, td.n { text-align: right; } td.n, td.k { white-space: nowrap; } tr { break-inside: avoid; }
.first li { margin-bottom: .5rem; } .note { color: #5a5a5a; font-size: .85em; margin: .2rem 0; }
.finding { padding: .4rem 0 .5rem; border-bottom: 1px solid #e2e2e2; } .whole { break-inside: avoid-page; }
.head { display: flex; gap: .6rem; align-items: baseline; flex-wrap: wrap; }
.state { margin-left: auto; font-size: .85em; padding: 0 .5em; border: 1px solid currentcolor;
  border-radius: .6em; white-space: nowrap; }
.act { color: #a3213b; } .fine { color: #2c6b1e; } .unjudged { color: #5a5a5a; }
.figure { margin: .15rem 0; font-size: 1.05em; font-variant-numeric: tabular-nums; } .do { margin: .2rem 0; }
.do b { color: #0b5fa5; } svg { width: 100%; height: auto; display: block; }
"""


def page(report: Quality) -> str:
    """Return the report as HTML: no script, no other file, no record and no household."""
    subjects = "\n".join(_subject(report, subject) for subject in SUBJECTS)
    return f"""<!doctype html>
<html lang="zh-CN"><head><meta charset="utf-8"><title>数据质量报告 {report.as_of}</title>
<meta name="viewport" content="width=device-width, initial-scale=1"><style>{STYLE}</style></head><body>
<h1>数据质量报告 <small>Data quality report</small></h1>
<p>截至 <b>{report.as_of}</b>：在册农户 {report.households:,} 户，{len(report.townships)} 个乡镇。
检查 {len(report.findings)} 项，其中 <b>{_count(report, "act")}</b> 项需处理，
{_count(report, "fine")} 项正常，{_count(report, "unjudged")} 项样本太少。</p>
<h2>先做这几件事 <small class="en">What to do first</small></h2>
{_first(report)}
<h2>各乡镇资料完整性和及时性 <small class="en">Townships: completeness and timeliness</small></h2>
{_townships(report)}
<p class="note">按代码排列，不作排名。样本少于{FEWEST}的不作判断（—）。
问题多不等于工作差：查得细的乡镇，查出的也多。</p>
<h2>各乡镇要逐条处理的记录 <small class="en">Townships: records to look at</small></h2>
{_records(report)}
{subjects}
<h2>怎样读 <small class="en">How to read this</small></h2>
{_HOW}
</body></html>
"""


_HOW = f"""<p class="note">“12/345 = 3.5% [2.0%，6.0%]”：345条中有12条，方括号为95%区间（Wilson法）。
区间下限超过容许值（图中橙色虚线）才列为“需处理”；容许值为0的，有一条就列出。
迟录各项按表和来源分别判断。
容许值为经验取值，不是政策规定。样本少于{FEWEST}不算比例。</p>
<p class="note">先后按“影响程度（1–3）×超出容许值的涉及户数”排列。同一户可在几项中出现。</p>
<p class="note">本页没有任何农户的数值和编号。要逐条处理的记录编号（假名）
在同时生成的JSON（每乡镇每项至多20条）
或CSV清单（全部）中，按乡镇分发。表中只列有问题的行。</p>
<p class="note">本报告只说资料好坏，不说农户贫富，也不作为对乡镇、村或网格员的考核。</p>"""


def _count(report: Quality, state: str) -> int:
    return sum(each.state.name.lower() == state for each in report.findings)


def _first(report: Quality) -> str:
    if not report.first:
        return "<p>没有需要处理的问题。</p>"
    items = "\n".join(f"<li>{_to_do(each)}</li>" for each in report.first)
    return f'<ol class="first">\n{items}\n</ol>'


def _to_do(finding: Finding) -> str:
    about = finding.about
    listed = f"，共 {finding.to_look_at:,} 条" if finding.to_look_at else ""
    counted = f"{_counted(finding, finding.total)}，涉及 {finding.total.households:,} 户"
    steps = " → ".join(escape(words) for words in (about.who, about.what, about.which))
    return f"<b>{escape(about.zh)}</b>（{counted}）<br>{steps}{listed}{_over(finding)}"


def _townships(report: Quality) -> str:
    by_id = {each.about.id: each for each in report.findings}
    shown = [by_id[name] for name in TIMELY]
    head = "".join(f'<th class="n">{escape(each.about.zh)}</th>' for each in shown)
    rows = []
    for name, households in report.townships.items():
        cells = "".join(f'<td class="n">{percent(each.townships[name].value)}</td>' for each in shown)
        median = further("median_days", by_id["late_facts"].townships[name].more.get("median_days"))
        label = escape(name or NOWHERE)
        rows.append(
            f'<tr><td>{label}</td><td class="n">{households:,}</td>{cells}<td class="n">{median}</td></tr>'
        )
    head = f'<th>乡镇</th><th class="n">户数</th>{head}<th class="n">录入中位天数</th>'
    return f"<table><thead><tr>{head}</tr></thead><tbody>\n{chr(10).join(rows)}\n</tbody></table>"


def _records(report: Quality) -> str:
    listed = [
        (each, each.by_township()) for each in report.findings if each.state.name == "ACT" and each.listed
    ]
    rows = []
    for name in report.townships:
        told = [f"{escape(each.about.zh)} {of[name]:,}" for each, of in listed if name in of]
        rows.append(f"<tr><td>{escape(name or NOWHERE)}</td><td>{'；'.join(told) or '无'}</td></tr>")
    head = "<th>乡镇</th><th>问题和记录条数（编号见CSV清单）</th>"
    return f"<table><thead><tr>{head}</tr></thead><tbody>\n{chr(10).join(rows)}\n</tbody></table>"


def _subject(report: Quality, subject: str) -> str:
    zh, en = SUBJECTS[subject]
    findings = "\n".join(_finding(each) for each in report.findings if each.about.subject == subject)
    return f'<h2>{escape(zh)} <small class="en">{escape(en)}</small></h2>\n{findings}'


def _finding(finding: Finding) -> str:
    about, total = finding.about, finding.total
    state, ratio = finding.state.name.lower(), about.measure == "ratio"
    drawn = ""
    if about.id == "over_line":
        drawn = around_line(finding.parts)
    if total.count and len(finding.townships) > 1:
        drawn += strip(finding.townships, about.tolerance, ratio=ratio)
    parts = [part for part in finding.parts if tuple(part.by) == SHOWN.get(about.id)]
    parts = [part for part in parts if part.figure.count or ratio]
    table = _parts(finding, parts) if parts else ""
    return f"""<section class="finding"><div class="whole"><div class="head"><h3>{escape(about.zh)}</h3>
<span class="en">{escape(about.en)}</span><span class="state {state}">{STATES[finding.state]}</span></div>
<p class="figure">{_counted(finding, total)}{_more(total)}</p>
<p class="note">{escape(about.counted_zh)}{_tolerance(finding)}{escape(about.means)}</p>
{drawn}{_do(finding)}</div>
{table}</section>"""


def _do(finding: Finding) -> str:
    if finding.state.name != "ACT":
        return ""
    about = finding.about
    listed = f"（{finding.to_look_at:,} 条）" if finding.to_look_at else ""
    return (
        f'<p class="do"><b>谁</b> {escape(about.who)}　<b>做什么</b> {escape(about.what)}　'
        f"<b>哪些</b> {escape(about.which)}{listed}{_over(finding)}</p>"
    )


def _over(finding: Finding) -> str:
    """Name the first parts that are over the tolerance, and say how many there are."""
    names = "、".join(escape(named(part.by)) for part in finding.over[:MOST_NAMED])
    many = f"等{len(finding.over)}处" if len(finding.over) > MOST_NAMED else ""
    return f"：{names}{many}" if names else ""


def _tolerance(finding: Finding) -> str:
    limit = finding.about.tolerance
    if limit == 0.0:
        return ""
    return f"容许{f'{limit:g}倍' if finding.about.measure == 'ratio' else percent(limit)}。"


def _counted(finding: Finding, figure: Figure) -> str:
    if finding.about.measure == "ratio":
        return valued(finding, figure)
    value = f" = {valued(finding, figure)}" if figure.value is not None else ""
    return f"{figure.count:,}/{figure.of:,}{value}"


def _more(figure: Figure) -> str:
    told = [f"{MORE[name]} {further(name, value)}" for name, value in figure.more.items() if name in MORE]
    return f" <small>{'；'.join(told)}</small>" if told else ""


def _parts(finding: Finding, parts: Sequence[Part]) -> str:
    keys = list(parts[0].by)
    more = [name for name in parts[0].figure.more if name in MORE]
    ratio = finding.about.measure == "ratio"
    head = "".join(f"<th>{KEYS[key]}</th>" for key in keys)
    head += (
        '<th class="n">次数</th>'
        if ratio
        else '<th class="n">其中/总数</th><th class="n">比例（95%区间）</th>'
    )
    head += "".join(f'<th class="n">{MORE[name]}</th>' for name in more)
    rows = []
    for part in parts[:MOST_ROWS]:
        each = part.figure
        cells = "".join(f'<td class="k">{escape(name_of(key, value))}</td>' for key, value in part.by.items())
        cells += (
            f'<td class="n">{each.count:,}</td>'
            if ratio
            else (f'<td class="n">{each.count:,}/{each.of:,}</td><td class="n">{valued(finding, each)}</td>')
        )
        cells += "".join(f'<td class="n">{further(name, each.more.get(name))}</td>' for name in more)
        rows.append(f"<tr>{cells}</tr>")
    return f"<table><thead><tr>{head}</tr></thead><tbody>\n{chr(10).join(rows)}\n</tbody></table>"
