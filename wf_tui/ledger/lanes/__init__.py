"""The lanes of this host: what the providers let all runs of this user do, in one file for all.

`host_lane` has the rules of one lane as functions of values, `permits` whose permits still count,
`memory` how much of it is left for one more agent, and `lanes` is the file: each method of `Lanes`
is one transaction. A scheduler takes permits before it claims, on a thread of its own for this
file, and tells in its own ledger what it saw (`rules/lanes`); commands open the file for a moment.
"""
