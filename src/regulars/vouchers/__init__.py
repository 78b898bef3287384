"""Vouchers as codes: what is printed, mailed or told, and becomes worth something when somebody shows it.

Law: a code is used as often as its batch says and not once more, however many tills scan it at once. This room keeps codes,
who holds them and how often they were used; what a code is worth to a basket only the program says, through the engine. A
batch sent twice is one batch. The room reads no clock and draws no chance: the moment and the random bytes are arguments.

`patterns` makes codes with a check character and tells a slip of the finger from a code that is not there; `decide` says
whether a code may be held, printed or used; `qualify` asks the engine about many vouchers and one basket; `store` keeps.
"""
