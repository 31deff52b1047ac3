//! A charge as the API and its events show it. This form is a promise to callers, so it is apart
//! from the stored form.
use crate::charge::{
    AddressView, Charge, ChargeBoletoView, ChargeCardView, ChargeDueView, ChargePayment,
    ChargeRefund, ChargeReturn, ChargeStatus, ChargeStep, ChargeUpdate, Payer, PixCharge,
};
use crate::kernel::{
    ChargeId, Currency, DocumentView, FailureView, MethodKind, PaymentId, StatusChange, entered_at,
    mask_email,
};
use crate::payment::PayingPartyView;
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::Serialize;
use std::collections::BTreeMap;

/// A charge.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[schemars(rename = "Charge")]
pub struct ChargeView {
    /// Id of the charge.
    pub id: ChargeId,
    /// Status of the charge.
    pub status: ChargeStatus,
    /// Payment method.
    pub method: MethodKind,
    /// Amount that the payer is asked to pay, in cents.
    pub amount_cents: u64,
    /// Currency; always `BRL`.
    pub currency: Currency,
    /// Amount that the payer paid, in cents.
    pub paid_amount_cents: u64,
    /// Total of paid refunds, in cents.
    pub refunded_amount_cents: u64,
    /// Total of refunds in process, in cents.
    pub refunding_amount_cents: u64,
    /// Refunds of the charge, oldest first.
    pub refunds: Vec<ChargeRefund>,
    /// Total that the network took back, in cents.
    pub returned_amount_cents: u64,
    /// Total that open balance blocks claim of the charge, in cents; it cannot be refunded.
    pub blocked_amount_cents: u64,
    /// Parts that the network took back, oldest first.
    pub returns: Vec<ChargeReturn>,
    /// Fee taken when the charge was credited, in cents; of a card that of the instalments credited so far. A
    /// refund does not return it.
    pub fees_cents: u64,
    /// What the charge brought to the balance when it was credited, in cents: the amount paid less the
    /// fee, and of a card less what refunds took before. It does not change afterwards: `refunded_amount_cents` and `returned_amount_cents` have what
    /// went back by refunds and by the network. Null until the charge is credited.
    pub net_amount_cents: Option<u64>,
    /// Payer of the charge; null if the charge names no payer.
    pub payer: Option<PayerView>,
    /// Pix data of the charge; null if the payer cannot pay by Pix.
    pub pix: Option<PixView>,
    /// Boleto of the charge; null if the payer cannot pay by boleto.
    pub boleto: Option<ChargeBoletoView>,
    /// Card of the charge; null if the payer does not pay by card.
    pub card: Option<ChargeCardView>,
    /// Address of the payment page, which shows the payer what to pay and how. It needs no
    /// credential, so it is for the payer alone; null in events, which have several readers.
    pub payment_url: Option<String>,
    /// Due date of the charge, and how its amount changes with the day of the payment.
    #[serde(flatten)]
    pub due: ChargeDueView,
    /// Payment that paid the charge; null until the payer paid. Its payer is who really paid.
    pub payment: Option<ChargePaymentView>,
    /// Description that the payer sees.
    pub description: Option<String>,
    /// Caller's own id of the charge.
    pub reference: Option<String>,
    /// Notes of the caller.
    pub metadata: BTreeMap<String, String>,
    /// Why the network returned the money, the bank refused the boleto, or the issuer declined the card; null
    /// otherwise.
    pub failure: Option<FailureView>,
    /// Time at which the payer paid.
    #[serde(serialize_with = "crate::kernel::milliseconds")]
    pub paid_at: Option<Timestamp>,
    /// Time at which the money came into the available balance.
    #[serde(serialize_with = "crate::kernel::milliseconds")]
    pub credited_at: Option<Timestamp>,
    /// Time from which you can use the money: `credited_at`, or the time that the network announced.
    /// Null if neither is known.
    #[serde(serialize_with = "crate::kernel::milliseconds")]
    pub available_at: Option<Timestamp>,
    /// Time at which the network returned the money.
    #[serde(serialize_with = "crate::kernel::milliseconds")]
    pub rejected_at: Option<Timestamp>,
    /// Time at which the charge was cancelled.
    #[serde(serialize_with = "crate::kernel::milliseconds")]
    pub cancelled_at: Option<Timestamp>,
    /// Every status of the charge, oldest first.
    pub status_history: Vec<StatusChange<ChargeStatus>>,
    /// Time at which the charge was created.
    #[serde(serialize_with = "crate::kernel::milliseconds")]
    pub created_at: Timestamp,
    /// Time from which the payer can no longer pay.
    #[serde(serialize_with = "crate::kernel::milliseconds")]
    pub expires_at: Timestamp,
}

