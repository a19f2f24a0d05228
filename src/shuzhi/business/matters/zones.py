"""Themes of life and of business (专区), by which matters are found without a word."""

from __future__ import annotations

from enum import StrEnum

from shuzhi.foundation.words import Words


class Zone(StrEnum):
    """A theme; the first are people's, from OPENING on firms'."""

    BIRTH = "birth"
    SCHOOL = "school"
    JOB = "job"
    MARRIAGE = "marriage"
    RESIDENCE = "residence"
    HOUSING = "housing"
    VEHICLE = "vehicle"
    MEDICAL = "medical"
    INSURANCE = "insurance"
    OLD_AGE = "old-age"
    DISABILITY = "disability"
    HARDSHIP = "hardship"
    VETERANS = "veterans"
    TALENT = "talent"
    DEATH = "death"
    TRAVEL = "travel"
    JUSTICE = "justice"
    OPENING = "opening"
    ALTERING = "altering"
    CLOSING = "closing"
    TAX = "tax"
    STAFF = "staff"
    CONSTRUCTION = "construction"
    FOOD = "food"
    HEALTH_TRADE = "health-trade"
    TRANSPORT = "transport"
    INNOVATION = "innovation"
    SUPPORT = "support"


FIRMS = frozenset(list(Zone)[list(Zone).index(Zone.OPENING) :])

_TITLES = (
    ("birth", "生育", "Having a child"),
    ("school", "入学", "School"),
    ("job", "就业", "Work"),
    ("marriage", "婚姻", "Marriage"),
    ("residence", "户口与居住", "Residence"),
    ("housing", "安家", "Home"),
    ("vehicle", "车驾", "Vehicles and driving"),
    ("medical", "就医", "Medical care"),
    ("insurance", "社保", "Social insurance"),
    ("old-age", "养老", "Old age"),
    ("disability", "助残", "Disability"),
    ("hardship", "救助", "Hardship"),
    ("veterans", "退役军人", "Veterans"),
    ("talent", "人才", "Talent"),
    ("death", "身后", "After a death"),
    ("travel", "出入境", "Travel"),
    ("justice", "公证法援", "Notary and legal aid"),
    ("opening", "开办", "Opening"),
    ("altering", "变更", "Changing"),
    ("closing", "注销", "Closing"),
    ("tax", "纳税", "Tax"),
    ("staff", "用工", "Employing people"),
    ("construction", "工程建设", "Construction"),
    ("food", "餐饮食品", "Food"),
    ("health-trade", "医药卫生", "Health trades"),
    ("transport", "交通运输", "Transport"),
    ("innovation", "知识产权", "Innovation"),
    ("support", "惠企", "Support for firms"),
)
TITLES = {Zone(name): Words(zh=zh, en=en) for name, zh, en in _TITLES}
