"""Jobs: the spells of work that the ledger says last now, have ended, or are agreed to end."""

from features.channels import Channel
from features.definitions.income import HEADS_LINE
from features.definitions.warned import warned
from features.feature import Direction, Feature, Say
from features.readings import Reading, Series, ever, months_of

Where = tuple[tuple[str, tuple[str, ...]], ...]

_SPELLS: Where = (("start_on", ("given",)), ("state", ("employed",)))
_LISTED = ever(Channel("employments", keep="latest", at="ever"))
_ENDS = months_of(Channel("employments", "", _SPELLS, at="due", when="end_on"))


def _at_work(value: str = "", where: Where = ()) -> Series:
    return months_of(
        Channel("employments", value, (*_SPELLS, *where), keep="latest", at="during", each="member_id")
    )


def _now(series: Series) -> Reading:
    """Return the figure of the running month: 0 where no job lasts, unknown for who is on no ledger."""
    return series.recorded(0) + _LISTED * 0.0


def _jobs(name: str, where: Where, en: str, zh: str, direction: Direction = 0) -> Feature:
    return Feature(
        name,
        "work",
        _now(_at_work(where=where)),
        "persons",
        direction,
        f"Members with a job {en} this month, by the spells of the ledger",
        f"本月就业台账上{zh}的人数",
        Say(f"就业台账上本月有{{value}}人{zh}", f"members with a job {en} now: {{value}}", "", ""),
    )


_JOBS = _now(_at_work())

FEATURES: tuple[Feature, ...] = (
    Feature(
        "jobs_now",
        "work",
        _JOBS,
        "persons",
        -1,
        "Members with a job this month, by the spells of the ledger",
        "本月就业台账上在岗人数",
        Say(
            "就业台账上本月有{value}人在岗",
            "members with a job now: {value}",
            "就业台账上本月没有人在岗",
            "no member has a job now",
        ),
    ),
    _jobs("jobs_away", (("place", ("province", "away")),), "outside the county", "在县外务工"),
    _jobs("jobs_in_county", (("place", ("county",)),), "in the county", "在县内务工"),
    _jobs("jobs_public_post", (("form", ("public_post",)),), "in a public post", "在公益岗位"),
    _jobs("jobs_workshop", (("form", ("workshop",)),), "in a workshop", "在帮扶车间"),
    _jobs("jobs_formal", (("formal", ("yes",)),), "with contract and insurance", "签了合同并参保", -1),
    Feature(
        "job_wages_to_line",
        "work",
        _now(_at_work("monthly_wage")) / HEADS_LINE.latest(),
        "line",
        -1,
        "Agreed wages a head of the jobs that last this month, in multiples of the line",
        "本月在岗人员约定工资人均与监测线之比",
        Say(
            "在岗人员约定的工资，人均约为监测线的{value}倍",
            "the agreed wages a head are {value} times the line",
        ),
    ),
    Feature(
        "months_with_job_12m",
        "work",
        _at_work().known(12) + _LISTED * 0.0,
        "months",
        -1,
        "Months with any job over the last 12 months and this one, by the ledger",
        "近12个月及本月家里有人在岗的月数",
        Say(
            "近一年有{value}个月家里有人在岗", "somebody had a job in {value} months of the last year", "", ""
        ),
    ),
    Feature(
        "months_since_job_ended",
        "work",
        _ENDS.age(),
        "months",
        0,
        "Months since a job last ended, by the ledger",
        "距最近一份工作结束的月数",
        Say("最近一份工作是{value}个月前结束的", "a job ended {value} months ago", "", ""),
    ),
    *(
        Feature(
            f"jobs_ending_{months}m",
            "work",
            _ENDS.ahead(months),
            "times",
            0,
            f"Jobs and posts agreed to end within the next {months} months",
            f"未来{months}个月内到期的工作和岗位数",
            Say(
                f"有{{value}}份工作或岗位在{months}个月内到期",
                f"jobs or posts that end within {months} months: {{value}}",
                "",
                "",
            ),
        )
        for months in (6, 12)
    ),
    Feature(
        "workers_seen",
        "work",
        months_of(Channel("visits", "workers", keep="latest")).latest(),
        "persons",
        -1,
        "Members at work, as the last visit saw it",
        "最近一次走访看到的务工人数",
        Say(
            "最近一次走访时家里有{value}人在务工",
            "the last visit found {value} members at work",
            "最近一次走访时家里没有人在务工",
            "the last visit found nobody at work",
        ),
    ),
    warned("work", "job_loss", "lost work", "失业返乡"),
)
