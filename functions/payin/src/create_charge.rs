//! `POST /v1/charges`: create a charge on the caller's account.

use std::collections::BTreeMap;

use brazil::local_date;
use domain::account::Account;
use domain::charge::{
    BoletoAgreement, BoletoCharge, BoletoNumbers, BoletoTexts, Charge, ChargeMethod, ChargeView,
    NewCharge, PixCharge,
};
use domain::kernel::{ChargeId, Code, Error, Flaw, Id, MethodKind, Violation};
use domain::ledger::Effects;
use edge::fields;
use edge::{Call, Created, Outcome, Rows, Target, TargetScope};
use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};
use schemars::JsonSchema;
use serde::Deserialize;
use store::{Key, Store, Writes};

use crate::boleto_fields::{BoletoFields, boleto_amount_flaw, boleto_terms_flaws};
use crate::card_fields::CardFields;
use crate::due_fields::{DiscountInput, DueFields, InterestInput, PortionInput};
use crate::payer_fields::PayerInput;

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
    method: MethodKind,
    /// Amount in cents, 1 to 99999999999; of a boleto 500 to 9999999999; of a card in instalments at least 500
    /// for each.
    #[schemars(range(min = 1, max = 99_999_999_999_u64))]
    amount_cents: u64,
    /// Payer of the charge. Without one, anybody may pay, as at a counter. A charge with `due_date` needs a
    /// payer, and a boleto a payer with an address.
    payer: Option<PayerInput>,
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
    /// Time from which the payer can no longer pay, within 366 days; 24 hours from now if absent. A charge
    /// with `due_date` has none.
    expires_at: Option<Timestamp>,
    /// Day on which the charge is due, in São Paulo: today or later, within five years. Without it the
    /// charge is due at once and its amount does not change. A boleto needs one.
    due_date: Option<Date>,
    /// Days after the due date on which the charge can still be paid, 0 to 366 and for a boleto 0 to 59; 30 if
    /// absent.
    #[schemars(range(max = 366))]
    payable_days_after_due: Option<u16>,
    /// Fine for a late payment, added once.
    fine: Option<PortionInput>,
    /// Interest for each day of delay.
    interest: Option<InterestInput>,
    /// Discounts for an early payment, earliest first.
    #[schemars(length(max = 3))]
    discounts: Option<Vec<DiscountInput>>,
    /// Rebate, which is always deducted.
    rebate: Option<PortionInput>,
    /// What the slip of a boleto says. Only for the method `boleto`.
    boleto: Option<BoletoFields>,
    /// How the payer pays by card. Only for the method `card`; without it the payer pays on the payment page.
    card: Option<CardFields>,
}

/// The method of the charge in the body, which decides the rows to read.
#[derive(Deserialize)]
struct ChargeMethodInput {
    method: MethodKind,
}

/// The account, and the numbers of its boletos if the charge is one.
pub struct ChargeTarget {
    account: Account,
    numbers: Option<BoletoNumbers>,
}

impl ChargeTarget {
    fn is_boleto(scope: &TargetScope<'_>) -> bool {
        // The input check reports a malformed body.
        let input: Option<ChargeMethodInput> = scope.body_as();
        input.is_some_and(|input| matches!(input.method, MethodKind::Boleto))
    }
}

impl Target for ChargeTarget {
    fn keys(scope: &TargetScope<'_>) -> Result<Vec<Key>, Error> {
        let account_id = scope.account_id;
        let numbers = Self::is_boleto(scope).then_some(Key::BoletoNumbers(account_id));
        Ok([Key::Account(account_id)].into_iter().chain(numbers).collect())
    }

    fn read(scope: &TargetScope<'_>, rows: &Rows) -> Result<Self, Error> {
        let account_id = scope.account_id;
        let account = rows.require(&Key::Account(account_id), "account")?;
        let numbers = match Self::is_boleto(scope) {
            true => Some(
                rows.find(&Key::BoletoNumbers(account_id))?
                    .unwrap_or_else(|| BoletoNumbers::unused(account_id)),
            ),
            false => None,
        };
        Ok(Self { account, numbers })
    }
}

/// Creates the charge, its reference, its location and its event in one transaction. The network accepts a Pix
/// before that. The order that authorises a card is in the same transaction, and another function submits it. The transaction takes the number of a boleto and creates the order that registers it, so that
/// no number is left out and no boleto is registered without its charge.
pub async fn handle(
    store: &Store,
    call: Call<ChargeInput, ChargeTarget>,
) -> Result<Outcome<Created<ChargeView>>, Error> {
    let new = check(&call.input, call.moment.now)?;
    let (charge, writes) = match call.input.method {
        MethodKind::Pix => open_pix(&call, new).await?,
        MethodKind::Boleto => open_boleto(&call, new)?,
        MethodKind::Card => open_card(&call, new)?,
    };
    let view = ChargeView::at(&charge, call.moment.now);
    let view = view.with_payment_url(call.payment_url(charge.id));
    call.commit(store, writes, Created(view)).await
}

