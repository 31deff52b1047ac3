//! Deliveries to misbehaving receivers: fault rows 53 to 63. Receivers listen on loopback. For a
//! public receiver, `dial` leads to loopback after the guard.

mod endless;
mod names;
mod proxy;
mod receiver;
mod responses;
mod tls;
mod urls;
