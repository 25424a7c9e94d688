"""Files of the tree: where a path leads, how a file is read as text, and how it is changed.

Each module of a tool is one function that the program calls with the arguments of a call. All of it
runs in the hands, in order, and knows no other process.
"""
