//! `POST /v1/charges`: open a charge on the caller's account.

use std::collections::BTreeMap;

use brazil::{BrCode, Document, DocumentError, DocumentKind, Txid};
use domain::{
    AMOUNT_CENTS_MAX, Account, Charge, ChargeId, ChargeView, Effects, Error, Flaw, Id, NewCharge,
    Payer, PixDetails, Violation,
};
use edge::{Call, Created, Outcome};
use jiff::{SignedDuration, Timestamp};
use schemars::JsonSchema;
use serde::Deserialize;
use store::{Store, Writes};

/// How long a charge can be paid when nothing else is asked: the network's default.
const EXPIRY_DEFAULT: SignedDuration = SignedDuration::from_hours(24);
/// The longest.
const EXPIRY_MAX: SignedDuration = SignedDuration::from_hours(366 * 24);

/// What a charge is opened from.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "NewCharge")]
pub struct ChargeInput {
    /// How it is paid.
    #[expect(
        dead_code,
        reason = "there is one method; naming it keeps callers explicit"
    )]
    method: Method,
    /// How much, in cents, 1 to 99999999999.
    #[schemars(range(min = 1, max = 99_999_999_999_u64))]
    amount_cents: u64,
    /// Who is asked to pay.
    payer: PayerInput,
    /// What for, shown to the payer; up to 140 characters.
    #[schemars(length(min = 1, max = 140))]
    description: Option<String>,
    /// The caller's own id, unique per account; up to 64 characters.
    #[schemars(length(min = 1, max = 64))]
    reference: Option<String>,
    /// Up to 20 of the caller's own notes: names to 40, values to 500 characters.
    metadata: Option<BTreeMap<String, String>>,
    /// When it stops being payable; in 24 hours when absent.
    expires_at: Option<Timestamp>,
}

/// How a charge is paid.
#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Method {
    /// By PIX.
    Pix,
}

/// Who is asked to pay.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "NewPayer")]
pub struct PayerInput {
    /// Name, up to 200 characters.
    #[schemars(length(min = 1, max = 200))]
    name: String,
    /// CPF or CNPJ, with or without punctuation.
    document: DocumentInput,
    /// E-mail.
    #[schemars(length(max = 254))]
    email: Option<String>,
}

/// A document.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "NewDocument")]
pub struct DocumentInput {
    /// `cpf` or `cnpj`.
    #[serde(rename = "type")]
    #[schemars(with = "String", regex(pattern = "^(cpf|cnpj)$"))]
    kind: DocumentKind,
    /// Its number; a CNPJ may have letters.
    number: String,
}

/// Opens the charge, its reference, its location and its event in one transaction.
pub async fn handle(
    store: &Store,
    call: Call<ChargeInput, Account>,
) -> Result<Outcome<Created<ChargeView>>, Error> {
    let new = check(&call.input, call.moment.now)?;
    let (charge, effects) = open(&call, new)?;
    rails::open(call.stage, &charge)?;
    let writes = Writes::default().open_charge(&charge, &effects);
    call.commit(store, writes, Created(ChargeView::from(&charge)))
        .await
}

fn open(call: &Call<ChargeInput, Account>, new: NewCharge) -> Result<(Charge, Effects), Error> {
    let id = ChargeId::mint(&call.moment);
    // A charge's ULID is 26 letters and digits, 80 bits of them random: a txid as it stands.
    let txid = Txid::parse(&id.ulid().to_string()).map_err(Error::internal)?;
    let host = call
        .origin
        .split_once("://")
        .map_or(call.origin.as_str(), |(_, host)| host);
    let merchant = &call.target.merchant;
    let location = format!("{host}/pix/{txid}");
    let br_code = BrCode::dynamic(
        &location,
        &merchant.name,
        &merchant.city,
        Some(new.amount_cents),
    )
    .map_err(Error::internal)?
    .encode();
    let pix = PixDetails {
        txid,
        br_code,
        key: merchant.pix_key.clone(),
        origin: call.origin.clone(),
        end_to_end_id: None,
    };
    let (account_id, user_id) = (call.account_id(), call.principal.user_id());
    Ok(Charge::open(
        id,
        account_id,
        user_id,
        new,
        pix,
        &call.moment,
    ))
}

