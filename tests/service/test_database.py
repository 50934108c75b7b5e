"""The engine: what its errors may say, and in which zone instants come back."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from service import database


def test_the_error_of_a_failed_statement_does_not_repeat_its_values(session):
    with pytest.raises(DBAPIError) as failed:
        session.execute(text("SELECT 1 / 0, :words"), {"words": "denies SI"})
    assert "denies SI" not in str(failed.value)


def test_instants_come_back_in_utc_whatever_the_zone_of_the_server(settings):
    url = settings.database_url.get_secret_value()
    other = database.open_engine(url)
    with other.begin() as connection:
        connection.execute(text("ALTER ROLE CURRENT_USER SET timezone = 'Asia/Tokyo'"))
    other.dispose()
    try:
        engine = database.open_engine(url)
        with engine.connect() as connection:
            at = connection.scalar(text("SELECT timestamptz '2026-03-01 23:30:00+00'"))
        engine.dispose()
        assert at == datetime(2026, 3, 1, 23, 30, tzinfo=UTC)
        assert at.date().isoformat() == "2026-03-01"
    finally:
        with other.begin() as connection:
            connection.execute(text("ALTER ROLE CURRENT_USER RESET timezone"))
        other.dispose()
