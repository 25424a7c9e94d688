"""The start screen: what there is to begin with here, and how that is drawn.

`surroundings` reads repository, plan and runs on a thread, `agents` looks which agents are here and
what they lack; neither asks a model or changes anything. `beginning` is what the person chose: the
command line does it once the screen is left.
"""
