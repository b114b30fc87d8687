//! Makes a [`crate::domain::Reading`] of a message: CPU work without I/O.
