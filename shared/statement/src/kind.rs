//! The kinds of lines: why the balance moved.

/// The reason why the balance moved. A new kind needs its names in a row below, or the crate does
/// not compile.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum LineKind {
    /// A charge that a payer paid.
    ChargeCredited,
    /// A charge that a payer paid by boleto.
    BoletoCredited,
    /// An instalment of a charge that a payer paid by card.
    InstallmentCredited,
    /// Instalments that are not paid yet and went to a refund.
    ReceivablesUsed,
    /// Instalments that a rejected refund gave back.
    ReceivablesRestored,
    /// The fee of a charge.
    ChargeFee,
    /// The fee of an instalment that was paid early.
    AnticipationFee,
    /// A payment without a charge that the account kept.
    CreditKept,
    /// The fee of a payment without a charge.
    CreditFee,
    /// A payout that was paid.
    PayoutPaid,
    /// The fee of a payout.
    PayoutFee,
    /// A payout that was returned.
    PayoutReturned,
    /// The fee of a payout that was returned.
    PayoutFeeReversed,
    /// Money of a charge that was refunded to its payer.
    RefundPaid,
    /// Money of a charge that the network took back.
    ChargeTakenBack,
    /// Money of a charge that the network gave up after the account had accepted to lose it.
    ChargeGivenBack,
    /// The fee of a dispute.
    DisputeFee,
    /// Blocked money that went to a court.
    BlockTransferred,
    /// Money that paid a debt of the customer.
    DebtCollected,
}

/// The names of a kind.
struct KindNames {
    name: &'static str,
    /// Name for people. It has at most 32 characters, for `NAME` of OFX, and all of them exist in
    /// Windows-1252.
    text: &'static str,
    /// Family and sub-family of the domain `PMNT` in the bank transaction codes of ISO 20022.
    codes: (&'static str, &'static str),
}

impl LineKind {
    /// Every kind.
    pub const ALL: [Self; 19] = [
        Self::ChargeCredited,
        Self::BoletoCredited,
        Self::InstallmentCredited,
        Self::ReceivablesUsed,
        Self::ReceivablesRestored,
        Self::ChargeFee,
        Self::AnticipationFee,
        Self::CreditKept,
        Self::CreditFee,
        Self::PayoutPaid,
        Self::PayoutFee,
        Self::PayoutReturned,
        Self::PayoutFeeReversed,
        Self::RefundPaid,
        Self::ChargeTakenBack,
        Self::ChargeGivenBack,
        Self::DisputeFee,
        Self::BlockTransferred,
        Self::DebtCollected,
    ];

    /// Returns the names. The codes are: real-time credit transfers received (`RRCT`) and issued
    /// (`IRCT`), card transactions of a merchant (`MCRD`), and the miscellaneous credits (`MCOP`) and debits
    /// (`MDOP`), which include fees.
    const fn names(self) -> KindNames {
        let (name, text, codes) = match self {
            Self::ChargeCredited => ("charge_credited", "Pix recebido", ("RRCT", "DMCT")),
            Self::BoletoCredited => ("boleto_credited", "Boleto recebido", ("RCDT", "DMCT")),
            Self::InstallmentCredited => {
                ("installment_credited", "Parcela de cartão recebida", ("MCRD", "POSC"))
            }
            Self::ReceivablesUsed => {
                ("receivables_used", "Parcelas usadas em devolução", ("MCRD", "POSC"))
            }
            Self::ReceivablesRestored => {
                ("receivables_restored", "Parcelas restauradas", ("MCRD", "UPCT"))
            }
            Self::ChargeFee => ("charge_fee", "Tarifa de cobrança", ("MDOP", "FEES")),
            Self::AnticipationFee => {
                ("anticipation_fee", "Tarifa de antecipação", ("MDOP", "FEES"))
            }
            Self::CreditKept => ("credit_kept", "Recebimento sem cobrança", ("RRCT", "DMCT")),
            Self::CreditFee => ("credit_fee", "Tarifa de recebimento", ("MDOP", "FEES")),
            Self::PayoutPaid => ("payout_paid", "Pagamento enviado", ("IRCT", "DMCT")),
            Self::PayoutFee => ("payout_fee", "Tarifa de pagamento", ("MDOP", "FEES")),
            Self::PayoutReturned => ("payout_returned", "Pagamento devolvido", ("IRCT", "RRTN")),
            Self::PayoutFeeReversed => {
                ("payout_fee_reversed", "Estorno de tarifa", ("MCOP", "FEES"))
            }
            Self::RefundPaid => ("refund_paid", "Devolução enviada", ("RRCT", "RRTN")),
            Self::ChargeTakenBack => {
                ("charge_taken_back", "Pix devolvido pela rede", ("RRCT", "RRTN"))
            }
            Self::ChargeGivenBack => {
                ("charge_given_back", "Disputa: valor restituído", ("RRCT", "UPCT"))
            }
            Self::DisputeFee => ("dispute_fee", "Tarifa de disputa", ("MDOP", "FEES")),
            Self::BlockTransferred => {
                ("block_transferred", "Transferência judicial", ("MDOP", "OTHR"))
            }
            Self::DebtCollected => ("debt_collected", "Débito em aberto pago", ("MDOP", "OTHR")),
        };
        KindNames { name, text, codes }
    }

    /// Returns the name for programs.
    pub const fn as_str(self) -> &'static str {
        self.names().name
    }

    /// Returns the name for people, in Portuguese.
    pub const fn text(self) -> &'static str {
        self.names().text
    }

    /// Returns true for a fee that is taken or given back.
    pub const fn is_fee(self) -> bool {
        matches!(
            self,
            Self::ChargeFee
                | Self::AnticipationFee
                | Self::DisputeFee
                | Self::PayoutFee
                | Self::PayoutFeeReversed
        )
    }

    /// Returns true for money that a payer paid to the account.
    pub(crate) const fn is_received(self) -> bool {
        matches!(self, Self::ChargeCredited | Self::BoletoCredited | Self::InstallmentCredited)
    }

    /// Returns true if it reverses an earlier line.
    pub(crate) const fn is_reversal(self) -> bool {
        matches!(self, Self::PayoutReturned | Self::PayoutFeeReversed)
    }

    /// Returns family and sub-family of the bank transaction code, in the domain `PMNT`.
    pub(crate) const fn codes(self) -> (&'static str, &'static str) {
        self.names().codes
    }
}
