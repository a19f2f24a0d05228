"""Names of persons and firms that sound right and belong to nobody in particular."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

from shuzhi.demo.population.chance import Weighted, happens, pick

SURNAMES = Weighted(
    {
        "王": 6.9, "陈": 6.8, "李": 6.3, "张": 6.2, "徐": 3.6, "吴": 3.4, "周": 3.3, "刘": 3.2, "沈": 2.9, "朱": 2.8,
        "杨": 2.6, "金": 2.2, "黄": 2.2, "赵": 2.1, "胡": 2.1, "俞": 1.9, "孙": 1.9, "方": 1.8, "叶": 1.7, "何": 1.7,
        "钱": 1.6, "章": 1.6, "郑": 1.5, "潘": 1.5, "许": 1.4, "高": 1.4, "汪": 1.4, "倪": 1.3, "马": 1.3, "郭": 1.2,
        "蒋": 1.2, "林": 1.2, "姚": 1.2, "傅": 1.1, "楼": 1.1, "余": 1.1, "陆": 1.1, "童": 1.0, "施": 1.0, "洪": 1.0,
        "程": 1.0, "罗": 0.9, "邵": 0.9, "董": 0.9, "盛": 0.9, "夏": 0.8, "唐": 0.8, "来": 0.8, "戴": 0.8, "韩": 0.7,
        "曹": 0.7, "严": 0.7, "应": 0.6, "包": 0.6, "骆": 0.6, "裘": 0.5, "孟": 0.5, "宋": 0.5, "谢": 0.5, "丁": 0.5,
        "冯": 0.5, "毛": 0.4, "凌": 0.4, "诸葛": 0.05, "欧阳": 0.05, "司徒": 0.02,
    }
)  # fmt: skip

_MALE = {
    1900: "国建志明德荣根水金林福祥伯松树生宝炳庆华",
    1965: "建国伟军勇强斌峰平辉涛刚杰明海波东亮健华",
    1985: "伟杰超凯磊鹏浩宇俊鑫晨帆翔楠睿哲毅宁博文",
    2005: "梓浩宇轩睿泽一辰沐奕铭子墨皓霖昊然言佑恒",
}
_FEMALE = {
    1900: "凤珍英兰花香秀娥仙菊梅芬桂素琴玉阿云彩莲",
    1965: "芳丽敏静娟霞红萍燕玲莉英琴艳娜华美慧群雪",
    1985: "婷雪倩颖琳佳瑶欣怡莹晓璐蕾洁薇梦娇琪慧妍",
    2005: "梓涵欣怡诗雨萱彤语桐若汐可馨子沐依诺念伊",
}

HOMOPHONES = {
    "伟": "玮", "杰": "洁", "婷": "亭", "浩": "昊", "宇": "雨", "晨": "辰", "建": "健", "国": "果", "明": "铭", "玲": "灵",
    "丽": "莉", "芳": "方", "静": "靖", "雪": "学", "华": "桦", "英": "瑛", "军": "君", "峰": "锋", "辉": "晖", "琳": "林",
    "佳": "嘉", "怡": "仪", "欣": "心", "梓": "子", "轩": "宣", "涵": "函", "桂": "贵", "志": "智", "凤": "风", "红": "虹",
}  # fmt: skip
"""A character and one that sounds the same: how a clerk mishears a name."""


def draw_surname(chance: Random) -> str:
    """A surname, by its share in the city."""
    return SURNAMES.draw(chance)


def draw_given(chance: Random, *, sex: str, year: int) -> str:
    """A given name that fits a birth year; four in five have two characters."""
    tables = _MALE if sex == "男" else _FEMALE
    letters = tables[max(start for start in tables if start <= year)]
    first = pick(chance, letters)
    return first if happens(chance, 0.2) else first + pick(chance, letters)


def mishear(name: str) -> str:
    """The name with its last known character swapped for a homophone; unchanged when none is known."""
    for place in range(len(name) - 1, 0, -1):
        if name[place] in HOMOPHONES:
            return name[:place] + HOMOPHONES[name[place]] + name[place + 1 :]
    return name


@dataclass(frozen=True, slots=True)
class Trade:
    """A line of business: the word in the firm's name, its class in GB/T 4754-2017, and its scope."""

    word: str
    industry: str
    scope: str


