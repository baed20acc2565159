//! What an incident is, every way it may change, and what must follow.
