"""What a card says, in as few words as there is room for.

Each module has the words of one kind of card: what needs the person, what waits, what is parked or
done; `advice` names the keys. `make_card` calls them when a row changes, never as time passes: an
age or a countdown is a `Timed`, which the view reads with its own clock. All words leave here
clean, so that no widget has to think of what a title may do to a terminal.
"""
