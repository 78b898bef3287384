"""The doors: where somebody comes in. They parse, call and render.

Law: no rules here. A door writes only through flows and reads only through views.
"""
