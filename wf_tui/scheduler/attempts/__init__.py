"""One attempt of a task, step by step: prepare, run, harvest, check, integrate (RULES 3 and 6.3).

It knows what an attempt needs of its run, what it tells the ledger (`ClaimRecord`), and when its
processes and its tree may go. The scheduler makes an attempt for each claim and starts it as a task
of its event loop; recovery uses the same steps for what a dead scheduler left. All that blocks,
git above all, runs on the threads of the scheduler; the rules of the ledger run on the writer's.
"""
