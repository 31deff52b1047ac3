//! The table of return codes, sorted by code because `AbecsReason::by_code` searches by halves.

use super::reason::AbecsReason;

/// Marks a reversible code: another authorisation of the same card can succeed.
const AGAIN: bool = true;
/// Marks an irreversible code: the issuer never authorises.
const FINAL: bool = false;

/// Makes one row. Each row is one line, so that a diff shows the changed rows.
const fn reason(code: &'static str, meaning: &'static str, is_retriable: bool) -> AbecsReason {
    AbecsReason { code, meaning, is_retriable }
}

/// The reasons.
#[rustfmt::skip]
pub(super) static REASONS: &[AbecsReason] = &[
    reason("03", "The brand does not know the merchant.", FINAL),
    reason("04", "The issuer asks for another attempt.", AGAIN),
    reason("05", "The issuer refused without a reason.", AGAIN),
    reason("06", "The issuer refers to the acquirer.", AGAIN),
    reason("12", "The data of the card have an error.", FINAL),
    reason("13", "The amount is not valid.", FINAL),
    reason("14", "The issuer does not have the card number.", FINAL),
    reason("15", "No issuer has the card number.", FINAL),
    reason("19", "The acquirer had an error.", FINAL),
    reason("23", "The number or the amount of the instalments is not valid.", FINAL),
    reason("30", "The message to the issuer has an error.", FINAL),
    reason("38", "The PIN was wrong too often.", AGAIN),
    reason("41", "The card is lost.", FINAL),
    reason("43", "The card is stolen.", FINAL),
    reason("46", "The account of the card is closed.", FINAL),
    reason("51", "The limit or balance of the card is too low.", AGAIN),
    reason("54", "The card expired, or its expiry is wrong.", FINAL),
    reason("55", "The PIN is wrong.", AGAIN),
    reason("57", "The card does not allow this transaction.", FINAL),
    reason("58", "The merchant is not valid.", FINAL),
    reason("59", "The issuer suspects fraud.", AGAIN),
    reason("61", "The amount exceeds a limit of the card.", AGAIN),
    reason("62", "The card is blocked or restricted.", FINAL),
    reason("63", "The security code or the authentication is wrong or missing.", FINAL),
    reason("64", "The amount is below the least amount.", FINAL),
    reason("65", "The card was used too often.", AGAIN),
    reason("75", "The PIN was wrong too often.", AGAIN),
    reason("76", "The destination account does not exist.", FINAL),
    reason("77", "The source account does not exist.", FINAL),
    reason("78", "The card is new and not unlocked, or its holder blocked it.", AGAIN),
    reason("79", "The card is no longer in use.", FINAL),
    reason("82", "A rule of the brand or the issuer forbids the transaction.", FINAL),
    reason("83", "The issuer suspects fraud, or a security check failed.", FINAL),
    reason("91", "The issuer is not available.", AGAIN),
    reason("93", "A law forbids the transaction.", FINAL),
    reason("96", "A system failed.", AGAIN),
    reason("N7", "The security code of the card is wrong.", FINAL),
];
