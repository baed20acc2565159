//! The program: configuration, wiring, the outbox worker, the command line.
