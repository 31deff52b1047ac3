//! The words about cards on the payment page and its forms, in each language.

/// Every fixed text about cards.
pub(crate) struct CardWords {
    pub(crate) pay_with_card: &'static str,
    pub(crate) form_hint: &'static str,
    pub(crate) to_form: &'static str,
    pub(crate) up_to: &'static str,
    pub(crate) attempt_declined: &'static str,
    pub(crate) attempt_not_authenticated: &'static str,
    pub(crate) lost: &'static str,
    pub(crate) unknown: &'static str,
    pub(crate) confirm_title: &'static str,
    pub(crate) confirm_hint: &'static str,
    pub(crate) installments: &'static str,
    pub(crate) on_invoice: &'static str,
    pub(crate) pay: &'static str,
    pub(crate) other_card: &'static str,
    pub(crate) back: &'static str,
    pub(crate) form_title: &'static str,
    pub(crate) form_intro: &'static str,
    pub(crate) cards: &'static str,
    pub(crate) use_card: &'static str,
    pub(crate) issuer_title: &'static str,
    pub(crate) issuer_question: &'static str,
    pub(crate) passed: &'static str,
    pub(crate) failed: &'static str,
}

pub(crate) const PORTUGUESE_CARD: CardWords = CardWords {
    pay_with_card: "Pague com cartão de crédito",
    form_hint: "Digite os dados do cartão no formulário seguro de quem processa o pagamento. A loja não recebe o \
                número.",
    to_form: "Pagar com cartão",
    up_to: "Número máximo de parcelas:",
    attempt_declined: "O banco recusou o último cartão. Nada foi cobrado. Tente outro cartão.",
    attempt_not_authenticated: "O banco não confirmou quem é você. Nada foi cobrado. Tente de novo, ou use outro \
                                cartão.",
    lost: "A resposta do banco se perdeu, e o pedido foi desfeito. Nada foi cobrado. Peça uma nova cobrança a quem a \
           enviou.",
    unknown: "Não sabemos se o cartão foi cobrado. Não pague de novo: fale com quem enviou a cobrança.",
    confirm_title: "Confirme o pagamento",
    confirm_hint: "Os dados do cartão foram recebidos. Nada foi cobrado até agora.",
    installments: "Parcelas",
    on_invoice: "Na fatura aparecerá:",
    pay: "Pagar",
    other_card: "Usar outro cartão",
    back: "Voltar para a cobrança",
    form_title: "Formulário de cartões de teste",
    form_intro: "Aqui o processador de verdade pede o número do cartão. Cada cartão de teste tem sempre a mesma \
                 resposta.",
    cards: "Cartões de teste",
    use_card: "Usar este cartão",
    issuer_title: "Banco emissor de testes",
    issuer_question: "Aqui o banco do cartão pergunta se é você. Você fez esta compra?",
    passed: "Sim, sou eu",
    failed: "Não fui eu",
};

pub(crate) const ENGLISH_CARD: CardWords = CardWords {
    pay_with_card: "Pay by credit card",
    form_hint: "Type the card details into the secure form of the payment processor. The shop does not get the \
                number.",
    to_form: "Pay by card",
    up_to: "Most instalments:",
    attempt_declined: "The bank declined the last card. Nothing was charged. Try another card.",
    attempt_not_authenticated: "The bank did not confirm who you are. Nothing was charged. Try again, or use another \
                                card.",
    lost: "The answer of the bank was lost, and the order was undone. Nothing was charged. Ask who sent the charge \
           for a new one.",
    unknown: "We do not know whether the card was charged. Do not pay again: talk to who sent you the charge.",
    confirm_title: "Confirm the payment",
    confirm_hint: "The card details have been received. Nothing has been charged yet.",
    installments: "Instalments",
    on_invoice: "Your card statement will show:",
    pay: "Pay",
    other_card: "Use another card",
    back: "Back to the charge",
    form_title: "Test form for cards",
    form_intro: "Here a real payment processor asks for the number of the card. Each test card always has the same answer.",
    cards: "Test cards",
    use_card: "Use this card",
    issuer_title: "Test bank of the card",
    issuer_question: "Here the bank of the card asks who you are. Did you make this purchase?",
    passed: "Yes, it is me",
    failed: "No, it was not me",
};
