//! `POST /v1/charges`: create a charge on the caller's account.

use std::collections::BTreeMap;

use domain::account::Account;
use domain::charge::{Charge, ChargeMethod, ChargeView, NewCharge, Payer, PixCharge};
use domain::kernel::{
    ChargeId, EMAIL_PATTERN, Error, Flaw, Id, OfferedMethod, Violation, email_flaw,
};
use domain::ledger::Effects;
use edge::fields::{self, DocumentInput};
use edge::{Call, Created, Outcome};
use jiff::{SignedDuration, Timestamp};
use schemars::JsonSchema;
use serde::Deserialize;
use store::{Store, Writes};

/// The time until a charge expires if the caller names none: the network's default.
const EXPIRY_DEFAULT: SignedDuration = SignedDuration::from_hours(24);
/// The longest time until a charge expires: a year.
const EXPIRY_MAX: SignedDuration = SignedDuration::from_hours(366 * 24);

/// A new charge.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(
    rename = "NewCharge",
    extend("examples" = [{
        "method": "pix",
        "amount_cents": 4990,
        "payer": { "name": "Maria Silva", "document": { "type": "cpf", "number": "529.982.247-25" } },
        "description": "Order 1042",
    }])
)]
pub struct ChargeInput {
    /// Payment method.
    #[expect(dead_code, reason = "there is one method; callers name it so that a second can come")]
    method: OfferedMethod,
    /// Amount in cents, 1 to 99999999999.
    #[schemars(range(min = 1, max = 99_999_999_999_u64))]
    amount_cents: u64,
    /// Payer of the charge.
    payer: PayerInput,
    /// Description that the payer sees; up to 140 characters.
    #[schemars(length(min = 1, max = 140))]
    description: Option<String>,
    /// Caller's own id, unique among the account's charges; up to 64 characters.
    #[schemars(length(min = 1, max = 64))]
    reference: Option<String>,
    /// Notes of the caller: up to 20, names up to 40 and values up to 500 characters.
    #[schemars(extend(
        "maxProperties" = 20,
        "propertyNames" = { "minLength": 1, "maxLength": 40 },
        "additionalProperties" = { "type": "string", "maxLength": 500 },
    ))]
    metadata: Option<BTreeMap<String, String>>,
    /// Time from which the payer can no longer pay, within 366 days; 24 hours from now if absent.
    expires_at: Option<Timestamp>,
}

/// Payer of a charge.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "NewPayer")]
pub struct PayerInput {
    /// Name, up to 200 characters.
    #[schemars(length(min = 1, max = 200))]
    name: String,
    /// CPF or CNPJ, with or without punctuation.
    document: DocumentInput,
    /// E-mail of the payer.
    #[schemars(length(max = 254), regex(pattern = EMAIL_PATTERN))]
    email: Option<String>,
}

/// Creates the charge, its reference, its location and its event in one transaction, after the network
/// accepted the charge.
pub async fn handle(
    store: &Store,
    call: Call<ChargeInput, Account>,
) -> Result<Outcome<Created<ChargeView>>, Error> {
    let new = check(&call.input, call.moment.now)?;
    let (charge, effects) = open(&call, new)?;
    call.rails.pix_charges(call.account_id())?.open(&charge).await?;
    let writes = Writes::default().open_charge(&charge, &effects);
    call.commit(store, writes, Created(ChargeView::from(&charge))).await
}

fn open(call: &Call<ChargeInput, Account>, new: NewCharge) -> Result<(Charge, Effects), Error> {
    let id = ChargeId::mint(&call.moment);
    let pix = PixCharge::new(id, new.amount_cents, &call.target.merchant, &call.origin)?;
    let (account_id, user_id) = (call.account_id(), call.principal.user_id());
    Ok(Charge::open(id, account_id, user_id, new, ChargeMethod::Pix(pix), &call.moment))
}

fn check(input: &ChargeInput, now: Timestamp) -> Result<NewCharge, Error> {
    let payer = &input.payer;
    let expires_at = input.expires_at.unwrap_or(now + EXPIRY_DEFAULT);
    let rules = [
        fields::amount("amount_cents", input.amount_cents),
        fields::text("payer.name", Some(&payer.name), 200),
        fields::text("description", input.description.as_deref(), 140),
        fields::reference("reference", input.reference.as_deref()),
        payer.email.as_deref().and_then(|email| email_flaw("payer.email", email)),
        expiry(expires_at, now),
    ];
    let metadata = fields::metadata("metadata", input.metadata.as_ref());
    let mut violations: Vec<_> = rules.into_iter().flatten().chain(metadata).collect();
    let document = payer.document.read("payer.document").map_err(|flaw| violations.push(flaw));
    match document {
        Ok(document) if violations.is_empty() => Ok(NewCharge {
            amount_cents: input.amount_cents,
            payer: Payer {
                name: payer.name.trim().to_owned(),
                document,
                email: payer.email.clone(),
            },
            description: input.description.clone(),
            reference: input.reference.clone(),
            metadata: input.metadata.clone().unwrap_or_default(),
            expires_at: Timestamp::from_millisecond(expires_at.as_millisecond())
                .map_err(Error::internal)?,
        }),
        _ => Err(Error::Invalid(violations)),
    }
}

fn expiry(expires_at: Timestamp, now: Timestamp) -> Option<Violation> {
    let good = now < expires_at && expires_at <= now + EXPIRY_MAX;
    let detail = "`expires_at` must be in the future and within 366 days";
    (!good).then(|| Violation::new("expires_at", Flaw::OutOfRange, detail))
}
