"""User and password of each service: invented, the same for everybody, and worth nothing outside the sandbox."""

from __future__ import annotations

CREDENTIALS = {
    "hangzhou_core_service": ("graph", "sandbox-hangzhou"),
    "huangshan_card_service": ("graph", "sandbox-huangshan"),
    "huangshan_injury_service": ("graph", "sandbox-injury"),
}
