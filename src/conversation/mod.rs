//! One turn; the actor that owns a conversation; replay.