/// Payer of a charge. Lists mask a CPF.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[schemars(rename = "Payer")]
pub struct PayerView {
    /// Name of the payer.
    pub name: String,
    /// CPF or CNPJ of the payer.
    pub document: DocumentView,
    /// E-mail of the payer.
    pub email: Option<String>,
    /// Address of the payer; null in lists.
    pub address: Option<AddressView>,
}

impl From<&Payer> for PayerView {
    fn from(payer: &Payer) -> Self {
        Self {
            name: payer.name.clone(),
            document: DocumentView::from(&payer.document),
            email: payer.email.clone(),
            address: payer.address.as_ref().map(AddressView::from),
        }
    }
}

impl PayerView {
    fn masked(payer: &Payer) -> Self {
        let mut view = Self::from(payer);
        view.document.number = payer.document.masked();
        view.email = payer.email.as_deref().map(mask_email);
        view.address = None;
        view
    }
}

/// Payment that paid a charge.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[schemars(rename = "ChargePayment")]
pub struct ChargePaymentView {
    /// Id of the payment.
    pub id: PaymentId,
    /// Method of the payment. A charge by boleto can be paid by the Pix beside it.
    pub method: MethodKind,
    /// Amount of the payment, in cents.
    pub amount_cents: u64,
    /// Time of the payment at the network.
    #[serde(serialize_with = "crate::kernel::milliseconds")]
    pub paid_at: Timestamp,
    /// Who paid, as far as the network said it. Lists mask a CPF.
    pub payer: PayingPartyView,
}

impl From<&ChargePayment> for ChargePaymentView {
    fn from(payment: &ChargePayment) -> Self {
        let ChargePayment { id, method, amount_cents, paid_at, payer } = payment;
        let (payer, amount_cents) = (PayingPartyView::from(payer), *amount_cents);
        Self { id: *id, method: *method, amount_cents, paid_at: *paid_at, payer }
    }
}

/// Pix data of a charge.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[schemars(rename = "Pix")]
pub struct PixView {
    /// Text of the QR code ("copia e cola").
    pub br_code: String,
    /// Id of the charge in the network.
    pub txid: String,
    /// End-to-end id of the payment; null until the payer paid.
    pub end_to_end_id: Option<String>,
    /// URL of the QR code as a picture: SVG, or PNG with `?format=png`. It needs no credential, so a page
    /// or a mail can show the picture.
    pub qr_code_url: String,
}

impl PixView {
    fn new(pix: &PixCharge) -> Self {
        Self {
            br_code: pix.br_code.clone(),
            txid: pix.txid.to_string(),
            end_to_end_id: pix.end_to_end_id.as_ref().map(ToString::to_string),
            qr_code_url: format!("{}/pix/{}/qr-code", pix.origin, pix.txid),
        }
    }
}