fn check(input: &ChargeInput, now: Timestamp) -> Result<NewCharge, Error> {
    let mut violations = Vec::new();
    let mut demand = |good: bool, field: &str, flaw: Flaw, detail: &str| {
        if !good {
            violations.push(Violation::new(field, flaw, detail));
        }
    };
    let amount = (1..=AMOUNT_CENTS_MAX).contains(&input.amount_cents);
    demand(
        amount,
        "amount_cents",
        Flaw::OutOfRange,
        "an amount is 1 to 99999999999 cents",
    );
    demand(
        text(&input.payer.name, 200),
        "payer.name",
        Flaw::WrongLength,
        "a name has 1 to 200 characters",
    );
    let email = input
        .payer
        .email
        .as_deref()
        .is_none_or(|email| email.contains('@') && text(email, 254));
    demand(
        email,
        "payer.email",
        Flaw::InvalidFormat,
        "an e-mail looks like maria@example.com",
    );
    let description = input.description.as_deref().is_none_or(|it| text(it, 140));
    demand(
        description,
        "description",
        Flaw::WrongLength,
        "a description has 1 to 140 characters",
    );
    let reference = input.reference.as_deref().is_none_or(|it| text(it, 64));
    demand(
        reference,
        "reference",
        Flaw::WrongLength,
        "a reference has 1 to 64 characters",
    );
    let metadata = input
        .metadata
        .iter()
        .flatten()
        .all(|(name, value)| text(name, 40) && value.chars().count() <= 500)
        && input
            .metadata
            .as_ref()
            .is_none_or(|notes| notes.len() <= 20);
    let detail = "metadata has up to 20 notes, names to 40 and values to 500 characters";
    demand(metadata, "metadata", Flaw::WrongLength, detail);
    let expires_at = input.expires_at.unwrap_or(now + EXPIRY_DEFAULT);
    let expiry = now < expires_at && expires_at <= now + EXPIRY_MAX;
    demand(
        expiry,
        "expires_at",
        Flaw::OutOfRange,
        "a charge expires in the future, within 366 days",
    );
    let document = Document::parse(
        input.payer.document.kind,
        input.payer.document.number.trim(),
    );
    match document {
        Ok(document) if violations.is_empty() => Ok(NewCharge {
            amount_cents: input.amount_cents,
            payer: Payer {
                name: input.payer.name.trim().to_owned(),
                document,
                email: input.payer.email.clone(),
            },
            description: input.description.clone(),
            reference: input.reference.clone(),
            metadata: input.metadata.clone().unwrap_or_default(),
            expires_at: Timestamp::from_millisecond(expires_at.as_millisecond())
                .map_err(Error::internal)?,
        }),
        Ok(_) => Err(Error::Invalid(violations)),
        Err(error) => {
            violations.push(Violation::new(
                "payer.document.number",
                flaw(&error),
                error.to_string(),
            ));
            Err(Error::Invalid(violations))
        }
    }
}

fn flaw(error: &DocumentError) -> Flaw {
    match error {
        DocumentError::WrongLength { .. } => Flaw::WrongLength,
        DocumentError::WrongCharacters { .. } => Flaw::InvalidFormat,
        DocumentError::WrongCheckDigits { .. } | DocumentError::RepeatedDigits { .. } => {
            Flaw::WrongCheckDigits
        }
    }
}

/// Whether a text has 1 to `length_max` characters, none of them control characters.
fn text(text: &str, length_max: usize) -> bool {
    let length = text.chars().count();
    !text.trim().is_empty() && length <= length_max && !text.chars().any(char::is_control)
}
