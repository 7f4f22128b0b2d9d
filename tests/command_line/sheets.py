"""A small invented rally, as a results office keeps it and as a live-timing service answers it.

The Dune Rally has three stages and four crews: three cars and a truck. After SS2 the cars 101 and
102 lie level; on SS3 the car 103 retires, and the stage is cancelled for trucks.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

RALLY_TOML = """\
code = "dune-2016"
name = "Dune Rally 2016"
rulebook = "dakar-2020"
timezone = "Asia/Shanghai"

[[stage]]
code = "SS1"
date = 2016-07-18
from = "Oasis"
to = "Salt Lake"
special_km = 160
liaison_km = 40.5

[[stage]]
code = "SS2"
date = 2016-07-19
from = "Salt Lake"
to = "Red Dunes"
special_km = 120

[[stage]]
code = "SS3"
date = 2016-07-20
from = "Red Dunes"
to = "Oasis"
special_km = 90
"""

SHEETS: dict[str, str] = {
    "rally.toml": RALLY_TOML,
    "entries.csv": """\
number,driver,nationality,codrivers,category,group,class,vehicle,team
101,Aino Salo,FIN,Petra Holm,car,T1,T1.1,Dromedar 4x4,Team North
102,Bruno Reis,POR,Carla Reis,car,T1,T1.1,Dromedar 4x4,Reis Racing
103,Chen Wei,CHN,Dai Lin,car,T2,T2.1,Steppe S,Wei Motors
201,Egor Panin,RUS,Fedor Ilin / Gleb Orlov,truck,T4,T4.1,Mammut 6,Mammut
""",
    "waypoints.csv": """\
stage,category,point,order,km,kind
SS1,,DSS,0,0,dss
SS1,,WP1,1,80.5,wpm
SS1,,ASS,2,160,ass
""",
    "times.csv": """\
stage,number,point,elapsed,at,source
SS1,101,DSS,,2016-07-18T08:00:00+08:00,gps
SS1,101,WP1,1:01:00,,gps
SS1,101,,2:00:00,,official
SS1,102,WP1,1:02:00,,gps
SS1,102,,2:05:00,,official
SS1,103,,2:10:00,,official
SS1,201,,2:30:00,,official
SS2,101,,1:40:00,,official
SS2,102,,1:35:00,,official
SS2,103,,1:40:00,,official
SS2,201,,3:00:00,,official
SS3,101,,1:10:00,,official
SS3,102,,1:12:00,,official
""",
    "penalties.csv": """\
stage,number,penalty,reason,article,applies_to,document
SS2,103,0:02:00,speeding in a village,41.2,stage,12
""",
    "status.csv": """\
stage,number,act,at,reason,place
SS3,103,retired,2016-07-20T10:15:00+08:00,gearbox,km 61
""",
    "direction.csv": """\
