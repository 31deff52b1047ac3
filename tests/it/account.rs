//! Balance, statement, audit of the ledger, and the commands of the operator.

mod account_overview;
mod balance_alert;
mod balance_blocks;
mod counterparties;
mod explained_balance;
mod ledger_audit;
mod operator;
mod operator_accounts;
mod receipt_codes;
mod receipts;
mod search;
mod statement;
mod statement_exports;
mod statement_schedules;
