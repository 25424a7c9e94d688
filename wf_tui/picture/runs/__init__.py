"""The runs of all repositories of this user, as a list shows them; without anything that draws.

`reading` reads the ledgers in the state directory on a thread, one after the other, and changes
none. `listed_run` is what it found, `hidden` keeps which ended runs their person does not want to
see any more.
"""
