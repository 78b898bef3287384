"""The program and the purchases that benches judge: ten earning rules, three tiers, dated lots, limits, a mirror counter."""

from __future__ import annotations

from typing import Any

PROGRAM = """
program: bench-shop
money: EUR
timezone: Europe/Madrid
from: 2026-01-01

facts:
  line: {kind: [drink, food, beans, merchandise, gift_card], qty: count = 1}
  purchase: {channel: {of: [store, online], else: store}, tags: list of text}

events: {visits: [purchase]}

base:
  spend: {except: line.kind == 'gift_card', less: [discounts, vouchers, rewards]}

wallets:
  points: {lasts: 12 months after earned to end of month}
  stamps: {lasts: 6 months after last purchase}
  year_spend: {is: money, lasts: end of year}

tiers:
  status: {of: year_spend, levels: {member: {}, gold: {at: 500.00}, top: {at: 2000.00}}, lasts: end of next year}

earn:
  base: {give: {points: {by: status, member: 1 per 1.00, gold: 1.2 per 1.00, top: 1.5 per 1.00}}}
  spend: {give: {year_spend: 100%}}
  stamp: {lines: line.kind == 'drink' && line.amount >= 2.00, give: {stamps: 1 per line.qty}, at_most: 4 stamps per purchase}
  beans: {lines: line.kind == 'beans', give: {points: 10 per line.qty}, at_most: 40 points per month}
  weekend: {when: "event.weekday in ['sat', 'sun']", multiply: {base: 2}, at_most: 200 points per month}
  online: {when: purchase.channel == 'online', give: {points: 5}}
  early: {when: event.time < '09:00', give: {points: 2}, at_most: once per day}
  big: {when: basket.spend >= 50.00, give: {points: 25}}
  tagged: {when: "'double' in purchase.tags && status.at_least('gold')", multiply: {base: 2}}
  first: {give: {points: 50}, at_most: once ever}
"""


def of_sixty_rules() -> str:
    """The same program with fifty rules more that give nothing: for other events, not yet begun, or asking for what is not there."""
    others = [f"  other_{n}: {{on: activity.kind_{n % 5}, give: {{points: {n + 1}}}}}" for n in range(23)]
    later = [f"  later_{n}: {{from: 2027-{n + 1:02d}-20, give: {{points: {n + 1}}}}}" for n in range(12)]
    asking = [f"  asking_{n}: {{when: \"'code_{n}' in purchase.tags\", give: {{points: {n + 1}}}}}" for n in range(15)]
    kinds = [f"  activity.kind_{n}: {{times: count = 1}}" for n in range(5)]
    program = PROGRAM.replace("\nevents:", "\n".join(["", *kinds, "", "events:"]).replace("\n\n", "\n"), 1)
    return program + "\n".join([*others, *later, *asking]) + "\n"


def purchase(number: int, members: int) -> dict[str, Any]:
    """The number-th purchase of three lines, of one of so many members, over a year."""
    day = 1 + number * 7 // 20 % 28
    month = 1 + number * 11 // 50 % 12
    return {
        "id": f"p{number}",
        "type": "purchase",
        "member": f"member-{number * 7919 % members}",
        "happened_at": f"2026-{month:02d}-{day:02d}T{8 + number % 10:02d}:{number % 60:02d}",
        "channel": "online" if number % 5 == 0 else "store",
        "lines": [
            {"kind": "drink", "qty": 1 + number % 3, "amount": f"{2 + number % 4}.{number % 10}0"},
            {"kind": "food", "amount": f"{3 + number % 9}.50"},
            {"kind": "beans" if number % 4 == 0 else "merchandise", "amount": f"{9 + number % 30}.90"},
        ],
    }
