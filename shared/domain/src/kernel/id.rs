//! Ids: a prefix that names the kind, then a ULID, so they sort by the time they were made.
use crate::kernel::{Error, Moment};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::fmt;
use ulid::Ulid;

/// What every id of the product can do.
pub trait Id: Sized {
    /// Three letters and an underscore.
    const PREFIX: &'static str;
    /// What the id names, in words, for messages.
    const NOUN: &'static str;

    /// Wraps a ULID.
    fn from_ulid(ulid: Ulid) -> Self;

    /// The ULID behind the prefix.
    fn ulid(&self) -> Ulid;

    /// A fresh id of this moment: 48 bits of time and 80 random bits.
    fn mint(moment: &Moment) -> Self {
        Self::from_ulid(moment.ulid())
    }

    /// The id right after this one.
    #[must_use]
    fn next(&self) -> Self {
        Self::from_ulid(Ulid::from(u128::from(self.ulid()).saturating_add(1)))
    }

    /// Reads an id as the API writes it. Anything else names nothing, so the error is "not found".
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
    /// An account: the company whose money is moved.
    AccountId "acc_" "account";
    /// A person or a program that acts for an account.
    UserId "usr_" "user";
    /// A charge: money asked of a payer.
    ChargeId "chg_" "charge";
    /// A payout: money sent to somebody.
    PayoutId "pay_" "payout";
    /// A refund: money of a charge given back to its payer.
    RefundId "rfd_" "refund";
    /// A statement as a file.
    ExportId "exp_" "statement export";
    /// A schedule of statements.
    ScheduleId "sch_" "statement schedule";
    /// Money put aside.
    HoldId "hld_" "hold";
    /// Payouts sent in together.
    BatchId "bat_" "payout batch";
    /// A change of state, told to the customer.
    EventId "evt_" "event";
    /// An endpoint that events are sent to.
    EndpointId "whe_" "webhook endpoint";
    /// An event on its way to an endpoint.
    DeliveryId "dlv_" "delivery";
    /// A ledger entry.
    EntryId "ent_" "entry";
    /// What ties the entries of one movement together.
    MovementId "mov_" "movement";
    /// A line of the audit trail.
    AuditId "aud_" "audit event";
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
