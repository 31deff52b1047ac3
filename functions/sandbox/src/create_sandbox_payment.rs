//! `POST /v1/sandbox/payments`: let a payment arrive, with any txid or none.

use brazil::{EndToEndId, EndToEndIdError, EndToEndIdKind};
use domain::credit::ArrivalContext;
use domain::kernel::{Error, Flaw, MethodKind, Violation};
use domain::payment::{NetworkPaymentId, PaymentReport, PaymentView};
use edge::fields::{self, DocumentInput};
use edge::{Call, Created, Outcome, Rows, Target, TargetScope};
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::Deserialize;
use store::{ArrivalRows, Key, Store, Writes};

use crate::return_scenario::start_returns;
use crate::sandbox_only::require_sandbox;

/// Longest txid, and the most reason codes of a payment with their longest length.
const TXID_LENGTH_MAX: usize = 35;
const REASON_CODES_MAX: usize = 5;
const REASON_CODE_LENGTH_MAX: usize = 20;
/// Longest name of a payer.
const NAME_LENGTH_MAX: usize = 140;

/// A payment that arrives in the sandbox.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(
    rename = "NewSandboxPayment",
    extend("examples" = [{
        "amount_cents": 4990,
        "payer": { "name": "Maria Silva", "document": { "type": "cpf", "number": "529.982.247-25" } },
    }])
)]
pub struct SandboxPaymentInput {
    /// Amount in cents, 1 to 99999999999.
    #[schemars(range(min = 1, max = 99_999_999_999_u64))]
    amount_cents: u64,
    /// Txid that the payer's bank names: that of a charge, any other one, or none.
    #[schemars(length(min = 1, max = 35))]
    txid: Option<String>,
    /// End-to-end id of the payment; a new one if absent. The network may report one payment more than
    /// once, and Trilho posts it once.
    #[schemars(length(equal = 32))]
    end_to_end_id: Option<String>,
    /// Who pays, as far as the network says it.
    payer: Option<SandboxPayerInput>,
    /// Time of the payment at the network, at most now; now if absent.
    paid_at: Option<Timestamp>,
    /// Reason codes of the network, up to 5.
    #[schemars(length(max = 5), inner(length(min = 1, max = 20)))]
    reason_codes: Option<Vec<String>>,
}

/// Who pays.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "NewSandboxPayer")]
pub struct SandboxPayerInput {
    /// Name of the payer; up to 140 characters.
    #[schemars(length(min = 1, max = 140))]
    name: Option<String>,
    /// CPF or CNPJ of the payer.
    document: Option<DocumentInput>,
    /// ISPB of the payer's institution; the one of the sandbox if absent.
    #[schemars(regex(pattern = "^[0-9A-Z]{8}$"))]
    ispb: Option<String>,
}

/// The rows of the payment in the body.
pub struct SandboxPaymentTarget(ArrivalContext);

impl SandboxPaymentTarget {
    /// Reads what names rows; a malformed body names none, and the input check reports what is wrong.
    fn rows(scope: &TargetScope<'_>) -> ArrivalRows {
        let input: Option<SandboxPaymentInput> = scope.body_as();
        let network_id = input.as_ref().and_then(|input| input.network_id().ok().flatten());
        let txid = input.as_ref().and_then(|input| input.txid.as_deref());
        ArrivalRows::of(scope.account_id, MethodKind::Pix, network_id.as_ref(), txid)
    }
}

impl Target for SandboxPaymentTarget {
    fn keys(scope: &TargetScope<'_>) -> Result<Vec<Key>, Error> {
        Ok(Self::rows(scope).keys())
    }

    fn read(scope: &TargetScope<'_>, rows: &Rows) -> Result<Self, Error> {
        Self::rows(scope).context(MethodKind::Pix, |key| rows.row(key)).map(Self)
    }
}

