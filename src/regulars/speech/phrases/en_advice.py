"""English: each piece of advice on a program with one sentence and one hint."""

ADVICE: dict[str, tuple[str, str]] = {
    # from the file alone
    "never.over": ("the rule `{rule}` can never fire: it is open until {day}, and in force only later", "give it later days, or take it out"),
    "never.event": ("the rule `{rule}` can never fire: nothing sends `{event}`", "the program has nothing of this name; is it spelt as it stands there?"),
    "never.condition": ("the rule `{rule}` can never fire: its conditions leave `{fact}` no value", "`when`, `unless`, `lines`, `except` and the base must hold together"),
    "never.limit": ("the rule `{rule}` can never give anything: its limit is none at all", "give it a limit above zero, or take it out"),
    "never.nothing": ("the rule `{rule}` never gives anything: its amount is nothing", "`multiply` by more than 1, `top_up` above the rate that is there, or give more than 0"),
    "shadowed.instead": ("the rule `{rule}` never gives anything: `{other}` stands in for it wherever it fires", "narrow the conditions of `{other}`, or take `{rule}` out"),
    "shadowed.best": ("the rule `{rule}` never gives anything: `{other}` is never less, and holds wherever it does", "narrow the conditions of `{other}`, or give more"),
    "unbounded.activity": ("the rule `{rule}` is a promise without an end: `{event}` costs nothing, and nothing limits how often it gives", "write `at_most: once per day`, or another limit"),
    "unbounded.referral": ("the referral `{referral}` is a promise without an end: a friend pays nothing, and nothing limits how many there are", "write `at_most: 10 times per year`, or let it pay on a first purchase"),
    "unbounded.multiplier": ("the multiplier `{rule}` is a promise without an end: nothing bounds what it multiplies by, or what it multiplies", "write `at_most:` beside it, or a number as its factor"),
    "unbounded.voucher": ("the voucher `{voucher}` has no last day", "write `lasts: 60 days`, or `lasts: never` where that is meant"),
    "reach.level": ("nothing leads to the level `{level}` of `{ladder}`: no mark, no plan, no rule", "give it `at`, `any`, `all`, `cost` or `by`, or let a rule or a plan grant it"),
    "reach.ceiling": ("`{rule}` costs {cost}, and the wallet takes no more than {ceiling}", "raise `ceiling`, or lower the cost"),
    "reach.lapse": ("{wallet} lapse before anything can be had: at most {most} are alive at once, and `{rule}` costs {cost}", "let them last longer, raise the limits, or lower the cost"),
    # from a history of events
    "seen.dear": ("`{rule}` costs {cost}; a typical member of these events earns {earned} in a year", "half of the members earn less; lower the cost, or give more"),
    "seen.unearned": ("a typical member of these events earns no {wallet}, and the cheapest thing costs {cost} (`{rule}`)", "more than half of the members earn none at all; do the rules fit these events?"),
    "seen.lapse": ("{wallet} lapse before a typical member of these events can have anything: {members} of {all} members lost some before they ever had {cost} (`{rule}`)", "let them last longer, or lower the cost"),
    "seen.level": ("nobody of these events reaches the level `{level}` of `{ladder}`", "the most that anybody comes to is {most}; lower the mark, or leave the level to those to come"),
    "seen.level_bare": ("nobody of these events reaches the level `{level}` of `{ladder}`", "lower its marks, or leave the level to those to come"),
    "seen.silent": ("the rule `{rule}` never fired on these events", "most often because of `{why}`"),
    "seen.no_event": ("the rule `{rule}` never fired on these events: no `{event}` is among them", "is that how these events call it?"),
    "seen.silent_bare": ("the rule `{rule}` never fired on these events", "look at its days, its lines and what it gives"),
}  # fmt: skip
