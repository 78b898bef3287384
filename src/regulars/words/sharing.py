"""Sharing out an amount without losing or inventing a unit.

What a purchase earned is shared over its lines, a discount over what it lowers, a return over what was kept:
the shares always add up to the total.
"""

from collections.abc import Sequence


def share(total: int, weights: Sequence[int]) -> list[int]:
    """The total shared out in proportion to the weights, one share for each, adding up exactly.

    Largest remainder (Hamilton's method): everyone gets the whole part of what is due, the units left go to the
    largest fractions, ties to the earliest. A weight of zero gets nothing, unless all weights are zero: then the
    first takes all. A negative total is the mirror image of the positive one. A share never exceeds its weight
    while the total is no more than the sum of the weights.

    A negative weight, or something to share and nobody to take it, is a ValueError.
    """
    if not weights:
        if total:
            raise ValueError(f"nobody to take {total}")
        return []
    if min(weights) < 0:
        raise ValueError("a weight is not below zero")
    whole = sum(weights)
    if len(weights) == 1 or whole == 0:
        return [total, *([0] * (len(weights) - 1))]
    amount = abs(total)
    shares = []
    lacking = []
    for weight in weights:
        part, rest = divmod(amount * weight, whole)
        shares.append(part)
        lacking.append(-rest)
    left = amount - sum(shares)
    if left:
        # A stable sort keeps the earlier of two equal remainders in front.
        for place in sorted(range(len(shares)), key=lacking.__getitem__)[:left]:
            shares[place] += 1
    return shares if total >= 0 else [-part for part in shares]
