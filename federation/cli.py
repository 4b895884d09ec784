"""The `bureaugraph` command. Each subcommand lives in a module of its own and is imported when it is asked for."""

from __future__ import annotations

from importlib import import_module
from importlib.metadata import entry_points

import click

COMMANDS = {
    "check": "federation.check_command:check",
    "compose": "federation.compose_command:compose",
    "conformance": "federation.conformance_command:conformance",
    "gateway": "federation.gateway_command:gateway",
    "plan": "federation.plan_command:plan",
}
"""Subcommands of the federation layer; what other packages bring stands in the entry points `bureaugraph.commands`."""

ENTRY_POINT_GROUP = "bureaugraph.commands"


class CommandGroup(click.Group):
    """A group that knows its commands by name and imports one only to run it or to show its help."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """All names, sorted."""
        del ctx
        return sorted(_locations())

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of that name, or None."""
        del ctx
        location = _locations().get(cmd_name)
        return None if location is None else _load(location)


def _locations() -> dict[str, str]:
    return COMMANDS | {point.name: point.value for point in entry_points(group=ENTRY_POINT_GROUP)}


def _load(location: str) -> click.Command:
    module_name, _, attribute = location.partition(":")
    command = getattr(import_module(module_name), attribute)
    assert isinstance(command, click.Command)  # noqa: S101  (a wrong registration is a bug of ours, not of the user)
    return command


@click.command(cls=CommandGroup)
@click.version_option(package_name="bureaugraph")
def main() -> None:
    """One GraphQL graph over the legacy systems of many cities' social-security bureaus."""
