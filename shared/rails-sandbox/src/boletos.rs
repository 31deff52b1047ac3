//! Boletos in the sandbox: what the bank answers about each order, and what it reports of a payment.

use brazil::{boleto_settlement_date, instant};
use domain::charge::{
    BoletoAgreement, BoletoCharge, BoletoInstruction, BoletoUpdate, Charge, ChargeUpdate,
};
use domain::kernel::{Error, Failure, FailureCode, MethodKind, Moment};
use domain::payment::{NetworkPaymentId, PaymentReport};
use jiff::{SignedDuration, Timestamp};
use rails::{BoletoRail, BoletoRequest, NetworkStatus, NoResponse, Rail, RailFuture};
use schemars::JsonSchema;
use serde::Serialize;

use crate::payments::{anybody, payer};
use crate::sandbox_rail::SandboxRail;
use crate::submission::{SandboxSubmission, status};

/// Code of the bank in the barcodes of the sandbox. No bank has it, so no bank takes such a boleto.
const BANK_CODE: &str = "998";
/// Hour of the settlement date at which the money of a boleto comes.
const SETTLED_AT_HOUR: i8 = 14;
/// Seconds after its notice at which the bank of `notice_withdrawn` withdraws it.
const WITHDRAWN_AFTER: SignedDuration = SignedDuration::from_secs(60);

/// The answer of the bank to an order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
pub struct BoletoAnswer {
    /// Time until the answer, in seconds.
    pub after_seconds: u32,
    /// Whether the bank refuses the order.
    pub is_refused: bool,
}

/// What becomes of a payment by barcode.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum BoletoPayment {
    /// The bank announces it at once, and its money comes at the settlement.
    Settled,
    /// The bank announces it at once, and withdraws the notice one minute later.
    Withdrawn,
}

/// A scenario of boletos, always with the same outcome.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
pub struct BoletoScenario {
    /// Name of the scenario.
    pub name: &'static str,
    /// Amount of the charge that selects it, in cents; null for the last scenario, which matches every other
    /// boleto.
    pub amount_cents: Option<u64>,
    /// Result of the submission of each order.
    pub submission: SandboxSubmission,
    /// Answer to the registration.
    pub registration: BoletoAnswer,
    /// Answer to a change.
    pub change: BoletoAnswer,
    /// Answer to the order that writes the boleto off.
    pub write_off: BoletoAnswer,
    /// What becomes of a payment by barcode.
    pub payment: BoletoPayment,
    /// Description of the scenario.
    pub description: &'static str,
}

const AT_ONCE: BoletoAnswer = BoletoAnswer { after_seconds: 0, is_refused: false };
const REFUSED: BoletoAnswer = BoletoAnswer { after_seconds: 0, is_refused: true };

const fn after(after_seconds: u32) -> BoletoAnswer {
    BoletoAnswer { after_seconds, is_refused: false }
}

const OTHERWISE: BoletoScenario = BoletoScenario {
    name: "paid",
    amount_cents: None,
    submission: SandboxSubmission::Answered,
    registration: AT_ONCE,
    change: AT_ONCE,
    write_off: AT_ONCE,
    payment: BoletoPayment::Settled,
    description: "The bank registers, changes and writes off every other boleto at once. It announces a \
        payment at once, and its money comes at 14:00 of the settlement date.",
};

/// The scenarios of boletos; the first match wins.
pub const BOLETO_SCENARIOS: &[BoletoScenario] = &[
    BoletoScenario {
        name: "registered_later",
        amount_cents: Some(5_001),
        registration: after(60),
        description: "The bank accepts the registration at once and confirms it one minute later.",
        ..OTHERWISE
    },
    BoletoScenario {
        name: "registration_refused",
        amount_cents: Some(5_002),
        registration: REFUSED,
        description: "The bank refuses the registration.",
        ..OTHERWISE
    },
    BoletoScenario {
        name: "answer_lost",
        amount_cents: Some(5_003),
        submission: SandboxSubmission::TimesOutAfterTaking,
        description: "The bank does each order, but its answer is lost. The charge stays as it is until Trilho \
            queries the bank one minute later.",
        ..OTHERWISE
    },
    BoletoScenario {
        name: "order_lost",
        amount_cents: Some(5_004),
        submission: SandboxSubmission::TimesOutBeforeTaking,
        description: "Each order is lost. One minute later the bank does not have it, and Trilho submits it \
            again with the same order id.",
        ..OTHERWISE
    },
    BoletoScenario {
        name: "cancellation_refused",
        amount_cents: Some(5_005),
        write_off: REFUSED,
        description: "The bank does not write the boleto off.",
        ..OTHERWISE
    },
    BoletoScenario {
        name: "cancelled_next_day",
        amount_cents: Some(5_006),
        write_off: after(86_400),
        description: "The bank writes the boleto off a day after the order. It can be paid until then.",
        ..OTHERWISE
    },
    BoletoScenario {
        name: "change_refused",
        amount_cents: Some(5_007),
        change: REFUSED,
        description: "The bank refuses a change of the boleto.",
        ..OTHERWISE
    },
    BoletoScenario {
        name: "notice_withdrawn",
        amount_cents: Some(5_008),
        payment: BoletoPayment::Withdrawn,
        description: "The bank announces a payment at once, and withdraws its notice one minute later.",
        ..OTHERWISE
    },
    OTHERWISE,
];

