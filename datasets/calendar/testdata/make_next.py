"""Writes next.json: labels of steps, the frequency, the last time and the labels that follow, by Python's datetime.

python make_next.py > next.json
"""
import calendar
import json
import random
from datetime import date, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

FULL = list(calendar.month_name)
ABBR = list(calendar.month_abbr)
SEPT = [m[:4] if m == "September" else m[:3] for m in FULL]
AP = ["", "Jan.", "Feb.", "March", "April", "May", "June", "July", "Aug.", "Sept.", "Oct.", "Nov.", "Dec."]
FRENCH = ["", "janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août", "septembre", "octobre", "novembre", "décembre"]
GERMAN = ["", "Januar", "Februar", "März", "April", "Mai", "Juni", "Juli", "August", "September", "Oktober", "November", "Dezember"]
DAYS = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]
DIMANCHE = ["lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche"]


def nth(d):
    return f"{d}{'th' if d in (11, 12, 13) else {1: 'st', 2: 'nd', 3: 'rd'}.get(d % 10, 'th')}"


def half(t):
    return "AM" if t.hour < 12 else "PM"


def twelve(t):
    return (t.hour + 11) % 12 + 1


DATES = {
    "iso": lambda t: t.strftime("%Y-%m-%d"),
    "iso bare": lambda t: f"{t.year}-{t.month}-{t.day}",
    "slashes": lambda t: t.strftime("%Y/%m/%d"),
    "us": lambda t: t.strftime("%m/%d/%Y"),
    "us bare": lambda t: f"{t.month}/{t.day}/{t.year}",
    "us bare short": lambda t: f"{t.month}/{t.day}/{t.year % 100:02d}",
    "us blanks": lambda t: f"{t.month:2d}/{t.day:2d}/{t.year}".strip(),
    "dots": lambda t: t.strftime("%d.%m.%Y"),
    "dots bare": lambda t: f"{t.day}.{t.month}.{t.year}",
    "dots blanks": lambda t: f"{t.day}. {t.month}. {t.year}",
    "compact": lambda t: t.strftime("%Y%m%d"),
    "d-Mon-Y": lambda t: f"{t.day:02d}-{ABBR[t.month]}-{t.year}",
    "d-MON-y": lambda t: f"{t.day}-{ABBR[t.month].upper()}-{t.year % 100:02d}",
    "ddMONyyyy": lambda t: f"{t.day:02d}{ABBR[t.month].upper()}{t.year}",
    "Mon d, Y": lambda t: f"{ABBR[t.month]} {t.day:02d}, {t.year}",
    "Mon d Y": lambda t: f"{ABBR[t.month]} {t.day} {t.year}",
    "Month d, Y": lambda t: f"{FULL[t.month]} {t.day}, {t.year}",
    "Month nth, Y": lambda t: f"{FULL[t.month]} {nth(t.day)}, {t.year}",
    "nth of Month Y": lambda t: f"{nth(t.day)} of {FULL[t.month]} {t.year}",
    "d Month Y": lambda t: f"{t.day} {FULL[t.month]} {t.year}",
    "d month Y": lambda t: f"{t.day} {FULL[t.month].lower()} {t.year}",
    "AP": lambda t: f"{AP[t.month]} {t.day}, {t.year}",
    "French": lambda t: f"{t.day} {FRENCH[t.month]} {t.year}",
    "French day": lambda t: f"{DIMANCHE[t.weekday()]} {t.day} {FRENCH[t.month]} {t.year}",
    "German": lambda t: f"{t.day}. {GERMAN[t.month]} {t.year}",
    "Y Mon d": lambda t: f"{t.year}-{ABBR[t.month]}-{t.day:02d}",
    "weekday": lambda t: f"{DAYS[t.weekday()]}, {FULL[t.month]} {t.day}, {t.year}",
    "wkd": lambda t: f"{DAYS[t.weekday()][:3]} {t.day:02d} {ABBR[t.month]} {t.year}",
    "wkd iso": lambda t: f"{DAYS[t.weekday()][:3]} {t:%Y-%m-%d}",
    "iso wkd": lambda t: f"{t:%Y-%m-%d} ({DAYS[t.weekday()][:3]})",
    "ordinal": lambda t: f"{t.year}-{t.timetuple().tm_yday:03d}",
    "iso week day": lambda t: "{}-W{:02d}-{}".format(*t.isocalendar()),
}
CLOCKS = {
    " H:M": lambda t: t.strftime(" %H:%M"),
    " h:M bare": lambda t: f" {t.hour}:{t.minute:02d}",
    " H:M:S": lambda t: t.strftime(" %H:%M:%S"),
    "TH:M:S": lambda t: t.strftime("T%H:%M:%S"),
    "TH:M:SZ": lambda t: t.strftime("T%H:%M:%SZ"),
    "TH:M:S+": lambda t: t.strftime("T%H:%M:%S+02:00"),
    " H:M:S +": lambda t: t.strftime(" %H:%M:%S -0330"),
    " H:M:S.f": lambda t: t.strftime(" %H:%M:%S.000"),
    " I:M p": lambda t: f" {twelve(t)}:{t:%M} {half(t)}",
    " I:M:S p": lambda t: f" {twelve(t):02d}:{t:%M:%S} {half(t).lower()}",
    " I:M a.m.": lambda t: f" {twelve(t)}:{t:%M} {'a.m.' if t.hour < 12 else 'p.m.'}",
    ", I:Mp": lambda t: f", {twelve(t)}:{t:%M}{half(t)}",
    ":H:M:S": lambda t: t.strftime(":%H:%M:%S"),
}
MONTHS = {
    "Y-m": lambda t: t.strftime("%Y-%m"),
    "Y-m bare": lambda t: f"{t.year}-{t.month}",
    "Y_m": lambda t: t.strftime("%Y_%m"),
    "Y/m": lambda t: t.strftime("%Y/%m"),
    "m/Y": lambda t: t.strftime("%m/%Y"),
    "Ym": lambda t: t.strftime("%Y%m"),
    "YMm": lambda t: t.strftime("%YM%m"),
    "Month Y": lambda t: f"{FULL[t.month]} {t.year}",
    "Mon Y": lambda t: f"{ABBR[t.month]} {t.year}",
    "Mon-y": lambda t: f"{ABBR[t.month]}-{t.year % 100:02d}",
    "MON-y": lambda t: f"{ABBR[t.month].upper()}-{t.year % 100:02d}",
    "mon Y": lambda t: f"{ABBR[t.month].lower()} {t.year}",
    "Mon 'y": lambda t: f"{ABBR[t.month]} '{t.year % 100:02d}",
    "Sept Y": lambda t: f"{SEPT[t.month]} {t.year}",
    "AP Y": lambda t: f"{AP[t.month]} {t.year}",
    "Y Month": lambda t: f"{t.year} {FULL[t.month]}",
    "Month, Y": lambda t: f"{FULL[t.month]}, {t.year}",
    "French": lambda t: f"{FRENCH[t.month]} {t.year}",
    "German": lambda t: f"{GERMAN[t.month]} {t.year}",
}
QUARTERS = {
    "YQq": lambda t: f"{t.year}Q{t.month // 3 + 1}",
    "Y-Qq": lambda t: f"{t.year}-Q{t.month // 3 + 1}",
    "Qq Y": lambda t: f"Q{t.month // 3 + 1} {t.year}",
    "Qq-y": lambda t: f"Q{t.month // 3 + 1}-{t.year % 100:02d}",
    "Y:Qq": lambda t: f"{t.year}:Q{t.month // 3 + 1}",
    "Y Qq": lambda t: f"{t.year} Q{t.month // 3 + 1}",
    "yqq": lambda t: f"{t.year}q{t.month // 3 + 1}",
    "qQy": lambda t: f"{t.month // 3 + 1}Q{t.year % 100:02d}",
    "Y-Tq": lambda t: f"{t.year}-T{t.month // 3 + 1}",
}
WEEKS = {
    "Y-Ww": lambda t: "{}-W{:02d}".format(*t.isocalendar()),
    "YWw": lambda t: "{}W{:02d}".format(*t.isocalendar()),
    "Week w, Y": lambda t: "Week {1}, {0}".format(*t.isocalendar()),
}


