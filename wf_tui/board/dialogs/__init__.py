"""Dialogs, which stand above a screen and have all keys: questions, menus, help and palette.

None opens by itself. What was typed before its first frame never reaches it (`ActionApp`).
"""
