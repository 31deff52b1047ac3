//! Charges and refunds.

mod boleto_answers;
mod boletos;
mod card_fields;
mod card_page;
mod card_refunds;
mod cards;
mod charge_fields;
mod charge_lists;
mod charges;
mod dispute_answers;
mod dispute_evidence;
mod disputes;
mod due_dates;
mod evidence_inspection;
mod group_commit;
mod inputs;
mod outcomes;
mod payers;
mod payment_page;
mod payment_page_texts;
mod receivables;
mod refund_fields;
mod refunds;
