"""Generated listings of invented companies, with names, dates and editions as they would be: for measuring only."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any, NamedTuple

from django.db import connection, transaction

from members.companies.models import Company
from members.people.models import User
from products.devices.models import DeviceType
from products.listings.models import Listing
from products.suites.models import Category, Edition

STEP = 5000
CITIES = [
    "北京", "上海", "深圳", "广州", "杭州", "南京", "苏州", "成都", "武汉", "西安", "厦门", "合肥", "长沙",
    "青岛", "郑州", "济南", "福州", "东莞", "珠海", "无锡", "宁波", "常州", "重庆", "天津", "石家庄", "哈尔滨",
]
BRANDS = (
    "莲雾信通达华创云海安博宏远智网芯视源恒联星瑞锐捷朗松珂利宁讯九域腾龙中能迈普乐研泰格明辰启"
    "普天融御坤鼎汇金卓越新锋飞凌波浩瀚京微立佳禾嘉正元方圆盛世同创科兴国泰民丰和顺易思拓维凯旋"
    "诺基晨曦晓光亚太南洋东风西岭北斗"
)
TRADES = ["科技", "信息技术", "通信技术", "电子科技", "网络科技", "智能科技", "物联网科技", "电力科技", "数码科技",
          "通信设备"]
FORMS = ["有限公司"] * 8 + ["股份有限公司"] * 2
PLACES = ["室内", "室外", "工业级", "车载", "便携式", "壁挂式", "嵌入式", "高增益", "双频", "低功耗"]
PREFIXES = ["AP", "WL", "GW", "ST", "SW", "CM", "MT", "TH", "IR", "RT", "CPE", "IPC", "PDA", "MOD"]
RADIOS = {2003: ["802.11b", "802.11g"], 2009: ["802.11g", "802.11n"], 2014: ["802.11n", "802.11ac"],
          2020: ["802.11n", "802.11ac", "802.11ax"], 2024: ["802.11ax", "802.11be"]}
BANDS_OF = {"802.11b": [["2.4GHz"]], "802.11g": [["2.4GHz"]], "802.11n": [["2.4GHz"], ["2.4GHz", "5GHz"]],
            "802.11ac": [["5GHz"], ["2.4GHz", "5GHz"]], "802.11ax": [["2.4GHz", "5GHz"], ["2.4GHz", "5GHz", "6GHz"]],
            "802.11be": [["2.4GHz", "5GHz", "6GHz"]]}
FIRST_DAY, DAYS = date(2009, 6, 1), 6300
COLUMNS = ("listing_number", "source", "source_title", "company_id", "device_type_id", "name_zh", "name_en", "model",
           "bands", "generation", "hardware", "firmware", "edition_id", "categories_passed", "specification",
           "listed_on", "status", "status_since", "status_reason_zh", "status_reason_en", "is_demonstration",
           "sort_date", "updated_at")
STATES = ["valid"] * 80 + ["expired"] * 10 + ["cancelled"] * 4 + ["superseded"] * 3 + ["suspended"] * 2 + ["withdrawn"]
FIRST_NUMBER = "WAPI-D-"
NOW = datetime(2026, 11, 1, tzinfo=UTC)


class Catalogue(NamedTuple):
    """What listings refer to: types with their names, editions by slug, sets of categories from small to whole."""

    types: list[tuple[int, str, str]]
    editions: list[tuple[str, int]]
    categories: list[str]


def is_scratch() -> bool:
    """Whether the database holds no record of anybody."""
    return not (Company.objects.exists() or Listing.objects.exists() or User.objects.exists())


def generate(*, count: int, companies: int, seed: int, first: int = 0) -> Iterator[int]:
    """Write companies and listings, numbered from `first`, without the index; yields how many each step wrote."""
    dice = random.Random(seed)  # noqa: S311 - generated data
    ids = write_companies(dice, companies)
    categories = list(Category.objects.order_by("position").values_list("code", flat=True))
    catalogue = Catalogue(
        list(DeviceType.objects.order_by("pk").values_list("pk", "name_zh", "name_en")),
        list(Edition.objects.order_by("slug").values_list("slug", "pk")),
        [json.dumps(categories[:number]) for number in range(1, len(categories) + 1)],
    )
    for start in range(0, count, STEP):
        rows = [row(dice, nth, ids, catalogue) for nth in range(first + start, first + min(start + STEP, count))]
        with transaction.atomic():
            write("products_listing", COLUMNS, rows)
        yield len(rows)


def write_companies(dice: random.Random, number: int) -> list[int]:
    """Invented companies; a few have most of the listings, as anywhere."""
    names = [name(dice) for _each in range(number)]
    first = Company.objects.filter(number__startswith="G").count()
    Company.objects.bulk_create(
        [Company(number=f"G{nth:05d}", name_zh=f"{city}{brand}{trade}{form}（演示）",
                 short_name_zh=f"{brand}{trade[:2]}", name_en=f"Demonstration {nth} Technology Co., Ltd.",
                 is_demonstration=True)
         for nth, (city, brand, trade, form) in enumerate(names, start=first)], batch_size=500)
    return list(Company.objects.filter(number__startswith="G").order_by("pk").values_list("pk", flat=True))


def name(dice: random.Random) -> tuple[str, str, str, str]:
    """City, brand of two or three characters, trade, form of the company."""
    brand = "".join(dice.choice(BRANDS) for _each in range(dice.choice((2, 2, 2, 3))))
    return dice.choice(CITIES), brand, dice.choice(TRADES), dice.choice(FORMS)


def row(dice: random.Random, nth: int, companies: list[int], catalogue: Catalogue) -> tuple[Any, ...]:
    """One listing: more in later years, radios and edition of its time, most of them valid."""
    on = FIRST_DAY + timedelta(days=int(DAYS * dice.random() ** 0.6))
    kind, kind_zh, kind_en = dice.choice(catalogue.types)
    radio = dice.choice(RADIOS[max(year for year in RADIOS if year <= on.year)])
    status = dice.choice(STATES) if on.year > 2016 else dice.choice(STATES[60:])
    model = f"{dice.choice(PREFIXES)}{dice.randrange(100, 9999)}{dice.choice('ABCDEGHNPRSTWX')}-{dice.randrange(1000)}"
    held = [pk for slug, pk in catalogue.editions if slug <= on.isoformat()]
    company = companies[int(len(companies) * dice.random() ** 1.5)]
    return (
        f"{FIRST_NUMBER}{nth:07d}", "tested_here", "", company, kind, f"{dice.choice(PLACES)}{kind_zh}",
        f"Demo {kind_en}", model, json.dumps(dice.choice(BANDS_OF[radio])), radio, "V1.0", "1.0.0",
        held[-1] if held else None,
        dice.choice(catalogue.categories) if dice.random() < 0.2 else catalogue.categories[-1], "{}",
        on, status, on, "", "", True, on, NOW,
    )


def write(table: str, columns: tuple[str, ...], rows: list[tuple[Any, ...]]) -> None:
    """COPY where the database has it, many rows a statement elsewhere."""
    names = ", ".join(columns)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            with cursor.copy(f"COPY {table} ({names}) FROM STDIN") as copy:
                for one in rows:
                    copy.write_row(one)
        else:
            places = ", ".join(["%s"] * len(columns))
            cursor.executemany(f"INSERT INTO {table} ({names}) VALUES ({places})", rows)  # noqa: S608 - own names
