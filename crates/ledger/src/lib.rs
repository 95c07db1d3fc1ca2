//! Vouchers, orders and capacity as a ledger that is never overdrawn, on SQLite or PostgreSQL.
