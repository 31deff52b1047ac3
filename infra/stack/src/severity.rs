//! How soon an engineer must act on an alarm.

use serde::Serialize;

/// How soon an engineer must act. It begins the description of the alarm, so that the topic's
/// subscriber can decide whom to wake.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub(crate) enum Severity {
    /// At any hour: money, or all customers, are affected now.
    Wake,
    /// On the next working day: nothing is lost, and the work is late at most.
    Tomorrow,
}