def add_months(t, n, day):
    m = t.year * 12 + t.month - 1 + n
    return t.replace(year=m // 12, month=m % 12 + 1, day=min(day, calendar.monthrange(m // 12, m % 12 + 1)[1]))


def every(delta):
    return lambda t, n: t + n * delta


def business(t, n):
    while n > 0:
        t += timedelta(days=1)
        n -= t.weekday() < 5
    return t


def months(n, day):
    return lambda t, k: add_months(t, n * k, day)


random.seed(1)
cases = []


def case(name, write, start, step, frequency, history=15, gaps=False):
    times = [step(start, k) for k in range(history + 6)]
    past = times[:history]
    if gaps:
        gone = set(random.sample(range(3, history - 1), 4))
        past = [t for i, t in enumerate(past) if i not in gone]
    last = past[-1]
    cases.append({"name": name + (", gaps" if gaps else ""), "labels": [write(t) for t in past], "every": frequency,
                  "last": last.strftime("%Y-%m-%d %H:%M:%S"), "next": [write(t) for t in times[history:]]})


for gaps in (False, True):
    for name, write in DATES.items():
        case(name + " daily", write, datetime(2024, 2, 16), every(timedelta(days=1)), "daily", gaps=gaps)
        case(name + " business", write, datetime(2023, 12, 7), business, "business days", gaps=gaps)
        case(name + " weekly", write, datetime(2020, 10, 11), every(timedelta(days=7)), "weekly (Sundays)", gaps=gaps)
    for name in ("iso", "us bare", "d-Mon-Y", "Month d, Y", "compact"):
        write = DATES[name]
        case(name + " month ends", write, datetime(2023, 1, 31), months(1, 31), "month ends", gaps=gaps)
        case(name + " monthly 30", write, datetime(2022, 12, 30), months(1, 30), "monthly", gaps=gaps)
        case(name + " monthly 15", write, datetime(2022, 12, 15), months(1, 15), "monthly", gaps=gaps)
        case(name + " quarter ends", write, datetime(2019, 3, 31), months(3, 31), "quarter ends", gaps=gaps)
        case(name + " quarterly", write, datetime(2019, 4, 1), months(3, 1), "quarterly", gaps=gaps)
        case(name + " leap years", write, datetime(2000, 2, 29), months(48, 29), "every 4 year ends", gaps=gaps)
        case(name + " yearly", write, datetime(1998, 12, 30), months(12, 30), "yearly", gaps=gaps)
        case(name + " fortnights", write, datetime(2020, 2, 3), every(timedelta(days=14)), "every 2 weeks (Mondays)", gaps=gaps)
        case(name + " three days", write, datetime(2020, 2, 3), every(timedelta(days=3)), "every 3 days", gaps=gaps)
for name, write in MONTHS.items():
    case(name + " monthly", write, datetime(2019, 7, 1), months(1, 1), "monthly")
    case(name + " yearly", write, datetime(1999, 5, 1), months(12, 1), "yearly")
for name, write in QUARTERS.items():
    case(name, write, datetime(1997, 4, 1), months(3, 1), "quarterly")
for name, write in WEEKS.items():
    case(name, write, datetime(2020, 9, 28), every(timedelta(days=7)), "weekly (Mondays)")
for d in ("iso", "us bare", "dots", "d-Mon-Y", "Mon d, Y", "ddMONyyyy", "weekday", "compact"):
    for c, clock in CLOCKS.items():
        def write(t, date=DATES[d], clock=clock):
            return date(t) + clock(t)
        case(d + c, write, datetime(2024, 3, 8, 20), every(timedelta(hours=3)), "every 3 hours", gaps=c == " H:M")
        if c in (" H:M", "TH:M:SZ", " I:M p"):
            case(d + c, write, datetime(2024, 3, 9, 21), every(timedelta(minutes=15)), "every 15 minutes")
            case(d + c, write, datetime(2024, 3, 9, 14), every(timedelta(hours=1)), "hourly")
            case(d + c, write, datetime(2024, 2, 16, 14), every(timedelta(days=1)), "daily")
for fraction in (1, 3, 6):
    def write(t):
        return t.strftime("%Y-%m-%d %H:%M:%S.%f")[:20 + fraction]
    case(f"fraction {fraction}", write, datetime(2024, 2, 28, 23, 59, 57), every(timedelta(milliseconds=500)), "every 500ms")
case("isoformat", lambda t: t.isoformat(" "), datetime(2024, 2, 28, 23, 59, 57), every(timedelta(milliseconds=250)), "every 250ms")
case("no midnight", lambda t: t.strftime("%Y-%m-%d" if t.hour + t.minute == 0 else "%Y-%m-%d %H:%M:%S"), datetime(2024, 2, 27), every(timedelta(hours=6)), "every 6 hours")
case("24:00", lambda t: t.strftime("%Y-%m-%d %H:%M") if t.hour else (t - timedelta(days=1)).strftime("%Y-%m-%d 24:00"),
     datetime(2024, 2, 27, 1), every(timedelta(hours=1)), "hourly", history=40)
case("24", lambda t: t.strftime("%d.%m.%Y ") + str(t.hour) if t.hour else (t - timedelta(days=1)).strftime("%d.%m.%Y 24"),
     datetime(2024, 2, 28, 1), every(timedelta(hours=1)), "hourly", history=30)
case("asctime", lambda t: f"{t:%a %b} {t.day:2d} {t:%H:%M:%S %Y}", datetime(2024, 2, 28, 1), every(timedelta(hours=8)), "every 8 hours")
case("date", lambda t: f"{t:%a %b} {t.day:2d} {t:%H:%M:%S} UTC {t.year}", datetime(2024, 2, 28, 1), every(timedelta(hours=8)), "every 8 hours")
case("apache", lambda t: f"{t:%d/%b/%Y:%H:%M:%S +0100}", datetime(2024, 2, 28, 1), every(timedelta(seconds=30)), "every 30 seconds")
case("twitter", lambda t: f"{t:%a %b %d %H:%M:%S +0000 %Y}", datetime(2024, 2, 28, 1), every(timedelta(minutes=1)), "every minute")
case("rfc 1123", lambda t: f"{t:%a, %d %b %Y %H:%M:%S GMT}", datetime(2024, 2, 28, 1), every(timedelta(minutes=20)), "every 20 minutes")
case("exif", lambda t: f"{t:%Y:%m:%d %H:%M:%S}", datetime(2024, 2, 28, 1), every(timedelta(minutes=20)), "every 20 minutes")
case("compact minutes", lambda t: f"{t:%Y%m%d%H%M}", datetime(2024, 2, 28, 22), every(timedelta(minutes=20)), "every 20 minutes")
case("compact seconds", lambda t: f"{t:%Y%m%d%H%M%S}", datetime(2024, 2, 28, 22), every(timedelta(minutes=20)), "every 20 minutes")
case("compact hours", lambda t: f"{t:%Y%m%d%H}", datetime(2024, 2, 28, 22), every(timedelta(hours=1)), "hourly")
case("basic", lambda t: f"{t:%Y%m%dT%H%M%SZ}", datetime(2024, 2, 28, 22), every(timedelta(hours=1)), "hourly")
case("basic minutes", lambda t: f"{t:%Y%m%d_%H%M}", datetime(2024, 2, 28, 22), every(timedelta(hours=1)), "hourly")
case("underscore", lambda t: f"{t:%Y-%m-%d_%H:%M}", datetime(2024, 2, 28, 22), every(timedelta(hours=1)), "hourly")
case("years", lambda t: str(t.year), datetime(1985, 1, 1), months(12, 1), "yearly")
case("decades", lambda t: str(t.year), datetime(1700, 1, 1), months(120, 1), "every 10 years")
case("halves", lambda t: f"{t.year}H{t.month // 6 + 1}", datetime(1985, 1, 1), months(6, 1), "every 2 quarters")
case("halves, year behind", lambda t: f"H{t.month // 6 + 1} {t.year}", datetime(1985, 1, 1), months(6, 1), "every 2 quarters")

# Clocks of Berlin that are put on and back: hours pass as they do, days are of the clock, and the last offset stays.
berlin = ZoneInfo("Europe/Berlin")
for start in (datetime(2020, 3, 28, 20, tzinfo=timezone.utc), datetime(2020, 10, 24, 20, tzinfo=timezone.utc)):
    times = [(start + timedelta(hours=k)).astimezone(berlin) for k in range(12)]
    last = times[-1].replace(tzinfo=timezone(times[-1].utcoffset()))
    cases.append({"name": "hours of Berlin", "labels": [t.isoformat() for t in times], "every": "hourly", "last": last.astimezone(timezone.utc).strftime("%Y-%m-%d %H:%M:%S"),
                  "next": [(last + timedelta(hours=k)).isoformat() for k in range(1, 7)]})
    times = [datetime(start.year, start.month, 20 + k, tzinfo=berlin) for k in range(10)]
    last = times[-1].replace(tzinfo=timezone(times[-1].utcoffset()))
    cases.append({"name": "days of Berlin", "labels": [t.isoformat() for t in times], "every": "daily", "last": last.astimezone(timezone.utc).strftime("%Y-%m-%d %H:%M:%S"),
                  "next": [(last + timedelta(days=k)).isoformat() for k in range(1, 7)]})

print("[\n" + ",\n".join(json.dumps(c, ensure_ascii=False) for c in cases) + "\n]")
