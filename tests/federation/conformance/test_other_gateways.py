"""Other gateways answer generated operations over the same subgraphs, so that answers and costs can be compared."""

from __future__ import annotations

import pytest

from tests.federation.conformance.agreement import Tally, compare_split
from tests.federation.conformance.others import running_others
from tests.support.generated_case import generate_split

SPLITS = (("keys", 16), ("interfaces", 14))


@pytest.mark.timeout(300)
async def test_no_other_gateway_is_right_where_ours_is_wrong_or_cheaper_without_a_reason() -> None:
    tally = Tally()
    async with running_others() as others:
        for kind, seed in SPLITS:
            split = generate_split(kind, seed)
            assert split is not None
            await compare_split(split, others, tally)
    assert tally.wrong == 0
    for name, other in tally.others.items():
        assert other.right > tally.cases / 2, name
        assert not other.right_alone
        assert not other.cheaper["unexplained"]
