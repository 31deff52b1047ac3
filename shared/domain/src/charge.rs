//! Charges that payers pay, and their refunds.

mod boleto_agreement;
mod boleto_life;
mod boleto_numbers;
mod boleto_order;
mod boleto_texts;
mod boleto_update;
mod boleto_view;
mod card;
mod charge;
mod charge_returns;
mod due;
mod due_view;
mod life;
mod matched;
mod method;
mod order;
mod payer;
mod payment;
mod refund;
mod refund_life;
mod refund_status;
mod refund_update;
mod refund_view;
mod refunds;
mod return_life;
mod return_update;
mod update;
mod view;

pub use boleto_agreement::{BOLETO_AMOUNT_CENTS_MAX, BoletoAgreement};
pub use boleto_numbers::BoletoNumbers;
pub use boleto_order::{
    BoletoInstruction, BoletoInstructionKind, BoletoOrder, BoletoOrderStep, BoletoTitle,
};
pub use boleto_texts::{BoletoTexts, FinalBeneficiary};
pub use boleto_update::BoletoUpdate;
pub use boleto_view::{AddressView, ChargeBoletoView, FinalBeneficiaryView};
pub use card::{
    CARD_TOKEN_LENGTH_MAX, CardAgreement, CardAuthorization, CardDetails, CardInstruction,
    CardInstructionKind, CardOrder, CardOrderStep, CardOutcome, CardPayment, CardToken, CardUpdate,
    ChargeCardView, RefundPart,
};
pub use charge::{Charge, ChargeRefund, ChargeStatus, ChargeStep, NewCharge};
pub use charge_returns::{ChargeReturn, ChargeReturns, ReturnNotice};
pub use due::{AmountDue, Discount, DueTerms, Interest, Portion};
pub use due_view::ChargeDueView;
pub use method::{
    BoletoChange, BoletoCharge, BoletoRegistration, CARD_ATTEMPTS_MAX, CardAuthentication,
    CardCharge, ChargeMethod, PixCharge,
};
pub use order::{ChargeOrder, WithOrder};
pub use payer::{Address, Payer};
pub use payment::ChargePayment;
pub use refund::{NewRefund, Refund, RefundContext, RefundStep};
pub use refund_status::RefundStatus;
pub use refund_update::RefundUpdate;
pub use refund_view::RefundView;
pub use refunds::REFUNDS_MAX;
pub use return_update::{AnnouncedReturn, ReturnUpdate};
pub use update::ChargeUpdate;
pub use view::{ChargePaymentView, ChargeView, PayerView, PixView};

pub use crate::kernel::DocumentView;
