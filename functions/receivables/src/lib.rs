//! Instalments of sales by card: lists, files, and their early payment by the acquirer.

mod anticipation_view;
mod receivable_fields;

pub mod anticipate_charge;
pub mod find_anticipation;
pub mod list_receivables;
pub mod show_receivables_file;

edge::operations! {
    /// Lists the instalments of sales by card, the earliest payment of the acquirer first.
    list_receivables: GET "/v1/receivables" needs Holds(ChargesRead);
    /// Returns instalments of sales by card as a CSV file.
    show_receivables_file: GET "/v1/receivables/file" needs Holds(ChargesRead);
    /// Shows what the early payment of the instalments of a charge would cost.
    find_anticipation: GET "/v1/charges/{id}/anticipation" needs Holds(ChargesRead);
    /// Orders the early payment of instalments of a charge, for a fee.
    anticipate_charge: POST "/v1/charges/{id}/anticipation" needs Holds(ChargesWrite);
}
