//! The payment page of a charge and its forms, for payers, who have no credential.

pub mod create_card_payment;
pub mod show_card_payment;
pub mod show_payment_page;

edge::operations! {
    /// Shows a payer what to pay and how, and what became of the payment.
    show_payment_page: GET "/pay/{token}" needs Public;
    /// Shows a payer the payment by a card, to confirm it.
    show_card_payment: GET "/pay/{token}/card" needs Public;
    /// Pays a charge with the card of its payer, on the payment page.
    create_card_payment: POST "/pay/{token}/card" needs Public, repeatable;
}
