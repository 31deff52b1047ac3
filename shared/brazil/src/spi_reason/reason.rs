//! One reason code of the SPI.

/// Who or what caused a rejection or a return, as seen by the network.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum SpiFault {
    /// What the user ordered: the account, its owner, its institution or the payment named in the order.
    Instruction,
    /// The message, which the software of the sending institution made.
    Message,
    /// The institution that sends the money.
    SendingInstitution,
    /// The institution that receives the money, or the account there.
    ReceivingInstitution,
    /// The network itself.
    Network,
}

/// A reason code of the SPI.
#[derive(Debug, PartialEq, Eq, Hash)]
pub struct SpiReason {
    pub(super) code: &'static str,
    pub(super) name: &'static str,
    pub(super) meaning: &'static str,
    pub(super) fault: SpiFault,
    pub(super) is_retriable: bool,
}

impl SpiReason {
    /// Returns the code, such as `AC07`.
    pub fn code(&self) -> &'static str {
        self.code
    }

    /// Returns the name of the code in ISO 20022, such as `ClosedCreditorAccountNumber`.
    pub fn name(&self) -> &'static str {
        self.name
    }

    /// Returns the meaning in the SPI, as a sentence.
    pub fn meaning(&self) -> &'static str {
        self.meaning
    }

    /// Returns who or what caused it.
    pub fn fault(&self) -> SpiFault {
        self.fault
    }

    /// Returns true if the same order under a new end-to-end id can succeed.
    pub fn is_retriable(&self) -> bool {
        self.is_retriable
    }
}
