"""`python -m federation` is the `bureaugraph` command."""

from federation.cli import main

main(prog_name="bureaugraph")
