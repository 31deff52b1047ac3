//! `POST /v1/credits/{id}/match`: match a credit to a charge, which the payment then pays, or to a
//! reference.

use domain::account::Account;
use domain::charge::Charge;
use domain::credit::{Credit, CreditView};
use domain::kernel::{ChargeId, Error, Flaw, Id};
use domain::ledger::Books;
use edge::fields;
use edge::{Call, OkJson, Outcome, Rows, Target, TargetScope};
use schemars::JsonSchema;
use serde::Deserialize;
use store::{Key, Store, Writes};

/// What the payment belongs to: a charge or a reference.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(
    rename = "CreditMatch",
    extend("examples" = [{ "reference": "invoice-2026-1042" }])
)]
pub struct MatchInput {
    /// Charge that the payment pays. It must wait for its payer, or be cancelled or expired.
    #[schemars(regex(pattern = "^chg_[0-7][0-9A-HJKMNP-TV-Z]{25}$"))]
    charge_id: Option<String>,
    /// Caller's own id that the payment belongs to, if there is no charge; up to 64 characters. Several
    /// credits may have the same one.
    #[schemars(length(min = 1, max = 64))]
    reference: Option<String>,
    /// Whether the payment pays the charge although the amounts differ; false if absent.
    accept_difference: Option<bool>,
}

/// The charge that the body names.
pub struct MatchedCharge(Option<Charge>);

impl MatchedCharge {
    /// Returns the key of the charge. A malformed body names none, and the input check reports what is
    /// wrong.
    fn key(scope: &TargetScope<'_>) -> Option<Key> {
        let input: MatchInput = scope.body_as()?;
        let charge_id = ChargeId::parse(&input.charge_id?).ok()?;
        Some(Key::Charge(scope.account_id, charge_id))
    }
}

impl Target for MatchedCharge {
    fn keys(scope: &TargetScope<'_>) -> Result<Vec<Key>, Error> {
        Ok(Self::key(scope).into_iter().collect())
    }

    fn read(scope: &TargetScope<'_>, rows: &Rows) -> Result<Self, Error> {
        let charge = Self::key(scope).map(|key| rows.find(&key)).transpose()?;
        Ok(Self(charge.flatten()))
    }
}

/// Makes the money available in the transaction that matches the credit. A charge becomes paid and
/// credited, with its events and its fee; without a charge, the credit has the fee.
pub async fn handle(
    store: &Store,
    call: Call<MatchInput, (Credit, MatchedCharge, (Account, Books))>,
) -> Result<Outcome<OkJson<CreditView>>, Error> {
    let (credit, charge, (account, books)) = &call.target;
    let (mut credit, mut books) = (credit.clone(), books.clone());
    let fees = account.fees.charge_fee(credit.report.method);
    let (input, by, moment) = (&call.input, call.principal.user_id(), &call.moment);
    let mut order = None;
    let (charge, effects) = match (&input.charge_id, &input.reference) {
        (Some(_), None) => {
            let mut charge = charge.0.clone().ok_or_else(unknown_charge)?;
            let differs = input.accept_difference.unwrap_or(false);
            let effects =
                credit.match_to_charge(&mut charge, differs, &mut books, fees, by, moment)?;
            // A boleto of the same debt is written off.
            order = charge.order_write_off(moment)?;
            (Some(charge), effects)
        }
        (None, Some(reference)) => {
            if let Some(violation) = fields::reference("reference", Some(reference)) {
                return Err(Error::Invalid(vec![violation]));
            }
            let reference = reference.clone();
            (None, credit.match_to_reference(reference, &mut books, fees, by, moment)?)
        }
        (None, None) | (Some(_), Some(_)) => {
            let both = input.charge_id.is_some();
            let flaw = if both { Flaw::InvalidFormat } else { Flaw::Required };
            let detail = "send either a charge_id or a reference";
            return Err(Error::invalid("charge_id", flaw, detail));
        }
    };
    let writes = Writes::default().change_credit(&credit, &books, &effects);
    let writes = match &charge {
        Some(charge) => {
            let digest = call.peppers.payer_digest(&credit.report.payer);
            order.iter().fold(writes.match_charge(charge, &credit, digest), Writes::create)
        }
        None => writes,
    };
    call.commit(store, writes, OkJson(CreditView::from(&credit))).await
}

fn unknown_charge() -> Error {
    let detail = "the account has no such charge";
    Error::invalid("charge_id", Flaw::UnknownValue, detail)
}
