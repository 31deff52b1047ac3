//! The table of reason codes, sorted by code because `SpiReason::by_code` searches by halves.

use super::reason::SpiFault::{
    self, Instruction, Message, Network, ReceivingInstitution as Receiving,
    SendingInstitution as Sending,
};
use super::reason::SpiReason;

/// Marks a reason after which the same order can succeed.
const AGAIN: bool = true;
/// Marks a reason after which the same order fails again.
const FINAL: bool = false;

/// Makes one row. Each row is one line, so that a diff shows the changed rows.
const fn reason(
    code: &'static str,
    name: &'static str,
    meaning: &'static str,
    fault: SpiFault,
    is_retriable: bool,
) -> SpiReason {
    SpiReason { code, name, meaning, fault, is_retriable }
}

/// The reasons.
#[rustfmt::skip]
pub(super) static REASONS: &[SpiReason] = &[
    reason("AB03", "AbortedSettlementTimeout", "The network did not settle the payment in time.", Network, AGAIN),
    reason("AB09", "ErrorCreditorAgent", "The receiving institution had an error.", Receiving, AGAIN),
    reason("AB11", "TimeoutDebtorAgent", "The sending institution was too slow.", Sending, AGAIN),
    reason("AC03", "InvalidCreditorAccountNumber", "The receiving branch or account number does not exist.", Instruction, FINAL),
    reason("AC06", "BlockedAccount", "The receiving account is blocked.", Receiving, FINAL),
    reason("AC07", "ClosedCreditorAccountNumber", "The receiving account is closed.", Receiving, FINAL),
    reason("AC14", "InvalidCreditorAccountType", "The receiving account is of another type.", Instruction, FINAL),
    reason("AG03", "TransactionNotSupported", "The receiving account does not accept this kind of payment.", Receiving, FINAL),
    reason("AG12", "NotAllowedBookTransfer", "Both accounts are at the same institution, and the network does not settle that.", Message, FINAL),
    reason("AG13", "ForbiddenReturnPayment", "A return cannot be returned.", Message, FINAL),
    reason("AGNT", "IncorrectAgent", "The sending institution does not settle through this participant.", Sending, FINAL),
    reason("AM01", "ZeroAmount", "The amount is zero.", Message, FINAL),
    reason("AM02", "NotAllowedAmount", "The amount exceeds a limit of the receiving account.", Receiving, FINAL),
    reason("AM04", "InsufficientFunds", "The sending institution has too little money in its settlement account.", Sending, AGAIN),
    reason("AM09", "WrongAmount", "All returns together would exceed the amount of the payment.", Instruction, FINAL),
    reason("AM12", "InvalidAmount", "The amount differs from the sum of its parts.", Message, FINAL),
    reason("AM18", "InvalidNumberOfTransactions", "The number of payments in the message is wrong.", Message, FINAL),
    reason("AM23", "AmountExceedsSettlementLimit", "The amount exceeds a settlement limit.", Network, FINAL),
    reason("BE01", "InconsistenWithEndCustomer", "The receiving account does not belong to this CPF or CNPJ.", Instruction, FINAL),
    reason("BE05", "UnrecognisedInitiatingParty", "The payment initiator is not registered for Pix.", Message, FINAL),
    reason("BE08", "BankError", "An institution returned the payment because of its own mistake.", Receiving, AGAIN),
    reason("BE15", "InvalidIdentificationCode", "The id by which the receiver recognises the payment is wrong.", Instruction, FINAL),
    reason("BE17", "InvalidCreditorIdentificationCode", "The receiving institution refused the QR code.", Instruction, FINAL),
    reason("CH11", "CreditorIdentifierIncorrect", "The CPF or CNPJ of the receiver is wrong.", Instruction, FINAL),
    reason("CH16", "ElementContentFormallyIncorrect", "The content of the message breaks a rule of the network.", Message, FINAL),
    reason("CN01", "AuthorisationCancelled", "The recurring payment was cancelled.", Instruction, FINAL),
    reason("DS04", "OrderRejected", "The receiving institution rejected the payment.", Receiving, FINAL),
    reason("DS0G", "NotAllowedPayment", "The participant that signed may not debit this settlement account.", Sending, FINAL),
    reason("DS27", "UserNotYetActivated", "The institution is not registered with the network, or has not started there.", Sending, FINAL),
    reason("DT02", "InvalidCreationDate", "The time of the message is wrong.", Message, FINAL),
    reason("DT05", "InvalidCutOffDate", "The time for a return of the payment is over.", Instruction, FINAL),
    reason("DU03", "DuplicateTransaction", "The network already has this transaction.", Message, FINAL),
    reason("DUPL", "DuplicatePayment", "The receiver already has a payment with the same id.", Instruction, FINAL),
    reason("ED05", "SettlementFailed", "The settlement failed; the network gives no other cause.", Network, AGAIN),
    reason("FF07", "InvalidPurpose", "The purpose of the payment does not fit its other data.", Message, FINAL),
    reason("FF08", "InvalidEndToEndId", "The end-to-end id is not well formed.", Message, FINAL),
    reason("FR01", "Fraud", "The payment was returned on a founded suspicion of fraud.", Receiving, FINAL),
    reason("FRAD", "FraudulentOrigin", "The receiving institution has a founded suspicion of fraud.", Receiving, FINAL),
    reason("MD01", "NoMandate", "The institution that hands out the cash does not exist.", Message, FINAL),
    reason("MD06", "RefundRequestByEndCustomer", "The receiver returned the payment.", Receiving, FINAL),
    reason("RC09", "InvalidDebtorClearingSystemMemberIdentifier", "The ISPB of the sending institution does not exist.", Message, FINAL),
    reason("RC10", "InvalidCreditorClearingSystemMemberIdentifier", "The ISPB of the receiving institution does not exist.", Instruction, FINAL),
    reason("RR04", "RegulatoryReason", "A sanction of the United Nations forbids the payment.", Receiving, FINAL),
    reason("SL02", "SpecificServiceOfferedByCreditorAgent", "The reason is a cash withdrawal or change by Pix.", Receiving, FINAL),
    reason("UPAY", "UnduePayment", "The payment is not due, because the receiver has no valid recurrence for it.", Instruction, FINAL),
];
