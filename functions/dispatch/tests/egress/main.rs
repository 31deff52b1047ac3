//! Deliveries to receivers that misbehave: faults 53 to 63. Receivers listen on loopback; a public
//! one is played by a `dial` that leads to loopback after the guard.

mod answers;
mod endless;
mod names;
mod proxy;
mod receiver;
mod tls;
mod urls;
