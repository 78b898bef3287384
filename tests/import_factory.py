"""A shop with lines of two kinds, and a year of its sales in any form of file."""

from __future__ import annotations

import csv
import gzip
import json
from pathlib import Path
from typing import Any

import polars

PROGRAM = """
program: corner-shop
money: EUR
timezone: Europe/Madrid
from: 2026-01-01
facts:
  line: {kind: {of: [drink, food], else: food}, qty: count = 1, off: money = 0.00}
  purchase: {till: text?}
wallets:
  points: {lasts: 6 months after earned}
earn:
  base: {give: {points: 1 per 1.00}}
  hello: {on: join, give: {points: 10}}
  fund: {lines: line.kind == 'drink', give: {points: 5}, at_most: 30000 points per everybody}
prices:
  off: {step: off, lines: line.off > 0.00, to: "max(line.amount - line.off, 0.00)"}
checkout: [off]
returns: {points: take back}
"""

MAPPING = """
by: basket
id: basket
type: {value: purchase}
source: {value: till}
member: customer
happened_at: {column: sold, zone: UTC}
join: true
facts: {till: till}
lines:
  amount: [price, -rebate]
  off: coupon
  qty: {column: pieces, from: 1, to: 100, else: 1}
  kind: {column: shelf, words: true, values: {soft_drinks: drink}}
look_up:
  goods.csv: {by: article, take: [shelf]}
"""

COLUMNS = ("basket", "customer", "sold", "till", "article", "price", "rebate", "coupon", "pieces")
GOODS = "article,shelf\n1,Soft-Drinks\n2,BREAD\n"


def program(folder: Path) -> Path:
    """The program's file."""
    file = folder / "shop.yaml"
    file.write_text(PROGRAM, encoding="utf-8")
    return file


def mapping(folder: Path) -> Path:
    """The mapping's file, and the table that it looks up."""
    (folder / "goods.csv").write_text(GOODS, encoding="utf-8")
    file = folder / "mapping.yaml"
    file.write_text(MAPPING, encoding="utf-8")
    return file


def sales(baskets: int, members: int = 7, lines: int = 3) -> list[dict[str, Any]]:
    """The lines of baskets, one after the other, a minute apart; amounts as a binary fraction may spoil them."""
    return [
        {
            "basket": f"b{basket}",
            "customer": f"m{basket % members}",
            "sold": f"2026-{basket // 40_000 % 12 + 1:02d}-{basket // 1_440 % 28 + 1:02d}T{basket // 60 % 24:02d}:{basket % 60:02d}:00",
            "till": f"t{basket % 3}",
            "article": 1 + (basket + line) % 2,
            "price": 0.1 + 0.2 + basket % 5,
            "rebate": 0.1,
            "coupon": 0.05 if line == 2 else 0.0,
            "pieces": line,
        }
        for basket in range(baskets)
        for line in range(lines)
    ]


def as_csv(file: Path, rows: list[dict[str, Any]]) -> Path:
    """The rows as CSV, numbers rounded as a till prints them."""
    with file.open("w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out)
        writer.writerow(COLUMNS)
        for row in rows:
            writer.writerow([f"{row[name]:.2f}" if isinstance(row[name], float) else row[name] for name in COLUMNS])
    return file


def as_parquet(file: Path, rows: list[dict[str, Any]]) -> Path:
    """The rows as Parquet, with amounts as floats and moments as moments."""
    polars.DataFrame(rows).with_columns(polars.col("sold").str.to_datetime()).write_parquet(file)
    return file


def purchase(id: str, member: str = "ana", at: str = "2026-03-02T09:00", **body: Any) -> dict[str, Any]:
    """A purchase as JSON has it."""
    body.setdefault("lines", [{"amount": "3.50", "kind": "food"}])
    return {"id": id, "type": "purchase", "member": member, "happened_at": at, **body}


def as_lines(file: Path, *lines: dict[str, Any] | str) -> Path:
    """JSON Lines of events, and of whatever else stands there; compressed where the name says so."""
    text = "".join((line if isinstance(line, str) else json.dumps(line)) + "\n" for line in lines)
    if file.suffix == ".gz":
        file.write_bytes(gzip.compress(text.encode()))
    else:
        file.write_text(text, encoding="utf-8")
    return file
