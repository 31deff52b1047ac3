//! Turns event rows into messages in a lane. The relay does it when the stream delivers an event.
//! The scheduler does it for events that the stream missed. Both use this code, and each is enough
//! alone.
#![warn(missing_docs)]

mod lane_limiter;
mod publish;
mod resend;

pub use lane_limiter::LaneLimiter;
pub use publish::{PublishResult, publish};
pub use resend::resend;
