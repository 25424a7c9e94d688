"""The three formats of a plan's text, each to a `Document` with the place of every value.

Called by `read.parse_plan`, on any thread. Nothing hostile gets through: sizes and depths are
limited, and neither aliases nor tags are followed. What they cannot take as written is a fault of
the document, never an exception.
"""
