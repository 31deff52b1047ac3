//! Between an order and the network: who speaks to it, and when. Payouts and refunds are alike in it.
//!
//! An answer that never came says nothing. The money stays held and the network is asked by the
//! order's own id until it tells; told of an order again, it recognises the id. So nothing is ever
//! paid twice, and never given up while it could still be paid.

use brazil::EndToEndId;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

/// How long whoever speaks to the network has it to itself. After that it is asked, whatever became
/// of them. Longer than their function may run.
const LEASE: SignedDuration = SignedDuration::from_secs(60);
/// When it is asked, after the first, the second ... time it was spoken to.
const ASK_AFTER: [SignedDuration; 5] = [
    SignedDuration::from_mins(1),
    SignedDuration::from_mins(2),
    SignedDuration::from_mins(5),
    SignedDuration::from_mins(10),
    SignedDuration::from_mins(30),
];
/// The network carries out no order that was let go longer ago: the Central Bank's settlement system
/// tolerates 12 hours between an end-to-end id's minute and its processing. An hour more for clocks
/// that are wrong.
pub(crate) const TAKEN_WITHIN: SignedDuration = SignedDuration::from_hours(13);

/// What to do at the network.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Errand {
    /// Tell it of the order.
    Submit,
    /// Ask what became of the order; tell it again if it never heard of it.
    Ask,
}

/// An order as the network knows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sending {
    /// Its name in the network, the same however often it is told of it: the end-to-end id of a PIX,
    /// the payout's own id for a TED, the refund's own letters and digits. This is what makes it
    /// impossible to pay twice.
    pub order_id: String,
    /// The end-to-end id of a PIX; of a refund that of the payment that goes back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub end_to_end_id: Option<EndToEndId>,
    /// When it was let go.
    pub since: Timestamp,
    /// How often the network was spoken to about it.
    pub attempts: u32,
    /// Since when it is not known whether the network took it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unknown_since: Option<Timestamp>,
}

impl Sending {
    /// An order that the network was not told of yet.
    pub(crate) fn new(order_id: String, end_to_end_id: Option<EndToEndId>, now: Timestamp) -> Self {
        Self { order_id, end_to_end_id, since: now, attempts: 0, unknown_since: None }
    }

    /// The network spoke of it.
    pub(crate) fn is_known_again(&mut self) {
        self.unknown_since = None;
    }
}

/// What the network is told of and asked about.
pub trait Remittance {
    /// Whether it was let go and has not ended.
    fn is_under_way(&self) -> bool;

    /// The network's side of it, once it was let go.
    fn sending(&self) -> Option<&Sending>;

    /// The same, to be changed.
    fn sending_mut(&mut self) -> Option<&mut Sending>;

    /// The errand it waits for and when that is due, if an errand is what it waits for.
    fn next_errand(&self) -> Option<(Timestamp, Errand)>;

    /// From now on it waits for this.
    fn wait_for(&mut self, errand: Errand, at: Timestamp);

    /// From when on the network takes it no more, whatever was said before.
    fn taken_until(&self) -> Option<Timestamp>;

    /// Takes the errand that is due, so that nobody else goes on it for now. From here on the order
    /// may have arrived, so whoever comes next asks. None when there is nothing to do.
    fn claim(&mut self, now: Timestamp) -> Option<Errand> {
        let errand = self.errand(now)?;
        let sending = self.sending_mut()?;
        sending.attempts = sending.attempts.saturating_add(1);
        self.wait_for(Errand::Ask, now + LEASE);
        Some(errand)
    }

    /// The errand that is due.
    fn errand(&self, now: Timestamp) -> Option<Errand> {
        let due = self.next_errand().filter(|(at, _)| *at <= now && self.is_under_way());
        due.map(|(_, errand)| errand)
    }

    /// Puts the errand off: the network does not have the order and was not told of it now. If it was
    /// told before it is asked again first, as ever.
    fn put_off(&mut self, errand: Errand, until: Timestamp) {
        if let Some(sending) = self.sending_mut().filter(|_| errand == Errand::Submit) {
            // The network was not spoken to.
            sending.attempts = sending.attempts.saturating_sub(1);
        }
        self.wait_for(errand, until);
    }

    /// The network did not answer: nothing is known, and it is asked later.
    fn leave_open(&mut self, now: Timestamp) {
        if let Some(sending) = self.sending_mut() {
            sending.unknown_since.get_or_insert(now);
        }
        self.ask_later(now);
    }

    /// The network is asked, the later the more often it was spoken to.
    fn ask_later(&mut self, now: Timestamp) {
        let attempts = self.sending().map_or(1, |sending| sending.attempts.max(1));
        let place = usize::try_from(attempts - 1).unwrap_or(usize::MAX).min(ASK_AFTER.len() - 1);
        self.wait_for(Errand::Ask, now + ASK_AFTER[place]);
    }

    /// Whether the network would still take the order, now that it says it never heard of it. If not,
    /// it never will be paid.
    fn may_still_be_taken(&self, now: Timestamp) -> bool {
        self.taken_until().is_some_and(|until| now < until)
    }
}
