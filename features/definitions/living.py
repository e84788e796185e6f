"""Living: the house, the water, what a visitor sees."""

from features.channels import Channel
from features.definitions.income import PEOPLE
from features.feature import Direction, Feature, Say, Unit
from features.readings import Reading, months_of, sum_known


def _seen(column: str, *codes: str) -> Reading:
    return months_of(Channel("visits", column, equals=codes, keep="latest")).latest()


_ROOMS = _seen("rooms")
_LOOKS = ("food_ok", "clothes_ok", "school_ok", "medical_ok", "housing_ok", "water_ok")
_TROUBLES = sum_known(
    *(months_of(Channel("visits", column, equals=("no",), keep="latest")) for column in _LOOKS)
)


def _look(
    name: str, reading: Reading, unit: Unit, en: str, zh: str, say: Say, direction: Direction = 0
) -> Feature:
    return Feature(name, "living", reading, unit, direction, en, zh, say)


FEATURES: tuple[Feature, ...] = (
    _look("floor", _seen("floor"), "grade", "Floor, best first", "地面材料", Say()),
    _look(
        "earth_floor",
        _seen("floor", "earth", "other"),
        "flag",
        "Floor of loose brick or earth",
        "泥土地面",
        Say("家里是泥土地面", "the floor is of earth"),
        1,
    ),
    _look("water", _seen("water"), "grade", "Where water comes from, nearest first", "取水方式", Say()),
    _look(
        "water_outside",
        _seen("water", "plot", "outside"),
        "flag",
        "No water piped inside",
        "自来水未入户",
        Say("自来水没有进屋", "water is not piped inside", "自来水已经进屋", "water is piped inside"),
        1,
    ),
    _look(
        "toilet",
        _seen("toilet"),
        "flag",
        "Has a toilet",
        "有厕所",
        Say("", "", "家里没有厕所", "there is no toilet"),
        -1,
    ),
    _look(
        "rooms",
        _ROOMS,
        "rooms",
        "Rooms",
        "房间数",
        Say("家里有{value}间房", "the house has {value} rooms"),
    ),
    _look(
        "rooms_a_head",
        _ROOMS / PEOPLE.latest(),
        "share",
        "Rooms a head",
        "人均房间数",
        Say(),
    ),
    _look(
        "tenant",
        _seen("tenure", "tenant"),
        "flag",
        "Rents the dwelling",
        "租住",
        Say("房子是租的", "the dwelling is rented"),
    ),
    _look(
        "owner",
        _seen("tenure", "owner"),
        "flag",
        "Owns house and land",
        "自有房屋和土地",
        Say("房子和地是自家的", "house and land are their own"),
    ),
    _look(
        "insecure_tenure",
        _seen("tenure", "free", "without_permission"),
        "flag",
        "Lives in a borrowed or unlicensed dwelling",
        "借住或无许可居住",
        Say("房子是借住的", "the dwelling is borrowed"),
        1,
    ),
    _look(
        "dwelling_flat",
        _seen("dwelling", "flat"),
        "flag",
        "Lives in a flat",
        "住单元房",
        Say("住的是单元房", "lives in a flat"),
    ),
    _look(
        "house_grade",
        _seen("house_grade"),
        "grade",
        "Grade of the house, A best",
        "住房等级",
        Say(),
        1,
    ),
    *(
        _look(
            f"{column}_trouble",
            _seen(column, "no"),
            "flag",
            f"{en} not secured at the last look",
            f"最近一次走访{zh}存在问题",
            Say(f"最近一次走访发现{zh}有问题", f"the last visit found trouble with {en.lower()}"),
            1,
        )
        for column, en, zh in (
            ("food_ok", "Food", "吃饭"),
            ("clothes_ok", "Clothes", "穿衣"),
            ("school_ok", "Schooling", "上学"),
            ("medical_ok", "Medical care", "看病"),
            ("housing_ok", "The house", "住房"),
            ("water_ok", "Water", "饮水"),
        )
    ),
    _look(
        "house_dangerous",
        _seen("house_grade", "c", "d"),
        "flag",
        "The house is of grade C or D",
        "住房为C级或D级",
        Say("住房被评为C级或D级", "the house is of grade C or D", "", ""),
        1,
    ),
    _look(
        "yard_trouble",
        _seen("yard_ok", "no"),
        "flag",
        "The yard was not in order at the last look",
        "最近一次看院子不整洁",
        Say(),
    ),
    _look(
        "looks_troubled",
        _TROUBLES.latest(),
        "times",
        "How many of food, clothes, school, care, house and water were not secured at the last visit",
        "最近一次走访吃穿、上学、看病、住房、饮水中有问题的项数",
        Say(
            "最近一次走访发现吃穿住等有{value}项没有保障",
            "the last visit found {value} things not secured",
            "",
            "",
        ),
        1,
    ),
    _look(
        "mood",
        _seen("mood"),
        "grade",
        "Mood at the last visit, 1 low to 5 good",
        "最近一次走访时的精神状态",
        Say(),
    ),
    _look(
        "asked_for_help_6m",
        months_of(Channel("visits", "requests", keep="latest")).most(6),
        "flag",
        "Asked for help at a visit of the last 6 months",
        "近6个月走访时提出过诉求",
        Say("近6个月走访时提出过困难诉求", "they asked for help at a visit of the last six months", "", ""),
        1,
    ),
)
