//! The fields of a new charge that belong to its card.

use domain::charge::{CardAgreement, CardCharge, CardToken};
use domain::kernel::{Flaw, Violation};
use schemars::JsonSchema;
use serde::Deserialize;

/// How the payer pays by card. Trilho takes no card number, only the token that the acquirer's own form made of
/// one. Without a token the payer pays on the payment page.
#[derive(Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "NewCard")]
pub(crate) struct CardFields {
    /// Token of the card, 8 to 200 characters. It pays once. If absent, the payer types a card at
    /// `payment_url`, until `expires_at`.
    #[schemars(length(min = 8, max = 200), regex(pattern = r"^[A-Za-z0-9._=:-]+$"))]
    token: Option<String>,
    /// Number of instalments, 1 to 12, of at least 500 cents each; 1 if absent. Only with a token.
    #[schemars(range(min = 1, max = 12))]
    installments: Option<u8>,
    /// Most instalments that the payer may choose on the payment page, 1 to 12, of at least 500 cents each; 1 if
    /// absent. Only without a token.
    #[schemars(range(min = 1, max = 12))]
    installments_max: Option<u8>,
    /// Whether the amount is captured with the authorisation; true if absent. If not, capture it with
    /// `POST /v1/charges/{id}/capture` before `card.authorized_until`.
    capture: Option<bool>,
    /// Text on the invoice of the card, by which the payer knows you: up to 13 letters, digits and spaces.
    #[schemars(length(min = 1, max = 13))]
    soft_descriptor: Option<String>,
}

impl CardFields {
    /// Returns true if the caller sent a token, so that the payer needs no payment page.
    pub(crate) fn has_token(&self) -> bool {
        self.token.is_some()
    }

    /// Reads the card of a charge under the agreement with the acquirer; the violations name their fields.
    /// Returns no token if the payer pays on the payment page.
    pub(crate) fn read(
        &self,
        amount_cents: u64,
        agreement: &CardAgreement,
    ) -> Result<(Option<CardToken>, CardCharge), Vec<Violation>> {
        let token = self.token.as_deref().map(CardToken::parse);
        let wrong_token = || {
            let detail =
                "`card.token` must have 8 to 200 letters, digits, `-`, `_`, `.`, `=` or `:`";
            Violation::new("card.token", Flaw::InvalidFormat, detail)
        };
        let (field, installments) = match token {
            Some(_) => ("card.installments", self.installments.unwrap_or(1)),
            None => ("card.installments_max", self.installments_max.unwrap_or(1)),
        };
        let flaws = [
            matches!(token, Some(None)).then(wrong_token),
            self.installments_without_meaning(),
            installments_flaw(field, installments, amount_cents, agreement),
            self.soft_descriptor.as_deref().and_then(|text| soft_descriptor_flaw(text, agreement)),
        ];
        let flaws: Vec<_> = flaws.into_iter().flatten().collect();
        if !flaws.is_empty() {
            return Err(flaws);
        }
        let descriptor = self.soft_descriptor.as_deref().map(|text| text.trim().to_owned());
        let is_captured_at_once = self.capture.unwrap_or(true);
        let token = token.flatten();
        let card = match token {
            Some(_) => CardCharge::new(installments, is_captured_at_once, descriptor),
            None => CardCharge::on_page(installments, is_captured_at_once, descriptor),
        };
        Ok((token, card))
    }

    fn installments_without_meaning(&self) -> Option<Violation> {
        let (field, detail) = if self.has_token() && self.installments_max.is_some() {
            ("card.installments_max", "with `card.token`, send `card.installments`")
        } else if !self.has_token() && self.installments.is_some() {
            (
                "card.installments",
                "the payer chooses the instalments on the payment page; send \
                 `card.installments_max`, or `card.token`",
            )
        } else {
            return None;
        };
        Some(Violation::new(field, Flaw::OutOfRange, detail))
    }
}

fn installments_flaw(
    field: &str,
    installments: u8,
    amount_cents: u64,
    agreement: &CardAgreement,
) -> Option<Violation> {
    let CardAgreement { installments_max, installment_cents_min, .. } = *agreement;
    let detail = if !(1..=installments_max).contains(&installments) {
        format!("`{field}` must be 1 to {installments_max}")
    } else if installments > 1 && amount_cents / u64::from(installments) < installment_cents_min {
        format!(
            "each instalment must have at least {installment_cents_min} cents; send fewer \
             `{field}`"
        )
    } else {
        return None;
    };
    Some(Violation::new(field, Flaw::OutOfRange, detail))
}

fn soft_descriptor_flaw(text: &str, agreement: &CardAgreement) -> Option<Violation> {
    let length_max = agreement.soft_descriptor_length_max;
    let is_plain = |it: char| it.is_ascii_alphanumeric() || it == ' ';
    let is_good = (1..=length_max).contains(&text.trim().len());
    let detail = format!(
        "`card.soft_descriptor` must have 1 to {length_max} letters without accents, digits and \
         spaces"
    );
    (!is_good || !text.chars().all(is_plain))
        .then(|| Violation::new("card.soft_descriptor", Flaw::InvalidFormat, detail))
}
