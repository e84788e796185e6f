"""Work: who earns and in what form, as counted and as seen on a day; spells of work are in ``jobs``."""

from features.channels import Channel
from features.definitions.income import PEOPLE
from features.feature import Feature, Say
from features.readings import Reading, Series, counts_of, first_known, months_of


def _composition(column: str) -> Series:
    return months_of(Channel("compositions", column, keep="latest"))


_LOOK = (("observed_on", ("given",)),)


def _listed(column: str, *codes: str) -> Series:
    return months_of(Channel("employments", column, _LOOK, equals=codes, keep="latest", each="member_id"))


EARNERS, UNEMPLOYED = _composition("earners"), _composition("unemployed")
WORKING_AGE = _composition("working_age")
HOURS = _listed("hours")
AT_WORK = _listed("state", "employed")
SPELL = counts_of(Channel("employments", "start_on", (("state", ("employed",)),), at="during"))


def _of_those_at_work(series: Series) -> Reading:
    """Return the last figure; 0 when a later look found the job gone."""
    return first_known(series, AT_WORK * 0.0).latest()


FEATURES: tuple[Feature, ...] = (
    Feature(
        "earners",
        "work",
        EARNERS.latest(),
        "persons",
        -1,
        "Members at work",
        "就业人数",
        Say(
            "家里有{value}人在就业[（上一次为{before}人）]",
            "members at work: {value}[ ({before} before)]",
            "家里没有人在就业",
            "nobody in the house is at work",
        ),
        before=EARNERS.before_latest(),
    ),
    Feature(
        "earners_change",
        "work",
        EARNERS.latest() - EARNERS.before_latest(),
        "persons",
        0,
        "Change in the number of members at work since the time before",
        "就业人数较上次变化",
    ),
    Feature(
        "unemployed",
        "work",
        UNEMPLOYED.latest(),
        "persons",
        1,
        "Members out of work and looking",
        "失业人数",
        Say(
            "家里有{value}人没活干、正在找活[（上一次为{before}人）]",
            "members looking for work: {value}[ ({before} before)]",
            "家里没有人失业",
            "nobody is looking for work",
        ),
        before=UNEMPLOYED.before_latest(),
    ),
    Feature(
        "earner_share",
        "work",
        EARNERS.latest() / PEOPLE.latest(),
        "share",
        -1,
        "Members at work over all members",
        "就业人数占家庭人口比重",
        Say(
            "全家约{value}的人在就业",
            "about {value} of the members are at work",
            "全家没有人在就业",
            "no member is at work",
        ),
    ),
    Feature(
        "working_age_at_work",
        "work",
        EARNERS.latest() / WORKING_AGE.latest(),
        "share",
        -1,
        "Members at work over members of working age",
        "就业人数占劳动年龄人口比重",
    ),
    Feature(
        "sole_earner",
        "work",
        EARNERS.latest().above(0.0) - EARNERS.latest().above(1.0),
        "flag",
        0,
        "Exactly one member is at work",
        "仅一人就业",
        Say("全家只靠一个人挣钱", "one person earns for all", "", ""),
    ),
    Feature(
        "listed_at_work",
        "work",
        AT_WORK.latest(),
        "persons",
        -1,
        "Listed workers last seen at work",
        "台账中在岗人数",
        Say(
            "就业台账上有{value}人在岗[（上一次为{before}人）]",
            "listed workers at work: {value}[ ({before} before)]",
            "就业台账上没有人在岗",
            "no listed worker was at work",
        ),
        before=AT_WORK.before_latest(),
    ),
    Feature(
        "listed_unemployed",
        "work",
        _listed("state", "unemployed").latest(),
        "persons",
        1,
        "Listed workers last seen out of work",
        "台账中失业人数",
        Say("就业台账上有{value}人失业", "listed workers out of work: {value}", "", ""),
    ),
    *(
        Feature(
            f"listed_{form}",
            "work",
            _of_those_at_work(_listed("form", form)),
            "persons",
            0,
            f"Listed workers last seen {en}",
            f"台账中{zh}人数",
            Say(f"就业台账上有{{value}}人{zh}", f"listed workers {en}: {{value}}", "", ""),
        )
        for form, en, zh in (
            ("own_account", "on their own account", "自营"),
            ("employee", "employed by others", "受雇"),
            ("employer", "employing others", "雇工经营"),
        )
    ),
    Feature(
        "listed_formal",
        "work",
        _of_those_at_work(_listed("formal")),
        "persons",
        -1,
        "Listed workers with contract and insurance",
        "有合同和保险的就业人数",
        Say(
            "有{value}人签了合同、上了保险",
            "workers with contract and insurance: {value}",
            "在岗的人没有合同和保险",
            "workers have no contract or insurance",
        ),
    ),
    Feature(
        "hours",
        "work",
        HOURS.latest(),
        "hours",
        0,
        "Weekly hours of listed workers",
        "台账中每周工时",
        Say(
            "每周共干活{value}小时[（上一次为{before}小时）]",
            "{value} hours of work a week[ ({before} before)]",
        ),
        before=HOURS.before_latest(),
    ),
    *(
        Feature(
            f"least_earners_{months}m",
            "work",
            EARNERS.least(months),
            "persons",
            -1,
            f"Fewest members at work over the last {months} months",
            f"近{months}个月最少就业人数",
            Say(
                f"近{months}个月就业最少时有{{value}}人",
                f"fewest members at work in {months} months: {{value}}",
                f"近{months}个月曾经全家没有人就业",
                f"there was a time without any worker in {months} months",
            ),
        )
        for months in (12, 24)
    ),
    Feature(
        "months_worked_12m",
        "work",
        SPELL.recorded(12),
        "months",
        -1,
        "Worker-months of recorded spells over the last 12 months",
        "近12个月累计务工月数",
        Say("近12个月全家累计务工{value}个月", "{value} worker-months in the last 12 months", "", ""),
    ),
)