async fn open_pix(
    call: &Call<ChargeInput, ChargeTarget>,
    new: NewCharge,
) -> Result<(Charge, Writes), Error> {
    let id = ChargeId::mint(&call.moment);
    let pix = pix(call, id, &new)?;
    let (charge, effects) = open(call, id, new, ChargeMethod::Pix(pix));
    call.rails.pix_charges(call.account_id())?.open(&charge).await?;
    let writes = writes(call, &charge, &effects);
    Ok((charge, writes))
}

fn open_boleto(
    call: &Call<ChargeInput, ChargeTarget>,
    new: NewCharge,
) -> Result<(Charge, Writes), Error> {
    let agreement = call.rails.boleto_agreement(call.account_id())?;
    if call.target.account.merchant.document().is_none() {
        let detail = "the account has no CNPJ, which the slip of a boleto must show; ask the operator to \
                      set it with change_merchant";
        return Err(Error::refused(Code::MerchantIncomplete, detail));
    }
    let texts = check_boleto(&call.input, &new, &agreement)?;
    let id = ChargeId::mint(&call.moment);
    let has_pix = call.input.boleto.as_ref().and_then(|boleto| boleto.pix).unwrap_or(true);
    let pix = has_pix.then(|| pix(call, id, &new)).transpose()?;
    let missing = || Error::internal("a boleto has a due date and a number");
    let due_date = new.terms.as_ref().ok_or_else(missing)?.due_date;
    let mut numbers = call.target.numbers.clone().ok_or_else(missing)?;
    let (number, amount_cents) = (numbers.take(), new.amount_cents);
    let boleto =
        BoletoCharge::new(number, agreement, amount_cents, due_date, &call.origin, texts, pix)?;
    let method = ChargeMethod::Boleto(Box::new(boleto));
    let (mut charge, effects) = open(call, id, new, method);
    let order = charge.order_registration(&call.moment)?.ok_or_else(missing)?;
    let writes = writes(call, &charge, &effects).register_boleto(&charge, &numbers, &order);
    Ok((charge, writes))
}

fn open_card(
    call: &Call<ChargeInput, ChargeTarget>,
    new: NewCharge,
) -> Result<(Charge, Writes), Error> {
    let agreement = call.rails.card_agreement(call.account_id())?;
    let without_fields = CardFields::default();
    let fields = call.input.card.as_ref().unwrap_or(&without_fields);
    let (token, card) = fields.read(new.amount_cents, &agreement).map_err(Error::Invalid)?;
    let id = ChargeId::mint(&call.moment);
    let payment_url = call.payment_url(id);
    if token.is_none() {
        call.rails.card_form_url(call.account_id(), &payment_url, "pt-BR")?;
    }
    let (mut charge, effects) = open(call, id, new, ChargeMethod::Card(Box::new(card)));
    let order = token.map(|token| charge.order_authorization(token, payment_url, &call.moment));
    let order = order.transpose()?;
    let writes = writes(call, &charge, &effects);
    let writes = match &order {
        Some(order) => writes.create(order),
        None => writes,
    };
    Ok((charge, writes))
}

fn pix(
    call: &Call<ChargeInput, ChargeTarget>,
    id: ChargeId,
    new: &NewCharge,
) -> Result<PixCharge, Error> {
    // The amount of a charge with a due date depends on the day, so its code has none.
    let amount_cents = new.terms.is_none().then_some(new.amount_cents);
    PixCharge::new(id, amount_cents, &call.target.account.merchant, &call.origin)
}

fn open(
    call: &Call<ChargeInput, ChargeTarget>,
    id: ChargeId,
    new: NewCharge,
    method: ChargeMethod,
) -> (Charge, Effects) {
    let (account_id, user_id) = (call.account_id(), call.principal.user_id());
    Charge::open(id, account_id, user_id, new, method, &call.moment)
}

fn writes(call: &Call<ChargeInput, ChargeTarget>, charge: &Charge, effects: &Effects) -> Writes {
    let digest = charge.payer_document().map(|document| call.peppers.document_digest(document));
    Writes::default().open_charge(charge, digest, effects)
}

