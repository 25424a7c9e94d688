"""The parts of the plan screen: what it knows of a plan, its lines, its forms, its application.

The screen is of an application of its own, as there may be no run in this repository yet. What
reads or writes runs on threads; the widgets belong to the event loop.
"""
