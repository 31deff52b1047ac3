//! Balance, statement, audit of the ledger, and the commands of the operator.

mod ledger_audit;
mod operator;
mod operator_accounts;
mod statement;
mod statement_exports;
mod statement_schedules;