/// Checks what a boleto needs beside the rules of every charge, and returns the texts of its slip.
fn check_boleto(
    input: &ChargeInput,
    new: &NewCharge,
    agreement: &BoletoAgreement,
) -> Result<BoletoTexts, Error> {
    let required = |is_there: bool, field: &str, detail: &str| {
        (!is_there).then(|| Violation::new(field, Flaw::Required, detail))
    };
    let due_date = required(new.terms.is_some(), "due_date", "a boleto needs `due_date`");
    let payer = match &new.payer {
        None => {
            required(false, "payer", "a boleto needs `payer`, because the bank asks who owes it")
        }
        Some(payer) => {
            let detail = "a boleto needs the address of the payer";
            required(payer.address.is_some(), "payer.address", detail)
        }
    };
    let mut violations: Vec<_> = [due_date, payer, boleto_amount_flaw(new.amount_cents, agreement)]
        .into_iter()
        .flatten()
        .collect();
    violations.extend(new.terms.iter().flat_map(|terms| boleto_terms_flaws(terms, agreement)));
    let texts = input.boleto.as_ref().map(BoletoFields::read).transpose();
    match texts {
        Ok(texts) if violations.is_empty() => Ok(texts.unwrap_or_default()),
        texts => {
            violations.extend(texts.err().into_iter().flatten());
            Err(Error::Invalid(violations))
        }
    }
}

fn check(input: &ChargeInput, now: Timestamp) -> Result<NewCharge, Error> {
    let mut violations = Vec::new();
    let payer = input.payer.as_ref().map(PayerInput::read).transpose();
    let payer = payer.unwrap_or_else(|wrong| {
        violations.extend(wrong);
        None
    });
    let terms = input.due_fields().read(input.amount_cents, local_date(now));
    let terms = terms.unwrap_or_else(|wrong| {
        violations.extend(wrong);
        None
    });
    let expires_at = match &terms {
        Some(terms) => terms.expires_at().map_err(Error::internal)?,
        None => input.expires_at.unwrap_or(now + EXPIRY_DEFAULT),
    };
    let rules = [
        fields::amount("amount_cents", input.amount_cents),
        fields::text("description", input.description.as_deref(), 140),
        fields::reference("reference", input.reference.as_deref()),
        input.expires_at.and_then(|expires_at| expiry(expires_at, now)),
        input.with_due_date(),
        input.with_method(),
    ];
    violations.extend(rules.into_iter().flatten());
    violations.extend(fields::metadata("metadata", input.metadata.as_ref()));
    if !violations.is_empty() {
        return Err(Error::Invalid(violations));
    }
    Ok(NewCharge {
        amount_cents: input.amount_cents,
        payer,
        description: input.description.clone(),
        reference: input.reference.clone(),
        metadata: input.metadata.clone().unwrap_or_default(),
        expires_at: Timestamp::from_millisecond(expires_at.as_millisecond())
            .map_err(Error::internal)?,
        terms,
    })
}

impl ChargeInput {
    fn due_fields(&self) -> DueFields<'_> {
        DueFields {
            due_date: self.due_date,
            payable_days_after_due: self.payable_days_after_due,
            fine: self.fine,
            interest: self.interest,
            discounts: self.discounts.as_deref(),
            rebate: self.rebate,
        }
    }

    fn has_card_token(&self) -> bool {
        self.card.as_ref().is_some_and(CardFields::has_token)
    }

    /// Returns what does not go with the method.
    fn with_method(&self) -> Option<Violation> {
        let (has_boleto, has_card) = (self.boleto.is_some(), self.card.is_some());
        let (field, detail) = match self.method {
            MethodKind::Pix | MethodKind::Card if has_boleto => {
                ("boleto", "`boleto` is only for the method boleto")
            }
            MethodKind::Pix | MethodKind::Boleto if has_card => {
                ("card", "`card` is only for the method card")
            }
            MethodKind::Card if self.due_date.is_some() => {
                ("due_date", "a charge by card is paid at once; it has no `due_date`")
            }
            MethodKind::Card if self.expires_at.is_some() && self.has_card_token() => {
                ("expires_at", "a charge with `card.token` is paid at once; it has no `expires_at`")
            }
            MethodKind::Pix | MethodKind::Boleto | MethodKind::Card => return None,
        };
        Some(Violation::new(field, Flaw::OutOfRange, detail))
    }

    /// Returns what does not go with a due date.
    fn with_due_date(&self) -> Option<Violation> {
        self.due_date?;
        if self.expires_at.is_some() {
            let detail = "send `due_date` or `expires_at`; a charge with a due date can be paid until \
                          `payable_days_after_due` have passed";
            return Some(Violation::new("expires_at", Flaw::OutOfRange, detail));
        }
        let detail = "a charge with `due_date` needs `payer`, because the network asks who owes it";
        self.payer.is_none().then(|| Violation::new("payer", Flaw::Required, detail))
    }
}

fn expiry(expires_at: Timestamp, now: Timestamp) -> Option<Violation> {
    let good = now < expires_at && expires_at <= now + EXPIRY_MAX;
    let detail = "`expires_at` must be in the future and within 366 days";
    (!good).then(|| Violation::new("expires_at", Flaw::OutOfRange, detail))
}