TRADES = Weighted(
    {
        Trade("科技", "7519", "技术服务、技术开发、技术咨询、技术交流、技术转让、技术推广"): 13,
        Trade("网络科技", "6490", "网络技术服务；互联网数据服务；信息系统集成服务"): 7,
        Trade("信息技术", "6513", "软件开发；信息技术咨询服务；数据处理和存储支持服务"): 6,
        Trade("电子商务", "5292", "互联网销售（除销售需要许可的商品）；日用百货销售；服装服饰零售"): 8,
        Trade("贸易", "5181", "国内贸易代理；货物进出口；针纺织品销售；金属材料销售"): 11,
        Trade("服饰", "1819", "服装制造；服饰研发；服装服饰批发；服装辅料销售"): 6,
        Trade("纺织", "1711", "面料纺织加工；针纺织品及原料销售；家用纺织制成品制造"): 4,
        Trade("机械", "3441", "泵及真空设备制造；通用零部件制造；机械设备销售"): 4,
        Trade("塑料制品", "2929", "塑料制品制造；塑料制品销售；模具销售"): 2,
        Trade("五金制品", "5174", "五金产品批发；五金产品零售；金属工具销售"): 2,
        Trade("包装材料", "2319", "包装装潢印刷品印刷；包装材料及制品销售；纸制品制造"): 2,
        Trade("家具", "2110", "家具制造；家具销售；家具安装和维修服务"): 2,
        Trade("建设工程", "4710", "住宅房屋建筑；建设工程施工；建筑劳务分包"): 4,
        Trade("装饰工程", "5012", "住宅室内装饰装修；建筑装饰材料销售；专业设计服务"): 5,
        Trade("物业管理", "7020", "物业管理；停车场服务；家政服务；园林绿化工程施工"): 2,
        Trade("餐饮管理", "6210", "餐饮服务；餐饮管理；外卖递送服务；食品销售"): 4,
        Trade("物流", "5439", "道路货物运输（不含危险货物）；国内货物运输代理；普通货物仓储服务"): 3,
        Trade("企业管理咨询", "7243", "企业管理咨询；社会经济咨询服务；市场调查（不含涉外调查）"): 5,
        Trade("广告", "7259", "广告设计、代理；广告发布；平面设计；会议及展览服务"): 3,
        Trade("文化传媒", "8890", "组织文化艺术交流活动；摄影扩印服务；文艺创作"): 4,
        Trade("医疗器械", "5154", "第一类医疗器械销售；第二类医疗器械销售；医护人员防护用品批发"): 2,
        Trade("生物科技", "7340", "医学研究和试验发展；生物基材料技术研发；化妆品批发"): 2,
        Trade("环保设备", "3591", "环境保护专用设备制造；污水处理及其再生利用；环保咨询服务"): 1,
        Trade("人力资源服务", "7269", "人力资源服务；职业中介活动；劳务派遣服务"): 1,
        Trade("汽车服务", "8111", "机动车修理和维护；汽车零配件零售；洗车服务"): 2,
        Trade("茶业", "1530", "茶叶制品生产；茶叶种植；食用农产品零售"): 2,
    }
)

SHOPS = Weighted(
    {
        Trade("餐饮店", "6210", "餐饮服务；小餐饮店经营"): 4,
        Trade("便利店", "5212", "食品销售；日用百货销售；烟草制品零售"): 4,
        Trade("服装店", "5292", "服装服饰零售；鞋帽零售；箱包销售"): 3,
        Trade("理发店", "8040", "理发服务；生活美容服务"): 2,
        Trade("五金商行", "5281", "五金产品零售；建筑材料销售"): 2,
        Trade("汽车修理厂", "8111", "机动车修理和维护；轮胎销售"): 1,
    }
)

FARMS = Weighted(
    {
        Trade("茶叶专业合作社", "1530", "茶叶种植；茶叶制品生产；组织收购、销售成员种植的茶叶"): 3,
        Trade("花卉专业合作社", "0143", "花卉种植；园艺产品种植；树木种植经营"): 2,
        Trade("禽业专业合作社", "0321", "家禽饲养；鲜蛋批发；与农业生产经营有关的技术服务"): 1,
    }
)

_BRAND = "恒瑞鑫盛华宏博远智云浙江越海天泰安达通力创新源泽润嘉美佳信诚德仁和谐正大中邦友联合众盈丰茂森雅逸锦绣墨澜溪舟帆"
_BRAND_TAIL = (
    "特尔诺威斯顿朗维康迪菲科锐思腾飞翔宇航星辰光辉景盛隆昌兴旺荣升凯旋捷讯畅达道本原初心屿禾木石川禹舜尧"
)


def draw_brand(chance: Random) -> str:
    """The part of a firm's name that tells it from others (字号)."""
    brand = pick(chance, _BRAND) + pick(chance, _BRAND_TAIL)
    return brand if happens(chance, 0.6) else brand + pick(chance, _BRAND_TAIL)
