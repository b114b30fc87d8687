//! Measures understanding on labelled files.
