"""Invented residents: names, peoples, birthdays, places and numbers that fit together."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from specimens.numbers import citizen_check

# Cards that are not drawn as expired are valid on this day, and were issued before it.
REFERENCE_DAY = date(2026, 1, 1)
LONG_TERM = "长期"


@dataclass(frozen=True, slots=True)
class Resident:
    """What a resident card says. `valid_until` is None for a card of long term."""

    name: str
    sex: str
    ethnicity: str
    born: date
    address: str
    number: str
    authority: str
    valid_from: date
    valid_until: date | None


def random_resident(random: np.random.Generator, *, region: str | None = None) -> Resident:
    """An invented person with a card valid on `REFERENCE_DAY`.

    `region` replaces the first six digits of the number (an invented region starting with 99).
    """
    places = name_lists()["places"]
    ethnicity = _ethnicity(random)
    name = _name(random, ethnicity)
    sex = "男" if random.random() < 0.5 else "女"
    born = date(1936, 1, 1) + timedelta(days=int(random.integers(0, 365 * 78)))
    province, city, district = (
        int(random.integers(len(places[k]))) for k in ("provinces", "cities", "districts")
    )
    home = places["cities"][city] + places["districts"][district] + _street(random, places)
    # Three lines of eleven characters are what a card holds.
    in_full = len(home) <= 28 and random.random() < 0.9
    code = region or f"99{city + 1:02}{district + 1:02}"
    sequence = int(random.integers(0, 499)) * 2 + (1 if sex == "男" else 2)
    first17 = f"{code}{born:%Y%m%d}{sequence:03}"
    issued, until = _validity(random, born)
    return Resident(
        name=name,
        sex=sex,
        ethnicity=ethnicity,
        born=born,
        address=places["provinces"][province] * in_full + home,
        number=first17 + citizen_check(first17),
        authority=f"{places['cities'][city]}公安局{places['districts'][district][:-1]}分局",
        valid_from=issued,
        valid_until=until,
    )


def expired(person: Resident) -> Resident:
    """The same person with a card that ran out some years before `REFERENCE_DAY`."""
    until = date(REFERENCE_DAY.year - 2, person.valid_from.month, min(person.valid_from.day, 28))
    return replace(person, valid_from=until.replace(year=until.year - 10), valid_until=until)


def _ethnicity(random: np.random.Generator) -> str:
    draw = random.random()
    if draw < 0.62:
        return "汉"
    if draw < 0.8:
        return str(random.choice(["维吾尔", "藏", "蒙古", "满", "回", "壮", "苗"]))
    return str(random.choice(name_lists()["ethnicities"][1:]))


def _name(random: np.random.Generator, ethnicity: str) -> str:
    lists = name_lists()
    minority = lists["minority"].get(ethnicity)
    if minority is not None and random.random() < 0.8:
        return str(random.choice(minority))
    rare_surname, rare_given = random.random() < 0.12, random.random() < 0.2
    surname = str(random.choice(lists["rare_surnames"] if rare_surname else list(lists["surnames"])))
    pool = list(lists["rare_given"] if rare_given else lists["given"])
    length = 1 if random.random() < 0.25 else 2
    return surname + "".join(random.choice(pool, length))


def _street(random: np.random.Generator, places: dict[str, list[str]]) -> str:
    number = int(random.integers(1, 400))
    kind = random.random()
    if kind < 0.08:
        return f"{number}号"
    if kind < 0.25:
        return f"{random.choice(places['streets'])}{number}号"
    if kind < 0.55:
        village = random.choice(places["villages"])
        return f"{random.choice(places['towns'])}{village}{number % 30 + 1}组{number}号"
    building, room = int(random.integers(1, 40)), int(random.integers(101, 2810))
    estate = f"{random.choice(places['streets'])}{number}号{random.choice(places['estates'])}"
    return f"{estate}{building}幢{building % 5 + 1}单元{room}室"


def _validity(random: np.random.Generator, born: date) -> tuple[date, date | None]:
    """An issue date before the reference day and the end that the holder's age then gives it (5, 10, 20
    years).
    """
    for _ in range(50):
        issued = REFERENCE_DAY - timedelta(days=int(random.integers(30, 365 * 12)))
        age = (issued - born).days / 365.25
        if age < 0:
            continue
        years = 5 if age < 16 else 10 if age < 26 else 20 if age < 46 else None
        if years is None:
            return issued, None
        if (issued.month, issued.day) == (2, 29):
            issued = issued.replace(day=28)
        until = issued.replace(year=issued.year + years)
        if until > REFERENCE_DAY:
            return issued, until
    issued = REFERENCE_DAY - timedelta(days=40)
    return issued, issued.replace(year=issued.year + 5)


@cache
def name_lists() -> dict[str, Any]:
    """What names.toml holds."""
    return tomllib.loads((Path(__file__).parent / "names.toml").read_text("utf-8"))
