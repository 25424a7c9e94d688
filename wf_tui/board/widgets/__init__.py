"""The parts that screens are made of: lines that are painted by hand, and the kit for them.

A widget knows how a part of the picture looks and posts a message for what the mouse does to it; it
knows neither screens nor actions. Screens make them and call `show` on the event loop.
"""