/// Returns the scenario of a boleto with this face value.
pub fn boleto_scenario(amount_cents: u64) -> &'static BoletoScenario {
    let matches =
        |one: &&BoletoScenario| one.amount_cents.is_none_or(|selects| selects == amount_cents);
    BOLETO_SCENARIOS.iter().find(matches).expect("the last scenario matches every boleto")
}

impl BoletoRail for SandboxRail {
    fn agreement(&self) -> BoletoAgreement {
        BoletoAgreement {
            bank_code: BANK_CODE.to_owned(),
            branch: "0001".to_owned(),
            number: "00000001".to_owned(),
            wallet: "01".to_owned(),
            amount_cents_min: 500,
            payable_days_max: 59,
        }
    }
}

impl Rail<BoletoRequest> for SandboxRail {
    fn submit<'a>(
        &'a self,
        order: &'a BoletoRequest,
        _: Timestamp,
    ) -> RailFuture<'a, NetworkStatus<BoletoUpdate>> {
        let scenario = boleto_scenario(order.amount_cents);
        scenario.submission.submit(order.attempt, || answer(scenario, order))
    }

    fn query<'a>(
        &'a self,
        order: &'a BoletoRequest,
        _: Timestamp,
    ) -> RailFuture<'a, Option<NetworkStatus<BoletoUpdate>>> {
        let scenario = boleto_scenario(order.amount_cents);
        scenario.submission.query(order.attempt, || answer(scenario, order))
    }
}

fn answer(
    scenario: &BoletoScenario,
    order: &BoletoRequest,
) -> Result<NetworkStatus<BoletoUpdate>, NoResponse> {
    let BoletoAnswer { after_seconds, is_refused } = match order.instruction {
        BoletoInstruction::Register { .. } => scenario.registration,
        BoletoInstruction::Change { .. } => scenario.change,
        BoletoInstruction::WriteOff => scenario.write_off,
    };
    // The occurrences of CNAB: 03 is a refused registration, 26 a refused instruction.
    let code = match order.instruction {
        BoletoInstruction::Register { .. } => "03",
        BoletoInstruction::Change { .. } | BoletoInstruction::WriteOff => "26",
    };
    let failure = Failure::reported(FailureCode::BoletoRefused, Some(code.to_owned()));
    let decided = match is_refused {
        true => BoletoUpdate::Refused { failure },
        false => BoletoUpdate::Done,
    };
    let accepted = (after_seconds > 0).then_some((0, Ok(BoletoUpdate::Accepted)));
    status(accepted.into_iter().chain([(after_seconds, Ok(decided))]), order.queued_at)
}

/// Returns what the bank reports when the payer pays the boleto of a charge. A boleto that no longer waits
/// for a payment is reported with its money.
pub(crate) fn pay_boleto(
    charge: &Charge,
    boleto: &BoletoCharge,
    moment: &Moment,
) -> Result<NetworkStatus<ChargeUpdate>, Error> {
    let (name, document) = match &charge.payer {
        Some(payer) => (payer.name.clone(), payer.document.clone()),
        None => anybody()?,
    };
    let network_id = NetworkPaymentId::of_boleto(format!("{BANK_CODE}{}", moment.base62(20)));
    let payment = Box::new(PaymentReport {
        network_id: network_id.clone(),
        method: MethodKind::Boleto,
        amount_cents: charge.payable_cents(moment.now),
        paid_at: moment.now,
        payer: payer(Some(name), Some(document), None),
        txid: Some(boleto.our_number.to_string()),
        reason_codes: Vec::new(),
    });
    if !charge.is_payable(moment.now) {
        let paid = ChargeUpdate::Paid { payment };
        return Ok(NetworkStatus { updates: vec![paid, ChargeUpdate::Credited], announced: None });
    }
    let announced = match boleto_scenario(charge.amount_cents).payment {
        BoletoPayment::Settled => {
            let date = boleto_settlement_date(moment.now);
            let at = instant(date.at(SETTLED_AT_HOUR, 0, 0, 0)).map_err(Error::internal)?;
            (at, ChargeUpdate::Credited)
        }
        BoletoPayment::Withdrawn => {
            (moment.now + WITHDRAWN_AFTER, ChargeUpdate::NoticeWithdrawn { network_id })
        }
    };
    let updates = vec![ChargeUpdate::PaymentNotice { payment }];
    Ok(NetworkStatus { updates, announced: Some(announced) })
}
