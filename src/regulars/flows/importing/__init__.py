"""Importing: files of events read in a stream, whatever their form, and posted by as many processes as there are cores.

Law: every row goes in, or is refused with its row number and what stood there; a run that was cut short is continued
where it stood, and nothing goes in twice.
"""
