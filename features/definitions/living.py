"""Living: the house, the water, what a visitor sees."""

from features.channels import Channel
from features.definitions.income import PEOPLE
from features.feature import Direction, Feature, Say, Unit
from features.readings import Reading, months_of


def _seen(column: str, *codes: str) -> Reading:
    return months_of(Channel("visits", column, equals=codes, keep="latest")).latest()


_ROOMS = _seen("rooms")


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
)
