"""The seats of a run as they are drawn: a line each below the line of their lane.

What they say comes from `picture/seats/`, by lane and seat, with the clock of the screen; nothing
here reads the ledger. Widths follow the room alone, so that no change of data moves a column. The
foot tells what the selected seat has done, and the plan that its program follows.
"""
