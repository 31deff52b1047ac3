//! Why money did not move, or came back: the code for programs, the network's own code, and who caused
//! it (docs/adr/0028).
use crate::kernel::string_enum;
use brazil::{AbecsReason, SpiFault, SpiReason};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

string_enum! {
    /// Who caused a failure. The payer and the payee of a refund are those of its charge.
    CausedBy {
        /// You: what you ordered, your limits, or a user of the account.
        Caller = "caller",
        /// The institution of the payer.
        PayerBank = "payer_bank",
        /// The institution of the payee, or the account there.
        PayeeBank = "payee_bank",
        /// The payment network.
        Network = "network",
        /// Trilho, or the institution through which it reaches the network.
        Internal = "internal",
    }
}

/// Declares the codes. Each row has the word, who caused it if the network does not say, whether a
/// repetition can help if the network does not say, and the message.
macro_rules! failure_codes {
    ($($name:ident = $word:literal, $fault:ident, $retriable:literal, $message:literal;)*) => {
        /// Code of a failure of a charge, payout or refund; the list is complete.
        #[derive(
            Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
        )]
        pub enum FailureCode {
            $(#[doc = $message] #[serde(rename = $word)] $name,)*
        }

        impl FailureCode {
            /// Every code, in the order of declaration.
            pub const ALL: &'static [Self] = &[$(Self::$name,)*];

            /// Returns the word of the API.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$name => $word,)* }
            }

            /// Returns the message for people.
            pub const fn message(self) -> &'static str {
                match self { $(Self::$name => $message,)* }
            }

            const fn fault(self) -> SpiFault {
                match self { $(Self::$name => SpiFault::$fault,)* }
            }

            const fn is_retriable(self) -> bool {
                match self { $(Self::$name => $retriable,)* }
            }
        }
    };
}

failure_codes! {
    InsufficientFunds = "insufficient_funds", Instruction, true,
        "The balance was too low until the end of the wait.";
    PayoutLimit = "payout_limit", Instruction, true,
        "A limit of the account left no room when Trilho was about to send the payout.";
    NotApprovedInTime = "not_approved_in_time", Instruction, true,
        "Too few users approved the payout, or no moderator reviewed it, in time.";
    ApprovalRejected = "approval_rejected", Instruction, false,
        "A user who could have approved the payout rejected it; `rejection` has the words of that user.";
    ReviewRejected = "review_rejected", Instruction, false,
        "The moderator rejected the payout in review.";
    KycRejected = "kyc_rejected", Instruction, false,
        "Compliance rejected the KYC request of the payout.";
    KycExpired = "kyc_expired", Instruction, true,
        "The account did not submit the documents of the KYC request in time.";
    PixKeyNotFound = "pix_key_not_found", Instruction, false,
        "The directory does not have the Pix key.";
    BeneficiaryMismatch = "beneficiary_mismatch", Instruction, false,
        "The account belongs to another person than the beneficiary.";
    RecipientChanged = "recipient_changed", Instruction, false,
        "The Pix key has another owner, institution or type of account than the look-up named.";
    AccountNotFound = "account_not_found", Instruction, false, "The account does not exist.";
    AccountClosed = "account_closed", ReceivingInstitution, false, "The account is closed.";
    AccountBlocked = "account_blocked", ReceivingInstitution, false, "The account is blocked.";
    WrongAccountType = "wrong_account_type", Instruction, false,
        "The account is of another type than the one given.";
    PaymentNotAccepted = "payment_not_accepted", ReceivingInstitution, false,
        "The account does not accept this kind of payment.";
    AmountRefused = "amount_refused", ReceivingInstitution, false,
        "The institution of the account does not accept this amount.";
    PaymentDataRefused = "payment_data_refused", Instruction, false,
        "The institution of the account refused data of the payment, such as its QR code.";
    InstitutionNotFound = "institution_not_found", Instruction, false,
        "The network does not have the institution of the account.";
    InstitutionUnavailable = "institution_unavailable", ReceivingInstitution, true,
        "An institution did not answer in time.";
    UnauthorizedInstitution = "unauthorized_institution", SendingInstitution, false,
        "The network does not allow payments from this institution.";
    RejectedByInstitution = "rejected_by_institution", ReceivingInstitution, false,
        "The institution of the account rejected the payment.";
    AlreadyReturned = "already_returned", Instruction, false,
        "The payment was already returned, for example by the return mechanism of the network (MED).";
    RefundWindowClosed = "refund_window_closed", Instruction, false,
        "The time in which the network returns the payment is over.";
    Duplicate = "duplicate", Instruction, false, "The network already has the same payment.";
    NotAccepted = "not_accepted", Network, true, "The network never accepted the order in its time.";
    SettlementFailed = "settlement_failed", Network, true, "The network could not settle the payment.";
    OrderInvalid = "order_invalid", Message, false,
        "The network refused the form of the order; the mistake is ours.";
    SuspectedFraud = "suspected_fraud", Network, false,
        "The network or an institution suspects fraud.";
    RegulatoryReason = "regulatory_reason", ReceivingInstitution, false,
        "A rule of the authorities forbids the payment.";
    BeneficiaryRequest = "beneficiary_request", ReceivingInstitution, false,
        "The beneficiary returned the money.";
    OperationalError = "operational_error", ReceivingInstitution, true,
        "An institution made a mistake.";
    BoletoRefused = "boleto_refused", Network, false,
        "The bank refused the boleto, or what was ordered of it.";
    CardDeclined = "card_declined", SendingInstitution, true,
        "The issuer declined the card.";
    AuthenticationFailed = "authentication_failed", SendingInstitution, true,
        "The payer did not prove to the issuer who they are.";
    AuthorizationLost = "authorization_lost", Network, true,
        "The acquirer did not answer in time, and Trilho reversed the authorisation.";
    AuthorizationUnknown = "authorization_unknown", Network, false,
        "The acquirer does not say whether it reserved the amount; ask the operator before another attempt.";
    Unspecified = "unspecified", Network, false,
        "The network gave no reason from this list; its own code, if it has one, is in `network_code`.";
}

