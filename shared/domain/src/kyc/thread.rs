//! How the thread of messages of a KYC request grows.

use crate::kernel::{Code, Error, UserId};
use crate::kyc::{
    KYC_ACCOUNT_MESSAGES_MAX, KYC_COMPLIANCE_MESSAGES_MAX, KycAuthor, KycMessage, KycRequest,
};
use jiff::Timestamp;

impl KycRequest {
    /// Adds a message of a user of the account, also while compliance examines the documents.
    ///
    /// # Errors
    /// `kyc_request_state` if the request has ended, `kyc_limit` for one message too many.
    pub fn write(&mut self, by: UserId, sealed: String, now: Timestamp) -> Result<(), Error> {
        self.require_open("answered", now)?;
        self.add_message(KycAuthor::Account, Some(by), sealed, now)
    }

    /// Adds a message of compliance.
    pub(super) fn reply(&mut self, sealed: Option<String>, now: Timestamp) -> Result<(), Error> {
        let Some(sealed) = sealed else { return Ok(()) };
        self.add_message(KycAuthor::Compliance, None, sealed, now)
    }

    fn add_message(
        &mut self,
        author: KycAuthor,
        user_id: Option<UserId>,
        sealed: String,
        at: Timestamp,
    ) -> Result<(), Error> {
        let most = match author {
            KycAuthor::Account => KYC_ACCOUNT_MESSAGES_MAX,
            KycAuthor::Compliance => KYC_COMPLIANCE_MESSAGES_MAX,
        };
        if self.messages.iter().filter(|message| message.author == author).count() >= most {
            let detail = format!("each side can write {most} messages, and this one has");
            return Err(Error::conflict(Code::KycLimit, detail));
        }
        self.messages.push(KycMessage { author, user_id, sealed, at });
        Ok(())
    }
}
