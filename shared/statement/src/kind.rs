//! The kinds of lines: why the balance moved.

/// The reason why the balance moved. A new kind needs its names in a row below, or the crate does
/// not compile.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum LineKind {
    /// A charge that a payer paid.
    ChargeCredited,
    /// The fee of a charge.
    ChargeFee,
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
    pub const ALL: [Self; 7] = [
        Self::ChargeCredited,
        Self::ChargeFee,
        Self::PayoutPaid,
        Self::PayoutFee,
        Self::PayoutReturned,
        Self::PayoutFeeReversed,
        Self::RefundPaid,
    ];

    /// Returns the names. The codes are: real-time credit transfers received (`RRCT`) and issued
    /// (`IRCT`), and the miscellaneous credits (`MCOP`) and debits (`MDOP`), which include fees.
    const fn names(self) -> KindNames {
        let (name, text, codes) = match self {
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
        matches!(self, Self::ChargeFee | Self::PayoutFee | Self::PayoutFeeReversed)
    }

    /// Returns true for money that a payer paid to the account.
    pub(crate) const fn is_received(self) -> bool {
        matches!(self, Self::ChargeCredited)
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
