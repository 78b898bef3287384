"""The sections of a program file, a module each: from nodes with marks to the parts of a Program.

Every reader notes what is wrong and goes on, so that all mistakes are said at once; what it cannot read it leaves out.
"""
