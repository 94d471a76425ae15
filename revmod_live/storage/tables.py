"""The one MetaData that every `store.py` declares its tables in, and the column types they share."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, DateTime, Dialect, Integer, MetaData, TypeDecorator

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

Json = JSON(none_as_null=True)
Serial = BigInteger().with_variant(Integer, "sqlite")
"""A 64-bit number that SQLite may count up by itself."""


class Moment(TypeDecorator[datetime]):
    """An aware UTC time, stored without zone, so that both databases order it alike."""

    impl = DateTime(timezone=False)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> Any:  # noqa: ANN401, ARG002 -- SQLAlchemy's signature
        """Refuse a naive time: it is a fault of ours, not a time."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a stored time must be aware")
        return value.astimezone(UTC).replace(tzinfo=None)

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:  # noqa: ANN401, ARG002 -- SQLAlchemy's signature
        """Give back an aware UTC time."""
        return None if value is None else value.replace(tzinfo=UTC)
