"""What a value means: codes with check digits, phones, addresses, names. The only place that knows the rules.

`is_uscc`, `is_resident_id` and `is_phone` have the signatures of the standards room's validators and can be
replaced by them in this module alone.
"""

from __future__ import annotations

import re
from operator import mul

# GB 32100-2015: 31 signs without I O Z S V, weights 3^i mod 31.
_USCC_SIGNS = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_USCC_VALUES = {sign: value for value, sign in enumerate(_USCC_SIGNS)}
_USCC_WEIGHTS = tuple(pow(3, place, 31) for place in range(17))
_USCC_FORM = re.compile(f"[1-9A-GY][1239]\\d{{6}}[{_USCC_SIGNS}]{{10}}")
# GB 11643-1999: weights 2^(17-i) mod 11.
_ID_WEIGHTS = tuple(pow(2, 17 - place, 11) for place in range(17))
_ID_SIGNS = "10X98765432"
_ID = re.compile(r"[1-9]\d{5}(?:18|19|20)\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{3}[\dXx]")
_PROVINCES = frozenset(
    [
        "11",
        "12",
        "13",
        "14",
        "15",
        "21",
        "22",
        "23",
        "31",
        "32",
        "33",
        "34",
        "35",
        "36",
        "37",
        "41",
        "42",
        "43",
        "44",
        "45",
        "46",
        "50",
        "51",
        "52",
        "53",
        "54",
        "61",
        "62",
        "63",
        "64",
        "65",
        "71",
        "81",
        "82",
    ]
)
_MOBILE = re.compile(r"(?:\+?86[- ]?)?1[3-9]\d[- ]?\d{4}[- ]?\d{4}")
_LANDLINE = re.compile(
    r"(?:\+?86[- ]?)?(?:\(0\d{2,3}\)|（0\d{2,3}）|0\d{2,3}[- ]?)[2-9]\d{6,7}(?:[-转]\d{1,6})?"
)
_SERVICE_NUMBER = re.compile(r"[48]00[- ]?\d{3}[- ]?\d{4}")
_EMAIL = re.compile(r"[\w.+-]{1,64}@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+")
_URL = re.compile(r"(?:https?|ftp)://[^\s/]+\S*|www\.[\w-]+(?:\.[\w-]+)+\S*", re.IGNORECASE)
_AMOUNT = re.compile(
    r"[¥￥$€]\s*-?[\d,]+(?:\.\d+)?(?:万|亿)?元?"
    r"|-?[\d,]*\.?\d+\s*[（(]?\s*(?:百|千|万|百万|千万|亿)?\s*"
    r"(?:元|圆|美元|港元|港币|欧元|日元|英镑|人民币|法国法郎|瑞士法郎|德国马克|加拿大元|澳大利亚元|新加坡元|韩元|[\u4e00-\u9fff]{1,5}(?:元|币|镑|克|郎))"
    r"(?:人民币|整)?\s*[)）]?"
)
_ADDRESS = re.compile(
    r"(?=.*(?:省|市|区|县|镇|乡|街道|路|街|大道|新村|村|小区)).*(?:路|街|大道|道|巷|弄|里|村|镇|乡|街道|小区|园区|开发区|花园|广场|大厦)"
    r".*(?:\d|[一二三四五六七八九十百]+)\s*(?:号|幢|栋|室|层|楼|单元|弄|座|组|-)|"
    r"[\u4e00-\u9fff]{2,8}(?:省|自治区|市)[\u4e00-\u9fff]{1,8}(?:市|区|县|镇|乡|街道).*(?:路|街|大道|道|巷|村|镇|乡|街道|号).*"
    r"|\d+[A-Z]? (?:[NSEW]\.? )?[A-Za-z0-9 .'-]+ (?:AVE|AVENUE|ST|STREET|RD|ROAD|BLVD|DR|DRIVE|LN|LANE|CT|PL|PLACE|WAY|PKWY|HWY|TER)\b.*",
    re.IGNORECASE,
)
_ORGANIZATION = re.compile(
    r".{2,}(?:公司|厂|商店|分店|总店|经营部|服务部|门市部|营业部|支行|分行|银行|信用社|合作社|合作联社|委员会|管委会|居委会"
    r"|人民政府|政府|办公室|办事处|[局院校部会社所站馆中心]|大学|学院|中学|小学|幼儿园|协会|学会|基金会|联合会|事务所|工作室|集团|企业|中心)"
    r"(?:[（(].{1,12}[)）])?(?:.{0,8}(?:分公司|分厂|支行|分行|门市部|经营部|营业部|办事处))?"
)
_HAN_NAME = re.compile(r"[\u4e00-\u9fff]{2,4}(?:·[\u4e00-\u9fff]{1,8})?")
_SURNAMES = frozenset(
    "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许何吕施张孔曹严华金魏陶姜戚谢邹喻柏水窦章云苏潘葛奚范彭郎鲁韦昌马苗凤花方俞任袁柳"
    "酆鲍史唐费廉岑薛雷贺倪汤滕殷罗毕郝邬安常乐于时傅皮卞齐康伍余元卜顾孟平黄和穆萧尹姚邵湛汪祁毛禹狄米贝明臧计伏成戴谈宋茅庞"
    "熊纪舒屈项祝董梁杜阮蓝闵席季麻强贾路娄危江童颜郭梅盛林刁钟徐邱骆高夏蔡田樊胡凌霍虞万支柯管卢莫经房裘缪干解应宗丁宣邓郁"
    "单杭洪包诸左石崔吉龚程邢裴陆荣翁荀羊惠甄曲封储靳汲松井段富焦巴谷车侯全班秋仲伊宫宁仇甘厉戎祖武符刘景詹束龙叶幸司黎薄印"
    "白蒲卓蔺屠蒙池乔阴郁胥苍闻莘党翟谭劳姬申冉宰桑桂牛寿通边扈燕冀浦尚农温庄晏柴瞿阎充慕连茹习艾鱼容向古易慎戈廖庾终居衡步"
    "都耿满弘匡国文寇广禄阙东殴沃利蔚越隆师巩聂晁勾敖融冷辛阚那简饶曾沙养鞠须丰巢关蒯相查荆红游权盖益桓公岳肖闫覃楼帅佟商牟佘"
)
_EMBEDDED_DIGITS = re.compile(r"\d{11}")
_EMBEDDED_MOBILE = re.compile(r"(?<!\d)1[3-9]\d{9}(?!\d)")
_EMBEDDED_ID = re.compile(r"(?<!\d)\d{17}[\dXx](?![\dXx])")
LONGEST_NAMED = 120