/// Why money did not move, or came back, as it is stored.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Failure {
    /// Code for programs.
    pub code: FailureCode,
    /// Code of the network, unchanged; none if the network was not involved or gave none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub network_code: Option<String>,
}

impl From<FailureCode> for Failure {
    fn from(code: FailureCode) -> Self {
        Self { code, network_code: None }
    }
}

impl Failure {
    /// Returns the failure of a reason code of the SPI. An unknown code is kept as it is, and means
    /// [`FailureCode::Unspecified`].
    pub fn of_network(network_code: impl Into<String>) -> Self {
        let network_code = network_code.into();
        Self { code: of_spi(&network_code), network_code: Some(network_code) }
    }

    /// Returns the failure of a network with codes of its own.
    pub fn reported(code: FailureCode, network_code: Option<String>) -> Self {
        Self { code, network_code }
    }

    /// Returns the reason of ABECS for a declined card.
    fn card_reason(&self) -> Option<&'static AbecsReason> {
        let code = self.network_code.as_deref().filter(|_| self.code == FailureCode::CardDeclined);
        code.and_then(AbecsReason::by_code)
    }

    fn spi_reason(&self) -> Option<&'static SpiReason> {
        let reason = self.network_code.as_deref().and_then(SpiReason::by_code)?;
        // A network whose own code only looks like one of the SPI means something else.
        (of_spi(reason.code()) == self.code).then_some(reason)
    }
}

/// Returns the code for programs of a reason code of the SPI.
fn of_spi(network_code: &str) -> FailureCode {
    use FailureCode as Code;
    match network_code {
        "AB03" | "AB09" | "AB11" => Code::InstitutionUnavailable,
        "AC03" => Code::AccountNotFound,
        "AC06" => Code::AccountBlocked,
        "AC07" => Code::AccountClosed,
        "AC14" => Code::WrongAccountType,
        "AG03" => Code::PaymentNotAccepted,
        "AGNT" | "DS0G" | "DS27" => Code::UnauthorizedInstitution,
        "AM02" | "AM23" => Code::AmountRefused,
        "AM04" | "ED05" => Code::SettlementFailed,
        "AM09" => Code::AlreadyReturned,
        "BE01" | "CH11" => Code::BeneficiaryMismatch,
        "BE15" | "BE17" => Code::PaymentDataRefused,
        "CN01" | "DS04" | "UPAY" => Code::RejectedByInstitution,
        "DT05" => Code::RefundWindowClosed,
        "DU03" | "DUPL" => Code::Duplicate,
        "FR01" | "FRAD" => Code::SuspectedFraud,
        "MD06" => Code::BeneficiaryRequest,
        "BE08" | "SL02" => Code::OperationalError,
        "RC10" => Code::InstitutionNotFound,
        "RR04" => Code::RegulatoryReason,
        "AG12" | "AG13" | "AM01" | "AM12" | "AM18" | "BE05" | "CH16" | "DT02" | "FF07" | "FF08"
        | "MD01" | "RC09" => Code::OrderInvalid,
        _ => Code::Unspecified,
    }
}

