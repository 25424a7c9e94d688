"""Tree plans: the form of a plan that has `nodes` in place of `phases`, as CodeWhale writes it.

`read.parse_plan` hands such a document to `compiler.compile_tree`, and gets back one with phases
and tasks, whose places still point into the tree; all that comes after knows only that. `reading`
makes typed nodes of the tables, `check` has the rules of the tree, `script` finds the same tree in
a `workflow({...})` of JavaScript. Called on the main thread of the commands that take a plan.
"""
