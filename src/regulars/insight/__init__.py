"""Who is first, and who is drawn: reads over all members. This room writes nothing.

A table adds up what members gained in a span of time, by when it happened. Of two with as much, who had it first stands first, then who
comes first by id, so that the same events give the same table whenever it is made. A draw is a function of a seed and of the entries
that everybody had: whoever has both can draw again.
"""

from regulars.insight.views import Insight

__all__ = ["Insight"]
