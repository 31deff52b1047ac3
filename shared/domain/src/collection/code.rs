//! The one-time code, which stands before everything personal.
//!
//! A code follows from a nonce in the row and from the pepper, so no row has it. A new nonce ends the old code.

use crate::collection::{CancelReason, Collection, CollectionCode, CollectionStatus};
use crate::event::Event;
use crate::kernel::{Error, Moment};
use jiff::{SignedDuration, Timestamp};

/// Wrong codes of a link, in all. After the last one the link is cancelled.
pub const CODE_TRIES_MAX: u8 = 5;
/// Codes of a link, in all, so that a stranger cannot fill a mailbox.
pub const CODES_MAX: u8 = 10;
/// How long a code is valid.
const CODE_LASTS: SignedDuration = SignedDuration::from_mins(10);
/// How long the form after a right code is valid.
const FORM_LASTS: SignedDuration = SignedDuration::from_mins(30);
/// Time in which a second request for a code sends none, so that a double click ends no code.
const CODE_INTERVAL: SignedDuration = SignedDuration::from_secs(30);

/// What a request for a code led to.
#[derive(Debug, Clone, PartialEq)]
pub enum CodeRequest {
    /// A new code must be delivered.
    New,
    /// Nothing changed: a code is a few seconds old, or the link takes no data.
    Unchanged,
    /// The link had its last code and is cancelled.
    Cancelled(Box<Event>),
}

/// What an entered code led to.
#[derive(Debug, Clone, PartialEq)]
pub enum CodeAnswer {
    /// The code is right. The event is there if it is the first one of the link.
    Right(Option<Box<Event>>),
    /// The code is wrong, and this many tries are left.
    Wrong {
        /// Tries that are left.
        left: u8,
    },
    /// The code was the last wrong one, and the link is cancelled.
    Cancelled(Box<Event>),
    /// Nothing changed: no code waits to be entered.
    NoCode,
}

impl Collection {
    /// Returns the code that waits to be entered.
    pub fn waiting_code(&self, now: Timestamp) -> Option<&CollectionCode> {
        let code = self.code.as_ref().filter(|_| self.takes_data(now));
        code.filter(|code| code.entered_at.is_none() && now < code.sent_at + CODE_LASTS)
    }

    /// Returns the code that was entered, while its form is valid.
    pub fn entered_code(&self, now: Timestamp) -> Option<&CollectionCode> {
        let code = self.code.as_ref().filter(|_| self.takes_data(now));
        code.filter(|code| code.entered_at.is_some_and(|at| now < at + FORM_LASTS))
    }

    /// Returns true if the link waits for the beneficiary. The schedule ends an expired link a little later.
    pub fn takes_data(&self, now: Timestamp) -> bool {
        self.status.takes_data() && now < self.expires_at
    }

    /// Replaces the code by one that follows from this nonce.
    ///
    /// # Errors
    /// `Internal` if the table of statuses does not have the change.
    pub fn request_code(
        &mut self,
        nonce: String,
        pepper_version: u32,
        moment: &Moment,
    ) -> Result<CodeRequest, Error> {
        let now = moment.now;
        let is_recent = self.waiting_code(now).is_some_and(|it| now < it.sent_at + CODE_INTERVAL);
        if is_recent || !self.takes_data(now) {
            return Ok(CodeRequest::Unchanged);
        }
        if self.codes_sent >= CODES_MAX {
            let event = self.end_by(CancelReason::Codes, moment)?;
            return Ok(CodeRequest::Cancelled(Box::new(event)));
        }
        self.codes_sent += 1;
        self.code = Some(CollectionCode { nonce, pepper_version, sent_at: now, entered_at: None });
        Ok(CodeRequest::New)
    }

    /// Returns how many wrong codes the link still takes.
    pub fn tries_left(&self) -> u8 {
        CODE_TRIES_MAX.saturating_sub(self.wrong_codes)
    }

    /// Records that a code was entered. Every wrong code counts for the whole life of the link.
    ///
    /// # Errors
    /// `Internal` if the table of statuses does not have the change.
    pub fn enter_code(&mut self, is_right: bool, moment: &Moment) -> Result<CodeAnswer, Error> {
        if self.waiting_code(moment.now).is_none() {
            return Ok(CodeAnswer::NoCode);
        }
        if !is_right {
            self.wrong_codes = self.wrong_codes.saturating_add(1);
            return match self.tries_left() {
                0 => self
                    .end_by(CancelReason::Codes, moment)
                    .map(|event| CodeAnswer::Cancelled(Box::new(event))),
                left => Ok(CodeAnswer::Wrong { left }),
            };
        }
        if let Some(code) = &mut self.code {
            code.entered_at = Some(moment.now);
        }
        if self.status != CollectionStatus::Open {
            return Ok(CodeAnswer::Right(None));
        }
        let event = self.enter_and_record(CollectionStatus::Opened, moment)?;
        Ok(CodeAnswer::Right(event.map(Box::new)))
    }
}
