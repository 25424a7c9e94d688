"""What a person can do on the board: the registry of actions, and what each of them does.

Bindings, footer, palette, help and the user's own keys are made from the registry. The application
calls a handler on the event loop with itself as an `ActionHost`; the handler hands its act to a
thread and never touches a widget.
"""
