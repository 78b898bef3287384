"""A parser of YAML 1.2 events that reads on where a quote was forgotten.

PyYAML's scanner follows YAML 1.1 where the language needs 1.2 (`text?` inside braces) and stops at the first text that
needs quotes. This one takes such a text whole, notes where it begins and why, and goes on, so that all mistakes can be
said at once. Tags, anchors, aliases and directives are no part of the language: what begins like one is noted as a text
that needs quotes.
"""

from __future__ import annotations

from yaml.events import Event, ScalarEvent
from yaml.parser import Parser
from yaml.reader import Reader
from yaml.scanner import Scanner, ScannerError
from yaml.tokens import FlowMappingEndToken, FlowSequenceEndToken, ScalarToken, Token, ValueToken

BREAKS = "\0\r\n\x85\u2028\u2029"
BLANKS = BREAKS + " \t"
OPENERS = {")": "(", "]": "[", "}": "{"}


class Events(Reader, Scanner, Parser):
    """The events of a text.

    `refused` says, by the index where a text begins, what made quotes necessary; `bare` holds where a key had no `:`.
    """

    def __init__(self, text: str) -> None:
        self.refused: dict[int, str] = {}
        self.bare: set[int] = set()
        self._last: type[Token] | None = None
        self._opened: list[int] = []
        Reader.__init__(self, text)
        Scanner.__init__(self)
        Parser.__init__(self)

    def take(self) -> Event:
        """The next event, which is then passed."""
        return self.get_event()  # type: ignore[no-any-return, no-untyped-call]

    def see(self) -> Event:
        """The next event, which stays."""
        return self.peek_event()  # type: ignore[no-any-return, no-untyped-call]

    def fetch_more_tokens(self) -> None:
        super().fetch_more_tokens()
        if self.tokens:
            self._last = type(self.tokens[-1])

    def parse_flow_mapping_empty_value(self) -> ScalarEvent:
        self.bare.add(self.peek_token().start_mark.index)  # type: ignore[no-untyped-call]
        return super().parse_flow_mapping_empty_value()

    def check_key(self) -> bool:
        return self.peek(1) in BLANKS

    def check_directive(self) -> bool:
        return False

    def check_plain(self) -> bool:
        first, second = self.peek(), self.peek(1)
        if first in BLANKS or (first in ",[]{}#"):
            return False
        if first in "-?:":
            return second not in BLANKS and not (self.flow_level and second in ",[]{}")
        if first in "%@`|>":
            self._refuse(first)
        return True

    def fetch_tag(self) -> None:
        self._refuse("!")
        self.fetch_plain()

    def fetch_alias(self) -> None:
        self._refuse("*")
        self.fetch_plain()

    def fetch_anchor(self) -> None:
        self._refuse("&")
        self.fetch_plain()

    def fetch_block_scalar(self, style: str) -> None:
        line = self.buffer[self.pointer + 1 : self.pointer + 80].splitlines()[0]
        header = line.partition(" #")[0].rstrip(" \t\0")
        if len(header) <= 2 and all(letter in "+-123456789" for letter in header):
            super().fetch_block_scalar(style)
        else:
            self._refuse(style)
            self.fetch_plain()

    def fetch_flow_scalar(self, style: str) -> None:
        begin, mark = self.index, self.get_mark()
        try:
            super().fetch_flow_scalar(style)
        except (ValueError, OverflowError) as error:
            # `"\U00110000"` passes PyYAML's check of the digits and is no character.
            raise ScannerError("while scanning", mark, "found unknown escape character", self.get_mark()) from error
        if self._more_follows():
            self._mend(self.tokens[-1], begin, style)

    def fetch_flow_collection_start(self, TokenClass: type[Token]) -> None:  # noqa: N803 - the name of the base class
        self._opened.append(self.index)
        super().fetch_flow_collection_start(TokenClass)

    def fetch_flow_collection_end(self, TokenClass: type[Token]) -> None:  # noqa: N803 - the name of the base class
        if not self.flow_level:
            # PyYAML counts below zero here and then takes the rest of the file to stand in braces.
            self._refuse("}" if TokenClass is FlowMappingEndToken else "]")
            self.fetch_plain()
            return
        super().fetch_flow_collection_end(TokenClass)
        begin = self._opened.pop()
        if self._more_follows():
            self.refused.setdefault(begin, "[" if TokenClass is FlowSequenceEndToken else "{")
            self._skip("")

    def fetch_plain(self) -> None:
        value = not self.allow_simple_key and self._last is ValueToken
        begin = self.index
        super().fetch_plain()
        token = self.tokens[-1]
        if token.end_mark.line != self.line:
            return
        stopped = self.peek()
        if value and stopped == ":":
            self._mend(token, begin, ": " if token.start_mark.line == self.line else "indent")
        elif value and self.flow_level and stopped in "[{":
            self._mend(token, begin, stopped)
        elif not (value or begin in self.refused) or stopped not in (",]}#" if self.flow_level else "#"):
            return
        elif _unclosed(token.value):
            self._mend(token, begin, " #" if stopped == "#" else stopped)

    def scan_plain(self) -> ScalarToken:
        chunks: list[str] = []
        begin = end = self.get_mark()
        indent = self.indent + 1
        spaces: list[str] = []
        # The first letter of a text that is refused may be one at which a text otherwise ends.
        least = 1 if self.index in self.refused else 0
        while least or self.peek() != "#":
            length = self._plain_length(least)
            least = 0
            if not length:
                break
            self.allow_simple_key = False
            chunks.extend(spaces)
            chunks.append(self.prefix(length))
            self.forward(length)
            end = self.get_mark()
            spaces = self.scan_plain_spaces(indent, begin) or []
            if not spaces or (not self.flow_level and self.column < indent):
                break
        return ScalarToken("".join(chunks), True, begin, end)

    def _plain_length(self, length: int) -> int:
        while True:
            letter = self.peek(length)
            if letter in BLANKS or (self.flow_level and letter in ",[]{}"):
                return length
            if letter == ":" and self.peek(length + 1) in BLANKS + (",[]{}" if self.flow_level else ""):
                return length
            length += 1

    def _refuse(self, why: str) -> None:
        self.refused.setdefault(self.index, why)

    def _more_follows(self) -> bool:
        """Whether something follows on the line after a closing quote or bracket that cannot stand there."""
        length = 0
        while self.peek(length) in " \t":
            length += 1
        return self.peek(length) not in BREAKS + (",]}#:" if self.flow_level else "#:")

    def _mend(self, token: ScalarToken, begin: int, why: str) -> None:
        self.refused.setdefault(begin, why)
        text = self.buffer[begin : self.pointer]
        token.value = (text + self._skip(text)).rstrip(" \t")
        token.end_mark = self.get_mark()

    def _skip(self, before: str) -> str:
        """The rest of a text that was begun, to the end of its line or of its place in braces, which is then passed."""
        state = _Nesting()
        state.read(before)
        length = 0
        while (letter := self.peek(length)) not in BREAKS:
            if not state.inside:
                if letter == "#" and self.buffer[self.pointer + length - 1] in " \t":
                    break
                if self.flow_level and letter in ",}]":
                    break
            state.read(letter)
            length += 1
        text: str = self.prefix(length)
        self.forward(length)
        return text


class _Nesting:
    """Whether a text stands inside quotes or brackets of its own."""

    def __init__(self) -> None:
        self.quote = ""
        self.brackets: list[str] = []
        self.previous = " "

    @property
    def inside(self) -> bool:
        return bool(self.quote or self.brackets)

    def read(self, text: str) -> None:
        for letter in text:
            if self.quote:
                if letter == self.quote:
                    self.quote = ""
            elif letter == '"' or (letter == "'" and not self.previous.isalnum()):
                self.quote = letter
            elif letter in "([{":
                self.brackets.append(letter)
            elif letter in OPENERS and self.brackets and self.brackets[-1] == OPENERS[letter]:
                self.brackets.pop()
            self.previous = letter


def _unclosed(text: str) -> bool:
    state = _Nesting()
    state.read(text)
    return state.inside
