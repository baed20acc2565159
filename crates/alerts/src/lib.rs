//! Alert sources spoken: bytes become alerts, one file a source; and the rules that judge them.
