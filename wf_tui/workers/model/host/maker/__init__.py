"""How the makers of models are spoken to.

`models.py` makes pydantic-ai's models of what a preset says of a maker, `requests.py` asks them and
repeats what may help, `failures.py` judges what went wrong. Conversations call it; it knows none.
"""
