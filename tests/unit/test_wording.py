from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loyalty_tui.tui.wording import as_of, counted, number

NOON = datetime(2026, 11, 21, 12, 0, 5, tzinfo=UTC)


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (0, "0"),
        (56, "56"),
        (-1234, "-1,234"),
        (9007199254740993, "9,007,199,254,740,993"),
        (Decimal("12.50"), "12.50"),
        (Decimal("1234567.8900"), "1,234,567.8900"),
        (Decimal("1E+5"), "100,000"),
        (Decimal("1E+900000"), "1E+900000"),
        (Decimal("1E-900000"), "1E-900000"),
    ],
)
def test_a_number_shows_all_its_digits(value, shown):
    assert number(value) == shown


@given(st.integers() | st.decimals(allow_nan=False, allow_infinity=False))
def test_no_digit_is_lost_or_added(value):
    assert Decimal(number(value).replace(",", "")) == value


def test_the_date_is_said_when_it_is_not_today():
    assert as_of(NOON, NOON) == "12:00:05"
    assert as_of(NOON, NOON + timedelta(days=1)) == "21 Nov 2026 12:00:05"


def test_counts_are_worded():
    assert counted(1, "push", "pushes") == "1 push"
    assert counted(2340, "push", "pushes") == "2,340 pushes"
    assert counted(0, "unreadable line") == "0 unreadable lines"
