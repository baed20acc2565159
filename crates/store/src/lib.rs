//! The record: incidents, events, outbox and people on SQLite or PostgreSQL.
