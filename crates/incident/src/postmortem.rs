//! The post-mortem as a document, independent of where it is shown.
