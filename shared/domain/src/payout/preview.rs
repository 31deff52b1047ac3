//! What a payout would be if it were created now. The same rules decide as for a real one, on a copy of the
//! books that is never written.
use crate::kernel::{AccountId, Code, Error, Id, Moment, PayoutId, UserId};
use crate::ledger::{Books, Funds};
use crate::payout::{NewPayout, Payout, PayoutMethod, PayoutStatus, Terms};
use jiff::Timestamp;

/// What a payout would be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PayoutPreview {
    /// Fee in cents.
    pub fees_cents: u64,
    /// Method by which it would travel.
    pub method: PayoutMethod,
    /// Status in which it would begin; none if it would be refused.
    pub status: Option<PayoutStatus>,
    /// Code and explanation of the refusal.
    pub refusal: Option<(Code, String)>,
    /// Time at which it would be sent, if not at once.
    pub sends_at: Option<Timestamp>,
    /// Number of other users who would have to approve it.
    pub approvals_needed: u8,
    /// Whether a moderator would have to review it.
    pub needs_review: bool,
}

impl PayoutPreview {
    /// Previews a payout on these books, and changes them as the payout would, so that the next line of a
    /// batch is previewed after it. A refused payout changes nothing.
    ///
    /// # Errors
    /// An error that is no refusal.
    pub fn of(
        new: &NewPayout,
        author: (AccountId, UserId),
        terms: &Terms,
        books: &mut Books,
        moment: &Moment,
    ) -> Result<Self, Error> {
        let mut funds = Funds::new(books.clone(), None);
        let id = PayoutId::mint(moment);
        let opened = Payout::open(id, author, new.clone(), terms, &mut funds, moment);
        let (status, refusal, sends_at) = match opened {
            Ok((payout, _)) => {
                *books = funds.books;
                (Some(payout.status), None, payout.scheduled_for)
            }
            Err(Error::Refused { code, detail } | Error::Conflict { code, detail }) => {
                (None, Some((code, detail)), None)
            }
            Err(error) => return Err(error),
        };
        let settings = &terms.settings;
        Ok(Self {
            fees_cents: terms.fees.fee_cents(new.amount_cents),
            method: new.to.method(),
            status,
            refusal,
            sends_at,
            approvals_needed: new.approvals_needed(settings, moment.now),
            needs_review: settings.review_from_cents.is_some_and(|from| new.amount_cents >= from),
        })
    }
}
