//! From event rows to messages in a lane. `relay` does it when the stream tells, `clock` when
//! something was left lying; both by this code, and each is enough alone.
#![warn(missing_docs)]

mod lane_limiter;
mod publish;
mod resend;

pub use lane_limiter::LaneLimiter;
pub use publish::{Published, publish};
pub use resend::resend;
