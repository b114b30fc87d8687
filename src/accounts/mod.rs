//! The people who answer customers: users, passwords, sessions.
