"""Invented names of people and employers."""

from __future__ import annotations

from random import Random

_SURNAMES = (
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁"
    "任沈姚卢姜崔钟谭陆汪范金石廖贾夏韦付方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴"
    "莫孔向汤"
)
_GIVEN = (
    "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚桂英华建国文玉兰云莉珍春晓红梅志海燕宁波清远山溪竹松柏"
    "亭泉岚晨曦雨荷安宜徽墨砚歙黟祁休"
)
_RARE = "䶮㛃喆镕堃玥"
"""Characters that GB 2312 lacks; the first two are not in GBK either."""
_DOTTED = ("阿依", "古丽", "买买提", "热娜", "迪丽", "吐尔逊")

_TRADES = (
    "茶业",
    "旅游",
    "建筑",
    "纺织",
    "电子",
    "食品",
    "物流",
    "机械",
    "竹木",
    "酒店",
    "软件",
    "环保",
    "医药",
    "化工",
)
_FORMS = ("有限公司", "股份有限公司", "有限责任公司")
_WORDS = "新安江富春湖畔云松翠微齐云屯溪钱塘临平余杭徽韵墨林海棠天目清凉昱岭"


def invent_name(random: Random) -> str:
    """A name of two or three characters; one in five hundred holds a rare character, one in a thousand a dot."""
    chance = random.random()
    if chance < 0.001:
        return f"{_DOTTED[int(chance * 6000)]}·{_DOTTED[int(random.random() * 6)]}"
    surname = _SURNAMES[int(random.random() * len(_SURNAMES))]
    first = _GIVEN[int(random.random() * len(_GIVEN))]
    if chance < 0.003:
        return surname + _RARE[int(random.random() * len(_RARE))]
    if chance < 0.4:
        return surname + first
    return surname + first + _GIVEN[int(random.random() * len(_GIVEN))]


def invent_employer_name(random: Random, city: str) -> str:
    """A company's name, e.g. 黄山新安茶业有限公司."""
    start = int(random.random() * (len(_WORDS) - 1))
    return f"{city}{_WORDS[start : start + 2]}{random.choice(_TRADES)}{random.choice(_FORMS)}"
