"""The demo: a sample repository, a plan for it, and a person who helps where one is needed."""
