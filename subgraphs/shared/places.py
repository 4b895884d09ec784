"""Names of cities by GB/T 2260 code: the Yangtze River Delta and Jiangxi, whose people meet in each other's registers.

Source: GB/T 2260, prefecture level.
"""

from __future__ import annotations

from collections.abc import Mapping

_SUFFIX = "市"

_NAMES: Mapping[str, str] = {
    "31": "上海",
    "32": "南京 无锡 徐州 常州 苏州 南通 连云港 淮安 盐城 扬州 镇江 泰州 宿迁",
    "33": "杭州 宁波 温州 嘉兴 湖州 绍兴 金华 衢州 舟山 台州 丽水",
    # 09, 14: numbers of cities that were dissolved.
    "34": "合肥 芜湖 蚌埠 淮南 马鞍山 淮北 铜陵 安庆 - 黄山 滁州 阜阳 宿州 - 六安 亳州 池州 宣城",
    "36": "南昌 景德镇 萍乡 九江 新余 鹰潭 赣州 吉安 宜春 抚州 上饶",
}

NAMES: Mapping[str, str] = {"310000": "上海市"} | {
    f"{province}{number:02}00": name + _SUFFIX
    for province, names in _NAMES.items()
    for number, name in enumerate(names.split(), start=1)
    if name != "-"
}
"""City code → name. Shanghai stands under both its municipality's and its districts' code."""


def place_name(code: str) -> str:
    """The name of the city that `code` (of a city or of a district) lies in; the code itself where the list ends."""
    return NAMES.get(code) or NAMES.get(code[:4] + "00") or code
