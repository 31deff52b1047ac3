//! The account: its terms and limits, balance, statements, transactions and statement files.

mod account_view;
mod export_fields;
mod transaction;

pub mod create_statement_export;
pub mod create_statement_schedule;
pub mod delete_statement_schedule;
pub mod find_account;
pub mod find_balance;
pub mod find_statement;
pub mod find_statement_export;
pub mod find_statement_schedule;
pub mod find_transaction;
pub mod list_statement_exports;
pub mod list_statement_schedules;
pub mod list_transactions;
pub mod update_statement_schedule;

edge::operations! {
    /// Shows the account: its products, fees, limits and what is left of them.
    find_account: GET "/v1/account" needs AnyCaller;
    /// Shows the balance, now or at the end of a past day.
    find_balance: GET "/v1/balance" needs Holds(StatementRead);
    /// Shows the movements of the balance in a period, with opening and closing balance.
    find_statement: GET "/v1/statement" needs Holds(StatementRead);
    /// Lists charges, refunds, payouts and credits together, newest first.
    list_transactions: GET "/v1/transactions" needs Holds(StatementRead);
    /// Shows a charge, refund, payout or credit with its history and its ledger entries.
    find_transaction: GET "/v1/transactions/{id}" needs Holds(StatementRead);
    /// Requests the statement of a past period as a file.
    create_statement_export: POST "/v1/statement-exports" needs Holds(StatementsWrite);
    /// Lists statement exports, newest first.
    list_statement_exports: GET "/v1/statement-exports" needs Holds(StatementRead);
    /// Shows a statement export and, once the file is ready, a link to it.
    find_statement_export: GET "/v1/statement-exports/{id}" needs Holds(StatementRead);
    /// Creates a schedule that writes a statement file for each day, week or month.
    create_statement_schedule: POST "/v1/statement-schedules" needs Holds(StatementsWrite);
    /// Lists statement schedules, oldest first.
    list_statement_schedules: GET "/v1/statement-schedules" needs Holds(StatementRead);
    /// Shows a statement schedule.
    find_statement_schedule: GET "/v1/statement-schedules/{id}" needs Holds(StatementRead);
    /// Pauses or resumes a statement schedule.
    update_statement_schedule: PATCH "/v1/statement-schedules/{id}" needs Holds(StatementsWrite);
    /// Deletes a statement schedule and keeps its files.
    delete_statement_schedule: DELETE "/v1/statement-schedules/{id}" needs Holds(StatementsWrite);
}
