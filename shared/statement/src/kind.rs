//! Why the balance moved.

/// Why the balance moved. A kind that is new is given its words in one row below, or nothing compiles.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum LineKind {
    /// A charge that a payer paid.
    ChargeCredited,
    /// The fee of a charge.
    ChargeFee,
    /// A payout that left.
    PayoutPaid,
    /// The fee of a payout.
    PayoutFee,
    /// A payout that came back.
    PayoutReturned,
    /// The fee of a payout that came back.
    PayoutFeeReversed,
    /// Money of a charge that went back to its payer.
    RefundPaid,
}

/// What a kind is called.
struct KindNames {
    word: &'static str,
    /// At most 32 characters, for `NAME` of OFX, and all of them in Windows-1252.
    text: &'static str,
    /// Family and sub-family of the domain `PMNT` in the bank transaction codes of ISO 20022.
    codes: (&'static str, &'static str),
}

impl LineKind {
    /// Every kind.
    pub const ALL: [Self; 7] = [
        Self::ChargeCredited,
        Self::ChargeFee,
        Self::PayoutPaid,
        Self::PayoutFee,
        Self::PayoutReturned,
        Self::PayoutFeeReversed,
        Self::RefundPaid,
    ];

    /// Real-time credit transfers received (`RRCT`) and issued (`IRCT`), and the miscellaneous credits
    /// (`MCOP`) and debits (`MDOP`), which fees are part of.
    const fn names(self) -> KindNames {
        let (word, text, codes) = match self {
            Self::ChargeCredited => ("charge_credited", "Pix recebido", ("RRCT", "DMCT")),
            Self::ChargeFee => ("charge_fee", "Tarifa de cobrança", ("MDOP", "FEES")),
            Self::PayoutPaid => ("payout_paid", "Pagamento enviado", ("IRCT", "DMCT")),
            Self::PayoutFee => ("payout_fee", "Tarifa de pagamento", ("MDOP", "FEES")),
            Self::PayoutReturned => ("payout_returned", "Pagamento devolvido", ("IRCT", "RRTN")),
            Self::PayoutFeeReversed => {
                ("payout_fee_reversed", "Estorno de tarifa", ("MCOP", "FEES"))
            }
            Self::RefundPaid => ("refund_paid", "Devolução enviada", ("RRCT", "RRTN")),
        };
        KindNames { word, text, codes }
    }

    /// Its word, for programs.
    pub const fn as_str(self) -> &'static str {
        self.names().word
    }

    /// What it is called in Portuguese, for people.
    pub const fn text(self) -> &'static str {
        self.names().text
    }

    /// Whether it is a fee, taken or given back.
    pub const fn is_fee(self) -> bool {
        matches!(self, Self::ChargeFee | Self::PayoutFee | Self::PayoutFeeReversed)
    }

    /// Whether it undoes a line before it.
    pub(crate) const fn is_reversal(self) -> bool {
        matches!(self, Self::PayoutReturned | Self::PayoutFeeReversed)
    }

    /// Family and sub-family of its bank transaction code, in the domain `PMNT`.
    pub(crate) const fn codes(self) -> (&'static str, &'static str) {
        self.names().codes
    }
}