def is_uscc(text: str) -> bool:
    """A unified social credit code (统一社会信用代码) with the right check digit, as written in upper case."""
    if len(text) != 18:  # noqa: PLR2004
        return False
    try:
        total: int = sum(map(mul, map(_USCC_VALUES.__getitem__, text[:17]), _USCC_WEIGHTS))
        return bool(_USCC_VALUES[text[17]] == -total % 31)
    except KeyError:
        return False


def is_resident_id(text: str) -> bool:
    """An 18-digit resident identity number (公民身份号码) with a possible birthday and the right check digit."""
    if not _ID.fullmatch(text) or text[:2] not in _PROVINCES or not text.isascii():
        return False
    total = sum(int(digit) * weight for digit, weight in zip(text, _ID_WEIGHTS, strict=False))
    return _ID_SIGNS[total % 11] == text[17].upper()


def has_uscc_form(text: str) -> bool:
    """Looks like a unified social credit code, whatever its check digit says."""
    return bool(_USCC_FORM.fullmatch(text))


def has_resident_id_form(text: str) -> bool:
    """Looks like a resident identity number, whatever its check digit says: it may still be a person's."""
    return bool(_ID.fullmatch(text)) and text[:2] in _PROVINCES


def is_mobile(text: str) -> bool:
    """A mobile number of mainland China."""
    return bool(_MOBILE.fullmatch(text))


def is_phone(text: str) -> bool:
    """A mobile, landline or service number of mainland China."""
    return is_mobile(text) or bool(_LANDLINE.fullmatch(text) or _SERVICE_NUMBER.fullmatch(text))


def is_division_code(text: str) -> bool:
    """Has the form of a GB/T 2260 code (6 digits) or one of a town (9) or village (12)."""
    return len(text) in {6, 9, 12} and text.isascii() and text.isdigit() and text[:2] in _PROVINCES


def personal_inside(text: str) -> str | None:
    """resident_id or phone, when one stands anywhere in a text."""
    if not _EMBEDDED_DIGITS.search(text):
        return None
    if any(is_resident_id(found) for found in _EMBEDDED_ID.findall(text)):
        return "resident_id"
    return "phone" if _EMBEDDED_MOBILE.search(text) else None


def kinds_of(text: str) -> tuple[str, ...]:
    """Everything this one value could mean, by its form."""
    size = len(text)
    if size > LONGEST_NAMED * 4:
        return ()
    upper = text.upper()
    if size == 18 and text.isascii() and text.isalnum():  # noqa: PLR2004
        fitting = (
            ("uscc", is_uscc),
            ("resident_id", is_resident_id),
            ("uscc_form", has_uscc_form),
            ("resident_id_form", has_resident_id_form),
        )
        return tuple(kind for kind, fits in fitting if fits(upper))
    if text[0] in "0123456789+(（-.¥￥$€":
        return _numeric_kinds(text)
    if "@" in text and _EMAIL.fullmatch(text):
        return ("email",)
    if ("://" in text or text[:4].lower() == "www.") and _URL.fullmatch(text):
        return ("url",)
    return _named_kinds(text) if size <= LONGEST_NAMED else ()


def _numeric_kinds(text: str) -> tuple[str, ...]:
    kinds: list[str] = []
    if is_mobile(text):
        kinds.append("mobile")
    if is_phone(text):
        kinds.append("phone")
    if is_division_code(text):
        kinds.append("division_code")
    if len(text) == 6 and text.isdigit():  # noqa: PLR2004
        kinds.append("postal_code")
    if _is_us_zip(text):
        kinds.append("zip_code")
    if not kinds and "@" in text and _EMAIL.fullmatch(text):
        kinds.append("email")
    if len(text) <= 40 and _AMOUNT.fullmatch(text):  # noqa: PLR2004
        kinds.append("amount")
    if not kinds and _ADDRESS.fullmatch(text):
        kinds.append("address")
    return tuple(kinds)


def _is_us_zip(text: str) -> bool:
    return len(text) in {5, 10} and text[:5].isdigit() and (len(text) == 5 or text[5] == "-")  # noqa: PLR2004


def _named_kinds(text: str) -> tuple[str, ...]:
    kinds: list[str] = []
    if text[0] in _SURNAMES and _HAN_NAME.fullmatch(text):
        kinds.append("person_name")
    if _ORGANIZATION.fullmatch(text):
        kinds.append("organization_name")
    if _ADDRESS.fullmatch(text):
        kinds.append("address")
    return tuple(kinds)
