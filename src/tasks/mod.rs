//! The only way to start a task, and how it stops.
