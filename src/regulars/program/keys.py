"""Every key of a program file as data: the block it stands in, the type of its value, its default, and what it means.

The check for unknown keys, the JSON Schema and the reference pages are made from this table, so a key exists when it
stands here.

Types are written as in the language reference: text forms in capitals (`LIFE`, `AMOUNT`, `CEL`); `A[]` one A or a
list of them; `NAME{A}` a mapping from names to A; a word in small letters is itself; ` / ` parts a choice; any other
word in capitals is a block.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Key:
    """One key: the type of its value, what holds when it is left out, and one sentence of meaning."""

    type: str
    default: str
    meaning: str


_TERMS = Key("NAMES", "none", "clauses of the printed terms that this says")

_RULE = {
    "terms": _TERMS,
    "on": Key("TRIGGER[]", "the section's", "the events or days on which it fires"),
    "from": Key("DATE", "the program's", "first day in force"),
    "until": Key("DATE", "none", "first day no longer in force"),
    "open": Key("OPENING", "always", "when it may be asked for or fires"),
    "when": Key("CEL", "true", "else silent; a request that nothing answers is refused `not_entitled`"),
    "unless": Key("CEL", "false", "as `when`, turned round"),
    "needs": Key("CODE{CEL}", "none", "else the request is refused with this code"),
    "lines": Key("CEL", "the base's", "lines looked at; on a benefit without a price, the goods that it alone opens"),
    "except": Key("CEL", "none", "lines left out of them"),
    "of": Key("CEL", "the first base", "what is measured: a base, another rule's result, an expression"),
    "over": Key("SPREAD", "the event", "its base is added up over this; what the sum is worth more is given"),
    "as_of": Key("CEL", "now", "the day whose standing counts"),
    "paid_with": Key("CEL", "all", "only the share which these tenders paid"),
    "cost": Key("COST", "none", "taken, all or nothing"),
    "every": Key("AMOUNT", "none", "taken as often as asked, or as it fits"),
    "asked": Key("CEL", "the most", "how much the member wants, in units or money; not whole steps: `not_a_step`"),
    "minimum": Key("AMOUNT", "none", "money: the basket in its turn; units: what is held before"),
    "earned": Key("CUTOFF", "now", "only lots available by then"),
    "part_pay": Key("AMOUNT", "0%", "this share of the cost in money"),
    "give": Key("GIVE", "none", "wallet, voucher or standing: how much"),
    "off": Key("AMOUNT", "none", "price less this"),
    "to": Key("CEL", "none", "the price becomes this"),
    "add": Key("AMOUNT", "none", "a charge; by a line's key: for each line"),
    "free": Key("INT", "none", "so many pieces of `lines`, the cheapest first"),
    "up_to": Key("AMOUNT", "none", "at most this much off or free"),
    "item": Key("TEXT", "none", "a thing handed over"),
    "choose": Key("NAME{RULE}", "none", "one of these effects, the member's choice"),
    "step": Key("NAME", "the first", "its price step"),
    "surplus": Key("lost / refuse / paid_out / kept", "lost", "worth more than the basket (`too_much`)"),
    "tell": Key("PATH", "none", "an event for the `receiver`, with the facts that both have, and who told it (`by`)"),
    "receiver": Key("CEL", "the member", "another member, to whom what it gives goes in transit (`oneself`)"),
    "round": Key("ROUND", "down per event", "how the amount is rounded, once"),
    "pending": Key("WAIT", "the wallet's", "until when it is not available"),
    "at_most": Key("LIMIT[]", "none", "clips a credit, refuses a request (`limit_reached`)"),
    "within": Key("NAMES", "none", "limits shared with other rules"),
    "multiply": Key("NAME{AMOUNT}", "none", "works out that rule again on these lines, so many times as much"),
    "top_up": Key("NAME{AMOUNT}", "none", "raises that rule's result to this where it is more"),
    "instead_of": Key("NAMES", "none", "where this fires, those rules give nothing"),
    "best_of": Key("NAME", "none", "only the largest of the rules that name it"),
    "on_return": Key("share / revalue / keep / take back", "by kind of amount", "what a return takes of it"),
    "cancel": Key("CANCELLED", "none", "what comes back when it is cancelled"),
    "hold": Key("WAIT", "none", "reserved meanwhile"),
    "settle": Key("NAME", "none", "the other side in the books"),
    "stock": Key("operator / INT", "no limit", "how many there are (`sold_out`)"),
    "partner": Key("NAME", "none", "who hands it over"),
    "names": Key("any", "its own", "an open catalogue: undeclared names fall here"),
    "each": Key("NAME{RULE}", "none", "a group: the rules in it inherit the keys beside it"),
}

BLOCKS: dict[str, dict[str, Key]] = {
    "PROGRAM": {
        "program": Key("SLUG", "required", "its slug"),
        "name": Key("TEXT", "the slug", "its printed name"),
        "money": Key("TEXT[]", "required", "ISO code; of a list each member has one (`member.currency`)"),
        "timezone": Key("TEXT", "required", "where days begin and end"),
        "from": Key("DATE", "required", "in force from the start of that day"),
        "follows": Key("SLUG", "none", "the program whose version before it continues"),
        "ends": Key("NAME{keep / lapse}", "none", "what becomes of a name of that version which is gone"),
        "terms": Key("NAMES", "none", "printed clauses that no rule says"),
        "markets": Key("TEXT[]", "all", "who may join (`other_market`)"),
        "account": Key("ACCOUNT", "one person", "who is one account, and who may join"),
        "facts": Key("PATH{NAME{TYPE}}", "none", "of an event kind, `event` (every kind), `line`, `tender`, `member`"),
        "dates": Key("NAME{DAYS}", "none", "named days that the operator lists"),
        "events": Key("NAME{NAMES}", "none", "named sets of events, or of rules that fired (`section.name`)"),
        "windows": Key("NAME{WINDOW}", "the built-in ones", "named tilings of the calendar"),
        "define": Key("NAME{CEL}", "none", "named conditions and values"),
        "checkout": Key("NAMES", "[basket]", "the price steps in order"),
        "base": Key("NAME{BASE}", "`spend`: all lines", "what is measured, the default first"),
        "wallets": Key("NAME{WALLET}", "none", "units of one kind"),
        "earn": Key("NAME{RULE}", "none", "what gives"),
        "limits": Key("NAME{LIMITED}", "none", "limits that rules share by `within`"),
        "convert": Key("NAME{RULE}", "none", "exchanges at once, by schedule or on request"),
        "rewards": Key("NAME{RULE}", "none", "exchanges that a member asks for"),
        "prices": Key("NAME{RULE}", "none", "what a member pays less or more"),
        "vouchers": Key("NAME{VOUCHER}", "none", "things with a worth and a life"),
        "offers": Key("NAME{OFFER}", "none", "rules that hold once clipped"),
        "benefits": Key("NAME{BENEFIT}", "none", "what a member has without paying units"),
        "tiers": Key("NAME{LADDER}", "none", "ladders of standing; the first is the tier"),
        "milestones": Key("NAME{MILESTONE}", "none", "what crossing a mark gives"),
        "plans": Key("NAME{PLAN}", "none", "money for a standing, each cycle"),
        "choices": Key("NAME{CHOICE}", "none", "standings that the member sets"),
        "referrals": Key("NAME{REFERRAL}", "none", "what member and friend get"),
        "subscriptions": Key("NAME{CYCLE}", "none", "recurring orders"),
        "returns": Key(
            "RETURNS",
            "take back",
            "by wallet, `vouchers`, or `without_sale` (refused unless said): what a return takes",
        ),
        "imports": Key("NAME{IMPORT}", "same name", "what a column of an opening-balance file sets"),
        "rules": Key("NAME{RULE}", "none", "for what no section says"),
        "says": Key("CODE{SAID}", "the built-in phrases", "texts of refusals; by language: `{en: .., de: ..}`"),
    },
    "RULE": _RULE,
    "ACCOUNT": {
        "is": Key("person / card / company", "person", "what one account is"),
        "join": Key("JOIN", "none", "who may join"),
        "fixed": Key("NAMES", "none", "member facts that cannot be changed (`fixed`)"),
        "lock": Key("CEL", "none", "no request while it holds (`locked`)"),
        "suspend": Key("SUSPEND", "none", "neither earns nor spends (`suspended`)"),
        "on_close": Key("lapse / keep", "lapse", "what becomes of the units of an account that is closed"),
        "unknown": Key("enrol / refuse", "enrol", "what an event of a member who never joined does"),
        "terms": _TERMS,
    },
    "JOIN": {"needs": Key("CODE{CEL}", "none", "else joining is refused with this code"), "terms": _TERMS},
    "SUSPEND": {
        "on": Key("PATH", "required", "the event that begins it"),
        "until": Key("PATH", "required", "the event that ends it"),
        "terms": _TERMS,
    },
    "BASE": {
        "on": Key("PATH[]", "purchase", "events that it measures"),
        "when": Key("CEL", "true", "else nothing"),
        "lines": Key("CEL", "all", "lines that count"),
        "except": Key("CEL", "none", "lines that do not"),
        "of": Key("CEL", "the lines' sum", "for an event without lines"),
        "less": Key("PATH[]", "[discounts, vouchers]", "discounts, vouchers, rewards, a fact"),
        "paid_with": Key("CEL", "all", "only what these tenders paid"),
        "terms": _TERMS,
    },
    "WALLET": {
        "is": Key("money / units", "units", "counted in the program's money"),
        "unit": Key("NUMBER", "1", "smallest part that is kept"),
        "lasts": Key("LIFE[]", "never", "of each lot; a list: whichever is first"),
        "unless": Key("CEL", "false", "asked on the last day: keeps the lot"),
        "pending": Key("WAIT", "none", "until when a lot is not available"),
        "counts": Key("NAME", "none", "mirrors what that wallet is given"),
        "only": Key("PATH[]", "all", "by these rules or groups"),
        "ceiling": Key("INT", "none", "clips whatever feeds it"),
        "splits": Key("NAME{AMOUNT}", "none", "shares out what flows in; one is `rest`"),
        "round": Key("ROUND", "down", "of the shares"),
        "divided_by": Key("NAME", "none", "compartments: a window (of the day earned) or `person`"),
        "spent": Key("ORDER", "first to lapse", "which lots go first"),
        "may_owe": Key("BOOL", "false", "returns may take it below zero"),
        "held_at": Key("NAME", "here", "a partner keeps it; only sent"),
        "terms": _TERMS,
    },
    "LIMITED": {
        "at_most": Key("LIMIT[]", "required", "the limit"),
        "when_clipped": Key("CLIPPED", "none", "what becomes of the rest"),
        "terms": _TERMS,
    },
    "CLIPPED": {"empty": Key("NAME", "required", "the wallet whose rest is dropped"), "terms": _TERMS},
    "CANCELLED": {"gives_back": Key("AMOUNT", "required", "the same lots return"), "terms": _TERMS},
    "VOUCHER": _RULE
    | {
        "lasts": Key("LIFE", "never", "from the day of issue"),
        "if_unmet": Key("refuse / skip", "refuse", "its minimum is not met (`below_minimum`)"),
        "claim": Key("CLAIM", "at once live", "how it becomes live"),
        "issued": Key("operator", "by rules", "nobody in this file issues it"),
        "earned_on_goods": Key("GOODS", "unused: cancel, used: keep", "what a return of the goods does to it"),
        "each": Key("NAME{VOUCHER}", "none", "a group: the vouchers in it inherit the keys beside it"),
    },
    "CLAIM": {
        "by": Key("clip / print", "required", "what the member does"),
        "at_most": Key("LIMIT[]", "none", "how often"),
        "terms": _TERMS,
    },
    "GOODS": {
        "unused": Key("cancel / lower / keep", "cancel", "still unused"),
        "used": Key("keep / keep from refund", "keep", "already used"),
        "terms": _TERMS,
    },
    "OFFER": _RULE
    | {
        "at_most": Key("LIMIT[]", "once ever", "how often it may be clipped and used (`limit_reached`)"),
        "lasts": Key("LIFE", "while it is open", "from the day on which it is clipped"),
        "each": Key("NAME{OFFER}", "none", "a group: the offers in it inherit the keys beside it"),
    },
    "BENEFIT": _RULE
    | {
        "shared_with": Key("SEATS", "none", "others who have it too (`no_seat`)"),
        "places": Key("AMOUNT", "no limit", "at one event, told apart by the facts that `at_most` is per"),
        "when_full": Key("wait / refuse", "wait", "who is late waits for a place, or is refused (`sold_out`)"),
        "each": Key("NAME{BENEFIT}", "none", "a group: the benefits in it inherit the keys beside it"),
    },
    "SEATS": {"seats": Key("INT", "required", "how many others"), "terms": _TERMS},
    "LADDER": {
        "of": Key("NAME", "none", "the counter or base of `at`"),
        "over": Key("SPREAD", "the counter's life", "for a base"),
        "levels": Key("NAME{LEVEL}", "required", "lowest first"),
        "lasts": Key("LIFE", "while its cause lasts", "of a grant"),
        "starts": Key("START", "at once", "first day of a grant"),
        "climb": Key(
            "one rung at a time / at once",
            "at once",
            "whether each level on the way is reached and paid for itself, or only the highest",
        ),
        "at_end": Key("ATEND", "ends", "what the last day of a grant does"),
        "on_return": Key("undo / keep", "undo", "what a return that takes the count below the mark does"),
        "carry_in": Key("CARRY", "none", "places members once, by the ladder's own numbers"),
        "terms": _TERMS,
    },
    "LEVEL": {
        "at": Key("AMOUNT", "none", "mark of the ladder's counter"),
        "any": Key("NAME{AMOUNT / BOOL}", "none", "one of these counters, or `card: true`, `invitation: true`"),
        "all": Key("NAME{AMOUNT / BOOL}", "none", "all of them (`below_mark` for an invitation too soon)"),
        "by": Key("card / plan / invitation / join", "none", "the one source"),
        "cost": Key("AMOUNT", "none", "bought"),
        "terms": _TERMS,
    },
    "ATEND": {
        "renew": Key("RENEWAL", "none", "renews the level for another term"),
        "else": Key("DROP", "ends", "when it cannot be renewed"),
        "terms": _TERMS,
    },
    "RENEWAL": {
        "cost": Key("AMOUNT", "none", "what renewing takes; `own`: the level's cost"),
        "carry": Key("NAME{INT}", "all", "at most so much of what is left goes on"),
        "terms": _TERMS,
    },
    "DROP": {
        "drop": Key("INT", "none", "so many levels down"),
        "carry": Key("NAME{INT}", "all", "at most so much of what is left goes on"),
        "terms": _TERMS,
    },
    "CARRY": {
        "on": Key("start", "start", "the first day of this version"),
        "count": Key("CEL", "required", "the number that the ladder's marks judge"),
        "terms": _TERMS,
    },
    "MILESTONE": _RULE
    | {
        "at": Key("MARK[]", "required", "marks, each crossed once in `over`"),
        "each": Key("NAME{MILESTONE}", "none", "a group: the milestones in it inherit the keys beside it"),
    },
    "PLAN": {
        "on": Key("PATH", "subscribe", "what starts it"),
        "price": Key("AMOUNT", "0.00", "each cycle; `renewals_since:` for who is in"),
        "every": Key("LIFE", "required", "cycle; `never`: once for life"),
        "grants": Key("NAME{NAME}", "required", "standing: level"),
        "trial": Key("TRIAL", "none", "first for nothing (`trial_used`)"),
        "needs": Key("CODE{CEL}", "none", "else refused with this code"),
        "cancel": Key("ENDING", "at end", "when cancelling takes effect"),
        "then": Key("THEN", "itself", "the plan that follows"),
        "starts": Key("START", "at once", "first day; `on NAME`: with that event"),
        "renews": Key("BOOL", "true", "another cycle follows"),
        "on_upgrade": Key("prorate full months left / at end", "at end", "what the old plan's rest is worth"),
        "on_failed_charge": Key("pause / end", "pause", "a new cycle begins when it is paid"),
        "at_end": Key("CLIPPED", "none", "what its end empties"),
        "each": Key("NAME{PLAN}", "none", "a group: the plans in it inherit the keys beside it"),
        "terms": _TERMS,
    },
    "TRIAL": {
        "lasts": Key("LIFE", "required", "how long"),
        "grants": Key("NAME{NAME}", "required", "standing: level"),
        "at_most": Key("LIMIT[]", "none", "how often"),
        "terms": _TERMS,
    },
    "CHOICE": {
        "options": Key("NAMES", "required", "values, or `date` (one day), `dates` (keeps each), `percent`, `member`"),
        "default": Key("TEXT", "none", "before the member chose"),
        "at_most": Key("LIMIT[]", "none", "changes"),
        "within": Key("NAMES", "none", "limits that it shares with others"),
        "starts": Key("START", "at once", "from when a change counts"),
        "terms": _TERMS,
    },
    "REFERRAL": {
        "pays_on": Key("PAYS", "first purchase", "of the friend"),
        "referee": Key("GIVE", "none", "what the friend gets"),
        "referrer": Key("GIVE", "none", "what the member gets"),
        "at_most": Key("LIMIT[]", "none", "of the referrer"),
        "on_return": Key("take back / keep", "keep", "what a return of the friend does"),
        "terms": _TERMS,
    },
    "CYCLE": _RULE
    | {
        "every": Key("SPAN", "the shop's", "between two orders"),
        "open": Key("OPENING", "until the order", "when skip, move, add and cut are taken"),
        "skip": Key("BLOCK", "allowed", "the next order comes one interval later"),
        "change_every": Key("BLOCK", "allowed", "from the order after the next"),
        "cancel": Key("ENDING", "at once", "when cancelling takes effect"),
        "remind": Key("REMIND", "none", "when the member is told"),
        "each": Key("NAME{CYCLE}", "none", "a group: the cycles in it inherit the keys beside it"),
    },
    "BLOCK": {"terms": _TERMS},
    "REMIND": {"on": Key("TRIGGER", "required", "when"), "terms": _TERMS},
}
"""Block -> key -> what it is. `RETURNS`, `SAID`, `GIVE`, `COST` and `TABLE` have names of the program's own as keys."""

