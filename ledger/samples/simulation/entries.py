"""The crews of a synthetic rally: numbers, invented names of several scripts, vehicles, pace."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random
from typing import NamedTuple

from ledger.samples.simulation.plan import Plan, dice


class Category(NamedTuple):
    """A category: how many in a hundred crews are of it, and what they are like.

    `kmh` is what its best crew drives on average; `lane` says with which others it starts.
    """

    name: str
    percent: int
    kmh: int
    lane: int
    aboard: int
    classes: tuple[str, ...]
    vehicles: tuple[str, ...]


CATEGORIES = (
    Category("moto", 35, 92, 0, 1, ("RallyGP", "Rally2", "Rally3"), ("Kamyk 450", "Zorro 450 R")),
    Category("quad", 8, 80, 0, 1, ("Quad",), ("Onager 700",)),
    Category("car", 30, 104, 1, 2, ("T1.1", "T1.2", "T2.1"), ("Dromedar 4x4", "Saker R", "Oryx")),
    Category("ssv", 15, 90, 1, 2, ("T3", "T4"), ("Jerboa Turbo", "Fennek")),
    Category("truck", 12, 82, 1, 3, ("T5.1", "T5.2"), ("Mammut 6", "Bisont 18")),
)
"""In the order in which they start; a lane is a start line of its own."""

LATIN = (
    "Aino Bruno Carla Dario Elise Félix Greta Henrik Inès João Kamil Lucía Marek Nils Paweł Sören",
    "Ahlgren Bakker Dufresne Eskola Fontane Grünwald Ibáñez Janský Kowalik Moreira Novotný Šimek",
    "FIN POR FRA ESP ITA NED POL CZE SWE GER ARG BEL",
)
CYRILLIC = (
    "Алексей Борис Виктор Георгий Дмитрий Егор Иван Кирилл Максим Олег Павел Руслан Тимур Фёдор",
    "Абрамов Белов Волков Громов Дёмин Ершов Зимин Ильин Крылов Лосев Носов Орлов Панин Рогов",
    "KAZ BUL SRB KGZ",
)
CHINESE = ("伟 强 磊 洋 勇 军 杰 涛 明 超", "王 李 张 刘 陈 杨 赵 黄 周 吴", "CHN")
TEAMS = (
    "Dune Oasis Mistral Steppe Wadi Saffron Caravan Meridian Barkhan Takyr",
    "Racing Team Sport Raid",
)
TROPHIES = ("rookie", "women", "malle", "veteran")


@dataclass(frozen=True, slots=True)
class Crew:
    """A crew as it is entered, and how it drives.

    `slower` is by how many thousandths it is slower than the best of its category can be.
    """

    index: int
    number: str
    category: Category
    crew_class: str
    driver: str
    codrivers: tuple[str, ...]
    nationality: str
    vehicle: str
    team: str
    trophies: tuple[str, ...]
    slower: int


def crews_of(plan: Plan) -> list[Crew]:
    """The crews, in the order of their numbers; each category begins at a hundred of its own."""
    rng = dice(plan, "entries")
    crews: list[Crew] = []
    number = 1
    for category, count in zip(CATEGORIES, _counts(plan.crews), strict=True):
        for _ in range(count):
            crews.append(_crew(rng, len(crews), str(number), category))
            number += 1
        number = number if not count else (number + 98) // 100 * 100 + 1
    return crews


def _counts(crews: int) -> list[int]:
    """How many crews each category has: the shares, rounded so that the sum is right."""
    counts, given, shared = [], 0, 0
    for category in CATEGORIES:
        shared += category.percent
        upto = (crews * shared + 50) // 100
        counts.append(upto - given)
        given = upto
    return counts


def _crew(rng: Random, index: int, number: str, category: Category) -> Crew:
    script = rng.choice((LATIN, LATIN, LATIN, LATIN, CYRILLIC, CYRILLIC, CHINESE))
    names = tuple(_name(rng, script) for _ in range(category.aboard))
    return Crew(
        index,
        number,
        category,
        rng.choice(category.classes),
        names[0],
        names[1:],
        rng.choice(script[2].split()),
        rng.choice(category.vehicles),
        " ".join(rng.choice(words.split()) for words in TEAMS),
        (rng.choice(TROPHIES),) if rng.randrange(6) == 0 else (),
        sum(rng.randrange(110) for _ in range(3)),
    )


def _name(rng: Random, script: tuple[str, str, str]) -> str:
    given, family = rng.choice(script[0].split()), rng.choice(script[1].split())
    return f"{family}{given}" if script is CHINESE else f"{given} {family}"