stage,act,categories,point,at,reason
SS3,cancelled,truck,,2016-07-20T07:00:00+08:00,sandstorm
""",
}

RECORDS = 28
"""How many records the sheets become: a rally, regulations, three stages and 23 lines of CSV."""


def write_sheets(folder: Path, changed: Mapping[str, str | bytes | None] | None = None) -> Path:
    """Write the Dune Rally into a folder; `changed` replaces files, None leaves one out."""
    folder.mkdir(exist_ok=True)
    contents: dict[str, str | bytes | None] = {**SHEETS, **(changed or {})}
    for name, content in contents.items():
        if content is None:
            (folder / name).unlink(missing_ok=True)
        else:
            data = content.encode() if isinstance(content, str) else content
            (folder / name).write_bytes(data)
    return folder


def with_line(name: str, line: str) -> dict[str, str | bytes | None]:
    """The sheets with one more line in a file."""
    return {name: f"{SHEETS[name]}{line}\n"}


def with_change(name: str, old: str, new: str) -> dict[str, str | bytes | None]:
    """The sheets with something changed in a file."""
    assert old in SHEETS[name]
    return {name: SHEETS[name].replace(old, new)}


# -- live timing ---------------------------------------------------------------------------------

_LEG = {
    "legDate": "2019-03-08",
    "itinerarySections": [
        {
            "controls": [
                {
                    "controlId": 1,
                    "code": "TC0",
                    "type": "TimeControl",
                    "stageId": None,
                    "location": "Service Out",
                    "firstCarDueDateTimeLocal": "2019-03-08T07:30:00-06:00",
                },
                {
                    "controlId": 2,
                    "code": "SS1",
                    "type": "StageStart",
                    "stageId": 11,
                    "location": "Quarry",
                    "firstCarDueDateTimeLocal": "2019-03-08T08:00:00-06:00",
                },
                {
                    "controlId": 3,
                    "code": "TC1",
                    "type": "TimeControl",
                    "stageId": 11,
                    "location": "Quarry",
                    "firstCarDueDateTimeLocal": "2019-03-08T07:57:00-06:00",
                },
                {
                    "controlId": 4,
                    "code": "SS2",
                    "type": "StageStart",
                    "stageId": 12,
                    "location": "Ridge",
                    "firstCarDueDateTimeLocal": "2019-03-08T10:00:00-06:00",
                },
            ],
            "stages": [
                {
                    "stageId": 11,
                    "number": 1,
                    "code": "SS1",
                    "status": "Completed",
                    "name": "Quarry",
                    "distance": 20.5,
                    "timingPrecision": "Tenth",
                },
                {
                    "stageId": 12,
                    "number": 2,
                    "code": "SS2",
                    "status": "Completed",
                    "name": "Ridge",
                    "distance": 10.0,
                    "timingPrecision": "Thousandth",
                },
            ],
        }
    ],
}


def _person(name: str, nation: str) -> dict[str, Any]:
    return {"fullName": name, "country": {"iso3": nation}}


def _entry(entry: int, number: str, driver: str, nation: str) -> dict[str, Any]:
    return {
        "entryId": entry,
        "identifier": number,
        "status": "Entry",
        "driver": _person(driver, nation),
        "codriver": _person(f"{driver.split(maxsplit=1)[0]}'s codriver", nation),
        "manufacturer": {"name": "Kestrel"},
        "entrant": {"name": "Kestrel WRT"},
        "group": {"name": "WRC"},
        "eventClasses": [{"name": "RC1"}],
        "vehicleModel": "K3",
    }


def _time(identity: int, entry: int, elapsed: int, source: str = "Default") -> dict[str, Any]:
    return {
        "stageTimeId": identity,
        "entryId": entry,
        "elapsedDurationMs": elapsed,
        "source": source,
    }


_ENTRIES = [
    _entry(901, "1", "Nora Lind", "SWE"),
    _entry(902, "2", "Otto Berg", "NOR"),
    _entry(903, "3", "Pia Wolf", "AUT"),
]
_DIRECTORY = "events/5/rallies/7"
_STAGES = "events/5/stages"

ANSWERS: dict[str, Any] = {
    f"{_DIRECTORY}/itinerary.json": {"itineraryLegs": [_LEG]},
    f"{_DIRECTORY}/entries.json": _ENTRIES,
    f"{_DIRECTORY}/penalties.json": [
        {
            "penaltyId": 71,
            "entryId": 902,
            "penaltyDurationMs": 10_000,
            "controlId": 3,
            "reason": "1 min late",
        }
    ],
    f"{_DIRECTORY}/retirements.json": [
        {
            "retirementId": 81,
            "entryId": 903,
            "status": "Permanent",
            "controlId": 4,
            "reason": "Mechanical",
            "retirementDateTimeLocal": "2019-03-08T10:20:00-06:00",
        }
    ],
    f"{_STAGES}/11.json": {"splitPoints": [{"splitPointId": 501, "number": 1, "distance": 9.5}]},
    f"{_STAGES}/12.json": {"splitPoints": []},
    f"{_STAGES}/11/stagetimes.json": [
        _time(601, 901, 700_000),
        _time(602, 902, 703_200),
        _time(603, 903, 710_000, "Assessed"),
    ],
    f"{_STAGES}/11/splittimes.json": [
        {
            "splitPointTimeId": 401,
            "splitPointId": 501,
            "entryId": 901,
            "elapsedDurationMs": 330_000,
            "startDateTimeLocal": "2019-03-08T08:00:00-06:00",
            "splitDateTimeLocal": "2019-03-08T08:05:30-06:00",
        }
    ],
    f"{_STAGES}/12/stagetimes.json": [_time(604, 901, 300_123), _time(605, 902, 301_456)],
    f"{_STAGES}/12/splittimes.json": [],
}
ENTRIES_JSON = f"{_DIRECTORY}/entries.json"
STAGETIMES_JSON = f"{_STAGES}/12/stagetimes.json"
TIMES_JSON = f"{_STAGES}/11/stagetimes.json"
SPLITS_JSON = f"{_STAGES}/11/splittimes.json"


def write_wrc_live(folder: Path, changed: Mapping[str, str | None] | None = None) -> Path:
    """Write saved answers of live timing; `changed` replaces texts, None leaves one out."""
    contents = {name: json.dumps(answer, indent=1) for name, answer in ANSWERS.items()}
    for name, content in {**contents, **(changed or {})}.items():
        if content is not None:
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(content, encoding="utf-8")
    return folder


def cut_in_half(name: str) -> str:
    """An answer as an interrupted download leaves it."""
    text = json.dumps(ANSWERS[name], indent=1)
    return text[: len(text) // 2]