CALLED = {
    "PROGRAM": "a program", "RULE": "a rule", "ACCOUNT": "the account", "JOIN": "`join`", "SUSPEND": "`suspend`",
    "BASE": "a base", "WALLET": "a wallet", "LIMITED": "a limit", "CLIPPED": "this block", "CANCELLED": "`cancel`",
    "VOUCHER": "a voucher", "CLAIM": "`claim`", "GOODS": "`earned_on_goods`", "OFFER": "an offer",
    "BENEFIT": "a benefit", "SEATS": "`shared_with`", "LADDER": "a ladder", "LEVEL": "a level", "ATEND": "`at_end`",
    "RENEWAL": "`renew`", "DROP": "`else`", "CARRY": "`carry_in`", "MILESTONE": "a milestone", "PLAN": "a plan",
    "TRIAL": "`trial`", "CHOICE": "a choice", "REFERRAL": "a referral", "CYCLE": "a subscription",
    "BLOCK": "this block", "REMIND": "`remind`",
}  # fmt: skip
"""What a block is called in a sentence."""

SECTIONS = {
    "earn": "RULE",
    "convert": "RULE",
    "rewards": "RULE",
    "prices": "RULE",
    "vouchers": "VOUCHER",
    "offers": "OFFER",
    "benefits": "BENEFIT",
    "milestones": "MILESTONE",
    "plans": "PLAN",
    "subscriptions": "CYCLE",
    "rules": "RULE",
}
"""Sections that hold rules, in which `each` makes a group, and the block of each."""

CODES = (
    "not_entitled", "not_open", "not_covered", "limit_reached", "too_little", "not_a_step", "too_much",
    "below_minimum", "below_mark", "used", "cancelled", "lapsed", "not_held", "held", "sold_out", "no_seat", "trial_used",
    "other_market", "suspended", "locked", "fixed", "oneself", "unknown",
)  # fmt: skip
"""The standard refusal codes."""

BLANKS = ("first_day", "last_day", "first_moment", "next_time", "held", "asked", "cost", "worth", "minimum", "mark")
"""What a text of `says` can have filled in."""
