"""The programs that histories are told in: between them they use what the language has, each small enough to be read."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from regulars.engine.book import Book
from regulars.program.load import load
from regulars.program.model import Program

CORNER = """
program: corner
money: EUR
timezone: Europe/Madrid
from: 2026-01-01
facts:
  line: {kind: [drink, food, other], qty: count = 1}
  purchase: {own_cup: bool = false, channel: {of: [store, online], else: store}}
  member: {birthday: day_of_year?}
wallets:
  stamps: {lasts: 6 months after last purchase, may_owe: true}
  points: {lasts: 3 months after earned to end of month}
earn:
  stamp: {lines: "line.kind == 'drink' && !line.by_voucher", give: {stamps: 1 per line.qty}, within: visit}
  early:
    lines: "line.kind == 'drink' && !line.by_voucher"
    when: event.time < '10:00'
    instead_of: stamp
    give: {stamps: 2 per line.qty}
    within: visit
  base: {give: {points: 1 per 1.00}, at_most: 60 points per week}
  third: {lines: line.kind == 'food', give: {points: 1 per whole 3 line.qty}, round: nearest}
  step: {give: {points: 5 per whole 10.00}, at_most: 30 points per month}
  daily: {give: {points: 3}, at_most: once per day}
  first: {give: {points: 11}, at_most: 2 times ever}
limits:
  visit: {at_most: [4 stamps per purchase, 9 stamps per week]}
convert:
  tenth: {every: 9 stamps, give: {free_drink: 1}}
vouchers:
  free_drink: {lines: line.kind == 'drink', free: 1, up_to: 5.00, lasts: 60 days}
prices:
  own_cup: {lines: line.kind == 'drink', when: purchase.own_cup, off: 0.20 per line.qty}
rewards:
  mug: {cost: 40 points, item: mug, at_most: once per year}
  fiver: {cost: 50 points, off: 5.00, surplus: lost}
benefits:
  birthday_drink: {open: from 3 days before birthday through 3 days after birthday, at_most: once per opening}
referrals:
  friend: {pays_on: first purchase, referee: {points: 7}, referrer: {points: 20}, at_most: 2 times per year}
returns: {stamps: take back, points: take back}
"""

GROCER = """
program: grocer
money: USD
timezone: America/New_York
from: 2025-06-01
facts:
  line: {kind: [produce, deli, fuel, other], brand: {of: [private, national], else: national}, qty: count = 1}
  purchase: {tags: list of text}
  tender: {method: text}
base:
  spend: {except: line.kind == 'fuel', less: [discounts, vouchers, rewards]}
wallets:
  points: {lasts: 6 months after earned to end of month, spent: oldest first}
  monthly: {counts: points, lasts: end of next month, ceiling: 300}
  year_spend: {is: money, lasts: end of year}
  cash: {is: money, lasts: 90 days after earned, may_owe: true}
earn:
  base:
    give: {points: {by: line.kind, produce: 2 per 1.00, deli: 1.5 per 1.00, else: 1 per 1.00}}
  label: {lines: line.brand == 'private', give: {points: 0.5 per 1.00}, round: up per line}
  double: {when: "'double' in purchase.tags", multiply: {base: 2}, at_most: 150 points per month}
  four: {when: "'four' in purchase.tags", top_up: {base: 4 per 1.00}}
  big: {when: "'big' in purchase.tags", give: {points: 25}, best_of: extra}
  bigger: {when: "'big' in purchase.tags", give: {points: 1 per 2.00}, best_of: extra}
  spring: {lines: line.kind == 'produce', give: {points: 3 per 1.00}, at_most: 120 points per everybody ever}
  loyal: {when: status.at_least('gold'), give: {points: {by: status, gold: 0.1 per 1.00, platinum: 0.25 per 1.00, else: 0}}}
  spend: {give: {year_spend: 100%}}
  back: {give: {cash: {by: tender.method, card: 2.5%, else: 1%}}, round: nearest}
convert:
  note: {every: 250 points, give: {note: 5.00}}
  monthly: {on: start of month, earned: by end of last month, every: 100 monthly, at_most: 2 times per event, give: {fuel: 1}}
vouchers:
  note: {off: given, surplus: lost, lasts: 3 months}
  fuel: {lines: line.kind == 'fuel', off: 5%, lasts: end of month}
tiers:
  status:
    of: year_spend
    levels: {member: {}, gold: {at: 150.00}, platinum: {at: 400.00}}
    lasts: end of next year
    on_return: undo
returns: {points: take back, monthly: take back, year_spend: take back, cash: take back}
"""

HOTEL = """
program: hotel
money: EUR
timezone: Europe/Berlin
from: 2025-01-01
facts:
  line: {kind: [room, bar], qty: count = 1}
  purchase: {nights: count of night = 0, paid_on: date?}
  redeem: {steps: count?}
  member: {birthday: day_of_year?, height: number?, tags: list of text}
events:
  visit: [purchase, redeem]
wallets:
  miles: {lasts: 12 months after earned or last visit, pending: 7 days after earned}
  nights: {lasts: end of year, pending: 7 days after earned}
  rolling: {lasts: 365 days after earned}
  credit: {is: money, lasts: end of quarter, may_owe: true, pending: end of month}
