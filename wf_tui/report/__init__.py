"""What a run did, for people who were not there: `wf report`.

`facts` reads it from the ledger in one snapshot, `commits` adds what git knows of the branch;
`markdown` and `page` write the same facts as text and as one page that needs nothing else. Called
on the main thread of the command; nothing here changes a run.
"""
