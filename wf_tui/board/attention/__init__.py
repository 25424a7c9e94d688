"""How a person who looks elsewhere is called: what is worth it, when, and in which words.

`alerts` decides and knows neither Textual nor a terminal; `channels` knows the sequences. The
application has one `Caller`, which it asks at each beat.
"""
