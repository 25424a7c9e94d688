"""What a commit has changed, file by file: read from git, parsed, coloured, laid out as lines.

The Diff tab of the detail pane and the review show it. Reading and colouring run on threads;
nothing here is a widget.
"""
