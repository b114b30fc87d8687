//! The urgency queue: pure.
