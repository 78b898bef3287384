"""The program language: a YAML file becomes a checked, desugared Program, or every error in it at once.

Law: reading a program is pure and total. Any text gives either a program or located errors with hints, never a
traceback; the same text gives the same program; every section is sugar over one rule shape.
"""