/// Why money did not move, or came back.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[schemars(rename = "Failure")]
pub struct FailureView {
    /// Code for programs, the same word as `reason` in `status_history`.
    pub code: FailureCode,
    /// Code of the network, unchanged, such as `AC07` of the SPI or `51` of ABECS; null if the network gave none.
    pub network_code: Option<String>,
    /// Sentence for people.
    pub message: &'static str,
    /// Whether a new order with the same data can succeed. Trilho does not repeat it.
    pub retriable: bool,
    /// Who caused the failure.
    pub caused_by: CausedBy,
}

impl FailureView {
    /// Returns the view of the failure of a charge or a payout.
    pub fn of_payment(failure: &Failure) -> Self {
        Self::of(failure, CausedBy::PayerBank, CausedBy::PayeeBank)
    }

    /// Returns the view of the failure of a refund, whose money goes from the payee to the payer.
    pub fn of_refund(failure: &Failure) -> Self {
        Self::of(failure, CausedBy::PayeeBank, CausedBy::PayerBank)
    }

    fn of(failure: &Failure, sending: CausedBy, receiving: CausedBy) -> Self {
        let (code, reason) = (failure.code, failure.spi_reason());
        let card_reason = failure.card_reason();
        let meaning = reason.map(SpiReason::meaning).or(card_reason.map(AbecsReason::meaning));
        let is_retriable =
            reason.map(SpiReason::is_retriable).or(card_reason.map(AbecsReason::is_retriable));
        let fault = reason.map_or(code.fault(), SpiReason::fault);
        Self {
            code,
            network_code: failure.network_code.clone(),
            message: meaning.unwrap_or(code.message()),
            retriable: is_retriable.unwrap_or(code.is_retriable()),
            caused_by: match fault {
                SpiFault::Instruction => CausedBy::Caller,
                SpiFault::Message => CausedBy::Internal,
                SpiFault::Network => CausedBy::Network,
                SpiFault::SendingInstitution => sending,
                SpiFault::ReceivingInstitution => receiving,
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn every_reason_of_the_spi_has_a_code_for_programs() {
        for reason in SpiReason::all() {
            let failure = Failure::of_network(reason.code());
            assert_ne!(failure.code, FailureCode::Unspecified, "{}", reason.code());
            let view = FailureView::of_payment(&failure);
            assert_eq!((view.message, view.retriable), (reason.meaning(), reason.is_retriable()));
        }
    }

    #[test]
    fn an_unknown_code_is_kept_and_means_the_general_reason() {
        let failure = Failure::of_network("ZZ99");
        assert_eq!(failure.code, FailureCode::Unspecified);
        let expected = json!({
            "code": "unspecified", "network_code": "ZZ99", "caused_by": "network", "retriable": false,
            "message": FailureCode::Unspecified.message(),
        });
        assert_eq!(json!(FailureView::of_payment(&failure)), expected);
    }

    #[test]
    fn the_banks_of_a_refund_are_those_of_its_charge() {
        let closed = Failure::of_network("AC07");
        assert_eq!(FailureView::of_payment(&closed).caused_by, CausedBy::PayeeBank);
        assert_eq!(FailureView::of_refund(&closed).caused_by, CausedBy::PayerBank);
        let slow = Failure::of_network("AB11");
        assert_eq!(FailureView::of_payment(&slow).caused_by, CausedBy::PayerBank);
        assert_eq!(FailureView::of_refund(&slow).caused_by, CausedBy::PayeeBank);
    }

    #[test]
    fn a_decision_of_ours_has_no_code_of_the_network() {
        let view = FailureView::of_payment(&FailureCode::PayoutLimit.into());
        let expected = json!({
            "code": "payout_limit", "network_code": null, "caused_by": "caller", "retriable": true,
            "message": "A limit of the account left no room when Trilho was about to send the payout.",
        });
        assert_eq!(json!(view), expected);
    }

    #[test]
    fn a_code_of_another_network_is_not_read_as_one_of_the_spi() {
        let own = Failure::reported(FailureCode::AccountBlocked, Some("AC07".to_owned()));
        let view = FailureView::of_payment(&own);
        assert_eq!(view.message, FailureCode::AccountBlocked.message());
        assert_eq!(view.network_code.as_deref(), Some("AC07"));
    }
}