earn:
  stay: {give: {miles: 100 per night}, at_most: 1000 miles per month}
  room: {lines: line.kind == 'room', give: {miles: {by: track, fast: 6 per 1.00, slow: 5 per 1.00}}, round: nearest per line}
  bonus: {of: stay, give: {miles: 25%}, when: status.at_least('silver')}
  counted: {give: {nights: 1 per night}}
  spent: {give: {rolling: 1 per 10.00}, at_most: 100.00 of spend per purchase}
  back: {lines: line.kind == 'bar', give: {credit: 7.5%}, round: down to 0.05}
  birthday: {on: birthday, give: {miles: 500}}
  welcome: {on: join, give: {miles: 50}}
tiers:
  status:
    of: nights
    levels: {guest: {}, silver: {at: 4}, gold: {at: 9}}
    lasts: 12 months after reached to end of month
    starts: next day
    on_return: undo
  club:
    of: rolling
    levels: {out: {}, in: {at: 12}}
    lasts: 90 days
    on_return: undo
milestones:
  tenth: {of: nights, at: [5, 10], give: {miles: 300}}
rewards:
  night: {cost: 1500 miles, give: {free_night: 1}}
  bottle: {cost: 300 miles, item: bottle, stock: 5}
  spa: {every: 100 miles, give: {credit: 1.00}, asked: redeem.steps, at_most: 5 times per year}
vouchers:
  free_night: {lines: line.kind == 'room', free: 1, lasts: 12 months to end of month}
choices:
  track: {options: [fast, slow], default: slow, at_most: 2 times per year}
benefits:
  late: {when: status.at_least('silver'), at_most: 3 times per month}
returns: {miles: take back, nights: take back, rolling: take back, credit: take back}
"""

DRESS = """
program: dress
money: GBP
timezone: Europe/London
from: 2025-03-01
facts:
  line: {kind: [goods, gift_card], qty: count = 1}
  purchase: {channel: {of: [store, online], else: store}, card: text?}
wallets:
  points: {lasts: 18 months after last purchase, spent: newest first}
  year_spend: {is: money, lasts: end of year}
base:
  spend: {lines: line.kind == 'goods', less: [discounts, vouchers, rewards]}
earn:
  base: {give: {points: {by: status, insider: 1 per 1.00, vip: 1.25 per 1.00}}, round: down per purchase}
  online: {when: purchase.channel == 'online', give: {points: {since: {start: 10, 2026-02-01: 15}}}, at_most: 2 times per year}
  card: {give: {points: 5}, at_most: once per purchase.card per month}
  slow: {give: {points: 2}, at_most: once per last 7 days}
  spend: {give: {year_spend: 100%}}
tiers:
  status: {of: year_spend, levels: {insider: {}, vip: {at: 120.00}}, lasts: end of next year, on_return: undo}
rewards:
  ten_off: {cost: 100 points, off: 10.00, surplus: refuse}
  sample: {cost: 10 points, item: sample}
convert:
  half: {cost: 20 points, on: convert.half, give: {card10: 1}}
vouchers:
  card10: {off: 10.00, surplus: lost, lasts: 90 days, minimum: 15.00, if_unmet: skip}
returns: {points: take back, year_spend: take back}
"""

DRESS_LATER = (
    DRESS.replace("from: 2025-03-01", "from: 2026-03-01\nfollows: dress-2025")
    .replace("vip: 1.25 per 1.00", "vip: 2 per 1.00")
    .replace("18 months after last purchase", "12 months after last purchase")
    .replace("tiers:\n", "  season: {on: start of quarter, give: {points: 4}}\ntiers:\n")
)


@dataclass(frozen=True)
class Shop:
    """A book with what the members of its histories may ask for."""

    name: str
    texts: tuple[str, ...]
    kinds: tuple[str, ...]
    requests: tuple[str, ...]
    alone: bool
    """Whether what one member does never touches another: no budget, no stock, no referral."""

    @property
    def shared(self) -> bool:
        """Whether what one member does may touch another."""
        return not self.alone

    @property
    def book(self) -> Book:
        return book(*self.texts)


def program(text: str) -> Program:
    found = load(text, "shop.yaml")
    assert isinstance(found, Program), "\n".join(str(one) for one in found)
    return found


@lru_cache(maxsize=200)
def book(*texts: str) -> Book:
    return Book([program(text) for text in texts])


SHOPS = (
    Shop("corner", (CORNER,), ("drink", "food", "other"), ("redeem.mug", "use_perk.birthday_drink"), False),
    Shop("grocer", (GROCER,), ("produce", "deli", "fuel", "other"), ("redeem.nothing",), False),
    Shop(
        "hotel",
        (HOTEL,),
        ("room", "bar"),
        ("redeem.night", "redeem.bottle", "redeem.spa", "choose.track", "use_perk.late"),
        False,
    ),
    Shop("dress", (DRESS,), ("goods", "gift_card"), ("redeem.sample", "convert.half"), True),
    Shop(
        "dress in two versions", (DRESS, DRESS_LATER), ("goods", "gift_card"), ("redeem.sample", "convert.half"), True
    ),
)
