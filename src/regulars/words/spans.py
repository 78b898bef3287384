"""Spans: stretches of days or moments that hold their start and not their end."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Span:
    """A half-open stretch [start, end) of days (or of moments); start and end alike is an empty one.

    An end before its start is a ValueError.
    """

    start: int
    end: int

    def __post_init__(self) -> None:
        if self.end < self.start:
            raise ValueError(f"a span that starts at {self.start} cannot end at {self.end}")

    def contains(self, at: int) -> bool:
        """Whether the day lies within; the end does not."""
        return self.start <= at < self.end

    def overlaps(self, other: "Span") -> bool:
        """Whether the two have a day in common; an empty span has none with any."""
        return max(self.start, other.start) < min(self.end, other.end)

    @property
    def last_day(self) -> int:
        """The last day within, inclusive, as people say it; for an empty span the day before its start."""
        return self.end - 1
