"""The seats of a run by lane: what each does, why it is idle, and what it has done so far.

Seats, lanes and causes are made from the batches that a picture has. What was done is read by
itself, on a thread, by who shows it: it costs all attempts of the run. No Textual in here.
"""
