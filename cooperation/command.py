"""`bureaugraph cooperation`: what can be done with cross-city operations from the command line."""

from __future__ import annotations

from pathlib import Path

import click

from cooperation.states.machines import MACHINES
from cooperation.states.picture import picture


@click.group()
def cooperation() -> None:
    """Cross-city operations."""


@cooperation.command()
@click.option(
    "--output", default="docs/cooperation-states.md", show_default=True,
    type=click.Path(dir_okay=False, path_type=Path), help="The page to write.",
)  # fmt: skip
def states(output: Path) -> None:
    """Draw the state machines."""
    output.write_text(picture(MACHINES.values()), "utf-8")
    click.echo(f"{output} has {len(MACHINES)} state machines.")
