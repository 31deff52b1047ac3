//! Boletos: the barcode of a bank or of a bill, its digitable line, and the due-date factor.
//!
//! A barcode has 44 digits; the line that people type has 47 digits for a bank and 48 for a bill.
//! Sources: Carta-Circular BCB 2.926/2000 for banks; Febraban, "Layout Padrão de
//! Arrecadação/Recebimento com Utilização do Código de Barras" for bills.

mod bank_barcode;
mod bill_barcode;
mod check_digit;
mod code;
mod digits;
mod due_date_factor;
mod error;
mod settlement;

pub use bank_barcode::{BankBarcode, BankBarcodeParts};
pub use bill_barcode::{BillBarcode, BillSegment, BillValue};
pub use code::BoletoCode;
pub use due_date_factor::DueDateFactor;
pub use error::{BoletoError, LineField};
pub use settlement::boleto_settlement_date;
