//! Decides what the bot does: pure.
