//! The error of set-up work: starting the bundle, reading files, playing the demo.

/// An error with any cause. Its text goes to the terminal.
pub type BoxError = Box<dyn std::error::Error + Send + Sync>;
