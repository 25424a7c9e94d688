"""What surrounds every screen of a run: header, strip or tabs, status line, footer.

All are one-line widgets that never change their height. `RunScreen` composes them and hands them
what they show; what the status line says is chosen by `toasts` and `notices`, which know no
widget.
"""
