"""The screens and dialogs of the board."""