/// Applies the payment as that of every rail. It pays the charge that it names, or becomes a credit. A
/// payment that arrived before is shown again and changes nothing.
pub async fn handle(
    store: &Store,
    call: Call<SandboxPaymentInput, SandboxPaymentTarget>,
) -> Result<Outcome<Created<PaymentView>>, Error> {
    require_sandbox(call.stage)?;
    let report = call.input.report(&call)?;
    let mut context = call.target.0.clone();
    let status = rails_sandbox::arrived(report);
    let arrival = rails::apply_arrival(&mut context, &status, &call.moment)?;
    start_returns(&mut context, &call.moment)?;
    let paid = arrival.payment.as_ref();
    let digest = paid.and_then(|payment| call.peppers.payer_digest(&payment.report.payer));
    let writes = Writes::default().record_arrival(&context, &arrival, digest);
    let payment = arrival.payment.or(context.known);
    let payment = payment.ok_or_else(|| Error::internal("an arrival has its payment"))?;
    call.commit(store, writes, Created(PaymentView::from(&payment))).await
}

impl SandboxPaymentInput {
    fn network_id(&self) -> Result<Option<NetworkPaymentId>, EndToEndIdError> {
        let Some(text) = &self.end_to_end_id else { return Ok(None) };
        let id = EndToEndId::parse(text)?;
        match id.kind() {
            EndToEndIdKind::Payment => Ok(Some(id.into())),
            EndToEndIdKind::Return => Err(EndToEndIdError::WrongPrefix),
        }
    }

    fn report(
        &self,
        call: &Call<SandboxPaymentInput, SandboxPaymentTarget>,
    ) -> Result<PaymentReport, Error> {
        let now = call.moment.now;
        let mut flaws = self.flaws(now);
        let payer = self.payer.as_ref();
        let document = payer.and_then(|payer| payer.document.as_ref());
        let document = document.map(|document| document.read("payer.document")).transpose();
        let network_id = self.network_id().map_err(|error| {
            Violation::new("end_to_end_id", Flaw::InvalidFormat, error.to_string())
        });
        let (document, network_id) = match (document, network_id) {
            (Ok(document), Ok(network_id)) if flaws.is_empty() => (document, network_id),
            (document, network_id) => {
                flaws.extend(document.err());
                flaws.extend(network_id.err());
                return Err(Error::Invalid(flaws));
            }
        };
        let name = payer.and_then(|payer| payer.name.clone());
        let ispb = payer.and_then(|payer| payer.ispb.clone());
        Ok(PaymentReport {
            network_id: network_id.map_or_else(|| rails_sandbox::payment_id(&call.moment), Ok)?,
            method: MethodKind::Pix,
            amount_cents: self.amount_cents,
            paid_at: self.paid_at.unwrap_or(now),
            payer: rails_sandbox::payer(name, document, ispb),
            txid: self.txid.clone(),
            reason_codes: self.reason_codes.clone().unwrap_or_default(),
        })
    }

    fn flaws(&self, now: Timestamp) -> Vec<Violation> {
        let payer = self.payer.as_ref();
        let name = payer.and_then(|payer| payer.name.as_deref());
        let ispb = payer.and_then(|payer| payer.ispb.as_deref());
        let is_ispb = |ispb: &str| {
            let allowed = |byte: u8| byte.is_ascii_digit() || byte.is_ascii_uppercase();
            ispb.len() == 8 && ispb.bytes().all(allowed)
        };
        let ispb = ispb.filter(|ispb| !is_ispb(ispb)).map(|_| {
            let detail = "an ISPB has 8 digits or upper-case letters";
            Violation::new("payer.ispb", Flaw::InvalidFormat, detail)
        });
        let paid_at = self.paid_at.filter(|at| *at > now).map(|_| {
            let detail = "the payment must not be later than now";
            Violation::new("paid_at", Flaw::OutOfRange, detail)
        });
        let checks = [
            fields::amount("amount_cents", self.amount_cents),
            fields::text("txid", self.txid.as_deref(), TXID_LENGTH_MAX),
            fields::text("payer.name", name, NAME_LENGTH_MAX),
            ispb,
            paid_at,
        ];
        let codes = self.reason_codes.as_deref().unwrap_or_default();
        let many = (codes.len() > REASON_CODES_MAX).then(|| {
            let detail = format!("at most {REASON_CODES_MAX} reason codes");
            Violation::new("reason_codes", Flaw::WrongLength, detail)
        });
        let codes = codes.iter().enumerate().filter_map(|(index, code)| {
            fields::text(&format!("reason_codes[{index}]"), Some(code), REASON_CODE_LENGTH_MAX)
        });
        checks.into_iter().flatten().chain(many).chain(codes).collect()
    }
}
