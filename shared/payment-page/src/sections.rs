//! The ways to pay that an open charge offers, one section of the page each.

use domain::charge::{BoletoRegistration, Charge};
use domain::kernel::FailureCode;
use typeset::{QUIET_ZONE, QrRuns, clean};

use crate::card_words::CardWords;

/// The sections of an open page. Each is absent if the charge cannot be paid in that way.
pub(crate) struct PaymentSections {
    pub(crate) pix: Option<PixSection>,
    pub(crate) boleto: Option<BoletoSection>,
    pub(crate) card: Option<CardSection>,
}

impl PaymentSections {
    pub(crate) fn of(charge: &Charge, card_form_url: Option<&str>, card_words: &CardWords) -> Self {
        let pix = charge.method.pix();
        let boleto = charge.method.boleto();
        // Banks take a boleto once it is registered.
        let boleto = boleto.filter(|it| it.registration == BoletoRegistration::Registered);
        Self {
            pix: pix.and_then(|pix| PixSection::of(&pix.br_code)),
            boleto: boleto.map(|boleto| BoletoSection {
                printed_line: boleto.barcode.printed_line(),
                digitable_line: boleto.barcode.digitable_line(),
            }),
            card: charge.method.card().zip(card_form_url).map(|(card, form_url)| CardSection {
                form_url: form_url.to_owned(),
                refusal: charge.failure.as_ref().map(|failure| match failure.code {
                    FailureCode::AuthenticationFailed => card_words.attempt_not_authenticated,
                    _ => card_words.attempt_declined,
                }),
                up_to: card.installments_max.filter(|max| *max > 1).map(|max| max.to_string()),
            }),
        }
    }

    /// Returns true if the charge can be paid in no way.
    pub(crate) fn is_empty(&self) -> bool {
        self.pix.is_none() && self.boleto.is_none() && self.card.is_none()
    }
}

/// Payment by boleto: the line that people type or copy.
pub(crate) struct BoletoSection {
    /// Line with dots and spaces.
    pub(crate) printed_line: String,
    /// Line without them, 47 digits.
    pub(crate) digitable_line: String,
}

/// Payment by card: the way to the acquirer's form.
pub(crate) struct CardSection {
    pub(crate) form_url: String,
    /// What became of the last card, if the issuer declined one.
    pub(crate) refusal: Option<&'static str>,
    /// Most instalments, if there are several.
    pub(crate) up_to: Option<String>,
}

/// Payment by Pix: the QR code and the text to copy.
pub(crate) struct PixSection {
    pub(crate) br_code: String,
    /// Dark modules as the data of an SVG path.
    pub(crate) path: String,
    /// Side with the white margin, in modules.
    pub(crate) side: usize,
}

impl PixSection {
    fn of(br_code: &str) -> Option<Self> {
        let runs = QrRuns::of(br_code)?;
        let side = runs.width + 2 * QUIET_ZONE;
        Some(Self { br_code: clean(br_code), path: runs.path(), side })
    }
}
