//! Balance blocks, the alert for a low balance, and the explanation of the balance.

mod balance_part;
mod explain_view;
mod open_money;

pub mod explain_balance;
pub mod find_balance_alert;
pub mod find_balance_block;
pub mod list_balance_blocks;
pub mod replace_balance_alert;

edge::operations! {
    /// Explains each number of the balance, and shows the balance expected at a later time.
    explain_balance: GET "/v1/balance/explain" needs Holds(StatementRead);
    /// Lists balance blocks, newest first.
    list_balance_blocks: GET "/v1/balance-blocks" needs Holds(StatementRead);
    /// Shows a balance block: money that may not be used.
    find_balance_block: GET "/v1/balance-blocks/{id}" needs Holds(StatementRead);
    /// Shows the alert for a low balance.
    find_balance_alert: GET "/v1/balance-alert" needs Holds(StatementRead);
    /// Replaces the amount below which the balance is low.
    replace_balance_alert: PUT "/v1/balance-alert" needs Holds(StatementsWrite);
}
