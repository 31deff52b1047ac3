//! The input of a payout, alone or as a line of a batch.

use std::collections::BTreeMap;

use brazil::{Document, PixKey};
use domain::kernel::{BeneficiaryId, DestinationId, Flaw, Violation};
use domain::payout::{Beneficiary, CheckedOwner, NewPayout, PayoutDestination};
use edge::fields::{self, DocumentInput};
use edge::{BankAccountInput, Call, DestinationInput, PixKeyInput};
use jiff::{SignedDuration, Timestamp};
use schemars::JsonSchema;
use serde::Deserialize;

use crate::lookup_id;
use crate::saved_target::{PayableCopy, SavedTargets};

/// Maximum time between now and a scheduled payout.
const SCHEDULE_MAX: SignedDuration = SignedDuration::from_hours(366 * 24);

/// A new payout.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(
    rename = "NewPayout",
    extend("x-examples" = {
        "pix_key": {
            "summary": "To a Pix key",
            "value": {
                "amount_cents": 2500,
                "to": { "pix_key": { "type": "email", "key": "maria@example.com" } },
                "beneficiary": { "name": "Maria Silva", "document": { "type": "cpf", "number": "529.982.247-25" } },
                "description": "Invoice 77",
            },
        },
        "bank_account": {
            "summary": "To a bank account",
            "value": {
                "amount_cents": 2500,
                "to": { "bank_account": { "bank_code": "341", "branch": "1234", "number": "12345-1", "type": "checking" } },
                "beneficiary": { "name": "Maria Silva", "document": { "type": "cpf", "number": "529.982.247-25" } },
                "description": "Invoice 78",
            },
        },
        "beneficiary_id": {
            "summary": "To a saved beneficiary",
            "value": {
                "amount_cents": 2500,
                "to": {
                    "beneficiary_id": "ben_01KB4Z6Y8RJ2M3N4P5Q6S7T8V9",
                    "destination_id": "dst_01KB4Z6Y8RJ2M3N4P5Q6S7T8V9",
                },
                "description": "Invoice 79",
            },
        },
    })
)]
pub struct PayoutInput {
    /// Amount in cents, 1 to 99999999999.
    #[schemars(range(min = 1, max = 99_999_999_999_u64))]
    amount_cents: u64,
    /// Destination: a Pix key, a bank account, or a saved beneficiary.
    to: PayoutToInput,
    /// Beneficiary. Required for a bank account, and absent for a saved beneficiary, which has its own. With a Pix key, the payout is rejected if another
    /// person owns the key; without a beneficiary it goes to the owner of the key.
    beneficiary: Option<BeneficiaryInput>,
    /// Description that the beneficiary sees; up to 140 characters.
    #[schemars(length(min = 1, max = 140))]
    description: Option<String>,
    /// Caller's own id, unique among the account's payouts; up to 64 characters.
    #[schemars(length(min = 1, max = 64))]
    reference: Option<String>,
    /// Notes of the caller: up to 20, names up to 40 and values up to 500 characters.
    #[schemars(extend(
        "maxProperties" = 20,
        "propertyNames" = { "minLength": 1, "maxLength": 40 },
        "additionalProperties" = { "type": "string", "maxLength": 500 },
    ))]
    metadata: Option<BTreeMap<String, String>>,
    /// Time at which Trilho sends the payout, within 366 days; at once if absent. A TED travels
    /// only on business days from 06:30 to 17:00 in São Paulo.
    scheduled_for: Option<Timestamp>,
    /// Whether the payout waits up to seven days if the balance is too low; if false or absent,
    /// Trilho refuses it.
    wait_for_funds: Option<bool>,
    /// `lookup_id` of `POST /v1/pix-keys/validate`, at most five minutes old, for the Pix key of `to`. The
    /// payout goes to the owner whom that answer named. If the key has another owner when Trilho is about
    /// to send it, it is rejected: `recipient_changed`.
    #[schemars(length(min = 1, max = 2000))]
    lookup_id: Option<String>,
}

/// Destination of a payout: exactly one of `pix_key`, `bank_account` and `beneficiary_id`.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "NewPayoutDestination", extend("minProperties" = 1, "maxProperties" = 2))]
pub(crate) struct PayoutToInput {
    /// Pix key that receives the payout.
    pix_key: Option<PixKeyInput>,
    /// Bank account that receives the payout.
    bank_account: Option<BankAccountInput>,
    /// Saved beneficiary that receives the payout. The payout copies name, document and destination. The
    /// caller also needs `beneficiaries:read`.
    beneficiary_id: Option<BeneficiaryId>,
    /// Destination of the saved beneficiary; it can be absent if there is only one.
    destination_id: Option<DestinationId>,
}

impl PayoutToInput {
    /// Returns the destination, with what a saved beneficiary adds to it; `field` is its path.
    fn read(&self, saved: &SavedTargets, field: &str) -> Result<PayableCopy, Violation> {
        let (key, account) = (self.pix_key.as_ref(), self.bank_account.as_ref());
        match (self.beneficiary_id, self.destination_id) {
            (Some(id), destination) if key.is_none() && account.is_none() => {
                saved.copy(id, destination, field)
            }
            (Some(_), _) => {
                let detail =
                    "two destinations; send one of pix_key, bank_account and beneficiary_id";
                Err(Violation::new(field, Flaw::InvalidFormat, detail))
            }
            (None, Some(_)) => {
                let (field, detail) = (
                    format!("{field}.beneficiary_id"),
                    "a destination_id belongs to a saved beneficiary; send beneficiary_id too",
                );
                Err(Violation::new(field, Flaw::Required, detail))
            }
            (None, None) => {
                let to = DestinationInput::read_one(key, account, field)?;
                Ok((to, None, None))
            }
        }
    }
}

