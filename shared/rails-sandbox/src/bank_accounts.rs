//! Bank accounts to try payouts with: valid ones of the banks whose check digits Trilho verifies, and one
//! that only a TED reaches.

use brazil::BankAccountKind;
use domain::payout::PayoutMethod;
use schemars::JsonSchema;
use serde::Serialize;

/// A bank account to try payouts with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
pub struct SandboxBankAccount {
    /// Name of the institution.
    pub bank_name: &'static str,
    /// Three-digit code of the institution.
    pub bank_code: &'static str,
    /// Branch without check digit.
    pub branch: &'static str,
    /// Account number with check digit.
    pub number: &'static str,
    /// Type of the account.
    #[serde(rename = "type")]
    pub kind: BankAccountKind,
    /// Method by which a payout to the account travels.
    pub method: PayoutMethod,
    /// Description of the account.
    pub description: &'static str,
}

const PIX: &str = "The check digit is right; with another one the answer is `wrong_check_digits`.";

/// The bank without a rule for check digits, whose accounts select a scenario by their number.
const SCENARIO_BANK: (&str, &str) = ("260", "NU PAGAMENTOS S.A. - INSTITUIÇÃO DE PAGAMENTO");

/// The accounts. The amount of a payout to them selects its scenario, except for those that say otherwise.
pub const BANK_ACCOUNTS: &[SandboxBankAccount] = &[
    account("001", "Banco do Brasil S.A.", "12345-5"),
    account("033", "BANCO SANTANDER (BRASIL) S.A.", "01012345-2"),
    account("104", "Caixa Econômica Federal", "00100012345-9"),
    account("237", "Banco Bradesco S.A.", "1234567-4"),
    account("341", "ITAÚ UNIBANCO S.A.", "12345-1"),
    SandboxBankAccount {
        kind: BankAccountKind::Payment,
        description: "The bank has no rule for its check digit, so every number is accepted.",
        ..account(SCENARIO_BANK.0, SCENARIO_BANK.1, "1234567-8")
    },
    scenario("9990001-1", "Closed: the network rejects every payout."),
    scenario(
        "9990002-2",
        "Of another person: the network rejects every payout with `beneficiary_mismatch`.",
    ),
    scenario(
        "9990003-3",
        "Of another person: the network accepts a payout and rejects it one minute later.",
    ),
    scenario(
        "9990004-4",
        "Closed: the network pays, and the bank returns the money five minutes later.",
    ),
    scenario(
        "9990005-5",
        "The network accepts a payout and waits for POST /v1/sandbox/payouts/{id}/outcome.",
    ),
    SandboxBankAccount {
        method: PayoutMethod::Ted,
        description: "The bank takes no Pix. The payout is a TED, which travels on business days from \
            06:30 to 17:00 in São Paulo.",
        ..account("747", "Banco Rabobank International Brasil S.A.", "1234567-8")
    },
];

const fn account(
    bank_code: &'static str,
    bank_name: &'static str,
    number: &'static str,
) -> SandboxBankAccount {
    SandboxBankAccount {
        bank_name,
        bank_code,
        branch: "1234",
        number,
        kind: BankAccountKind::Checking,
        method: PayoutMethod::Pix,
        description: PIX,
    }
}

const fn scenario(number: &'static str, description: &'static str) -> SandboxBankAccount {
    SandboxBankAccount {
        kind: BankAccountKind::Payment,
        description,
        ..account(SCENARIO_BANK.0, SCENARIO_BANK.1, number)
    }
}

#[cfg(test)]
mod tests {
    use brazil::{Bank, BankAccount, BankAccountError};
    use domain::payout::PayoutDestination;

    use super::*;

    #[test]
    fn every_account_is_valid_and_travels_as_it_says() {
        for account in BANK_ACCOUNTS {
            let bank = Bank::by_code(account.bank_code).expect("a bank of the list");
            assert_eq!(bank.name(), account.bank_name);
            let parse =
                |number: &str| BankAccount::parse(bank, account.branch, number, account.kind);
            let parsed = parse(account.number).expect("a valid account");
            assert_eq!(PayoutDestination::BankAccount(parsed).method(), account.method);
            let (number, digit) = account.number.split_at(account.number.len() - 1);
            let other = if digit == "0" { "1" } else { "0" };
            let verified =
                parse(&format!("{number}{other}")) == Err(BankAccountError::WrongCheckDigit);
            assert_eq!(verified, account.description == PIX, "{}", account.bank_name);
        }
    }
}
