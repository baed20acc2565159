//! The figures of incidents: durations with their count, their median and what is missing.
