"""The days in ready operations' variables move with the calendar."""

from __future__ import annotations

from datetime import date

import pytest

from federation.gateway.graphiql.operations import dated, of_day, read_operations

NEW_YEARS_EVE = date(2026, 12, 31)


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ('{"on": "{today}"}', '{"on": "2026-12-31"}'),
        ('{"from": "{today-31}", "to": "{today+1}"}', '{"from": "2026-11-30", "to": "2027-01-01"}'),
        ('{"number": "I330100-{year}-000001"}', '{"number": "I330100-2026-000001"}'),
        ('{"today": 1, "year": {"year": "{yesterday}"}}', '{"today": 1, "year": {"year": "{yesterday}"}}'),
    ],
)
def test_days_are_those_of_the_day_on_which_the_page_is_opened(written, meant):
    assert dated(written, NEW_YEARS_EVE) == meant


def test_operations_without_variables_stay_as_they_are(tmp_path):
    (tmp_path / "1-plain.graphql").write_text("{ a }")
    (tmp_path / "2-dated.graphql").write_text("query($on: Date) { a(on: $on) }")
    (tmp_path / "2-dated.variables.json").write_text('{"on": "{today}"}')
    assert of_day(read_operations(tmp_path), NEW_YEARS_EVE) == [
        {"query": "{ a }"},
        {"query": "query($on: Date) { a(on: $on) }", "variables": '{"on": "2026-12-31"}'},
    ]
