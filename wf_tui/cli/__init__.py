"""The command line; each group of commands in a file of its own, imported when it is used."""


def main() -> None:
    """Run `wf`."""
