"""The widget of the timeline: the chart with a cursor on an attempt, for keys and the mouse.

The lines are made by `picture.timeline`. The screen tells the widget what was read and where to go,
and hears of it, as of all on the event loop, what the mouse has chosen.
"""
