"""The board in a browser, for the person at this machine: `wf serve`, with the extra `web`.

`access` decides who is let in, `server` answers the browser, and each tab has a process of its own
(`tab`, which runs `tab_board`), as a terminal would. Who has the address can run commands as the
person who started it; so it listens on the loopback alone and every path of it begins with a token.
Only this room imports textual-serve and aiohttp.
"""
