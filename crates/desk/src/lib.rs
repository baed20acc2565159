//! The incident desk: takes every request in, decides, records, and calls nobody outside.
