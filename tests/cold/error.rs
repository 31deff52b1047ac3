//! Any error of the measurement.

pub(crate) type BoxError = Box<dyn std::error::Error + Send + Sync>;
