//! Cards: the acquirer, the order that it receives, and how its answers change a charge.

use domain::account::FeeSchedule;
use domain::charge::{
    CardAgreement, CardInstruction, CardOrder, CardOrderStep, CardOutcome, CardUpdate, Charge,
};
use domain::kernel::{Due, Error, Moment};
use domain::ledger::Books;
use domain::network::OutboundOrder;
use jiff::Timestamp;

use crate::network::{NetworkOrder, NetworkStatus, Rail};

/// An acquirer: it authorises, captures and voids, and pays the instalments.
pub trait CardRail: Rail<CardRequest> {
    /// Returns what the acquirer accepts.
    fn agreement(&self) -> CardAgreement;

    /// Returns the time at which the acquirer pays instalments early, if it agrees now. Returns `None` if it does
    /// not pay early.
    fn early_payment_at(&self, now: Timestamp) -> Option<Timestamp>;

    /// Returns the address of the acquirer's own form, in which a payer types a card. The form sends the payer
    /// back to `{payment_url}/card?card_token=` with the token of the card. `language` is `pt-BR` or `en`.
    /// Returns `None` if the acquirer has no such form.
    fn form_url(&self, payment_url: &str, language: &str) -> Option<String>;
}

/// An order as the acquirer receives it.
#[derive(Debug, Clone)]
pub struct CardRequest {
    /// Id of the order at the acquirer, 28 letters and digits.
    pub order_id: String,
    /// Amount in cents.
    pub amount_cents: u64,
    /// What the acquirer is to do.
    pub instruction: CardInstruction,
    /// Time at which the order was released for submission.
    pub queued_at: Timestamp,
    /// Number of calls made to the acquirer about the order, this one included.
    pub attempt: u32,
}

impl NetworkOrder for CardRequest {
    type Update = CardUpdate;
}

impl From<&CardOrder> for CardRequest {
    fn from(order: &CardOrder) -> Self {
        let submission = &order.submission;
        Self {
            order_id: submission.order_id.clone(),
            amount_cents: order.amount_cents,
            instruction: order.instruction.clone(),
            queued_at: submission.queued_at,
            attempt: submission.attempts,
        }
    }
}

/// Applies a status that the acquirer reported to an order and its charge: all of it or nothing. Returns what
/// it caused, and whether the acquirer has answered the order.
pub fn apply_to_card(
    order: &mut CardOrder,
    charge: &mut Charge,
    status: &NetworkStatus<CardUpdate>,
    (books, fees): (&mut Books, &FeeSchedule),
    moment: &Moment,
) -> Result<(CardOutcome, bool), Error> {
    let mut outcome = CardOutcome::default();
    for update in &status.updates {
        let applied = charge.apply_card_update(order, update, (&mut *books, fees), moment)?;
        outcome.effects.append(applied.effects);
        (outcome.next, outcome.payment) = (applied.next, applied.payment);
        // The first answer ends the order.
        if update.is_answer() {
            return Ok((outcome, true));
        }
    }
    order.submission.unconfirmed_since = None;
    match status.announced.clone() {
        Some((at, update)) => {
            order.due = Some(Due { at, step: CardOrderStep::ApplyUpdate { update } });
        }
        None => order.schedule_query(moment.now),
    }
    Ok((outcome, false))
}

/// Returns the update that the acquirer announced for now, if it is due.
pub fn due_card_update(order: &CardOrder, now: Timestamp) -> Option<NetworkStatus<CardUpdate>> {
    match order.due.as_ref().filter(|due| due.is_due(now)).map(|due| &due.step) {
        Some(CardOrderStep::ApplyUpdate { update }) => Some(NetworkStatus::single(update.clone())),
        _ => None,
    }
}
