//! Ids: a prefix that names the kind, then a ULID, so that ids sort by the time of their creation.
use crate::kernel::{Error, Moment};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::fmt;
use ulid::Ulid;

/// The functions of every id of the product.
pub trait Id: Sized {
    /// Three letters and an underscore.
    const PREFIX: &'static str;
    /// Name of the kind of object in messages.
    const NOUN: &'static str;

    /// Wraps a ULID.
    fn from_ulid(ulid: Ulid) -> Self;

    /// Returns the ULID behind the prefix.
    fn ulid(&self) -> Ulid;

    /// Mints an id at this moment: 48 bits of time and 80 random bits.
    fn mint(moment: &Moment) -> Self {
        Self::from_ulid(moment.ulid())
    }

    /// Returns the next greater id.
    #[must_use]
    fn next(&self) -> Self {
        Self::from_ulid(Ulid::from(u128::from(self.ulid()).saturating_add(1)))
    }

    /// Reads an id as the API writes it. Any other text names no object, so the error is "not
    /// found".
    fn parse(text: &str) -> Result<Self, Error> {
        text.strip_prefix(Self::PREFIX)
            .filter(|rest| rest.len() == 26)
            .and_then(|rest| Ulid::from_string(rest).ok().filter(|ulid| ulid.to_string() == rest))
            .map(Self::from_ulid)
            .ok_or(Error::NotFound(Self::NOUN))
    }
}

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident $prefix:literal $noun:literal;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(into = "String", try_from = "String")]
        pub struct $name(Ulid);

        impl Id for $name {
            const PREFIX: &'static str = $prefix;
            const NOUN: &'static str = $noun;
            fn from_ulid(ulid: Ulid) -> Self {
                Self(ulid)
            }
            fn ulid(&self) -> Ulid {
                self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{}{}", $prefix, self.0)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(self, f)
            }
        }

        impl From<$name> for String {
            fn from(id: $name) -> Self {
                id.to_string()
            }
        }

        impl TryFrom<String> for $name {
            type Error = Error;
            fn try_from(text: String) -> Result<Self, Error> {
                Self::parse(&text)
            }
        }

        impl JsonSchema for $name {
            fn schema_name() -> std::borrow::Cow<'static, str> {
                stringify!($name).into()
            }
            fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
                schemars::json_schema!({
                    "type": "string",
                    "pattern": concat!("^", $prefix, "[0-7][0-9A-HJKMNP-TV-Z]{25}$"),
                })
            }
        }
    )*};
}

ids! {
    /// An account: the company that is our customer.
    AccountId "acc_" "account";
    /// A person or a program that acts for an account.
    UserId "usr_" "user";
    /// A charge: money that an account asks a payer to pay.
    ChargeId "chg_" "charge";
    /// A payout: money that an account sends to a beneficiary.
    PayoutId "pay_" "payout";
    /// A saved beneficiary: a person or company that receives payouts.
    BeneficiaryId "ben_" "beneficiary";
    /// A destination of a saved beneficiary.
    DestinationId "dst_" "destination";
    /// A check of a destination of a saved beneficiary.
    CheckId "chk_" "check";
    /// A collection: a link by which a beneficiary enters a Pix key.
    CollectionId "col_" "collection";
    /// A refund: money of a charge that goes back to its payer.
    RefundId "rfd_" "refund";
    /// A payment: money that a network reported as arrived.
    PaymentId "pmt_" "payment";
    /// A credit: money of a payment that matched no charge.
    CreditId "crd_" "credit";
    /// A statement export: a statement as a file.
    ExportId "exp_" "statement export";
    /// A schedule of statement exports.
    ScheduleId "sch_" "statement schedule";
    /// A hold: money of the available balance that is held.
    HoldId "hld_" "hold";
    /// A balance block: money of the customer that may not be used.
    BlockId "blk_" "balance block";
    /// A dispute: a demand for the money of a charge that the account can contest.
    DisputeId "dsp_" "dispute";
    /// A file with which an account contests a demand.
    EvidenceId "evd_" "evidence";
    /// A KYC request: a request that an account explains a payout with documents.
    KycRequestId "kyc_" "KYC request";
    /// A document of a KYC request.
    KycDocumentId "doc_" "KYC document";
    /// A payout batch: payouts that are created together.
    BatchId "bat_" "payout batch";
    /// A change of the payout settings that waits for a second moderator.
    SettingsChangeId "psc_" "payout settings change";
    /// An event: a change of an object.
    EventId "evt_" "event";
    /// An endpoint that receives events.
    EndpointId "whe_" "webhook endpoint";
    /// A delivery of an event to an endpoint.
    DeliveryId "dlv_" "delivery";
    /// A ledger entry.
    EntryId "ent_" "entry";
    /// A movement: the ledger entries of one change.
    MovementId "mov_" "movement";
    /// An entry of the audit trail.
    AuditId "aud_" "audit event";
    /// A session of a person.
    SessionId "ses_" "session";
    /// An intent: a request that waits for its turn at the books of its account.
    IntentId "int_" "intent";
}

impl DisputeId {
    /// Returns the id of the dispute of a balance block. A block has at most one, so each leads to the other.
    pub fn of_block(id: BlockId) -> Self {
        Self::from_ulid(id.ulid())
    }
}

impl KycRequestId {
    /// Returns the id of the KYC request of a payout. A payout has at most one, so each leads to the other.
    pub fn of_payout(id: PayoutId) -> Self {
        Self::from_ulid(id.ulid())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_read_only_in_the_form_it_is_written() {
        let id = ChargeId::from_ulid(Ulid::from_parts(1_795_000_000_000, 7));
        assert_eq!(ChargeId::parse(&id.to_string()).expect("own form"), id);
        for other in [
            id.to_string().to_lowercase(),
            id.to_string().replace("chg_", "usr_"),
            format!("{id}0"),
            "chg_".to_owned(),
            "chg_ZZZZZZZZZZZZZZZZZZZZZZZZZZ".to_owned(),
            "chg_é1234567890123456789012345".to_owned(),
        ] {
            assert!(ChargeId::parse(&other).is_err(), "{other}");
        }
    }
}
