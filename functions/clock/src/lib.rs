//! Scheduled work. A missed tick is caught up by the next, a doubled one finds nothing to do.

pub mod advance_charges;

edge::jobs! {
    /// Every minute: expires charges nobody paid and takes in what networks announced.
    advance_charges;
}
