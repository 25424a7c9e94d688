"""What of a long list is on the screen: laid out around an anchor, so that only that costs.

`source` has the entries, `layout` places them on rows, and `viewport` keeps the cursor where it is
while they come and go. Nothing here knows Textual: `widgets/entry_view.py` paints what it finds.
"""
