//! Webhook endpoints, deliveries, retries, circuit breaker and replays.

mod delivery;
mod endpoint;
mod endpoint_health;
mod replay;

pub use delivery::{
    Attempt, Delivery, DeliveryStatus, DeliveryView, FIRST_ATTEMPT_WITHIN,
    MESSAGE_DELAY_SECONDS_MAX, RETRY_AFTER_SECONDS_MAX, Readiness, SCHEDULE_SECONDS,
};
pub use endpoint::{
    DisabledReason, ENDPOINTS_MAX, Endpoint, EndpointStatus, EndpointView, SigningSecret,
    Subscription, SubscriptionError,
};
pub use endpoint_health::{Breaker, BreakerState, EndpointHealth, SLOW_AFTER};
pub use replay::{REPLAY_PER_TICK, Replay, ReplayStatus, ReplayView};
