"""`bureaugraph cooperation states`: draws the state machines."""

from __future__ import annotations

from pathlib import Path

import click

from cooperation.states.machines import MACHINES
from cooperation.states.picture import picture


@click.command()
@click.option(
    "--output", default="docs/cooperation-states.md", show_default=True,
    type=click.Path(dir_okay=False, path_type=Path), help="The page to write.",
)  # fmt: skip
def states(output: Path) -> None:
    """Draw the state machines."""
    output.write_text(picture(MACHINES.values()), "utf-8")
    click.echo(f"{output} has {len(MACHINES)} state machines.")