impl ChargeView {
    /// Returns the view at a time, which decides what the payer of a charge with a due date owes.
    pub fn at(charge: &Charge, now: Timestamp) -> Self {
        let at = |status| entered_at(&charge.status_history, status);
        let credited_at = at(ChargeStatus::Credited);
        let net_cents = charge.credited_cents().saturating_sub(charge.fees_cents);
        Self {
            id: charge.id,
            status: charge.status,
            method: charge.method.kind(),
            amount_cents: charge.amount_cents,
            currency: Currency::Brl,
            paid_amount_cents: charge.paid_amount_cents,
            refunded_amount_cents: charge.refunded_amount_cents,
            refunding_amount_cents: charge.refunding_amount_cents,
            refunds: charge.refunds.clone(),
            returned_amount_cents: charge.returned.amount_cents,
            blocked_amount_cents: charge.returned.claimed_cents(),
            returns: charge.returned.parts.clone(),
            fees_cents: charge.fees_cents,
            net_amount_cents: credited_at.map(|_| net_cents),
            payer: charge.payer.as_ref().map(PayerView::from),
            pix: charge.method.pix().map(PixView::new),
            boleto: charge.method.boleto().map(|boleto| ChargeBoletoView::new(charge.id, boleto)),
            card: charge.method.card().map(ChargeCardView::from),
            payment_url: None,
            due: ChargeDueView::at(charge, now),
            payment: charge.payment.as_ref().map(ChargePaymentView::from),
            description: charge.description.clone(),
            reference: charge.reference.clone(),
            metadata: charge.metadata.clone(),
            failure: charge.failure.as_ref().map(FailureView::of_payment),
            paid_at: charge.paid_at(),
            credited_at,
            available_at: credited_at.or_else(|| charge.announced_credit()),
            rejected_at: at(ChargeStatus::Rejected),
            cancelled_at: at(ChargeStatus::Cancelled),
            status_history: charge.status_history.clone(),
            created_at: charge.created_at,
            expires_at: charge.expires_at,
        }
    }
}

impl Charge {
    /// Returns what came into the available balance, once the charge is credited, in cents: of a card not what
    /// refunds took from the instalments before.
    fn credited_cents(&self) -> u64 {
        let receivables = self.method.card().map_or(&[][..], |card| &card.receivables);
        let refunded: u64 = receivables.iter().map(|one| one.refunded_cents).sum();
        self.paid_amount_cents.saturating_sub(refunded)
    }

    /// Returns the time at which the money will be available, if the network announced it.
    pub fn announced_credit(&self) -> Option<Timestamp> {
        let due = self.due.as_ref()?;
        let is_credit = matches!(
            &due.step,
            ChargeStep::ApplyUpdate { update: ChargeUpdate::Credited }
                | ChargeStep::CreditInstallment { .. }
        );
        is_credit.then_some(due.at)
    }
}

impl ChargeView {
    /// Returns the view for an event, without the address on which the payer proves who they are.
    #[must_use]
    pub fn without_addresses(mut self) -> Self {
        if let Some(card) = &mut self.card {
            card.authentication_url = None;
        }
        self
    }

    /// Returns the view with the address of the payment page.
    #[must_use]
    pub fn with_payment_url(self, payment_url: String) -> Self {
        Self { payment_url: Some(payment_url), ..self }
    }

    /// Returns the view for lists, which masks the CPF and the e-mail of the payer.
    pub fn masked(charge: &Charge, now: Timestamp) -> Self {
        let mut view = Self::at(charge, now);
        view.payer = charge.payer.as_ref().map(PayerView::masked);
        let party = view.boleto.as_mut().and_then(|boleto| boleto.final_beneficiary.as_mut());
        let boleto = charge.method.boleto();
        let document = boleto.and_then(|boleto| boleto.texts.final_beneficiary.as_ref());
        if let Some((party, stored)) = party.zip(document) {
            party.document.number = stored.document.masked();
        }
        if let Some((view, payment)) = view.payment.as_mut().zip(charge.payment.as_ref()) {
            view.payer = PayingPartyView::masked(&payment.payer);
        }
        view
    }
}