/// Beneficiary of a payout.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "NewBeneficiary")]
pub(crate) struct BeneficiaryInput {
    /// Name, up to 200 characters.
    #[schemars(length(min = 1, max = 200))]
    name: String,
    /// CPF or CNPJ, with or without punctuation.
    document: DocumentInput,
}

impl PayoutInput {
    /// Returns the Pix key of the destination, if it is a valid one.
    pub(crate) fn pix_key(&self) -> Option<PixKey> {
        self.to.pix_key.as_ref().and_then(|key| key.read().ok())
    }

    /// Returns true if the payout names a saved beneficiary.
    pub(crate) fn names_saved(&self) -> bool {
        self.to.beneficiary_id.is_some()
    }

    /// Returns the caller's own id of the payout, if it is a valid one.
    pub(crate) fn valid_reference(&self) -> Option<&str> {
        let reference = self.reference.as_deref()?;
        fields::reference("reference", Some(reference)).is_none().then_some(reference)
    }

    /// Returns the payout to open, or all violations; `prefix` begins the names of the fields.
    pub(crate) fn read<I, T>(
        &self,
        prefix: &str,
        call: &Call<I, T>,
        saved: &SavedTargets,
    ) -> Result<NewPayout, Vec<Violation>> {
        let field = |name: &str| format!("{prefix}{name}");
        let now = call.moment.now;
        let beneficiary = self.beneficiary.as_ref();
        let rules = [
            fields::amount(&field("amount_cents"), self.amount_cents),
            fields::text(
                &field("beneficiary.name"),
                beneficiary.map(|beneficiary| beneficiary.name.as_str()),
                200,
            ),
            fields::text(&field("description"), self.description.as_deref(), 140),
            fields::reference(&field("reference"), self.reference.as_deref()),
            self.schedule_flaw(&field("scheduled_for"), now),
            self.beneficiary_flaw(&field("beneficiary")),
        ];
        let metadata = fields::metadata(&field("metadata"), self.metadata.as_ref());
        let mut violations: Vec<_> = rules.into_iter().flatten().chain(metadata).collect();
        let document = beneficiary
            .map(|beneficiary| beneficiary.document.read(&field("beneficiary.document")));
        let document = document.transpose().map_err(|flaw| violations.push(flaw));
        let to = self.to.read(saved, &field("to")).map_err(|flaw| violations.push(flaw));
        let known_owner = to.as_ref().ok().and_then(|(to, ..)| self.known_owner(prefix, to, call));
        let known_owner = known_owner.transpose().map_err(|flaw| violations.push(flaw));
        // Whether the beneficiary is the owner is compared when the payout is submitted: an answer here
        // would confirm a whole CPF in a thousand attempts, without a payout.
        match (to, document, known_owner) {
            (Ok((to, copied, saved)), Ok(document), Ok(known_owner)) if violations.is_empty() => {
                Ok(NewPayout {
                    amount_cents: self.amount_cents,
                    to,
                    beneficiary: copied.or_else(|| named(beneficiary, document)),
                    saved,
                    description: self.description.clone(),
                    reference: self.reference.clone(),
                    metadata: self.metadata.clone().unwrap_or_default(),
                    scheduled_for: self.scheduled_for.and_then(to_the_millisecond),
                    wait_for_funds: self.wait_for_funds.unwrap_or(false),
                    batch_id: None,
                    known_owner: known_owner.map(Box::new),
                })
            }
            _ => Err(violations),
        }
    }

    /// Returns the owner whom the look-up of the request named. Returns `None` if it names no look-up.
    fn known_owner<I, T>(
        &self,
        prefix: &str,
        to: &PayoutDestination,
        call: &Call<I, T>,
    ) -> Option<Result<CheckedOwner, Violation>> {
        let known = lookup_id::read(call, self.lookup_id.as_deref()?, to);
        Some(
            known.map_err(|(flaw, detail)| {
                Violation::new(format!("{prefix}lookup_id"), flaw, detail)
            }),
        )
    }

    fn schedule_flaw(&self, field: &str, now: Timestamp) -> Option<Violation> {
        let at = self.scheduled_for?;
        let good = now < at && at <= now + SCHEDULE_MAX;
        let detail = "`scheduled_for` must be in the future and within 366 days";
        (!good).then(|| Violation::new(field, Flaw::OutOfRange, detail))
    }

    /// Requires a beneficiary for a bank account. An account number does not identify its owner,
    /// so only the name shows a mistyped number. A saved beneficiary has its own name and document.
    fn beneficiary_flaw(&self, field: &str) -> Option<Violation> {
        if self.to.beneficiary_id.is_some() && self.beneficiary.is_some() {
            let detail = "the saved beneficiary has name and document; leave `beneficiary` out";
            return Some(Violation::new(field, Flaw::InvalidFormat, detail));
        }
        let missing = self.to.bank_account.is_some() && self.beneficiary.is_none();
        let detail = "a payout to a bank account needs a beneficiary; send name and document";
        missing.then(|| Violation::new(field, Flaw::Required, detail))
    }
}

/// Returns the beneficiary that the request names.
fn named(input: Option<&BeneficiaryInput>, document: Option<Document>) -> Option<Beneficiary> {
    let (input, document) = input.zip(document)?;
    Some(Beneficiary { name: input.name.trim().to_owned(), document })
}

/// Cuts an instant to milliseconds, the precision of storage and answers.
fn to_the_millisecond(at: Timestamp) -> Option<Timestamp> {
    Timestamp::from_millisecond(at.as_millisecond()).ok()
}
